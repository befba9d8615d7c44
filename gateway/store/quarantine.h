// Mail as it is kept: what is held for staff, and every stored mail with its fate. Functions run inside the caller's transaction.
//
// A held mail has its ledger row (fate "quarantined") and one row here with the cause. It leaves by being released, as a new
// conversation or to the case it names, or by being deleted: then its content is gone and the ledger row stays, so counts hold.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/sql/database.h"

namespace usher::gateway::store {

struct HeldMail {
  std::string ledger_id;
  std::string cause, evidence;  // connectors/email/decision.h
  ConversationId named;         // the conversation it names; empty: none
  std::string state = "held";   // held | released | deleted
  std::string settled_by;       // who released or deleted it
  Timestamp settled_at{};
};

Result<void> hold_mail(sql::Tx& tx, const HeldMail& mail);
// held -> released | deleted. False when it is not held (any more): somebody was faster.
Result<bool> settle_held(sql::Tx& tx, const std::string& ledger_id, const std::string& state, const std::string& who,
                         Timestamp now);

Result<std::int64_t> count_held(sql::Tx& tx);

struct StoredMail {
  std::string id, channel, kind, fate, reason, envelope;
  ConversationId conversation;
  std::int64_t seq = 0;
  Timestamp received_at{};
  std::string reference;         // of the case it belongs to, or that a held one names; empty: none
  std::optional<HeldMail> held;  // also when it was released or deleted since
  std::string raw;               // of listings: the beginning
};
// With the whole of it.
Result<std::optional<StoredMail>> load_mail(sql::Tx& tx, const std::string& id);
// Newest first. `state`: quarantined | released | deleted, else all mail of `channel`. `before`: a ledger id, or empty.
Result<std::vector<StoredMail>> list_mail(sql::Tx& tx, const std::string& channel, const std::string& state, std::int64_t limit,
                                          const std::string& before);

// A released mail is a message like any other from now on: `conversation` has it as number `seq`, and it waits for its turn.
Result<void> readmit_mail(sql::Tx& tx, const std::string& id, const ConversationId& conversation, std::int64_t seq,
                          const std::string& reason);
// Content away, fate "deleted".
Result<void> erase_mail(sql::Tx& tx, const std::string& id);

// People whom staff let take part in a conversation beside its customer. `address` in lower case.
Result<void> add_participant(sql::Tx& tx, const ConversationId& conversation, const std::string& address, const std::string& who,
                             Timestamp now);
Result<bool> is_participant(sql::Tx& tx, const ConversationId& conversation, const std::string& address);

}  // namespace usher::gateway::store
