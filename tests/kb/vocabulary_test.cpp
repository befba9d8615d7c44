#include "kb/vocabulary.h"

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kb/library.h"

namespace usher::kb {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::shared_ptr<const Vocabulary> vocabulary(std::string_view bytes) {
  std::vector<Problem> problems;
  auto result = parse_vocabulary("vocabulary.txt", bytes, problems);
  for (const Problem& p : problems) ADD_FAILURE() << p.line << ": " << p.message;
  return result;
}

// "begin-end word word", one a synonym.
std::vector<std::string> expanded(const Vocabulary& v, std::string_view text, std::string_view language = "en") {
  std::vector<std::string> all;
  for (const Synonym& s : v.expand(text, Analyzer::shared().analyze(text, true), language)) {
    std::string line(text.substr(s.begin, s.end - s.begin));
    line += " ->";
    for (const Term& t : s.terms) {
      if (t.kind != Term::Kind::kPair) line += " " + t.text;
    }
    EXPECT_LE(s.weight, kSynonymWeight);
    all.push_back(std::move(line));
  }
  return all;
}

TEST(Vocabulary, ReadsSynonymsAndFamilies) {
  const auto v = vocabulary(
      "\xEF\xBB\xBF# ours\n\nen: turn on = power on =  start   up # remark\r\nzh: 打印机 = 印表机\n"
      "product: XPS 13 > XPS-13 9310, XPS-13 9315\n");
  EXPECT_THAT(v->groups(), ElementsAre(Vocabulary::Group{"en", {"turn on", "power on", "start up"}, false},
                                       Vocabulary::Group{"zh", {"打印机", "印表机"}, false},
                                       Vocabulary::Group{"", {"XPS 13", "XPS-13 9310", "XPS-13 9315"}, true}));
}

TEST(Vocabulary, EveryProblemIsNamedWithItsLineAndTheRestIsRead) {
  std::vector<Problem> problems;
  const auto v = parse_vocabulary(
      "v.txt", "turn on = power on\nen: alone\nen: a b = \nproduct: XPS\nen: slow = sluggish\nen: slow = lame\n", problems);
  std::vector<int> lines;
  for (const Problem& p : problems) {
    EXPECT_EQ(p.file, "v.txt");
    EXPECT_FALSE(p.message.empty() || p.hint.empty());
    if (lines.empty() || lines.back() != p.line) lines.push_back(p.line);
  }
  EXPECT_THAT(lines, ElementsAre(1, 2, 3, 4, 6));
  EXPECT_THAT(v->groups(), SizeIs(1));
  EXPECT_THAT(v->groups()[0].phrases, ElementsAre("slow", "sluggish"));
}

TEST(Vocabulary, WhatIsNoTextOrTooLargeIsRefusedNotRead) {
  for (const std::string& bytes : {std::string("en: \xFF\xFE = b"), std::string(2 << 20, 'x')}) {
    std::vector<Problem> problems;
    EXPECT_THAT(parse_vocabulary("v.txt", bytes, problems)->groups(), IsEmpty());
    EXPECT_THAT(problems, SizeIs(1));
  }
  std::vector<Problem> problems;
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "nonsense\n";
  parse_vocabulary("v.txt", many, problems);
  EXPECT_LE(problems.size(), 100U);
}

TEST(Vocabulary, WordsAreFoundInAnyInflection) {
  const auto v = vocabulary("en: turn on = power on = boot\nen: slow = sluggish\n");
  EXPECT_THAT(expanded(*v, "It TURNS on so slow"), ElementsAre("TURNS on -> power on", "TURNS on -> boot", "slow -> sluggish"));
  EXPECT_THAT(expanded(*v, "turn it around"), IsEmpty());
  EXPECT_THAT(expanded(*v, "booting"), ElementsAre("booting -> turn on", "booting -> power on"));
}

TEST(Vocabulary, ALongerPhraseHidesTheOnesInside) {
  const auto v = vocabulary("en: screen = display\nen: blue screen = stop error\n");
  EXPECT_THAT(expanded(*v, "a blue screen"), ElementsAre("blue screen -> stop error"));
  EXPECT_THAT(expanded(*v, "black screen"), ElementsAre("screen -> display"));
}

TEST(Vocabulary, ChineseIsFoundHoweverItIsCutAndInBothScripts) {
  const auto v = vocabulary("zh: 死机 = 卡死\nzh: 打印机 = 打印设备\n");
  EXPECT_THAT(expanded(*v, "电脑老是死机了", "zh"), ElementsAre("死机 -> 卡 死"));
  EXPECT_THAT(expanded(*v, "這台電腦老是死機", "zh"), SizeIs(1));
  EXPECT_THAT(expanded(*v, "电脑老是死机了", "en"), IsEmpty());
}

TEST(Vocabulary, AModelIsOfItsFamilyAndNotOfItsSisters) {
  const auto v = vocabulary("product: XPS 13 > XPS-13 9310, XPS-13 9315\n");
  EXPECT_THAT(v->related_products("xps-13 9310"), ElementsAre("XPS 13"));
  EXPECT_THAT(v->related_products("XPS 13"), ElementsAre("XPS-13 9310", "XPS-13 9315"));
  EXPECT_THAT(v->related_products("XPS 15"), IsEmpty());
  EXPECT_THAT(expanded(*v, "XPS-13 9310 gets hot"), ElementsAre("XPS-13 9310 -> xps13 xps 13"));
}

TEST(Vocabulary, AModelIsAlsoWhatItsFamilyIs) {
  const auto v = vocabulary("product: iPhone > iPhone 12, iPhone 13\nproduct: phone > iPhone, Pixel\n");
  EXPECT_THAT(v->related_products("iPhone 12"), ElementsAre("iPhone", "phone"));
  EXPECT_THAT(v->related_products("Pixel"), ElementsAre("phone"));
  EXPECT_THAT(v->related_products("phone"), ElementsAre("iPhone", "Pixel"));
}

TEST(Vocabulary, YearsTellWhatIsSoldNoMore) {
  const auto v = vocabulary(
      "product: XPS 13 > XPS-13 9310 (2020-2022), XPS-13 9315 (2022–2024), XPS-13 9340 (2024-), XPS-13 9300\n"
      "product: Aspire > Aspire One (-2013), Aspire Go (2024)\n");
  EXPECT_EQ(v->years_gone("xps 13 9310"), 2) << "however it is written, against 2024, the newest year in the file";
  EXPECT_EQ(v->years_gone("XPS-13 9315"), 1) << "sold no more is at least one year";
  EXPECT_EQ(v->years_gone("XPS-13 9340"), 0);
  EXPECT_EQ(v->years_gone("XPS-13 9300"), 0) << "nothing is known";
  EXPECT_EQ(v->years_gone("Aspire One"), Vocabulary::kOldest);
  EXPECT_THAT(v->groups()[1].phrases, ElementsAre("Aspire", "Aspire One", "Aspire Go (2024)"))
      << "a year alone is part of a name";
  EXPECT_THAT(v->related_products("XPS-13 9310"), ElementsAre("XPS 13"));
  EXPECT_EQ(vocabulary("product: a1 > b2, c3\n")->years_gone("b2"), 0);
}

Article article(std::string id, std::string title, std::string issue) {
  Article a;
  a.id = std::move(id);
  a.language = "en";
  a.title = std::move(title);
  a.issue = std::move(issue);
  a.resolution = "1. Do it.";
  return a;
}

TEST(Vocabulary, ASynonymFindsAndTheTypedWordStaysFirst) {
  const auto v = vocabulary("en: sluggish = slow\n");
  const Article slow = article("slow", "Computer is slow", "Everything is slow."),
                other = article("other", "No sound", "Silence.");
  Query query;
  query.language = "en";
  query.text = "sluggish";
  EXPECT_THAT(Library::build({slow, other})->search(query), IsEmpty());
  const auto library = Library::build({slow, other}, v);  // hits point into it
  const std::vector<Hit> found = library->search(query);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].article->id, "slow");
  const Article sluggish = article("sluggish", "Sluggish mouse pointer", "The pointer is sluggish.");
  const auto more = Library::build({slow, other, sluggish}, v);
  EXPECT_EQ(more->search(query).at(0).article->id, "sluggish");
}

