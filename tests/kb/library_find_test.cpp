// What a search, a suggestion and a correction give, beyond the order of hits.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "kb/library.h"
#include "kb/vocabulary.h"

namespace usher::kb {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Article article(std::string id, std::string title, std::string issue, std::string language = "en",
                std::string resolution = "1. Do it.") {
  Article a;
  a.id = std::move(id);
  a.language = std::move(language);
  a.title = std::move(title);
  a.issue = std::move(issue);
  a.resolution = std::move(resolution);
  return a;
}

std::vector<Article> shelf() {
  return {article("offline", "Printer is offline", "- The printer says offline although it is on."),
          article("jam", "Paper jam in the printer", "- Paper is stuck in the tray."),
          article("wifi", "Wi-Fi keeps dropping", "- The wireless connection is lost every few minutes."),
          article("screen", "Screen flickers", "- The picture flickers or goes black."),
          article("battery", "Battery does not charge", "- It is plugged in but the battery stays empty."),
          article("offline", "打印机脱机", "- 打印机明明开着，却显示脱机。", "zh"),
          article("battery", "电池充不进电", "- 插着电源，电量不增加。", "zh")};
}

Query ask(std::string text, std::string language = "en") {
  Query query;
  query.text = std::move(text);
  query.language = std::move(language);
  return query;
}

std::vector<std::string> ids(const std::vector<Hit>& hits) {
  std::vector<std::string> all;
  for (const Hit& hit : hits) all.push_back(hit.article->id + "." + hit.article->language);
  return all;
}

std::vector<std::string> marked(const Hit& hit) {
  std::vector<std::string> all;
  for (const auto& [from, to] : hit.highlights) all.push_back(hit.passage.substr(from, to - from));
  return all;
}

TEST(LibraryFind, TheKindOfDeviceAndTheModelLiftTheirArticlesAndHideNoOther) {
  Article on_phone = article("b-phone", "It does not charge", "- The battery stays empty."),
          on_laptop = article("a-laptop", "It does not charge", "- The battery stays empty.");
  on_phone.products = {"phone", "tablet"};
  on_laptop.products = {"laptop"};
  std::vector<Problem> problems;
  const auto library = Library::build({on_phone, on_laptop, article("sound", "No sound", "- Silence.")},
                                      parse_vocabulary("v", "product: iPhone > iPhone 12\nproduct: phone > iPhone\n", problems));
  Query query = ask("it does not charge");
  EXPECT_EQ(ids(library->search(query)), (std::vector<std::string>{"a-laptop.en", "b-phone.en"})) << "equal, by id";
  query.kind = "phone";
  const std::vector<Hit> by_kind = library->search(query);
  EXPECT_EQ(ids(by_kind), (std::vector<std::string>{"b-phone.en", "a-laptop.en"}));
  ASSERT_EQ(by_kind[0].boosts.size(), 1U);
  EXPECT_EQ(by_kind[0].boosts[0].what, "kind");
  EXPECT_LE(by_kind[0].boosts[0].factor, 1.07);
  EXPECT_THAT(explain_in_words(by_kind[0], "en"), HasSubstr("for this kind of device (+7 %)"));
  query.kind.clear();
  query.product = "iPhone 12";
  EXPECT_EQ(ids(library->search(query)), (std::vector<std::string>{"b-phone.en", "a-laptop.en"})) << "a model is of a kind";
  query.product = "a model nobody knows";
  EXPECT_EQ(ids(library->search(query)), (std::vector<std::string>{"a-laptop.en", "b-phone.en"}));
}

TEST(LibraryFind, WhatStandsOutIsMoreCertainAndTheFirstHitDoesNotDependOnHowManyAreAskedFor) {
  const auto alone = Library::build({article("a", "Lid hinge squeaks", "- It squeaks."), article("z", "No sound", "- Silence.")});
  const auto beside = Library::build({article("a", "Lid hinge squeaks", "- It squeaks."), article("z", "No sound", "- Silence."),
                                      article("b", "Lid hinge squeaks loudly", "- It creaks when opened.")});
  Query query = ask("lid hinge squeaks");
  const Hit first = alone->search(query).at(0);
  const std::vector<Hit> two = beside->search(query);
  EXPECT_EQ(first.next, 0);
  EXPECT_GT(two.at(0).next, 0.5);
  EXPECT_EQ(two.at(0).next, two.at(1).next);
  EXPECT_GT(first.confidence, two.at(0).confidence);
  query.limit = 1;
  EXPECT_EQ(beside->search(query).at(0).confidence, two.at(0).confidence);
}

TEST(LibraryFind, ChineseThatSoundsRightIsSuggestedAndWhatIsWrittenRightStays) {
  std::vector<Problem> problems;
  std::vector<Article> all = shelf();
  all.push_back(article("blue", "电脑蓝屏后重启", "- 屏幕变蓝，出现停止代码。", "zh"));
  all.back().tags = {"蓝屏", "充电器"};
  all.push_back(article("sound", "打印机声音大", "- 打印时声音很大。", "zh"));
  const auto library = Library::build(all, parse_vocabulary("v", "zh: 触摸板 = 触控板\n", problems));
  const auto meant = [&](const char* typed) { return library->did_you_mean(typed, "zh").value_or("-"); };
  EXPECT_EQ(meant("兰屏怎么办"), "蓝屏怎么办");
  EXPECT_EQ(meant("充垫器坏了"), "充电器坏了");
  EXPECT_EQ(meant("触抹板不灵"), "触摸板不灵") << "a word of the vocabulary";
  EXPECT_EQ(meant("触模版"), "触摸板") << "two characters wrong";
  EXPECT_EQ(meant("打应机脱机"), "打印机脱机") << "yìng and yìn are one sound to many";
  for (const char* right : {"蓝屏", "電腦藍屏", "打印机脱机", "我想买房子", "今天天气怎么样", "触控板"})
    EXPECT_EQ(meant(right), "-");
  EXPECT_EQ(library->did_you_mean("兰屏", "en"), std::nullopt);
  Article since = article("new", "投影仪不亮", "- 没有画面。", "zh");
  since.tags = {"投影仪"};
  const auto later = library->with({since}, {});
  EXPECT_EQ(later->did_you_mean("投影遗不亮", "zh"), "投影仪不亮") << "what was written since";
}

TEST(LibraryFind, BrieflyTheSameIsFoundWithoutTheReasons) {
  const auto library = Library::build(shelf());
  Query query = ask("printer offline");
  const std::vector<Hit> whole = library->search(query);
  query.brief = true;
  const std::vector<Hit> brief = library->search(query);
  ASSERT_EQ(ids(brief), ids(whole));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(brief[i].score, whole[i].score);
    EXPECT_EQ(brief[i].confidence, whole[i].confidence);
    EXPECT_THAT(brief[i].reasons, IsEmpty());
    EXPECT_THAT(brief[i].passage, IsEmpty());
  }
}

