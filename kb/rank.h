// What is looked at once the index has proposed the best fifty: word order, coverage and similarity with the title (the
// re-ranker), how much of what the customer said an article covers, and whether that is an answer (the confidence). Pure;
// thread-safe.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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

// One of 64 bits for a key: whether a long list holds any of a question's few keys is told by one test an entry, nearly always
// "no".
constexpr std::uint64_t filter_bit(std::uint64_t key) {
  return std::uint64_t{1} << ((key * 0x9E3779B97F4A7C15ULL) >> 58U);
}

// What is kept of a document beside its postings.
struct Profile {
  // Statements: the title and the sentences of the issue, things a customer may say. Their terms without stop words, each
  // statement's ascending with weight × idf, one statement after the other; flat because the re-ranker's time is cache misses.
  struct Statement {
    std::uint32_t end = 0;  // in statement_terms
    float information = 0;  // the sum of its masses
  };
  std::vector<std::pair<Index::TermId, float>> statement_terms;
  std::vector<Statement> statements;
  double title_information = 0;  // idf of the title's words, summed
  std::vector<std::uint64_t> title_bigrams, text_bigrams;
  Grams title_grams;

  // `terms` ascending, with their weights; the idf comes with `finish`.
  void add_statement(const std::map<Index::TermId, float>& terms);
  void finish(const Index& index);
  std::span<const std::pair<Index::TermId, float>> terms_of(std::size_t statement) const;
};

struct QueryTerm {
  Term term;
  std::optional<Index::TermId> id;          // null: no document has it
  std::optional<Index::TermId> correction;  // of a mistyped word
  std::string corrected;                    // that word as it is written
  float trust = 1;                          // 0..1: that this is what was said; below 1 for forms the text does not have
  float weight = 0;                         // in the index's sum
  double information = 0;                   // 0..1, for the confidence
  std::size_t clause = 0;
  bool weak = false;  // politeness and the like (words.h)
};

// Another way to say bytes [begin, end): all of `terms` (vocabulary.h).
struct OtherWording {
  std::size_t begin = 0, end = 0;
  std::vector<Index::TermId> terms;
};

struct ParsedQuery {
  std::vector<QueryTerm> terms;  // in order of appearance, longer first
  std::vector<OtherWording> wordings;
  std::vector<Index::Weighted> weighted;
  std::vector<std::pair<Index::TermId, float>> masses;  // weight × idf of the known ones, ascending by term
  double mass = 0;                                      // their sum and half of what the unknown ones might weigh
  double weighted_idf = 0;  // Σ weight × idf over the words: makes scores of different queries comparable
  std::vector<std::uint64_t> bigrams;
  std::uint64_t mass_filter = 0, bigram_filter = 0;  // filter_bit of every entry of masses and bigrams
  Grams grams;
};

// How much each term counts, by its kind; parts of a longer term that is known count less. `text` is what `terms` were cut from.
std::vector<float> term_weights(const std::vector<Term>& terms, std::string_view text,
                                const std::function<bool(std::size_t)>& is_known);
bool is_weak(const Term& term, std::string_view surface);
// 0..1: what the query and the statement share of all they say.
double similarity(const ParsedQuery& query, std::span<const std::pair<Index::TermId, float>> statement, double information);

// 0..1: whether a title or sentence with this information (Profile::Statement) says what an article is about, or only "FAQ".
double telling(const Index& index, double information);

struct RankWeights {
  double bm25, title_coverage, focus_coverage, document_coverage, title_covered, title_bigrams, text_bigrams, title_grams,
      statement;
};
// The one configuration Usher runs with.
extern const RankWeights kRankWeights;

// ≥ 0; larger is better. `bm25` is the index's score of `doc`.
double rank_score(const Index& index, const ParsedQuery& query, const Profile& profile, Index::DocId doc, double bm25,
                  const RankWeights& weights = kRankWeights);
// 0..1: the share of the query's information that the document's title, issue, codes and tags cover (environment and text count
// less). The best clause of a long message counts nearly as much as the whole: customers tell stories around the one sentence
// that matters.
double coverage(const Index& index, const ParsedQuery& query, const Profile& profile, Index::DocId doc);
// How near the nearest of the article's statements is to the query: similarity().
double nearness(const ParsedQuery& query, const Profile& profile);
// 0..1: that an article with this coverage and nearness answers the query, when the second best has `next` times the best's
// score. What covers as much and stands out is more often right (docs/knowledge-base.md has the curves).
double confidence(double coverage, double nearness, double next);

}  // namespace usher::kb
