// Arbitrary bytes as a mail, through everything that looks at mail: no crash, and everything handed on is valid UTF-8.
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "connectors/email/email_channel.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace usher::connectors;
  static const email::EmailSettings settings = [] {
    email::EmailSettings s;
    s.addresses = {"support@gw.example"};
    s.secret = "fuzz";
    return s;
  }();
  auto raw = std::make_shared<const std::string>(reinterpret_cast<const char*>(data), size);
  email::MailEnvelope envelope;
  envelope.from = "ana@example.org";
  envelope.recipients = {"support@gw.example"};
  auto inbound = email::to_inbound(raw, envelope, settings, usher::Timestamp{});
  if (!inbound) return 0;
  auto check = [](const std::string& s) {
    if (!usher::text::is_valid_utf8(s)) std::abort();
  };
  for (const auto* s : {&inbound->sender_id, &inbound->sender_name, &inbound->subject, &inbound->text, &inbound->kind_reason})
    check(*s);
  for (const auto& [name, value] : inbound->facts) check(value);
  for (const auto& key : inbound->thread_keys) check(key);
  for (const auto& attachment : inbound->attachments) {
    check(attachment.file_name);
    check(attachment.content_type);
    if (attachment.file_name.empty() || attachment.file_name.find('/') != std::string::npos) std::abort();
  }
  return 0;
}
