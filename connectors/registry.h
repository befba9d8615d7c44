// The explicit list of ticket systems: kind → factory. Adding one means adding a line in registry.cpp; nothing registers itself.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/net/http_client.h"
#include "base/result.h"
#include "base/sql/database.h"
#include "connectors/ticket_system.h"

namespace usher::connectors {

// What the configuration says about a ticket system. Secrets are resolved already (*_file and environment are the gateway's
// work).
struct TicketSystemSettings {
  std::string kind = "builtin";  // one of ticket_system_kinds()
  std::string name;              // empty: the kind
  std::string base_url;          // request_tracker: "https://rt.example", without /REST/2.0
  std::string token;             // request_tracker: auth token, or user and password
  std::string user, password;
  std::string queue;
  std::string external_ref_field = "ExternalRef";
  std::map<std::string, std::string> field_map;  // slot name → custom field name
  std::string reply_as = "correspond";           // "correspond" | "comment"
  bool allow_private = false;
  std::string ca_file;
  net::CallLimits limits;
  std::string ticket_url;  // builtin: where staff see tickets
};

// What factories may use; all outlive the ticket system. A kind that does not need one ignores it.
struct TicketSystemParts {
  sql::Database* database = nullptr;
  net::OutboundClient* client = nullptr;
  const Clock* clock = nullptr;
};

std::vector<std::string> ticket_system_kinds();  // sorted

// kInvalid: an unknown kind (with the nearest known one), or a setting the kind needs is missing or wrong.
Result<std::unique_ptr<TicketSystem>> make_ticket_system(const TicketSystemSettings& settings, TicketSystemParts parts);

}  // namespace usher::connectors
