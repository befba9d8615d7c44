// Finds the known word or code nearest to a mistyped one. Words (a–z): Damerau–Levenshtein distance 1 (2 from eight letters on;
// with four letters only swapped neighbours). Candidates come from an index of letter pairs (with the word's ends), counted so
// that no word within the distance is missed. Codes (letters and digits, "e204", "0x7b"): what a slip of the hand makes of them:
// O for 0, swapped neighbours, a doubled or a missing double; from seven characters on any one edit. A known code is never taken
// for another, nor is one with two candidates. Immutable; thread-safe.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher::kb {

class Speller {
 public:
  struct Word {
    std::string text;         // words: lower case, unstemmed; codes: as the analyzer gives them
    std::uint32_t term;       // what it stands for in the index
    std::uint32_t frequency;  // breaks ties
  };
  static constexpr std::size_t kMinLength = 4;  // shorter words have too many neighbours
  static constexpr std::size_t kMaxLength = 24;

  explicit Speller(std::vector<Word> words);  // what is neither a word of 3–26 letters a–z nor a code of 2–26 is left out
  // The nearest word, or null: when `word` is shorter than kMinLength, has anything but a–z, is known itself, or nothing is near.
  const Word* nearest(std::string_view word) const;
  // The same for codes: `code` has a digit, or a letter that looks like one.
  const Word* nearest_code(std::string_view code) const;

 private:
  static constexpr std::size_t kAlphabet = 27;  // a–z and the word's end

  std::span<std::uint32_t> words_with(std::size_t pair) {
    return std::span(pair_words_).subspan(pair_begin_[pair], pair_begin_[pair + 1] - pair_begin_[pair]);
  }
  std::span<const std::uint32_t> words_with(std::size_t pair) const {
    return std::span(pair_words_).subspan(pair_begin_[pair], pair_begin_[pair + 1] - pair_begin_[pair]);
  }
  void index_words();
  void index_codes();

  std::vector<Word> words_, codes_;                                 // ascending by text
  std::vector<std::uint32_t> pair_begin_;                           // pair → first entry of pair_words_; one more at the end
  std::vector<std::uint32_t> pair_words_;                           // of one pair by length, then by text
  std::vector<std::pair<std::uint32_t, std::uint32_t>> shortened_;  // hash of a code without one character, code; ascending
};

}  // namespace usher::kb
