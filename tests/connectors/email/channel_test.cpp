// From raw mail to Inbound, from Outbound to raw mail: catalogue rows MAIL-05, MAIL-06, MAIL-07 (no words of theirs), SMTP-16,
// and threading.
#include "connectors/email/email_channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/id.h"
#include "base/text.h"
#include "connectors/email/mime.h"
#include "connectors/email/thread.h"
#include "tests/connectors/email/fixtures.h"

namespace usher::connectors::email {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Inbound inbound_of(const std::string& raw, MailEnvelope envelope = envelope_from("ana@example.org")) {
  auto inbound = to_inbound(shared(raw), std::move(envelope), test_settings(), Timestamp{});
  EXPECT_TRUE(inbound) << inbound.error().message;
  return inbound.value_or(Inbound{});
}

std::string fact(const Inbound& inbound, std::string_view name) {
  for (const auto& [key, value] : inbound.facts) {
    if (key == name) return value;
  }
  return {};
}

TEST(ToInbound, APersonsMailBecomesAMessage) {
  auto in = inbound_of(fixture("english.eml"));
  EXPECT_EQ(in.channel, "email");
  EXPECT_EQ(in.sender_id, "ana@example.org");
  EXPECT_EQ(in.sender_name, "Ana Ferreira");
  EXPECT_EQ(in.recipient, "support@gw.example");
  EXPECT_EQ(
      in.text,
      "Hello,\n\nsince this morning my notebook shows no light at all, even when the charger is plugged in. What can I do?");
  EXPECT_EQ(in.language, "en");
  EXPECT_TRUE(in.may_answer);
  EXPECT_THAT(in.own_keys, ElementsAre("mid:<a1.2026@example.org>"));
  EXPECT_EQ(*in.raw, fixture("english.eml"));
  EXPECT_EQ(fact(in, "envelope_from"), "<ana@example.org>");
  EXPECT_EQ(inbound_of(fixture("chinese_gb2312.eml")).language, "zh");
}

TEST(ToInbound, AMailWithoutTextSaysItsSubject) {
  EXPECT_EQ(inbound_of("From: a@b.example\r\nSubject: printer broken\r\n\r\n\r\n").text, "printer broken");
  EXPECT_EQ(inbound_of("Subject: x\r\n\r\ny\r\n").sender_id, "ana@example.org") << "no From: the envelope's sender";
}

TEST(ToInbound, AReplyIsCutAndPointsToItsConversation) {
  auto in = inbound_of(fixture("outlook_reply.eml"));
  EXPECT_EQ(in.text, "It works again, thank you!");
  EXPECT_THAT(in.thread_keys, ElementsAre("mid:<other@example.net>", "mid:<first@example.org>", "ref:4711"));
}

TEST(ToInbound, MessageIdsOfOursAreTriedFirst) {
  auto own = make_message_id(test_settings(), "0190-7");
  auto in = inbound_of("From: a@b.example\r\nIn-Reply-To: <theirs@x.example>\r\nReferences: " + own +
                       " <usher.0190-8.000000000000@gw.example>\r\n\r\nx\r\n");
  EXPECT_EQ(in.thread_keys.at(0), "mid:" + own);
  EXPECT_EQ(own_outbox_id(test_settings(), own), "0190-7");
  auto altered = own;
  altered[10] = altered[10] == '0' ? '1' : '0';
  EXPECT_FALSE(own_outbox_id(test_settings(), altered));
}

TEST(ToInbound, ReferencesAreFoundInSubjectAndSubAddress) {
  auto reference = make_case_reference();
  auto in = inbound_of("From: a@b.example\r\nSubject: about " + text::to_lower_ascii(reference) + ", please\r\n\r\nx\r\n");
  EXPECT_THAT(in.thread_keys, ElementsAre("ref:" + reference));
  auto envelope = envelope_from("a@b.example");
  envelope.recipients = {"support+" + reference + "@gw.example"};
  EXPECT_THAT(inbound_of("From: a@b.example\r\n\r\nx\r\n", envelope).thread_keys, ElementsAre("ref:" + reference));
  EXPECT_THAT(inbound_of("From: a@b.example\r\nSubject: [list] x [#1] [rt #22]\r\n\r\nx\r\n").thread_keys,
              ElementsAre("ref:22", "ref:1"));
}

// SMTP-16
TEST(ToInbound, TheSameMailByAnotherRouteIsTheSame) {
  auto raw = fixture("english.eml");
  auto again =
      "Received: from elsewhere by mx;\r\n Sat, 21 Nov 2026 10:00:00 +0000\r\nReturn-Path: <ana@example.org>\r\nDelivered-To: "
      "x\r\nARC-Seal: i=1; a=x\r\n" +
      raw;
  auto first = inbound_of(raw);
  auto second = inbound_of(again);
  EXPECT_EQ(first.dedup_key, second.dedup_key);
  EXPECT_EQ(first.content_digest, second.content_digest);
  auto other_date = raw;
  other_date.replace(other_date.find("10:00:00 +0000"), 14, "10:07:00 +0000");
  EXPECT_EQ(inbound_of(other_date).dedup_key, first.dedup_key);
  auto other_text = raw;
  other_text.replace(other_text.find("notebook"), 8, "computer");
  EXPECT_NE(inbound_of(other_text).dedup_key, first.dedup_key) << "a reused Message-ID does not swallow another mail";
  auto without_id = [](std::string date) { return "From: a@b.example\r\nDate: " + date + "\r\n\r\nhelp\r\n"; };
  EXPECT_NE(inbound_of(without_id("Fri, 20 Nov 2026 10:00:00 +0000")).dedup_key,
            inbound_of(without_id("Sat, 21 Nov 2026 10:00:00 +0000")).dedup_key);
}

TEST(ToInbound, ABounceBelongsToTheMailThatFailed) {
  auto in = inbound_of(fixture("dsn.eml"), envelope_from(""));
  EXPECT_EQ(static_cast<int>(in.kind), static_cast<int>(Inbound::Kind::kBounce));
  EXPECT_EQ(in.thread_keys.at(0), "mid:<usher.0190.abc@gw.example>");
  EXPECT_EQ(fact(in, "bounce_permanent"), "gone@example.org");
  EXPECT_FALSE(in.may_answer);
}

TEST(ToInbound, WhatCannotBeTakenIsAnError) {
  auto settings = test_settings();
  auto envelope = envelope_from("a@b.example");
  envelope.recipients = {"other@elsewhere.example"};
  EXPECT_EQ(to_inbound(shared("x: y\r\n\r\n"), envelope, settings, Timestamp{}).error().code, ErrorCode::kInvalid);
  settings.max_message_bytes = 5;
  EXPECT_EQ(to_inbound(shared("x: y\r\n\r\n"), envelope_from("a@b.example"), settings, Timestamp{}).error().code,
            ErrorCode::kTooLarge);
  std::string hops;
  for (int i = 0; i < 101; ++i) hops += "Received: by x\r\n";
  auto looped = to_inbound(shared(hops + "\r\nx"), envelope_from("a@b.example"), test_settings(), Timestamp{});
  ASSERT_FALSE(looped);
  EXPECT_THAT(looped.error().message, testing::StartsWith("loop"));
}

Outbound outbound() {
  Outbound out;
  out.id = "0190aaaa-0000-7000-8000-000000000001";
  out.recipient = "ana@example.org";
  out.recipient_name = "Ana Ferreira";
  out.language = "en";
  out.text = "We have your request.\n\nYour number is 4711.\n.\nFrom now on reply to this mail.";
  out.subject = "Laptop will not start";
  out.reference = "4711";
  out.in_reply_to = "<a1.2026@example.org>";
  out.references = {"<a0@example.org>"};
  out.created_at = from_millis(1'795'168'800'000);
  return out;
}

void expect_sound(const std::string& bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    ASSERT_LT(static_cast<unsigned char>(bytes[i]), 128) << "7-bit";
    ASSERT_TRUE(bytes[i] != '\n' || (i > 0 && bytes[i - 1] == '\r')) << "CRLF only";
    ASSERT_TRUE(bytes[i] != '\r' || (i + 1 < bytes.size() && bytes[i + 1] == '\n'));
  }
  for (const auto& line : text::split(bytes, '\n')) ASSERT_LE(line.size(), 999u);
}

