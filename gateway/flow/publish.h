// How what the bot says reaches the customer: rows inside the transaction (stage), the live push after its commit (publish).
// A pull channel (webchat) reads the transcript; every other channel gets an outbox row in the same transaction as the transcript
// row.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/sql/database.h"
#include "gateway/flow/channels.h"
#include "gateway/flow/turn.h"
#include "gateway/store/conversations.h"
#include "gateway/store/mail_limits.h"
#include "gateway/store/outbox.h"

namespace usher::gateway::flow {

// An outbox row stored as leased by this process, and its place among the deliveries in flight, free when it is destroyed.
struct Handed {
  store::OutboxRow row;
  std::shared_ptr<void> place;
  std::shared_ptr<connectors::Outbound> message = nullptr;  // what a message row's payload says, when it is at hand
};

struct Staged {
  struct Line {
    std::string channel, contact;  // pull channels only
    store::Message message;
  };
  std::vector<Line> lines;
  struct Reference {
    std::string channel, contact, reference;
    bool provisional = false;
  };
  std::vector<Reference> references;
  std::vector<Handed> handed;
  bool has_outbox_rows = false;  // that wait for the outbox's loop
  bool is_new_lane = false;      // set by the caller: nothing of this conversation waits to be sent
  std::string not_sent;          // a limit kept back what was said (store/mail_limits.h), and why
};

class Publisher {
 public:
  struct Place {
    std::shared_ptr<void> place;  // null: none is free
    std::chrono::milliseconds lease{};
  };
  // What happens after a commit; set once by the wiring.
  struct Hooks {
    std::function<void(const std::string& channel, const std::string& contact, const store::Message&)> push;
    std::function<void(const std::string& channel, const std::string& contact, const std::string& reference, bool provisional)>
        push_reference;
    std::function<void()> kick_outbox;
    std::function<Place(const store::OutboxRow& row)> reserve;  // either both of these or none
    std::function<void(Handed)> deliver;
  };
  Publisher(const Channels& channels, const Clock& clock) : channels_(channels), clock_(clock) {}
  void set_hooks(Hooks hooks) { hooks_ = std::move(hooks); }
  void set_mail_limits(store::MailLimits limits) { mail_limits_ = limits; }  // before the first use

  // Writes the transcript rows with sequence numbers from `first_seq`, and outbox rows for push channels. On a one-answer channel
  // all messages go out as one. With may_answer=false, or when the limits of automatic mail are reached, only the transcript is
  // written, with the reason ("not_sent").
  Result<void> stage(sql::Tx& tx, const store::Conversation& c, std::int64_t first_seq, const std::vector<BotMessage>& messages,
                     const std::string& reference, Staged& staged) const;
  // Stores the row; `is_first`: no other row of its lane waits. `message`: what its payload says, so that nobody parses it.
  Result<void> queue(sql::Tx& tx, store::OutboxRow row, bool is_first, Staged& staged,
                     std::shared_ptr<connectors::Outbound> message = nullptr) const;
  void publish(Staged& staged) const;  // after the commit; what is handed over is gone from `staged`

 private:
  const Channels& channels_;
  const Clock& clock_;
  Hooks hooks_;
  store::MailLimits mail_limits_;
};

// The outbox payload of a message row and back. kInternal when it is not one.
std::string outbound_to_json(const connectors::Outbound& message);
Result<connectors::Outbound> outbound_from_json(const std::string& json);

}  // namespace usher::gateway::flow
