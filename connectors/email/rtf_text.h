// The rich text of Outlook → what it says: the compression of [MS-OXRTFCP], and the words of an RTF document. Pure; linear;
// nothing is allocated beyond the limits given.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace usher::connectors::email {

// At most `max_bytes` of the document; nullopt when the bytes are neither of the two forms.
std::optional<std::string> decompress_rtf(std::string_view bytes, std::size_t max_bytes);

// The words, line by line, valid UTF-8, at most `max_bytes`; tables, pictures and fonts are dropped. RTF that wraps HTML (as
// Outlook sends it) gives the words of the HTML.
std::string rtf_to_text(std::string_view rtf, std::size_t max_bytes);

}  // namespace usher::connectors::email
