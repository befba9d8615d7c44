// What each line of a mail's text is, for reply_text. Pure; looks at most a few lines and 400 bytes ahead.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace usher::connectors::email {

enum class LineKind : std::uint8_t {
  kEmpty,
  kText,
  kQuote,        // "> …", "Name> …" next to others, "| …" below an attribution
  kAttribution,  // first line of "On … wrote:"
  kHeaderBlock,  // first line of "From: … Sent: … To: … Subject: …"
  kSeparator,    // "-----Original Message-----"
  kContinued,    // further lines of the three above
  kDelimiter,    // "-- ", "____", "====" …
  kDevice,       // "Sent from my …"
  kDropped,      // taken out by reply_text
};

std::vector<LineKind> classify(const std::vector<std::string_view>& lines);

}  // namespace usher::connectors::email
