// The books: what came in against what became of it, cases against tickets. Reads only; counts everything there is, so it is for
// the command line, not for a turn.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/sql/database.h"

namespace usher::gateway::store {

struct Difference {
  std::string what, id, detail;  // "message_without_ledger", the row's id, in words
};

struct Intaken {
  std::int64_t in = 0;
  std::int64_t fresh = 0;        // opened a conversation
  std::int64_t threaded = 0;     // joined one
  std::int64_t suppressed = 0;   // kept with its reason and without effect: robots, loops, conflicts
  std::int64_t quarantined = 0;  // held for staff, or deleted by them
};
struct Books {
  std::map<std::string, Intaken> channels;
  struct Cases {
    std::int64_t escalated = 0, linked = 0, waiting = 0;
  } cases;
  std::int64_t unworked = 0;  // accepted, and no turn has worked them yet
  std::vector<Difference> differences;
};
Result<Books> read_books(sql::Tx& tx);

// A case whose ticket lies on a system outside, as it was asked for.
struct OutsideCase {
  std::string case_id, reference, ticket_id, ticket_number;
  std::string create_payload;  // JSON of the outbox; may be empty
};
Result<std::vector<OutsideCase>> outside_cases(sql::Tx& tx, const std::string& ticket_system);

}  // namespace usher::gateway::store
