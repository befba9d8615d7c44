#include "connectors/email/mime_header.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "connectors/email/charset.h"
#include "connectors/email/thread.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxAddresses = 1'000;
constexpr std::size_t kMaxWarnings = 20;

std::string unquoted(std::string_view name) {
  std::string plain(name);
  std::erase_if(plain, [](char c) { return c == '"' || c == '\\'; });
  return plain;
}

// One mailbox as people write it. `at` and `open`: where in it its first "@" and its last "<" stand outside of quotes and
// comments (npos when there is none).
MailAddress loose_address(std::string_view piece, std::size_t at, std::size_t open, std::string_view hint) {
  auto address = piece;
  auto name = piece;
  if (open != std::string_view::npos) {
    address = piece.substr(open + 1);
    address = address.substr(0, address.find('>'));
    name = piece.substr(0, open);
  } else {
    const auto before = piece.find_last_of(" \t", at);
    address = piece.substr(before == std::string_view::npos ? 0 : before + 1);
    address = address.substr(0, address.find_first_of(" \t"));
    name = before == std::string_view::npos ? std::string_view{} : piece.substr(0, before);
  }
  MailAddress out;
  out.address = text::trim(address);
  if (text::to_lower_ascii(out.address).starts_with("mailto:")) out.address.erase(0, 7);
  while (!out.address.empty() && std::string_view("<[(\"'\\").contains(out.address.front())) out.address.erase(0, 1);
  while (!out.address.empty() && std::string_view(">)\"'\\").contains(out.address.back())) out.address.pop_back();
  if (out.address.ends_with(']') && !out.address.contains('[')) out.address.pop_back();
  const auto domain = out.address.find('@');
  if (domain == 0 || domain >= out.address.size() - 1 || out.address.find_first_of(" \t\r\n") != std::string::npos) return {};
  out.name = text::trim(decode_header(unquoted(name), hint));
  return out;
}

// What GMime gives up on or cuts to pieces: brackets, commas and semicolons in a name that stands in no quotes, semicolons
// between mailboxes, local parts no grammar allows (Japanese telephones have "a..b@"). A separator counts behind an address only.
std::vector<MailAddress> loose_addresses(std::string_view value, std::string_view hint) {
  constexpr auto kNone = std::string_view::npos;
  std::vector<MailAddress> found;
  std::size_t begin = 0;
  std::size_t at = kNone;
  std::size_t open = kNone;
  std::array<bool, 2> is_unclosed{};
  auto take = [&](std::size_t end) {
    if (at != kNone && found.size() < kMaxAddresses) {
      auto address = loose_address(value.substr(begin, end - begin), at - begin, open == kNone ? kNone : open - begin, hint);
      if (!address.address.empty()) found.push_back(std::move(address));
    }
    begin = end + 1;
    at = open = kNone;
  };
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '"' || c == '(') {
      auto& unclosed = is_unclosed[c == '(' ? 1 : 0];
      auto close = unclosed ? value.size() : i + 1;
      while (close < value.size() && value[close] != (c == '(' ? ')' : '"')) close += value[close] == '\\' ? 2 : 1;
      unclosed = close >= value.size();
      if (!unclosed) i = close;
    } else if (c == '@' && at == kNone) {
      if (i > 0 && value[i - 1] != ' ' && i + 1 < value.size() && value[i + 1] != ' ') at = i;
    } else if (c == '<') {
      open = i;
    } else if ((c == ',' || c == ';') && at != kNone) {
      take(i);
    }
  }
  take(value.size());
  return found;
}

