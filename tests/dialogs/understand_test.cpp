#include "dialogs/understand.h"

#include <gtest/gtest.h>

#include "tests/dialogs/scripts.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;

TEST(Commands, AWishForAPersonHoldsAnywhereButOnlyWhenItIsClear) {
  for (const char* s :
       {"agent", "I want to talk to a human", "talk to a person please", "can I speak to someone?", "human please", "real person",
        "转人工", "人工", "人工客服", "我要转人工", "please transfer me to an agent", "operator", "真人", "找客服"}) {
    EXPECT_EQ(understand_command(s).as, As::kHuman) << s;
  }
  for (const char* s : {"I don't want to talk to a human", "the travel agent called", "my support contract",
                        "a person touched it", "人工智能软件打不开", "yes", ""}) {
    EXPECT_NE(understand_command(s).as, As::kHuman) << s;
  }
}

TEST(Commands, StartOverAndBackCountOnlyAlone) {
  for (const char* s : {"start over", "Start again please", "重新开始", "从头再来"})
    EXPECT_EQ(understand_command(s).as, As::kRestart) << s;
  for (const char* s : {"back", "go back", "previous question", "undo", "返回", "上一步", "选错了"})
    EXPECT_EQ(understand_command(s).as, As::kBack) << s;
  for (const char* s :
       {"the back is hot", "it starts over and over", "restart", "I restarted it", "屏幕返回桌面", "go back to windows 10"}) {
    EXPECT_EQ(understand_command(s).as, As::kNothing) << s;
  }
}

TEST(Courtesy, IsAWholeMessageOfIt) {
  for (const char* s : {"hi", "Hello there!", "你好", "在吗", "good morning", "help", "hi, I need help please"})
    EXPECT_EQ(courtesy(s), Courtesy::kGreeting) << s;
  for (const char* s : {"thanks", "Thank you very much!", "谢谢", "好的，谢谢", "bye", "ok great thanks", "👍"})
    EXPECT_EQ(courtesy(s), Courtesy::kThanks) << s;
  for (const char* s : {"hi, my printer is broken", "thanks but it still fails", "你好，电脑坏了", ""})
    EXPECT_EQ(courtesy(s), Courtesy::kNone) << s;
}

TEST(ClearLanguage, ANameOrASerialNumberIsNoLanguage) {
  for (const char* s : {"Ana Lopez", "PF1ABCD2", "Dell XPS 13 9310", "ok", "王小明", "", "ana@example.com", "是的"})
    EXPECT_EQ(clear_language(s), "") << s;
  EXPECT_EQ(clear_language("my laptop does not start"), "en");
  EXPECT_EQ(clear_language("我的电脑开不了机"), "zh");
  EXPECT_EQ(clear_language("我的 ThinkPad 开不了机"), "zh");
}

TEST(ChooseDialog, TheShippedScriptsAreFoundByPlainWords) {
  const auto set = shipped_scripts();
  ASSERT_TRUE(set);
  const std::vector<std::pair<const char*, const char*>> rows = {
      {"my laptop won't turn on", "no-power"},
      {"My laptop wont even turn on anymore", "no-power"},
      {"the computer doesnt turn on", "no-power"},
      {"我的电脑开不了机", "no-power"},
      {"电脑没反应了", "no-power"},
      {"printer is not printing", "printer"},
      {"my printer wont print", "printer"},
      {"打印机打不出来了", "printer"},
      {"打印机无法打印", "printer"},
      {"I have no internet", "no-network"},
      {"wifi not working", "wifi"},
      {"上不了网", "no-network"},
      {"网络连接不上", "no-network"},
      {"please send me an invoice", ""},
      {"我想要发票", ""},
      {"", ""},
  };
  for (const auto& [words, dialog] : rows)
    EXPECT_EQ(choose_dialog(words, *set).dialog, dialog) << words << " by " << choose_dialog(words, *set).why;
}

TEST(ChooseDialog, TwoThatFitAboutEquallyAreNamedAsRivals) {
  std::vector<Problem> problems;
  const auto set = parse_with(
      {{"a.yaml", "dialog: a\ntitle: {en: A}\ntriggers: {phrases: {en: [no sound]}}\nsteps: {x: {resolve: {en: ok}}}\n"},
       {"b.yaml", "dialog: b\ntitle: {en: B}\ntriggers: {phrases: {en: [no picture]}}\nsteps: {x: {resolve: {en: ok}}}\n"}},
      problems);
  ASSERT_TRUE(set) << to_string(problems);
  EXPECT_EQ(choose_dialog("no sound and no picture", *set).rivals, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(choose_dialog("no sound", *set).rivals.empty());
  EXPECT_EQ(choose_dialog("no sound", *set).dialog, "a");
}

}  // namespace
}  // namespace usher::dialogs
