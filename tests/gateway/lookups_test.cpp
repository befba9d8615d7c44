#include "gateway/flow/lookups.h"

#include <gtest/gtest.h>

#include <atomic>

#include "base/async/sleep.h"
#include "tests/base/net/net_test_support.h"
#include "tests/support/run.h"

namespace usher::gateway::flow {
namespace {

using dialogs::LookedUp;
using Result = LookedUp::Result;

TEST(Lookups, TheAddressIsFilledAndEscaped) {
  EXPECT_EQ(fill_url("https://x.test/d/{serial}?m={model}", {{"serial", "A/1 b"}, {"model", "小新"}}).value(),
            "https://x.test/d/A%2F1%20b?m=%E5%B0%8F%E6%96%B0");
  EXPECT_EQ(fill_url("https://x.test/", {{"serial", "A1"}}).value(), "https://x.test/");
  EXPECT_EQ(fill_url("https://x.test/{serial}", {{"serial", ""}}).error().message, "the parameter 'serial' has no value");
  EXPECT_FALSE(fill_url("https://x.test/{serial", {{"serial", "A1"}}));
}

TEST(Lookups, MembersAreReadByTheirDottedNames) {
  const auto m = members_of(R"({"state":"in","warranty":{"until":"2027-05-31","months":24},"vip":true,"list":[1]})",
                            {"state", "warranty.until", "warranty.months", "vip", "list", "gone", "state.deeper"});
  ASSERT_TRUE(m);
  EXPECT_EQ(*m, (std::map<std::string, std::string>{
                    {"state", "in"}, {"warranty.until", "2027-05-31"}, {"warranty.months", "24"}, {"vip", "yes"}}));
  EXPECT_FALSE(members_of("[1,2]", {"a"}));
  EXPECT_FALSE(members_of("<html>", {"a"}));
}

// A real server on loopback, a real client.
class LookupsOverHttp : public testing::Test {
 protected:
  LookupsOverHttp() : client_(net::make_outbound_client(server_.io.executor(0))) {}
  ~LookupsOverHttp() override { client_.reset(); }

  LookedUp ask(LookupService service, dialogs::LookUp wish) {
    service.name = "warranty";
    service.allow_private = true;
    Lookups lookups({service}, *client_);
    return test::run_on(server_.io.executor(1), lookups.ask(std::move(wish)));
  }

  net::testing::Server server_;
  std::unique_ptr<net::OutboundClient> client_;
};

TEST_F(LookupsOverHttp, AnAnswerBecomesValues) {
  std::string seen;
  server_.handler.on_request = [&seen](net::HttpRequest r) -> boost::asio::awaitable<net::HttpResponse> {
    seen = r.method + " " + r.path + " " + std::string(r.headers.find("authorization").value_or("-")) + " " + r.body;
    co_return net::HttpResponse::json(200, R"({"state":"in","until":"2027-05-31"})");
  };
  server_.start();
  LookupService service;
  service.url = server_.url("/devices/{serial}");
  service.token = "t0ken";
  auto got = ask(service, {"warranty", {{"serial", "ABC123"}}, {"state", "until", "none"}});
  EXPECT_EQ(got.result, Result::kFound) << got.why;
  EXPECT_EQ(got.values, (std::map<std::string, std::string>{{"state", "in"}, {"until", "2027-05-31"}}));
  EXPECT_EQ(seen, "GET /devices/ABC123 Bearer t0ken ");

  service.method = "POST";
  service.url = server_.url("/devices");
  got = ask(service, {"warranty", {{"serial", "ABC123"}}, {"state"}});
  EXPECT_EQ(got.result, Result::kFound) << got.why;
  EXPECT_EQ(seen, R"(POST /devices Bearer t0ken {"serial":"ABC123"})");
}

TEST_F(LookupsOverHttp, WhatGoesWrongHasAResultOfItsOwn) {
  // The handler that sleeps wakes when the test is over.
  auto status = std::make_shared<std::atomic<int>>(404);
  server_.handler.on_request = [status](net::HttpRequest) -> boost::asio::awaitable<net::HttpResponse> {
    const auto kept = status;
    const int now = kept->load();
    if (now == 0) co_await async::sleep_for(std::chrono::seconds{5});
    co_return net::HttpResponse::json(now == 0 ? 200 : now, now == 201 ? "not json" : "{}");
  };
  server_.start();
  LookupService service;
  service.url = server_.url("/{serial}");
  const dialogs::LookUp wish{"warranty", {{"serial", "A"}}, {"state"}};
  EXPECT_EQ(ask(service, wish).result, Result::kNotFound);
  *status = 500;
  EXPECT_EQ(ask(service, wish).why, "it answered 500");
  *status = 201;
  EXPECT_EQ(ask(service, wish).why, "the answer is no JSON object");
  *status = 0;
  service.timeout = std::chrono::milliseconds{150};
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(ask(service, wish).result, Result::kFailed);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{3});
  EXPECT_EQ(ask(service, {"unknown", {}, {}}).why, "no service 'unknown' is configured under lookups:");
  EXPECT_EQ(ask(service, {"warranty", {}, {}}).why, "the parameter 'serial' has no value");
}

}  // namespace
}  // namespace usher::gateway::flow
