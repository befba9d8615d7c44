#include "base/sql/sqlite_statement.h"

#include <charconv>

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/check.h"

namespace usher::sql {
namespace {

// A null destructor is SQLITE_STATIC: the caller's value is read where it lies.
struct Binder {
  sqlite3_stmt* statement;
  int index;
  int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, index); }
  int operator()(std::int64_t v) const { return sqlite3_bind_int64(statement, index, v); }
  int operator()(double v) const { return sqlite3_bind_double(statement, index, v); }
  // A null pointer would bind NULL, and an empty view may hold one.
  int operator()(std::string_view v) const {
    return sqlite3_bind_text64(statement, index, v.empty() ? "" : v.data(), v.size(), nullptr, SQLITE_UTF8);
  }
  int operator()(const Blob& v) const {
    return sqlite3_bind_blob64(statement, index, v.bytes.empty() ? "" : v.bytes.data(), v.bytes.size(), nullptr);
  }
};

}  // namespace

bool is_blank_sql(std::string_view sql) {
  return sql.find_first_not_of(" \t\r\n;") == std::string_view::npos;
}

std::unique_ptr<SqliteStatement> SqliteStatement::prepare(sqlite3* connection, std::string_view sql, int& code) {
  std::unique_ptr<SqliteStatement> made(new SqliteStatement(sql));
  const char* rest = nullptr;
  code = sqlite3_prepare_v3(connection, made->text_.c_str(), static_cast<int>(made->text_.size() + 1), SQLITE_PREPARE_PERSISTENT,
                            &made->handle_, &rest);
  if (code != SQLITE_OK) return made;
  if (made->handle_ == nullptr || !is_blank_sql(rest)) {
    made->problem_ = "not exactly one statement";
  } else {
    made->problem_ = made->number_parameters();
  }
  return made;
}

SqliteStatement::~SqliteStatement() {
  sqlite3_finalize(handle_);
}

std::string SqliteStatement::number_parameters() {
  const int count = sqlite3_bind_parameter_count(handle_);
  index_of_.assign(static_cast<std::size_t>(count), 0);
  for (int i = 1; i <= count; ++i) {
    const char* name = sqlite3_bind_parameter_name(handle_, i);
    const std::string_view digits = name != nullptr && *name == '$' ? name + 1 : "";
    const char* const end = digits.data() + digits.size();
    std::size_t number = 0;
    const auto [stop, error] = std::from_chars(digits.data(), end, number);
    if (error != std::errc() || stop != end || number < 1 || number > index_of_.size()) {
      return fmt::format("the parameters are not $1 to ${}", count);
    }
    index_of_[number - 1] = i;
  }
  return {};
}

int SqliteStatement::bind(const Params& params) {
  auto index = index_of_.begin();
  for (const Value& value : params) {
    const int code = std::visit(Binder{handle_, *index++}, value);
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

StatementLease::StatementLease(SqliteStatement* cached) : statement_(cached) {
  statement_->in_use_ = true;
}
StatementLease::StatementLease(std::unique_ptr<SqliteStatement> own) : own_(std::move(own)), statement_(own_.get()) {
  statement_->in_use_ = true;
}
StatementLease::StatementLease(StatementLease&& other) noexcept
    : own_(std::move(other.own_)), statement_(std::exchange(other.statement_, nullptr)) {}
StatementLease::~StatementLease() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_->handle_);
  statement_->in_use_ = false;
}

SqliteRow::SqliteRow(sqlite3_stmt* statement) : statement_(statement), columns_(sqlite3_data_count(statement)) {}

int SqliteRow::type(int column) const {
  USHER_CHECK(column >= 0 && column < columns_, "no such column");
  return sqlite3_column_type(statement_, column);
}

bool SqliteRow::is_null(int column) const {
  return type(column) == SQLITE_NULL;
}

std::int64_t SqliteRow::integer(int column) const {
  USHER_CHECK(type(column) != SQLITE_NULL, "NULL read as an integer");
  return sqlite3_column_int64(statement_, column);
}

double SqliteRow::real(int column) const {
  USHER_CHECK(type(column) != SQLITE_NULL, "NULL read as a number");
  return sqlite3_column_double(statement_, column);
}

std::string SqliteRow::text(int column) const {
  const int kind = type(column);
  if (kind == SQLITE_NULL) return {};
  const void* bytes = kind == SQLITE_BLOB ? sqlite3_column_blob(statement_, column)
                                          : static_cast<const void*>(sqlite3_column_text(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  if (bytes == nullptr || size <= 0) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

}  // namespace usher::sql
