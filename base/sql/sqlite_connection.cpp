#include "base/sql/sqlite_connection.h"

#include <charconv>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "base/check.h"

namespace usher::sql {

// SQLiteCpp opens, closes and runs PRAGMAs. Statements go to the C interface: SQLiteCpp neither binds without copying from a
// string_view, nor keeps statements across calls, nor gives extended result codes without an exception.
struct SqliteConnection::Statement {
  std::string text;
  sqlite3_stmt* handle = nullptr;
  std::vector<int> index_of;  // SQLite's index of $1, $2 …: it numbers names in order of appearance
  bool in_use = false;

  Statement() = default;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { sqlite3_finalize(handle); }
};

// A statement while it runs. Reset on every way out, so that no cursor stays open across COMMIT.
struct SqliteConnection::Lease {
  Statement* statement = nullptr;
  std::unique_ptr<Statement> extra;  // the cached one was busy: a query inside a query of the same text

  Lease(Statement* s, std::unique_ptr<Statement> e) : statement(s), extra(std::move(e)) { statement->in_use = true; }
  Lease(Lease&& other) noexcept : statement(std::exchange(other.statement, nullptr)), extra(std::move(other.extra)) {}
  Lease& operator=(Lease&&) = delete;
  ~Lease() {
    if (statement == nullptr) return;
    sqlite3_reset(statement->handle);
    statement->in_use = false;
  }
};

namespace {

constexpr std::size_t kMaxCachedStatements = 1024;

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement), columns_(sqlite3_data_count(statement)) {}

  bool is_null(int column) const override { return type(column) == SQLITE_NULL; }
  std::int64_t integer(int column) const override {
    USHER_CHECK(type(column) != SQLITE_NULL, "NULL read as an integer");
    return sqlite3_column_int64(statement_, column);
  }
  double real(int column) const override {
    USHER_CHECK(type(column) != SQLITE_NULL, "NULL read as a number");
    return sqlite3_column_double(statement_, column);
  }
  std::string text(int column) const override {
    const int kind = type(column);
    if (kind == SQLITE_NULL) return {};
    const void* bytes = kind == SQLITE_BLOB ? sqlite3_column_blob(statement_, column)
                                            : static_cast<const void*>(sqlite3_column_text(statement_, column));
    const int size = sqlite3_column_bytes(statement_, column);
    if (bytes == nullptr || size <= 0) return {};
    return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
  }

 private:
  int type(int column) const {
    USHER_CHECK(column >= 0 && column < columns_, "no such column");
    return sqlite3_column_type(statement_, column);
  }
  sqlite3_stmt* statement_;
  int columns_;
};

int bind_value(sqlite3_stmt* statement, int index, const Value& value) {
  // SQLITE_STATIC: the caller's Params live until the statement is reset, and every parameter is bound anew before the next run.
  struct Visitor {
    sqlite3_stmt* statement;
    int index;
    int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, index); }
    int operator()(std::int64_t v) const { return sqlite3_bind_int64(statement, index, v); }
    int operator()(double v) const { return sqlite3_bind_double(statement, index, v); }
    int operator()(const std::string& v) const {
      return sqlite3_bind_text64(statement, index, v.data(), v.size(), nullptr, SQLITE_UTF8);
    }
    int operator()(const Blob& v) const { return sqlite3_bind_blob64(statement, index, v.bytes.data(), v.bytes.size(), nullptr); }
  };
  return std::visit(Visitor{statement, index}, value);
}

bool is_blank(std::string_view s) {
  return s.find_first_not_of(" \t\r\n;") == std::string_view::npos;
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
  const int flags =
      SQLite::OPEN_NOMUTEX | (mode == Mode::kWriter ? SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE : SQLite::OPEN_READONLY);
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
    db.exec("PRAGMA query_only=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384");
    return {};
  }
  const std::string mode = db.execAndGet("PRAGMA journal_mode=WAL").getString();
  db.exec(options.unsafe_durability ? "PRAGMA synchronous=OFF" : "PRAGMA synchronous=FULL");
  // Checkpoints are run by the writer between two groups (wal_autocheckpoint=0): SQLite's own would delay a commit's answer and
  // would swallow a failing fsync. No mmap_size: a read error of a mapped page is a SIGBUS instead of a result code.
  db.exec(
      "PRAGMA foreign_keys=ON; PRAGMA secure_delete=OFF; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536;"
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
  const std::string verdict = db.execAndGet("PRAGMA quick_check(1)").getString();
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

Result<std::unique_ptr<SqliteConnection::Statement>> SqliteConnection::prepare(std::string_view sql) {
  auto statement = std::make_unique<Statement>();
  statement->text = sql;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(handle_, statement->text.c_str(), static_cast<int>(statement->text.size() + 1),
                                      SQLITE_PREPARE_PERSISTENT, &statement->handle, &tail);
  if ((code & 0xff) == SQLITE_IOERR) io_error_ = code;  // preparing reads the schema from disk
  if (code != SQLITE_OK) return fail(to_error(code, sql));
  if (statement->handle == nullptr || !is_blank(tail)) {
    return fail(ErrorCode::kInternal, "a database statement is malformed", fmt::format("not exactly one statement: {}", sql));
  }
  const int count = sqlite3_bind_parameter_count(statement->handle);
  statement->index_of.assign(static_cast<std::size_t>(count), 0);
  for (int i = 1; i <= count; ++i) {
    const char* name = sqlite3_bind_parameter_name(statement->handle, i);
    const std::string_view digits = name != nullptr && *name == '$' ? name + 1 : "";
    std::size_t number = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || number < 1 ||
        number > statement->index_of.size()) {
      return fail(ErrorCode::kInternal, "a database statement is malformed",
                  fmt::format("parameters are not $1 to ${}: {}", count, sql));
    }
    statement->index_of[number - 1] = i;
  }
  return statement;
}

