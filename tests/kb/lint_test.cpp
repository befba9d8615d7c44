#include "kb/lint.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "kb/gaps.h"
#include "kb/private_data.h"

namespace usher::kb {
namespace {

Article article(std::string id, std::string title, std::string issue, std::string resolution, std::string language = "en") {
  Article a;
  a.id = std::move(id);
  a.language = std::move(language);
  a.title = std::move(title);
  a.issue = std::move(issue);
  a.resolution = std::move(resolution);
  a.body = "## Issue\n" + a.issue + "\n\n## Resolution\n" + a.resolution + "\n";
  return a;
}

Article printer() {
  return article("printer-offline", "Printer is shown as offline", "- Windows says the printer is offline.",
                 "1. Switch it off and on again.");
}

LintOptions english() {
  LintOptions options;
  options.languages = {"en"};
  return options;
}

// "rule:id" of what was found.
std::vector<std::string> rules(std::vector<Article> articles, const LintOptions& options = english()) {
  std::vector<std::string> out;
  for (const auto& f : lint(*Library::build(std::move(articles)), options)) {
    EXPECT_NE(std::ranges::find(lint_rules(), f.rule), lint_rules().end()) << f.rule;
    out.push_back(f.rule + ":" + f.article.id);
  }
  return out;
}
using Rules = std::vector<std::string>;

std::vector<Article> shipped() {
  std::vector<Article> out;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(USHER_SOURCE_DIR) / "config/kb")) {
    if (entry.path().extension() != ".md") continue;
    std::ifstream in(entry.path());
    std::stringstream bytes;
    bytes << in.rdbuf();
    std::vector<Problem> problems;
    if (auto a = parse_article(entry.path().filename().string(), bytes.str(), problems)) out.push_back(std::move(*a));
  }
  return out;
}

TEST(Lint, AnArticleInOrderHasNoFindings) {
  EXPECT_EQ(rules({printer()}), Rules{});
}

TEST(Lint, LinksToArticlesMustLeadSomewhere) {
  auto a = printer();
  a.body +=
      "See [the cable](printer-cable), [this](/help/en/printer-queue), [the maker](https://printers.example/x) and "
      "[above](#top).\n";
  EXPECT_EQ(rules({a}), (Rules{"broken-link:printer-offline", "broken-link:printer-offline"}));
  auto cable = article("printer-cable", "Which cable a printer needs", "Which cable?", "1. USB-B.");
  EXPECT_EQ(rules({a, cable}), Rules{"broken-link:printer-offline"});
  cable.state = "archived";
  EXPECT_EQ(rules({a, cable}).size(), 2U);
}

TEST(Lint, ALinkThatWouldRunScriptIsNoLink) {
  auto a = printer();
  a.body += "[press](javascript:alert(1))\n";
  EXPECT_EQ(rules({a}), Rules{"broken-link:printer-offline"});
}

TEST(Lint, PicturesMustExistAndSayWhatTheyShow) {
  auto a = printer();
  a.body += "![the power button](pictures/power.png) ![](pictures/gone.png)\n";
  auto options = english();
  options.has_picture = [](std::string_view name) { return name == "pictures/power.png"; };
  EXPECT_EQ(rules({a}, options), (Rules{"broken-picture:printer-offline", "no-alt-text:printer-offline"}));
}

TEST(Lint, ATranslationIsWantedForCustomersOnly) {
  LintOptions both;
  EXPECT_EQ(rules({printer()}, both), Rules{"missing-translation:printer-offline"});
  auto internal = printer();
  internal.audience = "internal";
  EXPECT_EQ(rules({internal}, both), Rules{});
  auto zh = article("printer-offline", "打印机显示脱机", "- 电脑显示打印机脱机。", "1. 关机再开。", "zh");
  EXPECT_EQ(rules({printer(), zh}, both), Rules{});
}

TEST(Lint, CustomersDataDoesNotBelongInAnArticle) {
  auto a = printer();
  a.body += "Mr. Lee (lee@mail-provider.cn, +49 170 1234999) had this with S/N PF3KQ7T2.\n";
  const auto found = lint(*Library::build({a}), english());
  ASSERT_EQ(found.size(), 3U);
  for (const auto& f : found) {
    EXPECT_EQ(f.rule, "customer-data");
    EXPECT_FALSE(f.is_warning);
    EXPECT_EQ(f.message.find("mail-provider"), std::string::npos) << "what was found is not repeated as a whole";
  }
}

