#include "dialogs/rehearsal_values.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cmath>

#include "dialogs/rehearsal.h"
#include "dialogs/understand.h"

namespace usher::dialogs {
namespace {

// One way through a pattern: first alternative, least repetitions.
class PatternText {
 public:
  explicit PatternText(std::string_view pattern) : rest_(pattern) {}
  std::string all() {
    std::string out = alternatives(0);
    return rest_.empty() ? out : std::string();
  }

 private:
  static constexpr int kMaxDepth = 20;

  std::string alternatives(int depth) {
    std::string first = sequence(depth);
    while (rest_.starts_with('|')) {
      rest_.remove_prefix(1);
      const std::string other = sequence(depth);
      if (first.empty()) first = other;
    }
    return first;
  }

  std::string sequence(int depth) {
    std::string out;
    while (!rest_.empty() && rest_[0] != '|' && rest_[0] != ')') {
      const std::string one = atom(depth);
      const std::size_t times = repetitions();
      for (std::size_t i = 0; i < times && out.size() < 200; ++i) out += one;
    }
    return out;
  }

  std::string atom(int depth) {
    const char c = rest_[0];
    rest_.remove_prefix(1);
    if (c == '^' || c == '$') return {};
    if (c == '.') return "a";
    if (c == '[') return of_class();
    if (c == '(') {
      if (depth > kMaxDepth) return {};
      if (rest_.starts_with("?")) {  // (?:…), (?i)
        const auto end = rest_.find_first_of(":)");
        if (end == std::string_view::npos) return {};
        const bool flags_only = rest_[end] == ')';
        rest_.remove_prefix(end + 1);
        if (flags_only) return {};
      }
      std::string inside = alternatives(depth + 1);
      if (rest_.starts_with(')')) rest_.remove_prefix(1);
      return inside;
    }
    return c == '\\' ? escaped() : std::string(1, c);
  }

  std::string escaped() {
    if (rest_.empty()) return {};
    const char c = rest_[0];
    rest_.remove_prefix(1);
    if (c == 'd') return "1";
    if (c == 's') return " ";
    if (c == 'w' || c == 'S' || c == 'D') return "a";
    if (c == 'W') return " ";
    if (c == 'b' || c == 'B' || c == 'A' || c == 'z') return {};
    return std::string(1, c);
  }

  std::string of_class() {
    const bool negated = rest_.starts_with('^');
    if (negated) rest_.remove_prefix(1);
    std::string first;
    for (bool begin = true; !rest_.empty() && (begin || rest_[0] != ']'); begin = false) {
      std::string one = rest_[0] == '\\' ? (rest_.remove_prefix(1), escaped()) : std::string(1, rest_[0]);
      if (rest_.size() > 0 && one == rest_.substr(0, 1)) rest_.remove_prefix(1);
      // A character of several bytes stays whole.
      while (!rest_.empty() && (static_cast<unsigned char>(rest_[0]) & 0xc0) == 0x80) {
        one += rest_[0];
        rest_.remove_prefix(1);
      }
      if (first.empty()) first = one;
    }
    if (rest_.starts_with(']')) rest_.remove_prefix(1);
    return negated ? "~" : first;
  }

  std::size_t repetitions() {
    std::size_t times = 1;
    if (rest_.starts_with('*') || rest_.starts_with('?')) {
      times = 0;
      rest_.remove_prefix(1);
    } else if (rest_.starts_with('+')) {
      rest_.remove_prefix(1);
    } else if (rest_.starts_with('{')) {
      const auto end = rest_.find('}');
      if (end == std::string_view::npos) return 1;
      times = 0;
      for (std::size_t i = 1; i < end && rest_[i] >= '0' && rest_[i] <= '9'; ++i) {
        times = std::min<std::size_t>(times * 10 + static_cast<std::size_t>(rest_[i] - '0'), 200);
      }
      rest_.remove_prefix(end + 1);
    }
    if (rest_.starts_with('?')) rest_.remove_prefix(1);  // not greedy
    return times;
  }

