// From conversation to ticket: opens the case and its one create row inside the turn's transaction, passes later messages on as
// comments, and tells the customer the reference: the ticket number when it is there in time, else a provisional reference now
// and the number once later.
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
};

class Escalation {
 public:
  Escalation(EscalationSettings settings, const CurrentContent& content, const Channels& channels, const Publisher& publisher,
             const Clock& clock);

  // Opens the case of `c`: case row, create row, reference key. Returns the case's id. kConflict when it has one already.
  // `said`: what the bot said in this turn; part of the acknowledgement where only one answer goes out.
  Result<CaseId> open(sql::Tx& tx, const store::Conversation& c, const dialogs::State& state, const dialogs::OpenTicket& wish,
                      const std::vector<BotMessage>& said, Staged& staged) const;
  // A comment on the case's ticket: the customer's message `seq` with its attachments.
  Result<void> append(sql::Tx& tx, const store::Conversation& c, const std::string& text, std::int64_t seq, Staged& staged) const;

  // The ticket exists: links the case (once), and tells the customer unless the number was told before.
  Result<void> linked(sql::Tx& tx, const CaseId& id, const connectors::Ticket& ticket, Staged& staged) const;
  // No number yet and the customer waits: tells the provisional reference, once. Nothing happens when something was told before.
  Result<void> tell_provisional(sql::Tx& tx, const CaseId& id, Staged& staged) const;

  // base32(HMAC(secret, conversation ‖ action ‖ n)): the idempotency key and the searchable external_ref of one request. A case
  // is its conversation's only one, and the conversation's id is older than the case's: a turn worked again after a restore gives
  // the same key.
  std::string external_ref(const ConversationId& conversation, const std::string& action, std::int64_t n) const;

 private:
  Result<void> tell(sql::Tx& tx, const store::Case& k, const char* what, const std::string& reference, Staged& staged) const;

  EscalationSettings settings_;
  const CurrentContent& content_;
  const Channels& channels_;
  const Publisher& publisher_;
  const Clock& clock_;
};

// Payloads of create and append rows. The attachments are read from the store when the row is sent: `first`..`last` message.
struct CreatePayload {
  connectors::TicketDraft draft;
  std::int64_t last_seq = 0;
};
struct AppendPayload {
  connectors::TicketComment comment;
  std::int64_t seq = 0;
};
std::string to_json(const CreatePayload& p);
std::string to_json(const AppendPayload& p);
Result<CreatePayload> create_from_json(const std::string& json);
Result<AppendPayload> append_from_json(const std::string& json);

}  // namespace usher::gateway::flow
