// What one message becomes when it is accepted: in one transaction its ledger row, its transcript row, keys, attachments and
// conversation, and, when it opens a conversation, its turn and answer along with it. Intake (intake.h) makes one for each
// message.
//
// acceptance.cpp holds what is true for every channel, acceptance_mail.cpp what only mail has: threads as an answer names them,
// mail held and released, addresses that fail.
#pragma once
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "base/sql/database.h"
#include "connectors/channel.h"
#include "connectors/email/decision.h"
#include "gateway/flow/turns.h"
#include "gateway/store/conversations.h"
#include "gateway/store/ledger.h"

namespace usher::gateway::flow {

// A message that waits for its turn. `message` is set when it is the only one that waits in its conversation: then no read is
// needed.
struct Work {
  ConversationId conversation;
  std::optional<store::Waiting> message;
  bool is_silence = false;  // its timer is due; `message` is empty
};

// What staff decided about a held mail.
struct Release {
  std::string ledger_id;
  bool to_case = false;          // to the conversation it names; otherwise it opens one of its own
  bool add_participant = false;  // with to_case: its sender takes part from now on
  std::string who;               // staff
};

class Acceptance {
 public:
  struct Stored {
    connectors::Accepted accepted;
    bool is_conflict = false;
    bool is_worked = false;  // its turn was committed along
    bool is_held = false;
    std::optional<Work> work;
  };

  // `release`: a held mail that staff let in, instead of a new message.
  Acceptance(connectors::Inbound message, Timestamp now, std::optional<Release> release = {});

  // Nothing can be known of it before: it names no earlier message.
  bool opens_conversation() const;
  // Before run(), without the store, for one that opens a conversation: its turn, which run() then commits along with it.
  void plan(const Turns& turns);
  // Back to storing it alone, for the worker to try.
  void forget_plan();
  PlannedTurn* planned() { return planned_ ? &*planned_ : nullptr; }

  // Both inside a transaction; may be run again after one that was rolled back.
  Result<void> run(sql::Tx& tx, Stored& out);
  // A held mail, let in by a person. kConflict: not held any more; kNotFound: unknown, or it names no conversation.
  Result<void> readmit(sql::Tx& tx, Stored& out);

  const std::string& id() const { return id_; }          // of its ledger row
  const std::string& reason() const { return reason_; }  // what the ledger says about its fate

 private:
  using Decision = connectors::email::Decision;
  void note(std::string what) { reason_ += (reason_.empty() ? "" : "; ") + what; }
  int attachments() const { return static_cast<int>(m_.attachments.size()); }

  Result<void> take(sql::Tx& tx, Stored& out);
  Result<void> repeat(sql::Tx& tx, const store::KnownMessage& known, Stored& out);
  Result<Decision> decide(sql::Tx& tx);
  Result<std::string> contact(sql::Tx& tx) const;
  store::Conversation conversation() const;
  Result<void> open(sql::Tx& tx, Stored& out);
  Result<ConversationId> new_conversation(sql::Tx& tx);
  Result<void> store_parts(sql::Tx& tx, const ConversationId& conversation);
  Result<void> store_message(sql::Tx& tx, const ConversationId& conversation, Stored& out);
  Result<void> insert_ledger(sql::Tx& tx, const ConversationId& conversation, std::int64_t seq, const char* fate,
                             std::string trace = {});
  Result<void> add_reference(sql::Tx& tx, const ConversationId& conversation, Stored& out);

  store::ReplyContext reply_context(bool is_reply) const;
  std::string released_extra() const;
  Result<void> hold(sql::Tx& tx, const Decision& decision, Stored& out);
  Result<void> look_again(sql::Tx& tx, const ConversationId& conversation, store::ReplyContext& context) const;
  Result<void> note_addresses(sql::Tx& tx, const ConversationId& conversation) const;

  connectors::Inbound m_;
  Timestamp now_;
  std::string id_, reason_, case_id_;
  std::optional<Release> release_;
  store::Message row_;
  bool is_new_ = false;
  const Turns* turns_ = nullptr;
  std::optional<PlannedTurn> planned_;
};

}  // namespace usher::gateway::flow
