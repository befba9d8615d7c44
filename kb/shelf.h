// All articles of one language: their index, speller, profiles and passages. A value over shared immutable parts: `with` and
// `merged` make another one and leave this as it is. Thread-safe for reading.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kb/analyzer.h"
#include "kb/library.h"
#include "kb/rank.h"
#include "kb/shelf_entry.h"
#include "kb/shelf_suggest.h"
#include "kb/sound_alikes.h"
#include "kb/speller.h"

namespace usher::kb {

class Shelf {
 public:
  using Articles = std::vector<std::shared_ptr<const Article>>;
  using Factors = std::unordered_map<std::string, float>;  // article id → what its score is multiplied by

  // `analyzer` outlives the shelf; `vocabulary` may be null. No two articles have the same id.
  Shelf(const Analyzer& analyzer, std::shared_ptr<const Vocabulary> vocabulary, std::string language, Articles articles);

  // Few changes are put beside what there is; many, or any on a small shelf, are merged at once.
  Shelf with(const Articles& changed, const std::vector<std::string>& removed) const;
  Shelf with_usage(const std::map<ArticleKey, Usage>& usage) const;
  bool wants_merge() const;
  Shelf merged() const;

  // Hits for query.text, best first, at most query.limit; query.language is not looked at.
  std::vector<Hit> search(const Query& query) const;
  // The hit another language's hit with this id becomes here; null article when the query's reader may not see it.
  Hit translation_of(const Hit& hit, const Query& query) const;
  std::vector<std::string> suggest(std::string_view typed, std::size_t limit) const;
  std::optional<std::string> did_you_mean(std::string_view text) const;

  const Article* find(std::string_view id) const;  // null when unknown
  std::size_t size() const { return live_; }
  void for_each(const std::function<void(const Article&)>& visit) const;

 private:
  struct Word {
    Index::TermId term = 0;
    std::uint32_t articles = 0;  // that have it
  };
  using Words = std::unordered_map<std::string, Word>;
  struct Base {
    std::vector<std::shared_ptr<const Entry>> entries;  // ascending by article id
    std::vector<std::shared_ptr<const Profile>> profiles;
    Words words;  // what the speller was made from
    std::optional<Speller> speller;
    Suggestions suggestions;
    // Made of the index when somebody's Chinese is to be corrected: most never need it.
    mutable std::once_flag alikes_once;
    mutable std::optional<SoundAlikes> alikes;
  };
  struct Candidate {
    Index::DocId doc;
    double score;
  };

  // shelf_build.cpp
  std::vector<Reading> readings(std::span<const std::shared_ptr<const Article>> articles) const;
  static void count(Words& words, const Reading& reading, int by, Dictionary::Writer& dictionary);
  // The base of this shelf; `entered` ascending by article id.
  void assemble(std::vector<Entered> entered, Words words, Dictionary dictionary);

  std::optional<Index::DocId> doc_of(std::string_view id) const;
  const Entry& entry(Index::DocId doc) const;
  const Profile& profile(Index::DocId doc) const;

  // shelf.cpp
  struct Filter;
  Filter filter_of(const Query& query) const;
  ParsedQuery parse(std::string_view text) const;
  std::vector<Candidate> candidates(const ParsedQuery& query, const Filter& filter) const;
  // What a document's score is multiplied by; which and why into `list` when it is given.
  double boost(Index::DocId doc, const ParsedQuery& query, const Filter& filter, std::vector<Hit::Boost>* list = nullptr) const;
  void fetch(const std::vector<Candidate>& found) const;
  // Returns the second one's score over the first's: Hit::next.
  double spread(std::vector<Candidate>& found, std::size_t limit) const;
  Hit explain(const ParsedQuery& query, const Candidate& candidate, const Filter& filter, double next, bool is_brief) const;
  const SoundAlikes& alikes() const;
  void add_passage(Hit& hit, const ParsedQuery& query, Index::DocId doc) const;

  const Analyzer* analyzer_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  std::string language_;
  std::shared_ptr<const Base> base_;
  std::vector<std::shared_ptr<const Entry>> added_;  // since the last merge; numbered after those of base_
  std::vector<std::shared_ptr<const Profile>> added_profiles_;
  std::vector<std::uint8_t> readers_;  // who may find a document; kGone: replaced or removed
  std::size_t live_ = 0;
  Index index_;
  std::shared_ptr<const Factors> factors_;
};

}  // namespace usher::kb
