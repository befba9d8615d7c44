// Inside of the webchat channel, shared by its two forms: webchat_channel.cpp (WebSocket) and http_form.cpp (plain HTTP).
#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/async/task_group.h"
#include "base/metrics.h"
#include "connectors/webchat/session.h"
#include "connectors/webchat/webchat_channel.h"

namespace usher::connectors::webchat {

// One open socket. Everything but `socket`'s executor is touched on that executor only.
// An idle one costs this, its coroutine frame and a table entry: nothing here may hold a buffer while nothing happens.
struct Socket {
  using Frame = std::shared_ptr<const std::string>;

  std::shared_ptr<net::WebSocket> socket;
  TokenSeed seed{};
  SessionKey key{};
  std::int64_t last_seq = 0;                         // the customer has everything up to here
  std::vector<std::pair<std::int64_t, Frame>> held;  // arrived while `reading` or `accepting`
  std::string lang;
  bool is_known = false;  // said hello
  bool is_closed = false;
  bool reading = false;     // a read of the past runs
  bool look_again = false;  // asked to read while a read or an accept was under way
  bool accepting = false;   // a message of this socket is being stored: its own seq is not known yet
  std::uint8_t errors = 0;
  std::uint8_t strikes = 0;

  void say(std::string frame) {
    if (is_closed) return;
    if (!socket->send(std::move(frame))) close(1013, "reads too slowly");
  }
  void close(std::uint16_t code, std::string_view reason) {
    if (is_closed) return;
    is_closed = true;
    socket->close(code, reason);
  }
};

// A long poll that waits for news.
struct Waiter {
  explicit Waiter(const boost::asio::any_io_executor& executor) : timer(executor) {}
  boost::asio::steady_timer timer;
  bool woken = false;
};

struct WebchatChannel::Impl {
  Impl(WebchatSettings s, Inbox& i, History& h, const Clock& c);

  WebchatSettings settings;
  Inbox& inbox;
  History& history;
  const Clock& clock;
  RateTable rates;
  RateTable files_rates, address_rates;
  Listeners<Socket> sockets;
  Listeners<Waiter> waiters;
  async::TaskGroup tasks;  // reads of the past
  std::atomic<bool> draining{false};
  metrics::Gauge& open_sockets;

  // The way of one message on either form. Errors as WebchatChannel::post.
  boost::asio::awaitable<Result<Accepted>> accept(SessionKey key, Msg message, std::string lang);
  boost::asio::awaitable<Result<Accepted>> accept_files(SessionKey key, Msg message, Form form, std::string remote,
                                                        std::string lang);
  void wake(const SessionKey& key);                                               // long polls
  void tell_others(const SessionKey& key, std::int64_t seq, const Socket* self);  // other tabs read what came in here

  // WebSocket form.
  boost::asio::awaitable<void> frame(std::shared_ptr<Socket> self, std::string text);  // one from the client
  boost::asio::awaitable<void> hello(std::shared_ptr<Socket> self, Hello hello);
  boost::asio::awaitable<void> message(std::shared_ptr<Socket> self, Msg msg);
  boost::asio::awaitable<void> catch_up(std::shared_ptr<Socket> self);
  void start_catching_up(const std::shared_ptr<Socket>& self);
  void deliver(const std::shared_ptr<Socket>& self, std::int64_t seq, Socket::Frame frame);
  void after_reading(const std::shared_ptr<Socket>& self);  // or after accepting: what waited for it
  void flush_held(const std::shared_ptr<Socket>& self);
  void not_understood(Socket& self, const Error& error);

  // HTTP form.
  boost::asio::awaitable<net::HttpResponse> begin_session(net::HttpRequest request);
  boost::asio::awaitable<net::HttpResponse> post_message(net::HttpRequest request);
  boost::asio::awaitable<net::HttpResponse> read_messages(net::HttpRequest request);
  boost::asio::awaitable<net::HttpResponse> post_form(net::HttpRequest request);
  boost::asio::awaitable<net::HttpResponse> read_file(net::HttpRequest request);
};

// What a refusal is called in the protocol: busy | rate | too_long | cmid_conflict | invalid | unavailable, and of
// files too_large | too_many_files | file_type.
std::string_view refusal_code(const Error& error);

}  // namespace usher::connectors::webchat
