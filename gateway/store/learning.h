// What troubleshoot blocks have learned: one row of counts for each block and product line, and one (line "") for all lines. The
// counts are text here; gateway/flow/learning.h knows what they mean.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/sql/database.h"

namespace usher::gateway::store {

using BlockLine = std::pair<std::string, std::string>;  // ("dialog/step", line)

// "" when there is no row yet.
Result<std::string> load_counts(sql::Tx& tx, const std::string& block, const std::string& line);
Result<void> save_counts(sql::Tx& tx, const std::string& block, const std::string& line, const std::string& counts);
Result<std::map<BlockLine, std::string>> all_counts(sql::Tx& tx);

// What a block came to without solving it, until somebody tells the cause. One for a conversation and block: the last.
struct WaitingOutcome {
  std::string conversation, block, line;
  std::string history;  // JSON
};
Result<void> keep_outcome(sql::Tx& tx, const WaitingOutcome& outcome, std::int64_t at_millis);
Result<std::vector<WaitingOutcome>> outcomes_of(sql::Tx& tx, const std::string& conversation);
Result<std::vector<WaitingOutcome>> outcomes_before(sql::Tx& tx, std::int64_t at_millis, std::int64_t limit);  // oldest first
Result<void> drop_outcome(sql::Tx& tx, const std::string& conversation, const std::string& block);

// The last answer to a survey counts.
Result<void> save_rating(sql::Tx& tx, const std::string& conversation_id, int score, std::int64_t at_millis);

}  // namespace usher::gateway::store
