#include <map>

#include <fmt/format.h>

#include "base/crypto.h"
#include "base/sql/database.h"

namespace usher::sql {
namespace {

struct Applied {
  std::string name;
  std::string checksum;
};
using History = std::map<std::int64_t, Applied>;

Result<History> read_history(Tx& tx) {
  if (auto made = tx.script("CREATE TABLE IF NOT EXISTS schema_migrations("
                            "number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)");
      !made) {
    return fail(std::move(made.error()));
  }
  History history;
  auto rows = tx.query("SELECT number, name, checksum FROM schema_migrations", {},
                       [&](const Row& row) { history[row.integer(0)] = {row.text(1), row.text(2)}; });
  if (!rows) return fail(std::move(rows.error()));
  return history;
}

Result<void> check_history(const History& history, std::span<const Migration> migrations) {
  for (const auto& [number, applied] : history) {
    if (migrations.empty() || number > migrations.back().number) {
      return fail(ErrorCode::kInvalid,
                  fmt::format("the database is newer than this program: it has schema step {} ({}), the program knows {}; "
                              "start the newer program, or restore the backup made before the upgrade",
                              number, applied.name, migrations.empty() ? 0 : migrations.back().number));
    }
    const auto step = std::ranges::find(migrations, number, &Migration::number);
    const bool same = step != migrations.end() && crypto::sha256_hex(step->sql) == applied.checksum;
    if (!same) {
      return fail(
          ErrorCode::kInvalid,
          fmt::format("schema step {} ({}) is not the one this database was made with; an applied step must never change: "
                      "start the program that made the database, or restore a backup",
                      number, applied.name));
    }
  }
  return {};
}

Result<void> apply(Tx& tx, const Migration& step, std::int64_t now_millis) {
  if (auto done = tx.script(step.sql); !done) {
    auto& error = done.error();
    return fail(error.code, fmt::format("schema step {} ({}) failed and was undone: {}", step.number, step.name, error.message),
                error.detail);
  }
  auto noted = tx.exec("INSERT INTO schema_migrations(number, name, checksum, applied_at) VALUES($1, $2, $3, $4)",
                       {std::int64_t{step.number}, std::string(step.name), crypto::sha256_hex(step.sql), now_millis});
  if (!noted) return fail(std::move(noted.error()));
  return {};
}

}  // namespace

Result<int> migrate(Database& database, std::span<const Migration> migrations, std::int64_t now_millis) {
  for (std::size_t i = 1; i < migrations.size(); ++i) {
    if (migrations[i].number != migrations[i - 1].number + 1) {
      return fail(ErrorCode::kInternal, "the schema steps are not numbered in order",
                  fmt::format("{} follows {}", migrations[i].number, migrations[i - 1].number));
    }
  }
  // The history is read and checked again inside each step's own transaction: another process may be migrating the same file.
  int applied_now = 0;
  auto checked = database.write_sync([&](Tx& tx) -> Result<void> {
    auto history = read_history(tx);
    if (!history) return fail(std::move(history.error()));
    return check_history(*history, migrations);
  });
  if (!checked) return fail(std::move(checked.error()));
  for (const auto& step : migrations) {
    auto done = database.write_sync([&](Tx& tx) -> Result<void> {
      auto history = read_history(tx);
      if (!history) return fail(std::move(history.error()));
      if (history->contains(step.number)) return check_history(*history, migrations);
      auto result = apply(tx, step, now_millis);
      if (result) ++applied_now;
      return result;
    });
    if (!done) return fail(std::move(done.error()));
  }
  return applied_now;
}

}  // namespace usher::sql
