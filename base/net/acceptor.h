// What the HTTP server and the line listener share: a SO_REUSEPORT acceptor per io_context, connection limits, the accept loop.
// Internal to base/net.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/async/io_threads.h"
#include "base/result.h"

namespace usher::net {

using TcpSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, async::Executor>;
using TcpAcceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, async::Executor>;

// One acceptor per context, all on one port. kIo with host, port and reason. `host` is an address or a name.
Result<std::vector<std::unique_ptr<TcpAcceptor>>> open_acceptors(async::IoThreads& io, const std::string& host,
                                                                 std::uint16_t port);

// Raises the soft limit of open files to the hard one, logs the capacity once per process.
void raise_file_limit();

// Counts connections in total and per address. Thread-safe. Lives as long as the last Slot (they share it).
class ConnectionLimits : public std::enable_shared_from_this<ConnectionLimits> {
 public:
  ConnectionLimits(std::size_t max_total, std::size_t max_per_address)
      : max_total_(max_total), max_per_address_(max_per_address) {}

  // RAII place of one connection.
  class Slot {
   public:
    Slot() = default;
    Slot(std::shared_ptr<ConnectionLimits> owner, const boost::asio::ip::address& address)
        : owner_(std::move(owner)), address_(address) {}
    Slot(Slot&& other) noexcept : owner_(std::move(other.owner_)), address_(other.address_) {}
    Slot& operator=(Slot&& other) noexcept {
      if (this != &other) {
        release();
        owner_ = std::move(other.owner_);
        address_ = other.address_;
      }
      return *this;
    }
    ~Slot() { release(); }
    void release() {
      if (auto owner = std::exchange(owner_, nullptr)) owner->leave(address_);
    }
    explicit operator bool() const { return owner_ != nullptr; }

   private:
    std::shared_ptr<ConnectionLimits> owner_;
    boost::asio::ip::address address_;
  };

  Slot enter(const boost::asio::ip::address& address);  // empty when a limit is reached
  std::size_t total() const { return total_.load(std::memory_order_relaxed); }

 private:
  struct AddressHash {
    std::size_t operator()(const boost::asio::ip::address& address) const {
      return std::hash<boost::asio::ip::address>{}(address);
    }
  };
  void leave(const boost::asio::ip::address& address);

  std::size_t max_total_;
  std::size_t max_per_address_;
  std::atomic<std::size_t> total_{0};
  std::mutex mutex_;
  std::unordered_map<boost::asio::ip::address, std::size_t, AddressHash> per_address_;
};

// Accepts until the acceptor is closed. `take` gets the socket and the peer's address; it must not throw. Running out of file
// descriptors pauses the loop instead of spinning. Runs on the acceptor's executor.
using TakeConnection = std::function<void(TcpSocket, boost::asio::ip::address)>;
boost::asio::awaitable<void> accept_loop(std::shared_ptr<TcpAcceptor> acceptor, const char* name, TakeConnection take);

// Writes `bytes` as far as the kernel takes them at once and closes. For connections over the limits.
void refuse_connection(TcpSocket& socket, std::string_view bytes);

}  // namespace usher::net
