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
#include "gateway/store/mail_limits.h"

namespace usher::gateway::flow {

struct PlannedTurn {
  store::Conversation row;          // as it shall be; `version` is the one it was planned on
  store::Waiting waiting;           // the message worked
  bool opens_conversation = false;  // `row` is not stored yet: the message is its first
  TurnResult turn;
  std::optional<Escalation::Opening> opening;
  std::int64_t due_before = 0, due = 0;  // the conversation's timer (store/timers.h), as it is and as it shall be

  bool is_silence() const { return waiting.ledger_id.empty(); }  // no message: time has passed

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

  // `state` belongs to `row`, `due` is its timer. Any thread; takes as long as the engine and the search do (0.1 ms). While
  // `turn.look_up` is set the plan is unfinished: ask, then go_on().
  PlannedTurn plan(store::Conversation row, dialogs::State state, store::Waiting waiting, std::int64_t due = 0) const;
  // Nobody wrote, and the time of the conversation's timer has come.
  PlannedTurn plan_silence(store::Conversation row, dialogs::State state, std::int64_t due) const;
  void go_on(PlannedTurn& planned, dialogs::LookedUp answer) const;
  // Versions of scripts the conversation stands on that the content does not hold.
  std::vector<std::string> missing_versions(const dialogs::State& state) const;
  // kConflict when the conversation moved on meanwhile. Once per plan. The ledger row is the caller's: its fate and trace are in
  // `planned`.
  Result<void> write(sql::Tx& tx, PlannedTurn& planned) const;
  void done(PlannedTurn& planned) const;  // after the commit; any thread
  // Staff are told once, in the transcript and on the ticket, that mail to an address does not arrive.
  Result<void> report(sql::Tx& tx, const store::FailedAddress& failure, Staged& staged) const;
  void publish(Staged& staged) const { publisher_.publish(staged); }

 private:
  void finish(PlannedTurn& planned) const;
  Result<void> write_turn(sql::Tx& tx, PlannedTurn& planned) const;
  BotMessage status_of(const store::Conversation& row, const std::optional<store::Case>& known) const;

  const CurrentContent& content_;
  const Channels& channels_;
  const Escalation& escalation_;
  const Publisher& publisher_;
  const Clock& clock_;
  std::function<void(CaseId)> on_case_;
};

}  // namespace usher::gateway::flow
