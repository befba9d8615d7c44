#include "gateway/store/timers.h"

namespace usher::gateway::store {
namespace {

constexpr std::chrono::seconds kLong{600};
constexpr std::int64_t kStep = 300'000;

}  // namespace

Result<void> set_timer(sql::Tx& tx, const ConversationId& id, std::int64_t due) {
  auto r = due == 0 ? tx.exec("DELETE FROM timers WHERE conversation_id = $1", {id.value})
                    : tx.exec(
                          "INSERT INTO timers (conversation_id, due_at) VALUES ($1, $2) "
                          "ON CONFLICT (conversation_id) DO UPDATE SET due_at = excluded.due_at",
                          {id.value, due});
  if (!r) return fail(std::move(r.error()));
  return {};
}

Result<std::int64_t> timer_of(sql::Tx& tx, const ConversationId& id) {
  std::int64_t due = 0;
  auto r = tx.query("SELECT due_at FROM timers WHERE conversation_id = $1", {id.value},
                    [&](const sql::Row& row) { due = row.integer(0); });
  if (!r) return fail(std::move(r.error()));
  return due;
}

Result<std::vector<ConversationId>> due_timers(sql::Tx& tx, Timestamp now, std::int64_t limit) {
  std::vector<ConversationId> out;
  auto r = tx.query("SELECT conversation_id FROM timers WHERE due_at <= $1 ORDER BY due_at LIMIT $2", {to_millis(now), limit},
                    [&](const sql::Row& row) { out.push_back({row.text(0)}); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

std::int64_t due_at(Timestamp now, std::chrono::seconds after) {
  if (after.count() <= 0) return 0;
  const std::int64_t due = to_millis(now) + after.count() * 1000;
  return after < kLong ? due : (due + kStep - 1) / kStep * kStep;
}

}  // namespace usher::gateway::store
