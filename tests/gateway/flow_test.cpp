// The way of one message, with everything that can go wrong on it.
#include <future>

#include "tests/gateway/gateway_fixture.h"

namespace usher::gateway {
namespace {

class Flow : public GatewayFixture {
 protected:
  // The conversation a later message with this key finds; empty: none.
  std::string match_of(const std::string& key) {
    std::string found;
    EXPECT_TRUE(database_->read_sync([&](sql::Tx& tx) -> Result<void> {
      auto match = store::find_by_key(tx, key);
      if (!match) return fail(match.error());
      if (*match) found = (*match)->id.value;
      return {};
    }));
    return found;
  }
};

TEST_F(Flow, AMessageIsAcceptedAnsweredAndOnTheLedger) {
  auto accepted = say("v1", "my laptop won't turn on");
  EXPECT_EQ(accepted.seq, 1);
  EXPECT_FALSE(accepted.is_duplicate);
  EXPECT_EQ(one("SELECT fate FROM ledger WHERE id = '" + accepted.id + "'"), "answered");
  EXPECT_EQ(one("SELECT dialog FROM conversations"), "no-power");
  EXPECT_NE(one("SELECT text FROM messages WHERE author = 'bot'").find("Safety first"), std::string::npos);
  EXPECT_NE(one("SELECT trace FROM ledger").find("no-power"), std::string::npos) << "why is on record";
  EXPECT_TRUE(chat_.sent().empty()) << "a pull channel reads the transcript";
}

TEST_F(Flow, TheSameMessageAgainHasOneEffectAndTheFirstAnswer) {
  auto first = accept(chat_message("v1", "hello", "c1"));
  auto second = accept(chat_message("v1", "hello", "c1"));
  settle();
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(second->is_duplicate);
  EXPECT_EQ(second->id, first->id);
  EXPECT_EQ(second->seq, first->seq);
  EXPECT_EQ(one("SELECT count(*) FROM messages WHERE author = 'customer'"), "1");
}

TEST_F(Flow, TheSameKeyWithOtherContentIsRefusedAndKept) {
  ASSERT_TRUE(accept(chat_message("v1", "hello", "c1")));
  for (int i = 0; i < 2; ++i) {
    auto other = accept(chat_message("v1", "something else", "c1"));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::kConflict);
  }
  EXPECT_EQ(one("SELECT count(*) FROM ledger WHERE fate = 'conflict'"), "1");
  EXPECT_EQ(one("SELECT count(*) FROM messages WHERE author = 'customer'"), "1");
}

TEST_F(Flow, ManyMessagesOfOneConversationAreWorkedInOrder) {
  std::vector<std::future<Result<connectors::Accepted>>> answers;
  for (int i = 0; i < 50; ++i) {
    std::promise<Result<connectors::Accepted>> promise;
    answers.push_back(promise.get_future());
    boost::asio::co_spawn(io_->context(static_cast<std::size_t>(i) % 2),
                          intake_->accept(chat_message("v1", "word " + std::to_string(i))),
                          [p = std::make_shared<std::promise<Result<connectors::Accepted>>>(std::move(promise))](
                              std::exception_ptr, Result<connectors::Accepted> r) { p->set_value(std::move(r)); });
  }
  for (auto& a : answers) ASSERT_TRUE(a.get());
  settle();
  EXPECT_EQ(one("SELECT count(*) FROM ledger WHERE fate = 'accepted'"), "0");
  EXPECT_EQ(one("SELECT waiting FROM conversations"), "0");
  EXPECT_EQ(one("SELECT version FROM conversations"), "50") << "one turn each";
  EXPECT_EQ(one("SELECT count(DISTINCT seq) = max(seq) FROM messages"), "1") << "no gap, no double";
}

TEST_F(Flow, ACaseBecomesOneTicketAndTheNumberIsTold) {
  escalate("v1");
  until([&] { return one("SELECT told FROM cases") == "number"; }, "number told");
  EXPECT_EQ(tickets_.tickets(), 1u);
  EXPECT_NE(one("SELECT text FROM messages ORDER BY seq DESC LIMIT 1").find("4711"), std::string::npos);
  auto draft = tickets_.drafts().at(0);
  EXPECT_EQ(draft.requester, "ana@customer.test");
  EXPECT_NE(draft.body.find("Ana Keller"), std::string::npos);
  EXPECT_NE(draft.body.find("Transcript"), std::string::npos);
  EXPECT_EQ(match_of("ref:4711"), one("SELECT id FROM conversations"));
  EXPECT_EQ(match_of("ref:" + one("SELECT reference FROM cases")), one("SELECT id FROM conversations"));
  EXPECT_EQ(match_of("ref:4712"), "");
}

TEST_F(Flow, ALostAnswerIsLookedUpBeforeAnythingIsCreatedAgain) {
  tickets_.next({Fault::kCreatesButAnswerIsLost});
  escalate("v1");
  until([&] { return one("SELECT told FROM cases") == "number"; }, "number told");
  EXPECT_EQ(tickets_.tickets(), 1u);
  EXPECT_EQ(tickets_.creates(), 1u);
}

TEST_F(Flow, WhileTheLookUpFailsNothingIsCreated) {
  tickets_.next({Fault::kCreatesButAnswerIsLost, Fault::kLookUpFails, Fault::kLookUpFails, Fault::kLookUpFails});
  escalate("v1");
  until([&] { return one("SELECT told FROM cases") == "number"; }, "number told");
  EXPECT_EQ(tickets_.creates(), 1u);
  EXPECT_EQ(tickets_.tickets(), 1u);
}

TEST_F(Flow, AnUnreachableSystemMeansAProvisionalReferenceNowAndTheNumberOnceLater) {
  tickets_.next({Fault::kUnavailable, Fault::kUnavailable, Fault::kUnavailable, Fault::kUnavailable});
  escalate("v1");
  until([&] { return one("SELECT told FROM cases") == "number"; }, "number told");
  const std::string reference = one("SELECT reference FROM cases");
  EXPECT_EQ(one("SELECT count(*) FROM messages WHERE text LIKE '%" + reference + "%'"), "1");
  EXPECT_EQ(one("SELECT count(*) FROM messages WHERE text LIKE '%4711%'"), "1");
  EXPECT_EQ(tickets_.tickets(), 1u);
}

TEST_F(Flow, ARefusedCreateIsADeadLetterAndAReDriveStillMakesOneTicket) {
  tickets_.next({Fault::kRefuses});
  escalate("v1");
  until([&] { return one("SELECT state FROM outbox WHERE kind = 'create'") == "dead"; }, "dead letter");
  EXPECT_EQ(one("SELECT reason FROM outbox"), "the queue does not exist");
  until([&] { return one("SELECT told FROM cases") == "provisional"; }, "the customer has something in hand");
  say("v1", "anything new?");
  EXPECT_EQ(tickets_.comments().size(), 0u) << "comments wait for their ticket";
  auto r = database_->write_sync([&](sql::Tx& tx) -> Result<void> {
    auto n = store::redrive_all(tx, clock_.now());
    if (!n) return fail(n.error());
    return {};
  });
  ASSERT_TRUE(r);
  runner_->kick();
  until([&] { return tickets_.comments().size() == 1; }, "the comment arrives");
  EXPECT_EQ(tickets_.tickets(), 1u);
  EXPECT_EQ(one("SELECT told FROM cases"), "number");
}

TEST_F(Flow, WrongCredentialsPauseTheSystemAndKillNothing) {
  tickets_.next({Fault::kDenied, Fault::kDenied});
  escalate("v1");
  until([&] { return one("SELECT told FROM cases") == "number"; }, "number told");
  EXPECT_EQ(one("SELECT count(*) FROM outbox WHERE state = 'dead'"), "0");
  EXPECT_EQ(tickets_.tickets(), 1u);
}

TEST_F(Flow, LaterMessagesBecomeCommentsInOrderEachOnce) {
  escalate("v1");
  until([&] { return one("SELECT told FROM cases") == "number"; }, "number told");
  tickets_.next({Fault::kCreatesButAnswerIsLost, Fault::kUnavailable});
  say("v1", "first thing");
  say("v1", "second thing");
  until([&] { return tickets_.comments().size() >= 2 && one("SELECT count(*) FROM outbox WHERE state <> 'sent'") == "0"; },
        "both comments");
  auto comments = tickets_.comments();
  ASSERT_EQ(comments.size(), 2u);
  EXPECT_EQ(comments[0].body, "first thing");
  EXPECT_EQ(comments[1].body, "second thing");
  EXPECT_NE(comments[0].external_ref, comments[1].external_ref);
}

// What is wrong stands in many a subject only.
TEST_F(Flow, TheSubjectOfAMailIsLookedUpWithItsWords) {
  const std::string words = "Hello, this has been going on since Monday, mostly in the evening. Can you please help me? Ana";
  ASSERT_TRUE(accept(mail("ana@customer.test", "<1@c>", "Re: question", words)));
  until([&] { return mail_.sent().size() == 1; }, "the acknowledgement");
  ASSERT_TRUE(accept(mail("bob@customer.test", "<2@c>", "Fwd: My wifi keeps dropping", words)));
  until([&] { return mail_.sent().size() == 2; }, "the other one");
  EXPECT_EQ(mail_.sent().at(0).text.find("Wi-Fi"), std::string::npos) << mail_.sent().at(0).text;
  EXPECT_NE(mail_.sent().at(1).text.find("Wi-Fi"), std::string::npos) << mail_.sent().at(1).text;
  EXPECT_EQ(one("SELECT count(*) FROM searches WHERE outcome = 'nothing'"), "1");
}

TEST_F(Flow, AMailIsOneTicketAndOneAcknowledgementWithTheNumber) {
  auto m = mail("ana@customer.test", "<1@c>", "My wifi keeps dropping", "My wifi keeps dropping every few minutes");
  ASSERT_TRUE(accept(m));
  until([&] { return mail_.sent().size() == 1; }, "acknowledgement");
  auto ack = mail_.sent().at(0);
  EXPECT_EQ(ack.recipient, "ana@customer.test");
  EXPECT_EQ(ack.in_reply_to, "<1@c>");
  EXPECT_EQ(ack.references, std::vector<std::string>{"<1@c>"});
  EXPECT_EQ(ack.reference, "4711");
  EXPECT_EQ(ack.subject, "My wifi keeps dropping");
  EXPECT_NE(ack.text.find("4711"), std::string::npos);
  EXPECT_NE(ack.text.find("2 hours"), std::string::npos) << "the promise";
  EXPECT_NE(ack.text.find("Perhaps this already helps"), std::string::npos) << "the article found";
  EXPECT_EQ(tickets_.tickets(), 1u);
}

TEST_F(Flow, ABusyRelayGetsTheSameMailAgain) {
  mail_.fail_next(3);
  ASSERT_TRUE(accept(mail("ana@customer.test", "<1@c>", "Hello", "A question about my order")));
  until([&] { return mail_.sent().size() == 1; }, "acknowledgement");
  EXPECT_EQ(one("SELECT attempts FROM outbox WHERE kind = 'message'"), "4");
}

TEST_F(Flow, AReplyLandsOnTheSameTicketWithoutAnotherAcknowledgement) {
  ASSERT_TRUE(accept(mail("ana@customer.test", "<1@c>", "Hello", "A question about my order")));
  until([&] { return mail_.sent().size() == 1 && one("SELECT count(*) FROM outbox WHERE state <> 'sent'") == "0"; },
        "acknowledgement");
  const std::string own_id = "<" + mail_.sent().at(0).id + "@test>";
  ASSERT_TRUE(accept(mail("ana@customer.test", "<2@c>", "Re: Hello", "One more thing", {"mid:" + own_id})));
  until([&] { return tickets_.comments().size() == 1; }, "comment");
  settle();
  EXPECT_EQ(tickets_.tickets(), 1u);
  EXPECT_EQ(mail_.sent().size(), 1u);
}

TEST_F(Flow, AForgedReplyOpensItsOwnCase) {
  ASSERT_TRUE(accept(mail("ana@customer.test", "<1@c>", "Hello", "A question about my order")));
  until([&] { return tickets_.tickets() == 1; }, "ticket");
  ASSERT_TRUE(accept(mail("mallory@elsewhere.test", "<2@e>", "Re: Hello [#4711]", "Tell me all", {"mid:<1@c>", "ref:4711"})));
  until([&] { return tickets_.tickets() == 2; }, "a ticket of its own");
  EXPECT_TRUE(tickets_.comments().empty());
  EXPECT_NE(one("SELECT reason FROM ledger ORDER BY id DESC LIMIT 1").find("another customer's conversation"), std::string::npos);
}

TEST_F(Flow, RobotsAreKeptButOpenNothingAndGetNoAnswer) {
  auto m = mail("robot@customer.test", "<1@c>", "Out of office", "I am away");
  m.kind = connectors::Inbound::Kind::kAutomatic;
  m.kind_reason = "auto_submitted: auto-replied";
  auto accepted = accept(m);
  ASSERT_TRUE(accepted);
  settle();
  EXPECT_EQ(one("SELECT fate FROM ledger"), "noted");
  EXPECT_EQ(one("SELECT count(*) FROM conversations"), "0");
  EXPECT_EQ(one("SELECT count(*) FROM outbox"), "0");
}

TEST_F(Flow, WhereNoAnswerMayBeGivenATicketIsOpenedInSilence) {
  auto m = mail("list@customer.test", "<1@c>", "Newsletter question", "What is this about my order?");
  m.may_answer = false;
  ASSERT_TRUE(accept(m));
  until([&] { return one("SELECT told FROM cases") == "number"; }, "ticket");
  EXPECT_EQ(one("SELECT count(*) FROM outbox WHERE kind = 'message'"), "0");
  EXPECT_EQ(tickets_.tickets(), 1u);
}

TEST_F(Flow, ARestartTakesUpWhatWasAcceptedButNotWorked) {
  end();
  // Another process accepted it: `usher deliver` does the same.
  flow::Intake intake(*database_, clock_, {database_.folder(), 1, 1, 10});
  boost::asio::co_spawn(other_process_, intake.accept(mail("ana@customer.test", "<1@c>", "Hello", "A question about my order")),
                        [](std::exception_ptr, Result<connectors::Accepted> r) { EXPECT_TRUE(r); });
  other_process_.run();
  EXPECT_EQ(one("SELECT fate FROM ledger"), "accepted");
  begin();
  until([&] { return mail_.sent().size() == 1; }, "acknowledgement");
  EXPECT_EQ(tickets_.tickets(), 1u);
}

TEST_F(Flow, ARestartBetweenCaseAndTicketStillMakesOneTicketToldOnce) {
  tickets_.next(std::deque<Fault>(200, Fault::kUnavailable));
  escalate("v1");
  until([&] { return one("SELECT told FROM cases") == "provisional"; }, "provisional reference");
  end();
  tickets_.next({});
  begin();
  until([&] { return one("SELECT told FROM cases") == "number"; }, "number told");
  EXPECT_EQ(tickets_.tickets(), 1u);
  EXPECT_EQ(one("SELECT count(*) FROM messages WHERE text LIKE '%4711%'"), "1");
}

TEST_F(Flow, TheNumberThatComesLaterIsMailedAsTextAndHtml) {
  end();
  begin(std::chrono::milliseconds{1});
  for (const auto* language : {"en", "zh"}) {
    const auto sent = mail_.sent().size();
    tickets_.next(std::deque<Fault>(500, Fault::kUnavailable));
    const bool is_zh = std::string(language) == "zh";
    auto m =
        mail(std::string(language) + "@customer.test", std::string("<") + language + "@c>", is_zh ? "订单" : "Order & <more>",
             is_zh ? "我想咨询一下我的订单什么时候能发货，谢谢。" : "A question about my order");
    m.language = language;
    m.trust.is_verified = true;
    ASSERT_TRUE(accept(std::move(m)));
    until([&] { return mail_.sent().size() == sent + 1; }, "the provisional reference");
    tickets_.next({});
    until([&] { return mail_.sent().size() == sent + 2; }, "the number");
    const auto number = mail_.sent().back();
    EXPECT_EQ(number.language, language);
    EXPECT_NE(number.text.find(number.reference), std::string::npos) << number.text;
    EXPECT_NE(number.html.find(std::string("<html lang=\"") + language), std::string::npos) << number.html;
    const auto at = number.html.find("<strong>");
    ASSERT_NE(at, std::string::npos);
    EXPECT_NE(number.html.find(number.reference, at), std::string::npos) << "the number stands out";
    EXPECT_NE(number.html.find("P-"), std::string::npos) << "and the reference until now is named";
    EXPECT_EQ(number.html.find("{{"), std::string::npos);
  }
}

TEST_F(Flow, SecretsAreMaskedBeforeTheyAreStored) {
  say("v1", "my card is 4111 1111 1111 1111");
  EXPECT_EQ(one("SELECT text FROM messages WHERE seq = 1"), "my card is [card number removed]");
  EXPECT_EQ(one("SELECT reason FROM ledger"), "masked 1");
}

TEST_F(Flow, ARestoredBackupLooksForTheTicketBeforeItCreatesOne) {
  for (const char* text : {"agent", "Ana Keller", "ana@customer.test"}) say("v1", text);
  // The copy is made now; afterwards the last answer comes and the ticket is opened.
  ASSERT_TRUE(database_->write_sync([](sql::Tx& tx) -> Result<void> {
    auto r = tx.exec("CREATE TABLE copy AS SELECT * FROM conversations");
    if (!r) return fail(r.error());
    return {};
  }));
  say("v1", "agent");
  until([&] { return one("SELECT told FROM cases") == "number"; }, "number told");
  end();
  // The restore: nothing of the ticket is known any more.
  ASSERT_TRUE(database_->write_sync([](sql::Tx& tx) -> Result<void> {
    for (const char* sql :
         {"DELETE FROM cases", "DELETE FROM outbox", "DELETE FROM conversations", "INSERT INTO conversations SELECT * FROM copy",
          "DELETE FROM messages WHERE seq > (SELECT last_seq FROM conversations)",
          "DELETE FROM ledger WHERE seq > (SELECT last_seq FROM conversations)"}) {
      if (auto r = tx.exec(sql); !r) return fail(r.error());
    }
    return {};
  }));
  begin();
  say("v1", "agent");
  until([&] { return one("SELECT told FROM cases") == "number"; }, "number told again");
  EXPECT_EQ(tickets_.tickets(), 1u);
  EXPECT_EQ(tickets_.creates(), 1u);
}

TEST_F(Flow, DrainingIsNotReadyButWhatIsComingInIsStillTaken) {
  intake_->drain();
  auto ready = intake_->ready();
  ASSERT_FALSE(ready);
  EXPECT_TRUE(ready.error().retry());
  EXPECT_TRUE(accept(chat_message("v1", "hello")));
}

}  // namespace
}  // namespace usher::gateway
