// The ledger: one row per wire message that came in, kept with its fate. Functions run inside the caller's transaction.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/sql/database.h"

namespace usher::gateway::store {

struct LedgerRow {
  std::string id, channel, dedup_key, digest;
  Timestamp received_at{};
  std::string kind;             // message | automatic | bounce
  std::string conversation_id;  // empty: belongs to none
  std::int64_t seq = 0;
  std::string fate;  // see schema.cpp
  std::string reason;
  std::string_view raw;       // may be empty; read where it lies
  std::string_view envelope;  // JSON: what a mail does not say of itself (who sent it to whom); may be empty
  std::string trace;          // why the turn did what it did, when it is committed along
};

struct KnownMessage {
  std::string id, digest, conversation_id;
  std::int64_t seq = 0;
};

Result<std::optional<KnownMessage>> find_known(sql::Tx& tx, const std::string& channel, const std::string& dedup_key);
Result<void> insert_ledger(sql::Tx& tx, const LedgerRow& row);
Result<void> settle_ledger(sql::Tx& tx, const std::string& id, const std::string& fate, const std::string& trace_json);
Result<void> note_in_ledger(sql::Tx& tx, const std::string& id, const std::string& what);  // added to its reason
// The same for the mail a conversation's customer wrote last.
Result<void> note_in_ledger_of(sql::Tx& tx, const ConversationId& conversation, const std::string& what);

// Conversations with messages accepted before `before` that no turn has worked: what a restart, or a mail delivered by the
// command line, leaves to do. At most `limit`.
Result<std::vector<ConversationId>> conversations_to_work(sql::Tx& tx, Timestamp before, std::int64_t limit);

struct ChannelPulse {
  std::string channel;
  std::int64_t received = 0;
  std::optional<Timestamp> last_at;
};
Result<std::vector<ChannelPulse>> channel_pulse(sql::Tx& tx, Timestamp since);

}  // namespace usher::gateway::store
