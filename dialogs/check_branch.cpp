// Cases of a branch: values a slot cannot have, conditions that never hold, cases that an earlier one always takes. Found by
// trying every combination of values that the conditions can tell apart.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.h"
#include "dialogs/check_parts.h"
#include "dialogs/check_pattern.h"

namespace usher::dialogs::prove {
namespace {

constexpr std::size_t kMaxCombinations = 40'000;
constexpr std::size_t kMaxPatterns = 4;  // of one slot, of which every combination is tried

std::optional<double> number_in(const std::string& s) {
  double value = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (error != std::errc{} || end != s.data() + s.size()) return std::nullopt;
  return value;
}

// What the branch knows of one slot's value.
struct Value {
  bool known = true;
  std::string text;              // folded; "" = none that a condition names
  std::optional<double> number;  // also days since a date
  std::vector<char> matches;     // per pattern of the slot
};

struct Subject {  // a slot of the branch
  std::vector<const Condition*> leaves;
  std::vector<std::string> patterns;
  std::vector<std::shared_ptr<const re2::RE2>> compiled;
  std::vector<Value> values;
};

class BranchCheck {
 public:
  explicit BranchCheck(Task& task) : t_(task), filled_(filled_slots(task.scripts)) {
    for (const auto& [name, script] : task.scripts.scripts) {
      for (const auto& [id, step] : script.steps) {
        note_settings(step.set);
        if (const Choose* choose = std::get_if<Choose>(&step.kind)) {
          for (const Option& o : choose->options) {
            if (!choose->slot.empty()) given_[choose->slot].insert(text::fold(o.id));
            note_settings(o.set);
          }
        }
        if (const Lookup* lookup = std::get_if<Lookup>(&step.kind)) {
          for (const auto& [slot, member] : lookup->save) open_.insert(slot);
        }
      }
      for (const auto& [slot, declared] : script.slots) {
        if (!declared.catalogue) continue;
        for (const auto& row : declared.catalogue->rows) {
          for (const auto& [column, value] : row.sets) given_[column].insert(text::fold(value));
        }
      }
    }
  }

  void run() {
    for (const auto& [name, script] : t_.scripts.scripts) {
      for (const std::string& id : script.order) {
        const Step* step = script.find(id);
        const Branch* branch = step == nullptr ? nullptr : std::get_if<Branch>(&step->kind);
        if (branch != nullptr) check(script, *step, *branch);
      }
    }
  }

 private:
  void note_settings(const std::map<std::string, std::string>& settings) {
    for (const auto& [slot, value] : settings) {
      if (!variables_of(value).empty()) {
        open_.insert(slot);
      } else if (!value.empty()) {
        given_[slot].insert(text::fold(value));
      }
    }
  }

  // All values the slot can have, folded; nullopt when there is no end to them.
  std::optional<std::set<std::string>> closed_values(const Script& script, const std::string& slot) const {
    if (open_.contains(slot) || slot == "symptom") return std::nullopt;
    std::set<std::string> out;
    if (const auto it = given_.find(slot); it != given_.end()) out = it->second;
    bool declared = false;
    for (const auto& [name, other] : t_.scripts.scripts) {
      const auto it = other.slots.find(slot);
      if (it == other.slots.end()) continue;
      declared = true;
      const Slot& s = it->second;
      if (s.type == SlotType::kYesNo) {
        out.insert({"yes", "no"});
      } else if (s.type == SlotType::kChoice) {
        for (const Option& o : s.options) out.insert(text::fold(o.id));
      } else if (s.catalogue && !s.open_catalogue) {
        for (const auto& row : s.catalogue->rows) out.insert(text::fold(row.value));
      } else {
        return std::nullopt;
      }
    }
    static_cast<void>(script);
    if (slot.ends_with("_unverified")) out.insert("yes");
    if (!declared && out.empty()) return std::nullopt;
    return out;
  }

  const Slot* declared(const Script& script, const std::string& slot) const {
    const auto it = script.slots.find(slot);
    return it == script.slots.end() ? nullptr : &it->second;
  }

  static Position place(const Condition& c, Position otherwise) { return c.at.line > 0 ? c.at : otherwise; }

  void collect(const Condition& c, std::map<std::string, Subject>& subjects) const {
    for (const Condition& part : c.parts) collect(part, subjects);
    if (!c.slot.empty()) subjects[c.slot].leaves.push_back(&c);
  }

