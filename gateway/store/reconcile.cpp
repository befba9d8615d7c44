#include "gateway/store/reconcile.h"

#include "gateway/store/rows.h"

namespace usher::gateway::store {
namespace {

// Every ledger row belongs to exactly one of these; 'unaccounted' is a difference.
constexpr std::string_view kFates =
    "SELECT channel, CASE WHEN fate IN ('quarantined', 'deleted') THEN 'quarantined' "
    "WHEN fate = 'conflict' OR (fate = 'noted' AND seq IS NULL) THEN 'suppressed' "
    "WHEN conversation_id IS NOT NULL AND seq = 1 AND fate IN ('accepted', 'answered', 'appended') THEN 'new' "
    "WHEN conversation_id IS NOT NULL AND seq > 0 AND fate IN ('accepted', 'answered', 'appended', 'noted') THEN 'threaded' "
    "ELSE 'unaccounted' END AS became, count(*) FROM ledger GROUP BY 1, 2";

// What must never be; each gives id and words.
struct Check {
  const char* what;
  std::string_view sql;
};
constexpr Check kChecks[] = {
    {"unaccounted",
     "SELECT id, 'fate ' || fate || ', conversation ' || coalesce(conversation_id, 'none') FROM ledger WHERE NOT (fate IN "
     "('quarantined', 'deleted', 'conflict') OR (fate = 'noted' AND seq IS NULL) OR (conversation_id IS NOT NULL AND seq > 0 AND "
     "fate IN ('accepted', 'answered', 'appended', 'noted')))"},
    {"text_missing",
     "SELECT l.id, 'number ' || l.seq || ' of conversation ' || l.conversation_id FROM ledger l LEFT JOIN messages m ON "
     "m.conversation_id = l.conversation_id AND m.seq = l.seq AND m.id = l.id WHERE l.seq > 0 AND m.id IS NULL"},
    {"message_without_ledger",
     "SELECT m.id, 'number ' || m.seq || ' of conversation ' || m.conversation_id FROM messages m LEFT JOIN ledger l ON l.id = "
     "m.id "
     "WHERE m.author IN ('customer', 'robot') AND l.id IS NULL"},
    {"conversation_missing",
     "SELECT l.id, 'conversation ' || l.conversation_id FROM ledger l LEFT JOIN conversations c ON c.id = l.conversation_id "
     "WHERE "
     "l.conversation_id IS NOT NULL AND c.id IS NULL"},
    {"source_missing",
     "SELECT l.id, 'the mail itself is not there' FROM ledger l LEFT JOIN ledger_raw w ON w.id = l.id WHERE l.envelope IS NOT "
     "NULL "
     "AND w.id IS NULL"},
    {"held_mail_out_of_step",
     "SELECT l.id, 'fate ' || l.fate || ', quarantine ' || coalesce(q.state, 'none') FROM ledger l LEFT JOIN quarantine q ON "
     "q.ledger_id = l.id WHERE (l.fate = 'quarantined') <> (coalesce(q.state, '') = 'held') OR (l.fate = 'deleted') <> "
     "(coalesce(q.state, '') = 'deleted')"},
    {"escalated_without_case",
     "SELECT c.id, 'status escalated' FROM conversations c LEFT JOIN cases k ON k.conversation_id = c.id WHERE c.status = "
     "'escalated' AND k.id IS NULL"},
    {"case_failed",
     "SELECT k.id, k.reference || ': the ticket could not be created: ' || coalesce(o.reason, '') FROM cases k LEFT JOIN outbox "
     "o "
     "ON o.case_id = k.id AND o.kind = 'create' WHERE k.ticket_id IS NULL AND (k.state = 'failed' OR o.state = 'dead')"},
    {"case_not_asked_for",
     "SELECT k.id, k.reference || ': no ticket, and nothing that would open one' FROM cases k LEFT JOIN outbox o ON o.case_id = "
     "k.id AND o.kind = 'create' WHERE k.ticket_id IS NULL AND o.id IS NULL"},
    {"ticket_missing",
     "SELECT k.id, k.reference || ': ticket ' || coalesce(k.ticket_number, k.ticket_id) || ' is not on the built-in list' FROM "
     "cases k LEFT JOIN builtin_tickets t ON t.number = CAST(k.ticket_id AS BIGINT) WHERE k.ticket_system = 'builtin' AND "
     "k.ticket_id IS NOT NULL AND t.number IS NULL"},
    {"ticket_of_no_case",
     "SELECT 'T-' || number, 'external_ref ' || external_ref FROM builtin_tickets WHERE number NOT IN (SELECT CAST(ticket_id AS "
     "BIGINT) FROM cases WHERE ticket_system = 'builtin' AND ticket_id IS NOT NULL)"},
    {"ticket_of_two_cases",
     "SELECT max(id), ticket_system || ' ' || ticket_id || ': ' || count(*) || ' cases' FROM cases WHERE ticket_id IS NOT NULL "
     "GROUP "
     "BY ticket_system, ticket_id HAVING count(*) > 1"},
};

}  // namespace

Result<Books> read_books(sql::Tx& tx) {
  Books books;
  auto r = tx.query(kFates, {}, [&](const sql::Row& row) {
    auto& c = books.channels[row.text(0)];
    const auto became = row.text(1);
    const auto n = row.integer(2);
    c.in += n;
    if (became == "new") c.fresh += n;
    if (became == "threaded") c.threaded += n;
    if (became == "suppressed") c.suppressed += n;
    if (became == "quarantined") c.quarantined += n;
  });
  if (r)
    r = tx.query("SELECT count(*), coalesce(sum(CASE WHEN ticket_id IS NOT NULL THEN 1 ELSE 0 END), 0) FROM cases", {},
                 [&](const sql::Row& row) {
                   books.cases.escalated = row.integer(0);
                   books.cases.linked = row.integer(1);
                   books.cases.waiting = row.integer(0) - row.integer(1);
                 });
  if (r)
    r = tx.query("SELECT count(*) FROM ledger WHERE fate = 'accepted'", {},
                 [&](const sql::Row& row) { books.unworked = row.integer(0); });
  if (!r) return fail(std::move(r.error()));
  for (const auto& check : kChecks) {
    auto found = tx.query(check.sql, {},
                          [&](const sql::Row& row) { books.differences.push_back({check.what, row.text(0), row.text(1)}); });
    if (!found) return fail(std::move(found.error()));
  }
  return books;
}

Result<std::vector<OutsideCase>> outside_cases(sql::Tx& tx, const std::string& ticket_system) {
  std::vector<OutsideCase> out;
  auto r = tx.query(
      "SELECT k.id, k.reference, k.ticket_id, k.ticket_number, p.payload FROM cases k LEFT JOIN outbox o ON o.case_id = k.id AND "
      "o.kind = 'create' LEFT JOIN outbox_payloads p ON p.id = o.id WHERE k.ticket_system = $1 AND k.ticket_id IS NOT NULL ORDER "
      "BY "
      "k.id",
      {ticket_system},
      [&](const sql::Row& row) { out.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.text(4)}); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

}  // namespace usher::gateway::store
