// What can be said about an RE2 pattern without trying it: can it match at all, and how long are the texts it matches. A small
// reader of RE2's syntax (RE2 keeps its own tree to itself); what it does not know it takes for "matches anything", so that it
// never says too much.
#pragma once
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace usher::dialogs::prove {

inline constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

struct PatternFacts {
  bool can_match = true;
  std::size_t shortest = 0, longest = kNoLimit;  // code points of the texts it matches; of no meaning when it cannot match
};

// What values look like that the pattern is put to.
enum class Alphabet : unsigned char {
  kAny,
  kUpper,  // A-Z and 0-9 only: serial numbers as they are kept
};

// `whole`: the pattern must cover the whole text (slots); else it may stand anywhere in it (triggers, conditions).
PatternFacts facts_of(std::string_view pattern, bool whole, bool ignore_case, Alphabet alphabet);

// The text of a pattern without any operators ("^" at the beginning and "$" at the end aside), or "".
std::string literal_of(std::string_view pattern);

}  // namespace usher::dialogs::prove
