// What is looked at once the index has proposed the best fifty: word order, coverage and similarity with the title (the
// re-ranker), and how much of what the customer said an article covers (the confidence). Pure; thread-safe.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kb/analyzer.h"
#include "kb/index.h"

namespace usher::kb {

// The key under which a term is indexed: pairs are kept apart from words of the same two characters.
std::string index_key(const Term& term);

// Terms as a sequence without those inside a longer one ("wi-fi" is one step, not three): the order of the words.
std::vector<Index::TermId> sequence_of(const std::vector<Term>& terms, const std::vector<Index::TermId>& ids);
std::vector<std::uint64_t> bigrams_of(const std::vector<Index::TermId>& sequence);  // distinct, ascending

// Character trigrams of Latin words and the pairs of Chinese, as a sparse vector of length 1.
class Grams {
 public:
  Grams() = default;
  explicit Grams(const std::vector<Term>& terms);
  double cosine(const Grams& other) const;  // 0..1

 private:
  std::vector<std::pair<std::uint32_t, float>> entries_;  // ascending
};

// What is kept of a document beside its postings.
struct Profile {
  std::vector<Index::TermId> title_terms;  // distinct, without stop words and pairs
  double title_information = 0;            // their idf, summed
  std::vector<std::uint64_t> title_bigrams, text_bigrams;
  Grams title_grams;
};

struct QueryTerm {
  Term term;
  std::optional<Index::TermId> id;          // null: no document has it
  std::optional<Index::TermId> correction;  // of a mistyped word
  float weight = 0;                         // in the index's sum
  double information = 0;                   // 0..1, for the confidence
  std::size_t clause = 0;
};

struct ParsedQuery {
  std::vector<QueryTerm> terms;  // in order of appearance, longer first
  std::vector<Index::Weighted> weighted;
  double weighted_idf = 0;  // Σ weight × idf over the words: makes scores of different queries comparable
  std::vector<std::uint64_t> bigrams;
  Grams grams;
};

struct RankWeights {
  double bm25, title_coverage, focus_coverage, document_coverage, title_covered, title_bigrams, text_bigrams, title_grams;
};
// The one configuration Usher runs with.
extern const RankWeights kRankWeights;

// ≥ 0; larger is better. `bm25` is the index's score of `doc`.
double rank_score(const Index& index, const ParsedQuery& query, const Profile& profile, Index::DocId doc, double bm25,
                  const RankWeights& weights = kRankWeights);
// 0..1: the share of the query's information that the document's title, issue, codes and tags cover (environment and text count
// less). The best clause of a long message counts nearly as much as the whole: customers tell stories around the one sentence
// that matters.
double confidence(const Index& index, const ParsedQuery& query, const Profile& profile, Index::DocId doc);

}  // namespace usher::kb
