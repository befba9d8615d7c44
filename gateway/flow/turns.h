// One turn of the service in its three parts: plan() decides without a transaction, write() stores all of it inside one, done()
// tells the world after the commit. The worker of a conversation uses it, and intake for a message that opens one.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/sql/database.h"
#include "gateway/flow/escalation.h"
#include "gateway/flow/publish.h"
#include "gateway/store/conversations.h"

namespace usher::gateway::flow {

struct PlannedTurn {
  store::Conversation row;          // as it shall be; `version` is the one it was planned on
  store::Waiting waiting;           // the message worked
  bool opens_conversation = false;  // `row` is not stored yet: the message is its first
  TurnResult turn;
  std::optional<Escalation::Opening> opening;

  // Filled by write():
  std::string fate;
  Staged staged;
  std::optional<CaseId> awaits_number;  // a case whose number comes later
};

class Turns {
 public:
  Turns(const CurrentContent& content, const Channels& channels, const Escalation& escalation, const Publisher& publisher,
        const Clock& clock);
  void on_case(std::function<void(CaseId)> hook) { on_case_ = std::move(hook); }  // once, by the wiring

  // `state` belongs to `row`. Any thread; takes as long as the engine and the search do (0.1 ms).
  PlannedTurn plan(store::Conversation row, dialogs::State state, store::Waiting waiting) const;
  // kConflict when the conversation moved on meanwhile. Once per plan. The ledger row is the caller's: its fate and trace are in
  // `planned`.
  Result<void> write(sql::Tx& tx, PlannedTurn& planned) const;
  void done(PlannedTurn& planned) const;  // after the commit; any thread

 private:
  const CurrentContent& content_;
  const Channels& channels_;
  const Escalation& escalation_;
  const Publisher& publisher_;
  const Clock& clock_;
  std::function<void(CaseId)> on_case_;
};

}  // namespace usher::gateway::flow
