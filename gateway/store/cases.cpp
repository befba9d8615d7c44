#include "gateway/store/cases.h"

#include "gateway/store/rows.h"

namespace usher::gateway::store {
namespace {

constexpr std::string_view kColumns =
    "id, conversation_id, reference, state, told, ticket_system, ticket_id, ticket_number, ticket_url, subject, customer, "
    "channel, "
    "priority, fault_class, preface, created_at";

Case read_case(const sql::Row& row) {
  Case c;
  c.id = {row.text(0)};
  c.conversation = {row.text(1)};
  c.reference = row.text(2);
  c.state = row.text(3);
  c.told = row.text(4);
  c.ticket_system = row.text(5);
  c.ticket_id = row.text(6);
  c.ticket_number = row.text(7);
  c.ticket_url = row.text(8);
  c.subject = row.text(9);
  c.customer = row.text(10);
  c.channel = row.text(11);
  c.priority = row.text(12);
  c.fault_class = row.text(13);
  c.preface = row.text(14);
  c.created_at = from_millis(row.integer(15));
  return c;
}

Result<std::optional<Case>> one(sql::Tx& tx, const std::string& where, const sql::Params& params) {
  std::optional<Case> c;
  auto r = tx.query("SELECT " + std::string(kColumns) + " FROM cases WHERE " + where, params,
                    [&](const sql::Row& row) { c = read_case(row); });
  if (!r) return fail(std::move(r.error()));
  return c;
}

Result<bool> changed(Result<std::int64_t> r) {
  if (!r) return fail(std::move(r.error()));
  return *r > 0;
}

}  // namespace

Result<void> insert_case(sql::Tx& tx, const Case& c) {
  auto r = tx.exec(
      "INSERT INTO cases (id, conversation_id, reference, state, told, ticket_system, subject, customer, channel, priority, "
      "fault_class, preface, next_append, created_at, ticket_id, ticket_number, ticket_url, linked_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $13, $14, $15, $16, $17)",
      {c.id.value, c.conversation.value, c.reference, c.state, c.told, c.ticket_system, c.subject, c.customer, c.channel,
       c.priority, c.fault_class, c.preface, to_millis(c.created_at), or_null(c.ticket_id), or_null(c.ticket_number),
       or_null(c.ticket_url), c.ticket_id.empty() ? sql::Value{nullptr} : sql::Value{to_millis(c.created_at)}});
  if (!r) return fail(std::move(r.error()));
  return {};
}

Result<std::optional<Case>> load_case(sql::Tx& tx, const CaseId& id) {
  return one(tx, "id = $1", {id.value});
}
Result<std::optional<Case>> case_of(sql::Tx& tx, const ConversationId& id) {
  return one(tx, "conversation_id = $1", {id.value});
}
Result<bool> link_case(sql::Tx& tx, const CaseId& id, const std::string& ticket_id, const std::string& number,
                       const std::string& url, Timestamp now) {
  return changed(
      tx.exec("UPDATE cases SET state = 'linked', ticket_id = $2, ticket_number = $3, ticket_url = $4, linked_at = $5 "
              "WHERE id = $1 AND ticket_id IS NULL",
              {id.value, ticket_id, number, url, to_millis(now)}));
}

Result<void> set_case_state(sql::Tx& tx, const CaseId& id, const std::string& state) {
  auto r = tx.exec("UPDATE cases SET state = $2 WHERE id = $1", {id.value, state});
  if (!r) return fail(std::move(r.error()));
  return {};
}

Result<bool> advance_told(sql::Tx& tx, const CaseId& id, const std::string& from, const std::string& to) {
  return changed(tx.exec("UPDATE cases SET told = $3 WHERE id = $1 AND told = $2", {id.value, from, to}));
}

Result<std::int64_t> next_append(sql::Tx& tx, const CaseId& id) {
  std::int64_t n = 0;
  auto r = tx.query("UPDATE cases SET next_append = next_append + 1 WHERE id = $1 RETURNING next_append - 1", {id.value},
                    [&](const sql::Row& row) { n = row.integer(0); });
  if (!r) return fail(std::move(r.error()));
  if (n == 0) return fail(ErrorCode::kNotFound, "no such case", id.value);
  return n;
}

Result<std::vector<CaseId>> untold_cases(sql::Tx& tx) {
  std::vector<CaseId> out;
  auto r = tx.query("SELECT id FROM cases WHERE told = '' ORDER BY created_at", {},
                    [&](const sql::Row& row) { out.push_back({row.text(0)}); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::vector<Case>> list_cases(sql::Tx& tx, std::int64_t limit, const std::string& before) {
  std::vector<Case> out;
  auto r = tx.query("SELECT " + std::string(kColumns) + " FROM cases WHERE ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $1",
                    {limit, before}, [&](const sql::Row& row) { out.push_back(read_case(row)); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::int64_t> count_cases_since(sql::Tx& tx, Timestamp since) {
  std::int64_t n = 0;
  auto r = tx.query("SELECT count(*) FROM cases WHERE created_at >= $1", {to_millis(since)},
                    [&](const sql::Row& row) { n = row.integer(0); });
  if (!r) return fail(std::move(r.error()));
  return n;
}

}  // namespace usher::gateway::store
