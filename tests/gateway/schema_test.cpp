#include "gateway/store/schema.h"

#include <gtest/gtest.h>

#include "tests/gateway/database.h"

namespace usher::gateway::store {
namespace {

TEST(Schema, IsAppliedOnceAndFoundAgain) {
  TestDatabase database;
  auto again = sql::migrate(*database, migrations(), 2);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, 0);
}

// The outbox's look for due rows must stay an index search however many rows were sent before.
TEST(Schema, TheOutboxIsFoundByItsIndexes) {
  TestDatabase database;
  std::string plan;
  auto r = database->read_sync([&](sql::Tx& tx) -> Result<void> {
    auto q = tx.query(
        "EXPLAIN QUERY PLAN SELECT o.id FROM outbox o WHERE o.state IN ('pending', 'unknown', 'leased') AND o.next_at <= $1 AND "
        "NOT EXISTS (SELECT 1 FROM "
        "outbox e WHERE e.lane = o.lane AND e.id < o.id AND e.state IN ('pending', 'unknown', 'leased', 'dead')) ORDER BY "
        "o.next_at, o.id LIMIT 5",
        {std::int64_t{1}}, [&](const sql::Row& row) { plan += row.text(3) + "\n"; });
    if (!q) return fail(q.error());
    return {};
  });
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_NE(plan.find("outbox_due"), std::string::npos) << plan;
  EXPECT_NE(plan.find("outbox_lane"), std::string::npos) << plan;
  EXPECT_EQ(plan.find("SCAN o\n"), std::string::npos) << plan;
}

}  // namespace
}  // namespace usher::gateway::store
