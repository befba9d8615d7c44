// What goes out by mail, and how much of it: limits, robots without marks, addresses that fail.
#include <gmock/gmock.h>

#include <boost/asio/use_future.hpp>
#include <random>

#include "base/text.h"
#include "connectors/email/decision.h"
#include "connectors/email/email_channel.h"
#include "gateway/store/mail_limits.h"
#include "tests/gateway/gateway_fixture.h"

namespace usher::gateway {
namespace {

namespace email = connectors::email;
using email::Looks;
using testing::HasSubstr;
using testing::Not;

template <class F>
void in(TestDatabase& database, F body) {
  auto r = database->write_sync([&](sql::Tx& tx) -> Result<void> {
    body(tx);
    return {};
  });
  ASSERT_TRUE(r) << r.error().message;
}

std::string admit(sql::Tx& tx, const std::string& answered, Looks looks, Timestamp now, const std::string& topic = "printer",
                  store::MailLimits limits = {}, const std::string& address = "a@x.test") {
  auto why = store::admit_mail(tx, {address, answered, topic, looks}, limits, now);
  return why ? *why : "error: " + why.error().message;
}

const Timestamp kNoon = from_millis(1'795'168'800'000);

TEST(MailLimits, WhatLooksLikeAnAnswerIsAnsweredOnceADayOnOneTopic) {
  TestDatabase database;
  in(database, [](sql::Tx& tx) {
    EXPECT_EQ(admit(tx, "1", Looks::kAnswer, kNoon), "");
    EXPECT_EQ(admit(tx, "1", Looks::kAnswer, kNoon), "") << "the number, after the provisional reference";
    EXPECT_THAT(admit(tx, "2", Looks::kAnswer, kNoon + std::chrono::hours{23}), HasSubstr("loop limit"));
    EXPECT_EQ(admit(tx, "3", Looks::kAnswer, kNoon, "screen"), "") << "another topic";
    EXPECT_EQ(admit(tx, "4", Looks::kAnswer, kNoon, "printer", {}, "b@x.test"), "") << "another address";
    EXPECT_EQ(admit(tx, "5", Looks::kAnswer, kNoon + std::chrono::hours{25}), "");
  });
}

TEST(MailLimits, MailsOfTheirOwnAreAnsweredThreeTimesADayOnOneTopicAndPersonsAlways) {
  TestDatabase database;
  in(database, [](sql::Tx& tx) {
    for (const auto* id : {"1", "2", "3"}) EXPECT_EQ(admit(tx, id, Looks::kMail, kNoon), "");
    EXPECT_THAT(admit(tx, "4", Looks::kMail, kNoon), HasSubstr("loop limit"));
    EXPECT_EQ(admit(tx, "5", Looks::kPerson, kNoon), "");
    ASSERT_TRUE(store::person_answered(tx, "a@x.test"));
    EXPECT_EQ(admit(tx, "6", Looks::kMail, kNoon), "") << "a person was there in between";
  });
}

TEST(MailLimits, AnAddressAndAnHourGetOnlySoMuch) {
  TestDatabase database;
  in(database, [](sql::Tx& tx) {
    const store::MailLimits few{3, 5};
    for (int i = 0; i < 3; ++i) EXPECT_EQ(admit(tx, std::to_string(i), Looks::kPerson, kNoon, "t", few), "");
    EXPECT_THAT(admit(tx, "3", Looks::kPerson, kNoon, "t", few), HasSubstr("daily limit: 3"));
    for (int i = 0; i < 2; ++i) EXPECT_EQ(admit(tx, "x", Looks::kPerson, kNoon, "t", few, std::to_string(i) + "@y.test"), "");
    EXPECT_THAT(admit(tx, "x", Looks::kPerson, kNoon, "t", few, "2@y.test"), HasSubstr("hourly limit: more than 5"));
    EXPECT_EQ(admit(tx, "y", Looks::kPerson, kNoon + std::chrono::hours{1}, "t", few, "2@y.test"), "");
    EXPECT_EQ(admit(tx, "y", Looks::kPerson, kNoon + std::chrono::hours{25}, "t", few), "") << "a day later";
    for (int i = 0; i < 50; ++i)
      EXPECT_EQ(admit(tx, std::to_string(i), Looks::kAnswer, kNoon, "t", store::MailLimits{0, 0}, "z@y.test"), "")
          << "switched off";
  });
}

TEST(MailLimits, WhatIsPastIsSweptOut) {
  TestDatabase database;
  in(database, [](sql::Tx& tx) {
    for (int i = 0; i < 40; ++i)
      EXPECT_EQ(admit(tx, "m", Looks::kMail, kNoon + std::chrono::hours{i * 7}, "t", {}, std::to_string(i) + "@y.test"), "");
    std::int64_t answers = 0, hours = 0;
    ASSERT_TRUE(
        tx.query("SELECT (SELECT count(*) FROM mail_answers), (SELECT count(*) FROM mail_hours)", {}, [&](const sql::Row& row) {
          answers = row.integer(0);
          hours = row.integer(1);
        }));
    EXPECT_LE(answers, 4);
    EXPECT_LE(hours, 4);
  });
}

// --- B3, MAIL-02: two gateways and a post that takes away whatever could be taken for a mark ---

struct Stripped {
  bool threads = true;   // In-Reply-To, References and Message-ID go too
  bool subject = false;  // and "Re:" and the tags of the subject
};

class Robot {
 public:
  Robot(sql::Tx& tx, const std::string& address, const std::string& greeting) : tx_(tx), greeting_(greeting) {
    settings_.addresses = {address};
    settings_.hostname = address.substr(address.find('@') + 1);
    settings_.secret = "secret of " + address;
  }
  const std::string& address() const { return settings_.addresses[0]; }

