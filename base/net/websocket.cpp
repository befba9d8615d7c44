// WebSocket connections of the HTTP server. Written for memory per idle connection: no buffer while nothing arrives, no timer per
// connection (the sweeper ticks), no compression. Framing is in ws_codec.
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/log.h"
#include "base/net/http_server_state.h"
#include "base/net/ws_codec.h"

namespace usher::net {
namespace asio = boost::asio;
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kCloseLimit{5};
constexpr std::size_t kReadSize = 16 * 1024;
constexpr int kMaxUnansweredPings = 2;

template <class Stream>
class FramedSocket final : public WebSocket, public Live, public std::enable_shared_from_this<FramedSocket<Stream>> {
 public:
  static constexpr bool kTls = std::is_same_v<Stream, TlsSocket>;

  FramedSocket(const ServerState& server, Shard& shard, Stream stream, Upgrade upgrade)
      : context_(shard.context),
        stream_(std::move(stream)),
        remote_(std::move(upgrade.remote)),
        slot_(std::move(upgrade.slot)),
        input_(std::move(upgrade.early)),
        decoder_(server.options.max_websocket_message),
        last_heard_(Clock::now()),
        ping_after_(server.options.websocket_ping),
        max_queue_(server.options.max_send_queue) {
    boost::system::error_code ec;
    stream_.lowest_layer().non_blocking(true, ec);
    shard.live.push_back(*this);
  }

  void send_handshake(const std::string& accept_key) {
    queue("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept_key +
          "\r\n\r\n");
  }

  asio::awaitable<Result<std::string>> receive() override {
    for (;;) {
      auto event = failed_ || peer_closed_ ? WsEvent{} : decoder_.next(input_);
      if (event.kind == WsEvent::Kind::kText) co_return std::move(event.payload);
      if (event.kind == WsEvent::Kind::kFail) co_return give_up(event.code);
      if (event.kind == WsEvent::Kind::kMore) {
        if (failed_ || peer_closed_ || !co_await read_more())
          co_return fail(ErrorCode::kUnavailable, "the connection was closed");
        continue;
      }
      control(std::move(event));
    }
  }

  Result<void> send(std::string text) override {
    if (closing_ || dead_) return fail(ErrorCode::kUnavailable, "the connection is closed");
    if (pending_.size() + flying_.size() + text.size() > max_queue_) {
      return fail(ErrorCode::kBusy, "the peer does not read fast enough");
    }
    queue(ws_frame(WsOpcode::kText, text));
    return {};
  }

  void close(std::uint16_t code, std::string_view reason) override {
    if (closing_) return;
    closing_ = true;
    kill_at_ = Clock::now() + kCloseLimit;
    queue(ws_frame(WsOpcode::kClose, ws_close_payload(code, reason)));
  }

  async::Executor executor() override { return context_.get_executor(); }
  const std::string& remote() const override { return remote_; }

  // After the session: says good-bye and waits for the peer's, at most kCloseLimit (tick() cuts it off).
  asio::awaitable<void> finish() {
    close(1000, {});
    for (;;) {
      while (!failed_ && !peer_closed_) {
        auto event = decoder_.next(input_);
        if (event.kind == WsEvent::Kind::kMore) break;
        if (event.kind == WsEvent::Kind::kFail) failed_ = true;
        control(std::move(event));
      }
      if (dead_ || (peer_closed_ && pending_.empty() && flying_.empty())) break;
      // After a fault the rest is read and dropped: a close with unread bytes would send a reset that overtakes the close frame.
      if (failed_) input_.clear();
      if (!co_await read_more()) break;
    }
    kill();
    if (is_linked()) unlink();
    slot_.release();
  }

  void tick(Clock::time_point now) override {
    if (closing_) {
      if (now >= kill_at_) kill();
      return;
    }
    if (!reading_) {  // nobody would see the answer
      last_heard_ = now;
      return;
    }
    if (now - last_heard_ < ping_after_ * (unanswered_ + 1)) return;
    if (unanswered_ >= kMaxUnansweredPings) return kill();
    ++unanswered_;
    queue(ws_frame(WsOpcode::kPing, {}));
  }

  void close_if_idle() override {}  // sessions say good-bye themselves

  void kill() override {
    dead_ = true;
    boost::system::error_code ec;
    stream_.lowest_layer().close(ec);
  }