  std::string_view rest_;
};

std::string date_before(int days) {
  const auto then = std::chrono::floor<std::chrono::days>(*morning_of(kRehearsalDate)) - std::chrono::days{days};
  const std::chrono::year_month_day d{then};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                     static_cast<unsigned>(d.day()));
}

std::string number_text(double n) {
  return n == std::floor(n) && std::abs(n) < 1e15 ? fmt::format("{}", static_cast<std::int64_t>(n)) : fmt::format("{}", n);
}

std::vector<std::string> ordinary(const Slot& slot) {
  switch (slot.type) {
    case SlotType::kText:
      return {"It began yesterday."};
    case SlotType::kName:
      return {"Ana Lopez"};
    case SlotType::kEmail:
    case SlotType::kContact:
      return {"ana@example.com"};
    case SlotType::kPhone:
      return {"+44 20 7946 0000"};
    case SlotType::kModel:
      if (slot.catalogue && !slot.catalogue->rows.empty()) return {slot.catalogue->rows.front().value};
      return {"ThinkPad X1"};
    case SlotType::kSerial:
      return {"PF1ABCD2", "490154203237518", "ABC12345", "79927398713"};
    case SlotType::kErrorCode:
      return {"0x7b", "E-204"};
    case SlotType::kNumber:
      return {number_text(slot.min.value_or(1)), number_text(slot.max.value_or(2))};
    case SlotType::kDate:
      return {date_before(365)};
    case SlotType::kYesNo:
      return {"yes", "no"};
    case SlotType::kChoice:
    case SlotType::kPhoto:
      return {};
  }
  return {};
}

}  // namespace

std::string text_matching(const std::string& pattern) {
  std::string text = PatternText(pattern).all();
  RE2::Options quiet;
  quiet.set_log_errors(false);
  quiet.set_case_sensitive(false);
  const RE2 compiled(pattern, quiet);
  return compiled.ok() && RE2::PartialMatch(text, compiled) ? text : std::string();
}

Values::Values(const ScriptSet& scripts) : scripts_(scripts) {
  for (const auto& [name, script] : scripts.scripts) {
    for (const auto& [id, step] : script.steps) {
      if (const auto* branch = std::get_if<Branch>(&step.kind)) {
        for (const Branch::Case& c : branch->cases) note(c.when);
      }
    }
  }
}

void Values::note(const Condition& condition) {
  using Op = Condition::Op;
  for (const Condition& part : condition.parts) note(part);
  if (condition.slot.empty()) return;
  auto& values = by_slot_[condition.slot];
  switch (condition.op) {
    case Op::kIs:
    case Op::kIn:
      values.insert(condition.values.begin(), condition.values.end());
      break;
    case Op::kMatches:
      if (!condition.values.empty()) values.insert(text_matching(condition.values[0]));
      break;
    case Op::kAbove:
    case Op::kBelow:
      values.insert({number_text(condition.number + 1), number_text(condition.number - 1)});
      break;
    case Op::kYoungerThan:
      values.insert({date_before(1), date_before(static_cast<int>(condition.number) + 62)});
      break;
    case Op::kAll:
    case Op::kAny:
    case Op::kNot:
    case Op::kKnown:
      break;
  }
  values.erase("");
}

std::vector<std::string> Values::of(const Slot& slot) const {
  std::vector<std::string> all = ordinary(slot);
  if (!slot.pattern.empty()) all.push_back(text_matching(slot.pattern));
  std::erase_if(all, [&](const std::string& v) { return understand_value(v, slot, "en").as != Understood::As::kValue; });
  if (all.size() > 2) all.resize(2);
  if (const auto it = by_slot_.find(slot.name); it != by_slot_.end()) {
    for (const std::string& v : it->second) {
      if (std::ranges::find(all, v) == all.end() && understand_value(v, slot, "en").as == Understood::As::kValue)
        all.push_back(v);
    }
  }
  return all;
}

std::vector<std::string> Values::first_messages() const {
  const auto it = by_slot_.find("symptom");
  return it == by_slot_.end() ? std::vector<std::string>{} : std::vector<std::string>(it->second.begin(), it->second.end());
}

std::vector<std::map<std::string, std::string>> Values::of_look_ups(std::string_view service) const {
  std::vector<std::map<std::string, std::string>> out;
  for (const auto& [name, script] : scripts_.scripts) {
    for (const auto& [id, step] : script.steps) {
      const auto* lookup = std::get_if<Lookup>(&step.kind);
      if (lookup == nullptr || lookup->service != service) continue;
      for (const auto& [slot, member] : lookup->save) {
        const auto it = by_slot_.find(slot);
        if (it == by_slot_.end()) continue;
        for (const std::string& value : it->second) {
          std::map<std::string, std::string> answer{{member, value}};
          if (std::ranges::find(out, answer) == out.end()) out.push_back(std::move(answer));
        }
      }
    }
  }
  return out;
}

}  // namespace usher::dialogs
