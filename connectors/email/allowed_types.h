// Which attachments are handed on, by what they are: an allow-list of content types. What is not on it stays in the raw mail and
// is named (email_channel.h). Pure, thread-safe.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace usher::connectors::email {

// Pictures, sound, film, text, office files, PDF, archives, attached mails, signatures. No programs, scripts or disk images, and
// nothing that nobody recognises (application/octet-stream).
const std::vector<std::string>& default_allowed_attachments();

// Whether an entry is "type/subtype", a "*" standing for any characters.
bool is_type_pattern(std::string_view entry);

// What counts as the type of an attachment: what libmagic found in the bytes; where that is nothing (application/octet-stream)
// `shown`, the type the attachment is given; for text that a double click would run (.vbs, .js, .ps1 …) "application/x-script".
std::string judged_type(std::string_view found, std::string_view shown, std::string_view file_name);

// Whether `type` is on the list. A wildcard never lets a program, script or disk image through: only its very name does.
bool is_allowed_type(std::string_view type, const std::vector<std::string>& allowed);

}  // namespace usher::connectors::email
