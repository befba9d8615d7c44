// A knowledge-base article and its file form: front matter + Markdown (config/kb/<id>.<language>.md).
//
//   ---
//   id: no-power-reset            # [a-z0-9-]+, same in every language
//   language: en                  # en | zh
//   title: Computer does not turn on: drain residual power   # may hold ": " without quotes
//   products: [laptop, desktop]   # product lines or models, optional
//   codes: [E-204]                # error codes, optional
//   tags: [power]                 # optional
//   synonyms: [dead, won't boot]  # other words customers have for it, optional
//   audience: customer            # customer | partner | internal; default customer
//   state: published              # wip | not_validated | validated | published | archived; default published
//   review_by: 2027-03-01         # when somebody should look at it again, optional
//   cases: [U-4711]               # cases it was written from, optional
//   ---
//   ## Issue
//   The customer's words: nothing happens when the power button is pressed. …
//   ## Environment
//   ## Cause
//   ## Resolution
//   1. …
//
// Sections by their level-2 headings, in English or Chinese (问题 环境 原因 解决方法); Issue and, except in state wip, Resolution
// are required, others refused. At most 256 KiB, UTF-8. A file named ID.LANGUAGE.md must agree with its front matter.
#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace usher::kb {

// What names an article: translations share the id.
struct ArticleKey {
  std::string id, language;
  friend auto operator<=>(const ArticleKey&, const ArticleKey&) = default;
};

struct Article {
  std::string id;
  std::string language;
  std::string title;
  std::vector<std::string> products, codes, tags, synonyms, cases;
  std::string audience = "customer";
  std::string state = "published";
  std::string review_by;                              // YYYY-MM-DD or empty
  std::string issue, environment, cause, resolution;  // Markdown, trimmed
  std::string body;                                   // the whole Markdown below the front matter

  ArticleKey key() const { return {id, language}; }
  friend bool operator==(const Article&, const Article&) = default;
};

// A problem in a source file, for `usher check`. Lines and columns count from 1; column in code points.
struct Problem {
  std::string file;
  int line = 1;
  int column = 1;
  std::string message;  // what is wrong
  std::string hint;     // what to do
};

// Reads one article. On failure every problem found is in `problems` and nullopt is returned. Pure.
std::optional<Article> parse_article(std::string_view file_name, std::string_view bytes, std::vector<Problem>& problems);

// The file form. The Markdown is `body` as it stands while its sections are those of the article, else it is written anew from
// the sections, with headings in the article's language: editing a section is enough. For whatever parse_article returned,
// parse(write(a)) == a; for an article made up otherwise the file may have problems, which parse_article then names. Pure.
std::string write_article(const Article& article);

}  // namespace usher::kb
