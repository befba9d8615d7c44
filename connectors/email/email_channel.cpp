#include "connectors/email/email_channel.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "connectors/email/reply_text.h"
#include "connectors/email/thread.h"

namespace usher::connectors::email {
namespace {

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

// Takes out of the mail what is not to be handed on.
std::vector<RefusedAttachment> refuse(Mail& mail, const std::vector<std::string>& allowed) {
  std::vector<RefusedAttachment> refused;
  std::vector<Attachment> taken;
  for (std::size_t i = 0; i < mail.attachments.size(); ++i) {
    auto& a = mail.attachments[i];
    auto type = judged_type(mail.found_types[i], a.content_type, a.file_name);
    if (a.content->empty() || is_allowed_type(type, allowed)) {
      taken.push_back(std::move(a));
      continue;
    }
    mail.warnings.push_back("attachment " + a.file_name + " is refused: " + type + " is not taken; it is in the raw mail");
    refused.push_back({std::move(a), std::move(type), i});
  }
  mail.attachments = std::move(taken);
  return refused;
}

// How far the sender is believed, for the one who decides (decision.h).
void set_trust(Inbound& inbound, const Mail& mail, const MailEnvelope& envelope, const EmailSettings& settings,
               const Authentication& authentication, Timestamp now) {
  using Require = EmailSettings::Require;
  auto& trust = inbound.trust;
  trust.is_claimed = true;
  trust.is_verified = authentication.state == Authentication::State::kPass;
  if (!trust.is_verified)
    trust.doubt =
        authentication.state == Authentication::State::kUnknown ? "nobody we trust has checked it" : authentication.evidence;
  const auto from_fields =
      std::count_if(mail.headers.begin(), mail.headers.end(), [](const auto& h) { return h.first == "from"; });
  trust.is_ambiguous = mail.from.size() > 1 || from_fields > 1;
  const bool has_checker = !settings.authserv_id.empty();
  trust.must_verify_all = has_checker && settings.require_authentication == Require::kAll;
  trust.must_verify_replies = has_checker && settings.require_authentication != Require::kNone;
  trust.is_token_enough = settings.is_token_enough;
  if (!inbound.thread_keys.empty()) inbound.proven_keys = proven_keys(mail, envelope, settings, now);
}

}  // namespace

std::size_t count_hops(const Mail& mail) {
  auto hops = std::count_if(mail.headers.begin(), mail.headers.end(), [](const auto& h) { return h.first == "received"; });
  return static_cast<std::size_t>(hops);
}

std::string envelope_to_json(const MailEnvelope& envelope) {
  std::string out = "{\"to\":[";
  for (const auto& recipient : envelope.recipients) {
    if (out.back() != '[') out += ',';
    text::append_json_string(out, recipient);
  }
  out += ']';
  auto member = [&](const char* name, const std::string& value) {
    out += ",\"" + std::string(name) + "\":";
    text::append_json_string(out, value);
  };
  if (envelope.is_from_known) member("from", envelope.from);
  if (!envelope.peer.empty()) member("peer", envelope.peer);
  if (!envelope.helo.empty()) member("helo", envelope.helo);
  if (envelope.is_tls) out += ",\"tls\":true";
  return out + '}';
}

MailEnvelope envelope_from_json(std::string_view json) {
  MailEnvelope out;
  out.is_from_known = false;
  const auto j = nlohmann::json::parse(json, nullptr, false);
  if (!j.is_object()) return out;
  auto text_of = [&](const char* name) {
    auto it = j.find(name);
    return it != j.end() && it->is_string() ? it->get<std::string>() : std::string{};
  };
  out.is_from_known = j.contains("from");
  out.from = text_of("from");
  out.peer = text_of("peer");
  out.helo = text_of("helo");
  out.is_tls = j.contains("tls");
  if (auto to = j.find("to"); to != j.end() && to->is_array()) {
    for (const auto& recipient : *to) {
      if (recipient.is_string()) out.recipients.push_back(recipient.get<std::string>());
    }
  }
  return out;
}

ReadMail read_mail(std::shared_ptr<const std::string> raw, const MailEnvelope& envelope, const EmailSettings& settings,
                   Timestamp received_at) {
  ReadMail out;
  MimeOptions options;
  options.max_text_bytes = settings.max_text_bytes;
  options.max_attachment_bytes = settings.max_attachment_bytes;
  auto& mail = out.mail = parse_mail(*raw, options);
  auto& verdict = out.verdict = judge(mail, envelope, settings);
  out.authentication = authenticate(mail, settings);

  auto ours = own_recipients(envelope, settings);
  auto& inbound = out.inbound;
  inbound.channel = settings.channel;
  auto print = fingerprint(*raw, ours);
  inbound.dedup_key = std::move(print.dedup_key);
  inbound.content_digest = std::move(print.content_digest);
  inbound.sender_id =
      text::to_lower_ascii(mail.from.empty() || mail.from.front().address.empty() ? envelope.from : mail.from.front().address);
  if (!mail.from.empty()) inbound.sender_name = text::cut(mail.from.front().name, 200);
  inbound.recipient = !ours.empty() ? ours.front() : !envelope.recipients.empty() ? envelope.recipients.front() : std::string{};
  inbound.subject = text::cut(mail.subject, 1'000);
  inbound.kind = verdict.kind;
  inbound.kind_reason = verdict.reason;
  inbound.is_own = verdict.is_own_mail;
  // Nobody to answer: a mail without any usable sender.
  inbound.may_answer = verdict.may_answer && inbound.sender_id.find('@') != std::string::npos;
  if (out.authentication.is_refuted) inbound.may_answer = false;
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
  set_trust(inbound, mail, envelope, settings, out.authentication, received_at);
  if (own_outbox_id(settings, verdict.bounce.original_message_id)) {
    inbound.proven_keys.push_back("mid:" + verdict.bounce.original_message_id);
    inbound.facts.emplace_back("bounce_delivery", *own_outbox_id(settings, verdict.bounce.original_message_id));
  }
  out.refused = refuse(mail, settings.allowed_attachments);
  set_facts(inbound, mail, envelope, verdict);
  for (const auto& r : out.refused)
    inbound.facts.emplace_back("refused_attachment", r.attachment.file_name + " (" + r.type + ")");
  if (!out.authentication.evidence.empty()) inbound.facts.emplace_back("authentication", out.authentication.evidence);
  for (const auto& field : out.authentication.ignored) inbound.facts.emplace_back("authentication_ignored", field);
  inbound.facts.emplace_back("received_at", to_rfc3339(received_at));
  inbound.envelope = envelope_to_json(envelope);
  inbound.attachments = std::move(mail.attachments);
  inbound.raw = std::move(raw);
  return out;
}

Result<Inbound> to_inbound(std::shared_ptr<const std::string> raw, MailEnvelope envelope, const EmailSettings& settings,
                           Timestamp received_at) {
  if (raw->size() > settings.max_message_bytes) {
    return fail(ErrorCode::kTooLarge, "the mail is larger than " + std::to_string(settings.max_message_bytes) + " bytes");
  }
  if (own_recipients(envelope, settings).empty())
    return fail(ErrorCode::kInvalid, "none of the recipients is an address of ours");
  auto read = read_mail(std::move(raw), envelope, settings, received_at);
  if (count_hops(read.mail) > kMaxHops) return fail(ErrorCode::kInvalid, "loop: more than " + std::to_string(kMaxHops) + " hops");
  return std::move(read.inbound);
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
