// Mail that names somebody's conversation without right: held, shown, let in, deleted; and the books that must balance.
#include <nlohmann/json.hpp>

#include "base/sql/reader.h"
#include "connectors/email/email_channel.h"
#include "connectors/email/thread.h"
#include "gateway/flow/mailroom.h"
#include "gateway/store/reconcile.h"
#include "tests/gateway/gateway_fixture.h"

namespace usher::gateway {
namespace {

namespace email = connectors::email;

class Quarantine : public GatewayFixture {
 protected:
  Quarantine() {
    settings_.addresses = {"support@test"};
    settings_.secret = "secret";
  }

  Result<connectors::Accepted> deliver(const std::string& from, const std::string& header,
                                       const std::string& body = "Some words.") {
    email::MailEnvelope envelope;
    envelope.from = from;
    envelope.recipients = {"support@test"};
    auto raw =
        std::make_shared<const std::string>("From: " + from + "\r\nTo: support@test\r\n" + header + "\r\n" + body + "\r\n");
    auto inbound = email::to_inbound(raw, envelope, settings_, clock_.now());
    EXPECT_TRUE(inbound);
    return accept(std::move(*inbound));
  }
  // Ana's case, with ticket 4711.
  void open_case() {
    ASSERT_TRUE(deliver("ana@customer.test", "Subject: My printer\r\nMessage-ID: <1@c>\r\n", "A question about my order"));
    until([&] { return mail_.sent().size() == 1 && one("SELECT count(*) FROM outbox WHERE state <> 'sent'") == "0"; }, "ticket");
    settle();
  }
  std::string hold() {
    auto held =
        deliver("mallory@elsewhere.test", "Subject: Re: My printer [#4711]\r\nMessage-ID: <2@e>\r\n", "What is the state?");
    EXPECT_TRUE(held);
    settle();
    return held ? held->id : "";
  }
  Result<connectors::Accepted> release(flow::Intake::Release how) {
    std::promise<Result<connectors::Accepted>> promise;
    auto answer = promise.get_future();
    boost::asio::co_spawn(io_->context(0), flow::release_held(&*database_, intake_.get(), &settings_, std::move(how)),
                          [&](std::exception_ptr e, Result<connectors::Accepted> r) {
                            promise.set_value(e ? fail(ErrorCode::kInternal, "threw") : std::move(r));
                          });
    return answer.get();
  }
  template <class T, class F>
  Result<T> look(F f) {
    std::optional<T> out;
    auto r = database_->read_sync([&](sql::Tx& tx) -> Result<void> {
      auto found = f(tx);
      if (!found) return fail(std::move(found.error()));
      out = std::move(*found);
      return {};
    });
    if (!r) return fail(std::move(r.error()));
    return std::move(*out);
  }
  store::Books books() {
    auto b = look<store::Books>([](sql::Tx& tx) { return store::read_books(tx); });
    EXPECT_TRUE(b) << b.error().message << b.error().detail;
    return b.value_or(store::Books{});
  }
  static std::string listed(const store::Books& b) {
    std::string out;
    for (const auto& d : b.differences) out += d.what + " " + d.id + ": " + d.detail + "\n";
    return out;
  }
  void change(const std::string& sql) {
    auto r = database_->write_sync([&](sql::Tx& tx) { return tx.script(sql); });
    ASSERT_TRUE(r) << r.error().detail;
  }

