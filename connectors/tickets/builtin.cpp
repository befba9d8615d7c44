#include "connectors/tickets/builtin.h"

#include <charconv>
#include <memory>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/json_input.h"

namespace usher::connectors::tickets {
namespace {

constexpr std::string_view kNumberPrefix = "T-";

// A ticket id is its number in digits. Anything else is no ticket of ours.
Result<std::int64_t> parse_id(std::string_view id) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (id.empty() || error != std::errc{} || end != id.data() + id.size())
    return fail(ErrorCode::kNotFound, "there is no ticket '" + std::string(id) + "'");
  return number;
}

Ticket make_ticket(std::int64_t number, std::string status, std::string external_ref, const std::string& ticket_url) {
  Ticket ticket;
  ticket.id = std::to_string(number);
  ticket.number = std::string(kNumberPrefix) + ticket.id;
  ticket.status = std::move(status);
  ticket.external_ref = std::move(external_ref);
  if (!ticket_url.empty()) ticket.url = ticket_url + ticket.number;
  return ticket;
}

Result<std::optional<Ticket>> find_in(sql::Tx& tx, const std::string& external_ref, const std::string& ticket_url) {
  std::optional<Ticket> found;
  auto rows = tx.query("SELECT number, status FROM builtin_tickets WHERE external_ref = $1", {external_ref},
                       [&](const sql::Row& row) { found = make_ticket(row.integer(0), row.text(1), external_ref, ticket_url); });
  if (!rows) return fail(std::move(rows.error()));
  return found;
}

Result<void> store_attachments(sql::Tx& tx, std::int64_t ticket, const std::string& comment_ref,
                               const std::vector<Attachment>& attachments) {
  std::int64_t position = 0;
  for (const Attachment& a : attachments) {
    auto done = tx.exec(
        "INSERT INTO builtin_attachments (ticket, comment_ref, position, file_name, content_type, sha256, content)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        {ticket, comment_ref, position++, a.file_name, a.content_type, a.sha256,
         sql::Blob{a.content ? std::string_view(*a.content) : std::string_view{}}});
    if (!done) return fail(std::move(done.error()));
  }
  return {};
}

Result<Ticket> insert_ticket(sql::Tx& tx, const TicketDraft& draft, const Source* source, std::int64_t now,
                             const std::string& ticket_url) {
  std::int64_t number = 0;
  auto counted = tx.exec("UPDATE builtin_ticket_counter SET last_number = last_number + 1 WHERE only_row = 1");
  if (counted) {
    counted = tx.query("SELECT last_number FROM builtin_ticket_counter WHERE only_row = 1", {},
                       [&](const sql::Row& row) { number = row.integer(0); });
  }
  if (!counted) return fail(std::move(counted.error()));
  if (*counted != 1)
    return fail(ErrorCode::kInternal, "the built-in ticket counter is missing", "builtin_ticket_counter has no row");
  auto fields = nlohmann::json::array();
  for (const auto& [name, value] : draft.fields) fields.push_back({name, value});
  auto done = tx.exec(
      "INSERT INTO builtin_tickets (number, external_ref, status, subject, body, requester, requester_name, priority,"
      " fault_class, channel, language, fields, conversation_id, last_seq, created_at, updated_at)"
      " VALUES ($1, $2, 'new', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
      {number, draft.external_ref, draft.subject, draft.body, draft.requester, draft.requester_name, draft.priority,
       draft.fault_class, draft.channel, draft.language, to_json_text(fields),
       source == nullptr ? sql::Value{nullptr} : sql::Value{source->conversation},
       source == nullptr ? sql::Value{nullptr} : sql::Value{source->last_seq}, now});
  if (!done) return fail(std::move(done.error()));
  if (auto kept = store_attachments(tx, number, {}, draft.attachments); !kept) return fail(std::move(kept.error()));
  return make_ticket(number, "new", draft.external_ref, ticket_url);
}

// `seq`: the conversation's message it is; 0 for none.
Result<void> insert_comment(sql::Tx& tx, std::int64_t ticket, const TicketComment& comment, std::int64_t seq, std::int64_t now) {
  auto touched = tx.exec("UPDATE builtin_tickets SET updated_at = $2 WHERE number = $1", {ticket, now});
  if (!touched) return fail(std::move(touched.error()));
  if (*touched == 0)
    return fail(ErrorCode::kNotFound, "there is no ticket " + std::string(kNumberPrefix) + std::to_string(ticket));
  auto added = tx.exec(
      "INSERT INTO builtin_comments (ticket, external_ref, author, body, seq, created_at) VALUES ($1, $2, $3, $4, $5, $6)"
      " ON CONFLICT DO NOTHING",
      {ticket, comment.external_ref, comment.author, comment.body, seq > 0 ? sql::Value{seq} : sql::Value{nullptr}, now});
  if (!added) return fail(std::move(added.error()));
  if (*added == 0) return {};  // said before
  return store_attachments(tx, ticket, comment.external_ref, comment.attachments);
}

}  // namespace

