// Phrases to offer while somebody types: every title by the beginning of each of its words, codes, synonyms and the customers'
// sentences by their own. Sorted once; a look-up is a binary search. Immutable; thread-safe for reading.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kb/shelf_entry.h"

namespace usher::kb {

class Suggestions {
 public:
  struct Found {
    std::uint32_t doc;
    std::uint32_t phrase;  // Entry::phrase
    bool is_beginning;     // of the phrase, not of a word in it
  };
  using Entries = std::vector<std::shared_ptr<const Entry>>;

  Suggestions() = default;
  // `entries` outlive it. Only what customers may read is offered.
  explicit Suggestions(const Entries& entries);
  // Phrases beginning with `typed` (folded), at most `limit`.
  void find(std::string_view typed, const Entries& entries, std::size_t limit, std::vector<Found>& found) const;
  // The same by looking through entries one by one, numbered from `first` on.
  static void scan(std::string_view typed, const Entries& entries, std::uint32_t first, std::vector<Found>& found);

 private:
  struct Place {
    std::uint32_t doc;
    std::uint32_t at;  // in Entry::phrases
    std::uint8_t phrase;
    bool is_beginning;
  };
  std::vector<Place> places_;  // by the text from there on
};

}  // namespace usher::kb
