// Several messages weighed together, and messages that are no answers: turn_ahead.cpp, acknowledge.h.
#include <gtest/gtest.h>

#include "dialogs/acknowledge.h"
#include "tests/dialogs/talk.h"

namespace usher::dialogs {
namespace {

std::shared_ptr<const ScriptSet> lamp() {
  return desk({{"lamp.yaml", R"(dialog: lamp
title: { en: Lamp dark, zh: 灯不亮 }
triggers: { phrases: { en: [lamp is dark], zh: [灯不亮] } }
steps:
  cable:
    choose: { en: "Is the cable plugged in?", zh: "线插好了吗？" }
    options:
      - { id: "yes", label: { en: "Yes", zh: 是 }, next: colour }
      - { id: "no", label: { en: "No", zh: 否 }, next: plug }
  colour:
    choose: { en: "What colour is the small light on the adapter?", zh: "适配器上的小灯是什么颜色？" }
    options:
      - { id: red, label: { en: Red, zh: 红色 }, next: burnt }
      - { id: green, label: { en: Green, zh: 绿色 }, next: bulb }
      - { id: dark, label: { en: "Off", zh: 不亮 }, next: burnt }
  bulb:
    choose: { en: "Does the bulb rattle when you shake it?", zh: "晃一晃灯泡，有声音吗？" }
    options:
      - { id: "yes", label: { en: "Yes", zh: 有 }, next: new-bulb }
      - { id: "no", label: { en: "No", zh: 没有 }, next: burnt }
  plug: { resolve: { en: "Plug it in.", zh: "请插上。" } }
  burnt: { resolve: { en: "The adapter has failed.", zh: "适配器坏了。" } }
  new-bulb: { resolve: { en: "Put in a new bulb.", zh: "请换灯泡。" } }
)"}});
}

Talk begun() {
  Talk t(lamp());
  t.on(Said{"my lamp is dark", "", "", 0, ""}, "lamp");
  EXPECT_EQ(t.state.step, "cable");
  return t;
}

TEST(Ahead, AMessageThatAnswersTheNextQuestionTellsWhatTheOneBeforeMeant) {
  Talk t = begun();
  t.say("I crawled under the desk");
  EXPECT_EQ(t.state.step, "cable");
  EXPECT_EQ(t.state.misunderstood, 1);
  EXPECT_EQ(t.state.unread, std::vector<std::string>{"I crawled under the desk"});
  t.say("it is green now");
  EXPECT_EQ(t.state.step, "bulb") << t.why("reask");
  EXPECT_TRUE(t.traced("read-ahead"));
  EXPECT_NE(t.text().find("“Yes”"), std::string::npos) << t.text();
  EXPECT_TRUE(t.state.unread.empty());
  EXPECT_EQ(t.state.misunderstood, 0);
}

TEST(Ahead, BackTakesTheAssumedAnswerBack) {
  Talk t = begun();
  t.say("I crawled under the desk").say("it is green now");
  ASSERT_EQ(t.state.step, "bulb");
  t.say("back");
  EXPECT_EQ(t.state.step, "cable");
  t.press("no");
  EXPECT_EQ(t.state.last_step, "plug");
}

TEST(Ahead, ASecondTryAnswersTheQuestionThatWasAskedAgain) {
  for (const char* words : {"yes", "it is plugged in", "1"}) {
    Talk t = begun();
    t.say("I crawled under the desk").say(words);
    EXPECT_EQ(t.state.step, "colour") << words;
    EXPECT_FALSE(t.traced("read-ahead")) << words;
  }
  Talk t = begun();
  t.say("I crawled under the desk").press("no");
  EXPECT_EQ(t.state.last_step, "plug");
}

TEST(Ahead, AFirstMessageIsNeverReadAhead) {
  Talk t = begun();
  t.say("it is green now");
  EXPECT_EQ(t.state.step, "cable");
}

TEST(Ahead, WhatWasNotUnderstoodElsewhereIsForgotten) {
  Talk t = begun();
  t.press("yes").say("the sky is high");
  ASSERT_EQ(t.state.misunderstood, 1);
  t.say("back");
  ASSERT_EQ(t.state.step, "cable");
  t.say("it is green now");
  EXPECT_EQ(t.state.step, "cable");
  EXPECT_EQ(t.state.unread, std::vector<std::string>{"it is green now"});
}

TEST(Ahead, ADangerIsAskedAloud) {
  Talk t(desk({{"smell.yaml", R"(dialog: smell
title: { en: It smells, zh: 有味道 }
steps:
  where:
    choose: { en: "Is it the charger that smells?", zh: "是充电器有味道吗？" }
    options:
      - { id: "yes", label: { en: "Yes", zh: 是 }, next: smoke }
      - { id: "no", label: { en: "No", zh: 否 }, next: done }
  smoke:
    choose: { en: "Does smoke come out of it?", zh: "冒烟吗？" }
    options:
      - { id: "yes", label: { en: "Yes", zh: 是 }, next: danger }
      - { id: "no", label: { en: "No", zh: 否 }, next: done }
  danger: { escalate: { en: "Unplug it and leave the room.", zh: "请拔掉电源并离开。" }, priority: P1 }
  done: { resolve: { en: "Then all is well.", zh: "那就没事。" } }
)"}}));
  t.on(Said{"it smells", "", "", 0, ""}, "smell");
  t.say("I am in the kitchen").say("no smoke comes out of it");
  EXPECT_NE(t.state.last_step, "done");
}

TEST(Ahead, WhoAsksForTimeIsNotMisunderstood) {
  Talk t = begun();
  for (const char* words : {"one moment please", "let me check", "thanks!"}) {
    t.say(words);
    EXPECT_EQ(t.state.step, "cable") << words;
    EXPECT_EQ(t.state.misunderstood, 0) << words;
    EXPECT_EQ(t.offered(), "yes no") << words;
  }
}

TEST(Ahead, WhatTheFirstMessageToldMayBeSaidAgain) {
  Talk t(desk({{"car.yaml", R"(dialog: car
title: { en: Car does not start, zh: 车发动不了 }
enter_midway: true
steps:
  turns:
    choose: { en: "Does the engine turn over when you turn the key?", zh: "发动机转吗？" }
    options:
      - { id: "yes", label: { en: "Yes", zh: 是 }, next: fuel }
      - { id: "no", label: { en: "No", zh: 否 }, next: battery }
  fuel:
    choose: { en: "Fuel gauge above a quarter?", zh: "油够吗？" }
    options:
      - { id: "yes", label: { en: "Yes", zh: 是 }, next: garage }
      - { id: "no", label: { en: "No", zh: 否 }, next: battery }
  battery: { resolve: { en: "Charge the battery.", zh: "请充电。" } }
  garage: { resolve: { en: "Have it towed.", zh: "请拖车。" } }
)"}}));
  t.on(Said{"Van turns over but won't start", "", "", 0, ""}, "car");
  ASSERT_EQ(t.state.step, "fuel");
  t.say("It turns over fine");
  EXPECT_EQ(t.state.step, "fuel");
  EXPECT_EQ(t.state.misunderstood, 0);
  t.say("no");
  EXPECT_EQ(t.state.last_step, "battery");
}

TEST(Acknowledge, TakesNoteAndPromises) {
  for (const char* words :
       {"Okay, I will do that.", "Got it", "great, thanks for your help", "That makes sense. I'll get it serviced. Thank you!",
        "Alright, I'll take it to the shop tomorrow", "It worked! I am so happy", "perfect, that solved it", "好的，我试试",
        "知道了谢谢", "行，那我换一下", "没问题", "谢谢师傅，我明天去买"})
    EXPECT_TRUE(acknowledges(words)) << words;
}
TEST(Acknowledge, ATroubleOrAQuestionIsMoreThanThat) {
  for (const char* words : {"", "ok but now my printer does not print", "it still does not work", "great, how much is it?",
                            "my screen is dark", "I will not do that", "thanks, and what does it cost", "好的但是还是不行",
                            "好的，多少钱", "我的打印机坏了", "ok, agent please"})
    EXPECT_FALSE(acknowledges(words)) << words;
}
TEST(Acknowledge, AfterTheEndItIsNoNewProblem) {
  Talk t = begun();
  t.press("no");
  ASSERT_EQ(t.state.end, "resolved");
  t.say("Okay, I will do that.");
  EXPECT_EQ(t.state.end, "resolved");
  EXPECT_EQ(t.state.last_step, "plug");
  EXPECT_TRUE(t.traced("goodbye"));
}

}  // namespace
}  // namespace usher::dialogs
