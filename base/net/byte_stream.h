// A TCP byte stream for line protocols (SMTP, LMTP), with STARTTLS, read and write limits by the sweeper, and a listener.
// All calls on the stream's own executor. One read and one write at a time.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "base/async/io_threads.h"
#include "base/net/tls.h"
#include "base/result.h"

namespace usher::net {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // At least one byte; 0 = the peer closed. kTimeout after `limit`, kUnavailable on reset.
  virtual boost::asio::awaitable<Result<std::size_t>> read_some(std::span<char> into, std::chrono::milliseconds limit) = 0;
  virtual boost::asio::awaitable<Result<void>> write(std::string bytes, std::chrono::milliseconds limit) = 0;
  // Server-side handshake. The caller has thrown away everything it had buffered (CVE-2011-0411).
  virtual boost::asio::awaitable<Result<void>> start_tls(std::shared_ptr<TlsContext> tls, std::chrono::milliseconds limit) = 0;
  virtual void close() = 0;
  virtual bool is_tls() const = 0;
  virtual const std::string& remote() const = 0;  // peer address without port
  virtual async::Executor executor() = 0;
};

struct ListenerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::size_t max_connections = 2'000;
  std::size_t max_connections_per_address = 50;
  std::string busy_line;  // written to a connection over the limits before it is closed ("421 4.7.0 …\r\n")
};

class Listener {
 public:
  virtual ~Listener() = default;
  virtual std::uint16_t port() const = 0;
  virtual void stop_accepting() = 0;  // any thread
  virtual void close_all() = 0;       // any thread
  virtual std::size_t connections() const = 0;
  virtual bool wait_idle(std::chrono::milliseconds limit) = 0;  // blocks a non-I/O thread
};

// Calls `session` for each connection, on the connection's executor; the connection closes when it returns.
using StreamSession = std::function<boost::asio::awaitable<void>(std::shared_ptr<ByteStream>)>;
Result<std::unique_ptr<Listener>> listen(async::IoThreads& io, ListenerOptions options, StreamSession session);

}  // namespace usher::net
