// What is wrong, or likely to be, with the articles of a library: for `usher kb lint` and the curators' list. Every finding names
// its article, its rule and what to do. Pure: what lies outside (pictures, the date, the regression set) is handed in; addresses
// on the web are not fetched. Linear in the articles but for the duplicates, which take a search each.
//
//   broken-link · broken-picture · customer-data · no-resolution · regression-lost                        errors
//   missing-translation · too-long · duplicate · review-overdue · headings · no-alt-text · tag-spelled-alike ·
//   product-spelled-alike                                                                               warnings
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kb/library.h"

namespace usher::kb {

struct RegressionQuery {
  std::string language, text;
  std::vector<std::string> articles;  // one of them must come first; "-": nothing may be shown
  int line = 0;                       // of the file it was read from
};

struct LintOptions {
  std::vector<std::string> languages = {"en", "zh"};  // every customer's article is wanted in each
  std::string today;                                  // YYYY-MM-DD; empty: reviews are not looked at
  std::vector<RegressionQuery> regression;
  std::function<bool(std::string_view)> has_picture;  // "pictures/x.png" as written; empty: pictures are not looked at
  std::vector<std::string> own;                       // mail addresses and "@domains" of the company (private_data.h)
  std::size_t max_length = 6000;                      // bytes; about two printed pages, Chinese counted as in UTF-8
};

struct Finding {
  ArticleKey article;  // regression-lost: the article that should have come first
  std::string rule, message, hint;
  bool is_warning = true;
};

const std::vector<std::string>& lint_rules();  // their names, as above
// By article, errors first. Archived articles are not looked at.
std::vector<Finding> lint(const Library& library, const LintOptions& options);

// The id of the article a link leads to: "other-article", "other-article.en.md", "/help/en/other-article/its-title"; empty when
// it leads elsewhere (the web, a heading of the same page, a picture).
std::string linked_article(std::string_view address);

}  // namespace usher::kb
