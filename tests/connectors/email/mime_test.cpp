// Reading mail: own fixtures, catalogue rows MIME-01 … MIME-08, MIME-13, MIME-15.
#include "connectors/email/mime.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "connectors/email/charset.h"
#include "connectors/email/html_text.h"
#include "connectors/email/plain_text.h"
#include "tests/connectors/email/fixtures.h"

namespace usher::connectors::email {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Quadratic work on these inputs takes minutes; sanitizers on a busy machine take a dozen seconds.
constexpr double kBound = 60.0;

double seconds_for(const std::function<void()>& work) {
  auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

TEST(Mime, APlainEnglishMailIsReadWhole) {
  auto mail = parse_mail(fixture("english.eml"));
  ASSERT_EQ(mail.from.size(), 1u);
  EXPECT_EQ(mail.from[0].name, "Ana Ferreira");
  EXPECT_EQ(mail.from[0].address, "Ana@Example.org");
  EXPECT_EQ(mail.subject, "Laptop will not start");
  EXPECT_EQ(mail.message_id, "a1.2026@example.org");
  EXPECT_EQ(mail.date, 1795168800);
  EXPECT_THAT(mail.text, HasSubstr("even when the charger is plugged in. What can I do?\n")) << "format=flowed is joined";
  EXPECT_THAT(mail.text, HasSubstr("\n-- \nAna Ferreira\n")) << "the signature line is not";
  EXPECT_THAT(mail.warnings, IsEmpty());
}

TEST(Mime, Gb2312ThatIsReallyGb18030IsReadable) {
  auto mail = parse_mail(fixture("chinese_gb2312.eml"));
  EXPECT_EQ(mail.from.at(0).name, "朱镕基");
  EXPECT_EQ(mail.subject, "电脑坏了喆");
  EXPECT_EQ(text::trim(mail.text), "您好，我的笔记本电脑开不了机，指示灯也不亮。型号是朱镕基喆峯。€100");
}

TEST(Mime, HtmlBecomesLinesAndNothingInvisibleShows) {
  auto mail = parse_mail(fixture("html_only.eml"));
  EXPECT_TRUE(mail.is_from_html);
  EXPECT_EQ(mail.subject, "Drucker druckt nicht – Hilfe");
  EXPECT_EQ(mail.from.at(0).name, "Bo, Inc.");
  EXPECT_EQ(text::trim(mail.text),
            "Guten Tag,\nder Drucker zeigt Fehler E-204 für 5 €.\n\n- Papier ist da\n- siehe Bild "
            "(https://example.org/p)\nModell LJ 12\nSerie 42\n\n> Alte Nachricht");
}

TEST(Mime, PicturesAreInlineAndFilesAttachedWithHarmlessNames) {
  auto mail = parse_mail(fixture("with_png.eml"));
  EXPECT_EQ(text::trim(mail.text), "The screen looks like this.");
  ASSERT_EQ(mail.attachments.size(), 2u);
  EXPECT_EQ(mail.attachments[0].file_name, "phöto.png");
  EXPECT_EQ(mail.attachments[0].content_type, "image/png") << "by content, not by label";
  EXPECT_TRUE(mail.attachments[0].is_inline);
  EXPECT_EQ(mail.attachments[0].content_id, "pic@1");
  EXPECT_EQ(mail.attachments[0].sha256.size(), 64u);
  EXPECT_EQ(mail.attachments[1].file_name, "日志.txt");
  EXPECT_FALSE(mail.attachments[1].is_inline);
  EXPECT_THAT(*mail.attachments[1].content, HasSubstr("line one\r\nline two"));
}

TEST(Mime, JapaneseByEscapeSequencesIsRead) {
  auto mail = parse_mail(fixture("iso2022jp.eml"));
  EXPECT_EQ(mail.from.at(0).name, "山田");
  EXPECT_EQ(mail.subject, "プリンタ");
  EXPECT_EQ(text::trim(mail.text), "プリンタが動きません。");
}

TEST(Mime, TextAroundAnAttachedMailIsJoinedAndTheMailKept) {
  auto mail = parse_mail(fixture("nested.eml"));
  EXPECT_THAT(mail.text, HasSubstr("First text.\nSecond text."));
  EXPECT_THAT(mail.text, Not(HasSubstr("inner")));
  ASSERT_EQ(mail.attachments.size(), 1u);
  EXPECT_EQ(mail.attachments[0].content_type, "message/rfc822");
  EXPECT_EQ(mail.attachments[0].file_name, "message.eml");
  EXPECT_THAT(*mail.attachments[0].content, HasSubstr("The inner mail."));
}

TEST(Mime, UnlabelledEightBitTextIsGuessed) {
  auto mail = parse_mail(fixture("bad_charsets.eml"));
  EXPECT_EQ(mail.subject, "café und Bücher");
  EXPECT_EQ(mail.from.at(0).name, "Jürgen");
  EXPECT_THAT(mail.text, HasSubstr("Das Gerät ist kaputt, und die Tür öffnet sich nicht mehr. Grüße aus München."));
}

TEST(Mime, BytesOfAdjacentEncodedWordsAreJoinedBeforeDecoding) {
  EXPECT_EQ(decode_header("=?utf-8?B?5pel?= =?utf-8?B?5b8=?=\r\n =?UTF-8?B?lw==?= x"), "日志 x");
  EXPECT_EQ(decode_header("=?UTF-8?Q?a?= =?UTF-8?Q?b?= c =?UTF-8?Q?d?="), "ab c d");
  EXPECT_EQ(decode_header("=?iso-8859-1?Q?M\xFCller?="), "Müller") << "raw bytes in a word are of the word's charset";
  EXPECT_EQ(decode_header("=?utf-8?Q?=41=?="), "A=") << "the text may begin with '='";
  EXPECT_EQ(decode_header("=?broken?= =?utf-8?X?zz?= ok"), "=?broken?= =?utf-8?X?zz?= ok");
}

// MAIL-06, reading side
TEST(Mime, WhatAnEncodedWordHidesStaysText) {
  auto mail = parse_mail(
      "From: =?utf-8?Q?boss=40bank.example=3E=2C_<a=40b.example?= <real@example.org>\r\n"
      "Subject: =?utf-8?B?SGkNCkJjYzogdkBleA==?=\r\n\r\nx\r\n");
  ASSERT_EQ(mail.from.size(), 1u);
  EXPECT_EQ(mail.from[0].address, "real@example.org");
  EXPECT_EQ(mail.subject, "Hi  Bcc: v@ex");
}

TEST(Mime, GroupsCommentsAndBrokenAddressesAreTakenAsFarAsTheyGo) {
  auto mail = parse_mail(
      "From: (comment) ana@example.org (Ana)\r\nTo: Team: a@x.example, \"B, b\" <b@x.example>;, undisclosed-recipients:;, "
      "c@x.example\r\n\r\nx\r\n");
  EXPECT_EQ(mail.from.at(0).address, "ana@example.org");
  std::vector<std::string> to;
  for (const auto& a : mail.to) to.push_back(a.address);
  EXPECT_THAT(to, ElementsAre("a@x.example", "b@x.example", "c@x.example"));
}

TEST(Mime, NamesWithoutTheirQuotesHideNoAddress) {
  const auto read = [](const std::string& list) {
    std::string out;
    for (const auto& a : parse_mail("To: " + list + "\r\n\r\nx\r\n").to) out += "[" + a.name + "|" + a.address + "]";
    return out;
  };
  EXPECT_EQ(read("Roth, Jan <jan@x.example>"), "[Roth, Jan|jan@x.example]");
  EXPECT_EQ(read("Roth, Jan <jan@x.example>, Ana [Sales] <ana@x.example>"),
            "[Roth, Jan|jan@x.example][Ana [Sales]|ana@x.example]");
  EXPECT_EQ(read("Sales | [x.example] <a@x.example>"), "[Sales | [x.example]|a@x.example]");
  EXPECT_EQ(read("Sales; North <a@x.example>"), "[Sales; North|a@x.example]");
  EXPECT_EQ(read("\"Roth, Jan\" <jan@x.example>; \"Roe, Ana\" <ana@x.example>"),
            "[Roth, Jan|jan@x.example][Roe, Ana|ana@x.example]")
      << "semicolons between mailboxes";
  EXPECT_EQ(read("Yui <y..u.@docomo.example>, b@x.example"), "[Yui|y..u.@docomo.example][|b@x.example]")
      << "a telephone's address, against the grammar";
  EXPECT_EQ(read("Ana <mailto:a@x.example>"), "[Ana|a@x.example]");
  EXPECT_EQ(read("'Ana' <'a@x.example'>"), "['Ana'|a@x.example]");
  EXPECT_EQ(read("Ana a@x.example>"), "[Ana|a@x.example]");
  EXPECT_EQ(read("=?utf-8?q?J=C3=B6rg?= [x] <j@x.example>"), "[Jörg [x]|j@x.example]");
  EXPECT_EQ(read("\"v@x.example\" <a@x.example>"), "[v@x.example|a@x.example]") << "what is in quotes is a name";
  EXPECT_EQ(read("=?utf-8?q?v=22_=3Cv@y.example=3E=2C?= [x] <a@x.example>"), "[v <v@y.example>, [x]|a@x.example]")
      << "nor encoded";
  EXPECT_THAT(read("=?utf-8?q?v@x.example?="), testing::EndsWith("|]")) << "an encoded word is no address";
  EXPECT_THAT(read("=?utf-8?q?=22V=22_=3Cv@x.example=3E?=, b@x.example"), testing::EndsWith("|][|b@x.example]"));
  EXPECT_EQ(read("root, b@x.example"), "[|root][|b@x.example]");
  EXPECT_EQ(read("Ana <a b@x.example>"), "") << "not put together to somebody else's address";
  EXPECT_EQ(read("nobody at all; <>"), "");
  EXPECT_EQ(parse_mail("From: a@x.example, Ana [x] <b@y.example>\r\n\r\nx\r\n").from.size(), 2u) << "two are two";
  std::string many;
  for (int i = 0; i < 30'000; ++i) many += "(\"[@";
  EXPECT_LE(parse_mail("To: " + many + "\r\n\r\nx\r\n").to.size(), 1'000u);
}

// MIME-06
TEST(Mime, BrokenBoundariesLoseNoText) {
  EXPECT_THAT(parse_mail("Content-Type: multipart/mixed\r\n\r\nno boundary at all\r\n").text, HasSubstr("no boundary at all"));
  EXPECT_THAT(parse_mail("Content-Type: multipart/mixed; boundary=x\r\n\r\nnever opened\r\n").text, HasSubstr("never opened"));
  EXPECT_THAT(parse_mail("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nnever closed\r\n").text,
              HasSubstr("never closed"));
  EXPECT_THAT(
      parse_mail("Content-Type: multipart/mixed; boundary=x\r\n\r\n--xy\r\n\r\nlonger\r\n--x\r\n\r\nright\r\n--x--\r\n").text,
      HasSubstr("right"));
  EXPECT_THAT(parse_mail("no header\r\n\r\njust text").text, HasSubstr("just text"));
  EXPECT_EQ(parse_mail("").text, "");
}

// MIME-07
TEST(Mime, NoCharsetLabelMakesInvalidUtf8) {
  const std::string body = "\x1b$B%W\xff\xfe+ADw-script+AD4- \x81\x30\x81 \x80\xa0 =?x";
  for (const auto* label : {"utf-7", "iso-2022-jp", "utf-16", "utf-16le", "gb18030", "x", "us-ascii", "big5", "euc-kr",
                            "shift_jis", "hz-gb-2312", "utf-32", ""}) {
    auto mail = parse_mail(std::string("Subject: a\r\nContent-Type: text/plain; charset=\"") + label + "\"\r\n\r\n" + body);
    EXPECT_TRUE(text::is_valid_utf8(mail.text)) << label;
    EXPECT_EQ(mail.text.find('\0'), std::string::npos) << label;
  }
}

TEST(Mime, KnownMislabelsAreReadAsWhatTheyAre) {
  EXPECT_EQ(to_utf8("\x80 \x93x\x94", "iso-8859-1"), "€ “x”");
  EXPECT_EQ(to_utf8("\xC8\xA3 \x8C\x63", "ks_c_5601-1987"), "호 똠");
  EXPECT_EQ(to_utf8("caf\xC3\xA9", "us-ascii"), "café");
  EXPECT_EQ(to_utf8("caf\xE9", "utf-8"), "café");
  EXPECT_EQ(to_utf8("\xEF\xBB\xBFx", "utf-8"), "x");
  EXPECT_EQ(to_utf8("\x87\x40", "shift_jis"), "①");
}

// MIME-08
TEST(Mime, DamagedTransferEncodingsAreReadLeniently) {
  auto mail = [](std::string encoding, std::string body) {
    return parse_mail("Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: " + encoding +
                      "\r\n\r\n" + body)
        .text;
  };
  EXPECT_THAT(mail("base64", "aG*V!s(b\r\nG8\r\n"), HasSubstr("hell"));
  EXPECT_EQ(text::trim(mail("quoted-printable", "a=3D=zz =\r\nb=")).substr(0, 9), "a==zz b");
  EXPECT_THAT(mail("x-unknown", "plain"), HasSubstr("plain"));
}

// Lists, gateways and some programs put a text as HTML beside one as plain text, and each says something else.
TEST(Mime, HtmlBesidePlainTextIsReadToo) {
  auto mixed = [](const std::string& first, const std::string& second) {
    return parse_mail("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/" + first +
                      "\r\n--b\r\nContent-Type: text/" + second + "\r\n--b--\r\n")
        .text;
  };
  EXPECT_EQ(mixed("html\r\n\r\n<p>The printer is <b>broken</b>.</p>\r\n", "plain\r\n\r\nSent by the list.\r\n"),
            "The printer is broken.\nSent by the list.\n");
  EXPECT_EQ(mixed("plain\r\n\r\nHello,\r\n", "html\r\n\r\n<p>it is broken</p>\r\n"), "Hello,\nit is broken\n");
  EXPECT_EQ(mixed("plain\r\n\r\nIt is broken.\r\n", "html\r\n\r\n<p>It is\r\nbroken.</p>\r\n"), "It is broken.\n")
      << "the same twice is said once";
}

// MIME-01, MIME-03
TEST(Mime, DeepNestingIsCutAndNamed) {
  std::string parts = "From: a@b.example\r\n";
  for (int i = 0; i < 10'000; ++i) parts += fmt::format("Content-Type: multipart/mixed; boundary=b{}\r\n\r\n--b{}\r\n", i, i);
  std::string mails = "From: a@b.example\r\n";
  for (int i = 0; i < 1'000; ++i) mails += "Content-Type: message/rfc822\r\n\r\n";
  EXPECT_LT(seconds_for([&] { EXPECT_THAT(parse_mail(parts + "\r\nhi").warnings, Contains(HasSubstr("nested deeper"))); }),
            kBound);
  EXPECT_LT(seconds_for([&] { EXPECT_EQ(parse_mail(mails + "\r\nhi").attachments.size(), 1u); }), kBound);
}

// MIME-02
TEST(Mime, AMillionPartsAreNotRead) {
  std::string raw = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nthe text\r\n";
  for (int i = 0; i < 1'000'000; ++i) raw += "--b\r\n\r\n";
  Mail mail;
  EXPECT_LT(seconds_for([&] { mail = parse_mail(raw); }), kBound);
  EXPECT_THAT(mail.text, HasSubstr("the text"));
  EXPECT_LE(mail.plain_parts.size(), 1'000u);
  EXPECT_THAT(mail.warnings, Contains(HasSubstr("more than 1000 parts")));
}

TEST(Mime, RuledLinesInATextAreNoParts) {
  std::string raw = "Subject: diff\r\n\r\n";
  for (int i = 0; i < 3'000; ++i) raw += "-- line " + std::to_string(i) + "\r\n";
  auto mail = parse_mail(raw);
  EXPECT_THAT(mail.warnings, IsEmpty());
  EXPECT_THAT(mail.text, HasSubstr("line 2999"));
}

// MIME-04
TEST(Mime, AHugeHeaderIsCutAndTheBodyKept) {
  std::string many = "Subject: kept\r\n";
  for (int i = 0; i < 100'000; ++i) many += "X-Field: y\r\n";
  auto mail = parse_mail(many + "\r\nbody");
  EXPECT_EQ(mail.subject, "kept");
  EXPECT_THAT(mail.text, HasSubstr("body"));
  EXPECT_LE(mail.headers.size(), 1'001u);
  EXPECT_THAT(mail.warnings, Contains(HasSubstr("header is too large")));
  mail = parse_mail("Subject: kept\r\nX-Big: " + std::string(20 * 1024 * 1024, 'z') + "\r\n\r\nbody");
  EXPECT_EQ(mail.subject, "kept");
  EXPECT_THAT(mail.text, HasSubstr("body"));
  std::string folds = "Subject: kept";
  for (int i = 0; i < 1'000'000; ++i) folds += "\r\n y";
  mail = parse_mail(folds + "\r\nTo: a@b.example\r\n\r\nbody");
  EXPECT_THAT(mail.text, HasSubstr("body"));
}

// MIME-05: nested groups overflow the library's stack when they are not stopped before it.
TEST(Mime, HostileAddressListsAreBounded) {
  auto repeated = [](std::string_view s, int n) {
    std::string out;
    for (int i = 0; i < n; ++i) out += s;
    return out;
  };
  for (const auto& to : {repeated("a@b.example, ", 1'000'000), repeated("a:", 3'000'000), repeated("(", 1'000'000),
                         repeated("<", 1'000'000), repeated("\"", 1'000'001)}) {
    Mail mail;
    EXPECT_LT(seconds_for([&] { mail = parse_mail("From: x@b.example\r\nTo: " + to + "\r\n\r\nbody"); }), kBound);
    EXPECT_LE(mail.to.size(), 1'000u);
    EXPECT_EQ(mail.from.size(), 1u);
    EXPECT_LT(seconds_for([&] { parse_mail("Content-Type: message/rfc822\r\n\r\nTo : " + to + "\r\n\r\nbody"); }), kBound)
        << "nor in an attached mail";
  }
}

// MIME-13
TEST(Html, HostileDocumentsAreReadInLinearTime) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<div>";
  EXPECT_LT(seconds_for([&] { EXPECT_THAT(html_to_text(deep + "words", 100'000).text, HasSubstr("words")); }), kBound);
  std::string attributes = "<p";
  for (int i = 0; i < 200'000; ++i) attributes += " a" + std::to_string(i) + "=1";
  EXPECT_LT(seconds_for([&] { html_to_text(attributes + ">words</p>", 100'000); }), kBound);
  EXPECT_LT(seconds_for([&] {
              EXPECT_EQ(text::trim(html_to_text("<style>" + std::string(10'000'000, 'x') + "</style>words", 1'000).text),
                        "words");
            }),
            kBound);
  EXPECT_LE(html_to_text("<p>" + std::string(100'000, 'x') + "</p>", 1'000).text.size(), 1'000u + 100'000u);
}

// MIME-15
// Found by fuzz_mime and fuzz_reply_text: room for half a character gave a mark of damage instead, which takes more room.
TEST(Mime, TextsAreCutBetweenCharacters) {
  for (std::size_t room = 1; room < 12; ++room) {
    EXPECT_LE(html_to_text("<p>日本語のメール", room).text.size(), room);
    EXPECT_EQ(html_to_text("<p>日本語のメール", room).text, std::string("日本語の").substr(0, room / 3 * 3));
    MimeOptions options;
    options.max_text_bytes = room;
    EXPECT_EQ(parse_mail("Subject: x\n\n日本語のメール", options).text, std::string("日本語の").substr(0, room / 3 * 3)) << room;
    EXPECT_LE(parse_mail("no header\xe4\xe4\xe4\xe4\xe4\xe4", options).text.size(), room);
  }
}

// Unlabelled, and cut in the middle of a character: it was then no UTF-8 any more, and all of it was taken for Western European.
TEST(Mime, ALongTextThatIsCutStaysInItsCharset) {
  std::string words = "x";
  for (int i = 0; i < 10'000; ++i) words += "日本語";
  MimeOptions options;
  for (std::size_t room = 9'000; room < 9'003; ++room) {
    options.max_text_bytes = room;
    for (const char* header : {"Subject: x\n\n", "Content-Type: text/html\n\n", "Content-Type: text/plain; charset=us-ascii\n\n"})
      EXPECT_EQ(parse_mail(header + words, options).text.substr(0, 10), "x日本語") << header << room;
  }
}

TEST(Mime, NamesOfFieldsAreValidUtf8) {
  auto mail = parse_mail("From: a@b.example\nX-\x83 T: app\n\nt");
  for (const auto& [name, value] : mail.headers) EXPECT_TRUE(text::is_valid_utf8(name) && text::is_valid_utf8(value)) << value;
}

TEST(Mime, FileNamesAreMadeHarmless) {
  const std::vector<std::pair<std::string, std::string>> table = {{"../../etc/passwd", "passwd"},
                                                                  {"..\\..\\x.exe", "x.exe"},
                                                                  {std::string("a\0.txt", 6), "a.txt"},
                                                                  {".htaccess", "htaccess"},
                                                                  {"CON", "_CON"},
                                                                  {"com1.txt", "_com1.txt"},
                                                                  {"a\r\nb.txt", "ab.txt"},
                                                                  {"\xE2\x80\xAEgnp.exe", "gnp.exe"},
                                                                  {"..", "attachment"},
                                                                  {"", "attachment"},
                                                                  {"trailing. . ", "trailing"},
                                                                  {"ok name.pdf", "ok name.pdf"},
                                                                  {"C:\\TEMP\\x.png", "x.png"},
                                                                  {"a<b>:\"|?*.txt", "ab.txt"},
                                                                  {"日志.txt", "日志.txt"},
                                                                  {"\xff\xfe.bin", "bin"}};
  for (const auto& [name, expected] : table) EXPECT_EQ(harmless_file_name(name), expected) << name;
  auto cut = harmless_file_name(std::string(400, 'x') + ".pdf");
  EXPECT_EQ(cut.size(), 255u);
  EXPECT_TRUE(cut.ends_with(".pdf"));
  std::string wide;
  for (int i = 0; i < 200; ++i) wide += "日";
  EXPECT_TRUE(text::is_valid_utf8(harmless_file_name(wide)));
}

TEST(Mime, FlowedTextKeepsQuoteDepths) {
  EXPECT_EQ(unflow("a \r\nb\r\n> c \r\n> d\r\n>> e \r\n> f\r\n-- \r\nsig\r\n", false), "a b\n> c d\n>> e \n> f\n-- \nsig\n");
  EXPECT_EQ(unflow("漢 \r\n字\r\n", true), "漢字\n");
}

TEST(Mime, TheSameMailGivesTheSameAnswerFromManyThreads) {
  auto raw = fixture("with_png.eml");
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i) {
          auto mail = parse_mail(raw);
          if (mail.attachments.size() == 2 && mail.attachments[0].content_type == "image/png") ++right;
        }
      });
    }
  }
  EXPECT_EQ(right, 200);
}

}  // namespace
}  // namespace usher::connectors::email
