// The generic webhook channel (docs/formats.md): a partner system POSTs customers' messages to /hooks/NAME and is POSTed the
// answers, both signed by Standard Webhooks. Thread-safe; one instance per configured name; outlives its requests.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "base/net/http.h"
#include "base/net/http_client.h"
#include "base/result.h"
#include "connectors/channel.h"
#include "connectors/token_bucket.h"

namespace usher::connectors::webhook {

struct WebhookSettings {
  std::string name;                  // of the channel, and last part of the path
  std::vector<std::string> secrets;  // "whsec_…"; the first signs what goes out, all are accepted (rotation)
  std::string url;                   // where answers are POSTed; empty: receive only
  bool allow_private = false;        // url may be on the local network
  std::string ca_file;               // extra trust anchor, PEM
  std::size_t max_body = 256 * 1024;
  Rate rate{.per_second = 50, .burst = 200};  // signed messages; per_second 0 = off
  bool buttons = true;                        // the partner shows choices
  net::CallLimits limits;
};

class WebhookChannel final : public Channel {
 public:
  // kInvalid: no name, no secret or a bad one.
  static Result<std::unique_ptr<WebhookChannel>> make(WebhookSettings settings, Inbox& inbox, net::OutboundClient& client,
                                                      const Clock& clock);
  ~WebhookChannel() override;

  const std::string& name() const override;
  Capabilities capabilities() const override;
  std::size_t body_limit() const;  // for HttpHandler::body_limit

  // POST /hooks/NAME. 202 {"id","case_ref","duplicate"} only after the commit; 400, 401, 405, 409, 413, 429/503 + Retry-After.
  boost::asio::awaitable<net::HttpResponse> receive(net::HttpRequest request);

  // POSTs to the configured URL with webhook-id = message.id. 2xx: sent. kInvalid: no URL configured, 410, 3xx or any other 4xx.
  // kUnavailable: 408, 425, 429, 5xx; Error.detail then begins with "retry_after=SECONDS " when the peer said so. Errors of the
  // OutboundClient (kTimeout, kUnknown, kDenied …) come through unchanged.
  boost::asio::awaitable<Result<Receipt>> send(Outbound message) override;

 private:
  struct Impl;
  explicit WebhookChannel(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Seconds out of a Retry-After value (seconds form only), capped at one hour; nullopt for anything else.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value);

}  // namespace usher::connectors::webhook
