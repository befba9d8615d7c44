#include "dialogs/rehearsal.h"

#include <gtest/gtest.h>

#include "tests/dialogs/scripts.h"

namespace usher::dialogs {
namespace {

// A lamp: one question, an instruction with a time-out, a look-up, a search, a branch.
constexpr const char* kLamp = R"(dialog: lamp
title: { en: Lamp stays dark, zh: 灯不亮 }
triggers: { phrases: { en: [lamp is dark], zh: [灯不亮] } }
steps:
  bulb:
    choose: { en: "Is the bulb loose?", zh: "灯泡松了吗？" }
    options:
      - { id: "yes", label: { en: "Yes", zh: 松了 }, next: tighten, set: { cause: loose } }
      - { id: "no", label: { en: "No", zh: 没松 }, next: warranty }
      - { id: old, label: { en: "Very old", zh: 很旧 }, next: ways }
    tried: Looked at the bulb
  tighten:
    wait: { en: "Screw it in and write to me.", zh: "请拧紧后告诉我。" }
    next: ways
    remind_after: 2h
    give_up_after: 2d
    gave_up: silent
  warranty:
    lookup: warranty
    with: { serial: "{{serial}}" }
    save: { warranty: state }
    next: ways
    not_found: ways
    failed: ways
  ways:
    branch:
      - { when: { slot: cause, is: loose }, next: fine }
      - { when: { slot: warranty, is: in }, next: ticket }
    else: look
  look:
    search: "{{symptom}}"
    solved: fine
    unsolved: ticket
  fine:
    resolve: { en: "Good light!", zh: "亮了！" }
  silent:
    resolve: { en: "I close this.", zh: "先结束。" }
  ticket:
    escalate: { en: "A colleague comes.", zh: "同事来看。" }
    priority: P2
    fault_class: hardware/lamp
)";

std::shared_ptr<const ScriptSet> lamp() {
  static const auto scripts = [] {
    std::vector<Problem> problems;
    auto parsed = parse_with({{"lamp.yaml", kLamp}}, problems);
    EXPECT_TRUE(parsed) << to_string(problems);
    return parsed;
  }();
  return scripts;
}

Rehearsed run(const std::string& text, Manner manner = Manner::kAsWritten) {
  return rehearse({"lamp.txt", text}, *lamp(), manner);
}
std::string problems_of(const std::string& text) {
  return to_string(run(text).problems);
}

TEST(Rehearsal, PlaysWaitsRemindersAndTimeOutsByAVirtualClock) {
  EXPECT_EQ(problems_of(R"(# patience
customer: my lamp is dark
bot: bulb loose
buttons: yes, no, old
step: lamp/bulb
press: yes
bot: Screw it in
clock: +1h
bot not: Screw
clock: +1h
bot: .
end: open
clock: +2d
bot: I close this
end: resolved
ticket: none
)"),
            "");
  EXPECT_EQ(
      problems_of("customer: lamp is dark\ncustomer: yes\nclock: 1h30m\ncustomer: did it\nbot: Good light\nslot cause: loose\n"
                  "slot warranty: nothing\nend: resolved\n"),
      "");
}

TEST(Rehearsal, AnswersLookUpsAndSearchesAsTheFileSays) {
  EXPECT_EQ(problems_of("customer: lamp is dark\nlookup warranty: state=in\npress: no\nticket: P2 hardware/lamp\n"
                        "ticket has: Looked at the bulb: No\nslot warranty: in\nend: escalated\n"
                        "\ncustomer: and it smells\nfollow-up: it smells\n"),
            "");
  EXPECT_EQ(problems_of("customer: lamp is dark\nlookup warranty: not found\nfinds: nothing\npress: no\nticket: P2\n"), "");
  EXPECT_EQ(
      problems_of("customer: lamp is dark\nlookup warranty: fails\nfinds: dust | Dust | Wipe it.\npress: no\nbot: Wipe it.\n"
                  "press: yes\nbot: Good light\nend: resolved\nticket: none\n"),
      "");
}

TEST(Rehearsal, SaysWhatDifferedAndWhere) {
  const Rehearsed r =
      run("# wrong in every way\ncustomer: lamp is dark\nbot: Safety first\nbot not: bulb\nbuttons: yes, no\nstep: lamp/look\n"
          "slot cause: loose\nticket: P1\nticket has: x\npress: maybe\nend: resolved\nfollow-up: y\nclock: soon\nfinds: a | b\n");
  const std::string all = to_string(r.problems);
  EXPECT_EQ(r.name, "wrong in every way");
  for (const char* expected :
       {"lamp.txt:3:1: the bot does not say “Safety first” (it said: Is the bulb loose?",
        "lamp.txt:4:1: the bot says “bulb”, which it must not", "lamp.txt:5:1: the buttons are yes, no, old, not yes, no",
        "lamp.txt:6:1: step is lamp/bulb, not lamp/look", "lamp.txt:7:1: the slot cause is nothing, not loose",
        "lamp.txt:8:1: no ticket is opened", "lamp.txt:9:1: no ticket is opened",
        "lamp.txt:10:1: there is no button 'maybe' to press (the buttons are: yes, no, old)",
        "lamp.txt:11:1: end is open, not resolved", "lamp.txt:12:1: “y” is not passed on", "lamp.txt:13:1: 'soon' is no time",
        "lamp.txt:14:1: finds: needs id | title | text"}) {
    EXPECT_NE(all.find(expected), std::string::npos) << expected << "\nnot in\n" << all;
  }
}

TEST(Rehearsal, RefusesLinesThatAreNone) {
  EXPECT_NE(
      problems_of("custmer: hi\n").find("lamp.txt:1:1: not a line of a conversation: custmer: hi (did you mean 'customer:'?)"),
      std::string::npos);
  EXPECT_NE(problems_of("hello\nend: open\n").find("lamp.txt:1:1: not a line of a conversation: hello"), std::string::npos);
  EXPECT_NE(problems_of("slot: x\n").find("'slot' names nothing"), std::string::npos);
  EXPECT_NE(problems_of("entry: nowhere\nend: open\n").find("there is no script 'nowhere'"), std::string::npos);
  EXPECT_NE(problems_of("customer: lamp is dark\n").find("expects nothing"), std::string::npos);
}

TEST(Rehearsal, ExpectsTheBotsWordsInTheirOrder) {
  EXPECT_NE(problems_of("customer: lamp is dark\nbot: loose\nbot: Is the\n").find("earlier than it should"), std::string::npos);
  EXPECT_EQ(problems_of("customer: lamp is dark\nbot: Is the\nbot: loose\nbot: [Very old]\n"), "");
}

TEST(Rehearsal, JoinsIndentedLinesToOneMessage) {
  EXPECT_EQ(problems_of("customer: hello,\n  my lamp is dark\nslot symptom: hello,\n  my lamp is dark\n"), "");
}

TEST(Rehearsal, ComesToTheSameEndWithNumbersAndLabels) {
  const std::string text = "customer: lamp is dark\nlookup warranty: state=in\npress: no\nticket: P2\nend: escalated\n";
  for (const Manner manner : {Manner::kAsWritten, Manner::kNumbers, Manner::kLabels}) {
    EXPECT_EQ(to_string(run(text, manner).problems), "");
    EXPECT_EQ(run(text, manner).state.slots, run(text).state.slots);
  }
}

TEST(Rehearsal, NotesEveryStepBranchAndTimeOutItWalksOver) {
  const Walked yes = run("customer: lamp is dark\npress: yes\nclock: +2h\ncustomer: done\nend: resolved\n").walked;
  EXPECT_EQ(yes, (Walked{"lamp/bulb", "lamp/bulb>yes", "lamp/tighten", "lamp/tighten@reminder", "lamp/tighten>answered",
                         "lamp/ways", "lamp/ways>1", "lamp/fine"}));
  const Walked no =
      run("customer: lamp is dark\nlookup warranty: fails\nfinds: dust | Dust | Wipe.\npress: no\npress: no\nend: escalated\n")
          .walked;
  EXPECT_EQ(no, (Walked{"lamp/bulb", "lamp/bulb>no", "lamp/warranty", "lamp/warranty>failed", "lamp/ways", "lamp/ways>else",
                        "lamp/look", "lamp/look>unsolved", "lamp/ticket"}));
  const Walked silent = run("customer: lamp is dark\npress: yes\nclock: +3d\nend: resolved\n").walked;
  EXPECT_TRUE(silent.contains("lamp/tighten@gave-up"));
  EXPECT_TRUE(silent.contains("lamp/silent"));
  EXPECT_FALSE(silent.contains("lamp/ways"));
}

TEST(Rehearsal, CountsWhatIsCovered) {
  const Rehearsed r = run("customer: lamp is dark\npress: yes\ncustomer: done\nend: resolved\n");
  const Coverage c = coverage(*lamp(), r.walked).at("lamp");
  EXPECT_EQ(c.steps, 8U);
  EXPECT_EQ(c.steps_walked, 4U);
  EXPECT_EQ(c.branches, 12U);  // bulb 3, warranty 3, ways 3, look 3
  EXPECT_EQ(c.branches_walked, 2U);
  EXPECT_EQ(c.timeouts, 2U);
  EXPECT_EQ(c.timeouts_walked, 0U);
  EXPECT_EQ(c.missing.front(), "lamp/bulb>no");
}

TEST(Rehearsal, SuggestsConversationsForAllThatIsNotCoveredAndTheyPass) {
  Walked walked = run("customer: lamp is dark\npress: yes\ncustomer: done\nend: resolved\n").walked;
  const auto suggested = suggest(*lamp(), walked);
  EXPECT_FALSE(suggested.empty());
  for (const Source& source : suggested) {
    Rehearsed r = rehearse(source, *lamp());
    EXPECT_TRUE(r.problems.empty()) << source.file << "\n" << source.bytes << to_string(r.problems);
    walked.merge(r.walked);
  }
  EXPECT_EQ(coverage(*lamp(), walked).at("lamp").missing, std::vector<std::string>{});
  EXPECT_TRUE(suggest(*lamp(), walked).empty());
}

TEST(Rehearsal, WritesJUnitThatNamesWhatFailed) {
  const std::string xml =
      to_junit({run("# good <one>\ncustomer: lamp is dark\nend: open\n"), run("customer: lamp is dark\nend: resolved\n")});
  EXPECT_NE(xml.find("tests=\"2\" failures=\"1\""), std::string::npos);
  EXPECT_NE(xml.find("name=\"good &lt;one&gt;\""), std::string::npos);
  EXPECT_NE(xml.find("<failure message=\"line 2: end is open, not resolved\">"), std::string::npos);
}

TEST(Rehearsal, ReadsTimes) {
  EXPECT_EQ(duration_of("+24h"), std::chrono::hours{24});
  EXPECT_EQ(duration_of("1h30m"), std::chrono::minutes{90});
  EXPECT_EQ(duration_of("2d"), std::chrono::days{2});
  EXPECT_FALSE(duration_of("24"));
  EXPECT_FALSE(duration_of("h"));
  EXPECT_FALSE(duration_of("-1h"));
  EXPECT_TRUE(morning_of("2026-02-28"));
  EXPECT_FALSE(morning_of("2026-02-30"));
}

}  // namespace
}  // namespace usher::dialogs
