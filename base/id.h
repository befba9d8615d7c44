// Identifiers: UUIDv7 (RFC 9562) for everything we store, and the provisional case reference customers read aloud.
#pragma once
#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace usher {

// A UUIDv7 in its 36-character lower-case form. Sorted by creation time to the millisecond, random below that.
// Thread-safe; takes its 74 random bits from a per-thread generator seeded by the operating system.
std::string make_uuid_v7(Timestamp now);
bool is_uuid(std::string_view text);  // any version, lower or upper case, with dashes

// Distinct id types, so that a case id cannot be passed for a conversation id.
template <class Tag>
struct Id {
  std::string value;
  auto operator<=>(const Id&) const = default;
  bool empty() const { return value.empty(); }
};
using ConversationId = Id<struct ConversationTag>;
using CaseId = Id<struct CaseTag>;
using LedgerId = Id<struct LedgerTag>;
using SessionId = Id<struct SessionTag>;

// The provisional reference of reliability.md §4.6: "P-XXXXX-XXXXX-XXXXX", Crockford base32 (no I L O U),
// 14 random symbols = 70 bits, and a check symbol (mod 37 reduced to the 32-symbol alphabet by re-drawing).
std::string make_case_reference();
// The canonical form when `text` is a reference (case, spaces, dashes, and the look-alikes I L O are forgiven); nullopt when the
// check symbol does not match or the shape is wrong.
std::optional<std::string> parse_case_reference(std::string_view text);

// Unguessable token: `bytes` random bytes as base64url without padding. For sessions and resume tokens.
std::string make_token(std::size_t bytes = 24);

}  // namespace usher

template <class Tag>
struct std::hash<usher::Id<Tag>> {
  std::size_t operator()(const usher::Id<Tag>& id) const noexcept { return std::hash<std::string>{}(id.value); }
};
