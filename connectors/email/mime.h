// A raw mail, understood (RFC 5322, MIME, as mail really looks): GMime finds the parts; charsets, encoded words, limits and the
// choice of the text are ours. What only wraps is taken off: winmail.dat, opaque S/MIME signatures, PGP's armour around signed
// text; no signature is checked. Nothing a sender does makes this fail: what is broken is left out and named in `warnings`; what
// can be read in two ways is read in one (of two fields that should be one, the last) and named there as "ambiguous".
// Thread-safe, CPU only.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/attachments.h"
#include "connectors/email/mime_guard.h"
#include "connectors/message.h"

namespace usher::connectors::email {

struct MailAddress {
  std::string name;     // decoded; may be empty
  std::string address;  // as written
};

struct Mail {
  std::vector<MailAddress> from, sender, to, cc, reply_to;
  std::string subject;                   // decoded, one line
  std::optional<std::int64_t> date;      // seconds since 1970, by the Date field
  std::string message_id;                // without <>; empty when there is none
  std::vector<std::string> in_reply_to;  // without <>
  std::vector<std::string> references;   // without <>, as written: oldest first
  // The mail's own header, in order: lower-case name, decoded value.
  std::vector<std::pair<std::string, std::string>> headers;

  std::string text;  // what a person reads: the plain parts, or the HTML as text
  bool is_from_html = false;
  std::vector<std::string> plain_parts;  // decoded, as sent (format=flowed unwrapped)
  std::vector<std::string> html_parts;   // decoded, NOT safe to show
  std::vector<Attachment> attachments;   // in the order of the mail; pictures shown in the text are is_inline
  std::vector<std::string> found_types;  // of each attachment, what libmagic alone says; the label where it was not asked

  std::string content_type;     // of the whole: "multipart/report", lower case
  std::string report_type;      // "delivery-status", "disposition-notification", "feedback-report"
  std::string calendar_method;  // "reply", "request", "cancel" of a text/calendar part
  std::string calendar;         // that part in one line; the text begins with it
  std::string delivery_status;  // text of the message/delivery-status part
  std::string returned_header;  // header of the returned mail, as text
  bool is_encrypted = false;    // S/MIME or PGP content we cannot read
  std::vector<std::string> warnings;

  // The first header of that name (lower case), or nullptr.
  const std::string* header(std::string_view lower_name) const;
};

struct MimeOptions {
  MimeLimits limits;
  std::size_t max_text_bytes = 262'144;
  std::size_t max_attachment_bytes = 20'971'520;  // larger ones are named in warnings only
  bool sniff_types = true;                        // content types by libmagic; false: as labelled (tests, fuzzing)
};

Mail parse_mail(std::string_view raw, const MimeOptions& options = {});

}  // namespace usher::connectors::email
