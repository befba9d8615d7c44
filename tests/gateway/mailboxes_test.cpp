// Mailboxes over days, with the clock put forward instead of waited for: servers that are away, refuse, fall silent or number
// their mail anew (catalogue rows SMTP-19, SMTP-20, SMTP-21; issue 5, B4).
#include "gateway/flow/mailboxes.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "tests/gateway/gateway_fixture.h"
#include "tests/support/imap_peer.h"

namespace usher::gateway {
namespace {

namespace email = connectors::email;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

class MailboxDays : public GatewayFixture {
 protected:
  MailboxDays() {
    settings_.addresses = {"support@test"};
    settings_.secret = "secret";
    box_.name = "main";
    box_.tls = email::MailboxSettings::Tls::kNone;
    box_.imap.host = "127.0.0.1";
    box_.imap.user = "support";
    box_.imap.password = "pw";
    box_.imap.port = peer_.port();
    box_.poll_every = milliseconds{2};
  }
  void TearDown() override {
    if (source_) source_->stop(milliseconds{5'000});
    source_.reset();
    client_.reset();
    books_.reset();
    GatewayFixture::TearDown();
  }

  // Waiting takes no time: the clock is put forward. Every pause is noted.
  void watch() {
    books_ = std::make_unique<flow::Mailboxes>(*database_, clock_);
    client_ = net::make_outbound_client(io_->executor(0));
    email::MailboxPace pace;
    pace.pause = [this](milliseconds d) { return pass(d); };
    auto made = email::watch_mailbox(io_->executor(0), box_, settings_, *intake_, *books_, *client_, clock_, std::move(pace));
    ASSERT_TRUE(made);
    source_ = std::move(*made);
    source_->start();
  }
  boost::asio::awaitable<void> pass(milliseconds d) {
    clock_.advance(d);
    const auto slept = slept_.fetch_add(d.count()) + d.count();
    {
      auto guard = peer_.lock();
      pauses_.push_back(d);
      if (is_over_ && is_over_(milliseconds{slept})) {
        health_before_ = source_->health();
        peer_.is_away = false;
        peer_.refusal.clear();
        is_over_ = {};
      }
    }
    co_await boost::asio::post(io_->executor(0), boost::asio::use_awaitable);
  }

  static std::string mail(const std::string& who, const std::string& id, const std::string& subject,
                          const std::string& more = "") {
    return "From: " + who + "@customer.test\r\nTo: support@test\r\nSubject: " + subject +
           "\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n" + (id.empty() ? "" : "Message-ID: <" + id + "@customer.test>\r\n") +
           more + "\r\nA question about my order, " + subject + ".\r\n";
  }
  std::int64_t count(const std::string& sql) { return std::stoll(one("SELECT count(*) FROM " + sql)); }
  bool is_caught_up() const {
    const auto h = source_->health();
    return h.is_ok() && h.counts_agree();
  }

  email::EmailSettings settings_;
  test::ImapPeer peer_;
  email::MailboxSettings box_;
  std::unique_ptr<flow::Mailboxes> books_;
  std::unique_ptr<net::OutboundClient> client_;
  std::unique_ptr<email::MailboxSource> source_;
  std::function<bool(milliseconds)> is_over_;  // under the peer's lock, as the next two
  std::vector<milliseconds> pauses_;
  email::MailboxHealth health_before_;
  std::atomic<std::int64_t> slept_ = 0;
};

// B4: mails of three days, among them answers to one another, are each taken once, in the order of the mailbox.
TEST_F(MailboxDays, AServerThatWasAwayForThreeDaysIsCaughtUpInOrder) {
  constexpr int kPeople = 40, kRounds = 6;
  watch();
  until([&] { return is_caught_up(); }, "looked through while it was empty");
  {
    auto guard = peer_.lock();
    peer_.is_away = true;
    peer_.dials = 0;
    is_over_ = [](milliseconds slept) { return slept >= hours{72}; };
    for (int round = 0; round < kRounds; ++round) {
      for (int person = 0; person < kPeople; ++person) {
        const auto who = "p" + std::to_string(person), id = who + "." + std::to_string(round);
        // Later rounds answer the customer's own first mail, which lies in the same mailbox.
        const auto more = round == 0 ? std::string{} : "In-Reply-To: <" + who + ".0@customer.test>\r\n";
        peer_.mails.push_back({peer_.next_uid++, mail(who, id, (round == 0 ? "Order " : "Re: Order ") + who, more)});
      }
    }
  }
  const auto gone = clock_.now();
  peer_.cut();
  until([&] { return count("mailbox_mails WHERE state = 'filed'") == kPeople * kRounds; }, "all taken and marked");
  settle();

  // Away: tried again and again, never in a hurry, never all at the same beat.
  {
    auto guard = peer_.lock();
    const auto tries = pauses_.size();
    EXPECT_GE(tries, 72u * 60 / 5) << "tried at least every five minutes";
    EXPECT_LE(tries, 4u * 72 * 60 / 5) << "and not much more often";
    EXPECT_LE(peer_.dials, tries + 2);
    EXPECT_LE(*std::max_element(pauses_.begin(), pauses_.end()), minutes{5});
    EXPECT_GE(*std::min_element(pauses_.begin(), pauses_.end()), milliseconds{250});
    EXPECT_GE(*std::min_element(pauses_.begin() + 12, pauses_.end()), milliseconds{75'000}) << "when it is away for long";
    EXPECT_GT(std::set<milliseconds>(pauses_.begin(), pauses_.end()).size(), tries / 2) << "jitter";
  }
  // What staff saw in that time: since when, and why.
  EXPECT_FALSE(health_before_.is_ok());
  EXPECT_NE(health_before_.error.find("closed the connection"), std::string::npos) << health_before_.error;
  ASSERT_TRUE(health_before_.behind_since);
  EXPECT_GE(*health_before_.behind_since, gone - minutes{1});
  EXPECT_LE(*health_before_.behind_since, gone + minutes{5});
  EXPECT_LE(*health_before_.seen_at, gone + minutes{1});

  // Back: all once, in order, marked afterwards; nothing left.
  until([&] { return is_caught_up() && source_->health().books.taken == kPeople * kRounds; }, "looked through and caught up");
  EXPECT_FALSE(source_->health().behind_since);
  {
    auto guard = peer_.lock();
    EXPECT_EQ(peer_.fetches, std::size_t{kPeople} * kRounds) << "each was sent once";
    EXPECT_GT(peer_.most_asked, 4u) << "asked for ahead";
    EXPECT_LE(peer_.most_asked, email::ImapSession::kWindow);
    for (const auto& m : peer_.mails) EXPECT_TRUE(m.is_seen) << m.uid;
  }
  EXPECT_EQ(count("ledger"), kPeople * kRounds);
  EXPECT_EQ(count("conversations"), kPeople);
  EXPECT_EQ(count("messages WHERE author = 'customer'"), kPeople * kRounds);
  std::vector<std::string> ascending;
  for (int uid = 1; uid <= kPeople * kRounds; ++uid) ascending.push_back(std::to_string(uid));
  EXPECT_EQ(column("SELECT m.uid FROM ledger l JOIN mailbox_mails m ON m.ledger_id = l.id ORDER BY l.id"), ascending);
  EXPECT_EQ(count("(SELECT m.uid - lag(m.uid) OVER (PARTITION BY l.conversation_id ORDER BY l.seq) AS step FROM ledger l JOIN "
                  "mailbox_mails m ON m.ledger_id = l.id) WHERE step < 0"),
            0)
      << "a conversation out of order";
}

// SMTP-19: as some servers do that give a mail another UID at each look.
TEST_F(MailboxDays, AMailWithoutMessageIdUnderAnotherUidAtEachLookIsOneCase) {
  {
    auto guard = peer_.lock();
    peer_.mails = {{1, mail("ana", "", "Order 1")}};
    peer_.next_uid = 2;
    peer_.after_store = [](test::ImapPeer& peer) {
      if (peer.next_uid > 5) return;
      peer.mails.front().uid = peer.next_uid++;
      peer.mails.front().is_seen = false;
    };
  }
  watch();
  until([&] { return count("mailbox_mails WHERE state = 'filed'") == 5; }, "five looks");
  settle();
  until([&] { return tickets_.tickets() == 1; }, "a ticket");
  EXPECT_EQ(column("SELECT uid FROM mailbox_mails ORDER BY uid"), (std::vector<std::string>{"1", "2", "3", "4", "5"}));
  EXPECT_EQ(count("ledger"), 1);
  EXPECT_EQ(count("conversations"), 1);
  EXPECT_EQ(count("messages WHERE author = 'customer'"), 1);
  EXPECT_EQ(tickets_.creates(), 1u);
  // The same words another day are another mail.
  auto other = mail("ana", "", "Order 1");
  other.replace(other.find("21 Nov"), 6, "22 Nov");
  peer_.add(other);
  until([&] { return count("ledger") == 2; }, "the other one");
}

TEST_F(MailboxDays, AMailWithoutMessageIdInAFolderNumberedAnewAtEachLookIsOneCase) {
  {
    auto guard = peer_.lock();
    peer_.mails = {{1, mail("ana", "", "Order 1")}};
    peer_.next_uid = 2;
    peer_.after_store = [](test::ImapPeer& peer) {
      if (peer.validity < 11) ++peer.validity;
      peer.mails.front().is_seen = false;
    };
  }
  watch();
  for (std::int64_t looks = 1; looks <= 5; ++looks) {
    until([&] { return count("mailbox_mails WHERE state = 'filed'") >= looks; }, "a look");
    peer_.cut();
  }
  settle();
  EXPECT_EQ(column("SELECT validity FROM mailbox_mails ORDER BY validity"),
            (std::vector<std::string>{"7", "8", "9", "10", "11"}));
  EXPECT_EQ(count("ledger"), 1);
  until([&] { return tickets_.tickets() == 1; }, "a ticket");
  EXPECT_EQ(tickets_.creates(), 1u);
}

// SMTP-20: with the limits as they are shipped a line that went dead is found out within five minutes.
TEST_F(MailboxDays, AServerThatFallsSilentInIdleIsLeftAndNothingIsLost) {
  EXPECT_LE(box_.idle_limit + box_.command_limit, minutes{5});
  box_.idle_limit = box_.command_limit = milliseconds{40};
  {
    auto guard = peer_.lock();
    peer_.capabilities += " IDLE";
    peer_.silences = 3;
  }
  watch();
  until([&] { return peer_.lock() && peer_.dials >= 2; }, "another connection");
  peer_.add(mail("ana", "1", "Order 1"));
  until([&] { return count("mailbox_mails WHERE state = 'filed'") == 1; }, "the mail");
  auto guard = peer_.lock();
  EXPECT_GE(peer_.dials, 2u);
  EXPECT_EQ(peer_.fetches, 1u);
}

// SMTP-21
TEST_F(MailboxDays, ASignInRefusedForADayIsTriedEveryQuarterOfAnHourAndTold) {
  {
    auto guard = peer_.lock();
    peer_.refusal = "[AUTHENTICATIONFAILED] locked";
    is_over_ = [](milliseconds slept) { return slept >= hours{24}; };
  }
  peer_.add(mail("ana", "1", "Order 1"));
  watch();
  until([&] { return count("mailbox_mails WHERE state = 'filed'") == 1; }, "let in again and taken");
  EXPECT_FALSE(health_before_.is_ok());
  EXPECT_NE(health_before_.error.find("refuses the sign-in of 'support'"), std::string::npos) << health_before_.error;
  EXPECT_GE(clock_.now() - *health_before_.behind_since, hours{24});
  auto guard = peer_.lock();
  EXPECT_GE(*std::min_element(pauses_.begin(), pauses_.end()), minutes{15});
  EXPECT_LE(peer_.sign_ins, 24u * 4 + 1);
  EXPECT_GE(peer_.sign_ins, 24u * 4 - 1);
}

// A kill may come between the server's marking, moving or removing of a mail and our note of it.
TEST_F(MailboxDays, AMailThatIsGoneFromTheFolderIsNotWaitedForAnyMore) {
  for (const char* n : {"1", "2", "3"}) peer_.add(mail(std::string("p") + n, n, std::string("Order ") + n));
  watch();
  until([&] { return is_caught_up() && count("mailbox_mails WHERE state = 'filed'") == 3; }, "all taken and marked");
  source_->stop(milliseconds{5'000});
  source_.reset();
  // As after such a kill: the first was removed, the second is marked, the third is not.
  {
    auto guard = peer_.lock();
    peer_.mails.erase(peer_.mails.begin());
    peer_.mails.back().is_seen = false;
    peer_.fetches = 0;
  }
  ASSERT_TRUE(database_->write_sync([](sql::Tx& tx) -> Result<void> {
    auto r = tx.exec("UPDATE mailbox_mails SET state = 'taken'", {});
    if (!r) return fail(std::move(r.error()));
    return {};
  }));
  watch();
  until([&] { return is_caught_up(); }, "the books agree with the server again");
  EXPECT_EQ(count("mailbox_mails WHERE state = 'filed'"), 3);
  auto guard = peer_.lock();
  EXPECT_TRUE(peer_.mails.back().is_seen) << "what was not marked is";
  EXPECT_EQ(peer_.fetches, 0u) << "and none is taken again";
}

// What cannot be stored now is not skipped, and what comes behind it does not overtake it in its conversation.
TEST_F(MailboxDays, MailsOfOneSenderStayInOrderWhateverElseIsUnderWay) {
  {
    auto guard = peer_.lock();
    for (int i = 0; i < 40; ++i) {
      const auto n = std::to_string(i);
      peer_.mails.push_back({peer_.next_uid++, i % 2 == 0 ? mail("ana", n, "Re: Order", "References: <0@customer.test>\r\n")
                                                          : mail("p" + n, n, "Order " + n)});
    }
    peer_.mails.front().raw = mail("ana", "0", "Order");
  }
  watch();
  until([&] { return count("mailbox_mails WHERE state = 'filed'") == 40; }, "all taken");
  settle();
  EXPECT_EQ(count("conversations"), 21);
  std::vector<std::string> expected;
  for (int uid = 1; uid < 40; uid += 2) expected.push_back(std::to_string(uid));
  EXPECT_EQ(column("SELECT m.uid FROM ledger l JOIN mailbox_mails m ON m.ledger_id = l.id JOIN conversations c ON c.id = "
                   "l.conversation_id WHERE c.contact_address = 'ana@customer.test' ORDER BY l.seq"),
            expected);
}

}  // namespace
}  // namespace usher::gateway
