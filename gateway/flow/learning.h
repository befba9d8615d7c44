// Troubleshoot blocks learn from how conversations ended: the turn's transaction counts, and now and then the models in the
// content are made anew from the counts (dialogs/troubleshoot_learn.h says how).
#pragma once
#include "base/clock.h"
#include "base/sql/database.h"
#include "dialogs/engine.h"
#include "gateway/flow/content.h"

namespace usher::gateway::flow {

// Counts one outcome, for its product line and for all lines. A block that is no longer in `scripts` is left out.
Result<void> count_outcome(sql::Tx& tx, const dialogs::ScriptSet& scripts, const dialogs::Learn& outcome, Timestamp now);

// The block `dialog`/`step` of the scripts, or null.
const dialogs::TroubleshootBlock* find_block(const dialogs::ScriptSet& scripts, const std::string& dialog,
                                             const std::string& step);

using BlockLine = std::pair<std::string, std::string>;  // ("dialog/step", product line; "" = all together)
using AllCounts = std::map<BlockLine, dialogs::troubleshoot::Counts>;
// Rows that cannot be read are left out.
Result<AllCounts> read_counts(sql::Database& database);

// Models from all counts: what ScriptSet::learned holds.
std::map<std::string, dialogs::troubleshoot::Model> learned_models(const dialogs::ScriptSet& scripts, const AllCounts& counts,
                                                                   Timestamp now);

// Reads the counts and puts the models into the content. At start and every few minutes; from a non-I/O thread or a Pool.
Result<void> refresh_learned(sql::Database& database, CurrentContent& content, Timestamp now);

}  // namespace usher::gateway::flow
