// What becomes of a mail: catalogue rows MAIL-04, MAIL-08 to MAIL-13, MAIL-16, and B6 of email intake.
#include "connectors/email/decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/id.h"
#include "base/text.h"
#include "connectors/email/email_channel.h"
#include "connectors/email/thread.h"
#include "tests/connectors/email/fixtures.h"

namespace usher::connectors::email {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

const Timestamp kNow = Timestamp{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

// One case, T-1001 of ana@example.org, and the keys that lead to it.
class Decisions : public testing::Test {
 protected:
  void SetUp() override {
    outbox_ = make_uuid_v7(kNow - std::chrono::hours{24});
    ours_ = make_message_id(settings_, outbox_);
    for (const auto& key :
         {std::string("ref:T-1001"), std::string("ref:P-1"), "mid:" + ours_, std::string("mid:<first@example.org>")})
      cases_[key] = {"c1", "k1", "T-1001", false};
    cases_["ref:T-1002"] = {"c2", "k2", "T-1002", false};
  }

  Known known() {
    Known k;
    k.thread = [this](const Inbound& m, const std::string& key) -> std::optional<KnownThread> {
      auto it = cases_.find(key);
      if (it == cases_.end()) return std::nullopt;
      auto thread = it->second;
      thread.is_participant = m.sender_id == customers_.at(thread.conversation);
      return thread;
    };
    return k;
  }
  Decision of(const std::string& header, const std::string& to = "support@gw.example", const std::string& body = "words\r\n") {
    auto envelope = envelope_from("ana@example.org");
    envelope.recipients = {to};
    return decide(read_mail(shared(header + "\r\n" + body), envelope, settings_, kNow).inbound, known());
  }
  static std::string rules(const Decision& d) {
    std::string out;
    for (const auto& [rule, evidence] : d.rules) out += rule + ": " + evidence + "\n";
    return out;
  }
  void expect(const Decision& d, Outcome outcome, const std::string& cause = "", const std::string& reference = "") {
    EXPECT_STREQ(to_string(d.outcome), to_string(outcome)) << rules(d);
    EXPECT_EQ(d.cause, cause) << rules(d);
    EXPECT_EQ(d.thread ? d.thread->reference : "", reference) << rules(d);
    EXPECT_FALSE(d.rules.empty());
  }

  EmailSettings settings_ = test_settings();
  std::string outbox_, ours_;
  std::map<std::string, KnownThread> cases_;
  std::map<std::string, std::string> customers_ = {{"c1", "ana@example.org"}, {"c2", "bob@example.net"}};
};

constexpr auto kAna = "From: Ana <Ana@Example.org>\r\n";
constexpr auto kMallory = "From: Mallory <mallory@elsewhere.example>\r\n";
// As a border server mx.gw.example leaves it: its results on top of its Received, the mail as it came below.
std::string checked(const std::string& results, const std::string& rest) {
  return "Authentication-Results: mx.gw.example; " + results +
         "\r\nReceived: from out.example.org (out.example.org [192.0.2.1])\r\n by mx.gw.example (Postfix) with ESMTPS; Sun, 22 "
         "Nov 2026 "
         "10:00:00 +0000\r\n" +
         rest;
}

TEST_F(Decisions, AMailThatNamesNothingIsNew) {
  expect(of(std::string(kAna) + "Subject: my printer\r\n"), Outcome::kNew);
}

TEST_F(Decisions, AReplyNeedsAKeyAndASenderWhoTakesPart) {
  for (const auto* how : {"Subject: Re: printer [#T-1001]\r\n", "In-Reply-To: <first@example.org>\r\n",
                          "References: <x@y.example> <first@example.org>\r\n"}) {
    expect(of(std::string(kAna) + how), Outcome::kReply, "", "T-1001");
    expect(of(std::string(kMallory) + how), Outcome::kQuarantine, "unknown_sender", "T-1001");
  }
}

TEST_F(Decisions, AKeyOfNoCaseIsANewMail) {
  auto d = of(std::string(kAna) + "In-Reply-To: <unknown@example.org>\r\n");
  expect(d, Outcome::kNew);
  EXPECT_THAT(rules(d), HasSubstr("thread_unknown"));
}

// MAIL-10: who else is named in a mail, or asks for answers elsewhere, takes no part.
TEST_F(Decisions, CopiesAndReplyToGainNothing) {
  expect(of(std::string(kMallory) +
            "Reply-To: ana@example.org\r\nSender: ana@example.org\r\nCc: ana@example.org\r\nSubject: [#T-1001]\r\n"),
         Outcome::kQuarantine, "unknown_sender", "T-1001");
}

TEST_F(Decisions, TheSendersOwnCaseWinsOverOneNamedBeforeIt) {
  expect(of(std::string(kAna) + "In-Reply-To: <first@example.org>\r\nSubject: [#T-1002]\r\n"), Outcome::kReply, "", "T-1001");
  cases_["mid:<bobs@example.net>"] = cases_["ref:T-1002"];
  expect(of(std::string(kAna) + "In-Reply-To: <bobs@example.net>\r\nSubject: [#T-1001]\r\n"), Outcome::kReply, "", "T-1001");
}

// MAIL-09
TEST_F(Decisions, WhereSendersAreCheckedTheRightNumberAndTheRightFromAreNotEnough) {
  settings_.authserv_id = "mx.gw.example";
  const auto reply = std::string(kAna) + "Subject: Re: [#T-1001]\r\n";
  expect(of(reply), Outcome::kQuarantine, "forged_reply", "T-1001");
  expect(of(checked("dmarc=fail header.from=example.org", reply)), Outcome::kQuarantine, "forged_reply", "T-1001");
  expect(of(checked("dmarc=temperror header.from=example.org; dkim=pass header.d=example.org", reply)), Outcome::kQuarantine,
         "forged_reply", "T-1001");
  expect(of(checked("none", reply)), Outcome::kQuarantine, "forged_reply", "T-1001");
  expect(of(checked("spf=pass smtp.mailfrom=ana@example.org; dmarc=pass (p=none) header.from=example.org", reply)),
         Outcome::kReply, "", "T-1001");
  expect(of(checked("dmarc=pass header.from=elsewhere.example", std::string(kMallory) + "Subject: [#T-1001]\r\n")),
         Outcome::kQuarantine, "unknown_sender", "T-1001");
  settings_.require_authentication = EmailSettings::Require::kNone;
  expect(of(reply), Outcome::kReply, "", "T-1001");
}

TEST_F(Decisions, WhereEverybodyIsCheckedNewMailIsHeldToo) {
  settings_.authserv_id = "mx.gw.example";
  settings_.require_authentication = EmailSettings::Require::kAll;
  expect(of(std::string(kAna) + "Subject: hello\r\n"), Outcome::kQuarantine, "unauthenticated");
  expect(of(checked("dkim=pass header.d=example.org", std::string(kAna) + "Subject: hello\r\n")), Outcome::kNew);
}

TEST_F(Decisions, OneOfOurMessageIdsStandsInForTheCheck) {
  settings_.authserv_id = "mx.gw.example";
  auto d = of(std::string(kAna) + "References: <first@example.org> " + ours_ + "\r\n");
  expect(d, Outcome::kReply, "", "T-1001");
  EXPECT_EQ(d.rules.back().first, "reply_token");
}

// MAIL-11
TEST_F(Decisions, ATokenThatWasAlteredIsTooOldOrOfAnotherCaseProvesNothing) {
  settings_.authserv_id = "mx.gw.example";
  auto altered = ours_;
  altered[altered.find('@') - 1] = altered[altered.find('@') - 1] == '0' ? '1' : '0';
  expect(of(std::string(kAna) + "In-Reply-To: " + altered + "\r\n"), Outcome::kNew);
  auto old = make_message_id(settings_, make_uuid_v7(kNow - std::chrono::days{200}));
  cases_["mid:" + old] = cases_["ref:T-1001"];
  expect(of(std::string(kAna) + "In-Reply-To: " + old + "\r\n"), Outcome::kQuarantine, "forged_reply", "T-1001");
  // Bob has a token of his own case; it opens that one, not Ana's.
  auto bobs = make_message_id(settings_, make_uuid_v7(kNow));
  cases_["mid:" + bobs] = cases_["ref:T-1002"];
  expect(of("From: bob@example.net\r\nSubject: [#T-1001]\r\nIn-Reply-To: " + bobs + "\r\n"), Outcome::kReply, "", "T-1002");
}

TEST_F(Decisions, ATokenInOtherHandsIsHeldUnlessTheOperatorTrustsIt) {
  const auto mail = std::string(kMallory) + "In-Reply-To: " + ours_ + "\r\n";
  expect(of(mail), Outcome::kQuarantine, "unknown_sender", "T-1001");
  settings_.is_token_enough = true;
  expect(of(mail), Outcome::kReply, "", "T-1001");
  expect(of(std::string(kMallory) + "In-Reply-To: <first@example.org>\r\nSubject: [#T-1001]\r\n"), Outcome::kQuarantine,
         "unknown_sender", "T-1001");
}

TEST_F(Decisions, AReplyAddressOpensItsCaseForHalfAYear) {
  settings_.authserv_id = "mx.gw.example";
  const auto to = [&](std::chrono::days age) {
    return "support+" + make_reply_token(settings_, "T-1001", kNow - age) + "@gw.example";
  };
  expect(of(std::string(kAna) + "Subject: x\r\n", to(std::chrono::days{2})), Outcome::kReply, "", "T-1001");
  expect(of(std::string(kAna) + "Subject: x\r\n", to(std::chrono::days{200})), Outcome::kQuarantine, "forged_reply", "T-1001");
  auto altered = to(std::chrono::days{2});
  altered[altered.find("t-1001") + 5] = '2';
  expect(of(std::string(kAna) + "Subject: x\r\n", altered), Outcome::kNew);
  EXPECT_LE(to(std::chrono::days{0}).find('@'), 64u);
}

// MAIL-11: the Reply-To of an answer brings a mail to its conversation that names nothing else; in other hands, changed, too old
// or made for another conversation it does not.
TEST_F(Decisions, TheReplyToOfAnAnswerOpensItsConversationAndNoOther) {
  settings_.authserv_id = "mx.gw.example";
  settings_.has_reply_tokens = true;
  const auto conversation = make_uuid_v7(kNow), bobs = make_uuid_v7(kNow);
  cases_["conversation:" + conversation] = {conversation, "k1", "T-1001", false};
  cases_["conversation:" + bobs] = {bobs, "k2", "T-1002", false};
  customers_[conversation] = "ana@example.org";
  customers_[bobs] = "bob@example.net";
  auto reply_to = [&](const std::string& of_conversation, std::chrono::days age) {
    Outbound out;
    out.id = make_uuid_v7(kNow);
    out.conversation_id = of_conversation;
    out.recipient = "ana@example.org";
    out.text = "hello";
    out.created_at = kNow - age;
    auto built = build_mail(out, settings_, kNow);
    EXPECT_TRUE(built);
    return parse_mail(built->bytes).reply_to.at(0).address;
  };
  const auto fresh = reply_to(conversation, std::chrono::days{1});
  EXPECT_THAT(fresh, testing::StartsWith("support+"));
  EXPECT_LE(fresh.find('@'), 64u);
  const auto mail = std::string(kAna) + "Subject: and another thing\r\n";
  expect(of(mail, fresh), Outcome::kReply, "", "T-1001");
  // From a mailbox: the envelope is not known, To and Cc are.
  expect(of(mail + "To: Support <" + fresh + ">\r\n"), Outcome::kReply, "", "T-1001");
  expect(of(mail + "To: x@example.org\r\nCc: " + fresh + "\r\n"), Outcome::kReply, "", "T-1001");
  // Capitals are kept by some programs and made by others.
  expect(of(mail, text::to_lower_ascii(fresh)), Outcome::kReply, "", "T-1001");

  expect(of(std::string(kMallory) + "Subject: x\r\n", fresh), Outcome::kQuarantine, "unknown_sender", "T-1001");
  expect(of(mail, reply_to(conversation, std::chrono::days{200})), Outcome::kQuarantine, "forged_reply", "T-1001");
  expect(of(mail, reply_to(bobs, std::chrono::days{1})), Outcome::kQuarantine, "unknown_sender", "T-1002");
  for (std::size_t at = std::string("support+").size(); at < fresh.find('@'); ++at) {
    auto altered = fresh;
    altered[at] = altered[at] == '0' ? '1' : '0';
    expect(of(mail, altered), Outcome::kNew);
  }
  // Somebody else's token put before Ana's conversation.
  auto mixed = fresh;
  const auto other = reply_to(bobs, std::chrono::days{1});
  mixed.replace(8, 32, other.substr(8, 32));
  expect(of(mail, mixed), Outcome::kNew);
  auto foreign = settings_;
  foreign.secret = "another installation";
  std::swap(settings_, foreign);
  const auto theirs = reply_to(conversation, std::chrono::days{1});
  std::swap(settings_, foreign);
  expect(of(mail, theirs), Outcome::kNew);

  settings_.is_token_enough = true;
  expect(of(std::string(kMallory) + "Subject: x\r\n", fresh), Outcome::kReply, "", "T-1001");
  expect(of(std::string(kMallory) + "Subject: x\r\n", reply_to(conversation, std::chrono::days{200})), Outcome::kQuarantine,
         "unknown_sender", "T-1001");
}

TEST_F(Decisions, WithoutASecretNothingIsOurs) {
  settings_.secret.clear();
  expect(of(std::string(kMallory) + "In-Reply-To: " + make_message_id(settings_, outbox_) + "\r\n"), Outcome::kNew);
}

// MAIL-12
TEST_F(Decisions, ForgedAndForeignResultsAreIgnored) {
  settings_.authserv_id = "mx.gw.example";
  const auto reply = std::string(kAna) + "Subject: Re: [#T-1001]\r\n";
  const std::string forged = "Authentication-Results: mx.gw.example; dmarc=pass header.from=example.org\r\n";
  const std::string foreign = "Authentication-Results: mx.elsewhere.example; dmarc=pass header.from=example.org\r\n";
  const std::string border = "Received: from x by mx.gw.example with ESMTP; Sun, 22 Nov 2026 10:00:00 +0000\r\n";
  for (const auto& mail : {forged + reply, border + forged + reply, border + forged + border + reply, foreign + border + reply,
                           reply + forged, reply + border + forged}) {
    expect(of(mail), Outcome::kQuarantine, "forged_reply", "T-1001");
  }
  expect(of(forged + border + reply), Outcome::kReply, "", "T-1001");
  // A server of ours behind the one that checks puts its Received on top.
  const std::string hop = "Received: from mx.gw.example by imap.gw.example with LMTP; Sun, 22 Nov 2026 10:00:01 +0000\r\n";
  expect(of(hop + forged + border + reply), Outcome::kQuarantine, "forged_reply", "T-1001");
  settings_.authserv_hops = 1;
  expect(of(hop + forged + border + reply), Outcome::kReply, "", "T-1001");
  expect(of(hop + border + forged + border + reply), Outcome::kQuarantine, "forged_reply", "T-1001");
}

// MAIL-12: hosters that write their results below their own Received. What the sender wrote begins behind those fields.
TEST_F(Decisions, ResultsBelowTheBordersReceivedAreBelievedWhereItAloneCanHaveWrittenThem) {
  settings_.authserv_id = "mx.gw.example";
  settings_.authserv_results = EmailSettings::Results::kBelowReceived;
  settings_.authserv_hops = 1;
  const auto reply = std::string(kAna) + "Subject: Re: [#T-1001]\r\n";
  const std::string within =
      "Delivered-To: support@gw.example\r\nReceived: by 2002:a05:6402:1a4f:0:0:0:0 with SMTP id x1csp1;\r\n Sun, "
      "22 Nov 2026 02:00:00 -0800 (PST)\r\nX-Received: by 2002:a17 with SMTP id y; Sun, 22 Nov 2026 02:00:00 "
      "-0800\r\nReturn-Path: <ana@example.org>\r\n";
  const std::string border =
      "Received: from by.example.org (by.example.org. [192.0.2.1] (by nobody))\r\n by mx.gw.example with ESMTPS "
      "id z for <support@gw.example>;\r\n Sun, 22 Nov 2026 02:00:00 -0800 (PST)\r\nReceived-SPF: pass "
      "(mx.gw.example: domain of ana@example.org)\r\n";
  const std::string passed = "Authentication-Results: mx.gw.example; dmarc=pass header.from=example.org\r\n";
  const std::string refused = "Authentication-Results: mx.gw.example; dmarc=fail header.from=example.org\r\n";
  const std::string sent = "Received: from laptop by by.example.org; Sun, 22 Nov 2026 10:00:00 +0000\r\n";
  expect(of(within + border + passed + sent + reply), Outcome::kReply, "", "T-1001");
  expect(of(within + border + passed + reply), Outcome::kReply, "", "T-1001");
  expect(of(border + passed + sent + reply), Outcome::kReply, "", "T-1001");
  for (const auto& mail : {
           within + border + refused + passed + sent + reply,           // the sender's own below the true one
           within + border + refused + sent + passed + reply,           // behind the sender's Received
           within + border + refused + border + passed + sent + reply,  // with the border's Received copied
           within + border + sent + passed + reply,                     // none of the border's at all, one of the sender's
           within + sent + passed + reply,                              // a border with another name
           within + within + border + passed + sent + reply,            // further down than our own servers reach
           passed + within + border + refused + sent + reply,           // above: nobody writes there
           passed + sent + reply,
           passed + reply,
           border + reply + passed,
       }) {
    expect(of(mail), Outcome::kQuarantine, "forged_reply", "T-1001");
  }
  // Nor is what stands there believed where results are expected above.
  settings_.authserv_results = EmailSettings::Results::kAboveReceived;
  expect(of(within + border + passed + sent + reply), Outcome::kQuarantine, "forged_reply", "T-1001");
}

// MAIL-08: a third party's robot writes to a reply address somebody gave it.
TEST_F(Decisions, WhatAThirdPartySendsToAReplyAddressIsShownToNobody) {
  const auto to = "support+" + make_reply_token(settings_, "T-1001", kNow) + "@gw.example";
  expect(of("From: no-reply@shop.example\r\nSubject: Confirm your account: 123456\r\n", to), Outcome::kAutoReply);
  expect(of("From: team@shop.example\r\nSubject: Confirm your account: 123456\r\n", to), Outcome::kQuarantine, "unknown_sender",
         "T-1001");
}

// MAIL-13
TEST_F(Decisions, SeveralFromAddressesAreNobody) {
  for (const auto* from :
       {"From: ana@example.org, mallory@elsewhere.example\r\n", "From: ana@example.org\r\nFrom: mallory@elsewhere.example\r\n"}) {
    expect(of(std::string(from) + "In-Reply-To: " + ours_ + "\r\n"), Outcome::kQuarantine, "forged_reply", "T-1001");
  }
  settings_.authserv_id = "mx.gw.example";
  for (const auto* from :
       {"From: ana@example.org, mallory@elsewhere.example\r\n", "From: ana@example.org\r\nFrom: mallory@elsewhere.example\r\n"}) {
    auto d = of(checked("dmarc=pass header.from=example.org", std::string(from) + "Subject: [#T-1001]\r\n"));
    EXPECT_EQ(d.outcome, Outcome::kQuarantine) << rules(d);
  }
}

TEST_F(Decisions, RobotsAreKeptWithTheirCustomersCaseOnly) {
  expect(of(std::string(kAna) + "Auto-Submitted: auto-replied\r\nIn-Reply-To: <first@example.org>\r\n"), Outcome::kAutoReply, "",
         "T-1001");
  expect(of(std::string(kMallory) + "Auto-Submitted: auto-replied\r\nIn-Reply-To: <first@example.org>\r\n"), Outcome::kAutoReply);
  expect(of(std::string(kMallory) + "Auto-Submitted: auto-replied\r\n"), Outcome::kAutoReply);
}

// MAIL-16: a report belongs to the mail it is about, and only our MAC says that there was one.
TEST_F(Decisions, ABounceIsTiedToTheMailThatCausedIt) {
  auto report = fixture("dsn.eml");
  const std::string original = "<usher.0190.abc@gw.example>";
  auto of_raw = [&](const std::string& raw) {
    return decide(read_mail(shared(raw), envelope_from(""), settings_, kNow).inbound, known());
  };
  cases_["mid:" + original] = cases_["ref:T-1001"];
  expect(of_raw(report), Outcome::kBounce);
  for (auto at = report.find(original); at != std::string::npos; at = report.find(original))
    report.replace(at, original.size(), ours_);
  expect(of_raw(report), Outcome::kBounce, "", "T-1001");
}

// MAIL-04
TEST_F(Decisions, OurOwnMailComingBackIsALoop) {
  Outbound out;
  out.id = outbox_;
  out.recipient = "support@gw.example";
  out.text = "hello";
  auto mail = build_mail(out, settings_, kNow);
  ASSERT_TRUE(mail);
  auto d = decide(read_mail(shared(mail->bytes), envelope_from(""), settings_, kNow).inbound, known());
  expect(d, Outcome::kLoop);
}

TEST_F(Decisions, TheSameContentAgainIsADuplicateAndAMessageIdAloneIsNot) {
  auto mail = read_mail(shared(std::string(kAna) + "Message-ID: <a@b.example>\r\n\r\nx\r\n"), envelope_from("ana@example.org"),
                        settings_, kNow);
  Known k;
  k.same_message_id = [](const Inbound&) { return std::string("0190"); };
  auto d = decide(mail.inbound, k);
  expect(d, Outcome::kNew);
  EXPECT_THAT(d.rules, Contains(Pair("same_message_id", "other content than 0190: both are kept")));
  k.same_content = [](const Inbound&) { return std::string("0191"); };
  expect(decide(mail.inbound, k), Outcome::kDuplicate);
}

// The owner of the domain says that it is not from there: an answer would reach somebody who wrote nothing (RFC 3834,
// backscatter).
TEST_F(Decisions, WhatItsDomainDisownsIsNotAnswered) {
  settings_.authserv_id = "mx.gw.example";
  auto may_answer = [&](const std::string& results) {
    auto raw = shared(checked(results, std::string(kAna) + "Subject: hello\r\n\r\nx\r\n"));
    return read_mail(raw, envelope_from("ana@example.org"), settings_, kNow).inbound.may_answer;
  };
  EXPECT_FALSE(may_answer("dmarc=fail header.from=example.org"));
  EXPECT_TRUE(may_answer("dmarc=temperror header.from=example.org"));
  EXPECT_TRUE(may_answer("dmarc=none; spf=softfail smtp.mailfrom=example.org"));
  EXPECT_TRUE(may_answer("dmarc=fail header.from=other.example"));
}

// --- Authentication-Results (RFC 8601) ---

TEST(AuthenticationResults, AreReadWithCommentsQuotesAndVersions) {
  auto r = parse_authentication_results(
      "MX.gw.example (our border (really)) 1; dkim/1=pass (good \"sig;\") header.d=example.org header.i=@example.org;\r\n"
      " spf=softfail reason=\"not; listed\" smtp.mailfrom=\"ana@example.org\"; dmarc = fail header.from = example.org");
  EXPECT_EQ(r.authserv_id, "mx.gw.example");
  ASSERT_EQ(r.methods.size(), 3u);
  EXPECT_EQ(r.methods[0].method, "dkim");
  EXPECT_EQ(r.methods[0].result, "pass");
  EXPECT_THAT(r.methods[0].properties, Contains(Pair("header.d", "example.org")));
  EXPECT_EQ(r.methods[1].result, "softfail");
  EXPECT_THAT(r.methods[1].properties, Contains(Pair("reason", "not; listed")));
  EXPECT_THAT(r.methods[1].properties, Contains(Pair("smtp.mailfrom", "ana@example.org")));
  EXPECT_EQ(r.methods[2].result, "fail");
  EXPECT_TRUE(parse_authentication_results("mx.gw.example; none").methods.empty());
  EXPECT_EQ(parse_authentication_results("spf=pass smtp.mailfrom=x").authserv_id, "") << "begins with a result";
}

TEST(AuthenticationResults, AnythingIsReadInLinearTime) {
  for (const auto& junk :
       {std::string(200'000, '('), std::string(200'000, '"'), std::string(200'000, ';'), std::string(200'000, '='),
        std::string(100'000, '\\') + "(\\", std::string("a;b=\"\\"), std::string()}) {
    EXPECT_LE(parse_authentication_results("x; " + junk).methods.size(), 50u);
  }
}

struct AlignmentRow {
  const char* from;
  const char* results;
  Authentication::State state;
};
class Alignment : public testing::TestWithParam<AlignmentRow> {};
TEST_P(Alignment, DecidesWhetherTheFromIsVouchedFor) {
  const auto& row = GetParam();
  auto settings = test_settings();
  settings.authserv_id = "mx.gw.example, mx2.gw.example";
  auto raw = "Authentication-Results: mx2.gw.example; " + std::string(row.results) +
             "\r\nReceived: from a by mx2.gw.example\r\nFrom: " + row.from + "\r\n\r\nx\r\n";
  auto a = authenticate(parse_mail(raw), settings);
  EXPECT_EQ(static_cast<int>(a.state), static_cast<int>(row.state)) << row.results << "\n" << a.evidence;
}
using State = Authentication::State;
INSTANTIATE_TEST_SUITE_P(
    Table, Alignment,
    testing::Values(
        AlignmentRow{"a@example.org", "dmarc=pass header.from=example.org", State::kPass},
        AlignmentRow{"a@example.org", "dmarc=pass", State::kPass},
        AlignmentRow{"a@example.org", "dmarc=pass header.from=other.example", State::kFail},
        AlignmentRow{"a@example.org", "dmarc=none; dkim=pass header.d=example.org", State::kPass},
        AlignmentRow{"a@mail.example.org", "dkim=pass header.d=example.org", State::kPass},
        AlignmentRow{"a@example.org", "dkim=pass header.d=mail.example.org", State::kFail},
        AlignmentRow{"a@example.org", "dkim=pass header.d=org", State::kFail},
        AlignmentRow{"a@badexample.org", "dkim=pass header.d=example.org", State::kFail},
        AlignmentRow{"a@example.org", "spf=pass smtp.mailfrom=bounce@example.org", State::kPass},
        AlignmentRow{"a@example.org", "spf=pass smtp.helo=example.org", State::kFail},
        AlignmentRow{"a@example.org", "auth=pass smtp.auth=a@example.org", State::kFail},
        AlignmentRow{"a@example.org", "dmarc=fail header.from=example.org; dkim=pass header.d=example.org", State::kFail},
        AlignmentRow{"a@example.org", "dmarc=pass header.from=example.org; dmarc=fail header.from=example.org", State::kFail},
        AlignmentRow{"a@example.org", "dkim=permerror header.d=example.org; spf=neutral smtp.mailfrom=example.org", State::kFail},
        AlignmentRow{"a@example.org", "none", State::kFail}));

}  // namespace
}  // namespace usher::connectors::email
