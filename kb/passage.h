// The sentences of an article as plain text, each with its terms, so that the best one for a query can be shown. Immutable after
// `add`s; thread-safe for reading.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher::kb {

// Cuts plain text (one paragraph or list item a line) into sentences, in order; long ones are cut at 300 code points.
std::vector<std::string> sentences_of(std::string_view plain_text);

class Passages {
 public:
  // A term and the bytes [begin, end) of the sentence it was found in.
  struct Place {
    std::uint32_t term;
    std::uint16_t begin, end;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  using Values = std::span<const std::pair<std::uint32_t, double>>;  // term, worth; ascending by term

  // At most 65,535 bytes of a sentence can have places.
  void add(std::string_view sentence, std::vector<Place> places);
  void shrink();  // after the last `add`: gives back what growing left over

  std::size_t size() const { return ends_.size(); }
  std::string_view sentence(std::size_t i) const;
  // The sentence whose distinct terms are worth most; among equals the earlier one. Null when none has any.
  std::optional<std::size_t> best(Values values) const;
  // Where sentence `i` has terms of `values`: byte ranges, ascending, those that touch joined.
  std::vector<std::pair<std::size_t, std::size_t>> marks(std::size_t i, Values values) const;

 private:
  struct End {
    std::uint32_t text, places;
  };
  std::string text_;           // one after the other: three allocations an article, not two a sentence
  std::vector<Place> places_;  // each sentence's, ascending
  std::vector<End> ends_;
};

}  // namespace usher::kb
