// A webchat channel with a fake browser, transcript and inbox on one context that the test turns by hand: nothing waits, nothing
// sleeps.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "connectors/webchat/webchat_channel.h"
#include "tests/support/recording_inbox.h"

namespace usher::connectors::webchat {

namespace asio = boost::asio;
using nlohmann::json;

// A gate: coroutines wait at it while it is shut.
class Gate {
 public:
  explicit Gate(asio::io_context& context) : timer_(context) { timer_.expires_at(asio::steady_timer::time_point::max()); }
  void shut() { is_open_ = false; }
  void open() {
    is_open_ = true;
    timer_.cancel();
  }
  asio::awaitable<void> pass() {
    while (!is_open_) {
      boost::system::error_code ignored;
      co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
  }

 private:
  asio::steady_timer timer_;
  bool is_open_ = true;
};

class FakeSocket final : public net::WebSocket {
 public:
  explicit FakeSocket(asio::io_context& context) : context_(context), arrived_(context) {
    arrived_.expires_at(asio::steady_timer::time_point::max());
  }
  asio::awaitable<Result<std::string>> receive() override {
    while (incoming_.empty() && !closed_) {
      boost::system::error_code ignored;
      co_await arrived_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (closed_) co_return fail(ErrorCode::kUnavailable, "closed");
    std::string text = std::move(incoming_.front());
    incoming_.pop_front();
    co_return text;
  }
  Result<void> send(std::string text) override {
    if (is_stuck) return fail(ErrorCode::kBusy, "queue full");
    sent.push_back(json::parse(text));
    return {};
  }
  void close(std::uint16_t code, std::string_view) override {
    close_code = code;
    hang_up();
  }
  async::Executor executor() override { return context_.get_executor(); }
  const std::string& remote() const override { return remote_; }

  void type(std::string text) {
    incoming_.push_back(std::move(text));
    arrived_.cancel();
  }
  void hang_up() {
    closed_ = true;
    arrived_.cancel();
  }
  // Everything said since the last call.
  std::vector<json> take() { return std::exchange(sent, {}); }

  std::vector<json> sent;
  int close_code = 0;
  bool is_stuck = false;

 private:
  asio::io_context& context_;
  asio::steady_timer arrived_;
  std::deque<std::string> incoming_;
  std::string remote_ = "127.0.0.1";
  bool closed_ = false;
};

inline ChatMessage line(std::int64_t seq, std::string from, std::string text) {
  return {.seq = seq, .id = "L" + std::to_string(seq), .from = std::move(from), .text = std::move(text), .at = from_millis(0)};
}

class FakeHistory final : public History {
 public:
  explicit FakeHistory(asio::io_context& context) : gate(context) {}
  asio::awaitable<Result<Transcript>> since(std::string session_key, std::int64_t seq) override {
    ++reads;
    last_key = session_key;
    if (error) co_return fail(*error);
    Transcript out = transcript;  // the snapshot is taken when the read begins
    co_await gate.pass();
    std::erase_if(out.messages, [&](const ChatMessage& m) { return m.seq <= seq; });
    if (page != 0 && out.messages.size() > page) out.messages.resize(page);
    co_return out;
  }
  ChatMessage greeting(std::string lang) override { return line(0, "bot", "hello " + lang); }
  asio::awaitable<Result<std::optional<Attachment>>> file(std::string session_key, std::int64_t seq, std::string name) override {
    last_key = session_key;
    if (error) co_return fail(*error);
    const auto found = files.find({seq, name});
    co_return found == files.end() ? std::nullopt : std::optional(found->second);
  }
  void add(ChatMessage m) {
    transcript.conversation_id = "C1";
    transcript.last_seq = m.seq;
    transcript.messages.push_back(std::move(m));
  }

  Transcript transcript;
  std::map<std::pair<std::int64_t, std::string>, Attachment> files;
  std::optional<Error> error;
  std::size_t page = 0;
  int reads = 0;
  std::string last_key;
  Gate gate;
};

class GatedInbox final : public test::RecordingInbox {
 public:
  explicit GatedInbox(asio::io_context& context) : gate(context) {}
  asio::awaitable<Result<Accepted>> accept(Inbound message) override {
    co_await gate.pass();
    co_return co_await RecordingInbox::accept(std::move(message));
  }
  Gate gate;
};

class WebchatTest : public ::testing::Test {
 protected:
  void SetUp() override { make({}); }
  void TearDown() override {
    for (auto& socket : opened_) socket->hang_up();
    history_.gate.open();
    inbox_.gate.open();
    settle();
    EXPECT_EQ(channel_->sockets(), 0u);
  }
  void make(WebchatSettings settings) {
    settings.secret = std::string(32, 'k');
    settings.pause = std::chrono::milliseconds{0};
    channel_ = std::make_unique<WebchatChannel>(std::move(settings), inbox_, history_, clock_);
  }
  // Runs until nothing can go on.
  void settle() {
    context_.restart();
    while (context_.poll() != 0) context_.restart();
  }
  std::shared_ptr<FakeSocket> open() {
    auto socket = std::make_shared<FakeSocket>(context_);
    opened_.push_back(socket);
    asio::co_spawn(context_, channel_->websocket(socket, "/chat/ws"), asio::detached);
    settle();
    return socket;
  }
  // Opens, says hello and forgets what was answered. `token` is that of the session.
  std::shared_ptr<FakeSocket> known(std::string& token, std::int64_t seq = 0) {
    auto socket = open();
    say(socket, {{"t", "hello"}, {"v", 1}, {"session", token}, {"seq", seq}, {"lang", "en"}});
    EXPECT_FALSE(socket->sent.empty());
    if (!socket->sent.empty()) token = socket->take().at(0).value("session", "");
    return socket;
  }
  void say(const std::shared_ptr<FakeSocket>& socket, const json& frame) {
    socket->type(frame.dump());
    settle();
  }
  static json msg(const std::string& cmid, const std::string& text) { return {{"t", "msg"}, {"cmid", cmid}, {"text", text}}; }
  std::string key(const std::string& token) { return channel_->session_key_of(token).value_or("?"); }
  void push(const std::string& token, ChatMessage m) {
    channel_->push(key(token), std::move(m));
    settle();
  }
  static std::vector<std::int64_t> seqs(const std::vector<json>& frames) {
    std::vector<std::int64_t> out;
    for (const json& f : frames)
      if (f.at("t") == "message") out.push_back(f.at("seq").get<std::int64_t>());
    return out;
  }
  template <class T>
  T run(asio::awaitable<T> task) {
    std::optional<T> out;
    asio::co_spawn(context_, std::move(task), [&](std::exception_ptr, T value) { out = std::move(value); });
    settle();
    EXPECT_TRUE(out) << "it still waits";
    return std::move(out).value_or(T{});
  }

  asio::io_context context_{1};
  ManualClock clock_{from_millis(1'790'000'000'000)};
  GatedInbox inbox_{context_};
  FakeHistory history_{context_};
  std::unique_ptr<WebchatChannel> channel_;
  std::vector<std::shared_ptr<FakeSocket>> opened_;
};

}  // namespace usher::connectors::webchat
