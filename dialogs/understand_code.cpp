// Serial numbers, models and error codes in a customer's words, and their checksums.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialogs/lexicon.h"
#include "dialogs/understand_values.h"
#include "dialogs/words.h"

namespace usher::dialogs {
namespace values {
namespace {

// The pieces of a message that can be part of a serial number or code, as written.
std::vector<std::string> code_pieces(std::string_view s, std::string_view joiners) {
  std::vector<std::string> out;
  std::string piece;
  for (std::size_t i = 0; i <= s.size(); ++i) {
    const bool inside = i < s.size() && (is_alnum(s[i]) || (joiners.contains(s[i]) && !piece.empty()));
    if (inside) {
      piece += s[i];
    } else if (!piece.empty()) {
      while (!piece.empty() && joiners.contains(piece.back())) piece.pop_back();
      out.push_back(std::move(piece));
      piece.clear();
    }
  }
  return out;
}
std::string bare_code(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (is_alnum(c)) out += c;
  }
  return upper(out);
}

bool is_filler(std::string_view piece) {
  static constexpr std::array<std::string_view, 40> kFillers = {
      "my",    "the",  "is",   "it",  "its", "it's",  "ok",     "number", "serial", "no",     "sn",       "s",    "n",     "i",
      "think", "and",  "here", "you", "go",  "sure",  "please", "yes",    "be",     "should", "says",     "say",  "label", "on",
      "a",     "this", "that", "one", "hi",  "hello", "code",   "error",  "model",  "found",  "found it", "there"};
  const std::string folded = text::to_lower_ascii(piece);
  return std::ranges::find(kFillers, folded) != kFillers.end();
}

constexpr const char* kSerialLead =
    "(?:my |the |its? |产品|设备|机器|电脑)*(?:serial(?: ?(?:number|no\\.?|num|#|code))?|s/n|sn|product "
    "(?:number|id)|序列号码?|序列編號|机身号|机器码|编号|SN码|sn码|S/N)\\s*"
    "(?:is|are|=|:|：|是|为|#)*";

}  // namespace

Understood read_serial(std::string_view words, const Slot& slot, std::string_view language) {
  static const RE2 kLead(
      lead_pattern(std::string(kPolite) + "|" + kSerialLead + "|(?:it is|it's|its|that is|that's|是|为|它是)"));
  const std::string s = without_lead(words, kLead);
  const std::vector<std::string> pieces = code_pieces(s, "-._/");
  std::string best_wrong;
  auto candidate = [&](const std::string& c, bool spelled) -> std::optional<Understood> {
    if (c.size() < 3 || c.size() > slot.max_length) return std::nullopt;
    if (digits_in(c) == 0 && !spelled) return std::nullopt;
    if (matches_pattern(slot, c)) {
      if (passes_checksum(slot, c)) return value(c, 0.95, "a serial number of the right form");
      best_wrong = wrong_checksum(c, language);
    } else if (best_wrong.empty() || !best_wrong.starts_with("“")) {
      best_wrong = wrong_form(slot, c, language);
    }
    return std::nullopt;
  };
  auto all_upper = [](std::string_view p) {
    return std::ranges::all_of(p, [](char c) { return is_upper(c) || is_digit(c) || c == '-'; });
  };
  // As people write them: the pieces that look like code, together; one piece among words; pieces with a short word ("abc 123
  // 45").
  std::optional<Understood> good;
  auto coded = [&](const std::string& p) { return !is_filler(p) && (digits_in(p) > 0 || all_upper(p)); };
  auto usable = [&](const std::string& p) { return coded(p) || (!is_filler(p) && p.size() <= 5); };
  auto join = [&](std::size_t b, std::size_t e) {
    std::string all;
    for (std::size_t i = b; i < e; ++i) all += bare_code(pieces[i]);
    return all;
  };
  for (std::size_t b = 0; b < pieces.size() && !good; ++b) {
    std::size_t e = b;
    while (e < pieces.size() && coded(pieces[e])) ++e;
    if (e > b) good = candidate(join(b, e), pieces.size() == 1);
    b = e;
  }
  for (std::size_t b = 0; b < pieces.size() && pieces.size() > 1 && !good; ++b) {
    if (coded(pieces[b])) good = candidate(bare_code(pieces[b]), false);
  }
  for (std::size_t length = std::min<std::size_t>(pieces.size(), 8); length >= 2 && !good; --length) {
    for (std::size_t b = 0; b + length <= pieces.size() && !good; ++b) {
      bool all = true;
      for (std::size_t i = b; i < b + length; ++i) all = all && usable(pieces[i]);
      if (all) good = candidate(join(b, b + length), false);
    }
  }
  if (good) return *good;
  const std::string whole = bare_code(s);
  if (pieces.size() > 1 && pieces.size() <= 6 && digits_in(whole) > 0 &&
      std::ranges::none_of(pieces, [](const auto& p) { return is_filler(p); })) {
    const bool code_like = std::ranges::all_of(pieces, [](const auto& p) { return p.size() <= 6; });
    if (code_like)
      best_wrong = matches_pattern(slot, whole) ? wrong_checksum(whole, language) : wrong_form(slot, whole, language);
  }
  if (!best_wrong.empty()) return refused(best_wrong);
  if (pieces.size() == 1) return refused(wrong_form(slot, bare_code(pieces[0]), language));
  return refused(not_found(slot, language));
}

Understood read_model(std::string_view words, const Slot& slot, std::string_view language) {
  static const RE2 kLead(lead_pattern(
      std::string(kPolite) +
      "|(?:my |the )?(?:product |computer |laptop |device )?(?:model(?: (?:number|name|no\\.?))?|brand)(?: is)?\\b|(?:it "
      "is|it's|its|i have|i've got|mine is|this "
      "is|that's)(?: an?\\b| the\\b)?|(?:产品|设备|电脑|机器)?(?:型号|品牌|机型)(?:是|为)?|我的是|我用的是|这是|它是|是"));
  std::string s = without_lead(words, kLead);
  const Message m = read_words(s);
  const bool question = m.asks || std::ranges::any_of(answers().scan(m), [](const Tagged& t) { return t.tag == Tag::kQuestion; });
  if (text::length(s) < 2 || text::length(s) > std::min<std::size_t>(slot.max_length, 80) || (!m.has_latin && !m.has_han) ||
      question) {
    return refused(not_found(slot, language));
  }
  if (!matches_pattern(slot, s)) return refused(wrong_form(slot, s, language));
  return value(std::move(s), 0.85, "a model");
}

Understood read_error_code(std::string_view words, const Slot& slot, std::string_view language) {
  static const RE2 kCode(
      "(?i)(?:^|[^A-Za-z0-9_])(0x[0-9a-f]{1,16}|[a-z]{1,6}[-_ "
      "]?[0-9]{1,7}[a-z]?|[0-9]{2,8}|[a-z]{2,}(?:_[a-z0-9]+)+)(?:$|[^A-Za-z0-9_])");
  const std::string s = half_width(words);
  std::string found;
  if (!RE2::PartialMatch(s, kCode, &found)) return refused(not_found(slot, language));
  std::erase(found, ' ');
  std::string code = upper(found);
  if (code.starts_with("0X")) code = "0x" + code.substr(2);
  if (!matches_pattern(slot, code)) return refused(wrong_form(slot, code, language));
  return value(std::move(code), 0.9, "an error code");
}

}  // namespace values

using values::is_digit;
using values::is_upper;

bool luhn_ok(std::string_view digits) {
  if (digits.size() < 2) return false;
  int sum = 0;
  bool twice = false;
  for (std::size_t i = digits.size(); i-- > 0; twice = !twice) {
    if (!is_digit(digits[i])) return false;
    const int d = (digits[i] - '0') * (twice ? 2 : 1);
    sum += d > 9 ? d - 9 : d;
  }
  return sum % 10 == 0;
}

bool mod36_ok(std::string_view s) {
  if (s.size() < 2) return false;
  int sum = 0;
  bool twice = false;
  for (std::size_t i = s.size(); i-- > 0; twice = !twice) {
    if (!is_digit(s[i]) && !is_upper(s[i])) return false;
    const int code = is_digit(s[i]) ? s[i] - '0' : s[i] - 'A' + 10;
    const int addend = code * (twice ? 2 : 1);
    sum += addend / 36 + addend % 36;
  }
  return sum % 36 == 0;
}

}  // namespace usher::dialogs
