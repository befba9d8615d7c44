// Bytes of a mail → UTF-8, whatever the label says (email.md §3.4): labels that lie in known ways are mapped to the superset
// really meant, unlabelled bytes are UTF-8 when they are valid UTF-8 and otherwise guessed by ICU. Pure; thread-safe; the result
// is always valid UTF-8.
#pragma once
#include <string>
#include <string_view>

namespace usher::connectors::email {

// The charset to decode `label` with ("gb2312" → "gb18030"), in ICU's names; empty when the label means nothing ("unknown-8bit",
// "x").
std::string repair_charset(std::string_view label);

// Invalid sequences become U+FFFD. A byte order mark is dropped. `hint` is a weaker label (HTML meta, body charset), used when
// `label` is empty, unknown, or "utf-8"/"us-ascii" and wrong.
std::string to_utf8(std::string_view bytes, std::string_view label, std::string_view hint = {});

// RFC 2047: an unstructured header value with its encoded words decoded; bytes of adjacent words with one charset are joined
// before decoding (senders cut characters in two). Line folds are removed; raw 8-bit text goes through to_utf8. No CR, LF or NUL
// remains.
std::string decode_header(std::string_view raw, std::string_view hint = {});
// The same for a structured value (addresses, parameters): a decoded word becomes a quoted string, so that what was hidden in it
// ("<other@address>") cannot become syntax.
std::string decode_structured(std::string_view raw, std::string_view hint = {});

// Base64 as mail has it: anything outside the alphabet is skipped, padding may be missing or stand in the middle.
std::string decode_base64_leniently(std::string_view text);

}  // namespace usher::connectors::email
