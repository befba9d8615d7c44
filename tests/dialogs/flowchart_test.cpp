#include "dialogs/flowchart.h"

#include <gtest/gtest.h>

#include "dialogs/rehearsal.h"
#include "tests/dialogs/scripts.h"

namespace usher::dialogs {
namespace {

// What a beginner of the flowchart notation would write about a bicycle lamp.
constexpr const char* kLamp = R"json({
  "name": "Lamp dark", "problem": "my bicycle lamp stays dark", "start": "q1",
  "nodes": {
    "q1": {"prompt": "Does the lamp have a battery?", "terminal": false, "answers": {"yes": "q2", "no": "q3"}},
    "q2": {"prompt": "What colour is the charge light?", "terminal": false, "answers": {"red / orange": "t1", "green": "w1", "off": "t2"}},
    "q3": {"prompt": "Turn the wheel. Does the dynamo touch the tyre?", "answers": {"Yes, it does": "t2", "No": "t3"}},
    "w1": {"prompt": "Press the switch for five seconds.", "answers": {"done": "q3"}},
    "t1": {"prompt": "Charge it \"overnight\".", "terminal": true, "answers": {}},
    "t2": {"prompt": "The lamp is broken: bring it in.", "terminal": true, "end": "escalated"},
    "t3": {"prompt": "Push the dynamo against the tyre.", "terminal": true}
  }
})json";

std::shared_ptr<const ScriptSet> scripts_of(const ImportedFlowchart& chart) {
  std::vector<Problem> problems;
  auto scripts = parse_with({{chart.name + ".yaml", chart.yaml}}, problems);
  EXPECT_TRUE(scripts) << to_string(problems) << chart.yaml;
  return scripts;
}

TEST(Flowchart, BecomesAScriptThatParses) {
  std::vector<Problem> problems;
  const auto chart = import_flowchart({"lamp.json", kLamp}, problems);
  ASSERT_TRUE(chart) << to_string(problems);
  EXPECT_TRUE(problems.empty()) << to_string(problems);
  EXPECT_EQ(chart->name, "lamp-dark");
  const auto scripts = scripts_of(*chart);
  ASSERT_TRUE(scripts);
  const Script* script = scripts->find("lamp-dark");
  ASSERT_NE(script, nullptr);
  EXPECT_EQ(script->start, "q1");
  EXPECT_TRUE(script->enter_midway);
  EXPECT_EQ(script->order.size(), 7U);
  EXPECT_TRUE(std::holds_alternative<Wait>(script->find("w1")->kind));
  EXPECT_TRUE(std::holds_alternative<Escalate>(script->find("t2")->kind));
  EXPECT_EQ(std::get<Resolve>(script->find("t1")->kind).text.in("en"), "Charge it \"overnight\".");
  const auto& colours = std::get<Choose>(script->find("q2")->kind).options;
  ASSERT_EQ(colours.size(), 3U);
  EXPECT_EQ(colours[0].id, "red-orange");
  EXPECT_EQ(colours[0].words.at("en"), (std::vector<std::string>{"red", "orange"}));
  EXPECT_EQ(colours[2].id, "off");
}

TEST(Flowchart, IsWalkedInWordsToEveryEnd) {
  std::vector<Problem> problems;
  const auto chart = import_flowchart({"lamp.json", kLamp}, problems);
  ASSERT_TRUE(chart);
  const auto scripts = scripts_of(*chart);
  ASSERT_TRUE(scripts);
  for (const char* text :
       {"entry: lamp-dark\ncustomer: my lamp is dark\nbot: have a battery\ncustomer: yes it has\nbot: charge light\n"
        "customer: it's orange\nbot: overnight\nstep: lamp-dark/t1\nend: resolved\n",
        "entry: lamp-dark\ncustomer: hi, the lamp\ncustomer: nope\nbot: dynamo\ncustomer: no, it doesn't\nbot: Push\n"
        "step: lamp-dark/t3\nend: resolved\n",
        "entry: lamp-dark\ncustomer: hi, the lamp\npress: yes\ncustomer: green\nbot: five seconds\ncustomer: ok I did that\n"
        "bot: Turn the wheel\ncustomer: yes it does\nstep: lamp-dark/t2\nend: escalated\n"}) {
    const Rehearsed r = rehearse({"lamp.txt", text}, *scripts);
    EXPECT_TRUE(r.problems.empty()) << to_string(r.problems);
  }
}