TEST(LibraryFind, OnlyStatesAskedForAreFound) {
  std::vector<Article> all = shelf();
  all[0].state = "wip";
  all[1].state = "validated";
  const auto library = Library::build(all);
  Query query = ask("printer offline paper jam");
  query.audience = "internal";
  EXPECT_EQ(library->search(query).size(), 2U);
  query.states = {"wip"};
  EXPECT_THAT(ids(library->search(query)), ElementsAre("offline.en"));
  query.states = {"validated", "not_validated"};
  EXPECT_THAT(ids(library->search(query)), ElementsAre("jam.en"));
  query.audience = "customer";
  EXPECT_THAT(library->search(query), IsEmpty());
}

TEST(LibraryFind, ADraftStandsBehindAPublishedArticle) {
  std::vector<Article> all = {article("draft", "Printer is offline", "- The printer says offline."),
                              article("good", "The printer shows offline", "- Offline, says the printer display all day."),
                              article("other", "Screen flickers", "- Black."), article("third", "Battery", "- Empty.")};
  all[0].state = "wip";
  const auto library = Library::build(all);
  Query query = ask("printer is offline");
  query.audience = "internal";
  EXPECT_THAT(ids(library->search(query)), ElementsAre("good.en", "draft.en"));
  EXPECT_THAT(ids(library->search(ask("printer is offline"))), ElementsAre("good.en"));
}

