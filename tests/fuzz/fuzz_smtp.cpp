// The SMTP session (DATA, BDAT, AUTH as under TLS) and the PROXY header under arbitrary bytes: the first byte chooses SMTP or
// LMTP and how the rest is cut into reads. Whatever comes: no crash, bounded replies, and the stored bytes do not depend on where
// the input was cut.
#include <cstdint>
#include <cstdlib>

#include "connectors/email/proxy_header.h"
#include "connectors/email/smtp_session.h"

namespace {

using namespace usher::connectors::email;

struct Transcript {
  std::string replies;
  std::vector<std::string> mails;
};

Transcript play(std::string_view input, bool is_lmtp, std::size_t piece) {
  EmailSettings settings;
  settings.addresses = {"support@gw.example", "@any.example"};
  SmtpSessionOptions options;
  options.lmtp = is_lmtp;
  options.offer_starttls = false;  // what is thrown away after STARTTLS depends on the cut, by design
  options.max_message_bytes = 4'096;
  options.own_address = [&settings](std::string_view r) { return own_address(settings, r); };
  options.is_own_domain = [&settings](std::string_view d) { return is_own_domain(settings, d); };
  options.may_sign_in = [](std::string_view user, std::string_view) { return user == "u"; };
  SmtpSession session(std::move(options));
  if (!is_lmtp) session.tls_started();  // sign-in is offered under TLS only
  Transcript all;
  all.replies = session.greeting().reply;
  for (std::size_t at = 0; at < input.size(); at += piece) {
    auto step = session.feed(input.substr(at, piece));
    while (step.next == SmtpSession::Next::kMessage) {
      all.replies += step.reply;
      all.mails.push_back(*session.take_message().raw);
      step = session.accepted("id");
    }
    all.replies += step.reply;
    if (step.next == SmtpSession::Next::kClose) break;
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  bool is_lmtp = (data[0] & 1) != 0;
  // What a header is does not change by what follows it.
  if (auto header = read_proxy_header(input); header.state == ProxyHeader::State::kDone) {
    if (header.consumed > input.size() || header.consumed > kMaxProxyHeader) std::abort();
    if (read_proxy_header(input.substr(0, header.consumed)).client != header.client) std::abort();
    if (read_proxy_header(input.substr(0, header.consumed - 1)).state != ProxyHeader::State::kMore) std::abort();
  }
  auto whole = play(input, is_lmtp, std::max<std::size_t>(1, input.size()));
  auto pieces = play(input, is_lmtp, 1 + (data[0] >> 1) % 7);
  if (whole.mails != pieces.mails) std::abort();
  for (const auto& mail : whole.mails) {
    if (mail.size() > 4'096) std::abort();
  }
  return 0;
}
