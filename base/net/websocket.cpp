// The only file with Beast's WebSocket. Written for memory per idle connection (stack.md §3): no buffer but the one inside the
// stream, no timer per connection (the sweeper ticks), no compression.
#include <list>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "base/log.h"
#include "base/net/http_server_state.h"

namespace usher::net {
namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kHandshakeLimit{10};
constexpr std::chrono::seconds kCloseLimit{5};
constexpr std::size_t kFirstRead = 128;  // what an idle connection pays for; most messages fit
constexpr std::size_t kNextRead = 4096;
constexpr std::size_t kMaxCloseReason = 123;  // RFC 6455 §5.5
constexpr int kMaxUnansweredPings = 2;

template <class Stream>
class BeastWebSocket final : public WebSocket, public Live, public std::enable_shared_from_this<BeastWebSocket<Stream>> {
 public:
  BeastWebSocket(const ServerState& server, Shard& shard, Stream stream, std::string remote, ConnectionLimits::Slot slot)
      : context_(shard.context),
        ws_(std::move(stream)),
        remote_(std::move(remote)),
        slot_(std::move(slot)),
        last_heard_(Clock::now()),
        ping_after_(server.options.websocket_ping),
        max_queue_(server.options.max_send_queue) {
    ws_.read_message_max(server.options.max_websocket_message);
    ws_.auto_fragment(false);
    ws_.write_buffer_bytes(1024);
    ws_.set_option(websocket::stream_base::decorator(
        [](websocket::response_type& response) { response.set(boost::beast::http::field::server, "usher"); }));
    ws_.control_callback([this](websocket::frame_type, boost::beast::string_view) { heard(); });
    shard.live.push_back(*this);
  }

  asio::awaitable<bool> accept(std::unique_ptr<Upgrade> upgrade) {
    boost::system::error_code ec;
    co_await ws_.async_accept(upgrade->request, asio::redirect_error(asio::use_awaitable, ec));
    open_ = !ec;
    heard();
    co_return open_;
  }

  asio::awaitable<Result<std::string>> receive() override {
    std::string message;
    for (;;) {
      boost::system::error_code ec;
      reading_ = true;
      if (message.empty()) {
        std::array<char, kFirstRead> first{};
        const auto n = co_await ws_.async_read_some(asio::buffer(first), asio::redirect_error(asio::use_awaitable, ec));
        message.assign(first.data(), n);
      } else {
        const auto had = message.size();
        message.resize(had + kNextRead);
        const auto n = co_await ws_.async_read_some(asio::buffer(message.data() + had, kNextRead),
                                                    asio::redirect_error(asio::use_awaitable, ec));
        message.resize(had + n);
      }
      reading_ = false;
      heard();
      if (ec == websocket::error::message_too_big) co_return fail(ErrorCode::kTooLarge, "the message is larger than allowed");
      if (ec == websocket::error::bad_frame_payload) co_return fail(ErrorCode::kInvalid, "the message is not valid UTF-8");
      if (ec) co_return fail(ErrorCode::kUnavailable, "the connection was closed", ec.message());
      if (ws_.got_binary()) {
        close(websocket::close_code::unknown_data, "text messages only");
        co_return fail(ErrorCode::kInvalid, "binary messages are not accepted");
      }
      if (ws_.is_message_done()) co_return message;
    }
  }

  Result<void> send(std::string text) override {
    if (closing_ || broken_ || !open_) return fail(ErrorCode::kUnavailable, "the connection is closed");
    if (queued_bytes_ + text.size() > max_queue_) return fail(ErrorCode::kBusy, "the peer does not read fast enough");
    queued_bytes_ += text.size();
    queue_.push_back(std::move(text));
    pump();
    return {};
  }

  void close(std::uint16_t code, std::string_view reason) override {
    if (closing_) return;
    closing_ = true;
    close_code_ = code;
    close_reason_ = std::string(reason.substr(0, kMaxCloseReason));
    kill_at_ = Clock::now() + kCloseLimit;
    pump();
  }

