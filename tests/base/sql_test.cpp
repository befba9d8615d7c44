#include "base/sql/database.h"

#include <filesystem>
#include <future>
#include <set>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include "base/sql/request_queue.h"
#include "tests/base/temp_folder.h"

namespace usher::sql {
namespace {

namespace asio = boost::asio;

// An io_context on a thread of its own.
class IoThread {
 public:
  IoThread() : guard_(context_.get_executor()), thread_([this] { context_.run(); }) {}
  ~IoThread() {
    guard_.reset();
    thread_.join();
  }
  std::thread::id id() const { return thread_.get_id(); }
  template <class T>
  std::future<T> start(asio::awaitable<T> task) {
    return asio::co_spawn(context_, std::move(task), asio::use_future);
  }

 private:
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard_;
  std::thread thread_;
};

Op insert(std::string key, std::string value = "v") {
  return [key = std::move(key), value = std::move(value)](Tx& tx) -> Result<void> {
    auto done = tx.exec("INSERT INTO item(key, value) VALUES($1, $2)", {key, value});
    if (!done) return fail(std::move(done.error()));
    return {};
  };
}

// Keeps the writer busy until release(): what is submitted meanwhile becomes one group.
class Gate {
 public:
  explicit Gate(Database& database) {
    holder_ = std::thread([this, &database] {
      result_ = database.write_sync([this](Tx&) -> Result<void> {
        entered_.set_value();
        released_.get_future().wait();
        return {};
      });
    });
    entered_.get_future().wait();
  }
  ~Gate() {
    if (holder_.joinable()) release();
  }
  void release() {
    released_.set_value();
    holder_.join();
  }

 private:
  std::promise<void> entered_;
  std::promise<void> released_;
  Result<void> result_;
  std::thread holder_;
};

class Sqlite : public testing::Test {
 protected:
  void SetUp() override {
    open();
    ASSERT_TRUE(db_->write_sync([](Tx& tx) { return tx.script("CREATE TABLE item(key TEXT PRIMARY KEY, value TEXT)"); }));
  }
  void open(Options options = {}) {
    db_.reset();
    options.path = folder_.file();
    auto opened = open_sqlite(options);
    ASSERT_TRUE(opened) << opened.error().message;
    db_ = std::move(*opened);
  }
  std::int64_t number(std::string_view sql) {
    std::int64_t out = -1;
    auto done = db_->read_sync([&](Tx& tx) -> Result<void> {
      auto rows = tx.query(sql, {}, [&](const Row& row) { out = row.integer(0); });
      if (!rows) return fail(std::move(rows.error()));
      return {};
    });
    EXPECT_TRUE(done) << done.error().detail;
    return out;
  }
  std::int64_t items() { return number("SELECT count(*) FROM item"); }

