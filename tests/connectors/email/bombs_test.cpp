// Attachments that are small and want to be large, and nesting on a small stack: catalogue rows MIME-01, MIME-03, MIME-09,
// MIME-11, MIME-15.
#include <pthread.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crypto.h"
#include "connectors/attachments.h"
#include "connectors/email/mime.h"

namespace usher::connectors::email {
namespace {

using testing::Contains;
using testing::HasSubstr;

Mail mail_with(const std::string& label, const std::string& bytes) {
  return parse_mail("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee the file\r\n--b\r\nContent-Type: " + label +
                    "\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=f\r\n\r\n" +
                    crypto::to_base64(bytes) + "\r\n--b--\r\n");
}

// MIME-09: what a zip would grow to is nobody's concern here: it is bytes, and stays so.
TEST(Bombs, ArchivesAreStoredAndNeverOpened) {
  // A gzip of 10 MB of zeros is about 10 KB; this head and repeating body is of the same kind, and a zip's head says 4 GB.
  std::string gzip("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03", 10);
  for (int i = 0; i < 10'000; ++i) gzip += std::string("\xec\xc1\x01\x01", 4);
  std::string zip(
      "PK\x03\x04\x2d\x00\x00\x00\x08\x00\x00\x00\x00\x00\xde\xad\xbe\xef\x10\x00\x00\x00\xff\xff\xff\xff\x05\x00\x00\x00"
      "0.bin",
      35);
  for (int i = 0; i < 50; ++i) zip += zip.substr(0, 35);
  for (const auto& [label, bytes] :
       std::vector<std::pair<std::string, std::string>>{{"application/gzip", gzip}, {"application/zip", zip}}) {
    auto mail = mail_with(label, bytes);
    ASSERT_EQ(mail.attachments.size(), 1u);
    EXPECT_EQ(*mail.attachments[0].content, bytes);
    EXPECT_EQ(mail.attachments[0].content_type, label);
  }
}

// MIME-11: nothing in this process decodes a picture; what it claims to be is read from its head.
TEST(Bombs, PicturesAreNeverDecoded) {
  std::string png("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\xc3\x50\x00\x00\xc3\x50\x08\x02\x00\x00\x00", 29);
  std::string laughs = "<?xml version=\"1.0\"?><!DOCTYPE svg [<!ENTITY a \"ha\">";
  for (char c = 'b'; c <= 'z'; ++c)
    laughs += fmt::format("<!ENTITY {} \"&{};&{};&{};&{};\">", c, char(c - 1), char(c - 1), char(c - 1), char(c - 1));
  laughs += "]><svg xmlns=\"http://www.w3.org/2000/svg\"><text>&z;</text></svg>";
  std::string gif = "GIF89a";
  for (int i = 0; i < 100'000; ++i) gif += std::string("\x21\xf9\x04\x00\x00\x00\x00\x00", 8);
  for (const auto& [label, bytes] :
       std::vector<std::pair<std::string, std::string>>{{"image/png", png}, {"image/svg+xml", laughs}, {"image/gif", gif}}) {
    auto mail = mail_with(label, bytes);
    ASSERT_EQ(mail.attachments.size(), 1u);
    EXPECT_EQ(*mail.attachments[0].content, bytes);
    EXPECT_EQ(mail.attachments[0].content_type, label);
  }
  // As the text of a mail, too: entities of HTML's own set only.
  auto mail = parse_mail("Content-Type: text/html\r\n\r\n" + laughs);
  EXPECT_LT(mail.text.size(), 10'000u);
}

#if __has_feature(address_sanitizer)
constexpr std::size_t kStack = 4 * 1024 * 1024;  // sanitized frames are ten times as large
#else
constexpr std::size_t kStack = 256 * 1024;
#endif

void on_small_stack(std::function<void()> work) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStack), 0);
  pthread_t thread{};
  auto run = [](void* w) -> void* {
    (*static_cast<std::function<void()>*>(w))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, run, &work), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

// MIME-01, MIME-03: on a stack of 256 KiB, as a thread of a pool may have.
TEST(Bombs, NestingNeedsNoStack) {
  std::string parts = "From: a@b.example\r\n";
  for (int i = 0; i < 10'000; ++i) parts += fmt::format("Content-Type: multipart/mixed; boundary=b{}\r\n\r\n--b{}\r\n", i, i);
  std::string mails = "From: a@b.example\r\n";
  for (int i = 0; i < 1'000; ++i) mails += "Content-Type: message/rfc822\r\n\r\n";
  std::string html = "Content-Type: text/html\r\n\r\n";
  for (int i = 0; i < 50'000; ++i) html += "<div><b>";
  on_small_stack([&] {
    EXPECT_THAT(parse_mail(parts + "\r\nhi").warnings, Contains(HasSubstr("nested deeper")));
    EXPECT_EQ(parse_mail(mails + "\r\nhi").attachments.size(), 1u);
    EXPECT_THAT(parse_mail(html + "words").text, HasSubstr("words"));
  });
}

// MIME-15
TEST(Bombs, NamesOfTwoNormalFormsAndOfDevicesNeverMeetOnADisk) {
  EXPECT_NE(harmless_file_name("\xC3\xA9.txt"), harmless_file_name("e\xCC\x81.txt"))
      << "kept as they are: files are stored by their digest";
  for (const auto* name : {"CON", "con.txt", "LPT9", "nul.tar.gz", "AUX."})
    EXPECT_EQ(harmless_file_name(name).front(), '_') << name;
}

}  // namespace
}  // namespace usher::connectors::email
