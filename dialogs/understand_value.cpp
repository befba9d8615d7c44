// How a value is found in a customer's words, normalised and checked. One function per slot type; each returns the value or the
// reason it was refused, in the customer's language.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialogs/lexicon.h"
#include "dialogs/understand.h"
#include "dialogs/understand_values.h"
#include "dialogs/words.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;
using namespace values;

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

Understood read_choice(std::string_view words, const std::vector<Option>& options, const Slot& slot, std::string_view language,
                       const Lexicons& lexicons) {
  Understood u = understand_choice(words, options, language, slot.ask.in(language), lexicons);
  if (u.as == As::kOption) u.as = As::kValue;
  if (u.as == As::kNothing) u.why = say(language, "I am not sure which one you mean.", "我不太确定您选的是哪一个。");
  return u;
}

// The whole message is "I don't know", "none", "skip" …, or says so and nothing that could be a value.
bool does_not_know(std::string_view words, const Slot& slot, const Lexicons& lexicons) {
  const Message m = read_words(words);
  const auto tags = lexicons.skips().scan(m);
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

Understood understand_value(std::string_view words, const Slot& slot, std::string_view language, const Lexicons& lexicons) {
  if (text::trim(words).empty()) return refused(not_found(slot, language));
  if (slot.type == SlotType::kYesNo) {
    return read_choice(words, yes_no_options(), slot, language, lexicons);
  }
  if (slot.type == SlotType::kChoice) return read_choice(words, slot.options, slot, language, lexicons);
  if (does_not_know(words, slot, lexicons)) return {As::kDontKnow, {}, 0.95, "the customer does not know"};
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

}  // namespace usher::dialogs
