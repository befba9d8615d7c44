#include "connectors/email/plain_text.h"

#include "base/text.h"

namespace usher::connectors::email {

std::string with_line_feeds(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (;;) {
    const auto cr = text.find('\r');
    out += text.substr(0, cr);
    if (cr == std::string_view::npos) return out;
    text.remove_prefix(cr + 1);
    if (!text.starts_with('\n')) out += '\n';
  }
}

std::string unflow(std::string_view text, bool delete_space) {
  auto whole = with_line_feeds(text);
  std::string out;
  out.reserve(whole.size());
  std::string_view rest = whole;
  bool is_open = false;  // the line before was flowed
  std::size_t open_depth = 0;
  while (!rest.empty()) {
    auto end = rest.find('\n');
    bool has_end = end != std::string_view::npos;
    auto line = rest.substr(0, end);
    rest = has_end ? rest.substr(end + 1) : std::string_view{};
    auto depth = std::min(line.find_first_not_of('>'), line.size());
    line.remove_prefix(depth);
    if (line.starts_with(' ')) line.remove_prefix(1);
    bool is_signature = line == "-- ";
    bool is_joined = is_open && depth == open_depth && !is_signature;
    if (is_open && !is_joined) out += '\n';
    if (!is_joined && depth > 0) out += std::string(depth, '>') + " ";
    is_open = !is_signature && line.ends_with(' ');
    open_depth = depth;
    if (is_open && delete_space) line.remove_suffix(1);
    out += line;
    if (!is_open && has_end) out += '\n';
  }
  return out;
}

bool is_placeholder(std::string_view plain, std::string_view from_html) {
  auto shown = text::collapse_spaces(plain);
  if (shown.empty()) return true;
  if (shown.size() > 200 || from_html.size() < 2 * shown.size()) return false;
  return text::to_lower_ascii(shown).find("html") != std::string::npos;
}

bool says_the_same(std::string_view a, std::string_view b) {
  const auto shown_a = text::collapse_spaces(a);
  const auto shown_b = text::collapse_spaces(b);
  return shown_a.find(shown_b) != std::string::npos || shown_b.find(shown_a) != std::string::npos;
}

bool is_blank(std::string_view utf8) {
  return text::trim(utf8).empty();
}

std::string_view head_of(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  auto end = max_bytes;
  while (end > 0 && max_bytes - end < 3 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

std::optional<std::string> without_pgp_armour(std::string_view text) {
  constexpr std::string_view kBegin = "-----BEGIN PGP SIGNED MESSAGE-----";
  if (text.find(kBegin) == std::string_view::npos) return std::nullopt;
  enum class Where : std::uint8_t { kOutside, kHeader, kWords, kSignature } where = Where::kOutside;
  bool is_found = false;
  std::string out;
  while (!text.empty()) {
    auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    auto bare = line;
    while (bare.ends_with(' ') || bare.ends_with('\t') || bare.ends_with('\r')) bare.remove_suffix(1);
    if (where == Where::kHeader) {  // "Hash: SHA256", up to an empty line
      if (bare.empty()) where = Where::kWords;
      continue;
    }
    if (where == Where::kSignature) {
      if (bare == "-----END PGP SIGNATURE-----") where = Where::kOutside;
      continue;
    }
    if (where == Where::kOutside && bare == kBegin) {
      where = Where::kHeader;
      is_found = true;
      continue;
    }
    if (where == Where::kWords && bare == "-----BEGIN PGP SIGNATURE-----") {
      where = Where::kSignature;
      continue;
    }
    if (where == Where::kWords && line.starts_with("- ")) line.remove_prefix(2);
    out += line;
    out += '\n';
  }
  if (!is_found) return std::nullopt;
  return out;
}

std::string default_file_name(std::string_view content_type) {
  auto slash = content_type.find('/');
  auto kind = content_type.substr(0, slash);
  auto subtype = slash == std::string_view::npos ? std::string_view{} : content_type.substr(slash + 1);
  std::string name(kind == "image" || kind == "audio" || kind == "video" ? kind : std::string_view("attachment"));
  if (content_type == "text/plain") return name + ".txt";
  if (content_type == "text/calendar") return "invitation.ics";
  if (content_type == "message/rfc822") return "message.eml";
  if (content_type == "message/delivery-status") return "delivery-status.txt";
  bool is_plain_word = !subtype.empty() && subtype.size() <= 5 &&
                       subtype.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string_view::npos;
  return is_plain_word ? name + "." + std::string(subtype) : name;
}

}  // namespace usher::connectors::email
