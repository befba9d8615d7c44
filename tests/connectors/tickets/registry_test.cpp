#include "connectors/registry.h"

#include <gtest/gtest.h>

namespace usher::connectors {
namespace {

class NoClient final : public net::OutboundClient {
 public:
  boost::asio::awaitable<Result<net::HttpReply>> http(net::HttpCall) override {
    co_return fail(ErrorCode::kInternal, "no network");
  }
  boost::asio::awaitable<Result<net::MailReply>> mail(net::MailCall) override {
    co_return fail(ErrorCode::kInternal, "no network");
  }
};

TEST(Registry, KnowsItsKindsAndSuggestsTheNearest) {
  EXPECT_EQ(ticket_system_kinds(), (std::vector<std::string>{"builtin", "request_tracker"}));
  const auto unknown = make_ticket_system({.kind = "request_traker"}, {});
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("'request_tracker'"), std::string::npos) << unknown.error().message;
}

TEST(Registry, NamesWhatASettingLacks) {
  NoClient client;
  TicketSystemSettings settings{
      .kind = "request_tracker", .base_url = "https://rt.example", .token = "1-2-3", .queue = "Support"};
  ASSERT_TRUE(make_ticket_system(settings, {.client = &client}));
  EXPECT_EQ(make_ticket_system(settings, {.client = &client}).value()->name(), "request_tracker");
  const auto message = [&](auto change) {
    auto copy = settings;
    change(copy);
    auto made = make_ticket_system(copy, {.client = &client});
    return made ? std::string("made") : made.error().message;
  };
  EXPECT_NE(message([](auto& s) { s.base_url = "rt.example"; }).find("base_url"), std::string::npos);
  EXPECT_NE(message([](auto& s) { s.token.clear(); }).find("token"), std::string::npos);
  EXPECT_NE(message([](auto& s) { s.queue.clear(); }).find("queue"), std::string::npos);
  EXPECT_NE(message([](auto& s) { s.external_ref_field = "a} OR {b"; }).find("external_ref_field"), std::string::npos);
  EXPECT_NE(message([](auto& s) { s.reply_as = "shout"; }).find("reply_as"), std::string::npos);
  EXPECT_EQ(message([](auto& s) { s.token.clear(), s.user = "u", s.password = "p"; }), "made");
  EXPECT_FALSE(make_ticket_system({.kind = "builtin"}, {})) << "no database";
}

}  // namespace
}  // namespace usher::connectors