BuiltinTickets::BuiltinTickets(BuiltinSettings settings, sql::Database& database, const Clock& clock)
    : settings_(std::move(settings)), database_(database), clock_(clock) {}

boost::asio::awaitable<Result<std::optional<Ticket>>> BuiltinTickets::find(std::string external_ref) {
  auto operation = [ref = std::move(external_ref), url = settings_.ticket_url](sql::Tx& tx) { return find_in(tx, ref, url); };
  co_return co_await sql::read_returning<std::optional<Ticket>>(database_, std::move(operation));
}

boost::asio::awaitable<Result<Ticket>> BuiltinTickets::create(TicketDraft draft) {
  if (draft.external_ref.empty()) co_return fail(ErrorCode::kInvalid, "a ticket needs an external_ref");
  auto operation = [draft = std::move(draft), now = to_millis(clock_.now()),
                    url = settings_.ticket_url](sql::Tx& tx) -> Result<Ticket> {
    auto existing = find_in(tx, draft.external_ref, url);
    if (!existing) return fail(std::move(existing.error()));
    if (*existing) return std::move(**existing);
    return insert_ticket(tx, draft, nullptr, now, url);
  };
  co_return co_await sql::write_returning<Ticket>(database_, std::move(operation));
}

boost::asio::awaitable<Result<bool>> BuiltinTickets::has_comment(std::string ticket_id, std::string external_ref) {
  auto number = parse_id(ticket_id);
  if (!number) co_return fail(std::move(number.error()));
  auto operation = [number = *number, ref = std::move(external_ref)](sql::Tx& tx) -> Result<bool> {
    auto rows =
        tx.query("SELECT 1 FROM builtin_comments WHERE ticket = $1 AND external_ref = $2", {number, ref}, [](const sql::Row&) {});
    if (!rows) return fail(std::move(rows.error()));
    return *rows > 0;
  };
  co_return co_await sql::read_returning<bool>(database_, std::move(operation));
}

boost::asio::awaitable<Result<void>> BuiltinTickets::append(std::string ticket_id, TicketComment comment) {
  auto number = parse_id(ticket_id);
  if (!number) co_return fail(std::move(number.error()));
  sql::Op operation = [number = *number, comment = std::move(comment), now = to_millis(clock_.now())](sql::Tx& tx) {
    return insert_comment(tx, number, comment, 0, now);
  };
  co_return co_await database_.write(std::move(operation));
}

Result<Ticket> BuiltinTickets::create_in(sql::Tx& tx, const TicketDraft& draft, const Source& source) {
  if (draft.external_ref.empty()) return fail(ErrorCode::kInvalid, "a ticket needs an external_ref");
  return insert_ticket(tx, draft, &source, to_millis(clock_.now()), settings_.ticket_url);
}

Result<void> BuiltinTickets::append_in(sql::Tx& tx, const std::string& ticket_id, const TicketComment& comment,
                                       const Source& source) {
  auto number = parse_id(ticket_id);
  if (!number) return fail(std::move(number.error()));
  return insert_comment(tx, *number, comment, source.last_seq, to_millis(clock_.now()));
}

boost::asio::awaitable<Result<Ticket>> BuiltinTickets::read(std::string ticket_id) {
  auto number = parse_id(ticket_id);
  if (!number) co_return fail(std::move(number.error()));
  auto operation = [number = *number, url = settings_.ticket_url](sql::Tx& tx) -> Result<Ticket> {
    std::optional<Ticket> found;
    auto rows = tx.query("SELECT status, external_ref FROM builtin_tickets WHERE number = $1", {number},
                         [&](const sql::Row& row) { found = make_ticket(number, row.text(0), row.text(1), url); });
    if (!rows) return fail(std::move(rows.error()));
    if (!found) return fail(ErrorCode::kNotFound, "there is no ticket " + std::string(kNumberPrefix) + std::to_string(number));
    return std::move(*found);
  };
  co_return co_await sql::read_returning<Ticket>(database_, std::move(operation));
}

}  // namespace usher::connectors::tickets
