#include "connectors/tickets/request_tracker_codec.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "base/crypto.h"
#include "base/id.h"
#include "base/text.h"
#include "connectors/json_input.h"

namespace usher::connectors::tickets::rt {
namespace {

using nlohmann::json;

constexpr std::string_view kRest = "/REST/2.0";
constexpr std::size_t kMaxSubject = 200;  // RT cuts at 255 bytes on some databases
constexpr int kMaxDepth = 32;

Request get(std::string path) {
  return {.method = "GET", .path = std::move(path)};
}

std::string url_part(std::string_view value) {
  return text::url_encode(value);
}

std::string detail_of(const net::HttpReply& reply) {
  return text::cut(text::to_valid_utf8(reply.body), 500);
}

// A header parameter in quotes. RT reads the bytes as UTF-8.
std::string header_safe(std::string_view value) {
  std::string out;
  for (const char c : value) out += (static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == 0x7f) ? '_' : c;
  return out;
}

// The JSON alone, or with the files beside it.
void set_body(Request& request, const json& fields, const std::vector<Attachment>& attachments) {
  if (attachments.empty()) {
    request.content_type = "application/json; charset=utf-8";
    request.body = to_json_text(fields);
    return;
  }
  const std::string boundary = "usher-" + make_token(24);  // 192 random bits do not occur in a file by chance
  request.content_type = "multipart/form-data; boundary=" + boundary;
  std::string& body = request.body;
  body = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"JSON\"\r\nContent-Type: application/json\r\n\r\n" +
         to_json_text(fields) + "\r\n";
  for (const Attachment& a : attachments) {
    body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"Attachments\"; filename=\"" +
            (a.file_name.empty() ? std::string("attachment") : header_safe(a.file_name)) + "\"\r\nContent-Type: " +
            (a.content_type.empty() ? std::string("application/octet-stream") : header_safe(a.content_type)) + "\r\n\r\n";
    if (a.content) body += *a.content;
    // RT tests contents for truth, as Perl understands it, and refuses the whole ticket for an empty file or one that says "0".
    if (!a.content || a.content->empty() || *a.content == "0") body += '\n';
    body += "\r\n";
  }
  body += "--" + boundary + "--\r\n";
}

// "Ana Li" <ana@example.org>, or nothing when there is no address RT could mail to.
std::string requestor(const TicketDraft& draft) {
  const std::string& address = draft.requester;
  const bool plausible =
      address.find('@') != std::string::npos && std::ranges::none_of(address, [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || c == ',' || c == '<' || c == '>' || c == '"' || c == ';';
      });
  if (!plausible) return {};
  std::string who;
  for (const char c : text::collapse_spaces(draft.requester_name))
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>') who += c;
  return who.empty() ? address : "\"" + who + "\" <" + address + ">";
}

// RT gives ids as numbers here and as strings there.
std::string id_of(const json& object) {
  const auto it = object.find("id");
  if (it == object.end()) return {};
  std::string id;
  if (it->is_number_integer()) id = std::to_string(it->get<std::int64_t>());
  if (it->is_string()) id = it->get<std::string>();
  const bool digits = !id.empty() && std::ranges::all_of(id, [](char c) { return c >= '0' && c <= '9'; });
  return digits ? id : std::string();
}

std::string string_of(const json& object, const char* name) {
  const auto it = object.find(name);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::string field_of(const json& ticket, std::string_view field) {
  const auto fields = ticket.find("CustomFields");
  if (fields == ticket.end() || !fields->is_array()) return {};
  for (const json& f : *fields) {
    if (!f.is_object() || string_of(f, "name") != field) continue;
    const auto values = f.find("values");
    if (values != f.end() && values->is_array() && !values->empty() && values->front().is_string())
      return values->front().get<std::string>();
  }
  return {};
}

// The answer to a read as a JSON object; whatever else comes is the server's fault and may pass.
Result<json> object_of(const net::HttpReply& reply, std::string_view what) {
  if (reply.status != 200) return fail(error_of(reply, false, what));
  auto parsed = parse_json(reply.body, kMaxDepth);
  if (!parsed || !parsed->is_object())
    return fail(ErrorCode::kUnavailable, "Request Tracker gave an answer that is not understood: " + std::string(what),
                detail_of(reply));
  return parsed;
}

}  // namespace

std::string sql_literal(std::string_view value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string comment_marker(std::string_view external_ref) {
  const bool plain = !external_ref.empty() && external_ref.size() <= 100 && std::ranges::all_of(external_ref, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == ':' || c == '-';
  });
  return "usher:" + (plain ? std::string(external_ref) : "h" + crypto::sha256_hex(external_ref).substr(0, 40));
}

Request sign_in_by_token() {
  return get("/REST/1.0/");
}

Request sign_in_by_password(std::string_view user, std::string_view password) {
  return {.method = "POST",
          .path = "/REST/1.0/",
          .content_type = "application/x-www-form-urlencoded",
          .body = "user=" + url_part(user) + "&pass=" + url_part(password)};
}

Request read_queue(std::string_view queue) {
  return get(std::string(kRest) + "/queue/" + url_part(queue));
}

Request find_ticket(std::string_view field, std::string_view external_ref) {
  const std::string query = "'CF.{" + std::string(field) + "}' = " + sql_literal(external_ref);
  return get(std::string(kRest) + "/tickets?query=" + url_part(query) +
             "&fields=Status,CustomFields&orderby=id&order=ASC&per_page=100");
}

Request read_ticket(std::string_view id) {
  return get(std::string(kRest) + "/ticket/" + url_part(id));
}

Request find_comment(std::string_view id, std::string_view external_ref) {
  const std::string query = "ObjectType = 'RT::Ticket' AND ObjectId = " + sql_literal(id) + " AND Subject LIKE " +
                            sql_literal("(" + comment_marker(external_ref) + ")");
  return get(std::string(kRest) + "/transactions?query=" + url_part(query) + "&fields=Type&per_page=1");
}

Request set_field(std::string_view id, std::string_view field, std::string_view value) {
  const json body = {{"CustomFields", {{std::string(field), std::string(value)}}}};
  return {.method = "PUT",
          .path = std::string(kRest) + "/ticket/" + url_part(id),
          .content_type = "application/json; charset=utf-8",
          .body = to_json_text(body),
          .is_write = true};
}

Request create_ticket(std::string_view queue, const TicketDraft& draft, const std::map<std::string, std::string>& custom_fields) {
  json fields = {{"Queue", std::string(queue)},
                 {"Subject", text::cut(text::collapse_spaces(draft.subject), kMaxSubject)},
                 {"ContentType", "text/plain"},
                 {"Content", draft.body},
                 {"CustomFields", custom_fields}};
  if (std::string who = requestor(draft); !who.empty()) fields["Requestor"] = std::move(who);
  Request request{.method = "POST", .path = std::string(kRest) + "/ticket", .is_write = true};
  set_body(request, fields, draft.attachments);
  return request;
}

Request add_message(std::string_view id, const TicketComment& comment, bool to_requestors) {
  // Staff see the subject above the text, so it says something; the marker makes the message findable.
  const json fields = {{"Subject", "Message from the customer (" + comment_marker(comment.external_ref) + ")"},
                       {"ContentType", "text/plain"},
                       {"Content", comment.author.empty() ? comment.body : comment.author + ":\n\n" + comment.body}};
  Request request{.method = "POST",
                  .path = std::string(kRest) + "/ticket/" + url_part(id) + (to_requestors ? "/correspond" : "/comment"),
                  .is_write = true};
  set_body(request, fields, comment.attachments);
  return request;
}

Result<std::optional<std::string>> parse_sign_in(const net::HttpReply& reply) {
  if (reply.status == 401 || reply.status == 403)
    return fail(ErrorCode::kDenied, "Request Tracker refused the token or password", detail_of(reply));
  if (reply.status >= 500 || reply.status == 429) return fail(error_of(reply, false, "signing in"));
  if (reply.status != 200) return std::optional<std::string>();
  // REST 1.0 says its status in the first line of a 200: "RT/5.0.3 401 Credentials required".
  const std::string_view first = std::string_view(reply.body).substr(0, reply.body.find('\n'));
  if (!first.starts_with("RT/")) return std::optional<std::string>();
  if (first.find(" 401 ") != std::string_view::npos)
    return fail(ErrorCode::kDenied, "Request Tracker refused the token or password", detail_of(reply));
  if (first.find(" 200 ") == std::string_view::npos) return std::optional<std::string>();
  std::optional<std::string> cookie;
  for (const auto& [name, value] : reply.headers.items())  // the last one wins: signing in replaces the anonymous session
    if (text::iequals_ascii(name, "Set-Cookie") && value.starts_with("RT_SID_")) cookie = value.substr(0, value.find(';'));
  return cookie;
}

Result<std::set<std::string>> parse_queue_fields(const net::HttpReply& reply) {
  auto queue = object_of(reply, "reading the queue");
  if (!queue) return fail(std::move(queue.error()));
  std::set<std::string> names;
  if (const auto fields = queue->find("TicketCustomFields"); fields != queue->end() && fields->is_array())
    for (const json& f : *fields)
      if (f.is_object()) names.insert(string_of(f, "name"));
  return names;
}

Result<std::optional<Ticket>> parse_found(const net::HttpReply& reply, std::string_view field, std::string_view external_ref) {
  auto page = object_of(reply, "searching for a ticket");
  if (!page) return fail(std::move(page.error()));
  const auto items = page->find("items");
  if (items == page->end() || !items->is_array())
    return fail(ErrorCode::kUnavailable, "Request Tracker's search gave no list", detail_of(reply));
  for (const json& item : *items) {
    if (!item.is_object() || field_of(item, field) != external_ref) continue;
    Ticket ticket{.id = id_of(item), .status = string_of(item, "Status"), .external_ref = std::string(external_ref)};
    if (ticket.id.empty()) continue;
    ticket.number = ticket.id;
    return std::optional<Ticket>(std::move(ticket));
  }
  return std::optional<Ticket>();
}

Result<Ticket> parse_ticket(const net::HttpReply& reply, std::string_view field) {
  auto object = object_of(reply, "reading a ticket");
  if (!object) return fail(std::move(object.error()));
  Ticket ticket{.id = id_of(*object), .status = string_of(*object, "Status"), .external_ref = field_of(*object, field)};
  if (ticket.id.empty()) return fail(ErrorCode::kUnavailable, "Request Tracker gave a ticket without id", detail_of(reply));
  ticket.number = ticket.id;
  return ticket;
}

Result<bool> parse_has_comment(const net::HttpReply& reply) {
  auto page = object_of(reply, "searching for a comment");
  if (!page) return fail(std::move(page.error()));
  const auto items = page->find("items");
  if (items == page->end() || !items->is_array())
    return fail(ErrorCode::kUnavailable, "Request Tracker's search gave no list", detail_of(reply));
  return !items->empty();
}

Result<std::string> parse_created(const net::HttpReply& reply) {
  if (reply.status < 200 || reply.status >= 300) return fail(error_of(reply, true, "creating a ticket"));
  auto parsed = parse_json(reply.body, kMaxDepth);
  std::string id = parsed && parsed->is_object() ? id_of(*parsed) : std::string();
  if (id.empty())
    return fail(ErrorCode::kUnknown, "Request Tracker answered " + std::to_string(reply.status) + " without a ticket id",
                detail_of(reply));
  return id;
}

Result<void> parse_added(const net::HttpReply& reply) {
  if (reply.status == 201) return {};
  if (reply.status == 200)
    return fail(ErrorCode::kInvalid, "Request Tracker refused the message: " + text::cut(detail_of(reply), 200),
                detail_of(reply));
  if (reply.status > 201 && reply.status < 300)
    return fail(ErrorCode::kUnknown, "Request Tracker answered " + std::to_string(reply.status) + " to a message",
                detail_of(reply));
  return fail(error_of(reply, true, "adding a message"));
}

Error error_of(const net::HttpReply& reply, bool is_write, std::string_view what) {
  std::string detail = detail_of(reply);
  std::string said;
  if (auto parsed = parse_json(reply.body, kMaxDepth); parsed && parsed->is_object()) said = string_of(*parsed, "message");
  const std::string answered = "Request Tracker answered " + std::to_string(reply.status) + " to " + std::string(what) +
                               (said.empty() ? "" : ": " + text::cut(said, 200));
  const int status = reply.status;
  if (status == 401 || status == 403) return {ErrorCode::kDenied, answered, std::move(detail)};
  if (status == 404) return {ErrorCode::kNotFound, answered, std::move(detail)};
  if (status == 408 || status == 425 || status == 429) {
    const std::string_view after = reply.headers.find("Retry-After").value_or("");
    if (!after.empty() && after.size() <= 6 && std::ranges::all_of(after, [](char c) { return c >= '0' && c <= '9'; }))
      detail = "retry_after=" + std::string(after) + " " + detail;
    return {ErrorCode::kUnavailable, answered, std::move(detail)};
  }
  if (status >= 500) return {is_write ? ErrorCode::kUnknown : ErrorCode::kUnavailable, answered, std::move(detail)};
  // A POST that is redirected was not carried out; http instead of https in base_url is the usual cause.
  if (status >= 300 && status < 400) {
    const std::string target(reply.headers.find("Location").value_or("nowhere"));
    return {ErrorCode::kUnavailable, answered + ": it redirects to " + text::cut(text::to_valid_utf8(target), 200),
            "configuration: check base_url. " + detail};
  }
  return {ErrorCode::kInvalid, answered, std::move(detail)};
}

}  // namespace usher::connectors::tickets::rt
