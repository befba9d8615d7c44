// A knowledge-base article and its file form: front matter + Markdown (config/kb/<id>.<language>.md).
//
//   ---
//   id: no-power-reset            # [a-z0-9-]+, same in every language
//   language: en                  # en | zh
//   title: Computer does not turn on: drain residual power   # may hold ": " without quotes
//   products: [laptop, desktop]   # product lines or models, optional
//   codes: [E-204]                # error codes, optional
//   tags: [power]                 # optional
//   audience: customer            # customer | partner | internal; default customer
//   state: validated              # wip | not_validated | validated | archived; default validated
//   ---
//   ## Issue
//   The customer's words: nothing happens when the power button is pressed. …
//   ## Environment
//   ## Cause
//   ## Resolution
//   1. …
//
// Sections by their level-2 headings, in English or Chinese (问题 环境 原因 解决方法); Issue and Resolution are required, others
// refused. At most 256 KiB, UTF-8. A file named ID.LANGUAGE.md must agree with its front matter.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace usher::kb {

struct Article {
  std::string id;
  std::string language;
  std::string title;
  std::vector<std::string> products, codes, tags;
  std::string audience = "customer";
  std::string state = "validated";
  std::string issue, environment, cause, resolution;  // Markdown
  std::string body;                                   // the whole Markdown below the front matter
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

}  // namespace usher::kb
