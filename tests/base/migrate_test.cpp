#include <array>

#include <gtest/gtest.h>

#include "base/sql/database.h"
#include "tests/base/temp_folder.h"

namespace usher::sql {
namespace {

constexpr Migration kFirst{1, "items", "CREATE TABLE item(key TEXT); CREATE INDEX item_key ON item(key); -- done"};
constexpr Migration kSecond{
    2, "trigger",
    "CREATE TABLE log(what TEXT);\n"
    "CREATE TRIGGER t AFTER INSERT ON item BEGIN INSERT INTO log VALUES('a;b'); INSERT INTO log VALUES('c'); END;"};

class Migrate : public testing::Test {
 protected:
  Migrate() { db_ = std::move(open_sqlite({.path = folder_.file()}).value()); }
  TempFolder folder_;
  std::unique_ptr<Database> db_;
};

TEST_F(Migrate, EachStepIsAppliedOnceInOrder) {
  const std::array both{kFirst, kSecond};
  EXPECT_EQ(migrate(*db_, std::span(both).first(1), 1000).value_or(-1), 1);
  EXPECT_EQ(migrate(*db_, both, 2000).value_or(-1), 1);
  EXPECT_EQ(migrate(*db_, both, 3000).value_or(-1), 0);
  std::string history;
  ASSERT_TRUE(db_->read_sync([&](Tx& tx) -> Result<void> {
    auto rows = tx.query("SELECT number, name, applied_at FROM schema_migrations ORDER BY number", {}, [&](const Row& row) {
      history += std::to_string(row.integer(0)) + row.text(1) + std::to_string(row.integer(2)) + " ";
    });
    return rows ? Result<void>() : fail(rows.error());
  }));
  EXPECT_EQ(history, "1items1000 2trigger2000 ");
  EXPECT_TRUE(db_->write_sync([](Tx& tx) { return tx.script("INSERT INTO item VALUES('x')"); }));
}

TEST_F(Migrate, AStepThatWasChangedAfterwardsIsRefused) {
  const std::array original{kFirst};
  ASSERT_TRUE(migrate(*db_, original, 1000));
  const std::array changed{Migration{1, "items", "CREATE TABLE item(key BLOB)"}, kSecond};
  const auto done = migrate(*db_, changed, 2000);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kInvalid);
  EXPECT_NE(done.error().message.find("step 1 (items)"), std::string::npos) << done.error().message;
  EXPECT_EQ(migrate(*db_, original, 3000).value_or(-1), 0);  // nothing of the second step was done
}

TEST_F(Migrate, ADatabaseNewerThanTheProgramIsRefused) {
  const std::array both{kFirst, kSecond};
  ASSERT_TRUE(migrate(*db_, both, 1000));
  const auto done = migrate(*db_, std::span(both).first(1), 2000);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kInvalid);
  EXPECT_NE(done.error().message.find("newer"), std::string::npos) << done.error().message;
}

TEST_F(Migrate, AStepThatFailsIsUndoneAsAWhole) {
  const std::array steps{kFirst, Migration{2, "bad", "CREATE TABLE half(x TEXT); CREATE TABLE item(x TEXT)"}};
  const auto done = migrate(*db_, steps, 1000);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("step 2 (bad)"), std::string::npos) << done.error().message;
  const std::array mended{kFirst, Migration{2, "good", "CREATE TABLE half(x TEXT)"}};
  EXPECT_EQ(migrate(*db_, mended, 2000).value_or(-1), 1);
}

TEST_F(Migrate, StepsOutOfOrderAreOurBug) {
  const std::array steps{kSecond, kFirst};
  EXPECT_EQ(migrate(*db_, steps, 1000).error().code, ErrorCode::kInternal);
}

}  // namespace
}  // namespace usher::sql
