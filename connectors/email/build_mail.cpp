// Outbound → the bytes of a mail (email_channel.h). Everything is 7-bit: the relay may be old.
#include <algorithm>

#include "base/crypto.h"
#include "base/id.h"
#include "base/text.h"
#include "connectors/email/answering.h"
#include "connectors/email/email_channel.h"
#include "connectors/email/html_body.h"
#include "connectors/email/smtp_path.h"
#include "connectors/email/thread.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxWordBytes = 45;   // of UTF-8 in one encoded word: 60 characters of base64, 75 with the frame
constexpr std::size_t kMaxReferences = 10;  // the first and the last nine
constexpr std::size_t kMaxSubjectCodePoints = 400;
constexpr std::size_t kBase64Line = 76;

// A value that stays on its line: CR, LF, NUL and other controls become blanks (header injection).
std::string one_line(std::string_view value) {
  auto out = text::to_valid_utf8(value);
  std::replace_if(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return text::collapse_spaces(out);
}

bool is_ascii(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return static_cast<unsigned char>(c) < 128; });
}

// RFC 2047 B-encoded words, none cutting a character in two, folded.
std::string encoded_words(std::string_view utf8) {
  std::string out;
  while (!utf8.empty()) {
    auto n = std::min(kMaxWordBytes, utf8.size());
    while (n < utf8.size() && n > 0 && (static_cast<unsigned char>(utf8[n]) & 0xC0) == 0x80) --n;
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + crypto::to_base64(utf8.substr(0, n)) + "?=";
    utf8.remove_prefix(n);
  }
  return out;
}

// Unstructured text, folded at blanks so that no line passes 78 bytes when it can be avoided and 998 in any case.
std::string unstructured(std::string_view name, std::string_view value) {
  auto line = one_line(value);
  bool needs_words = !is_ascii(line) || line.find("=?") != std::string::npos || line.size() > 900;
  if (needs_words) return std::string(name) + ": " + encoded_words(line) + "\r\n";
  std::string out = std::string(name) + ":";
  std::size_t width = out.size();
  for (const auto& word : text::split(line, ' ')) {
    if (width + 1 + word.size() > 76 && width > name.size() + 1) {
      out += "\r\n";
      width = 0;
    }
    out += " " + word;
    width += word.size() + 1;
  }
  return out + "\r\n";
}

std::string mailbox(std::string_view display_name, const std::string& address) {
  auto name = one_line(display_name);
  if (name.empty()) return address;
  name = text::cut(name, 100);
  if (!is_ascii(name)) return encoded_words(name) + "\r\n <" + address + ">";
  std::string quoted = "\"";
  for (char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"\r\n <" + address + ">";
}

// "<id>" when it is one and safe to repeat, else empty.
std::string safe_id(std::string_view id) {
  auto ids = parse_message_ids(id);
  if (ids.empty() || ids.front().size() > 250 || !is_ascii(ids.front())) return {};
  return "<" + ids.front() + ">";
}

std::string thread_fields(const Outbound& message) {
  auto parent = safe_id(message.in_reply_to);
  std::vector<std::string> chain;
  for (const auto& reference : message.references) {
    auto id = safe_id(reference);
    if (!id.empty() && std::find(chain.begin(), chain.end(), id) == chain.end()) chain.push_back(std::move(id));
  }
  if (!parent.empty() && (chain.empty() || chain.back() != parent)) {
    std::erase(chain, parent);
    chain.push_back(parent);
  }
  if (chain.size() > kMaxReferences) {
    chain.erase(chain.begin() + 1, chain.end() - static_cast<std::ptrdiff_t>(kMaxReferences - 1));
  }
  std::string out;
  if (!parent.empty()) out += "In-Reply-To: " + parent + "\r\n";
  for (std::size_t i = 0; i < chain.size(); ++i) out += (i == 0 ? "References: " : "\r\n ") + chain[i];
  if (!chain.empty()) out += "\r\n";
  return out;
}

constexpr std::size_t kMaxLocalPart = 64;  // RFC 5321 §4.5.3.1.1

// Where the answer to this goes: an address of ours with a token that nobody else can make. Empty where sub-addresses are not
// taken, or the token would make the address too long.
std::string reply_address(const Outbound& message, const EmailSettings& settings, Timestamp now) {
  if (!settings.has_reply_tokens || settings.secret.empty()) return {};
  const auto own = from_address(settings);
  const auto at = own.rfind('@');
  for (const auto& bound_to : {is_uuid(message.conversation_id) ? message.conversation_id : std::string{}, message.reference}) {
    if (bound_to.empty()) continue;
    const auto local = own.substr(0, at) + settings.subaddress_separator + make_reply_token(settings, bound_to, now);
    const bool is_usable = std::all_of(local.begin(), local.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
             std::string_view("-_.+=").find(c) != std::string_view::npos;
    });
    if (local.size() <= kMaxLocalPart && is_usable) return local + own.substr(at);
  }
  return {};
}

