// HTTP/1.1 server (Beast's parser) and WebSocket upgrade (own framing, ws_codec.h). One SO_REUSEPORT acceptor per io_context;
// a connection lives on the context that accepted it.
//
// The server owns framing, limits and time limits; the Handler owns meaning. Refused before the handler sees anything:
// malformed or smuggling-prone requests (400 and close), request line or headers over limit (414/431), body over body_limit
// (413), headers not complete in 10 s or a body slower than 500 B/s, over 1 MiB 16 KiB/s (408/close), too many connections (503
// and close). Security headers (nosniff, frame-ancestors by the handler, no Server version) are added to every answer.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "base/async/io_threads.h"
#include "base/net/http.h"
#include "base/net/tls.h"
#include "base/result.h"

namespace usher::net {

// One WebSocket after the handshake. All calls on the socket's own executor, except where said.
// Lives until the session coroutine returns. send() is serialised: it queues and completes when the bytes went to the kernel.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  // The next text message; kTooLarge closes 1009, binary frames close 1003, bad UTF-8 closes 1007. kUnavailable when the peer
  // went.
  virtual boost::asio::awaitable<Result<std::string>> receive() = 0;
  // Queues a text message, from this executor only; kBusy when more than max_send_queue bytes wait (the caller should close).
  virtual Result<void> send(std::string text) = 0;
  virtual void close(std::uint16_t code, std::string_view reason) = 0;  // sends what is queued, then the close frame
  virtual async::Executor executor() = 0;
  virtual const std::string& remote() const = 0;
};

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual boost::asio::awaitable<HttpResponse> handle(HttpRequest request) = 0;
  // Largest body accepted for this request, asked before the body is read.
  virtual std::size_t body_limit(std::string_view method, std::string_view path) const = 0;
  // Asked for an upgrade request. A response (403, 404) refuses it; nullopt accepts, and websocket() is called after the
  // handshake. (A plain function: no waiting here, so an idle connection keeps no request in memory.)
  virtual std::optional<HttpResponse> refuse_upgrade(const HttpRequest& request) = 0;
  // Runs the session; returning closes the socket. `target` is the upgrade's path and query.
  virtual boost::asio::awaitable<void> websocket(std::shared_ptr<WebSocket> socket, std::string target) = 0;
};

struct HttpServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: the system picks; see port()
  std::size_t max_connections = 50'000;
  std::size_t max_connections_per_address = 20'000;
  std::size_t max_websocket_message = 64 * 1024;
  std::size_t max_send_queue = 1024 * 1024;
  std::size_t max_large_bodies = 256u * 1024 * 1024;  // bytes of all bodies over 1 MiB at one time, of one address a
                                                      // quarter of that; more are told 503 and close
  std::chrono::seconds header_timeout{10};
  std::chrono::seconds keep_alive_timeout{75};
  std::chrono::seconds websocket_ping{30};   // a peer that does not answer two pings is closed
  std::shared_ptr<TlsContext> tls;           // null: plain
  std::vector<std::string> trusted_proxies;  // addresses whose X-Forwarded-For / -Proto are believed
};

class HttpServer {
 public:
  virtual ~HttpServer() = default;  // after drain() and after io stopped
  virtual std::uint16_t port() const = 0;
  // Stops accepting; answers in flight finish with Connection: close; WebSocket sessions are the handler's to close.
  // Returns when no connection is left or after `limit`, then closes what remains. Blocks a non-I/O thread.
  virtual void drain(std::chrono::milliseconds limit) = 0;
  virtual std::size_t connections() const = 0;
};

// Binds and starts accepting. kIo with host, port and reason when the address cannot be bound.
Result<std::unique_ptr<HttpServer>> serve_http(async::IoThreads& io, HttpServerOptions options, HttpHandler& handler);

}  // namespace usher::net
