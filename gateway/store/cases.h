// Cases: what a conversation became when it was handed to people, and the one ticket it is linked to.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/sql/database.h"

namespace usher::gateway::store {

struct Case {
  CaseId id;
  ConversationId conversation;
  std::string reference;          // P-XXXXX-XXXXX-XXXXX, valid for ever
  std::string state = "opening";  // opening | linked | failed
  std::string told;               // "" | provisional | number
  std::string ticket_system, ticket_id, ticket_number, ticket_url;
  std::string subject, customer, channel, priority, fault_class;
  std::string preface;  // what the bot said in the turn that opened it; part of the acknowledgement on one-answer channels
  Timestamp created_at{};

  const std::string& best_reference() const { return ticket_number.empty() ? reference : ticket_number; }
};

// As it stands, linked or not. kConflict when the conversation has one already.
Result<void> insert_case(sql::Tx& tx, const Case& c);
Result<std::optional<Case>> load_case(sql::Tx& tx, const CaseId& id);
Result<std::optional<Case>> case_of(sql::Tx& tx, const ConversationId& id);
// Links once; false when it was linked before (then the first ticket stands).
Result<bool> link_case(sql::Tx& tx, const CaseId& id, const std::string& ticket_id, const std::string& number,
                       const std::string& url, Timestamp now);
Result<void> set_case_state(sql::Tx& tx, const CaseId& id, const std::string& state);
// Moves `told` from one value to the next; false when somebody did so before: that is what makes "told once" true.
Result<bool> advance_told(sql::Tx& tx, const CaseId& id, const std::string& from, const std::string& to);
// 1, 2, 3 … for the comments of a case: part of their idempotency keys.
Result<std::int64_t> next_append(sql::Tx& tx, const CaseId& id);
// Cases whose customers have heard nothing yet (a restart in between).
Result<std::vector<CaseId>> untold_cases(sql::Tx& tx);
Result<std::vector<Case>> list_cases(sql::Tx& tx, std::int64_t limit, const std::string& before);
Result<std::int64_t> count_cases_since(sql::Tx& tx, Timestamp since);

}  // namespace usher::gateway::store
