#include "base/net/http_server.h"

#include <thread>

#include <boost/asio/post.hpp>

#include "base/async/sleep.h"
#include "base/log.h"
#include "base/net/http_connection.h"

namespace usher::net {
namespace asio = boost::asio;
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kBusyAnswer =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 5\r\nConnection: close\r\n\r\n";
constexpr milliseconds kSweep{1'000};
constexpr milliseconds kAfterKill{5'000};  // for sessions whose socket was closed to notice and return

// tick() may end a session and so unlink neighbours, so the walk goes over a list of its own.
asio::awaitable<void> sweep(Shard* shard) {
  while (co_await async::sleep_for(kSweep)) {
    const auto now = std::chrono::steady_clock::now();
    LiveList walk;
    walk.swap(shard->live);
    while (!walk.empty()) {
      Live& live = walk.front();
      live.unlink();
      shard->live.push_back(live);
      live.tick(now);
    }
  }
}

class BeastHttpServer final : public HttpServer {
 public:
  BeastHttpServer(HttpServerOptions options, HttpHandler& handler) : state_(std::move(options), handler) {}
  BeastHttpServer(const BeastHttpServer&) = delete;
  BeastHttpServer& operator=(const BeastHttpServer&) = delete;
  ~BeastHttpServer() override {
    if (!drained_) drain(milliseconds(0));
  }

  Result<void> start(async::IoThreads& io) {
    auto acceptors = open_acceptors(io, state_.options.host, state_.options.port);
    if (!acceptors) return fail(std::move(acceptors.error()));
    boost::system::error_code ec;
    port_ = acceptors->front()->local_endpoint(ec).port();
    for (std::size_t i = 0; i < io.size(); ++i) {
      auto& shard = *state_.shards.emplace_back(std::make_shared<Shard>(io.context(i)));
      shard.acceptor = std::shared_ptr<TcpAcceptor>(std::move((*acceptors)[i]));
      state_.service.spawn(io.executor(i), "http accept",
                           accept_loop(shard.acceptor, "http", [this, &shard](TcpSocket socket, asio::ip::address peer) {
                             take(shard, std::move(socket), peer);
                           }));
      state_.service.spawn(io.executor(i), "http sweep", sweep(&shard));
    }
    return {};
  }

  std::uint16_t port() const override { return port_; }
  std::size_t connections() const override { return state_.limits->total(); }

  void drain(milliseconds limit) override {
    drained_ = true;
    const auto until = std::chrono::steady_clock::now() + limit;
    state_.draining = true;
    on_every_shard([](Shard& shard) {
      boost::system::error_code ec;
      shard.acceptor->close(ec);
      for_each(shard, [](Live& live) { live.close_if_idle(); });
    });
    if (!wait_empty(until)) {
      log::warn("http_drain_incomplete", {{"connections", static_cast<std::uint64_t>(connections())}});
      on_every_shard([](Shard& shard) { for_each(shard, [](Live& live) { live.kill(); }); });
      state_.sessions.cancel();
      wait_empty(std::chrono::steady_clock::now() + kAfterKill);
    }
    state_.sessions.cancel();
    state_.service.cancel();
    state_.service.wait(kAfterKill);
  }

 private:
  void take(Shard& shard, TcpSocket socket, const asio::ip::address& peer) {
    auto slot = state_.limits->enter(peer);
    if (!slot || state_.draining) {
      refuse_connection(socket, state_.options.tls ? std::string_view{} : kBusyAnswer);
      return;
    }
    start_connection(state_, shard, std::move(socket), peer, std::move(slot));
  }

  template <class F>
  static void for_each(Shard& shard, F f) {
    LiveList walk;
    walk.swap(shard.live);
    while (!walk.empty()) {
      Live& live = walk.front();
      live.unlink();
      shard.live.push_back(live);
      f(live);
    }
  }

  template <class F>
  void on_every_shard(F f) {
    for (auto& shard : state_.shards) {
      asio::post(shard->context, [f, shard] { f(*shard); });
    }
  }

  // Sockets may live a little longer than their session: the close handshake of a WebSocket belongs to the connection.
  bool wait_empty(std::chrono::steady_clock::time_point until) {
    for (;;) {
      const auto left = std::chrono::duration_cast<milliseconds>(until - std::chrono::steady_clock::now());
      const bool idle = state_.sessions.wait(std::max(left, milliseconds(0)));
      if (idle && connections() == 0) return true;
      if (left <= milliseconds(0)) return false;
      std::this_thread::sleep_for(milliseconds(5));
    }
  }

  ServerState state_;
  std::uint16_t port_ = 0;
  bool drained_ = false;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> serve_http(async::IoThreads& io, HttpServerOptions options, HttpHandler& handler) {
  raise_file_limit();
  auto server = std::make_unique<BeastHttpServer>(std::move(options), handler);
  if (auto started = server->start(io); !started) return fail(std::move(started.error()));
  return server;
}

}  // namespace usher::net
