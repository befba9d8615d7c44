// The webchat channel behind the real HTTP server, spoken to by Beast's own client.
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include "base/async/io_threads.h"
#include "tests/connectors/webchat/fakes.h"

namespace usher::connectors::webchat {
namespace {

namespace beast = boost::beast;

class Handler final : public net::HttpHandler {
 public:
  explicit Handler(WebchatChannel& channel) : channel_(channel) {}
  asio::awaitable<net::HttpResponse> handle(net::HttpRequest request) override { return channel_.handle(std::move(request)); }
  std::size_t body_limit(std::string_view, std::string_view) const override { return 64 * 1024; }
  std::optional<net::HttpResponse> refuse_upgrade(const net::HttpRequest& request) override {
    if (request.path != "/chat/ws") return net::HttpResponse::text(404, "no");
    return channel_.refuse_upgrade(request);
  }
  asio::awaitable<void> websocket(std::shared_ptr<net::WebSocket> socket, std::string target) override {
    return channel_.websocket(std::move(socket), std::move(target));
  }

 private:
  WebchatChannel& channel_;
};

class Browser {
 public:
  explicit Browser(std::uint16_t port, const std::string& origin = {}) : socket_(context_) {
    socket_.next_layer().connect({asio::ip::address_v4::loopback(), port});
    if (!origin.empty())
      socket_.set_option(beast::websocket::stream_base::decorator(
          [origin](beast::websocket::request_type& r) { r.set(beast::http::field::origin, origin); }));
    socket_.handshake("127.0.0.1:" + std::to_string(port), "/chat/ws", failed);
  }
  void say(const json& frame) { socket_.write(asio::buffer(frame.dump())); }
  json hear() {
    beast::flat_buffer buffer;
    socket_.read(buffer, failed);
    if (failed) return {{"t", "closed"}, {"code", socket_.reason().code}};
    return json::parse(beast::buffers_to_string(buffer.data()));
  }
  beast::error_code failed;

 private:
  asio::io_context context_;
  beast::websocket::stream<asio::ip::tcp::socket> socket_;
};

class WebchatOnTheWire : public ::testing::Test {
 protected:
  void SetUp() override {
    io_.start();
    auto served = net::serve_http(io_, {}, handler_);
    ASSERT_TRUE(served) << served.error().message;
    server_ = std::move(*served);
  }
  void TearDown() override {
    channel_.drain();
    server_->drain(std::chrono::seconds{5});
    EXPECT_TRUE(channel_.wait_idle(std::chrono::seconds{5}));
    io_.stop();
    server_.reset();
  }
  static WebchatSettings settings() {
    WebchatSettings s;
    s.secret = std::string(32, 'k');
    return s;
  }

  asio::io_context gates_;  // the fakes' gates stay open here; nothing runs on it
  test::RecordingInbox inbox_;
  FakeHistory history_{gates_};
  async::IoThreads io_{1};
  WebchatChannel channel_{settings(), inbox_, history_, system_clock()};
  Handler handler_{channel_};
  std::unique_ptr<net::HttpServer> server_;
};

TEST_F(WebchatOnTheWire, AConversationGoesThroughARealSocket) {
  Browser browser(server_->port(), "http://127.0.0.1:" + std::to_string(server_->port()));
  ASSERT_FALSE(browser.failed) << browser.failed.message();
  browser.say({{"t", "hello"}, {"v", 1}, {"lang", "en"}});
  const json welcome = browser.hear();
  EXPECT_EQ(welcome.at("t"), "welcome");
  EXPECT_EQ(browser.hear().at("text"), "hello en");
  browser.say({{"t", "msg"}, {"cmid", "m1"}, {"text", "电脑没电"}});
  EXPECT_EQ(browser.hear().at("t"), "ack");
  const std::string key = channel_.session_key_of(welcome.at("session").get<std::string>()).value();
  channel_.push(key, line(2, "bot", "插好了吗？"));  // from this thread, not the server's
  channel_.push_ref(key, "4711", false);
  EXPECT_EQ(browser.hear().at("text"), "插好了吗？");
  EXPECT_EQ(browser.hear().at("ref"), "4711");
  EXPECT_EQ(channel_.sockets(), 1u);
  channel_.drain();
  EXPECT_EQ(browser.hear().at("resume"), welcome.at("session"));
  EXPECT_EQ(browser.hear(), json({{"t", "closed"}, {"code", 1012}}));
}

TEST_F(WebchatOnTheWire, AForeignPageCannotOpenASocket) {
  Browser browser(server_->port(), "https://evil.example");
  EXPECT_TRUE(browser.failed);
}

TEST_F(WebchatOnTheWire, RubbishIsAnsweredAndThenClosed) {
  Browser browser(server_->port());
  ASSERT_FALSE(browser.failed);
  for (int i = 0; i < 5; ++i) {
    browser.say(json::array({1, 2}));
    EXPECT_EQ(browser.hear().at("t"), "error");
  }
  EXPECT_EQ(browser.hear(), json({{"t", "closed"}, {"code", 1008}}));
}

}  // namespace
}  // namespace usher::connectors::webchat
