#include "connectors/email/smtp_server.h"

#include <array>
#include <atomic>
#include <optional>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/task_group.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/net/byte_stream.h"
#include "base/text.h"
#include "connectors/email/email_channel.h"
#include "connectors/email/smtp_session.h"

namespace usher::connectors::email {
namespace asio = boost::asio;
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kCommandReadBytes = 4 * 1024;
constexpr std::size_t kDataReadBytes = 32 * 1024;
constexpr milliseconds kSlice{1'000};  // a waiting session looks this often whether we are going
constexpr milliseconds kTlsLimit{30'000};
constexpr milliseconds kRateGrace{30'000};  // a slow start is no attack

milliseconds since(SteadyClock::time_point t) {
  return std::chrono::duration_cast<milliseconds>(SteadyClock::now() - t);
}

// The reply to a mail that could not be taken. Only what is wrong with the mail itself is permanent; the rest the sender keeps
// and repeats.
std::string refusal(const Error& error) {
  auto words = text::cut(text::collapse_spaces(error.message), 200);
  if (error.code == ErrorCode::kTooLarge) return "552 5.3.4 " + words;
  if (error.code == ErrorCode::kInvalid) return (error.message.starts_with("loop") ? "554 5.4.6 " : "554 5.6.0 ") + words;
  if (error.code == ErrorCode::kIo && error.message.find("space") != std::string::npos)
    return "452 4.3.1 no space, try again later";
  return "451 4.3.0 not stored, try again later";
}

std::string not_now(const Error& error) {
  if (error.code == ErrorCode::kIo) return "452 4.3.1 no space, try again later";
  if (error.code == ErrorCode::kUnavailable) return "421 4.3.2 going down, try again later";
  return "451 4.3.0 too busy, try again later";
}

// An accept that runs by itself, so that a session can stop waiting for it without breaking it off.
struct PendingAccept {
  explicit PendingAccept(async::Executor executor) : wake(executor) {}
  asio::steady_timer wake;
  std::optional<Result<Accepted>> result;
};

asio::awaitable<void> run_accept(Inbox* inbox, Inbound inbound, std::shared_ptr<PendingAccept> pending) {
  pending->result = co_await inbox->accept(std::move(inbound));
  pending->wake.cancel();
}

class Server final : public SmtpServer {
 public:
  Server(SmtpServerOptions options, EmailSettings settings, Inbox& inbox, const Clock& clock)
      : options_(std::move(options)),
        settings_(std::move(settings)),
        inbox_(inbox),
        clock_(clock),
        received_(metrics::counter("usher_mail_received_total", "Mails stored, by channel", {{"channel", settings_.channel}})),
        refused_(metrics::counter("usher_mail_refused_total", "Mails refused after they were read, by channel",
                                  {{"channel", settings_.channel}})) {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() override { stop(milliseconds(0)); }

  Result<void> start(async::IoThreads& io) {
    net::ListenerOptions listen_options;
    listen_options.host = options_.host;
    listen_options.port = options_.port;
    listen_options.max_connections = options_.max_connections;
    listen_options.max_connections_per_address = options_.max_connections_per_address;
    listen_options.busy_line = "421 4.7.0 " + settings_.hostname + " too many connections, try again later\r\n";
    auto made = net::listen(io, std::move(listen_options),
                            [this](std::shared_ptr<net::ByteStream> stream) { return serve(std::move(stream)); });
    if (!made) return fail(std::move(made.error()));
    listener_ = std::move(*made);
    return {};
  }

  std::uint16_t port() const override { return listener_ ? listener_->port() : std::uint16_t{0}; }
  std::size_t connections() const override { return listener_ ? listener_->connections() : 0; }

  void stop(milliseconds limit) override {
    is_stopping_ = true;
    if (!listener_) return;
    listener_->stop_accepting();
    if (!listener_->wait_idle(limit)) {
      listener_->close_all();
      listener_->wait_idle(milliseconds(5'000));
    }
    if (!accepts_.wait(milliseconds(5'000))) {
      accepts_.cancel();
      accepts_.wait(milliseconds(5'000));
    }
  }

 private:
  SmtpSessionOptions session_options() const {
    SmtpSessionOptions options;
    options.hostname = settings_.hostname;
    options.lmtp = options_.lmtp;
    options.offer_starttls = options_.tls != nullptr;
    options.max_message_bytes = settings_.max_message_bytes;
    options.own_address = [this](std::string_view recipient) { return own_address(settings_, recipient); };
    options.is_own_domain = [this](std::string_view domain) { return is_own_domain(settings_, domain); };
    options.refuse_now = [this] {
      auto ready = inbox_.ready();
      return ready ? std::string{} : not_now(ready.error());
    };
    return options;
  }

  struct Connection {
    Connection(std::shared_ptr<net::ByteStream> s, SmtpSessionOptions options)
        : stream(std::move(s)), session(std::move(options)) {}
    std::shared_ptr<net::ByteStream> stream;
    SmtpSession session;
    SmtpSession::Step step;
    std::string buffer;
    bool is_in_data = false;
    SteadyClock::time_point data_began;

    void follow() {
      bool now = session.is_in_data();
      if (now && !is_in_data) data_began = SteadyClock::now();
      is_in_data = now;
      // An idle connection is cheap; one that sends a mail gets room.
      auto wanted = now ? kDataReadBytes : kCommandReadBytes;
      if (buffer.size() != wanted) buffer = std::string(wanted, '\0');
    }
  };

  asio::awaitable<void> serve(std::shared_ptr<net::ByteStream> stream) {
    Connection connection(std::move(stream), session_options());
    auto& step = connection.step;
    step = is_stopping_ ? connection.session.shut_down() : connection.session.greeting();
    for (;;) {
      if (!step.reply.empty()) {
        auto written = co_await connection.stream->write(std::move(step.reply), options_.write_limit);
        if (!written) co_return;
        step.reply.clear();
      }
      switch (step.next) {
        case SmtpSession::Next::kClose:
          co_return;
        case SmtpSession::Next::kRead: {
          bool goes_on = co_await read_more(&connection);
          if (!goes_on) co_return;
          break;
        }
        case SmtpSession::Next::kStartTls: {
          auto encrypted = co_await connection.stream->start_tls(options_.tls, kTlsLimit);
          if (!encrypted) co_return;
          step = connection.session.tls_started();
          break;
        }
        case SmtpSession::Next::kMessage: {
          auto answer = co_await take(connection.session.take_message(), connection.stream.get());
          step = connection.session.rejected(answer);
          break;
        }
      }
    }
  }

  // Waits for bytes and feeds them; false when the peer is gone.
  asio::awaitable<bool> read_more(Connection* c) {
    auto heard = SteadyClock::now();
    for (;;) {
      if (is_stopping_) {
        c->step = c->session.shut_down();
        if (c->step.next == SmtpSession::Next::kClose) co_return true;
      }
      c->follow();
      auto limit = c->is_in_data ? options_.data_stall_limit : options_.idle_limit;
      auto n = co_await c->stream->read_some(std::span<char>(c->buffer), std::min(kSlice, limit));
      if (n && *n == 0) co_return false;
      if (!n && n.error().code != ErrorCode::kTimeout) co_return false;
      if (n) {
        heard = SteadyClock::now();
        c->step = c->session.feed(std::string_view(c->buffer).substr(0, *n));
        if (!c->step.reply.empty() || c->step.next != SmtpSession::Next::kRead) co_return true;
      }
      if (since(heard) >= limit || is_too_slow(*c)) {
        c->step = {"421 4.4.2 too slow, closing\r\n", SmtpSession::Next::kClose};
        co_return true;
      }
    }
  }

  bool is_too_slow(const Connection& c) const {
    if (!c.session.is_in_data() || !c.is_in_data) return false;
    auto elapsed = since(c.data_began);
    if (elapsed < kRateGrace) return false;
    return c.session.data_bytes() * 1'000 / static_cast<std::size_t>(elapsed.count()) < options_.min_data_rate;
  }

  asio::awaitable<std::string> take(SmtpSession::Message message, net::ByteStream* stream) {
    auto began = SteadyClock::now();
    message.envelope.peer = stream->remote();
    auto inbound = to_inbound(std::move(message.raw), std::move(message.envelope), settings_, clock_.now());
    if (!inbound) co_return refused(inbound.error(), stream->remote());
    auto executor = stream->executor();
    auto pending = std::make_shared<PendingAccept>(executor);
    pending->wake.expires_after(options_.processing_limit);
    if (!accepts_.spawn(executor, "mail accept", run_accept(&inbox_, std::move(*inbound), pending))) {
      co_return std::string("421 4.3.2 going down, try again later");
    }
    while (!pending->result && since(began) < options_.processing_limit) {
      boost::system::error_code ec;
      co_await pending->wake.async_wait(asio::redirect_error(asio::use_awaitable, ec));
      auto state = co_await asio::this_coro::cancellation_state;
      if (state.cancelled() != asio::cancellation_type::none) break;
    }
    // A late yes is worse than a no: the sender may have given up, and would not know which.
    if (!pending->result || since(began) >= options_.processing_limit) {
      co_return refused(Error{ErrorCode::kTimeout, "storing took too long"}, stream->remote());
    }
    auto& result = *pending->result;
    if (!result) co_return refused(result.error(), stream->remote());
    received_.add();
    co_return "250 2.0.0 " + result->id;
  }

  std::string refused(const Error& error, const std::string& remote) {
    refused_.add();
    log::warn("mail_refused", {{"channel", settings_.channel},
                               {"client", remote},
                               {"code", to_string(error.code)},
                               {"reason", error.message},
                               {"detail", error.detail}});
    return refusal(error);
  }

  SmtpServerOptions options_;
  EmailSettings settings_;
  Inbox& inbox_;
  const Clock& clock_;
  metrics::Counter& received_;
  metrics::Counter& refused_;
  std::atomic<bool> is_stopping_{false};
  async::TaskGroup accepts_;
  std::unique_ptr<net::Listener> listener_;
};

}  // namespace

Result<std::unique_ptr<SmtpServer>> serve_smtp(async::IoThreads& io, SmtpServerOptions options, EmailSettings settings,
                                               Inbox& inbox, const Clock& clock) {
  if (settings.addresses.empty())
    return fail(ErrorCode::kInvalid, "channel " + settings.channel + " has no address to take mail for");
  auto server = std::make_unique<Server>(std::move(options), std::move(settings), inbox, clock);
  if (auto started = server->start(io); !started) return fail(std::move(started.error()));
  return server;
}

}  // namespace usher::connectors::email