// MAIL-05
TEST(BuildMail, AnAcknowledgementIsMarkedAsAutomaticAndThreaded) {
  auto built = build_mail(outbound(), test_settings(), Timestamp{});
  ASSERT_TRUE(built);
  expect_sound(built->bytes);
  EXPECT_EQ(built->envelope_from, "");
  EXPECT_EQ(built->recipient, "ana@example.org");
  auto mail = parse_mail(built->bytes);
  EXPECT_EQ(*mail.header("auto-submitted"), "auto-replied");
  EXPECT_EQ(*mail.header("x-auto-response-suppress"), "All");
  EXPECT_EQ(*mail.header("date"), "Fri, 20 Nov 2026 10:00:00 +0000");
  EXPECT_EQ(mail.subject, "Re: Laptop will not start [#4711]");
  EXPECT_EQ(mail.from.at(0).name, "Support, GW");
  EXPECT_EQ(mail.from.at(0).address, "support@gw.example");
  EXPECT_EQ(mail.to.at(0).address, "ana@example.org");
  EXPECT_THAT(mail.in_reply_to, ElementsAre("a1.2026@example.org"));
  EXPECT_THAT(mail.references, ElementsAre("a0@example.org", "a1.2026@example.org"));
  EXPECT_EQ(text::trim(mail.text), outbound().text);
  EXPECT_EQ("<" + mail.message_id + ">", built->message_id);
}

