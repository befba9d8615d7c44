#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <thread>

#include "base/async/sleep.h"
#include "base/net/tls.h"
#include "tests/base/net/certificate.h"
#include "tests/base/net/net_test_support.h"

namespace usher::net::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

constexpr int kText = 1;
constexpr int kBinary = 2;
constexpr int kClose = 8;
constexpr int kPing = 9;
constexpr int kPong = 10;

struct Frame {
  int opcode = -1;  // -1: the connection ended
  bool fin = false;
  std::string payload;
  int close_code() const {
    if (opcode != kClose || payload.size() < 2) return 0;
    return static_cast<unsigned char>(payload[0]) * 256 + static_cast<unsigned char>(payload[1]);
  }
};

// A WebSocket client made of bytes, so that it can also do wrong things.
class WsClient : public RawClient {
 public:
  explicit WsClient(std::uint16_t port, const std::string& target = "/ws") : RawClient(port) {
    send("GET " + target +
         " HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    handshake = read_until("\r\n\r\n");
  }

  static std::string frame(int opcode, std::string_view payload, bool fin = true, bool masked = true) {
    std::string out;
    out.push_back(static_cast<char>((fin ? 0x80 : 0) | opcode));
    const char mask_bit = masked ? static_cast<char>(0x80) : '\0';
    if (payload.size() < 126) {
      out.push_back(static_cast<char>(mask_bit | static_cast<char>(payload.size())));
    } else if (payload.size() < 65536) {
      out.push_back(static_cast<char>(mask_bit | 126));
      out.push_back(static_cast<char>(payload.size() >> 8));
      out.push_back(static_cast<char>(payload.size() & 0xff));
    } else {
      out.push_back(static_cast<char>(mask_bit | 127));
      for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>((payload.size() >> shift) & 0xff));
    }
    static constexpr std::string_view kMask = "\x11\x22\x33\x44";
    if (masked) out += kMask;
    for (std::size_t i = 0; i < payload.size(); ++i) {
      out.push_back(masked ? static_cast<char>(payload[i] ^ kMask[i % 4]) : payload[i]);
    }
    return out;
  }

  void send_text(std::string_view text) { send(frame(kText, text)); }

  Frame read_frame() {
    Frame f;
    const auto head = read_bytes(2);
    if (head.size() < 2) return f;
    f.opcode = head[0] & 0x0f;
    f.fin = (head[0] & 0x80) != 0;
    std::size_t length = head[1] & 0x7f;
    const std::size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (extra != 0) {
      length = 0;
      for (const char c : read_bytes(extra)) length = length * 256 + static_cast<unsigned char>(c);
    }
    f.payload = read_bytes(length);
    return f;
  }

  std::string handshake;
};

boost::asio::awaitable<void> echo(std::shared_ptr<WebSocket> socket, std::string target) {
  static_cast<void>(socket->send("hello " + target));
  for (;;) {
    auto message = co_await socket->receive();
    if (!message) co_return;
    static_cast<void>(socket->send("echo " + *message));
  }
}

class WebSocketTest : public ::testing::Test {
 protected:
  explicit WebSocketTest(HttpServerOptions options = {}) : server(std::move(options)) { server.handler.on_socket = &echo; }
  Server server;
};

