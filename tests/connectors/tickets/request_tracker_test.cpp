// What is special about Request Tracker: first against a scripted peer, then against the real one.
#include "connectors/tickets/request_tracker.h"

#include <deque>
#include <functional>
#include <set>

#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/text.h"
#include "tests/connectors/tickets/rt_fixture.h"
#include "tests/support/run.h"

namespace usher::connectors::tickets {
namespace {

// Answers in the order of a script; each line says which call it expects.
class ScriptedRt final : public net::OutboundClient {
 public:
  struct Step {
    std::string expect;  // "METHOD /path-begins-with"
    Result<net::HttpReply> reply;
  };
  boost::asio::awaitable<Result<net::HttpReply>> http(net::HttpCall call) override {
    const std::string what = call.method + " " + call.url.substr(std::string("http://rt.test").size());
    calls.push_back(call);
    if (script.empty()) {
      ADD_FAILURE() << "unexpected " << what;
      co_return fail(ErrorCode::kInternal, "unexpected");
    }
    Step step = std::move(script.front());
    script.pop_front();
    EXPECT_TRUE(what.starts_with(step.expect)) << what << " instead of " << step.expect;
    co_return step.reply;
  }
  boost::asio::awaitable<Result<net::MailReply>> mail(net::MailCall) override { co_return fail(ErrorCode::kInternal, "no mail"); }
  std::deque<Step> script;
  std::vector<net::HttpCall> calls;
};

net::HttpReply reply(int status, std::string body = "") {
  return {.status = status, .headers = {}, .body = std::move(body)};
}
net::HttpReply signed_in(const std::string& sid = "s1") {
  auto r = reply(200, "RT/5.0.3 200 Ok\n");
  r.headers.add("Set-Cookie", "RT_SID_x=" + sid + "; path=/; HttpOnly");
  return r;
}
net::HttpReply queue_with(const std::string& field) {
  return reply(200, R"({"TicketCustomFields":[{"name":")" + field + R"("}]})");
}
net::HttpReply ticket(const std::string& ref) {
  return reply(200, R"({"id":17,"Status":"new","CustomFields":[{"name":"ExternalRef","values":[)" +
                        (ref.empty() ? "" : "\"" + ref + "\"") + "]}]}");
}
const net::HttpReply kCreated = reply(201, R"({"id":"17","type":"ticket"})");

class RequestTrackerScripted : public ::testing::Test {
 protected:
  RequestTracker rt_{{.base_url = "http://rt.test", .token = "1-2-3", .queue = "Support"}, peer_};
  template <class T>
  T go(boost::asio::awaitable<T> task) {
    return test::run(std::move(task));
  }
  void script(std::initializer_list<ScriptedRt::Step> steps) {
    peer_.script.insert(peer_.script.end(), steps.begin(), steps.end());
  }
  void TearDown() override { EXPECT_TRUE(peer_.script.empty()) << "not called: " << peer_.script.front().expect; }
  ScriptedRt peer_;
};

TEST_F(RequestTrackerScripted, SignsInOnceAndSendsOnlyTheCookieThen) {
  script({{"GET /REST/1.0/", signed_in()}, {"GET /REST/2.0/ticket/17", ticket("k")}, {"GET /REST/2.0/ticket/17", ticket("k")}});
  ASSERT_TRUE(go(rt_.read("17")));
  ASSERT_TRUE(go(rt_.read("17")));
  EXPECT_EQ(peer_.calls[0].headers.find("Authorization"), "token 1-2-3");
  for (int i : {1, 2}) {
    EXPECT_EQ(peer_.calls[static_cast<std::size_t>(i)].headers.find("Cookie"), "RT_SID_x=s1");
    EXPECT_EQ(peer_.calls[static_cast<std::size_t>(i)].headers.count("Authorization"), 0u);
  }
}

TEST_F(RequestTrackerScripted, AForgottenSessionIsRenewedOnceAndTheCallRepeated) {
  for (const int status : {401, 302}) {
    RequestTracker rt({.base_url = "http://rt.test", .token = "1-2-3", .queue = "Support"}, peer_);
    script({{"GET /REST/1.0/", signed_in("old")},
            {"GET /REST/2.0/ticket/17", reply(status)},
            {"GET /REST/1.0/", signed_in("new")},
            {"GET /REST/2.0/ticket/17", ticket("k")}});
    ASSERT_TRUE(go(rt.read("17")));
    EXPECT_EQ(peer_.calls.back().headers.find("Cookie"), "RT_SID_x=new");
  }
}

TEST_F(RequestTrackerScripted, ASecondRefusalIsDenied) {
  script({{"GET /REST/1.0/", signed_in()},
          {"GET /REST/2.0/ticket/17", reply(401)},
          {"GET /REST/1.0/", signed_in()},
          {"GET /REST/2.0/ticket/17", reply(401)}});
  EXPECT_EQ(go(rt_.read("17")).error().code, ErrorCode::kDenied);
}

TEST_F(RequestTrackerScripted, WithoutSessionsTheTokenGoesWithEveryCall) {
  script({{"GET /REST/1.0/", reply(404)}, {"GET /REST/2.0/ticket/17", ticket("k")}, {"GET /REST/2.0/ticket/17", ticket("k")}});
  ASSERT_TRUE(go(rt_.read("17")));
  ASSERT_TRUE(go(rt_.read("17")));
  EXPECT_EQ(peer_.calls.back().headers.find("Authorization"), "token 1-2-3");
  EXPECT_EQ(peer_.calls.back().headers.count("Cookie"), 0u);
}

TEST_F(RequestTrackerScripted, SignsInWithAPasswordByForm) {
  RequestTracker rt({.base_url = "http://rt.test", .user = "us&er", .password = "p=w", .queue = "Support"}, peer_);
  script({{"POST /REST/1.0/", signed_in()}, {"GET /REST/2.0/ticket/17", ticket("k")}});
  ASSERT_TRUE(go(rt.read("17")));
  EXPECT_EQ(peer_.calls[0].body, "user=us%26er&pass=p%3Dw");
}

TEST_F(RequestTrackerScripted, MakesNothingUntilTheQueueHasTheField) {
  script({{"GET /REST/1.0/", signed_in()}, {"GET /REST/2.0/queue/Support", queue_with("Other")}});
  const auto refused = go(rt_.create({.external_ref = "k"}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable) << "retried, not given up: the operator puts it right";
  EXPECT_TRUE(refused.error().detail.starts_with("configuration:"));
  EXPECT_NE(refused.error().message.find("'ExternalRef'"), std::string::npos);
  script({{"GET /REST/2.0/queue/Support", queue_with("ExternalRef")},
          {"POST /REST/2.0/ticket", kCreated},
          {"GET /REST/2.0/ticket/17", ticket("k")}});
  EXPECT_EQ(go(rt_.create({.external_ref = "k"}))->number, "17");
  script({{"POST /REST/2.0/ticket", kCreated}, {"GET /REST/2.0/ticket/17", ticket("k2")}});
  EXPECT_TRUE(go(rt_.create({.external_ref = "k2"}))) << "the queue is looked at once";
}

TEST_F(RequestTrackerScripted, ALostAnswerToACreateIsUnknownAndToAReadIsNot) {
  script({{"GET /REST/1.0/", signed_in()},
          {"GET /REST/2.0/queue/Support", queue_with("ExternalRef")},
          {"POST /REST/2.0/ticket", fail(ErrorCode::kUnknown, "reset")}});
  EXPECT_EQ(go(rt_.create({.external_ref = "k"})).error().code, ErrorCode::kUnknown);
  script({{"POST /REST/2.0/ticket", fail(ErrorCode::kTimeout, "no connection")}});
  EXPECT_EQ(go(rt_.create({.external_ref = "k"})).error().code, ErrorCode::kTimeout) << "nothing was sent";
  script({{"POST /REST/2.0/ticket", reply(500)}});
  EXPECT_EQ(go(rt_.create({.external_ref = "k"})).error().code, ErrorCode::kUnknown);
  script({{"GET /REST/2.0/tickets", fail(ErrorCode::kUnknown, "reset")}});
  EXPECT_EQ(go(rt_.find("k")).error().code, ErrorCode::kUnavailable);
}

TEST_F(RequestTrackerScripted, ATicketThatCannotBeReadBackIsUnknown) {
  script({{"GET /REST/1.0/", signed_in()},
          {"GET /REST/2.0/queue/Support", queue_with("ExternalRef")},
          {"POST /REST/2.0/ticket", kCreated},
          {"GET /REST/2.0/ticket/17", reply(503)}});
  EXPECT_EQ(go(rt_.create({.external_ref = "k"})).error().code, ErrorCode::kUnknown);
}

TEST_F(RequestTrackerScripted, AMarkThatWasDroppedIsSetAfterwards) {
  script({{"GET /REST/1.0/", signed_in()},
          {"GET /REST/2.0/queue/Support", queue_with("ExternalRef")},
          {"POST /REST/2.0/ticket", kCreated},
          {"GET /REST/2.0/ticket/17", ticket("")},
          {"PUT /REST/2.0/ticket/17", reply(200, "[]")},
          {"GET /REST/2.0/ticket/17", ticket("k")}});
  EXPECT_TRUE(go(rt_.create({.external_ref = "k"})));
}

TEST_F(RequestTrackerScripted, OneTicketThatCannotBeMarkedStopsAllOthersUntilItIs) {
  script({{"GET /REST/1.0/", signed_in()},
          {"GET /REST/2.0/queue/Support", queue_with("ExternalRef")},
          {"POST /REST/2.0/ticket", kCreated},
          {"GET /REST/2.0/ticket/17", ticket("")},
          {"PUT /REST/2.0/ticket/17", reply(403)},
          {"GET /REST/2.0/ticket/17", ticket("")}});
  const auto first = go(rt_.create({.external_ref = "k"}));
  EXPECT_EQ(first.error().code, ErrorCode::kUnknown);
  EXPECT_NE(first.error().message.find("#17"), std::string::npos);
  for (int i = 0; i < 2; ++i) {  // the retries, and other cases: no POST
    script({{"GET /REST/2.0/queue/Support", queue_with("ExternalRef")},
            {"PUT /REST/2.0/ticket/17", reply(403)},
            {"GET /REST/2.0/ticket/17", ticket("")}});
    const auto refused = go(rt_.create({.external_ref = "k" + std::to_string(i)}));
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    EXPECT_TRUE(refused.error().detail.starts_with("configuration:"));
  }
  script({{"GET /REST/2.0/queue/Support", queue_with("ExternalRef")},
          {"PUT /REST/2.0/ticket/17", reply(200)},
          {"GET /REST/2.0/ticket/17", ticket("k")}});
  EXPECT_EQ(go(rt_.create({.external_ref = "k"}))->id, "17") << "the rights were granted: it is the ticket made at first";
}

// --- the real one ---

class RequestTrackerReal : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    rt_ = RtFixture::shared(why);
    if (rt_ == nullptr) GTEST_SKIP() << "SKIPPED, NOT TESTED: no real Request Tracker: " << why;
  }
  static std::string new_ref() { return crypto::to_base32_crockford(crypto::random_bytes(20)); }
  RtFixture* rt_ = nullptr;
};

TEST_F(RequestTrackerReal, MappedFieldsArriveAndUnknownOnesAreLeftOut) {
  auto settings = rt_->settings();
  settings.field_map["symptom"] = "NoSuchField";
  auto system = rt_->make(settings);
  const auto made = rt_->go(system->create({.external_ref = new_ref(),
                                            .subject = "fields",
                                            .body = "b",
                                            .priority = "P1",
                                            .fault_class = "hardware/power",
                                            .channel = "email",
                                            .language = "zh",
                                            .fields = {{"serial", "序列号-7"}, {"symptom", "smoke"}, {"unmapped", "x"}}}));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(rt_->field(made->id, "SerialNumber"), "序列号-7");
  EXPECT_EQ(rt_->field(made->id, "CasePriority"), "P1");
  EXPECT_EQ(rt_->field(made->id, "FaultClass"), "hardware/power");
  EXPECT_EQ(rt_->field(made->id, "Channel"), "email");
  EXPECT_EQ(rt_->field(made->id, "Language"), "zh");
  EXPECT_EQ(rt_->go(system->check()).error().code, ErrorCode::kInvalid) << "check() names the missing field";
}

TEST_F(RequestTrackerReal, PasswordsWorkAsTokensDo) {
  auto settings = rt_->settings();
  settings.token.clear();
  settings.user = "usher";
  settings.password = "usher-pass-1";
  auto system = rt_->make(settings);
  EXPECT_TRUE(rt_->go(system->check()));
  EXPECT_TRUE(rt_->go(system->create({.external_ref = new_ref(), .subject = "by password", .body = "b"})));
  settings.password = "wrong";
  EXPECT_EQ(rt_->go(rt_->make(settings)->check()).error().code, ErrorCode::kDenied);
}

TEST_F(RequestTrackerReal, AWrongTokenIsDenied) {
  auto settings = rt_->settings();
  settings.token = "1-27-00000000000000000000000000000000";
  auto system = rt_->make(settings);
  EXPECT_EQ(rt_->go(system->find("x")).error().code, ErrorCode::kDenied);
  EXPECT_EQ(rt_->go(system->create({.external_ref = new_ref()})).error().code, ErrorCode::kDenied);
}

TEST_F(RequestTrackerReal, QueuesThatCannotWorkAreConfigurationErrorsAndMakeNothing) {
  for (const char* queue : {"NoSuchQueue", "Closed", "NoFields", "a/b?c#d 队列"}) {
    auto settings = rt_->settings();
    settings.queue = queue;
    const std::string ref = new_ref();
    const auto refused = rt_->go(rt_->make(settings)->create({.external_ref = ref, .subject = "x", .body = "b"}));
    ASSERT_FALSE(refused) << queue;
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable) << queue << " " << refused.error().message;
    EXPECT_TRUE(refused.error().detail.starts_with("configuration:")) << queue << ": " << refused.error().detail;
  }
}

