#include <gmock/gmock.h>

#include <thread>

#include "base/async/sleep.h"
#include "base/async/task_group.h"
#include "base/net/byte_stream.h"
#include "base/net/http_client.h"
#include "tests/base/net/certificate.h"
#include "tests/base/net/net_test_support.h"

namespace usher::net::testing {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

HttpCall call_to(std::string url) {
  HttpCall call;
  call.url = std::move(url);
  call.allow_private = true;
  return call;
}

boost::asio::awaitable<Result<HttpReply>> on_own_thread(OutboundClient* client, HttpCall call) {
  const auto here = std::this_thread::get_id();
  auto reply = co_await client->http(std::move(call));
  EXPECT_EQ(std::this_thread::get_id(), here) << "must complete on the caller's executor";
  co_return reply;
}

class HttpClientTest : public ::testing::Test {
 protected:
  HttpClientTest() : client(make_outbound_client(server.io.executor(0))) { server.handler.limit = 1024 * 1024; }
  ~HttpClientTest() override { client.reset(); }
  Result<HttpReply> run(HttpCall call) { return run_on(caller(), on_own_thread(client.get(), std::move(call))); }

  async::Executor caller() { return server.io.executor(1); }  // not the client's

  Server server;
  std::unique_ptr<OutboundClient> client;
};

TEST_F(HttpClientTest, SendsMethodHeadersAndBodyAndReadsTheReply) {
  server.handler.on_request = [](HttpRequest request) -> boost::asio::awaitable<HttpResponse> {
    auto response = HttpResponse::json(
        201, fmt::format("{}|{}|{}|{}|{}|{}", request.method, request.path, request.headers.find("x-a").value_or("-"),
                         request.headers.find("x-empty") ? "present" : "absent",
                         request.headers.find("content-type").value_or("none"), request.body));
    response.headers.add("Set-Cookie", "a=1");
    response.headers.add("Set-Cookie", "b=2");
    co_return response;
  };
  server.start();
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    auto call = call_to(server.url("/things"));
    call.method = method;
    call.headers.add("X-A", "1");
    call.headers.add("X-Empty", "");
    call.body = "payload\0with nul";
    auto reply = run(call);
    ASSERT_TRUE(reply) << reply.error().message << reply.error().detail;
    EXPECT_EQ(reply->status, 201);
    EXPECT_EQ(reply->body, fmt::format("{}|/things|1|present|none|{}", method, call.body));
    EXPECT_EQ(reply->headers.count("set-cookie"), 2U);
  }
  auto get = run(call_to(server.url("/x")));
  ASSERT_TRUE(get);
  EXPECT_EQ(get->body, "GET|/x|-|absent|none|");
  auto head = call_to(server.url("/x"));
  head.method = "HEAD";
  auto headed = run(head);
  ASSERT_TRUE(headed);
  EXPECT_EQ(headed->status, 201);
  EXPECT_EQ(headed->body, "");
}

TEST_F(HttpClientTest, DoesNotFollowRedirects) {
  server.handler.on_request = [](HttpRequest) -> boost::asio::awaitable<HttpResponse> {
    co_return HttpResponse::redirect("/elsewhere");
  };
  server.start();
  const auto reply = run(call_to(server.url("/")));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 303);
  EXPECT_EQ(reply->headers.find("location"), "/elsewhere");
}

TEST_F(HttpClientTest, StopsAtTheSizeLimit) {
  server.handler.on_request = [](HttpRequest) -> boost::asio::awaitable<HttpResponse> {
    co_return HttpResponse::text(200, std::string(100'000, 'x'));
  };
  server.start();
  auto call = call_to(server.url("/"));
  call.limits.max_response = 1000;
  const auto reply = run(call);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kTooLarge);
}

TEST_F(HttpClientTest, ATimeoutAfterSendingIsUnknown) {
  server.handler.on_request = [](HttpRequest) -> boost::asio::awaitable<HttpResponse> {
    co_await async::sleep_for(10s);
    co_return HttpResponse::text(200, "late");
  };
  server.start();
  auto call = call_to(server.url("/"));
  call.limits.total = 100ms;
  const auto reply = run(call);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kUnknown);
}

