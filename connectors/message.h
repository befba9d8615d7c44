// The vocabulary of the outside: what comes in on any channel, and what goes out. Plain values; no channel's own types leak past
// here.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace usher::connectors {

// What a channel can show; dialogs/render turns one prompt into what fits. (Gateway converts this to dialogs::ChannelLimits.)
struct Capabilities {
  bool buttons = false;         // shows choices as buttons; otherwise a numbered list in the text
  std::size_t max_buttons = 0;  // 0 = no limit
  std::size_t max_text = 0;     // code points per message; 0 = no limit
  bool html = false;            // carries an HTML alternative
  bool is_live = false;         // the customer waits at the other end: webchat, messenger
  bool one_answer = false;      // all that is said in one turn goes out as one message (email)
};

struct Attachment {
  std::string file_name;     // made harmless: no path, no control or bidi characters, at most 255 bytes
  std::string content_type;  // by content, not by name
  std::shared_ptr<const std::string> content;
  std::string sha256;  // hex of the content
  bool is_inline = false;
  std::string content_id;  // without <>
};

// One message from a customer, parsed. `channel` is the configured channel's name ("webchat", "email", "partner").
struct Inbound {
  std::string channel;
  std::string dedup_key;  // unique per channel for 30 days; the same key with the same content is the same message
  std::string
      content_digest;  // sha256 hex of what the sender sent (without transport traces); differs under the same key = conflict
  std::shared_ptr<const std::string> raw;  // exact bytes as received, kept for explanation; may be null for webchat text

  std::string sender_id;  // who, in the channel's own terms: session id, mail address, messenger user id
  std::string sender_name;
  std::string recipient;  // which of our addresses or accounts
  std::string subject;
  std::string text;      // what the customer wrote, quotes and signature removed, valid UTF-8
  std::string choice;    // id of a pressed button; empty for free text
  std::string language;  // "en" | "zh" | "" when unknown
  std::vector<Attachment> attachments;

  // How to find the conversation this belongs to: tried in order; the first that is known wins. ("mid:<id>", "ref:<P-…>",
  // "session:…")
  std::vector<std::string> thread_keys;
  // Keys under which later messages shall find it (its own Message-ID, its session).
  std::vector<std::string> own_keys;

  enum class Kind : std::uint8_t {
    kMessage,    // a person wrote
    kAutomatic,  // a robot wrote: kept, attached when it belongs to a case, never answered, opens nothing
    kBounce,     // delivery failure of something we sent
  } kind = Kind::kMessage;
  std::string kind_reason;  // which rule said so, with its evidence
  bool may_answer = true;   // RFC 3834 and friends: false = no automatic answer, whatever happens
  // Where anybody can write any sender (mail): how far this one is believed. Channels that know who writes leave it as it is.
  struct SenderTrust {
    bool is_claimed = false;    // sender_id is what the message says of itself; a stranger who names a conversation is held
    bool is_verified = false;   // somebody we trust has checked it
    std::string doubt;          // why it is not verified
    bool is_ambiguous = false;  // it says that it is from several people: then it is from none of them
    bool must_verify_replies = false;  // what the operator demands of a message that names a conversation …
    bool must_verify_all = false;      // … and of every one
    bool is_token_enough = false;      // a proven key opens its conversation to everybody who has it
  } trust;
  std::vector<std::string> proven_keys;  // those of thread_keys that carry our own MAC, and are not too old
  bool is_own = false;                   // something we sent came back
  std::string envelope;                  // JSON, kept with the ledger row: what `raw` does not say of itself; may be empty
  // Where it lay when it was fetched from a mailbox: noted in the transaction that stores it, so that it is taken once.
  struct Place {
    std::string mailbox;  // the configured name
    std::uint32_t validity = 0, uid = 0;
  };
  std::optional<Place> place;
  // Not all of it is here (cause "too_large"): held for staff, whatever it says. Empty: it is whole.
  std::string hold_cause, hold_evidence;
  std::vector<std::pair<std::string, std::string>>
      facts;  // further explained facts for the ledger ("auto_submitted","auto-replied")
};

struct Choice {
  std::string id;
  std::string label;
};

// One message to a customer. `id` is the outbox row's id: stable over retries (a mail's Message-ID and a webhook's id derive from
// it).
struct Outbound {
  std::string id;
  std::string channel;
  std::string conversation_id;
  std::string recipient;  // in the channel's own terms
  std::string recipient_name;
  std::string language;
  std::string text;
  std::string html;  // optional
  std::vector<Choice> choices;
  std::string subject;                  // email
  std::string reference;                // ticket number or provisional reference, for subject tags; may be empty
  std::string in_reply_to;              // email: Message-ID answered, with <>
  std::vector<std::string> references;  // email: thread, oldest first
  bool is_automatic = true;
  Timestamp created_at{};
};

// Proof of sending: what the other side called it.
struct Receipt {
  std::string remote_id;
  std::string note;
};

}  // namespace usher::connectors