TEST_F(RequestTrackerReal, AQueueWhereTheMarkCannotBeSetGetsOneTicketNotMany) {
  auto settings = rt_->settings();
  settings.queue = "NoWrite";
  settings.field_map.clear();
  auto system = rt_->make(settings);
  const auto count = [&] {
    return rt_->get("/tickets?query=" + text::url_encode("Queue = 'NoWrite'") + "&per_page=100").at("items").size();
  };
  const std::size_t before = count();
  EXPECT_EQ(rt_->go(system->create({.external_ref = new_ref(), .subject = "x", .body = "b"})).error().code, ErrorCode::kUnknown);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(rt_->go(system->create({.external_ref = new_ref(), .subject = "x", .body = "b"})).error().code,
              ErrorCode::kUnavailable);
  EXPECT_EQ(count(), before + 1);
}

TEST_F(RequestTrackerReal, NobodyButStaffIsMailedByRt) {
  auto system = rt_->make();
  const auto made = rt_->go(
      system->create({.external_ref = new_ref(), .subject = "mail?", .body = "b", .requester = "only-once@example.test"}));
  ASSERT_TRUE(made);
  ASSERT_TRUE(rt_->go(system->append(made->id, {.external_ref = new_ref(), .body = "more"})));
  for (const std::string& mail : rt_->server().mails()) EXPECT_EQ(mail.find("only-once@example.test"), std::string::npos) << mail;
  EXPECT_EQ(rt_->get("/ticket/" + made->id).at("Requestor").at(0).at("id"), "only-once@example.test");
}

