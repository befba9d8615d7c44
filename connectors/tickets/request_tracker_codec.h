// Requests to and answers from Request Tracker's REST 2.0, as plain values. Pure and thread-safe: nothing is sent here.
// Facts checked against RT 5.0.3: docs/adr or tests/connectors/tickets (the traps are named at the functions that avoid them).
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/http.h"
#include "base/net/http_client.h"
#include "base/result.h"
#include "connectors/ticket_system.h"

namespace usher::connectors::tickets::rt {

struct Request {
  std::string method;
  std::string path;  // below the base URL: "/REST/2.0/…"
  std::string content_type;
  std::string body;
  bool is_write = false;  // a lost answer means "may have happened"
};

// A TicketSQL or TransactionSQL string literal, quotes included.
std::string sql_literal(std::string_view value);
// What marks a comment as ours, in its subject: "usher:KEY". Holds no '[' (RT takes any query with '[' for JSON and answers 500)
// and no SQL wildcard: a key with other characters than letters, digits, '.', ':' and '-' is replaced by its hash.
std::string comment_marker(std::string_view external_ref);

Request sign_in_by_token();  // needs the Authorization header, as any other request
Request sign_in_by_password(std::string_view user, std::string_view password);
Request read_queue(std::string_view queue);
Request find_ticket(std::string_view field, std::string_view external_ref);
Request read_ticket(std::string_view id);
Request find_comment(std::string_view id, std::string_view external_ref);
Request set_field(std::string_view id, std::string_view field, std::string_view value);
// `custom_fields`: name → value, as they go out. With attachments the request is multipart: the JSON form answers 500 to a file
// name outside ASCII, and is a third larger.
Request create_ticket(std::string_view queue, const TicketDraft& draft, const std::map<std::string, std::string>& custom_fields);
Request add_message(std::string_view id, const TicketComment& comment, bool to_requestors);

// The "name=value" to send back as Cookie, once signed in. kDenied: token or password refused. nullopt: no session to be had here
// (REST 1.0 is switched off): send the credentials with every request.
Result<std::optional<std::string>> parse_sign_in(const net::HttpReply& reply);
// All below: a status that is no success becomes the Error of error_of().
Result<std::set<std::string>> parse_queue_fields(const net::HttpReply& reply);
// The lowest-numbered ticket whose field is exactly external_ref (RT compares without case).
Result<std::optional<Ticket>> parse_found(const net::HttpReply& reply, std::string_view field, std::string_view external_ref);
Result<Ticket> parse_ticket(const net::HttpReply& reply, std::string_view field);
Result<bool> parse_has_comment(const net::HttpReply& reply);
Result<std::string> parse_created(const net::HttpReply& reply);  // the id. 2xx without one: kUnknown
// An append is done on 201 only; RT reports refusals inside an array with status 200.
Result<void> parse_added(const net::HttpReply& reply);

// kDenied (401, 403), kNotFound (404), kUnavailable (408, 425, 429; a redirect, which is a wrong base URL; 5xx to a read),
// kUnknown (5xx to a write), kInvalid (any other 4xx). `detail` has RT's own words and, when said, begins with
// "retry_after=SECONDS ".
Error error_of(const net::HttpReply& reply, bool is_write, std::string_view what);

}  // namespace usher::connectors::tickets::rt
