#include "connectors/webhook/webhook_channel.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/crypto.h"
#include "connectors/webhook/signature.h"
#include "tests/support/recording_inbox.h"
#include "tests/support/run.h"

namespace usher::connectors::webhook {
namespace {

using nlohmann::json;

constexpr std::int64_t kNow = 1'790'000'000;
const std::string kSecretText = "whsec_" + crypto::to_base64(std::string(32, 's'));
const std::string kOldSecretText = "whsec_" + crypto::to_base64(std::string(32, 'o'));
const std::string kHello =
    R"({"type":"message.created","timestamp":"2026-09-21T13:33:20Z","data":{"from":{"id":"u1","name":"Ana"},)"
    R"("text":"my laptop is dead 电脑","language":"zh-CN"}})";

// Answers calls from a list and keeps them.
class FakeClient final : public net::OutboundClient {
 public:
  boost::asio::awaitable<Result<net::HttpReply>> http(net::HttpCall call) override {
    calls.push_back(std::move(call));
    co_return next;
  }
  boost::asio::awaitable<Result<net::MailReply>> mail(net::MailCall) override {
    co_return fail(ErrorCode::kInternal, "no mail here");
  }
  std::vector<net::HttpCall> calls;
  Result<net::HttpReply> next = net::HttpReply{.status = 204};
};

class Webhook : public ::testing::Test {
 protected:
  void SetUp() override { make({}); }
  void make(WebhookSettings settings) {
    if (settings.name.empty()) settings.name = "partner";
    settings.secrets = {kSecretText, kOldSecretText};
    settings.url = "https://partner.example/in";
    channel_ = WebhookChannel::make(std::move(settings), inbox_, client_, clock_).value();
  }
  net::HttpRequest signed_request(std::string body, std::string id = "m1", std::int64_t at = kNow,
                                  const std::string& secret = kSecretText) {
    net::HttpRequest request;
    request.method = "POST";
    request.path = "/hooks/partner";
    request.headers.add("webhook-id", id);
    request.headers.add("webhook-timestamp", std::to_string(at));
    request.headers.add("webhook-signature", *sign(*parse_secret(secret), id, from_millis(at * 1000), body));
    request.body = std::move(body);
    return request;
  }
  net::HttpResponse receive(net::HttpRequest request) { return test::run(channel_->receive(std::move(request))); }

