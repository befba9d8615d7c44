// Finds the known word nearest to a mistyped one: Damerau–Levenshtein distance 1 (2 from eight letters on; with four letters
// only swapped neighbours). Candidates come from
// an index of letter pairs (with the word's ends), counted so that no word within the distance is missed. Words of a–z only.
// Immutable; thread-safe.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::kb {

class Speller {
 public:
  struct Word {
    std::string text;         // lower case, unstemmed
    std::uint32_t term;       // what it stands for in the index
    std::uint32_t frequency;  // breaks ties
  };
  static constexpr std::size_t kMinLength = 4;  // shorter words have too many neighbours
  static constexpr std::size_t kMaxLength = 24;

  explicit Speller(std::vector<Word> words);  // others than 3–26 letters a–z are left out
  // The nearest word, or null: when `word` is shorter than kMinLength, has anything but a–z, is known itself, or nothing is near.
  const Word* nearest(std::string_view word) const;

 private:
  static constexpr std::size_t kAlphabet = 27;  // a–z and the word's end

  std::vector<Word> words_;
  std::vector<std::uint32_t> pair_begin_;  // pair → first entry of pair_words_; one more at the end
  std::vector<std::uint32_t> pair_words_;
};

}  // namespace usher::kb
