// A prepared SQLite statement, its lease while it runs, and its current row. Internal to base/sql; no thread of its own, used by
// the connection's. Straight on SQLite's C interface: SQLiteCpp neither binds without copying, nor gives extended result codes
// without an exception.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/sql/database.h"

struct sqlite3;
struct sqlite3_stmt;

namespace usher::sql {

class SqliteStatement {
 public:
  // `sql`: exactly one statement with the parameters $1 to $n. When preparing fails, handle() is null, `code` is SQLite's
  // extended result code; SQLITE_OK with problem() not empty means the text is not what we allow.
  static std::unique_ptr<SqliteStatement> prepare(sqlite3* connection, std::string_view sql, int& code);
  ~SqliteStatement();
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  const std::string& text() const { return text_; }
  sqlite3_stmt* handle() const { return handle_; }
  const std::string& problem() const { return problem_; }
  std::size_t parameters() const { return index_of_.size(); }
  bool in_use() const { return in_use_; }
  // Without copying: `params` must live until the statement is reset. As many values as parameters(). Extended result code.
  int bind(const Params& params);

 private:
  friend class StatementLease;
  explicit SqliteStatement(std::string_view sql) : text_(sql) {}
  std::string number_parameters();

  std::string text_;
  sqlite3_stmt* handle_ = nullptr;
  std::vector<int> index_of_;  // SQLite's index of $1, $2 …: it numbers names in order of appearance
  std::string problem_;
  bool in_use_ = false;
};

// A statement while it runs. Reset on every way out, so that no cursor stays open across COMMIT.
class StatementLease {
 public:
  explicit StatementLease(SqliteStatement* cached);
  explicit StatementLease(
      std::unique_ptr<SqliteStatement> own);  // the cached one is busy: a query inside a query of the same text
  StatementLease(StatementLease&& other) noexcept;
  StatementLease& operator=(StatementLease&&) = delete;
  ~StatementLease();
  SqliteStatement* operator->() const { return statement_; }

 private:
  std::unique_ptr<SqliteStatement> own_;
  SqliteStatement* statement_;
};

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement);
  bool is_null(int column) const override;
  std::int64_t integer(int column) const override;
  double real(int column) const override;
  std::string text(int column) const override;

 private:
  int type(int column) const;
  sqlite3_stmt* statement_;
  int columns_;
};

// Nothing but white space and semicolons.
bool is_blank_sql(std::string_view sql);

}  // namespace usher::sql
