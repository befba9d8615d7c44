// One attempt at one outbox row: calls the channel or the ticket system and says what came of it. Knows nothing of leases and
// retries. What the row needs besides its payload (transcript, attachments) is read from the store.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/sql/database.h"
#include "connectors/ticket_system.h"
#include "gateway/flow/channels.h"
#include "gateway/store/outbox.h"

namespace usher::gateway::flow {

struct Verdict {
  enum class Kind : std::uint8_t {
    kSent,
    kRetry,    // did not happen
    kUnknown,  // may have happened
    kDenied,   // our credentials: the target pauses
    kDead,     // refused for what it says
  } kind = Kind::kRetry;
  std::string remote_id;
  std::optional<connectors::Ticket> ticket;  // create
  Error error;

  static Verdict of(Error e);
  static Verdict sent(std::string remote_id);
};

class Deliveries {
 public:
  // `index_lag`: of the ticket system's search; two look-ups this far apart before a re-create.
  Deliveries(sql::Database& database, const Channels& channels, connectors::TicketSystem& tickets,
             std::chrono::milliseconds index_lag)
      : database_(database), channels_(channels), tickets_(tickets), index_lag_(index_lag) {}
  // `message`: what a message row's payload says; null: it is read from there.
  boost::asio::awaitable<Verdict> attempt(store::OutboxRow row, std::shared_ptr<connectors::Outbound> message = nullptr) const;

 private:
  boost::asio::awaitable<Verdict> create(store::OutboxRow row) const;
  boost::asio::awaitable<Verdict> append(store::OutboxRow row) const;
  boost::asio::awaitable<Verdict> message(store::OutboxRow row, std::shared_ptr<connectors::Outbound> known) const;

  sql::Database& database_;
  const Channels& channels_;
  connectors::TicketSystem& tickets_;
  std::chrono::milliseconds index_lag_;
};

}  // namespace usher::gateway::flow
