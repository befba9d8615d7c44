// A script is published while conversations run: they stay, move, or begin again with all that is known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dialogs/every_kind.h"

namespace usher::dialogs {
namespace {

using testing::HasSubstr;

std::string script(const std::string& head, const std::string& second, const std::string& words = "Is it on?") {
  return "dialog: t\ntitle: { en: T }\n" + head + "triggers: { phrases: { en: [begin] } }\nsteps:\n" +
         "  name: { ask: contact_name, next: " + second + " }\n  " + second + ":\n    choose: { en: \"" + words +
         "\" }\n    options: [ { id: yes, label: { en: \"Yes\" }, next: serial }, { id: no, label: { en: \"No\" }, next: serial "
         "} ]\n" +
         "  serial: { ask: serial, next: end }\n  end: { resolve: { en: \"" + words + "\" } }\n";
}
std::shared_ptr<ScriptSet> set_of(const std::string& source) {
  return std::make_shared<ScriptSet>(*desk({{"t.yaml", source}, desk_handover()}));
}
void hold(ScriptSet& newer, const ScriptSet& older) {
  const auto old = std::make_shared<const Script>(older.scripts.at("t"));
  newer.earlier[old->hash] = old;
}
Talk at_question(const std::shared_ptr<const ScriptSet>& set) {
  Talk t(set);
  t.say("begin").say("Ana");
  return t;
}

TEST(Versions, AConversationStaysOnItsVersionWhileThatIsHeld) {
  const auto one = set_of(script("", "q"));
  const auto two = set_of(script("", "other", "Is it still on?"));
  hold(*two, *one);
  Talk t = at_question(one);
  t.publish(two);
  t.say("yes").say("PF1ABCD2");
  EXPECT_THAT(t.text(), HasSubstr("Is it on?"));
  EXPECT_FALSE(t.traced("version"));
  // Whoever begins now begins with the new one.
  Talk fresh = at_question(two);
  EXPECT_THAT(fresh.text(), HasSubstr("Is it still on?"));
}

TEST(Versions, AMovingScriptTakesItsConversationsAlongOverRenamedSteps) {
  const auto one = set_of(script("", "q"));
  const auto two = set_of(script("running: move\nrenamed: { q: other }\n", "other", "Is it still on?"));
  hold(*two, *one);
  Talk t = at_question(one);
  t.publish(two);
  t.say("yes");
  EXPECT_EQ(t.state.step, "serial");
  EXPECT_THAT(t.why("version"), HasSubstr("is now 'other'"));
  t.say("back");
  EXPECT_EQ(t.state.step, "other");
  EXPECT_THAT(t.text(), HasSubstr("Is it still on?"));
}

TEST(Versions, WithoutItsStepItBeginsAgainWithAllThatIsKnown) {
  const auto one = set_of(script("", "q"));
  Talk t = at_question(one);
  t.publish(set_of(script("", "other", "Is it still on?")));
  t.say("yes");
  EXPECT_THAT(t.text(), HasSubstr("improved these steps"));
  EXPECT_EQ(t.slot("contact_name"), "Ana");
  EXPECT_EQ(t.state.step, "other");
}

TEST(Versions, AScriptThatIsGoneIsPlayedToItsEndWhileItIsHeld) {
  const auto one = set_of(script("", "q"));
  auto none = std::make_shared<ScriptSet>(*desk({desk_handover()}));
  hold(*none, *one);
  Talk t = at_question(one);
  t.publish(none);
  t.say("yes");
  EXPECT_EQ(t.state.step, "serial");
  none = std::make_shared<ScriptSet>(*desk({desk_handover()}));
  t.publish(none);
  t.say("PF1ABCD2");
  EXPECT_EQ(t.state.dialog, "handover");
}

TEST(Versions, ACallReturnsToTheVersionItCameFrom) {
  auto one = std::make_shared<ScriptSet>(*every_kind());
  auto two = std::make_shared<ScriptSet>(*desk({{"everything.yaml", std::string(kEverything) + "# edited\n"},
                                                {"inner.yaml", std::string(kInner) + "# edited\n"},
                                                {"deepest.yaml", kDeepest},
                                                {"things.csv", kThings},
                                                desk_handover()}));
  two->earlier[one->scripts.at("everything").hash] = std::make_shared<const Script>(one->scripts.at("everything"));
  Talk t(one);
  t.say("everything").press("no").press("lights").say("2");
  ASSERT_EQ(t.state.dialog, "inner");
  t.publish(two);
  t.say("PF1ABCD2").say("black");
  EXPECT_EQ(t.state.dialog, "everything");
  EXPECT_EQ(t.state.hash, one->scripts.at("everything").hash);
  EXPECT_EQ(t.state.step, "service");
}

TEST(Versions, NobodyAgreesToWordsTheyHaveNotSeen) {
  auto ask = [](const char* words) {
    return set_of(
        std::string("dialog: t\ntitle: { en: T }\ntriggers: { phrases: { en: [begin] } }\nsteps:\n  a: { consent: { en: \"") +
        words + "\" }, agreed: b, declined: b }\n  b: { resolve: { en: x } }\n");
  };
  Talk t(ask("May we look?"));
  t.say("begin");
  t.publish(ask("May we look and copy all?"));
  t.say("I agree");
  EXPECT_TRUE(t.state.consents.empty());
  EXPECT_THAT(t.text(), HasSubstr("copy all?"));
  t.say("I agree");
  ASSERT_EQ(t.state.consents.size(), 1U);
  EXPECT_EQ(t.state.consents[0].wording, "May we look and copy all?");
}

}  // namespace
}  // namespace usher::dialogs
