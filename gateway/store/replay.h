// Stored conversations as they came, for `usher dialog replay`. Reads only.
#pragma once
#include <string>
#include <vector>

#include "base/sql/database.h"
#include "gateway/store/conversations.h"

namespace usher::gateway::store {

struct RecordedLine {
  std::int64_t seq = 0;
  std::string author, text, extra;  // as in Message
  Timestamp at{};
  int attachments = 0;
};
struct Recorded {
  ConversationId id;
  std::string channel, language;  // the language it is in now
  Timestamp created_at{};
  std::string state;                  // dialogs::State as JSON
  std::string priority, fault_class;  // of its ticket; empty: none
  std::vector<RecordedLine> lines;
};

// Conversations that began at `since` or later, the newest `limit`, oldest first; without lines.
Result<std::vector<Recorded>> recorded_since(sql::Tx& tx, Timestamp since, std::int64_t limit);
Result<std::vector<RecordedLine>> recorded_lines(sql::Tx& tx, const ConversationId& id);

}  // namespace usher::gateway::store
