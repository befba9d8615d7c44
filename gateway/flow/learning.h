// Troubleshoot blocks learn from how conversations ended: the turn's transaction counts, and now and then the models in the
// content are made anew from the counts (dialogs/troubleshoot_learn.h says how).
#pragma once
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/sql/database.h"
#include "dialogs/engine.h"
#include "gateway/flow/content.h"

namespace usher::gateway::flow {

// Counts an outcome that solved it, for its product line and for all lines. One that did not is kept: a person looks into the
// case now and may tell its cause. A block that is no longer in `scripts` is left out.
Result<void> note_outcome(sql::Tx& tx, const dialogs::ScriptSet& scripts, const ConversationId& conversation,
                          const dialogs::Learn& outcome, Timestamp now);

// A person found the cause of what the conversation was about: its outcomes are counted with it. Returns how many were.
// kNotFound when the conversation has none that waits, kInvalid when none of their blocks knows the cause (with those they know).
Result<int> tell_cause(sql::Tx& tx, const dialogs::ScriptSet& scripts, const ConversationId& conversation,
                       const std::string& cause, Timestamp now);

// The causes that may be told of the conversation, by block ("dialog/step" → causes); empty when nothing waits.
Result<std::map<std::string, std::vector<std::string>>> causes_to_tell(sql::Tx& tx, const dialogs::ScriptSet& scripts,
                                                                       const ConversationId& conversation);

inline constexpr std::chrono::days kCauseMayCome{30};  // then an outcome is counted without its cause
// Counts the outcomes nobody told the cause of in time, a thousand at most.
Result<void> count_untold(sql::Tx& tx, const dialogs::ScriptSet& scripts, Timestamp now);

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

// Counts what nobody told the cause of in time, reads the counts and puts the models into the content. At start and every few
// minutes; from a non-I/O thread or a Pool.
Result<void> refresh_learned(sql::Database& database, CurrentContent& content, Timestamp now);

}  // namespace usher::gateway::flow
