// Email as a channel: a raw mail becomes Inbound (to_inbound: used by the SMTP server and by `usher deliver`), and Outbound
// becomes a mail handed to the relay (EmailChannel::send). Receiving itself is smtp_server.h.
#pragma once
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/net/http_client.h"
#include "base/result.h"
#include "connectors/channel.h"
#include "connectors/email/authentication.h"
#include "connectors/email/mime.h"
#include "connectors/email/settings.h"
#include "connectors/email/verdict.h"

namespace usher::connectors::email {

// An attachment whose kind the operator does not take: it stays in the raw mail.
struct RefusedAttachment {
  Attachment attachment;
  std::string type;          // what it was judged by (allowed_types.h)
  std::size_t position = 0;  // among the attachments of the mail, these included
};

// One mail, read: what to_inbound and explain.h are made from.
struct ReadMail {
  Mail mail;  // its attachments are in `inbound`
  Verdict verdict;
  Authentication authentication;
  Inbound inbound;
  std::vector<RefusedAttachment> refused;  // also named in the warnings and, each, in a fact "refused_attachment"
};
// Never fails; checks no limits and no recipients (without one of ours the first recipient stands for it).
ReadMail read_mail(std::shared_ptr<const std::string> raw, const MailEnvelope& envelope, const EmailSettings& settings,
                   Timestamp received_at);
std::size_t count_hops(const Mail& mail);
constexpr std::size_t kMaxHops = 100;

// The envelope as JSON, as it is kept with a stored mail, and back. Anything else gives an envelope of which nothing is known.
std::string envelope_to_json(const MailEnvelope& envelope);
MailEnvelope envelope_from_json(std::string_view json);

// Parses, judges and threads one mail. Pure apart from libmagic's database; CPU only (≈ 100 µs per 10 KB): fine on an I/O thread.
// sender_id = lower-case From address (the envelope's when there is none); recipient = our address; text = the visible reply, or
// the subject when there is no text. Whatever is broken inside is a fact "warning", never an error. Errors: kInvalid when there
// is no recipient of ours or the mail went through more than 100 hops (a loop: message starts with "loop"), kTooLarge when over
// max_message_bytes.
Result<Inbound> to_inbound(std::shared_ptr<const std::string> raw, MailEnvelope envelope, const EmailSettings& settings,
                           Timestamp received_at);

// A mail ready for the relay.
struct BuiltMail {
  std::string message_id;     // with <>; depends on Outbound::id only, so a retry carries the same
  std::string envelope_from;  // empty = <>: automatic mail
  std::string recipient;
  std::string bytes;  // RFC 5322, CRLF, lines ≤ 998 bytes, 7-bit
};
// Pure. kInvalid when the recipient is no mail address; CR, LF and NUL in any value are removed, never sent.
Result<BuiltMail> build_mail(const Outbound& message, const EmailSettings& settings, Timestamp now);

class EmailChannel final : public Channel {
 public:
  // `client` and `clock` outlive the channel.
  EmailChannel(EmailSettings settings, net::OutboundClient& client, const Clock& clock);

  const std::string& name() const override { return settings_.channel; }
  Capabilities capabilities() const override;
  // Receipt::remote_id is the Message-ID with <>. Errors are the relay's: kInvalid for 5xx and bad addresses, retry() for the
  // rest.
  boost::asio::awaitable<Result<Receipt>> send(Outbound message) override;

 private:
  EmailSettings settings_;
  net::OutboundClient& client_;
  const Clock& clock_;
};

}  // namespace usher::connectors::email
