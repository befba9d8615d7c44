#include "base/net/byte_stream.h"

#include <list>
#include <thread>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/intrusive/list.hpp>

#include "base/async/deadlines.h"
#include "base/async/task_group.h"
#include "base/log.h"
#include "base/net/acceptor.h"

namespace usher::net {
namespace asio = boost::asio;
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAfterClose{5'000};
constexpr milliseconds kLinger{2'000};

class TcpByteStream final : public ByteStream,
                            public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  TcpByteStream(asio::io_context& context, TcpSocket socket, std::string remote)
      : context_(context), socket_(std::move(socket)), remote_(std::move(remote)) {}
  TcpByteStream(const TcpByteStream&) = delete;
  TcpByteStream& operator=(const TcpByteStream&) = delete;
  ~TcpByteStream() override = default;

  asio::awaitable<Result<std::size_t>> read_some(std::span<char> into, milliseconds limit) override {
    boost::system::error_code ec;
    Limit guard(this, limit);
    const auto buffer = asio::buffer(into.data(), into.size());
    std::size_t n = 0;
    if (tls_) {
      n = co_await tls_->async_read_some(buffer, asio::redirect_error(asio::use_awaitable, ec));
    } else {
      n = co_await socket_.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, ec));
    }
    if (n > 0) co_return n;
    if (guard.struck()) co_return fail(ErrorCode::kTimeout, "the peer sent nothing in time");
    // A peer that closes without a TLS close_notify has closed all the same; line protocols end by their own commands.
    if (ec == asio::error::eof || ec == asio::ssl::error::stream_truncated) co_return std::size_t{0};
    co_return fail(ErrorCode::kUnavailable, "the connection broke while reading", ec.message());
  }

  asio::awaitable<Result<void>> write(std::string bytes, milliseconds limit) override {
    boost::system::error_code ec;
    Limit guard(this, limit);
    if (tls_) {
      co_await asio::async_write(*tls_, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, ec));
    } else {
      co_await asio::async_write(socket_, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, ec));
    }
    if (!ec) co_return Result<void>{};
    if (guard.struck()) co_return fail(ErrorCode::kTimeout, "the peer did not take the answer in time");
    co_return fail(ErrorCode::kUnavailable, "the connection broke while writing", ec.message());
  }

  asio::awaitable<Result<void>> start_tls(std::shared_ptr<TlsContext> tls, milliseconds limit) override {
    if (tls_) co_return fail(ErrorCode::kConflict, "the connection is encrypted already");
    boost::system::error_code ec;
    Limit guard(this, limit);
    tls_ = std::make_unique<asio::ssl::stream<TcpSocket&>>(socket_, *static_cast<asio::ssl::context*>(tls->native()));
    co_await tls_->async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, ec));
    if (!ec) co_return Result<void>{};
    if (guard.struck()) co_return fail(ErrorCode::kTimeout, "the TLS handshake took too long");
    co_return fail(ErrorCode::kUnavailable, "the TLS handshake failed", ec.message());
  }

  void close() override {
    boost::system::error_code ec;
    socket_.shutdown(asio::socket_base::shutdown_both, ec);
    socket_.close(ec);
  }

  // A close with unread bytes in the socket sends a reset, and a reset overtakes the last answer: what a peer still sends is read
  // and dropped, for a moment.
  asio::awaitable<void> close_gently() {
    boost::system::error_code ec;
    socket_.shutdown(asio::socket_base::shutdown_send, ec);
    if (!ec) {
      Limit guard(this, kLinger);
      std::array<char, 4096> unread{};
      while (!ec && !guard.struck())
        co_await socket_.async_read_some(asio::buffer(unread), asio::redirect_error(asio::use_awaitable, ec));
    }
    close();
  }

  bool is_tls() const override { return tls_ != nullptr; }
  const std::string& remote() const override { return remote_; }
  async::Executor executor() override { return context_.get_executor(); }

 private:
  // A time limit of one operation: cancels the socket when it strikes.
  class Limit {
   public:
    Limit(TcpByteStream* stream, milliseconds limit)
        : guard_(async::Deadlines::of(stream->context_), limit, [this, stream] {
            struck_ = true;
            boost::system::error_code ec;
            stream->socket_.cancel(ec);
          }) {}
    Limit(const Limit&) = delete;
    Limit& operator=(const Limit&) = delete;
    bool struck() const { return struck_; }

   private:
    bool struck_ = false;
    async::Deadlines::Guard guard_;
  };

  asio::io_context& context_;
  TcpSocket socket_;
  std::unique_ptr<asio::ssl::stream<TcpSocket&>> tls_;
  std::string remote_;
};

