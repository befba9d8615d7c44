// Text → terms (design: docs/adr/0004-search.md). Latin words are folded (NFKC, lower case) and stemmed (Snowball English);
// Chinese is folded to simplified (OpenCC), cut into words by ICU, and its overlapping character pairs are added at low query
// weight; codes and models keep one canonical term beside their parts: "0x0000007B" = "0x7b", "E-204" = "e204", "XPS-13 9310" =
// "xps13", "9310". Thread-safe after construction; one Analyzer serves index and queries.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace usher::kb {

struct Term {
  std::string text;
  enum class Kind : unsigned char { kWord, kPair, kCode } kind = Kind::kWord;
  std::size_t begin = 0, end = 0;  // byte range in the input, for highlights
};

class Analyzer {
 public:
  // Throws std::runtime_error when ICU's or OpenCC's data files are not installed: nothing could be searched without them.
  Analyzer();
  ~Analyzer();
  // One for everybody: loading the language data takes tens of milliseconds. Throws as Analyzer() does, at first use.
  static const Analyzer& shared();
  // Terms in order of appearance. `is_query` drops stop words (unless nothing else is left).
  std::vector<Term> analyze(std::string_view text, bool is_query) const;
  // What `analyze` makes of one lower-case word a–z.
  std::string stem(const std::string& word) const;
  // The text as it is compared: folded, full width made half, traditional Chinese simplified.
  std::string fold(std::string_view text) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace usher::kb
