#include "kb/article.h"

#include <gmock/gmock.h>

#include <random>
#include <string>
#include <vector>

#include "base/text.h"

namespace usher::kb {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string kGood =
    "---\n"
    "id: no-power-reset\n"
    "language: en\n"
    "title: Computer does not turn on: drain residual power\n"
    "products: [laptop, desktop]\n"
    "codes: [E-204, 0x7B]\n"
    "tags: [power]\n"
    "audience: partner\n"
    "state: not_validated\n"
    "---\n"
    "## Issue\n"
    "Nothing happens.\n"
    "\n"
    "## Environment\n"
    "Any laptop.\n"
    "## Cause\n"
    "A charge.\n"
    "## Resolution\n"
    "1. Unplug it.\n"
    "2. Wait.\n";

auto at(int line, int column, const std::string& message, const std::string& hint) {
  return AllOf(Field(&Problem::line, line), Field(&Problem::column, column), Field(&Problem::message, HasSubstr(message)),
               Field(&Problem::hint, HasSubstr(hint)));
}

std::vector<Problem> problems_of(const std::string& bytes, const std::string& file = "draft") {
  std::vector<Problem> problems;
  EXPECT_EQ(parse_article(file, bytes, problems).has_value(), problems.empty());
  return problems;
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t found = text.find(from);
  EXPECT_NE(found, std::string::npos);
  return text.replace(found, from.size(), to);
}

TEST(Article, AllOfItsPartsAreRead) {
  std::vector<Problem> problems;
  const auto article = parse_article("config/kb/no-power-reset.en.md", kGood, problems);
  ASSERT_TRUE(article.has_value());
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_EQ(article->id, "no-power-reset");
  EXPECT_EQ(article->language, "en");
  EXPECT_EQ(article->title, "Computer does not turn on: drain residual power");
  EXPECT_THAT(article->products, ElementsAre("laptop", "desktop"));
  EXPECT_THAT(article->codes, ElementsAre("E-204", "0x7B"));
  EXPECT_THAT(article->tags, ElementsAre("power"));
  EXPECT_EQ(article->audience, "partner");
  EXPECT_EQ(article->state, "not_validated");
  EXPECT_EQ(article->issue, "Nothing happens.");
  EXPECT_EQ(article->environment, "Any laptop.");
  EXPECT_EQ(article->cause, "A charge.");
  EXPECT_EQ(article->resolution, "1. Unplug it.\n2. Wait.");
  EXPECT_THAT(article->body, HasSubstr("## Issue"));
}

TEST(Article, ChineseSectionsAndWindowsLineEndsAndAByteOrderMarkAreRead) {
  std::vector<Problem> problems;
  const auto article =
      parse_article("a.zh.md",
                    "\xEF\xBB\xBF---\r\nid: a\r\nlanguage: zh\r\ntitle: 开不了机：先放电\r\n---\r\n"
                    "## 问题\r\n没反应\r\n## 环境\r\n笔记本\r\n## 原因\r\n静电\r\n## 解决方法\r\n1. 拔掉电源\r\n",
                    problems);
  ASSERT_TRUE(article.has_value()) << problems.at(0).message;
  EXPECT_EQ(article->title, "开不了机：先放电");
  EXPECT_EQ(article->issue, "没反应");
  EXPECT_EQ(article->environment, "笔记本");
  EXPECT_EQ(article->cause, "静电");
  EXPECT_EQ(article->resolution, "1. 拔掉电源");
  EXPECT_EQ(article->audience, "customer");
  EXPECT_EQ(article->state, "published");
}

TEST(Article, EveryProblemIsNamedWithItsPlaceAndAHint) {
  const std::vector<Problem> problems = problems_of(
      "---\n"
      "id: Bad Id\n"
      "langauge: en\n"
      "title: A title\n"
      "tags: power\n"
      "id: again\n"
      "state: validatd\n"
      "---\n"
      "## Isue\n"
      "text\n"
      "## Resolution\n");
  EXPECT_THAT(problems,
              UnorderedElementsAre(at(2, 5, "id 'Bad Id'", "a–z"), at(3, 1, "unknown key 'langauge'", "'language'"),
                                   at(5, 7, "'tags' is not a list", "tags: ["), at(6, 1, "'id' is given twice", "keep one"),
                                   at(7, 8, "state 'validatd'", "'validated'"), at(1, 1, "'language' is missing", "add"),
                                   at(9, 1, "unknown section 'Isue'", "'Issue'"), at(11, 1, "'Resolution' is empty", "steps"),
                                   at(12, 1, "'Issue' is missing", "## 问题")));
  for (const Problem& problem : problems) EXPECT_EQ(problem.file, "draft");
}

TEST(Article, AColumnCountsCharactersNotBytes) {
  EXPECT_THAT(problems_of(with(kGood, "tags: [power]", "tags: [电源, [x]]")),
              ElementsAre(at(7, 12, "an entry of 'tags'", "[first")));
}

TEST(Article, YamlThatCannotBeReadNamesItsLine) {
  EXPECT_THAT(problems_of(with(kGood, "codes: [E-204, 0x7B]", "codes: \"E-204")), testing::Not(IsEmpty()));
  EXPECT_THAT(problems_of(with(kGood, "id: no-power-reset", "id: no: power")),
              testing::Contains(at(2, 7, "cannot be read", "double quotes")));
}

TEST(Article, WithoutFrontMatterOrItsEndItIsRefused) {
  EXPECT_THAT(problems_of(""), ElementsAre(at(1, 1, "front matter is missing", "---")));
  EXPECT_THAT(problems_of("# Title\n"), ElementsAre(at(1, 1, "front matter is missing", "---")));
  EXPECT_THAT(problems_of("---\nid: x\n## Issue\n"), ElementsAre(at(1, 1, "does not end", "---")));
  EXPECT_THAT(problems_of("---\n- id\n---\n## Issue\nx\n## Resolution\ny\n"), ElementsAre(at(2, 1, "key: value", "id")));
}

TEST(Article, TextOutsideOfSectionsAndASectionTwiceAreProblems) {
  EXPECT_THAT(problems_of(with(kGood, "## Issue", "Hello\n## Issue")),
              ElementsAre(at(11, 1, "before the first section", "## Issue")));
  EXPECT_THAT(problems_of(with(kGood, "## Cause", "## Environment")), ElementsAre(at(16, 1, "there twice", "join")));
}

TEST(Article, AHeadingInsideACodeBlockIsNoSection) {
  std::vector<Problem> problems;
  const auto article = parse_article("draft", with(kGood, "1. Unplug it.", "```\n## Issue\n```"), problems);
  ASSERT_TRUE(article.has_value());
  EXPECT_THAT(article->resolution, HasSubstr("## Issue"));
}

TEST(Article, AFileNamedForAnotherArticleIsAProblem) {
  EXPECT_THAT(problems_of(kGood, "config/kb/printer.en.md"), ElementsAre(at(2, 5, "named for 'printer'", "rename")));
  EXPECT_THAT(problems_of(kGood, "config/kb/no-power-reset.zh.md"), ElementsAre(at(3, 11, "named for 'zh'", "rename")));
}

TEST(Article, NulBytesBrokenUtf8AndHugeFilesAreRefused) {
  EXPECT_THAT(problems_of(with(kGood, "Nothing", std::string("No\0thing", 8))), ElementsAre(at(12, 3, "NUL", "UTF-8")));
  EXPECT_THAT(problems_of(with(kGood, "Nothing", "电\xFFx")), ElementsAre(at(12, 2, "not valid UTF-8", "UTF-8")));
  EXPECT_THAT(problems_of(kGood + std::string(256 * 1024, 'x')), ElementsAre(at(1, 1, "262144", "split")));
}

TEST(Article, TooManyOrTooLongEntriesAreRefused) {
  std::string many = "tags: [a";
  for (int i = 0; i < 60; ++i) many += ", t" + std::to_string(i);
  EXPECT_THAT(problems_of(with(kGood, "tags: [power", many)), ElementsAre(at(7, 7, "more than 50", "")));
  EXPECT_THAT(problems_of(with(kGood, "[power]", "[" + std::string(101, 'x') + "]")), ElementsAre(at(7, 8, "too long", "100")));
  EXPECT_THAT(problems_of(with(kGood, "title: Computer", "title: " + std::string(201, 'x'))),
              ElementsAre(at(4, 8, "longer than 200", "")));
}

TEST(Article, AnyDeeplyNestedYamlIsRefusedNotFollowed) {
  EXPECT_THAT(problems_of("---\nid: " + std::string(15000, '[') + "\n---\n## Issue\nx\n## Resolution\ny\n"),
              testing::Contains(Field(&Problem::message, HasSubstr("cannot be read"))));
}

TEST(Article, KnowsSynonymsCasesAndTheDayOfItsReview) {
  std::vector<Problem> problems;
  const auto article = parse_article(
      "draft",
      with(kGood, "tags: [power]", "tags: [power]\nsynonyms: [dead, won't boot]\ncases: [U-4711]\nreview_by: 2028-02-29"),
      problems);
  ASSERT_TRUE(article.has_value());
  EXPECT_THAT(article->synonyms, ElementsAre("dead", "won't boot"));
  EXPECT_THAT(article->cases, ElementsAre("U-4711"));
  EXPECT_EQ(article->review_by, "2028-02-29");
  for (const char* day : {"2027-02-29", "2027-13-01", "27-01-01", "2027-1-1", "soon", "2027-01-0x"}) {
    EXPECT_THAT(problems_of(with(kGood, "tags: [power]", std::string("review_by: ") + day)),
                ElementsAre(at(7, 12, "is no date", "2027-03-01")))
        << day;
  }
}

TEST(Article, OneInTheMakingNeedsNoResolution) {
  std::string draft = with(kGood, "state: not_validated", "state: wip");
  draft.resize(draft.find("## Resolution"));
  EXPECT_THAT(problems_of(draft), IsEmpty());
  EXPECT_THAT(problems_of(draft + "## Resolution\n"), IsEmpty());
  EXPECT_THAT(problems_of(with(draft, "state: wip", "state: validated")),
              ElementsAre(at(18, 1, "'Resolution' is missing", "add")));
  EXPECT_THAT(problems_of(with(draft, "## Issue\nNothing happens.\n", "")), ElementsAre(at(16, 1, "'Issue' is missing", "add")));
}

Article read_back(const std::string& file) {
  std::vector<Problem> problems;
  const auto article = parse_article("draft", file, problems);
  EXPECT_TRUE(article.has_value()) << file << (problems.empty() ? "" : problems[0].message);
  return article.value_or(Article());
}

TEST(Article, TheWrittenFormReadsBackTheSame) {
  const Article article = read_back(kGood);
  EXPECT_EQ(read_back(write_article(article)), article);
  EXPECT_THAT(write_article(article), HasSubstr("title: \"Computer does not turn on: drain residual power\"\n"));
}

TEST(Article, EditingASectionRewritesTheBody) {
  Article article = read_back(kGood);
  article.resolution = "1. Something else.";
  article.cause.clear();
  const Article again = read_back(write_article(article));
  EXPECT_EQ(again.resolution, "1. Something else.");
  EXPECT_EQ(again.cause, "");
  EXPECT_EQ(again.issue, article.issue);
  EXPECT_EQ(again.body, "## Issue\nNothing happens.\n\n## Environment\nAny laptop.\n\n## Resolution\n1. Something else.\n");
  article.language = "zh";
  EXPECT_THAT(write_article(article), HasSubstr("## 解决方法\n1. Something else.\n"));
}

TEST(Article, WhateverStandsInItsFieldsSurvivesTheFile) {
  std::mt19937 random(17);
  const std::vector<std::string> pieces = {
      "a",  "-", ": ", "#",   " #", "'",        "\"",           "\\",           "[",   "]", "{",    "}", ",",   "&", "*",  "!",
      "|",  ">", "%",  "@",   "`",  "~",        "null",         "true",         "1.0", "=", "电源", "é", "x y", "?", "- ", ":",
      "<<", ".", "\t", "---", "..", "\xC2\x85", "\xE2\x80\xA8", "\xEF\xBB\xBF", "😀"};
  const auto text = [&] {
    std::string s;
    for (std::size_t n = 1 + random() % 6; n > 0; --n) s += pieces[random() % pieces.size()];
    const std::size_t from = s.find_first_not_of(" \t"), to = s.find_last_not_of(" \t");
    return "x" + (from == std::string::npos ? std::string() : s.substr(from, to - from + 1)) + "y";
  };
  const auto any = [&] {
    const std::string s = text();
    return random() % 2 == 0 ? s : s.substr(1, s.size() - 2);
  };
  for (int round = 0; round < 3000; ++round) {
    Article article = read_back(kGood);
    article.title = text();
    article.tags = {text(), text()};
    article.synonyms = {text()};
    article.codes = {text()};
    if (const std::string free = any(); !text::trim(free).empty() && text::trim(free) == free) article.tags[0] = free;
    ASSERT_EQ(read_back(write_article(article)), article) << write_article(article);
  }
}

}  // namespace
}  // namespace usher::kb
