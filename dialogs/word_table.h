// A fixed list of words, laid out when this is compiled, so that "is it one of these?" costs one comparison instead of all. Pure.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace usher::dialogs {

template <std::size_t N>
class WordTable {
 public:
  // The first of two equal words counts.
  constexpr explicit WordTable(const std::array<std::string_view, N>& words) : words_(words) {
    for (std::size_t i = 0; i < N; ++i) {
      std::size_t at = slot(words[i]);
      while (slots_[at] != 0 && words_[slots_[at] - 1U] != words[i]) at = (at + 1) % kSlots;
      if (slots_[at] == 0) slots_[at] = static_cast<std::uint16_t>(i + 1);
    }
  }
  // The word's place in the list, or N.
  constexpr std::size_t find(std::string_view word) const {
    for (std::size_t at = slot(word); slots_[at] != 0; at = (at + 1) % kSlots) {
      if (words_[slots_[at] - 1U] == word) return slots_[at] - 1U;
    }
    return N;
  }
  constexpr bool contains(std::string_view word) const { return find(word) < N; }

 private:
  static constexpr std::size_t size_for() {
    std::size_t size = 16;
    while (size < N * 4) size *= 2;
    return size;
  }
  static constexpr std::size_t kSlots = size_for();
  static constexpr std::size_t slot(std::string_view word) {
    if (word.empty()) return 0;
    const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(word[i])); };
    return (word.size() * 7 + byte(0) * 31 + byte(word.size() / 2) * 101 + byte(word.size() - 1) * 173) % kSlots;
  }
  std::array<std::string_view, N> words_;
  std::array<std::uint16_t, kSlots> slots_{};
};
template <std::size_t N>
WordTable(const std::array<std::string_view, N>&) -> WordTable<N>;

}  // namespace usher::dialogs
