#include "kb/library.h"

#include <gmock/gmock.h>

#include <string>
#include <thread>
#include <vector>

namespace usher::kb {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Article article(std::string id, std::string title, std::string issue, std::string resolution = "1. Do it.",
                std::string language = "en") {
  Article a;
  a.id = std::move(id);
  a.language = std::move(language);
  a.title = std::move(title);
  a.issue = std::move(issue);
  a.resolution = std::move(resolution);
  return a;
}

std::vector<Article> shelf() {
  std::vector<Article> all = {
      article("power", "Computer does not turn on", "- Nothing happens when I press the power button.\n- My laptop is dead.",
              "1. Unplug the charger.\n2. Hold the power button for 30 seconds. Then plug it in again.\n"),
      article("offline", "Printer is offline", "- The printer says offline although it is on.",
              "1. Restart the **printer** and the router.\n"),
      article("jam", "Paper jam in the printer", "- Paper is stuck.\n- It says paper jam but I see none.",
              "1. Open the rear cover.\n"),
      article("wifi", "Wi-Fi keeps dropping", "- My wireless connection is lost every few minutes.",
              "1. Move closer to the router.\n"),
      article("bluescreen", "Blue screen with a stop code", "- Windows restarts with a blue screen.", "1. Note the stop code.\n"),
      article("battery", "Battery is swollen", "- The bottom of the laptop bulges.", "1. Stop using it at once.\n"),
      article("power", "电脑开不了机", "- 按电源键没有反应。", "1. 拔掉充电器。\n", "zh"),
      article("offline", "打印机脱机", "- 打印机明明开着，却显示脱机。", "1. 重启打印机和路由器。\n", "zh"),
      article("jam", "打印机卡纸", "- 纸卡在里面拿不出来。", "1. 打开后盖。\n", "zh"),
  };
  all[4].codes = {"0x0000007B", "E-204"};
  all[1].products = {"LaserJet 1020"};
  all[2].products = {"OfficePro 8000"};
  return all;
}

std::vector<std::string> ids(const std::vector<Hit>& hits) {
  std::vector<std::string> all;
  for (const Hit& hit : hits) all.push_back(hit.article->id + "." + hit.article->language);
  return all;
}

Query ask(std::string text, std::string language = "en") {
  Query query;
  query.text = std::move(text);
  query.language = std::move(language);
  return query;
}

std::string first(const Library& library, const std::string& text, const std::string& language = "en") {
  const std::vector<Hit> hits = library.search(ask(text, language));
  return hits.empty() || hits[0].confidence < kMinConfidence ? "" : hits[0].article->id;
}

TEST(Library, FindsWhatTheCustomerMeans) {
  const auto library = Library::build(shelf());
  EXPECT_EQ(first(*library, "my computer won't turn on"), "power");
  EXPECT_EQ(first(*library, "the printer is shown as offline"), "offline");
  EXPECT_EQ(first(*library, "paper stuck"), "jam");
  EXPECT_EQ(first(*library, "wifi drops all the time"), "wifi");
  EXPECT_EQ(first(*library, "笔记本电脑开不了机", "zh"), "power");
  EXPECT_EQ(first(*library, "打印機離線", "zh"), "offline");
}

TEST(Library, FindsACodeInAnyForm) {
  const auto library = Library::build(shelf());
  for (const char* text : {"0x7b", "stop 0x0000007B", "error 0000007b", "E204", "error e-204", "E 204 came up", "Ｅ－２０４"}) {
    EXPECT_EQ(first(*library, text), "bluescreen") << text;
  }
  EXPECT_EQ(first(*library, "E-205"), "");
}

TEST(Library, CorrectsTypingMistakes) {
  const auto library = Library::build(shelf());
  EXPECT_EQ(first(*library, "pritner oflfine"), "offline");
  EXPECT_EQ(first(*library, "my batery is swolen"), "battery");
  EXPECT_EQ(first(*library, "computer doesnt tunr on"), "power");
}

TEST(Library, IsSilentOnWhatItDoesNotKnow) {
  const auto library = Library::build(shelf());
  for (const char* text :
       {"how do I bake a chocolate cake", "hello", "thank you very much", "asdf qwertz", "what is the capital of France",
        "I want my money back for the shoes", "???", "12345678901234567890"}) {
    EXPECT_EQ(first(*library, text), "") << text;
  }
  for (const char* text : {"你好", "今天天气怎么样", "讲个笑话", "谢谢"}) EXPECT_EQ(first(*library, text, "zh"), "") << text;
}

TEST(Library, AStoryAroundTheProblemDoesNotHideIt) {
  const auto library = Library::build(shelf());
  EXPECT_EQ(first(*library,
                  "Hi there, I bought this from you in March as a present for my daughter, she is very fond of it. Since "
                  "yesterday the computer does not "
                  "turn on. We leave for the holidays on Friday, so please be quick!"),
            "power");
}

TEST(Library, EmptyQuestionsAndEmptyLibrariesGiveNothing) {
  const auto library = Library::build(shelf());
  EXPECT_THAT(library->search(ask("")), IsEmpty());
  EXPECT_THAT(library->search(ask(" \n")), IsEmpty());
  Query none = ask("printer");
  none.limit = 0;
  EXPECT_THAT(library->search(none), IsEmpty());
  const auto empty = Library::build({});
  EXPECT_EQ(empty->size(), 0U);
  EXPECT_THAT(empty->search(ask("printer")), IsEmpty());
  EXPECT_EQ(empty->find("power", "en"), nullptr);
}

TEST(Library, AnswersInTheAskedLanguageUnlessOthersAreAllowed) {
  std::vector<Article> all = shelf();
  all.push_back(article("only-zh", "USB 3.0 转换器", "- USB 3.0 没反应。", "1. 拔掉。", "zh"));
  const auto library = Library::build(all);
  EXPECT_THAT(library->search(ask("USB 3.0", "en")), IsEmpty());
  Query query = ask("USB 3.0", "en");
  query.other_languages = Query::OtherLanguages::kYes;
  EXPECT_THAT(ids(library->search(query)), ElementsAre("only-zh.zh"));
  EXPECT_THAT(ids(library->search(ask("USB 3.0", ""))), ElementsAre("only-zh.zh"));
  EXPECT_THAT(library->search(ask("printer offline", "fr")), IsEmpty());
}

TEST(Library, WhoIsSureInTheAskedLanguageDoesNotLookIntoOthers) {
  std::vector<Article> all = shelf();
  all.push_back(article("only-zh", "USB 3.0 printer", "- USB 3.0 printer 没反应。", "1. 拔掉。", "zh"));
  const auto library = Library::build(all);
  Query query = ask("printer shows as offline", "en");
  query.other_languages = Query::OtherLanguages::kYes;
  EXPECT_THAT(ids(library->search(query)), Contains("only-zh.zh"));
  query.other_languages = Query::OtherLanguages::kWhenUnsure;
  EXPECT_THAT(ids(library->search(query)), AllOf(Contains("offline.en"), Not(Contains("only-zh.zh"))));
  query.text = "USB 3.0";
  EXPECT_THAT(ids(library->search(query)), ElementsAre("only-zh.zh"));
}

TEST(Library, AnArticleInTheOtherLanguageRanksLower) {
  std::vector<Article> all = {article("a", "USB hub", "- USB hub dead."),
                              article("b", "USB hub", "- USB hub dead.", "1. Do it.", "zh"), article("c", "Printer", "- Paper."),
                              article("d", "Printer", "- Paper.", "1. Do it.", "zh")};
  const auto library = Library::build(all);
  Query query = ask("usb hub dead", "zh");
  query.other_languages = Query::OtherLanguages::kYes;
  EXPECT_THAT(ids(library->search(query)), ElementsAre("b.zh", "a.en"));
}

TEST(Library, ArchivedArticlesAreNeverFoundAndOthersOnlyByWhomTheyAreFor) {
  std::vector<Article> all = shelf();
  all[0].state = "archived";
  all[1].audience = "internal";
  all[3].audience = "partner";
  all[5].state = "wip";
  const auto library = Library::build(all);
  const auto finds = [&library](const char* text, const char* audience) {
    Query query = ask(text);
    query.audience = audience;
    const std::vector<Hit> hits = library->search(query);
    return hits.empty() ? std::string() : hits[0].article->id;
  };
  EXPECT_NE(finds("nothing happens when I press the power button", "internal"), "power");
  EXPECT_NE(finds("printer offline", "customer"), "offline");
  EXPECT_NE(finds("printer offline", "partner"), "offline");
  EXPECT_EQ(finds("printer offline", "internal"), "offline");
  EXPECT_NE(finds("wifi dropping", "customer"), "wifi");
  EXPECT_EQ(finds("wifi dropping", "partner"), "wifi");
  EXPECT_EQ(finds("swollen battery", "customer"), "");
  EXPECT_EQ(finds("swollen battery", "internal"), "battery");
  ASSERT_NE(library->find("power", "en"), nullptr);
}

TEST(Library, AProductLiftsItsArticles) {
  std::vector<Article> all = {article("one", "Printer error", "- Printer error light."),
                              article("two", "Printer error", "- Printer error light."),
                              article("three", "Battery", "- Bulges.")};
  all[0].products = {"LaserJet 1020"};
  all[1].products = {"OfficePro 8000"};
  const auto library = Library::build(all);
  Query query = ask("printer error");
  query.product = "officepro-8000";
  EXPECT_EQ(library->search(query).at(0).article->id, "two");
  query.product = "LaserJet 1020";
  EXPECT_EQ(library->search(query).at(0).article->id, "one");
}

TEST(Library, SaysWhyAnArticleRanksWhereItDoes) {
  const auto library = Library::build(shelf());
  const Hit hit = library->search(ask("printer offline")).at(0);
  ASSERT_FALSE(hit.reasons.empty());
  EXPECT_EQ(hit.reasons[0].term, "offlin");
  EXPECT_EQ(hit.reasons[0].field, "title");
  for (std::size_t i = 1; i < hit.reasons.size(); ++i) EXPECT_GE(hit.reasons[i - 1].contribution, hit.reasons[i].contribution);
  for (const Hit::Reason& reason : hit.reasons) EXPECT_GT(reason.contribution, 0);
}

TEST(Library, ThePassageIsTheBestSentenceWithoutMarkup) {
  const auto library = Library::build(shelf());
  EXPECT_EQ(library->search(ask("hold power button seconds")).at(0).passage, "Hold the power button for 30 seconds.");
  EXPECT_EQ(library->search(ask("restart the printer and the router")).at(0).passage, "Restart the printer and the router.");
  EXPECT_EQ(library->search(ask("打印机显示脱机", "zh")).at(0).passage, "打印机明明开着，却显示脱机。");
}

TEST(Library, ScoresAndConfidencesAreInTheirRangesAndInOrder) {
  const auto library = Library::build(shelf());
  for (const char* text : {"printer", "computer printer battery paper wifi screen", "the laptop", "E-204 blue screen stop code",
                           "no", "turn on off on off"}) {
    const std::vector<Hit> hits = library->search(ask(text));
    for (std::size_t i = 0; i < hits.size(); ++i) {
      EXPECT_GE(hits[i].score, 0);
      EXPECT_GE(hits[i].confidence, 0);
      EXPECT_LE(hits[i].confidence, 1);
      if (i > 0) EXPECT_GE(hits[i - 1].score, hits[i].score);
    }
    EXPECT_LE(hits.size(), 5U);
  }
}

TEST(Library, FindsAnArticleByItsIdInTheBestLanguageThereIs) {
  const auto library = Library::build(shelf());
  EXPECT_EQ(library->find("power", "zh")->language, "zh");
  EXPECT_EQ(library->find("power", "en")->language, "en");
  EXPECT_EQ(library->find("battery", "zh")->language, "en");
  EXPECT_EQ(library->find("unknown", "en"), nullptr);
  EXPECT_EQ(library->size(), 9U);
  EXPECT_EQ(library->articles().size(), 9U);
}

TEST(Library, HostileQuestionsAreAnsweredOrNotButReturn) {
  const auto library = Library::build(shelf());
  std::string long_text;
  for (int i = 0; i < 20000; ++i) long_text += "printer offline 打印机 ";
  EXPECT_FALSE(library->search(ask(long_text)).empty());
  EXPECT_THAT(library->search(ask(std::string(200000, 'x'))), IsEmpty());
  library->search(ask(std::string("\xFF\xC0\x80\0\x01", 5)));
  library->search(ask(std::string(100000, '\xE5')));
}

TEST(Library, ManyReadersAtOnceSeeTheSame) {
  const auto library = Library::build(shelf());
  const std::vector<std::pair<std::string, std::string>> questions = {{"pritner offline", "en"},
                                                                      {"筆記型電腦開不了機", "zh"},
                                                                      {"0x7b", "en"},
                                                                      {"打印机卡纸", "zh"},
                                                                      {"nonsense words only", "en"}};
  std::vector<std::vector<std::string>> expected;
  for (const auto& [text, language] : questions) expected.push_back(ids(library->search(ask(text, language))));
  std::vector<std::jthread> readers;
  for (int n = 0; n < 4; ++n) {
    readers.emplace_back([&] {
      for (std::size_t i = 0; i < 250; ++i) {
        const auto& [text, language] = questions[i % questions.size()];
        ASSERT_EQ(ids(library->search(ask(text, language))), expected[i % questions.size()]);
      }
    });
  }
}

TEST(Library, AnOldSnapshotStaysReadableAfterANewOneIsBuilt) {
  auto library = Library::build(shelf());
  const std::vector<Hit> hits = library->search(ask("printer offline"));
  const auto old = library;
  library = Library::build({article("new", "Something else", "- else")});
  EXPECT_EQ(hits.at(0).article->title, "Printer is offline");
  EXPECT_THAT(library->search(ask("printer offline")), IsEmpty());
}

}  // namespace
}  // namespace usher::kb