  void check(const Script& script, const Step& step, const Branch& branch) {
    std::vector<char> reported(branch.cases.size(), 0);
    for (std::size_t i = 0; i < branch.cases.size(); ++i) {
      const Position at = branch.cases[i].at.line > 0 ? branch.cases[i].at : step.at;
      reported[i] = leaf_problems(script, branch.cases[i].when, at) ? 1 : 0;
    }
    std::map<std::string, Subject> subjects;
    for (const Branch::Case& c : branch.cases) collect(c.when, subjects);
    std::size_t combinations = 1;
    for (auto& [slot, subject] : subjects) {
      make_values(script, slot, subject);
      combinations *= subject.values.size();
      if (combinations > kMaxCombinations) break;
    }
    if (combinations > kMaxCombinations) {
      compare_as_written(script, step, branch);
      return;
    }
    try_all(script, step, branch, subjects, reported);
  }

  // ── single conditions
  bool leaf_problems(const Script& script, const Condition& c, Position case_at) {
    bool found = false;
    for (const Condition& part : c.parts) found = leaf_problems(script, part, case_at) || found;
    if (c.slot.empty()) return found;
    const Position at = place(c, case_at);
    if (!filled_.contains(c.slot)) {
      t_.findings.error("unknown-slot", script.file, at,
                        fmt::format("the condition looks at '{}', but nothing ever fills it", c.slot),
                        did_you_mean(c.slot, filled_, "declare the slot, or set it in a step"));
      return true;
    }
    const Slot* slot = declared(script, c.slot);
    const auto values = closed_values(script, c.slot);
    auto impossible = [&](std::string message, std::string hint) {
      t_.findings.error("impossible-value", script.file, at, std::move(message), std::move(hint));
      found = true;
    };
    switch (c.op) {
      case Condition::Op::kIs:
      case Condition::Op::kIn:
        for (const std::string& v : c.values) {
          if (!values || values->contains(text::fold(v))) continue;
          impossible(fmt::format("'{}' is never '{}'", c.slot, v),
                     did_you_mean(v, *values, fmt::format("it can be: {}", fmt::join(*values, ", "))));
        }
        break;
      case Condition::Op::kMatches: {
        const std::string pattern = c.values.empty() ? std::string() : c.values[0];
        const auto compiled = compile(c);
        if (!facts_of(pattern, false, true, Alphabet::kAny).can_match) {
          t_.findings.error("pattern-never-matches", script.file, at, fmt::format("nothing can match the pattern '{}'", pattern),
                            "look at ^ and $ in its middle: nothing stands before the beginning or after the end");
          found = true;
        } else if (values && compiled &&
                   std::ranges::none_of(*values, [&](const std::string& v) { return RE2::PartialMatch(v, *compiled); })) {
          impossible(fmt::format("no value of '{}' matches '{}'", c.slot, pattern),
                     fmt::format("it can be: {}", fmt::join(*values, ", ")));
        }
        break;
      }
      case Condition::Op::kAbove:
      case Condition::Op::kBelow: {
        const bool above = c.op == Condition::Op::kAbove;
        if (slot != nullptr && slot->type != SlotType::kNumber && slot->type != SlotType::kText &&
            slot->type != SlotType::kPhoto && !values) {
          impossible(fmt::format("'{}' is not a number", c.slot), "above and below compare numbers");
        } else if (slot != nullptr && slot->type == SlotType::kNumber && given_.find(c.slot) == given_.end() &&
                   !open_.contains(c.slot) &&
                   ((above && slot->max && *slot->max <= c.number) || (!above && slot->min && *slot->min >= c.number))) {
          impossible(fmt::format("'{}' is never {} {}", c.slot, above ? "above" : "below", c.number),
                     above ? fmt::format("its max is {}", *slot->max) : fmt::format("its min is {}", *slot->min));
        } else if (values && std::ranges::none_of(*values, [&](const std::string& v) {
                     const auto n = number_in(v);
                     return n && (above ? *n > c.number : *n < c.number);
                   })) {
          impossible(fmt::format("no value of '{}' is {} {}", c.slot, above ? "above" : "below", c.number),
                     fmt::format("it can be: {}", fmt::join(*values, ", ")));
        }
        break;
      }
      case Condition::Op::kYoungerThan:
        if (slot != nullptr && slot->type != SlotType::kDate && slot->type != SlotType::kText)
          impossible(fmt::format("'{}' is not a date", c.slot), "younger_than compares dates");
        break;
      default:
        break;
    }
    return found;
  }

