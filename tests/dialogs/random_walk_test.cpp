// Random conversations over the shipped scripts and over scripts that use every kind of step: nothing crashes, loops or gets
// stuck; one ticket at most; the state survives JSON and stays small; once the customer keeps silent, time ends each of them.
// USHER_WALKS=10000 plays that many conversations over each set; the default is for every build.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>

#include "dialogs/engine.h"
#include "tests/dialogs/every_kind.h"

namespace usher::dialogs {
namespace {

const std::vector<std::string>& phrases() {
  static const std::vector<std::string> list = {"yes",
                                                "no",
                                                "没有",
                                                "是的",
                                                "2",
                                                "3",
                                                "the last one",
                                                "back",
                                                "start over",
                                                "agent",
                                                "not sure",
                                                "I don't know",
                                                "不知道",
                                                "my laptop won't turn on",
                                                "打印机打不出来",
                                                "no internet",
                                                "Ana",
                                                "ana@example.com",
                                                "PF1ABCD2",
                                                "12AB",
                                                "thanks",
                                                "hello",
                                                "purple",
                                                "",
                                                "👍",
                                                "it still doesn't work",
                                                "what?",
                                                "没用",
                                                "{{nobody}}",
                                                "yes but no",
                                                "\xff\xfe bad bytes",
                                                "no smoke but a burning smell",
                                                "上一步",
                                                "重新开始",
                                                "第二个",
                                                "sn PF1ABCD2 error 0x7b",
                                                "……",
                                                "返回",
                                                "不是不亮",
                                                "dialog:no-power",
                                                "everything is broken",
                                                "whatever",
                                                "I can't do that",
                                                "做不到",
                                                "how do I do that?",
                                                "where is it?",
                                                "为什么要这样做？",
                                                "the serial is wrong",
                                                "序列号写错了",
                                                "how is my case?",
                                                "我的工单怎么样了",
                                                "English please",
                                                "请说中文",
                                                "very good",
                                                "5",
                                                "thinkpad x2",
                                                "XPS 13",
                                                "xsp 13",
                                                "it is a ThinkPad X1",
                                                "four",
                                                "99",
                                                "2024-05",
                                                "I agree",
                                                "同意",
                                                "well, if I must",
                                                "no, it is AB123456",
                                                "it works now",
                                                "not possible",
                                                "{{> unplug}}",
                                                "return",
                                                "-1",
                                                "1e9",
                                                "kitchen"};
  return list;
}

struct Walk {
  const ScriptSet& scripts;
  std::mt19937& random;
  State state = {};
  std::vector<Choice> offered = {};
  int tickets = 0, turns = 0;
  long wakes = 0;
  std::string entry = {};

  std::size_t pick(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); }

  Event anything() {
    if (pick(12) == 0) return Opened{pick(2) == 0 ? "en" : "zh"};
    if (pick(15) == 0) return TimePassed{};
    if (pick(60) == 0) return LookedUp{};
    if (pick(60) == 0) return ArticlesFound{{{"stray", "t", "x", 0.9}}};
    if (!offered.empty() && pick(2) == 0) {
      const Choice& c = offered[pick(offered.size())];
      return pick(2) == 0 ? Said{c.label, c.id, "", 0} : Said{c.label, "", "", 0};
    }
    std::string words = pick(40) == 0 ? std::string(5000, 'x') : phrases()[pick(phrases().size())];
    return Said{std::move(words), "", pick(3) == 0 ? "zh" : "en", pick(10) == 0 ? 1 : 0};
  }

  Event answer_of(const Effect& e) {
    if (const auto* l = std::get_if<LookUp>(&e)) {
      LookedUp found{static_cast<LookedUp::Result>(pick(3)), {}, "test"};
      for (const std::string& m : l->members) found.values[m] = pick(2) == 0 ? "in" : "";
      return found;
    }
    ArticlesFound found;
    if (const auto* f = std::get_if<FetchArticle>(&e); f != nullptr && pick(4) != 0)
      found.articles.push_back({f->id, f->id, "Do this.", 1});
    if (std::holds_alternative<Search>(e) && pick(2) == 0)
      found.articles.push_back({"found-" + std::to_string(pick(3)), "t", "Do that.", pick(2) == 0 ? 0.7 : 0.3});
    return found;
  }

