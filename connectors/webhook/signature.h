// Standard Webhooks 1.0.0 signatures (v1: HMAC-SHA256), made and checked. Pure and thread-safe.
// Signed content is "{id}.{timestamp}.{raw body}", so `body` must be the exact bytes received, before any decoding.
#pragma once
#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace usher::connectors::webhook {

inline constexpr std::chrono::seconds kTolerance{300};  // both directions

// The key of "whsec_<base64>" (prefix and padding may be missing). kInvalid: not base64, or not 24–64 bytes.
Result<std::string> parse_secret(std::string_view text);

// The value of a webhook-signature header: "v1,<base64>". `key` is parse_secret's.
// The caller keeps '.' out of `id` (kInvalid otherwise).
Result<std::string> sign(std::string_view key, std::string_view id, Timestamp at, std::string_view body);

// Ok when any "v1," value of `signatures` (space-separated; unknown versions are skipped, at most 16 are looked at) matches any
// of `keys`. Comparison is constant time and all keys are tried. Errors, all kDenied: a header missing or malformed (id empty,
// longer than 256 bytes, with '.' or not printable ASCII; timestamp not 1–12 digits), outside kTolerance of `now`, no match. The
// messages name the header at fault, never a value.
Result<void> verify(std::span<const std::string> keys, std::string_view id, std::string_view timestamp,
                    std::string_view signatures, std::string_view body, Timestamp now);

}  // namespace usher::connectors::webhook
