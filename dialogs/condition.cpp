// What a `when:` comes to, and why: for `branch` and for the trace.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>

#include "base/text.h"
#include "dialogs/script.h"

namespace usher::dialogs {
namespace {

using Op = Condition::Op;

bool same(std::string_view a, std::string_view b) {
  if (text::iequals_ascii(a, b)) return true;
  const auto plain = [](std::string_view s) { return std::ranges::all_of(s, [](char c) { return (c & 0x80) == 0; }); };
  return (!plain(a) || !plain(b)) && text::fold(a) == text::fold(b);  // "Ä" is "ä", full-width letters are letters
}

std::optional<int> digits(std::string_view s) {
  int value = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (error != std::errc{} || end != s.data() + s.size() || value < 0) return std::nullopt;
  return value;
}

// The last day "2024-05-31", "2024-05" or "2024" can mean.
std::optional<std::chrono::sys_days> last_day(std::string_view s) {
  using namespace std::chrono;
  if (s.size() != 4 && s.size() != 7 && s.size() != 10) return std::nullopt;
  if ((s.size() > 4 && s[4] != '-') || (s.size() > 7 && s[7] != '-')) return std::nullopt;
  const auto y = digits(s.substr(0, 4));
  const auto m = s.size() > 4 ? digits(s.substr(5, 2)) : 12;
  const auto d = s.size() > 7 ? digits(s.substr(8, 2)) : 31;
  if (!y || !m || !d) return std::nullopt;
  const year_month month_of = year{*y} / *m;
  if (!month_of.ok()) return std::nullopt;
  if (s.size() < 10) return sys_days(month_of / last);
  const year_month_day day_of = month_of / *d;
  return day_of.ok() ? std::optional(sys_days(day_of)) : std::nullopt;
}

std::string list(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& v : values) out += (out.empty() ? "'" : ", '") + v + "'";
  return out;
}

Verdict compared(const Condition& c, const std::string& value) {
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size())
    return {false, fmt::format("{} is '{}', not a number", c.slot, value)};
  const bool above = c.op == Op::kAbove;
  const bool holds = above ? number > c.number : number < c.number;
  return {holds, fmt::format("{} is {}, {}{} {}", c.slot, value, holds ? "" : "not ", above ? "above" : "below", c.number)};
}

Verdict younger(const Condition& c, const std::string& value, std::string_view today) {
  const auto now = today.size() == 10 ? last_day(today) : std::nullopt;
  if (!now) return {false, "today's date is not known"};
  const auto then = last_day(value);
  if (!then) return {false, fmt::format("{} is '{}', not a date", c.slot, value)};
  const auto age = (*now - *then).count();
  const bool holds = static_cast<double>(age) <= c.number;
  return {holds, fmt::format("{} is {}, {} days ago, {} {}", c.slot, value, age, holds ? "within" : "more than", c.number)};
}

Verdict matched(const Condition& c, const std::string& value) {
  if (c.values.empty()) return {false, fmt::format("{} has no pattern to match", c.slot)};
  bool holds = false;
  if (c.compiled != nullptr) {
    holds = RE2::PartialMatch(value, *c.compiled);
  } else {  // made by hand, in a test
    RE2::Options options;
    options.set_case_sensitive(false);
    options.set_log_errors(false);
    const RE2 pattern(c.values[0], options);
    holds = pattern.ok() && RE2::PartialMatch(value, pattern);
  }
  return {holds, fmt::format("{} '{}' {} '{}'", c.slot, value, holds ? "matches" : "does not match", c.values[0])};
}

Verdict leaf(const Condition& c, const std::map<std::string, std::string>& slots, std::string_view today) {
  const auto it = slots.find(c.slot);
  const bool known = it != slots.end() && !it->second.empty();
  if (c.op == Op::kKnown) {
    const bool wanted = c.values.empty() || c.values[0] != "no";
    return {known == wanted, fmt::format("{} is {}known", c.slot, known ? "" : "not ")};
  }
  if (!known) return {false, fmt::format("{} is not known", c.slot)};
  const std::string& value = it->second;
  switch (c.op) {
    case Op::kMatches:
      return matched(c, value);
    case Op::kAbove:
    case Op::kBelow:
      return compared(c, value);
    case Op::kYoungerThan:
      return younger(c, value, today);
    default:
      break;
  }
  if (std::ranges::any_of(c.values, [&](const std::string& v) { return same(v, value); }))
    return {true, fmt::format("{} is '{}'", c.slot, value)};
  return {false, fmt::format("{} is '{}', not {}{}", c.slot, value, c.values.size() > 1 ? "one of " : "", list(c.values))};
}

}  // namespace

Verdict evaluate(const Condition& condition, const std::map<std::string, std::string>& slots, std::string_view today) {
  if (condition.op == Op::kNot) {
    if (condition.parts.empty()) return {true, "nothing is ruled out"};
    Verdict v = evaluate(condition.parts[0], slots, today);
    v.holds = !v.holds;
    return v;
  }
  if (condition.op != Op::kAll && condition.op != Op::kAny) return leaf(condition, slots, today);
  const bool all = condition.op == Op::kAll;
  std::string why;
  for (const Condition& part : condition.parts) {
    Verdict v = evaluate(part, slots, today);
    if (v.holds != all) return v;  // the one that decides
    why += (why.empty() ? "" : " and ") + v.why;
  }
  if (condition.parts.empty()) why = all ? "always" : "nothing is asked for";
  return {all, std::move(why)};
}

}  // namespace usher::dialogs
