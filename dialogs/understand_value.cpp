// How a value is found in a customer's words, normalised and checked. One function per slot type; each returns the value or the
// reason it was refused, in the customer's language.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "dialogs/lexicon.h"
#include "dialogs/understand.h"
#include "dialogs/words.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;

Understood value(std::string v, double confidence, std::string why) {
  return {As::kValue, std::move(v), confidence, std::move(why)};
}
Understood refused(std::string reason) {
  return {As::kNothing, {}, 0, std::move(reason)};
}

bool zh(std::string_view language) {
  return language.starts_with("zh");
}
std::string say(std::string_view language, std::string_view en, std::string_view chinese) {
  return std::string(zh(language) ? chinese : en);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_alnum(char c) {
  return is_digit(c) || is_upper(c) || (c >= 'a' && c <= 'z');
}
std::string upper(std::string_view s) {
  std::string out(s);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}
std::size_t digits_in(std::string_view s) {
  return static_cast<std::size_t>(std::ranges::count_if(s, is_digit));
}

std::string label_of(const Slot& slot, std::string_view language) {
  std::string label = slot.label.empty() ? slot.name : slot.label.in(language);
  // "Serial number" inside a sentence, but not "IP address".
  if (label.size() > 1 && is_upper(label[0]) && !is_upper(label[1])) label[0] = static_cast<char>(label[0] - 'A' + 'a');
  return label;
}
std::string a_label(const Slot& slot, std::string_view language) {
  const std::string label = label_of(slot, language);
  if (zh(language)) return label;
  const bool vowel = !label.empty() && std::string_view("aeiou").contains(label.front());
  return (vowel ? "an " : "a ") + label;
}

bool matches_pattern(const Slot& slot, const std::string& v) {
  if (slot.pattern.empty()) return true;
  if (slot.compiled) return RE2::FullMatch(v, *slot.compiled);
  const RE2 pattern(slot.pattern, RE2::Quiet);
  return pattern.ok() && RE2::FullMatch(v, pattern);
}
bool passes_checksum(const Slot& slot, std::string_view v) {
  if (slot.checksum == "luhn") return luhn_ok(v);
  if (slot.checksum == "mod36") return mod36_ok(v);
  return true;
}

std::string wrong_form(const Slot& slot, const std::string& v, std::string_view language) {
  const std::string hint = slot.pattern_hint.empty() ? std::string() : slot.pattern_hint.in(language);
  const std::size_t n = text::length(v);
  if (hint.empty()) {
    return fmt::format(fmt::runtime(say(language, "“{}” does not look like {}.", "“{}”看起来不像{}。")), v,
                       a_label(slot, language));
  }
  if (zh(language)) return fmt::format("“{}”有 {} 个字符，{}应为{}。", v, n, label_of(slot, language), hint);
  return fmt::format("“{}” has {} character{}; {} has {}.", v, n, n == 1 ? "" : "s", a_label(slot, language), hint);
}
std::string wrong_checksum(const std::string& v, std::string_view language) {
  return fmt::format(
      fmt::runtime(say(language, "“{}” cannot be right: a letter or digit seems to be mistyped (0 and O, 1 and I look alike).",
                       "“{}”校验不通过，可能有字符输错了（0 和 O、1 和 I 很像）。")),
      v);
}
std::string not_found(const Slot& slot, std::string_view language) {
  return fmt::format(fmt::runtime(say(language, "I could not find {} in that.", "我没有在您的回复中找到{}。")),
                     a_label(slot, language));
}

// "My name is Ana." → "Ana": what people write before a value, by type.
std::string without_lead(std::string_view words, const RE2& lead) {
  std::string s = text::collapse_spaces(half_width(words));
  for (int i = 0; i < 3 && RE2::Replace(&s, lead, ""); ++i) {
  }
  static const RE2 kTail("(?i)[\\s.!,;。！，；~]*(?:thanks|thank you|please|谢谢|谢谢您|哦|哈)?[\\s.!,;。！，；~]*$");
  RE2::Replace(&s, kTail, "");
  return s;
}
std::string lead_pattern(const std::string& alternatives) {
  return "(?i)^(?:" + alternatives + ")\\s*[:：=]?\\s*";
}
constexpr const char* kPolite = "(?:hi|hello|ok|okay|sure|yes|well|so|um|好的|嗯|你好|您好)[\\s,.!，。！]+";

Understood read_text(std::string_view words, const Slot& slot, std::string_view language) {
  std::string s = text::trim(words);
  if (text::length(s) > slot.max_length) {
    return refused(
        fmt::format(fmt::runtime(say(language, "That has {} characters; at most {} fit.", "您输入了 {} 个字，最多 {} 个字。")),
                    text::length(s), slot.max_length));
  }
  if (!matches_pattern(slot, s)) return refused(wrong_form(slot, s, language));
  return value(std::move(s), 0.9, "taken as it was written");
}

Understood read_name(std::string_view words, const Slot& slot, std::string_view language) {
  static const RE2 kLead(lead_pattern(
      std::string(kPolite) +
      "|my full name is\\b|my name'?s?(?: is)?\\b|name(?: is)?\\b|(?:i am|i'm|im|this is|it is|it's|call me|you can call me)\\b|"
      "我的名字(?:是|叫)|我的姓名是|我名字(?:是|叫)|我叫做?|我是|我姓|本人|姓名是?|名字是?|叫我|叫"));
  std::string s = without_lead(words, kLead);
  const Message m = read_words(s);
  const bool letters = m.has_latin || m.has_han;
  const std::size_t latin =
      static_cast<std::size_t>(std::ranges::count_if(m.words, [](const Word& w) { return w.kind == Word::Kind::kLatin; }));
  const bool question = m.asks || std::ranges::any_of(answers().scan(m), [](const Tagged& t) { return t.tag == Tag::kQuestion; });
  const bool odd = !letters || question || latin > 6 || digits_in(s) > 2 || s.contains('@') ||
                   text::length(s) > std::min<std::size_t>(slot.max_length, 60) || (m.has_han && m.words.size() > 15);
  if (odd) return refused(not_found(slot, language));
  return value(std::move(s), 0.85, "a name");
}

Understood read_email(std::string_view words, const Slot& slot, std::string_view language) {
  static const RE2 kEmail(
      "([A-Za-z0-9._%+'-]*[A-Za-z0-9_%+]@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
      ")");
  const std::string s = half_width(words);
  std::string found;
  if (!RE2::PartialMatch(s, kEmail, &found) || found.size() > 254) {
    if (s.contains('@')) {
      return refused(
          fmt::format(fmt::runtime(say(language, "“{}” is not a complete e-mail address.", "“{}”不是完整的邮箱地址。")),
                      text::cut(text::trim(s), 60)));
    }
    return refused(not_found(slot, language));
  }
  return value(text::to_lower_ascii(found), 0.97, "an e-mail address");
}

Understood read_phone(std::string_view words, const Slot& slot, std::string_view language) {
  static const RE2 kPhone("(\\+?[0-9(][0-9 ()./\\-]{3,}[0-9])");
  const std::string s = half_width(words);
  std::string found, number;
  re2::StringPiece rest(s);
  while (RE2::FindAndConsume(&rest, kPhone, &found)) {
    std::string digits;
    for (const char c : found) {
      if (is_digit(c)) digits += c;
    }
    if (digits.size() >= 6 && digits.size() <= 15) {
      if (!number.empty()) break;
      number = (found.starts_with('+') ? "+" : "") + digits;
    } else {
      const std::size_t n = digits.size();
      return refused(fmt::format(fmt::runtime(say(language, "“{}” has {} digits; a phone number has 6 to 15.",
                                                  "“{}”有 {} 位数字，电话号码应为 6 到 15 位。")),
                                 text::trim(found), n));
    }
  }
  if (number.empty()) {
    const std::size_t n = digits_in(s);
    if (n > 0 && n < 6) {
      return refused(fmt::format(fmt::runtime(say(language, "“{}” has {} digits; a phone number has 6 to 15.",
                                                  "“{}”有 {} 位数字，电话号码应为 6 到 15 位。")),
                                 text::cut(text::trim(s), 40), n));
    }
    return refused(not_found(slot, language));
  }
  return value(std::move(number), 0.93, "a phone number");
}

Understood read_contact(std::string_view words, const Slot& slot, std::string_view language) {
  Understood mail = read_email(words, slot, language);
  if (mail.as == As::kValue || words.contains('@')) return mail;
  Understood phone = read_phone(words, slot, language);
  if (phone.as == As::kValue || digits_in(words) > 0) return phone;
  return refused(say(language, "I need an e-mail address or a phone number.", "请提供邮箱地址或电话号码。"));
}

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

Understood read_number(std::string_view words, const Slot& slot, std::string_view language) {
  static const RE2 kNumber("(-?[0-9]+(?:[.,][0-9]+)?)");
  const std::string s = half_width(words);
  re2::StringPiece rest(s);
  std::string found, second;
  if (RE2::FindAndConsume(&rest, kNumber, &found)) {
    if (RE2::FindAndConsume(&rest, kNumber, &second) && second != found) {
      return refused(say(language, "I see more than one number there.", "我看到了多个数字。"));
    }
  } else {
    const Message m = read_words(s);
    std::string han;
    for (const Word& w : m.words) {
      if (w.kind == Word::Kind::kHan && (small_number(w.text) || w.text == "十")) han += w.text;
      if (w.kind != Word::Kind::kLatin || w.folded == "second") continue;
      if (const auto n = small_number(w.folded)) found = std::to_string(*n);
    }
    if (const auto n = small_number(han); found.empty() && n) found = std::to_string(*n);
  }
  std::ranges::replace(found, ',', '.');
  if (found.empty()) return refused(not_found(slot, language));
  if (!matches_pattern(slot, found)) return refused(wrong_form(slot, found, language));
  return value(std::move(found), 0.9, "a number");
}

int days_in(int year, int month) {
  static constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

Understood read_date(std::string_view words, const Slot& slot, std::string_view language) {
  static const RE2 kIso("(?:^|[^0-9])((?:19|20)[0-9]{2})\\s*[-/.年]\\s*([0-9]{1,2})(?:\\s*[-/.月]\\s*([0-9]{1,2}))?");
  static const RE2 kDay("(?:^|[^0-9])([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]((?:19|20)[0-9]{2})");
  static const RE2 kNamed(
      "(?i)(?:([0-9]{1,2})(?:st|nd|rd|th)?(?: of)?[ -])?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?[ "
      "-]?(?:([0-9]{1,2})(?:st|nd|rd|th)?,? )?((?:19|20)[0-9]{2})");
  static const RE2 kYear("(?:^|[^0-9])((?:19|20)[0-9]{2})(?:$|[^0-9])");
  static constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                               "jul", "aug", "sep", "oct", "nov", "dec"};
  const std::string s = half_width(words);
  int year = 0, month = 0, day = 0;
  std::string a, b, name;
  if (RE2::PartialMatch(s, kIso, &year, &month, &a)) {
    day = a.empty() ? 0 : small_number(a).value_or(0);
  } else if (RE2::PartialMatch(s, kDay, &day, &month, &year)) {
    if (month > 12 && day <= 12) std::swap(day, month);  // 12/31/2024: can only be month first
  } else if (RE2::PartialMatch(s, kNamed, &a, &name, &b, &year)) {
    month = static_cast<int>(std::ranges::find(kMonths, text::to_lower_ascii(name)) - kMonths.begin()) + 1;
    day = small_number(a.empty() ? b : a).value_or(0);
  } else if (!RE2::PartialMatch(s, kYear, &year)) {
    return refused(not_found(slot, language));
  }
  if (month > 12 || (month == 0 && day > 0) || (month > 0 && day > days_in(year, month))) {
    return refused(say(language, "There is no such day in the calendar.", "没有这个日期。"));
  }
  std::string v = fmt::format("{:04}", year);
  if (month > 0) v += fmt::format("-{:02}", month);
  if (day > 0) v += fmt::format("-{:02}", day);
  return value(std::move(v), 0.9, "a date");
}

const std::vector<Option>& yes_no_options() {
  static const std::vector<Option> options = [] {
    std::vector<Option> o(2);
    o[0].id = "yes";
    o[0].label.by_language = {{"en", "Yes"}, {"zh", "是"}};
    o[1].id = "no";
    o[1].label.by_language = {{"en", "No"}, {"zh", "否"}};
    prepare(o);
    return o;
  }();
  return options;
}

Understood read_choice(std::string_view words, const std::vector<Option>& options, const Slot& slot, std::string_view language) {
  Understood u = understand_choice(words, options, language, slot.ask.in(language));
  if (u.as == As::kOption) u.as = As::kValue;
  if (u.as == As::kNothing) u.why = say(language, "I am not sure which one you mean.", "我不太确定您选的是哪一个。");
  return u;
}

// The whole message is "I don't know", "none", "skip" …, or says so and nothing that could be a value.
bool does_not_know(std::string_view words, const Slot& slot) {
  const Message m = read_words(words);
  const auto tags = skips().scan(m);
  if (m.words.size() == 0) return text::trim(words) == "-" || text::trim(words) == "/" || text::trim(words) == "—";
  std::size_t covered = 0;
  bool says = false;
  for (const Tagged& t : tags) {
    covered += t.end - t.begin;
    says = says || t.tag == Tag::kDontKnow;
  }
  std::size_t noise = 0;
  for (std::size_t i = 0; i < m.words.size(); ++i) {
    const bool in_tag = std::ranges::any_of(tags, [&](const Tagged& t) { return t.begin <= i && i < t.end; });
    const Word& w = m.words[i];
    if (!in_tag && (w.kind == Word::Kind::kBreak || is_particle(w.text) ||
                    (w.kind == Word::Kind::kLatin && is_stop_word(w.text)) || w.is("sorry") || w.is("thank")))
      ++noise;
  }
  if (!tags.empty() && covered + noise == m.words.size()) return true;
  // "I can't find the serial number": no digit anywhere, so there is no value either.
  const bool coded = slot.type == SlotType::kSerial || slot.type == SlotType::kErrorCode || slot.type == SlotType::kDate ||
                     slot.type == SlotType::kNumber || slot.type == SlotType::kPhone || slot.type == SlotType::kContact ||
                     slot.type == SlotType::kEmail;
  return says && ((coded && digits_in(half_width(words)) == 0 && !words.contains('@')) ||
                  (slot.type == SlotType::kModel && tags.front().begin <= 2));
}

}  // namespace

