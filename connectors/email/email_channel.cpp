#include "connectors/email/email_channel.h"

#include "base/text.h"
#include "connectors/email/mime.h"
#include "connectors/email/reply_text.h"
#include "connectors/email/thread.h"
#include "connectors/email/verdict.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxHops = 100;
constexpr std::size_t kBlankBytes = 200;      // a longer text is not blank
constexpr std::size_t kLanguageSample = 800;  // bytes of text that tell the language

// Our own address the mail came for: the first of the envelope that is ours.
std::vector<std::string> own_recipients(const MailEnvelope& envelope, const EmailSettings& settings) {
  std::vector<std::string> ours;
  for (const auto& recipient : envelope.recipients) {
    if (auto own = own_address(settings, recipient); !own.empty()) ours.push_back(std::move(own));
  }
  return ours;
}

// A robot may quote us; only a person's text is split. Reports are kept whole.
void set_text(Inbound& inbound, const Mail& mail, const Verdict& verdict) {
  if (verdict.kind == Inbound::Kind::kBounce) {
    inbound.text = text::trim(mail.text);
  } else {
    auto split = split_reply(mail.text);
    inbound.text = std::move(split.reply);
    if (!split.quoted.empty()) inbound.facts.emplace_back("quoted_bytes", std::to_string(split.quoted.size()));
    if (!split.signature.empty()) inbound.facts.emplace_back("signature", text::cut(text::collapse_spaces(split.signature), 200));
  }
  if (inbound.text.size() < kBlankBytes && text::trim(inbound.text).empty()) inbound.text = inbound.subject;
}

void set_facts(Inbound& inbound, const Mail& mail, const MailEnvelope& envelope, const Verdict& verdict) {
  auto fact = [&](std::string name, std::string value) {
    if (!value.empty()) inbound.facts.emplace_back(std::move(name), std::move(value));
  };
  fact("message_id", mail.message_id.empty() ? std::string{} : "<" + mail.message_id + ">");
  if (!mail.references.empty() || !mail.in_reply_to.empty()) {
    std::string chain;
    auto ids = mail.references.empty() ? mail.in_reply_to : mail.references;
    for (const auto& id : ids) chain += (chain.empty() ? "<" : " <") + id + ">";
    fact("references", text::cut(chain, 4'000));
  }
  fact("envelope_from", envelope.is_from_known ? "<" + envelope.from + ">" : std::string{});
  for (const auto& recipient : envelope.recipients) fact("envelope_to", recipient);
  fact("client", envelope.peer);
  fact("helo", envelope.helo);
  if (envelope.is_tls) fact("tls", "yes");
  if (mail.from.size() > 1) fact("several_from", std::to_string(mail.from.size()));
  if (mail.is_from_html) fact("text_from", "html");
  if (mail.is_encrypted) fact("encrypted", "cannot be read here; the raw mail is kept");
  for (const auto& [rule, evidence] : verdict.rules) fact("rule " + rule, evidence);
  for (const auto& warning : mail.warnings) fact("warning", warning);
  if (verdict.kind == Inbound::Kind::kBounce) {
    for (const auto& address : verdict.bounce.permanent) fact("bounce_permanent", address);
    for (const auto& address : verdict.bounce.temporary) fact("bounce_temporary", address);
    fact("bounce_status", verdict.bounce.status);
    fact("bounce_diagnostic", verdict.bounce.diagnostic);
    fact("bounce_of", verdict.bounce.original_message_id);
  }
  if (verdict.is_own_mail) fact("own_mail", "yes");
}

std::size_t count_hops(const Mail& mail) {
  auto hops = std::count_if(mail.headers.begin(), mail.headers.end(), [](const auto& h) { return h.first == "received"; });
  return static_cast<std::size_t>(hops);
}

}  // namespace

Result<Inbound> to_inbound(std::shared_ptr<const std::string> raw, MailEnvelope envelope, const EmailSettings& settings,
                           Timestamp received_at) {
  if (raw->size() > settings.max_message_bytes) {
    return fail(ErrorCode::kTooLarge, "the mail is larger than " + std::to_string(settings.max_message_bytes) + " bytes");
  }
  auto ours = own_recipients(envelope, settings);
  if (ours.empty()) return fail(ErrorCode::kInvalid, "none of the recipients is an address of ours");
  MimeOptions options;
  options.max_text_bytes = settings.max_text_bytes;
  options.max_attachment_bytes = settings.max_attachment_bytes;
  auto mail = parse_mail(*raw, options);
  if (count_hops(mail) > kMaxHops) return fail(ErrorCode::kInvalid, "loop: more than " + std::to_string(kMaxHops) + " hops");
  auto verdict = judge(mail, envelope, settings);

  Inbound inbound;
  inbound.channel = settings.channel;
  auto print = fingerprint(*raw, ours);
  inbound.dedup_key = std::move(print.dedup_key);
  inbound.content_digest = std::move(print.content_digest);
  inbound.sender_id =
      text::to_lower_ascii(mail.from.empty() || mail.from.front().address.empty() ? envelope.from : mail.from.front().address);
  if (!mail.from.empty()) inbound.sender_name = text::cut(mail.from.front().name, 200);
  inbound.recipient = ours.front();
  inbound.subject = text::cut(mail.subject, 1'000);
  inbound.kind = verdict.kind;
  inbound.kind_reason = verdict.reason;
  // Nobody to answer: a mail without any usable sender.
  inbound.may_answer = verdict.may_answer && inbound.sender_id.find('@') != std::string::npos;
  set_text(inbound, mail, verdict);
  inbound.language = text::guess_language(inbound.subject + "\n" + inbound.text.substr(0, kLanguageSample));
  if (!verdict.is_own_mail) {
    if (!verdict.bounce.original_message_id.empty()) inbound.thread_keys.push_back("mid:" + verdict.bounce.original_message_id);
    for (auto& key : thread_keys(mail, envelope, settings)) {
      if (std::find(inbound.thread_keys.begin(), inbound.thread_keys.end(), key) == inbound.thread_keys.end())
        inbound.thread_keys.push_back(std::move(key));
    }
    inbound.own_keys = own_keys(mail);
  }
  set_facts(inbound, mail, envelope, verdict);
  inbound.facts.emplace_back("received_at", to_rfc3339(received_at));
  inbound.attachments = std::move(mail.attachments);
  inbound.raw = std::move(raw);
  return inbound;
}

EmailChannel::EmailChannel(EmailSettings settings, net::OutboundClient& client, const Clock& clock)
    : settings_(std::move(settings)), client_(client), clock_(clock) {}

Capabilities EmailChannel::capabilities() const {
  Capabilities can;
  can.one_answer = true;
  return can;
}

boost::asio::awaitable<Result<Receipt>> EmailChannel::send(Outbound message) {
  if (settings_.relay_url.empty())
    co_return fail(ErrorCode::kInvalid, "channel " + settings_.channel + " has no relay to send through");
  auto mail = build_mail(message, settings_, clock_.now());
  if (!mail) co_return fail(std::move(mail.error()));
  net::MailCall call;
  call.url = settings_.relay_url;
  call.envelope_from = mail->envelope_from;
  call.recipient = mail->recipient;
  call.message = std::move(mail->bytes);
  call.user = settings_.relay_user;
  call.password = settings_.relay_password;
  call.tls = settings_.relay_tls;
  call.ca_file = settings_.relay_ca_file;
  auto reply = co_await client_.mail(std::move(call));
  if (!reply) co_return fail(std::move(reply.error()));
  co_return Receipt{mail->message_id, std::to_string(reply->code) + " " + reply->text};
}

}  // namespace usher::connectors::email
