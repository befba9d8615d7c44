// The outbox: everything a ticket system is asked for and every message pushed to a customer is a row here first.
// A row is leased with a rising epoch; the epoch is a fencing number: a result counts only from the holder of the newest lease.
#pragma once
#include <chrono>
#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/sql/database.h"

namespace usher::gateway::store {

struct OutboxRow {
  std::string id;      // UUIDv7: rows of one lane go out in order of id
  std::string kind;    // create | append | message
  std::string target;  // name of the ticket system or channel
  std::string lane;    // case id or conversation id
  ConversationId conversation;
  std::string case_id;            // empty for messages outside a case
  std::string domain;             // of the recipient of a mail; empty for everything else
  std::string payload;            // JSON
  std::string state = "pending";  // pending | leased | unknown | sent | dead
  std::int64_t epoch = 0;
  std::int64_t attempts = 0;
  std::int64_t refusals = 0;  // answers that blamed this payload (5xx): 20 of them make a dead letter
  bool doubt = false;         // an earlier attempt may have taken effect: look up before doing it again
  Timestamp next_at{}, created_at{};
  std::string reason, last_response, remote_id;
};

// Pending, or already leased (state "leased", epoch and attempts 1, next_at the end of the lease) by who will deliver it right
// after the commit. kConflict: a second create for one case.
Result<void> insert_outbox(sql::Tx& tx, const OutboxRow& row);

// Rows wait in queues, one for each target and, of mail, each domain of recipients: a queue that is full costs the others
// nothing, however long it is.
struct QueueName {
  std::string target, domain;
  auto operator<=>(const QueueName&) const = default;
};
// How many more deliveries may be under way.
struct QueueRoom {
  std::int64_t in_target = 0, in_domain = 0;
};
struct LeasedRows {
  std::vector<OutboxRow> rows;
  bool more_due = false;  // rows are due that were not leased: behind others of their lane, or without room
  bool saw_all = true;    // else there are too many queues for one call: the next one goes on behind them
};
// Once around all queues, beginning behind the one served last: none waits behind others for ever.
struct QueueLook {
  QueueName first, at, served;
  bool is_second_half = false;  // from the beginning up to `first`
};
// Leases rows that are due and first in their lane, of each queue as many as `room` says, the longest due first. Expired leases
// are taken over, in doubt.
Result<LeasedRows> lease_due(sql::Tx& tx, Timestamp now, std::chrono::milliseconds lease, QueueLook& look,
                             const std::function<QueueRoom(const QueueName&)>& room);
// Every function below returns false when the lease was lost (another epoch): the caller's result is void.
Result<bool> mark_sent(sql::Tx& tx, const OutboxRow& row, const std::string& remote_id, Timestamp now);
Result<bool> mark_retry(sql::Tx& tx, const OutboxRow& row, bool outcome_unknown, bool counts_as_refusal, Timestamp next_at,
                        const std::string& reason, const std::string& last_response);
Result<bool> mark_dead(sql::Tx& tx, const OutboxRow& row, const std::string& reason, const std::string& last_response,
                       Timestamp now);
// At start: leases of a process that is gone become "unknown" and due; pending creates and appends are doubted (a restored
// backup).
Result<std::int64_t> take_over_leases(sql::Tx& tx, Timestamp now);

Result<std::optional<OutboxRow>> load_outbox(sql::Tx& tx, const std::string& id);
// dead -> unknown (so that a create is looked up first), due now. False when it is not dead: re-driving twice is harmless.
Result<bool> redrive(sql::Tx& tx, const std::string& id, Timestamp now);
Result<std::int64_t> redrive_all(sql::Tx& tx, Timestamp now);
Result<std::vector<OutboxRow>> list_outbox(sql::Tx& tx, const std::string& state, std::int64_t limit, const std::string& before);

struct OutboxSummary {
  std::int64_t waiting = 0, dead = 0;
  std::optional<Timestamp> oldest_waiting, next_due;
};
Result<OutboxSummary> outbox_summary(sql::Tx& tx);

}  // namespace usher::gateway::store
