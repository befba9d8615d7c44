// All searchable articles of one language: their index, speller, profiles and passages. Immutable after construction;
// thread-safe.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kb/analyzer.h"
#include "kb/library.h"
#include "kb/passage.h"
#include "kb/rank.h"
#include "kb/speller.h"

namespace usher::kb {

class Shelf {
 public:
  // `analyzer` and `articles` outlive the shelf.
  Shelf(const Analyzer& analyzer, std::vector<const Article*> articles);
  // Hits for query.text, best first, at most query.limit; query.language is not looked at.
  std::vector<Hit> search(const Query& query) const;

 private:
  struct Reading;  // what building learns on the way
  struct Candidate {
    Index::DocId doc;
    double score;
  };
  static std::uint8_t needed_rank(const Article& article);
  void read(Reading& reading, const Article& article);
  ParsedQuery parse(std::string_view text) const;
  void weigh(ParsedQuery& query, const std::vector<Term>& terms, std::string_view text) const;
  std::vector<Candidate> candidates(const ParsedQuery& query, std::string_view audience) const;
  double boost(Index::DocId doc, const std::vector<std::string>& product) const;
  std::vector<std::string> product_keys(std::string_view product) const;
  Hit explain(const ParsedQuery& query, const Candidate& candidate) const;

  const Analyzer& analyzer_;
  std::vector<const Article*> articles_;
  std::vector<std::uint8_t> needed_rank_;  // who may read it (shelf.cpp)
  std::vector<Profile> profiles_;
  std::vector<Passages> passages_;
  std::vector<std::vector<std::string>> products_;  // index keys of each article's products
  std::optional<Index> index_;
  std::optional<Speller> speller_;
};

}  // namespace usher::kb
