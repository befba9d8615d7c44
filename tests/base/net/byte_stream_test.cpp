#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <fstream>

#include "base/net/byte_stream.h"
#include "base/net/tls.h"
#include "tests/base/net/certificate.h"
#include "tests/base/net/net_test_support.h"

namespace usher::net::testing {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

boost::asio::awaitable<void> echo_lines(std::shared_ptr<ByteStream> stream) {
  std::array<char, 256> chunk{};
  for (;;) {
    auto n = co_await stream->read_some(chunk, 5s);
    if (!n || *n == 0) co_return;
    if (!co_await stream->write(std::string(chunk.data(), *n), 5s)) co_return;
  }
}

struct Listening {
  explicit Listening(StreamSession session, ListenerOptions options = {}) : io(2) {
    auto started = listen(io, std::move(options), std::move(session));
    EXPECT_TRUE(started);
    listener = std::move(*started);
    io.start();
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  ~Listening() {
    listener.reset();
    io.stop();
  }
  async::IoThreads io;
  std::unique_ptr<Listener> listener;
};

TEST(ByteStream, EchoesAndSeesTheEnd) {
  Listening server(&echo_lines);
  RawClient client(server.listener->port());
  client.send("one\r\n");
  EXPECT_EQ(client.read_until("\r\n"), "one\r\n");
  ::shutdown(client.fd(), SHUT_WR);
  EXPECT_TRUE(client.closed_by_peer());
  EXPECT_TRUE(server.listener->wait_idle(5s));
}

TEST(ByteStream, ReadTimesOutAndTheStreamCanStillWrite) {
  std::promise<ErrorCode> code;
  Listening server([&code](std::shared_ptr<ByteStream> stream) -> boost::asio::awaitable<void> {
    std::array<char, 16> chunk{};
    auto n = co_await stream->read_some(chunk, 100ms);
    code.set_value(n ? ErrorCode::kInternal : n.error().code);
    static_cast<void>(co_await stream->write("421 too slow\r\n", 1s));
  });
  RawClient client(server.listener->port());
  EXPECT_EQ(client.read_all(), "421 too slow\r\n");
  EXPECT_EQ(code.get_future().get(), ErrorCode::kTimeout);
}

TEST(ByteStream, WriteTimesOutWhenThePeerDoesNotRead) {
  std::promise<ErrorCode> code;
  Listening server([&code](std::shared_ptr<ByteStream> stream) -> boost::asio::awaitable<void> {
    const auto wrote = co_await stream->write(std::string(50'000'000, 'x'), 100ms);
    code.set_value(wrote ? ErrorCode::kInternal : wrote.error().code);
  });
  RawClient client(server.listener->port());
  EXPECT_EQ(code.get_future().get(), ErrorCode::kTimeout);
}

TEST(ByteStream, TheLastWordReachesAPeerThatKeepsTalking) {
  Listening server([](std::shared_ptr<ByteStream> stream) -> boost::asio::awaitable<void> {
    std::array<char, 16> chunk{};
    static_cast<void>(co_await stream->read_some(chunk, 5s));
    static_cast<void>(co_await stream->write("421 too many errors\r\n", 5s));
  });
  RawClient client(server.listener->port());
  // Far more than the session reads: unread bytes would turn its close into a reset.
  client.send(std::string(4'000'000, 'x'));
  EXPECT_EQ(client.read_until("\r\n"), "421 too many errors\r\n");
  ::shutdown(client.fd(), SHUT_WR);
  EXPECT_TRUE(client.closed_by_peer());
  EXPECT_TRUE(server.listener->wait_idle(5s));
}

TEST(ByteStream, AResetIsUnavailable) {
  std::promise<void> waiting;
  std::promise<ErrorCode> code;
  Listening server([&](std::shared_ptr<ByteStream> stream) -> boost::asio::awaitable<void> {
    std::array<char, 16> chunk{};
    co_await stream->read_some(chunk, 5s);
    waiting.set_value();
    auto n = co_await stream->read_some(chunk, 5s);
    code.set_value(n ? ErrorCode::kInternal : n.error().code);
  });
  RawClient client(server.listener->port());
  client.send("x");
  waiting.get_future().wait();
  client.reset();
  EXPECT_EQ(code.get_future().get(), ErrorCode::kUnavailable);
}

TEST(ByteStream, StartTlsEncryptsTheSameConnection) {
  Certificate certificate;
  auto tls = load_tls(certificate.chain(), certificate.key());
  ASSERT_TRUE(tls) << tls.error().message;
  Listening server([tls = *tls](std::shared_ptr<ByteStream> stream) -> boost::asio::awaitable<void> {
    std::array<char, 64> chunk{};
    co_await stream->read_some(chunk, 5s);
    co_await stream->write("220 go\r\n", 5s);
    if (!co_await stream->start_tls(tls, 5s)) co_return;
    EXPECT_TRUE(stream->is_tls());
    auto n = co_await stream->read_some(chunk, 5s);
    if (n) co_await stream->write("secret " + std::string(chunk.data(), *n), 5s);
  });
  RawClient client(server.listener->port());
  client.send("STARTTLS\r\n");
  EXPECT_EQ(client.read_until("\r\n"), "220 go\r\n");
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = SSL_new(context);
  SSL_set_fd(ssl, client.fd());
  ASSERT_EQ(SSL_connect(ssl), 1);
  EXPECT_GE(SSL_version(ssl), TLS1_2_VERSION);
  SSL_write(ssl, "hello", 5);
  std::array<char, 64> answer{};
  const int n = SSL_read(ssl, answer.data(), answer.size());
  EXPECT_EQ(std::string(answer.data(), static_cast<std::size_t>(std::max(n, 0))), "secret hello");
  SSL_free(ssl);
  SSL_CTX_free(context);
}

TEST(ByteStream, AHandshakeOfGarbageFails) {
  Certificate certificate;
  auto tls = load_tls(certificate.chain(), certificate.key());
  ASSERT_TRUE(tls);
  std::promise<ErrorCode> code;
  Listening server([&code, tls = *tls](std::shared_ptr<ByteStream> stream) -> boost::asio::awaitable<void> {
    const auto done = co_await stream->start_tls(tls, 5s);
    code.set_value(done ? ErrorCode::kInternal : done.error().code);
  });
  RawClient client(server.listener->port());
  client.send("EHLO this is not TLS at all\r\n");
  EXPECT_EQ(code.get_future().get(), ErrorCode::kUnavailable);
}

TEST(Listener, TellsConnectionsOverTheLimitWhy) {
  ListenerOptions options;
  options.max_connections = 1;
  options.busy_line = "421 4.7.0 too many connections\r\n";
  Listening server(&echo_lines, options);
  RawClient first(server.listener->port());
  first.send("x\r\n");
  EXPECT_EQ(first.read_until("\r\n"), "x\r\n");
  RawClient second(server.listener->port());
  EXPECT_EQ(second.read_all(), options.busy_line);
  EXPECT_EQ(server.listener->connections(), 1U);
}

TEST(Listener, StopsAcceptingThenClosesAll) {
  Listening server(&echo_lines);
  RawClient client(server.listener->port());
  client.send("x\r\n");
  EXPECT_EQ(client.read_until("\r\n"), "x\r\n");
  server.listener->stop_accepting();
  EXPECT_FALSE(server.listener->wait_idle(20ms));
  client.send("y\r\n");
  EXPECT_EQ(client.read_until("\r\n"), "y\r\n");
  server.listener->close_all();
  EXPECT_TRUE(server.listener->wait_idle(5s));
  EXPECT_TRUE(client.closed_by_peer());
  RawClient late(server.listener->port());
  EXPECT_FALSE(late.connected());
}

TEST(Tls, SaysWhichFileIsWrongAndKeepsTheOldPair) {
  Certificate certificate;
  const auto missing = load_tls(certificate.folder + "/none.pem", certificate.key());
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("none.pem"));
  Certificate other;
  const auto mismatch = load_tls(certificate.chain(), other.key());
  ASSERT_FALSE(mismatch);
  auto tls = load_tls(certificate.chain(), certificate.key());
  ASSERT_TRUE(tls);
  const void* old = (*tls)->native();
  std::ofstream(certificate.chain()) << "garbage";
  EXPECT_FALSE((*tls)->reload());
  EXPECT_EQ((*tls)->native(), old);
  certificate.write();
  EXPECT_TRUE((*tls)->reload());
  EXPECT_NE((*tls)->native(), old);
}

}  // namespace
}  // namespace usher::net::testing
