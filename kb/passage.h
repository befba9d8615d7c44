// The sentences of an article as plain text, each with its terms, so that the best one for a query can be shown. Immutable after
// `add`s; thread-safe for reading.
#pragma once
#include <cstdint>
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
  void add(std::string sentence, std::vector<std::uint32_t> terms);
  // The sentence whose distinct terms are worth most, by `values` (term, worth; ascending by term); among equals the earlier one.
  // Empty when none has any.
  std::string best(std::span<const std::pair<std::uint32_t, double>> values) const;

 private:
  struct Sentence {
    std::string text;
    std::vector<std::uint32_t> terms;  // distinct, ascending
  };
  std::vector<Sentence> sentences_;
};

}  // namespace usher::kb
