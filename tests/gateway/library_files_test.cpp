// Articles out and in again, in every form, and help-centre pages as other systems write them.
#include "gateway/flow/library_files.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/csv.h"

namespace usher::gateway::flow {
namespace {

kb::Article sample(const std::string& language) {
  kb::Article a;
  a.id = "dock";
  a.language = language;
  a.title = "Dock: \"flickers\", often, 闪烁";
  a.products = {"XPS 13", "Dock, large"};
  a.codes = {"E-204"};
  a.tags = {"power"};
  a.synonyms = {"won't \"light\" up"};
  a.state = "validated";
  a.audience = "partner";
  a.review_by = "2027-03-01";
  a.cases = {"U-4711"};
  a.issue = "It flickers; every, \"second\".\n\nAnd again.";
  a.cause = "A loose plug.";
  a.resolution = "1. Pull it.\n2. Push it:\n   - hard\n   - **fast**";
  return a;
}

std::string exported(const std::string& format, const std::vector<kb::Article>& articles) {
  std::vector<Exported> list;
  for (const auto& a : articles) list.push_back({a, 3, kb::write_article(a)});
  return write_library_file(format, list);
}

kb::Article without_body(kb::Article a) {
  a.body.clear();
  return a;
}

class Forms : public testing::TestWithParam<const char*> {};

TEST_P(Forms, AnArticleComesBackAsItWentOut) {
  const std::string format = GetParam();
  const std::vector<kb::Article> articles = {sample("en"), sample("zh")};
  std::vector<kb::Problem> problems;
  const auto items = read_library_file("a." + format, format, exported(format, articles), problems);
  ASSERT_TRUE(problems.empty()) << problems[0].message;
  ASSERT_EQ(items.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(without_body(items[i].draft.article), articles[i]);
    if (format != "html") {
      EXPECT_EQ(items[i].base, 3);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(All, Forms, testing::Values("json", "csv", "tsv", "html"));

TEST(LibraryFiles, AProblemNamesTheRowAndNothingIsRead) {
  std::vector<kb::Problem> problems;
  const auto items = read_library_file("a.csv", "csv",
                                       "id,language,title,issue,resolution\n"
                                       "good,en,Good,\"It is\nbad\",Do it\n"
                                       "Bad Id,en,Bad,It is bad,Do it\n"
                                       "short,en\n",
                                       problems);
  EXPECT_TRUE(items.empty());
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].line, 4) << "lines inside quotation marks count";
  EXPECT_EQ(problems[1].line, 5);
  problems.clear();
  read_library_file("a.csv", "csv", "id,language,titel,issue\n", problems);
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems[0].hint, "did you mean 'title'?");
  problems.clear();
  read_library_file("a.json", "json", "[{\"id\": 7}]", problems);
  ASSERT_FALSE(problems.empty());
  problems.clear();
  read_library_file("a.csv", "csv", "id,language,title,issue\na,en,\"never closed", problems);
  EXPECT_FALSE(problems.empty());
}

TEST(LibraryFiles, WhatSaysNothingOfItsStateIsNeverPublished) {
  std::vector<kb::Problem> problems;
  const auto items = read_library_file(
      "a.json", "json",
      R"([{"id":"one","language":"en","title":"T","issue":"I"},{"id":"two","language":"en","title":"T","issue":"I","resolution":"R"}])",
      problems);
  ASSERT_EQ(items.size(), 2u) << (problems.empty() ? "" : problems[0].message);
  EXPECT_EQ(items[0].draft.article.state, "wip");
  EXPECT_EQ(items[1].draft.article.state, "not_validated");
}

TEST(LibraryFiles, AHelpCentrePageBecomesAnArticle) {
  const char* page = R"(<!doctype html><html lang="en-US"><head><title>Dock flickers - Help</title><style>p{}</style></head><body>
<nav><a href="/">Home</a></nav><main><h1>Dock flickers</h1>
<p>The picture is <b>gone</b> every few seconds &amp; comes back_again.</p>
<h2>Symptoms</h2><p>Black screen.</p>
<h2>Solution</h2><ol><li><p>Pull the <em>plug</em>.</p></li><li>Wait:<ul><li>ten</li><li>seconds</li></ul></li><li>See <a href="https://example.com/a b">here</a>.</li></ol>
<table><tr><th>Light</th><th>Means</th></tr><tr><td>red</td><td>a|b</td></tr></table>
<p><img src="/i/dock.png" alt="The dock"></p><pre>usher  check</pre>
<script>alert(1)</script></main><footer>© Somebody</footer></body></html>)";
  std::vector<kb::Problem> problems;
  const auto items = read_library_file("pages/Dock_Flickers.html", "html", page, problems);
  ASSERT_EQ(items.size(), 1u) << (problems.empty() ? "" : problems[0].message);
  const auto& a = items[0].draft.article;
  EXPECT_EQ(a.id, "dock-flickers");
  EXPECT_EQ(a.language, "en");
  EXPECT_EQ(a.title, "Dock flickers");
  EXPECT_EQ(a.state, "not_validated");
  EXPECT_EQ(a.issue, "The picture is **gone** every few seconds & comes back\\_again.\n\nBlack screen.");
  EXPECT_TRUE(a.resolution.starts_with(
      "1. Pull the *plug*.\n2. Wait:\n   - ten\n   - seconds\n3. See [here](<https://example.com/a b>).\n"))
      << a.resolution;
  EXPECT_NE(a.resolution.find("| red | a\\|b |"), std::string::npos) << a.resolution;
  EXPECT_NE(a.resolution.find("![The dock](</i/dock.png>)"), std::string::npos) << a.resolution;
  EXPECT_NE(a.resolution.find("```\nusher  check\n```"), std::string::npos) << a.resolution;
  EXPECT_EQ(a.resolution.find("alert"), std::string::npos);
  EXPECT_EQ(a.body.find("Somebody"), std::string::npos);
}

TEST(LibraryFiles, APageWithoutSectionsIsIssueAndWhatToDo) {
  std::vector<kb::Problem> problems;
  const auto items = read_library_file(
      "wo-ist.zh.html", "html",
      "<h1>底座闪烁</h1><p>画面每隔几秒就消失。</p><p>请拔下电源十秒钟。</p><h2>还是不行</h2><p>请联系我们。</p>", problems);
  ASSERT_EQ(items.size(), 1u) << (problems.empty() ? "" : problems[0].message);
  const auto& a = items[0].draft.article;
  EXPECT_EQ(a.id, "wo-ist");
  EXPECT_EQ(a.language, "zh");
  EXPECT_EQ(a.title, "底座闪烁");
  EXPECT_NE(a.resolution.find("请联系我们"), std::string::npos);
}

TEST(LibraryFiles, BrokenPagesDoNotBreakTheReader) {
  for (const std::string page : {"", "<", "<html>", "<ol><ol><li><table><tr>", "\xFF\xFE", "plain words"}) {
    std::vector<kb::Problem> problems;
    read_library_file("x.html", "html", page, problems);
  }
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "<div><ul><li>";
  std::vector<kb::Problem> problems;
  read_library_file("x.html", "html", deep + "words", problems);
}

TEST(LibraryFiles, FieldsOfTheWrongTypeAreProblems) {
  std::vector<kb::Problem> problems;
  EXPECT_FALSE(from_fields(nlohmann::json::parse(R"({"title": ["a"], "products": "b"})"), problems));
  EXPECT_EQ(problems.size(), 2u);
}

}  // namespace
}  // namespace usher::gateway::flow