  // The answer to a mail, as bytes for the post; empty: silence.
  std::string answer(const std::string& raw, const std::string& from, Timestamp now) {
    email::MailEnvelope envelope;
    envelope.from = from;
    envelope.recipients = {address()};
    auto in = email::to_inbound(std::make_shared<const std::string>(raw), envelope, settings_, now);
    EXPECT_TRUE(in);
    email::Known known;
    known.thread = [&](const connectors::Inbound& m, const std::string& key) -> std::optional<email::KnownThread> {
      if (!sent_.contains(key)) return std::nullopt;
      return email::KnownThread{"c", "k", "1", m.sender_id == from};
    };
    auto decision = email::decide(*in, known);
    if (!in->may_answer || (decision.outcome != email::Outcome::kNew && decision.outcome != email::Outcome::kReply)) return {};
    const auto looks = email::looks_of(*in, decision.outcome == email::Outcome::kReply);
    ++count_;
    auto why = store::admit_mail(tx_, {in->sender_id, std::to_string(count_), email::topic_of(in->subject), looks}, {}, now);
    EXPECT_TRUE(why);
    if (!why->empty()) return {};
    connectors::Outbound out;
    out.id = "0190aaaa-0000-7000-8000-" + std::to_string(100'000'000'000 + count_);
    out.recipient = in->sender_id;
    out.language = "en";
    out.subject = in->subject;
    out.reference = std::to_string(count_);
    // No two of its mails are alike, as in a dialog.
    out.text = greeting_ + " " + std::to_string(count_) + ".\n\n" + std::string(60, static_cast<char>('a' + count_ % 26));
    if (!in->own_keys.empty()) out.in_reply_to = in->own_keys[0].substr(4);
    out.created_at = now;
    auto built = email::build_mail(out, settings_, now);
    EXPECT_TRUE(built);
    sent_.insert("mid:" + built->message_id);
    return built->bytes;
  }

 private:
  sql::Tx& tx_;
  email::EmailSettings settings_;
  std::string greeting_;
  std::set<std::string> sent_;
  std::int64_t count_ = 0;
};

std::string strip(const std::string& mail, const Stripped& what) {
  std::string out;
  bool is_head = true, is_kept = true;
  for (const auto& line : text::split(mail, '\n')) {
    if (is_head && line == "\r") is_head = false;
    if (is_head && !line.starts_with(' ')) {
      const auto name = text::to_lower_ascii(line.substr(0, line.find(':')));
      is_kept = !(name == "auto-submitted" || name == "precedence" || name.starts_with("x-") ||
                  (what.threads && (name == "in-reply-to" || name == "references" || name == "message-id")));
      if (name == "subject" && what.subject) {
        out += "Subject: Printer\r\n";
        is_kept = false;
      }
    }
    if (is_kept || !is_head) out += line + "\n";
  }
  return out;
}

// The most automatic mails on one day, of both together and of one alone.
struct Most {
  int together = 0, alone = 0, days_with_mail = 0;
};
Most simulate(const Stripped& stripped, std::chrono::seconds slowest, int for_days) {
  TestDatabase one, two;
  Most most;
  in(one, [&](sql::Tx& tx_a) {
    in(two, [&](sql::Tx& tx_b) {
      Robot a(tx_a, "support@a.test", "Thank you for your message, number"),
          b(tx_b, "help@b.test", "We have received your request");
      std::mt19937_64 random(7);
      std::map<std::int64_t, std::pair<int, int>> days;
      for (int day = 0; day < for_days; ++day) {
        Timestamp now = kNoon + std::chrono::hours{24 * day};
        std::string mail = "From: help@b.test\r\nTo: support@a.test\r\nSubject: Printer\r\nMessage-ID: <" + std::to_string(day) +
                           "@b.test>\r\n\r\nIt prints blank pages since Monday, whatever I do.\r\n";
        bool is_for_a = true;
        for (int i = 0; i < 100 && !mail.empty(); ++i, is_for_a = !is_for_a) {
          now += std::chrono::seconds{1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(slowest.count()))};
          mail = is_for_a ? a.answer(mail, b.address(), now) : b.answer(mail, a.address(), now);
          if (mail.empty()) break;
          mail = strip(mail, stripped);
          auto& [by_a, by_b] = days[to_millis(now) / 86'400'000];
          ++(is_for_a ? by_a : by_b);
          EXPECT_LT(i, 90) << "they do not stop";
        }
      }
      for (const auto& [day, n] : days) {
        most.together = std::max(most.together, n.first + n.second);
        most.alone = std::max({most.alone, n.first, n.second});
      }
      most.days_with_mail = static_cast<int>(days.size());
    });
  });
  return most;
}

TEST(TwoGateways, FallSilentAfterThreeMailsADayForAThousandDays) {
  const auto all = simulate({true, false}, std::chrono::seconds{3'600}, 1'000);
  EXPECT_LE(all.together, 3) << "every header that could tell is gone";
  EXPECT_GE(all.days_with_mail, 990) << "and every day's first mail is answered";
  const auto threads_stay = simulate({false, false}, std::chrono::seconds{5}, 200);
  EXPECT_LE(threads_stay.together, 3) << "only the marks of robots are gone";
  EXPECT_LE(simulate({true, true}, std::chrono::seconds{60}, 200).alone, 3) << "not even the subject tells";
}

// --- the flow ---

class MailAnswers : public GatewayFixture {
 protected:
  // As the mail channel makes them: anybody can claim to be anybody.
  connectors::Inbound claimed(const std::string& from, const std::string& id, const std::string& subject, const std::string& text,
                              std::vector<std::string> thread = {}, bool is_proven = false) {
    auto m = mail(from, id, subject, text, thread);
    m.trust.is_claimed = true;
    if (is_proven) m.proven_keys = thread;
    return m;
  }
  connectors::Inbound bounce_of(const connectors::Outbound& sent, const std::string& address) {
    auto m = claimed("mailer-daemon@x.test", "<b@x>", "Undelivered", "It could not be delivered.", {"mid:<" + sent.id + "@test>"},
                     true);
    m.kind = connectors::Inbound::Kind::kBounce;
    m.may_answer = false;
    m.facts = {{"bounce_permanent", address},
               {"bounce_status", "5.1.1"},
               {"bounce_diagnostic", "smtp; 550 no such user"},
               {"bounce_of", "<" + sent.id + "@test>"},
               {"bounce_delivery", sent.id}};
    return m;
  }
};

// MAIL-07
TEST_F(MailAnswers, AnUnverifiedSenderGetsNoneOfTheirWordsBack) {
  auto m = claimed("ana@customer.test", "<1@c>", "Buy cheap pills at evil.test",
                   "My wifi keeps dropping. Buy cheap pills at evil.test");
  m.sender_name = "Cheap Pills evil.test";
  ASSERT_TRUE(accept(m));
  until([&] { return mail_.sent().size() == 1; }, "acknowledgement");
  auto ack = mail_.sent().at(0);
  for (const auto& part : {ack.subject, ack.recipient_name, ack.text, ack.html}) EXPECT_THAT(part, Not(HasSubstr("evil.test")));
  EXPECT_THAT(ack.text, HasSubstr("4711"));
  EXPECT_THAT(ack.html, HasSubstr("<strong>4711</strong>"));
  EXPECT_THAT(ack.html, HasSubstr("2 hours"));
  m = claimed("bob@customer.test", "<2@c>", "About my order", "Where is my order 12345?");
  m.trust.is_verified = true;
  ASSERT_TRUE(accept(m));
  until([&] { return mail_.sent().size() == 2; }, "acknowledgement");
  EXPECT_EQ(mail_.sent().at(1).subject, "About my order");
}

TEST_F(MailAnswers, AnAnswerKeptBackIsInTheTranscriptAndInTheLedgerWithItsReason) {
  publisher_->set_mail_limits({1, 0});
  ASSERT_TRUE(accept(claimed("ana@customer.test", "<1@c>", "One", "A question about my order")));
  until([&] { return mail_.sent().size() == 1; }, "acknowledgement");
  ASSERT_TRUE(accept(claimed("ana@customer.test", "<2@c>", "Two", "A question about my bill")));
  until([&] { return tickets_.tickets() == 2 && one("SELECT count(*) FROM cases WHERE told = 'number'") == "2"; },
        "the second ticket");
  settle();
  EXPECT_EQ(mail_.sent().size(), 1u);
  EXPECT_EQ(one("SELECT count(*) FROM outbox WHERE kind = 'message'"), "1");
  EXPECT_THAT(one("SELECT extra FROM messages WHERE author = 'bot' ORDER BY at DESC, seq DESC LIMIT 1"),
              HasSubstr("\"not_sent\":\"daily limit: 1"));
  EXPECT_THAT(one("SELECT reason FROM ledger ORDER BY id DESC LIMIT 1"), HasSubstr("not answered: daily limit: 1"));
}

TEST_F(MailAnswers, ARefusedAttachmentIsNamedOnTheTicket) {
  auto first = claimed("ana@customer.test", "<1@c>", "One", "A question about my order");
  first.facts.emplace_back("refused_attachment", "photo.jpg (application/x-dosexec)");
  ASSERT_TRUE(accept(first));
  until([&] { return mail_.sent().size() == 1; }, "acknowledgement");
  EXPECT_THAT(tickets_.drafts().at(0).body,
              HasSubstr("A question about my order [refused, see the raw mail: photo.jpg (application/x-dosexec)]"));
}

TEST_F(MailAnswers, AMailThatComesBackIsToldOnceOnTheTicketAndNothingMoreIsSent) {
  ASSERT_TRUE(accept(claimed("ana@customer.test", "<1@c>", "Hello", "A question about my order")));
  until([&] { return mail_.sent().size() == 1 && one("SELECT count(*) FROM outbox WHERE state <> 'sent'") == "0"; },
        "acknowledgement");
  const auto ack = mail_.sent().at(0);
  auto made_up = bounce_of(ack, "ana@customer.test");
  made_up.proven_keys.clear();
  ASSERT_TRUE(accept(made_up));
  EXPECT_EQ(one("SELECT count(*) FROM failed_addresses"), "0") << "anybody can write a report";

  auto real = bounce_of(ack, "ana@customer.test");
  real.dedup_key += "real";
  ASSERT_TRUE(accept(real));
  auto again = bounce_of(ack, "ana@customer.test");
  again.dedup_key += "again";
  ASSERT_TRUE(accept(again));
  EXPECT_THAT(one("SELECT reason FROM outbox WHERE id = '" + ack.id + "'"), HasSubstr("came back: 5.1.1"));
  for (int i = 0; i < 2; ++i) {
    auto looked = boost::asio::co_spawn(io_->context(0), conversations_->look_once(), boost::asio::use_future);
    looked.get();
  }
  until([&] { return tickets_.comments().size() == 1; }, "the comment");
  EXPECT_THAT(tickets_.comments()[0].body, HasSubstr("Mail to ana@customer.test does not arrive: 5.1.1 smtp; 550 no such user"));
  EXPECT_EQ(tickets_.comments()[0].author, "Usher");
  in(database_, [](sql::Tx& tx) {
    auto why = store::admit_mail(tx, {"ana@customer.test", "x", "t", Looks::kPerson}, {}, kNoon);
    EXPECT_THAT(*why, HasSubstr("address fails: 5.1.1"));
  });
  // A mail from it says that it works again.
  ASSERT_TRUE(accept(claimed("ana@customer.test", "<9@c>", "Other", "My screen stays black")));
  until([&] { return mail_.sent().size() == 2; }, "the answer to it");
  EXPECT_EQ(one("SELECT count(*) FROM failed_addresses"), "0");
  settle();
  EXPECT_EQ(tickets_.comments().size(), 1u);
}

TEST_F(MailAnswers, OneDomainHasOnlySoManyMailsUnderWayAndTheOthersDoNotWaitForIt) {
  mail_.hold(true);
  for (int i = 0; i < 7; ++i) {
    const std::string n = std::to_string(i);
    ASSERT_TRUE(accept(claimed(n + "@busy.test", "<" + n + "@b>", "Order " + n, "A question about my order " + n)));
  }
  ASSERT_TRUE(accept(claimed("ana@other.test", "<9@o>", "Bill", "A question about my bill")));
  until([&] { return mail_.under_way() == 5; }, "four to the one domain, one to the other");
  EXPECT_EQ(one("SELECT count(*) FROM outbox WHERE state = 'leased' AND domain = 'busy.test'"), "4");
  EXPECT_EQ(one("SELECT count(*) FROM outbox WHERE state = 'leased' AND domain = 'other.test'"), "1");
  until([&] { return one("SELECT count(*) FROM outbox WHERE state = 'pending' AND domain = 'busy.test'") == "3"; },
        "the rest of them waiting");
  mail_.hold(false);
  until([&] { return one("SELECT count(*) FROM outbox WHERE state = 'sent' AND kind = 'message'") == "8"; }, "all of them sent");
  EXPECT_EQ(mail_.sent().size(), 8u);
}

}  // namespace
}  // namespace usher::gateway