 private:
  // More bytes into input_. False: the connection is over. A plain socket waits without a buffer and reads into a shared one.
  asio::awaitable<bool> read_more() {
    if (dead_) co_return false;
    if (input_.empty()) input_ = std::string();  // give the memory back while waiting
    reading_ = true;
    boost::system::error_code ec;
    if constexpr (kTls) {
      const auto had = input_.size();
      input_.resize(had + kReadSize);
      const auto n = co_await stream_.async_read_some(asio::buffer(input_.data() + had, kReadSize),
                                                      asio::redirect_error(asio::use_awaitable, ec));
      input_.resize(had + n);
      reading_ = false;
    } else {
      co_await stream_.async_wait(asio::socket_base::wait_read, asio::redirect_error(asio::use_awaitable, ec));
      reading_ = false;
      if (!ec) take_available(ec);
    }
    if (ec || dead_) {
      kill();
      co_return false;
    }
    last_heard_ = Clock::now();
    unanswered_ = 0;
    co_return true;
  }

  void take_available(boost::system::error_code& ec) {
    thread_local std::vector<char> shared(kReadSize);
    const auto n = stream_.read_some(asio::buffer(shared), ec);
    if (ec == asio::error::would_block || ec == asio::error::try_again) ec = {};
    input_.append(shared.data(), n);
  }

  void control(WsEvent event) {
    if (event.kind == WsEvent::Kind::kPing && !closing_) {
      // A peer that pings and does not read must not fill our memory.
      if (pending_.size() < max_queue_) queue(ws_frame(WsOpcode::kPong, event.payload));
    } else if (event.kind == WsEvent::Kind::kClose) {
      peer_closed_ = true;
      close(event.code == 1005 ? std::uint16_t{1000} : event.code, {});
    }
  }

  std::unexpected<Error> give_up(std::uint16_t code) {
    failed_ = true;
    const char* reason = code == 1009   ? "the message is larger than allowed"
                         : code == 1007 ? "the message is not valid UTF-8"
                         : code == 1003 ? "text messages only"
                                        : "the frame breaks the protocol";
    close(code, reason);
    return fail(code == 1009 ? ErrorCode::kTooLarge : ErrorCode::kInvalid, reason);
  }

  void queue(std::string bytes) {
    if (dead_) return;
    pending_ = pending_.empty() ? std::move(bytes) : pending_ + bytes;
    pump();
  }

  void pump() {
    if (!flying_.empty() || pending_.empty() || dead_) return;
    flying_ = std::exchange(pending_, {});
    asio::async_write(stream_, asio::buffer(flying_),
                      [self = this->shared_from_this()](boost::system::error_code ec, std::size_t) { self->wrote(ec); });
  }

  void wrote(const boost::system::error_code& ec) {
    flying_ = std::string();
    if (ec || (peer_closed_ && pending_.empty())) return kill();  // also wakes a finish() that waits
    pump();
  }

  asio::io_context& context_;
  Stream stream_;
  std::string remote_;
  ConnectionLimits::Slot slot_;
  std::string input_;    // received, not yet decoded
  std::string pending_;  // frames to be written
  std::string flying_;   // frames being written
  WsDecoder decoder_;
  Clock::time_point last_heard_;
  Clock::time_point kill_at_;
  std::chrono::seconds ping_after_;
  std::size_t max_queue_;
  int unanswered_ = 0;
  bool reading_ = false;
  bool closing_ = false;      // our close frame is queued or sent
  bool peer_closed_ = false;  // the peer's has come
  bool failed_ = false;       // what it sends means nothing any more
  bool dead_ = false;         // the socket is closed
};

template <class Stream>
asio::awaitable<void> run_session(HttpHandler* handler, std::shared_ptr<FramedSocket<Stream>> socket, std::string target) {
  try {
    co_await handler->websocket(socket, std::move(target));
  } catch (const std::exception& e) {
    log::error("websocket_handler_exception", {{"what", e.what()}});
  }
  co_await socket->finish();
}

}  // namespace

template <class Stream>
void start_websocket(ServerState& server, Shard& shard, Stream stream, Upgrade upgrade) {
  const std::string accept_key = std::move(upgrade.accept_key);
  std::string target = std::move(upgrade.target);
  auto socket = std::make_shared<FramedSocket<Stream>>(server, shard, std::move(stream), std::move(upgrade));
  socket->send_handshake(accept_key);
  server.sessions.spawn(shard.context.get_executor(), "websocket",
                        run_session(&server.handler, std::move(socket), std::move(target)));
}

template void start_websocket<TcpSocket>(ServerState&, Shard&, TcpSocket, Upgrade);
template void start_websocket<TlsSocket>(ServerState&, Shard&, TlsSocket, Upgrade);

}  // namespace usher::net