TEST_F(HttpClientTest, NothingListeningIsUnavailable) {
  server.start();
  std::uint16_t free_port = 0;
  {
    Server other;
    free_port = other.port();
    other.start();
  }
  const auto reply = run(call_to(fmt::format("http://127.0.0.1:{}/", free_port)));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kUnavailable);
}

// A peer that reads the request and then does something wrong.
boost::asio::awaitable<void> answer_badly(std::shared_ptr<ByteStream> stream, std::string bytes) {
  std::array<char, 4096> chunk{};
  static_cast<void>(co_await stream->read_some(chunk, 5s));
  if (!bytes.empty()) static_cast<void>(co_await stream->write(bytes, 5s));
}

TEST_F(HttpClientTest, ABrokenAnswerIsUnknown) {
  server.start();
  for (const char* bytes : {"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "not HTTP\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    auto listener =
        listen(server.io, {}, [bytes](std::shared_ptr<ByteStream> stream) { return answer_badly(std::move(stream), bytes); });
    ASSERT_TRUE(listener);
    auto call = call_to(fmt::format("http://127.0.0.1:{}/", (*listener)->port()));
    call.method = "POST";
    call.body = "x";
    const auto reply = run(call);
    ASSERT_FALSE(reply) << bytes;
    EXPECT_EQ(reply.error().code, ErrorCode::kUnknown) << bytes;
  }
}

TEST_F(HttpClientTest, AnEndlessHeaderIsTooLarge) {
  server.start();
  std::string bytes = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 1000; ++i) bytes += fmt::format("X-{}: 1\r\n", i);
  auto listener =
      listen(server.io, {}, [bytes](std::shared_ptr<ByteStream> stream) { return answer_badly(std::move(stream), bytes); });
  ASSERT_TRUE(listener);
  const auto reply = run(call_to(fmt::format("http://127.0.0.1:{}/", (*listener)->port())));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kTooLarge);
}

TEST_F(HttpClientTest, TheGuardRefusesPrivateAddressesHoweverTheyAreSpelt) {
  std::atomic<int> reached = 0;
  server.handler.on_request = [&reached](HttpRequest) -> boost::asio::awaitable<HttpResponse> {
    ++reached;
    co_return HttpResponse::text(200, "inside");
  };
  server.start();
  // A kept connection of a trusted call must not be lent to a guarded one.
  ASSERT_TRUE(run(call_to(server.url("/"))));
  EXPECT_EQ(reached, 1);
  for (const char* host :
       {"127.0.0.1", "localhost", "0x7f000001", "2130706433", "0177.0.0.1", "127.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]"}) {
    auto call = call_to(fmt::format("http://{}:{}/", host, server.port()));
    call.allow_private = false;
    const auto reply = run(call);
    ASSERT_FALSE(reply) << host;
    EXPECT_EQ(reply.error().code, ErrorCode::kDenied) << host << " " << reply.error().detail;
  }
  EXPECT_EQ(reached, 1);
}

TEST_F(HttpClientTest, RefusesOtherSchemesAndInjectedHeaders) {
  server.start();
  for (const char* url : {"file:///etc/passwd", "ftp://example.org/", "gopher://127.0.0.1/", "", "http://", "http://a b/",
                          "/relative", "http://x/\r\nX: 1"}) {
    const auto reply = run(call_to(url));
    ASSERT_FALSE(reply) << url;
    EXPECT_EQ(reply.error().code, ErrorCode::kInvalid) << url;
  }
  auto call = call_to(server.url("/"));
  call.headers.add("X-A", "1\r\nX-B: 2");
  EXPECT_EQ(run(call).error().code, ErrorCode::kInvalid);
  auto method = call_to(server.url("/"));
  method.method = "GET / HTTP/1.1\r\nX: ";
  EXPECT_EQ(run(method).error().code, ErrorCode::kInvalid);
}

