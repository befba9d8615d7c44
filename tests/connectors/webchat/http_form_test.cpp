#include "tests/connectors/webchat/fakes.h"

namespace usher::connectors::webchat {
namespace {

class WebchatHttp : public WebchatTest {
 protected:
  static net::HttpRequest request(std::string method, std::string path, std::string body = "") {
    net::HttpRequest r;
    r.method = std::move(method);
    const auto mark = path.find('?');
    r.target = path;
    r.path = path.substr(0, mark);
    if (mark != std::string::npos) r.query = path.substr(mark + 1);
    r.headers.add("Host", "shop.test");
    r.body = std::move(body);
    return r;
  }
  net::HttpRequest post_request(const std::string& token, const std::string& cmid, std::string body) {
    auto r = request("POST", "/chat/messages", std::move(body));
    r.headers.add("Authorization", "Bearer " + token);
    r.headers.add("Idempotency-Key", cmid);
    return r;
  }
  net::HttpRequest get_request(const std::string& token, std::string query) {
    auto r = request("GET", "/chat/messages?" + query);
    r.headers.add("Authorization", "bearer " + token);
    return r;
  }
  net::HttpResponse handle(net::HttpRequest r) { return run(channel_->handle(std::move(r))); }
};

TEST_F(WebchatHttp, ASessionBeginsWithAGreeting) {
  const auto response = handle(request("POST", "/chat/session", R"({"lang":"zh"})"));
  EXPECT_EQ(response.status, 201);
  const json body = json::parse(response.body);
  EXPECT_TRUE(channel_->session_key_of(body.at("session").get<std::string>()));
  EXPECT_EQ(body.at("greeting").at("text"), "hello zh");
  EXPECT_EQ(response.headers.find("Cache-Control"), "no-store");
  EXPECT_EQ(handle(request("POST", "/chat/session")).status, 201) << "the body may be missing";
  EXPECT_EQ(handle(request("POST", "/chat/session", "x")).status, 400);
  EXPECT_EQ(handle(request("GET", "/chat/session")).status, 405);
  EXPECT_EQ(handle(request("GET", "/chat/other")).status, 404);
}

TEST_F(WebchatHttp, PostingIsIdempotent) {
  const std::string token = channel_->new_token();
  inbox_.case_ref = "4711";
  const auto first = handle(post_request(token, "m1", R"({"text":"hello"})"));
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(json::parse(first.body), json::parse(R"({"id":"L1","seq":1,"ref":"4711"})"));
  const auto again = handle(post_request(token, "m1", R"({"text":"hello"})"));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(handle(post_request(token, "m1", R"({"text":"other"})")).status, 409);
  EXPECT_EQ(inbox_.messages.size(), 1u);
}

TEST_F(WebchatHttp, BothFormsAreOneSession) {
  std::string token;
  auto socket = known(token);
  history_.add(line(1, "customer", "over http"));
  EXPECT_EQ(handle(post_request(token, "m1", R"({"text":"over http"})")).status, 201);
  EXPECT_EQ(seqs(socket->take()), (std::vector<std::int64_t>{1}));
  say(socket, msg("m1", "over http"));
  EXPECT_EQ(socket->take().at(0).at("id"), "L1") << "the same cmid over the other form is the same message";
}

TEST_F(WebchatHttp, RefusalsHaveTheirStatus) {
  const std::string token = channel_->new_token();
  EXPECT_EQ(handle(post_request("forged", "m", R"({"text":"x"})")).status, 401);
  auto no_key = request("POST", "/chat/messages", R"({"text":"x"})");
  no_key.headers.add("Authorization", "Bearer " + token);
  EXPECT_EQ(handle(no_key).status, 400);
  EXPECT_EQ(handle(post_request(token, "a b", R"({"text":"x"})")).status, 400);
  EXPECT_EQ(handle(post_request(token, "m", R"({"text":""})")).status, 400);
  EXPECT_EQ(handle(post_request(token, "m", json{{"text", std::string(4001, 'x')}}.dump())).status, 413);
  for (const ErrorCode code : {ErrorCode::kBusy, ErrorCode::kIo}) {
    inbox_.next_error = Error{code, "internals"};
    const auto response = handle(post_request(token, "m", R"({"text":"x"})"));
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.headers.count("Retry-After"), 1u);
    EXPECT_EQ(response.body.find("internals"), std::string::npos);
  }
  EXPECT_EQ(handle(request("DELETE", "/chat/messages")).status, 405);
}

TEST_F(WebchatHttp, TheRateIsLimitedHereToo) {
  make({.rate = {.per_second = 1, .burst = 1}});
  const std::string token = channel_->new_token();
  EXPECT_EQ(handle(post_request(token, "a", R"({"text":"x"})")).status, 201);
  const auto response = handle(post_request(token, "b", R"({"text":"x"})"));
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.headers.find("Retry-After"), "1");
}

