#include "connectors/email/mime_header.h"

#include <algorithm>

#include "base/text.h"
#include "connectors/email/charset.h"
#include "connectors/email/thread.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxAddresses = 1'000;
constexpr std::size_t kMaxWarnings = 20;

std::vector<MailAddress> addresses(std::string_view raw, GMimeParserOptions* options, std::size_t max_field_bytes) {
  std::vector<MailAddress> found;
  auto value = decode_structured(raw.substr(0, max_field_bytes));
  Held<InternetAddressList> list(internet_address_list_parse(options, value.c_str()));
  if (!list) return found;
  // Groups are flattened with a list of our own: they may be nested.
  std::vector<std::pair<InternetAddressList*, int>> open{{list.get(), 0}};
  while (!open.empty() && found.size() < kMaxAddresses) {
    auto& [current, i] = open.back();
    if (i >= internet_address_list_length(current)) {
      open.pop_back();
      continue;
    }
    auto* entry = internet_address_list_get_address(current, i++);
    if (INTERNET_ADDRESS_IS_GROUP(entry)) {
      if (auto* members = internet_address_group_get_members(INTERNET_ADDRESS_GROUP(entry)); members != nullptr)
        open.emplace_back(members, 0);
    } else if (INTERNET_ADDRESS_IS_MAILBOX(entry)) {
      MailAddress address;
      address.name = decode_header(view_of(internet_address_get_name(entry)));
      address.address = text::to_valid_utf8(view_of(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(entry))));
      std::erase_if(address.address, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; });
      found.push_back(std::move(address));
    }
  }
  return found;
}

void read_field(std::string_view name, std::string_view raw, GMimeParserOptions* options, std::size_t max_field_bytes,
                Mail& mail) {
  auto lower = text::to_lower_ascii(text::to_valid_utf8(name));
  if (lower == "from" || lower == "sender" || lower == "to" || lower == "cc" || lower == "reply-to") {
    auto list = addresses(raw, options, max_field_bytes);
    auto& into = lower == "from"     ? mail.from
                 : lower == "sender" ? mail.sender
                 : lower == "to"     ? mail.to
                 : lower == "cc"     ? mail.cc
                                     : mail.reply_to;
    for (auto& address : list) {
      if (into.size() < kMaxAddresses) into.push_back(std::move(address));
    }
  } else if (lower == "subject") {
    if (mail.subject.empty()) mail.subject = decode_header(raw);
  } else if (lower == "date") {
    if (auto* date = g_mime_utils_header_decode_date(std::string(raw).c_str()); date != nullptr) {
      mail.date = g_date_time_to_unix(date);
      g_date_time_unref(date);
    } else {
      warn(mail, "the Date field is no date");
    }
  } else if (lower == "message-id") {
    if (auto ids = parse_message_ids(raw); mail.message_id.empty() && !ids.empty()) mail.message_id = ids.front();
  } else if (lower == "in-reply-to") {
    mail.in_reply_to = parse_message_ids(raw);
  } else if (lower == "references") {
    mail.references = parse_message_ids(raw);
  }
  mail.headers.emplace_back(std::move(lower), decode_header(raw.substr(0, max_field_bytes)));
}

}  // namespace

void read_header(GMimeMessage* message, GMimeParserOptions* options, std::size_t max_field_bytes, Mail& mail) {
  auto take = [&](GMimeObject* object) {
    if (object == nullptr) return;
    auto* list = g_mime_object_get_header_list(object);
    for (int i = 0; i < g_mime_header_list_get_count(list); ++i) {
      auto* item = g_mime_header_list_get_header_at(list, i);
      read_field(view_of(g_mime_header_get_name(item)), view_of(g_mime_header_get_raw_value(item)), options, max_field_bytes,
                 mail);
    }
  };
  take(GMIME_OBJECT(message));
  take(g_mime_message_get_mime_part(message));
  for (const auto* once : {"from", "subject", "date", "message-id"}) {
    auto same = [&](const auto& h) { return h.first == once; };
    if (std::count_if(mail.headers.begin(), mail.headers.end(), same) > 1) warn(mail, std::string("several ") + once + " fields");
  }
}

void warn(Mail& mail, std::string text) {
  const bool is_new = std::find(mail.warnings.begin(), mail.warnings.end(), text) == mail.warnings.end();
  if (is_new && mail.warnings.size() < kMaxWarnings) mail.warnings.push_back(std::move(text));
}

const std::string* Mail::header(std::string_view lower_name) const {
  auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& h) { return h.first == lower_name; });
  return found == headers.end() ? nullptr : &found->second;
}

}  // namespace usher::connectors::email
