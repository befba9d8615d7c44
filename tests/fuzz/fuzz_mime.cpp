// Arbitrary bytes as a mail, through everything that reads mail: as the service reads it, and under limits so small that all of
// them are met. Everything handed on is valid UTF-8 and within the limits, and the same bytes give the same mail.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/crypto.h"
#include "base/text.h"
#include "connectors/email/email_channel.h"

namespace {

using namespace usher;
using namespace usher::connectors;

void utf8(const std::string& s) {
  USHER_CHECK(text::is_valid_utf8(s), "what is handed on is valid UTF-8");
}
void one_line(const std::string& s) {
  utf8(s);
  USHER_CHECK(s.find_first_of(std::string_view("\r\n\0", 3)) == s.npos, "a value of the header is one line");
}

void check(const std::vector<Attachment>& attachments, std::size_t max_bytes) {
  for (const auto& a : attachments) {
    utf8(a.file_name);
    utf8(a.content_type);
    utf8(a.content_id);
    USHER_CHECK(a.content != nullptr && a.content->size() <= max_bytes, "an attachment keeps the limit");
    USHER_CHECK(!a.file_name.empty() && a.file_name.size() <= 255, "an attachment has a name");
    USHER_CHECK(a.file_name.find_first_of(std::string_view("/\\\r\n\0", 5)) == a.file_name.npos, "a name is no path");
    USHER_CHECK(a.content_type.find('/') != a.content_type.npos, "an attachment has a type");
    USHER_CHECK(a.sha256 == crypto::sha256_hex(*a.content), "the digest is that of the content");
  }
}

void check(const email::Mail& mail, const email::MimeOptions& options) {
  for (const auto* list : {&mail.from, &mail.sender, &mail.to, &mail.cc, &mail.reply_to}) {
    for (const auto& a : *list) {
      one_line(a.name);
      one_line(a.address);
    }
  }
  one_line(mail.subject);
  one_line(mail.message_id);
  for (const auto* ids : {&mail.in_reply_to, &mail.references}) std::for_each(ids->begin(), ids->end(), one_line);
  for (const auto& [name, value] : mail.headers) {
    utf8(name);
    one_line(value);
  }
  for (const auto* s : {&mail.content_type, &mail.report_type, &mail.calendar_method, &mail.calendar, &mail.delivery_status,
                        &mail.returned_header, &mail.text})
    utf8(*s);
  USHER_CHECK(mail.text.size() <= options.max_text_bytes, "the text keeps the limit");
  for (const auto* parts : {&mail.plain_parts, &mail.html_parts, &mail.warnings})
    std::for_each(parts->begin(), parts->end(), utf8);
  USHER_CHECK(mail.attachments.size() == mail.found_types.size(), "each attachment has a found type");
  USHER_CHECK(mail.attachments.size() <= options.limits.max_parts, "attachments are counted");
  USHER_CHECK(mail.warnings.size() <= 30, "warnings are counted");
  check(mail.attachments, options.max_attachment_bytes);
}

bool same(const email::Mail& a, const email::Mail& b) {
  const auto by_content = [](const Attachment& x, const Attachment& y) {
    return x.file_name == y.file_name && x.content_type == y.content_type && x.sha256 == y.sha256 && x.is_inline == y.is_inline &&
           x.content_id == y.content_id;
  };
  return a.subject == b.subject && a.text == b.text && a.headers == b.headers && a.date == b.date &&
         a.html_parts == b.html_parts && a.warnings == b.warnings &&
         std::equal(a.attachments.begin(), a.attachments.end(), b.attachments.begin(), b.attachments.end(), by_content);
}

void check_inbound(const std::shared_ptr<const std::string>& raw) {
  static const email::EmailSettings settings = [] {
    email::EmailSettings s;
    s.addresses = {"support@gw.example"};
    s.secret = "fuzz";
    return s;
  }();
  email::MailEnvelope envelope;
  envelope.from = "ana@example.org";
  envelope.recipients = {"support@gw.example"};
  const auto inbound = email::to_inbound(raw, envelope, settings, Timestamp{});
  if (!inbound) return;
  for (const auto* s : {&inbound->sender_id, &inbound->sender_name, &inbound->subject, &inbound->kind_reason}) one_line(*s);
  utf8(inbound->text);
  utf8(inbound->envelope);
  for (const auto& [name, value] : inbound->facts) utf8(value);
  for (const auto* keys : {&inbound->thread_keys, &inbound->own_keys, &inbound->proven_keys}) {
    USHER_CHECK(keys->size() <= 50, "keys are counted");
    std::for_each(keys->begin(), keys->end(), one_line);
  }
  check(inbound->attachments, settings.max_attachment_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto raw = std::make_shared<const std::string>(reinterpret_cast<const char*>(data), size);
  check_inbound(raw);
  email::MimeOptions small;
  small.limits = {.max_parts = 6,
                  .max_depth = 3,
                  .max_header_bytes = 300,
                  .max_header_fields = 6,
                  .max_field_bytes = 64,
                  .max_address_colons = 3};
  small.max_text_bytes = 48;
  small.max_attachment_bytes = 32;
  small.sniff_types = false;
  const auto mail = email::parse_mail(*raw, small);
  check(mail, small);
  USHER_CHECK(same(mail, email::parse_mail(*raw, small)), "the same bytes give the same mail");
  return 0;
}