  email::EmailSettings settings_;
};

// B6
TEST_F(Quarantine, AForgedReplyIsHeldAndItsSenderLearnsNothing) {
  open_case();
  for (const auto& header : {std::string("Subject: Re: My printer [#4711]\r\nMessage-ID: <2@e>\r\n"),
                             std::string("Subject: Re: My printer\r\nReferences: <1@c>\r\nMessage-ID: <3@e>\r\n"),
                             "Subject: " + one("SELECT reference FROM cases") + "\r\nMessage-ID: <4@e>\r\n"}) {
    auto held = deliver("mallory@elsewhere.test", header, "What is the state of my case?");
    ASSERT_TRUE(held);
    EXPECT_FALSE(held->id.empty());
    EXPECT_EQ(held->conversation_id, "");
    EXPECT_EQ(held->case_ref, "");
  }
  settle();
  EXPECT_EQ(one("SELECT count(*) FROM conversations"), "1");
  EXPECT_EQ(one("SELECT count(*) FROM messages WHERE text LIKE '%state of my case%'"), "0");
  EXPECT_EQ(mail_.sent().size(), 1u) << "no answer";
  EXPECT_EQ(tickets_.tickets(), 1u);
  EXPECT_TRUE(tickets_.comments().empty());
  EXPECT_EQ(column("SELECT DISTINCT fate FROM ledger ORDER BY fate"), (std::vector<std::string>{"answered", "quarantined"}));
  EXPECT_EQ(column("SELECT DISTINCT cause FROM quarantine"), std::vector<std::string>{"unknown_sender"});
  EXPECT_EQ(one("SELECT reason FROM ledger ORDER BY id DESC LIMIT 1"),
            "unknown_sender: mallory@elsewhere.test takes no part in case 4711");
}

// B6 and MAIL-11 with what Usher really sent: the reply address leads its customer home, and nobody else anywhere.
TEST_F(Quarantine, AnAnswerToTheReplyAddressIsOnItsCaseAndInOtherHandsItIsHeld) {
  settings_.has_reply_tokens = true;
  open_case();
  auto built = email::build_mail(mail_.sent().front(), settings_, clock_.now());
  ASSERT_TRUE(built);
  const auto address = email::parse_mail(built->bytes).reply_to.at(0).address;
  ASSERT_EQ(address.rfind("support+", 0), 0u);
  auto reply = [&](const std::string& from, const std::string& to, const std::string& id) {
    return deliver(from, "Subject: One more thing\r\nTo: " + to + "\r\nMessage-ID: <" + id + "@c>\r\n", "Words of " + from);
  };
  ASSERT_TRUE(reply("ana@customer.test", address, "2"));
  until([&] { return tickets_.comments().size() == 1; }, "comment on the case");
  auto held = reply("mallory@elsewhere.test", address, "3");
  ASSERT_TRUE(held);
  EXPECT_EQ(held->case_ref, "");
  EXPECT_EQ(column("SELECT cause FROM quarantine"), std::vector<std::string>{"unknown_sender"});
  auto altered = address;
  altered[10] = altered[10] == '0' ? '1' : '0';
  ASSERT_TRUE(reply("ana@customer.test", altered, "4"));
  until([&] { return tickets_.tickets() == 2; }, "a case of its own");
  settings_.is_token_enough = true;
  ASSERT_TRUE(reply("office@elsewhere.test", address, "5"));
  until([&] { return tickets_.comments().size() == 2; }, "comment of somebody the mail was handed to");
  EXPECT_EQ(one("SELECT count(*) FROM conversations"), "2");
  EXPECT_EQ(one("SELECT count(*) FROM quarantine"), "1");
}

TEST_F(Quarantine, TheSameHeldMailAgainIsHeldOnce) {
  open_case();
  const auto id = hold();
  auto again =
      deliver("mallory@elsewhere.test", "Subject: Re: My printer [#4711]\r\nMessage-ID: <2@e>\r\n", "What is the state?");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->is_duplicate);
  EXPECT_EQ(again->id, id);
  EXPECT_EQ(one("SELECT count(*) FROM quarantine"), "1");
}

TEST_F(Quarantine, AMessageIdAloneDropsNothing) {
  open_case();
  ASSERT_TRUE(deliver("ana@customer.test", "Subject: My printer\r\nMessage-ID: <1@c>\r\n", "Another question about my order"));
  ASSERT_TRUE(deliver("bob@customer.test", "Subject: My order\r\nMessage-ID: <1@c>\r\n", "A question about my order"));
  until([&] { return tickets_.tickets() == 3; }, "three tickets");
  EXPECT_EQ(one("SELECT count(*) FROM conversations"), "3");
}

TEST_F(Quarantine, TheCustomersOwnReplyIsNot) {
  open_case();
  ASSERT_TRUE(deliver("Ana@customer.test", "Subject: Re: My printer [#4711]\r\nMessage-ID: <5@c>\r\n", "One more thing"));
  until([&] { return tickets_.comments().size() == 1; }, "comment");
  EXPECT_EQ(one("SELECT count(*) FROM quarantine"), "0");
}

TEST_F(Quarantine, AHeldMailIsListedAndExplained) {
  open_case();
  const auto id = hold();
  auto list =
      look<std::vector<store::StoredMail>>([](sql::Tx& tx) { return store::list_mail(tx, "email", "quarantined", 10, ""); });
  ASSERT_TRUE(list) << list.error().detail;
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ(list->front().id, id);
  EXPECT_EQ(list->front().reference, "4711");
  EXPECT_EQ(list->front().held->cause, "unknown_sender");
  EXPECT_NE(list->front().raw.find("From: mallory"), std::string::npos);
  auto before =
      look<std::vector<store::StoredMail>>([&](sql::Tx& tx) { return store::list_mail(tx, "email", "quarantined", 10, id); });
  EXPECT_TRUE(before->empty());
  EXPECT_EQ(look<std::vector<store::StoredMail>>([](sql::Tx& tx) { return store::list_mail(tx, "email", "", 10, ""); })->size(),
            2u);

  auto shown = look<flow::StoredExplained>([&](sql::Tx& tx) { return flow::explain_stored(tx, id, settings_); });
  ASSERT_TRUE(shown) << shown.error().message;
  EXPECT_EQ(shown->explained.decision.outcome, email::Outcome::kQuarantine);
  EXPECT_EQ(shown->explained.decision.thread->reference, "4711");
  // A stored mail is no duplicate of itself.
  auto first = look<flow::StoredExplained>(
      [&](sql::Tx& tx) { return flow::explain_stored(tx, one("SELECT id FROM ledger ORDER BY id LIMIT 1"), settings_); });
  ASSERT_TRUE(first);
  EXPECT_EQ(first->explained.decision.outcome, email::Outcome::kNew);
  EXPECT_FALSE(look<flow::StoredExplained>([&](sql::Tx& tx) { return flow::explain_stored(tx, "nonsense", settings_); }));
}

TEST_F(Quarantine, ReleasedToTheCaseItIsAMessageOfThatCase) {
  open_case();
  const auto id = hold();
  auto accepted = release({id, true, false, "sam"});
  ASSERT_TRUE(accepted) << accepted.error().message;
  until([&] { return tickets_.comments().size() == 1; }, "comment on the ticket");
  EXPECT_NE(tickets_.comments().front().body.find("mallory@elsewhere.test"), std::string::npos) << "who wrote is said";
  EXPECT_NE(tickets_.comments().front().body.find("What is the state?"), std::string::npos);
  EXPECT_EQ(one("SELECT fate FROM ledger WHERE id = '" + id + "'"), "appended");
  EXPECT_EQ(one("SELECT state || ' ' || settled_by FROM quarantine"), "released sam");
  EXPECT_EQ(one("SELECT who || ' ' || action || ' ' || object FROM audit"), "sam mail_release " + id);
  EXPECT_EQ(tickets_.tickets(), 1u);
  // Once.
  EXPECT_EQ(release({id, true, false, "sam"}).error().code, ErrorCode::kConflict);
  // The next one of the same sender is held again.
  ASSERT_TRUE(deliver("mallory@elsewhere.test", "Subject: [#4711]\r\nMessage-ID: <8@e>\r\n", "And now?"));
  EXPECT_EQ(one("SELECT count(*) FROM quarantine WHERE state = 'held'"), "1");
}

TEST_F(Quarantine, ASenderWhoTakesPartFromNowOnIsNotHeldAgain) {
  open_case();
  ASSERT_TRUE(release({hold(), true, true, "sam"}));
  ASSERT_TRUE(deliver("mallory@elsewhere.test", "Subject: [#4711]\r\nMessage-ID: <8@e>\r\n", "And now?"));
  until([&] { return tickets_.comments().size() == 2; }, "second comment");
  EXPECT_EQ(one("SELECT count(*) FROM quarantine WHERE state = 'held'"), "0");
}

TEST_F(Quarantine, ReleasedAsNewItIsACaseOfItsOwn) {
  open_case();
  const auto id = hold();
  auto accepted = release({id, false, false, "sam"});
  ASSERT_TRUE(accepted) << accepted.error().message;
  until([&] { return tickets_.tickets() == 2; }, "ticket of its own");
  settle();
  EXPECT_TRUE(tickets_.comments().empty());
  EXPECT_EQ(one("SELECT contact_address FROM conversations ORDER BY id DESC LIMIT 1"), "mallory@elsewhere.test");
  EXPECT_EQ(release({"nonsense", false, false, "sam"}).error().code, ErrorCode::kNotFound);
}

TEST_F(Quarantine, DeletedItsContentIsGoneAndThatItCameStays) {
  open_case();
  const auto id = hold();
  auto remove = [&] {
    return database_->write_sync([&](sql::Tx& tx) { return flow::delete_held(tx, id, "sam", "spam", clock_.now()); });
  };
  ASSERT_TRUE(remove());
  EXPECT_EQ(one("SELECT fate FROM ledger WHERE id = '" + id + "'"), "deleted");
  EXPECT_EQ(one("SELECT count(*) FROM ledger_raw WHERE id = '" + id + "'"), "0");
  EXPECT_EQ(one("SELECT action || ' ' || detail FROM audit"), "mail_delete spam");
  EXPECT_EQ(remove().error().code, ErrorCode::kConflict);
  EXPECT_EQ(release({id, false, false, "sam"}).error().code, ErrorCode::kConflict);
}

TEST_F(Quarantine, WhereEverybodyMustBeVerifiedANewMailIsHeldWithoutBeingAnswered) {
  settings_.authserv_id = "mx.test";
  settings_.require_authentication = email::EmailSettings::Require::kAll;
  ASSERT_TRUE(deliver("ana@customer.test", "Subject: hello\r\n"));
  settle();
  EXPECT_EQ(one("SELECT cause FROM quarantine"), "unauthenticated");
  EXPECT_EQ(one("SELECT count(*) FROM conversations"), "0");
  EXPECT_TRUE(mail_.sent().empty());
  auto accepted = release({one("SELECT ledger_id FROM quarantine"), false, false, "sam"});
  ASSERT_TRUE(accepted);
  until([&] { return mail_.sent().size() == 1; }, "the answer after the release");
}

TEST_F(Quarantine, WhatIsNotAllHereIsHeldWhateverItSays) {
  auto m = mail("ana@customer.test", "<1@c>", "Hello", "A question about my order");
  m.hold_cause = "too_large";
  m.hold_evidence = "30 MB";
  ASSERT_TRUE(accept(m));
  settle();
  EXPECT_EQ(one("SELECT cause || ' ' || evidence FROM quarantine"), "too_large 30 MB");
  EXPECT_EQ(one("SELECT count(*) FROM conversations"), "0");
}

TEST_F(Quarantine, TheStoreIsAskedWithoutBeingChanged) {
  open_case();
  const auto file = database_.folder() + "/usher.db";
  std::string verdict, reference;
  auto r = sql::look_into_sqlite(file, [&](sql::Tx& tx) -> Result<void> {
    std::optional<Error> failed;
    auto known = flow::known_in(tx, "", failed);
    auto raw = std::make_shared<const std::string>("From: ana@customer.test\r\nSubject: [#4711]\r\n\r\nx\r\n");
    auto e = email::explain(raw, {"ana@customer.test", true, {"support@test"}, "", "", false}, settings_, known, clock_.now());
    verdict = email::to_string(e.decision.outcome);
    reference = e.decision.thread ? e.decision.thread->reference : "";
    EXPECT_FALSE(tx.exec("DELETE FROM ledger", {})) << "it cannot be written to";
    return failed ? Result<void>(fail(*failed)) : Result<void>{};
  });
  ASSERT_TRUE(r) << r.error().message << r.error().detail;
  EXPECT_EQ(verdict, "reply");
  EXPECT_EQ(reference, "4711");
  EXPECT_EQ(sql::look_into_sqlite(file + ".none", [](sql::Tx&) { return Result<void>{}; }).error().code, ErrorCode::kNotFound);
}

// --- reconcile ---

TEST_F(Quarantine, TheBooksBalance) {
  open_case();
  hold();
  ASSERT_TRUE(deliver("ana@customer.test", "Subject: [#4711]\r\nMessage-ID: <5@c>\r\n", "One more thing"));
  ASSERT_TRUE(deliver("robot@x.test", "Subject: away\r\nAuto-Submitted: auto-replied\r\n"));
  until([&] { return tickets_.comments().size() == 1; }, "comment");
  settle();
  auto b = books();
  EXPECT_EQ(listed(b), "");
  const auto& c = b.channels["email"];
  EXPECT_EQ(c.in, 4);
  EXPECT_EQ(c.fresh, 1);
  EXPECT_EQ(c.threaded, 1);
  EXPECT_EQ(c.suppressed, 1);
  EXPECT_EQ(c.quarantined, 1);
  EXPECT_EQ(b.cases.escalated, 1);
  EXPECT_EQ(b.cases.linked, 1);
}

TEST_F(Quarantine, EveryDifferenceIsNamed) {
  open_case();
  hold();
  const auto first = one("SELECT id FROM ledger ORDER BY id LIMIT 1");
  change("DELETE FROM messages WHERE id = '" + first + "'");
  EXPECT_EQ(listed(books()).substr(0, 13 + first.size()), "text_missing " + first);
  change("UPDATE ledger SET fate = 'lost'");
  const auto b = books();
  EXPECT_NE(listed(b).find("unaccounted " + first), std::string::npos) << listed(b);
  EXPECT_NE(listed(b).find("held_mail_out_of_step"), std::string::npos) << listed(b);
  const auto& c = b.channels.at("email");
  EXPECT_NE(c.in, c.fresh + c.threaded + c.suppressed + c.quarantined);
  change("UPDATE cases SET ticket_system = 'builtin', ticket_id = '77'");
  EXPECT_NE(listed(books()).find("ticket_missing"), std::string::npos);
  change("DELETE FROM cases");
  EXPECT_NE(listed(books()).find("escalated_without_case"), std::string::npos);
}

}  // namespace
}  // namespace usher::gateway