// Without a subject of theirs (there was none, or the sender is not verified) it is one of ours.
std::string subject_of(const Outbound& message, const EmailSettings& settings) {
  auto subject = text::cut(one_line(message.subject), kMaxSubjectCodePoints);
  const auto from = one_line(settings.from_name);
  if (subject.empty() && message.language == "zh") {
    subject = "您的来信" + (from.empty() ? std::string{} : "（" + from + "）");
  } else if (subject.empty()) {
    subject = "Your message" + (from.empty() ? std::string{} : " to " + from);
  } else if (!message.in_reply_to.empty() && without_reply_prefixes(subject).size() == subject.size()) {
    subject = "Re: " + subject;
  }
  auto reference = one_line(message.reference);
  std::erase_if(reference, [](char c) { return c == '[' || c == ']'; });
  if (reference.empty()) return subject;
  auto tag = "[#" + reference + "]";
  if (subject.find(tag) == std::string::npos) subject = text::trim(subject + " " + tag);
  return subject;
}

std::string base64_lines(std::string_view bytes) {
  auto encoded = crypto::to_base64(bytes);
  std::string out;
  out.reserve(encoded.size() + encoded.size() / kBase64Line * 2 + 2);
  for (std::size_t i = 0; i < encoded.size(); i += kBase64Line) {
    out += std::string_view(encoded).substr(i, kBase64Line);
    out += "\r\n";
  }
  return out;
}

// Quoted-printable (RFC 2045 §6.7) of text with LF line ends. Dots and "From " at the start of a line are kept from harm by
// encoding.
std::string quoted_printable(std::string_view utf8) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  std::size_t width = 0;
  auto put = [&](std::string_view item) {
    if (width + item.size() > 75) {
      out += "=\r\n";
      width = 0;
    }
    out += item;
    width += item.size();
  };
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    char c = utf8[i];
    auto u = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\r\n";
      width = 0;
      continue;
    }
    bool ends_line = i + 1 == utf8.size() || utf8[i + 1] == '\n';
    bool is_plain = (u >= 33 && u <= 126 && c != '=') || ((c == ' ' || c == '\t') && !ends_line);
    if (width == 0 && (c == '.' || (c == 'F' && utf8.substr(i, 5) == "From "))) is_plain = false;
    if (is_plain) {
      put(std::string_view(&c, 1));
    } else {
      const char code[3] = {'=', kHex[u >> 4], kHex[u & 15]};
      put(std::string_view(code, 3));
    }
  }
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out;
}

struct Encoded {
  std::string encoding, bytes;
};
Encoded encode_text(std::string_view text) {
  std::string clean;
  auto valid = text::to_valid_utf8(text);
  std::erase(valid, '\r');
  auto beyond = static_cast<std::size_t>(
      std::count_if(valid.begin(), valid.end(), [](char c) { return static_cast<unsigned char>(c) >= 128; }));
  // Chinese text is shorter in base64; Latin text stays readable in quoted-printable.
  if (beyond * 4 <= valid.size()) return {"quoted-printable", quoted_printable(valid)};
  std::string crlf;
  crlf.reserve(valid.size() + valid.size() / 32);
  for (char c : valid) {
    if (c == '\n') crlf += '\r';
    crlf += c;
  }
  return {"base64", base64_lines(crlf)};
}

}  // namespace

Result<BuiltMail> build_mail(const Outbound& message, const EmailSettings& settings, Timestamp now) {
  std::string_view rest = message.recipient;
  auto path = parse_smtp_path(rest);
  if (!path || !rest.empty() || path->domain().empty() || path->has_route) {
    return fail(ErrorCode::kInvalid, "the recipient is not a mail address", text::cut(one_line(message.recipient), 200));
  }
  if (path->is_utf8) return fail(ErrorCode::kInvalid, "the recipient's address needs SMTPUTF8, which the relay is not asked for");
  BuiltMail mail;
  mail.recipient = path->address;
  mail.message_id = make_message_id(settings, one_line(message.id));
  if (!message.is_automatic) mail.envelope_from = from_address(settings);

  auto text = encode_text(message.text);
  auto& out = mail.bytes;
  out += "From: " + mailbox(settings.from_name, from_address(settings)) + "\r\n";
  // The time of the outbox row, so that a retry is the same mail byte for byte.
  const auto written_at = message.created_at == Timestamp{} ? now : message.created_at;
  if (const auto to = reply_address(message, settings, written_at); !to.empty())
    out += "Reply-To: " + mailbox(settings.from_name, to) + "\r\n";
  out += "To: " + mailbox(message.recipient_name, mail.recipient) + "\r\n";
  out += unstructured("Subject", subject_of(message, settings));
  out += "Date: " + to_rfc5322(written_at) + "\r\n";
  out += "Message-ID: " + mail.message_id + "\r\n";
  out += thread_fields(message);
  if (message.is_automatic) out += "Auto-Submitted: auto-replied\r\nPrecedence: auto_reply\r\nX-Auto-Response-Suppress: All\r\n";
  out += "X-Usher-Loop: " + make_loop_mark(settings, mail.message_id) + "\r\n";
  out += "MIME-Version: 1.0\r\n";
  if (message.language == "zh" || message.language == "en") out += "Content-Language: " + message.language + "\r\n";
  auto part_header = [](std::string_view type, const std::string& encoding) {
    return fmt::format("Content-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n", type, encoding);
  };
  auto html = encode_text(message.html.empty() ? html_mail(message.text, message.language) : message.html);
  auto boundary = "usher-" + crypto::sha256_hex(mail.message_id).substr(0, 32);
  out += "Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\r\n\r\n";
  out += "--" + boundary + "\r\n" + part_header("text/plain", text.encoding) + text.bytes;
  out += "--" + boundary + "\r\n" + part_header("text/html", html.encoding) + html.bytes;
  out += "--" + boundary + "--\r\n";
  return mail;
}

}  // namespace usher::connectors::email
