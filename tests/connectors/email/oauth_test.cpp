// Access tokens: answers of token endpoints, and when they are asked.
#include "connectors/email/oauth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace usher::connectors::email {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;

TEST(OAuth, AnswersOfTokenEndpointsAreReadAsTheyCome) {
  auto good = read_token_answer(200, R"({"access_token":"A","expires_in":"3599","refresh_token":"R2","token_type":"Bearer"})");
  ASSERT_TRUE(good);
  EXPECT_EQ(good->access_token, "A");
  EXPECT_EQ(good->refresh_token, "R2");
  EXPECT_EQ(good->seconds, 3599);
  struct Row {
    int status;
    const char* body;
    ErrorCode code;
  };
  for (const auto& row : {Row{400, R"({"error":"invalid_grant","error_description":"revoked"})", ErrorCode::kDenied},
                          Row{401, R"({"error":"invalid_client"})", ErrorCode::kDenied},
                          Row{400, R"({"error":"temporarily_unavailable"})", ErrorCode::kUnavailable},
                          Row{400, "<html>", ErrorCode::kUnavailable}, Row{503, "", ErrorCode::kUnavailable},
                          Row{200, "{}", ErrorCode::kUnavailable}, Row{200, "[1]", ErrorCode::kUnavailable}}) {
    auto answer = read_token_answer(row.status, row.body);
    ASSERT_FALSE(answer) << row.body;
    EXPECT_EQ(answer.error().code, row.code) << row.body;
  }
}

struct Endpoint final : net::OutboundClient {
  asio::awaitable<Result<net::HttpReply>> http(net::HttpCall call) override {
    bodies.push_back(call.body);
    net::HttpReply reply;
    reply.status = 200;
    reply.body = R"({"access_token":"A)" + std::to_string(bodies.size()) + R"(","expires_in":3600,"refresh_token":"rotated"})";
    co_return reply;
  }
  asio::awaitable<Result<net::MailReply>> mail(net::MailCall) override { co_return fail(ErrorCode::kInternal, "not here"); }
  std::vector<std::string> bodies;
};
struct Books final : TokenBooks {
  asio::awaitable<Result<std::string>> kept_token(std::string, std::string seed) override {
    co_return seed == seed_of ? token : std::string{};
  }
  asio::awaitable<Result<void>> keep_token(std::string, std::string seed, std::string fresh) override {
    seed_of = seed;
    token = fresh;
    co_return Result<void>{};
  }
  std::string seed_of, token;
};

std::string get(OAuthTokens& tokens) {
  asio::io_context io;
  std::string out;
  asio::co_spawn(io, tokens.get(), [&](const std::exception_ptr&, Result<std::string> token) {
    out = token ? *token : "failed: " + token.error().message;
  });
  io.run();
  return out;
}

TEST(OAuth, ATokenIsUsedUntilFiveMinutesBeforeItsEndAndAReplacedRefreshTokenIsKept) {
  Endpoint endpoint;
  Books books;
  ManualClock clock(from_millis(1'000'000));
  OAuthSettings settings{"https://login.example/token", "client", "s&cret", "first", "mail", {}};
  OAuthTokens tokens(settings, "a@example.org", endpoint, books, clock);
  EXPECT_EQ(get(tokens), "A1");
  EXPECT_EQ(endpoint.bodies[0],
            "grant_type=refresh_token&refresh_token=first&client_id=client&client_secret=s%26cret&scope=mail");
  clock.advance(std::chrono::minutes{54});
  EXPECT_EQ(get(tokens), "A1");
  clock.advance(std::chrono::minutes{2});
  EXPECT_EQ(get(tokens), "A2");
  EXPECT_THAT(endpoint.bodies[1], HasSubstr("refresh_token=rotated"));
  tokens.forget();
  EXPECT_EQ(get(tokens), "A3");
  // A new one in the settings counts more than what the old one became.
  settings.refresh_token = "second";
  OAuthTokens anew(settings, "a@example.org", endpoint, books, clock);
  get(anew);
  EXPECT_THAT(endpoint.bodies[3], HasSubstr("refresh_token=second"));
}

}  // namespace
}  // namespace usher::connectors::email
