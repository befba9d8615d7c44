#include "connectors/email/thread.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/crypto.h"
#include "base/id.h"
#include "base/text.h"
#include "connectors/email/mime.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxIds = 200;
constexpr std::size_t kMaxKeys = 40;
constexpr std::size_t kMacHex = 12;
constexpr std::int64_t kTokenDays = 183;
constexpr std::int64_t kMillisPerDay = 86'400'000;

std::string mac(const EmailSettings& settings, std::string_view purpose, std::string_view data) {
  auto text = std::string(purpose) + '\0' + std::string(data);
  return crypto::to_hex(crypto::hmac_sha256(settings.secret, text)).substr(0, kMacHex);
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Fields that differ between two deliveries of one mail.
bool is_trace_field(std::string_view lower) {
  static constexpr auto kFields = std::to_array<std::string_view>(
      {"received", "return-path", "delivered-to", "x-original-to", "x-received", "authentication-results", "received-spf",
       "envelope-to", "x-envelope-to", "x-envelope-from", "dkim-signature", "x-google-smtp-source", "x-gm-message-state"});
  static constexpr auto kPrefixes = std::to_array<std::string_view>(
      {"arc-", "x-spam-", "x-virus-", "x-ms-exchange-", "x-microsoft-antispam", "x-forefront-", "x-google-dkim-"});
  return std::find(kFields.begin(), kFields.end(), lower) != kFields.end() ||
         std::any_of(kPrefixes.begin(), kPrefixes.end(), [&](std::string_view p) { return lower.starts_with(p); });
}

// Where a field that begins at `at` ends: behind its last continuation line.
std::size_t field_end(std::string_view raw, std::size_t at) {
  for (;;) {
    auto lf = raw.find('\n', at);
    if (lf == std::string_view::npos) return raw.size();
    at = lf + 1;
    if (at >= raw.size() || (raw[at] != ' ' && raw[at] != '\t')) return at;
  }
}

void add_key(std::vector<std::string>& keys, std::string key) {
  if (keys.size() < kMaxKeys && std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
}

bool is_tag_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
}

// Provisional references in running text: "P-" and what may belong to one, at most 24 characters on.
void add_references(std::string_view textual, std::vector<std::string>& keys) {
  for (std::size_t at = 0; at + 2 < textual.size(); ++at) {
    if ((textual[at] != 'P' && textual[at] != 'p') || textual[at + 1] != '-') continue;
    if (at > 0 && is_tag_char(textual[at - 1])) continue;
    auto end = at;
    while (end < textual.size() && is_tag_char(textual[end]) && end - at < 24) ++end;
    while (end > at && !std::isalnum(static_cast<unsigned char>(textual[end - 1]))) --end;
    if (auto reference = parse_case_reference(textual.substr(at, end - at))) add_key(keys, "ref:" + *reference);
  }
}

// "[#4711]" or "[name #4711]": the last one written is the current one.
void add_tags(std::string_view subject, std::vector<std::string>& keys) {
  for (auto close = subject.rfind(']'); close != std::string_view::npos;
       close = close == 0 ? std::string_view::npos : subject.rfind(']', close - 1)) {
    auto open = subject.rfind('[', close);
    if (open == std::string_view::npos) return;
    auto inside = subject.substr(open + 1, close - open - 1);
    auto hash = inside.rfind('#');
    if (hash == std::string_view::npos) continue;
    auto tag = inside.substr(hash + 1);
    if (tag.empty() || tag.size() > 40 || !std::all_of(tag.begin(), tag.end(), is_tag_char)) continue;
    auto reference = parse_case_reference(tag);
    add_key(keys, "ref:" + (reference ? *reference : std::string(tag)));
  }
}

struct ReplyToken {
  std::string key;  // "ref:…" or "conversation:…"
  std::int64_t day = 0;
};

constexpr std::size_t kUuidDigits = 32;

// "0190a…": a UUID without its dashes; empty when it is none.
std::string with_dashes(std::string_view digits) {
  if (digits.size() != kUuidDigits) return {};
  std::string uuid;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) uuid += '-';
    uuid += digits[i];
  }
  return is_uuid(uuid) ? uuid : std::string{};
}