TEST(LibraryFind, AProductCanBeAFilter) {
  std::vector<Article> all = {article("xps13", "Hinge is loose", "- The hinge is loose."),
                              article("xps15", "Hinge is loose", "- The hinge is loose."),
                              article("any", "A loose hinge", "- The hinge is loose."), article("other", "Battery", "- Empty.")};
  all[0].products = {"XPS 13"};
  all[1].products = {"XPS 15"};
  const auto library = Library::build(all);
  Query query = ask("hinge loose");
  query.product = "xps-13";
  EXPECT_EQ(library->search(query).size(), 3U);
  EXPECT_EQ(library->search(query)[0].article->id, "xps13");
  query.only_product = true;
  EXPECT_THAT(ids(library->search(query)), testing::UnorderedElementsAre("xps13.en", "any.en"));
  query.product = "";
  EXPECT_EQ(library->search(query).size(), 3U);
}

TEST(LibraryFind, AFamilyAdmitsItsModels) {
  std::vector<Article> all = {article("model", "Hinge is loose", "- The hinge is loose."),
                              article("stranger", "Hinge is loose", "- The hinge is loose too."),
                              article("other", "Battery", "- Empty.")};
  all[0].products = {"9310"};
  all[1].products = {"ThinkPad T14"};
  std::vector<Problem> problems;
  const auto library = Library::build(all, parse_vocabulary("v", "product: XPS 13 > 9310, 9315\n", problems));
  ASSERT_THAT(problems, IsEmpty());
  Query query = ask("hinge loose");
  query.product = "XPS 13";
  query.only_product = true;
  EXPECT_THAT(ids(library->search(query)), ElementsAre("model.en"));
}

TEST(LibraryFind, WhatHelpedMovesUpALittleAndOnlyWithEnoughVotes) {
  std::vector<Article> all = {article("a", "Fan is loud", "- The fan is loud."),
                              article("b", "Fan is loud by day", "- The fan is loud."), article("c", "Battery", "- Empty."),
                              article("d", "Screen", "- Black.")};
  const auto library = Library::build(all);
  const auto score = [](const Library& of, const std::string& id) {
    for (const Hit& hit : of.search(ask("fan is loud"))) {
      if (hit.article->id == id) return hit.score;
    }
    return 0.0;
  };
  const double plain = score(*library, "b");
  const auto score_of_b = [&](Usage usage) { return score(*library->with_usage({{{"b", "en"}, usage}}), "b") / plain; };
  EXPECT_NEAR(score_of_b({1, 0}), 1, 1e-9);  // one vote proves nothing
  EXPECT_GT(score_of_b({50, 2}), 1.05);
  EXPECT_LE(score_of_b({1e9, 0}), 1.1 + 1e-6);
  EXPECT_LT(score_of_b({2, 50}), 0.95);
  EXPECT_GE(score_of_b({0, 1e9}), 0.9 - 1e-6);
  EXPECT_NEAR(score_of_b({-3, 0}), 1, 1e-9);
  // Between two that fit alike it decides.
  const auto twins = Library::build({article("c", "Fan is loud", "- The fan makes noise by day."),
                                     article("d", "Fan is loud", "- The fan makes noise in use."),
                                     article("e", "Battery", "- Empty."), article("f", "Screen", "- Black.")});
  EXPECT_EQ(twins->with_usage({{{"d", "en"}, {90, 1}}})->search(ask("fan is loud")).at(0).article->id, "d");
  EXPECT_EQ(twins->with_usage({{{"c", "en"}, {90, 1}}})->search(ask("fan is loud")).at(0).article->id, "c");
}

TEST(LibraryFind, NearDuplicatesDoNotFillTheFirstPlaces) {
  const std::string issue =
      "- The wireless network disappears from the list after the computer was asleep and comes back only when it is restarted.\n";
  std::vector<Article> all = {article("one", "Wireless network disappears after sleep", issue),
                              article("two", "Wireless network disappears after sleep", issue),
                              article("three", "Wireless network disappears after sleep", issue),
                              article("other", "Wireless is slow", "- The wireless network is slow in the evening."),
                              article("last", "Battery", "- Empty.")};
  const auto library = Library::build(all);
  const std::vector<std::string> found = ids(library->search(ask("wireless network disappears after sleep")));
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0], "one.en");
  EXPECT_EQ(found[1], "other.en");
  const std::vector<Hit> hits = library->search(ask("wireless network disappears after sleep"));
  for (std::size_t i = 1; i < hits.size(); ++i) EXPECT_GE(hits[i - 1].score, hits[i].score);
}

