// What becomes of a mail: the one decision of email intake. Pure: the message as read (to_inbound) and what is known give one
// outcome and the rules that led to it, in order, each with its evidence. The gateway decides by it, `usher mail explain` and
// `usher mail replay` show it.
//
// A reply needs a key that leads to a conversation and a sender who takes part in it. Where the operator demands that senders are
// verified, one of our own MACs (a Message-ID of ours, a reply address) stands in for that. Anything else that names somebody's
// conversation is held for staff: it is not put there, and its sender learns nothing.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "connectors/message.h"

namespace usher::connectors::email {

// A conversation that a thread key leads to.
struct KnownThread {
  std::string conversation;     // id
  std::string case_id;          // empty: none yet
  std::string reference;        // ticket number or provisional reference; empty without a case
  bool is_participant = false;  // the sender of the mail takes part in it
};

// What is known, asked for when it matters. A question that is not set has the answer no.
struct Known {
  // Where one of the message's keys leads; asked for one after the other until one decides.
  std::function<std::optional<KnownThread>(const Inbound& message, const std::string& key)> thread;
  // Ledger id of a mail that came before with the same content for the same recipients; empty: none.
  std::function<std::string(const Inbound& message)> same_content;
  // What came before with the same Message-ID and other content (both are kept); empty: nothing.
  std::function<std::string(const Inbound& message)> same_message_id;
};

enum class Outcome : std::uint8_t { kNew, kReply, kBounce, kAutoReply, kLoop, kDuplicate, kQuarantine };
// "new", "reply", "bounce", "auto_reply", "loop", "duplicate", "quarantine".
const char* to_string(Outcome outcome);

struct Decision {
  Outcome outcome = Outcome::kNew;
  // Of kQuarantine: unknown_sender (names a conversation its sender takes no part in), forged_reply (claims to be from somebody
  // who does, and nothing vouches for it), unauthenticated (names none, and the operator demands authentication of every mail),
  // or what the message says itself (Inbound::hold_cause).
  std::string cause;
  std::optional<KnownThread> thread;  // kReply, and kBounce and kAutoReply that belong to one; kQuarantine: the one it names
  std::string key;                    // that led there
  std::vector<std::pair<std::string, std::string>> rules;
};
Decision decide(const Inbound& message, const Known& known);

}  // namespace usher::connectors::email
