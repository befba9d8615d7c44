// What must not reach the MIME library (measured with GMime 3.2.13): 30,000 nested address groups overflow its stack, a million
// parts take 1.3 GB, a million addresses 300 MB. Nesting of parts it bounds itself. Pure; one pass; no copy for a mail within the
// bounds. Also repaired here: blank lines before the header, and a line of blanks where its end should be.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::connectors::email {

struct MimeLimits {
  std::size_t max_parts = 1'000;
  std::size_t max_depth = 100;                // of parts within parts; deeper ones stay in the raw mail only
  std::size_t max_header_bytes = 256 * 1024;  // of the mail's own header
  std::size_t max_header_fields = 1'000;
  std::size_t max_field_bytes = 64 * 1024;  // of one address field, anywhere
  std::size_t max_address_colons = 200;     // in one address field: bounds nested groups
};

// The mail to parse instead of `raw`, or nullopt when `raw` is within the limits. Each thing taken away is named in `warnings`.
std::optional<std::string> guard_mime(std::string_view raw, const MimeLimits& limits, std::vector<std::string>& warnings);

}  // namespace usher::connectors::email
