#include "gateway/store/outbox.h"

#include <algorithm>
#include <map>
#include <utility>

namespace usher::gateway::store {
namespace {

constexpr std::string_view kColumns =
    "id, kind, target, lane, conversation_id, case_id, (SELECT p.payload FROM outbox_payloads p WHERE p.id = outbox.id), state, "
    "epoch, "
    "attempts, refusals, next_at, created_at, reason, last_response, remote_id, doubt, domain";

OutboxRow read_row(const sql::Row& row) {
  OutboxRow o;
  o.id = row.text(0);
  o.kind = row.text(1);
  o.target = row.text(2);
  o.lane = row.text(3);
  o.conversation = {row.text(4)};
  o.case_id = row.text(5);
  o.payload = row.text(6);
  o.state = row.text(7);
  o.epoch = row.integer(8);
  o.attempts = row.integer(9);
  o.refusals = row.integer(10);
  o.next_at = from_millis(row.integer(11));
  o.created_at = from_millis(row.integer(12));
  o.reason = row.text(13);
  o.last_response = row.text(14);
  o.remote_id = row.text(15);
  o.doubt = row.integer(16) != 0;
  o.domain = row.text(17);
  return o;
}

constexpr int kQueuesPerLook = 200;                           // some microseconds each
constexpr std::string_view kLastDomain = "\xf4\x8f\xbf\xbf";  // U+10FFFF: behind all of them

struct NextQueue {
  QueueName name;
  Timestamp next_at;  // of its first row
};
// The first queue behind `name` that has a row waiting. Two statements: for (target, domain) > ($1, $2) SQLite walks through all
// rows of the queue named.
Result<std::optional<NextQueue>> next_queue(sql::Tx& tx, const QueueName& name) {
  std::optional<NextQueue> out;
  const auto take = [&](const sql::Row& row) { out = NextQueue{{row.text(0), row.text(1)}, from_millis(row.integer(2))}; };
  auto r = tx.query(
      "SELECT target, domain, next_at FROM outbox WHERE state IN ('pending', 'unknown', 'leased') AND target = $1 AND domain > "
      "$2 "
      "ORDER BY domain, next_at LIMIT 1",
      {name.target, name.domain}, take);
  if (r && !out) {
    r = tx.query(
        "SELECT target, domain, next_at FROM outbox WHERE state IN ('pending', 'unknown', 'leased') AND target > $1 "
        "ORDER BY target, domain, next_at LIMIT 1",
        {name.target}, take);
  }
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<bool> is_due(sql::Tx& tx, const QueueName& name, Timestamp now) {
  bool any = false;
  auto r = tx.query(
      "SELECT 1 FROM outbox WHERE state IN ('pending', 'unknown', 'leased') AND target = $1 AND domain = $2 AND next_at <= $3 "
      "LIMIT 1",
      {name.target, name.domain, to_millis(now)}, [&](const sql::Row&) { any = true; });
  if (!r) return fail(std::move(r.error()));
  return any;
}

// How many.
Result<std::int64_t> lease_queue(sql::Tx& tx, const QueueName& name, Timestamp now, Timestamp until, std::int64_t most,
                                 std::vector<OutboxRow>& out) {
  static const std::string sql =
      "UPDATE outbox SET doubt = CASE WHEN state = 'pending' THEN doubt ELSE 1 END, state = 'leased', "
      "epoch = epoch + 1, lease_until = $4, next_at = $4, attempts = attempts + 1 "
      "WHERE id IN (SELECT o.id FROM outbox o WHERE o.state IN ('pending', 'unknown', 'leased') AND o.target = $1 "
      "AND o.domain = $2 AND o.next_at <= $3 "
      "AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.lane = o.lane AND e.id < o.id "
      "AND e.state IN ('pending', 'unknown', 'leased', 'dead') AND NOT (e.state = 'dead' AND e.kind = 'message')) "
      "ORDER BY o.next_at, o.id LIMIT $5) RETURNING " +
      std::string(kColumns);
  return tx.query(sql, {name.target, name.domain, to_millis(now), to_millis(until), most},
                  [&](const sql::Row& row) { out.push_back(read_row(row)); });
}

Result<bool> changed(Result<std::int64_t> r) {
  if (!r) return fail(std::move(r.error()));
  return *r > 0;
}

}  // namespace

Result<void> insert_outbox(sql::Tx& tx, const OutboxRow& row) {
  auto r = tx.exec(
      "INSERT INTO outbox (id, kind, target, lane, conversation_id, case_id, state, epoch, lease_until, attempts, refusals, "
      "doubt, next_at, created_at, domain) VALUES ($1, $2, $3, $4, $5, $6, $10, $11, $12, $13, 0, $9, $7, $8, $14)",
      {row.id, row.kind, row.target, row.lane, row.conversation.value,
       row.case_id.empty() ? sql::Value{nullptr} : sql::Value{row.case_id}, to_millis(row.next_at), to_millis(row.created_at),
       std::int64_t{row.doubt}, row.state, row.epoch, row.state == "leased" ? to_millis(row.next_at) : 0, row.attempts,
       row.domain});
  if (r) r = tx.exec("INSERT INTO outbox_payloads (id, payload) VALUES ($1, $2)", {row.id, row.payload});
  if (!r) return fail(std::move(r.error()));
  return {};
}

Result<LeasedRows> lease_due(sql::Tx& tx, Timestamp now, std::chrono::milliseconds lease, QueueLook& look,
                             const std::function<QueueRoom(const QueueName&)>& room) {
  LeasedRows out;
  std::map<std::string, std::int64_t> taken;  // by target
  for (int looked = 0; looked < kQueuesPerLook; ++looked) {
    auto next = next_queue(tx, look.at);
    if (!next) return fail(std::move(next.error()));
    const bool is_end = !*next || (look.is_second_half && (*next)->name > look.first);
    if (is_end && (look.is_second_half || look.first == QueueName{})) {
      look = {look.served, look.served, look.served};
      return out;
    }
    if (is_end) {
      look.at = {};
      look.is_second_half = true;
      continue;
    }
    look.at = std::move((*next)->name);
    if ((*next)->next_at > now) continue;
    const QueueRoom free = room(look.at);
    const std::int64_t in_target = free.in_target - taken[look.at.target], most = std::min(in_target, free.in_domain);
    if (most > 0) {
      auto rows = lease_queue(tx, look.at, now, now + lease, most, out.rows);
      if (!rows) return fail(std::move(rows.error()));
      taken[look.at.target] += *rows;
      look.served = look.at;
    }
    auto more = most > 0 ? is_due(tx, look.at, now) : Result<bool>(true);
    if (!more) return fail(std::move(more.error()));
    out.more_due = out.more_due || *more;
    if (in_target <= 0) look.at.domain = kLastDomain;
  }
  out.saw_all = false;
  return out;
}

Result<bool> mark_sent(sql::Tx& tx, const OutboxRow& row, const std::string& remote_id, Timestamp now) {
  return changed(
      tx.exec("UPDATE outbox SET state = 'sent', remote_id = $3, done_at = $4, reason = NULL WHERE id = $1 AND epoch = $2 AND "
              "state = 'leased'",
              {row.id, row.epoch, remote_id, to_millis(now)}));
}

Result<bool> mark_retry(sql::Tx& tx, const OutboxRow& row, bool outcome_unknown, bool counts_as_refusal, Timestamp next_at,
                        const std::string& reason, const std::string& last_response) {
  return changed(
      tx.exec("UPDATE outbox SET state = $3, doubt = CASE WHEN $3 = 'unknown' THEN 1 ELSE doubt END, refusals = refusals + $4, "
              "next_at = $5, "
              "lease_until = 0, reason = $6, last_response = $7 "
              "WHERE id = $1 AND epoch = $2 AND state = 'leased'",
              {row.id, row.epoch, std::string(outcome_unknown ? "unknown" : "pending"), std::int64_t{counts_as_refusal},
               to_millis(next_at), reason, last_response}));
}

Result<bool> mark_dead(sql::Tx& tx, const OutboxRow& row, const std::string& reason, const std::string& last_response,
                       Timestamp now) {
  return changed(
      tx.exec("UPDATE outbox SET state = 'dead', reason = $3, last_response = $4, done_at = $5 WHERE id = $1 AND epoch = $2 AND "
              "state = 'leased'",
              {row.id, row.epoch, reason, last_response, to_millis(now)}));
}

Result<std::int64_t> take_over_leases(sql::Tx& tx, Timestamp now) {
  // A database restored from a backup does not know what happened after the copy: what waits to be created is looked up first.
  auto doubted = tx.exec("UPDATE outbox SET doubt = 1 WHERE state = 'pending' AND kind <> 'message'");
  if (!doubted) return doubted;
  return tx.exec("UPDATE outbox SET state = 'unknown', next_at = $1 WHERE state = 'leased'", {to_millis(now)});
}

Result<std::optional<OutboxRow>> load_outbox(sql::Tx& tx, const std::string& id) {
  std::optional<OutboxRow> out;
  static const std::string sql = "SELECT " + std::string(kColumns) + " FROM outbox WHERE id = $1";
  auto r = tx.query(sql, {id}, [&](const sql::Row& row) { out = read_row(row); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<bool> redrive(sql::Tx& tx, const std::string& id, Timestamp now) {
  return changed(
      tx.exec("UPDATE outbox SET state = 'unknown', refusals = 0, next_at = $2, done_at = NULL WHERE id = $1 AND state = 'dead'",
              {id, to_millis(now)}));
}

Result<std::int64_t> redrive_all(sql::Tx& tx, Timestamp now) {
  return tx.exec("UPDATE outbox SET state = 'unknown', refusals = 0, next_at = $1, done_at = NULL WHERE state = 'dead'",
                 {to_millis(now)});
}

Result<std::vector<OutboxRow>> list_outbox(sql::Tx& tx, const std::string& state, std::int64_t limit, const std::string& before) {
  std::vector<OutboxRow> out;
  static const std::string sql = "SELECT " + std::string(kColumns) +
                                 " FROM outbox WHERE ($1 = '' OR state = $1) AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $2";
  auto r = tx.query(sql, {state, limit, before}, [&](const sql::Row& row) { out.push_back(read_row(row)); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<OutboxSummary> outbox_summary(sql::Tx& tx) {
  OutboxSummary s;
  auto r = tx.query("SELECT count(*), min(created_at), min(next_at) FROM outbox WHERE state IN ('pending', 'unknown', 'leased')",
                    {}, [&](const sql::Row& row) {
                      s.waiting = row.integer(0);
                      if (auto t = row.maybe_integer(1)) s.oldest_waiting = from_millis(*t);
                      if (auto t = row.maybe_integer(2)) s.next_due = from_millis(*t);
                    });
  if (!r) return fail(std::move(r.error()));
  r = tx.query("SELECT count(*) FROM outbox WHERE state = 'dead'", {}, [&](const sql::Row& row) { s.dead = row.integer(0); });
  if (!r) return fail(std::move(r.error()));
  return s;
}

}  // namespace usher::gateway::store
