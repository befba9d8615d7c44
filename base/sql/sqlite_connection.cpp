#include "base/sql/sqlite_connection.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

namespace usher::sql {

namespace {

constexpr std::size_t kMaxCachedStatements = 1024;

Error malformed(std::string_view why, std::string_view sql) {
  return {ErrorCode::kInternal, "a database statement is malformed", fmt::format("{}: {}", why, sql)};
}

}  // namespace

SqliteConnection::SqliteConnection(Mode mode) : mode_(mode) {}

SqliteConnection::~SqliteConnection() {
  shortcuts_.fill({});
  statements_.clear();  // before the connection they belong to
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const Options& options, Mode mode) {
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(mode));
  // NOMUTEX: a connection is never used by two threads at once, SQLite need not lock it.
  const int flags = SQLite::OPEN_NOMUTEX | (mode == Mode::kWriter ? SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE
                                                                  : SQLite::OPEN_READONLY | SQLite::OPEN_URI);
  try {
    connection->database_ =
        std::make_unique<SQLite::Database>(options.path, flags, static_cast<int>(options.busy_timeout.count()));
    connection->handle_ = connection->database_->getHandle();
    sqlite3_extended_result_codes(connection->handle_, 1);
    if (auto done = connection->configure(options); !done) return fail(std::move(done.error()));
  } catch (const SQLite::Exception& e) {
    const int code = e.getErrorCode() & 0xff;
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
      return fail(ErrorCode::kBusy, fmt::format("the database {} is locked by another process; try again", options.path),
                  e.what());
    }
    return fail(ErrorCode::kIo,
                fmt::format("the database {} cannot be opened: {}; check that the folder exists, is writable and has space",
                            options.path, e.what()));
  }
  return connection;
}