Understood understand_value(std::string_view words, const Slot& slot, std::string_view language, const Lexicons&) {
  if (text::trim(words).empty()) return refused(not_found(slot, language));
  if (slot.type == SlotType::kYesNo) {
    return read_choice(words, yes_no_options(), slot, language);
  }
  if (slot.type == SlotType::kChoice) return read_choice(words, slot.options, slot, language);
  if (does_not_know(words, slot)) return {As::kDontKnow, {}, 0.95, "the customer does not know"};
  switch (slot.type) {
    case SlotType::kName:
      return read_name(words, slot, language);
    case SlotType::kEmail:
      return read_email(words, slot, language);
    case SlotType::kPhone:
      return read_phone(words, slot, language);
    case SlotType::kContact:
      return read_contact(words, slot, language);
    case SlotType::kModel:
      return read_model(words, slot, language);
    case SlotType::kSerial:
      return read_serial(words, slot, language);
    case SlotType::kErrorCode:
      return read_error_code(words, slot, language);
    case SlotType::kNumber:
      return read_number(words, slot, language);
    case SlotType::kDate:
      return read_date(words, slot, language);
    case SlotType::kText:
    case SlotType::kYesNo:
    case SlotType::kChoice:
    case SlotType::kPhoto:
      break;
  }
  return read_text(words, slot, language);
}

