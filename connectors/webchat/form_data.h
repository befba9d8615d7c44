// multipart/form-data (RFC 7578) as browsers send it: a body in, its fields and files out. Pure and thread-safe.
// Strict where browsers are: one boundary, every part named, CRLF line ends. What is behind the closing boundary is ignored.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace usher::connectors::webchat {

struct FormFile {
  std::string name;        // the field's
  std::string file_name;   // as sent: not harmless, maybe not UTF-8
  std::string_view bytes;  // into Form::body
};

struct Form {
  std::shared_ptr<const std::string> body;  // what `bytes` point into
  std::vector<std::pair<std::string, std::string>> fields;
  std::vector<FormFile> files;  // in order; a file field that was left empty is not here
  // The first field of that name, or empty.
  std::string field(std::string_view name) const;
};

// Takes the request's Content-Type and its body. kInvalid: not multipart/form-data, malformed, more than 32 parts, a field (not a
// file) over 64 KiB. The message may be shown to the client.
Result<Form> parse_form_data(std::string_view content_type, std::string body);

}  // namespace usher::connectors::webchat
