// What the database layer costs: one statement, one message-sized operation alone, and durable operations per second in groups.
// Usage: sql_bench [FOLDER]   the folder is on the disk to be measured; default: the current one.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <future>
#include <string>

#include <fmt/format.h>
#include <sys/resource.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "base/clock.h"
#include "base/id.h"
#include "base/sql/database.h"

namespace {

using namespace usher;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

constexpr const char* kSchema =
    "CREATE TABLE ledger(id TEXT PRIMARY KEY, channel TEXT, dedup TEXT, body TEXT, at BIGINT);"
    "CREATE UNIQUE INDEX ledger_dedup ON ledger(channel, dedup);"
    "CREATE TABLE conversation(id TEXT PRIMARY KEY, version BIGINT, state TEXT, at BIGINT);"
    "CREATE TABLE contact(address TEXT PRIMARY KEY, name TEXT, at BIGINT);"
    "CREATE TABLE outbox(id TEXT PRIMARY KEY, state TEXT, next_at BIGINT, payload TEXT);"
    "CREATE INDEX outbox_due ON outbox(state, next_at);"
    "CREATE TABLE figure(name TEXT PRIMARY KEY, value BIGINT);"
    "CREATE TABLE audit(id TEXT PRIMARY KEY, what TEXT, at BIGINT)";

void must(const Result<void>& done) {
  if (done) return;
  fmt::print(stderr, "failed: {} {}\n", done.error().message, done.error().detail);
  std::exit(1);
}

// The six statements of one accepted message.
Result<void> accept(sql::Tx& tx, std::int64_t n) {
  const auto now = system_clock().now();
  const auto at = to_millis(now);
  const std::string conversation = fmt::format("c{}", n % 1000);
  const std::string body(300, 'x');
  if (auto r = tx.exec("INSERT INTO ledger(id, channel, dedup, body, at) VALUES($1, $2, $3, $4, $5)",
                       {make_uuid_v7(now), std::string("webchat"), fmt::format("d{}", n), body, at});
      !r) {
    return fail(r.error());
  }
  if (auto r = tx.exec("INSERT INTO conversation(id, version, state, at) VALUES($1, 1, $2, $3) "
                       "ON CONFLICT(id) DO UPDATE SET version = version + 1, state = $2, at = $3",
                       {conversation, body, at});
      !r) {
    return fail(r.error());
  }
  if (auto r = tx.exec("INSERT INTO contact(address, name, at) VALUES($1, $2, $3) ON CONFLICT(address) DO UPDATE SET at = $3",
                       {conversation, std::string("Ana"), at});
      !r) {
    return fail(r.error());
  }
  if (auto r =
          tx.exec("INSERT INTO outbox(id, state, next_at, payload) VALUES($1, 'pending', $2, $3)", {make_uuid_v7(now), at, body});
      !r) {
    return fail(r.error());
  }
  if (auto r = tx.exec("INSERT INTO figure(name, value) VALUES('accepted', 1) ON CONFLICT(name) DO UPDATE SET value = value + 1");
      !r) {
    return fail(r.error());
  }
  if (auto r = tx.exec("INSERT INTO audit(id, what, at) VALUES($1, $2, $3)", {make_uuid_v7(now), std::string("accepted"), at});
      !r) {
    return fail(r.error());
  }
  return {};
}

boost::asio::awaitable<void> client(sql::Database* database, std::int64_t first, std::int64_t count) {
  for (std::int64_t n = first; n < first + count; ++n) {
    must(co_await database->write([n](sql::Tx& tx) { return accept(tx, n); }));
  }
}

void statements(sql::Database& database) {
  constexpr int kRuns = 300'000;
  must(database.write_sync([](sql::Tx& tx) -> Result<void> {
    if (auto made = tx.script("CREATE TABLE one(id BIGINT PRIMARY KEY, value TEXT)"); !made) return made;
    auto begin = Clock::now();
    for (std::int64_t i = 0; i < kRuns; ++i) {
      if (auto r = tx.exec("INSERT INTO one(id, value) VALUES($1, $2)", {i, std::string("value")}); !r) return fail(r.error());
    }
    fmt::print("insert, one statement     {:7.2f} us\n", seconds_since(begin) / kRuns * 1e6);
    begin = Clock::now();
    std::size_t bytes = 0;
    for (std::int64_t i = 0; i < kRuns; ++i) {
      auto r = tx.query("SELECT value FROM one WHERE id = $1", {i}, [&](const sql::Row& row) { bytes += row.text(0).size(); });
      if (!r) return fail(r.error());
    }
    fmt::print("select, one statement     {:7.2f} us\n", seconds_since(begin) / kRuns * 1e6);
    begin = Clock::now();
    for (std::int64_t i = 0; i < kRuns; ++i) {
      if (auto r = tx.exec("SELECT 1 WHERE $1 = 0", {i}); !r) return fail(r.error());
    }
    fmt::print("statement that does nothing {:5.2f} us\n", seconds_since(begin) / kRuns * 1e6);
    return {};
  }));
}

void operations(sql::Database& database) {
  constexpr std::int64_t kRuns = 20'000;
  must(database.write_sync([](sql::Tx& tx) -> Result<void> {
    const auto begin = Clock::now();
    for (std::int64_t i = 0; i < kRuns; ++i) {
      if (auto r = accept(tx, -1 - i); !r) return r;
    }
    fmt::print("six-statement operation   {:7.2f} us inside one transaction\n", seconds_since(begin) / kRuns * 1e6);
    return {};
  }));
}

void groups(sql::Database& database, std::int64_t clients, std::int64_t& next) {
  const std::int64_t each = std::max<std::int64_t>(20, 40'000 / std::max<std::int64_t>(clients, 8));
  boost::asio::io_context context(1);
  std::vector<std::future<void>> running;
  for (std::int64_t c = 0; c < clients; ++c, next += each) {
    running.push_back(boost::asio::co_spawn(context, client(&database, next, each), boost::asio::use_future));
  }
  const auto before = database.stats();
  const auto begin = Clock::now();
  const double cpu = cpu_seconds();
  context.run();
  const double took = seconds_since(begin);
  const auto total = static_cast<double>(clients * each);
  fmt::print("{:4} writers              {:7.0f} durable/s, {:5.1f} per commit, {:5.1f} us CPU each\n", clients, total / took,
             total / static_cast<double>(database.stats().commits - before.commits), (cpu_seconds() - cpu) / total * 1e6);
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path folder = std::filesystem::path(argc > 1 ? argv[1] : ".") / fmt::format("sql_bench.{}", ::getpid());
  std::filesystem::create_directory(folder);
  {
    auto database = sql::open_sqlite({.path = folder / "bench.db"});
    if (!database) {
      fmt::print(stderr, "{}\n", database.error().message);
      return 1;
    }
    must((*database)->write_sync([](sql::Tx& tx) { return tx.script(kSchema); }));
    statements(**database);
    operations(**database);
    std::int64_t next = 1;
    for (const std::int64_t clients : {1, 8, 64, 256}) groups(**database, clients, next);
  }
  std::filesystem::remove_all(folder);
}