  static std::shared_ptr<const re2::RE2> compile(const Condition& c) {
    if (c.compiled || c.values.empty()) return c.compiled;
    RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(false);
    auto compiled = std::make_shared<const RE2>(c.values[0], options);
    return compiled->ok() ? compiled : nullptr;
  }

  // ── all combinations
  // Values that stand for all the slot can have, as far as the branch can tell them apart.
  void make_values(const Script& script, const std::string& slot, Subject& s) const {
    std::set<std::string> named;
    std::set<double> limits;
    for (const Condition* c : s.leaves) {
      if (c->op == Condition::Op::kIs || c->op == Condition::Op::kIn) {
        for (const std::string& v : c->values) named.insert(text::fold(v));
      } else if (c->op == Condition::Op::kMatches && !c->values.empty()) {
        if (has(s.patterns, c->values[0])) continue;
        s.patterns.push_back(c->values[0]);
        s.compiled.push_back(compile(*c));
      } else if (c->op == Condition::Op::kAbove || c->op == Condition::Op::kBelow || c->op == Condition::Op::kYoungerThan) {
        limits.insert(c->number);
      }
    }
    Value unset;
    unset.known = false;
    unset.matches.assign(s.patterns.size(), 0);
    s.values.push_back(unset);
    const auto closed = closed_values(script, slot);
    if (closed) named.insert(closed->begin(), closed->end());
    for (const std::string& v : named) {
      if (closed && !closed->contains(v)) continue;
      Value& value = s.values.emplace_back();
      value.text = v;
      value.number = number_in(v);
      for (const auto& pattern : s.compiled) value.matches.push_back(pattern && RE2::PartialMatch(v, *pattern) ? 1 : 0);
    }
    if (closed) return;
    for (std::vector<char>& matches : possible_matches(s)) {
      Value& value = s.values.emplace_back();
      value.matches = matches;
      for (const double limit : limits) {
        for (const double offset : {-0.001, 0.0, 0.001}) {
          Value& numbered = s.values.emplace_back();
          numbered.matches = matches;
          numbered.number = limit + offset;
        }
      }
    }
  }

  // Which of the slot's patterns a value that no condition names can match at the same time.
  static std::vector<std::vector<char>> possible_matches(const Subject& s) {
    const std::size_t n = s.patterns.size();
    std::vector<std::vector<char>> out;
    const std::size_t all = n <= kMaxPatterns ? std::size_t{1} << n : n + 2;
    for (std::size_t mask = 0; mask < all; ++mask) {
      std::vector<char> matches(n, 0);
      for (std::size_t i = 0; i < n; ++i) {
        if (n <= kMaxPatterns) {
          matches[i] = (mask >> i) & 1U ? 1 : 0;
        } else {
          matches[i] = mask == n + 1 || mask == i + 1 ? 1 : 0;
        }
      }
      bool possible = true;
      for (std::size_t a = 0; a < n && possible; ++a) {
        const std::string literal = literal_of(s.patterns[a]);
        for (std::size_t b = 0; b < n; ++b) {
          if (a == b || !matches[a] || matches[b] || literal.empty() || !s.compiled[b]) continue;
          // What holds the one as it stands holds the other, when that asks for no beginning or end of its own.
          const bool whole = s.patterns[a].starts_with('^') && s.patterns[a].ends_with('$');
          const bool anchored = s.patterns[b].find_first_of("^$\\") != std::string::npos;
          if ((whole || !anchored) && RE2::PartialMatch(literal, *s.compiled[b])) possible = false;
        }
      }
      if (possible || n > kMaxPatterns) out.push_back(std::move(matches));
    }
    return out;
  }

  using Picked = std::map<std::string, const Value*, std::less<>>;

