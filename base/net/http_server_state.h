// What the HTTP server, its connections and its WebSockets share. Internal to base/net.
#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/intrusive/list.hpp>

#include "base/async/task_group.h"
#include "base/net/acceptor.h"
#include "base/net/http_head.h"
#include "base/net/http_server.h"

namespace usher::net {

using TlsSocket = boost::asio::ssl::stream<TcpSocket>;

// One connection in its context's list; leaves the list by being destroyed. Called on the context's thread only.
class Live : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  Live() = default;
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;
  virtual ~Live() = default;
  virtual void tick(std::chrono::steady_clock::time_point now) = 0;  // about once a second
  virtual void close_if_idle() = 0;
  virtual void kill() = 0;  // close the socket now; must not destroy the object at once
};
using LiveList = boost::intrusive::list<Live, boost::intrusive::constant_time_size<false>>;

struct Shard {  // per io_context
  explicit Shard(boost::asio::io_context& c) : context(c) {}
  boost::asio::io_context& context;
  std::shared_ptr<TcpAcceptor> acceptor;
  LiveList live;
};

// Room for large bodies, which the number of connections does not bound. One address gets a quarter of it at most. Given back
// when the request was answered. Thread-safe.
class BodyRoom {
 public:
  class Part {
   public:
    Part() = default;
    Part(BodyRoom* room, std::string address, std::size_t bytes) : room_(room), address_(std::move(address)), bytes_(bytes) {}
    Part(Part&& other) noexcept
        : room_(std::exchange(other.room_, nullptr)), address_(std::move(other.address_)), bytes_(other.bytes_) {}
    Part& operator=(Part&& other) noexcept {
      std::swap(room_, other.room_);
      std::swap(address_, other.address_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Part() {
      if (room_ != nullptr) room_->give_back(address_, bytes_);
    }

   private:
    BodyRoom* room_ = nullptr;
    std::string address_;
    std::size_t bytes_ = 0;
  };
  explicit BodyRoom(std::size_t bytes) : bytes_(bytes) {}
  // nullopt: there is no room for so much now.
  std::optional<Part> take(const std::string& address, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    const auto it = by_address_.find(address);
    const std::size_t own = it == by_address_.end() ? 0 : it->second;
    if (bytes > bytes_ - used_ || own + bytes > bytes_ / 4) return std::nullopt;
    used_ += bytes;
    by_address_[address] = own + bytes;
    return Part(this, address, bytes);
  }

 private:
  void give_back(const std::string& address, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    used_ -= bytes;
    if ((by_address_[address] -= bytes) == 0) by_address_.erase(address);
  }

  const std::size_t bytes_;
  std::mutex mutex_;
  std::size_t used_ = 0;
  std::unordered_map<std::string, std::size_t> by_address_;
};

struct ServerState {
  ServerState(HttpServerOptions o, HttpHandler& h)
      : options(std::move(o)),
        handler(h),
        proxies(options.trusted_proxies),
        large_bodies(options.max_large_bodies),
        limits(std::make_shared<ConnectionLimits>(options.max_connections, options.max_connections_per_address)) {}

  HttpServerOptions options;
  HttpHandler& handler;
  TrustedProxies proxies;
  BodyRoom large_bodies;
  std::shared_ptr<ConnectionLimits> limits;
  std::atomic<bool> draining{false};
  std::vector<std::shared_ptr<Shard>> shards;  // shared with what is posted to their contexts
  async::TaskGroup service;                    // accept loops and sweepers
  async::TaskGroup sessions;                   // connections
};

struct Upgrade {
  std::string accept_key;  // for the answer to the handshake
  std::string early;       // received behind the request
  std::string target;
  std::string remote;
  ConnectionLimits::Slot slot;
};

// Takes the stream over: answer to the handshake, session, close, all in a coroutine of its own, so that the HTTP connection's
// memory is freed. On the shard's thread.
template <class Stream>
void start_websocket(ServerState& server, Shard& shard, Stream stream, Upgrade upgrade);
extern template void start_websocket<TcpSocket>(ServerState&, Shard&, TcpSocket, Upgrade);
extern template void start_websocket<TlsSocket>(ServerState&, Shard&, TlsSocket, Upgrade);

}  // namespace usher::net
