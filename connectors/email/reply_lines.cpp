#include "connectors/email/reply_lines.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "connectors/email/reply_introduction.h"
#include "connectors/email/reply_keys.h"
#include "connectors/email/reply_marks.h"

namespace usher::connectors::email {
namespace {

using namespace reply_words;

using Lines = std::vector<std::string_view>;
using Keys = std::vector<std::string_view>;
using Kinds = std::vector<LineKind>;

constexpr std::size_t kMinWrappedBytes = 60;
constexpr std::size_t kMaxLines = 3'000;  // what comes later is text: nobody answers below three thousand lines

constexpr std::uint32_t head_of(std::string_view s) {
  std::uint32_t head = 0;
  for (std::size_t i = 0; i < 3; ++i) head = head << 8 | (i < s.size() ? static_cast<unsigned char>(s[i]) : 0U);
  return head;
}
constexpr std::string_view without_dot(std::string_view s) {
  return s.ends_with('.') ? s.substr(0, s.size() - 1) : s;
}
constexpr std::uint32_t tail_of(std::string_view s) {
  return head_of(s.size() < 3 ? s : s.substr(s.size() - 3));
}
constexpr auto kDeviceTails = [] {
  std::array<std::uint32_t, std::size(kDeviceEnds)> tails{};
  std::transform(std::begin(kDeviceEnds), std::end(kDeviceEnds), tails.begin(),
                 [](std::string_view end) { return tail_of(end); });
  std::sort(tails.begin(), tails.end());
  return tails;
}();
// The first three bytes of all of them: most lines are through after a look at this.
constexpr auto kDeviceHeads = [] {
  std::array<std::uint32_t, std::size(kDevicePrefixes) + std::size(kCjkDevicePrefixes)> heads{};
  std::size_t n = 0;
  for (auto prefix : kDevicePrefixes) heads[n++] = head_of(prefix);
  for (auto prefix : kCjkDevicePrefixes) heads[n++] = head_of(prefix);
  std::sort(heads.begin(), heads.end());
  return heads;
}();

bool is_separator(std::string_view key) {
  // "---- Original Message ----From: Ana …": the telephone lost the end of the line.
  if (const auto words = key.find_first_not_of('-'); words >= 4 && words != std::string_view::npos) {
    const auto rule = key.find("----", words);
    const auto rest = rule == std::string_view::npos ? rule : key.find_first_not_of("- ", rule);
    if (rest != std::string_view::npos && key.substr(rest, 40).find(':') != std::string_view::npos) key = key.substr(0, rest);
  }
  if (key.size() > 120) return false;
  bool has_rule = key.starts_with("--") || key.starts_with("==") || key.starts_with("—");
  auto begin = key.find_first_not_of("-=*_~ ");
  if (begin == std::string::npos) return false;
  auto body = key.substr(begin);
  bool has_colon = false;
  bool has_dashes = false;
  body = strip_end(body, has_colon, has_dashes);
  while (!body.empty() && (body.back() == '=' || body.back() == '~')) body.remove_suffix(1);
  if (body == "original") return has_rule && has_dashes;  // QQ in English; without the rules it is a word
  return (has_rule || has_colon || has_dashes) &&
         std::find(std::begin(kSeparators), std::end(kSeparators), body) != std::end(kSeparators);
}

bool is_ascii_rule(std::string_view line) {
  if (line.size() < 2) return false;
  return std::string_view("-_=+*~#").find(line[0]) != std::string_view::npos &&
         line.find_first_not_of(line[0]) == std::string_view::npos;
}

// Two or more of one ruling character and nothing else.
bool is_delimiter(std::string_view line) {
  auto begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return false;
  line.remove_prefix(begin);
  if (line == "—" || line == "――" || line == "ᐧ") return true;
  const auto first = static_cast<unsigned char>(line[0]);
  if (first != 0xE2 && first != 0xEF) return is_ascii_rule(line);
  for (std::string_view rule : {"—", "–", "─", "━", "－", "＿", "═"}) {
    if (!line.starts_with(rule) || line.size() < 2 * rule.size() || line.size() % rule.size() != 0) continue;
    bool is_rule = true;
    for (std::size_t i = 0; is_rule && i < line.size(); i += rule.size()) is_rule = line.substr(i, rule.size()) == rule;
    if (is_rule) return true;
  }
  return false;
}

// ">>> Ana <a@b> 11/20/2026 11:02 >>>", by GroupWise.
bool is_groupwise(std::string_view line, std::string_view key) {
  return line.starts_with(">>> ") && key.ends_with(" >>>") && (has_time(key) || has_date(key));
}

// A line of words between rules ("------- Bericht -------"), in any language.
bool is_ruled(std::string_view key) {
  if (key.size() > 120 || !key.starts_with("---") || !key.ends_with("---")) return false;
  return key.find_first_not_of("- ") != std::string_view::npos;
}

bool has_device(std::string_view key) {
  return std::any_of(std::begin(kDeviceNames), std::end(kDeviceNames),
                     [&](std::string_view name) { return key.find(name) != std::string_view::npos; });
}

// "Sent from my desk, which is easier than …": no device, and more words behind the comma than an excuse for typing badly needs.
bool goes_on_without_device(std::string_view key) {
  const auto comma = key.find_first_of(",;");
  if (comma == std::string_view::npos || has_device(key.substr(0, comma))) return false;
  return std::count(key.begin() + static_cast<std::ptrdiff_t>(comma), key.end(), ' ') >= 6;
}

bool is_device(std::string_view key) {
  if (key.size() > 160) return false;
  while (!key.empty() && (key.front() == '(' || key.front() == '<' || key.front() == '[')) key.remove_prefix(1);
  if (key.empty()) return false;
  if (key.size() < 80 && std::binary_search(kDeviceTails.begin(), kDeviceTails.end(), tail_of(without_dot(key)))) {
    auto ends_key = [&](std::string_view end) { return without_dot(key).ends_with(end); };
    if (has_device(key) && std::any_of(std::begin(kDeviceEnds), std::end(kDeviceEnds), ends_key)) return true;
  }
  if (key.ends_with("から送信") || key.ends_with("から送信されました") || (key.size() < 60 && key.ends_with(" from mobile")))
    return true;
  if (!std::binary_search(kDeviceHeads.begin(), kDeviceHeads.end(), head_of(key))) return false;
  auto starts = [&](const auto& list) {
    return std::any_of(std::begin(list), std::end(list), [&](std::string_view p) { return key.starts_with(p); });
  };
  return (starts(kDevicePrefixes) && !goes_on_without_device(key)) || starts(kCjkDevicePrefixes);
}

bool is_quote(std::string_view line) {
  auto begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return false;
  line.remove_prefix(begin);
  if (line[0] == '>') return true;
  // "C> …", "Richard> …": some programs put initials or a name in front.
  auto mark = line.find('>');
  if (mark == std::string_view::npos || mark > 10 || (mark + 1 < line.size() && line[mark + 1] != ' ')) return false;
  return std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(mark),
                     [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
}

LineKind kind_of(const Lines& lines, const Keys& keys, std::size_t at, bool is_below_marker, std::size_t& takes) {
  auto line = lines[at];
  takes = 1;
  if (line.find_first_not_of(" \t") == std::string_view::npos) return LineKind::kEmpty;
  if (is_groupwise(line, keys[at])) return LineKind::kAttribution;
  if (is_quote(line)) return LineKind::kQuote;
  if (is_below_marker && line.starts_with('|')) return LineKind::kQuote;
  if (is_separator(keys[at])) return LineKind::kSeparator;
  if (is_ruled(keys[at])) {
    for (auto next = at + 1; next < std::min(at + 3, keys.size()); ++next) {
      if (keys[next].empty()) continue;
      if (header_block_lines(keys, next) > 0) return LineKind::kSeparator;
      break;
    }
  }
  if (is_delimiter(line)) return LineKind::kDelimiter;
  if (auto n = header_block_lines(keys, at); n > 0) {
    takes = n;
    return LineKind::kHeaderBlock;
  }
  if (auto n = attribution_lines(keys, at); n > 0) {
    takes = n;
    return LineKind::kAttribution;
  }
  return is_device(keys[at]) ? LineKind::kDevice : LineKind::kText;
}

// The rest of a line or a link that a program wrapped while it quoted.
bool is_wrapped_rest(std::string_view line, std::string_view before) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  if (line.size() < before.size() && before.size() >= kMinWrappedBytes) return true;
  if (line.starts_with("http") || line.starts_with("(http") || line.starts_with("<http")) return true;
  const auto close = line.find(')');
  return close != std::string_view::npos && line.substr(0, close).find('(') == std::string_view::npos;
}

// Programs that wrap what they quote leave the rest of a long line without its mark: "> …long", "rest", "> …".
void mark_wrapped_quotes(const Lines& lines, Kinds& kinds) {
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    if (kinds[i] == LineKind::kText && kinds[i - 1] == LineKind::kQuote && kinds[i + 1] == LineKind::kQuote &&
        is_wrapped_rest(lines[i], lines[i - 1])) {
      kinds[i] = LineKind::kQuote;
    }
  }
}

}  // namespace