  async::Executor executor() override { return context_.get_executor(); }
  const std::string& remote() const override { return remote_; }

  // The session coroutine has returned.
  void end() {
    ended_ = true;
    if (!open_) return finish();
    close(websocket::close_code::normal, {});
    if (broken_ || close_done_) finish();
  }

  void tick(Clock::time_point now) override {
    if (!open_) {
      if (now - last_heard_ > kHandshakeLimit) kill();
      return;
    }
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
    if (pinging_) return;
    pinging_ = true;
    ws_.async_ping({}, [self = this->shared_from_this()](boost::system::error_code) { self->pinging_ = false; });
  }

  void close_if_idle() override {}  // sessions say good-bye themselves

  void kill() override {
    broken_ = true;
    boost::system::error_code ec;
    ws_.next_layer().lowest_layer().close(ec);
  }

 private:
  void heard() {
    last_heard_ = Clock::now();
    unanswered_ = 0;
  }

  void pump() {
    if (writing_ || close_started_) return;
    if (!broken_ && !queue_.empty()) {
      writing_ = true;
      ws_.async_write(asio::buffer(queue_.front()),
                      [self = this->shared_from_this()](boost::system::error_code ec, std::size_t) { self->wrote(ec); });
    } else if (closing_) {
      close_started_ = true;
      const websocket::close_reason reason(static_cast<websocket::close_code>(close_code_), close_reason_);
      ws_.async_close(reason, [self = this->shared_from_this()](boost::system::error_code) {
        self->close_done_ = true;
        if (self->ended_) self->finish();
      });
    }
  }

  void wrote(const boost::system::error_code& ec) {
    writing_ = false;
    queued_bytes_ -= queue_.front().size();
    queue_.pop_front();
    if (ec) {
      broken_ = true;
      queue_.clear();
      queued_bytes_ = 0;
    }
    pump();
  }

  void finish() {
    kill();
    unlink();
    slot_.release();
  }
  void unlink() {
    if (is_linked()) Live::unlink();
  }

  asio::io_context& context_;
  websocket::stream<Stream, false> ws_;
  std::string remote_;
  ConnectionLimits::Slot slot_;
  std::list<std::string> queue_;  // the front one is being written when writing_
  std::string close_reason_;
  Clock::time_point last_heard_;
  Clock::time_point kill_at_;
  std::chrono::seconds ping_after_;
  std::size_t max_queue_;
  std::size_t queued_bytes_ = 0;
  int unanswered_ = 0;
  std::uint16_t close_code_ = 0;
  bool open_ = false;
  bool reading_ = false;
  bool writing_ = false;
  bool pinging_ = false;
  bool closing_ = false;
  bool close_started_ = false;
  bool close_done_ = false;
  bool broken_ = false;
  bool ended_ = false;
};

template <class Stream>
asio::awaitable<void> run_session(HttpHandler* handler, std::shared_ptr<BeastWebSocket<Stream>> socket,
                                  std::unique_ptr<Upgrade> upgrade) {
  std::string target = std::move(upgrade->target);
  if (co_await socket->accept(std::move(upgrade))) {
    try {
      co_await handler->websocket(socket, std::move(target));
    } catch (const std::exception& e) {
      log::error("websocket_handler_exception", {{"what", e.what()}});
    }
  }
  socket->end();
}

}  // namespace

template <class Stream>
void start_websocket(ServerState& server, Shard& shard, Stream stream, Upgrade upgrade) {
  auto socket = std::make_shared<BeastWebSocket<Stream>>(server, shard, std::move(stream), std::move(upgrade.remote),
                                                         std::move(upgrade.slot));
  server.sessions.spawn(shard.context.get_executor(), "websocket",
                        run_session(&server.handler, std::move(socket), std::make_unique<Upgrade>(std::move(upgrade))));
}

template void start_websocket<TcpSocket>(ServerState&, Shard&, TcpSocket, Upgrade);
template void start_websocket<TlsSocket>(ServerState&, Shard&, TlsSocket, Upgrade);

}  // namespace usher::net