  static bool holds(const Condition& c, const Picked& picked, const std::map<std::string, Subject>& subjects) {
    using Op = Condition::Op;
    const auto part_holds = [&](const Condition& part) { return holds(part, picked, subjects); };
    if (c.op == Op::kAll) return std::ranges::all_of(c.parts, part_holds);
    if (c.op == Op::kAny) return std::ranges::any_of(c.parts, part_holds);
    if (c.op == Op::kNot) return c.parts.empty() || !part_holds(c.parts[0]);
    const Value& v = *picked.find(c.slot)->second;
    if (c.op == Op::kKnown) return v.known == (c.values.empty() || c.values[0] != "no");
    if (!v.known) return false;
    switch (c.op) {
      case Op::kIs:
      case Op::kIn:
        return std::ranges::any_of(c.values, [&](const std::string& x) { return text::fold(x) == v.text; });
      case Op::kMatches: {
        const auto& patterns = subjects.find(c.slot)->second.patterns;
        const auto it = std::ranges::find(patterns, c.values.empty() ? std::string() : c.values[0]);
        return it != patterns.end() && v.matches[static_cast<std::size_t>(it - patterns.begin())];
      }
      case Op::kAbove:
        return v.number && *v.number > c.number;
      case Op::kBelow:
        return v.number && *v.number < c.number;
      default:
        return v.number && *v.number <= c.number;  // younger: no more days than that
    }
  }

  void try_all(const Script& script, const Step& step, const Branch& branch, const std::map<std::string, Subject>& subjects,
               const std::vector<char>& reported) {
    const std::size_t n = branch.cases.size();
    std::vector<char> ever(n, 0), taken(n, 0);
    std::vector<std::set<std::size_t>> instead(n);
    std::vector<std::pair<std::string_view, const Subject*>> slots;
    for (const auto& [slot, subject] : subjects) slots.emplace_back(slot, &subject);
    std::vector<std::size_t> pick(slots.size(), 0);
    for (bool more = true; more;) {
      Picked picked;
      for (std::size_t i = 0; i < slots.size(); ++i) picked.emplace(slots[i].first, &slots[i].second->values[pick[i]]);
      std::optional<std::size_t> first;
      for (std::size_t i = 0; i < n; ++i) {
        if (!holds(branch.cases[i].when, picked, subjects)) continue;
        ever[i] = 1;
        if (first) {
          instead[i].insert(*first);
        } else {
          first = i;
          taken[i] = 1;
        }
      }
      more = false;
      for (std::size_t i = 0; i < pick.size() && !more; ++i) {
        more = ++pick[i] < slots[i].second->values.size();
        if (!more) pick[i] = 0;
      }
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (taken[i] || reported[i]) continue;
      const Position at = branch.cases[i].at.line > 0 ? branch.cases[i].at : step.at;
      if (!ever[i]) {
        t_.findings.error("case-never-true", script.file, at,
                          fmt::format("case {} of '{}' can never hold: its conditions contradict each other", i + 1, step.id),
                          "use any: instead of all:, or remove one of them");
        continue;
      }
      std::vector<std::string> numbers;
      for (const std::size_t k : instead[i]) numbers.push_back(std::to_string(k + 1));
      shadowed(script, step, i, at, fmt::format("{}", fmt::join(numbers, ", ")));
    }
  }

  void shadowed(const Script& script, const Step& step, std::size_t i, Position at, const std::string& by) {
    t_.findings.error(
        "case-shadowed", script.file, at,
        fmt::format("case {} of '{}' is never taken: whatever it holds for, case {} takes before", i + 1, step.id, by),
        "move it up, or remove it");
  }

  // Too many slots to try everything: at least what is written twice.
  void compare_as_written(const Script& script, const Step& step, const Branch& branch) {
    for (std::size_t i = 0; i < branch.cases.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (written(branch.cases[i].when) != written(branch.cases[k].when)) continue;
        shadowed(script, step, i, branch.cases[i].at.line > 0 ? branch.cases[i].at : step.at, std::to_string(k + 1));
        break;
      }
    }
  }
  static std::string written(const Condition& c) {
    std::string out = fmt::format("{} {} {} {}(", static_cast<int>(c.op), c.slot, fmt::join(c.values, "|"), c.number);
    for (const Condition& part : c.parts) out += written(part) + ",";
    return out + ")";
  }

  Task& t_;
  const std::set<std::string> filled_;
  std::map<std::string, std::set<std::string>> given_;  // slot → constants it is set to
  std::set<std::string> open_;                          // slots that are set to what nobody can foresee
};

}  // namespace

void check_branches(Task& task) {
  BranchCheck(task).run();
}

}  // namespace usher::dialogs::prove
