#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dialogs/scripts.h"

namespace usher::dialogs {
namespace {

std::shared_ptr<const Catalogue> catalogue(const std::string& csv) {
  std::vector<Problem> problems;
  const auto set = parse_with({{"slots.yaml", "slots:\n  os: { type: text }\n"}, {"kinds.csv", csv}}, problems);
  EXPECT_TRUE(set) << to_string(problems);
  return set ? set->catalogues.at("kinds") : nullptr;
}

TEST(Catalogue, IsReadWithQuotesAliasesAndWhatItSets) {
  const auto c = catalogue(
      "\xEF\xBB\xBFmodel,aliases,brand,note\r\n"
      "ThinkPad X1 Carbon,X1C|x1 carbon gen 9,Lenovo,\r\n"
      "\r\n"
      "\"XPS 13, 9310\",,Dell,\"the \"\"small\"\" one\nof two lines\"\n"
      "小新Pro16,小新 pro 16,联想,x");
  ASSERT_TRUE(c);
  ASSERT_EQ(c->rows.size(), 3U);
  EXPECT_EQ(c->rows[1].value, "XPS 13, 9310");
  EXPECT_EQ(c->rows[1].sets.at("note"), "the \"small\" one\nof two lines");
  EXPECT_EQ(c->rows[0].sets, (std::map<std::string, std::string>{{"brand", "Lenovo"}}));
  EXPECT_EQ(c->find("THINKPAD-X1 carbon"), &c->rows[0]);
  EXPECT_EQ(c->find("x1c"), &c->rows[0]);
  EXPECT_EQ(c->find("小新pro-16"), &c->rows[2]);
  EXPECT_EQ(c->find("ThinkPad"), nullptr);
}

TEST(Catalogue, TheNearestIsAValueNotASpelling) {
  const auto c = catalogue("model,aliases\nThinkPad X1 Carbon,X1C\nIdeaPad 5 Pro,\nA1,\n");
  ASSERT_TRUE(c);
  EXPECT_EQ(c->nearest("thinkpad x1 carbn"), "ThinkPad X1 Carbon");
  EXPECT_EQ(c->nearest("IdaePad 5Pro"), "IdeaPad 5 Pro");
  EXPECT_EQ(c->nearest("a2"), "");  // one of two characters: a different device
  EXPECT_EQ(c->nearest("MacBook Air"), "");
  EXPECT_EQ(c->nearest(""), "");
}

TEST(Catalogue, WhatIsWrongIsReportedWithItsPlace) {
  std::vector<Problem> problems;
  EXPECT_EQ(parse_with({{"kinds.csv", "model,aliases,Brand\nA 1,a-1|b,x\nB,,y\n中文,one\n,,\n\"C\"x,,z\nD,,\"open\n"},
                        {"empty.csv", ""},
                        {"head.csv", "model\n"},
                        {"bytes.csv", "\xff"}},
                       problems),
            nullptr);
  const std::string all = to_string(problems);
  EXPECT_THAT(all, testing::HasSubstr("kinds.csv:1:15: 'Brand' is not the name of a column"));
  EXPECT_THAT(all, testing::HasSubstr("kinds.csv:3:1: 'B' stands for 'A 1' already"));
  EXPECT_THAT(all, testing::HasSubstr("kinds.csv:4:1: the line has 2 values, the first line has 3 columns"));
  EXPECT_THAT(all, testing::HasSubstr("kinds.csv:5:1: the line has no value in its first column"));
  EXPECT_THAT(all, testing::HasSubstr("kinds.csv:6:4: there is text after the closing quotation mark"));
  EXPECT_THAT(all, testing::HasSubstr("kinds.csv:7:4: the quotation mark is not closed"));
  EXPECT_THAT(all, testing::HasSubstr("empty.csv:1:1: the file is empty"));
  EXPECT_THAT(all, testing::HasSubstr("head.csv:1:1: the catalogue has no line but the first"));
  EXPECT_THAT(all, testing::HasSubstr("bytes.csv:1:1: the file is not valid UTF-8"));
}

}  // namespace
}  // namespace usher::dialogs
