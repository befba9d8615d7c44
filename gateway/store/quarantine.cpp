#include "gateway/store/quarantine.h"

#include "gateway/store/rows.h"

namespace usher::gateway::store {
namespace {

constexpr int kHeadBytes = 16 * 1024;

// What both questions below have in common; the raw mail comes first. The case is its own, or the one a held mail names.
constexpr std::string_view kFrom =
    ", l.id, l.channel, l.kind, l.fate, l.reason, l.envelope, l.conversation_id, l.seq, l.received_at, "
    "(SELECT coalesce(k.ticket_number, k.reference) FROM cases k WHERE k.conversation_id = coalesce(l.conversation_id, "
    "q.named)), q.cause, q.evidence, q.named, q.state, q.settled_by, q.settled_at "
    "FROM ledger l LEFT JOIN quarantine q ON q.ledger_id = l.id LEFT JOIN ledger_raw w ON w.id = l.id ";

StoredMail read_mail(const sql::Row& row) {
  StoredMail m;
  m.raw = row.text(0);
  m.id = row.text(1);
  m.channel = row.text(2);
  m.kind = row.text(3);
  m.fate = row.text(4);
  m.reason = row.text(5);
  m.envelope = row.text(6);
  m.conversation = {row.text(7)};
  m.seq = row.maybe_integer(8).value_or(0);
  m.received_at = from_millis(row.integer(9));
  m.reference = row.text(10);
  if (!row.is_null(11)) {
    HeldMail held;
    held.ledger_id = m.id;
    held.cause = row.text(11);
    held.evidence = row.text(12);
    held.named = {row.text(13)};
    held.state = row.text(14);
    held.settled_by = row.text(15);
    held.settled_at = from_millis(row.maybe_integer(16).value_or(0));
    m.held = std::move(held);
  }
  return m;
}

}  // namespace

Result<void> hold_mail(sql::Tx& tx, const HeldMail& mail) {
  return done(tx.exec("INSERT INTO quarantine (ledger_id, cause, evidence, named, state) VALUES ($1, $2, $3, $4, $5)",
                      {mail.ledger_id, mail.cause, mail.evidence, or_null(mail.named.value), mail.state}));
}

Result<bool> settle_held(sql::Tx& tx, const std::string& ledger_id, const std::string& state, const std::string& who,
                         Timestamp now) {
  auto r = tx.exec("UPDATE quarantine SET state = $2, settled_by = $3, settled_at = $4 WHERE ledger_id = $1 AND state = 'held'",
                   {ledger_id, state, who, to_millis(now)});
  if (!r) return fail(std::move(r.error()));
  return *r > 0;
}

Result<std::int64_t> count_held(sql::Tx& tx) {
  std::int64_t n = 0;
  auto r = tx.query("SELECT count(*) FROM quarantine WHERE state = 'held'", {}, [&](const sql::Row& row) { n = row.integer(0); });
  if (!r) return fail(std::move(r.error()));
  return n;
}

Result<std::optional<StoredMail>> load_mail(sql::Tx& tx, const std::string& id) {
  static const std::string sql = "SELECT w.raw" + std::string(kFrom) + "WHERE l.id = $1";
  std::optional<StoredMail> out;
  auto r = tx.query(sql, {id}, [&](const sql::Row& row) { out = read_mail(row); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::vector<StoredMail>> list_mail(sql::Tx& tx, const std::string& channel, const std::string& state, std::int64_t limit,
                                          const std::string& before) {
  static const std::string head = "SELECT substr(w.raw, 1, " + std::to_string(kHeadBytes) + ")" + std::string(kFrom);
  static const std::string all = head + "WHERE l.channel = $1 AND ($3 = '' OR l.id < $3) ORDER BY l.id DESC LIMIT $2";
  // By way of the few that are or were held, never through the whole ledger.
  static const std::string held = head +
                                  "WHERE l.id IN (SELECT h.ledger_id FROM quarantine h WHERE h.state = $4 AND ($3 = '' OR "
                                  "h.ledger_id < $3) ORDER BY h.ledger_id DESC LIMIT $2) AND l.channel = $1 ORDER BY l.id DESC";
  std::vector<StoredMail> out;
  auto take = [&](const sql::Row& row) { out.push_back(read_mail(row)); };
  const bool is_all = state != "quarantined" && state != "released" && state != "deleted";
  auto r = is_all ? tx.query(all, {channel, limit, before}, take)
                  : tx.query(held, {channel, limit, before, state == "quarantined" ? std::string_view("held") : state}, take);
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<void> readmit_mail(sql::Tx& tx, const std::string& id, const ConversationId& conversation, std::int64_t seq,
                          const std::string& reason) {
  return done(
      tx.exec("UPDATE ledger SET fate = 'accepted', conversation_id = $2, seq = $3, reason = coalesce(reason || '; ', '') || $4 "
              "WHERE id = $1",
              {id, conversation.value, seq, reason}));
}

Result<void> erase_mail(sql::Tx& tx, const std::string& id) {
  auto r = tx.exec("DELETE FROM ledger_raw WHERE id = $1", {id});
  if (r) r = tx.exec("UPDATE ledger SET fate = 'deleted', envelope = NULL WHERE id = $1", {id});
  return done(std::move(r));
}

Result<void> add_participant(sql::Tx& tx, const ConversationId& conversation, const std::string& address, const std::string& who,
                             Timestamp now) {
  return done(tx.exec(
      "INSERT INTO participants (conversation_id, address, added_by, added_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
      {conversation.value, address, who, to_millis(now)}));
}

Result<bool> is_participant(sql::Tx& tx, const ConversationId& conversation, const std::string& address) {
  bool is = false;
  auto r = tx.query("SELECT 1 FROM participants WHERE conversation_id = $1 AND address = $2", {conversation.value, address},
                    [&](const sql::Row&) { is = true; });
  if (!r) return fail(std::move(r.error()));
  return is;
}

}  // namespace usher::gateway::store
