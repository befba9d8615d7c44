// One SQLite connection as a Tx: prepared statements cached by their text, $n parameters bound by number, result codes as Errors.
// Internal to base/sql. Used by one thread at a time, owned by sqlite.cpp, which decides about BEGIN, SAVEPOINT and COMMIT.
#pragma once
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "base/sql/database.h"
#include "base/sql/sqlite_statement.h"

namespace SQLite {
class Database;
}

namespace usher::sql {

class SqliteConnection final : public Tx {
 public:
  enum class Mode : std::uint8_t { kWriter, kReader };
  // kWriter creates the file, sets and verifies WAL and synchronous=FULL, runs quick_check. kReader opens an existing file
  // read-only.
  static Result<std::unique_ptr<SqliteConnection>> open(const Options& options, Mode mode);
  ~SqliteConnection() override;
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  Result<std::int64_t> exec(std::string_view sql, const Params& params) override;
  Result<std::int64_t> query(std::string_view sql, const Params& params, const std::function<void(const Row&)>& each) override;
  Result<void> script(std::string_view sql) override;

  // BEGIN, SAVEPOINT, COMMIT …: a literal, cached, allowed outside a transaction. Returns SQLite's extended result code.
  int control(std::string_view sql);
  // False after COMMIT, and also when SQLite rolled everything back by itself (disk full, out of memory).
  bool in_transaction() const;
  // Foreign keys that are checked at COMMIT and do not hold now.
  bool has_deferred_violations() const;
  // The worst thing since the last call: an I/O error code, else 0. An operation may have swallowed the Error it was given.
  int take_io_error();
  // Frames in the WAL after the last commit.
  int wal_frames() const { return wal_frames_; }
  // wal_checkpoint; `truncate` waits for readers and shortens the file to nothing. `copied`: how many of the log's frames are in
  // the database file now. Returns SQLite's extended result code.
  int checkpoint(bool truncate, int* copied = nullptr);

  // `code` is an extended result code of this connection's last call; `what` is the statement, for the log.
  Error to_error(int code, std::string_view what) const;

 private:
  explicit SqliteConnection(Mode mode);
  Result<void> configure(const Options& options);
  SqliteStatement* cached(std::string_view sql);
  Result<std::unique_ptr<SqliteStatement>> prepare(std::string_view sql);
  Result<StatementLease> lease(std::string_view sql, const Params& params);
  int step(sqlite3_stmt* statement);
  void forget_idle_statements();

  // Two ways in: by the address of a literal (checked against the text, an address may be reused), then by the text itself.
  struct Shortcut {
    const char* address = nullptr;
    std::size_t size = 0;
    SqliteStatement* statement = nullptr;
  };
  Mode mode_;
  std::unique_ptr<SQLite::Database> database_;
  sqlite3* handle_ = nullptr;
  std::unordered_map<std::string_view, std::unique_ptr<SqliteStatement>> statements_;
  std::array<Shortcut, 256> shortcuts_{};
  int io_error_ = 0;
  int wal_frames_ = 0;
};

}  // namespace usher::sql
