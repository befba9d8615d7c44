// Silence: reminders, giving up, and events that come late, early or twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dialogs/every_kind.h"

namespace usher::dialogs {
namespace {

using testing::HasSubstr;

Talk waiting(const std::string& patience, const std::string& more = {}) {
  Talk t(desk({{"t.yaml", "dialog: t\ntitle: { en: T, zh: T }\ntriggers: { phrases: { en: [begin, other thing] } }\npatience: " +
                              patience + R"(
steps:
  q:
    choose: { en: "Is it on?", zh: "开了吗？" }
    options: [ { id: yes, label: { en: "Yes" }, next: name }, { id: no, label: { en: "No" }, next: name } ]
    set: { fault_class: hardware/x }
  name: { ask: contact_name, next: end }
  end: { resolve: { en: "Done." } }
  away: { resolve: { en: "Away." } }
)" + more}}));
  t.now = "2026-11-22T10:00:00Z";
  t.say("begin");
  return t;
}
constexpr const char* kTicket = "{ remind_after: 10m, give_up_after: 1h, then: ticket }";

TEST(Silence, IsRemindedOfOnceWithTheQuestionAndThenTheTicketIsOpened) {
  Talk t = waiting(kTicket);
  EXPECT_EQ(t.wakes(), 600);
  t.silence("2026-11-22T10:10:00Z");
  EXPECT_THAT(t.text(), HasSubstr("still there"));
  EXPECT_THAT(t.text(), HasSubstr("Is it on?"));
  EXPECT_EQ(t.offered(), "yes no");
  EXPECT_EQ(t.wakes(), 3000);
  t.silence("2026-11-22T11:00:00Z");
  EXPECT_THAT(t.text(), HasSubstr("not heard from you"));
  ASSERT_NE(t.last<OpenTicket>(), nullptr);
  EXPECT_EQ(t.last<OpenTicket>()->fault_class, "hardware/x");
  EXPECT_EQ(t.wakes(), 0);
  EXPECT_TRUE(t.silence("2026-11-22T12:00:00Z").effects.empty());
}

TEST(Silence, AWordOfTheCustomerBeginsTheWaitingAnew) {
  Talk t = waiting(kTicket);
  t.silence("2026-11-22T10:10:00Z");
  t.now = "2026-11-22T10:20:00Z";
  t.say("yes");
  EXPECT_EQ(t.wakes(), 600);
  EXPECT_EQ(t.state.reminded, 0);
  t.silence("2026-11-22T10:30:00Z");
  EXPECT_THAT(t.text(), HasSubstr("still there"));
}

TEST(Silence, AnEventThatComesTwiceOrTooEarlyDoesNothing) {
  Talk t = waiting(kTicket);
  t.silence("2026-11-22T10:05:00Z");
  EXPECT_EQ(t.text(), "");
  EXPECT_EQ(t.wakes(), 300);  // the rest
  t.silence("2026-11-22T10:10:00Z").silence("2026-11-22T10:10:00Z");
  EXPECT_EQ(t.text(), "");
  EXPECT_EQ(t.wakes(), 3000);
  EXPECT_EQ(t.state.end, "");
  t.silence("2026-11-23T09:00:00+08:00");  // late, and told in another zone
  EXPECT_EQ(t.state.end, "escalated");
}

TEST(Silence, ClosesWhatTheScriptClosesAndTheCustomerCanComeBackToTheQuestion) {
  Talk t = waiting("{ remind_after: never, give_up_after: 1h, then: close }");
  EXPECT_EQ(t.wakes(), 3600);
  t.silence("2026-11-22T11:00:00Z");
  ASSERT_NE(t.last<Resolved>(), nullptr);
  EXPECT_TRUE(t.last<Resolved>()->by_silence);
  EXPECT_EQ(t.state.end, "resolved");
  t.say("sorry, yes it is");
  EXPECT_EQ(t.state.end, "");
  EXPECT_EQ(t.state.step, "name");
  EXPECT_EQ(t.state.symptom, "begin");
}

TEST(Silence, GoesToTheStepTheScriptNames) {
  Talk t = waiting("{ remind_after: never, give_up_after: 1h, then: away }");
  t.silence("2026-11-22T11:00:00Z");
  EXPECT_THAT(t.text(), HasSubstr("Away."));
  EXPECT_FALSE(t.last<Resolved>()->by_silence);
}

TEST(Silence, NobodyIsWokenBeforeAScriptRunsAfterAnEndOrAfterStartingOver) {
  Talk t(every_kind());
  t.on(Opened{"en"});
  EXPECT_EQ(t.wakes(), -1);
  t.say("hello");
  EXPECT_EQ(t.wakes(), -1);
  EXPECT_TRUE(t.silence().effects.empty());
  t.say("everything");
  EXPECT_EQ(t.wakes(), 600);
  t.say("start over");
  EXPECT_EQ(t.wakes(), 0);
  t.say("everything").press("yes");
  EXPECT_EQ(t.wakes(), 0);
  EXPECT_EQ(t.state.end, "escalated");
}

TEST(Silence, AWaitHasItsOwnTimesAndWords) {
  Talk t(every_kind());
  t.now = "2026-11-22T10:00:00Z";
  t.say("everything").press("no").press("dark").say("2").say("x1").say("x1").say("skip").say("skip").say("skip");
  ASSERT_EQ(t.state.step, "service") << t.text();
  t.on(LookedUp{});
  ASSERT_EQ(t.state.step, "charge");
  EXPECT_EQ(t.wakes(), 2 * 3600);
  t.silence("2026-11-22T12:00:00Z");
  EXPECT_EQ(t.text(), "Is it charged?\n");
  EXPECT_EQ(t.wakes(), 46 * 3600);
  t.silence("2026-11-24T10:00:00Z");
  EXPECT_EQ(t.state.step, "allow");
  EXPECT_EQ(t.wakes(), 600);  // a new question, a new patience
}

TEST(Silence, ASurveyIsNeitherRemindedOfNorWorthATicket) {
  Talk t(desk({{"t.yaml", R"(dialog: t
title: { en: T }
triggers: { phrases: { en: [begin] } }
patience: { remind_after: 10m, give_up_after: 1h, then: ticket }
steps:
  rate: { survey: { en: "How was it?" }, next: end }
  end: { resolve: { en: "Done." } }
)"}}));
  t.say("begin");
  EXPECT_EQ(t.wakes(), 3600);
  t.silence();
  EXPECT_EQ(t.last<OpenTicket>(), nullptr);
  EXPECT_EQ(t.state.end, "resolved");
}

}  // namespace
}  // namespace usher::dialogs
