// An SQLite database that is only looked into: a copy, or the one of a running service. Nothing of it is changed, not even its
// tables' version.
#pragma once
#include <functional>
#include <string>

#include "base/result.h"
#include "base/sql/database.h"

namespace usher::sql {

// Runs `look` in one read transaction over the file; what it gives is given back. kNotFound: there is no such file; kIo: it is no
// database.
Result<void> look_into_sqlite(const std::string& path, const std::function<Result<void>(Tx&)>& look);

}  // namespace usher::sql
