#include "connectors/email/reply_introduction.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "connectors/email/reply_keys.h"
#include "connectors/email/reply_words.h"

namespace usher::connectors::email {
namespace {

using namespace reply_words;

using Keys = std::vector<std::string_view>;

constexpr std::size_t kMaxAttributionLines = 6;
constexpr std::size_t kMaxBlockLines = 10;

template <std::size_t N>
constexpr std::array<std::string_view, N> sorted(std::array<std::string_view, N> names) {
  std::sort(names.begin(), names.end());
  return names;
}
constexpr auto kFromLabelsSorted = sorted(kFromLabels);
constexpr auto kOtherLabelsSorted = sorted(kOtherLabels);

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

// The last word and the one before it.
std::pair<std::string_view, std::string_view> last_words(std::string_view s) {
  const auto blank = s.rfind(' ');
  if (blank == std::string_view::npos) return {s, {}};
  const auto before = s.substr(0, blank);
  return {s.substr(blank + 1), before.substr(before.rfind(' ') + 1)};
}

// "<a@b>" somewhere.
bool has_bracketed_address(std::string_view s) {
  const auto at = s.find('@');
  return at != std::string_view::npos && s.substr(0, at).find('<') != std::string_view::npos &&
         s.find('>', at) != std::string_view::npos;
}

// Whether one or more joined lines (as keys) introduce a quotation.
bool is_attribution(std::string_view s) {
  if (s.size() < 8) return false;
  bool has_colon = false;
  bool has_dashes = false;
  auto body = strip_end(s, has_colon, has_dashes);
  if (!has_colon && !has_dashes) {
    // Zoho on a telephone forgets the colon.
    if (has_year(s) && has_time(s) && has_bracketed_address(s) &&
        std::any_of(kVerbsAtEnd.begin(), kVerbsAtEnd.end(), [&](std::string_view verb) { return ends_with_word(s, verb); })) {
      return true;
    }
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
  // In whatever language: nobody writes an address in brackets, a year and a time of day before a colon.
  if (has_colon && s.size() < 250 && has_year(body) && has_time(body) && has_bracketed_address(body)) return true;
  if (has_colon && has_year(body) && has_time(body)) {
    const auto [last, before] = last_words(body);
    if (last.find('@') != std::string_view::npos &&
        std::find(kWordsBeforeAddress.begin(), kWordsBeforeAddress.end(), before) != kWordsBeforeAddress.end()) {
      return true;
    }
  }
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
  if (key.find('@') != std::string_view::npos || (has_year(key) && has_time(key))) return true;
  return static_cast<unsigned char>(key[0]) >= 0x80 ||
         std::any_of(kOpenings.begin(), kOpenings.end(), [&](std::string_view o) { return key.starts_with(o); }) ||
         is_attribution(key);
}

bool may_end_attribution(std::string_view key) {
  if (key.empty()) return false;
  return key.back() == ':' || key.back() == '-' || key.ends_with("：") || (has_bracketed_address(key) && has_time(key));
}

bool starts_as_attribution(std::string_view key) {
  return starts_with_date(key) ||
         (std::any_of(key.begin(), key.end(), is_digit) &&
          std::any_of(kOpenings.begin(), kOpenings.end(), [&](std::string_view o) { return key.starts_with(o); }));
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

// "Date: … From: … To: … Subject: …" in one line, as HTML without its line breaks leaves it.
bool is_one_line_block(std::string_view key) {
  std::size_t labels = 0;
  bool has_from = false;
  for (auto colon = key.find(": "); colon != std::string_view::npos && labels < 10; colon = key.find(": ", colon + 1)) {
    const auto before = key.substr(0, colon);
    const auto label = before.substr(before.rfind(' ') + 1);
    if (!is_any_label(label)) continue;
    ++labels;
    has_from = has_from || is_from_label(label);
  }
  return labels >= 4 && has_from && (has_time(key) || has_year(key));
}

}  // namespace

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
    // What begins like an introduction is one by itself; the line before it belongs to the text. ("a écrit :" begins like a
    // Portuguese one, but has no number.)
    if (starts_as_attribution(next) || joined.size() + next.size() > kMaxLookBytes) return 0;
    joined += ' ';
    joined += next;
    if (is_attribution(joined)) return n + 1;
  }
  return 0;
}

// How many lines the header block beginning at `at` takes; 0 when there is none. Three labels in a row make one.
std::size_t header_block_lines(const Keys& keys, std::size_t at) {
  if (!is_any_label(label_of(keys[at]))) return 0;
  if (is_one_line_block(keys[at])) return 1;
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

std::size_t inner_introduction(std::string_view line) {
  if (line.size() > kMaxLookBytes || !may_end_attribution(line) || line.find('@') == std::string_view::npos) return 0;
  std::string arena;
  for (std::size_t i = 1; i < line.size(); ++i) {
    if ((line[i - 1] != ' ' && line[i - 1] != '-') || line[i] == ' ' || line[i] == '-') continue;
    arena.clear();
    const auto rest = append_key(arena, line.substr(i));
    const bool is_opening =
        std::any_of(kInnerOpenings.begin(), kInnerOpenings.end(), [&](std::string_view o) { return rest.starts_with(o); });
    if (!is_opening || !has_year(rest) || rest.find('@') == std::string_view::npos || !is_attribution(rest)) continue;
    auto end = line.find_last_not_of("- ", i - 1);
    return end == std::string_view::npos || may_open_attribution(append_key(arena, line.substr(0, end + 1))) ? 0 : i;
  }
  return 0;
}

}  // namespace usher::connectors::email
