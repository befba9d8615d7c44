#include "base/csv.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

using Row = std::vector<std::string>;

std::vector<Row> rows_of(std::string_view text, char separator = ',') {
  CsvReader reader(text, separator);
  std::vector<Row> out;
  Row row;
  while (reader.next(row)) out.push_back(row);
  return out;
}

TEST(Csv, ReadsQuotedValuesWithSeparatorsQuotationMarksAndLineEnds) {
  EXPECT_EQ(rows_of("\xEF\xBB\xBF"
                    "a,b\r\n\"x, \"\"y\"\"\",\"two\nlines\"\n\n,\nlast"),
            (std::vector<Row>{{"a", "b"}, {"x, \"y\"", "two\nlines"}, {"", ""}, {"last"}}));
  EXPECT_EQ(rows_of("a,b\tc\n", '\t'), (std::vector<Row>{{"a,b", "c"}}));
  EXPECT_TRUE(rows_of("").empty());
}

TEST(Csv, KnowsTheLineAndAnUnclosedQuotationMark) {
  CsvReader reader("a\n\"b\nc\"\nd,\"e\n");
  Row row;
  ASSERT_TRUE(reader.next(row));
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(reader.line(), 2);
  EXPECT_TRUE(reader.problem().empty());
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(reader.line(), 4);
  EXPECT_EQ(reader.problem(), "the quotation mark of line 4 is not closed");
}

TEST(Csv, WhatIsWrittenIsReadBack) {
  const Row values = {"plain", "", " spaced ", "a,b", "\"q\"", "line\nend", "印,表"};
  EXPECT_EQ(rows_of(csv_line(values)), std::vector<Row>{values});
  EXPECT_EQ(rows_of(csv_line(values, '\t'), '\t'), std::vector<Row>{values});
}

}  // namespace
}  // namespace usher