TEST(Lint, TooLongIsSaid) {
  auto a = printer();
  a.body.append(7000, 'x');
  EXPECT_EQ(rules({a}), Rules{"too-long:printer-offline"});
  auto steps = printer();
  for (int i = 2; i < 20; ++i) steps.resolution += "\n" + std::to_string(i) + ". Do this.";
  EXPECT_EQ(rules({steps}), Rules{"too-long:printer-offline"});
}

TEST(Lint, AResolutionIsWantedUnlessItIsWorkInProgress) {
  auto a = printer();
  a.resolution.clear();
  EXPECT_EQ(rules({a}), Rules{"no-resolution:printer-offline"});
  a.state = "wip";
  EXPECT_EQ(rules({a}), Rules{});
}

TEST(Lint, AReviewIsOverdueTheDayAfter) {
  auto a = printer();
  a.review_by = "2026-11-22";
  auto options = english();
  options.today = "2026-11-22";
  EXPECT_EQ(rules({a}, options), Rules{});
  options.today = "2026-11-23";
  EXPECT_EQ(rules({a}, options), Rules{"review-overdue:printer-offline"});
}

TEST(Lint, TwoArticlesThatSayTheSameAreToldOnce) {
  auto copy = printer();
  copy.id = "printer-says-offline";
  copy.title = "The printer is shown as offline";
  EXPECT_EQ(rules({printer(), copy}), Rules{"duplicate:printer-says-offline"});
  auto other = article("printer-jam", "Printer has a paper jam", "- Paper is stuck in the printer.",
                       "1. Open the back and pull the sheet.");
  EXPECT_EQ(rules({printer(), other}), Rules{});
}

TEST(Lint, TagsAreWrittenOneWay) {
  auto a = printer();
  a.tags = {"wi-fi"};
  auto b =
      article("router-restart", "Router: start it again", "- No internet in the house.", "1. Pull the plug, wait, plug it in.");
  b.tags = {"wifi"};
  EXPECT_EQ(rules({a, b}), Rules{"tag-spelled-alike:printer-offline"});
  b.tags = {"router"};
  EXPECT_EQ(rules({a, b}), Rules{});
}

TEST(Lint, ALostRegressionQueryIsAnError) {
  auto options = english();
  options.regression = {{"en", "printer offline", {"printer-offline"}, 1},
                        {"en", "coffee machine leaks", {"printer-offline"}, 2}};
  const auto found = lint(*Library::build({printer()}), options);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rule, "regression-lost");
  EXPECT_NE(found[0].message.find("coffee"), std::string::npos);
}

TEST(Lint, TheShippedArticlesHaveNoErrors) {
  LintOptions options;
  options.today = "2026-11-22";
  for (const auto& f : lint(*Library::build(shipped()), options)) {
    EXPECT_TRUE(f.is_warning) << f.article.id << "." << f.article.language << " " << f.rule << ": " << f.message;
    EXPECT_NE(f.rule, "duplicate") << f.article.id << "." << f.article.language << " " << f.message;
  }
}

TEST(Links, NamesOfArticlesAreTold) {
  EXPECT_EQ(linked_article("no-power-reset"), "no-power-reset");
  EXPECT_EQ(linked_article("no-power-reset.en.md#step"), "no-power-reset");
  EXPECT_EQ(linked_article("/help/zh/no-power-reset/some-title"), "no-power-reset");
  for (const char* other :
       {"https://a.example/b", "#top", "pictures/a.png", "mailto:a@example.com", "/help/en/search?q=x", "manual.pdf"})
    EXPECT_EQ(linked_article(other), "") << other;
}

std::string kinds(std::string_view text) {
  std::string out;
  for (const auto& p : find_private_data(text)) out.append(out.empty() ? "" : ",").append(p.kind);
  return out;
}

