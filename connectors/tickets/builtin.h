// The built-in ticket list: a ticket system for companies that have none, and the default. Kept in Usher's own database, shown by
// the console. Numbers are "T-1001", "T-1002" … and are never used twice. Thread-safe; completes on the caller's executor.
//
// create() and append() with an external_ref that exists already change nothing and return what is there, so an unknown outcome
// cannot come from here; errors are the database's own (kBusy, kIo). The gateway uses colocated(): the ticket is written in the
// transaction that opens the case.
#pragma once
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/sql/database.h"
#include "connectors/ticket_system.h"

namespace usher::connectors::tickets {

// For the gateway's migrations. Never edited once released: a later change is a migration of its own.
inline constexpr std::string_view kBuiltinSchema = R"sql(
CREATE TABLE builtin_ticket_counter (
  only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
  last_number BIGINT NOT NULL
);
INSERT INTO builtin_ticket_counter (only_row, last_number) VALUES (1, 1000);
CREATE TABLE builtin_tickets (
  number BIGINT PRIMARY KEY,
  external_ref TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  requester TEXT NOT NULL,
  requester_name TEXT NOT NULL,
  priority TEXT NOT NULL,
  fault_class TEXT NOT NULL,
  channel TEXT NOT NULL,
  language TEXT NOT NULL,
  fields TEXT NOT NULL,
  conversation_id TEXT,
  last_seq BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE builtin_comments (
  ticket BIGINT NOT NULL REFERENCES builtin_tickets (number),
  external_ref TEXT NOT NULL,
  author TEXT NOT NULL,
  body TEXT NOT NULL,
  seq BIGINT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (ticket, external_ref)
);
CREATE TABLE builtin_attachments (
  ticket BIGINT NOT NULL REFERENCES builtin_tickets (number),
  comment_ref TEXT NOT NULL,
  position BIGINT NOT NULL,
  file_name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (ticket, comment_ref, position)
);
)sql";
// In kBuiltinSchema: `fields` is a JSON array of [name, value]; comment_ref is empty for the ticket's own attachments. A ticket
// with a conversation_id was written by the gateway itself: its transcript and attachments are that conversation's up to
// last_seq, a comment's attachments those of the conversation's message `seq`. builtin_attachments holds what came without a
// conversation.

struct BuiltinSettings {
  std::string name = "builtin";
  std::string ticket_url;  // where staff see tickets; the number is appended ("https://host/console/tickets/"); may be empty
};

class BuiltinTickets final : public TicketSystem, public ColocatedTickets {
 public:
  // `database` has kBuiltinSchema applied and outlives this, as does `clock`.
  BuiltinTickets(BuiltinSettings settings, sql::Database& database, const Clock& clock);

  const std::string& name() const override { return settings_.name; }
  boost::asio::awaitable<Result<std::optional<Ticket>>> find(std::string external_ref) override;
  boost::asio::awaitable<Result<Ticket>> create(TicketDraft draft) override;  // kInvalid: empty external_ref
  boost::asio::awaitable<Result<bool>> has_comment(std::string ticket_id, std::string external_ref) override;
  boost::asio::awaitable<Result<void>> append(std::string ticket_id,
                                              TicketComment comment) override;  // kNotFound: no such ticket
  boost::asio::awaitable<Result<Ticket>> read(std::string ticket_id) override;  // kNotFound
  ColocatedTickets* colocated() override { return this; }
  Result<Ticket> create_in(sql::Tx& tx, const TicketDraft& draft, const Source& source) override;
  Result<void> append_in(sql::Tx& tx, const std::string& ticket_id, const TicketComment& comment, const Source& source) override;

 private:
  BuiltinSettings settings_;
  sql::Database& database_;
  const Clock& clock_;
};

}  // namespace usher::connectors::tickets
