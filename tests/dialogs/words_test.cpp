#include "dialogs/words.h"

#include <gtest/gtest.h>

#include "dialogs/lexicon.h"

namespace usher::dialogs {
namespace {

TEST(Words, AllSpellingsOfANegationAreOneWord) {
  const Phrase expected = {"not", "turn", "on"};
  for (const char* s : {"won't turn on", "wont turn on", "does not turn on", "doesn’t turn on", "isn't turning on",
                        "did not turn on", "cannot turn on", "NOT TURNING ON"}) {
    EXPECT_EQ(to_phrase(s), expected) << s;
  }
}

TEST(Words, EveryHanCharacterIsAWordAndFullWidthIsFolded) {
  EXPECT_EQ(to_phrase("ＯＫ，没有！"), (Phrase{"ok", "没", "有"}));
  EXPECT_EQ(half_width("ＳＮ：１２　３"), "SN:12 3");
}

TEST(Words, TraditionalCharactersAreReadAsSimplifiedOnes) {
  EXPECT_EQ(to_phrase("沒有反應"), to_phrase("没有反应"));
  const Message m = read_words("燈亮著");
  EXPECT_EQ(m.words[0].text, "灯");
  EXPECT_EQ(m.words[0].folded, "燈");
}

TEST(Words, CantoneseIsReadAsItIsWritten) {
  EXPECT_EQ(to_phrase("冇亮"), to_phrase("没有亮"));
  EXPECT_EQ(to_phrase("唔係"), to_phrase("不是"));
}

TEST(Words, ABreakStandsBetweenClausesButNotInNumbers) {
  const Message m = read_words("no, it costs 1,5");
  ASSERT_GE(m.words.size(), 2U);
  EXPECT_EQ(m.words[1].kind, Word::Kind::kBreak);
  EXPECT_EQ(m.words.back().text, "1,5");
}

TEST(Words, APhraseIsFoundWithATypoOrAWordInBetweenButNotAcrossANegation) {
  EXPECT_EQ(find_phrase(read_words("the pinter is offline"), to_phrase("printer"), true, 0).size(), 1U);
  EXPECT_EQ(find_phrase(read_words("printer is now offline"), to_phrase("printer offline"), true, 2).size(), 1U);
  EXPECT_TRUE(find_phrase(read_words("printer is not offline"), to_phrase("printer offline"), true, 2).empty());
  EXPECT_TRUE(find_phrase(read_words("sprinter"), to_phrase("printer"), false, 0).empty());
}

TEST(Words, ANumberIsTheSameInWordsButANameLikeFiveGIsOnlyItself) {
  const auto found = [](std::string_view message, std::string_view phrase) {
    return find_phrase(read_words(message), to_phrase(phrase), true, 0).size();
  };
  EXPECT_EQ(found("two short beeps", "2 short"), 1U);
  EXPECT_EQ(found("the 5G network", "5g"), 1U);
  EXPECT_EQ(found("a 4K screen", "4k"), 1U);
  for (const char* name : {"5g", "4k", "3d", "2x"}) EXPECT_EQ(found("the printer is broken", name), 0U) << name;
  EXPECT_EQ(found("the 4K screen", "5g"), 0U);
}

TEST(Words, InvalidBytesAndControlsDoNotHurt) {
  EXPECT_NO_FATAL_FAILURE(read_words("\xff\xfe\x80 \x01 yes"));
  EXPECT_TRUE(read_words("").words.empty());
  EXPECT_TRUE(read_words("...!?").words.empty());
}

TEST(Words, NumbersAreReadInWords) {
  EXPECT_EQ(small_number("two"), 2);
  EXPECT_EQ(small_number("第"), std::nullopt);
  EXPECT_EQ(small_number("十二"), 12);
  EXPECT_EQ(small_number("二十"), 20);
  EXPECT_EQ(small_number("17"), 17);
  EXPECT_EQ(small_number("170"), std::nullopt);
}

}  // namespace
}  // namespace usher::dialogs
