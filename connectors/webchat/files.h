// What customers may send in a chat besides words: which types, how many, how large, and the sentence that says so. Pure but for
// libmagic; thread-safe. Takes milliseconds per megabyte (a checksum): not for an I/O thread.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "connectors/message.h"
#include "connectors/webchat/form_data.h"

namespace usher::connectors::webchat {

inline constexpr std::size_t kMaxFiles = 5;  // of one message

// Attachments out of a form's files: types by content, names made harmless, different from each other within the message, and
// ending in what the content is ("photo" that is a JPEG becomes "photo.jpg"), so a name never promises something else.
// Errors, with a sentence for the customer in `language` ("zh", otherwise English): kTooLarge when there are more than kMaxFiles
// or they have more than `max_bytes` together, kInvalid for a type that is not taken or an empty file. is_about_files() knows
// them.
Result<std::vector<Attachment>> examine_files(const Form& form, std::size_t max_bytes, std::string_view language);

// How the protocol calls such a refusal: "too_large", "too_many_files", "file_type"; empty for any other error.
std::string_view files_refusal(const Error& error);

// The sentence about size, for callers that see it before the files are there.
std::string too_large_sentence(std::size_t max_bytes, std::string_view language);

// The content type that belongs to a name examine_files() made: by its ending; "application/octet-stream" for others.
std::string_view type_of_name(std::string_view file_name);

}  // namespace usher::connectors::webchat
