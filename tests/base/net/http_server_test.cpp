#include <gmock/gmock.h>

#include <thread>

#include <boost/asio/steady_timer.hpp>

#include "base/async/sleep.h"
#include "base/net/http_head.h"
#include "tests/base/net/net_test_support.h"

namespace usher::net::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;

TEST(HttpServer, AnswersWithLengthDateAndSecurityHeaders) {
  Server server;
  server.start();
  RawClient client(server.port());
  client.send("GET /a%20b/c?x=1&y=%20 HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = client.read_answer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: "));
  EXPECT_THAT(answer, HasSubstr("\r\nDate: "));
  EXPECT_THAT(answer, HasSubstr(" GMT\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nReferrer-Policy: no-referrer\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("Server:")));
  EXPECT_THAT(answer, HasSubstr("GET /a b/c?x=1&y=%20\n"));
}

TEST(HttpServer, KeepsTheConnectionAndAnswersPipelinedRequestsInOrder) {
  Server server;
  server.start();
  RawClient client(server.port());
  client.send(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\nHost: "
      "x\r\n\r\n");
  EXPECT_THAT(client.read_answer(), HasSubstr("GET /1\n"));
  EXPECT_THAT(client.read_answer(), HasSubstr("POST /2\nabc"));
  EXPECT_THAT(client.read_answer(), HasSubstr("GET /3\n"));
  client.send("GET /4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const auto last = client.read_all();
  EXPECT_THAT(last, HasSubstr("GET /4\n"));
  EXPECT_THAT(last, HasSubstr("Connection: close\r\n"));
}

TEST(HttpServer, TakesAChunkedBodyInAnyPieces) {
  Server server;
  server.start();
  RawClient client(server.port());
  const std::string request =
      "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n4\r\ndefg\r\n0\r\nX-Trailer: 1\r\n\r\n";
  for (const char c : request) client.send(std::string_view(&c, 1));
  EXPECT_THAT(client.read_answer(), HasSubstr("POST /c\nabcdefg"));
  client.send("GET /after HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.read_answer(), HasSubstr("GET /after\n"));
}

TEST(HttpServer, AnswersHeadWithTheLengthOnly) {
  Server server;
  server.start();
  RawClient client(server.port());
  client.send("HEAD /h HTTP/1.1\r\nHost: x\r\n\r\nGET /g HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const auto all = client.read_all();
  EXPECT_THAT(all, HasSubstr("Content-Length: 8\r\n"));  // "HEAD /h\n"
  EXPECT_THAT(all, Not(HasSubstr("HEAD /h")));
  EXPECT_THAT(all, HasSubstr("GET /g\n"));
}

TEST(HttpServer, GoesOnAfterContinueOnlyWhenTheBodyIsAllowed) {
  Server server;
  server.start();
  RawClient client(server.port());
  client.send("POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_THAT(client.read_answer(), HasSubstr("POST /e\nok"));
  RawClient big(server.port());
  big.send("POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\nExpect: 100-continue\r\n\r\n");
  const auto answer = big.read_all();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(answer, HasSubstr("\"too_large\""));
}

TEST(HttpServer, Answers413ToAChunkedBodyOverTheLimit) {
  Server server;
  server.handler.limit = 10;
  server.start();
  RawClient client(server.port());
  client.send("POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nabcdefgh\r\n8\r\nabcdefgh\r\n0\r\n\r\n");
  EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 413 "));
}

TEST(HttpServer, LargeBodiesShareRoomThatIsGivenBack) {
  constexpr std::size_t kMegabyte = 1024 * 1024;
  Server server({.max_large_bodies = 8 * kMegabyte});
  server.handler.limit = 4 * kMegabyte;
  server.start();
  const auto begin = [](std::size_t bytes) {
    return "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n";
  };
  RawClient first(server.port());
  first.send("POST /b HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: " + std::to_string(2 * kMegabyte) +
             "\r\n\r\n");
  EXPECT_EQ(first.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");  // it holds the quarter an address may have
  RawClient second(server.port());
  second.send(begin(2 * kMegabyte));
  const auto refused = second.read_all();
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(refused, HasSubstr("Retry-After: 5"));
  RawClient small(server.port());
  small.send(begin(kMegabyte) + std::string(kMegabyte, 'x'));
  EXPECT_THAT(small.read_answer(), StartsWith("HTTP/1.1 200 ")) << "what is not large needs no room";
  first.send(std::string(2 * kMegabyte, 'x'));
  EXPECT_THAT(first.read_answer(), StartsWith("HTTP/1.1 200 "));
  RawClient third(server.port());
  third.send(begin(2 * kMegabyte) + std::string(2 * kMegabyte, 'x'));
  EXPECT_THAT(third.read_answer(), StartsWith("HTTP/1.1 200 "));
}

struct Bad {
  const char* name;
  std::string bytes;
  const char* status;
};
class HttpServerRefuses : public ::testing::TestWithParam<Bad> {};

TEST_P(HttpServerRefuses, AndClosesTheConnection) {
  Server server;
  std::atomic<int> seen = 0;
  server.handler.on_request = [&seen](HttpRequest request) -> boost::asio::awaitable<HttpResponse> {
    ++seen;
    co_return HttpResponse::text(200, request.path);
  };
  server.start();
  RawClient client(server.port());
  client.send(GetParam().bytes);
  const auto answer = client.read_all();
  EXPECT_THAT(answer, StartsWith(std::string("HTTP/1.1 ") + GetParam().status));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << "a second answer: the rest was taken for a request\n" << answer;
  EXPECT_EQ(seen, 0) << "the handler must not see it";
}

const std::string kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
INSTANTIATE_TEST_SUITE_P(
    Malformed, HttpServerRefuses,
    ::testing::Values(
        Bad{"ClThenTe",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + kSmuggled, "400"},
        Bad{"TeThenCl",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n" + kSmuggled, "400"},
        Bad{"TwoDifferentLengths",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef" + kSmuggled, "400"},
        Bad{"TwoEqualLengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nabcde" + kSmuggled,
            "400"},
        Bad{"LengthList", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\nabcde" + kSmuggled, "400"},
        Bad{"LengthWithPlus", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nabcde" + kSmuggled, "400"},
        Bad{"NegativeLength", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n" + kSmuggled, "400"},
        Bad{"HugeLength", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", "400"},
        Bad{"EmptyLength", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \r\n\r\n", "400"},
        Bad{"BadChunkSize", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", "400"},
        Bad{"ChunkSizeWithPrefix", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
            "400"},
        Bad{"ChunkWithoutItsLineEnd", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef0\r\n\r\n",
            "400"},
        Bad{"UnknownCoding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n" + kSmuggled, "501"},
        Bad{"CodingList", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" + kSmuggled, "501"},
        Bad{"TwoCodings",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
        Bad{"CodingInHttp10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
        Bad{"SpaceBeforeColon", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\nabcde", "400"},
        Bad{"FoldedLine", "GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n  2\r\n\r\n", "400"},
        Bad{"BareLfBetweenLines", "GET / HTTP/1.1\nHost: x\n\n", "400"},
        Bad{"BareLfInHeader", "GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\nX-B: 2\r\n\r\n", "400"},
        Bad{"BareCrInHeader", "GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\rX-B: 2\r\n\r\n", "400"},
        Bad{"NulInHeader", std::string("GET / HTTP/1.1\r\nHost: x\r\nX-A: 1") + '\0' + "\r\n\r\n", "400"},
        Bad{"NoHost", "GET / HTTP/1.1\r\n\r\n", "400"}, Bad{"TwoHosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "400"},
        Bad{"NoVersion", "GET /\r\n\r\n", "400"}, Bad{"BadVersion", "GET / HTTP/9.9x\r\nHost: x\r\n\r\n", "400"},
        Bad{"DotDot", "GET /a/../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        Bad{"EncodedDotDot", "GET /a/%2e%2E/b HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        Bad{"EncodedSlashDotDot", "GET /a%2f..%2fb HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        Bad{"DotDotAtTheEnd", "GET /a/.. HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        Bad{"Backslash", "GET /a\\..\\b HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        Bad{"EncodedNul", "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        Bad{"BadEscape", "GET /a%zz HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        Bad{"Connect", "CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        Bad{"OtherExpectation", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: magic\r\n\r\na", "417"},
        Bad{"LongTarget", "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", "414"},
        Bad{"EndlessTarget", "GET /" + std::string(40000, 'a'), "414"},
        Bad{"LargeHeader", "GET / HTTP/1.1\r\nHost: x\r\nX-A: " + std::string(17000, 'a') + "\r\n\r\n", "431"},
        Bad{"ManyHeaders",
            "GET / HTTP/1.1\r\nHost: x\r\n" +
                [] {
                  std::string all;
                  for (int i = 0; i < 101; ++i) all += "X: 1\r\n";
                  return all;
                }() +
                "\r\n",
            "431"},
        Bad{"TooLargeBody", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1025\r\n\r\n" + std::string(1025, 'a') + kSmuggled,
            "413"}),
    [](const auto& info) { return info.param.name; });

TEST(HttpServer, SurvivesRandomBytes) {
  Server server;
  server.start();
  std::uint64_t state = 42;
  for (int round = 0; round < 20; ++round) {
    std::string noise(50'000, '\0');
    for (auto& c : noise) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      c = static_cast<char>(state >> 56);
    }
    RawClient client(server.port());
    client.send(noise);
    client.close();
  }
  RawClient client(server.port());
  client.send("GET /alive HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.read_answer(), HasSubstr("/alive"));
}

TEST(HttpServer, CutsAHeaderThatDoesNotArriveInTime) {
  HttpServerOptions options;
  options.header_timeout = 1s;
  Server server(options);
  server.start();
  RawClient client(server.port());
  const auto begin = std::chrono::steady_clock::now();
  client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
  EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 408 "));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 30s);
  RawClient silent(server.port());
  EXPECT_EQ(silent.read_all(), "");
}

TEST(HttpServer, ClosesAnIdleKeepAliveConnection) {
  HttpServerOptions options;
  options.keep_alive_timeout = 1s;
  Server server(options);
  server.start();
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.read_answer(), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(client.closed_by_peer());
}

TEST(HttpServer, Answers500WhenTheHandlerThrows) {
  Server server;
  server.handler.on_request = [](HttpRequest request) -> boost::asio::awaitable<HttpResponse> {
    if (request.path == "/throw") throw std::runtime_error("secret detail");
    co_return HttpResponse::text(200, "fine");
  };
  server.start();
  RawClient client(server.port());
  client.send("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = client.read_answer();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answer, HasSubstr(R"({"error":{"code":"internal")"));
  EXPECT_THAT(answer, Not(HasSubstr("secret")));
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.read_answer(), HasSubstr("fine"));
}

TEST(HttpServer, DropsAHandlersHeaderThatWouldSplitTheAnswer) {
  Server server;
  server.handler.on_request = [](HttpRequest) -> boost::asio::awaitable<HttpResponse> {
    auto response = HttpResponse::text(200, "x");
    response.headers.add("Location", "/a\r\nSet-Cookie: evil=1");
    response.headers.add("Content-Length", "999");
    co_return response;
  };
  server.start();
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const auto answer = client.read_all();
  EXPECT_THAT(answer, Not(HasSubstr("evil")));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 1\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("999")));
}

TEST(HttpServer, RefusesConnectionsOverTheLimitPerAddress) {
  HttpServerOptions options;
  options.max_connections_per_address = 2;
  Server server(options);
  server.start();
  RawClient a(server.port());
  RawClient b(server.port());
  for (auto* client : {&a, &b}) {
    client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client->read_answer(), StartsWith("HTTP/1.1 200"));
  }
  RawClient c(server.port());
  EXPECT_THAT(c.read_all(), StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(server.http->connections(), 2U);
}

TEST(HttpServer, BelievesForwardedHeadersOfTrustedProxiesOnly) {
  const auto ask = [](std::vector<std::string> trusted) {
    HttpServerOptions options;
    options.trusted_proxies = std::move(trusted);
    Server server(options);
    server.handler.on_request = [](HttpRequest request) -> boost::asio::awaitable<HttpResponse> {
      co_return HttpResponse::text(200, request.remote + (request.is_tls ? " tls" : " plain"));
    };
    server.start();
    RawClient client(server.port());
    client.send(
        "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.2.3\r\nX-Forwarded-Proto: https\r\nConnection: "
        "close\r\n\r\n");
    const auto answer = client.read_all();
    return answer.substr(answer.find("\r\n\r\n") + 4);
  };
  EXPECT_EQ(ask({}), "127.0.0.1 plain");
  EXPECT_EQ(ask({"127.0.0.1"}), "10.1.2.3 tls");
  EXPECT_EQ(ask({"127.0.0.0/8", "10.0.0.0/8"}), "203.0.113.9 tls");
}

TEST(HttpServer, DrainLetsAnAnswerFinishAndClosesIdleConnections) {
  Server server;
  std::promise<void> entered;
  server.handler.on_request = [&entered](HttpRequest request) -> boost::asio::awaitable<HttpResponse> {
    if (request.path == "/slow") {
      entered.set_value();
      co_await async::sleep_for(300ms);
    }
    co_return HttpResponse::text(200, "done");
  };
  server.start();
  RawClient idle(server.port());
  idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(idle.read_answer(), HasSubstr("done"));
  RawClient busy(server.port());
  busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  entered.get_future().wait();
  server.http->drain(5s);
  const auto answer = busy.read_all();
  EXPECT_THAT(answer, HasSubstr("done"));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  EXPECT_TRUE(idle.closed_by_peer());
  EXPECT_EQ(server.http->connections(), 0U);
  RawClient late(server.port());
  EXPECT_FALSE(late.connected());
}

TEST(HttpServer, DrainCutsWhatDoesNotEndInTime) {
  Server server;
  std::promise<void> entered;
  server.handler.on_request = [&entered](HttpRequest) -> boost::asio::awaitable<HttpResponse> {
    entered.set_value();
    co_await async::sleep_for(60s);
    co_return HttpResponse::text(200, "never");
  };
  server.start();
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  entered.get_future().wait();
  const auto begin = std::chrono::steady_clock::now();
  server.http->drain(50ms);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 30s);
  EXPECT_EQ(server.http->connections(), 0U);
}

TEST(HttpServer, SaysWhyItCannotListen) {
  Server first;
  async::IoThreads io(1);
  TestHandler handler;
  HttpServerOptions options;
  options.port = first.port();
  const auto second = serve_http(io, options, handler);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kIo);
  EXPECT_THAT(second.error().message, HasSubstr(fmt::format("127.0.0.1:{}", first.port())));
  EXPECT_THAT(second.error().message, HasSubstr("in use"));
  first.start();
}

TEST(HttpServer, ServesManyConnectionsInParallel) {
  Server server;
  server.start();
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      std::vector<std::unique_ptr<RawClient>> clients;
      for (int i = 0; i < 16; ++i) clients.push_back(std::make_unique<RawClient>(server.port()));
      for (int round = 0; round < 10; ++round) {
        for (auto& client : clients) client->send("GET /p HTTP/1.1\r\nHost: x\r\n\r\n");
        for (auto& client : clients) good += client->read_answer().ends_with("GET /p\n") ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 4 * 16 * 10);
}

TEST(HttpServer, AClientThatVanishesWhileTheHandlerWorksIsNoMatter) {
  Server server;
  std::promise<void> entered;
  std::promise<void> left;
  server.handler.on_request = [&](HttpRequest request) -> boost::asio::awaitable<HttpResponse> {
    if (request.path == "/gone") {
      entered.set_value();
      co_await async::sleep_for(100ms);
      left.set_value();
    }
    co_return HttpResponse::text(200, std::string(100'000, 'x'));
  };
  server.start();
  RawClient client(server.port());
  client.send("GET /gone HTTP/1.1\r\nHost: x\r\n\r\n");
  entered.get_future().wait();
  client.reset();
  left.get_future().wait();
  RawClient other(server.port());
  other.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(other.read_answer(), StartsWith("HTTP/1.1 200"));
}

}  // namespace
}  // namespace usher::net::testing