TEST_F(WebchatHttp, ReadingGivesWhatIsNew) {
  const std::string token = channel_->new_token();
  for (int i = 1; i <= 3; ++i) history_.add(line(i, "bot", "m"));
  history_.transcript.ref = "R";
  const json body = json::parse(handle(get_request(token, "after=1")).body);
  EXPECT_EQ(body.at("messages").size(), 2u);
  EXPECT_EQ(body.at("seq"), 3);
  EXPECT_EQ(body.at("ref"), "R");
  EXPECT_EQ(json::parse(handle(get_request(token, "after=3&wait=0")).body).at("messages"), json::array());
  for (const char* bad : {"after=-1", "after=x", "after=1x", "wait=-1", "wait=1.5", "after=99999999999999999999"})
    EXPECT_EQ(handle(get_request(token, bad)).status, 400) << bad;
  EXPECT_EQ(handle(get_request("forged", "after=0")).status, 401);
  history_.error = Error{ErrorCode::kIo, "disk"};
  EXPECT_EQ(handle(get_request(token, "after=0")).status, 503);
}

TEST_F(WebchatHttp, ALongPollEndsWithNewsAReferenceOrTheDrain) {
  const std::string token = channel_->new_token();
  std::optional<net::HttpResponse> answer;
  const auto poll = [&](const std::string& query) {
    answer.reset();
    asio::co_spawn(context_, channel_->handle(get_request(token, query)),
                   [&](std::exception_ptr, net::HttpResponse r) { answer = std::move(r); });
    settle();
  };
  poll("after=0&wait=20");
  EXPECT_FALSE(answer) << "nothing new yet";
  history_.add(line(1, "bot", "news"));
  push(token, line(1, "bot", "news"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(json::parse(answer->body).at("messages").at(0).at("text"), "news");

  poll("after=1&wait=20");
  EXPECT_FALSE(answer);
  push(channel_->new_token(), line(2, "bot", "for somebody else"));
  EXPECT_FALSE(answer);
  history_.transcript.ref = "4711";
  channel_->push_ref(key(token), "4711", false);
  settle();
  ASSERT_TRUE(answer);
  EXPECT_EQ(json::parse(answer->body).at("ref"), "4711");

  poll("after=1&wait=20");
  EXPECT_FALSE(answer);
  channel_->drain();
  settle();
  ASSERT_TRUE(answer) << "a drain does not wait for it";
  EXPECT_EQ(answer->status, 200);
  poll("after=1&wait=20");
  EXPECT_TRUE(answer) << "and no new waiting begins";
}

TEST_F(WebchatHttp, NewsBetweenTheLookAndTheWaitingIsNotMissed) {
  const std::string token = channel_->new_token();
  history_.gate.shut();
  std::optional<net::HttpResponse> answer;
  asio::co_spawn(context_, channel_->handle(get_request(token, "after=0&wait=20")),
                 [&](std::exception_ptr, net::HttpResponse r) { answer = std::move(r); });
  settle();
  history_.add(line(1, "bot", "news"));  // after the look's snapshot
  push(token, line(1, "bot", "news"));
  history_.gate.open();
  settle();
  ASSERT_TRUE(answer);
  EXPECT_EQ(json::parse(answer->body).at("messages").size(), 1u);
}

TEST_F(WebchatHttp, OriginsAreTheOwnHostOrListed) {
  const auto allowed = [](const char* origin, const char* host, std::vector<std::string> list = {}) {
    net::HttpRequest r;
    r.headers.add("Host", host);
    if (*origin != '\0') r.headers.add("Origin", origin);
    return origin_allowed(r, list);
  };
  EXPECT_TRUE(allowed("", "shop.test")) << "not a browser";
  EXPECT_TRUE(allowed("https://shop.test", "shop.test"));
  EXPECT_TRUE(allowed("https://SHOP.test", "shop.TEST:443"));
  EXPECT_TRUE(allowed("http://shop.test:8080", "shop.test:8080"));
  EXPECT_TRUE(allowed("http://127.0.0.1:8080", "127.0.0.1:8080"));
  for (const char* bad :
       {"https://evil.test", "null", "https://shop.test.evil.test", "https://evilshop.test", "https://shop.test:8443", "file://",
        "chrome-extension://abc", "https://shop.test@evil.test", "https://"})
    EXPECT_FALSE(allowed(bad, "shop.test")) << bad;
  EXPECT_TRUE(allowed("https://www.example", "chat.example", {"https://www.example/"}));
  EXPECT_FALSE(allowed("http://www.example", "chat.example", {"https://www.example"})) << "another scheme is another origin";
  EXPECT_TRUE(allowed("null", "chat.example", {"*"}));
  EXPECT_FALSE(allowed("https://", ""));
}

TEST_F(WebchatHttp, AForeignPageIsRefusedAndAListedOneMayReadTheAnswer) {
  make({.allowed_origins = {"https://www.example"}});
  auto foreign = request("POST", "/chat/session");
  foreign.headers.add("Origin", "https://evil.example");
  EXPECT_EQ(handle(foreign).status, 403);
  EXPECT_EQ(channel_->refuse_upgrade(foreign)->status, 403);
  auto listed = request("POST", "/chat/session");
  listed.headers.add("Origin", "https://www.example");
  const auto response = handle(listed);
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.headers.find("Access-Control-Allow-Origin"), "https://www.example");
  EXPECT_FALSE(channel_->refuse_upgrade(listed));
  auto preflight = request("OPTIONS", "/chat/messages");
  preflight.headers.add("Origin", "https://www.example");
  const auto options = handle(preflight);
  EXPECT_EQ(options.status, 204);
  EXPECT_NE(options.headers.find("Access-Control-Allow-Headers")->find("Idempotency-Key"), std::string::npos);
}

}  // namespace
}  // namespace usher::connectors::webchat
