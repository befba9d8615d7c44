// What troubleshoot blocks have learned: one row of counts for each block and product line, and one (line "") for all lines.
#pragma once
#include <map>
#include <string>
#include <utility>

#include "base/sql/database.h"
#include "dialogs/troubleshoot_learn.h"

namespace usher::gateway::store {

using BlockLine = std::pair<std::string, std::string>;  // ("dialog/step", line)

// Empty counts when there is no row yet, or an unreadable one.
Result<dialogs::troubleshoot::Counts> load_counts(sql::Tx& tx, const std::string& block, const std::string& line);
Result<void> save_counts(sql::Tx& tx, const std::string& block, const std::string& line,
                         const dialogs::troubleshoot::Counts& counts);
Result<std::map<BlockLine, dialogs::troubleshoot::Counts>> all_counts(sql::Tx& tx);

// The last answer to a survey counts.
Result<void> save_rating(sql::Tx& tx, const std::string& conversation_id, int score, std::int64_t at_millis);

}  // namespace usher::gateway::store
