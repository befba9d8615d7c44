// `usher mail explain`: its JSON, for every mail there is, garbage included.
#include "connectors/email/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/connectors/email/fixtures.h"

namespace usher::connectors::email {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

json explained(const std::string& raw, const EmailSettings& settings = test_settings()) {
  auto bytes = shared(raw);
  auto line = to_json(explain(bytes, envelope_of(parse_mail(raw), settings), settings, {}, Timestamp{}), "x.eml");
  EXPECT_EQ(line.find('\n'), std::string::npos);
  return json::parse(line);
}

const std::vector<std::string> kMembers = {"attachments", "auto_reply", "bounce",      "cc",       "date",       "file",
                                           "from",        "html",       "in_reply_to", "language", "message_id", "quoted_text",
                                           "references",  "reply_text", "reply_to",    "rules",    "signature",  "subject",
                                           "text",        "to",         "verdict",     "warnings"};

std::vector<std::string> names(const json& j) {
  std::vector<std::string> out;
  for (const auto& [name, value] : j.items()) out.push_back(name);
  return out;
}

TEST(Explain, SaysEverythingThatIsReadOutOfAMail) {
  auto j = explained(
      "From: =?utf-8?Q?Ana_M=C3=BCller?= <ana@example.org>\r\nTo: Support <support@gw.example>\r\nCc: bob@example.net\r\n"
      "Reply-To: home@example.org\r\nSubject: printer\r\nDate: Sun, 22 Nov 2026 11:00:00 +0100\r\nMessage-ID: <a@b.example>\r\n"
      "In-Reply-To: <p@q.example>\r\nReferences: <o@q.example> <p@q.example>\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt prints blank pages.\r\n\r\n-- "
      "\r\nAna\r\n"
      "--b\r\nContent-Type: text/plain; name=log.txt\r\nContent-Disposition: attachment; "
      "filename=log.txt\r\n\r\nabc\r\n--b--\r\n");
  EXPECT_EQ(names(j), kMembers) << "exactly what docs/formats.md says";
  EXPECT_EQ(j["file"], "x.eml");
  EXPECT_EQ(j["verdict"], "new");
  EXPECT_EQ(j["message_id"], "a@b.example");
  EXPECT_THAT(j["references"], ElementsAre("o@q.example", "p@q.example"));
  EXPECT_EQ(j["from"], json({{"name", "Ana Müller"}, {"address", "ana@example.org"}}));
  EXPECT_EQ(j["cc"][0]["address"], "bob@example.net");
  EXPECT_EQ(j["reply_to"][0]["address"], "home@example.org");
  EXPECT_EQ(j["date"], "2026-11-22T10:00:00.000Z");
  EXPECT_EQ(j["language"], "en");
  EXPECT_EQ(j["reply_text"], "It prints blank pages.");
  EXPECT_EQ(j["html"], false);
  ASSERT_EQ(j["attachments"].size(), 1u);
  EXPECT_EQ(j["attachments"][0]["name"], "log.txt");
  EXPECT_EQ(j["attachments"][0]["size"], 3);
  EXPECT_EQ(j["attachments"][0]["sha256"].get<std::string>().size(), 64u);
  EXPECT_EQ(j["bounce"]["is"], false);
  EXPECT_TRUE(j["bounce"]["permanent"].is_null());
  EXPECT_FALSE(j["rules"].empty());
}

TEST(Explain, ShowsARefusedAttachmentInItsPlace) {
  auto file = [](const char* name, const char* content) {
    return std::string("--b\r\nContent-Disposition: attachment; filename=") + name + "\r\n\r\n" + content + "\r\n";
  };
  auto j = explained("From: ana@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n" +
                     file("a.txt", "one") + file("b.txt", "#!/bin/sh\necho") + file("c.txt", "two") + "--b--\r\n");
  ASSERT_EQ(j["attachments"].size(), 3u);
  EXPECT_FALSE(j["attachments"][0].contains("refused"));
  EXPECT_EQ(j["attachments"][1]["name"], "b.txt");
  EXPECT_EQ(j["attachments"][1]["refused"], "text/x-shellscript");
  EXPECT_EQ(j["attachments"][2]["name"], "c.txt");
  EXPECT_EQ(j["warnings"].size(), 1u);
}

TEST(Explain, NamesWhatABounceAndARobotAre) {
  auto bounce = explained(fixture("dsn.eml"));
  EXPECT_EQ(bounce["verdict"], "bounce");
  EXPECT_EQ(bounce["bounce"]["permanent"], true);
  EXPECT_THAT(bounce["bounce"]["recipients"], ElementsAre("gone@example.org"));
  EXPECT_EQ(bounce["bounce"]["status"], "5.1.1");
  EXPECT_EQ(bounce["bounce"]["original_message_id"], "usher.0190.abc@gw.example");
  auto robot = explained("From: a@b.example\r\nAuto-Submitted: auto-replied\r\n\r\naway\r\n");
  EXPECT_EQ(robot["verdict"], "auto_reply");
  EXPECT_EQ(robot["auto_reply"], json({{"is", true}, {"reason", "auto_submitted: auto-replied"}}));
  EXPECT_EQ(robot["rules"][0], json({{"rule", "auto_submitted"}, {"evidence", "auto-replied"}}));
}

TEST(Explain, AMailOfMoreThanAHundredHopsIsALoop) {
  std::string raw;
  for (int i = 0; i < 101; ++i) raw += "Received: from a by b\r\n";
  EXPECT_EQ(explained(raw + "\r\nx\r\n")["verdict"], "loop");
}

TEST(Explain, GarbageIsExplainedToo) {
  std::vector<std::string> junk = {"",
                                   "\r\n",
                                   "\n\n\n",
                                   "From ",
                                   ":::::",
                                   std::string(3, '\0'),
                                   "\xff\xfe\xfd",
                                   "Subject: \xff\xe4\r\n\r\n\xf0\x28\x8c",
                                   "From: <\r\nDate: Mon, 99 Foo 99999 99:99:99\r\n\r\n",
                                   "Date: Mon, 1 Jan 999999999 00:00:00 +0000\r\n\r\n"};
  std::string noise;
  unsigned x = 12345;
  for (int n = 0; n < 300; ++n) {
    noise.clear();
    for (int i = 0; i < 400; ++i) {
      x = x * 1103515245u + 12345u;
      noise += static_cast<char>(x >> 16);
    }
    junk.push_back(n % 2 == 0 ? noise : "From: a@b\r\nReceived: " + noise + "\r\n\r\n" + noise);
  }
  for (const auto& raw : junk) {
    auto settings = test_settings();
    settings.authserv_id = "mx";
    auto j = explained(raw, settings);
    EXPECT_GE(j.size(), kMembers.size());
    EXPECT_FALSE(to_text(explain(shared(raw), {}, settings, {}, Timestamp{}), "x").empty());
  }
}

TEST(Explain, ATerminalIsNotSteeredByAMail) {
  EXPECT_EQ(printable("a\x1b[2Jb\r\x07\x7f\u009b1m \u202Egpj.exe\u2069 ü\t中\n"), "a?[2Jb????1m ?gpj.exe? ü\t中\n");
  auto raw = shared("From: a@b.example\r\nSubject: \x1b]0;owned\x07\r\n\r\n\x1b[31mred\r\n");
  EXPECT_EQ(to_text(explain(raw, {}, test_settings(), {}, Timestamp{}), "x").find('\x1b'), std::string::npos);
}

TEST(Explain, TheEnvelopeIsFoundInTheMail) {
  auto of = [](const std::string& raw) { return envelope_of(parse_mail(raw), test_settings()); };
  auto e = of("Return-Path: <bounce@x.example>\r\nDelivered-To: Support+1@gw.example\r\nTo: list@x.example\r\n\r\n");
  EXPECT_TRUE(e.is_from_known);
  EXPECT_EQ(e.from, "bounce@x.example");
  EXPECT_THAT(e.recipients, ElementsAre("Support+1@gw.example"));
  EXPECT_TRUE(of("Return-Path: <>\r\n\r\n").is_from_known);
  EXPECT_EQ(of("Return-Path: <>\r\n\r\n").from, "");
  EXPECT_FALSE(of("To: a@b.example\r\n\r\n").is_from_known);
  EXPECT_THAT(of("To: a@b.example\r\n\r\n").recipients, ElementsAre("support@gw.example"));
}

TEST(Explain, AnEnvelopeIsKeptAsJson) {
  MailEnvelope e;
  e.from = "a\"b\n@x.example";
  e.recipients = {"support@gw.example", "x@y"};
  e.peer = "192.0.2.1";
  e.helo = "h";
  e.is_tls = true;
  auto back = envelope_from_json(envelope_to_json(e));
  EXPECT_EQ(back.from, e.from);
  EXPECT_EQ(back.recipients, e.recipients);
  EXPECT_EQ(back.peer, e.peer);
  EXPECT_EQ(back.helo, e.helo);
  EXPECT_TRUE(back.is_tls);
  EXPECT_TRUE(back.is_from_known);
  e.is_from_known = false;
  EXPECT_FALSE(envelope_from_json(envelope_to_json(e)).is_from_known);
  for (const char* junk : {"", "[]", "{", "{\"to\":1,\"from\":2}", "null"})
    EXPECT_TRUE(envelope_from_json(junk).recipients.empty()) << junk;
}

TEST(Explain, AnMboxIsTakenApart) {
  std::vector<std::string> mails;
  each_of_mbox("From a@b Mon\nSubject: 1\n\n>From here\n>>From there\nFrom within\n\nFrom c@d Tue\r\nSubject: 2\r\n\r\nx\r\n",
               [&](std::string m) { mails.push_back(std::move(m)); });
  EXPECT_THAT(mails, ElementsAre("Subject: 1\r\n\r\nFrom here\r\n>From there\r\nFrom within\r\n\r\n", "Subject: 2\r\n\r\nx\r\n"));
  mails.clear();
  each_of_mbox("From only", [&](std::string m) { mails.push_back(std::move(m)); });
  EXPECT_THAT(mails, ElementsAre(""));
  mails.clear();
  each_of_mbox("", [&](std::string m) { mails.push_back(std::move(m)); });
  EXPECT_THAT(mails, IsEmpty());
}

}  // namespace
}  // namespace usher::connectors::email
