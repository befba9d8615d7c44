// Small pure steps between a decoded part and the text a person reads.
#pragma once
#include <string>
#include <string_view>

namespace usher::connectors::email {

// CRLF and lone CR become LF.
std::string with_line_feeds(std::string_view text);
// RFC 3676: lines that end in a blank are joined with the next of the same quote depth; stuffing is removed; "-- " stays a line.
std::string unflow(std::string_view text, bool delete_space);
// Whether the plain text says nothing beside the HTML: empty, or "your mail program cannot show HTML" and the like.
bool is_placeholder(std::string_view plain, std::string_view from_html);
// "image.png" for "image/png" and so on, for parts without a name.
std::string default_file_name(std::string_view content_type);

}  // namespace usher::connectors::email