Result<void> SqliteConnection::configure(const Options& options) {
  auto& db = *database_;
  if (mode_ == Mode::kReader) {
    db.exec("PRAGMA query_only=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-4096");
    return {};
  }
  const std::string mode = db.execAndGet("PRAGMA journal_mode=WAL").getString();
  db.exec(options.unsafe_durability ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=FULL");
  // Checkpoints are our own affair (checkpointer.h; wal_autocheckpoint=0): SQLite's own would delay a commit's answer and would
  // swallow a failing fsync. No mmap_size: a read error of a mapped page is a SIGBUS instead of a result code.
  db.exec(
      "PRAGMA foreign_keys=ON; PRAGMA secure_delete=OFF; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384;"
      "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864");
  if (mode != "wal") {
    return fail(
        ErrorCode::kInvalid,
        fmt::format("the database {} cannot use a write-ahead log (journal_mode is '{}'): a crash could lose accepted messages; "
                    "put the data folder on a local disk, not on a network file system or in memory",
                    options.path, mode));
  }
  constexpr int kFull = 2;
  const int synchronous = db.execAndGet("PRAGMA synchronous").getInt();
  if (!options.unsafe_durability && synchronous != kFull) {
    return fail(
        ErrorCode::kInvalid,
        fmt::format("the database {} does not accept synchronous=FULL (it says {}): a power cut could lose accepted messages; "
                    "use a SQLite library that honours it",
                    options.path, synchronous));
  }
  const std::string verdict = options.check_integrity ? db.execAndGet("PRAGMA quick_check(1)").getString() : "ok";
  if (verdict != "ok") {
    return fail(ErrorCode::kIo, fmt::format("the database {} is damaged: {}; restore it from a backup", options.path, verdict));
  }
  sqlite3_wal_hook(
      handle_,
      [](void* self, sqlite3*, const char*, int frames) {
        static_cast<SqliteConnection*>(self)->wal_frames_ = frames;
        return SQLITE_OK;
      },
      this);
  return {};
}

Result<std::unique_ptr<SqliteStatement>> SqliteConnection::prepare(std::string_view sql) {
  int code = SQLITE_OK;
  auto made = SqliteStatement::prepare(handle_, sql, code);
  if ((code & 0xff) == SQLITE_IOERR) io_error_ = code;  // preparing reads the schema from disk
  if (code != SQLITE_OK) return fail(to_error(code, sql));
  if (!made->problem().empty()) return fail(malformed(made->problem(), sql));
  return made;
}

SqliteStatement* SqliteConnection::cached(std::string_view sql) {
  const auto address = reinterpret_cast<std::uintptr_t>(sql.data());
  auto& shortcut = shortcuts_[(address >> 3 ^ address >> 11) % shortcuts_.size()];
  if (shortcut.address == sql.data() && shortcut.size == sql.size() && shortcut.statement->text() == sql)
    return shortcut.statement;
  const auto found = statements_.find(sql);
  if (found == statements_.end()) return nullptr;
  shortcut = {sql.data(), sql.size(), found->second.get()};
  return found->second.get();
}

void SqliteConnection::forget_idle_statements() {
  shortcuts_.fill({});
  std::erase_if(statements_, [](const auto& entry) { return !entry.second->in_use(); });
}

Result<StatementLease> SqliteConnection::lease(std::string_view sql, const Params& params) {
  SqliteStatement* statement = cached(sql);
  std::unique_ptr<SqliteStatement> own;
  if (statement == nullptr || statement->in_use()) {
    auto made = prepare(sql);
    if (!made) return fail(std::move(made.error()));
    if (statement != nullptr) {
      own = std::move(*made);
    } else {
      if (statements_.size() >= kMaxCachedStatements) forget_idle_statements();
      statement = made->get();
      statements_.emplace(statement->text(), std::move(*made));
    }
  }
  StatementLease held = own ? StatementLease(std::move(own)) : StatementLease(statement);
  if (params.size() != held->parameters()) {
    return fail(malformed(fmt::format("{} values for {} parameters", params.size(), held->parameters()), sql));
  }
  if (const int code = held->bind(params); code != SQLITE_OK) return fail(to_error(code, sql));
  return held;
}

int SqliteConnection::step(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  if ((code & 0xff) == SQLITE_IOERR) io_error_ = code;
  return code;
}

Result<std::int64_t> SqliteConnection::exec(std::string_view sql, const Params& params) {
  // Without this, a statement after SQLite's own roll-back would run, and commit, outside any transaction.
  if (!in_transaction()) return fail(ErrorCode::kIo, "the transaction was rolled back; try again", std::string(sql));
  auto held = lease(sql, params);
  if (!held) return fail(std::move(held.error()));
  const auto before = sqlite3_total_changes64(handle_);
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = step((*held)->handle());
  if (code != SQLITE_DONE) return fail(to_error(code, sql));
  // changes() keeps the count of an earlier statement when this one is not an INSERT, UPDATE or DELETE.
  return sqlite3_total_changes64(handle_) == before ? 0 : sqlite3_changes64(handle_);
}

Result<std::int64_t> SqliteConnection::query(std::string_view sql, const Params& params,
                                             const std::function<void(const Row&)>& each) {
  if (!in_transaction()) return fail(ErrorCode::kIo, "the transaction was rolled back; try again", std::string(sql));
  auto held = lease(sql, params);
  if (!held) return fail(std::move(held.error()));
  std::int64_t rows = 0;
  for (;;) {
    const int code = step((*held)->handle());
    if (code == SQLITE_DONE) return rows;
    if (code != SQLITE_ROW) return fail(to_error(code, sql));
    ++rows;
    if (each) each(SqliteRow((*held)->handle()));
  }
}

Result<void> SqliteConnection::script(std::string_view sql) {
  const std::string text(sql);
  const char* rest = text.c_str();
  while (!is_blank_sql(rest)) {
    if (!in_transaction()) return fail(ErrorCode::kIo, "the transaction was rolled back; try again", text);
    sqlite3_stmt* statement = nullptr;
    int code = sqlite3_prepare_v2(handle_, rest, -1, &statement, &rest);
    if (code == SQLITE_OK && statement == nullptr) break;  // only a comment was left
    if (code == SQLITE_OK) {
      code = SQLITE_ROW;
      while (code == SQLITE_ROW) code = step(statement);
    }
    const bool good = code == SQLITE_OK || code == SQLITE_DONE;
    Error error = good ? Error{} : to_error(code, text);  // before finalize, which may change the message
    sqlite3_finalize(statement);
    if (!good) return fail(std::move(error));
  }
  return {};
}

int SqliteConnection::control(std::string_view sql) {
  auto held = lease(sql, {});
  if (!held) return sqlite3_extended_errcode(handle_);
  const int code = step((*held)->handle());
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

bool SqliteConnection::in_transaction() const {
  return sqlite3_get_autocommit(handle_) == 0;
}

bool SqliteConnection::has_deferred_violations() const {
  int now = 0;
  int unused = 0;
  return sqlite3_db_status(handle_, SQLITE_DBSTATUS_DEFERRED_FKS, &now, &unused, 0) == SQLITE_OK && now != 0;
}

int SqliteConnection::take_io_error() {
  return std::exchange(io_error_, 0);
}

int SqliteConnection::checkpoint(bool truncate, int* copied) {
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
                                             nullptr, copied);
  if (code == SQLITE_OK && truncate) wal_frames_ = 0;
  return code == SQLITE_OK ? SQLITE_OK : sqlite3_extended_errcode(handle_);
}

Error SqliteConnection::to_error(int code, std::string_view what) const {
  std::string detail = fmt::format("SQLite {}: {} ({})", code, sqlite3_errmsg(handle_), what);
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      return {ErrorCode::kConflict, "the database refused the change: it exists already or breaks a rule", std::move(detail)};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kBusy, "the database is locked by another process; try again", std::move(detail)};
    case SQLITE_FULL:
      return {ErrorCode::kIo, "disk full: the change was not stored; free some space and try again", std::move(detail)};
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return {ErrorCode::kIo, "the disk reports an error", std::move(detail)};
    case SQLITE_READONLY:
      if (mode_ == Mode::kWriter) return {ErrorCode::kIo, "the database file is read-only", std::move(detail)};
      return {ErrorCode::kInternal, "a read operation tried to write", std::move(detail)};
    case SQLITE_TOOBIG:
      return {ErrorCode::kTooLarge, "a value is too large for the database", std::move(detail)};
    default:
      return {ErrorCode::kInternal, "the database failed", std::move(detail)};
  }
}

}  // namespace usher::sql