  ManualClock clock_{from_millis(kNow * 1000)};
  test::RecordingInbox inbox_;
  FakeClient client_;
  std::unique_ptr<WebhookChannel> channel_;
};

TEST_F(Webhook, AnswersASignedMessageAfterTheCommit) {
  inbox_.case_ref = "4711";
  const auto response = receive(signed_request(kHello));
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(json::parse(response.body), json::parse(R"({"id":"L1","case_ref":"4711","duplicate":false})"));
  ASSERT_EQ(inbox_.messages.size(), 1u);
  const Inbound& m = inbox_.messages[0];
  EXPECT_EQ(m.channel, "partner");
  EXPECT_EQ(m.dedup_key, "m1");
  EXPECT_EQ(m.content_digest, crypto::sha256_hex(kHello));
  EXPECT_EQ(*m.raw, kHello);
  EXPECT_EQ(m.sender_id, "u1");
  EXPECT_EQ(m.sender_name, "Ana");
  EXPECT_EQ(m.text, "my laptop is dead 电脑");
  EXPECT_EQ(m.language, "zh");
  EXPECT_EQ(m.thread_keys, (std::vector<std::string>{"hook:partner:user:u1"}));
  EXPECT_EQ(m.own_keys, m.thread_keys);
}

TEST_F(Webhook, AThreadIsAConversationOfItsOwn) {
  receive(signed_request(R"({"type":"message.created","data":{"from":{"id":"u1"},"thread":"T9","choice":"yes","text":"Yes"}})"));
  ASSERT_EQ(inbox_.messages.size(), 1u);
  EXPECT_EQ(inbox_.messages[0].thread_keys, (std::vector<std::string>{"hook:partner:thread:T9"}));
  EXPECT_EQ(inbox_.messages[0].choice, "yes");
}

TEST_F(Webhook, RefusesWithoutDetailWhenTheSignatureIsWrong) {
  std::vector<net::HttpRequest> bad(6, signed_request(kHello));
  bad[0].headers = {};
  bad[1].headers.set("webhook-signature", "");
  bad[2].headers.set("webhook-signature", "v1,AAAA");
  bad[3] = signed_request(kHello, "m1", kNow, "whsec_" + crypto::to_base64(std::string(32, 'x')));
  bad[4].body += " ";
  bad[5].headers.add("webhook-id", "m2");  // two ids
  for (auto& request : bad) {
    const auto response = receive(request);
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(response.body.find("laptop"), std::string::npos);
  }
  EXPECT_EQ(inbox_.calls, 0);
}

TEST_F(Webhook, AcceptsOnlyFiveMinutes) {
  EXPECT_EQ(receive(signed_request(kHello, "a", kNow - 301)).status, 401);
  EXPECT_EQ(receive(signed_request(kHello, "b", kNow + 301)).status, 401);
  EXPECT_EQ(receive(signed_request(kHello, "c", kNow - 299)).status, 202);
  EXPECT_EQ(receive(signed_request(kHello, "d", kNow + 299)).status, 202);
  EXPECT_EQ(receive(signed_request(kHello, "e", kNow * 1000)).status, 401) << "milliseconds";
}

TEST_F(Webhook, AReplayHasOneEffectAndTheFirstId) {
  const auto first = json::parse(receive(signed_request(kHello)).body);
  const auto again = receive(signed_request(kHello, "m1", kNow + 5));
  EXPECT_EQ(again.status, 202);
  EXPECT_EQ(json::parse(again.body).at("id"), first.at("id"));
  EXPECT_EQ(json::parse(again.body).at("duplicate"), true);
  EXPECT_EQ(inbox_.messages.size(), 1u);
}

TEST_F(Webhook, TheSameIdWithAnotherBodyIsAConflict) {
  receive(signed_request(kHello));
  EXPECT_EQ(receive(signed_request(kHello + " ")).status, 409);
  EXPECT_EQ(inbox_.messages.size(), 1u);
}

TEST_F(Webhook, BothSecretsAreAcceptedDuringRotation) {
  EXPECT_EQ(receive(signed_request(kHello, "a", kNow, kOldSecretText)).status, 202);
  auto request = signed_request(kHello, "b", kNow, kOldSecretText);
  request.headers.set("webhook-signature", "v9,abc v1,AAAA " + std::string(*request.headers.find("webhook-signature")));
  EXPECT_EQ(receive(request).status, 202);
}

TEST_F(Webhook, RefusesBodiesThatAreNotWhatTheFormatSays) {
  const std::string deep = R"({"type":"message.created","data":{"from":{"id":"u1"},"text":"x","y":)" + std::string(100'000, '[') +
                           std::string(100'000, ']') + "}}";
  std::string many = R"({"type":"message.created","data":{"from":{"id":"u1"},"text":"x")";
  for (int i = 0; i < 20'000; ++i) many += ",\"k" + std::to_string(i % 19'999) + "\":1";
  many += "}}";
  const std::string bad[] = {
      "",
      "x",
      "[]",
      "{}",
      "null",
      deep,
      many,
      R"({"type":"message.created"})",
      R"({"type":"message.updated","data":{"from":{"id":"u1"},"text":"x"}})",
      R"({"type":"message.created","data":[]})",
      R"({"type":"message.created","data":{"text":"x"}})",
      R"({"type":"message.created","data":{"from":"u1","text":"x"}})",
      R"({"type":"message.created","data":{"from":{"id":7},"text":"x"}})",
      R"({"type":"message.created","data":{"from":{"id":""},"text":"x"}})",
      R"({"type":"message.created","data":{"from":{"id":"u1"}}})",
      R"({"type":"message.created","data":{"from":{"id":"u1"},"text":"  "}})",
      R"({"type":"message.created","data":{"from":{"id":"u1"},"text":["x"]}})",
      R"({"type":"message.created","data":{"from":{"id":"u1"},"text":1e999}})",
      R"({"type":"message.created","data":{"from":{"id":"u1"},"text":"x","text":"y"}})",
      R"({"type":"message.created","data":{"from":{"id":"u1"},"text":"\ud800"}})",
      "{\"type\":\"message.created\",\"data\":{\"from\":{\"id\":\"u1\"},\"text\":\"\xff\"}}",
      R"({"type":"message.created","data":{"from":{"id":")" + std::string(300, 'u') + R"("},"text":"x"}})",
  };
  int i = 0;
  for (const std::string& body : bad) {
    const auto response = receive(signed_request(body, "id" + std::to_string(i++)));
    EXPECT_EQ(response.status, 400) << body.substr(0, 200);
    EXPECT_FALSE(json::parse(response.body).at("error").at("message").get<std::string>().empty());
  }
  EXPECT_EQ(inbox_.calls, 0);
}

TEST_F(Webhook, AByteOrderMarkAndLineEndsDoNotBreakTheSignature) {
  EXPECT_EQ(receive(signed_request("\xEF\xBB\xBF" + kHello + "\r\n", "bom")).status, 202);
  EXPECT_EQ(receive(signed_request(R"({"data":{"text":"\u0041","from":{"id":"u1"}},"type":"message.created"} )", "order")).status,
            202);
  EXPECT_EQ(inbox_.messages.at(1).text, "A");
}

TEST_F(Webhook, ControlCharactersDoNotGetThrough) {
  receive(signed_request(R"({"type":"message.created","data":{"from":{"id":"u1"},"text":"a\u0000b\u001bc\nd"}})"));
  EXPECT_EQ(inbox_.messages.at(0).text, "abc\nd");
}

TEST_F(Webhook, ABodyOverTheLimitIs413) {
  EXPECT_EQ(channel_->body_limit(), 256u * 1024);
  EXPECT_EQ(receive(signed_request(std::string(256 * 1024 + 1, ' '))).status, 413);
}

TEST_F(Webhook, OurOwnTroublesAreNeverTheSendersFault) {
  for (const ErrorCode code : {ErrorCode::kBusy, ErrorCode::kIo, ErrorCode::kInternal, ErrorCode::kUnavailable}) {
    inbox_.next_error = Error{code, "secret internals"};
    const auto response = receive(signed_request(kHello));
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.headers.count("Retry-After"), 1u);
    EXPECT_EQ(response.body.find("internals"), std::string::npos);
  }
  inbox_.not_ready = Error{ErrorCode::kUnavailable, "disk full"};
  EXPECT_EQ(receive(signed_request(kHello)).status, 503);
  inbox_.not_ready.reset();
  EXPECT_EQ(receive(signed_request(kHello)).status, 202) << "after the trouble the retry goes through";
}

TEST_F(Webhook, OnlyPostIsTaken) {
  auto request = signed_request(kHello);
  request.method = "GET";
  const auto response = receive(request);
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.find("Allow"), "POST");
}

TEST_F(Webhook, LimitsTheRateOfSignedMessagesOnly) {
  make({.rate = {.per_second = 1, .burst = 2}});
  for (int i = 0; i < 20; ++i) {
    auto forged = signed_request(kHello, "f" + std::to_string(i));
    forged.body += " ";
    EXPECT_EQ(receive(forged).status, 401);
  }
  EXPECT_EQ(receive(signed_request(kHello, "a")).status, 202);
  EXPECT_EQ(receive(signed_request(kHello, "b")).status, 202);
  const auto response = receive(signed_request(kHello, "c"));
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.headers.find("Retry-After"), "1");
  clock_.advance(std::chrono::seconds{1});
  EXPECT_EQ(receive(signed_request(kHello, "c")).status, 202);
}

TEST_F(Webhook, SettingsWithoutAUsableSecretAreRefused) {
  EXPECT_FALSE(WebhookChannel::make({.name = "x"}, inbox_, client_, clock_));
  EXPECT_FALSE(WebhookChannel::make({.name = "x", .secrets = {"whsec_short"}}, inbox_, client_, clock_));
  EXPECT_FALSE(WebhookChannel::make({.secrets = {kSecretText}}, inbox_, client_, clock_));
}

Outbound answer() {
  Outbound out;
  out.id = "0192f0c0-0000-7000-8000-000000000001";
  out.conversation_id = "C1";
  out.recipient = "u1";
  out.text = "Is it plugged in? 插好了吗";
  out.choices = {{"yes", "Yes"}, {"no", "No"}};
  out.language = "en";
  out.reference = "4711";
  out.created_at = from_millis(kNow * 1000);
  return out;
}

TEST_F(Webhook, SendsWhatTheReceiverCanVerify) {
  auto receipt = test::run(channel_->send(answer()));
  ASSERT_TRUE(receipt) << receipt.error().message;
  ASSERT_EQ(client_.calls.size(), 1u);
  const net::HttpCall& call = client_.calls[0];
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.url, "https://partner.example/in");
  EXPECT_FALSE(call.allow_private);
  const std::vector<std::string> keys{*parse_secret(kSecretText)};
  EXPECT_TRUE(verify(keys, *call.headers.find("webhook-id"), *call.headers.find("webhook-timestamp"),
                     *call.headers.find("webhook-signature"), call.body, clock_.now()));
  EXPECT_EQ(json::parse(call.body), json::parse(R"({"type":"message.created","timestamp":"2026-09-21T14:13:20.000Z","data":{
    "conversation":"C1","to":{"id":"u1"},"text":"Is it plugged in? 插好了吗","choices":[{"id":"yes","label":"Yes"},{"id":"no","label":"No"}],
    "language":"en","reference":"4711"}})"));
}

