#include "base/clock.h"

#include <array>
#include <string_view>

#include <fmt/format.h>

namespace usher {
namespace {

struct Parts {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::milliseconds> time;
  unsigned weekday;  // 0 = Sunday
};

Parts split_time(Timestamp t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  return {std::chrono::year_month_day{day}, std::chrono::hh_mm_ss{t - day}, std::chrono::weekday{day}.c_encoding()};
}

class SystemClock final : public Clock {
 public:
  Timestamp now() const override { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }
};

}  // namespace

std::string to_rfc3339(Timestamp t) {
  const auto p = split_time(t);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(p.date.year()),
                     static_cast<unsigned>(p.date.month()), static_cast<unsigned>(p.date.day()), p.time.hours().count(),
                     p.time.minutes().count(), p.time.seconds().count(), p.time.subseconds().count());
}

std::string to_rfc5322(Timestamp t) {
  // Names are fixed by the RFC: never the locale's.
  static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto p = split_time(t);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[p.weekday], static_cast<unsigned>(p.date.day()),
                     kMonths[static_cast<unsigned>(p.date.month()) - 1], static_cast<int>(p.date.year()), p.time.hours().count(),
                     p.time.minutes().count(), p.time.seconds().count());
}

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace usher
