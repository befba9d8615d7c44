#include "dialogs/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dialogs/scripts.h"

namespace usher::dialogs {
namespace {

constexpr const char* kGood = R"(dialog: t
title: { en: T, zh: 题 }
triggers: { phrases: { en: [tea] }, patterns: ['te+a'] }
steps:
  a:
    choose: { en: "Well?", zh: "好吗？" }
    options:
      - { id: yes, label: { en: "Yes" }, words: { en: [aye] }, next: b, set: { x: "1" } }
      - { id: no, label: { en: "No" }, next: b }
    tried: Asked
  b:
    article: search
    solved: c
    unsolved: dialog:t
  c:
    resolve: { en: Bye }
)";

std::vector<Problem> problems_of(const std::string& script) {
  std::vector<Problem> problems;
  EXPECT_EQ(parse_with({{"t.yaml", script}}, problems), nullptr) << script;
  EXPECT_FALSE(problems.empty()) << script;
  return problems;
}

TEST(Parse, AGoodScriptBecomesWhatIsWritten) {
  std::vector<Problem> problems;
  const auto set = parse_with({{"t.yaml", kGood}}, problems);
  ASSERT_TRUE(set) << to_string(problems);
  const Script& t = *set->find("t");
  EXPECT_EQ(t.start, "a");
  EXPECT_EQ(t.order, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(t.hash.size(), 64U);
  EXPECT_TRUE(t.slots.contains("serial"));
  const auto& choose = std::get<Choose>(t.find("a")->kind);
  EXPECT_EQ(choose.options[0].next, "b");
  EXPECT_EQ(choose.options[0].set.at("x"), "1");
  EXPECT_EQ(choose.options[0].at.line, 8);
  EXPECT_EQ(t.find("a")->tried, "Asked");
  EXPECT_TRUE(std::get<ShowArticle>(t.find("b")->kind).id.empty());
  EXPECT_FALSE(set->greeting.in("zh").empty());
  EXPECT_EQ(set->find("nobody"), nullptr);
}

TEST(Parse, TheShippedScriptsAreFreeOfProblems) {
  std::vector<Problem> problems;
  EXPECT_TRUE(parse(shipped_sources(), problems)) << to_string(problems);
}

struct Row {
  const char* name;
  const char* from;  // replaced in kGood …
  const char* to;    // … by this
  int line, column;
  const char* message;  // part of
  const char* hint;     // part of
};

class ParseProblem : public testing::TestWithParam<Row> {};

TEST_P(ParseProblem, IsReportedWithItsPlaceAndAHint) {
  const Row& row = GetParam();
  std::string script = kGood;
  const auto at = script.find(row.from);
  ASSERT_NE(at, std::string::npos);
  script.replace(at, std::string(row.from).size(), row.to);
  const auto problems = problems_of(script);
  ASSERT_FALSE(problems.empty());
  bool found = false;
  for (const Problem& p : problems) {
    found = found || (p.file == "t.yaml" && p.line == row.line && p.column == row.column && p.message.contains(row.message) &&
                      p.hint.contains(row.hint));
  }
  EXPECT_TRUE(found) << to_string(problems);
}

INSTANTIATE_TEST_SUITE_P(
    Scripts, ParseProblem,
    testing::Values(
        Row{"MissingStep", "next: b, set", "next: bb, set", 8, 70, "no step 'bb'", "did you mean 'b'"},
        Row{"UnknownStepKey", "    tried: Asked", "    tryed: Asked", 10, 5, "no key 'tryed'", "did you mean 'tried'"},
        Row{"UnknownStepKind", "    resolve:", "    resolv:", 15, 3, "the step 'c' does nothing", "did you mean 'resolve'"},
        Row{"UnknownTopKey", "triggers:", "trigers:", 3, 1, "no key 'trigers'", "did you mean 'triggers'"},
        Row{"DuplicateStep", "  c:\n", "  a:\n", 15, 3, "'a' is written twice", "line 5"},
        Row{"DuplicateKey", "    solved: c\n", "    solved: c\n    solved: c\n", 14, 5, "'solved' is written twice", "line 13"},
        Row{"MissingEnglish", "resolve: { en: Bye }", "resolve: { zh: 再见 }", 16, 14, "no English text", "add en"},
        Row{"EmptyText", "resolve: { en: Bye }", "resolve: { en: \"\" }", 16, 20, "is empty", "write the text"},
        Row{"TextNotAMapping", "resolve: { en: Bye }", "resolve: Bye", 16, 14, "must be a mapping, but is a text", "{ en:"},
        Row{"ColumnCountsCharacters", "zh: \"好吗？\" }", "zh: \"好吗？\", e1: x }", 6, 39, "'e1' is not a language", "use en"},
        Row{"MissingNext", ", next: b }", " }", 9, 9, "needs 'next'", "next: <step>"},
        Row{"MissingUnsolved", "    unsolved: dialog:t\n", "", 11, 3, "needs 'unsolved'", "unsolved:"},
        Row{"UnknownDialog", "dialog:t\n", "dialog:tt\n", 14, 15, "no script 'tt'", "did you mean 'dialog:t'"},
        Row{"OneOption", "      - { id: no, label: { en: \"No\" }, next: b }\n", "", 8, 7, "at least two options", "add one"},
        Row{"SameOptionId", "id: no", "id: yes", 9, 15, "two options have the id 'yes'", "its own"},
        Row{"BadPattern", "'te+a'", "'te(a'", 3, 48, "is not valid", "re2"},
        Row{"BadName", "dialog: t\n", "dialog: T t\n", 1, 9, "'T t' is not a script name", "small letters"},
        Row{"OtherFileName", "dialog: t\n", "dialog: u\n", 1, 9, "its file 't'", "rename"},
        Row{"NoTitle", "title: { en: T, zh: 题 }\n", "", 1, 1, "no 'title'", "title:"},
        Row{"WrongStart", "triggers:", "start: nowhere\ntriggers:", 3, 8, "no step 'nowhere'", "add the step"},
        Row{"TwoKinds", "    article: search", "    article: search\n    say: { en: x }", 13, 5, "has both 'article' and 'say'",
            "two steps"},
        Row{"SetNotAMapping", "set: { x: \"1\" }", "set: one", 8, 78, "'set' must be a mapping", "{ slot: value }"},
        Row{"BadFlag", "    solved: c\n", "    ask_if_solved: maybe\n    solved: c\n", 13, 20, "must be true or false", "true"},
        Row{"BadPriority", "resolve: { en: Bye }", "escalate: { en: Bye }\n    priority: P9", 17, 15, "no priority 'P9'", "P1"},
        Row{"BrokenYaml", "steps:\n", "steps: [\n", 6, 11, "not YAML", ""},
        Row{"SecondDocument", "    resolve: { en: Bye }\n", "    resolve: { en: Bye }\n---\nx: 1\n", 17, 1, "second document",
            "---"}),
    [](const testing::TestParamInfo<Row>& param) { return param.param.name; });

TEST(Parse, EveryProblemIsReportedNotOnlyTheFirst) {
  const auto problems = problems_of(
      "dialog: t\ntitle: { en: T }\nsteps:\n  a: { say: { en: x }, next: q }\n  b: { say: { en: y }, nxt: a }\n  c: { ask: "
      "serial, next: z }\n");
  EXPECT_GE(problems.size(), 4U) << to_string(problems);
}

TEST(Parse, SlotsAreCheckedLikeScripts) {
  std::vector<Problem> problems;
  const std::string slots =
      "slots:\n  a:\n    type: serail\n    checksum: crc\n    pattern: '('\n    max_length: many\n    requird: false\n  b: "
      "text\n";
  EXPECT_EQ(parse({{"slots.yaml", slots}, shipped("texts.yaml")}, problems), nullptr);
  const std::string all = to_string(problems);
  EXPECT_THAT(all, testing::HasSubstr("slots.yaml:3:11: there is no slot type 'serail' (did you mean 'serial'?)"));
  EXPECT_THAT(all, testing::HasSubstr("slots.yaml:4:15: there is no checksum 'crc'"));
  EXPECT_THAT(all, testing::HasSubstr("slots.yaml:5:14: the pattern '(' is not valid"));
  EXPECT_THAT(all, testing::HasSubstr("slots.yaml:6:17: 'max_length' must be a number"));
  EXPECT_THAT(all, testing::HasSubstr("slots.yaml:7:5: a slot has no key 'requird' (did you mean 'required'?)"));
  EXPECT_THAT(all, testing::HasSubstr("slots.yaml:8:6: the slot 'b' must be a mapping"));
}

TEST(Parse, AMissingTextIsNamedAndAMisspeltOnePointedOut) {
  std::string texts = shipped("texts.yaml").bytes;
  const auto at = texts.find("  goodbye:");
  ASSERT_NE(at, std::string::npos);
  texts.replace(at, 10, "  godbye:");
  std::vector<Problem> problems;
  EXPECT_EQ(parse({{"texts.yaml", texts}}, problems), nullptr);
  ASSERT_EQ(problems.size(), 1U) << to_string(problems);
  EXPECT_EQ(problems[0].message, "the text 'goodbye' is missing");
  EXPECT_THAT(problems[0].hint, testing::HasSubstr("'godbye'"));
  problems.clear();
  EXPECT_EQ(parse({}, problems), nullptr);
  EXPECT_EQ(problems.at(0).file, "texts.yaml");
}

TEST(Parse, HostileFilesAreRefusedNotSuffered) {
  std::string bomb = "dialog: t\nx: &a [1,1,1,1,1,1,1,1,1]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb += fmt::format("{}: &{} [*{},*{},*{},*{},*{},*{},*{},*{},*{}]\n", c, c, char(c - 1), char(c - 1), char(c - 1),
                        char(c - 1), char(c - 1), char(c - 1), char(c - 1), char(c - 1), char(c - 1));
  }
  for (const std::string& bytes :
       {bomb, std::string(100'000, '['), std::string("\xff\xfe"), std::string(), std::string("- a\n- b\n"),
        std::string("dialog:\n"), std::string("? [a]\n: b\n"), std::string("dialog: t\nsteps: &s {a: *s}\n")}) {
    problems_of(bytes);
  }
}

TEST(Parse, AnEditChangesTheHash) {
  std::vector<Problem> problems;
  const auto a = parse_with({{"t.yaml", kGood}}, problems);
  const auto b = parse_with({{"t.yaml", std::string(kGood) + "# edited\n"}}, problems);
  ASSERT_TRUE(a && b);
  EXPECT_NE(a->find("t")->hash, b->find("t")->hash);
}

}  // namespace
}  // namespace usher::dialogs