TEST(LibraryFind, AChineseQuestionThatFindsAnEnglishArticleGetsItsTranslation) {
  std::vector<Article> all = shelf();
  all[4].codes = {"BATT-77"};
  const auto library = Library::build(all);
  Query query = ask("BATT-77", "zh");
  EXPECT_THAT(library->search(query), IsEmpty());
  query.other_languages = Query::OtherLanguages::kYes;
  const std::vector<Hit> hits = library->search(query);
  EXPECT_THAT(ids(hits), ElementsAre("battery.zh"));
  EXPECT_TRUE(hits[0].translated);
  EXPECT_EQ(hits[0].passage, "插着电源，电量不增加。");
  EXPECT_THAT(hits[0].highlights, IsEmpty());
  EXPECT_GT(hits[0].confidence, kMinConfidence);
}

TEST(LibraryFind, ATranslationTheReaderMayNotSeeIsNotGiven) {
  std::vector<Article> all = shelf();
  all[4].codes = {"BATT-77"};
  all[6].state = "wip";
  const auto library = Library::build(all);
  Query query = ask("BATT-77", "zh");
  query.other_languages = Query::OtherLanguages::kYes;
  EXPECT_THAT(ids(library->search(query)), ElementsAre("battery.en"));
}

TEST(LibraryFind, AnArticleAndItsTranslationAreOneHit) {
  const auto library = Library::build(shelf());
  Query query = ask("打印机 脱机 printer offline", "zh");
  query.other_languages = Query::OtherLanguages::kYes;
  const std::vector<Hit> hits = library->search(query);
  ASSERT_FALSE(hits.empty());
  EXPECT_EQ(ids(hits)[0], "offline.zh");
  EXPECT_FALSE(hits[0].translated);
  for (std::size_t i = 1; i < hits.size(); ++i) EXPECT_NE(hits[i].article->id, "offline");
}

TEST(LibraryFind, TheWordsAskedForAreMarkedInThePassage) {
  const auto library = Library::build(shelf());
  EXPECT_THAT(marked(library->search(ask("why is my PRINTER offline?")).at(0)), ElementsAre("printer", "offline"));
  EXPECT_THAT(marked(library->search(ask("connections lost")).at(0)), ElementsAre("connection", "lost"));
  EXPECT_THAT(marked(library->search(ask("battrey")).at(0)), ElementsAre("battery"));
  const Hit chinese = library->search(ask("打印机显示脱机", "zh")).at(0);
  EXPECT_EQ(chinese.passage, "打印机明明开着，却显示脱机。");
  EXPECT_THAT(marked(chinese), ElementsAre("打印机", "显示脱机"));
}

TEST(LibraryFind, SaysInWordsWhyAHitIsThere) {
  const auto library = Library::build(shelf());
  const Hit hit = library->search(ask("printer offline")).at(0);
  EXPECT_THAT(explain_in_words(hit, "en"), testing::AllOf(HasSubstr("in the title"), HasSubstr("“offlin”"), HasSubstr("%")));
  EXPECT_THAT(explain_in_words(hit, "zh"), testing::AllOf(HasSubstr("标题中的“offlin”占"), HasSubstr("。")));
  EXPECT_EQ(explain_in_words(Hit(), "en"), "No word in common.");
  EXPECT_EQ(explain_in_words(Hit(), "zh"), "没有共同的词。");
}