TEST(Flowchart, NamesTheNodeOfEveryMistake) {
  std::vector<Problem> problems;
  EXPECT_FALSE(import_flowchart({"x.json", R"({"name": "x", "problem": "p", "start": "n9",
 "nodes": {
  "n1": {"prompt": "A?", "answers": {"yes": "n22", "no": "n2"}},
  "n2": {"prompt": "", "terminal": true}}})"},
                                problems));
  const std::string all = to_string(problems);
  EXPECT_NE(all.find("x.json:3:1: the answer 'yes' of node 'n1' leads to 'n22'"), std::string::npos) << all;
  EXPECT_NE(all.find("did you mean 'n2'?"), std::string::npos) << all;
  EXPECT_NE(all.find("x.json:4:1: node 'n2' says nothing"), std::string::npos) << all;
  EXPECT_NE(all.find("'start' is 'n9'"), std::string::npos) << all;
}

TEST(Flowchart, ThatIsNoJsonIsRefusedWithItsLine) {
  std::vector<Problem> problems;
  EXPECT_FALSE(import_flowchart({"x.json", "{\n\"name\": }"}, problems));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].line, 2);
  for (const char* wrong : {"[]", "{}", "null", R"({"nodes": []})", R"({"nodes": {"a": 1}, "start": "a"})", R"({"nodes": {}})"}) {
    std::vector<Problem> found;
    EXPECT_FALSE(import_flowchart({"x.json", wrong}, found)) << wrong;
    EXPECT_FALSE(found.empty()) << wrong;
  }
}

TEST(Flowchart, LeavesOutWhatNobodyReachesAndWarns) {
  std::vector<Problem> problems;
  const auto chart = import_flowchart(
      {"x.json",
       R"({"name": "x", "problem": "p", "start": "a", "nodes": {"a": {"prompt": "End."}, "b": {"prompt": "Lost", "terminal": true}}})"},
      problems);
  ASSERT_TRUE(chart);
  ASSERT_EQ(problems.size(), 2U) << to_string(problems);
  EXPECT_TRUE(problems[0].is_warning && problems[1].is_warning);
  EXPECT_EQ(chart->yaml.find("Lost"), std::string::npos);
}

TEST(Flowchart, WhatStandsTwiceIsNotLostWithoutAWord) {
  const auto read = [](const std::string& nodes) {
    std::vector<Problem> problems;
    const auto chart = import_flowchart({"x.json", R"({"name": "x", "problem": "p", "start": "a",
 "nodes": {)" + nodes + "}}"},
                                        problems);
    return std::pair(chart.has_value(), to_string(problems));
  };
  const std::string ends = R"("b": {"prompt": "B.", "terminal": true}, "c": {"prompt": "C.", "terminal": true})";
  auto [ok, said] = read(R"("a": {"prompt": "?", "answers": {"yes": "b", "yes": "c", "no": "b"}}, )" + ends);
  EXPECT_FALSE(ok);
  EXPECT_NE(said.find("x.json:2"), std::string::npos) << said;
  EXPECT_NE(said.find("'yes' is written twice"), std::string::npos) << said;
  std::tie(ok, said) = read(R"("a": {"prompt": "?", "answers": {"yes": "b", "no": "c"}}, "a": {"prompt": "!"}, )" + ends);
  EXPECT_FALSE(ok);
  EXPECT_NE(said.find("'a' is written twice"), std::string::npos) << said;
  // The same label in another case: whoever says it may mean either.
  std::tie(ok, said) = read(R"("a": {"prompt": "?", "answers": {"Yes": "b", "YES ": "c", "yes": "b"}}, )" + ends);
  EXPECT_TRUE(ok);
  EXPECT_NE(said.find("stands twice and leads to 'b' and to 'c'"), std::string::npos) << said;
  EXPECT_NE(said.find("stands twice: once is enough"), std::string::npos) << said;
}

TEST(Flowchart, ACircleWithoutAnEndIsWarnedOf) {
  std::vector<Problem> problems;
  const auto chart = import_flowchart({"x.json", R"({"name": "x", "problem": "p", "start": "a", "nodes": {
    "a": {"prompt": "Again?", "answers": {"yes": "b", "no": "c"}}, "b": {"prompt": "More?", "answers": {"yes": "b", "no": "b"}},
    "c": {"prompt": "C.", "terminal": true}}})"},
                                      problems);
  EXPECT_TRUE(chart);
  ASSERT_EQ(problems.size(), 1U) << to_string(problems);
  EXPECT_NE(problems[0].message.find("'b'"), std::string::npos);
  EXPECT_EQ(problems[0].line, 2);
}

