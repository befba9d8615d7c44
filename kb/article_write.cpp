// An article's file form; reading is in article.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "kb/article.h"

namespace usher::kb {
namespace {

// Words yaml-cpp would read as "nothing".
bool is_null(std::string_view s) {
  return s.empty() || s == "~" || s == "null" || s == "Null" || s == "NULL";
}

// Stands in a flow list as it is, for every YAML reader.
bool is_plain(std::string_view s) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
  };
  return !is_null(s) && is_letter(s.front()) && s.back() != ' ' &&
         std::ranges::all_of(
             s, [&](char c) { return is_letter(c) || std::string_view(" _.()/+-';").find(c) != std::string_view::npos; }) &&
         // No-break and line separators and the byte order mark: YAML's own.
         s.find('\xC2') == std::string_view::npos && s.find("\xE2\x80") == std::string_view::npos &&
         s.find("\xEF\xBB\xBF") == std::string_view::npos;
}

// A YAML scalar on one line that stands for exactly `value`.
std::string scalar(std::string_view value) {
  if (is_plain(value)) return std::string(value);
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\x{:02X}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

void add_list(std::string& out, std::string_view key, const std::vector<std::string>& values) {
  if (values.empty()) return;
  out += fmt::format("{}: [", key);
  for (std::size_t i = 0; i < values.size(); ++i) out += (i == 0 ? "" : ", ") + scalar(values[i]);
  out += "]\n";
}

std::string front_matter(const Article& a) {
  std::string out = fmt::format("---\nid: {}\nlanguage: {}\ntitle: {}\n", scalar(a.id), scalar(a.language), scalar(a.title));
  add_list(out, "products", a.products);
  add_list(out, "codes", a.codes);
  add_list(out, "tags", a.tags);
  add_list(out, "synonyms", a.synonyms);
  const Article usual;
  if (a.audience != usual.audience) out += "audience: " + scalar(a.audience) + "\n";
  if (a.state != usual.state) out += "state: " + scalar(a.state) + "\n";
  if (!a.review_by.empty()) out += "review_by: " + scalar(a.review_by) + "\n";
  add_list(out, "cases", a.cases);
  return out + "---\n";
}

std::string sections(const Article& a) {
  struct Named {
    std::string_view english, chinese;
    const std::string& text;
  };
  const std::array<Named, 4> all = {Named{"Issue", "问题", a.issue}, Named{"Environment", "环境", a.environment},
                                    Named{"Cause", "原因", a.cause}, Named{"Resolution", "解决方法", a.resolution}};
  std::string out;
  for (const Named& section : all) {
    if (section.text.empty()) continue;
    out += fmt::format("{}## {}\n{}\n", out.empty() ? "" : "\n", a.language == "zh" ? section.chinese : section.english,
                       section.text);
  }
  return out;
}

}  // namespace

std::string write_article(const Article& article) {
  const std::string front = front_matter(article);
  const std::string written = sections(article);
  if (written.empty()) return front + article.body;
  std::vector<Problem> problems;
  const auto again = parse_article("draft", front + article.body, problems);
  const bool is_current = again && again->issue == article.issue && again->environment == article.environment &&
                          again->cause == article.cause && again->resolution == article.resolution;
  return front + (is_current ? article.body : written);
}

}  // namespace usher::kb
