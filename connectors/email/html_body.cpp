#include "connectors/email/html_body.h"

#include <algorithm>

#include "base/text.h"

namespace usher::connectors::email {
namespace {

constexpr std::string_view kParagraph = "<p style=\"margin:0 0 14px\">";

bool ends_url(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u <= ' ' || u >= 128 || c == '<' || c == '>' || c == '"' || c == '\'' || c == '`' || c == '\\' || c == '{' || c == '}';
}

// Length of the address that begins here; a full stop or bracket behind it is not part of it. 0: there is none.
std::size_t url_length(std::string_view s) {
  if (!s.starts_with("https://") && !s.starts_with("http://")) return 0;
  std::size_t n = 0;
  while (n < s.size() && !ends_url(s[n])) ++n;
  while (n > 0 && std::string_view(".,;:!?)]").find(s[n - 1]) != std::string_view::npos) --n;
  return n > std::string_view("https://").size() ? n : 0;
}

std::string line_of(std::string_view line) {
  std::string out;
  std::size_t plain = 0;
  for (std::size_t i = 0; i < line.size();) {
    const auto n = line[i] == 'h' ? url_length(line.substr(i)) : 0;
    if (n == 0) {
      ++i;
      continue;
    }
    const auto url = text::html_escape(line.substr(i, n));
    out += text::html_escape(line.substr(plain, i - plain)) + "<a href=\"" + url + "\" style=\"color:#0b57d0\">" + url + "</a>";
    plain = i += n;
  }
  return out + text::html_escape(line.substr(plain));
}

}  // namespace

std::string html_paragraphs(std::string_view utf8) {
  auto clean = text::to_valid_utf8(utf8);
  std::erase(clean, '\r');
  std::string out;
  bool is_open = false;
  for (const auto& line : text::split(clean, '\n')) {
    if (text::trim(line).empty()) {
      if (is_open) out += "</p>\n";
      is_open = false;
      continue;
    }
    out += is_open ? std::string_view("<br>\n") : kParagraph;
    is_open = true;
    out += line_of(line);
  }
  return is_open ? out + "</p>\n" : out;
}

std::string html_mail(std::string_view text, std::string_view language) {
  std::string out = "<!DOCTYPE html>\n<html";
  if (language == "en" || language == "zh") out.append(" lang=\"").append(language).append("\"");
  out +=
      "><head><meta charset=\"utf-8\"></head>\n<body style=\"margin:0;padding:16px;background:#ffffff;color:#1f1f1f;"
      "font-family:-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei',Arial,sans-serif;font-size:15px;line-height:1.5\">\n"
      "<div style=\"max-width:640px\">\n";
  return out + html_paragraphs(text) + "</div>\n</body></html>\n";
}

}  // namespace usher::connectors::email
