// Answers to questions as flowcharts ask them (tests/data/understanding/flow-*.txt), and the parts of understanding that stand
// apart: consent, what a first message answers, wishes, staff's own words. USHER_SHOW=1 prints the failures of the train part.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>

#include "dialogs/understand.h"
#include "understanding_set.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;

struct Figures {
  int right = 0, wrong = 0, reasked = 0;
  double percent(int n) const { return 100.0 * n / std::max(1, right + wrong + reasked); }
};

Figures measure(const std::string& language, const std::string& part) {
  Figures f;
  const bool show = part == "train" && std::getenv("USHER_SHOW") != nullptr;
  for (const auto& asked : understanding::load("flow-" + language, part)) {
    for (const auto& answer : asked.answers) {
      const Understood u = understand_choice(answer.text, asked.question.options, language, asked.question.text);
      const bool none = answer.label == "-" || answer.label == "?" || answer.label == "dont_know";
      const bool took = u.as == As::kOption;
      const bool right = none ? !took : took && u.value == answer.label;
      ++(right ? f.right : took ? f.wrong : f.reasked);
      if (show && !right)
        fmt::print("{} | {} | wanted {} got {} ({})\n", asked.question.text, answer.text, answer.label, u.value, u.why);
    }
  }
  fmt::print("flow {} {}: right {:.1f} %, wrong branch {:.1f} %, re-asked {:.1f} %\n", language, part, f.percent(f.right),
             f.percent(f.wrong), f.percent(f.reasked));
  return f;
}

TEST(UnderstandFlow, EnglishAnswersToFlowchartQuestions) {
  const Figures train = measure("en", "train"), test = measure("en", "test");
  EXPECT_GE(train.percent(train.right), 88.8);
  EXPECT_LE(train.percent(train.wrong), 1);
  EXPECT_GE(test.percent(test.right), 83.5);
  EXPECT_LE(test.percent(test.wrong), 5);
}
TEST(UnderstandFlow, ChineseAnswersToFlowchartQuestions) {
  const Figures train = measure("zh", "train"), test = measure("zh", "test");
  EXPECT_GE(train.percent(train.right), 95);
  EXPECT_LE(train.percent(train.wrong), 1.5);
  EXPECT_GE(test.percent(test.right), 90);
  EXPECT_LE(test.percent(test.wrong), 3);
}

TEST(UnderstandConsent, ManyWordsMayHoldAnOutrightOne) {
  EXPECT_EQ(understand_consent("ok go ahead, i agree", "en").value, "agree");
  EXPECT_EQ(understand_consent("不同意，照片很重要", "zh").value, "decline");
}
TEST(UnderstandConsent, OnlyAnOutrightYesBinds) {
  for (const char* words : {"yes", "I agree", "agreed", "yes, I agree", "同意", "我同意", "是的"})
    EXPECT_EQ(understand_consent(words, "en").value, "agree") << words;
  for (const char* words : {"no", "I do not agree", "不同意", "no thanks"})
    EXPECT_EQ(understand_consent(words, "en").value, "decline") << words;
  for (const char* words : {"ok", "I think so", "yes if it is free", "yes, but only the screen", "maybe", "thanks", "好的",
                            "is it free?", "probably yes", "fine", "yes?", "let me check"})
    EXPECT_NE(understand_consent(words, "en").as, As::kOption) << words;
}

std::string already(const char* words, const char* question) {
  std::vector<Option> options{understanding::option("yes", "Yes", "", "en"), understanding::option("no", "No", "", "en")};
  prepare(options);
  return answered_by(words, options, "en", question).value;
}

TEST(UnderstandFirst, AMessageAnswersWhatItSpeaksOf) {
  EXPECT_EQ(already("my laptop won't turn on, no lights at all", "Do any lights come on?"), "no");
  EXPECT_EQ(already("my laptop won't turn on, no lights at all", "Is it plugged in?"), "");
  EXPECT_EQ(already("the battery is dead", "Is the battery charged?"), "no");
  EXPECT_EQ(already("yes please help me", "Is the battery charged?"), "");
  EXPECT_EQ(already("my printer is old", "Is the cable old?"), "");
  EXPECT_EQ(already("When I brake it drifts to the left. No warning lights.", "Brake warning light on?"), "no");
  EXPECT_EQ(already("brake lamp is on and I see oil", "Brake warning light on?"), "yes");
  EXPECT_EQ(already("my car won't start this morning", "Does the engine turn over when you turn the key?"), "");
  EXPECT_EQ(already("I turn the key and there is one click", "Does the engine turn over when you turn the key?"), "");
  EXPECT_EQ(already("wifi dead", "Does the laptop list any wireless networks?"), "");
  EXPECT_EQ(already("no picture on the screen but the fan is running", "Is the fan running?"), "yes");
}

TEST(UnderstandCommand, WishesThatHoldAnywhere) {
  EXPECT_EQ(understand_command("how is my case?").as, As::kStatus);
  EXPECT_EQ(understand_command("查进度").as, As::kStatus);
  EXPECT_EQ(understand_command("in English please").value, "en");
  EXPECT_EQ(understand_command("请说中文").value, "zh");
  EXPECT_EQ(understand_command("the keyboard is set to English and does not work").as, As::kNothing);
}

TEST(Lexicons, StaffsWordsGoBeforeTheBuiltIn) {
  const Lexicons own({{"yes", {"zonkers"}}, {"human", {"get me the boss"}}, {"nonsense", {"x"}}});
  std::vector<Option> options{understanding::option("yes", "Yes", "", "en"), understanding::option("no", "No", "", "en")};
  prepare(options);
  EXPECT_EQ(understand_choice("zonkers", options, "en", "Is it on?", own).value, "yes");
  EXPECT_NE(understand_choice("zonkers", options, "en", "Is it on?").as, As::kOption);
  EXPECT_EQ(understand_command("get me the boss", own).as, As::kHuman);
  EXPECT_FALSE(Lexicons::tag_names().empty());
}

TEST(UnderstandChoice, ALetterOfFourThousandCharactersIsReadInBoundedTime) {
  std::vector<Option> options{understanding::option("yes", "Yes", "", "en"), understanding::option("no", "No", "", "en")};
  prepare(options);
  std::string text;
  while (text.size() < 4000) text += "no not the light is off and on but not, ";
  const auto begin = std::chrono::steady_clock::now();
  understand_choice(text, options, "en", "Is the power light on?");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

}  // namespace
}  // namespace usher::dialogs
