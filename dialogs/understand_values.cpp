// How a value is refused, and what stands before one.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialogs/lexicon.h"
#include "dialogs/understand_values.h"
#include "dialogs/words.h"

namespace usher::dialogs::values {
namespace {

bool zh(std::string_view language) {
  return language.starts_with("zh");
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

}  // namespace

using As = Understood::As;

Understood value(std::string v, double confidence, std::string why) {
  return {As::kValue, std::move(v), confidence, std::move(why)};
}
Understood refused(std::string reason) {
  return {As::kNothing, {}, 0, std::move(reason)};
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
}  // namespace usher::dialogs::values
