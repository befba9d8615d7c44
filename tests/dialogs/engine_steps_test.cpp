// Step kinds that came with the full language: check, consent, survey, branch, call, look-up, search, wait.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dialogs/every_kind.h"

namespace usher::dialogs {
namespace {

using testing::HasSubstr;

Talk everything() {
  Talk t(every_kind());
  t.say("everything is broken").press("no");
  return t;
}
// A script "t" that begins with the given steps; `more` beside it.
Talk with_steps(const std::string& steps, std::vector<Source> more = {}) {
  more.push_back({"t.yaml", "dialog: t\ntitle: { en: T, zh: T }\ntriggers: { phrases: { en: [begin] } }\nsteps:\n" + steps});
  Talk t(desk(std::move(more)));
  t.say("begin");
  return t;
}

TEST(Check, ShowsItsPictureAndTakesWhatWasSeen) {
  Talk t = everything();
  ASSERT_NE(t.last<Prompt>(), nullptr);
  EXPECT_EQ(t.last<Prompt>()->picture, "pictures/caps.png");
  EXPECT_EQ(t.offered(), "lights dark cannot");
  t.say("no, it stays dark");
  EXPECT_EQ(t.slot("caps"), "dark");
  EXPECT_EQ(t.state.tried.back(), std::make_pair(std::string("Pressed Caps Lock"), std::string("It stays dark")));
}

TEST(Check, ICannotDoThatIsAnAnswer) {
  for (const char* words :
       {"I can't do that", "Sorry, I can't do it right now", "not possible", "这个我做不到", "I don't have access", "3"}) {
    Talk t = everything();
    t.say(words);
    EXPECT_EQ(t.slot("caps"), "cannot") << words;
    EXPECT_EQ(t.state.step, "beeps") << words;
    EXPECT_EQ(t.taken.value, "cannot") << words;
  }
}

TEST(Consent, AnAnswerIsKeptWithTheWordsThatWereShown) {
  Talk t = with_steps(R"(
  a: { set: { device: laptop }, next: b }
  b: { consent: { en: "May we look at your {{device}}?", zh: "可以查看吗？" }, slot: ok, agreed: yes-step, declined: no-step }
  yes-step: { escalate: { en: "Yes." } }
  no-step: { resolve: { en: "No." } }
)");
  EXPECT_EQ(t.offered(), "agree decline");
  t.now = "2026-11-22T10:00:00Z";
  t.say("I agree");
  ASSERT_EQ(t.state.consents.size(), 1U);
  EXPECT_EQ(t.state.consents[0], (Consent{"b", "May we look at your laptop?", "en", "agree", "2026-11-22T10:00:00Z"}));
  EXPECT_EQ(t.slot("ok"), "agree");
  EXPECT_EQ(t.state.end, "escalated");
}

TEST(Consent, TheWordingIsThatOfTheQuestionEvenWhenTheAnswerIsInAnotherLanguage) {
  Talk t = with_steps(R"(
  b: { consent: { en: "May we look?", zh: "可以查看吗？" }, agreed: d, declined: d }
  d: { resolve: { en: "Done.", zh: "完成。" } }
)");
  t.say("我不同意");
  ASSERT_EQ(t.state.consents.size(), 1U) << t.text();
  EXPECT_EQ(t.state.consents[0].wording, "May we look?");
  EXPECT_EQ(t.state.consents[0].language, "en");
  EXPECT_EQ(t.state.consents[0].answer, "decline");
}

TEST(Consent, HedgedWordsAreAskedAgainAndNeverTakenForAYes) {
  Talk t = with_steps(R"(
  b: { consent: { en: "May we look?" }, slot: ok, agreed: y, declined: n }
  y: { resolve: { en: "Yes." } }
  n: { resolve: { en: "No." } }
)");
  t.say("well, maybe");
  EXPECT_THAT(t.text(), HasSubstr("clear answer"));
  EXPECT_THAT(t.text(), HasSubstr("May we look?"));
  EXPECT_EQ(t.offered(), "agree decline");
  EXPECT_FALSE(t.taken.ok);
  t.say("if you think so").say("whatever");
  EXPECT_EQ(t.slot("ok"), "decline");
  EXPECT_EQ(t.state.consents.back().answer, "decline");
}

TEST(Survey, TheScoreIsReportedAndABadOneGoesElsewhere) {
  const std::string steps = R"(
  a: { survey: { en: "How was it?" }, next: good, bad: sorry }
  good: { resolve: { en: "Thanks." } }
  sorry: { escalate: { en: "Sorry." } }
)";
  Talk t = with_steps(steps);
  EXPECT_EQ(t.offered(), "1 2 3 4 5");
  t.say("4");
  ASSERT_NE(t.last<Rated>(), nullptr);
  EXPECT_EQ(t.last<Rated>()->score, 4);
  EXPECT_EQ(t.slot("satisfaction"), "4");
  EXPECT_NE(t.last<Resolved>(), nullptr);
  Talk u = with_steps(steps);
  u.press("1");
  EXPECT_EQ(u.last<Rated>()->score, 1);
  EXPECT_NE(u.last<OpenTicket>(), nullptr);
}

TEST(Branch, TheFirstCaseThatHoldsIsTakenAndTheTraceSaysWhy) {
  Talk t = everything();
  t.say("It comes on").say("7 beeps");
  EXPECT_EQ(t.state.step, "rooms") << t.text();
  EXPECT_THAT(t.why("branch"), HasSubstr("case 1"));
  EXPECT_THAT(t.why("branch"), HasSubstr("beeps"));
  Talk u = everything();
  u.say("It stays dark").say("2");
  EXPECT_EQ(u.state.step, "model") << u.text();
  EXPECT_THAT(u.why("branch"), HasSubstr("else"));
}

TEST(Branch, AgesAreCountedToTheDayOfTheMessage) {
  const std::string steps = R"(
  a: { set: { bought: 2025-01 }, next: q }
  q: { choose: { en: "Ready?" }, options: [ { id: yes, label: { en: "Yes" }, next: b }, { id: no, label: { en: "No" }, next: b } ] }
  b: { branch: [ { when: { slot: bought, younger_than: 12 months }, next: young } ], else: old }
  young: { resolve: { en: "Young." } }
  old: { resolve: { en: "Old." } }
)";
  Talk t = with_steps(steps);
  t.now = "2025-11-01T00:00:00Z";
  EXPECT_THAT(t.press("yes").text(), HasSubstr("Young."));
  Talk u = with_steps(steps);
  u.now = "2026-11-01T00:00:00Z";
  EXPECT_THAT(u.press("yes").text(), HasSubstr("Old."));
}

