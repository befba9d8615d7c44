// What people answer to a choice, row by row. "-" = must not be understood, "?" = does not know.
#include <gtest/gtest.h>

#include "dialogs/understand.h"

namespace usher::dialogs {
namespace {

Option option(std::string id, std::string en, std::string zh, std::vector<std::string> words_en = {},
              std::vector<std::string> words_zh = {}) {
  Option o;
  o.id = std::move(id);
  o.label.by_language = {{"en", std::move(en)}, {"zh", std::move(zh)}};
  if (!words_en.empty()) o.words["en"] = std::move(words_en);
  if (!words_zh.empty()) o.words["zh"] = std::move(words_zh);
  return o;
}

struct Question {
  std::string text;
  std::vector<Option> options;
};

const Question& smoke() {
  static const Question q = {
      "Is there smoke, a burning smell, or a swollen battery? 有冒烟、焦味或电池鼓包吗？",
      {option("yes", "Yes", "有", {"smoke", "burning", "swollen"}, {"冒烟", "焦味", "鼓包"}), option("no", "No", "没有")}};
  return q;
}
const Question& light() {
  static const Question q = {"What does the power light do? 电源灯怎么样？",
                             {option("off", "It is off", "不亮", {"off", "no light", "dark"}, {"没亮", "灭的"}),
                              option("blink", "It blinks orange", "橙色闪烁", {"blinking", "flashing"}, {"闪", "闪烁"}),
                              option("white", "It is steady white", "白色常亮", {"white", "solid"}, {"白色", "亮着"})}};
  return q;
}
const Question& fan() {
  static const Question q = {"Does the fan spin when you press the button? 按下电源键后风扇转吗？",
                             {option("yes", "Yes", "转"), option("no", "No", "不转")}};
  return q;
}
const Question& helped() {
  static const Question q = {"Did that solve it? 问题解决了吗？",
                             {option("yes", "Yes, it works", "解决了"), option("no", "No, still not", "没解决")}};
  return q;
}

struct Row {
  const char* words;
  const char* expected;
};

std::string read(const char* words, const Question& q) {
  const Understood u = understand_choice(words, q.options, "en", q.text);
  if (u.as == Understood::As::kDontKnow) return "?";
  if (u.as != Understood::As::kOption) {
    EXPECT_FALSE(u.why.empty()) << words;
    if (u.as == Understood::As::kNothing) EXPECT_LT(u.confidence, kMinUnderstood) << words;
    return "-";
  }
  EXPECT_GE(u.confidence, kMinUnderstood) << words;
  EXPECT_LE(u.confidence, 1) << words;
  return u.value;
}

void expect_all(const std::vector<Row>& rows, const Question& q) {
  for (const Row& r : rows)
    EXPECT_EQ(read(r.words, q), r.expected) << "“" << r.words << "”: " << understand_choice(r.words, q.options, "en", q.text).why;
}

TEST(UnderstandChoice, PlainYesAndNoInEnglish) {
  expect_all({{"yes", "yes"},
              {"Yes.", "yes"},
              {"YES!!", "yes"},
              {"yeah", "yes"},
              {"yep", "yes"},
              {"yup", "yes"},
              {"y", "yes"},
              {"sure", "yes"},
              {"of course", "yes"},
              {"correct", "yes"},
              {"that's right", "yes"},
              {"yes please", "yes"},
              {"yes thanks", "yes"},
              {"ok yes", "yes"},
              {"definitely", "yes"},
              {"it does", "yes"},
              {"Yes, it does", "yes"},
              {"yes it is", "yes"},
              {"I think so", "yes"},
              {"yes I think so", "yes"},
              {"👍", "yes"},
              {"hi, yes", "yes"},
              {"um, yes", "yes"},
              {"indeed", "yes"},
              {"always", "yes"},
              {"no", "no"},
              {"No.", "no"},
              {"nope", "no"},
              {"nah", "no"},
              {"n", "no"},
              {"not really", "no"},
              {"not at all", "no"},
              {"no it doesn't", "no"},
              {"it doesn't", "no"},
              {"it isn't", "no"},
              {"it is not", "no"},
              {"it does not", "no"},
              {"no, nothing", "no"},
              {"nothing", "no"},
              {"none", "no"},
              {"never", "no"},
              {"no thanks", "no"},
              {"👎", "no"},
              {"no sorry", "no"},
              {"don't think so", "no"},
              {"I don't think so", "no"},
              {"not that I can see", "no"},
              {"no way", "no"},
              {"sorry, no", "no"},
              {"not yet", "no"},
              {"nothing like that", "no"},
              {"none of them", "no"},
              {"neither", "no"},
              {"ok, no", "no"},
              {"okay no thanks", "no"},
              {"no not at all", "no"}},
             fan());
}

TEST(UnderstandChoice, PlainYesAndNoInChinese) {
  expect_all(
      {{"是", "yes"},        {"是的", "yes"},      {"对", "yes"},   {"对的", "yes"},   {"嗯", "yes"},      {"嗯嗯", "yes"},
       {"有", "yes"},        {"有的", "yes"},      {"可以", "yes"}, {"能", "yes"},     {"会", "yes"},      {"没错", "yes"},
       {"当然", "yes"},      {"是的呢", "yes"},    {"是啊", "yes"}, {"应该是", "yes"}, {"好像是", "yes"},  {"转的", "yes"},
       {"转", "yes"},        {"转啊", "yes"},      {"在转", "yes"}, {"会转", "yes"},   {"不", "no"},       {"不是", "no"},
       {"没有", "no"},       {"没有啊", "no"},     {"没", "no"},    {"不行", "no"},    {"不会", "no"},     {"不能", "no"},
       {"不转", "no"},       {"不转啊", "no"},     {"没转", "no"},  {"没有转", "no"},  {"并没有", "no"},   {"完全没有", "no"},
       {"都没有", "no"},     {"没有的", "no"},     {"没呢", "no"},  {"不是的", "no"},  {"应该没有", "no"}, {"好像没有", "no"},
       {"您好，没有", "no"}, {"没有，谢谢", "no"}, {"否", "no"},    {"不转的", "no"},  {"还没有", "no"},   {"風扇不转", "no"}},
      fan());
}

TEST(UnderstandChoice, NegationBelongsToItsWord) {
  expect_all({{"there is smoke", "yes"},
              {"yes there is smoke", "yes"},
              {"a burning smell", "yes"},
              {"the battery is swollen", "yes"},
              {"no smoke", "no"},
              {"there's no smoke", "no"},
              {"I don't see any smoke", "no"},
              {"no smoke and no burning smell", "no"},
              {"no smoke or burning", "no"},
              {"without smoke", "no"},
              {"it is not swollen", "no"},
              {"not burning", "no"},
              {"有冒烟", "yes"},
              {"冒烟了", "yes"},
              {"有焦味", "yes"},
              {"电池鼓包了", "yes"},
              {"没有冒烟", "no"},
              {"没冒烟", "no"},
              {"没有焦味", "no"},
              {"没看到冒烟", "no"},
              {"没有闻到焦味", "no"},
              {"没有冒烟，但有焦味", "yes"},
              {"no smoke but a burning smell", "yes"},
              {"没有，不冒烟", "no"},
              {"并没有鼓包", "no"},
              {"没有冒烟也没有焦味", "no"},
              {"没有冒烟没有鼓包", "no"}},
             smoke());
}

TEST(UnderstandChoice, ContradictionsHedgesAndQuestionsAreAskedAgain) {
  expect_all({{"no, it does", "-"},
              {"yes no", "-"},
              {"maybe", "-"},
              {"perhaps", "-"},
              {"what do you mean?", "-"},
              {"how do I see that?", "-"},
              {"is it dangerous?", "-"},
              {"why", "-"},
              {"怎么看？", "-"},
              {"什么意思", "-"},
              {"在哪里看", "-"},
              {"可能", "-"},
              {"也许吧", "-"},
              {"", "-"},
              {"asdfgh", "-"},
              {"my dog ate it", "-"},
              {"hello", "-"},
              {"我的电脑是联想的", "-"},
              {"...", "-"},
              {"purple", "-"},
              {"the screen is blue", "-"},
              {"it is red", "-"},
              {"有声音", "-"},
              {"是不是要先关机", "-"},
              {"it makes a strange noise", "-"}},
             fan());
}

TEST(UnderstandChoice, NotKnowingIsAnAnswerOfItsOwn) {
  expect_all({{"I don't know", "?"},
              {"dont know", "?"},
              {"not sure", "?"},
              {"no idea", "?"},
              {"idk", "?"},
              {"I'm not sure", "?"},
              {"can't tell", "?"},
              {"不知道", "?"},
              {"不清楚", "?"},
              {"不太确定", "?"},
              {"没注意", "?"},
              {"看不出来", "?"},
              {"我不知道啊", "?"},
              {"dunno", "?"}},
             fan());
}

TEST(UnderstandChoice, AnOptionForNotKnowingTakesIt) {
  const Question q = {
      "Is it charged?",
      {option("yes", "Yes", "是"), option("no", "No", "否"), option("unsure", "Not sure", "不确定", {"don't know"}, {"不知道"})}};
  expect_all({{"not sure", "unsure"},
              {"I don't know", "unsure"},
              {"不知道", "unsure"},
              {"不确定", "unsure"},
              {"yes", "yes"},
              {"否", "no"}},
             q);
}

TEST(UnderstandChoice, NumbersOfTheList) {
  expect_all({{"2", "blink"},
              {"2.", "blink"},
              {"2)", "blink"},
              {"option 2", "blink"},
              {"number two", "blink"},
              {"the second", "blink"},
              {"the second one", "blink"},
              {"second", "blink"},
              {"2nd", "blink"},
              {"two", "blink"},
              {"#2", "blink"},
              {"first", "off"},
              {"1", "off"},
              {"the first one please", "off"},
              {"the last one", "white"},
              {"3", "white"},
              {"第二个", "blink"},
              {"第2个", "blink"},
              {"选2", "blink"},
              {"选项二", "blink"},
              {"二", "blink"},
              {"我选第三个", "white"},
              {"最后一个", "white"},
              {"第一个吧", "off"},
              {"２", "blink"},
              {"4", "-"},
              {"0", "-"},
              {"17", "-"}},
             light());
}

TEST(UnderstandChoice, WordsOfTheOptions) {
  expect_all({{"off", "off"},
              {"it is off", "off"},
              {"It's off.", "off"},
              {"no light", "off"},
              {"there is no light at all", "off"},
              {"blinking", "blink"},
              {"it blinks", "blink"},
              {"orange", "blink"},
              {"it is orange", "blink"},
              {"it's flashing orange", "blink"},
              {"blinkin", "blink"},
              {"flashng", "blink"},
              {"white", "white"},
              {"steady", "white"},
              {"solid white", "white"},
              {"its solid", "white"},
              {"不亮", "off"},
              {"灯不亮", "off"},
              {"没亮", "off"},
              {"在闪", "blink"},
              {"橙色的", "blink"},
              {"橙色闪烁", "blink"},
              {"白色", "white"},
              {"亮着", "white"},
              {"常亮", "white"},
              {"I think it is blinking", "blink"},
              {"yes, blinking", "blink"},
              {"no, it is white", "white"},
              {"white not orange", "white"},
              {"it is not off, it is white", "white"},
              {"white or orange", "-"},
              {"不是不亮", "-"},
              {"not blinking", "-"},
              {"off and blinking", "-"},
              {"green", "-"},
              {"is it the white one?", "-"},
              {"blinks I guess", "blink"}},
             light());
}

TEST(UnderstandChoice, AStatementThatEchoesTheQuestionAnswersIt) {
  expect_all({{"it spins", "yes"},
              {"the fan spins", "yes"},
              {"fan is spinning", "yes"},
              {"the fan doesn't spin", "no"},
              {"it doesn't spin", "no"},
              {"it's not spinning", "no"},
              {"风扇转", "yes"},
              {"风扇在转", "yes"},
              {"风扇没转", "no"}},
             fan());
  const Question on = {"Is the power light off?", {option("yes", "Yes", "是"), option("no", "No", "否")}};
  EXPECT_EQ(read("the light is on", on), "no");  // the opposite state denies it
  const Question negative = {"Is it not charging?", {option("yes", "Yes", "是"), option("no", "No", "否")}};
  EXPECT_EQ(read("it is charging", negative), "no");
  EXPECT_EQ(read("it isn't charging", negative), "yes");
}

TEST(UnderstandChoice, AnAmountOfTimeIsNoNumberOfBarsAndAUnitNoAmount) {
  const Question cables = {"Are there more than three cables?", {option("yes", "Yes", "是"), option("no", "No", "否")}};
  EXPECT_EQ(read("I looked for a minute", cables), "-");
  EXPECT_EQ(read("two", cables), "no");
  EXPECT_EQ(read("about 5", cables), "yes");
  const Question dust = {"Was the inside ever cleaned of dust?",
                         {option("new", "Less than a year ago", "一年内"), option("old", "Longer ago or never", "更早")}};
  EXPECT_NE(read("I've had it four years and never once opened it", dust), "new");
  EXPECT_EQ(read("three months ago", dust), "new");
  const Question plugs = {
      "When were the plugs changed?",
      {option("new", "Within 2 years", "两年内"), option("old", "Longer ago", "更早"), option("never", "Never", "没换过")}};
  EXPECT_EQ(read("three years ago", plugs), "old");
  EXPECT_EQ(read("six months back", plugs), "new");
}

TEST(UnderstandChoice, WhetherAnArticleHelped) {
  expect_all({{"yes", "yes"},
              {"it works", "yes"},
              {"works now", "yes"},
              {"it works now, thanks", "yes"},
              {"solved", "yes"},
              {"fixed it", "yes"},
              {"that helped", "yes"},
              {"👍", "yes"},
              {"解决了", "yes"},
              {"好了", "yes"},
              {"可以了", "yes"},
              {"搞定了", "yes"},
              {"no", "no"},
              {"not working", "no"},
              {"still not working", "no"},
              {"it still doesn't work", "no"},
              {"didn't help", "no"},
              {"no change", "no"},
              {"same problem", "no"},
              {"nothing happened", "no"},
              {"没用", "no"},
              {"没有用", "no"},
              {"不行", "no"},
              {"还是不行", "no"},
              {"没解决", "no"},
              {"还是一样", "no"},
              {"没有效果", "no"},
              {"no, still the same", "no"},
              {"没有解决", "no"},
              {"不管用", "no"}},
             helped());
}

TEST(UnderstandChoice, APronounWithItsAuxiliaryAnswersWhateverWasAsked) {
  const Question join = {"Can other devices join the network?", {option("yes", "Yes", ""), option("no", "No", "")}};
  expect_all({{"They can", "yes"},
              {"they can't", "no"},
              {"it does", "yes"},
              {"we couldn't", "no"},
              {"I don't think they can", "no"},
              {"no they can't", "no"},
              {"some can and some can't", "-"}},
             join);
}

TEST(UnderstandChoice, ALeadingNoStandsOverItsExplanation) {
  const Question networks = {"Does it detect any networks?", {option("yes", "Yes", ""), option("no", "No", "")}};
  expect_all({{"No, the list is empty", "no"}, {"No, it detects nothing", "no"}, {"no, it does", "-"}}, networks);
}

TEST(UnderstandChoice, WhatIsYetToBeDoneIsNotDone) {
  const Question restarted = {"Have you restarted the router?", {option("yes", "Yes", ""), option("no", "No", "")}};
  expect_all({{"I restarted it", "yes"}, {"I will restart it", "-"}}, restarted);
  const Question chinese = {"路由器重启过了吗？", {option("yes", "重启过了", "重启过"), option("no", "还没有", "没有")}};
  expect_all({{"重启了", "yes"}, {"正在重启", "-"}, {"晚上再重启吧", "-"}}, chinese);
}

TEST(UnderstandChoice, BarsSayHowStrongASignalIs) {
  const Question signal = {"How strong is the signal?", {option("good", "Good", ""), option("weak", "Weak", "")}};
  expect_all({{"only one bar", "weak"}, {"very weak", "weak"}}, signal);
}

TEST(UnderstandChoice, ARangeToldInTheQuestionLeavesNumbersTheirPlaceInTheList) {
  const Question ways = {"It takes 3 to 5 days. How should it come to us?",
                         {option("mail", "By mail", "寄"), option("carry", "Carry in", "送")}};
  expect_all({{"1", "mail"}, {"2", "carry"}}, ways);
  const Question waited = {"Has it been off for half an hour?", {option("yes", "Yes", "是"), option("no", "No", "否")}};
  expect_all({{"1", "yes"}, {"2", "no"}}, waited);
}

TEST(UnderstandChoice, AnAmountAnswersAQuestionForALimit) {
  const Question volts = {"Is the battery voltage above 12 volts?", {option("yes", "Yes", "是"), option("no", "No", "否")}};
  expect_all({{"It's 12.6 volts", "yes"}, {"11.2", "no"}, {"only 9 volts", "no"}}, volts);
  const Question age = {"Was it bought within the last two years?", {option("yes", "Yes", "是"), option("no", "No", "否")}};
  expect_all({{"6 months ago", "yes"}, {"5 years ago", "no"}, {"last month", "yes"}}, age);
}

TEST(UnderstandChoice, AQuestionNamesATopicWhereTopicsAreAsked) {
  const Question topics = {
      "What would you like to know?",
      {option("price", "Price", "价格"), option("time", "Duration", "时长"), option("place", "Address", "地址")}};
  expect_all({{"what's the price", "price"}, {"what is the address?", "place"}}, topics);
}

TEST(UnderstandChoice, SolvedAndYetNotIsNotSolved) {
  EXPECT_NE(read("恢复了也不行", helped()), "yes");
}

TEST(UnderstandChoice, ADeedToldSpeaksForYes) {
  const Question filter = {"Have you cleaned the pump filter?", {option("yes", "Yes", "洗过"), option("no", "No", "没洗")}};
  const auto why = [&](const char* words) { return understand_choice(words, filter.options, "en", filter.text).why; };
  EXPECT_NE(why("I took it apart last Sunday").find("tells of something done"), std::string::npos);
  EXPECT_EQ(why("it stopped halfway").find("tells of something done"), std::string::npos);
  EXPECT_EQ(why("I never took it apart").find("tells of something done"), std::string::npos);
}

TEST(UnderstandChoice, AnOfferIsAcceptedByWhoLikesItOrWaits) {
  const Question offer = {"Shall I go ahead?", {option("yes", "Yes", "好"), option("no", "No", "不用")}};
  expect_all({{"perfect", "yes"}, {"sure, I will wait", "yes"}}, offer);
}

TEST(UnderstandChoice, DeniedTwiceInOneBreathIsDenied) {
  const Question click = {"Is there a single loud click when you turn the key?",
                          {option("yes", "Yes", "有"), option("no", "No", "没有")}};
  EXPECT_NE(read("no click no nothing", click), "yes");
}

TEST(UnderstandChoice, AHedgeLowersConfidence) {
  const auto plain = understand_choice("yes", fan().options, "en");
  const auto hedged = understand_choice("probably yes", fan().options, "en");
  const auto but = understand_choice("yes but only sometimes", fan().options, "en");
  ASSERT_EQ(hedged.as, Understood::As::kOption);
  EXPECT_LT(hedged.confidence, plain.confidence);
  EXPECT_LT(but.confidence, plain.confidence);
}

TEST(UnderstandChoice, TheIdOfAButtonIsTheAnswer) {
  EXPECT_EQ(read("blink", light()), "blink");
  EXPECT_EQ(read("BLINK", light()), "blink");
}

TEST(UnderstandChoice, NoOptionsOrNoWordsIsNotUnderstood) {
  EXPECT_EQ(understand_choice("yes", {}, "en").as, Understood::As::kNothing);
  EXPECT_EQ(understand_choice("", fan().options, "en").as, Understood::As::kNothing);
}

}  // namespace
}  // namespace usher::dialogs
