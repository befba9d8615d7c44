#include "connectors/email/smtp_path.h"

#include <algorithm>

#include "base/text.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxLocal = 64;
constexpr std::size_t kMaxDomain = 255;

bool is_atom_char(char c) {
  auto u = static_cast<unsigned char>(c);
  if (u <= ' ' || u == 127) return false;
  return std::string_view("()<>[]:;@\\,\"").find(c) == std::string_view::npos;
}

// The local part at the front of `text`; its length, or npos.
std::size_t local_length(std::string_view text, bool& is_quoted) {
  if (!text.starts_with('"')) {
    std::size_t n = 0;
    while (n < text.size() && is_atom_char(text[n])) ++n;
    return n == 0 ? std::string_view::npos : n;
  }
  is_quoted = true;
  for (std::size_t i = 1; i < text.size(); ++i) {
    auto u = static_cast<unsigned char>(text[i]);
    if (u < ' ' || u == 127) return std::string_view::npos;
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

bool is_domain(std::string_view domain) {
  if (domain.empty() || domain.size() > kMaxDomain) return false;
  if (domain.front() == '[') {
    return domain.back() == ']' && domain.size() > 2 &&
           std::all_of(domain.begin() + 1, domain.end() - 1, [](char c) { return c > ' ' && c < 127 && c != '[' && c != ']'; });
  }
  if (domain.front() == '.' || domain.back() == '.' || domain.find("..") != std::string_view::npos) return false;
  return std::all_of(domain.begin(), domain.end(), [](char c) {
    auto u = static_cast<unsigned char>(c);
    return u >= 128 || std::isalnum(u) != 0 || c == '-' || c == '.' || c == '_';
  });
}

}  // namespace

std::string_view SmtpPath::domain() const {
  auto at = address.rfind('@');
  return at == std::string::npos ? std::string_view{} : std::string_view(address).substr(at + 1);
}

std::optional<SmtpPath> parse_smtp_path(std::string_view& rest) {
  SmtpPath path;
  bool has_brackets = rest.starts_with('<');
  auto text = rest.substr(has_brackets ? 1 : 0);
  if (has_brackets && text.starts_with('>')) {
    rest = text.substr(1);
    return path;
  }
  if (text.starts_with('@')) {
    auto colon = text.find(':');
    auto end = text.find_first_of(" >");
    if (colon == std::string_view::npos || colon > end) return std::nullopt;
    path.has_route = true;
    text.remove_prefix(colon + 1);
  }
  auto n = local_length(text, path.is_quoted);
  if (n == std::string_view::npos || n > kMaxLocal) return std::nullopt;
  auto local = text.substr(0, n);
  text.remove_prefix(n);
  path.address = local;
  if (text.starts_with('@')) {
    auto end = std::min(text.find_first_of("> "), text.size());
    auto domain = text.substr(1, end - 1);
    if (!is_domain(domain)) return std::nullopt;
    path.address += text.substr(0, end);
    text.remove_prefix(end);
  }
  if (has_brackets) {
    if (!text.starts_with('>')) return std::nullopt;
    text.remove_prefix(1);
  }
  if (!text.empty() && text.front() != ' ') return std::nullopt;
  path.is_utf8 =
      std::any_of(path.address.begin(), path.address.end(), [](char c) { return static_cast<unsigned char>(c) >= 128; });
  if (path.is_utf8 && !text::is_valid_utf8(path.address)) return std::nullopt;
  rest = text;
  return path;
}

std::string_view trim_spaces(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

}  // namespace usher::connectors::email