TEST(Flowchart, HasANameOfItsOwnInAnyScript) {
  EXPECT_EQ(flowchart_name("Car won't start!"), "car-wont-start");
  EXPECT_EQ(flowchart_name("handover"), "handover-script");
  EXPECT_EQ(flowchart_name(""), "flowchart");
  const std::string chinese = flowchart_name("电脑开不了机");
  EXPECT_TRUE(chinese.starts_with("flowchart-")) << chinese;
  EXPECT_EQ(chinese, flowchart_name(" 电脑开不了机 "));
  EXPECT_NE(chinese, flowchart_name("空调不冷"));
  // What came of it is a name as well: it stays as it is.
  EXPECT_EQ(flowchart_name(chinese), chinese);
}

TEST(Flowchart, KeepsAwkwardIdsAndLabelsApart) {
  std::vector<Problem> problems;
  const auto chart =
      import_flowchart({"x.json", R"({"name": "Ölstand: 10%!", "problem": "油不够 {{x}}", "start": "N 1", "nodes": {
    "N 1": {"prompt": "Wie viel: \"genug\"?\nSchau nach.", "answers": {"> 10": "no", "< 10": "n-1", "有": "return", "": "no"}},
    "n-1": {"prompt": "电池电量够吗？", "answers": {"是": "no", "不是": "return"}},
    "no": {"prompt": "Gut.", "terminal": true}, "return": {"prompt": "Nachfüllen.", "terminal": true}}})"},
                       problems);
  ASSERT_TRUE(chart) << to_string(problems);
  const auto scripts = scripts_of(*chart);
  ASSERT_TRUE(scripts);
  ASSERT_EQ(scripts->scripts.size(), 1U);
  const Script& script = scripts->scripts.begin()->second;
  EXPECT_EQ(script.name, "lstand-10-percent");
  EXPECT_EQ(script.start, "n-1-2");
  EXPECT_EQ(script.title.in("zh"), "油不够 { {x}}");
  const auto& options = std::get<Choose>(script.find("n-1-2")->kind).options;
  ASSERT_EQ(options.size(), 4U);
  EXPECT_EQ(options[0].id, "above-10");
  EXPECT_EQ(options[1].id, "below-10");
  EXPECT_EQ(options[2].id, "yes");
  EXPECT_EQ(options[3].id, "answer-4");
}

TEST(Flowchart, TakesUnsureAnswersAndWholeRanges) {
  std::vector<Problem> problems;
  const auto chart = import_flowchart({"x.json", R"({"name": "x", "problem": "it is hot", "start": "a", "nodes": {
    "a": {"prompt": "How old is it?", "answers": {"less than 2 years": "b", "2 years or more": "c", "Not sure": "c", "broken or lost": "d"}},
    "d": {"prompt": "Who lost it?", "answers": {"me": "b", "Somebody or unknown": "c"}},
    "b": {"prompt": "Keep it.", "terminal": true}, "c": {"prompt": "Replace it.", "terminal": true}}})"},
                                      problems);
  ASSERT_TRUE(chart) << to_string(problems);
  const auto scripts = scripts_of(*chart);
  ASSERT_TRUE(scripts);
  const auto& options = std::get<Choose>(scripts->find("x")->find("a")->kind).options;
  EXPECT_TRUE(options[0].words.empty());
  EXPECT_TRUE(options[1].words.empty());
  EXPECT_EQ(options[2].words.at("en"), (std::vector<std::string>{"don't know", "not sure", "no idea", "can't tell"}));
  EXPECT_EQ(options[3].words.at("en"), (std::vector<std::string>{"broken", "lost"}));
  const auto& who = std::get<Choose>(scripts->find("x")->find("d")->kind).options;
  EXPECT_EQ(who[1].words.at("en"),
            (std::vector<std::string>{"Somebody", "unknown", "don't know", "not sure", "no idea", "can't tell"}));
  const Rehearsed r =
      rehearse({"x.txt", "entry: x\ncustomer: hello, it is me\ncustomer: no idea, sorry\nstep: x/c\nend: resolved\n"}, *scripts);
  EXPECT_TRUE(r.problems.empty()) << to_string(r.problems);
}

}  // namespace
}  // namespace usher::dialogs
