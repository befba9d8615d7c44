#include "dialogs/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dialogs/check_world.h"

namespace usher::dialogs {
namespace {

using testing::HasSubstr;

// `steps` is the YAML below "steps:", which stands in line 3; its first line is line 4. `top` stands after them.
std::string findings(const std::string& steps, const std::string& top = "") {
  const Proof proof = prove_small({{"t.yaml", "dialog: t\ntitle: { en: Tango, zh: 探戈 }\nsteps:\n" + steps + top +
                                                  "triggers: { phrases: { en: [zulu], zh: [祖鲁] } }\n"}});
  EXPECT_TRUE(proof.parsed) << to_string(proof.problems);
  return to_string(proof.problems);
}

// Several scripts: name → what stands below "dialog:" and a title.
std::vector<Problem> findings_of(const std::map<std::string, std::string>& scripts) {
  std::vector<Source> sources;
  for (const auto& [name, body] : scripts)
    sources.push_back({name + ".yaml", fmt::format("dialog: {0}\ntitle: {{ en: Title of {0}, zh: 标题{0} }}\n{1}", name, body)});
  const Proof proof = prove_small(sources);
  EXPECT_TRUE(proof.parsed) << to_string(proof.problems);
  return proof.problems;
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
                                               "search: \"{{symptom}}\", solved: end, unsolved: a }\n") +
                                   kEnd);
  EXPECT_THAT(got, HasSubstr("t.yaml:4:3: a loop without a word of the customer: t/a → t/b → t/c → t/a"));
  EXPECT_EQ(got.find("a loop"), got.rfind("a loop"));
}

TEST(Check, AnArticleThatExistsIsACustomersTurn) {
  EXPECT_EQ(
      findings(std::string("  a: { article: here, solved: end, unsolved: b }\n  b: { say: { en: x, zh: x }, next: a }\n") + kEnd),
      "");
}

TEST(Check, ALoopThatEmptiesTheSlotItAsksForAsksEachTime) {
  const char* loop =
      "  a: {{ ask: serial, next: b }}\n  b: {{ lookup: warranty, with: {{ id: \"{{{{symptom}}}}\" }}, save: {{ state: state }}, "
      "next: "
      "end, failed: c }}\n  c: {{ set: {{ serial: \"{}\" }}, next: a }}\n";
  EXPECT_EQ(findings(fmt::format(fmt::runtime(loop), "") + kEnd), "");
  EXPECT_THAT(findings(fmt::format(fmt::runtime(loop), "x") + kEnd), HasSubstr("a loop without a word of the customer"));
}

TEST(Check, ALoopThroughAQuestionIsFine) {
  EXPECT_EQ(findings(std::string("  a:\n    choose: { en: x, zh: x }\n    options:\n      - { id: p, label: { en: Again, zh: "
                                 "再来 }, next: a }\n      - { id: q, label: { en: Done, zh: 完成 }, next: end }\n") +
                     kEnd),
            "");
}

TEST(Check, ALoopOverTwoScriptsIsFound) {
  const std::string got =
      to_string(findings_of({{"t", "steps:\n  a: { goto: dialog:u }\n"}, {"u", "steps:\n  a: { goto: dialog:t }\n"}}));
  EXPECT_THAT(got, HasSubstr("a loop without a word of the customer: t/a → u/a → t/a"));
  EXPECT_THAT(got, HasSubstr("no way leads to"));
}

TEST(Check, AScriptCalledFromTwoPlacesIsNoLoop) {
  const std::string got = to_string(findings_of(
      {{"t",
        "triggers: { phrases: { en: [zulu], zh: [祖鲁] } }\nsteps:\n  a: { call: u, next: b }\n  b: { call: u, next: end }\n" +
            std::string(kEnd)},
       {"u", "steps:\n  a: { say: { en: x, zh: x }, next: return }\n"}}));
  EXPECT_EQ(got, "");
}