TEST(BuildMail, AReplyAddressIsWrittenOnlyWhereItIsTakenAndFits) {
  auto reply_to = [](const Outbound& out, const EmailSettings& settings) {
    auto built = build_mail(out, settings, Timestamp{});
    EXPECT_TRUE(built);
    expect_sound(built->bytes);
    auto mail = parse_mail(built->bytes);
    return mail.reply_to.empty() ? std::string{} : mail.reply_to.front().address;
  };
  auto settings = test_settings();
  auto out = outbound();
  out.conversation_id = "01920e6a-0000-7000-8000-000000000001";
  EXPECT_EQ(reply_to(out, settings), "");
  settings.has_reply_tokens = true;
  EXPECT_EQ(reply_to(out, settings),
            "support+" + make_reply_token(settings, out.conversation_id, out.created_at) + "@gw.example");
  EXPECT_EQ(own_address(settings, reply_to(out, settings)), "support@gw.example");
  // 64 bytes are the most before the @: a shorter token then, or none.
  settings.addresses = {"after-sales-desk-north@gw.example"};
  settings.subaddress_separator = '-';
  EXPECT_EQ(reply_to(out, settings),
            "after-sales-desk-north-" + make_reply_token(settings, out.reference, out.created_at) + "@gw.example");
  EXPECT_EQ(own_address(settings, reply_to(out, settings)), "after-sales-desk-north@gw.example");
  EXPECT_EQ(subaddress_of(settings, "After-Sales-Desk-North-x-y@gw.example"), "x-y");
  EXPECT_EQ(subaddress_of(settings, "after-sales-desk-north@gw.example"), "");
  EXPECT_EQ(own_address(settings, "after-sales@gw.example"), "");
  settings.addresses = {std::string(60, 'a') + "@gw.example"};
  EXPECT_EQ(reply_to(out, settings), "");
  settings.addresses = {"support@gw.example"};
  settings.secret.clear();
  EXPECT_EQ(reply_to(out, settings), "");
}

TEST(BuildMail, ARetryIsTheSameMailAndAPersonsReplyIsNotAutomatic) {
  EXPECT_EQ(build_mail(outbound(), test_settings(), from_millis(1))->bytes,
            build_mail(outbound(), test_settings(), from_millis(2))->bytes);
  auto out = outbound();
  out.is_automatic = false;
  auto built = build_mail(out, test_settings(), Timestamp{});
  EXPECT_EQ(built->envelope_from, "support@gw.example");
  EXPECT_THAT(built->bytes, Not(HasSubstr("Auto-Submitted")));
}

// MAIL-06
TEST(BuildMail, NoValueCanAddAHeader) {
  auto out = outbound();
  out.subject = "Hi\r\nBcc: v@example.org\n\nbody";
  out.recipient_name = "x\r\nBcc: v@example.org";
  out.reference = "1\r\nX-Evil: 1";
  out.in_reply_to = "<a@b>\r\nX-Evil: 2";
  out.references = {"<c\r\nX-Evil: 3@d>", "no id"};
  out.id = "id\r\nX-Evil: 4";
  auto settings = test_settings();
  settings.from_name = "y\r\nX-Evil: 5";
  auto built = build_mail(out, settings, Timestamp{});
  ASSERT_TRUE(built);
  expect_sound(built->bytes);
  auto mail = parse_mail(built->bytes);
  EXPECT_EQ(mail.header("bcc"), nullptr);
  EXPECT_EQ(mail.header("x-evil"), nullptr);
  EXPECT_EQ(text::trim(mail.text), out.text);
  for (const auto* bad : {"a@b.example\r\nRCPT TO:<c@d.example>", "a@b.example,c@d.example", "", "nobody", "a b@c.example",
                          "<a@b.example>x", "@a:b@c.example"}) {
    out.recipient = bad;
    EXPECT_FALSE(build_mail(out, settings, Timestamp{})) << bad;
  }
}