TEST_F(HttpClientTest, APostIsNeverSentTwice) {
  server.start();
  // The first request of each connection is answered; a second one on it is read and dropped, as by a peer that dies at work.
  std::atomic<int> requests = 0;
  auto listener = listen(server.io, {}, [&requests](std::shared_ptr<ByteStream> stream) -> boost::asio::awaitable<void> {
    std::array<char, 4096> chunk{};
    for (int i = 0; i < 2; ++i) {
      auto n = co_await stream->read_some(chunk, 5s);
      if (!n || *n == 0) co_return;
      ++requests;
      if (i == 0) static_cast<void>(co_await stream->write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 5s));
    }
  });
  ASSERT_TRUE(listener);
  const auto url = fmt::format("http://127.0.0.1:{}/", (*listener)->port());
  ASSERT_TRUE(run(call_to(url)));  // leaves a kept connection behind
  auto post = call_to(url);
  post.method = "POST";
  post.body = "create a ticket";
  const int before = requests;
  static_cast<void>(run(post));
  EXPECT_EQ(requests - before, 1);
}

boost::asio::awaitable<int> many_calls(OutboundClient* client, std::string url) {
  int good = 0;
  for (int i = 0; i < 20; ++i) {
    auto reply = co_await client->http(call_to(url));
    good += reply && reply->status == 200 ? 1 : 0;
  }
  co_return good;
}

TEST_F(HttpClientTest, ManyCallsRunSideBySideFromSeveralThreads) {
  server.start();
  std::vector<std::future<int>> all;
  for (std::size_t i = 0; i < 40; ++i) {
    auto executor = i % 2 == 0 ? caller() : server.io.executor(1);
    all.push_back(boost::asio::co_spawn(executor, many_calls(client.get(), server.url("/")), boost::asio::use_future));
  }
  int good = 0;
  for (auto& one : all) good += one.get();
  EXPECT_EQ(good, 800);
  EXPECT_LE(server.http->connections(), 16U) << "the limit per host";
}

boost::asio::awaitable<void> call_once(OutboundClient* client, std::string url, std::promise<ErrorCode>* code) {
  auto reply = co_await client->http(call_to(url));
  code->set_value(reply ? ErrorCode::kInternal : reply.error().code);
}

TEST_F(HttpClientTest, CancellationEndsACall) {
  std::promise<void> entered;
  server.handler.on_request = [&entered](HttpRequest) -> boost::asio::awaitable<HttpResponse> {
    entered.set_value();
    co_await async::sleep_for(10s);
    co_return HttpResponse::text(200, "late");
  };
  server.start();
  async::TaskGroup group;
  std::promise<ErrorCode> code;
  group.spawn(caller(), "call", call_once(client.get(), server.url("/"), &code));
  entered.get_future().wait();
  group.cancel();
  EXPECT_TRUE(group.wait(3s));
  EXPECT_EQ(code.get_future().get(), ErrorCode::kUnknown);
}

TEST(HttpClientTls, TrustsTheCertificateItIsGivenAndNoOther) {
  Certificate certificate;
  auto tls = load_tls(certificate.chain(), certificate.key());
  ASSERT_TRUE(tls);
  HttpServerOptions options;
  options.tls = *tls;
  Server server(options);
  server.handler.on_request = [](HttpRequest request) -> boost::asio::awaitable<HttpResponse> {
    co_return HttpResponse::text(200, request.is_tls ? "encrypted" : "plain");
  };
  server.start();
  auto client = make_outbound_client(server.io.executor(0));
  auto call = call_to(fmt::format("https://localhost:{}/", server.port()));
  const auto refused = run_on(server.io.executor(1), client->http(call));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  call.ca_file = certificate.chain();
  const auto trusted = run_on(server.io.executor(1), client->http(call));
  ASSERT_TRUE(trusted) << trusted.error().detail;
  EXPECT_EQ(trusted->body, "encrypted");
  client.reset();
}

}  // namespace
}  // namespace usher::net::testing
