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

// A YAML scalar that stands for exactly `value`, on one line, fit for a flow list; plain where nothing in it has a meaning.
std::string scalar(std::string_view value) {
  const bool plain = !is_null(value) && value.front() != ' ' && value.back() != ' ' &&
                     std::string_view("-?!&*|>%@`=<.").find(value.front()) == std::string_view::npos &&
                     std::ranges::none_of(value,
                                          [](char c) {
                                            return static_cast<unsigned char>(c) < 0x20 || c == 0x7F ||
                                                   std::string_view(":#,[]{}\"'\\").find(c) != std::string_view::npos;
                                          }) &&
                     value.find("\xC2") == std::string_view::npos && value.find("\xE2\x80") == std::string_view::npos &&
                     value.find("\xEF\xBB\xBF") == std::string_view::npos;
  if (plain) return std::string(value);
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