TEST_F(WebSocketTest, AcceptsAndEchoes) {
  server.start();
  WsClient client(server.port(), "/ws%20x?a=1");
  EXPECT_THAT(client.handshake, StartsWith("HTTP/1.1 101 "));
  EXPECT_THAT(client.handshake, HasSubstr("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));  // RFC 6455 §1.3
  EXPECT_THAT(client.handshake, ::testing::Not(HasSubstr("Beast")));
  EXPECT_THAT(client.handshake, ::testing::Not(HasSubstr("Sec-WebSocket-Protocol")));
  EXPECT_EQ(client.read_frame().payload, "hello /ws x?a=1");
  client.send_text("one");
  EXPECT_EQ(client.read_frame().payload, "echo one");
}

TEST_F(WebSocketTest, ReadsManyMessagesOutOfOneSegmentAndLargeOnesOutOfMany) {
  server.start();
  WsClient client(server.port());
  EXPECT_EQ(client.read_frame().payload, "hello /ws");
  std::string burst;
  for (int i = 0; i < 200; ++i) burst += WsClient::frame(kText, fmt::format("message {}", i));
  client.send(burst);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(client.read_frame().payload, fmt::format("echo message {}", i));
  const std::string large(60'000, 'x');
  client.send_text(large);
  EXPECT_EQ(client.read_frame().payload, "echo " + large);
  std::string tiny = WsClient::frame(kText, "byte by byte");
  for (const char c : tiny) client.send(std::string_view(&c, 1));
  EXPECT_EQ(client.read_frame().payload, "echo byte by byte");
}

TEST_F(WebSocketTest, JoinsFragmentsWithAPingBetweenThem) {
  server.start();
  WsClient client(server.port());
  client.read_frame();
  client.send(WsClient::frame(kText, "you \xe4\xbd", false));
  client.send(WsClient::frame(kPing, "are you there"));
  client.send(WsClient::frame(0, "\xa0 me", true));
  const auto pong = client.read_frame();
  EXPECT_EQ(pong.opcode, kPong);
  EXPECT_EQ(pong.payload, "are you there");
  EXPECT_EQ(client.read_frame().payload, "echo you 你 me");
}

TEST_F(WebSocketTest, ClosesAnUnmaskedFrameWith1002) {
  server.start();
  WsClient client(server.port());
  client.read_frame();
  client.send(WsClient::frame(kText, "plain", true, false));
  EXPECT_EQ(client.read_frame().close_code(), 1002);
}

TEST_F(WebSocketTest, ClosesABinaryMessageWith1003) {
  server.start();
  WsClient client(server.port());
  client.read_frame();
  client.send(WsClient::frame(kBinary, "\x01\x02"));
  EXPECT_EQ(client.read_frame().close_code(), 1003);
}

TEST_F(WebSocketTest, ClosesBadUtf8With1007) {
  server.start();
  WsClient client(server.port());
  client.read_frame();
  client.send_text("\xff\xfe");
  EXPECT_EQ(client.read_frame().close_code(), 1007);
}

TEST_F(WebSocketTest, ClosesAMessageOverTheLimitWith1009) {
  Result<std::string> got;
  std::promise<void> ended;
  server.handler.on_socket = [&](std::shared_ptr<WebSocket> socket, std::string) -> boost::asio::awaitable<void> {
    got = co_await socket->receive();
    ended.set_value();
  };
  server.start();
  WsClient client(server.port());
  // Announced only: the limit is known from the frame's header, the payload is never waited for.
  client.send(WsClient::frame(kText, std::string(64 * 1024 + 1, 'a')).substr(0, 100));
  EXPECT_EQ(client.read_frame().close_code(), 1009);
  client.close();
  ended.get_future().wait();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::kTooLarge);
}

TEST_F(WebSocketTest, ClosesAFragmentedMessageOverTheLimitToo) {
  server.start();
  WsClient client(server.port());
  client.read_frame();
  for (int i = 0; i < 5; ++i) client.send(WsClient::frame(i == 0 ? kText : 0, std::string(15'000, 'a'), false));
  EXPECT_EQ(client.read_frame().close_code(), 1009);
}

TEST_F(WebSocketTest, TakesFramesThatCameWithTheHandshake) {
  server.start();
  RawClient raw(server.port());
  raw.send(
      "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
      WsClient::frame(kText, "early"));
  EXPECT_THAT(raw.read_until("echo early"), HasSubstr("echo early"));
}

struct Wrong {
  const char* name;
  std::string bytes;
  int code;
};
class WebSocketProtocol : public WebSocketTest, public ::testing::WithParamInterface<Wrong> {};

TEST_P(WebSocketProtocol, FaultsCloseWithTheirCode) {
  server.start();
  WsClient client(server.port());
  client.read_frame();
  client.send(GetParam().bytes);
  EXPECT_EQ(client.read_frame().close_code(), GetParam().code);
  client.close();
}

INSTANTIATE_TEST_SUITE_P(
    Faults, WebSocketProtocol,
    ::testing::Values(Wrong{"ReservedBit", "\xc1\x80" + std::string(4, 'm'), 1002},
                      Wrong{"ReservedDataOpcode", "\x83\x80" + std::string(4, 'm'), 1002},
                      Wrong{"ReservedControlOpcode", "\x8b\x80" + std::string(4, 'm'), 1002},
                      Wrong{"FragmentedPing", WsClient::frame(kPing, "x", false), 1002},
                      Wrong{"LargePing", WsClient::frame(kPing, std::string(126, 'x')), 1002},
                      Wrong{"ContinuationOfNothing", WsClient::frame(0, "x"), 1002},
                      Wrong{"TextInsideAMessage", WsClient::frame(kText, "a", false) + WsClient::frame(kText, "b"), 1002},
                      Wrong{"LengthNotInItsShortestForm", std::string("\x81\xfe\x00\x01mmmmx", 9), 1002},
                      Wrong{"LengthOver63Bits", "\x81\xff" + std::string(8, '\xff') + "mmmm", 1002},
                      Wrong{"HugeLength", "\x81\xff" + std::string("\x00\x7f\xff\xff\xff\xff\xff\xff", 8) + "mmmm", 1009},
                      Wrong{"CloseWithHalfACode", WsClient::frame(kClose, "\x03"), 1002},
                      Wrong{"CloseWithAForbiddenCode", WsClient::frame(kClose, "\x03\xed"), 1002},
                      Wrong{"CloseWithBadUtf8", WsClient::frame(kClose, "\x03\xe8\xff"), 1007},
                      Wrong{"Utf8CutAtTheEnd", WsClient::frame(kText, "\xe4\xbd"), 1007},
                      Wrong{"CloseIsAnsweredWithItsCode", WsClient::frame(kClose, "\x0f\xa0"), 4000}),
    [](const auto& info) { return info.param.name; });

TEST_F(WebSocketTest, SendsWhatIsQueuedBeforeItCloses) {
  server.handler.on_socket = [](std::shared_ptr<WebSocket> socket, std::string) -> boost::asio::awaitable<void> {
    for (int i = 0; i < 50; ++i) static_cast<void>(socket->send(fmt::format("line {}", i)));
    socket->close(1012, "restart");
    EXPECT_EQ(socket->send("too late").error().code, ErrorCode::kUnavailable);
    co_return;
  };
  server.start();
  WsClient client(server.port());
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.read_frame().payload, fmt::format("line {}", i));
  const auto last = client.read_frame();
  EXPECT_EQ(last.close_code(), 1012);
  EXPECT_EQ(last.payload.substr(2), "restart");
  client.send(WsClient::frame(kClose, "\x03\xf4"));
  EXPECT_TRUE(client.closed_by_peer());
}

TEST_F(WebSocketTest, ReturningClosesWith1000) {
  server.handler.on_socket = [](std::shared_ptr<WebSocket>, std::string) -> boost::asio::awaitable<void> { co_return; };
  server.start();
  WsClient client(server.port());
  EXPECT_EQ(client.read_frame().close_code(), 1000);
}

TEST_F(WebSocketTest, APeerThatNeverAnswersTheCloseIsCutOff) {
  server.handler.on_socket = [](std::shared_ptr<WebSocket>, std::string) -> boost::asio::awaitable<void> { co_return; };
  server.start();
  WsClient client(server.port());
  EXPECT_EQ(client.read_frame().close_code(), 1000);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(client.closed_by_peer());
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_GT(took, 3s);
  EXPECT_LT(took, 30s);
}

TEST_F(WebSocketTest, SendIsBusyWhenThePeerDoesNotRead) {
  std::promise<ErrorCode> code;
  server.handler.on_socket = [&](std::shared_ptr<WebSocket> socket, std::string) -> boost::asio::awaitable<void> {
    const std::string block(60'000, 'x');
    for (int i = 0; i < 1000; ++i) {
      if (auto sent = socket->send(block); !sent) {
        code.set_value(sent.error().code);
        break;
      }
    }
    co_return;
  };
  server.start();
  WsClient client(server.port());
  EXPECT_EQ(code.get_future().get(), ErrorCode::kBusy);
}

TEST_F(WebSocketTest, TheHandlerCanRefuseAnUpgrade) {
  server.handler.on_upgrade = [](const HttpRequest& request) -> std::optional<HttpResponse> {
    if (request.path == "/ws") return std::nullopt;
    return HttpResponse::text(403, "no");
  };
  server.start();
  WsClient refused(server.port(), "/other");
  EXPECT_THAT(refused.handshake, StartsWith("HTTP/1.1 403 "));
  EXPECT_EQ(refused.read_bytes(2), "no");
  refused.send("GET /http HTTP/1.1\r\nHost: x\r\n\r\n");  // the connection stays an HTTP one
  EXPECT_THAT(refused.read_answer(), HasSubstr("/http"));
  WsClient accepted(server.port(), "/ws");
  EXPECT_THAT(accepted.handshake, StartsWith("HTTP/1.1 101 "));
}

TEST_F(WebSocketTest, AnUpgradeWithoutKeyOrOfAnotherVersionIsRefused) {
  server.start();
  for (const char* extra :
       {"Sec-WebSocket-Version: 13\r\n", "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"}) {
    RawClient client(server.port());
    client.send(std::string("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n") + extra + "\r\n");
    EXPECT_THAT(client.read_answer(), StartsWith("HTTP/1.1 4")) << extra;
  }
}

TEST_F(WebSocketTest, SixtyFourConnectionsTalkInParallel) {
  server.start();
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, &good, t] {
      std::vector<std::unique_ptr<WsClient>> clients;
      for (int i = 0; i < 16; ++i) clients.push_back(std::make_unique<WsClient>(server.port()));
      for (auto& client : clients) client->read_frame();
      for (int round = 0; round < 20; ++round) {
        for (std::size_t i = 0; i < clients.size(); ++i) clients[i]->send_text(fmt::format("{}-{}-{}", t, i, round));
        for (std::size_t i = 0; i < clients.size(); ++i) {
          good += clients[i]->read_frame().payload == fmt::format("echo {}-{}-{}", t, i, round) ? 1 : 0;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 64 * 20);
}

TEST_F(WebSocketTest, AbruptEndsReleaseTheirPlaces) {
  server.start();
  for (int i = 0; i < 20; ++i) {
    WsClient client(server.port());
    client.read_frame();
    client.send(WsClient::frame(kText, "half a frame").substr(0, 5));
    if (i % 2 == 0) client.reset();
  }
  server.http->drain(8s);
  EXPECT_EQ(server.http->connections(), 0U);
}

TEST_F(WebSocketTest, DrainWaitsForSessionsThatSayGoodbye) {
  std::promise<std::shared_ptr<WebSocket>> opened;
  server.handler.on_socket = [&](std::shared_ptr<WebSocket> socket, std::string) -> boost::asio::awaitable<void> {
    opened.set_value(socket);
    while (co_await socket->receive()) {
    }
  };
  server.start();
  WsClient client(server.port());
  auto socket = opened.get_future().get();
  std::thread drainer([this] { server.http->drain(9s); });
  boost::asio::post(socket->executor(), [socket] { socket->close(1012, "going"); });
  EXPECT_EQ(client.read_frame().close_code(), 1012);
  client.send(WsClient::frame(kClose, "\x03\xf4"));
  EXPECT_TRUE(client.closed_by_peer());
  client.close();
  drainer.join();
  EXPECT_EQ(server.http->connections(), 0U);
}

TEST(WebSocketTls, SpeaksOverTls) {
  Certificate certificate;
  HttpServerOptions options;
  options.tls = *load_tls(certificate.chain(), certificate.key());
  Server server(options);
  server.handler.on_socket = &echo;
  server.start();
  RawClient client(server.port());
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = SSL_new(context);
  SSL_set_fd(ssl, client.fd());
  ASSERT_EQ(SSL_connect(ssl), 1);
  const std::string hello =
      "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
      WsClient::frame(kText, "over tls") + WsClient::frame(kClose, "");
  SSL_write(ssl, hello.data(), static_cast<int>(hello.size()));
  std::string got;
  std::array<char, 4096> chunk{};
  for (int n = 0; (n = SSL_read(ssl, chunk.data(), chunk.size())) > 0;) got.append(chunk.data(), static_cast<std::size_t>(n));
  EXPECT_THAT(got, HasSubstr("101 Switching"));
  EXPECT_THAT(got, HasSubstr("echo over tls"));
  EXPECT_THAT(got, ::testing::EndsWith("\x88\x02\x03\xe8"));
  SSL_free(ssl);
  SSL_CTX_free(context);
}

class WebSocketPing : public WebSocketTest {
 protected:
  WebSocketPing() : WebSocketTest(options()) {}
  static HttpServerOptions options() {
    HttpServerOptions o;
    o.websocket_ping = 1s;
    return o;
  }
};

TEST_F(WebSocketPing, APeerThatAnswersStaysAndOneThatDoesNotIsClosed) {
  server.start();
  WsClient alive(server.port());
  WsClient dead(server.port());
  alive.read_frame();
  dead.read_frame();
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(alive.read_frame().opcode, kPing);
    alive.send(WsClient::frame(kPong, ""));
  }
  EXPECT_EQ(dead.read_frame().opcode, kPing);
  EXPECT_EQ(dead.read_frame().opcode, kPing);
  EXPECT_EQ(dead.read_frame().opcode, -1);
  alive.send_text("still here");
  for (;;) {
    const auto frame = alive.read_frame();
    if (frame.opcode == kPing) continue;
    EXPECT_EQ(frame.payload, "echo still here");
    break;
  }
}

}  // namespace
}  // namespace usher::net::testing
