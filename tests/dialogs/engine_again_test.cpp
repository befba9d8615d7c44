// What happens when a customer is asked again: the same words once more, thanks without end, numbers and names of the list.
#include <gtest/gtest.h>

#include "base/text.h"
#include "dialogs/flowchart.h"
#include "dialogs/understand_ahead.h"
#include "tests/dialogs/talk.h"

namespace usher::dialogs {
namespace {

std::shared_ptr<const ScriptSet> pump() {
  return desk({{"pump.yaml", R"(dialog: pump
title: { en: Pump is quiet, zh: 水泵没声音 }
steps:
  fuel:
    choose: { en: "Is the tank full?", zh: "油箱满了吗？" }
    options:
      - { id: "yes", label: { en: "Yes", zh: 是 }, next: hum }
      - { id: "no", label: { en: "No", zh: 否 }, next: fill }
  hum:
    choose: { en: "Is the level above a half?", zh: "超过一半吗？" }
    options:
      - { id: "yes", label: { en: "Yes", zh: 是 }, next: age }
      - { id: "no", label: { en: "No", zh: 否 }, next: fill }
  age:
    choose: { en: "When was the filter changed?", zh: "滤芯什么时候换的？" }
    options:
      - { id: new, label: { en: "Within 2 years", zh: 两年内 }, next: done }
      - { id: old, label: { en: "Longer ago", zh: 更早 }, next: filter }
      - { id: never, label: { en: "Never or unknown", zh: 没换过 }, next: filter }
  fill: { resolve: { en: "Fill it up.", zh: "请加油。" } }
  filter: { resolve: { en: "Change the filter.", zh: "请换滤芯。" } }
  done: { resolve: { en: "Then it is the pump.", zh: "那就是泵坏了。" } }
)"}});
}

Talk begun() {
  Talk t(pump());
  t.on(Said{"the pump is quiet", "", "", 0, ""}, "pump");
  EXPECT_EQ(t.state.step, "fuel");
  return t;
}

TEST(Again, TheSameWordsOnceMoreAreNotReadAsTheAnswerToTheNextQuestion) {
  // "Half" would answer what comes next; said twice it is still about what was asked.
  for (const char* words : {"blue elephants", "about a half", "it reached three quarters"}) {
    Talk t = begun();
    t.say(words);
    if (t.state.step != "fuel") continue;
    t.say(words);
    EXPECT_FALSE(t.traced("read-ahead")) << words;
    EXPECT_NE(t.state.step, "age") << words;
  }
}

TEST(Again, WhoRepeatsWhatSaysNothingIsHandedOverAfterThreeTries) {
  Talk t = begun();
  t.say("blue elephants");
  EXPECT_EQ(t.offered(), "yes no");
  t.say("Blue elephants");
  EXPECT_EQ(t.offered(), "yes no");
  EXPECT_EQ(t.state.step, "fuel");
  t.say("blue elephants");
  EXPECT_NE(t.state.step, "fuel");
}

TEST(Again, WordsThatLeanToAnAnswerAreTakenWhenTheyAreSaidAgainAndThatIsSaidAloud) {
  const auto scripts = pump();
  const auto& asked = std::get<Choose>(scripts->find("pump")->find("fuel")->kind);
  int tried = 0;
  // Some of these lean, whatever the weights are today.
  for (const char* words : {"it was full but I drove a bit",
                            "filled it last week I believe",
                            "hardly, I would not call it full",
                            "nearly full",
                            "the gauge looks good to me",
                            "there should be plenty in it",
                            "it was full yesterday",
                            "should be full",
                            "sometimes full",
                            "full when it is cold",
                            "I filled it but it leaks",
                            "it got filled and then it rained",
                            "the small one is full",
                            "it is full in the morning",
                            "the other tank is full",
                            "was full, now it is not that full",
                            "full, well, half of it",
                            "my brother says it is full",
                            "the tank had a good amount",
                            "it could be full",
                            "empty or nearly"}) {
    const Leaning to = leaning(words, asked.options, "en", asked.text.in("en"), Lexicons::built_in());
    Talk t = begun();
    t.say(words);
    if (t.state.step != "fuel" || t.state.misunderstood != 1) continue;
    t.say(words);
    if (to.probability < 0.66) {
      EXPECT_EQ(t.state.step, "fuel") << words;
      continue;
    }
    ++tried;
    EXPECT_EQ(t.state.last_step, asked.options[to.best].next) << words;
    EXPECT_NE(t.text().find("I take your answer"), std::string::npos) << t.text();
    t.say("back");  // also where that answer ended the conversation
    EXPECT_EQ(t.state.step, "fuel");
    EXPECT_EQ(t.state.end, "");
  }
  EXPECT_GT(tried, 0) << "none of these words leans any more: the test needs others";
}

TEST(Again, ANumberIsAPlaceInTheListAfterWhichOfTheseAlsoWhereItCouldBeAnAmount) {
  Talk t = begun();
  t.press("yes").press("yes");
  ASSERT_EQ(t.state.step, "age");
  t.say("2");
  EXPECT_EQ(t.state.step, "age") << "2 years, or the second one?";
  t.say("2");
  EXPECT_EQ(t.state.last_step, "filter");

  Talk u = begun();
  u.press("yes").press("yes").say("qwfp zxcv").say("2.");
  EXPECT_EQ(u.state.last_step, "filter") << "words that say nothing do not make it an amount";
}

TEST(Again, ThanksAreNoMisunderstandingButDoNotGoOnForEver) {
  Talk t = begun();
  int asked = 0;
  while (t.state.step == "fuel" && asked < 20) {
    t.say("thanks!");
    ++asked;
  }
  EXPECT_EQ(asked, 6) << "three times it does not count, three times it does";

  Talk u = begun();
  u.say("one moment please").say("thanks").press("yes").say("one moment please").say("thanks").say("let me check");
  EXPECT_EQ(u.state.misunderstood, 0) << "an answer in between begins anew";
}

TEST(Again, AQuestionNobodyCanAnswerDoesNotGoOnForEver) {
  Talk t = begun();
  int asked = 0;
  while (t.state.step == "fuel" && asked < 20) {
    t.say("how do I find that?");
    ASSERT_NE(t.last<Search>(), nullptr);
    t.articles({});
    ++asked;
  }
  EXPECT_EQ(asked, 5);
}

TEST(Again, AQuestionAnsweredByTheSameArticleAgainAndAgainEndsAsWell) {
  Talk t = begun();
  int asked = 0;
  while (t.state.step == "fuel" && asked < 20) {
    t.say("how do I find that?").articles({{"tank", "The tank", "It is at the back.", 0.9}});
    ++asked;
  }
  EXPECT_EQ(asked, 6);
}

TEST(EnterMidway, AnOptionNamedBesideOtherThingsIsToldButNotOfAnotherThing) {
  const char* chart = R"({"name": "car", "problem": "Car does not start", "start": "n1", "nodes": {
    "n1": {"prompt": "Does the engine turn over?", "answers": {"Yes": "n3", "No": "n2"}},
    "n2": {"prompt": "How bright are the dashboard lights?", "answers": {"Bright": "n3", "Dim": "n4", "Not at all": "n5"}},
    "n3": {"prompt": "Three.", "terminal": true}, "n4": {"prompt": "Is the battery older than four years?", "answers": {"Yes": "n3", "No": "n5"}},
    "n5": {"prompt": "Five.", "terminal": true}}})";
  std::vector<Problem> problems;
  const auto imported = import_flowchart({"car.json", chart}, problems);
  ASSERT_TRUE(imported) << to_string(problems);
  const auto scripts = parse_with({{"car.yaml", imported->yaml}}, problems);
  ASSERT_TRUE(scripts) << to_string(problems);
  const auto stands = [&](const char* words) {
    Talk t(scripts);
    t.on(Said{words, "", "", 0, ""}, "car");
    return t.state.step;
  };
  EXPECT_EQ(stands("The engine does not turn over, the dashboard lights are dim and I am late for work"), "n4");
  EXPECT_EQ(stands("The engine does not turn over, it was dim in the garage and I am late"), "n2");
  EXPECT_EQ(stands("The engine does not turn over. Could the dashboard lights be dim?"), "n2");
  EXPECT_EQ(stands("The engine does not turn over. The dashboard lights were dim, now they are bright"), "n2");
}

// Every answer of a chart, as a driver may give it: what the option is called, in any case, its number, its id; at once and after
// the bot asked again.
TEST(Again, LabelsNumbersAndIdsAreTakenAtTheirWordAlsoAfterAReask) {
  const char* chart = R"({"name": "words", "problem": "It stopped", "start": "a", "nodes": {
    "a": {"prompt": "What do you see?", "answers": {"Not sure": "x1", "A red light, blinking!": "x2", "Back": "x3", "12 V": "x4", "NO": "x5"}},
    "x1": {"prompt": "End 1.", "terminal": true}, "x2": {"prompt": "End 2.", "terminal": true},
    "x3": {"prompt": "End 3.", "terminal": true}, "x4": {"prompt": "End 4.", "terminal": true},
    "x5": {"prompt": "End 5.", "terminal": true}}})";
  std::vector<Problem> problems;
  const auto imported = import_flowchart({"words.json", chart}, problems);
  ASSERT_TRUE(imported) << to_string(problems);
  const auto scripts = parse_with({{"words.yaml", imported->yaml}}, problems);
  ASSERT_TRUE(scripts) << to_string(problems);
  const auto& options = std::get<Choose>(scripts->find("words")->find("a")->kind).options;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const std::string label = options[i].label.in("en");
    for (const std::string& words : {label, text::to_lower_ascii(label), text::to_lower_ascii(label) + ".", "  " + label + " ",
                                     options[i].id, std::to_string(i + 1), std::to_string(i + 1) + "."}) {
      for (int again = 0; again < 3; ++again) {
        Talk t(scripts);
        t.on(Said{"hello", "", "", 0, ""}, "words");
        for (int k = 0; k < again; ++k) t.say("qwfp zxcv" + std::to_string(k));
        ASSERT_EQ(t.state.step, "a");
        t.say(words);
        EXPECT_EQ(t.state.last_step, options[i].next) << words << " after " << again << ": " << t.taken.why;
      }
    }
    Talk pressed(scripts);
    pressed.on(Said{"hello", "", "", 0, ""}, "words").say("qwfp").press(options[i].id);
    EXPECT_EQ(pressed.state.last_step, options[i].next);
  }
}

}  // namespace
}  // namespace usher::dialogs
