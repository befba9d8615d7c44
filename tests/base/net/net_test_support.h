// A blocking raw TCP client, a handler made of closures, and a server around it: for tests of base/net only.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <functional>
#include <future>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "base/async/io_threads.h"
#include "base/net/http_server.h"

namespace usher::net::testing {

// Never waits longer than 10 s for the peer: a test that hangs fails.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address) == 0;
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { close(); }

  bool connected() const { return connected_; }
  int fd() const { return fd_; }
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  // Everything until the peer closes (or resets).
  std::string read_all() {
    while (fill()) {
    }
    return std::exchange(buffer_, {});
  }
  // Up to and including `end`; what is there when the peer closes first.
  std::string read_until(std::string_view end) {
    for (;;) {
      const auto at = buffer_.find(end);
      if (at != std::string::npos) return take(at + end.size());
      if (!fill()) return std::exchange(buffer_, {});
    }
  }
  std::string read_bytes(std::size_t n) {
    while (buffer_.size() < n && fill()) {
    }
    return take(std::min(n, buffer_.size()));
  }
  // One HTTP answer with Content-Length.
  std::string read_answer() {
    std::string head = read_until("\r\n\r\n");
    const auto at = head.find("Content-Length: ");
    if (at == std::string::npos) return head;
    return head + read_bytes(std::stoul(head.substr(at + 16)));
  }
  bool closed_by_peer() { return buffer_.empty() && !fill(); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void reset() {  // close with RST
    const linger hard{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close();
  }

 private:
  std::string take(std::size_t n) {
    std::string out = buffer_.substr(0, n);
    buffer_.erase(0, n);
    return out;
  }
  bool fill() {
    std::array<char, 8192> chunk{};
    const auto n = ::recv(fd_, chunk.data(), chunk.size(), 0);
    if (n <= 0) return false;
    buffer_.append(chunk.data(), static_cast<std::size_t>(n));
    return true;
  }
  int fd_;
  bool connected_ = false;
  std::string buffer_;
};

// Answers 200 with "METHOD path?query" and the body below; closures replace parts of it.
class TestHandler : public HttpHandler {
 public:
  std::function<boost::asio::awaitable<HttpResponse>(HttpRequest)> on_request;
  std::function<boost::asio::awaitable<void>(std::shared_ptr<WebSocket>, std::string)> on_socket;
  std::function<std::optional<HttpResponse>(const HttpRequest&)> on_upgrade;
  std::size_t limit = 1024;

  boost::asio::awaitable<HttpResponse> handle(HttpRequest request) override {
    if (on_request) co_return co_await on_request(std::move(request));
    std::string body =
        request.method + " " + request.path + (request.query.empty() ? "" : "?" + request.query) + "\n" + request.body;
    co_return HttpResponse::text(200, std::move(body));
  }
  std::size_t body_limit(std::string_view /*method*/, std::string_view /*path*/) const override { return limit; }
  std::optional<HttpResponse> refuse_upgrade(const HttpRequest& request) override {
    return on_upgrade ? on_upgrade(request) : std::nullopt;
  }
  boost::asio::awaitable<void> websocket(std::shared_ptr<WebSocket> socket, std::string target) override {
    if (on_socket) co_await on_socket(std::move(socket), std::move(target));
  }
};

class Server {
 public:
  explicit Server(HttpServerOptions options = {}, std::size_t threads = 2) : io(threads) {
    auto started = serve_http(io, std::move(options), handler);
    EXPECT_TRUE(started) << started.error().message;
    http = std::move(*started);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    if (http) http->drain(std::chrono::milliseconds(0));
    io.stop();
  }
  // After the handler's closures are set.
  void start() { io.start(); }
  std::uint16_t port() const { return http->port(); }
  std::string url(std::string_view path) const { return fmt::format("http://127.0.0.1:{}{}", port(), path); }

  TestHandler handler;
  async::IoThreads io;
  std::unique_ptr<HttpServer> http;
};

// Runs one coroutine on `executor` from a test's own thread.
template <class T>
T run_on(async::Executor executor, boost::asio::awaitable<T> task) {
  return boost::asio::co_spawn(executor, std::move(task), boost::asio::use_future).get();
}

}  // namespace usher::net::testing
