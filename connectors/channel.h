// The contract of a channel: it turns bytes of the outside into Inbound and hands them to the Inbox, and it delivers Outbound.
//
// Receiving: a channel acknowledges to its sender only after Inbox::accept returned a value (that is: after the commit).
// Sending: the outbox calls send(); the channel reports what happened and never retries by itself.
#pragma once
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"
#include "connectors/message.h"

namespace usher::connectors {

struct Accepted {
  std::string id;  // ledger id: given to the sender ("250 2.0.0 <id>", {"id":…})
  std::string conversation_id;
  std::string case_ref;       // ticket number or provisional reference when one exists
  std::int64_t seq = 0;       // position in the conversation
  bool is_duplicate = false;  // seen before: `id` and `seq` are those of the first time
};

// Where channels hand in. Implemented by gateway/flow/intake. Thread-safe; completes on the caller's executor.
class Inbox {
 public:
  virtual ~Inbox() = default;
  // One transaction, committed before this returns. Errors: kConflict (same key, other content), kBusy (bounds of §4.7), kIo
  // (disk), kTooLarge. On an error nothing was stored and nothing may be acknowledged.
  virtual boost::asio::awaitable<Result<Accepted>> accept(Inbound message) = 0;
  // Whether new messages can be taken now (disk watermark, drain, back-pressure): the reason when not.
  virtual Result<void> ready() const = 0;
};

class Channel {
 public:
  virtual ~Channel() = default;
  virtual const std::string& name() const = 0;
  virtual Capabilities capabilities() const = 0;
  // kInvalid = will never work (dead letter), retry() = try again, kUnknown = may have arrived (resent with the same id).
  virtual boost::asio::awaitable<Result<Receipt>> send(Outbound message) = 0;
};

}  // namespace usher::connectors
