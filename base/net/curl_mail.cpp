// SMTP through libcurl: one mail to one recipient out of a MailCall.
#include <algorithm>
#include <cstring>

#include "base/net/curl_transfer.h"
#include "base/text.h"

namespace usher::net {
namespace {

// Each SMTP reply line arrives here: "550-first", "550 last".
std::size_t on_smtp_line(char* data, std::size_t size, std::size_t count, void* user) {
  auto* t = static_cast<Transfer*>(user);
  const auto n = size * count;
  std::string_view line(data, n);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.size() < 3 || !std::ranges::all_of(line.substr(0, 3), [](char c) { return c >= '0' && c <= '9'; })) return n;
  if (line.starts_with("221")) return n;  // the answer to the QUIT libcurl sends after a refusal would hide the refusal
  if (!t->mail_reply_open) t->mail.text.clear();
  t->mail.code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  const auto words = line.size() > 4 ? line.substr(4) : std::string_view{};
  if (t->mail.text.size() + words.size() < t->max_response) {
    if (!t->mail.text.empty()) t->mail.text += ' ';
    t->mail.text += text::to_valid_utf8(words);
  }
  t->mail_reply_open = line.size() > 3 && line[3] == '-';
  return n;
}

std::size_t on_read(char* into, std::size_t size, std::size_t count, void* user) {
  auto* t = static_cast<Transfer*>(user);
  const auto n = std::min(size * count, t->upload.size() - t->uploaded);
  std::memcpy(into, t->upload.data() + t->uploaded, n);
  t->uploaded += n;
  return n;
}

// Line ends become CRLF; the text ends with one.
std::string to_crlf(const std::string& message) {
  std::string out;
  out.reserve(message.size() + message.size() / 32 + 2);
  for (std::size_t i = 0; i < message.size(); ++i) {
    if (message[i] == '\r') {
      out += "\r\n";
      if (i + 1 < message.size() && message[i + 1] == '\n') ++i;
    } else if (message[i] == '\n') {
      out += "\r\n";
    } else {
      out += message[i];
    }
  }
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out;
}

bool address_ok(const std::string& address) {
  return !has_control(address) && address.find_first_of("<> ") == std::string::npos && address.size() <= 254;
}

}  // namespace

Result<std::unique_ptr<Transfer>> prepare_mail(const MailCall& call) {
  if (auto ok = check_url(call.url, "smtp", "smtps"); !ok) return fail(std::move(ok.error()));
  if (call.recipient.empty() || !address_ok(call.recipient)) return fail(ErrorCode::kInvalid, "not a usable recipient address");
  if (!address_ok(call.envelope_from)) return fail(ErrorCode::kInvalid, "not a usable sender address");
  auto t = std::make_unique<Transfer>();
  set_common(*t, call.url, call.limits, call.ca_file);
  CURL* e = t->easy;
  set(e, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(e, CURLOPT_HEADERFUNCTION, &on_smtp_line);
  set(e, CURLOPT_MAIL_FROM, call.envelope_from.c_str());
  append(t->headers, call.recipient);
  set(e, CURLOPT_MAIL_RCPT, t->headers.get());
  t->upload = to_crlf(call.message);
  set(e, CURLOPT_UPLOAD, 1L);
  set(e, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(t->upload.size()));
  set(e, CURLOPT_READFUNCTION, &on_read);
  set(e, CURLOPT_READDATA, t.get());
  if (!call.user.empty()) {
    set(e, CURLOPT_USERNAME, call.user.c_str());
    set(e, CURLOPT_PASSWORD, call.password.c_str());
  }
  switch (call.tls) {
    case MailCall::Tls::kNone:
      set(e, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_NONE));
      break;
    case MailCall::Tls::kOpportunistic:
      // Encryption against onlookers only (RFC 7435): whoever can forge a certificate here could strip STARTTLS as well.
      set(e, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_TRY));
      set(e, CURLOPT_SSL_VERIFYPEER, 0L);
      set(e, CURLOPT_SSL_VERIFYHOST, 0L);
      break;
    case MailCall::Tls::kRequired:
      set(e, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
      break;
  }
  return t;
}

Result<MailReply> finish_mail(Transfer& t, CURLcode code) {
  if (code == CURLE_OK) return std::move(t.mail);
  const auto reason = reason_of(t, code);
  const auto said = fmt::format("{} {}", t.mail.code, t.mail.text);
  if (code == CURLE_LOGIN_DENIED) return fail(ErrorCode::kDenied, "the mail relay refused the login", said);
  if (t.mail.code >= 400 && t.mail.code < 500) {
    return fail(ErrorCode::kUnavailable, fmt::format("the mail relay refused for now ({})", t.mail.code), said);
  }
  if (t.mail.code >= 500) return fail(ErrorCode::kInvalid, fmt::format("the mail relay refused ({})", t.mail.code), said);
  // Without the final dot no relay has taken the mail: libcurl writes it after the last byte of the message, and says so when it
  // cannot.
  const bool dot_may_be_sent = t.uploaded == t.upload.size() && code != CURLE_SEND_ERROR;
  if (dot_may_be_sent) return fail(ErrorCode::kUnknown, "the mail was sent but the relay did not confirm it", reason);
  if (code == CURLE_OPERATION_TIMEDOUT) return fail(ErrorCode::kTimeout, "the mail relay did not answer in time", reason);
  if (code == CURLE_USE_SSL_FAILED || code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR) {
    return fail(ErrorCode::kUnavailable, "no trusted TLS connection to the mail relay", reason);
  }
  return fail(ErrorCode::kUnavailable, "the mail relay cannot be reached", reason);
}

}  // namespace usher::net
