// Small pure steps between a decoded part and the text a person reads.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace usher::connectors::email {

// CRLF and lone CR become LF.
std::string with_line_feeds(std::string_view text);
// RFC 3676: lines that end in a blank are joined with the next of the same quote depth; stuffing is removed; "-- " stays a line.
std::string unflow(std::string_view text, bool delete_space);
// Whether the plain text says nothing beside the HTML: empty, or "your mail program cannot show HTML" and the like.
bool is_placeholder(std::string_view plain, std::string_view from_html);
// Whether one of two texts is the other or a part of it, whatever the white space: some senders put both versions of a text one
// below the other.
bool says_the_same(std::string_view a, std::string_view b);
bool is_blank(std::string_view utf8);
// As much of `text` as fits into max_bytes; no character is cut in two where it is UTF-8 (of anything else a byte or three less).
std::string_view head_of(std::string_view text, std::size_t max_bytes);
// RFC 9580 §7: the words of text that was signed in place, its armour and dashes taken off, with what stands around it; nullopt
// when there is none. LF line ends. Whoever wants to check the signature needs the raw mail.
std::optional<std::string> without_pgp_armour(std::string_view text);
// "image.png" for "image/png" and so on, for parts without a name.
std::string default_file_name(std::string_view content_type);

}  // namespace usher::connectors::email
