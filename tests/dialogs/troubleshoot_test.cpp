#include "dialogs/troubleshoot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "tests/support/troubleshoot_world.h"

namespace usher::dialogs::troubleshoot {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr double kEqual = 1e-9;

struct Fix {
  double chance, minutes;
};

// Every action solves a cause of its own with certainty; what is missing to 1 is a cause no action solves.
Model own_causes(const std::vector<Fix>& fixes, double escalation) {
  Model m;
  m.escalation = escalation;
  double rest = 1;
  const std::size_t n = fixes.size() + 1;
  for (std::size_t i = 0; i < fixes.size(); ++i) {
    m.causes.push_back({"c" + std::to_string(i), fixes[i].chance});
    rest -= fixes[i].chance;
    Action a{.id = "a" + std::to_string(i), .minutes = fixes[i].minutes, .rates = std::vector<double>(n)};
    a.rates[i] = 1;
    m.actions.push_back(a);
  }
  m.causes.push_back({"other", std::max(0.0, rest)});
  return m;
}

Decision after(const Model& m, const History& history, std::span<const std::string> has = {}) {
  return next(m, belief_of(m, history), has);
}

// The ids in the order in which they are advised when everything fails.
std::vector<std::string> advised(const Model& m) {
  std::vector<std::string> ids;
  for (History h;;) {
    const Decision d = after(m, h);
    if (d.step.move != Move::kAct) return ids;
    ids.emplace_back(id_of(m, d.step));
    h.emplace_back(ids.back(), kFailed);
  }
}

// Lowest ECR over every order of every subset, by its definition; the order that has it; and by how much it is better than the
// second best, so that a tie is known.
struct Brute {
  explicit Brute(const std::vector<Fix>& f, double escalation) : fixes(f), person(escalation) { extend(1, 0); }
  void extend(double left, double spent) {
    const double total = spent + left * person;
    if (total < best) {
      margin = best - total;
      best = total;
      order = now;
    } else {
      margin = std::min(margin, total - best);
    }
    for (std::size_t i = 0; i < fixes.size(); ++i) {
      if (std::ranges::find(now, i) != now.end()) continue;
      now.push_back(i);
      extend(left - fixes[i].chance, spent + left * fixes[i].minutes);
      now.pop_back();
    }
  }
  const std::vector<Fix>& fixes;
  double person, best = std::numeric_limits<double>::max(), margin = best;
  std::vector<std::size_t> now, order;
};

TEST(Troubleshoot, OrderAndStopEqualBruteForceOnTenThousandRandomCases) {
  world::Dice dice(20261122);
  int compared = 0;
  for (int i = 0; i < 10'000; ++i) {
    std::vector<Fix> fixes(1 + dice.below(5));
    double room = 1;
    for (Fix& f : fixes) {
      f = {dice.real() < 0.05 ? 0 : dice.between(0, room), dice.real() < 0.05 ? 0 : dice.between(0.1, 10)};
      room -= f.chance;
    }
    const double person = dice.between(1, 60);
    const Brute brute(fixes, person);
    const Model m = own_causes(fixes, person);
    ASSERT_NEAR(plan_of(m, belief_of(m, {})).expected, brute.best, kEqual) << "case " << i;
    ASSERT_NEAR(after(m, {}).step.expected, brute.best, kEqual) << "case " << i;
    if (brute.margin < 1e-6) continue;  // two orders cost the same: either is right
    ++compared;
    std::vector<std::string> order;
    for (const std::size_t a : brute.order) order.push_back("a" + std::to_string(a));
    ASSERT_EQ(advised(m), order) << "case " << i;
  }
  EXPECT_GT(compared, 8'000);
}

TEST(Troubleshoot, WhatIsAdvisedCostsWhatBruteForceFindsAlsoWhenRatesAreBelowOne) {
  world::Dice dice(7);
  for (int i = 0; i < 300; ++i) {
    const Model m = world::random_model(dice, {.causes = 6, .actions = 5, .questions = 0, .disjoint = true});
    ASSERT_NEAR(world::cost_of_advice(m, m), world::optimum_of(m), kEqual) << "case " << i;
  }
}

TEST(Troubleshoot, ThreeFixesAreOrderedByChancePerCost) {
  const Model m = own_causes({{.5, 10}, {.3, 2}, {.2, 1}}, 1000);
  const Plan plan = plan_of(m, belief_of(m, {}));
  ASSERT_EQ(plan.steps.size(), 3U);
  EXPECT_THAT(advised(m), ElementsAre("a2", "a1", "a0"));
  EXPECT_NEAR(plan.expected, 7.6, kEqual);
  EXPECT_NEAR(plan.steps[2].reached, 0.5, kEqual);
  EXPECT_NEAR(plan.steps[1].chance, 0.375, kEqual) << "3 of the 8 tenths that are left";
}

TEST(Troubleshoot, FixesOfOneCauseAreDoubtedTogether) {
  Model m{.causes = {{"loose", 6}, {"other", 4}}, .escalation = 100};
  for (const char* id : {"reseat", "tighten", "replace"}) m.actions.push_back({.id = id, .rates = {.5, 0}});
  const Plan plan = plan_of(m, belief_of(m, {}));
  ASSERT_EQ(plan.steps.size(), 3U);
  EXPECT_NEAR(plan.steps[0].chance, .3, kEqual);
  EXPECT_NEAR(plan.steps[1].chance, .15 / .7, kEqual);
  EXPECT_NEAR(plan.steps[2].chance, .075 / .55, kEqual);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(plan.steps[i].action, i) << "equal ones as written";
  EXPECT_NEAR(plan.expected, 1 + .7 + .55 + .475 * 100, kEqual);
  m.max_steps = 3;
  EXPECT_EQ(plan_of(m, belief_of(m, {{"reseat", "failed"}, {"?", "?"}})).steps.size(), 1U) << "one step is left";
}

TEST(Troubleshoot, StopsWhereAPersonIsCheaper) {
  const Model m = own_causes({{.3, 2}, {.4, 4}, {.1, 6}}, 15);
  const Plan plan = plan_of(m, belief_of(m, {}));
  ASSERT_EQ(plan.steps.size(), 3U);
  EXPECT_NEAR(plan.steps[0].expected_if_last, 12.5, kEqual);
  EXPECT_NEAR(plan.steps[1].expected_if_last, 9.3, kEqual);
  EXPECT_NEAR(plan.steps[2].expected_if_last, 9.6, kEqual);
  EXPECT_EQ(plan.stop_after, 2U);
  EXPECT_THAT(advised(m), ElementsAre("a0", "a1"));
  EXPECT_EQ(after(m, {{"a0", "failed"}, {"a1", "failed"}}).why, Why::kNotWorthIt);
}

TEST(Troubleshoot, GoesOnPastAStepThatDoesNotPayAloneWhenTheWholePrefixDoes) {
  // The first step alone costs more than it saves; it pays because of what a smaller remainder makes of the second.
  const Model m = own_causes({{.2, 3.05}, {.8, 12.4}}, 15);
  EXPECT_NEAR(plan_of(m, belief_of(m, {})).steps[0].expected_if_last, 15.05, kEqual);
  EXPECT_EQ(plan_of(m, belief_of(m, {})).stop_after, 2U);
  EXPECT_THAT(advised(m), ElementsAre("a0", "a1"));
}

TEST(Troubleshoot, BeliefsSumToOneAfterAnyHistory) {
  world::Dice dice(3);
  const std::vector<std::string> results = {"failed", "solved", "not_possible", "dont_know", "k0", "k1", "k2", "?"};
  for (int i = 0; i < 2'000; ++i) {
    const Model m = world::random_model(dice, {.causes = 2 + dice.below(11)});
    History h;
    for (std::size_t n = dice.below(12); n > 0; --n)
      h.emplace_back((dice.real() < 0.5 ? "a" : "q") + std::to_string(dice.below(9)), results[dice.below(results.size())]);
    const Belief b = belief_of(m, h);
    ASSERT_NEAR(std::accumulate(b.causes.begin(), b.causes.end(), 0.0), 1, kEqual);
    ASSERT_TRUE(std::ranges::all_of(b.causes, [](double p) { return p >= 0 && p <= 1 + kEqual; }));
    ASSERT_EQ(b.steps, static_cast<int>(h.size()));
  }
}

TEST(Troubleshoot, AFailureRaisesAllOtherFixesByOneCommonFactor) {
  world::Dice dice(4);
  for (int i = 0; i < 500; ++i) {
    const Model m = world::random_model(dice, {.causes = 7, .actions = 6, .questions = 0, .disjoint = true});
    auto chance = [&](const Belief& b, std::size_t a) {
      return std::inner_product(b.causes.begin(), b.causes.end(), m.actions[a].rates.begin(), 0.0);
    };
    const Belief before = belief_of(m, {}), failed = belief_of(m, {{"a0", "failed"}});
    const double factor = 1 / (1 - chance(before, 0));
    for (std::size_t a = 1; a < m.actions.size(); ++a) ASSERT_NEAR(chance(failed, a), chance(before, a) * factor, kEqual);
  }
}

TEST(Troubleshoot, BeliefFollowsBayesRule) {
  Model m = own_causes({{.5, 1}, {.5, 1}}, 10);
  m.actions[0].rates[0] = .8;
  m.questions.push_back({.id = "q", .answers = {{"yes", {.9, .3, .5}}, {"no", {.1, .7, .5}}}});
  EXPECT_NEAR(belief_of(m, {{"a0", "failed"}}).causes[0], 1.0 / 6, kEqual);
  EXPECT_NEAR(belief_of(m, {{"q", "yes"}}).causes[0], .75, kEqual);
  EXPECT_NEAR(belief_of(m, {{"q", "yes"}, {"a0", "failed"}}).causes[0], .15 / (.15 + .25), 1e-6);
}

TEST(Troubleshoot, QuestionsNeverRaiseTheCost) {
  world::Dice dice(5);
  int asked = 0;
  for (int i = 0; i < 300; ++i) {
    const Model m = world::random_model(dice, {.causes = 6, .actions = 5, .questions = 2, .disjoint = true});
    Model silent = m;
    silent.questions.clear();
    const Decision d = after(m, {});
    asked += d.step.move == Move::kAsk ? 1 : 0;
    ASSERT_LE(d.step.expected, after(silent, {}).step.expected + kEqual);
    ASSERT_LE(world::cost_of_advice(m, m), world::optimum_of(silent) + kEqual);
  }
  EXPECT_GT(asked, 50);
}

TEST(Troubleshoot, FreeInformationNeverHurts) {
  world::Dice dice(6);
  for (int i = 0; i < 300; ++i) {
    Model m = world::random_model(dice, {.causes = 6, .actions = 5, .questions = 1, .disjoint = true});
    m.questions[0].minutes = 0;
    m.max_steps = 20;
    const Decision d = after(m, {});
    const auto q = std::ranges::find(d.ranked, Move::kAsk, &Candidate::move);
    ASSERT_NE(q, d.ranked.end());
    ASSERT_LE(q->expected, plan_of(m, belief_of(m, {})).expected + kEqual);
  }
}

TEST(Troubleshoot, WhatIsPromisedIsKeptAndNearTheOptimumAlsoWhenActionsShareCauses) {
  world::Dice dice(8);
  double worst = 1;
  for (int i = 0; i < 60; ++i) {
    const Model m = world::random_model(dice, {.causes = 6, .actions = 6, .questions = 2, .answers = 2, .shared = 3});
    const double cost = world::cost_of_advice(m, m), optimum = world::optimum_of(m);
    ASSERT_LE(cost, after(m, {}).step.expected + kEqual) << "looking again on the way only makes it cheaper";
    ASSERT_GE(cost, optimum - kEqual);
    worst = std::max(worst, cost / optimum);
  }
  EXPECT_LT(worst, 1.05);
}

TEST(Troubleshoot, AsksWhatSavesMoreThanItCostsAndSaysHowMuch) {
  Model m = own_causes({{.5, 10}, {.5, 10}}, 40);
  m.questions.push_back({.id = "lamp", .minutes = 1, .answers = {{"on", {1, 0, .5}}, {"off", {0, 1, .5}}}});
  const Decision d = after(m, {});
  EXPECT_EQ(d.step.move, Move::kAsk);
  EXPECT_EQ(id_of(m, d.step), "lamp");
  EXPECT_NEAR(d.step.expected, 11, kEqual);
  EXPECT_NEAR(d.without, 15, kEqual);
  EXPECT_EQ(sentence(d, "en"), "Asked first because the answer takes 1 minute and saves 4 minutes on average.");
  EXPECT_EQ(sentence(d, "zh-CN"), "先问这个问题：回答用时1 分钟，平均可省4 分钟。");
  EXPECT_EQ(id_of(m, after(m, {{"lamp", "off"}}).step), "a1");
  m.questions[0].minutes = 5;
  EXPECT_EQ(after(m, {}).step.move, Move::kAct) << "it would cost what it saves";
}

TEST(Troubleshoot, DontKnowChangesNoBeliefAndIsNotAskedAgain) {
  Model m = own_causes({{.5, 10}, {.4, 10}}, 40);
  m.questions.push_back({.id = "lamp", .minutes = .1, .answers = {{"on", {1, 0, .5}}, {"off", {0, 1, .5}}}});
  ASSERT_EQ(after(m, {}).step.move, Move::kAsk);
  const History h = {{"lamp", std::string(kDontKnow)}};
  EXPECT_EQ(belief_of(m, h).causes, belief_of(m, {}).causes);
  EXPECT_EQ(id_of(m, after(m, h).step), "a0");
}

TEST(Troubleshoot, WhatIsNotPossibleIsNotOfferedAgainAndTwoInARowGoToAPerson) {
  const Model m = own_causes({{.4, 1}, {.3, 1}, {.3, 1}}, 40);
  const Decision once = after(m, {{"a0", "not_possible"}});
  EXPECT_EQ(id_of(m, once.step), "a1");
  EXPECT_NEAR(once.step.chance, .3, kEqual) << "nothing was learned";
  EXPECT_EQ(after(m, {{"a0", "not_possible"}, {"a1", "not_possible"}}).why, Why::kStuck);
  EXPECT_EQ(id_of(m, after(m, {{"a0", "not_possible"}, {"a1", "failed"}}).step), "a2");
  EXPECT_NE(after(m, {{"a0", "not_possible"}, {"a1", "failed"}, {"a2", "not_possible"}}).why, Why::kStuck);
}

TEST(Troubleshoot, SafetyComesFirstInTheOrderWritten) {
  Model m = own_causes({{.9, 1}, {.05, 5}, {.05, 5}}, 40);
  m.actions.push_back({.id = "unplug", .minutes = 1, .rates = {0, 0, 0, 0}, .pinned = 2});
  m.actions[2].pinned = 3;
  m.questions.push_back({.id = "smoke", .answers = {{"yes", {.5, .5, .5, .5}}, {"no", {.5, .5, .5, .5}}}, .pinned = 1});
  EXPECT_THAT(problems_of(m), IsEmpty()) << "a safety check need not fix or tell anything";
  History h;
  for (const char* id : {"smoke", "unplug", "a2"}) {
    const Decision d = after(m, h);
    EXPECT_EQ(id_of(m, d.step), id);
    EXPECT_EQ(d.why, Why::kSafety);
    h.emplace_back(id, d.step.move == Move::kAsk ? "no" : "failed");
  }
  EXPECT_EQ(id_of(m, after(m, h).step), "a0");
}

TEST(Troubleshoot, SafetyChecksAtOnePlaceAreQuestionsFirstThenAsWritten) {
  Model m = own_causes({{.1, 9}, {.8, 1}}, 40);
  m.questions = {{.id = "smell", .answers = {{"yes", {.5, .5, .5}}, {"no", {.5, .5, .5}}}, .pinned = 1}};
  for (Action& a : m.actions) a.pinned = 1;
  EXPECT_EQ(id_of(m, after(m, {}).step), "smell");
  EXPECT_EQ(id_of(m, after(m, {{"smell", "no"}}).step), "a0");
  EXPECT_EQ(id_of(m, after(m, {{"smell", "no"}, {"a0", "failed"}}).step), "a1");
}

TEST(Troubleshoot, WhatNeedsARightIsOnlyOfferedToThoseWhoHaveIt) {
  Model m = own_causes({{.9, 1}, {.1, 2}}, 40);
  m.actions[0].needs = "admin";
  EXPECT_EQ(id_of(m, after(m, {}).step), "a1");
  const std::vector<std::string> admin = {"screwdriver", "admin"};
  EXPECT_EQ(id_of(m, after(m, {}, admin).step), "a0");
}

TEST(Troubleshoot, RiskCountsInTheOrderButIsNotSaid) {
  Model m = own_causes({{.5, 2}, {.4, 2}}, 40);
  m.actions[0].risk = 10;
  const Decision d = after(m, {});
  EXPECT_EQ(id_of(m, d.step), "a1");
  EXPECT_EQ(sentence(d, "en"), "Tried first because it solves 40 % in 2 minutes.");
}

TEST(Troubleshoot, EndsAfterMaxStepsAndTheLastStepIsTheOneThatSavesMost) {
  Model m = own_causes({{.1, 1}, {.8, 9}}, 40);
  EXPECT_EQ(id_of(m, after(m, {}).step), "a0");
  m.max_steps = 1;
  EXPECT_EQ(id_of(m, after(m, {}).step), "a1") << "1 + .9 × 40 against 9 + .2 × 40";
  EXPECT_EQ(after(m, {{"a1", "failed"}}).why, Why::kTooManySteps);
  EXPECT_EQ(Model().max_steps, 7);
}

TEST(Troubleshoot, WhatNoCauseExplainsGoesToAPerson) {
  Model m = own_causes({{.6, 1}, {.4, 1}}, 40);
  const Decision d = after(m, {{"a0", "failed"}, {"a1", "failed"}});
  EXPECT_EQ(d.step.move, Move::kEscalate);
  EXPECT_EQ(d.why, Why::kContradiction);
  EXPECT_NEAR(belief_of(m, {{"a0", "failed"}, {"a1", "failed"}}).causes[1], 1, kEqual);
}

TEST(Troubleshoot, AHistoryOfAnEditedScriptIsTaken) {
  const Model m = own_causes({{.6, 1}, {.3, 1}}, 40);
  const Belief b = belief_of(m, {{"gone", "failed"}, {"", ""}, {"a0", "renamed-result"}});
  EXPECT_EQ(b.steps, 3);
  EXPECT_EQ(b.causes, belief_of(m, {}).causes);
  EXPECT_EQ(id_of(m, next(m, b).step), "a1");
}

TEST(Troubleshoot, NothingThatCouldSolveItGoesToAPersonAtOnce) {
  Model m = own_causes({{0, 1}, {0, 2}}, 40);
  EXPECT_EQ(after(m, {}).why, Why::kNothingLeft);
  m.actions.clear();
  EXPECT_EQ(after(m, {}).why, Why::kNothingLeft);
  EXPECT_EQ(after({}, {}).step.move, Move::kEscalate);
}

TEST(Troubleshoot, OneCauseIsATrivialOrder) {
  Model m{.causes = {{"only", 3}}, .escalation = 10};
  m.actions = {{.id = "slow", .minutes = 9.5, .rates = {.9}}, {.id = "fast", .minutes = 1, .rates = {.5}}};
  EXPECT_THAT(problems_of(m), IsEmpty());
  EXPECT_THAT(advised(m), ElementsAre("fast")) << "9.5 minutes to save 9 do not pay";
}

TEST(Troubleshoot, TwoHundredCausesAreOrderedLikeFew) {
  world::Dice dice(9);
  Model m = world::random_model(dice, {.causes = 200, .actions = 60, .questions = 20, .answers = 4, .shared = 5});
  m.max_steps = 60;
  EXPECT_THAT(problems_of(m), IsEmpty());
  const Decision d = after(m, {});
  EXPECT_EQ(d.ranked.size(), 60U + 20U + 1U);
  EXPECT_LE(d.step.expected, m.escalation);
  History h;
  for (int i = 0; i < 60; ++i) h.emplace_back("a" + std::to_string(i), "failed");
  const Belief b = belief_of(m, h);
  EXPECT_NEAR(std::accumulate(b.causes.begin(), b.causes.end(), 0.0), 1, kEqual);
  EXPECT_EQ(next(m, b).step.move, Move::kEscalate);
}

TEST(Troubleshoot, AnImpossibleModelGivesBadAdviceAndNothingWorse) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  Model m{.causes = {{"a", nan}, {"b", -1}, {"b", inf}}, .escalation = nan, .max_steps = 3};
  m.actions = {{.id = "x", .minutes = -3, .rates = {nan, 7}}, {.id = "x", .minutes = inf, .risk = nan, .rates = {}}};
  m.questions = {{.id = "q", .minutes = nan, .answers = {{"k", {}}, {"k", {-1, inf, nan, 5}}}}, {.id = "r"}};
  EXPECT_GE(problems_of(m).size(), 10U);
  for (const History& h : {History{}, History{{"x", "failed"}}, History{{"q", "k"}, {"r", "k"}}}) {
    const Decision d = after(m, h);
    EXPECT_TRUE(std::isfinite(d.step.expected));
    EXPECT_FALSE(sentence(d, "en").empty());
    plan_of(m, belief_of(m, h));
  }
}

TEST(Troubleshoot, TheSameQuestionHasTheSameAnswerAndTiesGoToWhatIsWrittenFirst) {
  world::Dice dice(10);
  const Model m = world::random_model(dice, {.causes = 12, .actions = 12, .questions = 4});
  const Decision a = after(m, {{"a3", "failed"}}), b = after(m, {{"a3", "failed"}});
  ASSERT_EQ(a.ranked.size(), b.ranked.size());
  for (std::size_t i = 0; i < a.ranked.size(); ++i) {
    EXPECT_EQ(id_of(m, a.ranked[i]), id_of(m, b.ranked[i]));
    EXPECT_EQ(a.ranked[i].expected, b.ranked[i].expected);
  }
  EXPECT_THAT(advised(own_causes({{.25, 2}, {.25, 2}, {.25, 2}}, 100)), ElementsAre("a0", "a1", "a2"));
}

TEST(Troubleshoot, ADecisionSaysWhatWasWeighed) {
  const Model m = own_causes({{.5, 10}, {.3, 2}, {.2, 1}}, 1000);
  const Decision d = after(m, {});
  ASSERT_EQ(d.ranked.size(), 4U);
  EXPECT_EQ(d.ranked[0].index, d.step.index);
  for (std::size_t i = 2; i < d.ranked.size(); ++i) EXPECT_LE(d.ranked[i - 1].expected, d.ranked[i].expected);
  EXPECT_EQ(d.ranked.back().move, Move::kEscalate);
  EXPECT_NEAR(d.without, 2 + .7 * 10 + .2 * 1000, kEqual);
  EXPECT_TRUE(d.first);
  EXPECT_FALSE(after(m, {{"a2", "failed"}}).first);
  EXPECT_EQ(after(m, {{"a2", "solved"}}).step.move, Move::kNothing);
}

TEST(Troubleshoot, SentencesRoundWithoutPretending) {
  Decision d;
  d.step = {.move = Move::kAct, .chance = .004, .hoped = .004, .minutes = 12.4};
  d.why = Why::kBestChance;
  d.first = false;
  EXPECT_EQ(sentence(d, "en"), "Tried next because it solves less than 1 % in 12 minutes.");
  EXPECT_EQ(sentence(d, "zh"), "接着试这一步：用时12 分钟，有 不到 1% 的机会解决问题。");
  d.step.chance = .998;
  d.step.hoped = 1;
  d.step.minutes = .5;
  EXPECT_EQ(sentence(d, "de"), "Tried next because it solves over 99 % in half a minute.");
  d.step = {.move = Move::kAct, .chance = .2, .hoped = .4, .minutes = 1};
  EXPECT_EQ(sentence(d, "en"), "Tried next because it solves 20 % in 1 minute and has seldom been tried.");
  for (const Why why :
       {Why::kSafety, Why::kNothingLeft, Why::kNotWorthIt, Why::kStuck, Why::kTooManySteps, Why::kContradiction, Why::kSolved}) {
    d.why = why;
    EXPECT_FALSE(sentence(d, "en").empty());
    EXPECT_NE(sentence(d, "en"), sentence(d, "zh"));
  }
}

struct Broken {
  const char* says;
  void (*breaks)(Model&);
};

TEST(Troubleshoot, EveryImpossibleModelIsToldWithTheIdItIsAbout) {
  Model good = own_causes({{.5, 1}, {.3, 2}}, 40);
  good.questions.push_back({.id = "q", .answers = {{"yes", {.9, .1, .5}}, {"no", {.1, .9, .5}}}});
  ASSERT_THAT(problems_of(good), IsEmpty());
  const Broken all[] = {
      {"causes: there are none", [](Model& m) { m.causes.clear(); }},
      {"causes: all have the weight 0",
       [](Model& m) {
         for (Cause& c : m.causes) c.weight = 0;
       }},
      {"cause c1: its weight is -1", [](Model& m) { m.causes[1].weight = -1; }},
      {"cause c1: is there twice", [](Model& m) { m.causes[0].id = "c1"; }},
      {"causes: one has no id", [](Model& m) { m.causes[0].id = ""; }},
      {"actions: there are none", [](Model& m) { m.actions.clear(); }},
      {"action a0: its minutes are -2", [](Model& m) { m.actions[0].minutes = -2; }},
      {"action a0: its risk is -2", [](Model& m) { m.actions[0].risk = -2; }},
      {"action a1: rates of cause c0 is 1.5", [](Model& m) { m.actions[1].rates[0] = 1.5; }},
      {"action a1: fixes nothing", [](Model& m) { m.actions[1].rates = {0, 0, 0}; }},
      {"action a1: has 1 rates, there are 3 causes", [](Model& m) { m.actions[1].rates = {1}; }},
      {"action a1: this id is there twice", [](Model& m) { m.actions[0].id = "a1"; }},
      {"question a0: this id is there twice", [](Model& m) { m.questions[0].id = "a0"; }},
      {"question q: pinned is -1", [](Model& m) { m.questions[0].pinned = -1; }},
      {"question q: its minutes are -1", [](Model& m) { m.questions[0].minutes = -1; }},
      {"question q: has 1 answers", [](Model& m) { m.questions[0].answers.pop_back(); }},
      {"question q, answer failed: this id is reserved", [](Model& m) { m.questions[0].answers[0].id = "failed"; }},
      {"question q, answer no: is there twice", [](Model& m) { m.questions[0].answers[0].id = "no"; }},
      {"question q, answer no: likelihood of cause c0 is -0.1", [](Model& m) { m.questions[0].answers[1].likelihood[0] = -.1; }},
      {"question q: its likelihoods for cause c1 sum to 1.1", [](Model& m) { m.questions[0].answers[0].likelihood[1] = .2; }},
      {"question q: tells nothing", [](Model& m) { m.questions[0].answers = {{"yes", {.4, .4, .4}}, {"no", {.6, .6, .6}}}; }},
      {"escalation: its cost is 0", [](Model& m) { m.escalation = 0; }},
      {"max_steps: is 0", [](Model& m) { m.max_steps = 0; }},
  };
  for (const Broken& b : all) {
    Model m = good;
    b.breaks(m);
    EXPECT_THAT(problems_of(m), testing::Contains(HasSubstr(b.says)));
  }
}

}  // namespace
}  // namespace usher::dialogs::troubleshoot