std::vector<MailAddress> addresses(std::string_view raw, GMimeParserOptions* options, std::size_t max_field_bytes,
                                   std::string_view hint) {
  std::vector<MailAddress> found;
  auto value = decode_structured(raw.substr(0, max_field_bytes), hint);
  Held<InternetAddressList> list(internet_address_list_parse(options, value.c_str()));
  // Groups are flattened with a list of our own: they may be nested.
  std::vector<std::pair<InternetAddressList*, int>> open;
  if (list) open.emplace_back(list.get(), 0);
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
      address.name = decode_header(view_of(internet_address_get_name(entry)), hint);
      address.address = text::to_valid_utf8(view_of(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(entry))));
      std::erase_if(address.address, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; });
      if (address.address.size() > 2 && address.address.starts_with('\'') && address.address.ends_with('\''))
        address.address = address.address.substr(1, address.address.size() - 2);
      // Words in quotes, or encoded, are no address, whatever they look like.
      if (address.address.starts_with('"') && address.address.ends_with('"'))
        address.name = unquoted(std::exchange(address.address, {}));
      found.push_back(std::move(address));
    }
  }
  const bool is_cut = std::any_of(found.begin(), found.end(),
                                  [](const MailAddress& a) { return !a.address.empty() && !a.address.contains('@'); }) &&
                      value.contains('<');
  const auto ats = static_cast<std::size_t>(std::count(value.begin(), value.end(), '@'));
  const bool has_group = value.contains(':');
  if (ats == 0 || (!found.empty() && !is_cut && (has_group || (ats <= found.size() && !value.contains(';'))))) return found;
  auto loose = loose_addresses(value, hint);
  const auto least = found.empty() || is_cut ? 1 : found.size() + (value.contains(';') ? 0 : 1);
  return loose.size() >= least ? loose : found;
}

// What raw bytes in the header are likely to be: the charset of the first text. Not a Western one: that says as little as none
// (gateways put it on their own notes), and guessing knows more.
std::string charset_of_text(GMimeObject* part) {
  for (int depth = 0; depth < 10 && part != nullptr && GMIME_IS_MULTIPART(part); ++depth) {
    auto* multipart = GMIME_MULTIPART(part);
    part = g_mime_multipart_get_count(multipart) > 0 ? g_mime_multipart_get_part(multipart, 0) : nullptr;
  }
  if (part == nullptr || GMIME_IS_MULTIPART(part)) return {};
  auto charset = repair_charset(view_of(g_mime_object_get_content_type_parameter(part, "charset")));
  return charset == "utf-8" || charset == "windows-1252" ? std::string{} : charset;
}

void read_field(std::string_view name, std::string_view raw, GMimeParserOptions* options, std::size_t max_field_bytes,
                std::string_view hint, Mail& mail) {
  auto lower = text::to_lower_ascii(text::to_valid_utf8(name));
  if (lower == "from" || lower == "sender" || lower == "to" || lower == "cc" || lower == "reply-to") {
    auto list = addresses(raw, options, max_field_bytes, hint);
    auto& into = lower == "from"     ? mail.from
                 : lower == "sender" ? mail.sender
                 : lower == "to"     ? mail.to
                 : lower == "cc"     ? mail.cc
                                     : mail.reply_to;
    for (auto& address : list) {
      if (into.size() < kMaxAddresses) into.push_back(std::move(address));
    }
  } else if (lower == "subject") {
    if (mail.subject.empty()) mail.subject = decode_header(raw, hint);
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
  mail.headers.emplace_back(std::move(lower), decode_header(raw.substr(0, max_field_bytes), hint));
}

}  // namespace

void read_header(GMimeMessage* message, GMimeParserOptions* options, std::size_t max_field_bytes, Mail& mail) {
  const auto hint = charset_of_text(g_mime_message_get_mime_part(message));
  auto take = [&](GMimeObject* object) {
    if (object == nullptr) return;
    auto* list = g_mime_object_get_header_list(object);
    for (int i = 0; i < g_mime_header_list_get_count(list); ++i) {
      auto* item = g_mime_header_list_get_header_at(list, i);
      read_field(view_of(g_mime_header_get_name(item)), view_of(g_mime_header_get_raw_value(item)), options, max_field_bytes,
                 hint, mail);
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
