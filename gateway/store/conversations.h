// Conversations, their transcript, the keys that lead to them, and their attachments. Functions run inside the caller's
// transaction.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/sql/database.h"
#include "connectors/message.h"

namespace usher::gateway::store {

// What an answer by mail needs to land on the customer's thread.
struct ReplyContext {
  std::string recipient;                // which of our addresses was written to
  std::string message_id;               // of the newest message, with <>
  std::vector<std::string> references;  // oldest first, with <>
  int looks = 3;                        // connectors::email::Looks of the newest message, for the limits of automatic mail
  bool is_verified = true;              // its sender was: only then do words of theirs go back to them
  std::string to_json() const;
  static ReplyContext from_json(const std::string& json);
};

struct Conversation {
  ConversationId id;
  std::string channel;
  std::string contact_id, contact_address, contact_name;
  std::string language;
  std::string status = "open";  // open | resolved | escalated
  std::string dialog;           // running script, for listings
  std::string state;            // dialogs::State as JSON; empty = not begun
  std::int64_t version = 0;
  std::int64_t last_seq = 0;
  bool may_answer = true;
  std::string subject;
  ReplyContext reply;
  std::string case_id;  // empty: none
  Timestamp created_at{}, updated_at{};
};

struct Message {
  std::int64_t seq = 0;
  std::string id;
  std::string author;  // customer | bot | staff | robot
  std::string text, html;
  std::string extra;  // JSON object or empty
  Timestamp at{};
};

// A message that waits to be worked, joined from ledger and transcript.
struct Waiting {
  std::string ledger_id, kind;
  Message message;
  int attachments = 0;
};

struct KeyMatch {
  ConversationId id;
  std::string contact_address, case_id;
};
// "session:…" and "mid:…" as added by add_key; "ref:…" is a case's reference or ticket number.
Result<std::optional<KeyMatch>> find_by_key(sql::Tx& tx, const std::string& key);
Result<void> add_key(sql::Tx& tx, const std::string& key, const ConversationId& id);
Result<std::string> upsert_contact(sql::Tx& tx, const std::string& channel, const std::string& address, const std::string& name,
                                   const std::string& new_id, Timestamp now);

Result<void> insert_conversation(sql::Tx& tx, const Conversation& c);  // as it stands; nothing waits in it
Result<std::optional<Conversation>> load_conversation(sql::Tx& tx, const ConversationId& id);
struct NextSeq {
  std::int64_t seq = 0;
  std::int64_t waiting = 0;  // unworked messages of this conversation, this one counted
};
// The next sequence number for a customer's message; `to_work` counts it as waiting for a turn.
Result<NextSeq> next_seq(sql::Tx& tx, const ConversationId& id, bool to_work, Timestamp now);
Result<void> set_reply_context(sql::Tx& tx, const ConversationId& id, const ReplyContext& reply, const std::string& subject);
// Commits a turn over one waiting message: state, status, case and `messages` new sequence numbers. kConflict when the version
// moved meanwhile. Gives the first of the new sequence numbers, and whom an answer goes to now: intake writes the reply context
// of a newer message while a turn waits.
struct TurnPlace {
  std::int64_t first_seq = 0;
  std::string subject, reply_context;
};
Result<TurnPlace> commit_turn(sql::Tx& tx, const Conversation& c, std::int64_t expected_version, std::int64_t messages,
                              std::int64_t worked);
// `count` new sequence numbers outside a turn (a ticket's number became known). Returns the first.
Result<std::int64_t> reserve_seq(sql::Tx& tx, const ConversationId& id, std::int64_t count, Timestamp now);

Result<void> insert_message(sql::Tx& tx, const ConversationId& id, const Message& m);
Result<std::vector<Message>> messages_since(sql::Tx& tx, const ConversationId& id, std::int64_t seq, std::int64_t limit = 1000);
Result<std::vector<Waiting>> waiting_messages(sql::Tx& tx, const ConversationId& id);

Result<void> insert_attachment(sql::Tx& tx, const std::string& attachment_id, const ConversationId& id, std::int64_t seq,
                               const connectors::Attachment& a);
// Those of messages with first <= seq <= last.
Result<std::vector<connectors::Attachment>> load_attachments(sql::Tx& tx, const ConversationId& id, std::int64_t first,
                                                             std::int64_t last);

struct ConversationListing {
  Conversation conversation;
  std::string last_text, reference;
  Timestamp last_at{};
};
// Newest first; `before` is a conversation id or empty.
Result<std::vector<ConversationListing>> list_conversations(sql::Tx& tx, std::int64_t limit, const std::string& before);
struct TraceRow {
  std::int64_t seq;
  std::string trace;
};
Result<std::vector<TraceRow>> traces_of(sql::Tx& tx, const ConversationId& id);

}  // namespace usher::gateway::store
