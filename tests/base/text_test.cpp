#include "base/text.h"

#include <gtest/gtest.h>

namespace usher::text {
namespace {

TEST(Text, ValidUtf8IsToldFromInvalid) {
  EXPECT_TRUE(is_valid_utf8(""));
  EXPECT_TRUE(is_valid_utf8("plain"));
  EXPECT_TRUE(is_valid_utf8("电源 \xf0\x9f\x94\x8c"));
  EXPECT_FALSE(is_valid_utf8("\xff"));
  EXPECT_FALSE(is_valid_utf8("\xe7\x94"));          // cut off
  EXPECT_FALSE(is_valid_utf8("\xc0\xaf"));          // overlong
  EXPECT_FALSE(is_valid_utf8("\xed\xa0\x80"));      // surrogate
  EXPECT_FALSE(is_valid_utf8("\xf4\x90\x80\x80"));  // above U+10FFFF
}

TEST(Text, InvalidBytesAndControlsAreReplacedOrRemoved) {
  EXPECT_EQ(to_valid_utf8("a\xff"
                          "b"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(to_valid_utf8(std::string("a\0\x01\x1b[31m\tb\r\nc", 13)), "a[31m\tb\r\nc");
  EXPECT_EQ(to_valid_utf8("\xe7\x94"), "\xef\xbf\xbd");
  EXPECT_EQ(to_valid_utf8("电源"), "电源");
  for (int i = 0; i < 256; ++i) {
    for (const char* around : {"", "\xe7", "\xf0\x9f"}) {
      const std::string bytes = std::string(around) + static_cast<char>(i) + "z";
      EXPECT_TRUE(is_valid_utf8(to_valid_utf8(bytes))) << i;
    }
  }
}

TEST(Text, FoldingMakesVariantsEqual) {
  EXPECT_EQ(fold("ABC xyz 09"), "abc xyz 09");
  EXPECT_EQ(fold("Ｐ－０１Ａ"), "p-01a");  // full-width
  EXPECT_EQ(fold("Straße"), fold("STRASSE"));
  EXPECT_EQ(fold("ﬁx"), "fix");       // ligature
  EXPECT_EQ(fold("e\xcc\x81"), "é");  // composed
  EXPECT_EQ(fold("ÉCRAN"), "écran");
  EXPECT_EQ(fold("soft\xc2\xadhyphen"), "softhyphen");
  EXPECT_EQ(fold("电源"), "电源");
  EXPECT_TRUE(is_valid_utf8(fold("\xff\xfe bad")));
}

TEST(Text, FoldingComposesAnAccentWithTheAsciiLetterBeforeIt) {
  EXPECT_EQ(fold("CAFE\u0301"), "caf\u00e9");
  EXPECT_EQ(fold("E\u0301"), "\u00e9");
  EXPECT_EQ(fold("Plain words, then \u00c9T\u00c9"), "plain words, then \u00e9t\u00e9");
}

TEST(Text, TrimTakesUnicodeWhiteSpace) {
  EXPECT_EQ(trim("  a b \t\n"), "a b");
  EXPECT_EQ(trim("\xe3\x80\x80\xc2\xa0电源\xe3\x80\x80"), "电源");
  EXPECT_EQ(trim(" \t "), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("\xff "), "\xff");
}

TEST(Text, RunsOfSpacesBecomeOne) {
  EXPECT_EQ(collapse_spaces("  a \t\r\n b\xe3\x80\x80\xe3\x80\x80"
                            "c  "),
            "a b c");
  EXPECT_EQ(collapse_spaces(""), "");
  EXPECT_EQ(collapse_spaces("   "), "");
}

TEST(Text, LengthAndCutCountCodePoints) {
  EXPECT_EQ(length("电源ab"), 4U);
  EXPECT_EQ(length(""), 0U);
  EXPECT_EQ(cut("电源坏了", 4), "电源坏了");
  EXPECT_EQ(cut("电源坏了", 3), "电源…");
  EXPECT_EQ(cut("abc", 1), "…");
  EXPECT_EQ(cut("abc", 0), "");
  EXPECT_EQ(cut("", 0), "");
  for (std::size_t n = 0; n < 6; ++n)
    EXPECT_LE(length(cut("a电\xf0\x9f\x94\x8c"
                         "b源",
                         n)),
              n);
}

TEST(Text, TheLanguageToAnswerInIsGuessedFromTheLetters) {
  EXPECT_EQ(guess_language("My laptop won't turn on"), "en");
  EXPECT_EQ(guess_language("电脑开不了机"), "zh");
  EXPECT_EQ(guess_language("我的 MacBook Pro 开不了机"), "zh");
  EXPECT_EQ(guess_language("The screen says 错误 when it starts"), "en");
  EXPECT_EQ(guess_language("パソコンの電源が入りません"), "en");
  EXPECT_EQ(guess_language("E-204 ???"), "en");
  EXPECT_EQ(guess_language(""), "en");
}

TEST(Text, HtmlIsEscaped) {
  EXPECT_EQ(html_escape("<a href=\"x\" t='y'>&电</a>"), "&lt;a href=&quot;x&quot; t=&#39;y&#39;&gt;&amp;电&lt;/a&gt;");
}

TEST(Text, JsonStringsAreQuoted) {
  auto quoted = [](std::string_view s) {
    std::string out = "x";
    append_json_string(out, s);
    return out;
  };
  EXPECT_EQ(quoted(""), "x\"\"");
  EXPECT_EQ(quoted("a\"b\\c\nd\x01\x1f"), "x\"a\\\"b\\\\c\\nd\\u0001\\u001f\"");
  EXPECT_EQ(quoted("\u4f60\U0001F600/"), "x\"\u4f60\U0001F600/\"");
  EXPECT_EQ(quoted("a\xff\"\xe4\xbd"), "x\"a\u{FFFD}\\\"\u{FFFD}\"");
}

TEST(Text, UrlsAreEncodedAndDecoded) {
  EXPECT_EQ(url_encode("a b/电~-._"), "a%20b%2F%E7%94%B5~-._");
  EXPECT_EQ(url_decode("a%20b%2f%E7%94%B5"), "a b/电");
  EXPECT_EQ(url_decode("a+b", true), "a b");
  EXPECT_EQ(url_decode("a+b"), "a+b");
  EXPECT_EQ(url_decode("100%"), "100%");
  EXPECT_EQ(url_decode("%4"), "%4");
  EXPECT_EQ(url_decode("%zz%41"), "%zzA");
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(url_decode(url_encode(all)), all);
}

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string>{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), (std::vector<std::string>{""}));
}

TEST(Text, AsciiCaseIsIgnored) {
  EXPECT_TRUE(iequals_ascii("Content-Type", "content-TYPE"));
  EXPECT_FALSE(iequals_ascii("a", "ab"));
  EXPECT_FALSE(iequals_ascii("É", "é"));  // ASCII only
  EXPECT_EQ(to_lower_ascii("AbC-É"), "abc-É");
}

TEST(Text, TheEditDistanceCountsATranspositionOnce) {
  EXPECT_EQ(edit_distance("printer", "printer", 3), 0U);
  EXPECT_EQ(edit_distance("pirnter", "printer", 3), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting", 5), 3U);
  EXPECT_EQ(edit_distance("", "abc", 5), 3U);
  EXPECT_EQ(edit_distance("电源坏", "电原坏了", 5), 2U);
  EXPECT_EQ(edit_distance("ab", "ba", 1), 1U);
}

TEST(Text, TheEditDistanceStopsAboveTheLimit) {
  EXPECT_EQ(edit_distance("kitten", "sitting", 2), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting", 0), 1U);
  EXPECT_EQ(edit_distance("a", "abcdefgh", 3), 4U);
  EXPECT_EQ(edit_distance(std::string(100'000, 'a'), std::string(100'000, 'b'), 3), 4U);
}

TEST(Text, TheLimitNeverChangesADistanceBelowIt) {
  const std::vector<std::string> words = {"",     "a",    "ab",   "ba",   "abc",  "acb", "cab",
                                          "abcd", "badc", "dcba", "abab", "baba", "aabb"};
  for (const auto& a : words) {
    for (const auto& b : words) {
      const auto exact = edit_distance(a, b, 100);
      for (std::size_t limit = 0; limit < 6; ++limit)
        EXPECT_EQ(edit_distance(a, b, limit), std::min(exact, limit + 1)) << a << " " << b;
    }
  }
}

TEST(Text, TheNearestWordIsOfferedWhenItIsCloseEnough) {
  const std::vector<std::string> keys = {"listen", "database", "channels", "dialogs"};
  EXPECT_EQ(nearest("lisen", keys), "listen");
  EXPECT_EQ(nearest("chanels", keys), "channels");
  EXPECT_EQ(nearest("dailogs", keys), "dialogs");
  EXPECT_EQ(nearest("completely", keys), "");
  EXPECT_EQ(nearest("x", {"y"}), "");  // half the length of one letter is none
  EXPECT_EQ(nearest("", {"a"}), "");
  EXPECT_EQ(nearest("cat", {"bat", "rat"}), "bat");
}

}  // namespace
}  // namespace usher::text
