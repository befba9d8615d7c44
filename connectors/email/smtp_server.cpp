#include "connectors/email/smtp_server.h"

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/async/task_group.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/net/byte_stream.h"
#include "base/text.h"
#include "connectors/email/email_channel.h"
#include "connectors/email/proxy_header.h"
#include "connectors/email/smtp_session.h"
#include "connectors/token_bucket.h"

namespace usher::connectors::email {
namespace asio = boost::asio;
namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kCommandReadBytes = 4 * 1024;
constexpr std::size_t kDataReadBytes = 32 * 1024;
constexpr milliseconds kSlice{1'000};  // a waiting session looks this often whether we are going
constexpr milliseconds kTlsLimit{30'000};
constexpr milliseconds kProxyLimit{10'000};
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

Rate per_minute(std::size_t n) {
  return {static_cast<double>(n) / 60, static_cast<double>(n)};
}

// Connections of each client behind the proxies; thread-safe. (Those that come straight are counted by the listener.)
class ClientCount {
 public:
  bool enter(const std::string& client, std::size_t most) {
    std::lock_guard lock(mutex_);
    auto& n = counts_[client];
    if (n >= most) return false;
    ++n;
    return true;
  }
  void leave(const std::string& client) {
    std::lock_guard lock(mutex_);
    auto it = counts_.find(client);
    if (it != counts_.end() && --it->second == 0) counts_.erase(it);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::size_t> counts_;
};

class Server final : public SmtpServer {
 public:
  Server(SmtpServerOptions options, EmailSettings settings, Inbox& inbox, const Clock& clock)
      : options_(std::move(options)),
        settings_(std::move(settings)),
        inbox_(inbox),
        clock_(clock),
        connects_(per_minute(options_.max_connections_per_minute)),
        mails_(per_minute(options_.max_mails_per_minute)),
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
    listen_options.max_connections_per_address =
        options_.proxies.empty() ? options_.max_connections_per_address : options_.max_connections;
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
  SmtpSessionOptions session_options(const std::string& client) {
    SmtpSessionOptions options;
    options.hostname = settings_.hostname;
    options.lmtp = options_.lmtp;
    options.offer_starttls = options_.tls != nullptr;
    options.max_message_bytes = settings_.max_message_bytes;
    options.own_address = [this](std::string_view recipient) { return own_address(settings_, recipient); };
    options.is_own_domain = [this](std::string_view domain) { return is_own_domain(settings_, domain); };
    if (!options_.auth_user.empty() && !options_.lmtp) {
      options.must_sign_in = options_.auth_required;
      options.may_sign_in = [this](std::string_view user, std::string_view password) {
        // Both are compared, and as hashes: how long it takes tells nothing.
        const bool is_user = crypto::equal(crypto::sha256(options_.auth_user), crypto::sha256(user));
        const bool is_password = crypto::equal(crypto::sha256(options_.auth_password), crypto::sha256(password));
        return is_user && is_password;
      };
    }
    options.refuse_now = [this, client] {
      auto ready = inbox_.ready();
      if (!ready) return not_now(ready.error());
      return mails_.take(client, clock_.now()).count() > 0 ? std::string("450 4.7.1 too many mails from you, try again later")
                                                           : std::string{};
    };
    return options;
  }

  struct Connection {
    Connection(std::shared_ptr<net::ByteStream> s, std::string who, SmtpSessionOptions options)
        : stream(std::move(s)), client(std::move(who)), session(std::move(options)) {}
    std::shared_ptr<net::ByteStream> stream;
    std::string client;  // address
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

  // Whom a connection comes from: what the proxy says, where there is one. nullopt: it says nothing that can be believed.
  struct Client {
    std::string address;
    std::string early;  // what followed the header
    bool is_proxied = false;
  };
  asio::awaitable<std::optional<Client>> client_of(net::ByteStream* stream) {
    Client out{stream->remote(), {}, false};
    if (std::find(options_.proxies.begin(), options_.proxies.end(), out.address) == options_.proxies.end()) co_return out;
    const auto began = SteadyClock::now();
    std::string bytes;
    std::array<char, 1024> buffer;
    for (;;) {
      auto n = co_await stream->read_some(std::span<char>(buffer), kSlice);
      if (n && *n == 0) co_return std::nullopt;
      if (!n && n.error().code != ErrorCode::kTimeout) co_return std::nullopt;
      if (n) bytes.append(buffer.data(), *n);
      auto header = read_proxy_header(bytes);
      if (header.state == ProxyHeader::State::kDone) {
        out.is_proxied = !header.client.empty();
        if (out.is_proxied) out.address = std::move(header.client);
        out.early = bytes.substr(header.consumed);
        co_return out;
      }
      if (header.state == ProxyHeader::State::kBad || since(began) > kProxyLimit || is_stopping_) {
        log::warn("proxy_header_missing", {{"proxy", stream->remote()}});
        co_return std::nullopt;
      }
    }
  }

  asio::awaitable<void> serve(std::shared_ptr<net::ByteStream> stream) {
    auto client = co_await client_of(stream.get());
    if (!client) co_return;
    const bool is_counted = client->is_proxied;
    const bool is_in = !is_counted || clients_.enter(client->address, options_.max_connections_per_address);
    if (!is_in || connects_.take(client->address, clock_.now()).count() > 0) {
      if (is_counted && is_in) clients_.leave(client->address);
      auto told = co_await stream->write("421 4.7.0 " + settings_.hostname + " too many connections, try again later\r\n",
                                         options_.write_limit);
      if (!told) co_return;
      co_return;
    }
    co_await converse(std::move(stream), *client);
    if (is_counted) clients_.leave(client->address);
  }

  asio::awaitable<void> converse(std::shared_ptr<net::ByteStream> stream, Client client) {
    Connection connection(std::move(stream), client.address, session_options(client.address));
    auto& step = connection.step;
    step = is_stopping_ ? connection.session.shut_down() : connection.session.greeting();
    if (!client.early.empty() && step.next == SmtpSession::Next::kRead) {
      auto more = connection.session.feed(client.early);
      step.reply += more.reply;
      step.next = more.next;
    }
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
          auto answer = co_await take(connection.session.take_message(), connection.stream.get(), connection.client);
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

  asio::awaitable<std::string> take(SmtpSession::Message message, net::ByteStream* stream, std::string client) {
    auto began = SteadyClock::now();
    message.envelope.peer = client;
    auto inbound = to_inbound(std::move(message.raw), std::move(message.envelope), settings_, clock_.now());
    if (!inbound) co_return refused(inbound.error(), client);
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
      co_return refused(Error{ErrorCode::kTimeout, "storing took too long"}, client);
    }
    auto& result = *pending->result;
    if (!result) co_return refused(result.error(), client);
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
  RateTable connects_, mails_;
  ClientCount clients_;
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
