#include "gateway/store/ledger.h"

#include "gateway/store/rows.h"

namespace usher::gateway::store {
Result<std::optional<KnownMessage>> find_known(sql::Tx& tx, const std::string& channel, const std::string& dedup_key) {
  std::optional<KnownMessage> known;
  auto r = tx.query("SELECT id, digest, conversation_id, seq FROM ledger WHERE dedup_key = $1 AND channel = $2",
                    {dedup_key, channel}, [&](const sql::Row& row) {
                      known = KnownMessage{row.text(0), row.text(1), row.text(2), row.maybe_integer(3).value_or(0)};
                    });
  if (!r) return fail(std::move(r.error()));
  return known;
}

Result<void> insert_ledger(sql::Tx& tx, const LedgerRow& row) {
  auto r = tx.exec(
      "INSERT INTO ledger (id, channel, dedup_key, digest, received_at, kind, conversation_id, seq, fate, reason, trace, "
      "envelope) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
      {row.id, row.channel, row.dedup_key, row.digest, to_millis(row.received_at), row.kind, or_null(row.conversation_id),
       row.seq > 0 ? sql::Value{row.seq} : sql::Value{nullptr}, row.fate, or_null(row.reason), or_null(row.trace),
       row.envelope.empty() ? sql::Value{nullptr} : sql::Value{row.envelope}});
  if (r && !row.raw.empty()) r = tx.exec("INSERT INTO ledger_raw (id, raw) VALUES ($1, $2)", {row.id, sql::Blob{row.raw}});
  if (!r) return fail(std::move(r.error()));
  return {};
}

Result<void> settle_ledger(sql::Tx& tx, const std::string& id, const std::string& fate, const std::string& trace_json) {
  auto r = tx.exec("UPDATE ledger SET fate = $2, trace = $3 WHERE id = $1", {id, fate, or_null(trace_json)});
  if (!r) return fail(std::move(r.error()));
  return {};
}

Result<void> note_in_ledger(sql::Tx& tx, const std::string& id, const std::string& what) {
  return done(tx.exec(
      "UPDATE ledger SET reason = CASE WHEN coalesce(reason, '') = '' THEN $2 ELSE reason || '; ' || $2 END WHERE id = $1",
      {id, what}));
}

Result<void> note_in_ledger_of(sql::Tx& tx, const ConversationId& conversation, const std::string& what) {
  std::string id;  // of message and ledger row: it is the same
  auto r = tx.query("SELECT id FROM messages WHERE conversation_id = $1 AND author = 'customer' ORDER BY seq DESC LIMIT 1",
                    {conversation.value}, [&](const sql::Row& row) { id = row.text(0); });
  if (!r) return fail(std::move(r.error()));
  return note_in_ledger(tx, id, what);
}

Result<std::vector<ConversationId>> conversations_to_work(sql::Tx& tx, Timestamp before, std::int64_t limit) {
  std::vector<ConversationId> out;
  auto r = tx.query(
      "SELECT DISTINCT conversation_id FROM ledger WHERE fate = 'accepted' AND conversation_id IS NOT NULL AND received_at <= $1 "
      "LIMIT $2",
      {to_millis(before), limit}, [&](const sql::Row& row) { out.push_back({row.text(0)}); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::vector<ChannelPulse>> channel_pulse(sql::Tx& tx, Timestamp since) {
  std::vector<ChannelPulse> out;
  // Ids are UUIDv7: the newest rows are a range of the primary key, so this does not scan the whole ledger.
  auto r = tx.query(
      "SELECT channel, count(*), max(received_at) FROM (SELECT channel, received_at FROM ledger ORDER BY id DESC LIMIT 20000) "
      "WHERE received_at >= $1 GROUP BY channel",
      {to_millis(since)},
      [&](const sql::Row& row) { out.push_back({row.text(0), row.integer(1), from_millis(row.integer(2))}); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

}  // namespace usher::gateway::store
