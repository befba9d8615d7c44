// Any bytes as text: terms are never empty, point into the input, come in order, and are the same the second time.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "kb/analyzer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const usher::kb::Analyzer kAnalyzer;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool is_query : {false, true}) {
    const std::vector<usher::kb::Term> terms = kAnalyzer.analyze(text, is_query);
    std::size_t previous = 0;
    for (const usher::kb::Term& term : terms) {
      USHER_CHECK(!term.text.empty(), "a term has text");
      USHER_CHECK(term.begin < term.end && term.end <= size, "a term points into the input");
      USHER_CHECK(term.begin >= previous, "terms come in order of appearance");
      previous = term.begin;
    }
    USHER_CHECK(kAnalyzer.analyze(text, is_query).size() == terms.size(), "analysis has no memory");
  }
  return 0;
}
