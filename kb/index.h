// The inverted index: for every (term, field) the documents with their finished BM25 contribution. A document's score is the sum
// over the query's terms and the document's fields (per-field BM25: each field has its own weight, k1, b and average length; the
// idf is the document's). Scoring reads all postings of the query's terms: exact, and fast at these sizes
// (docs/adr/0004-search.md). Immutable after Builder::finish; all const functions are thread-safe.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace usher::kb {

enum class Field : std::uint8_t { kTitle, kIssue, kEnvironment, kCodes, kTags, kBody };
inline constexpr std::size_t kFields = 6;
std::string_view field_name(Field field);

struct FieldWeight {
  double weight, k1, b;
};
using FieldWeights = std::array<FieldWeight, kFields>;
// The one configuration Usher runs with.
extern const FieldWeights kFieldWeights;

class Index {
 public:
  using TermId = std::uint32_t;
  using DocId = std::uint32_t;
  struct Weighted {
    TermId term;
    float weight;
  };
  struct Posting {
    DocId doc;
    float impact;  // weight × idf × saturated term frequency
  };

  class Builder {
   public:
    explicit Builder(const FieldWeights& weights = kFieldWeights) : weights_(weights) {}
    void begin_document();
    // A term of the current document. `counts` false: does not make the field longer (character pairs).
    TermId add(Field field, std::string_view term, bool counts = true);
    Index finish();

   private:
    struct Occurrence {
      TermId term;
      Field field;
      DocId doc;
      std::uint32_t count;
    };
    void end_document();

    FieldWeights weights_;
    std::unordered_map<std::string, TermId> ids_;
    std::vector<std::uint64_t> current_;  // term * 8 + field of the document being read
    std::vector<Occurrence> occurrences_;
    std::vector<std::array<std::uint32_t, kFields>> lengths_;
  };

  std::size_t size() const { return size_; }
  std::optional<TermId> id(std::string_view term) const;
  std::uint32_t document_frequency(TermId term) const { return df_[term]; }
  double idf(TermId term) const { return idf_[term]; }
  double idf_of_frequency(std::uint32_t df) const;  // ln(1 + (N − df + ½)/(df + ½))

  // Adds the contributions of `terms` to `scores` (size() entries, by document).
  void score(std::span<const Weighted> terms, std::vector<float>& scores) const;
  // What one term adds to one document, by field.
  std::array<float, kFields> contributions(TermId term, DocId doc) const;
  // Bit (1 << field) for every field of `doc` that holds `term`; 0 when none does.
  unsigned fields_of(TermId term, DocId doc) const;

 private:
  Index() = default;
  std::span<const Posting> postings(TermId term, std::size_t field) const;

  std::size_t size_ = 0;
  std::unordered_map<std::string, TermId> ids_;
  std::vector<std::uint32_t> df_;
  std::vector<double> idf_;
  std::vector<std::uint32_t> list_begin_;  // (term * kFields + field) → first posting; one more at the end
  std::vector<Posting> postings_;
  std::vector<std::uint32_t> forward_begin_;  // document → first entry of forward_; one more at the end
  std::vector<std::uint32_t> forward_;        // term << kFields | fields, ascending per document
};

}  // namespace usher::kb
