#include <gtest/gtest.h>

#include "tests/dialogs/scripts.h"

namespace usher::dialogs {
namespace {

using Slots = std::map<std::string, std::string>;

constexpr const char* kSlots = "slots:\n  os: { type: text }\n";

// The condition `when` of a one-step script.
Condition condition(const std::string& when) {
  std::vector<Problem> problems;
  const auto set = parse_with({{"slots.yaml", kSlots},
                               {"t.yaml", "dialog: t\ntitle: { en: T }\nsteps:\n  a:\n    branch:\n      - { when: " + when +
                                              ", next: b }\n    else: b\n  b: { resolve: { en: x } }\n"}},
                              problems);
  EXPECT_TRUE(set) << when << "\n" << to_string(problems);
  return set ? std::get<Branch>(set->find("t")->find("a")->kind).cases[0].when : Condition{};
}

struct Row {
  const char* when;
  Slots slots;
  bool holds;
  const char* why;
};

TEST(Condition, HoldsOrNotAndSaysWhy) {
  const Row rows[] = {
      {"{ slot: os, is: windows }", {{"os", "Windows"}}, true, "os is 'Windows'"},
      {"{ slot: os, is: windows }", {{"os", "mac"}}, false, "os is 'mac', not 'windows'"},
      {"{ slot: os, is: windows }", {}, false, "os is not known"},
      {"{ slot: os, is: windows }", {{"os", ""}}, false, "os is not known"},
      {"{ slot: os, is: Ärger }", {{"os", "äRGER"}}, true, "os is 'äRGER'"},
      {"{ slot: os, is: 鸿蒙 }", {{"os", "鸿蒙"}}, true, "os is '鸿蒙'"},
      {"{ slot: os, in: [mac, linux] }", {{"os", "Linux"}}, true, "os is 'Linux'"},
      {"{ slot: os, in: [mac, linux] }", {{"os", "dos"}}, false, "os is 'dos', not one of 'mac', 'linux'"},
      {"{ slot: e, matches: '^0x0*7b$' }", {{"e", "0x0000007B"}}, true, "e '0x0000007B' matches '^0x0*7b$'"},
      {"{ slot: e, matches: '7b' }", {{"e", "0x7c"}}, false, "e '0x7c' does not match '7b'"},
      {"{ slot: e, known: true }", {{"e", "1"}}, true, "e is known"},
      {"{ slot: e, known: true }", {}, false, "e is not known"},
      {"{ slot: e, known: false }", {}, true, "e is not known"},
      {"{ slot: e, known: false }", {{"e", "1"}}, false, "e is known"},
      {"{ slot: n, above: 2 }", {{"n", "3"}}, true, "n is 3, above 2"},
      {"{ slot: n, above: 2 }", {{"n", "2"}}, false, "n is 2, not above 2"},
      {"{ slot: n, below: 2.5 }", {{"n", "2"}}, true, "n is 2, below 2.5"},
      {"{ slot: n, below: 2 }", {{"n", "two"}}, false, "n is 'two', not a number"},
      {"{ slot: n, above: 2, below: 5 }", {{"n", "3"}}, true, "n is 3, above 2 and n is 3, below 5"},
      {"{ slot: n, above: 2, below: 5 }", {{"n", "7"}}, false, "n is 7, not below 5"},
      {"{ not: { slot: os, is: mac } }", {{"os", "mac"}}, false, "os is 'mac'"},
      {"{ not: { slot: os, is: mac } }", {}, true, "os is not known"},
      {"{ any: [ { slot: os, is: mac }, { slot: n, above: 1 } ] }", {{"n", "2"}}, true, "n is 2, above 1"},
      {"{ any: [ { slot: os, is: mac }, { slot: n, above: 1 } ] }", {}, false, "os is not known and n is not known"},
      {"{ all: [ { slot: os, is: mac }, { slot: n, above: 1 } ] }", {{"os", "mac"}}, false, "n is not known"},
  };
  for (const Row& row : rows) {
    const Verdict v = evaluate(condition(row.when), row.slots, "2026-11-22");
    EXPECT_EQ(v.holds, row.holds) << row.when;
    EXPECT_EQ(v.why, row.why) << row.when;
  }
}

TEST(Condition, AnAgeIsCountedFromTheLastDayADateCanMean) {
  const Condition two_years = condition("{ slot: d, younger_than: 24 months }");
  auto holds = [&](const char* date, const char* today = "2026-11-22") {
    return evaluate(two_years, {{"d", date}}, today).holds;
  };
  EXPECT_TRUE(holds("2024-11-22"));
  EXPECT_TRUE(holds("2024-11"));   // the 30th
  EXPECT_FALSE(holds("2024-10"));  // the 31st of October
  EXPECT_TRUE(holds("2024"));
  EXPECT_FALSE(holds("2023"));
  EXPECT_FALSE(holds("2024-11-20"));
  EXPECT_TRUE(holds("2023-03-01", "2025-03-01"));  // with a leap day between
  EXPECT_FALSE(holds("2024-02-30"));
  EXPECT_FALSE(holds("last May"));
  EXPECT_FALSE(holds("2024-11-22", ""));
  EXPECT_FALSE(holds("2024-11-22", "today"));
  EXPECT_EQ(condition("{ slot: d, younger_than: 2 weeks }").number, 14);
  EXPECT_EQ(condition("{ slot: d, younger_than: 1 year }").number, 366);
  EXPECT_EQ(condition("{ slot: d, younger_than: 30 days }").number, 30);
}

TEST(Condition, MadeByHandWithoutBeingPreparedItStillWorks) {
  Condition c;
  c.op = Condition::Op::kMatches;
  c.slot = "e";
  c.values = {"7B"};
  EXPECT_TRUE(evaluate(c, {{"e", "0x7b"}}, "").holds);
  c.values = {"("};
  EXPECT_FALSE(evaluate(c, {{"e", "("}}, "").holds);
  EXPECT_TRUE(evaluate(Condition{}, {}, "").holds);
}

}  // namespace
}  // namespace usher::dialogs
