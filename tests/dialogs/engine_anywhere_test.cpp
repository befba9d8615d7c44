// What a customer may say at any time: questions of their own, corrections, status, language, a person.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dialogs/every_kind.h"

namespace usher::dialogs {
namespace {

using testing::HasSubstr;

Talk details() {
  Talk t(desk({{"t.yaml", R"(dialog: t
title: { en: T, zh: T }
triggers: { phrases: { en: [begin] } }
steps:
  name: { ask: contact_name, next: q }
  q:
    choose: { en: "Is it on?", zh: "开了吗？" }
    options: [ { id: yes, label: { en: "Yes", zh: 开了 }, next: serial }, { id: no, label: { en: "No", zh: 没开 }, next: serial } ]
    slot: on
    tried: Looked whether it is on
  serial: { ask: serial, next: model }
  model: { ask: product_model, next: end }
  end: { resolve: { en: x } }
)"},
               desk_handover()}));
  t.say("begin");
  return t;
}

TEST(SideQuestion, IsAnsweredFromAnArticleAndTheStepAsksAgain) {
  Talk t = details();
  t.say("Ana").say("how do I know whether it is on?");
  ASSERT_NE(t.last<Search>(), nullptr) << t.text();
  EXPECT_EQ(t.last<Search>()->text, "how do I know whether it is on?");
  EXPECT_EQ(t.taken.as, "question");
  EXPECT_EQ(t.state.misunderstood, 0);
  t.articles({{"power-light", "Light", "The light is green.", 0.8}});
  EXPECT_EQ(std::get<Prompt>(t.effects.at(0)).article, "power-light");
  EXPECT_THAT(t.text(), HasSubstr("The light is green."));
  EXPECT_THAT(t.text(), HasSubstr("Back to my question"));
  EXPECT_THAT(t.text(), HasSubstr("Is it on?"));
  EXPECT_EQ(t.offered(), "yes no");
  EXPECT_EQ(t.state.step, "q");
  t.say("yes");
  EXPECT_EQ(t.state.step, "serial");
}

TEST(Person, GoingBackTakesTheWishBack) {
  Talk t = details();
  t.say("Ana").say("let me talk to a person");
  ASSERT_EQ(t.state.dialog, "handover");
  const auto handing_over = t.state.slots;
  t.say("back");
  EXPECT_EQ(t.state.dialog, "t");
  EXPECT_EQ(t.state.step, "q");
  EXPECT_EQ(t.state.slots.at("contact_name"), "Ana");
  EXPECT_FALSE(t.state.slots.contains("handing_over"));
  t.say("let me talk to a person");
  EXPECT_EQ(t.state.end, "") << "the handover begins again, no ticket yet";
  EXPECT_EQ(t.state.slots, handing_over);
}

TEST(SideQuestion, IsSearchedForWithTheProductThatIsKnown) {
  Talk t = details();
  t.say("Ana").say("how do I know whether it is on?");
  ASSERT_NE(t.last<Search>(), nullptr);
  EXPECT_EQ(t.last<Search>()->product, "");
  EXPECT_EQ(t.last<Search>()->device, "");
  t.articles({});
  t.state.slots["product_model"] = "XPS-13 9310";
  t.state.slots["device"] = "laptop";
  t.say("how do I know whether it is on?");
  ASSERT_NE(t.last<Search>(), nullptr) << t.text();
  EXPECT_EQ(t.last<Search>()->text, "how do I know whether it is on?") << "the words stay the customer's own";
  EXPECT_EQ(t.last<Search>()->product, "XPS-13 9310");
  EXPECT_EQ(t.last<Search>()->device, "laptop");
}

TEST(SideQuestion, TheSecondOneNothingIsFoundForOffersAPerson) {
  Talk t = details();
  t.say("Ana").say("how do I know whether it is on?").articles({{"x", "X", "x", 0.3}});
  EXPECT_THAT(t.text(), HasSubstr("no good answer"));
  EXPECT_EQ(t.offered(), "yes no");
  t.say("why do you ask me that?").articles({});
  EXPECT_EQ(t.offered(), "yes no enough");
  Talk by_number = t;
  t.press("enough");
  EXPECT_EQ(t.state.dialog, "handover");
  by_number.say("3");
  EXPECT_EQ(by_number.state.dialog, "handover");
}

TEST(SideQuestion, WhoseSearchWasLostDoesNotLoseTheStep) {
  Talk t = details();
  t.say("Ana").say("how do I know whether it is on?").say("yes");
  EXPECT_EQ(t.state.step, "serial");
  EXPECT_EQ(t.state.side_question, "");
}

TEST(Correcting, TheSerialIsWrongGoesBackToThatQuestionAndKeepsTheOtherValues) {
  Talk t = details();
  t.say("Ana").say("yes").say("PF1ABCD2");
  ASSERT_EQ(t.state.step, "model");
  t.say("sorry, the serial number is wrong");
  EXPECT_EQ(t.state.step, "serial");
  EXPECT_EQ(t.slot("serial"), "");
  EXPECT_EQ(t.slot("on"), "yes");
  EXPECT_EQ(t.taken.as, "command");
  t.say("PF1ABCD3").say("my name is wrong");
  EXPECT_EQ(t.state.step, "name");
  EXPECT_EQ(t.slot("serial"), "PF1ABCD3");
  EXPECT_EQ(t.slot("on"), "");  // choices are asked again: the way may be another one
  t.say("Bo").say("no");
  EXPECT_EQ(t.state.step, "model");
  t.say("序列号写错了");
  EXPECT_EQ(t.state.step, "serial");
}

TEST(Correcting, AnAnswerThatSpeaksOfWrongThingsIsStillAnAnswer) {
  Talk t = details();
  t.say("Ana").say("yes").say("PF1ABCD2").say("the serial printer with the wrong driver");
  EXPECT_NE(t.state.step, "serial");
}

TEST(Correcting, AValueThatWasNeverAskedForHasItsQuestionToo) {
  Talk t(desk({{"t.yaml", R"(dialog: t
title: { en: T }
triggers: { phrases: { en: [begin] } }
steps:
  serial: { ask: serial, next: model }
  model: { ask: product_model, next: end }
  end: { resolve: { en: x } }
)"}}));
  t.say("begin, sn: PF1ABCD2");
  ASSERT_EQ(t.state.step, "model");
  t.say("the serial number is wrong");
  EXPECT_EQ(t.state.step, "serial");
  t.say("PF1ABCD3");
  EXPECT_EQ(t.state.step, "model");
}

TEST(Person, InsistingKeepsThePriorityThatIsKnown) {
  const Source handover{"handover.yaml", R"(dialog: handover
title: { en: A person, zh: 转人工 }
steps:
  name: { ask: contact_name, next: by }
  by: { branch: [ { when: { slot: priority, is: P1 }, next: urgent } ], else: ticket }
  ticket: { escalate: { en: Passed on., zh: 已转交。 }, priority: P3 }
  urgent: { escalate: { en: Passed on now., zh: 马上转交。 }, priority: P1 }
)"};
  for (const auto& [priority, expected] :
       std::vector<std::pair<std::string, std::string>>{{"P1", "P1"}, {"", "P3"}, {"P2", "P3"}}) {
    Talk t(desk({handover}));
    if (!priority.empty()) t.state.slots["priority"] = priority;
    t.say("agent").say("agent");
    ASSERT_NE(t.last<OpenTicket>(), nullptr) << t.text();
    EXPECT_EQ(t.last<OpenTicket>()->priority, expected) << priority;
  }
}

TEST(Person, InsistingInAScriptTheHandoverCalledOpensTheTicketAtOnce) {
  Talk t(desk({{"handover.yaml", R"(dialog: handover
title: { en: H }
steps:
  a: { call: more, next: end }
  end: { escalate: { en: "Here." }, priority: P2 }
)"},
               {"more.yaml", "dialog: more\ntitle: { en: M }\nsteps:\n  n: { ask: contact_name, next: return }\n"}}));
  t.say("agent");
  ASSERT_EQ(t.state.dialog, "more");
  t.say("agent!!");
  ASSERT_NE(t.last<OpenTicket>(), nullptr) << t.text();
  EXPECT_EQ(t.last<OpenTicket>()->priority, "P2");
}

TEST(Status, IsToldByTheGatewayAndTheStepAsksAgain) {
  Talk t = details();
  t.say("Ana").say("what is the status of my case?");
  ASSERT_NE(t.last<TellStatus>(), nullptr) << t.text();
  EXPECT_THAT(t.text(), HasSubstr("Is it on?"));
  EXPECT_EQ(t.state.step, "q");
  EXPECT_EQ(t.taken.value, "status");
  t.say("agent").say("agent");
  ASSERT_EQ(t.state.end, "escalated");
  t.say("what is the status of my case?");
  EXPECT_NE(t.last<TellStatus>(), nullptr);
  EXPECT_EQ(t.last<FollowUp>(), nullptr);
}

TEST(Language, IsSwitchedOnRequestAndTheQuestionAskedInIt) {
  Talk t = details();
  t.say("Ana").say("请说中文");
  EXPECT_EQ(t.state.language, "zh");
  EXPECT_THAT(t.text(), HasSubstr("中文"));
  EXPECT_THAT(t.text(), HasSubstr("开了吗？"));
  t.say("English please");
  EXPECT_EQ(t.state.language, "en");
  EXPECT_THAT(t.text(), HasSubstr("Is it on?"));
  EXPECT_EQ(t.state.step, "q");
}

TEST(FollowUps, CarryTheWholeMessageHoweverLong) {
  Talk t = details();
  t.say("agent").say("agent");
  ASSERT_EQ(t.state.end, "escalated");
  const std::string longer(9000, 'x');
  t.say(longer);
  EXPECT_EQ(t.last<FollowUp>()->text, longer);
}

TEST(Taken, SaysHowWordsWereUnderstood) {
  Talk t(every_kind());
  EXPECT_EQ(t.say("everything is broken").taken.as, "dialog");
  EXPECT_EQ(t.taken.value, "everything");
  t.say("no smoke");
  EXPECT_EQ(t.taken.as, "option");
  EXPECT_EQ(t.taken.value, "no");
  EXPECT_TRUE(t.taken.ok);
  EXPECT_GT(t.taken.confidence, 0.5);
  EXPECT_EQ(t.say("purple elephants").taken.as, "nothing");
  EXPECT_FALSE(t.taken.ok);
  EXPECT_TRUE(t.taken.is_answer);
  t.press("dark");
  EXPECT_EQ(t.say("about 3").taken.as, "value");
  EXPECT_EQ(t.say("back").taken.as, "command");
  EXPECT_FALSE(t.on(TimePassed{}).taken.is_answer);
}

}  // namespace
}  // namespace usher::dialogs
