// What stands after `when:`.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "dialogs/parse_reader.h"

namespace usher::dialogs {
namespace {

using Kind = YamlNode::Kind;
using Op = Condition::Op;

constexpr int kMaxDepth = 8;
const std::vector<std::string>& joins() {
  static const std::vector<std::string> keys = {"all", "any", "not"};
  return keys;
}
const std::vector<std::string>& tests() {
  static const std::vector<std::string> keys = {"is", "in", "matches", "known", "above", "below", "younger_than"};
  return keys;
}

// "24 months" → days. Months and years by their mean length, rounded up: the customer gets the benefit.
std::optional<double> days_of(std::string_view s) {
  int amount = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), amount);
  if (error != std::errc{} || amount <= 0 || amount > 100'000) return std::nullopt;
  std::string unit = text::trim(s.substr(static_cast<std::size_t>(end - s.data())));
  if (!unit.ends_with('s')) unit += 's';
  static constexpr std::array<std::pair<std::string_view, double>, 4> kUnits = {
      {{"days", 1}, {"weeks", 7}, {"months", 365.25 / 12}, {"years", 365.25}}};
  const auto* known = std::ranges::find(kUnits, unit, &std::pair<std::string_view, double>::first);
  return known == kUnits.end() ? std::nullopt : std::optional(std::ceil(amount * known->second));
}

Condition joined(Reader& r, const YamlEntry& e, int depth) {
  Condition c;
  c.at = e.at;
  c.op = e.key == "all" ? Op::kAll : e.key == "any" ? Op::kAny : Op::kNot;
  if (c.op == Op::kNot) {
    c.parts.push_back(read_condition(r, e.value, depth + 1));
    return c;
  }
  if (!r.is(e.value, Kind::kList, fmt::format("'{}'", e.key), fmt::format("write {}: [ {{ slot: os, is: mac }}, … ]", e.key)))
    return c;
  if (e.value.items.empty()) r.problem(e.value.at, fmt::format("'{}' is empty", e.key), "add a condition");
  for (const YamlNode& item : e.value.items) c.parts.push_back(read_condition(r, item, depth + 1));
  return c;
}

Condition leaf(Reader& r, const YamlEntry& e, const std::string& slot) {
  Condition c;
  c.at = e.at;
  c.slot = slot;
  const std::string what = fmt::format("'{}'", e.key);
  if (e.key == "is") {
    c.op = Op::kIs;
    if (r.is(e.value, Kind::kScalar, what, "write one value, or in: [one, two]")) c.values = {e.value.scalar};
  } else if (e.key == "in") {
    c.op = Op::kIn;
    c.values = r.strings(e.value, what);
    if (e.value.kind == Kind::kList && e.value.items.empty()) r.problem(e.value.at, "'in' is empty", "write in: [one, two]");
  } else if (e.key == "matches") {
    c.op = Op::kMatches;
    c.compiled = r.pattern(e.value, what, false);
    if (c.compiled) c.values = {e.value.scalar};
  } else if (e.key == "known") {
    c.op = Op::kKnown;
    YamlNode self{.kind = Kind::kMap, .at = e.at};
    self.entries.push_back(e);
    c.values = {r.flag(self, "known", true) ? "yes" : "no"};
  } else if (e.key == "above" || e.key == "below") {
    c.op = e.key == "above" ? Op::kAbove : Op::kBelow;
    c.number = r.number_of(e.value, what, -kAnyNumber, kAnyNumber).value_or(0);
  } else {
    c.op = Op::kYoungerThan;
    const auto days = e.value.kind == Kind::kScalar ? days_of(e.value.scalar) : std::nullopt;
    if (!days) r.problem(e.value.at, "'younger_than' must be an age", "write it like 30 days, 2 weeks, 24 months or 2 years");
    c.number = days.value_or(0);
  }
  return c;
}

}  // namespace

Condition read_condition(Reader& r, const YamlNode& node, int depth) {
  Condition all;
  all.at = node.at;
  if (depth > kMaxDepth) {
    r.problem(node.at, "this condition is nested too deeply", "use several cases, or `set` what was found out");
    return all;
  }
  if (!r.is(node, Kind::kMap, "a condition", "write { slot: os, is: windows }")) return all;
  std::vector<std::string> valid = joins();
  valid.emplace_back("slot");
  valid.insert(valid.end(), tests().begin(), tests().end());
  r.only(node, valid, "a condition");
  const YamlEntry* slot = node.find("slot");
  const std::string name = slot == nullptr ? std::string() : r.scalar(node, "slot", "name one slot");
  if (!name.empty() && !is_name(name, true))
    r.problem(slot->value.at, fmt::format("'{}' is not a slot name", name), "use small letters, digits and _");
  if (!name.empty()) r.uses.insert("slot " + name);
  bool tested = false, missing_slot = false, unknown = false;
  for (const YamlEntry& e : node.entries) {
    if (std::ranges::find(joins(), e.key) != joins().end()) {
      all.parts.push_back(joined(r, e, depth));
    } else if (std::ranges::find(tests(), e.key) != tests().end()) {
      tested = true;
      missing_slot = missing_slot || slot == nullptr;
      all.parts.push_back(leaf(r, e, name));
    } else if (e.key != "slot") {
      unknown = true;
    }
  }
  if (missing_slot) r.problem(node.at, "the condition does not say which slot", "add slot: <name>");
  if (slot != nullptr && !tested && !unknown)
    r.problem(node.at, fmt::format("the condition says nothing about '{}'", name),
              fmt::format("add one of: {}", fmt::join(tests(), ", ")));
  if (slot == nullptr && all.parts.empty() && !unknown)
    r.problem(node.at, "the condition is empty", "write { slot: os, is: windows }, or all:, any: or not:");
  if (all.parts.size() != 1) return all;  // several in one mapping: all of them
  Condition only = std::move(all.parts.front());
  return only;
}

}  // namespace usher::dialogs
