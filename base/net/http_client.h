// Outbound HTTP and SMTP, through libcurl's multi interface driven by Asio: HTTP on one io_context, mail on up to eight threads
// of its own (libcurl blocks while it waits for the reply to the end of data). Destroyed after all its calls have ended, before
// the io_context.
//
// Every call has a connect limit, a total limit and a response size limit. Redirects are never followed. TLS certificates are
// verified. The address guard looks at the resolved IP at connect time (so DNS rebinding and odd spellings do not help): with
// allow_private=false, loopback, link-local, private, CGNAT, multicast, unspecified and IPv4-mapped forms of these are refused.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/async/io_threads.h"
#include "base/net/http.h"
#include "base/result.h"

namespace usher::net {

struct CallLimits {
  std::chrono::milliseconds connect{3000};
  std::chrono::milliseconds total{15000};
  std::size_t max_response = 1024 * 1024;
};

struct HttpCall {
  std::string method = "GET";
  std::string url;  // http or https only
  Headers headers;
  std::string body;
  CallLimits limits;
  bool allow_private =
      false;            // true for peers the operator configured (ticket system on the LAN), never for URLs out of messages
  std::string ca_file;  // extra trust anchor, PEM
};

struct HttpReply {
  int status = 0;
  Headers headers;
  std::string body;
};

struct MailCall {
  std::string url;             // smtp://host:port or smtps://host:port
  std::string envelope_from;   // "" = null sender <>
  std::string recipient;       // exactly one
  std::string message;         // RFC 5322, CRLF; dot-stuffing is done here
  std::string user, password;  // empty: no AUTH
  enum class Tls : std::uint8_t { kNone, kOpportunistic, kRequired } tls = Tls::kOpportunistic;
  CallLimits limits{std::chrono::milliseconds{5000}, std::chrono::milliseconds{60000}, 64 * 1024};
  std::string ca_file;
};

struct MailReply {
  int code = 0;      // last SMTP reply code
  std::string text;  // its text
};

class OutboundClient {
 public:
  virtual ~OutboundClient() = default;
  // Completes on the caller's executor. Errors: kInvalid (URL), kDenied (address guard), kTimeout / kUnavailable (nothing was
  // sent), kUnknown (time-out, reset or broken answer after the request went out), kTooLarge (response over limit; also outcome
  // unknown).
  virtual boost::asio::awaitable<Result<HttpReply>> http(HttpCall call) = 0;
  // Ok only after the relay's final 250. A 4xx is kUnavailable, a 5xx kInvalid, both with the reply text in `detail` and code in
  // message; a lost connection after end of data is kUnknown.
  virtual boost::asio::awaitable<Result<MailReply>> mail(MailCall call) = 0;
};

std::unique_ptr<OutboundClient> make_outbound_client(async::Executor executor, std::size_t max_connections_per_host = 16);

// The guard by itself: true when `address` (textual IP) is one of the refused ranges.
bool is_private_address(std::string_view address);

}  // namespace usher::net
