// The header of a mail (mime.h): its fields decoded, addresses, dates and ids read. Private to this folder: it shows GMime's
// types.
#pragma once
#include <cstddef>
#include <string>

#include "connectors/email/mime.h"
#include "connectors/email/mime_parts.h"

namespace usher::connectors::email {

// Fills everything of `mail` that stands in its header, and names in its warnings what stands there twice. `max_field_bytes`: how
// much of a field is looked at.
void read_header(GMimeMessage* message, GMimeParserOptions* options, std::size_t max_field_bytes, Mail& mail);

// Adds to the warnings: each once, and at most twenty.
void warn(Mail& mail, std::string text);

}  // namespace usher::connectors::email
