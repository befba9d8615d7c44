#include "connectors/email/reply_lines.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "connectors/email/reply_words.h"

namespace usher::connectors::email {
namespace {

using namespace reply_words;

using Lines = std::vector<std::string_view>;
using Keys = std::vector<std::string_view>;
using Kinds = std::vector<LineKind>;

constexpr std::size_t kMaxLookBytes = 400;
constexpr std::size_t kMaxAttributionLines = 6;
constexpr std::size_t kMaxBlockLines = 10;
constexpr std::size_t kMaxLines = 3'000;  // what comes later is text: nobody answers below three thousand lines

constexpr std::uint32_t head_of(std::string_view s) {
  std::uint32_t head = 0;
  for (std::size_t i = 0; i < 3; ++i) head = head << 8 | (i < s.size() ? static_cast<unsigned char>(s[i]) : 0U);
  return head;
}
// The first three bytes of all of them: most lines are through after a look at this.
constexpr auto kDeviceHeads = [] {
  std::array<std::uint32_t, kDevicePrefixes.size() + kCjkDevicePrefixes.size()> heads{};
  std::size_t n = 0;
  for (auto prefix : kDevicePrefixes) heads[n++] = head_of(prefix);
  for (auto prefix : kCjkDevicePrefixes) heads[n++] = head_of(prefix);
  std::sort(heads.begin(), heads.end());
  return heads;
}();

template <std::size_t N>
constexpr std::array<std::string_view, N> sorted(std::array<std::string_view, N> names) {
  std::sort(names.begin(), names.end());
  return names;
}
constexpr auto kFromLabelsSorted = sorted(kFromLabels);
constexpr auto kOtherLabelsSorted = sorted(kOtherLabels);

bool is_skipped(char c) {
  return c == '>' || c == ' ' || c == '\t' || c == '*' || c == '_' || c == '|';
}

// Appends the line as it is compared: lower case, also "É" and "Ж"; without leading quote marks, blanks and the stars of bold
// text; wide and no-break spaces as blanks. Never longer than the line.
std::string_view append_key(std::string& keys, std::string_view line) {
  line = line.substr(0, kMaxLookBytes);
  while (!line.empty() && is_skipped(line.front())) line.remove_prefix(1);
  const auto begin = keys.size();
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto c = static_cast<unsigned char>(line[i]);
    if (c < 0x80) {
      keys += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
      continue;
    }
    const auto next = i + 1 < line.size() ? static_cast<unsigned char>(line[i + 1]) : 0U;
    if (c == 0xC2 && next == 0xA0) {
      keys += ' ';
      ++i;
    } else if (c == 0xC3 && next >= 0x80 && next <= 0x9E && next != 0x97) {
      keys += line[i++];
      keys += static_cast<char>(next + 0x20);
    } else if (c == 0xD0 && next >= 0x90 && next <= 0x9F) {
      keys += line[i++];
      keys += static_cast<char>(next + 0x20);
    } else if (c == 0xD0 && next >= 0x80 && next <= 0xAF) {
      keys += '\xD1';
      keys += static_cast<char>(next >= 0xA0 ? next - 0x20 : next + 0x10);
      ++i;
    } else if ((c == 0xE2 || c == 0xE3) && (line.substr(i, 3) == "\xE2\x80\xAF" || line.substr(i, 3) == "\xE3\x80\x80")) {
      keys += ' ';
      i += 2;
    } else {
      keys += static_cast<char>(c);
    }
  }
  auto key = std::string_view(keys).substr(begin);
  while (!key.empty() && key.front() == ' ') key.remove_prefix(1);
  while (!key.empty() && (key.back() == '*' || key.back() == ' ' || key.back() == '_')) key.remove_suffix(1);
  return key;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// hh:mm, hh.mm or hhh mm
bool has_time(std::string_view s) {
  for (std::size_t i = 1; i + 2 < s.size(); ++i) {
    if ((s[i] == ':' || s[i] == '.' || s[i] == 'h') && is_digit(s[i - 1]) && is_digit(s[i + 1]) && is_digit(s[i + 2]))
      return true;
  }
  return false;
}

bool has_year(std::string_view s) {
  for (std::size_t i = 0; i + 4 <= s.size(); ++i) {
    if ((s.substr(i, 2) == "19" || s.substr(i, 2) == "20") && is_digit(s[i + 2]) && is_digit(s[i + 3]) &&
        (i == 0 || !is_digit(s[i - 1])) && (i + 4 == s.size() || !is_digit(s[i + 4]))) {
      return true;
    }
  }
  return false;
}

// A year, or "20.11.26", "20/11/26".
bool has_date(std::string_view s) {
  if (has_year(s)) return true;
  for (std::size_t i = 0; i + 8 <= s.size(); ++i) {
    if (is_digit(s[i]) && is_digit(s[i + 1]) && (s[i + 2] == '.' || s[i + 2] == '/' || s[i + 2] == '-') && is_digit(s[i + 3]) &&
        is_digit(s[i + 4]) && s[i + 5] == s[i + 2] && is_digit(s[i + 6]) && is_digit(s[i + 7])) {
      return true;
    }
  }
  return false;
}

// "2016-03-03 …" or "2013/7/20 …"
bool starts_with_date(std::string_view s) {
  if (s.size() < 8 || !is_digit(s[0]) || !is_digit(s[1]) || !is_digit(s[2]) || !is_digit(s[3])) return false;
  return (s[4] == '-' || s[4] == '/' || s[4] == '.') && is_digit(s[5]) && (s.find(s[4], 5) == 6 || s.find(s[4], 5) == 7);
}

std::string_view strip_end(std::string_view s, bool& has_colon, bool& has_dashes) {
  for (;;) {
    if (s.ends_with("：")) {
      has_colon = true;
      s.remove_suffix(std::string_view("：").size());
    } else if (s.ends_with(':')) {
      has_colon = true;
      s.remove_suffix(1);
    } else if (s.ends_with('-')) {
      has_dashes = true;
      s.remove_suffix(1);
    } else if (s.ends_with(' ') || s.ends_with('*') || s.ends_with('_')) {
      s.remove_suffix(1);
    } else {
      return s;
    }
  }
}

bool ends_with_word(std::string_view s, std::string_view word) {
  if (!s.ends_with(word)) return false;
  auto before = s.size() - word.size();
  return before == 0 || s[before - 1] == ' ' || s[before - 1] == '>' || s[before - 1] == ',' || s[before - 1] == ')' ||
         s[before - 1] == '"';
}

bool contains_word(std::string_view s, std::string_view word) {
  for (auto at = s.find(word); at != std::string_view::npos; at = s.find(word, at + 1)) {
    bool is_begin = at == 0 || s[at - 1] == ' ' || s[at - 1] == ',';
    bool is_end = at + word.size() == s.size() || s[at + word.size()] == ' ' || s[at + word.size()] == ',';
    if (is_begin && is_end) return true;
  }
  return false;
}

// Whether one or more joined lines (as keys) introduce a quotation.
bool is_attribution(std::string_view s) {
  if (s.size() < 8) return false;
  bool has_colon = false;
  bool has_dashes = false;
  auto body = strip_end(s, has_colon, has_dashes);
  if (!has_colon && !has_dashes) {
    // Old Gmail: "2016-03-03 17:21 GMT+01:00 Some One", "2013/7/20 Some One <a@b>"
    return starts_with_date(s) && s.size() < 200 &&
           (s.find(" gmt") != std::string_view::npos || (s.find('@') != std::string_view::npos && s.ends_with('>')));
  }
  bool has_address = body.find('@') != std::string_view::npos;
  bool has_evidence = has_address || has_time(body) || has_year(body);
  if (!has_evidence) return false;
  if (has_colon && starts_with_date(body) && has_address) return true;
  // Gmail in Japanese and Russian, Mail.ru, Yandex: a date, a time, "Name <address>:" and no verb.
  if (has_colon && has_address && body.ends_with('>') && has_time(body) && has_date(body)) return true;
  for (auto verb : kCjkVerbs) {
    if (body.ends_with(verb)) return true;
  }
  for (auto verb : kVerbsAtEnd) {
    if (ends_with_word(body, verb)) return true;
  }
  if (!has_colon || !(has_address || has_time(body))) return false;
  if (has_address && has_time(body) &&
      std::any_of(kVerbsBesideAddress.begin(), kVerbsBesideAddress.end(),
                  [&](std::string_view verb) { return contains_word(body, verb); })) {
    return true;
  }
  return std::any_of(kVerbsInside.begin(), kVerbsInside.end(), [&](std::string_view verb) { return contains_word(body, verb); });
}

bool may_open_attribution(std::string_view key) {
  if (key.size() < 4) return false;
  if (starts_with_date(key) || is_digit(key[0]) || key[0] == '"' || key[0] == '<') return true;
  if (key.find('@') != std::string_view::npos) return true;
  return static_cast<unsigned char>(key[0]) >= 0x80 ||
         std::any_of(kOpenings.begin(), kOpenings.end(), [&](std::string_view o) { return key.starts_with(o); }) ||
         is_attribution(key);
}

bool may_end_attribution(std::string_view key) {
  return !key.empty() && (key.back() == ':' || key.back() == '-' || key.ends_with("："));
}

bool starts_as_attribution(std::string_view key) {
  return starts_with_date(key) ||
         std::any_of(kOpenings.begin(), kOpenings.end(), [&](std::string_view o) { return key.starts_with(o); });
}

// How many lines the attribution beginning at `at` takes; 0 when there is none.
std::size_t attribution_lines(const Keys& keys, std::size_t at) {
  // Prose has no line that could end an introduction: most lines are through here.
  bool may_end = starts_with_date(keys[at]);
  for (auto i = at; !may_end && i < std::min(at + kMaxAttributionLines, keys.size()); ++i) may_end = may_end_attribution(keys[i]);
  if (!may_end || !may_open_attribution(keys[at])) return 0;
  if (is_attribution(keys[at])) return 1;
  std::string joined(keys[at]);
  for (std::size_t n = 1; n < kMaxAttributionLines && at + n < keys.size(); ++n) {
    const auto& next = keys[at + n];
    bool has_evidence = has_time(joined) || has_year(joined) || joined.contains('@');
    // An empty line ends a sentence, unless a date has made clear what this is. By the second line there is a date or an address.
    if ((next.empty() || n > 1) && !has_evidence) return 0;
    if (next.empty()) continue;
    // What begins like an introduction is one by itself; the line before it belongs to the text.
    if (starts_as_attribution(next) || joined.size() + next.size() > kMaxLookBytes) return 0;
    joined += ' ';
    joined += next;
    if (is_attribution(joined)) return n + 1;
  }
  return 0;
}

std::string_view label_of(std::string_view key) {
  auto colon = key.find(':');
  auto wide = key.find("：");
  colon = std::min(colon, wide);
  if (colon == std::string_view::npos || colon == 0 || colon > 40) return {};
  auto label = key.substr(0, colon);
  while (!label.empty() && (label.back() == ' ' || label.back() == '*')) label.remove_suffix(1);
  return label;
}

bool is_from_label(std::string_view label) {
  return std::binary_search(kFromLabelsSorted.begin(), kFromLabelsSorted.end(), label);
}
bool is_any_label(std::string_view label) {
  return is_from_label(label) || std::binary_search(kOtherLabelsSorted.begin(), kOtherLabelsSorted.end(), label);
}

// How many lines the header block beginning at `at` takes; 0 when there is none. Three labels in a row make one.
std::size_t header_block_lines(const Keys& keys, std::size_t at) {
  if (!is_any_label(label_of(keys[at]))) return 0;
  std::size_t labels = 0;
  std::size_t last = 0;
  std::size_t strangers = 0;
  bool has_from = false;
  for (std::size_t n = 0; n < kMaxBlockLines && at + n < keys.size(); ++n) {
    const auto& key = keys[at + n];
    if (key.empty()) {
      if (labels >= 3) break;
      continue;
    }
    auto label = label_of(key);
    if (is_any_label(label)) {
      ++labels;
      last = n + 1;
      strangers = 0;
      has_from = has_from || is_from_label(label);
    } else if (++strangers > 1) {
      break;  // one line between two labels is a folded value
    }
  }
  return labels >= 3 && has_from ? last : 0;
}

bool is_separator(std::string_view key) {
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
  return (has_rule || has_colon || has_dashes) && std::find(kSeparators.begin(), kSeparators.end(), body) != kSeparators.end();
}

// Two or more of one ruling character and nothing else.
bool is_delimiter(std::string_view line) {
  auto begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return false;
  line.remove_prefix(begin);
  if (line == "—" || line == "――" || line == "ᐧ") return true;
  if (line.size() < 2) return false;
  return std::string_view("-_=+*~#").find(line[0]) != std::string_view::npos &&
         line.find_first_not_of(line[0]) == std::string_view::npos;
}

bool is_device(std::string_view key) {
  if (key.size() > 160) return false;
  while (!key.empty() && (key.front() == '(' || key.front() == '<' || key.front() == '[')) key.remove_prefix(1);
  if (key.empty()) return false;
  if (key.ends_with("から送信") || key.ends_with("から送信されました") || (key.size() < 60 && key.ends_with(" from mobile")))
    return true;
  if (!std::binary_search(kDeviceHeads.begin(), kDeviceHeads.end(), head_of(key))) return false;
  auto starts = [&](const auto& list) {
    return std::any_of(list.begin(), list.end(), [&](std::string_view p) { return key.starts_with(p); });
  };
  return starts(kDevicePrefixes) || starts(kCjkDevicePrefixes);
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
  if (is_quote(line)) return LineKind::kQuote;
  if (is_below_marker && line.starts_with('|')) return LineKind::kQuote;
  if (is_separator(keys[at])) return LineKind::kSeparator;
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
  return kinds;
}

}  // namespace usher::connectors::email
