// Mail inside of something else: winmail.dat, S/MIME, PGP, calendars, attached mails (catalogue row MIME-14).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/text.h"
#include "connectors/email/calendar.h"
#include "connectors/email/mime.h"
#include "connectors/email/plain_text.h"
#include "connectors/email/rtf_text.h"
#include "connectors/email/tnef.h"
#include "tests/connectors/email/fixtures.h"

namespace usher::connectors::email {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string number(std::uint32_t n, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(n >> (8 * i) & 0xff);
  return out;
}
std::string attribute(int level, std::uint32_t id, const std::string& data) {
  unsigned sum = 0;
  for (char c : data) sum += static_cast<unsigned char>(c);
  return number(static_cast<std::uint32_t>(level), 1) + number(id, 4) + number(static_cast<std::uint32_t>(data.size()), 4) +
         data + number(sum & 0xffff, 2);
}
std::string filled(std::string s) {
  while (s.size() % 4 != 0) s += '\0';
  return s;
}
std::string sized(std::uint32_t type, std::uint32_t id, const std::string& value) {
  return number(type, 2) + number(id, 2) + number(1, 4) + number(static_cast<std::uint32_t>(value.size()), 4) + filled(value);
}
std::string utf16(std::u16string_view s) {
  std::string out;
  for (char16_t c : s) out += number(c, 2);
  return out + number(0, 2);
}
const std::string kStart = number(0x223e9f78, 4) + number(1, 2);
std::string file_attributes(const std::string& short_name, const std::string& content, const std::string& properties, int count) {
  return attribute(2, 0x00069002, std::string(14, '\0')) + attribute(2, 0x00018010, short_name + '\0') +
         attribute(2, 0x0006800F, content) + attribute(2, 0x00069005, number(static_cast<std::uint32_t>(count), 4) + properties);
}
// The uncompressed form of compressed RTF.
std::string stored_rtf(const std::string& rtf) {
  return number(static_cast<std::uint32_t>(rtf.size() + 12), 4) + number(static_cast<std::uint32_t>(rtf.size()), 4) +
         number(0x414c454d, 4) + number(0, 4) + rtf;
}
std::string winmail() {
  return kStart + attribute(1, 0x00069007, number(936, 4) + number(0, 4)) +
         attribute(1, 0x0002800C, std::string("\xb4\xf2\xd3\xa1\xbb\xfa\xb2\xbb\xb9\xa4\xd7\xf7\r\nE-204") + '\0') +
         file_attributes("LONGNA~1.TXT", "the log", sized(0x001F, 0x3707, utf16(u"日志 文件.txt")), 1) +
         file_attributes("..\\evil.exe", std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\2\0\0\0", 29),
                         number(0x0003, 2) + number(0x0E21, 2) + number(7, 4) +  // a number before it
                             number(0x000B, 2) + number(0x8001, 2) + std::string(16, 'g') + number(1, 4) + number(5, 4) +
                             filled("abcde") + number(1, 4) +  // a named one
                             sized(0x001E, 0x370E, std::string("image/png") + '\0'),
                         3);
}
std::string mail_with(const std::string& type, const std::string& bytes, const std::string& before = {}) {
  return "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + before + "--b\r\nContent-Type: " + type +
         "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + crypto::to_base64(bytes) + "\r\n--b--\r\n";
}

TEST(Tnef, FilesAndWordsOfAWinmailAreThoseOfTheMail) {
  auto mail = parse_mail(mail_with("application/ms-tnef; name=winmail.dat", winmail()));
  EXPECT_EQ(mail.text, "打印机不工作\nE-204");
  ASSERT_EQ(mail.attachments.size(), 2u) << "not winmail.dat itself";
  EXPECT_EQ(mail.attachments[0].file_name, "日志 文件.txt");
  EXPECT_EQ(*mail.attachments[0].content, "the log");
  EXPECT_EQ(mail.attachments[1].file_name, "evil.exe") << "no path";
  EXPECT_EQ(mail.attachments[1].content_type, "image/png") << "by content";
  EXPECT_THAT(mail.warnings, IsEmpty());
}

TEST(Tnef, TheMailsOwnTextComesFirst) {
  auto mail = parse_mail(mail_with("application/vnd.ms-tnef", winmail(), "--b\r\n\r\nmy own words\r\n"));
  EXPECT_EQ(text::trim(mail.text), "my own words");
  EXPECT_EQ(mail.attachments.size(), 2u);
}

TEST(Tnef, RichTextAndHtmlAreReadWhenThereIsNothingElse) {
  auto html = kStart + attribute(1, 0x00069003, number(1, 4) + sized(0x0102, 0x1013, "<p>It <b>beeps</b>.</p>"));
  EXPECT_EQ(text::trim(read_tnef(html, 1'000)->text), "It beeps.");
  auto rtf = kStart + attribute(1, 0x00069003, number(1, 4) + sized(0x0102, 0x1009, stored_rtf("{\\rtf1 No light.\\par}")));
  EXPECT_EQ(text::trim(read_tnef(rtf, 1'000)->text), "No light.");
}

TEST(Tnef, AMailWithinIsAFileOfItsWordsAndItsFiles) {
  auto inner = kStart + attribute(1, 0x0002800C, "inner words") + file_attributes("deep.txt", "deep", {}, 0);
  std::string guid(16, 'i');
  auto outer = kStart + file_attributes("mail", "", sized(0x000D, 0x3701, guid + inner), 1);
  auto read = read_tnef(outer, 1'000);
  ASSERT_EQ(read->files.size(), 2u);
  EXPECT_EQ(read->files[0].file_name, "mail.txt");
  EXPECT_EQ(read->files[0].content, "inner words");
  EXPECT_EQ(read->files[1].content, "deep");
  for (int i = 0; i < 50; ++i) outer = kStart + file_attributes("m", "", sized(0x000D, 0x3701, guid + outer), 1);
  EXPECT_LE(read_tnef(outer, 1'000)->files.size(), 4u) << "three deep, not fifty";
}

TEST(Tnef, CutAnywhereItIsReadAsFarAsItGoesAndKept) {
  auto whole = winmail();
  for (std::size_t n = 0; n < whole.size(); ++n) {
    auto read = read_tnef(std::string_view(whole).substr(0, n), 1'000);
    ASSERT_EQ(read.has_value(), n >= 4) << n;
    if (read) EXPECT_LE(read->files.size(), 2u);
  }
  auto mail = parse_mail(mail_with("application/ms-tnef; name=winmail.dat", whole.substr(0, whole.size() - 3)));
  EXPECT_EQ(mail.attachments.back().file_name, "winmail.dat") << "damaged: the original is there, too";
  EXPECT_THAT(mail.warnings, Contains(HasSubstr("damaged")));
  EXPECT_EQ(parse_mail(mail_with("application/ms-tnef; name=winmail.dat", "no tnef")).attachments.size(), 1u);
}

TEST(Tnef, LengthsThatLieCostNothing) {
  for (auto lie : {0xffffffffu, 0x7fffffffu, 0x10000000u}) {
    read_tnef(kStart + number(1, 1) + number(0x00069003, 4) + number(lie, 4), 1'000);
    read_tnef(kStart + attribute(1, 0x00069003, number(lie, 4) + sized(0x001E, 0x1000, "x")), 1'000);
    read_tnef(kStart + attribute(1, 0x00069003, number(1, 4) + number(0x101E, 2) + number(0x1000, 2) + number(lie, 4)), 1'000);
    read_tnef(kStart + attribute(1, 0x00069003, number(1, 4) + number(0x1003, 2) + number(1, 2) + number(lie, 4)), 1'000);
  }
  std::string files = kStart;
  for (int i = 0; i < 5'000; ++i) files += attribute(2, 0x00069002, "");
  EXPECT_EQ(read_tnef(files, 1'000)->files.size(), 100u);
}

// The example of the format's description ([MS-OXRTFCP] 4.1.1), and of a repetition that overlaps itself (4.1.2).
TEST(Rtf, CompressedTextIsUnpacked) {
  const std::string packed(
      "\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a"
      "\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0",
      49);
  EXPECT_EQ(decompress_rtf(packed, 1'000), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
  const std::string repeated(
      "\x1a\x00\x00\x00\x1c\x00\x00\x00\x4c\x5a\x46\x75\xe2\xd4\x4b\x51\x41\x00\x04\x20\x57\x58\x59\x5a\x0d\x6e\x7d\x01\x0e\xb0",
      30);
  EXPECT_EQ(decompress_rtf(repeated, 1'000), "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
  for (std::size_t room = 1; room < 43; ++room)
    EXPECT_EQ(decompress_rtf(packed, room)->size(), room) << "a repetition stops there, too";
  EXPECT_FALSE(decompress_rtf("not rtf", 10));
}

TEST(Rtf, WordsAreReadAndNothingElse) {
  EXPECT_EQ(
      rtf_to_text(
          "{\\rtf1\\ansi\\ansicpg936{\\fonttbl{\\f0 Arial;}}{\\*\\generator x;}\\b B\\b0\\'b4\\'f2 \\{x\\}\\par\r\n\\u26085?z}",
          1'000),
      "B打 {x}\n日z");
  EXPECT_EQ(rtf_to_text("{\\rtf1\\fromhtml1 {\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 Hello{\\*\\htmltag72 "
                        "</p>}\\htmlrtf\\par}\\htmlrtf0 \\u-10179?\\u-8704?}",
                        1'000),
            "Hello\n😀");
  EXPECT_LE(rtf_to_text("{\\rtf1 " + std::string(100'000, 'x'), 1'000).size(), 1'000u);
  EXPECT_EQ(rtf_to_text("{\\rtf1\\ansicpg936 a\\'b4\\'f2", 3), "a") << "no half character, and not one byte more";
  EXPECT_TRUE(text::is_valid_utf8(rtf_to_text(std::string(100'000, '{') + "\\'ff\\u55296?\\bin9999999999 x\\'", 1'000)));
}

TEST(Smime, AnOpaqueSignatureIsTakenOffAndNotTrusted) {
  auto mail = parse_mail(fixture("smime_signed.eml"));
  EXPECT_EQ(text::trim(mail.text), "Der Drucker zeigt Fehler E-204. Grüße");
  ASSERT_EQ(mail.attachments.size(), 1u);
  EXPECT_EQ(mail.attachments[0].file_name, "log.txt");
  EXPECT_FALSE(mail.is_encrypted);
  EXPECT_THAT(mail.warnings, Contains(HasSubstr("signature was not checked")));
}

TEST(Smime, WhatIsEncryptedIsKeptAndSaidToBe) {
  auto mail = parse_mail(fixture("smime_encrypted.eml"));
  EXPECT_TRUE(mail.is_encrypted);
  ASSERT_EQ(mail.attachments.size(), 1u);
  EXPECT_EQ(mail.attachments[0].file_name, "smime.p7m");
  auto broken = fixture("smime_signed.eml");
  mail = parse_mail(broken.substr(0, broken.size() / 2));
  EXPECT_TRUE(mail.is_encrypted) << "half a signature cannot be read either";
  EXPECT_EQ(mail.attachments.size(), 1u);
}

TEST(Pgp, SignedTextIsReadWithoutItsArmour) {
  auto mail = parse_mail(
      "Subject: x\r\n\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nIt beeps:\r\n- - three times\r\n- -- \r\n"
      "Ana\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\niQEzBAEBCAAdFiEE\r\n=abcd\r\n-----END PGP SIGNATURE-----\r\n");
  EXPECT_EQ(mail.text, "It beeps:\n- three times\n-- \nAna\n");
  EXPECT_THAT(mail.warnings, Contains(HasSubstr("PGP: the signature was not checked")));
  EXPECT_FALSE(mail.is_encrypted);
  EXPECT_TRUE(
      parse_mail("Subject: x\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n-----END PGP MESSAGE-----\r\n").is_encrypted);
  EXPECT_FALSE(without_pgp_armour("they say -----BEGIN PGP SIGNED MESSAGE----- and so on"));
  EXPECT_EQ(without_pgp_armour("a\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: x\n\nno end"), "a\nno end\n");
}

TEST(Calendar, AnInvitationIsKeptAndSaidInOneLine) {
  auto mail = parse_mail(
      "From: ana@example.org\r\nSubject: Repair\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nPlease "
      "come.\r\n"
      "--b\r\nContent-Type: text/calendar; method=REQUEST; "
      "charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\n"
      "TZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n"
      "DTSTART;TZID=Europe/Berlin:20261123T100000\r\nDTEND;TZID=Europe/Berlin:20261123T110000\r\nSUMMARY:Printer\\, second\r\n"
      "  floor\r\nORGANIZER;CN=\"Ferreira: Ana\":mailto:ana@example.org\r\nLOCATION:Room "
      "2\r\nBEGIN:VALARM\r\nSUMMARY:no\r\nEND:VALARM\r\n"
      "END:VEVENT\r\nEND:VCALENDAR\r\n--b--\r\n");
  EXPECT_EQ(mail.calendar,
            "Calendar request: Printer, second floor; 2026-11-23 10:00–11:00 Europe/Berlin; Room 2; organizer Ferreira: Ana "
            "<ana@example.org>");
  EXPECT_EQ(text::trim(mail.text), mail.calendar + "\n\nPlease come.");
  EXPECT_EQ(mail.calendar_method, "request");
  ASSERT_EQ(mail.attachments.size(), 1u);
  EXPECT_EQ(mail.attachments[0].file_name, "invitation.ics");
}

TEST(Calendar, AFileSomebodyAttachesIsAFile) {
  auto mail = parse_mail(mail_with("text/calendar; name=all.ics\r\nContent-Disposition: attachment; filename=all.ics",
                                   "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                                   "--b\r\n\r\nthis file does not import\r\n"));
  EXPECT_THAT(mail.text, Not(HasSubstr("Calendar")));
  EXPECT_EQ(mail.attachments.size(), 1u);
}

TEST(Calendar, DaysZonesAndNonsenseAreShownAsFarAsTheyGo) {
  auto line = [](const std::string& body) { return calendar_line("BEGIN:VEVENT\n" + body + "END:VEVENT\n", ""); };
  EXPECT_EQ(line("SUMMARY:a\nDTSTART;VALUE=DATE:20261123\nDTEND;VALUE=DATE:20261124\n"), "Calendar: a; 2026-11-23");
  EXPECT_EQ(line("DTSTART:20261123T220000Z\nDTEND:20261124T010000Z\n"),
            "Calendar: (no title); 2026-11-23 22:00 – 2026-11-24 01:00 UTC");
  EXPECT_EQ(line("SUMMARY:a\\nb\nDTSTART:soon\nORGANIZER:nobody\n"), "Calendar: a b; soon; organizer nobody");
  EXPECT_EQ(calendar_line("", "request"), "");
  EXPECT_EQ(calendar_line("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "reply"), "");
}

TEST(Attached, AMailWithinIsKeptAsAFileUnderItsName) {
  auto mail = parse_mail(mail_with("message/rfc822; name=\"../complaint.eml\"\r\nContent-Disposition: attachment", ""));
  EXPECT_LE(mail.attachments.size(), 1u) << "empty: nothing to keep, and no harm";
  mail = parse_mail(
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee the mail\r\n--b\r\nContent-Type: message/rfc822;\r\n "
      "name=\"../complaint.eml\"\r\n\r\nFrom: x@y.example\r\nSubject: inner\r\nContent-Type: application/ms-tnef\r\n\r\ninner "
      "words\r\n--b--\r\n");
  EXPECT_EQ(text::trim(mail.text), "see the mail");
  ASSERT_EQ(mail.attachments.size(), 1u) << "what is in it is not taken apart";
  EXPECT_EQ(mail.attachments[0].file_name, "complaint.eml");
  EXPECT_THAT(*mail.attachments[0].content, HasSubstr("inner words"));
  EXPECT_THAT(mail.returned_header, HasSubstr("Subject: inner"));
}

}  // namespace
}  // namespace usher::connectors::email