TEST(Check, NineLevelsOfCallsAreOneTooMany) {
  auto chain = [](int levels) {
    std::map<std::string, std::string> scripts;
    scripts["a0"] =
        "triggers: { phrases: { en: [zulu], zh: [祖鲁] } }\nsteps:\n  a: { call: a1, next: end }\n" + std::string(kEnd);
    for (int i = 1; i < levels; ++i)
      scripts[fmt::format("a{}", i)] = fmt::format("steps:\n  a: {{ call: a{}, next: return }}\n", i + 1);
    scripts[fmt::format("a{}", levels)] = "steps:\n  a: { say: { en: x, zh: x }, next: return }\n";
    return scripts;
  };
  EXPECT_EQ(to_string(findings_of(chain(8))), "");
  const auto got = findings_of(chain(9));
  ASSERT_EQ(got.size(), 1U) << to_string(got);
  EXPECT_EQ(got[0].code, "calls-too-deep");
  EXPECT_EQ(got[0].file, "a0.yaml");
}

TEST(Check, MoreThanFifteenAnswersToAPersonAreTooMany) {
  auto questions = [](int n) {
    std::string steps = "triggers: { phrases: { en: [zulu], zh: [祖鲁] } }\nsteps:\n";
    for (int i = 1; i <= n; ++i) {
      steps += fmt::format(
          "  q{}:\n    choose: {{ en: Question {}, zh: 问题 }}\n    options:\n      - {{ id: a, label: {{ en: Alpha, zh: 甲 }}, "
          "next: {} }}\n"
          "      - {{ id: b, label: {{ en: Bravo, zh: 乙 }}, next: end }}\n",
          i, i, i < n ? fmt::format("q{}", i + 1) : "person");
    }
    return steps + kEnd + "  person: { escalate: { en: Wait, zh: 请等 } }\n";
  };
  EXPECT_EQ(to_string(findings_of({{"t", questions(15)}})), "");
  const auto got = findings_of({{"t", questions(16)}});
  ASSERT_EQ(got.size(), 1U) << to_string(got);
  EXPECT_EQ(got[0].code, "long-way-to-a-person");
  EXPECT_TRUE(got[0].is_warning);
}

