// From conversation to ticket: opens the case, passes later messages on as comments, and tells the customer the reference.
//
// A ticket system in our own database (connectors::ColocatedTickets) gets its ticket in the turn's own transaction; the number is
// told in it. Any other is asked through the outbox, by one create row; the number is told when it is there in time, else a
// provisional reference now and the number once later.
#pragma once
#include <map>
#include <string>

#include "base/clock.h"
#include "base/sql/database.h"
#include "connectors/ticket_system.h"
#include "dialogs/engine.h"
#include "gateway/flow/publish.h"
#include "gateway/store/cases.h"
#include "gateway/store/conversations.h"
#include "gateway/store/outbox.h"

namespace usher::gateway::flow {

struct EscalationSettings {
  std::string ticket_system;  // target of create and append rows
  std::string secret;         // instance secret: key of external_ref
  std::string company;        // signs the acknowledgement
  std::string progress_url;   // "https://…/"; empty: no link
  // Conversations that began before this may have a ticket this database does not know of (a restored backup): looked up first.
  Timestamp started_at{};
  std::map<std::string, std::string> promise_en, promise_zh;  // priority → first response time in words
  connectors::ColocatedTickets* colocated = nullptr;          // null: the ticket system is somewhere else
};

class Escalation {
 public:
  Escalation(EscalationSettings settings, const CurrentContent& content, const Channels& channels, const Publisher& publisher,
             const Clock& clock);

  // What can be prepared before the transaction, which holds up everybody's.
  struct Opening {
    store::Case k;
    connectors::TicketDraft draft;  // without transcript and attachments
    BotMessage told;                // the acknowledgement, with a mark where the number will stand; empty when it comes later
  };
  // `said`: what the bot said in this turn; part of the acknowledgement where only one answer goes out.
  Opening prepare(const store::Conversation& c, const dialogs::State& state, const dialogs::OpenTicket& wish,
                  const std::vector<BotMessage>& said) const;
  // Whether open() tells the number itself, and so takes a sequence number.
  bool numbers_at_once() const { return settings_.colocated != nullptr; }
  // Opens the case of `c`, whose transcript goes up to `last_seq`: case row, and the ticket with its acknowledgement as message
  // `told_seq`, or the create row. kConflict when it has a case already.
  Result<void> open(sql::Tx& tx, const store::Conversation& c, Opening opening, std::int64_t last_seq, std::int64_t told_seq,
                    Staged& staged) const;
  // A comment on the ticket of case `k`: message `seq` with its attachments, by the customer unless `author` says otherwise.
  Result<void> append(sql::Tx& tx, const store::Conversation& c, const store::Case& k, const std::string& text, std::int64_t seq,
                      Staged& staged, const std::string& author = {}) const;

  // The ticket exists: links the case (once), and tells the customer unless the number was told before.
  Result<void> linked(sql::Tx& tx, const CaseId& id, const connectors::Ticket& ticket, Staged& staged) const;
  // No number yet and the customer waits: tells the provisional reference, once. Nothing happens when something was told before.
  Result<void> tell_provisional(sql::Tx& tx, const CaseId& id, Staged& staged) const;

  // base32(HMAC(secret, conversation ‖ action ‖ n)): the idempotency key and the searchable external_ref of one request to a
  // system outside. A case is its conversation's only one, and the conversation's id is older than the case's: a turn worked
  // again after a restore gives the same key.
  std::string external_ref(const ConversationId& conversation, const std::string& action, std::int64_t n) const;

 private:
  enum class News : std::uint8_t { kOpened, kProvisional, kConfirmed };
  BotMessage words(const store::Case& k, News news, const std::string& language, const std::string& number) const;
  Result<void> tell(sql::Tx& tx, const store::Case& k, News news, const std::string& reference, Staged& staged) const;

  EscalationSettings settings_;
  const CurrentContent& content_;
  const Channels& channels_;
  const Publisher& publisher_;
  const Clock& clock_;
};

}  // namespace usher::gateway::flow
