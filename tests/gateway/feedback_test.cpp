#include "gateway/flow/feedback.h"

#include <gtest/gtest.h>

#include "gateway/flow/gaps.h"
#include "gateway/store/people.h"
#include "tests/gateway/gateway_fixture.h"

namespace usher::gateway {
namespace {

using flow::Feedback;
using Usage = std::map<kb::ArticleKey, kb::Usage>;

const kb::ArticleKey kPower{"no-power-reset", "en"};

class FeedbackTest : public GatewayFixture {
 protected:
  void write(sql::Op op) {
    auto r = database_->write_sync(std::move(op));
    ASSERT_TRUE(r) << r.error().message << " " << r.error().detail;
  }
  store::ArticleUsage usage(const kb::ArticleKey& key) {
    store::ArticleUsage out;
    auto r = database_->read_sync([&](sql::Tx& tx) -> Result<void> {
      auto u = store::usage_of(tx, key);
      if (!u) return fail(u.error());
      out = *u;
      return {};
    });
    EXPECT_TRUE(r);
    return out;
  }
  template <class T>
  T wait(boost::asio::awaitable<T> task) {
    std::promise<T> promise;
    auto answer = promise.get_future();
    boost::asio::co_spawn(io_->context(0), std::move(task), [&](std::exception_ptr, T r) { promise.set_value(std::move(r)); });
    return answer.get();
  }
  store::SearchRow search(std::string text, std::string outcome = "nothing") {
    store::SearchRow row;
    row.place = "help";
    row.language = "en";
    row.text = std::move(text);
    row.outcome = std::move(outcome);
    return row;
  }
  flow::GapList gaps(const kb::Library& library) {
    auto list = flow::list_gaps(*database_, library, 30, clock_.now());
    EXPECT_TRUE(list) << list.error().message;
    return *list;
  }