TEST_F(RequestTrackerReal, RepliesCanBeCommentsInstead) {
  auto settings = rt_->settings();
  settings.reply_as = RequestTrackerSettings::ReplyAs::kComment;
  auto system = rt_->make(settings);
  const auto made = rt_->go(system->create({.external_ref = new_ref(), .subject = "comment", .body = "b"}));
  ASSERT_TRUE(made);
  const std::string ref = new_ref();
  ASSERT_TRUE(rt_->go(system->append(made->id, {.external_ref = ref, .body = "more"})));
  EXPECT_TRUE(rt_->go(system->has_comment(made->id, ref)).value());
  std::set<std::string> types;
  for (const auto& t : rt_->get("/ticket/" + made->id + "/history?fields=Type&per_page=100").at("items"))
    types.insert(t.at("Type"));
  EXPECT_TRUE(types.contains("Comment"));
  EXPECT_FALSE(types.contains("Correspond"));
}

TEST_F(RequestTrackerReal, ARestartedRtIsNoMoreThanAPause) {
  auto system = rt_->make();
  const std::string ref = new_ref();
  ASSERT_TRUE(rt_->go(system->create({.external_ref = ref, .subject = "before", .body = "b"})));
  rt_->server().stop();
  const auto away = rt_->go(system->find(ref));
  ASSERT_FALSE(away);
  EXPECT_TRUE(away.error().retry());
  EXPECT_NE(away.error().code, ErrorCode::kUnknown);
  EXPECT_NE(rt_->go(system->create({.external_ref = new_ref(), .subject = "x", .body = "b"})).error().code, ErrorCode::kUnknown)
      << "nothing was sent to a closed port";
  ASSERT_TRUE(rt_->server().restart());
  const auto back = rt_->go(system->find(ref));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_TRUE(back->has_value());
}

TEST_F(RequestTrackerReal, AnRtThatHangsLeavesTheOutcomeOpenAndTheTicketIsFoundLater) {
  auto settings = rt_->settings();
  settings.limits.total = std::chrono::seconds{4};  // enough for a busy machine; the hang takes as long
  auto quick = rt_->make(settings);
  const auto warm = rt_->go(quick->create({.external_ref = new_ref(), .subject = "warm", .body = "b"}));
  ASSERT_TRUE(warm) << warm.error().message;
  rt_->server().pause();
  const std::string ref = new_ref();
  const auto lost = rt_->go(quick->create({.external_ref = ref, .subject = "hang", .body = "b"}));
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::kUnknown) << lost.error().message;
  rt_->server().resume();
  // It reads what lies in its socket; whether it makes a ticket of it is its affair. At most one either way.
  auto patient = rt_->make();
  const auto found = rt_->go(patient->find(ref));
  ASSERT_TRUE(found) << found.error().message;
}

class StopRt final : public ::testing::Environment {
 public:
  void TearDown() override { RtFixture::end(); }
};
const auto* const kStopRt = ::testing::AddGlobalTestEnvironment(new StopRt);

}  // namespace
}  // namespace usher::connectors::tickets
