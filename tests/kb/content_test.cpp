// The articles Usher ships (config/kb): all can be read, and what customers write finds the right one first.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "kb/library.h"
#include "tests/kb/shipped.h"

namespace usher::kb {
namespace {

TEST(Content, EveryArticleCanBeReadAndExistsInBothLanguages) {
  std::vector<Problem> problems;
  const std::vector<Article> articles = shipped_articles(problems);
  for (const Problem& p : problems)
    ADD_FAILURE() << p.file << ":" << p.line << ":" << p.column << ": " << p.message << " (" << p.hint << ")";
  std::set<std::string> english, chinese;
  for (const Article& a : articles) (a.language == "en" ? english : chinese).insert(a.id);
  EXPECT_GE(english.size(), 20U);
  EXPECT_EQ(english, chinese);
}

struct Saying {
  const char* text;
  const char* language;
  const char* id;  // empty: nothing may be shown
};

class ContentSearch : public testing::TestWithParam<Saying> {};

TEST_P(ContentSearch, FindsTheRightArticleFirst) {
  static const std::shared_ptr<const Library> kLibrary = [] {
    std::vector<Problem> problems;
    return Library::build(shipped_articles(problems));
  }();
  Query query;
  query.text = GetParam().text;
  query.language = GetParam().language;
  const std::vector<Hit> hits = kLibrary->search(query);
  const bool shown = !hits.empty() && hits[0].confidence >= kMinConfidence;
  EXPECT_EQ(shown ? hits[0].article->id : "", GetParam().id)
      << GetParam().text
      << (hits.empty() ? "" : " confidence " + std::to_string(hits[0].confidence) + " for " + hits[0].article->id);
}

INSTANTIATE_TEST_SUITE_P(
    English, ContentSearch,
    testing::Values(
        Saying{"my laptop won't turn on", "en", "no-power-reset"}, Saying{"wifi keeps dropping", "en", "wifi-drops-often"},
        Saying{"printer offline", "en", "printer-offline"}, Saying{"paper stuck in the printer", "en", "printer-paper-jam"},
        Saying{"blue screen stop code 0x0000007B", "en", "blue-screen-stop-codes"},
        Saying{"0x7b", "en", "blue-screen-stop-codes"}, Saying{"laptop not charging", "en", "battery-not-charging"},
        Saying{"i spilled coffee on my keyboard", "en", "liquid-spill"},
        Saying{"the battery is swollen", "en", "battery-swollen"},
        Saying{"laptop gets very hot and shuts down", "en", "overheating-shutdown"},
        Saying{"computer beeps and does not start", "en", "bios-beeps-post"},
        Saying{"prints are faded", "en", "printer-faded-streaks"},
        Saying{"connected to wifi but no internet", "en", "wifi-connected-no-internet"},
        Saying{"pritner offlin", "en", "printer-offline"}, Saying{"my labtop wont tunr on", "en", "no-power-reset"},
        Saying{"print job stuck in queue", "en", "printer-queue-stuck"}, Saying{"computer is very slow", "en", "slow-computer"},
        Saying{"screen stays black but the fan runs", "en", "no-display-external"},
        Saying{"bluetooth headset wont connect", "en", "bluetooth-headphones"},
        Saying{"nobody hears me in teams", "en", "microphone-not-heard"}, Saying{"no sound on my computer", "en", "sound-none"},
        Saying{"windows update fails 0x80070643", "en", "windows-update-fails"},
        Saying{"touchpad does not react", "en", "touchpad-not-working"}, Saying{"my phone is very slow", "en", "slow-phone"},
        Saying{"which driver for my graphics card", "en", "driver-which"},
        Saying{"WHEA_UNCORRECTABLE_ERROR", "en", "whea-hardware-error"},
        Saying{"wifi password is not accepted", "en", "wifi-forget-network"},
        Saying{"printer does not scan", "en", "scanner-not-working"}));

INSTANTIATE_TEST_SUITE_P(
    Chinese, ContentSearch,
    testing::Values(Saying{"笔记本开不了机", "zh", "no-power-reset"}, Saying{"电脑无法开机", "zh", "no-power-reset"},
                    Saying{"打印机脱机", "zh", "printer-offline"}, Saying{"打印机卡纸", "zh", "printer-paper-jam"},
                    Saying{"无线网老是断", "zh", "wifi-drops-often"}, Saying{"电脑蓝屏了", "zh", "blue-screen-stop-codes"},
                    Saying{"电池鼓包了", "zh", "battery-swollen"}, Saying{"键盘进水了怎么办", "zh", "liquid-spill"},
                    Saying{"电脑很烫自动关机", "zh", "overheating-shutdown"}, Saying{"手机充不进电", "zh", "phone-not-charging"},
                    Saying{"连上wifi但是没网", "zh", "wifi-connected-no-internet"}, Saying{"印表機離線", "zh", "printer-offline"},
                    Saying{"筆記型電腦開不了機", "zh", "no-power-reset"}, Saying{"电脑特别慢", "zh", "slow-computer"},
                    Saying{"蓝牙耳机连不上", "zh", "bluetooth-headphones"},
                    Saying{"别人听不到我说话", "zh", "microphone-not-heard"}, Saying{"电脑没有声音", "zh", "sound-none"},
                    Saying{"光标自己乱跳", "zh", "cursor-jumps"}, Saying{"网速很慢", "zh", "internet-slow"},
                    Saying{"显卡驱动装哪个", "zh", "driver-which"}, Saying{"系统更新失败", "zh", "windows-update-fails"},
                    Saying{"手机很卡", "zh", "slow-phone"}, Saying{"打印机不能扫描", "zh", "scanner-not-working"},
                    Saying{"怎么测试内存", "zh", "memory-test"}));

INSTANTIATE_TEST_SUITE_P(NotOurs, ContentSearch,
                         testing::Values(Saying{"how do I bake a chocolate cake", "en", ""}, Saying{"hello", "en", ""},
                                         Saying{"what is the capital of France", "en", ""},
                                         Saying{"I want a refund for my order", "en", ""}, Saying{"my cat likes fish", "en", ""},
                                         Saying{"asdf qwer zxcv", "en", ""}, Saying{"my bicycle brakes squeak", "en", ""},
                                         Saying{"你好", "zh", ""}, Saying{"今天天气怎么样", "zh", ""},
                                         Saying{"我要退货", "zh", ""}, Saying{"讲个笑话", "zh", ""}));

}  // namespace
}  // namespace usher::kb
