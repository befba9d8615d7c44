#include "dialogs/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dialogs/scripts.h"

namespace usher::dialogs {
namespace {

using testing::HasSubstr;

// `steps` is the YAML below "steps:", which stands in line 3; its first line is line 4.
std::string findings(const std::string& steps, const std::string& top = "") {
  std::vector<Problem> problems;
  const auto set = parse_with({{"t.yaml", "dialog: t\ntitle: { en: T, zh: 题 }\nsteps:\n" + steps + top}}, problems);
  EXPECT_TRUE(set) << to_string(problems);
  if (!set) return {};
  return to_string(check(*set, {.has_article = [](std::string_view id, std::string_view language) {
    return id == "here" || (id == "english" && language == "en");
  }}));
}

constexpr const char* kEnd = "  end: { resolve: { en: Bye, zh: 再见 } }\n";

TEST(Check, ACleanScriptHasNoFindings) {
  EXPECT_EQ(findings(std::string("  a: { ask: serial, next: b }\n  b: { article: here, solved: end, unsolved: end }\n") + kEnd),
            "");
}

TEST(Check, AnUnreachableStepIsFound) {
  EXPECT_THAT(findings(std::string("  a: { say: { en: x, zh: x }, next: end }\n  lost: { goto: end }\n") + kEnd),
              HasSubstr("t.yaml:5:3: the step 'lost' can never be reached"));
}

TEST(Check, AStepWithoutAWayOutIsFound) {
  const std::string got = findings(
      "  a:\n    choose: { en: x, zh: x }\n    options:\n      - { id: p, label: { en: P, zh: 甲 }, next: a }\n      - { id: q, "
      "label: { en: Q, zh: 乙 }, next: a }\n");
  EXPECT_THAT(got, HasSubstr("t.yaml:4:3: from the step 'a' no way leads to 'resolve' or 'escalate'"));
}

TEST(Check, ALoopWithoutTheCustomerIsFoundOnce) {
  const std::string got = findings(std::string("  a: { ask: serial, next: b }\n  b: { say: { en: x, zh: x }, next: c }\n  c: { "
                                               "article: here, solved: end, unsolved: a }\n") +
                                   kEnd);
  EXPECT_THAT(got, HasSubstr("t.yaml:4:3: a loop without a word of the customer: t/a → t/b → t/c → t/a"));
  EXPECT_EQ(got.find("a loop"), got.rfind("a loop"));
}

TEST(Check, ALoopThroughAQuestionIsFine) {
  EXPECT_EQ(findings(std::string("  a:\n    choose: { en: x, zh: x }\n    options:\n      - { id: p, label: { en: Again, zh: "
                                 "再来 }, next: a }\n      - { id: q, label: { en: Done, zh: 完成 }, next: end }\n") +
                     kEnd),
            "");
}

TEST(Check, ALoopOverTwoScriptsIsFound) {
  std::vector<Problem> problems;
  const auto set = parse_with({{"t.yaml", "dialog: t\ntitle: { en: T, zh: 题 }\nsteps:\n  a: { goto: dialog:u }\n"},
                               {"u.yaml", "dialog: u\ntitle: { en: U, zh: 目 }\nsteps:\n  a: { goto: dialog:t }\n"}},
                              problems);
  ASSERT_TRUE(set) << to_string(problems);
  const std::string got = to_string(check(*set, {}));
  EXPECT_THAT(got, HasSubstr("a loop without a word of the customer: t/a → u/a → t/a"));
  EXPECT_THAT(got, HasSubstr("no way leads to"));
}

TEST(Check, ArticlesMustExistInBothLanguages) {
  EXPECT_THAT(findings(std::string("  a: { article: gone, solved: end, unsolved: end }\n") + kEnd),
              HasSubstr("t.yaml:4:3: there is no article 'gone'"));
  EXPECT_THAT(findings(std::string("  a: { article: english, solved: end, unsolved: end }\n") + kEnd),
              HasSubstr("the article 'english' is missing in 'zh'"));
}

TEST(Check, ASlotMustBeDeclared) {
  EXPECT_THAT(findings(std::string("  a: { ask: serail, next: end }\n") + kEnd),
              HasSubstr("t.yaml:4:3: the slot 'serail' is asked for but not declared (did you mean 'serial'?)"));
}

TEST(Check, AVariableNothingFillsIsFound) {
  EXPECT_THAT(findings(std::string("  a: { say: { en: \"Hi {{contact_nam}}\", zh: 您好 }, next: end }\n") + kEnd),
              HasSubstr("{{contact_nam}}, but nothing ever fills it (did you mean {{contact_name}}?)"));
  EXPECT_EQ(findings(std::string("  a: { say: { en: \"Hi {{x}}\", zh: 您好 }, next: end, set: { x: \"1\" } }\n") + kEnd), "");
}

TEST(Check, MissingTranslationsAreFoundWhereTheyAre) {
  const std::string got = findings(
      "  a:\n    choose: { en: x }\n    options:\n      - { id: p, label: { en: P }, next: end }\n      - { id: q, label: { en: "
      "Q, zh: 乙 }, next: end }\n  end: { resolve: { en: Bye } }\n");
  EXPECT_THAT(got, HasSubstr("t.yaml:5:13: the step 'a' has no 'zh' text"));
  EXPECT_THAT(got, HasSubstr("t.yaml:7:25: the option 'p' has no 'zh' text"));
  EXPECT_THAT(got, HasSubstr("t.yaml:9:19: the step 'end' has no 'zh' text"));
}

TEST(Check, OneWordForTwoOptionsOrTwoScriptsIsFound) {
  EXPECT_THAT(findings(std::string("  a:\n    choose: { en: x, zh: x }\n    options:\n      - { id: p, label: { en: Red, zh: 红 "
                                   "}, words: { en: [glow] }, next: end }\n"
                                   "      - { id: q, label: { en: Blue, zh: 蓝 }, words: { en: [glows] }, next: end }\n") +
                       kEnd),
              HasSubstr("“glow” is said for 'p' and for 'q'"));
  std::vector<Problem> problems;
  const auto set = parse_with(
      {{"t.yaml", "dialog: t\ntitle: { en: T, zh: 题 }\ntriggers: { phrases: { en: [tea time] } }\nsteps:\n" + std::string(kEnd)},
       {"u.yaml",
        "dialog: u\ntitle: { en: U, zh: 目 }\ntriggers: { phrases: { en: [\"Tea, time!\"] } }\nsteps:\n" + std::string(kEnd)}},
      problems);
  ASSERT_TRUE(set) << to_string(problems);
  EXPECT_THAT(to_string(check(*set, {})), HasSubstr("“tea time” starts 't' and 'u'"));
}

TEST(Check, ASlotOfAScriptWithoutChineseOrHintIsFound) {
  const std::string got = findings(std::string("  a: { ask: own, next: end }\n") + kEnd,
                                   "slots:\n  own:\n    type: serial\n    pattern: '[0-9]{4}'\n    ask: { en: \"Number?\" }\n");
  EXPECT_THAT(got, HasSubstr("the question for 'own' has no 'zh' text"));
  EXPECT_THAT(got, HasSubstr("'own' has a pattern but no 'pattern_hint'"));
}

TEST(Check, TheShippedScriptsAreClean) {
  ASSERT_TRUE(shipped_scripts());
  const auto has = [](std::string_view id, std::string_view language) {
    return std::filesystem::exists(fmt::format(USHER_SOURCE_DIR "/config/kb/{}.{}.md", id, language));
  };
  EXPECT_EQ(to_string(check(*shipped_scripts(), {.has_article = has})), "");
}

}  // namespace
}  // namespace usher::dialogs