TEST(Check, TheLongestWayGoesThroughCallsAndTakesLoopsOnce) {
  std::vector<Problem> problems;
  std::vector<Source> sources = {small_texts(), small_slots()};
  sources.push_back({"t.yaml", R"(dialog: t
title: { en: Tango, zh: 探戈 }
steps:
  a:
    choose: { en: x, zh: x }
    options:
      - { id: p, label: { en: Again, zh: 再来 }, next: a }
      - { id: q, label: { en: On, zh: 继续 }, next: b }
      - { id: r, label: { en: Out, zh: 出去 }, next: person }
  b: { call: u, next: person }
  person: { escalate: { en: Wait, zh: 请等 } }
)"});
  sources.push_back({"u.yaml", R"(dialog: u
title: { en: Uniform, zh: 制服 }
steps:
  a: { ask: serial, next: b }
  b: { ask: contact, next: return }
)"});
  const auto set = parse(sources, problems);
  ASSERT_TRUE(set) << to_string(problems);
  const auto ways = longest_ways(*set);
  ASSERT_EQ(ways.size(), 2U);
  EXPECT_EQ(ways[0].dialog, "t");
  EXPECT_EQ(ways[0].answers, 3U);
  EXPECT_THAT(ways[0].steps, testing::ElementsAre("t/a", "t/b", "u/a", "u/b", "t/person"));
  EXPECT_EQ(ways[1].answers, 0U);
}

TEST(Check, ASlotAskedOnEveryWayMayBeUsed) {
  const std::string start =
      "  a:\n    choose: { en: x, zh: x }\n    options:\n      - { id: p, label: { en: P, zh: 甲 }, next: b }\n      - { id: q, "
      "label: { "
      "en: Q, zh: 乙 }, next: c }\n";
  const std::string use = "  d: { say: { en: \"Hi {{contact}}\", zh: \"{{contact}}\" }, next: end }\n";
  EXPECT_EQ(findings(start + "  b: { ask: contact, next: d }\n  c: { ask: contact, next: d }\n" + use + kEnd), "");
  EXPECT_THAT(findings(start + "  b: { ask: contact, next: d }\n  c: { ask: serial, next: d }\n" + use + kEnd),
              HasSubstr("names {{contact}}, which may have no value on the way a → c → d"));
}

TEST(Check, ABranchOnKnownGuardsALookUp) {
  EXPECT_EQ(
      findings(
          std::string("  s: { ask: serial, next: a }\n  a:\n    branch: [ { when: { slot: serial, known: false }, next: end } ]\n"
                      "    else: b\n  b: { lookup: warranty, with: { serial: \"{{serial}}\" }, save: { state: s }, next: c, "
                      "failed: end }\n  c: { say: { en: \"It is {{state}}\", zh: \"{{state}}\" }, next: end }\n") +
          kEnd),
      "");
}

TEST(Check, AnExhaustiveBranchNeedsNoOtherCase) {
  EXPECT_EQ(
      findings(
          std::string(
              "  a:\n    choose: { en: x, zh: x }\n    slot: os\n    options:\n      - { id: p, label: { en: P, zh: 甲 }, "
              "next: b }\n      - { id: q, label: { en: Q, zh: 乙 }, next: b }\n  b:\n    branch: [ { when: { slot: os, is: p "
              "}, next: end }, { when: { slot: os, is: Q }, next: c } ]\n    else: end\n  c: { say: { en: x, zh: x }, next: "
              "end }\n") +
          kEnd),
      "");
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
  EXPECT_THAT(findings(std::string("  a: { say: { en: \"Hi {{contcat}}\", zh: 您好 }, next: end }\n") + kEnd),
              HasSubstr("{{contcat}}, but nothing ever fills it (did you mean {{contact}}?)"));
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

TEST(Check, ASlotOfAScriptWithoutChineseOrHintIsFound) {
  const std::string got = findings(std::string("  a: { ask: own, next: end }\n") + kEnd,
                                   "slots:\n  own:\n    type: serial\n    pattern: '[0-9]{4}'\n    ask: { en: \"Number?\" }\n");
  EXPECT_THAT(got, HasSubstr("the question for 'own' has no 'zh' text"));
  EXPECT_THAT(got, HasSubstr("'own' has a pattern but no 'pattern_hint'"));
}

TEST(Check, PhrasesWithoutSourcesNameTheFirstLine) {
  std::vector<Problem> problems;
  const std::string end(kEnd);
  std::vector<Source> sources = {small_texts(), small_slots()};
  sources.push_back(
      {"t.yaml", "dialog: t\ntitle: { en: T, zh: 题 }\ntriggers: { phrases: { en: [tea], zh: [茶] } }\nsteps:\n" + end});
  sources.push_back(
      {"u.yaml", "dialog: u\ntitle: { en: U, zh: 目 }\ntriggers: { phrases: { en: [Tea!], zh: [水] } }\nsteps:\n" + end});
  const auto set = parse(sources, problems);
  ASSERT_TRUE(set) << to_string(problems);
  EXPECT_THAT(to_string(check(*set, {})), HasSubstr("u.yaml:1:1: “tea” starts 't' and 'u'"));
  EXPECT_THAT(to_string(check(*set, {.sources = &sources})), HasSubstr("u.yaml:3:29: “tea” starts 't' and 'u'"));
}

TEST(Check, TheShippedScriptsAreClean) {
  ASSERT_TRUE(shipped_scripts());
  const std::vector<Source> sources = shipped_sources();
  EXPECT_EQ(with_codes(check(*shipped_scripts(), shipped_world(sources))), "");
}

}  // namespace
}  // namespace usher::dialogs
