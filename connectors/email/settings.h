// What an operator decides about one email channel, and what a mail's envelope is. Plain values, shared by everything in this
// folder.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/http_client.h"
#include "connectors/email/allowed_types.h"

namespace usher::connectors::email {

struct EmailSettings {
  std::string channel = "email";  // the configured name: Inbound::channel, metrics label
  // Whom mail is accepted for: "support@gw.example", or "@gw.example" for every local part of that domain. Case is ignored, and
  // "support+anything@gw.example" belongs to "support@gw.example". The first full address is the From of what we send.
  std::vector<std::string> addresses;
  std::string from_name;               // display name of what we send; UTF-8
  std::string hostname = "localhost";  // the name in the greeting and in EHLO
  std::string message_id_domain;       // right side of our Message-IDs; empty = the domain of the first address
  std::string secret;                  // key of the MACs in Message-ID and loop header; the same for the life of the instance
  char subaddress_separator = '+';
  // Answers carry a Reply-To with a sub-address that only we can make (thread.h, make_reply_token): the answer to one finds its
  // conversation although the mail program kept no In-Reply-To. Only where the mail server takes sub-addresses.
  bool has_reply_tokens = false;

  // Who checks senders before us: the names it signs its Authentication-Results with (RFC 8601 authserv-id), separated by commas
  // or spaces. Empty: nobody, so nothing can be required.
  std::string authserv_id;
  std::size_t authserv_hops = 0;  // Received fields that servers of ours, behind the one that checks, put above what it writes
  // Where that one puts its results: above its own Received (RFC 8601 §4), or below it, as large hosters do.
  enum class Results : std::uint8_t { kAboveReceived, kBelowReceived } authserv_results = Results::kAboveReceived;
  enum class Require : std::uint8_t { kNone, kReplies, kAll } require_authentication = Require::kReplies;
  // Whether one of our Message-IDs or reply addresses (both carry a MAC) opens its conversation to everybody who has it.
  // Otherwise it only replaces the authentication of the conversation's own people: mails are forwarded.
  bool is_token_enough = false;

  std::string relay_url;  // smtp://host:port or smtps://host:port; empty = this channel cannot send
  std::string relay_user, relay_password;
  net::MailCall::Tls relay_tls = net::MailCall::Tls::kOpportunistic;
  std::string relay_ca_file;

  std::size_t max_message_bytes = 26'214'400;  // SIZE of EHLO; larger is refused with 552 5.3.4
  std::size_t max_attachment_bytes =
      20'971'520;  // a larger attachment is named in the facts and not handed on (it stays in the raw mail)
  // Content types that are handed on, with "*"; others are named and stay in the raw mail (allowed_types.h).
  std::vector<std::string> allowed_attachments = default_allowed_attachments();
  std::size_t max_text_bytes = 262'144;  // of the readable text; what is cut off stays in the raw mail
};

// The envelope: who the mail transport says a mail is from and for. Not what the header says.
struct MailEnvelope {
  std::string from;                     // reverse path without <>; empty = the null sender <>
  bool is_from_known = true;            // false: the pipe did not say (then `from` being empty means nothing)
  std::vector<std::string> recipients;  // forward paths without <>, at least one
  std::string peer;                     // address of the client; empty for the pipe
  std::string helo;
  bool is_tls = false;
};

// The address of ours (lower case, without sub-address) that `recipient` belongs to; empty when it is not ours. Anything at a
// domain written "@domain" is ours; "postmaster", with or without one of our domains, always is.
std::string own_address(const EmailSettings& settings, std::string_view recipient);
// What stands behind the separator in a recipient of ours: "anything" above, as written; empty when there is nothing.
std::string_view subaddress_of(const EmailSettings& settings, std::string_view recipient);
// Whether `domain` is the domain of one of our addresses.
bool is_own_domain(const EmailSettings& settings, std::string_view domain);
// The From address of what we send: the first full address, else postmaster@ the first domain.
std::string from_address(const EmailSettings& settings);
std::string message_id_domain(const EmailSettings& settings);

}  // namespace usher::connectors::email
