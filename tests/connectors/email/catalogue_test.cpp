// Rows of docs/test-catalogue.md that the tests of the parts play in a smaller size or from one side only: here as the rows say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "base/crypto.h"
#include "base/text.h"
#include "connectors/email/email_channel.h"
#include "connectors/email/html_text.h"
#include "connectors/email/smtp_session.h"
#include "tests/connectors/email/fixtures.h"

namespace usher::connectors::email {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Peer {
  std::string say(std::string_view bytes) {
    auto step = session.feed(bytes);
    std::string out = step.reply;
    while (step.next == SmtpSession::Next::kMessage) {
      mails.push_back(*session.take_message().raw);
      step = session.accepted("m");
      out += step.reply;
    }
    is_closed = is_closed || step.next == SmtpSession::Next::kClose;
    return out;
  }
  static SmtpSessionOptions options() {
    SmtpSessionOptions o;
    o.hostname = "gw.example";
    o.own_address = [](std::string_view r) { return r == "support@gw.example" ? std::string(r) : std::string{}; };
    o.is_own_domain = [](std::string_view) { return true; };
    return o;
  }
  SmtpSession session{options()};
  std::vector<std::string> mails;
  bool is_closed = false;
};

// SMTP-01, the matrix by BDAT: what comes in a chunk is counted, so no ending within it can begin another mail.
TEST(Catalogue, NoEndingWithinAChunkMakesTwoMails) {
  const std::string evil = "MAIL FROM:<evil@example.org>\r\nRCPT TO:<support@gw.example>\r\nDATA\r\nsecond\r\n.\r\n";
  for (const std::string& ending :
       {std::string("\n.\n"), std::string("\n.\r\n"), std::string("\r\n.\n"), std::string("\r.\r"), std::string("\r\n.\r"),
        std::string("\r\n\0.\r\n", 6), std::string("\r\n.\r\r\n"), std::string("\r\n.\r\n")}) {
    for (const bool in_two : {false, true}) {
      Peer peer;
      peer.say("EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@gw.example>\r\n");
      const auto body = "Subject: a\r\n\r\nfirst" + ending + evil;
      auto chunk = [](std::string_view bytes, bool is_last) {
        return "BDAT " + std::to_string(bytes.size()) + (is_last ? " LAST\r\n" : "\r\n") + std::string(bytes);
      };
      const auto half = in_two ? std::string("Subject: a\r\n\r\nfirst").size() + ending.size() / 2 : 0;
      const auto replies = peer.say((in_two ? chunk(std::string_view(body).substr(0, half), false) : std::string{}) +
                                    chunk(std::string_view(body).substr(half), true) + "MAIL FROM:<x@example.org>\r\n");
      if (peer.mails.empty()) {
        EXPECT_THAT(replies, HasSubstr("550 5.5.2"));
        EXPECT_TRUE(peer.is_closed);
      } else {
        ASSERT_EQ(peer.mails.size(), 1u);
        EXPECT_THAT(peer.mails[0], HasSubstr(evil)) << "one mail, which holds the text";
      }
    }
  }
}

// SMTP-05: 512 bytes are the least a server must take (RFC 5321 §4.5.3.1.4); MAIL with its extensions needs more: 2,048 are
// taken.
TEST(Catalogue, ACommandLineOverTheLimitIsRefusedAndTheSessionStaysInStep) {
  Peer peer;
  peer.say("EHLO a\r\n");
  auto noop = [](std::size_t size) { return "NOOP " + std::string(size - 7, 'x') + "\r\n"; };
  EXPECT_THAT(peer.say(noop(513)), StartsWith("250"));
  EXPECT_THAT(peer.say(noop(2'048)), StartsWith("250"));
  EXPECT_THAT(peer.say(noop(2'049)), StartsWith("500 5.5.2"));
  EXPECT_THAT(peer.say(noop(65'536)), StartsWith("500 5.5.2"));
  EXPECT_FALSE(peer.is_closed);
  EXPECT_THAT(peer.say("RSET\r\n"), StartsWith("250"));
}

// MIME-13 in full size.
TEST(Catalogue, AMillionAttributesAreReadInLinearTime) {
  std::string attributes = "<p";
  for (int i = 0; i < 1'000'000; ++i) attributes += " a" + std::to_string(i) + "=1";
  const auto began = std::chrono::steady_clock::now();
  html_to_text(attributes + ">words</p>", 100'000);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{60});
}

// MAIL-06 from end to end: line ends hidden in every field that an answer repeats.
TEST(Catalogue, NothingHiddenInAMailBecomesAFieldOfItsAnswer) {
  auto hidden = [](const std::string& text) { return "=?utf-8?B?" + crypto::to_base64(text) + "?="; };
  const std::string evil = "\r\nBcc: v@ex.example\r\n\r\nbody";
  const auto raw = "From: " + hidden("Ana" + evil) + " <ana@example.org>\r\nSubject: " + hidden("Hi" + evil) +
                   "\r\nMessage-ID: <a" + hidden(evil) + "@x.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; " +
                   "boundary=b\r\n\r\n--b\r\n\r\nwords\r\n--b\r\nContent-Type: text/plain; name=\"" + hidden("f" + evil) +
                   "\"\r\nContent-Disposition: attachment; filename*=utf-8''f%0D%0ABcc%3A%20v%40ex.txt\r\n\r\nsome lines of a "
                   "log\r\nand more\r\n--b--\r\n";
  const auto read = read_mail(shared(raw), envelope_from("ana@example.org"), test_settings(), Timestamp{});
  ASSERT_EQ(read.inbound.attachments.size(), 1u) << (read.refused.empty() ? "" : read.refused.front().type);
  EXPECT_EQ(read.inbound.attachments[0].file_name.find_first_of("\r\n"), std::string::npos);
  Outbound out;
  out.id = "01920e6a-0000-7000-8000-000000000001";
  out.recipient = read.inbound.sender_id;
  out.recipient_name = read.inbound.sender_name;
  out.subject = read.inbound.subject;
  out.text = "hello";
  out.html = "<p>" + read.inbound.attachments[0].file_name + "</p>";
  for (const auto& key : read.inbound.own_keys) out.in_reply_to = key.substr(std::string("mid:").size());
  auto built = build_mail(out, test_settings(), Timestamp{});
  ASSERT_TRUE(built) << built.error().message;
  const auto head = built->bytes.substr(0, built->bytes.find("\r\n\r\n") + 2);
  EXPECT_EQ(head.find("\r\nBcc:"), std::string::npos);
  EXPECT_THAT(head, HasSubstr("\r\nContent-Type: multipart/alternative"));
  std::size_t at = 0;
  for (auto end = built->bytes.find("\r\n"); end != std::string::npos; at = end + 2, end = built->bytes.find("\r\n", at))
    EXPECT_LE(end - at, 998u);
  EXPECT_EQ(parse_mail(built->bytes).header("bcc"), nullptr);
}

}  // namespace
}  // namespace usher::connectors::email
