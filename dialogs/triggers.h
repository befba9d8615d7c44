// Where the trigger phrases of all scripts may begin in a message: an index over their first words, so that a first message is
// not held against every phrase of every script. Built once per script set; immutable; thread-safe. Pure.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dialogs/script.h"
#include "dialogs/words.h"

namespace usher::dialogs {

class Triggers {
 public:
  // Of the scripts as they are; a change of them asks for a new index.
  explicit Triggers(const std::map<std::string, Script>& scripts);

  struct Place {
    std::uint32_t script = 0, phrase = 0;  // the script's place in the map, the phrase's among its trigger.keys
    std::uint32_t begin = 0;               // word of the message
    auto operator<=>(const Place&) const = default;
  };
  // Every place whose first word fits by same_word (fuzzy); ordered. What follows it is for the caller to look at.
  std::vector<Place> begins(const Message& message) const;
  struct Pattern {
    std::uint32_t script = 0, pattern = 0;  // the pattern's place in trigger.patterns
    auto operator<=>(const Pattern&) const = default;
  };
  // The patterns that may match the text, folded; ordered. All others do not.
  std::vector<Pattern> may_match(std::string_view folded) const;
  std::size_t scripts() const { return scripts_; }

 private:
  struct First {
    std::string word;
    std::vector<Place> phrases;
  };

  std::size_t scripts_ = 0;
  std::vector<First> firsts_;
  std::unordered_map<std::string, std::size_t> by_word_;
  std::array<std::vector<std::size_t>, 256> by_byte_;  // for typos: first words by their first byte
  std::vector<std::size_t> numbers_;                   // those that may be a number

  struct Piece {
    std::string text;
    std::vector<Pattern> patterns;
  };
  void index_patterns(const std::map<std::string, Script>& scripts);
  std::vector<Pattern> always_;                                                          // nothing is known of what they need
  std::vector<Piece> pieces_;                                                            // by text
  std::unordered_map<std::uint16_t, std::pair<std::uint32_t, std::uint32_t>> by_bytes_;  // first two bytes → range of pieces
  std::vector<bool> begins_;                                                             // whether two bytes begin a piece
};

}  // namespace usher::dialogs