TEST(LibraryFind, SuggestsWhileSomebodyTypes) {
  std::vector<Article> all = shelf();
  all[3].codes = {"E-204", "0x0000007B"};
  all[2].synonyms = {"wlan unstable"};
  all[1].state = "wip";
  const auto library = Library::build(all);
  EXPECT_THAT(library->suggest("pri", "en", 5), ElementsAre("Printer is offline"));
  EXPECT_THAT(library->suggest("Off", "en", 5), ElementsAre("Printer is offline"));
  EXPECT_THAT(library->suggest("  the w", "en", 5), ElementsAre("The wireless connection is lost every few minutes."));
  EXPECT_THAT(library->suggest("e-2", "en", 5), ElementsAre("E-204"));
  EXPECT_THAT(library->suggest("E20", "en", 5), ElementsAre("E-204"));
  EXPECT_THAT(library->suggest("wlan", "en", 5), ElementsAre("wlan unstable"));
  EXPECT_THAT(library->suggest("脱", "zh", 5), ElementsAre("打印机脱机"));
  EXPECT_THAT(library->suggest("列印", "zh", 5), IsEmpty());
  EXPECT_THAT(library->suggest("印表機", "zh", 5), ElementsAre("打印机脱机", "打印机明明开着，却显示脱机。"));
  EXPECT_THAT(library->suggest("paper", "en", 5), IsEmpty());
  EXPECT_THAT(library->suggest("flickers screen", "en", 5), ElementsAre("Screen flickers"));
  EXPECT_THAT(library->suggest("", "en", 5), IsEmpty());
  EXPECT_THAT(library->suggest("b", "", 1).size(), 1U);
  EXPECT_THAT(library->suggest("b", "en", 0), IsEmpty());
}

TEST(LibraryFind, SuggestsWhatWasJustAddedAndNotWhatIsGone) {
  std::vector<Article> all = shelf();
  for (int n = 0; n < 100; ++n)
    all.push_back(article("filler-" + std::to_string(n), "Filler " + std::to_string(n), "- Nothing."));
  auto library = Library::build(all)->with({article("new", "Quiet speaker", "- The speaker is quiet.")}, {{"screen", "en"}});
  EXPECT_THAT(library->suggest("spe", "en", 5), ElementsAre("Quiet speaker"));
  EXPECT_THAT(library->suggest("the spe", "en", 5), ElementsAre("The speaker is quiet."));
  EXPECT_THAT(library->suggest("screen", "en", 5), IsEmpty());
}

TEST(LibraryFind, SuggestionsComeFromTheRightPhraseEvenAfterOnesOfSeveralLines) {
  std::vector<Article> all = shelf();
  all[3].title = "Screen\nflickers";
  all[3].synonyms = {"flashing\nlights"};
  all[3].codes = {"E\n204"};
  all[3].issue = "- " + std::string(300, 'x') + " too long to click on.\n- Quite dark.\n";
  const auto library = Library::build(all);
  EXPECT_THAT(library->suggest("quite", "en", 5), ElementsAre("Quite dark."));
  EXPECT_THAT(library->suggest("flash", "en", 5), ElementsAre("flashing\nlights"));
  EXPECT_THAT(library->suggest("e204", "en", 5), ElementsAre("E\n204"));
}

TEST(LibraryFind, AsksWhetherSomethingElseWasMeant) {
  const auto library = Library::build(shelf());
  EXPECT_EQ(library->did_you_mean("my pritner is oflfine!", "en"), "my printer is offline!");
  EXPECT_EQ(library->did_you_mean("my printer is offline", "en"), std::nullopt);
  EXPECT_EQ(library->did_you_mean("xyzzy", "en"), std::nullopt);
  EXPECT_EQ(library->did_you_mean("", "en"), std::nullopt);
  EXPECT_EQ(library->did_you_mean("pritner", "fr"), std::nullopt);
}

TEST(LibraryFind, SynonymsOfAnArticleFindIt) {
  std::vector<Article> all = shelf();
  all[4].synonyms = {"juice", "accumulator"};
  const auto library = Library::build(all);
  EXPECT_THAT(ids(library->search(ask("accumulator"))), ElementsAre("battery.en"));
}

TEST(LibraryFind, PublishedArticlesAreForCustomersAndTheRestForTheInside) {
  std::vector<Article> all = shelf();
  for (const char* state : {"wip", "not_validated", "validated", "archived"}) {
    all[0].state = state;
    const auto library = Library::build(all);
    Query query = ask("printer offline");
    EXPECT_THAT(ids(library->search(query)), testing::Not(testing::Contains("offline.en"))) << state;
    query.audience = "partner";
    EXPECT_THAT(ids(library->search(query)), testing::Not(testing::Contains("offline.en"))) << state;
    query.audience = "internal";
    EXPECT_EQ(ids(library->search(query)).at(0) == "offline.en", std::string(state) != "archived") << state;
  }
}

}  // namespace
}  // namespace usher::kb
