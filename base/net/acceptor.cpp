#include "base/net/acceptor.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/sleep.h"
#include "base/log.h"

namespace usher::net {
namespace asio = boost::asio;
using tcp = asio::ip::tcp;
namespace {

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
constexpr int kBacklog = 4096;

boost::system::error_code bind_and_listen(TcpAcceptor& acceptor, const tcp::endpoint& endpoint, bool reuse_port) {
  boost::system::error_code ec;
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  if (!ec && reuse_port) acceptor.set_option(ReusePort(true), ec);
  if (!ec && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(false), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec && reuse_port) acceptor.listen(kBacklog, ec);
  return ec;
}

asio::ip::address plain_address(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return address;
}

bool out_of_resources(const boost::system::error_code& ec) {
  return ec == boost::system::errc::too_many_files_open || ec == boost::system::errc::too_many_files_open_in_system ||
         ec == boost::system::errc::no_buffer_space || ec == boost::system::errc::not_enough_memory;
}

}  // namespace

Result<std::vector<std::unique_ptr<TcpAcceptor>>> open_acceptors(async::IoThreads& io, const std::string& host,
                                                                 std::uint16_t port) {
  const auto where = host + ":" + std::to_string(port);
  boost::system::error_code ec;
  auto address = asio::ip::make_address(host, ec);
  if (ec) {
    tcp::resolver resolver(io.context(0));
    const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, ec);
    if (ec || found.empty()) return fail(ErrorCode::kIo, "cannot listen on " + where + ": " + ec.message());
    address = found.begin()->endpoint().address();
  }
  tcp::endpoint endpoint(address, port);
  if (port != 0) {
    // With SO_REUSEPORT a second Usher of the same user would silently share the port; a bind without it finds that out.
    TcpAcceptor probe(io.executor(0));
    ec = bind_and_listen(probe, endpoint, false);
    if (ec) return fail(ErrorCode::kIo, "cannot listen on " + where + ": " + ec.message());
  }
  std::vector<std::unique_ptr<TcpAcceptor>> acceptors;
  for (std::size_t i = 0; i < io.size(); ++i) {
    auto acceptor = std::make_unique<TcpAcceptor>(io.executor(i));
    ec = bind_and_listen(*acceptor, endpoint, true);
    if (!ec) endpoint.port(acceptor->local_endpoint(ec).port());
    if (ec) return fail(ErrorCode::kIo, "cannot listen on " + where + ": " + ec.message());
    acceptors.push_back(std::move(acceptor));
  }
  return acceptors;
}

void raise_file_limit() {
  static std::once_flag once;
  std::call_once(once, [] {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    log::info("file_limit", {{"max_open_files", static_cast<std::uint64_t>(limit.rlim_cur)}});
  });
}

ConnectionLimits::Slot ConnectionLimits::enter(const asio::ip::address& address) {
  {
    std::lock_guard lock(mutex_);
    if (total_.load(std::memory_order_relaxed) >= max_total_) return {};
    auto& count = per_address_[address];
    if (count >= max_per_address_) {
      if (count == 0) per_address_.erase(address);
      return {};
    }
    ++count;
    total_.fetch_add(1, std::memory_order_relaxed);
  }
  return Slot(shared_from_this(), address);
}

void ConnectionLimits::leave(const asio::ip::address& address) {
  std::lock_guard lock(mutex_);
  total_.fetch_sub(1, std::memory_order_relaxed);
  if (const auto found = per_address_.find(address); found != per_address_.end() && --found->second == 0)
    per_address_.erase(found);
}

asio::awaitable<void> accept_loop(std::shared_ptr<TcpAcceptor> acceptor, const char* name, TakeConnection take) {
  auto last_report = std::chrono::steady_clock::time_point{};
  while (acceptor->is_open()) {
    boost::system::error_code ec;
    TcpSocket socket = co_await acceptor->async_accept(asio::redirect_error(asio::use_awaitable, ec));
    if (ec == asio::error::operation_aborted || ec == asio::error::bad_descriptor) co_return;
    if (ec) {
      const auto now = std::chrono::steady_clock::now();
      if (now - last_report > std::chrono::seconds(1)) {
        last_report = now;
        log::warn("accept_failed", {{"listener", name}, {"reason", ec.message()}});
      }
      // The waiting connection keeps the acceptor readable: without a pause this would be a busy loop.
      if (out_of_resources(ec) && !co_await async::sleep_for(std::chrono::milliseconds(100))) co_return;
      continue;
    }
    const auto peer = socket.remote_endpoint(ec);
    if (ec) continue;  // gone already
    socket.set_option(tcp::no_delay(true), ec);
    take(std::move(socket), plain_address(peer.address()));
  }
}

void refuse_connection(TcpSocket& socket, std::string_view bytes) {
  boost::system::error_code ec;
  socket.non_blocking(true, ec);
  if (!bytes.empty()) socket.write_some(asio::buffer(bytes.data(), bytes.size()), ec);
  socket.shutdown(tcp::socket::shutdown_send, ec);
  socket.close(ec);
}

}  // namespace usher::net
