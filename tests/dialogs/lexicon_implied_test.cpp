// What implies an answer, where just this was asked.
#include "dialogs/lexicon_implied.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "dialogs/lexicon_data.h"
#include "dialogs/understand.h"
#include "understanding_set.h"

namespace usher::dialogs {
namespace {

using testing::IsEmpty;

// What an answer says on the facts of a question: above 0 that it is so, below that it is not.
int implied(const std::string& question, const std::string& answer) {
  const auto facts = facts_asked(read_words(question));
  int sum = 0;
  for (const ImpliedWord& word : implied_in(read_words(answer), facts))
    sum += word.pole * std::ranges::find(facts, word.fact, &AskedFact::fact)->pole;
  return sum;
}

TEST(LexiconImplied, AnAnswerImpliesWhatWasAsked) {
  EXPECT_LT(implied("Is there petrol in the tank?", "she is on fumes"), 0);
  EXPECT_GT(implied("Is there petrol in the tank?", "half a tank"), 0);
  EXPECT_LT(implied("油箱里还有油吗？", "一滴不剩"), 0);
}

TEST(LexiconImplied, TheOppositeQuestionTurnsIt) {
  EXPECT_GT(implied("Is the fuel tank empty?", "she is on fumes"), 0);
  EXPECT_LT(implied("Is the fuel tank empty?", "half a tank"), 0);
}

TEST(LexiconImplied, TheSameWordsSayNothingToAnotherQuestion) {
  EXPECT_EQ(implied("Does the keyboard respond?", "she is on fumes"), 0);
  EXPECT_THAT(facts_asked(read_words("Shall I go ahead?")), IsEmpty());
  EXPECT_THAT(implied_in(read_words("on fumes"), {}), IsEmpty());
}

TEST(LexiconImplied, LightWordsBetweenDoNotMatterAndPlacesAreThoseOfTheAnswer) {
  const auto facts = facts_asked(read_words("Is there petrol in the tank?"));
  const Message said = read_words("well, it is on the very fumes now");
  const auto words = implied_in(said, facts);
  ASSERT_FALSE(words.empty());
  for (const ImpliedWord& word : words) {
    EXPECT_LE(word.end, said.words.size());
    EXPECT_TRUE(std::ranges::any_of(said.words.begin() + static_cast<std::ptrdiff_t>(word.begin),
                                    said.words.begin() + static_cast<std::ptrdiff_t>(word.end),
                                    [](const Word& w) { return w.folded == "fumes"; }));
  }
}

TEST(LexiconImplied, ANotInALabelTurnsItsFacts) {
  const Message question = read_words("What is it?");
  const auto plain = facts_said(read_words("The tank is empty"), question);
  const auto denied = facts_said(read_words("The tank is not empty"), question);
  std::size_t both = 0;
  for (const AskedFact& p : plain) {
    const auto d = std::ranges::find(denied, p.fact, &AskedFact::fact);
    if (d == denied.end()) continue;
    ++both;
    EXPECT_EQ(p.pole, -d->pole);
  }
  EXPECT_GT(both, 0U);
}

// An answer that is taken names the implication.
TEST(LexiconImplied, TheReasonSaysThatItWasImplied) {
  std::vector<Option> options{understanding::option("yes", "Yes", "", "en"), understanding::option("no", "No", "", "en")};
  prepare(options);
  const Understood u = understand_choice("running on fumes", options, "en", "Is there petrol in the tank?");
  EXPECT_EQ(u.value, "no") << u.why;
  EXPECT_THAT(u.why, testing::HasSubstr("impl"));
}

// The whole of a file: a fact nobody can ask about, or one nothing speaks of, is a slip.
TEST(LexiconImplied, EveryFactCanBeAskedAndAnswered) {
  for (const LexiconBlock& block : lexicon_blocks()) {
    if (block.kind != "implied") continue;
    const auto has = [&](auto... signs) {
      return std::ranges::any_of(block.lines, [&](const LexiconLine& line) { return ((line.sign == signs) || ...); });
    };
    EXPECT_TRUE(has("about")) << block.name;
    EXPECT_TRUE(has("+", "-")) << block.name;
    for (const LexiconLine& line : block.lines)
      EXPECT_TRUE(line.sign == "about" || line.sign == "with" || line.sign == "asks-not" || line.sign == "+" || line.sign == "-")
          << block.name << ": " << line.sign << ": " << line.phrases;
  }
}

}  // namespace
}  // namespace usher::dialogs