std::map<std::string, std::string> values_in(std::string_view words, const std::map<std::string, Slot>& slots,
                                             std::string_view language) {
  static const RE2 kSerial(std::string(
      "(?i)(?:^|[^a-z])(?:serial(?: ?(?:number|no\\.?|num|code))?|s/n|sn|序列号|机身号)\\s*(?:is|are|=|:|#|是|为)*\\s*"
      "([a-z0-9][a-z0-9-]{2,39})"));
  static const RE2 kPhone(
      "(?i)(?:phone|mobile|cell|tel|telephone|call me(?: on| at)?|reach me(?: on| "
      "at)?|whatsapp|电话|手机|手机号|联系方式)[^0-9+]{0,20}(\\+?[0-9][0-9 ()-]{4,20}[0-9])");
  static const RE2 kPlusPhone("(?:^|\\s)(\\+[0-9][0-9 ()-]{7,20}[0-9])");
  static const RE2 kError(
      "(?i)(?:error(?: code| message| number)?|stop code|fault "
      "code|code|错误代码|错误码|错误|代码|报错|故障码)\\s*(?:is|=|:|#|是|为)*\\s*(0x[0-9a-f]+|[a-z]{1,6}-?[0-9]{1,7})(?:$|[^a-"
      "z0-9])");
  static const RE2 kHexError("(?i)(?:^|[^a-z0-9])(0x[0-9a-f]{2,16})(?:$|[^a-z0-9])");
  const std::string s = half_width(words);
  std::map<std::string, std::string> out;
  for (const auto& [name, slot] : slots) {
    std::string found;
    switch (slot.type) {
      case SlotType::kEmail:
      case SlotType::kContact: {
        if (s.contains('@')) found = s;
        if (found.empty() && slot.type == SlotType::kContact && !RE2::PartialMatch(s, kPhone, &found))
          RE2::PartialMatch(s, kPlusPhone, &found);
        break;
      }
      case SlotType::kPhone:
        if (!RE2::PartialMatch(s, kPhone, &found)) RE2::PartialMatch(s, kPlusPhone, &found);
        break;
      case SlotType::kSerial:
        RE2::PartialMatch(s, kSerial, &found);
        break;
      case SlotType::kErrorCode:
        if (!RE2::PartialMatch(s, kHexError, &found)) RE2::PartialMatch(s, kError, &found);
        break;
      default:
        break;
    }
    if (found.empty()) continue;
    if (Understood u = understand_value(found, slot, language); u.as == As::kValue) out.emplace(name, std::move(u.value));
  }
  return out;
}

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
