// Numbers and dates in a customer's words.
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

int days_in(int year, int month) {
  static constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

}  // namespace

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

}  // namespace usher::dialogs::values
