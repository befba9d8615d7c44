// When a silent customer is to be reminded: at most one time per conversation.
#pragma once
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/sql/database.h"

namespace usher::gateway::store {

// `due` in milliseconds since 1970; 0 takes the timer away.
Result<void> set_timer(sql::Tx& tx, const ConversationId& id, std::int64_t due);
// 0 = none.
Result<std::int64_t> timer_of(sql::Tx& tx, const ConversationId& id);
// The longest overdue first.
Result<std::vector<ConversationId>> due_timers(sql::Tx& tx, Timestamp now, std::int64_t limit);

// When to look for a customer who was asked at `now` and may be silent for `after` (0 or less: never, gives 0). Long waits are
// rounded up to five minutes, so that the turns of one conversation in a row leave its timer as it is.
std::int64_t due_at(Timestamp now, std::chrono::seconds after);

}  // namespace usher::gateway::store
