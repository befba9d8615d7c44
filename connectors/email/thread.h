// Which conversation a mail belongs to, and whether it was seen before. Pure.
//
// Keys are hints for the gateway, not proof: the gateway also looks at who writes. Our own Message-IDs carry a MAC, so that a key
// made from one is known to come from a mail we really sent.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "connectors/email/settings.h"

namespace usher::connectors::email {

struct Mail;

// The message ids in a Message-ID, In-Reply-To or References value, without <>, leniently, in order, at most 200.
std::vector<std::string> parse_message_ids(std::string_view raw);

// "<usher.{outbox id}.{12 hex of HMAC}@domain>": stable for one outbox row, verifiable, unguessable.
std::string make_message_id(const EmailSettings& settings, std::string_view outbox_id);
// The outbox id of one of ours (with or without <>), or nullopt when the MAC does not match.
std::optional<std::string> own_outbox_id(const EmailSettings& settings, std::string_view message_id);
// "{reference}.{day}.{12 hex of HMAC}" behind the separator of one of our addresses:
// "support+p-7k2md-…-q0ax2.50b1.9f3a2c…@gw.example". An address to answer to that opens its case, for half a year. `reference`: a
// provisional reference, a ticket number, or the id of a conversation (a UUID, written without dashes).
std::string make_reply_token(const EmailSettings& settings, std::string_view reference, Timestamp now);
// Value of the X-Usher-Loop header for a Message-ID, and its check.
std::string make_loop_mark(const EmailSettings& settings, std::string_view message_id);
bool is_own_loop_mark(const EmailSettings& settings, std::string_view value);

// In the order to try: message ids of ours in In-Reply-To and References ("mid:<…>"), then the others there, rightmost first,
// then references in the sub-address (alone, or in a reply token) and the subject ("ref:…"; the last tag "[#…]" and any
// provisional reference). Reply tokens come first ("conversation:…" or "ref:…"); they are looked for in To and Cc as well, where
// the envelope is not known. No duplicates.
std::vector<std::string> thread_keys(const Mail& mail, const MailEnvelope& envelope, const EmailSettings& settings);
// Those of them that carry our MAC and are at most half a year old (`now`; 0 = any age): who has one had a mail of ours.
std::vector<std::string> proven_keys(const Mail& mail, const MailEnvelope& envelope, const EmailSettings& settings,
                                     Timestamp now);
// "mid:<…>" of the mail's own Message-ID, when it has one.
std::vector<std::string> own_keys(const Mail& mail);

struct Fingerprint {
  std::string content_digest;  // sha256 hex of the mail without the fields that transport adds
  std::string dedup_key;       // sha256 hex of our recipients and that
};
// `recipients`: addresses of ours. The Date field counts only when there is no Message-ID (a resent mail may get a new date).
Fingerprint fingerprint(std::string_view raw, std::vector<std::string> recipients);

}  // namespace usher::connectors::email
