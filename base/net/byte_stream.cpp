#include "base/net/byte_stream.h"

#include <atomic>
#include <thread>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/intrusive/list.hpp>

#include "base/async/task_group.h"
#include "base/log.h"
#include "base/net/acceptor.h"
#include "base/net/tcp_stream.h"

namespace usher::net {
namespace asio = boost::asio;
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAfterClose{5'000};

class TcpByteStream final : public TcpStream,
                            public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  using TcpStream::TcpStream;
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
