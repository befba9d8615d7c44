// The outbox runner: leases due rows, carries them out against channels and the ticket system, notes what happened.
//
// Per lane in order, across lanes in parallel up to `concurrency` per target (a slow target holds up only itself) and, for mail,
// `per_domain` per recipient domain; a domain that puts a mail off is left alone until that one is due again. Results are
// committed under the lease's epoch: a result of a lost lease is void. Outcomes (reliability.md §4.3, §4.4):
//   created/sent                        → sent
//   refused for what it says (400, 404, 422)  → dead at once, with the reason
//   wrong credentials (401, 403)        → the target pauses, an alarm is logged, nothing dies
//   unknown outcome                     → looked up by external_ref before anything is created again
//   the same row 5xx twenty times, or five days old → dead; everything else is tried again with full jitter
//
// A row that is the first of its lane and has a place among the calls in flight is stored as leased and handed over after its
// commit (reserve, deliver); the loop finds all others.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <boost/asio/steady_timer.hpp>

#include "base/async/backoff.h"
#include "base/async/io_threads.h"
#include "base/async/task_group.h"
#include "connectors/ticket_system.h"
#include "gateway/flow/deliveries.h"
#include "gateway/flow/escalation.h"

namespace usher::gateway::flow {

struct OutboxSettings {
  std::int64_t concurrency = 8;             // calls in flight per target
  std::int64_t per_domain = 4;              // mails in flight to one recipient domain
  std::chrono::milliseconds lease{90'000};  // longer than any call may take
  std::chrono::milliseconds poll{1000};     // looks for due rows at least this often
  async::BackoffPolicy backoff;
  std::chrono::hours max_age{24 * 5};
  int max_refusals = 20;
  std::chrono::milliseconds pause_on_denied{30'000};
  std::chrono::milliseconds index_lag{0};  // of the ticket system's search: two look-ups this far apart before a re-create
  std::chrono::milliseconds number_wait{
      1500};  // how long a customer waits for the number before the provisional reference is told
};

class OutboxRunner {
 public:
  OutboxRunner(async::Executor executor, async::TaskGroup& tasks, sql::Database& database, const Channels& channels,
               connectors::TicketSystem& tickets, const Escalation& escalation, const Publisher& publisher, const Clock& clock,
               OutboxSettings settings);
  ~OutboxRunner();

  // Takes over leases of a process that is gone and starts. From a non-I/O thread, once.
  Result<void> start();
  void kick();  // any thread: a pending row was committed
  // Any thread: a place for a row that is about to be stored, so that it can be stored as leased by us and delivered after its
  // commit, without a look for it. No place: it has to wait for the loop.
  using Place = Publisher::Place;
  Place reserve(const store::OutboxRow& row);
  void deliver(Handed handed);   // any thread: the row of such a place was committed
  void await_number(CaseId id);  // any thread: a case was opened; tells the provisional reference when it takes too long
  // Starts nothing new; calls in flight finish or their leases are released after `limit`. From a non-I/O thread.
  void drain(std::chrono::milliseconds limit);

  struct TargetHealth {
    bool ok = true;
    std::string message;  // of the last failure
    int in_flight = 0;
  };
  std::map<std::string, TargetHealth> health() const;  // by target; any thread

 private:
  using Paused = std::map<std::string, Timestamp>;  // until when: targets, and "@domain"
  struct Flights;
  struct Finished;
  struct Leased {
    std::vector<Handed> handed;
    bool more_due = false, saw_all = true;
  };
  Result<Leased> lease(sql::Tx& tx, Timestamp now, const Paused& paused);
  boost::asio::awaitable<void> loop();
  boost::asio::awaitable<void> deliver_one(Handed handed);
  std::shared_ptr<Finished> judge(Handed handed, Verdict verdict) const;
  boost::asio::awaitable<void> settle_finished();
  boost::asio::awaitable<void> settle_alone(std::shared_ptr<Finished> finished);
  Result<void> settle(sql::Tx& tx, Finished& finished) const;
  Result<void> note_refusal(sql::Tx& tx, const store::OutboxRow& row, const Error& error) const;
  void settled(Finished& finished) const;
  boost::asio::awaitable<void> tell_late(CaseId id, std::chrono::milliseconds wait);

  async::Executor executor_;
  async::TaskGroup& tasks_;
  sql::Database& database_;
  connectors::TicketSystem& tickets_;
  const Escalation& escalation_;
  const Publisher& publisher_;
  const Clock& clock_;
  OutboxSettings settings_;
  Deliveries deliveries_;

  // On executor_ only:
  boost::asio::steady_timer wake_;
  bool kicked_ = false;
  bool more_due_ = false;  // rows are due that were not leased: behind others of their lane, or of a busy target
  Paused paused_until_;
  std::vector<std::shared_ptr<Finished>> finished_;  // carried out, the result not stored yet
  bool is_settling_ = false;

  store::QueueLook look_;  // on the writer's thread only

  std::atomic<bool> draining_ = false;
  std::shared_ptr<Flights> flights_;
};

}  // namespace usher::gateway::flow
