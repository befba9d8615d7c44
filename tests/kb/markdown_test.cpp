#include "kb/markdown.h"

#include <gmock/gmock.h>

#include <chrono>
#include <string>

namespace usher::kb {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string repeat(const std::string& s, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += s;
  return all;
}

TEST(Markdown, CommonMarkTablesAndStrikethroughBecomeHtml) {
  const std::string html = to_html("# T\n\n1. **a**\n2. `b`\n\n| x | y |\n|---|---|\n| 1 | ~~2~~ |\n\nhttps://example.com/a\n");
  EXPECT_THAT(html, HasSubstr("<h1>T</h1>"));
  EXPECT_THAT(html, HasSubstr("<li><strong>a</strong></li>"));
  EXPECT_THAT(html, HasSubstr("<code>b</code>"));
  EXPECT_THAT(html, HasSubstr("<td><del>2</del></td>"));
  EXPECT_THAT(html, HasSubstr("<a href=\"https://example.com/a\">"));
}

TEST(Markdown, RawHtmlNeverReachesThePage) {
  for (const char* attack : {"<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "<iframe src='//evil'></iframe>",
                             "<a href=\"javascript:alert(1)\">x</a>", "<style>*{display:none}</style>", "<svg/onload=alert(1)>",
                             "<!-- --><script>x</script>", "<details open ontoggle=alert(1)>"}) {
    const std::string html = to_html(attack);
    EXPECT_THAT(html, Not(HasSubstr("<script"))) << attack;
    EXPECT_THAT(html, Not(HasSubstr("<img"))) << attack;
    EXPECT_THAT(html, Not(HasSubstr("<iframe"))) << attack;
    EXPECT_THAT(html, Not(HasSubstr("<svg"))) << attack;
    EXPECT_THAT(html, Not(HasSubstr("<style"))) << attack;
    EXPECT_THAT(html, Not(HasSubstr("<details"))) << attack;
    EXPECT_THAT(html, Not(HasSubstr("javascript:"))) << attack;
  }
}

TEST(Markdown, LinksThatRunSomethingAreEmptied) {
  for (const char* attack :
       {"[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](vbscript:msgbox)", "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)", "![x](data:image/png;base64,AA==)", "<javascript:alert(1)>",
        "[x](java&#10;script:alert(1))", "[x](&#106;avascript:alert(1))", "[x](<  javascript:alert(1)>)",
        "[x](file:///etc/passwd)", "[x][1]\n\n[1]: javascript:alert(1)"}) {
    const std::string html = to_html(attack);
    EXPECT_TRUE(html.find("href=\"\"") != std::string::npos || html.find("src=\"\"") != std::string::npos)
        << attack << " -> " << html;
  }
}

TEST(Markdown, GoodLinksStay) {
  for (const char* url : {"https://example.com/a?b=c#d", "http://example.com", "mailto:help@example.com", "tel:+4930123",
                          "/kb/other", "other#part", "?q=a:b"}) {
    EXPECT_THAT(to_html("[x](" + std::string(url) + ")"), HasSubstr("href=\"" + std::string(url) + "\"")) << url;
  }
}

TEST(Markdown, AttributesCannotBeLeft) {
  EXPECT_THAT(to_html("[x](https://e.com/\"onmouseover=alert(1) \"t\")"), Not(HasSubstr("\"onmouseover")));
  EXPECT_THAT(to_html("![a\" onerror=\"x](https://e.com/i.png)"), Not(HasSubstr("\" onerror")));
}

TEST(Markdown, HostileNestingTakesBoundedTimeAndMemory) {
  const auto begin = std::chrono::steady_clock::now();
  for (const std::string& text : {repeat("[", 50000), repeat("![", 50000), repeat(">", 50000), repeat("*a **b ", 20000),
                                  repeat("|a", 50000) + "\n" + repeat("|-", 50000), repeat("|\n|-|\n", 30000),
                                  repeat("- ", 50000), repeat("[a](", 50000), repeat("<a ", 50000)}) {
    to_html(text);
    to_plain_text(text);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(Markdown, AddressesAreWhereTheTextIsShown) {
  const Address here = [](std::string_view address, bool is_picture) {
    return address == "gone" ? std::string() : std::string(is_picture ? "/p/" : "/a/") + std::string(address);
  };
  EXPECT_THAT(to_html("See [this](other) and ![the label](x.png).", here),
              HasSubstr("See <a href=\"/a/other\">this</a> and <img src=\"/p/x.png\" alt=\"the label\" />."));
  EXPECT_EQ(to_html("See [*this* one](gone) and [![pic](gone)](gone).", here), "<p>See <em>this</em> one and pic.</p>\n");
  EXPECT_EQ(to_plain_text("See [this](other) and ![the label](gone).", here), "See this (/a/other) and the label.");
  EXPECT_EQ(to_plain_text("See [this](gone).", here), "See this.");
  EXPECT_THAT(to_html("[x](y)", [](std::string_view, bool) { return std::string("javascript:alert(1)"); }),
              HasSubstr("href=\"\""))
      << "whoever made it up";
}

TEST(PlainText, KeepsNumbersBulletsAndParagraphs) {
  EXPECT_EQ(to_plain_text("Do **this**:\n\n1. Unplug *it*\n2. Wait\n   - one\n   - two\n3. Plug in\n\nDone.\n\n- a\n- b\n"),
            "Do this:\n\n1. Unplug it\n2. Wait\n  • one\n  • two\n3. Plug in\n\nDone.\n\n• a\n• b");
  EXPECT_EQ(to_plain_text("7. seven\n8. eight"), "7. seven\n8. eight");
  EXPECT_EQ(to_plain_text("1. loose\n\n   second paragraph\n\n2. next"), "1. loose\n  second paragraph\n2. next");
}

TEST(PlainText, LinksBecomeTextAndAddress) {
  EXPECT_EQ(to_plain_text("See [the manual](https://example.com/m)."), "See the manual (https://example.com/m).");
  EXPECT_EQ(to_plain_text("See https://example.com/m now"), "See https://example.com/m now");
  EXPECT_EQ(to_plain_text("Write to <help@example.com>"), "Write to help@example.com");
  EXPECT_EQ(to_plain_text("[x](javascript:alert(1))"), "x");
  EXPECT_EQ(to_plain_text("![the reset button](/img/reset.png)"), "the reset button (/img/reset.png)");
}

TEST(PlainText, CodeHeadingsTablesAndBreaksSurvive) {
  EXPECT_EQ(to_plain_text("## Steps\n\nRun `ipconfig /all`\nthen\\\nwait\n\n```\nsfc /scannow\n  x\n```\n"),
            "Steps\n\nRun ipconfig /all then\nwait\n\nsfc /scannow\n  x");
  EXPECT_EQ(to_plain_text("| beeps | meaning |\n|---|---|\n| 3 | memory |\n| 5 | board |\n"),
            "beeps | meaning\n3 | memory\n5 | board");
  EXPECT_EQ(to_plain_text("第一行\n第二行"), "第一行第二行");
}

TEST(PlainText, RawHtmlAndNothingGiveNothing) {
  EXPECT_EQ(to_plain_text(""), "");
  EXPECT_EQ(to_plain_text("<script>alert(1)</script>"), "");
  EXPECT_EQ(to_plain_text("a<br>b"), "ab");
}

TEST(Markdown, HeadingsAreFoundWithTheirLines) {
  const auto found = headings("## One\ntext\n\n```\n## no\n```\n> ## quoted\n\nTwo `x`\n---\n### deeper\n## Three ##\n", 2);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].text, "One");
  EXPECT_EQ(found[0].line, 1);
  EXPECT_EQ(found[1].text, "Two x");
  EXPECT_EQ(found[1].line, 9);
  EXPECT_EQ(found[1].end_line, 10);
  EXPECT_EQ(found[2].text, "Three");
  EXPECT_EQ(found[2].line, 12);
}

}  // namespace
}  // namespace usher::kb