std::vector<LineKind> classify(const Lines& lines) {
  Kinds kinds(lines.size(), LineKind::kText);
  Keys keys;
  const auto looked_at = std::min(lines.size(), kMaxLines);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < looked_at; ++i) bytes += std::min(lines[i].size(), kMaxLookBytes);
  std::string arena;  // the keys point into it: it must not grow beyond this
  arena.reserve(bytes);
  keys.reserve(looked_at);
  for (std::size_t i = 0; i < looked_at; ++i) keys.push_back(append_key(arena, lines[i]));
  bool is_in_code = false;
  bool is_below_marker = false;
  for (std::size_t i = 0; i < lines.size();) {
    if (i >= keys.size()) {
      kinds[i] = lines[i].empty() ? LineKind::kEmpty : is_quote(lines[i]) ? LineKind::kQuote : LineKind::kText;
      ++i;
      continue;
    }
    if (lines[i].starts_with("```")) {
      is_in_code = !is_in_code;
      ++i;
      continue;
    }
    if (is_in_code) {
      ++i;
      continue;
    }
    std::size_t takes = 1;
    kinds[i] = kind_of(lines, keys, i, is_below_marker, takes);
    if (kinds[i] == LineKind::kAttribution || kinds[i] == LineKind::kHeaderBlock || kinds[i] == LineKind::kSeparator)
      is_below_marker = true;
    for (std::size_t n = 1; n < takes; ++n) kinds[i + n] = LineKind::kContinued;
    i += takes;
  }
  mark_wrapped_quotes(lines, kinds);
  return kinds;
}

}  // namespace usher::connectors::email
