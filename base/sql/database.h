// One small database interface. SQLite stands behind it today (sqlite.cpp); PostgreSQL will stand beside it.
//
// Writes: an operation is a function over a Tx. All writes go through one writer thread which takes everything that is waiting,
// runs each operation inside a savepoint, and commits them together: one fsync for many (group commit). A write's result is
// delivered only after that COMMIT returned, so "it completed" means "it is on disk" (WAL, synchronous=FULL, checked at open).
// An operation that returns an Error is rolled back alone; the others of its group stand.
// A COMMIT that fails on I/O ends the process at once (exit code 74): a second fsync may falsely succeed (reliability.md §0.4).
//
// Reads: run on a small pool of reader threads, each with its own WAL connection; they see the last commit before they began.
//
// SQL text is one dialect for both engines: $1, $2 … parameters; BIGINT/TEXT/BLOB/BOOLEAN; ON CONFLICT; RETURNING; app-made ids
// and millisecond timestamps. Statements are prepared once per connection and cached by the address of their text: pass literals.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"

namespace usher::sql {

// What a parameter is: a view. The caller's strings, temporaries of the same expression included, are read where they lie.
struct Blob {
  std::string_view bytes;
};
using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string_view, Blob>;
using Params = std::initializer_list<Value>;

// One result row; columns by position, 0-based. Wrong position or a NULL read as non-optional is our bug and aborts.
class Row {
 public:
  virtual ~Row() = default;
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual double real(int column) const = 0;
  virtual std::string text(int column) const = 0;  // TEXT or BLOB bytes; empty for NULL
  std::optional<std::string> maybe_text(int column) const {
    if (is_null(column)) return std::nullopt;
    return text(column);
  }
  std::optional<std::int64_t> maybe_integer(int column) const {
    if (is_null(column)) return std::nullopt;
    return integer(column);
  }
};

// A transaction's view. Valid only inside the operation it is passed to. Errors: kConflict (a constraint), kIo, kInternal.
class Tx {
 public:
  virtual ~Tx() = default;
  // Rows changed.
  virtual Result<std::int64_t> exec(std::string_view sql, const Params& params = {}) = 0;
  // Calls `each` per row; returns the number of rows.
  virtual Result<std::int64_t> query(std::string_view sql, const Params& params, const std::function<void(const Row&)>& each) = 0;
  // Several statements without parameters, one after the other, not cached: migrations and tests.
  virtual Result<void> script(std::string_view sql) = 0;
};

using Op = std::move_only_function<Result<void>(Tx&)>;

struct Options {
  std::string path;  // database file; its folder must exist
  int readers = 2;
  std::size_t max_waiting_writes = 8192;         // beyond it: kBusy at once
  std::chrono::milliseconds busy_timeout{2000};  // waiting for a lock held by another process, then kBusy
  bool unsafe_durability = false;                // tests of the canary only: synchronous=OFF
  bool check_integrity = true;                   // quick_check at open: reads the whole file
};

class Database {
 public:
  virtual ~Database() = default;  // finishes accepted writes, closes

  // Completes on the caller's executor after COMMIT, or with the operation's error. Capture results by shared state or use
  // write_returning.
  virtual boost::asio::awaitable<Result<void>> write(Op op) = 0;
  virtual boost::asio::awaitable<Result<void>> read(Op op) = 0;
  // For the command line, tests and start-up. Never from an I/O thread.
  virtual Result<void> write_sync(Op op) = 0;
  virtual Result<void> read_sync(Op op) = 0;

  struct Stats {
    std::uint64_t commits = 0;
    std::uint64_t operations = 0;
    std::size_t waiting = 0;
    std::chrono::microseconds last_commit{};
  };
  virtual Stats stats() const = 0;
  // PRAGMA wal_checkpoint(TRUNCATE): at drain.
  virtual Result<void> checkpoint() = 0;
};

// Opens or creates the file (destroy the Database before the io_contexts its callers run on), sets WAL and synchronous=FULL,
// verifies both by reading them back, runs quick_check (options.check_integrity). Errors: kIo with the path and reason; kBusy
// when another process holds it; kInvalid when the pragmas do not hold (network file system).
Result<std::unique_ptr<Database>> open_sqlite(Options options);

// A schema step: `number` rises by one, `sql` may hold several statements; applied in one transaction each, recorded in
// schema_migrations(number, name, checksum, applied_at). Gives the number of steps applied now. Refused with kInvalid before
// anything is changed: an applied step whose text changed, and a database that has a step this program does not know.
struct Migration {
  int number;
  std::string_view name;
  std::string_view sql;
};
Result<int> migrate(Database& database, std::span<const Migration> migrations, std::int64_t now_millis);

namespace detail {
template <class T, class F>
Op keep_value(std::shared_ptr<std::optional<T>> out, F operation) {
  return [out = std::move(out), operation = std::move(operation)](Tx& tx) mutable -> Result<void> {
    auto r = operation(tx);
    if (!r) return fail(std::move(r.error()));
    *out = std::move(*r);
    return {};
  };
}
template <class T>
boost::asio::awaitable<Result<T>> value_after(boost::asio::awaitable<Result<void>> running,
                                              std::shared_ptr<std::optional<T>> out) {
  auto done = co_await std::move(running);
  if (!done) co_return fail(std::move(done.error()));
  co_return std::move(**out);
}
}  // namespace detail

// write/read that give a value:  auto id = co_await write_returning<std::string>(db, [..](Tx& tx) -> Result<std::string> {..});
// Lazy like every awaitable: nothing is queued before it is awaited.
template <class T, class F>
boost::asio::awaitable<Result<T>> write_returning(Database& database, F operation) {
  auto out = std::make_shared<std::optional<T>>();
  return detail::value_after<T>(database.write(detail::keep_value<T>(out, std::move(operation))), out);
}
template <class T, class F>
boost::asio::awaitable<Result<T>> read_returning(Database& database, F operation) {
  auto out = std::make_shared<std::optional<T>>();
  return detail::value_after<T>(database.read(detail::keep_value<T>(out, std::move(operation))), out);
}

}  // namespace usher::sql
