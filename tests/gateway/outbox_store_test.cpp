#include <gtest/gtest.h>

#include "base/id.h"
#include "gateway/store/outbox.h"
#include "tests/gateway/database.h"

namespace usher::gateway::store {
namespace {

using std::chrono::milliseconds;
const Timestamp kNow = from_millis(1'000'000);
constexpr milliseconds kLease{1000};

class OutboxStore : public testing::Test {
 protected:
  template <class T, class F>
  T must(F work) {
    T out{};
    auto r = database_->write_sync([&](sql::Tx& tx) -> Result<void> {
      auto v = work(tx);
      if (!v) return fail(v.error());
      out = std::move(*v);
      return {};
    });
    EXPECT_TRUE(r) << (r ? "" : r.error().message + r.error().detail);
    return out;
  }
  void add(const std::string& id, const std::string& lane, const std::string& kind = "append", const std::string& target = "rt",
           const std::string& domain = {}) {
    OutboxRow row;
    row.id = id;
    row.domain = domain;
    row.kind = kind;
    row.target = target;
    row.lane = lane;
    row.conversation = {"c"};
    row.case_id = lane;
    row.payload = "{}";
    row.next_at = row.created_at = kNow;
    auto r = database_->write_sync([&](sql::Tx& tx) { return insert_outbox(tx, row); });
    ASSERT_TRUE(r) << r.error().message;
  }
  LeasedRows look(Timestamp now, const std::function<QueueRoom(const QueueName&)>& room) {
    return must<LeasedRows>([&](sql::Tx& tx) { return lease_due(tx, now, kLease, look_, room); });
  }
  std::vector<OutboxRow> lease(Timestamp now = kNow, const std::vector<std::string>& paused = {}) {
    return look(now,
                [&](const QueueName& queue) {
                  return std::ranges::find(paused, queue.target) == paused.end() ? QueueRoom{10, 10} : QueueRoom{};
                })
        .rows;
  }
  static std::vector<std::string> ids(const std::vector<OutboxRow>& rows) {
    std::vector<std::string> out;
    for (const auto& r : rows) out.push_back(r.id);
    std::sort(out.begin(), out.end());
    return out;
  }
  TestDatabase database_;
  QueueLook look_;
};

TEST_F(OutboxStore, LeasesTheFirstOfEachLaneOnly) {
  add("1", "a", "create");
  add("2", "a");
  add("3", "b", "create");
  EXPECT_EQ(ids(lease()), (std::vector<std::string>{"1", "3"}));
  EXPECT_TRUE(lease().empty()) << "what is leased is not leased again";
}

TEST_F(OutboxStore, GoesOnWithTheLaneWhenTheFirstIsSent) {
  add("1", "a", "create");
  add("2", "a");
  auto rows = lease();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_TRUE(must<bool>([&](sql::Tx& tx) { return mark_sent(tx, rows[0], "17", kNow); }));
  EXPECT_EQ(ids(lease()), std::vector<std::string>{"2"});
}

TEST_F(OutboxStore, ADeadCreateHoldsItsCommentsBack) {
  add("1", "a", "create");
  add("2", "a");
  auto rows = lease();
  EXPECT_TRUE(must<bool>([&](sql::Tx& tx) { return mark_dead(tx, rows[0], "no", "", kNow); }));
  EXPECT_TRUE(lease().empty());
  EXPECT_TRUE(must<bool>([&](sql::Tx& tx) { return redrive(tx, "1", kNow); }));
  EXPECT_FALSE(must<bool>([&](sql::Tx& tx) { return redrive(tx, "1", kNow); })) << "re-driving twice is harmless";
  rows = lease();
  EXPECT_EQ(ids(rows), std::vector<std::string>{"1"});
  EXPECT_TRUE(rows.at(0).doubt) << "what was tried before is looked up first";
}

TEST_F(OutboxStore, ADeadMessageLetsTheNextOneThrough) {
  add("1", "c", "message", "email");
  add("2", "c", "message", "email");
  auto rows = lease();
  EXPECT_TRUE(must<bool>([&](sql::Tx& tx) { return mark_dead(tx, rows[0], "no such mailbox", "", kNow); }));
  EXPECT_EQ(ids(lease()), std::vector<std::string>{"2"});
}

TEST_F(OutboxStore, AnExpiredLeaseIsTakenOverInDoubtAndTheOldHolderIsFenced) {
  add("1", "a", "create");
  auto old = lease();
  auto later = lease(kNow + kLease + milliseconds{1});
  ASSERT_EQ(later.size(), 1u);
  EXPECT_TRUE(later[0].doubt);
  EXPECT_GT(later[0].epoch, old.at(0).epoch);
  EXPECT_FALSE(must<bool>([&](sql::Tx& tx) { return mark_sent(tx, old[0], "17", kNow); })) << "a result of a lost lease is void";
  EXPECT_TRUE(must<bool>([&](sql::Tx& tx) { return mark_sent(tx, later[0], "17", kNow); }));
}

TEST_F(OutboxStore, ARowThatFailedIsTriedAgainLater) {
  add("1", "a", "create");
  auto rows = lease();
  EXPECT_TRUE(
      must<bool>([&](sql::Tx& tx) { return mark_retry(tx, rows[0], false, false, kNow + milliseconds{500}, "refused", ""); }));
  EXPECT_TRUE(lease().empty());
  rows = lease(kNow + milliseconds{500});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_FALSE(rows[0].doubt) << "nothing was sent: no look-up is needed";
  EXPECT_EQ(rows[0].attempts, 2);
}

TEST_F(OutboxStore, APausedTargetIsPassedOver) {
  add("1", "a", "create", "rt");
  add("2", "c", "message", "email");
  EXPECT_EQ(ids(lease(kNow, {"rt"})), std::vector<std::string>{"2"});
  EXPECT_EQ(ids(lease(kNow, {"r", "rt2"})), std::vector<std::string>{"1"}) << "names are compared whole";
}

TEST_F(OutboxStore, EachQueueGetsAsMuchAsItHasRoomForAndTheLongestDueGoFirst) {
  for (const char* id : {"1", "2", "3"}) add(id, id, "message", "email", "slow.test");
  for (const char* id : {"4", "5", "6"}) add(id, id, "message", "email", "fast.test");
  const auto room = [](const QueueName& queue) { return QueueRoom{3, queue.domain == "slow.test" ? 1 : 4}; };
  auto first = look(kNow, room);
  EXPECT_EQ(ids(first.rows), (std::vector<std::string>{"4", "5", "6"})) << "the target has room for three";
  EXPECT_TRUE(first.more_due);
  auto second = look(kNow, room);
  EXPECT_EQ(ids(second.rows), std::vector<std::string>{"1"});
  EXPECT_TRUE(second.more_due);
  (void)look(kNow, room);
  EXPECT_FALSE(look(kNow, room).more_due || look(kNow, room).more_due) << "two and three went out one by one";
}

TEST_F(OutboxStore, TheQueueServedLastIsTheLastToBeServedAgain) {
  for (int i = 0; i < 9; ++i)
    add(std::to_string(i), std::to_string(i), "message", "email", std::string(1, "abc"[i % 3]) + ".test");
  std::string order;
  for (int i = 0; i < 9; ++i) {
    auto one = look(kNow, [](const QueueName&) { return QueueRoom{1, 1}; });
    ASSERT_EQ(one.rows.size(), 1u);
    order += one.rows[0].domain.front();
  }
  EXPECT_EQ(order, "abcabcabc");
}

TEST_F(OutboxStore, MoreQueuesThanOneCallLooksAtAreSeenByThoseThatFollow) {
  for (int i = 0; i < 450; ++i) {
    const std::string id = std::to_string(1000 + i);
    add(id, id, "message", "email", "d" + id + ".test");
  }
  // Only the last has room: three calls find it, and then the look is over.
  const auto room = [](const QueueName& queue) { return QueueRoom{100, queue.domain == "d1449.test" ? 1 : 0}; };
  EXPECT_TRUE(look(kNow, room).rows.empty());
  EXPECT_TRUE(look(kNow, room).rows.empty());
  auto third = look(kNow, room);
  EXPECT_EQ(ids(third.rows), std::vector<std::string>{"1449"});
  EXPECT_TRUE(third.saw_all);
  int calls = 1;
  while (!look(kNow, room).saw_all) ++calls;
  EXPECT_EQ(calls, 3);
}

TEST_F(OutboxStore, ACaseHasOneCreateForEver) {
  add("1", "a", "create");
  OutboxRow second;
  second.id = "2";
  second.kind = "create";
  second.target = "rt";
  second.lane = second.case_id = "a";
  second.conversation = {"c"};
  second.payload = "{}";
  auto r = database_->write_sync([&](sql::Tx& tx) { return insert_outbox(tx, second); });
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, ErrorCode::kConflict);
}

TEST_F(OutboxStore, ARestartTakesLeasesOver) {
  add("1", "a", "create");
  (void)lease();
  database_.reopen();
  EXPECT_EQ(must<std::int64_t>([&](sql::Tx& tx) { return take_over_leases(tx, kNow); }), 1);
  auto rows = lease();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_TRUE(rows[0].doubt);
}

}  // namespace
}  // namespace usher::gateway::store
