// A ticket system in our own database: case, ticket, number and answer are one transaction.
#include "connectors/tickets/builtin.h"
#include "tests/gateway/gateway_fixture.h"

namespace usher::gateway {
namespace {

// The built-in list, which fails when told to.
class FailingTickets final : public connectors::ColocatedTickets {
 public:
  explicit FailingTickets(connectors::ColocatedTickets& real) : real_(real) {}
  Result<connectors::Ticket> create_in(sql::Tx& tx, const connectors::TicketDraft& draft,
                                       const connectors::Source& source) override {
    if (failures_.fetch_sub(1) > 0) return fail(ErrorCode::kInternal, "told to fail");
    return real_.create_in(tx, draft, source);
  }
  Result<void> append_in(sql::Tx& tx, const std::string& ticket_id, const connectors::TicketComment& comment,
                         const connectors::Source& source) override {
    return real_.append_in(tx, ticket_id, comment, source);
  }
  void fail_next(int n) { failures_ = n; }

 private:
  connectors::ColocatedTickets& real_;
  std::atomic<int> failures_ = 0;
};

class ColocatedTickets : public GatewayFixture {
 protected:
  void SetUp() override {
    colocated_ = &failing_;
    begin();
  }
  connectors::tickets::BuiltinTickets builtin_{{"tickets", ""}, *database_, clock_};
  FailingTickets failing_{builtin_};
};

TEST_F(ColocatedTickets, AMailIsAnsweredAndHasItsTicketWhenItIsAccepted) {
  auto m = mail("ana@customer.test", "<1@c>", "My wifi keeps dropping", "My wifi keeps dropping every few minutes");
  auto content = std::make_shared<const std::string>("a log");
  m.attachments.push_back({"log.txt", "text/plain", content, crypto::sha256_hex(*content), false, ""});
  ASSERT_TRUE(accept(m));
  EXPECT_EQ(one("SELECT state || told || ticket_number FROM cases"), "linkednumberT-1001");
  EXPECT_EQ(one("SELECT fate FROM ledger"), "answered");
  EXPECT_EQ(one("SELECT waiting || '/' || version || '/' || last_seq FROM conversations"), "0/1/2");
  EXPECT_EQ(one("SELECT count(*) FROM outbox WHERE kind <> 'message'"), "0");
  EXPECT_EQ(one("SELECT count(*) FROM attachments a JOIN builtin_tickets t ON t.conversation_id = a.conversation_id "
                "WHERE a.seq <= t.last_seq"),
            "1")
      << "the ticket's files are the conversation's";
  until([&] { return mail_.sent().size() == 1; }, "acknowledgement");
  EXPECT_EQ(mail_.sent().at(0).reference, "T-1001");
  EXPECT_NE(mail_.sent().at(0).text.find("T-1001"), std::string::npos);
  EXPECT_EQ(mail_.sent().at(0).text.find('\x1a'), std::string::npos) << "the mark is gone";
}

TEST_F(ColocatedTickets, TheSameMailAgainMakesNoSecondTicket) {
  auto m = mail("ana@customer.test", "<1@c>", "Hello", "A question about my order");
  auto first = accept(m);
  auto second = accept(m);
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(second->is_duplicate);
  EXPECT_EQ(second->id, first->id);
  EXPECT_EQ(second->case_ref, "T-1001");
  EXPECT_EQ(one("SELECT count(*) FROM builtin_tickets"), "1");
  until([&] { return one("SELECT count(*) FROM outbox WHERE state <> 'sent'") == "0"; }, "all sent");
  EXPECT_EQ(mail_.sent().size(), 1u);
}

TEST_F(ColocatedTickets, AReplyBecomesACommentInItsTurn) {
  ASSERT_TRUE(accept(mail("ana@customer.test", "<1@c>", "Hello", "A question about my order")));
  ASSERT_TRUE(accept(mail("ana@customer.test", "<2@c>", "Re: Hello [#T-1001]", "One more thing", {"ref:T-1001"})));
  settle();
  EXPECT_EQ(one("SELECT body FROM builtin_comments"), "One more thing");
  EXPECT_EQ(one("SELECT seq FROM builtin_comments"), one("SELECT max(seq) FROM messages WHERE author = 'customer'"));
  EXPECT_EQ(one("SELECT count(*) FROM ledger WHERE fate = 'appended'"), "1");
  EXPECT_EQ(one("SELECT count(*) FROM builtin_tickets"), "1");
}

TEST_F(ColocatedTickets, AMailWhoseTurnCannotBeStoredIsTakenAllTheSameAndWorkedLater) {
  failing_.fail_next(2);
  auto accepted = accept(mail("ana@customer.test", "<1@c>", "Hello", "A question about my order"));
  ASSERT_TRUE(accepted) << "nothing is lost for a fault of ours";
  until([&] { return one("SELECT count(*) FROM builtin_tickets") == "1"; }, "the worker tries again");
  settle();
  EXPECT_EQ(one("SELECT fate FROM ledger"), "answered");
  EXPECT_EQ(one("SELECT count(*) FROM cases"), "1");
  EXPECT_EQ(one("SELECT count(*) FROM conversations"), "1");
}

}  // namespace
}  // namespace usher::gateway
