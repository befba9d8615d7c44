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
  void add(std::string_view sentence, std::vector<std::uint32_t> terms);
  void shrink();  // after the last `add`: gives back what growing left over

  std::size_t size() const { return ends_.size(); }
  std::string_view sentence(std::size_t i) const;
  // The sentence whose distinct terms are worth most, by `values` (term, worth; ascending by term); among equals the earlier one.
  // Null when none has any.
  std::optional<std::size_t> best(std::span<const std::pair<std::uint32_t, double>> values) const;

 private:
  struct End {
    std::uint32_t text, terms;
  };
  std::string text_;                  // one after the other: three allocations an article, not two a sentence
  std::vector<std::uint32_t> terms_;  // each sentence's distinct ones, ascending
  std::vector<End> ends_;
};

}  // namespace usher::kb
