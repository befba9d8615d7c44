// The published articles and their search index: an immutable snapshot. Editing = building a new one and swapping the pointer.
// Readers hold a shared_ptr<const Library>; all functions are const and thread-safe.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kb/article.h"

namespace usher::kb {

struct Query {
  std::string text;
  std::string language;               // preferred; articles in another language rank lower and are returned only when allowed
  std::string product;                // optional boost
  std::string audience = "customer";  // who asks: customer | partner (also sees partner) | internal (sees all, and drafts)
  std::size_t limit = 5;
  bool other_languages = false;
};

struct Hit {
  const Article* article = nullptr;  // lives as long as the Library
  double score = 0;                  // ≥ 0
  double confidence = 0;             // 0..1: share of the query's information (idf) the article's title/issue/codes cover
  struct Reason {
    std::string term;
    std::string field;  // title | issue | environment | codes | tags | body
    double contribution;
  };
  std::vector<Reason> reasons;  // largest first: why it ranks where it does
  std::string passage;          // plain text, the best sentence
};

class Library {
 public:
  // Throws std::runtime_error when ICU's or OpenCC's data files are not installed.
  static std::shared_ptr<const Library> build(std::vector<Article> articles);
  virtual ~Library() = default;
  // Best first. Empty query text gives nothing; an empty language means any. Archived articles are never found.
  // Only the first 4,000 bytes of the text are read.
  virtual std::vector<Hit> search(const Query& query) const = 0;
  // The article in `language`, else in any language; null when unknown.
  virtual const Article* find(std::string_view id, std::string_view language) const = 0;
  virtual std::size_t size() const = 0;
  // Every article, for listings.
  virtual const std::vector<Article>& articles() const = 0;
};

// A hit below this confidence is not shown to a customer: silence is better than a wrong article.
inline constexpr double kMinConfidence = 0.35;

}  // namespace usher::kb
