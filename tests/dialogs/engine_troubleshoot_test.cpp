// Troubleshoot blocks in a conversation: the model decides, the engine asks and remembers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dialogs/every_kind.h"

namespace usher::dialogs {
namespace {

using testing::HasSubstr;

constexpr const char* kBlock = R"(dialog: t
title: { en: T, zh: T }
triggers: { phrases: { en: [begin] } }
steps:
  find:
    troubleshoot:
      escalate_cost: 30
      line: product_line
      causes:
        - { id: charger, label: { en: charger }, weight: 60 }
        - { id: board, label: { en: board }, weight: 40 }
      checks:
        - { id: smell, check: { en: "Unplug it. Does it work now?" }, cost: 1, fixes: { board: 0.01 }, safety: true, cannot: false }
        - { id: swap, check: { en: "Try another charger." }, cost: 3, fixes: { charger: 0.9 }, tried: Tried another charger }
        - { id: drain, article: drain-it, cost: 2, fixes: { board: 0.5 } }
    solved: done
    unsolved: ticket
  done: { resolve: { en: "Good." } }
  ticket: { escalate: { en: "A person." } }
)";

Talk begun() {
  Talk t(desk({{"t.yaml", kBlock}, desk_handover()}));
  t.say("begin");
  return t;
}

TEST(TroubleshootBlock, SafetyComesFirstThenChancePerCost) {
  Talk t = begun();
  EXPECT_EQ(t.state.check, "smell");
  EXPECT_EQ(t.offered(), "yes no");  // cannot: false
  EXPECT_THAT(t.why("troubleshoot"), HasSubstr("safety"));
  EXPECT_THAT(t.last<Prompt>()->text, HasSubstr("about safety.\n\nUnplug it."));  // says why it comes first
  t.say("no, still the same");
  EXPECT_EQ(t.state.check, "swap");
  EXPECT_EQ(t.offered(), "yes no cannot");
  EXPECT_THAT(t.why("troubleshoot"), HasSubstr("because it solves"));
  t.say("yes, it works now");
  ASSERT_NE(t.last<Learn>(), nullptr);
  EXPECT_EQ(t.last<Learn>()->dialog, "t");
  EXPECT_EQ(t.last<Learn>()->step, "find");
  using Seen = std::pair<std::string, std::string>;
  EXPECT_THAT(t.last<Learn>()->checked, testing::ElementsAre(Seen("smell", "failed"), Seen("swap", "solved")));
  EXPECT_NE(t.last<Resolved>(), nullptr);
  EXPECT_THAT(t.state.tried, testing::Contains(Seen("Tried another charger", "solved it")));
}

TEST(TroubleshootBlock, WhatCannotBeDoneIsNotOfferedAgainAndAnArticleIsFetched) {
  Talk t = begun();
  t.say("no").say("I can't do that");
  ASSERT_NE(t.last<FetchArticle>(), nullptr) << t.text();
  EXPECT_EQ(t.last<FetchArticle>()->id, "drain-it");
  Talk lost = t;
  lost.say("hello?");  // the fetch was lost on the way
  EXPECT_NE(lost.last<FetchArticle>(), nullptr);
  t.articles({{"drain-it", "Drain", "Hold the button.", 1}});
  EXPECT_THAT(t.text(), HasSubstr("Hold the button."));
  EXPECT_EQ(t.offered(), "yes no cannot");
  t.say("did not help");
  ASSERT_NE(t.last<Learn>(), nullptr);
  EXPECT_EQ(t.last<Learn>()->checked.size(), 3U);
  EXPECT_EQ(t.last<Learn>()->checked.at(1).second, "not_possible");
  EXPECT_EQ(t.state.end, "escalated");
}

TEST(TroubleshootBlock, AnArticleThatDoesNotExistIsPassedOver) {
  Talk t = begun();
  t.say("no").say("no").articles({});
  EXPECT_EQ(t.state.end, "escalated") << t.text();
}

TEST(TroubleshootBlock, BackTakesTheLastAnswerBackAndAsksThatCheckAgain) {
  Talk t = begun();
  t.say("no").say("no");
  ASSERT_EQ(t.state.checked.size(), 2U);
  t.say("back");
  EXPECT_EQ(t.state.check, "swap");
  EXPECT_EQ(t.state.checked.size(), 1U);
  EXPECT_THAT(t.text(), HasSubstr("Try another charger."));
  t.say("back");
  EXPECT_EQ(t.state.check, "smell");
  EXPECT_TRUE(t.state.checked.empty());
}

TEST(TroubleshootBlock, WhatWasLearnedForTheLineDecides) {
  auto set = std::make_shared<ScriptSet>(*desk({{"t.yaml", kBlock}, desk_handover()}));
  const auto& block = std::get<TroubleshootBlock>(set->scripts.at("t").steps.at("find").kind);
  troubleshoot::Model boards = block.model;
  boards.causes[0].weight = 1;
  boards.causes[1].weight = 99;
  set->learned = std::make_shared<std::map<std::string, troubleshoot::Model>>(
      std::map<std::string, troubleshoot::Model>{{"t/find/x-line", boards}});
  Talk other(set);
  other.say("begin").say("no");
  EXPECT_EQ(other.state.check, "swap");
  Talk line(set);
  line.state.slots["product_line"] = "x-line";
  line.say("begin").say("no");
  EXPECT_EQ(line.state.check, "drain");
  line.articles({{"drain-it", "Drain", "Hold.", 1}}).say("yes it works");
  EXPECT_EQ(line.last<Learn>()->line, "x-line");
}

TEST(TroubleshootBlock, AskingForAPersonCountsAsNotSolved) {
  Talk t = begun();
  t.say("no").say("agent");
  ASSERT_NE(t.last<Learn>(), nullptr);
  EXPECT_EQ(t.last<Learn>()->checked.size(), 1U);
  EXPECT_EQ(t.state.dialog, "handover");
}

TEST(TroubleshootBlock, QuestionsNarrowItDownAndNotKnowingIsFine) {
  Talk t(every_kind());
  t.say("everything");
  t.state.dialog = "everything";
  t.state.step = "charge";
  t.say("done").articles({}).articles({});
  ASSERT_EQ(t.state.step, "find-cause") << t.text();
  int asked = 0;
  for (int i = 0; i < 12 && t.state.step == "find-cause"; ++i) {
    if (t.state.check == "lights") {
      ++asked;
      EXPECT_EQ(t.offered().substr(0, 10), "green none");
      t.say("I don't know");
      EXPECT_EQ(t.state.checked.back().second, "dont_know");
    } else if (t.last<FetchArticle>() != nullptr) {
      t.articles({{"guide", "G", "Do it.", 1}});
    } else {
      t.press("no");
    }
  }
  EXPECT_EQ(t.state.step, "allow");
  EXPECT_LE(asked, 1);
}

}  // namespace
}  // namespace usher::dialogs
