// What a mail says of its own bytes, rightly and wrongly: charsets, encoded words, parameters, transfer encodings (catalogue rows
// MIME-06, MIME-07, MIME-08, MIME-15; email.md §3.1 to §3.5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/crypto.h"
#include "base/text.h"
#include "connectors/attachments.h"
#include "connectors/email/charset.h"
#include "connectors/email/html_text.h"
#include "connectors/email/mime.h"
#include "connectors/email/plain_text.h"

namespace usher::connectors::email {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::string file_name_of(const std::string& fields) {
  auto mail = parse_mail("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\n" + fields +
                         "\r\n\r\ndata\r\n--b--\r\n");
  return mail.attachments.empty() ? "(none)" : mail.attachments[0].file_name;
}

// MIME-15
TEST(FileNames, AreReadHoweverTheyAreWritten) {
  const std::pair<const char*, const char*> table[] = {
      {"Content-Disposition: attachment; filename=\"a b.pdf\"", "a b.pdf"},
      {"Content-Disposition: attachment; filename=a b.pdf", "a b.pdf"},
      {"Content-Disposition: attachment; filename*=UTF-8''%E6%97%A5%E5%BF%97.txt", "日志.txt"},
      {"Content-Disposition: attachment; filename*=utf-8'zh-CN'%E6%97%A5%E5%BF%97.txt", "日志.txt"},
      {"Content-Disposition: attachment; filename*=gb2312''%C8%D5%D6%BE.txt", "日志.txt"},
      {"Content-Disposition: attachment; filename*=ks_c_5601-1987''%C8%A3%8C%63.txt", "호똠.txt"},
      {"Content-Disposition: attachment; filename*=ISO-2022-JP''%1B%24B%25W%25j%1B%28B.txt", "プリ.txt"},
      {"Content-Disposition: attachment; filename*=''%E6%97%A5%E5%BF%97.txt", "日志.txt"},
      {"Content-Disposition: attachment; filename*0*=UTF-8''%E6%97%A5; filename*1*=%E5%BF%97; filename*2=\".txt\"", "日志.txt"},
      {"Content-Disposition: attachment;\r\n filename*0*=utf-8''%E6%97;\r\n filename*1*=%A5%E5%BF%97.txt", "日志.txt"},
      {"Content-Disposition: attachment; filename*1=\"b.txt\"; filename*0=\"a\"", "ab.txt"},
      {"Content-Disposition: attachment; filename=\"=?UTF-8?B?5pel5b+XLnR4dA==?=\"", "日志.txt"},
      {"Content-Disposition: attachment; filename==?UTF-8?B?5pel5b+XLnR4dA==?=", "日志.txt"},
      {"Content-Disposition: attachment; filename=\"=?gb2312?B?yNXWvi50eHQ=?=\"", "日志.txt"},
      {"Content-Disposition: attachment; filename=\"=?UTF-8?Q?a?=\r\n =?UTF-8?Q?b=2Epdf?=\"", "ab.pdf"},
      {"Content-Disposition: attachment; filename=\"\xE6\x97\xA5\xE5\xBF\x97.txt\"", "日志.txt"},
      {"Content-Disposition: attachment; filename=\"old.txt\"; filename*=UTF-8''%E6%97%A5.txt", "日.txt"},
      {"Content-Type: application/pdf; name=\"from type.pdf\"\r\nContent-Disposition: attachment", "from type.pdf"},
      {"Content-Type: application/pdf; name=\"type.pdf\"\r\nContent-Disposition: attachment; filename=\"disposition.pdf\"",
       "disposition.pdf"},
      {"Content-Disposition: attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", "passwd"},
      {"Content-Disposition: attachment; filename=\"=?utf-8?B?YQ0KQmNjOiB4LnR4dA==?=\"", "a  Bcc x.txt"},
      {"Content-Disposition: attachment; filename*=UTF-8''a%00b%E2%80%AEgnp.exe", "abgnp.exe"},
      {"Content-Disposition: attachment; filename=\"\"", "attachment.txt"},
      {"Content-Disposition: attachment; filename=\"unfinished.pdf", "unfinished.pdf"},
  };
  for (const auto& [fields, name] : table) EXPECT_EQ(file_name_of(fields), name) << fields;
}

// MIME-15: two spellings of one name stay two files; what they are stored under is not made of the name.
TEST(FileNames, AreReadBehindATypeThatIsNone) {
  EXPECT_EQ(file_name_of("Content-Type: csv; name=\"a b.csv\""), "a b.csv");
  EXPECT_EQ(file_name_of("Content-Type: text; charset=utf-8; name=a.csv"), "a.csv");
  EXPECT_EQ(file_name_of("Content-Type: name=a.csv"), "a.csv");
  EXPECT_EQ(file_name_of("Content-Type: ;name==?utf-8?q?=C3=BC.csv?="), "ü.csv");
  EXPECT_EQ(file_name_of("Content-Type: application/pdf; filename=a.pdf"), "attachment.pdf") << "no name: one is given";
}

TEST(FileNames, TwinsOfTwoNormalFormsAreBothKept) {
  auto mail = parse_mail(
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment; "
      "filename*=utf-8''%C3%A9.txt\r\n\r\none\r\n"
      "--b\r\nContent-Disposition: attachment; filename*=utf-8''e%CC%81.txt\r\n\r\ntwo\r\n--b--\r\n");
  ASSERT_EQ(mail.attachments.size(), 2u);
  EXPECT_NE(mail.attachments[0].sha256, mail.attachments[1].sha256);
}

std::string text_of(const std::string& type, const std::string& body) {
  return text::trim(parse_mail("Subject: x\r\nContent-Type: " + type + "\r\n\r\n" + body).text);
}

// MIME-07
TEST(Charsets, LabelsThatLieInKnownWaysAreReadAsMeant) {
  EXPECT_EQ(to_utf8("\x1b$B\x25W\x25j\x1b(B", "iso-2022-jp"), "プリ");
  EXPECT_EQ(to_utf8("\x1b$B-!\x1b(B", "iso-2022-jp"), "①") << "NEC's characters, as Windows writes them";
  EXPECT_EQ(to_utf8("\x1b(I6E\x1b(B", "iso-2022-jp"), "ｶﾅ") << "half-width kana";
  EXPECT_EQ(to_utf8("\x1b$B\x25W\x25j\x1b(B", ""), "プリ");
  EXPECT_EQ(to_utf8("\x1b$)C\x0e\x3e\x48\x33\x67\x0f", "iso-2022-kr"), "안녕");
  EXPECT_EQ(to_utf8("~{VPND~}", "hz-gb-2312"), "中文");
  EXPECT_EQ(to_utf8("\xA4\xA4\xA4\xE5", "big5"), "中文");
  EXPECT_EQ(to_utf8("\x94\x39\xFC\x36", "gbk"), "😀") << "four bytes under the label of the older set";
  EXPECT_EQ(to_utf8("\xE7", "iso-8859-9"), "ç");
  EXPECT_EQ(to_utf8("\xA1", "tis-620"), "ก");
  EXPECT_EQ(to_utf8("caf\xE9 f\xFCr \x80 5", "x-unknown"), "café für € 5");
  EXPECT_EQ(to_utf8("caf\xC3\xA9", "136-nonsense"), "café");
  EXPECT_EQ(to_utf8("x", "\"utf-8\""), "x");
}

TEST(Charsets, Utf8UnderTheLabelOfAnotherIsStillUtf8) {
  EXPECT_EQ(to_utf8("您好，打印机坏了", "big5"), "您好，打印机坏了");
  EXPECT_EQ(to_utf8("您好，打印机坏了", "gb2312"), "您好，打印机坏了");
  EXPECT_EQ(to_utf8("Drucker läuft für Frau Müller", "iso-8859-1"), "Drucker läuft für Frau Müller");
  EXPECT_EQ(to_utf8("Привет", "koi8-r"), "Привет");
  EXPECT_EQ(to_utf8("\xCD\xA8", "gb2312"), "通") << "a short word that is both";
  EXPECT_EQ(to_utf8("CAF\xC9\xBB", "iso-8859-1"), "CAFÉ»") << "one character is chance";
  EXPECT_EQ(to_utf8("\xC1\xAA\xCD\xA8\xB5\xE7\xBB\xB0", "gb2312"), "联通电话");
}

TEST(Charsets, DamagedUtf8KeepsItsOtherLetters) {
  const auto damaged = to_utf8(
      "Gr\xc3\xbc\xc3\x9f"
      "e aus K\xc3\xb6ln, der Dr\xc3ucker l\xc3\xa4uft nicht f\xc3\xbcr Stra\xc3\x9f"
      "e",
      "utf-8");
  EXPECT_THAT(damaged, StartsWith("Grüße aus Köln, der Dr"));
  EXPECT_THAT(damaged, HasSubstr("läuft nicht für Straße")) << "one lost byte makes no other charset of it";
  EXPECT_TRUE(text::is_valid_utf8(damaged));
}

TEST(Charsets, Utf7IsNeverMarkup) {
  auto mail = parse_mail("Content-Type: text/html; charset=utf-7\r\n\r\n<p>a+ADw-script+AD4-alert(1)+ADw-/script+AD4-b</p>");
  EXPECT_TRUE(text::is_valid_utf8(mail.text));
  EXPECT_EQ(mail.text.find("<script"), std::string::npos);
}

TEST(Charsets, HalfCharactersAndHalfEscapesLeaveValidText) {
  for (const auto& [label, bytes] : std::vector<std::pair<std::string, std::string>>{{"utf-16",
                                                                                      "\xff\xfe"
                                                                                      "a"},
                                                                                     {"utf-16be", std::string("\0a\xd8", 3)},
                                                                                     {"gb18030", "ab\x81\x30\x81"},
                                                                                     {"iso-2022-jp", "ab\x1b$"},
                                                                                     {"iso-2022-jp", "ab\x1b$BC"},
                                                                                     {"utf-8", "ab\xE6\x97"},
                                                                                     {"big5", "ab\xA4"}}) {
    auto utf8 = to_utf8(bytes, label);
    EXPECT_TRUE(text::is_valid_utf8(utf8)) << label;
    EXPECT_EQ(utf8.find('\0'), std::string::npos) << label;
    if (bytes.starts_with("ab")) EXPECT_THAT(utf8, StartsWith("ab")) << label;
  }
}

TEST(Charsets, TheMetaOfAnHtmlCountsWhereMimeSaysNothing) {
  EXPECT_EQ(text_of("text/html", "<html><head><meta charset=\"gbk\"></head><body>\xD6\xD0\xCE\xC4</body></html>"), "中文");
  EXPECT_EQ(text_of("text/html; charset=utf-8", "<meta charset=gbk><p>\xE4\xB8\xAD\xE6\x96\x87</p>"), "中文");
}

// RFC 2047, as written by people's programs
TEST(Charsets, RawBytesOfAHeaderAreThoseOfTheText) {
  const auto mail = [](const std::string& charset, const std::string& words) {
    return parse_mail("From: " + words + " <a@x.example>\r\nSubject: " + words +
                      "\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=" +
                      charset + "\r\n\r\n" + words + "\r\n--b--\r\n");
  };
  const std::pair<std::string, std::string> table[] = {{"gb2312", "\xCD\xF5\xB7\xBC"},
                                                       {"koi8-r", "\xE1\xCE\xCE\xC1"},
                                                       {"windows-1251", "\xC0\xED\xED\xE0"},
                                                       {"iso-8859-2", "\xA3\xF3\x64\xBC"}};
  for (const auto& [charset, words] : table) {
    const auto read = mail(charset, words);
    EXPECT_EQ(read.subject, to_utf8(words, charset)) << charset;
    EXPECT_EQ(read.from.at(0).name, to_utf8(words, charset)) << charset;
  }
  EXPECT_EQ(mail("gb2312", "Z\xC3\xBCrich").subject, "Zürich") << "UTF-8 is UTF-8";
}

TEST(EncodedWords, BrokenOnesAreReadAsFarAsTheyGo) {
  EXPECT_EQ(decode_header("=?UTF-8?B?572R57uc5LiN6YCa?="), "网络不通");
  EXPECT_EQ(decode_header("=?GB2312?B?tPLTobv6zsrM4g==?="), "打印机问题");
  EXPECT_EQ(decode_header("=?utf-8*en?Q?a=C3=A9?="), "aé") << "with a language";
  EXPECT_EQ(decode_header("=?utf-8?b?YQ?= b"), "a b") << "without padding";
  EXPECT_EQ(decode_header("Re:=?utf-8?Q?_x?=y"), "Re: xy") << "glued to its neighbours";
  EXPECT_EQ(decode_header("=?utf-8?Q?a b?="), "a b") << "with a blank inside";
  EXPECT_EQ(decode_header("=?utf-8?Q?a=ZZ=4?="), "a=ZZ=4");
  EXPECT_EQ(decode_header("=?iso-2022-jp?B?GyRCJVc=?= =?iso-2022-jp?B?GyRCJWobKEI=?="), "プリ") << "an escape in each half";
  EXPECT_EQ(decode_header("=?utf-8?Q?unfinished"), "=?utf-8?Q?unfinished");
  EXPECT_EQ(decode_header("\xB4\xF2\xD3\xA1\xBB\xFA", "gb2312"), "打印机") << "raw, in the charset of the body";
}

// MIME-08
TEST(TransferEncodings, DamageCostsTheDamagedPlaceOnly) {
  auto text = [](const std::string& encoding, const std::string& body) {
    return parse_mail("Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: " + encoding +
                      "\r\n\r\n" + body)
        .text;
  };
  std::string junk;  // nine bytes of ten are not base64
  for (char c : std::string_view("aGVsbG8gd29ybGQ=")) junk += std::string("!\x80\x01 *~(%") + c;
  EXPECT_THAT(text("base64", junk), HasSubstr("hello world"));
  EXPECT_THAT(text("BASE64 ", "aGVsbG8\r\n"), StartsWith("hello"));
  EXPECT_THAT(text("base64", "aGVsbG8gd29ybGQ=\r\n=====\r\n"), HasSubstr("hello world")) << "length mod 4 = 1";
  EXPECT_EQ(text("base64", "This text was never encoded, whatever its field says.\r\n"),
            "This text was never encoded, whatever its field says.\n");
  EXPECT_EQ(text("base64", "aGVsbG8gd29ybGQ=\r\n--lost-boundary--\r\n"), "hello world") << "a boundary is no base64";
  EXPECT_EQ(text("base64", "aGVsbG8gd29ybGQ=\r\n____________\r\nusers mailing list\r\n"),
            "hello world\n____________\nusers mailing list\n")
      << "what a list wrote below without encoding it is read as it stands";
  EXPECT_EQ(text("base64",
                 "SGVsbG8sIHRoZSBwcmludGVyIG9uIHRoZSBzZWNvbmQgZmxvb3IgcHJpbnRzIG5vdGhpbmcgYW55\r\nIG1vcmUuIFdobyBjb3VsZCBsb29rIGF"
                 "mdGVyIGl0IG9uIE1vbmRheT8=\r\nThe list of all users\r\n"),
            "Hello, the printer on the second floor prints nothing any more. Who could look after it on Monday?\nThe list of all "
            "users\n");
  EXPECT_EQ(text("base64", "aGVsbG8gd29ybGQ= ignored\r\n"), "hello world") << "words behind the padding are none of it";
  EXPECT_EQ(text("quoted-printable", "a=20=\r\nb=E2=82=AC="), "a b€") << "a soft break at the very end";
  EXPECT_EQ(text("quoted-printable", "a=C3=A9 50%=off\r\n"), "aé 50%=off\n");
  for (const std::string label :
       {"\"quoted-printable\"", "quoted-printable;", "Quoted-Printable, 8bit", "QP", "quoted-printable (was 8bit)"})
    EXPECT_EQ(text(label, "a=C3=A9\r\n"), "aé\n") << label;
  EXPECT_EQ(text("base64;", "aGVsbG8gd29ybGQ=\r\n"), "hello world");
  EXPECT_EQ(text("x-own", "a=C3=A9\r\n"), "a=C3=A9\n") << "one nobody knows is none";
  EXPECT_EQ(text("x-uuencode", "begin 644 x.txt\r\n+:&5L;&\\@=V]R;&0 \r\n`\r\nend\r\n"), "hello world");
  EXPECT_THAT(text("7bit", "caf\xC3\xA9"), StartsWith("café")) << "eight bits under the label of seven";
  EXPECT_LT(text("base64", std::string(20'000'000, '!')).size(), 10u);
}

TEST(TransferEncodings, ATextWithHalfATypeIsAText) {
  EXPECT_EQ(parse_mail("Content-Type: TEXT\r\n\r\nwords\r\n").text, "words\n");
  EXPECT_EQ(parse_mail("Content-Type: text; charset=koi8-r\r\n\r\nwords\r\n").text, "words\n");
  EXPECT_EQ(text::trim(parse_mail("Content-Type: html\r\n\r\n<p>words</p>\r\n").text), "words");
  EXPECT_EQ(parse_mail("Content-Type: zip; name=a.csv\r\n\r\n1,2\r\n").attachments.size(), 1u);
  EXPECT_EQ(parse_mail("Content-Type: application/octet-stream; name=text\r\n\r\n1,2\r\n").attachments.size(), 1u);
}

// MIME-06: one documented reading, and it is said that there are others.
TEST(Ambiguity, IsReadInOneWayAndNamed) {
  auto warned = [](const std::string& raw) { return parse_mail(raw).warnings; };
  auto twice = parse_mail("Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\n<b>x</b>");
  EXPECT_EQ(text::trim(twice.text), "x") << "the last field";
  EXPECT_THAT(twice.warnings, Contains("ambiguous: several Content-Type fields"));
  auto encodings = parse_mail("Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n\r\naGVsbG8=");
  EXPECT_THAT(encodings.warnings, Contains("ambiguous: several Content-Transfer-Encoding fields"));
  EXPECT_EQ(text::trim(encodings.text), "aGVsbG8=") << "the last field";
  EXPECT_THAT(warned("Content-Type: multipart/mixed\r\n\r\nno boundary\r\n"), Contains(HasSubstr("without parts")));
  EXPECT_THAT(warned("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nno end"), Contains(StartsWith("ambiguous")));
  EXPECT_THAT(warned("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nfine\r\n--x--\r\n"), IsEmpty());
  auto same = parse_mail(
      "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: multipart/mixed; "
      "boundary=x\r\n\r\n--x\r\n\r\ninner\r\n--x--\r\n"
      "after\r\n--x--\r\n");
  EXPECT_THAT(same.text, HasSubstr("inner")) << "one boundary twice: the text is not lost";
  auto prefix = parse_mail(
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; "
      "boundary=bb\r\n\r\n--bb\r\n\r\ninner\r\n"
      "--bb--\r\n--b\r\n\r\nouter\r\n--b--\r\n");
  EXPECT_THAT(prefix.text, HasSubstr("inner")) << "one boundary the beginning of the other";
  EXPECT_THAT(prefix.text, HasSubstr("outer"));
  EXPECT_THAT(parse_mail("Content-Type: text/plain\r\nContent-Transfer-Encoding: x-nonsense\r\n\r\nas it is").text,
              HasSubstr("as it is"));
}

TEST(Ambiguity, AHeaderThatProgramsReadDifferentlyIsRepaired) {
  const auto late = parse_mail("\r\n \r\nFrom: ana@example.org\r\nSubject: late\r\n\r\ntext\r\n");
  EXPECT_EQ(late.subject, "late");
  EXPECT_EQ(late.text, "text\n");
  EXPECT_THAT(late.warnings, Contains("ambiguous: blank lines before the header"));
  EXPECT_THAT(parse_mail("\r\nHello, it does not work: help\r\n").text, HasSubstr("does not work")) << "no field: text";
  const auto blank = parse_mail(
      "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n \r\n--b\r\nContent-Type: text/plain\r\n\r\nwords\r\n"
      "--b\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment\r\n\r\n1,2\r\n--b--\r\n");
  EXPECT_EQ(text::trim(blank.text), "words");
  EXPECT_EQ(blank.attachments.size(), 1u);
  EXPECT_THAT(blank.warnings, Contains("ambiguous: a line of blanks ends the header"));
  EXPECT_EQ(parse_mail("Subject: a\r\n \r\n\tb\r\n\r\ntext\r\n").text, "text\n") << "a folded line, however empty";
}

TEST(Ambiguity, PartsUnderAnotherBoundaryThanAnnouncedAreRead) {
  const auto mail = parse_mail(
      "Content-Type: multipart/mixed; boundary=lost\r\n\r\n--kept\r\nContent-Type: text/plain\r\n\r\nwords\r\n"
      "--kept\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment\r\n\r\n1,2\r\n--kept--\r\n");
  EXPECT_EQ(text::trim(mail.text), "words");
  EXPECT_EQ(mail.attachments.size(), 1u);
  EXPECT_THAT(mail.warnings, Contains("ambiguous: the parts are divided by another boundary than the one announced"));
  const auto prose = parse_mail("Content-Type: multipart/mixed; boundary=lost\r\n\r\nHello\r\n-- \r\nAna\r\n");
  EXPECT_THAT(prose.text, HasSubstr("Ana")) << "a signature is no boundary";
}

TEST(Flowed, DeletedBlanksQuotesAndSignaturesAreThoseOfRfc3676) {
  EXPECT_EQ(unflow("one \ntwo\n", false), "one two\n");
  EXPECT_EQ(unflow("> > not two deep\n", false), "> > not two deep\n") << "a blank ends the depth";
  EXPECT_EQ(unflow(" >stuffed\n From me\n", false), ">stuffed\nFrom me\n");
  EXPECT_EQ(unflow("> a \n> -- \n> sig\n", false), "> a \n> -- \n> sig\n");
  EXPECT_EQ(unflow("ends flowed ", true), "ends flowed");
  auto mail = parse_mail("Content-Type: text/plain; format=Flowed; DelSp=\"Yes\"\r\n\r\nhttps://example.org/ \r\npath\r\n");
  EXPECT_EQ(mail.text, "https://example.org/path\n");
}

// MIME-13
TEST(Html, StylesAndAttributesOfMegabytesGiveTheirWordsInBoundedSpace) {
  std::string css = "<html><head><style>";
  while (css.size() < 10'000'000) css += ".a{color:red}\n";
  auto mail = parse_mail("Content-Type: text/html\r\n\r\n" + css + "</style></head><body>words</body></html>");
  EXPECT_LE(mail.text.size(), 262'144u);
  EXPECT_EQ(mail.text.find("color"), std::string::npos);
  EXPECT_THAT(mail.warnings, Not(IsEmpty())) << "it is over the limit of a text, and says so";
}

// Wherever mail programs break it, pad it in between and leave dirt: the bytes are the same.
TEST(Base64, LineEndsPaddingAndDirtWithinChangeNothing) {
  std::mt19937 random(7);
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (int round = 0; round < 300; ++round) {
    std::string whole, sent;
    for (std::size_t run = 1 + below(3); run > 0; --run) {
      std::string bytes(below(90), '\0');
      for (char& c : bytes) c = static_cast<char>(random());
      whole += bytes;
      for (const char c : crypto::to_base64(bytes)) {
        static constexpr std::string_view kDirt = "\r\n \t!-\x80";
        if (below(5) == 0) sent += kDirt[below(kDirt.size())];
        sent += c;
      }
      if (bytes.size() % 3 == 0 && below(2) == 0) sent += "=";
    }
    EXPECT_EQ(decode_base64_leniently(sent), whole) << sent;
  }
}

}  // namespace
}  // namespace usher::connectors::email