TEST_F(Webhook, ARetryHasTheSameIdAndBody) {
  test::run(channel_->send(answer()));
  clock_.advance(std::chrono::hours{1});
  test::run(channel_->send(answer()));
  EXPECT_EQ(client_.calls[0].headers.find("webhook-id"), client_.calls[1].headers.find("webhook-id"));
  EXPECT_EQ(client_.calls[0].body, client_.calls[1].body);
  EXPECT_NE(client_.calls[0].headers.find("webhook-timestamp"), client_.calls[1].headers.find("webhook-timestamp"));
}

TEST_F(Webhook, TellsWhatWillNeverWorkFromWhatMayPass) {
  const std::pair<int, ErrorCode> cases[] = {
      {301, ErrorCode::kInvalid},     {400, ErrorCode::kInvalid},     {404, ErrorCode::kInvalid},
      {410, ErrorCode::kInvalid},     {408, ErrorCode::kUnavailable}, {425, ErrorCode::kUnavailable},
      {429, ErrorCode::kUnavailable}, {500, ErrorCode::kUnavailable}, {503, ErrorCode::kUnavailable}};
  for (const auto& [status, code] : cases) {
    client_.next = net::HttpReply{.status = status};
    const auto result = test::run(channel_->send(answer()));
    ASSERT_FALSE(result) << status;
    EXPECT_EQ(result.error().code, code) << status;
  }
  client_.next = fail(ErrorCode::kUnknown, "reset");
  EXPECT_EQ(test::run(channel_->send(answer())).error().code, ErrorCode::kUnknown);
}

TEST_F(Webhook, PassesRetryAfterOn) {
  net::HttpReply reply{.status = 503, .body = "later"};
  reply.headers.add("Retry-After", "120");
  client_.next = reply;
  EXPECT_EQ(test::run(channel_->send(answer())).error().detail, "retry_after=120 later");
  EXPECT_EQ(parse_retry_after("999999"), std::chrono::seconds{3600});
  for (const char* bad : {"", "-1", "soon", "1.5", "Wed, 21 Oct 2026 07:28:00 GMT", "99999999999999999999"})
    EXPECT_FALSE(parse_retry_after(bad)) << bad;
}

}  // namespace
}  // namespace usher::connectors::webhook