TEST(Vocabulary, AQuestionInOtherWordsIsAnsweredNotMetWithSilence) {
  const auto v = vocabulary("en: does not turn on = dead = no power\n");
  const std::vector<Article> articles = {article("power", "Laptop: no power", "There is no power at all."),
                                         article("other", "Laptop: no sound", "Nothing is heard."),
                                         article("third", "Laptop: slow", "Everything takes long.")};
  Query query;
  query.language = "en";
  query.text = "my laptop is dead";
  const auto library = Library::build(articles, v);
  const std::vector<Hit> hits = library->search(query);
  ASSERT_FALSE(hits.empty());
  EXPECT_EQ(hits[0].article->id, "power");
  EXPECT_GE(hits[0].confidence, kMinConfidence);
}

// Two articles that say the same of an old and of a new product.
std::vector<Article> of_two_generations() {
  Article old_one = article("a-old", "Replace the keyboard", "A key is broken."),
          new_one = article("b-new", "Replace the keyboard", "A key is broken.");
  old_one.products = {"XPS-13 9310"};
  new_one.products = {"XPS-13 9340"};
  return {old_one, new_one, article("other", "No sound", "Silence.")};
}

TEST(Vocabulary, WhatIsSoldStandsBeforeWhatIsNotUnlessTheOldOneIsMeant) {
  const auto library =
      Library::build(of_two_generations(), vocabulary("product: XPS 13 > XPS-13 9310 (2018-2020), XPS-13 9340 (2024-)\n"));
  Query query;
  query.language = "en";
  query.text = "replace broken keyboard key";
  const std::vector<Hit> hits = library->search(query);
  ASSERT_THAT(hits, SizeIs(2));
  EXPECT_EQ(hits[0].article->id, "b-new");
  EXPECT_THAT(hits[0].boosts, IsEmpty());
  ASSERT_THAT(hits[1].boosts, SizeIs(1));
  EXPECT_EQ(hits[1].boosts[0].what, "recency");
  EXPECT_NEAR(hits[1].boosts[0].factor, 1 - 0.06 * 4 / 5, 1e-9);
  EXPECT_NEAR(hits[1].score / hits[0].score, hits[1].boosts[0].factor, 1e-6) << "never more than that";
  EXPECT_THAT(explain_in_words(hits[1], "en"), testing::HasSubstr("its product is not sold any more (-5 %)"));
  EXPECT_THAT(explain_in_words(hits[1], "zh"), testing::HasSubstr("已停售"));

  query.text = "replace broken keyboard key xps 13 9310";
  EXPECT_EQ(library->search(query).at(0).article->id, "a-old") << "the customer names it";
  query.text = "replace broken keyboard key";
  query.product = "xps 13 9310";
  const std::vector<Hit> theirs = library->search(query);
  EXPECT_EQ(theirs.at(0).article->id, "a-old") << "the conversation knows it";
  EXPECT_EQ(theirs.at(0).boosts.at(0).what, "product");
}

TEST(Vocabulary, WithoutYearsNothingIsMovedByAge) {
  const auto library = Library::build(of_two_generations(), vocabulary("product: XPS 13 > XPS-13 9310, XPS-13 9340\n"));
  Query query;
  query.language = "en";
  query.text = "replace broken keyboard key";
  const std::vector<Hit> hits = library->search(query);
  EXPECT_EQ(hits.at(0).article->id, "a-old") << "equal, so by id";
  EXPECT_NEAR(hits.at(0).score, hits.at(1).score, 1e-9);
  EXPECT_THAT(hits.at(1).boosts, IsEmpty());
}

TEST(Vocabulary, ALongTextWithManyWordingsStaysBounded) {
  std::string lines, text;
  for (int i = 0; i < 200; ++i) {
    const std::string word{static_cast<char>('a' + i % 26), static_cast<char>('a' + i / 26), 'k', 'o'};
    lines += "en: " + word + " = " + word + "la = " + word + "mi\n";
    text += word + " ";
  }
  const auto v = vocabulary(lines);
  EXPECT_LE(v->expand(text, Analyzer::shared().analyze(text, true), "en").size(), 16U);
}

}  // namespace
}  // namespace usher::kb