SqliteConnection::Statement* SqliteConnection::cached(std::string_view sql) {
  const auto address = reinterpret_cast<std::uintptr_t>(sql.data());
  auto& shortcut = shortcuts_[(address >> 3 ^ address >> 11) % shortcuts_.size()];
  if (shortcut.address == sql.data() && shortcut.size == sql.size() && shortcut.statement->text == sql) return shortcut.statement;
  const auto found = statements_.find(sql);
  if (found == statements_.end()) return nullptr;
  shortcut = {sql.data(), sql.size(), found->second.get()};
  return found->second.get();
}

void SqliteConnection::forget_idle_statements() {
  shortcuts_.fill({});
  std::erase_if(statements_, [](const auto& entry) { return !entry.second->in_use; });
}

Result<SqliteConnection::Lease> SqliteConnection::lease(std::string_view sql, const Params& params) {
  Statement* statement = cached(sql);
  std::unique_ptr<Statement> extra;
  if (statement == nullptr || statement->in_use) {
    auto made = prepare(sql);
    if (!made) return fail(std::move(made.error()));
    if (statement == nullptr) {
      if (statements_.size() >= kMaxCachedStatements) forget_idle_statements();
      statement = made->get();
      const std::string_view key = statement->text;
      statements_.emplace(key, std::move(*made));
    } else {
      extra = std::move(*made);
      statement = extra.get();
    }
  }
  Lease held(statement, std::move(extra));
  if (auto bound = bind(*statement, params); !bound) return fail(std::move(bound.error()));
  return held;
}

Result<void> SqliteConnection::bind(Statement& statement, const Params& params) const {
  if (params.size() != statement.index_of.size()) {
    return fail(ErrorCode::kInternal, "a database statement is malformed",
                fmt::format("{} values for {} parameters: {}", params.size(), statement.index_of.size(), statement.text));
  }
  for (std::size_t i = 0; i < params.size(); ++i) {
    const int code = bind_value(statement.handle, statement.index_of[i], params[i]);
    if (code != SQLITE_OK) return fail(to_error(code, statement.text));
  }
  return {};
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
  while (code == SQLITE_ROW) code = step(held->statement->handle);
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
    const int code = step(held->statement->handle);
    if (code == SQLITE_DONE) return rows;
    if (code != SQLITE_ROW) return fail(to_error(code, sql));
    ++rows;
    if (each) each(SqliteRow(held->statement->handle));
  }
}

Result<void> SqliteConnection::script(std::string_view sql) {
  const std::string text(sql);
  const char* rest = text.c_str();
  while (!is_blank(rest)) {
    if (!in_transaction()) return fail(ErrorCode::kIo, "the transaction was rolled back; try again", text);
    Statement statement;
    int code = sqlite3_prepare_v2(handle_, rest, -1, &statement.handle, &rest);
    if (code == SQLITE_OK && statement.handle == nullptr) break;  // only a comment was left
    if (code == SQLITE_OK) {
      code = SQLITE_ROW;
      while (code == SQLITE_ROW) code = step(statement.handle);
    }
    if (code != SQLITE_OK && code != SQLITE_DONE) return fail(to_error(code, text));
  }
  return {};
}

int SqliteConnection::control(std::string_view sql) {
  auto held = lease(sql, {});
  if (!held) return sqlite3_extended_errcode(handle_);
  const int code = step(held->statement->handle);
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

int SqliteConnection::checkpoint(bool truncate) {
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
                                             nullptr, nullptr);
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
