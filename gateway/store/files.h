// One file of one message, as the customer who sent it asks for it. Inside the caller's transaction.
#pragma once
#include <optional>
#include <string>

#include "base/id.h"
#include "base/sql/database.h"
#include "connectors/message.h"

namespace usher::gateway::store {

// nullopt: the message has no file of that name.
Result<std::optional<connectors::Attachment>> find_attachment(sql::Tx& tx, const ConversationId& id, std::int64_t seq,
                                                              const std::string& file_name);

}  // namespace usher::gateway::store
