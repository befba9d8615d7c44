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

// The outbox's look for due rows must stay an index search however many rows were sent before or wait in other queues.
TEST(Schema, TheOutboxIsFoundByItsIndexes) {
  TestDatabase database;
  const auto plan_of = [&](const std::string& sql) {
    std::string plan;
    auto r = database->read_sync([&](sql::Tx& tx) -> Result<void> {
      auto q = tx.query("EXPLAIN QUERY PLAN " + sql, {}, [&](const sql::Row& row) { plan += row.text(3) + "\n"; });
      if (!q) return fail(q.error());
      return {};
    });
    EXPECT_TRUE(r) << r.error().message;
    return plan;
  };
  const std::string waiting = "FROM outbox o WHERE o.state IN ('pending', 'unknown', 'leased') ";
  EXPECT_EQ(plan_of("SELECT o.id " + waiting +
                    "AND o.target = 'a' AND o.domain = 'b' AND o.next_at <= 1 AND NOT EXISTS (SELECT 1 FROM outbox e WHERE "
                    "e.lane = o.lane AND e.id < o.id AND e.state IN ('pending', 'unknown', 'leased', 'dead')) "
                    "ORDER BY o.next_at, o.id LIMIT 5"),
            "SEARCH o USING INDEX outbox_queue (target=? AND domain=? AND next_at<?)\nCORRELATED SCALAR SUBQUERY 1\n"
            "SEARCH e USING INDEX outbox_lane (lane=? AND id<?)\n");
  EXPECT_EQ(plan_of("SELECT 1 " + waiting + "AND o.target = 'a' AND o.domain > 'b' ORDER BY o.domain, o.next_at LIMIT 1"),
            "SEARCH o USING INDEX outbox_queue (target=? AND domain>?)\n");
  EXPECT_EQ(plan_of("SELECT 1 " + waiting + "AND o.target > 'a' ORDER BY o.target, o.domain, o.next_at LIMIT 1"),
            "SEARCH o USING INDEX outbox_queue (target>?)\n");
}

}  // namespace
}  // namespace usher::gateway::store
