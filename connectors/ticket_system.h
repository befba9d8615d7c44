// The contract of an external ticket system.
//
// Exactly one ticket per case (reliability.md §4.3) is the gateway's promise; a driver's part is: send `external_ref` with every
// create and make it searchable, tell apart "did not happen" (kUnavailable, kTimeout, kInvalid, kDenied) from "may have happened"
// (kUnknown), and report success only after reading back a valid id with the same external_ref.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "connectors/message.h"

namespace usher::connectors {

struct TicketDraft {
  std::string external_ref;  // deterministic key of (case, create); searchable on the ticket
  std::string subject;
  std::string body;       // plain text: summary, slots, steps tried, transcript
  std::string requester;  // mail address; empty when unknown
  std::string requester_name;
  std::string priority;     // "P1".."P4"
  std::string fault_class;  // "hardware/power"
  std::string channel;
  std::string language;
  std::vector<std::pair<std::string, std::string>> fields;  // slot name → value, for custom fields by the driver's mapping
  std::vector<Attachment> attachments;
};

struct TicketComment {
  std::string external_ref;  // deterministic key of (case, append, seq)
  std::string body;
  std::string author;  // mail address or name of the customer
  std::vector<Attachment> attachments;
};

struct Ticket {
  std::string id;      // the system's own id, for later calls
  std::string number;  // what people quote
  std::string status;  // the system's word
  std::string external_ref;
  std::string url;  // for staff; may be empty
};

class TicketSystem {
 public:
  virtual ~TicketSystem() = default;
  virtual const std::string& name() const = 0;
  // The ticket that carries this external_ref, or nullopt. An error is not "absent".
  virtual boost::asio::awaitable<Result<std::optional<Ticket>>> find(std::string external_ref) = 0;
  virtual boost::asio::awaitable<Result<Ticket>> create(TicketDraft draft) = 0;
  // True when a comment with this external_ref is on the ticket already.
  virtual boost::asio::awaitable<Result<bool>> has_comment(std::string ticket_id, std::string external_ref) = 0;
  virtual boost::asio::awaitable<Result<void>> append(std::string ticket_id, TicketComment comment) = 0;
  virtual boost::asio::awaitable<Result<Ticket>> read(std::string ticket_id) = 0;
};

}  // namespace usher::connectors