using StreamList = boost::intrusive::list<TcpByteStream, boost::intrusive::constant_time_size<false>>;

struct ListenShard {
  explicit ListenShard(asio::io_context& c) : context(c) {}
  asio::io_context& context;
  std::shared_ptr<TcpAcceptor> acceptor;
  StreamList streams;
};

asio::awaitable<void> run_session(StreamSession* session, std::shared_ptr<TcpByteStream> stream, ConnectionLimits::Slot slot) {
  try {
    co_await (*session)(stream);
  } catch (const std::exception& e) {
    log::error("stream_session_exception", {{"remote", stream->remote()}, {"what", e.what()}});
  }
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() == asio::cancellation_type::none) co_await stream->close_gently();
  stream->close();
  stream->unlink();
  slot.release();
}

class TcpListener final : public Listener {
 public:
  TcpListener(ListenerOptions options, StreamSession session)
      : options_(std::move(options)),
        session_(std::move(session)),
        limits_(std::make_shared<ConnectionLimits>(options_.max_connections, options_.max_connections_per_address)) {}
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;
  ~TcpListener() override {
    stop_accepting();
    if (!wait_idle(milliseconds(0))) {
      close_all();
      wait_idle(kAfterClose);
    }
    service_.cancel();
    service_.wait(kAfterClose);
  }

  Result<void> start(async::IoThreads& io) {
    auto acceptors = open_acceptors(io, options_.host, options_.port);
    if (!acceptors) return fail(std::move(acceptors.error()));
    boost::system::error_code ec;
    port_ = acceptors->front()->local_endpoint(ec).port();
    for (std::size_t i = 0; i < io.size(); ++i) {
      auto& shard = *shards_.emplace_back(std::make_shared<ListenShard>(io.context(i)));
      shard.acceptor = std::shared_ptr<TcpAcceptor>(std::move((*acceptors)[i]));
      service_.spawn(io.executor(i), "stream accept",
                     accept_loop(shard.acceptor, "stream", [this, &shard](TcpSocket socket, const asio::ip::address& peer) {
                       take(shard, std::move(socket), peer);
                     }));
    }
    return {};
  }

  std::uint16_t port() const override { return port_; }
  std::size_t connections() const override { return limits_->total(); }

  void stop_accepting() override {
    stopping_ = true;
    on_every_shard([](ListenShard& shard) {
      boost::system::error_code ec;
      shard.acceptor->close(ec);
    });
  }

  void close_all() override {
    on_every_shard([](ListenShard& shard) {
      for (auto& stream : shard.streams) stream.close();
    });
    sessions_.cancel();
  }

  bool wait_idle(milliseconds limit) override { return sessions_.wait(limit); }

 private:
  void take(ListenShard& shard, TcpSocket socket, const asio::ip::address& peer) {
    auto slot = limits_->enter(peer);
    if (!slot || stopping_) {
      refuse_connection(socket, options_.busy_line);
      return;
    }
    auto stream = std::make_shared<TcpByteStream>(shard.context, std::move(socket), peer.to_string());
    shard.streams.push_back(*stream);
    sessions_.spawn(shard.context.get_executor(), "stream session", run_session(&session_, std::move(stream), std::move(slot)));
  }

  template <class F>
  void on_every_shard(F f) {
    for (auto& shard : shards_) asio::post(shard->context, [f, shard] { f(*shard); });
  }

  ListenerOptions options_;
  StreamSession session_;
  std::shared_ptr<ConnectionLimits> limits_;
  std::vector<std::shared_ptr<ListenShard>> shards_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  async::TaskGroup service_;
  async::TaskGroup sessions_;
};

}  // namespace

Result<std::unique_ptr<Listener>> listen(async::IoThreads& io, ListenerOptions options, StreamSession session) {
  raise_file_limit();
  auto listener = std::make_unique<TcpListener>(std::move(options), std::move(session));
  if (auto started = listener->start(io); !started) return fail(std::move(started.error()));
  return listener;
}

}  // namespace usher::net
