// The short cuts of understanding find what the long way finds.
#include "dialogs/triggers.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <random>
#include <thread>

#include "base/text.h"
#include "dialogs/pattern_words.h"
#include "dialogs/understand.h"
#include "dialogs/understand_question.h"
#include "dialogs/word_table.h"
#include "scripts.h"
#include "understanding_set.h"

namespace usher::dialogs {
namespace {

using Pieces = std::vector<std::string>;

std::vector<std::string> first_texts() {
  std::vector<std::string> out;
  for (const char* language : {"en", "zh"}) {
    for (const auto& m : understanding::first_messages(language, "train")) out.push_back(m.text);
  }
  return out;
}

TEST(PatternWords, ThePartThatTellsMostIsWhatATextMustHold) {
  EXPECT_EQ(words_needed(R"(\b(forgot|lost)\b.{0,15}\bpassword\b)"), (Pieces{"password"}));
  EXPECT_EQ(words_needed(R"(\bblue ?screen\b)"), (Pieces{"screen"}));
  EXPECT_EQ(words_needed(R"((can[''’]?t|cannot) (log|sign) ?in\b)"), (Pieces{"can", "cannot"}));
  EXPECT_EQ(words_needed("(忘|不记得).{0,6}(密码|PIN)"), (Pieces{"忘", "不记得"}));
  EXPECT_EQ(words_needed("Wi-?Fi"), (Pieces{"wi"}));
  EXPECT_EQ(words_needed(R"(ab+c{2}d\.e)"), (Pieces{"d.e"}));
}

TEST(PatternWords, NothingIsSureOfAPatternThatAsksForNoCertainWords) {
  for (const char* pattern :
       {"", ".*", "[a-z]+", "(on)?", "(ab|.)", "a|bc", "(?i)abc", R"(\x{41}bc)", R"(\Qab\E)", "(ab){0,2}", "É", "(ab"}) {
    EXPECT_EQ(words_needed(pattern), Pieces{}) << pattern;
  }
}

TEST(Triggers, NoPatternMatchesATextItIsNotTriedOn) {
  std::vector<Problem> problems;
  const auto set = parse(shipped_sources(), problems);
  ASSERT_TRUE(set) << to_string(problems);
  int matched = 0, tried = 0, all = 0;
  for (const std::string& text : first_texts()) {
    const std::string folded = text::fold(half_width(text));
    const auto may = set->triggers->may_match(folded);
    tried += static_cast<int>(may.size());
    std::uint32_t number = 0;
    for (const auto& [name, script] : set->scripts) {
      for (std::uint32_t i = 0; i < script.trigger.patterns.size(); ++i, ++all) {
        if (!RE2::PartialMatch(folded, *script.trigger.compiled[i])) continue;
        ++matched;
        EXPECT_TRUE(std::ranges::binary_search(may, Triggers::Pattern{number, i})) << script.trigger.patterns[i] << "\n" << text;
      }
      ++number;
    }
  }
  EXPECT_GT(matched, 10);
  EXPECT_LT(tried, all / 10);
}

TEST(Triggers, EveryPlaceAPhraseIsFoundAtIsAmongThoseItMayBeginAt) {
  std::vector<Problem> problems;
  const auto set = parse(shipped_sources(), problems);
  ASSERT_TRUE(set) << to_string(problems);
  auto texts = first_texts();
  texts.push_back("my priner wont prnt, 2 beeps and win10 blu screen, secnd time");
  texts.push_back("我的电脑 wifi 连不上，开不了机，two beeps");
  int found = 0;
  for (std::size_t n = 0; n < texts.size(); ++n) {
    if (n % 5 != 0 && n + 2 < texts.size()) continue;
    const Message m = read_words(texts[n]);
    const auto places = set->triggers->begins(m);
    std::uint32_t number = 0;
    for (const auto& [name, script] : set->scripts) {
      for (std::uint32_t i = 0; i < script.trigger.keys.size(); ++i) {
        for (const Found& f : find_phrase(m, script.trigger.keys[i], true, 2)) {
          ++found;
          const Triggers::Place place{number, i, static_cast<std::uint32_t>(f.begin)};
          EXPECT_TRUE(std::ranges::binary_search(places, place)) << texts[n] << " " << name << " " << i;
        }
      }
      ++number;
    }
  }
  EXPECT_GT(found, 10);
}

std::vector<Option> lamp_options() {
  std::vector<Option> options(2);
  options[0].id = "on";
  options[0].label.by_language = {{"en", "It is on"}, {"zh", "亮"}};
  options[1].id = "off";
  options[1].label.by_language = {{"en", "It is off"}, {"zh", "不亮"}};
  prepare(options);
  return options;
}

TEST(QuestionReadings, AQuestionIsReadOncePerLanguageAndAgainWhenItsLabelsChange) {
  std::vector<Option> options = lamp_options();
  const Lexicons& words = Lexicons::built_in();
  const auto english = reading_of(options, "en", "Is the lamp on?", words);
  EXPECT_EQ(english, reading_of(options, "en", "Is the lamp on?", words));
  EXPECT_NE(english, reading_of(options, "zh", "灯亮吗？", words));
  EXPECT_NE(english, reading_of(options, "en", "Is the fan on?", words));
  const Lexicons more({{"yes", {"righto"}}});
  EXPECT_NE(english, reading_of(options, "en", "Is the lamp on?", more));
  options[1].label.by_language["en"] = "It is dark";  // a copy that somebody edited
  EXPECT_NE(english, reading_of(options, "en", "Is the lamp on?", words));
  EXPECT_EQ(understand_choice("it is off", lamp_options(), "en", "Is the lamp on?").value, "off");
}

TEST(QuestionReadings, AreMadeByManyThreadsAtOnce) {
  const std::vector<Option> options = lamp_options();
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        for (int k = 0; k < 50; ++k) {
          const std::string question = "Is lamp " + std::to_string((i + k) % 12) + " on?";  // more than are kept
          right += understand_choice("it is off", options, "en", question).value == "off" ? 1 : 0;
        }
      });
    }
  }
  EXPECT_EQ(right, 400);
}

TEST(WordTable, HoldsEveryWordOfItsListAndNoOther) {
  static constexpr WordTable kTable(std::array<std::string_view, 5>{"on", "no", "一", "on", "a longer one"});
  EXPECT_EQ(kTable.find("on"), 0U);
  EXPECT_EQ(kTable.find("no"), 1U);
  EXPECT_TRUE(kTable.contains("一") && kTable.contains("a longer one"));
  for (const char* other : {"", "o", "oo", "二", "a longer ones"}) EXPECT_FALSE(kTable.contains(other)) << other;
}

TEST(EditDistance, OneSlipIsToldWithoutTheTableAsWithIt) {
  std::mt19937 random(3);
  auto word = [&] {
    std::string w;
    for (std::size_t n = random() % 7; n > 0; --n) w += static_cast<char>('a' + random() % 3);
    return w;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string a = word(), b = word();
    EXPECT_EQ(text::edit_distance(a, b, 1), std::min<std::size_t>(2, text::edit_distance(a, b, 2))) << a << " " << b;
  }
}

}  // namespace
}  // namespace usher::dialogs
