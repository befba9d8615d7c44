// 10,000 random turns over the shipped scripts: nothing crashes, loops or gets stuck; one ticket at most; the state survives
// JSON.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "dialogs/engine.h"
#include "tests/dialogs/scripts.h"

namespace usher::dialogs {
namespace {

const std::vector<std::string>& phrases() {
  static const std::vector<std::string> list = {"yes",
                                                "no",
                                                "没有",
                                                "是的",
                                                "2",
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
                                                "{{serial}}",
                                                "yes but no",
                                                "\xff\xfe bad bytes",
                                                std::string(5000, 'x'),
                                                "no smoke but a burning smell",
                                                "上一步",
                                                "重新开始",
                                                "第二个",
                                                "sn PF1ABCD2 error 0x7b",
                                                "……",
                                                "返回",
                                                "不是不亮",
                                                "dialog:no-power"};
  return list;
}

TEST(RandomWalk, NeverCrashesLoopsOrOpensTwoTickets) {
  const auto set = shipped_scripts();
  ASSERT_TRUE(set);
  std::mt19937 random(20240501);
  auto pick = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  int turns = 0, conversations = 0, ends = 0;
  while (turns < 10'000) {
    State state;
    std::vector<Choice> offered;
    int tickets = 0;
    ++conversations;
    const std::string_view entry = pick(8) == 0 ? "email" : "";
    for (int n = 0; n < 40 && turns < 10'000; ++n, ++turns) {
      Event event = Said{phrases()[pick(phrases().size())], "", pick(3) == 0 ? "zh" : "en", pick(10) == 0 ? 1 : 0};
      if (pick(12) == 0) event = Opened{pick(2) == 0 ? "en" : "zh"};
      if (!offered.empty() && pick(2) == 0) {
        const Choice& c = offered[pick(offered.size())];
        event = pick(2) == 0 ? Said{c.label, c.id, "", 0} : Said{c.label, "", "", 0};
      }
      for (int round = 0;; ++round) {
        ASSERT_LT(round, kMaxSteps + 2) << "a turn does not end";
        Outcome o = step(*set, state, event, entry);
        const auto again = State::from_json(o.state.to_json());
        ASSERT_TRUE(again.has_value());
        ASSERT_EQ(*again, o.state);
        ASSERT_LT(o.state.to_json().size(), 64'000U);
        state = std::move(o.state);
        bool asks = false;
        for (const Effect& e : o.effects) {
          if (const auto* p = std::get_if<Prompt>(&e)) {
            ASSERT_FALSE(p->text.contains("{{")) << p->text;
            if (!p->choices.empty()) offered = p->choices;
          }
          if (std::holds_alternative<OpenTicket>(e)) ++tickets;
          asks = asks || std::holds_alternative<Search>(e) || std::holds_alternative<FetchArticle>(e);
        }
        if (!std::holds_alternative<Opened>(event) && state.end.empty()) {
          ASSERT_FALSE(o.effects.empty() && !std::holds_alternative<ArticlesFound>(event))
              << "silence at " << state.dialog << "/" << state.step;
        }
        if (!asks) break;
        ArticlesFound found;
        for (const Effect& e : o.effects) {
          if (const auto* f = std::get_if<FetchArticle>(&e); f != nullptr && pick(4) != 0)
            found.articles.push_back({f->id, f->id, "Do this.", 1});
          if (std::holds_alternative<Search>(e) && pick(2) == 0)
            found.articles.push_back({"found-" + std::to_string(pick(3)), "t", "Do that.", 0.7});
        }
        event = found;
      }
      ASSERT_LE(tickets, 1);
      ASSERT_EQ(state.end == "escalated", tickets == 1);
    }
    if (!state.end.empty()) ++ends;
  }
  fmt::print("{} turns, {} conversations, {} of them ended\n", turns, conversations, ends);
  EXPECT_GT(ends, conversations / 2);
}

TEST(RandomWalk, AnEventlessCustomerAlwaysGetsToAPerson) {
  // Whoever answers nonsense to everything reaches a ticket within a bounded number of turns.
  State state;
  int turns = 0;
  while (state.end.empty() && ++turns < 60) {
    Outcome o = step(*shipped_scripts(), state, Said{turns == 1 ? "my laptop won't turn on" : "blorp", "", "", 0});
    while (std::ranges::any_of(o.effects, [](const Effect& e) {
      return std::holds_alternative<Search>(e) || std::holds_alternative<FetchArticle>(e);
    })) {
      o = step(*shipped_scripts(), o.state, ArticlesFound{});
    }
    state = std::move(o.state);
  }
  EXPECT_EQ(state.end, "escalated");
  EXPECT_LT(turns, 20);
}

TEST(Speed, OfOneTurnIsPrinted) {
  const auto set = shipped_scripts();
  ASSERT_TRUE(set);
  State at_question = step(*set, {}, Said{"my laptop won't turn on", "", "en", 0}).state;
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
  measure("first message", {}, Said{"my laptop won't turn on", "", "en", 0});
  measure("button", at_question, Said{"", "no", "", 0});
  measure("words, English", at_question, Said{"no, I can't see any smoke", "", "", 0});
  measure("words, Chinese", at_question, Said{"没有冒烟，也没有焦味", "", "", 0});
  measure("not understood", at_question, Said{"purple elephants are dancing", "", "", 0});
}

}  // namespace
}  // namespace usher::dialogs
