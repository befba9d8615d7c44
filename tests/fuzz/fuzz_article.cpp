// Any bytes as an article file: either an article or problems that point into the file, and its Markdown renders to both forms.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "kb/article.h"
#include "kb/markdown.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::vector<usher::kb::Problem> problems;
  const auto article = usher::kb::parse_article("config/kb/fuzz.en.md", bytes, problems);
  USHER_CHECK(article.has_value() == problems.empty(), "an article and problems exclude each other");
  for (const usher::kb::Problem& problem : problems) {
    USHER_CHECK(problem.line >= 1 && problem.column >= 1, "positions count from 1");
    USHER_CHECK(!problem.message.empty() && !problem.hint.empty(), "a problem says what is wrong and what to do");
  }
  const std::string html = usher::kb::to_html(article ? std::string_view(article->body) : bytes);
  USHER_CHECK(html.find("<script") == std::string::npos, "raw HTML is dropped");
  USHER_CHECK(html.find("href=\"javascript:") == std::string::npos, "links that run something are emptied");
  usher::kb::to_plain_text(bytes);
  return 0;
}