TEST(BuildMail, ChineseAndLongTextSurvive) {
  auto out = outbound();
  out.subject = "笔记本电脑开不了机，" + std::string(200, 'x') + "指示灯也不亮";
  out.recipient_name = "李雷";
  out.text = "您好！\n" + std::string(5'000, 'y') + "\n我们已收到您的请求。 \n";
  for (int i = 0; i < 100; ++i) out.text += "请按住电源键三十秒。";
  auto built = build_mail(out, test_settings(), Timestamp{});
  ASSERT_TRUE(built);
  expect_sound(built->bytes);
  auto mail = parse_mail(built->bytes);
  EXPECT_EQ(mail.subject, "Re: " + out.subject + " [#4711]");
  EXPECT_EQ(mail.to.at(0).name, "李雷");
  EXPECT_EQ(text::trim(mail.text), text::trim(out.text));
  out.text = "Größe: 5 € = viel. \nEnde\t\n" + std::string(2'000, 'z');
  mail = parse_mail(build_mail(out, test_settings(), Timestamp{})->bytes);
  EXPECT_EQ(text::trim(mail.text), out.text) << "and trailing blanks in quoted-printable";
}

class RecordingClient final : public net::OutboundClient {
 public:
  boost::asio::awaitable<Result<net::HttpReply>> http(net::HttpCall) override {
    co_return fail(ErrorCode::kInternal, "no HTTP here");
  }
  boost::asio::awaitable<Result<net::MailReply>> mail(net::MailCall call) override {
    calls.push_back(std::move(call));
    if (failure) co_return fail(*failure);
    net::MailReply reply;
    reply.code = 250;
    reply.text = "queued as 17";
    co_return reply;
  }
  std::vector<net::MailCall> calls;
  std::optional<Error> failure;
};

Result<Receipt> send(EmailSettings settings, RecordingClient& client, Outbound message) {
  EmailChannel channel(std::move(settings), client, system_clock());
  boost::asio::io_context context;
  Result<Receipt> result = fail(ErrorCode::kInternal, "did not run");
  boost::asio::co_spawn(context, channel.send(std::move(message)),
                        [&](const std::exception_ptr&, Result<Receipt> r) { result = std::move(r); });
  context.run();
  return result;
}

TEST(EmailChannel, HandsTheMailToTheRelayAndReturnsItsMessageId) {
  RecordingClient client;
  auto settings = test_settings();
  EXPECT_EQ(send(settings, client, outbound()).error().code, ErrorCode::kInvalid) << "no relay configured";
  settings.relay_url = "smtp://127.0.0.1:2525";
  settings.relay_user = "u";
  auto receipt = send(settings, client, outbound());
  ASSERT_TRUE(receipt);
  ASSERT_EQ(client.calls.size(), 1u);
  EXPECT_EQ(client.calls[0].url, "smtp://127.0.0.1:2525");
  EXPECT_EQ(client.calls[0].envelope_from, "");
  EXPECT_EQ(client.calls[0].recipient, "ana@example.org");
  EXPECT_EQ(client.calls[0].user, "u");
  EXPECT_EQ(receipt->remote_id, make_message_id(settings, outbound().id));
  EXPECT_THAT(client.calls[0].message, HasSubstr("Message-ID: " + receipt->remote_id));
  EXPECT_EQ(receipt->note, "250 queued as 17");
  client.failure = Error{ErrorCode::kUnavailable, "greylisted"};
  EXPECT_TRUE(send(settings, client, outbound()).error().retry());
  EXPECT_EQ(client.calls[1].message, client.calls[0].message) << "a retry is the same mail";
}

// A Windows program: what libmagic looks at, and nothing else.
std::string program() {
  std::string bytes(256, '\0');
  bytes.replace(0, 2, "MZ");
  bytes[0x3c] = '\x80';
  bytes.replace(0x80, 2, "PE");
  bytes.replace(0x84, 2, "\x4c\x01");
  bytes.replace(0x94, 4, std::string("\xe0\0\x02\x01", 4));
  bytes.replace(0x98, 2, "\x0b\x01");
  return bytes;
}

std::string mail_with(const std::vector<std::array<std::string, 3>>& files) {  // name, label, content
  std::string raw =
      "From: ana@example.org\r\nTo: support@gw.example\r\nSubject: files\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
      "boundary=b\r\n\r\n--b\r\n\r\nSee these.\r\n";
  for (const auto& [name, label, content] : files)
    raw += "--b\r\nContent-Type: " + label + "\r\nContent-Disposition: attachment; filename=" + name +
           "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + crypto::to_base64(content) + "\r\n";
  return raw + "--b--\r\n";
}

TEST(ToInbound, WhatIsNotOnTheAllowListStaysInTheRawMailAndIsNamed) {
  const std::string disc = std::string(0x8001, '\0') + "CD001" + std::string(100, '\0');
  const auto raw = mail_with({{"photo.jpg", "image/jpeg", program()},
                              {"log.txt", "application/x-msdownload", "It beeps.\nTwice.\n"},
                              {"run.txt", "text/plain", "#!/bin/sh\nrm -rf /\n"},
                              {"page.js", "text/plain", "var a = 1;\n"},
                              {"archive.zip", "application/zip", disc},
                              {"a.pdf", "application/octet-stream", "%PDF-1.7\n1 0 obj\n"}});
  auto inbound = to_inbound(shared(raw), envelope_from("ana@example.org"), test_settings(), Timestamp{});
  ASSERT_TRUE(inbound);
  std::vector<std::string> taken, refused, warnings;
  for (const auto& a : inbound->attachments) taken.push_back(a.file_name);
  for (const auto& [name, value] : inbound->facts) {
    if (name == "refused_attachment") refused.push_back(value);
    if (name == "warning") warnings.push_back(value);
  }
  EXPECT_THAT(taken, ElementsAre("log.txt", "a.pdf")) << "by content, not by label or name";
  EXPECT_THAT(refused, ElementsAre("photo.jpg (application/vnd.microsoft.portable-executable)", "run.txt (text/x-shellscript)",
                                   "page.js (application/x-script)", "archive.zip (application/x-iso9660-image)"));
  EXPECT_EQ(warnings.size(), 4u);
  EXPECT_EQ(*inbound->raw, raw) << "nothing is lost";
}

TEST(ToInbound, TheListOfAttachmentsIsTheOperators) {
  auto settings = test_settings();
  const auto raw = mail_with({{"photo.jpg", "image/jpeg", program()}, {"log.txt", "text/plain", "It beeps.\n"}});
  auto count = [&](std::vector<std::string> allowed) {
    settings.allowed_attachments = std::move(allowed);
    return to_inbound(shared(raw), envelope_from("ana@example.org"), settings, Timestamp{})->attachments.size();
  };
  EXPECT_EQ(count({}), 0u);
  EXPECT_EQ(count({"*/*"}), 1u) << "a wildcard lets no program through";
  EXPECT_EQ(count({"TEXT/*", "application/vnd.microsoft.portable-executable"}), 2u) << "its name does";
  EXPECT_TRUE(is_type_pattern("application/vnd.ms-*"));
  for (const auto* wrong : {"", "image", "/png", "image/", "a/b/c", "image/png; x=y"})
    EXPECT_FALSE(is_type_pattern(wrong)) << wrong;
}

TEST(Allowed, WhatPeopleSendIsTaken) {
  for (const auto* type : {"image/heic", "application/pdf", "text/csv", "application/zip", "application/CDFV2",
                           "application/msword", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                           "message/rfc822", "application/pkcs7-signature"})
    EXPECT_TRUE(is_allowed_type(type, default_allowed_attachments())) << type;
  for (const auto* type : {"application/octet-stream", "application/x-executable", "application/x-msi", "text/x-shellscript",
                           "application/x-apple-diskimage", "application/vnd.ms-htmlhelp"})
    EXPECT_FALSE(is_allowed_type(type, default_allowed_attachments())) << type;
}

TEST(BuildMail, AnHtmlAlternativeComesSecond) {
  auto out = outbound();
  out.html = "<p>We have your request.</p>";
  auto mail = parse_mail(build_mail(out, test_settings(), Timestamp{})->bytes);
  EXPECT_EQ(mail.content_type, "multipart/alternative");
  EXPECT_EQ(text::trim(mail.text), out.text);
  ASSERT_EQ(mail.html_parts.size(), 1u);
}

TEST(BuildMail, LongReferenceChainsKeepTheFirstAndTheLast) {
  auto out = outbound();
  out.references.clear();
  for (int i = 0; i < 50; ++i) out.references.push_back("<r" + std::to_string(i) + "@example.org>");
  auto mail = parse_mail(build_mail(out, test_settings(), Timestamp{})->bytes);
  ASSERT_EQ(mail.references.size(), 10u);
  EXPECT_EQ(mail.references.front(), "r0@example.org");
  EXPECT_EQ(mail.references.back(), "a1.2026@example.org");
  EXPECT_EQ(mail.references[8], "r49@example.org");
}

}  // namespace
}  // namespace usher::connectors::email
