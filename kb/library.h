// The articles and their search index: an immutable snapshot. Editing makes a new one that shares what did not change, and the
// owner swaps the pointer. Readers hold a shared_ptr<const Library>; all functions are const and thread-safe. Pointers to
// articles live as long as the snapshot they came from (or any later one that still has that article).
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kb/article.h"

namespace usher::kb {

class Vocabulary;

// A hit below this confidence is not shown to a customer: silence is better than a wrong article.
inline constexpr double kMinConfidence = 0.35;

struct Query {
  std::string text;
  std::string language;               // preferred; articles in another language rank lower and are returned only when allowed
  std::string product;                // optional boost: a model or a product line, as the vocabulary and the articles name it
  std::string kind;                   // optional boost: the kind of device ("laptop"), for articles that name no model
  bool only_product = false;          // `product` is a filter: articles without any product stay, those of other products go
  std::string audience = "customer";  // who asks: customer | partner: published articles for them; internal: all but archived
  std::vector<std::string> states;    // filter beside the audience; empty: all the audience may see
  std::size_t limit = 5;
  // Also articles found in another language; where such a one has a translation into `language`, that is returned. kWhenUnsure:
  // only where no hit in `language` reaches kMinConfidence.
  enum class OtherLanguages : std::uint8_t { kNo, kWhenUnsure, kYes };
  OtherLanguages other_languages = OtherLanguages::kNo;
  bool brief = false;  // which, in what order and how sure; no reasons, boosts, passage and highlights: for who asks many
};

struct Hit {
  const Article* article = nullptr;  // lives as long as the Library
  double score = 0;                  // ≥ 0
  // 0..1: that it answers the question: by how much of it the article covers, how near one of its sentences is to it, and how far
  // it stands out from the next hit.
  double confidence = 0;
  double covered = 0;  // 0..1: share of the query's information (idf) the article's title/issue/codes cover
  double next = 0;     // the second hit's score over the first's, the same for all hits; 0 when there is one hit only
  struct Reason {
    std::string term;
    std::string field;  // title | issue | environment | codes | tags | body
    double contribution;
  };
  std::vector<Reason> reasons;  // largest first: why it ranks where it does
  // What the score was multiplied by, where that is not 1: state | product | kind | recency | usage.
  struct Boost {
    std::string what;
    double factor;
  };
  std::vector<Boost> boosts;
  std::string passage;  // plain text, the best sentence
  std::vector<std::pair<std::size_t, std::size_t>>
      highlights;           // byte ranges [from, to) of the query's words in passage, ascending
  bool translated = false;  // found by its words in another language; reasons are those of that one, the passage may be empty
};

// Why it ranks where it does, in a sentence for staff: `language` zh or else English.
std::string explain_in_words(const Hit& hit, std::string_view language);

// How often an article helped, decayed by the caller. Moves a score by at most a tenth (Wilson's bound: few votes say little).
struct Usage {
  double helped = 0, failed = 0;
};

class Library {
 public:
  // Of two articles with the same key the later counts. Throws std::runtime_error when ICU's or OpenCC's data files are not
  // installed. Milliseconds per hundred articles, on two threads from a few thousand on.
  static std::shared_ptr<const Library> build(std::vector<Article> articles,
                                              std::shared_ptr<const Vocabulary> vocabulary = nullptr);
  virtual ~Library() = default;

  // A snapshot with `changed` put in (new or in place of the same key) and `removed` taken out, in under a millisecond for a few
  // articles. Until the next merge it ranks with the word statistics of the last one (index.h); small libraries merge at once.
  virtual std::shared_ptr<const Library> with(std::vector<Article> changed, std::vector<ArticleKey> removed) const = 0;
  // The same articles, ranked with this usage from now on (replaces the former one; articles not in it have none).
  virtual std::shared_ptr<const Library> with_usage(std::map<ArticleKey, Usage> usage) const = 0;
  // Enough was changed by with() that searching gets slower and statistics old: time to call merged() on a thread that may be
  // busy for seconds (no I/O thread). Changes made meanwhile are the caller's to apply again: merge, then with() what came since.
  virtual bool wants_merge() const = 0;
  virtual std::shared_ptr<const Library> merged() const = 0;

  // Best first. Empty query text gives nothing; an empty language means any. Archived articles are never found.
  // Only the first 4,000 bytes of the text are read.
  virtual std::vector<Hit> search(const Query& query) const = 0;
  // While somebody types: titles, sentences customers say and codes in `language` (empty: any) that begin with, or have a word
  // that begins with, what was typed; best first. Only what customers may read.
  virtual std::vector<std::string> suggest(std::string_view typed, std::string_view language, std::size_t limit) const = 0;
  // The text with its unknown words replaced by the nearest known ones; null when nothing is to be corrected.
  virtual std::optional<std::string> did_you_mean(std::string_view text, std::string_view language) const = 0;

  // The article in `language`, else in any language; null when unknown.
  virtual const Article* find(std::string_view id, std::string_view language) const = 0;
  // Exactly this one; null when unknown.
  virtual const Article* find(const ArticleKey& key) const = 0;
  virtual Usage usage(const ArticleKey& key) const = 0;
  virtual std::size_t size() const = 0;
  // Every article, by id and language, for listings. Linear in their number.
  virtual std::vector<std::reference_wrapper<const Article>> articles() const = 0;
};

}  // namespace usher::kb
