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

namespace usher::sql {
class Tx;
}

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
  std::string queue;                                        // where the script wants it; empty: the system's own default
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

// Where in the gateway's own database the words and files lie: conversation and the last message that belongs to it.
struct Source {
  std::string conversation;
  std::int64_t last_seq = 0;
};

// A ticket system that keeps its tickets in the gateway's own database: written in the gateway's transaction, so a ticket exists
// exactly when what asked for it does. Nothing is copied: draft and comment come without transcript and attachments, `source`
// says where they are. Called on the database's writer thread; errors are the database's own and undo the transaction.
class ColocatedTickets {
 public:
  virtual ~ColocatedTickets() = default;
  // external_ref has to be new: kConflict otherwise.
  virtual Result<Ticket> create_in(sql::Tx& tx, const TicketDraft& draft, const Source& source) = 0;
  // kNotFound: no such ticket. A comment with an external_ref that is there changes nothing.
  virtual Result<void> append_in(sql::Tx& tx, const std::string& ticket_id, const TicketComment& comment,
                                 const Source& source) = 0;
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
  // Not null for a system whose tickets live in the gateway's own database; lives as long as this.
  virtual ColocatedTickets* colocated() { return nullptr; }
};

}  // namespace usher::connectors