// Half a token is none: the MAC is over both parts.
std::optional<ReplyToken> parse_reply_token(const EmailSettings& settings, std::string_view token) {
  auto mac_dot = token.rfind('.');
  if (settings.secret.empty() || mac_dot == std::string_view::npos || token.size() - mac_dot - 1 != kMacHex) return std::nullopt;
  auto signed_part = text::to_lower_ascii(token.substr(0, mac_dot));
  if (!crypto::equal(text::to_lower_ascii(token.substr(mac_dot + 1)), mac(settings, "reply", signed_part))) return std::nullopt;
  auto day_dot = signed_part.rfind('.');
  if (day_dot == std::string::npos) return std::nullopt;
  ReplyToken out;
  const auto* end = signed_part.data() + signed_part.size();
  if (std::from_chars(signed_part.data() + day_dot + 1, end, out.day, 16).ptr != end) return std::nullopt;
  auto reference = signed_part.substr(0, day_dot);
  if (auto conversation = with_dashes(reference); !conversation.empty()) {
    out.key = "conversation:" + conversation;
  } else if (auto canonical = parse_case_reference(reference)) {
    out.key = "ref:" + *canonical;
  } else {
    // Ticket numbers are written in capitals ("T-1001") or have no letters.
    out.key = "ref:";
    for (char c : reference) out.key += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

// What stands behind the separator of our addresses, in the envelope.
template <class F>
void each_subaddress(const MailEnvelope& envelope, const EmailSettings& settings, F use) {
  for (const auto& recipient : envelope.recipients) {
    if (auto sub = subaddress_of(settings, recipient); !sub.empty()) use(sub);
  }
}

// Each with its MAC, of any age. What a mailbox or a pipe hands over has lost the address it came to: To and Cc have it.
template <class F>
void each_reply_token(const Mail& mail, const MailEnvelope& envelope, const EmailSettings& settings, F use) {
  auto try_one = [&](std::string_view sub) {
    if (auto token = parse_reply_token(settings, sub)) use(*token);
  };
  each_subaddress(envelope, settings, try_one);
  std::size_t looked_at = 0;
  for (const auto* list : {&mail.to, &mail.cc}) {
    for (const auto& a : *list) {
      if (++looked_at > kMaxIds) return;
      if (auto sub = subaddress_of(settings, a.address); !sub.empty()) try_one(sub);
    }
  }
}

// The moment in a UUIDv7; nullopt for anything else.
std::optional<std::int64_t> millis_of(std::string_view uuid) {
  if (!is_uuid(uuid) || uuid[14] != '7') return std::nullopt;
  std::string hex(uuid.substr(0, 8));
  hex += uuid.substr(9, 4);
  std::int64_t millis = 0;
  std::from_chars(hex.data(), hex.data() + hex.size(), millis, 16);
  return millis;
}

}  // namespace

std::string make_reply_token(const EmailSettings& settings, std::string_view reference, Timestamp now) {
  auto subject = text::to_lower_ascii(reference);
  if (is_uuid(subject)) std::erase(subject, '-');
  auto signed_part = fmt::format("{}.{:x}", subject, to_millis(now) / kMillisPerDay);
  return signed_part + "." + mac(settings, "reply", signed_part);
}

std::vector<std::string> proven_keys(const Mail& mail, const MailEnvelope& envelope, const EmailSettings& settings,
                                     Timestamp now) {
  std::vector<std::string> keys;
  const auto today = to_millis(now) / kMillisPerDay;
  auto is_fresh = [&](std::int64_t day) { return today == 0 || today - day <= kTokenDays; };
  each_reply_token(mail, envelope, settings, [&](const ReplyToken& token) {
    if (is_fresh(token.day)) add_key(keys, token.key);
  });
  for (const auto* ids : {&mail.in_reply_to, &mail.references}) {
    for (const auto& id : *ids) {
      auto outbox = own_outbox_id(settings, id);
      if (!outbox) continue;
      auto made = millis_of(*outbox);
      if (!made || is_fresh(*made / kMillisPerDay)) add_key(keys, "mid:<" + id + ">");
    }
  }
  return keys;
}

std::vector<std::string> parse_message_ids(std::string_view raw) {
  std::vector<std::string> ids;
  std::size_t at = 0;
  while (ids.size() < kMaxIds) {
    auto open = raw.find('<', at);
    if (open == std::string_view::npos) break;
    auto close = raw.find_first_of("<>", open + 1);
    if (close == std::string_view::npos) break;
    at = raw[close] == '>' ? close + 1 : close;
    if (raw[close] != '>') continue;
    std::string id;
    for (char c : raw.substr(open + 1, close - open - 1)) {
      if (!is_space(c) && static_cast<unsigned char>(c) >= ' ' && c != '\x7f') id += c;
    }
    if (!id.empty() && id.size() <= 998) ids.push_back(text::to_valid_utf8(id));
  }
  if (ids.empty() && raw.find('<') == std::string_view::npos) {
    // Without brackets: one word with an @ is taken for an id.
    auto begin = std::find_if_not(raw.begin(), raw.end(), is_space);
    auto end = std::find_if(begin, raw.end(), is_space);
    std::string_view word(begin, end);
    if (!word.empty() && word.size() <= 998) ids.push_back(text::to_valid_utf8(word));
  }
  return ids;
}

std::string make_message_id(const EmailSettings& settings, std::string_view outbox_id) {
  return "<usher." + std::string(outbox_id) + "." + mac(settings, "message-id", outbox_id) + "@" + message_id_domain(settings) +
         ">";
}

std::optional<std::string> own_outbox_id(const EmailSettings& settings, std::string_view message_id) {
  if (settings.secret.empty()) return std::nullopt;  // nothing is ours without a secret
  if (message_id.starts_with('<')) message_id.remove_prefix(1);
  auto at = message_id.find('@');
  auto left = message_id.substr(0, at);
  if (at == std::string_view::npos || !left.starts_with("usher.") || left.size() < 6 + 1 + 1 + kMacHex) return std::nullopt;
  auto given = left.substr(left.size() - kMacHex);
  if (left[left.size() - kMacHex - 1] != '.') return std::nullopt;
  auto id = left.substr(6, left.size() - 6 - kMacHex - 1);
  if (!crypto::equal(given, mac(settings, "message-id", id))) return std::nullopt;
  return std::string(id);
}

std::string make_loop_mark(const EmailSettings& settings, std::string_view message_id) {
  auto id = text::trim(message_id);
  return id + " " + mac(settings, "loop", id);
}

bool is_own_loop_mark(const EmailSettings& settings, std::string_view value) {
  auto trimmed = text::trim(value);
  auto space = trimmed.rfind(' ');
  if (space == std::string::npos || settings.secret.empty()) return false;
  return crypto::equal(std::string_view(trimmed).substr(space + 1), mac(settings, "loop", text::trim(trimmed.substr(0, space))));
}

std::vector<std::string> thread_keys(const Mail& mail, const MailEnvelope& envelope, const EmailSettings& settings) {
  std::vector<std::string> ids(mail.in_reply_to.rbegin(), mail.in_reply_to.rend());
  ids.insert(ids.end(), mail.references.rbegin(), mail.references.rend());
  // What is known to be ours comes first.
  std::vector<std::string> keys;
  each_reply_token(mail, envelope, settings, [&](const ReplyToken& token) { add_key(keys, token.key); });
  for (bool ours : {true, false}) {
    for (const auto& id : ids) {
      if (own_outbox_id(settings, id).has_value() == ours) add_key(keys, "mid:<" + id + ">");
    }
  }
  each_subaddress(envelope, settings, [&](std::string_view sub) {
    if (auto reference = parse_case_reference(sub)) add_key(keys, "ref:" + *reference);
  });
  add_tags(mail.subject, keys);
  add_references(mail.subject, keys);
  return keys;
}

std::vector<std::string> own_keys(const Mail& mail) {
  if (mail.message_id.empty()) return {};
  return {"mid:<" + mail.message_id + ">"};
}

Fingerprint fingerprint(std::string_view raw, std::vector<std::string> recipients) {
  std::string content;
  content.reserve(raw.size());
  std::string date;
  bool has_message_id = false;
  std::size_t at = 0;
  while (at < raw.size()) {
    if (raw[at] == '\n' || raw.substr(at, 2) == "\r\n") break;
    auto end = field_end(raw, at);
    auto field = raw.substr(at, end - at);
    auto name = text::to_lower_ascii(text::trim(field.substr(0, std::min(field.find(':'), std::size_t{80}))));
    if (name == "message-id") has_message_id = true;
    if (name == "date") {
      date += field;
    } else if (!is_trace_field(name)) {
      content += field;
    }
    at = end;
  }
  content += raw.substr(std::min(at, raw.size()));
  if (!has_message_id) content += date;
  Fingerprint result;
  result.content_digest = crypto::sha256_hex(content);
  std::sort(recipients.begin(), recipients.end());
  recipients.erase(std::unique(recipients.begin(), recipients.end()), recipients.end());
  std::string key;
  for (const auto& recipient : recipients) key += text::to_lower_ascii(recipient) + "\n";
  result.dedup_key = crypto::sha256_hex(key + result.content_digest);
  return result;
}

}  // namespace usher::connectors::email
