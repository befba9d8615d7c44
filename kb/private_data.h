// Finds what belongs to one customer in a text meant for everybody: mail addresses, phone numbers, card, IMEI and identity
// numbers, serial numbers, licence keys. For checking articles and for keeping searches without their author. By written form
// only: names and postal addresses are not found. Addresses and numbers reserved for examples (example.com, *.test, 555-01xx) and
// free-call numbers (0800, 1-800, 400-…) are nobody's. Pure; linear; thread-safe.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace usher::kb {

struct PrivateData {
  std::size_t begin = 0, end = 0;  // byte range in the text
  std::string_view kind;           // "email" | "phone" | "card" | "identity" | "serial" | "licence key"
};

// In order of appearance, without overlaps. `own`: mail addresses and domains ("@firm.example") of the company itself, which are
// no customer's.
std::vector<PrivateData> find_private_data(std::string_view text, std::span<const std::string> own = {});

// The text with each of them replaced by its kind in brackets: "mail me at [email]".
std::string mask_private_data(std::string_view text);

}  // namespace usher::kb
