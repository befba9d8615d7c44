#include "connectors/email/mime_guard.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <set>
#include <utility>

#include "base/text.h"

namespace usher::connectors::email {
namespace {

bool starts_with_word(std::string_view line, std::string_view lower) {
  return line.size() >= lower.size() && text::iequals_ascii(line.substr(0, lower.size()), lower);
}

bool is_address_field(std::string_view line) {
  switch (line.empty() ? '\0' : line.front() | 0x20) {
    case 't':
      return starts_with_word(line, "to:");
    case 'c':
      return starts_with_word(line, "cc:");
    case 'b':
      return starts_with_word(line, "bcc:");
    case 'f':
      return starts_with_word(line, "from:");
    case 's':
      return starts_with_word(line, "sender:");
    case 'r':
      return starts_with_word(line, "reply-to:") || starts_with_word(line, "resent-") || starts_with_word(line, "return-");
    default:
      return false;
  }
}

// Blanks between a field's name and the colon do not hide it from the library, so they must not hide it from us.
bool is_address_field_with_blanks(std::string_view line) {
  auto colon = line.find(':');
  if (colon == std::string_view::npos || colon > 24 || colon == 0 || (line[colon - 1] != ' ' && line[colon - 1] != '\t'))
    return false;
  auto name = std::string(line.substr(0, line.find_first_of(" \t")));
  return is_address_field(name + ":");
}

std::size_t line_end(std::string_view s, std::size_t at) {
  const auto* lf = static_cast<const char*>(std::memchr(s.data() + at, '\n', s.size() - at));
  return lf == nullptr ? s.size() : static_cast<std::size_t>(lf - s.data()) + 1;
}

std::string_view chomp(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
    line.remove_suffix(1);
  return line;
}

// Every value of "boundary=" that is written anywhere, however folded. `is_certain` is false when one is written in a way this
// does not read (RFC 2231), so that every line beginning with "--" has to count.
std::set<std::string, std::less<>> declared_boundaries(std::string_view raw, bool& is_certain) {
  std::set<std::string, std::less<>> found;
  is_certain = true;
  for (std::size_t i = raw.find_first_of("bB"); i != std::string_view::npos; i = raw.find_first_of("bB", i + 1)) {
    if (!starts_with_word(raw.substr(i), "boundary")) continue;
    auto at = raw.find_first_not_of(" \t\r\n", i + 8);
    if (at == std::string_view::npos) break;
    if (raw[at] == '*') is_certain = false;
    if (raw[at] != '=') continue;
    at = raw.find_first_not_of(" \t\r\n", at + 1);
    if (at == std::string_view::npos) break;
    bool is_quoted = raw[at] == '"';
    if (is_quoted) ++at;
    auto end = raw.find_first_of(is_quoted ? "\"\r\n" : " \t\r\n;", at);
    auto value = raw.substr(at, end == std::string_view::npos ? std::string_view::npos : end - at);
    if (value.find_first_of("\\(") != std::string_view::npos || value.size() > 1000) is_certain = false;
    if (found.size() < 10'000)
      found.emplace(value);
    else
      is_certain = false;
  }
  return found;
}

// Where the delimiter after the last part we take begins; npos when there are few enough.
std::size_t end_of_parts(std::string_view raw, std::size_t max_parts) {
  bool is_certain = true;
  auto boundaries = declared_boundaries(raw, is_certain);
  std::size_t parts = 0;
  for (std::size_t at = 0; at < raw.size();) {
    auto end = line_end(raw, at);
    auto line = raw.substr(at, end - at);
    if (line.starts_with("--")) {
      line = chomp(line.substr(2));
      bool is_delimiter = !is_certain || boundaries.contains(line) ||
                          (line.ends_with("--") && boundaries.contains(line.substr(0, line.size() - 2)));
      if (is_delimiter && ++parts > max_parts) return at;
    }
    at = end;
  }
  return std::string_view::npos;
}

// Blanks instead of what is too much in the field that begins at `at`; returns where the field ends.
std::size_t tame_field(std::string& copy, std::size_t at, const MimeLimits& limits) {
  std::size_t colons = 0;
  auto end = at;
  do {
    auto next = line_end(copy, end);
    for (auto i = end; i < next; ++i) {
      if (copy[i] == '\r' || copy[i] == '\n') continue;
      bool is_too_much = i - at > limits.max_field_bytes || (copy[i] == ':' && ++colons > limits.max_address_colons);
      if (is_too_much) copy[i] = ' ';
    }
    end = next;
  } while (end < copy.size() && (copy[end] == ' ' || copy[end] == '\t'));
  return end;
}

struct Findings {
  std::size_t dash_lines = 0;
  std::size_t header_end = 0;  // where the body begins
  std::size_t header_fields = 0;
  std::vector<std::size_t> big_fields;  // address fields over a limit
};

Findings look(std::string_view raw, const MimeLimits& limits) {
  Findings found;
  bool is_in_header = true;
  for (std::size_t at = 0; at < raw.size();) {
    auto end = line_end(raw, at);
    auto line = raw.substr(at, end - at);
    if (is_in_header) {
      if (chomp(line).empty() && line.front() != ' ' && line.front() != '\t') {
        is_in_header = false;
        found.header_end = at;
      } else if (line.front() != ' ' && line.front() != '\t') {
        ++found.header_fields;
      }
    }
    if (line.starts_with("--")) ++found.dash_lines;
    if (is_address_field(line) || is_address_field_with_blanks(line.substr(0, 64))) {
      auto field_end = end;
      while (field_end < raw.size() && (raw[field_end] == ' ' || raw[field_end] == '\t')) field_end = line_end(raw, field_end);
      auto field = raw.substr(at, field_end - at);
      bool is_big = field.size() > limits.max_field_bytes ||
                    static_cast<std::size_t>(std::count(field.begin(), field.end(), ':')) > limits.max_address_colons;
      if (is_big) found.big_fields.push_back(at);
      if (!is_in_header) {
        at = field_end;
        continue;
      }
    }
    at = end;
  }
  if (is_in_header) found.header_end = raw.size();
  return found;
}

// Where the first field begins in a mail with blank lines before it; 0 where there are none or no field follows.
std::size_t first_field(std::string_view raw) {
  const auto begin = raw.substr(0, 1'000).find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return 0;
  const auto name = raw.substr(begin, std::min<std::size_t>(raw.substr(begin).find(':'), 77));
  const bool is_name =
      !name.empty() && name.size() < 77 &&
      std::all_of(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-'; });
  return is_name ? begin : 0;
}

// The line of blanks that stands where the empty line between header and first boundary should: its begin and end, or nullopt.
std::optional<std::pair<std::size_t, std::size_t>> blank_header_end(std::string_view raw) {
  std::optional<std::pair<std::size_t, std::size_t>> blank;
  for (std::size_t at = 0; at < raw.size();) {
    const auto end = line_end(raw, at);
    const auto line = raw.substr(at, end - at);
    if (line.starts_with('\n') || line.starts_with("\r\n")) return std::nullopt;
    if (blank && line.starts_with("--")) return blank;
    blank.reset();
    if (line.find_first_not_of(" \t\r\n") == std::string_view::npos) blank.emplace(at, end);
    at = end;
  }
  return std::nullopt;
}

// A header that programs do not agree about, made one that all read alike.
std::optional<std::string> with_plain_header(std::string_view raw, std::vector<std::string>& warnings) {
  std::optional<std::string> copy;
  if (const auto begin = first_field(raw); begin > 0) {
    copy.emplace(raw.substr(begin));
    warnings.emplace_back("ambiguous: blank lines before the header");
  }
  if (const auto blank = blank_header_end(copy ? std::string_view(*copy) : raw)) {
    if (!copy) copy.emplace(raw);
    copy->replace(blank->first, blank->second - blank->first, "\n");
    warnings.emplace_back("ambiguous: a line of blanks ends the header");
  }
  return copy;
}

}  // namespace

std::optional<std::string> guard_mime(std::string_view raw, const MimeLimits& limits, std::vector<std::string>& warnings) {
  auto copy = with_plain_header(raw, warnings);
  if (copy) raw = *copy;
  auto found = look(raw, limits);
  if (!found.big_fields.empty()) {
    if (!copy) copy.emplace(raw);
    for (auto at : found.big_fields) tame_field(*copy, at, limits);
    warnings.emplace_back("an address field is too large; the rest of it was not read");
  }
  auto view = [&] { return copy ? std::string_view(*copy) : raw; };
  if (found.dash_lines > limits.max_parts) {
    if (auto end = end_of_parts(view(), limits.max_parts); end != std::string_view::npos) {
      copy = std::string(view().substr(0, end));
      found.header_end = std::min(found.header_end, end);
      warnings.emplace_back("more than " + std::to_string(limits.max_parts) + " parts; the rest was not read");
    }
  }
  if (found.header_end > limits.max_header_bytes || found.header_fields > limits.max_header_fields) {
    std::string kept;
    std::size_t fields = 0;
    auto whole = view();
    for (std::size_t at = 0; at < found.header_end;) {
      auto end = line_end(whole, at);
      while (end < found.header_end && (whole[end] == ' ' || whole[end] == '\t')) end = line_end(whole, end);
      if (++fields > limits.max_header_fields) break;
      if (kept.size() + (end - at) <= limits.max_header_bytes) kept += whole.substr(at, end - at);
      at = end;
    }
    kept += whole.substr(found.header_end);
    copy = std::move(kept);
    warnings.emplace_back("the header is too large; a part of it was not read");
  }
  return copy;
}

}  // namespace usher::connectors::email
