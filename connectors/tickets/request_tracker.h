// Request Tracker 5 through REST 2.0 (docs.bestpractical.com, RT::REST2).
//
// RT has no idempotency key and drops unknown custom fields without a word, so this driver
//  - refuses to create (kUnavailable, detail "configuration: …") until it has seen that the ExternalRef custom field is on the
//  queue;
//  - reads every created ticket back and reports success only when the external_ref came back with it;
//  - finds by the custom field, exactly.
// A token or password costs RT ~220 ms of bcrypt per request: see request_tracker.cpp for how the session cookie is used.
// Thread-safe; the OutboundClient outlives it.
#pragma once
#include <map>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/net/http_client.h"
#include "base/result.h"
#include "connectors/ticket_system.h"

namespace usher::connectors::tickets {

struct RequestTrackerSettings {
  std::string name = "request_tracker";
  std::string base_url;  // "https://rt.example" or "http://10.0.0.5/rt"; without /REST/2.0
  std::string token;     // "1-27-…"; or user and password
  std::string user, password;
  std::string queue;
  std::string external_ref_field = "ExternalRef";
  // What of a draft goes into which custom field: a slot name, or one of "@channel", "@priority", "@fault_class", "@language".
  // Unmapped values are in the body only. A field the queue does not have is left out and named in the log once.
  std::map<std::string, std::string> field_map;
  enum class ReplyAs : std::uint8_t { kCorrespond, kComment } reply_as = ReplyAs::kCorrespond;
  bool allow_private = false;
  std::string ca_file;
  net::CallLimits limits;
};

class RequestTracker final : public TicketSystem {
 public:
  RequestTracker(RequestTrackerSettings settings, net::OutboundClient& client);
  ~RequestTracker() override;

  const std::string& name() const override;
  // Errors of all calls: kDenied (401, 403: token, password or rights), kNotFound (404), kInvalid (400, 409, 422), kUnavailable
  // (429; a refused connection; RT not configured for us), kTimeout, kUnknown (5xx or a broken answer to a write), kTooLarge.
  boost::asio::awaitable<Result<std::optional<Ticket>>> find(std::string external_ref) override;
  boost::asio::awaitable<Result<Ticket>> create(TicketDraft draft) override;
  boost::asio::awaitable<Result<bool>> has_comment(std::string ticket_id, std::string external_ref) override;
  boost::asio::awaitable<Result<void>> append(std::string ticket_id, TicketComment comment) override;
  boost::asio::awaitable<Result<Ticket>> read(std::string ticket_id) override;
  // For health checks and `usher check`: signs in, looks for the queue, the ExternalRef field and every mapped field.
  boost::asio::awaitable<Result<void>> check();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace usher::connectors::tickets
