// Lint (kb/lint.h) over a library as it is installed: with the folder's regression set and pictures, and the files staff
// uploaded. Blocking; from a pool's thread or the command line.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/sql/database.h"
#include "kb/lint.h"

namespace usher::gateway::flow {

// `database` null: no uploaded files. `own`: mail addresses and "@domains" of the company, which may stand in articles. kIo: the
// database.
Result<std::vector<kb::Finding>> lint_library(sql::Database* database, const kb::Library& library,
                                              const std::filesystem::path& folder, std::vector<std::string> own, Timestamp now);

}  // namespace usher::gateway::flow
