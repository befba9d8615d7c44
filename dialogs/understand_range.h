// Numbers, amounts of time and ranges of both, in labels ("1-3 years", "Below 12V", "3年以上") and in answers ("18 months", "half
// a year", "11.5"). Only understand_*.cpp use it. Pure.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace usher::dialogs {

struct Range {
  double low = 0, high = 0;                  // of time: days
  bool open_low = false, open_high = false;  // the end itself does not belong to it
  enum class Unit : unsigned char { kNone, kTime, kClock } unit = Unit::kNone;
  double scale = 1;  // days of the unit written, for an answer that leaves it out
  bool is_point() const { return low == high; }
};

std::optional<Range> range_in(std::string_view text);
// What a yes/no question sets as a limit: "Over 12V?", "Is there more than one?"; nullopt for closed ranges and points, which are
// told ("it takes 3 to 5 days"), not asked.
std::optional<Range> asked_range(std::string_view question);
// "years", "V", 天: a word beside a number that belongs to it.
bool is_unit(std::string_view folded);
// Which of the ranges the answer lies in; nullopt when in none or in several. Null entries are labels without a range.
std::optional<std::size_t> range_of(std::string_view answer, const std::vector<std::optional<Range>>& labels);

}  // namespace usher::dialogs