  // One event and the answers of the outside that follow from it.
  void turn(Event event) {
    ++turns;
    for (int round = 0;; ++round) {
      ASSERT_LT(round, kMaxSteps + 2) << "a turn does not end";
      const bool from_outside = std::holds_alternative<ArticlesFound>(event) || std::holds_alternative<LookedUp>(event);
      Outcome o = step(scripts, std::move(state), event, entry);
      if (turns % 4 == 0) {
        const std::string json = o.state.to_json();
        const auto again = State::from_json(json);
        ASSERT_TRUE(again.has_value());
        ASSERT_EQ(*again, o.state);
        ASSERT_LT(json.size(), 64'000U);
      }
      state = std::move(o.state);
      const Effect* wish = nullptr;
      for (const Effect& e : o.effects) {
        if (const auto* p = std::get_if<Prompt>(&e)) {
          ASSERT_FALSE(p->text.contains("{{s")) << p->text;
          if (!p->choices.empty()) offered = p->choices;
        }
        if (const auto* a = std::get_if<Await>(&e)) wakes = a->after.count();
        if (std::holds_alternative<OpenTicket>(e)) ++tickets;
        if (std::holds_alternative<Search>(e) || std::holds_alternative<FetchArticle>(e) || std::holds_alternative<LookUp>(e)) {
          ASSERT_EQ(wish, nullptr) << "two wishes to the outside at once";
          wish = &e;
        }
      }
      if (std::holds_alternative<Said>(event) && state.end.empty())
        ASSERT_FALSE(o.effects.empty()) << "silence at " << state.dialog << "/" << state.step;
      if (!from_outside) ASSERT_EQ(o.taken.is_answer && o.taken.as.empty(), false);
      if (wish == nullptr) break;
      event = answer_of(*wish);
    }
    ASSERT_LE(tickets, 1);
    ASSERT_EQ(state.end == "escalated", tickets == 1);
    ASSERT_LE(state.history.size(), kMaxHistory);
    ASSERT_LE(state.calls.size(), kMaxCalls);
  }

  // The customer never writes again.
  void silence() {
    for (int woken = 0; state.end.empty() && !state.dialog.empty(); ++woken) {
      ASSERT_LT(woken, 2 * kMaxSteps) << "time does not end it at " << state.dialog << "/" << state.step;
      ASSERT_GT(wakes, 0) << "nobody will wake " << state.dialog << "/" << state.step;
      turn(TimePassed{});
      if (testing::Test::HasFatalFailure()) return;
    }
  }
};

void walk_over(const ScriptSet& scripts, std::string_view email) {
  const char* wanted = std::getenv("USHER_WALKS");
  const int conversations = wanted != nullptr ? std::atoi(wanted) : 700;
  std::mt19937 random(20240501);
  int turns = 0, ended = 0;
  for (int i = 0; i < conversations; ++i) {
    Walk walk{scripts, random};
    walk.entry = walk.pick(8) == 0 ? std::string(email) : "";
    const std::size_t length = 1 + walk.pick(40);
    for (std::size_t n = 0; n < length; ++n) {
      walk.turn(walk.anything());
      if (testing::Test::HasFatalFailure()) return;
    }
    if (!walk.state.end.empty()) ++ended;
    turns += walk.turns;
    walk.silence();
    if (testing::Test::HasFatalFailure()) return;
  }
  fmt::print("{} conversations, {} turns, {} ended before the silence\n", conversations, turns, ended);
  EXPECT_GT(ended, conversations / 5);
}

TEST(RandomWalk, OverTheShippedScriptsNeverCrashesLoopsOrOpensTwoTickets) {
  ASSERT_TRUE(shipped_scripts());
  walk_over(*shipped_scripts(), "email");
}

TEST(RandomWalk, OverEveryKindOfStepNeverCrashesLoopsOrOpensTwoTickets) {
  ASSERT_TRUE(every_kind());
  walk_over(*every_kind(), "everything");
}

TEST(RandomWalk, AnEventlessCustomerAlwaysGetsToAPerson) {
  // Whoever answers nonsense to everything reaches a ticket within a bounded number of turns.
  ASSERT_TRUE(every_kind());
  std::mt19937 random(1);
  Walk walk{*every_kind(), random};
  while (walk.state.end.empty() && walk.turns < 60) walk.turn(Said{walk.turns == 0 ? "everything" : "blorp", "", "", 0});
  EXPECT_EQ(walk.state.end, "escalated");
  EXPECT_LT(walk.turns, 20);
}

TEST(Speed, OfOneTurnIsPrinted) {
  const auto set = every_kind();
  ASSERT_TRUE(set);
  State at_question = step(*set, {}, Said{"everything is broken", "", "en", 0}).state;
  auto measure = [&](const char* name, const State& state, const Event& event) {
    constexpr int kTurns = 500;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kTurns; ++i) {
      const Outcome o = step(*set, state, event);
      ASSERT_FALSE(o.effects.empty());
    }
    const auto ns =
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin).count() / kTurns;
    fmt::print("{:32} {:>8} ns per turn\n", name, ns);
  };
  measure("first message", {}, Said{"everything is broken", "", "en", 0});
  measure("button", at_question, Said{"", "no", "", 0});
  measure("words, English", at_question, Said{"no, I can't see any smoke", "", "", 0});
  measure("words, Chinese", at_question, Said{"没有冒烟，也没有焦味", "", "", 0});
  measure("not understood", at_question, Said{"purple elephants are dancing", "", "", 0});
}

}  // namespace
}  // namespace usher::dialogs
