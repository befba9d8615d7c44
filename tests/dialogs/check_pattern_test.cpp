#include "dialogs/check_pattern.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <string>
#include <vector>

namespace usher::dialogs::prove {
namespace {

PatternFacts facts(std::string_view pattern, bool whole = true) {
  return facts_of(pattern, whole, false, Alphabet::kAny);
}

TEST(PatternFacts, LengthsAreThoseOfTheTextsItMatches) {
  struct Case {
    const char* pattern;
    std::size_t shortest, longest;
  };
  for (const Case& c : std::vector<Case>{{"abc", 3, 3},
                                         {"[A-Z0-9]{8,14}", 8, 14},
                                         {"a?b*", 0, kNoLimit},
                                         {"(ab|cde)+", 2, kNoLimit},
                                         {"(ab|cde){2}", 4, 6},
                                         {"^0x0*7b$", 4, kNoLimit},
                                         {"故障[0-9]{3}", 5, 5},
                                         {"(?i)abc|d", 1, 3},
                                         {"(?:a|)(?P<x>b)\\.\\d", 3, 4},
                                         {"", 0, 0},
                                         {"a{2}{3}", 6, 6},
                                         {"x{,3}", 5, 5}}) {
    const PatternFacts f = facts(c.pattern);
    EXPECT_TRUE(f.can_match) << c.pattern;
    EXPECT_EQ(f.shortest, c.shortest) << c.pattern;
    EXPECT_EQ(f.longest, c.longest) << c.pattern;
  }
}

TEST(PatternFacts, APatternThatCannotMatchIsKnown) {
  for (const char* pattern : {"a^", "$x", "a^b|c$d", "(a$){2}", "x+^", "[^\\s\\S]", "\\Aa\\Ab", "(ab)\\z."}) {
    EXPECT_FALSE(facts(pattern).can_match) << pattern;
    EXPECT_FALSE(facts(pattern, false).can_match) << pattern;
    EXPECT_FALSE(RE2::PartialMatch("ab", pattern) || RE2::PartialMatch("x", pattern)) << pattern;
  }
}

TEST(PatternFacts, APatternThatCanMatchIsNeverCalledImpossible) {
  // Each with a text it matches.
  for (const auto& [pattern, text] : std::vector<std::pair<const char*, const char*>>{{"^a|b$", "b"},
                                                                                      {"(^|x)a", "xa"},
                                                                                      {"a($|b)c", "abc"},
                                                                                      {"a*^b", "b"},
                                                                                      {"a$b*", "a"},
                                                                                      {"[[:alpha:]]^", "q"},
                                                                                      {"(?m)a$\\n^b", "a\nb"},
                                                                                      {"\\bwifi\\b.{0,4}down", "wifi is down"},
                                                                                      {"[^a]", "b"},
                                                                                      {"[]a]", "]"},
                                                                                      {"\\p{Han}", "好"},
                                                                                      {"[^好]", "坏"},
                                                                                      {"a{x", "a{x"}}) {
    EXPECT_TRUE(facts(pattern, false).can_match) << pattern;
    if (std::string_view(pattern) != "[[:alpha:]]^") {
      EXPECT_TRUE(RE2::PartialMatch(text, pattern)) << pattern;
    }
  }
}

TEST(PatternFacts, ASerialNumberHasCapitalsAndDigitsOnly) {
  EXPECT_FALSE(facts_of("[a-z]{8}", true, false, Alphabet::kUpper).can_match);
  EXPECT_FALSE(facts_of("SN-[0-9]+", true, false, Alphabet::kUpper).can_match);
  EXPECT_FALSE(facts_of("\\s*", true, false, Alphabet::kUpper).shortest > 0);
  EXPECT_TRUE(facts_of("(?i)[a-z]{8}", true, false, Alphabet::kUpper).can_match);
  EXPECT_TRUE(facts_of("[A-Za-z]{8}", true, false, Alphabet::kUpper).can_match);
  EXPECT_TRUE(facts_of("\\w{8}", true, false, Alphabet::kUpper).can_match);
}

TEST(PatternFacts, ALiteralHasNoOperators) {
  EXPECT_EQ(literal_of("^abc$"), "abc");
  EXPECT_EQ(literal_of("蓝屏"), "蓝屏");
  EXPECT_EQ(literal_of("a.c"), "");
}

}  // namespace
}  // namespace usher::dialogs::prove