TEST(Call, ReturnsToTheStepAfterItOverSeveralLevels) {
  Talk t = everything();
  t.say("It comes on").say("2");
  EXPECT_EQ(t.state.dialog, "inner");
  ASSERT_EQ(t.state.calls.size(), 1U);
  t.say("PF1ABCD2");
  EXPECT_EQ(t.state.dialog, "deepest");
  EXPECT_EQ(t.state.calls.size(), 2U);
  t.say("black");
  EXPECT_EQ(t.state.dialog, "everything");
  EXPECT_EQ(t.state.step, "service");
  EXPECT_TRUE(t.state.calls.empty());
  ASSERT_NE(t.last<LookUp>(), nullptr);
}

TEST(Call, BackLeadsIntoTheCalledScriptAgain) {
  Talk t = everything();
  t.say("It comes on").say("2").say("PF1ABCD2").say("black").on(LookedUp{});
  ASSERT_EQ(t.state.step, "charge");
  t.say("back");
  EXPECT_EQ(t.state.dialog, "deepest");
  EXPECT_EQ(t.state.calls.size(), 2U);
  EXPECT_EQ(t.slot("colour"), "");
  t.say("back");
  EXPECT_EQ(t.state.dialog, "inner");
  EXPECT_EQ(t.state.calls.size(), 1U);
  t.say("PF1ABCD3").say("white");
  EXPECT_EQ(t.state.step, "service");
}

TEST(Call, AScriptThatCallsItselfAndAReturnNobodyCalledEndWithAPerson) {
  Talk t = with_steps("  a: { call: t, next: b }\n  b: { resolve: { en: x } }\n");
  EXPECT_EQ(t.state.end, "escalated");
  EXPECT_THAT(t.why("guard"), HasSubstr("calls"));
  auto broken = std::make_shared<ScriptSet>(*every_kind());
  broken->scripts.at("everything").start = "back";
  broken->scripts.at("everything").steps["back"] = Step{"back", Goto{"return"}, {}, {}, {}};
  Talk u(broken);
  u.say("everything");
  EXPECT_EQ(u.state.end, "escalated");
  EXPECT_THAT(u.why("guard"), HasSubstr("return"));
}

