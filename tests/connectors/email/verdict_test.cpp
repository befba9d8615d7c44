// Who wrote, and whether a robot may answer: catalogue rows MAIL-01, MAIL-04, MAIL-16, SMTP-10.
#include "connectors/email/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "connectors/email/email_channel.h"
#include "connectors/email/thread.h"
#include "tests/connectors/email/fixtures.h"

namespace usher::connectors::email {
namespace {

using Kind = Inbound::Kind;

Verdict judge_mail(const std::string& header, const std::string& from = "ana@example.org", std::string body = "text\r\n") {
  auto has_from = header.find("From:") != std::string::npos;
  auto raw = (has_from ? "" : "From: Ana <" + from + ">\r\n") + "To: support@gw.example\r\n" + header + "\r\n" + body;
  return judge(parse_mail(raw), envelope_from(from), test_settings());
}

struct Row {
  const char* header;
  const char* envelope_from;
  Kind kind;
  const char* rule;
};

class RobotTest : public testing::TestWithParam<Row> {};
TEST_P(RobotTest, IsNeverAnswered) {
  const auto& row = GetParam();
  auto verdict = judge_mail(row.header, row.envelope_from);
  EXPECT_FALSE(verdict.may_answer);
  EXPECT_EQ(static_cast<int>(verdict.kind), static_cast<int>(row.kind));
  ASSERT_FALSE(verdict.rules.empty());
  EXPECT_EQ(verdict.rules.front().first, row.rule);
  EXPECT_FALSE(verdict.reason.empty());
}

constexpr auto kAna = "ana@example.org";
INSTANTIATE_TEST_SUITE_P(
    Table, RobotTest,
    testing::Values(Row{"Auto-Submitted: auto-replied\r\n", kAna, Kind::kAutomatic, "auto_submitted"},
                    Row{"Auto-Submitted: auto-generated\r\n", kAna, Kind::kAutomatic, "auto_submitted"},
                    Row{"Auto-Submitted: auto-notified; owner-email=x\r\n", kAna, Kind::kAutomatic, "auto_submitted"},
                    Row{"Auto-submitted: Auto-Replied (zimbra; vacation)\r\n", kAna, Kind::kAutomatic, "auto_submitted"},
                    Row{"Precedence: bulk\r\n", kAna, Kind::kAutomatic, "precedence"},
                    Row{"Precedence: junk\r\n", kAna, Kind::kAutomatic, "precedence"},
                    Row{"Precedence: auto_reply\r\n", kAna, Kind::kAutomatic, "precedence"},
                    Row{"X-Precedence: bulk\r\n", kAna, Kind::kAutomatic, "precedence"},
                    Row{"Precedence: list\r\n", kAna, Kind::kMessage, "precedence"},
                    Row{"List-Id: <news.example.org>\r\n", kAna, Kind::kAutomatic, "list-id"},
                    Row{"List-Unsubscribe: <mailto:u@example.org>\r\n", kAna, Kind::kAutomatic, "list-unsubscribe"},
                    Row{"List-Post: <mailto:l@example.org>\r\n", kAna, Kind::kMessage, "list-post"},
                    Row{"Mailing-List: contact x\r\n", kAna, Kind::kMessage, "mailing-list"},
                    Row{"X-Auto-Response-Suppress: All\r\n", kAna, Kind::kMessage, "x-auto-response-suppress"},
                    Row{"X-Auto-Response-Suppress: DR, OOF, AutoReply\r\n", kAna, Kind::kMessage, "x-auto-response-suppress"},
                    Row{"Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n", kAna,
                        Kind::kAutomatic, "report"},
                    Row{"Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n", kAna, Kind::kAutomatic,
                        "report"},
                    Row{"Content-Type: text/calendar; method=REPLY\r\n", kAna, Kind::kAutomatic, "calendar"},
                    Row{"Subject: hello\r\n", "", Kind::kAutomatic, "null_sender"},
                    Row{"Subject: x\r\nFrom: support@gw.example\r\n", "support@gw.example", Kind::kAutomatic, "from_own_address"},
                    Row{"From: SUPPORT+x@GW.example\r\n", kAna, Kind::kAutomatic, "from_own_address"},
                    Row{"Subject: order\r\n", "noreply@example.org", Kind::kAutomatic, "noreply_sender"},
                    Row{"Subject: order\r\n", "No-Reply-Orders@example.org", Kind::kAutomatic, "noreply_sender"},
                    Row{"Subject: order\r\n", "do_not_reply@example.org", Kind::kAutomatic, "noreply_sender"},
                    Row{"Subject: hi\r\n", "mailer-daemon@example.org", Kind::kBounce, "bounce"},
                    Row{"Subject: hi\r\n", "postmaster@example.org", Kind::kAutomatic, "daemon_sender"},
                    Row{"X-Autoreply: yes\r\n", kAna, Kind::kAutomatic, "x-autoreply"},
                    Row{"X-Autorespond: x\r\n", kAna, Kind::kAutomatic, "x-autorespond"},
                    Row{"X-Loop: x\r\n", kAna, Kind::kAutomatic, "x-loop"},
                    Row{"X-FC-MachineGenerated: true\r\n", kAna, Kind::kAutomatic, "x-fc-machinegenerated"},
                    Row{"X-RT-Loop-Prevention: example\r\n", kAna, Kind::kAutomatic, "x-rt-loop-prevention"},
                    Row{"X-Usher-Loop: <a@b> 000000000000\r\n", kAna, Kind::kAutomatic, "another_usher"},
                    Row{"Subject: Automatische Antwort: x\r\n", kAna, Kind::kAutomatic, "automatic_subject"},
                    Row{"Subject: =?utf-8?B?6Ieq5Yqo5Zue5aSNOiB4?=\r\n", kAna, Kind::kAutomatic, "automatic_subject"},
                    Row{"From: ana@example.org\r\n", "list-bounces@example.org", Kind::kMessage, "list_envelope"},
                    Row{"From: owner-list@example.org\r\n", kAna, Kind::kAutomatic, "list_sender"}));

TEST(Verdict, PeopleAreAnswered) {
  for (const auto* header :
       {"Subject: my laptop\r\n", "Auto-Submitted: no\r\n", "X-Auto-Response-Suppress: DR, RN, NRN\r\n",
        "X-Auto-Response-Suppress: None\r\n", "Precedence: normal\r\n", "Subject: Fwd: Automatic reply: x\r\n",
        "Subject: Returned mail? I got nothing back\r\n", "Subject: Undeliverable parcel\r\n", "X-AutoReply: no\r\n",
        "Sender: secretary@example.org\r\n", "Disposition-Notification-To: ana@example.org\r\n"}) {
    auto verdict = judge_mail(header);
    EXPECT_TRUE(verdict.may_answer) << header;
    EXPECT_EQ(static_cast<int>(verdict.kind), static_cast<int>(Kind::kMessage)) << header;
    EXPECT_EQ(verdict.reason, "") << header;
  }
}

// A person who sends us a bounce she got is a person.
TEST(Verdict, AReportThatAPersonSendsOnIsAMessage) {
  auto verdict = judge_mail("Subject: I get this when I write to you\r\nIn-Reply-To: <x@y>\r\n", "ana@example.org",
                            "see below: 550 user unknown, could not be delivered to <a@b.example>\r\n");
  EXPECT_EQ(static_cast<int>(verdict.kind), static_cast<int>(Kind::kMessage));
  EXPECT_TRUE(verdict.may_answer);
}

// MAIL-16
TEST(Verdict, ADeliveryFailureNamesTheMailAndTheAddressThatFailed) {
  auto envelope = envelope_from("");
  auto verdict = judge(parse_mail(fixture("dsn.eml")), envelope, test_settings());
  EXPECT_EQ(static_cast<int>(verdict.kind), static_cast<int>(Kind::kBounce));
  EXPECT_FALSE(verdict.may_answer);
  EXPECT_THAT(verdict.bounce.permanent, testing::ElementsAre("gone@example.org"));
  EXPECT_EQ(verdict.bounce.status, "5.1.1");
  EXPECT_EQ(verdict.bounce.diagnostic, "smtp; 550 5.1.1 no such user");
  EXPECT_EQ(verdict.bounce.original_message_id, "<usher.0190.abc@gw.example>");
}

TEST(Verdict, AReportWithForeignBytesIsHandedOnAsUtf8) {
  auto raw = fixture("dsn.eml");
  raw.replace(raw.find("no such"), 7, "nic\xE9ht \xF0");
  auto inbound = to_inbound(shared(raw), envelope_from(""), test_settings(), Timestamp{});
  ASSERT_TRUE(inbound);
  for (const auto& [name, value] : inbound->facts) EXPECT_TRUE(text::is_valid_utf8(value)) << name;
}

// MAIL-04
TEST(Verdict, OurOwnMailIsKnownByItsMarkAndByItsMessageId) {
  Outbound out;
  out.id = "0190-1";
  out.recipient = "support@gw.example";
  out.text = "hello";
  auto mail = build_mail(out, test_settings(), Timestamp{});
  ASSERT_TRUE(mail);
  auto verdict = judge(parse_mail(mail->bytes), envelope_from(""), test_settings());
  EXPECT_TRUE(verdict.is_own_mail);
  EXPECT_EQ(verdict.rules.front().first, "own_mail_came_back");
  auto inbound = to_inbound(shared(mail->bytes), envelope_from(""), test_settings(), Timestamp{});
  ASSERT_TRUE(inbound);
  EXPECT_EQ(static_cast<int>(inbound->kind), static_cast<int>(Kind::kAutomatic));
  EXPECT_TRUE(inbound->thread_keys.empty()) << "it belongs to nothing";
  auto without_mark = mail->bytes;
  without_mark.replace(without_mark.find("X-Usher-Loop"), 12, "X-Other-Name");
  EXPECT_TRUE(judge(parse_mail(without_mark), envelope_from("x@example.org"), test_settings()).is_own_mail);
  auto forged = test_settings();
  forged.secret = "another";
  EXPECT_FALSE(judge(parse_mail(mail->bytes), envelope_from("x@example.org"), forged).is_own_mail);
}

}  // namespace
}  // namespace usher::connectors::email