  Usage applied_;
  int applications_ = 0;
  Feedback feedback_{*database_, clock_, [this](Usage u) {
                       applied_ = std::move(u);
                       ++applications_;
                     }};
};

TEST_F(FeedbackTest, AnArticleShownInAChatIsCountedWithItsStep) {
  say("ana", "my laptop does not turn on");
  for (int i = 0; i < 12 && column("SELECT 1 FROM article_feedback WHERE shown = 1").empty(); ++i) say("ana", "no");
  const auto places = column("SELECT place FROM article_feedback WHERE shown = 1");
  ASSERT_FALSE(places.empty());
  EXPECT_NE(places[0].find('/'), std::string::npos) << places[0];
}

TEST_F(FeedbackTest, AnAnswerAboutAnArticleIsItsVerdict) {
  say("ana", "my laptop does not turn on");
  auto shown = [&] { return one("SELECT text FROM messages WHERE extra LIKE '%\"article\"%' LIMIT 1"); };
  for (int i = 0; i < 12 && shown().empty(); ++i) say("ana", "no");
  ASSERT_FALSE(shown().empty());
  say("ana", "yes, that solved it");
  EXPECT_EQ(one("SELECT SUM(solved) FROM article_usage"), "1");
  EXPECT_EQ(one("SELECT SUM(not_solved) FROM article_usage"), "0");
}

TEST_F(FeedbackTest, WordsNobodyKnowsBecomeAGapWithoutTheirAuthor) {
  say("ana", "my zeppelin hovercraft whistles, mail me at ana@keller-family.de");
  say("ben", "the hovercraft zeppelin is whistling loudly");
  const auto texts = column("SELECT text FROM searches ORDER BY id");
  ASSERT_GE(texts.size(), 2U);
  EXPECT_EQ(texts[0].find("keller"), std::string::npos) << texts[0];
  const auto list = gaps(*content()->library);
  ASSERT_EQ(list.gaps.size(), 1U);
  EXPECT_EQ(list.gaps[0].count, 2);
  EXPECT_EQ(list.gaps[0].kind, "nothing_found");
  EXPECT_EQ(list.gaps[0].state, "open");
}

TEST_F(FeedbackTest, ATicketAfterAFoundArticleIsGivenUp) {
  kb::Query query;
  query.text = "my laptop gets very hot and switches itself off";
  query.language = "en";
  const std::string found = content()->library->search(query).at(0).article->id;
  write([&](sql::Tx& tx) -> Result<void> {
    auto row = search(query.text, "shown");
    row.id = "1";
    row.at = clock_.now();
    row.conversation = "c1";
    row.article = found;
    if (auto r = store::insert_search(tx, row); !r) return r;
    store::Conversation c;
    c.id = {"c1"};
    c.version = 4;
    flow::TurnResult turn;
    turn.ticket.emplace();
    return flow::count_turn(tx, c, turn, clock_.now());
  });
  EXPECT_EQ(one("SELECT outcome FROM searches"), "gave_up");
  const auto list = gaps(*content()->library);
  ASSERT_EQ(list.gaps.size(), 1U);
  EXPECT_EQ(list.gaps[0].kind, "gave_up");
  EXPECT_EQ(list.gaps[0].tried, std::vector<std::string>{found});
  EXPECT_EQ(list.gaps[0].state, "open") << "that it is found again closes nothing";
}

TEST_F(FeedbackTest, AVisitorCountsOnceADayAndHisLastWordCounts) {
  for (int i = 0; i < 3; ++i) feedback_.opened("address:192.0.2.1", kPower);
  feedback_.opened("address:192.0.2.2", kPower);
  ASSERT_TRUE(feedback_.flush());
  EXPECT_EQ(usage(kPower).counts.opened, 2);
  for (const bool solved : {false, false, true, true}) ASSERT_TRUE(wait(feedback_.said("address:192.0.2.1", kPower, solved)));
  EXPECT_EQ(usage(kPower).counts.solved, 1);
  EXPECT_EQ(usage(kPower).counts.not_solved, 0);
  clock_.advance(std::chrono::hours{24});
  ASSERT_TRUE(wait(feedback_.said("address:192.0.2.1", kPower, true)));
  EXPECT_EQ(usage(kPower).counts.solved, 2);
}

TEST_F(FeedbackTest, NothingKeptNamesAVisitor) {
  feedback_.opened("address:192.0.2.77", kPower);
  feedback_.searched("address:192.0.2.77", search("call me on +44 20 7946 0958 about the fan"), {kPower});
  ASSERT_TRUE(feedback_.flush());
  for (const char* sql : {"SELECT visitor FROM feedback_seen", "SELECT COALESCE(visitor, '') || text FROM searches"}) {
    for (const auto& value : column(sql)) {
      EXPECT_EQ(value.find("192.0.2"), std::string::npos) << value;
      EXPECT_EQ(value.find("7946"), std::string::npos) << value;
    }
  }
  clock_.advance(std::chrono::hours{48});
  ASSERT_TRUE(feedback_.purge());
  EXPECT_TRUE(column("SELECT day FROM feedback_salts").empty());
  EXPECT_TRUE(column("SELECT day FROM feedback_seen").empty());
}

TEST_F(FeedbackTest, UsageHalvesInNinetyDaysAndIsHandedOnWhenItChanged) {
  ASSERT_TRUE(wait(feedback_.said("address:192.0.2.1", kPower, true)));
  ASSERT_TRUE(feedback_.refresh(false));
  ASSERT_TRUE(feedback_.refresh(false));
  EXPECT_EQ(applications_, 1);
  EXPECT_DOUBLE_EQ(applied_[kPower].helped, 1);
  clock_.advance(std::chrono::hours{24 * 90});
  ASSERT_TRUE(feedback_.refresh(false));
  EXPECT_EQ(applications_, 2);
  EXPECT_DOUBLE_EQ(applied_[kPower].helped, 0.5);
  ASSERT_TRUE(wait(feedback_.said("address:192.0.2.1", kPower, false)));
  EXPECT_DOUBLE_EQ(usage(kPower).helped, 0.5);
  EXPECT_DOUBLE_EQ(usage(kPower).failed, 1);
}

TEST_F(FeedbackTest, TheSameSearchOfAVisitorIsOneAndSolvedWhenAnArticleHelped) {
  for (int i = 0; i < 3; ++i) feedback_.searched("address:192.0.2.1", search("no power", "shown"), {kPower});
  feedback_.searched("address:192.0.2.9", search("no power", "shown"), {kPower});
  ASSERT_TRUE(feedback_.flush());
  EXPECT_EQ(column("SELECT id FROM searches").size(), 2U);
  EXPECT_EQ(usage(kPower).counts.shown, 2);
  ASSERT_TRUE(wait(feedback_.said("address:192.0.2.1", kPower, true)));
  EXPECT_EQ(column("SELECT outcome FROM searches ORDER BY outcome"), (std::vector<std::string>{"shown", "solved"}));
}

TEST_F(FeedbackTest, AnAnswerOnAPageIsAboutTheSearchBeforeIt) {
  feedback_.searched("address:192.0.2.1", search("fan is loud", "shown"), {});
  ASSERT_TRUE(feedback_.flush());
  clock_.advance(std::chrono::seconds{5});
  feedback_.searched("address:192.0.2.1", search("no power", "shown"), {kPower});
  ASSERT_TRUE(wait(feedback_.said("address:192.0.2.1", kPower, false)));  // what waits is written first
  EXPECT_EQ(column("SELECT text || ': ' || outcome FROM searches ORDER BY id"),
            (std::vector<std::string>{"fan is loud: shown", "no power: not_solved"}));
}

TEST_F(FeedbackTest, AGapClosesWhenItsSearchesFindAnArticleAndOpensAgainWithoutIt) {
  feedback_.searched("address:192.0.2.1", search("coffee machine leaks water"), {});
  feedback_.searched("address:192.0.2.2", search("my coffee machine is leaking"), {});
  ASSERT_TRUE(feedback_.flush());
  const auto before = gaps(*content()->library);
  ASSERT_EQ(before.gaps.size(), 1U);
  EXPECT_EQ(before.gaps[0].state, "open");
  EXPECT_EQ(before.searches.nothing, 2);

  kb::Article written;
  written.id = "coffee-machine-leaks";
  written.language = "en";
  written.title = "Coffee machine leaks water";
  written.issue = "- My coffee machine is leaking.";
  written.resolution = "1. Clean the seal.";
  written.body = "## Issue\n" + written.issue + "\n## Resolution\n" + written.resolution + "\n";
  const auto answered = gaps(*content()->library->with({written}, {}));
  ASSERT_EQ(answered.gaps.size(), 1U);
  EXPECT_EQ(answered.gaps[0].id, before.gaps[0].id);
  EXPECT_EQ(answered.gaps[0].state, "closed");
  EXPECT_EQ(answered.gaps[0].article, "coffee-machine-leaks");
  EXPECT_EQ(answered.gaps[0].note, "answered now by coffee-machine-leaks");
  EXPECT_EQ(gaps(*content()->library).gaps[0].state, "open");
}

TEST_F(FeedbackTest, WhatStaffDecideStandsUntilItIsAskedForAgain) {
  feedback_.searched("address:192.0.2.1", search("dishwasher pump hums"), {});
  ASSERT_TRUE(feedback_.flush());
  const auto id = gaps(*content()->library).gaps.at(0).id;
  write([&](sql::Tx& tx) { return flow::decide_gap(tx, {id, "closed", "", "we do not sell these", "mia", clock_.now()}); });
  auto list = gaps(*content()->library);
  EXPECT_EQ(list.gaps[0].state, "closed");
  EXPECT_EQ(list.gaps[0].who, "mia");
  EXPECT_EQ(one("SELECT who || ' ' || action FROM audit"), "mia kb.gap");
  clock_.advance(std::chrono::minutes{5});
  feedback_.searched("address:192.0.2.3", search("pump of the dishwasher is humming again"), {});
  ASSERT_TRUE(feedback_.flush());
  list = gaps(*content()->library);
  EXPECT_EQ(list.gaps[0].state, "open");
  EXPECT_EQ(list.gaps[0].count, 2);
  auto refused =
      database_->write_sync([&](sql::Tx& tx) { return flow::decide_gap(tx, {id, "done", "", "", "mia", clock_.now()}); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
}

TEST(Visitors, RobotsAreToldByWhatTheyCallThemselves) {
  const char* kFirefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
  EXPECT_FALSE(flow::is_robot(kFirefox, ""));
  EXPECT_TRUE(flow::is_robot(kFirefox, "prefetch;anonymous-client-ip"));
  for (const char* ua :
       {"", "curl/8.5", "Mozilla/5.0 (compatible; Googlebot/2.1)", "Mozilla/5.0 HeadlessChrome/120", "python-requests/2"})
    EXPECT_TRUE(flow::is_robot(ua, "")) << ua;
}

TEST(Visitors, AHouseholdIsOne) {
  EXPECT_EQ(flow::visitor_of("2001:db8:1:2:aaaa::1"), flow::visitor_of("2001:db8:1:2:bbbb::2"));
  EXPECT_NE(flow::visitor_of("2001:db8:1:2::1"), flow::visitor_of("2001:db8:1:3::1"));
  EXPECT_NE(flow::visitor_of("192.0.2.1"), flow::visitor_of("192.0.2.2"));
}

}  // namespace
}  // namespace usher::gateway
