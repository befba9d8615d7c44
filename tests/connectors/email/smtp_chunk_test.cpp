// BDAT, AUTH and the PROXY header: catalogue row SMTP-01 for chunks, RFC 3030, RFC 4954.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crypto.h"
#include "connectors/email/proxy_header.h"
#include "connectors/email/smtp_session.h"

namespace usher::connectors::email {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Next = SmtpSession::Next;

SmtpSessionOptions options() {
  SmtpSessionOptions o;
  o.hostname = "gw.example";
  o.offer_starttls = true;
  o.max_message_bytes = 1'000;
  o.own_address = [](std::string_view r) { return r == "support@gw.example" ? std::string(r) : std::string{}; };
  o.is_own_domain = [](std::string_view) { return true; };
  return o;
}

struct Peer {
  explicit Peer(SmtpSessionOptions o = options()) : session(std::move(o)) {}
  std::string say(std::string_view bytes, std::size_t piece = 1 << 20) {
    std::string out;
    for (std::size_t at = 0; at < bytes.size() && !is_closed; at += piece) {
      auto step = session.feed(bytes.substr(at, piece));
      for (;;) {
        out += step.reply;
        if (step.next == Next::kClose) is_closed = true;
        if (step.next == Next::kStartTls) step = session.tls_started();
        if (step.next != Next::kMessage) break;
        mails.push_back(*session.take_message().raw);
        step = session.accepted("m");
      }
    }
    return out;
  }
  SmtpSession session;
  std::vector<std::string> mails;
  bool is_closed = false;
};

const std::string kOpen = "EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@gw.example>\r\n";

TEST(SmtpChunks, AMailInPiecesIsTheMailWhereverItIsCut) {
  const std::string first = "Subject: x\r\n\r\n.\r\nBDAT 3 LAST\r", second = "\n..\r\n";
  const std::string all = kOpen + "BDAT " + std::to_string(first.size()) + "\r\n" + first + "BDAT " +
                          std::to_string(second.size()) + "\r\n" + second + "NOOP\r\nBDAT 0 LAST\r\nMAIL FROM:<>\r\n";
  for (std::size_t piece = 1; piece < 40; ++piece) {
    Peer peer;
    auto replies = peer.say(all, piece);
    ASSERT_EQ(peer.mails.size(), 1u) << piece << replies;
    EXPECT_EQ(peer.mails[0], first + second) << "dots are as they are";
    EXPECT_THAT(replies, HasSubstr("250 2.0.0 " + std::to_string(first.size()) + " octets\r\n"));
    EXPECT_THAT(replies, EndsWith("250 2.0.0 m\r\n250 2.1.0 ok\r\n"));
  }
}

TEST(SmtpChunks, BareLineEndsAreRefusedAsInData) {
  for (const std::string bad :
       {"a\nb\r\n", "a\rb\r\n", "\n", "a\r", "a\r\r\n", "\r\n.\n\r\n", "\n.\r\nMAIL FROM:<ceo@gw.example>\r\n"}) {
    Peer peer;
    auto replies = peer.say(kOpen + "BDAT " + std::to_string(bad.size()) + " LAST\r\n" + bad + "MAIL FROM:<x@y.example>\r\n");
    EXPECT_THAT(replies, EndsWith("550 5.5.2 bare CR or LF in the message; lines end with CRLF\r\n")) << bad;
    EXPECT_TRUE(peer.is_closed);
    EXPECT_TRUE(peer.mails.empty());
  }
}

TEST(SmtpChunks, TheOctetsOfARefusedChunkAreNeverCommands) {
  const std::string inner = "MAIL FROM:<ceo@gw.example>\r\n";
  const auto n = std::to_string(inner.size());
  const std::vector<std::pair<std::string, std::string>> table = {
      {"EHLO a\r\nBDAT " + n + "\r\n" + inner, "503 5.5.1 say MAIL first\r\n"},
      {"EHLO a\r\nMAIL FROM:<a@b.example>\r\nBDAT " + n + " LAST\r\n" + inner, "503 5.5.1 no valid recipient\r\n"},
      {kOpen + "BDAT 2 LAST\r\n\r\nBDAT " + n + " LAST\r\n" + inner, "503 5.5.1 say MAIL first\r\n"},
      {kOpen + "BDAT 1100\r\n" + std::string(1'100, 'x') + "BDAT " + n + "\r\n" + inner, "503 5.5.1 say MAIL first\r\n"},
      {kOpen + "BDAT 1\r\nxDATA\r\n", "503 5.5.1 this message comes by BDAT\r\n"},
      {kOpen + "BDAT 1\r\nxRCPT TO:<support@gw.example>\r\n", "503 5.5.1 the message has begun\r\n"},
      {kOpen + "BDAT 1\r\nxRSET\r\nBDAT 1 LAST\r\nx", "503 5.5.1 say MAIL first\r\n"}};
  for (const auto& [bytes, last] : table) {
    Peer peer;
    EXPECT_THAT(peer.say(bytes), EndsWith(last)) << bytes;
    EXPECT_FALSE(peer.is_closed);
  }
}

TEST(SmtpChunks, ASizeNobodyCanMeanEndsTheConnection) {
  for (const char* bad :
       {"BDAT", "BDAT x", "BDAT -1", "BDAT 5 FIRST", "BDAT 99999999999999999999 LAST", "BDAT 18446744073709551615"}) {
    Peer peer;
    peer.say(kOpen + bad + "\r\n");
    EXPECT_TRUE(peer.is_closed) << bad;
  }
}

TEST(SmtpChunks, LmtpAnswersTheLastChunkOncePerRecipient) {
  auto o = options();
  o.lmtp = true;
  Peer peer(o);
  auto replies = peer.say(
      "LHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@gw.example>\r\nRCPT TO:<support@gw.example>\r\n"
      "BDAT 2 LAST\r\n\r\n");
  EXPECT_THAT(replies, EndsWith("250 2.1.5 ok\r\n250 2.0.0 m\r\n250 2.0.0 m\r\n"));
}

TEST(SmtpChunks, GoingDownWaitsForTheRestOfTheMail) {
  Peer peer;
  peer.say(kOpen + "BDAT 1\r\nx");
  EXPECT_EQ(peer.session.shut_down().reply, "");
  EXPECT_THAT(peer.say("BDAT 0 LAST\r\n"), HasSubstr("250 2.0.0 m\r\n421"));
}

SmtpSessionOptions with_sign_in() {
  auto o = options();
  o.must_sign_in = true;
  o.may_sign_in = [](std::string_view user, std::string_view password) { return user == "ana" && password == "pw"; };
  return o;
}
const std::string kTls = "EHLO a\r\nSTARTTLS\r\n";

TEST(SmtpSignIn, IsOfferedUnderTlsOnlyAndNeededThen) {
  Peer peer(with_sign_in());
  EXPECT_THAT(peer.say("EHLO a\r\n"), Not(HasSubstr("AUTH")));
  EXPECT_THAT(peer.say("AUTH PLAIN AGFuYQBwdw==\r\n"), StartsWith("538"));
  EXPECT_THAT(peer.say("MAIL FROM:<a@b.example>\r\n"), StartsWith("530 5.7.0"));
  peer.say("STARTTLS\r\n");
  EXPECT_THAT(peer.say("EHLO a\r\n"), HasSubstr("250-AUTH PLAIN LOGIN\r\n"));
  EXPECT_THAT(peer.say("AUTH PLAIN AGFuYQBwdw==\r\n"), StartsWith("235 2.7.0"));
  EXPECT_THAT(peer.say("AUTH PLAIN AGFuYQBwdw==\r\n"), StartsWith("503"));
  EXPECT_THAT(peer.say("MAIL FROM:<a@b.example>\r\n"), StartsWith("250"));
}

TEST(SmtpSignIn, EveryFormIsAnswered) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> table = {{{"AUTH PLAIN", "AGFuYQBwdw=="}, "235"},
                                                                               {{"AUTH LOGIN", "YW5h", "cHc="}, "235"},
                                                                               {{"auth login YW5h", "cHc="}, "235"},
                                                                               {{"AUTH LOGIN YW5h", "eA=="}, "535 5.7.8"},
                                                                               {{"AUTH PLAIN", "*"}, "501"},
                                                                               {{"AUTH PLAIN", "not base64"}, "501"},
                                                                               {{"AUTH PLAIN YW5h"}, "501"},
                                                                               {{"AUTH PLAIN ="}, "501"},
                                                                               {{"AUTH CRAM-MD5"}, "504"}};
  for (const auto& [lines, expected] : table) {
    Peer peer(with_sign_in());
    peer.say(kTls);
    peer.say("EHLO a\r\n");
    std::string last;
    for (const auto& line : lines) last = peer.say(line + "\r\n");
    EXPECT_THAT(last, StartsWith(expected)) << lines.front();
  }
}

TEST(SmtpSignIn, ThreeWrongPasswordsEndTheConnection) {
  Peer peer(with_sign_in());
  peer.say(kTls);
  peer.say("EHLO a\r\n");
  const auto wrong = "AUTH PLAIN " + crypto::to_base64(std::string("\0ana\0x", 6)) + "\r\n";
  peer.say(wrong + wrong);
  EXPECT_FALSE(peer.is_closed);
  EXPECT_THAT(peer.say(wrong), HasSubstr("421"));
  EXPECT_TRUE(peer.is_closed);
}

using State = ProxyHeader::State;

TEST(ProxyHeader, BothVersionsGiveTheClientAndWhatFollowsStays) {
  const std::string v2("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x01\xc6\x33\x64\x02\x12\x34\0\x19", 28);
  const std::string v2_local("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16);
  std::string v6("\r\n\r\n\0\r\nQUIT\n\x21\x21\0\x24", 16);
  v6 += std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + "\x01" + std::string(20, '\0');
  const std::vector<std::pair<std::string, std::string>> table = {{"PROXY TCP4 192.0.2.1 198.51.100.2 4660 25\r\n", "192.0.2.1"},
                                                                  {"PROXY TCP6 2001:db8::1 ::1 4660 25\r\n", "2001:db8::1"},
                                                                  {"PROXY UNKNOWN\r\n", ""},
                                                                  {"PROXY UNKNOWN ff 1 2\r\n", ""},
                                                                  {v2, "192.0.2.1"},
                                                                  {v2_local, ""},
                                                                  {v6, "2001:db8::1"}};
  for (const auto& [bytes, client] : table) {
    auto whole = read_proxy_header(bytes + "EHLO a\r\n");
    EXPECT_EQ(whole.state, State::kDone) << bytes;
    EXPECT_EQ(whole.client, client);
    EXPECT_EQ(whole.consumed, bytes.size());
    for (std::size_t n = 0; n < bytes.size(); ++n) {
      EXPECT_EQ(read_proxy_header(bytes.substr(0, n)).state, State::kMore) << bytes << n;
    }
  }
}

TEST(ProxyHeader, AnythingElseIsRefused) {
  const std::vector<std::string> table = {"EHLO a\r\n",
                                          "PROXY TCP4 192.0.2.1\r\n",
                                          "PROXY TCP4 192.0.2.1 198.51.100.2 4660 25 9\r\n",
                                          "PROXY TCP4 ::1 ::1 1 2\r\n",
                                          "PROXY TCP4 192.0.2.1 x 1 2\r\n",
                                          "PROXY UDP4 192.0.2.1 198.51.100.2 1 2\r\n",
                                          "PROXY TCP4 " + std::string(120, '1'),
                                          std::string("\r\n\r\n\0\r\nQUIT\n\x31\x11\0\x0c", 16),
                                          std::string("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x04"
                                                      "abcd",
                                                      20),
                                          std::string("\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff", 16)};
  for (const auto& bytes : table) EXPECT_EQ(read_proxy_header(bytes).state, State::kBad) << bytes;
}

}  // namespace
}  // namespace usher::connectors::email