  TempFolder folder_;
  std::unique_ptr<Database> db_;
};

asio::awaitable<Result<void>> write_one(Database* db, Op op) {
  co_return co_await db->write(std::move(op));
}

struct Seen {
  std::int64_t rows = -1;
  std::uint64_t commits = 0;
};
asio::awaitable<Seen> write_and_look(Database* db, std::string path) {
  auto done = co_await db->write(insert("a"));
  Seen seen;
  if (!done) co_return seen;
  seen.commits = db->stats().commits;
  SQLite::Database other(path, SQLite::OPEN_READONLY);
  seen.rows = other.execAndGet("SELECT count(*) FROM item").getInt64();
  co_return seen;
}

TEST_F(Sqlite, AWriteCompletesOnlyAfterItsCommitSoThatEverybodySeesIt) {
  const auto before = db_->stats().commits;
  IoThread io;
  const auto seen = io.start(write_and_look(db_.get(), folder_.file())).get();
  EXPECT_EQ(seen.rows, 1);
  EXPECT_EQ(seen.commits, before + 1);
}

TEST_F(Sqlite, NobodySeesAnOperationThatIsNotCommittedYet) {
  std::int64_t during = -1;
  auto done = db_->write_sync([&](Tx& tx) -> Result<void> {
    auto inserted = insert("a")(tx);
    SQLite::Database other(folder_.file(), SQLite::OPEN_READONLY);
    during = other.execAndGet("SELECT count(*) FROM item").getInt64();
    return inserted;
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(during, 0);
  EXPECT_EQ(items(), 1);
}

TEST_F(Sqlite, OperationsOfAGroupFailAlone) {
  ASSERT_TRUE(db_->write_sync(insert("taken")));
  const auto before = db_->stats().commits;
  IoThread io;
  std::vector<std::future<Result<void>>> results;
  {
    Gate gate(*db_);
    results.push_back(io.start(write_one(db_.get(), insert("first"))));
    results.push_back(io.start(write_one(db_.get(), [](Tx& tx) -> Result<void> {
      if (auto done = insert("undone")(tx); !done) return done;
      return fail(ErrorCode::kDenied, "changed my mind");
    })));
    results.push_back(io.start(write_one(db_.get(), [](Tx& tx) -> Result<void> {
      if (auto done = insert("thrown")(tx); !done) return done;
      throw std::runtime_error("a bug");
    })));
    results.push_back(io.start(write_one(db_.get(), insert("taken"))));
    results.push_back(io.start(write_one(db_.get(), insert("last"))));
    while (db_->stats().waiting < results.size()) std::this_thread::yield();
    gate.release();
  }
  EXPECT_TRUE(results[0].get());
  EXPECT_EQ(results[1].get().error().code, ErrorCode::kDenied);
  const auto thrown = results[2].get();
  ASSERT_FALSE(thrown);
  EXPECT_EQ(thrown.error().code, ErrorCode::kInternal);
  EXPECT_EQ(thrown.error().detail, "a bug");
  EXPECT_EQ(results[3].get().error().code, ErrorCode::kConflict);
  EXPECT_TRUE(results[4].get());
  EXPECT_EQ(items(), 3);
  EXPECT_EQ(number("SELECT count(*) FROM item WHERE key IN ('first','last','taken')"), 3);
  EXPECT_EQ(db_->stats().commits, before + 2);  // the gate's own and one for the group
}

TEST_F(Sqlite, ALoneOperationThatFailsLeavesNothing) {
  const auto before = db_->stats().commits;
  auto done = db_->write_sync([](Tx& tx) -> Result<void> {
    if (auto inserted = insert("undone")(tx); !inserted) return inserted;
    return fail(ErrorCode::kInvalid, "no");
  });
  EXPECT_EQ(done.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(items(), 0);
  EXPECT_EQ(db_->stats().commits, before);
  EXPECT_TRUE(db_->write_sync(insert("next")));
}

asio::awaitable<std::set<std::thread::id>> threads_seen(Database* db, std::string prefix) {
  std::set<std::thread::id> seen;
  for (int i = 0; i < 50; ++i) {
    auto done = co_await db->write(insert(prefix + std::to_string(i)));
    seen.insert(std::this_thread::get_id());
    if (!done) break;
    done = co_await db->read([](Tx& tx) -> Result<void> { return tx.script("SELECT 1"); });
    seen.insert(std::this_thread::get_id());
    if (!done) break;
  }
  co_return seen;
}

TEST_F(Sqlite, ResultsComeBackOnTheThreadOfTheirCaller) {
  IoThread a;
  IoThread b;
  auto from_a = a.start(threads_seen(db_.get(), "a"));
  auto from_b = b.start(threads_seen(db_.get(), "b"));
  EXPECT_EQ(from_a.get(), std::set{a.id()});
  EXPECT_EQ(from_b.get(), std::set{b.id()});
  EXPECT_EQ(items(), 100);
}

asio::awaitable<int> write_many(Database* db, std::string prefix, int n) {
  int good = 0;
  for (int i = 0; i < n; ++i) {
    auto done = co_await db->write(insert(prefix + "-" + std::to_string(i)));
    good += done ? 1 : 0;
  }
  co_return good;
}

TEST_F(Sqlite, ManyWritersShareCommits) {
  const auto before = db_->stats();
  IoThread io;
  std::vector<std::future<int>> results;
  {
    Gate gate(*db_);
    for (int c = 0; c < 100; ++c) results.push_back(io.start(write_many(db_.get(), std::to_string(c), 5)));
    while (db_->stats().waiting < 100) std::this_thread::yield();
    gate.release();
  }
  for (auto& result : results) EXPECT_EQ(result.get(), 5);
  const auto after = db_->stats();
  EXPECT_EQ(items(), 500);
  EXPECT_EQ(after.operations - before.operations, 501U);
  EXPECT_LT(after.commits - before.commits, 300U);  // the first hundred alone share one
  EXPECT_GT(after.last_commit.count(), 0);
}

TEST_F(Sqlite, AFullQueueIsSaidAtOnce) {
  open({.max_waiting_writes = 2});
  IoThread io;
  std::vector<std::future<Result<void>>> accepted;
  {
    Gate gate(*db_);
    accepted.push_back(io.start(write_one(db_.get(), insert("1"))));
    accepted.push_back(io.start(write_one(db_.get(), insert("2"))));
    while (db_->stats().waiting < 2) std::this_thread::yield();
    const auto refused = io.start(write_one(db_.get(), insert("3"))).get();  // answered while the writer stands still
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kBusy);
    EXPECT_EQ(db_->write_sync(insert("4")).error().code, ErrorCode::kBusy);
    gate.release();
  }
  for (auto& result : accepted) EXPECT_TRUE(result.get());
  EXPECT_EQ(items(), 2);
}

TEST_F(Sqlite, ALockHeldBySomebodyElseIsBusyAndLaterItWorksAgain) {
  open({.busy_timeout = std::chrono::milliseconds(1)});
  SQLite::Database other(folder_.file(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN EXCLUSIVE");
  bool ran = false;
  const auto refused = db_->write_sync([&](Tx&) -> Result<void> {
    ran = true;
    return {};
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBusy);
  EXPECT_TRUE(refused.error().retry());
  EXPECT_FALSE(ran);
  other.exec("ROLLBACK");
  EXPECT_TRUE(db_->write_sync(insert("a")));
}

TEST_F(Sqlite, AUniqueViolationIsAConflictTheOperationMaySwallow) {
  ASSERT_TRUE(db_->write_sync(insert("a")));
  EXPECT_EQ(db_->write_sync(insert("a")).error().code, ErrorCode::kConflict);
  auto swallowed = db_->write_sync([](Tx& tx) -> Result<void> {
    auto first = insert("a")(tx);
    if (first) return fail(ErrorCode::kInternal, "should conflict");
    return insert("b")(tx);
  });
  EXPECT_TRUE(swallowed);
  EXPECT_EQ(items(), 2);
}

TEST_F(Sqlite, AReferenceToNothingFailsItsOperationNotTheGroup) {
  ASSERT_TRUE(db_->write_sync([](Tx& tx) {
    return tx.script(
        "CREATE TABLE part(item TEXT REFERENCES item(key), late TEXT REFERENCES item(key) DEFERRABLE INITIALLY DEFERRED)");
  }));
  const auto part = [](Tx& tx) -> Result<void> {
    auto done = tx.exec("INSERT INTO part(late) VALUES($1)", {std::string("nothing")});
    if (!done) return fail(std::move(done.error()));
    return {};
  };
  EXPECT_EQ(db_->write_sync(part).error().code, ErrorCode::kConflict);
  EXPECT_EQ(db_->write_sync([](Tx& tx) { return tx.script("INSERT INTO part(item) VALUES('nothing')"); }).error().code,
            ErrorCode::kConflict);
  IoThread io;
  std::future<Result<void>> bad;
  std::future<Result<void>> good;
  {
    Gate gate(*db_);
    bad = io.start(write_one(db_.get(), part));
    good = io.start(write_one(db_.get(), insert("a")));
    while (db_->stats().waiting < 2) std::this_thread::yield();
  }
  EXPECT_EQ(bad.get().error().code, ErrorCode::kConflict);
  EXPECT_TRUE(good.get());
  EXPECT_EQ(number("SELECT count(*) FROM part"), 0);
}

TEST_F(Sqlite, WhatWasWrittenIsThereAfterReopening) {
  ASSERT_TRUE(db_->write_sync(insert("a", "kept")));
  open();
  EXPECT_EQ(number("SELECT count(*) FROM item WHERE value = 'kept'"), 1);
}

TEST_F(Sqlite, EveryKindOfValueComesBackAsItWent) {
  const std::string odd("电\0'\xff", 6);
  auto done = db_->write_sync([&](Tx& tx) -> Result<void> {
    auto rows = tx.query("SELECT $1, $2, $3, $4, $5, $6", {nullptr, std::int64_t{INT64_MIN}, 0.1, odd, Blob{odd}, std::string()},
                         [&](const Row& row) {
                           EXPECT_TRUE(row.is_null(0));
                           EXPECT_EQ(row.text(0), "");
                           EXPECT_EQ(row.maybe_text(0), std::nullopt);
                           EXPECT_EQ(row.maybe_integer(0), std::nullopt);
                           EXPECT_EQ(row.integer(1), INT64_MIN);
                           EXPECT_EQ(row.real(2), 0.1);
                           EXPECT_EQ(row.text(3), odd);
                           EXPECT_EQ(row.text(4), odd);
                           EXPECT_FALSE(row.is_null(5));
                           EXPECT_EQ(row.text(5), "");
                         });
    EXPECT_EQ(rows.value_or(-1), 1);
    return {};
  });
  EXPECT_TRUE(done);
}

using SqliteDeathTest = Sqlite;
TEST_F(SqliteDeathTest, ReadingNullAsANumberOrAColumnThatIsNotThereIsOurBug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto read = [this](int column) {
    return db_->read_sync([column](Tx& tx) -> Result<void> {
      auto rows = tx.query("SELECT NULL", {}, [column](const Row& row) { (void)row.integer(column); });
      if (!rows) return fail(std::move(rows.error()));
      return {};
    });
  };
  EXPECT_DEATH(EXPECT_TRUE(read(0)), "NULL read as an integer");
  EXPECT_DEATH(EXPECT_TRUE(read(1)), "no such column");
}

TEST_F(Sqlite, ParametersGoByTheirNumberNotByTheirOrder) {
  std::string out;
  auto done = db_->read_sync([&](Tx& tx) -> Result<void> {
    auto rows = tx.query("SELECT $2 || '-' || $10 || '-' || $1 || '-' || $2 || $3 || $4 || $5 || $6 || $7 || $8 || $9",
                         {std::string("1"), std::string("2"), std::string("3"), std::string("4"), std::string("5"),
                          std::string("6"), std::string("7"), std::string("8"), std::string("9"), std::string("10")},
                         [&](const Row& row) { out = row.text(0); });
    if (!rows) return fail(std::move(rows.error()));
    return {};
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(out, "2-10-1-23456789");
}

TEST_F(Sqlite, TextAtTheAddressOfAnEarlierStatementIsNotMistakenForIt) {
  auto done = db_->read_sync([&](Tx& tx) -> Result<void> {
    std::string sql;
    sql.reserve(64);
    for (std::int64_t i = 0; i < 2'000; ++i) {  // also runs the cache over its bound
      sql = "SELECT " + std::to_string(i);
      std::int64_t got = -1;
      auto rows = tx.query(sql, {}, [&](const Row& row) { got = row.integer(0); });
      if (!rows) return fail(std::move(rows.error()));
      EXPECT_EQ(got, i);
    }
    return {};
  });
  EXPECT_TRUE(done);
}

TEST_F(Sqlite, AQueryMayRunTheSameStatementInside) {
  ASSERT_TRUE(db_->write_sync(insert("a")));
  ASSERT_TRUE(db_->write_sync(insert("b")));
  std::string out;
  auto done = db_->write_sync([&](Tx& tx) -> Result<void> {
    static constexpr std::string_view kSql = "SELECT key FROM item WHERE key >= $1 ORDER BY key";
    auto rows = tx.query(kSql, {std::string("a")}, [&](const Row& outer) {
      out += outer.text(0) + ":";
      auto inner = tx.query(kSql, {outer.text(0)}, [&](const Row& row) { out += row.text(0); });
      EXPECT_TRUE(inner);
      out += " ";
    });
    if (!rows) return fail(std::move(rows.error()));
    return {};
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(out, "a:ab b:b ");
}

TEST_F(Sqlite, ExecCountsTheRowsOfItsOwnStatement) {
  auto done = db_->write_sync([&](Tx& tx) -> Result<void> {
    EXPECT_EQ(tx.exec("INSERT INTO item(key) VALUES('a'),('b'),('c')").value_or(-1), 3);
    EXPECT_EQ(tx.exec("CREATE TABLE other(x BIGINT)").value_or(-1), 0);
    EXPECT_EQ(tx.exec("UPDATE item SET value = 'x' WHERE key <> $1", {std::string("a")}).value_or(-1), 2);
    EXPECT_EQ(tx.exec("SELECT * FROM item").value_or(-1), 0);
    EXPECT_EQ(tx.exec("INSERT INTO item(key) VALUES('a') ON CONFLICT DO NOTHING").value_or(-1), 0);
    EXPECT_EQ(tx.query("DELETE FROM item WHERE key <> 'a' RETURNING key", {}, {}).value_or(-1), 2);
    return {};
  });
  EXPECT_TRUE(done);
}

TEST_F(Sqlite, AStatementWithAMistakeIsInternalAndSaysWhichInTheDetail) {
  for (const auto* sql : {"SELEC 1", "SELECT ?", "SELECT :x", "SELECT $2", "SELECT $1", "SELECT 1; SELECT 2", "", "-- nothing"}) {
    const auto done = db_->write_sync([&](Tx& tx) -> Result<void> {
      auto rows = tx.exec(sql);
      if (!rows) return fail(std::move(rows.error()));
      return {};
    });
    ASSERT_FALSE(done) << sql;
    EXPECT_EQ(done.error().code, ErrorCode::kInternal) << sql;
    EXPECT_NE(done.error().detail.find(sql), std::string::npos) << done.error().detail;
  }
  EXPECT_TRUE(db_->write_sync(insert("a")));
}

TEST_F(Sqlite, AReadCannotWrite) {
  const auto done = db_->read_sync(insert("a"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kInternal);
  EXPECT_EQ(items(), 0);
}

TEST_F(Sqlite, AReadSeesOneSnapshotWhateverIsWrittenMeanwhile) {
  std::int64_t before = -1;
  std::int64_t after = -1;
  auto done = db_->read_sync([&](Tx& tx) -> Result<void> {
    static constexpr std::string_view kCount = "SELECT count(*) FROM item";
    auto first = tx.query(kCount, {}, [&](const Row& row) { before = row.integer(0); });
    EXPECT_TRUE(first);
    EXPECT_TRUE(db_->write_sync(insert("a")));
    auto second = tx.query(kCount, {}, [&](const Row& row) { after = row.integer(0); });
    EXPECT_TRUE(second);
    return {};
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(before, 0);
  EXPECT_EQ(after, 0);
  EXPECT_EQ(items(), 1);
}

TEST_F(Sqlite, AReadThatThrowsLeavesTheReaderUsable) {
  open({.readers = 1});
  const auto thrown = db_->read_sync([](Tx& tx) -> Result<void> {
    auto rows = tx.query("SELECT 1", {}, [](const Row&) { throw std::runtime_error("a bug"); });
    return {};
  });
  EXPECT_EQ(thrown.error().code, ErrorCode::kInternal);
  EXPECT_EQ(number("SELECT 1"), 1);
}

TEST_F(Sqlite, AFullDiskFailsTheWholeGroupWithARetryAndAfterwardsItWorks) {
  const auto limit_pages = [this](const std::string& pages) {
    return db_->write_sync([&](Tx& tx) { return tx.script("PRAGMA max_page_count=" + pages); });
  };
  ASSERT_TRUE(limit_pages("4"));
  IoThread io;
  std::vector<std::future<Result<void>>> results;
  {
    Gate gate(*db_);
    results.push_back(io.start(write_one(db_.get(), insert("small"))));
    results.push_back(io.start(write_one(db_.get(), insert("large", std::string(100'000, 'x')))));
    results.push_back(io.start(write_one(db_.get(), insert("small too"))));
    while (db_->stats().waiting < results.size()) std::this_thread::yield();
  }
  std::size_t stored = 0;
  for (auto& result : results) {
    const auto done = result.get();
    if (done) {
      ++stored;
    } else {
      EXPECT_EQ(done.error().code, ErrorCode::kIo) << done.error().detail;
      EXPECT_TRUE(done.error().retry());
    }
  }
  EXPECT_EQ(items(), static_cast<std::int64_t>(stored));  // what was said is what is there
  EXPECT_LT(stored, results.size());
  ASSERT_TRUE(limit_pages("1000000"));
  EXPECT_TRUE(db_->write_sync(insert("large", std::string(100'000, 'x'))));
}

TEST_F(Sqlite, AnOperationThatSwallowsAFullDiskCannotWriteOutsideATransaction) {
  ASSERT_TRUE(db_->write_sync([](Tx& tx) { return tx.script("PRAGMA max_page_count=4"); }));
  ErrorCode second = ErrorCode::kInternal;
  const auto done = db_->write_sync([&](Tx& tx) -> Result<void> {
    const auto swallowed = insert("large", std::string(100'000, 'x'))(tx);
    EXPECT_FALSE(swallowed);
    const auto outside = insert("small")(tx);
    if (!outside) second = outside.error().code;
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kIo);
  EXPECT_EQ(second, ErrorCode::kIo);
  EXPECT_EQ(items(), 0);
}

TEST_F(Sqlite, ClosingFinishesWhatWasAccepted) {
  IoThread io;
  std::vector<std::future<Result<void>>> results;
  std::thread closer;
  {
    Gate gate(*db_);
    for (int i = 0; i < 10; ++i) results.push_back(io.start(write_one(db_.get(), insert(std::to_string(i)))));
    while (db_->stats().waiting < 10) std::this_thread::yield();
    closer = std::thread([this] { db_.reset(); });
  }
  closer.join();
  for (auto& result : results) EXPECT_TRUE(result.get());
  open();
  EXPECT_EQ(items(), 10);
}

asio::awaitable<Result<std::string>> put_and_read_back(Database* db) {
  auto id = co_await write_returning<std::string>(*db, [](Tx& tx) -> Result<std::string> {
    if (auto done = insert("k", "v1")(tx); !done) return fail(std::move(done.error()));
    return std::string("k");
  });
  if (!id) co_return fail(std::move(id.error()));
  co_return co_await read_returning<std::string>(*db, [key = *id](Tx& tx) -> Result<std::string> {
    std::string value;
    auto rows = tx.query("SELECT value FROM item WHERE key = $1", {key}, [&](const Row& row) { value = row.text(0); });
    if (!rows) return fail(std::move(rows.error()));
    if (*rows == 0) return fail(ErrorCode::kNotFound, "no such item");
    return value;
  });
}

TEST_F(Sqlite, WriteReturningAndReadReturningGiveValues) {
  IoThread io;
  EXPECT_EQ(io.start(put_and_read_back(db_.get())).get().value_or(""), "v1");
}

TEST_F(Sqlite, ACheckpointFoldsTheLogIntoTheFile) {
  ASSERT_TRUE(db_->write_sync(insert("a", std::string(50'000, 'x'))));
  ASSERT_GT(std::filesystem::file_size(folder_.file() + "-wal"), 50'000U);
  ASSERT_TRUE(db_->checkpoint());
  EXPECT_EQ(std::filesystem::file_size(folder_.file() + "-wal"), 0U);
  EXPECT_GT(std::filesystem::file_size(folder_.file()), 50'000U);
}

TEST_F(Sqlite, TheLogIsFoldedInByItselfAndDoesNotGrowForEver) {
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(db_->write_sync(insert(std::to_string(i), std::string(4'000'000, 'x'))));
  EXPECT_LT(std::filesystem::file_size(folder_.file() + "-wal"), 30'000'000U);
  EXPECT_EQ(items(), 12);
}

TEST(RequestQueue, AfterClosingNothingIsAcceptedAndWhatWaitsIsStillGiven) {
  RequestQueue queue(10);
  int completed = 0;
  const auto request = [&] {
    Request made;
    made.op = [](Tx&) -> Result<void> { return {}; };
    made.complete = [&completed](Result<void>) { ++completed; };
    return made;
  };
  auto first = request();
  ASSERT_TRUE(queue.put(first));
  queue.close();
  auto late = request();
  const auto refused = queue.put(late);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  late.finish(fail(refused.error()));
  EXPECT_EQ(completed, 1);
  EXPECT_EQ(queue.take(5).size(), 1U);
  EXPECT_TRUE(queue.take(5).empty());
}

TEST(SqliteOpen, AFolderThatDoesNotExistIsNamed) {
  const auto opened = open_sqlite({.path = "/nowhere/at/all.db"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kIo);
  EXPECT_NE(opened.error().message.find("/nowhere/at/all.db"), std::string::npos) << opened.error().message;
}

TEST(SqliteOpen, AFileThatIsNoDatabaseIsRefused) {
  TempFolder folder;
  std::FILE* file = std::fopen(folder.file().c_str(), "w");
  ASSERT_NE(file, nullptr);
  for (int i = 0; i < 1000; ++i) std::fputs("this is not a database ", file);
  std::fclose(file);
  const auto opened = open_sqlite({.path = folder.file()});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kIo);
}

TEST(SqliteOpen, AStoreThatCannotKeepALogIsRefusedAndSaysWhatToDo) {
  const auto opened = open_sqlite({.path = ":memory:"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kInvalid);
  EXPECT_NE(opened.error().message.find("local disk"), std::string::npos) << opened.error().message;
}

}  // namespace
}  // namespace usher::sql
