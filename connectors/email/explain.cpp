#include "connectors/email/explain.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "connectors/email/reply_text.h"
#include "connectors/email/thread.h"
#include "connectors/json_input.h"

namespace usher::connectors::email {
namespace {

using Json = nlohmann::ordered_json;

Json addresses(const std::vector<MailAddress>& list) {
  Json out = Json::array();
  for (const auto& a : list) out.push_back({{"name", a.name}, {"address", a.address}});
  return out;
}

std::string without_brackets(std::string_view id) {
  if (id.starts_with('<')) id.remove_prefix(1);
  if (id.ends_with('>')) id.remove_suffix(1);
  return std::string(id);
}

// A report is kept whole; everything else has what its writer wrote apart from the rest.
ReplyText parts_of(const ReadMail& read) {
  if (read.verdict.kind == Inbound::Kind::kBounce) return {text::trim(read.mail.text), {}, {}};
  return split_reply(read.mail.text);
}

Json bounce_json(const Verdict& verdict) {
  const auto& b = verdict.bounce;
  Json recipients = Json::array();
  for (const auto* list : {&b.permanent, &b.temporary}) {
    for (const auto& address : *list) recipients.push_back(address);
  }
  Json permanent = nullptr;
  if (!b.permanent.empty() || b.status.starts_with('5')) {
    permanent = true;
  } else if (!b.temporary.empty() || b.status.starts_with('4')) {
    permanent = false;
  }
  return {{"is", verdict.kind == Inbound::Kind::kBounce},
          {"permanent", permanent},
          {"recipients", recipients},
          {"status", b.status},
          {"reason", b.diagnostic.empty() ? b.evidence : b.diagnostic},
          {"original_message_id", without_brackets(b.original_message_id)}};
}

std::string case_of(const Decision& d) {
  if (!d.thread) return {};
  return d.thread->reference.empty() ? d.thread->conversation : d.thread->reference;
}

Json attachment_json(const Attachment& a) {
  return {{"name", a.file_name}, {"type", a.content_type}, {"size", a.content ? a.content->size() : 0},
          {"sha256", a.sha256},  {"inline", a.is_inline},  {"content_id", a.content_id}};
}

}  // namespace

MailEnvelope envelope_of(const Mail& mail, const EmailSettings& settings) {
  MailEnvelope out;
  const auto* return_path = mail.header("return-path");
  out.is_from_known = return_path != nullptr;
  if (return_path != nullptr) {
    out.from = text::trim(*return_path);
    if (out.from.starts_with('<') && out.from.ends_with('>')) out.from = out.from.substr(1, out.from.size() - 2);
  }
  std::vector<std::string> ours, others;
  auto take = [&](std::string address) {
    auto& list = own_address(settings, address).empty() ? others : ours;
    if (std::find(list.begin(), list.end(), address) == list.end()) list.push_back(std::move(address));
  };
  for (const auto& [name, value] : mail.headers) {
    if (name == "delivered-to" || name == "x-original-to" || name == "envelope-to" || name == "x-envelope-to")
      take(text::trim(value));
  }
  if (ours.empty()) {
    for (const auto* list : {&mail.to, &mail.cc}) {
      for (const auto& a : *list) take(a.address);
    }
  }
  // Our own address is the likeliest when nothing says: the mail is here.
  out.recipients = !ours.empty() ? std::move(ours) : std::vector<std::string>{from_address(settings)};
  return out;
}

Explained explain(std::shared_ptr<const std::string> raw, const MailEnvelope& envelope, const EmailSettings& settings,
                  const Known& known, Timestamp received_at) {
  Explained out;
  out.read = read_mail(std::move(raw), envelope, settings, received_at);
  auto& rules = out.decision.rules;
  rules = out.read.verdict.rules;
  if (!out.read.authentication.evidence.empty()) {
    const bool is_pass = out.read.authentication.state == Authentication::State::kPass;
    rules.emplace_back(is_pass ? "authenticated" : "not_authenticated", out.read.authentication.evidence);
  }
  for (const auto& field : out.read.authentication.ignored) rules.emplace_back("authentication_ignored", field);
  if (const auto hops = count_hops(out.read.mail); hops > kMaxHops) {
    out.decision.outcome = Outcome::kLoop;
    rules.emplace_back("hops", std::to_string(hops) + " Received fields, more than " + std::to_string(kMaxHops));
    return out;
  }
  auto decision = decide(out.read.inbound, known);
  rules.insert(rules.end(), std::make_move_iterator(decision.rules.begin()), std::make_move_iterator(decision.rules.end()));
  decision.rules = std::move(rules);
  out.decision = std::move(decision);
  return out;
}

std::string to_json(const Explained& e, std::string_view file) {
  const auto& mail = e.read.mail;
  const auto parts = parts_of(e.read);
  Json out;
  out["file"] = file;
  out["verdict"] = to_string(e.decision.outcome);
  if (auto reference = case_of(e.decision); !reference.empty()) out["case"] = reference;
  if (!e.decision.cause.empty()) out["cause"] = e.decision.cause;
  out["rules"] = Json::array();
  for (const auto& [rule, evidence] : e.decision.rules) out["rules"].push_back({{"rule", rule}, {"evidence", evidence}});
  out["message_id"] = mail.message_id;
  out["in_reply_to"] = mail.in_reply_to;
  out["references"] = mail.references;
  const MailAddress nobody;
  const auto& from = mail.from.empty() ? nobody : mail.from.front();
  out["from"] = {{"name", from.name}, {"address", from.address}};
  out["to"] = addresses(mail.to);
  out["cc"] = addresses(mail.cc);
  out["reply_to"] = addresses(mail.reply_to);
  out["subject"] = mail.subject;
  out["date"] = nullptr;
  // Years that RFC 3339 can write.
  if (mail.date && *mail.date > -62'135'596'800 && *mail.date < 253'402'300'800)
    out["date"] = to_rfc3339(from_millis(*mail.date * 1000));
  out["language"] = e.read.inbound.language;
  out["text"] = mail.text;
  out["reply_text"] = parts.reply;
  out["quoted_text"] = parts.quoted;
  out["signature"] = parts.signature;
  out["html"] = !mail.html_parts.empty();
  out["attachments"] = Json::array();
  auto refused = e.read.refused.begin();
  auto put_refused = [&] {
    // In the order of the mail, among the others.
    for (; refused != e.read.refused.end() && refused->position == out["attachments"].size(); ++refused) {
      out["attachments"].push_back(attachment_json(refused->attachment));
      out["attachments"].back()["refused"] = refused->type;
    }
  };
  for (const auto& a : e.read.inbound.attachments) {
    put_refused();
    out["attachments"].push_back(attachment_json(a));
  }
  put_refused();
  const bool is_robot = e.read.verdict.kind == Inbound::Kind::kAutomatic;
  out["auto_reply"] = {{"is", is_robot}, {"reason", is_robot ? e.read.verdict.reason : ""}};
  out["bounce"] = bounce_json(e.read.verdict);
  out["warnings"] = mail.warnings;
  return to_json_text(out);
}

std::string to_text(const Explained& e, std::string_view file) {
  const auto& mail = e.read.mail;
  const auto parts = parts_of(e.read);
  std::string out = fmt::format("{}\n", file);
  auto line = [&](const char* name, std::string_view value) {
    if (!value.empty()) out += fmt::format("  {:<12} {}\n", name, text::cut(text::collapse_spaces(value), 400));
  };
  auto block = [&](const char* name, std::string_view value) {
    if (value.empty()) return;
    out += fmt::format("  {}\n", name);
    for (const auto& one : text::split(value, '\n')) out += "    | " + text::to_valid_utf8(one) + "\n";
  };
  line("verdict", to_string(e.decision.outcome));
  line("cause", e.decision.cause);
  line("case", case_of(e.decision));
  for (const auto& [rule, evidence] : e.decision.rules) line("rule", rule + ": " + evidence);
  line("message id", mail.message_id);
  for (const auto& key : e.read.inbound.thread_keys) line("thread key", key);
  for (const auto& a : mail.from) line("from", a.name + " <" + a.address + ">");
  for (const auto& a : mail.to) line("to", a.name + " <" + a.address + ">");
  for (const auto& a : mail.cc) line("cc", a.name + " <" + a.address + ">");
  line("subject", mail.subject);
  line("language", e.read.inbound.language);
  block("reply", parts.reply);
  block("quoted", parts.quoted);
  block("signature", parts.signature);
  for (const auto& a : e.read.inbound.attachments) {
    line("attachment", fmt::format("{} ({}, {} bytes{})", a.file_name, a.content_type, a.content ? a.content->size() : 0,
                                   a.is_inline ? ", inline" : ""));
  }
  if (e.read.verdict.kind == Inbound::Kind::kBounce) {
    for (const auto& a : e.read.verdict.bounce.permanent) line("failed", a);
    for (const auto& a : e.read.verdict.bounce.temporary) line("delayed", a);
    line("because", e.read.verdict.bounce.status + " " + e.read.verdict.bounce.diagnostic);
  }
  for (const auto& warning : mail.warnings) line("warning", warning);
  return printable(out);
}

std::string printable(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = [&](std::size_t n) { return i + n < utf8.size() ? static_cast<unsigned char>(utf8[i + n]) : 0u; };
    const auto c = byte(0);
    const bool is_c1 = c == 0xc2 && byte(1) >= 0x80 && byte(1) <= 0x9f;
    const bool is_bidi = c == 0xe2 && ((byte(1) == 0x80 && byte(2) >= 0xaa && byte(2) <= 0xae) ||
                                       (byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9));
    if (is_c1 || is_bidi) {
      out += '?';
      i += is_c1 ? 1 : 2;
    } else if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\t')) {
      out += '?';
    } else {
      out += utf8[i];
    }
  }
  return out;
}

bool is_mbox(std::string_view bytes) {
  return bytes.starts_with("From ");
}

void each_of_mbox(std::string_view bytes, const std::function<void(std::string)>& each) {
  std::string mail;
  bool is_within = false, was_blank = true;
  std::size_t at = 0;
  while (at < bytes.size()) {
    auto end = bytes.find('\n', at);
    auto line = bytes.substr(at, end == std::string_view::npos ? end : end - at);
    at = end == std::string_view::npos ? bytes.size() : end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (was_blank && line.starts_with("From ")) {
      if (is_within) each(std::move(mail));
      mail.clear();
      is_within = true;
      was_blank = false;
      continue;
    }
    was_blank = line.empty();
    const auto quotes = line.find_first_not_of('>');
    if (quotes != std::string_view::npos && quotes > 0 && line.substr(quotes).starts_with("From ")) line.remove_prefix(1);
    mail += line;
    mail += "\r\n";
  }
  if (is_within) each(std::move(mail));
}

}  // namespace usher::connectors::email
