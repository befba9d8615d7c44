#include "base/sql/reader.h"

#include <filesystem>

#include "base/sql/sqlite_connection.h"
#include "base/text.h"

namespace usher::sql {
namespace {

std::string immutable(const std::string& path) {
  std::string uri = "file:";
  for (const auto& part : text::split(path, '/')) {
    if (!part.empty()) uri += "/" + text::url_encode(part);
  }
  return uri + "?immutable=1";
}

}  // namespace

Result<void> look_into_sqlite(const std::string& path, const std::function<Result<void>(Tx&)>& look) {
  std::error_code ec;
  if (!std::filesystem::is_regular_file(path, ec)) return fail(ErrorCode::kNotFound, "there is no database '" + path + "'");
  Options options;
  options.path = path;
  // Nobody has it open: then SQLite need not put its own files beside it, which a copy in a closed folder would not allow.
  if (!std::filesystem::exists(path + "-wal", ec)) options.path = immutable(std::filesystem::absolute(path).string());
  auto connection = SqliteConnection::open(options, SqliteConnection::Mode::kReader);
  if (!connection) return fail(std::move(connection.error()));
  if (const int code = (*connection)->control("BEGIN"); code != 0) return fail((*connection)->to_error(code, "BEGIN"));
  auto result = look(**connection);
  if ((*connection)->in_transaction()) (*connection)->control("ROLLBACK");
  return result;
}

}  // namespace usher::sql
