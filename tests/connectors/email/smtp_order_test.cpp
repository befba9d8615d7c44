// Clients that do not wait their turn: catalogue row SMTP-04.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/email/smtp_session.h"

namespace usher::connectors::email {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Next = SmtpSession::Next;

SmtpSessionOptions options() {
  SmtpSessionOptions o;
  o.hostname = "gw.example";
  o.own_address = [](std::string_view r) { return std::string(r == "support@gw.example" ? r : ""); };
  o.is_own_domain = [](std::string_view d) { return d == "gw.example"; };
  return o;
}

std::string replies_to(SmtpSession& session, std::string_view bytes, int& messages) {
  std::string out;
  auto step = session.feed(bytes);
  for (;;) {
    out += step.reply;
    if (step.next != Next::kMessage) return out;
    session.take_message();
    step = session.accepted("m" + std::to_string(++messages));
  }
}

// What was said before the greeting is read after it, one answer each, in order: nothing is lost and nothing is taken twice.
TEST(SmtpOrder, AClientThatTalksBeforeTheGreetingIsAnsweredInOrder) {
  SmtpSession session(options());
  int messages = 0;
  auto out = replies_to(session,
                        "EHLO a\r\nMAIL FROM:<ana@example.org>\r\nRCPT TO:<support@gw.example>\r\nDATA\r\nhello\r\n.\r\nQUIT\r\n",
                        messages);
  EXPECT_THAT(session.greeting().reply, StartsWith("220 "));
  EXPECT_EQ(messages, 1);
  EXPECT_THAT(out, HasSubstr("354"));
  EXPECT_THAT(out, HasSubstr("250 2.0.0 m1\r\n221 "));
}

// Pipelined without EHLO: each command is refused by name, and the text that was meant for DATA is no mail.
TEST(SmtpOrder, PipelinesWithoutEhloAreRefusedInStep) {
  SmtpSession session(options());
  int messages = 0;
  auto out = replies_to(session, "MAIL FROM:<ana@example.org>\r\nRCPT TO:<support@gw.example>\r\nDATA\r\n", messages);
  std::size_t refused = 0;
  for (auto at = out.find("503"); at != std::string::npos; at = out.find("503", at + 3)) ++refused;
  EXPECT_EQ(refused, 3u) << out;
  out = replies_to(session, "EHLO a\r\nMAIL FROM:<ana@example.org>\r\nRCPT TO:<support@gw.example>\r\nDATA\r\nhi\r\n.\r\n",
                   messages);
  EXPECT_EQ(messages, 1) << "in step afterwards: " << out;
}

}  // namespace
}  // namespace usher::connectors::email