TEST(PrivateData, IsFoundByItsForm) {
  EXPECT_EQ(kinds("write to ana.keller+shop@gmail.com please"), "email");
  EXPECT_EQ(kinds("call me: +44 20 7946 0958"), "phone");
  EXPECT_EQ(kinds("我的手机13812345678，打不通"), "phone");
  EXPECT_EQ(kinds("phone number is 0171 2345678"), "phone");
  EXPECT_EQ(kinds("card 4111 1111 1111 1111"), "card");
  EXPECT_EQ(kinds("身份证11010519491231002X"), "identity");
  EXPECT_EQ(kinds("serial number: PF3KQ7T2"), "serial");
  EXPECT_EQ(kinds("key VK7JG-NPHTM-C97JM-9MPGT-3V66T"), "licence key");
}

TEST(PrivateData, CodesAndExamplesAreNobodys) {
  for (const char* text :
       {"error 0x80070643 and 0x0000007B", "Windows 10.0.19045.4412", "192.168.178.1", "name@example.com", "help@shop.test",
        "between 2026-01-17 and 2026-02-17", "call 0800 123 4567", "拨打400-810-8888", "1-800-555-0199", "+1 415 555 0134",
        "hold for 30 seconds, 3 times", "XPS 13 9310, 5400 rpm, 1920 1080", "SN-XXXX-0000", "USB 3.2 Gen 2x2 20 Gbit/s",
        "12345678901234567890"})
    EXPECT_EQ(kinds(text), "") << text;
}

TEST(PrivateData, IsMaskedWithItsKind) {
  EXPECT_EQ(mask_private_data("I am ana@keller.de, tel 0171 2345678, printer offline"),
            "I am [email], tel [phone], printer offline");
}

std::vector<Asked> asked(std::initializer_list<const char*> texts, const std::string& language = "en") {
  std::vector<Asked> out;
  for (const char* t : texts) out.push_back({t, language, static_cast<std::int64_t>(out.size())});
  return out;
}

TEST(Gaps, SearchesAboutTheSameComeTogether) {
  const auto library = Library::build({printer()});
  const Rarity rarity(*library);
  const auto gaps = find_gaps(asked({"coffee machine leaks water", "my coffee machine is leaking", "smart speaker does not pair",
                                     "Hello, please help", "the coffee machine has water under it"}),
                              rarity);
  ASSERT_EQ(gaps.size(), 2U) << "a greeting says nothing";
  EXPECT_EQ(gaps[0].members, (std::vector<std::size_t>{0, 1, 4}));
  EXPECT_NE(std::ranges::find(gaps[0].words, "coffee"), gaps[0].words.end());
  EXPECT_EQ(gaps[1].members, (std::vector<std::size_t>{2}));
}

TEST(Gaps, ChineseSearchesComeTogether) {
  const auto library = Library::build({printer()});
  const auto gaps = find_gaps(asked({"扫地机器人不回充", "扫地机器人回充失败怎么办", "投影仪画面模糊"}, "zh"), Rarity(*library));
  ASSERT_EQ(gaps.size(), 2U);
  EXPECT_EQ(gaps[0].members.size(), 2U);
}

TEST(Gaps, ThousandsOfSearchesTakeNoTime) {
  const auto library = Library::build({printer()});
  std::vector<Asked> many;
  for (int i = 0; i < 5000; ++i)
    many.push_back({"gadget" + std::string(1, static_cast<char>('a' + i % 26)) +
                        std::string(1, static_cast<char>('a' + i / 26 % 26)) + " stopped whirring overnight",
                    "en", i});
  const auto begin = std::chrono::steady_clock::now();
  const auto gaps = find_gaps(many, Rarity(*library));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{20});  // a second or so; minutes when all meet all
  std::size_t placed = 0;
  for (const auto& gap : gaps) placed += gap.members.size();
  EXPECT_EQ(placed, many.size());
}

TEST(Gaps, KeepTheirIdWhenMoreIsAsked) {
  const auto library = Library::build({printer()});
  const Rarity rarity(*library);
  const auto before = find_gaps(asked({"coffee machine leaks water"}), rarity);
  const auto after = find_gaps(asked({"coffee machine leaks water", "coffee machine leaking", "electric kettle broken"}), rarity);
  ASSERT_EQ(before.size(), 1U);
  EXPECT_EQ(after[0].id, before[0].id);
  EXPECT_NE(find_gaps(asked({"coffee machine leaks water"}), rarity, "other")[0].id, before[0].id);
}

}  // namespace
}  // namespace usher::kb