TEST(LookUp, AsksWithFilledValuesAndSavesWhatCame) {
  const std::string steps = R"(
  serial: { ask: serial, next: find }
  find:
    lookup: warranty
    with: { serial: "{{serial}}" }
    save: { warranty: state, until: warranty.until }
    next: q
    not_found: unknown
    failed: broken
  q: { say: { en: "Warranty {{warranty}} until {{until}}." }, next: end }
  unknown: { say: { en: "Not known." }, next: end }
  broken: { say: { en: "No answer." }, next: end }
  end: { resolve: { en: "Bye." } }
)";
  auto at_lookup = [&] { return with_steps(steps).say("PF1ABCD2"); };
  Talk t = at_lookup();
  ASSERT_NE(t.last<LookUp>(), nullptr);
  EXPECT_EQ(t.last<LookUp>()->with.at("serial"), "PF1ABCD2");
  EXPECT_THAT(t.last<LookUp>()->members, testing::UnorderedElementsAre("state", "warranty.until"));
  EXPECT_EQ(t.wakes(), -1);  // nobody is woken while the answer is fetched
  t.on(LookedUp{LookedUp::Result::kFound, {{"state", "in"}, {"warranty.until", "2027-05-31"}}, {}});
  EXPECT_THAT(t.text(), HasSubstr("Warranty in until 2027-05-31."));
  EXPECT_THAT(at_lookup().on(LookedUp{LookedUp::Result::kNotFound, {}, {}}).text(), HasSubstr("Not known."));
  EXPECT_THAT(at_lookup().on(LookedUp{LookedUp::Result::kFailed, {}, "no answer in 3 s"}).text(), HasSubstr("No answer."));
  // Lost on the way: the next word asks once more, silence takes the way without.
  Talk lost = at_lookup();
  lost.say("hello?");
  EXPECT_NE(lost.last<LookUp>(), nullptr);
  EXPECT_THAT(lost.silence().text(), HasSubstr("No answer."));
  Talk stray = with_steps(steps);
  EXPECT_TRUE(stray.on(LookedUp{LookedUp::Result::kFound, {}, {}}).effects.empty());
}

TEST(SearchStep, LooksForTheWordsOfTheScript) {
  Talk t = with_steps(R"(
  a: { set: { error_code: E-204 }, next: b }
  b: { search: "{{symptom}} {{error_code}}", solved: c, unsolved: c }
  c: { resolve: { en: x } }
)");
  ASSERT_NE(t.last<Search>(), nullptr);
  EXPECT_EQ(t.last<Search>()->text, "begin E-204");
}

TEST(WaitStep, AnyWordsGoOnAndAreKept) {
  Talk t = with_steps(R"(
  a: { wait: { en: "Charge it." }, next: b, remind_after: 2h, give_up_after: 2d, gave_up: c }
  b: { resolve: { en: "You wrote {{wait_answer}}." } }
  c: { resolve: { en: "Gone." } }
)");
  EXPECT_THAT(t.text(), HasSubstr("Charge it."));
  EXPECT_EQ(t.wakes(), 7200);
  t.say("it is at 80 % now");
  EXPECT_THAT(t.text(), HasSubstr("You wrote it is at 80 % now."));
}

TEST(EnterMidway, QuestionsTheFirstMessageAnswersAreNotAskedButSafetyIs) {
  const std::string head = "dialog: t\ntitle: { en: T }\nenter_midway: true\ntriggers: { phrases: { en: [printer] } }\nsteps:\n";
  const std::string light = R"(
  light:
    choose: { en: "Is the power light on?" }
    options: [ { id: yes, label: { en: "Yes, it is on" }, words: { en: [light is on] }, next: paper }, { id: no, label: { en: "No, it is off" }, next: LOW } ]
    tried: Looked at the power light
  paper:
    choose: { en: "Is there paper in the tray?" }
    options: [ { id: yes, label: { en: "Yes" }, next: end }, { id: no, label: { en: "No" }, next: end } ]
  danger: { escalate: { en: "Stop." }, priority: P1 }
  end: { resolve: { en: "Done." } }
)";
  auto text = [&](const char* low) {
    std::string s = head + light;
    s.replace(s.find("LOW"), 3, low);
    return s;
  };
  Talk t(desk({{"t.yaml", text("paper")}}));
  t.say("It is my printer and its power light is on");
  EXPECT_EQ(t.state.step, "paper") << t.text();
  EXPECT_TRUE(t.traced("answered-already"));
  EXPECT_EQ(t.state.tried.at(0).first, "Looked at the power light");
  t.say("back");  // what was concluded can be corrected
  EXPECT_EQ(t.state.step, "light");
  Talk unclear(desk({{"t.yaml", text("paper")}}));
  unclear.say("the light of my printer");
  EXPECT_EQ(unclear.state.step, "light");  // speaks of the same thing, but says nothing about it
  Talk safety(desk({{"t.yaml", text("danger")}}));
  safety.say("It is my printer and its power light is on");
  EXPECT_EQ(safety.state.step, "light");
}

TEST(Escalate, WithoutAClassItTakesTheOneThatWasFound) {
  Talk t = with_steps("  a: { set: { fault_class: hardware/fan }, next: b }\n  b: { escalate: { en: x } }\n");
  EXPECT_EQ(t.last<OpenTicket>()->fault_class, "hardware/fan");
  EXPECT_EQ(t.state.last_step, "b");
}

}  // namespace
}  // namespace usher::dialogs
