// The sentences of an article as plain text, each with its terms, so that the best one for a query can be shown. Immutable after
// `add`s; thread-safe for reading.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::kb {

// Cuts plain text (one paragraph or list item a line) into sentences, in order; long ones are cut at 300 code points.
std::vector<std::string> sentences_of(std::string_view plain_text);

class Passages {
 public:
  void add(std::string sentence, std::vector<std::uint32_t> terms);
  // The sentence with the largest sum of `value` over its distinct terms; among equals the earlier one. Empty when none has any.
  std::string best(const std::function<double(std::uint32_t)>& value) const;

 private:
  struct Sentence {
    std::string text;
    std::vector<std::uint32_t> terms;  // distinct, ascending
  };
  std::vector<Sentence> sentences_;
};

}  // namespace usher::kb
