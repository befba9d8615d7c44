// How many of several things an answer speaks of, and answers of people who did not look.
#include <gtest/gtest.h>

#include "dialogs/understand.h"
#include "dialogs/understand_many.h"

namespace usher::dialogs {
namespace {

Many said(std::string_view words) {
  return many_said(SaidWords(words, Lexicons::built_in()));
}
bool not_tried(std::string_view answer, std::string_view question) {
  return untried(SaidWords(answer, Lexicons::built_in()), read_claim(question));
}

TEST(UnderstandMany, LabelsTellOneSomeOrAll) {
  EXPECT_EQ(many_in_label("Only this one"), Many::kOne);
  EXPECT_EQ(many_in_label("Just one website"), Many::kOne);
  EXPECT_EQ(many_in_label("Several apps"), Many::kSome);
  EXPECT_EQ(many_in_label("All devices"), Many::kAll);
  EXPECT_EQ(many_in_label("只有这一台"), Many::kOne);
  EXPECT_EQ(many_in_label("有几台"), Many::kSome);
  EXPECT_EQ(many_in_label("全部"), Many::kAll);
  EXPECT_EQ(many_in_label("All the time"), Many::kUnsaid);
  EXPECT_EQ(many_in_label("The fan"), Many::kUnsaid);
}

TEST(UnderstandMany, WhenTheOthersAreFineItIsOne) {
  for (const char* words :
       {"just my laptop", "only in teams", "the rest are fine", "everything else works", "其他的都好好的", "别的都正常"})
    EXPECT_EQ(said(words), Many::kOne) << words;
}

TEST(UnderstandMany, NoneWorksIsAll) {
  for (const char* words :
       {"all of them", "none of them gets online", "nothing connects", "所有的都断了", "the others don't work either"})
    EXPECT_EQ(said(words), Many::kAll) << words;
}

TEST(UnderstandMany, AFewAreSome) {
  for (const char* words : {"a few", "about half of them", "two of the five", "not all of them", "有的行有的不行"})
    EXPECT_EQ(said(words), Many::kSome) << words;
}

TEST(UnderstandMany, NothingOfItIsUnsaid) {
  for (const char* words : {"it is red", "I don't know", "yes", "不知道"}) EXPECT_EQ(said(words), Many::kUnsaid) << words;
}

TEST(UnderstandMany, WhoHasNotTriedHasNotAnswered) {
  EXPECT_TRUE(not_tried("haven't tried yet", "Does it work in a different socket?"));
  EXPECT_TRUE(not_tried("never timed it", "Does the battery last two hours?"));
  EXPECT_TRUE(not_tried("I can't get to it", "Is the cable damaged?"));
  EXPECT_TRUE(not_tried("没量过", "电压正常吗？"));
  EXPECT_TRUE(not_tried("不敢摸", "充电器热吗？"));
}

TEST(UnderstandMany, NotHavingDoneWhatIsAskedIsAnAnswer) {
  EXPECT_FALSE(not_tried("haven't tried it", "Have you tried another cable?"));
  EXPECT_FALSE(not_tried("I can't see any damage", "Is the cable damaged?"));
  EXPECT_FALSE(not_tried("I didn't hear it", "Does it beep?"));
  EXPECT_FALSE(not_tried("it works now", "Does it work?"));
}

TEST(UnderstandMany, OneOfTheOptionsIsTaken) {
  std::vector<Option> options(2);
  options[0].id = "one", options[0].label.by_language["en"] = "Only this one";
  options[1].id = "all", options[1].label.by_language["en"] = "All devices";
  prepare(options);
  const auto one = understand_choice("just my laptop", options, "en", "Which devices have the problem?");
  EXPECT_NE(one.value, "all") << one.why;
  const auto all = understand_choice("nothing connects", options, "en", "Which devices have the problem?");
  EXPECT_NE(all.value, "one") << all.why;
}

}  // namespace
}  // namespace usher::dialogs
