// The inverted index: for every (term, field) the documents with their finished BM25 contribution. A document's score is the sum
// over the query's terms and the document's fields (per-field BM25: each field has its own weight, k1, b and average length; the
// idf is the document's). Scoring reads all postings of the query's terms: exact, and fast at these sizes
// (docs/adr/0004-search.md).
//
// It is a value over immutable segments: one large one made by `build`, and small ones added by `with`. The statistics (number of
// documents, document frequencies, average lengths) are those of `build` until the next: a document added later is scored as one
// more text against that collection, and a term new since then counts as being in one document. Documents that were taken out are
// not the index's business: who asks skips them. All const functions are thread-safe.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "kb/dictionary.h"

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

  // What a document is to the index; independent of all others.
  class Document {
   public:
    // Bit (1 << field) for every field that holds `term`; 0 when none does.
    unsigned fields_of(TermId term) const;
    bool is_empty() const { return keys_.empty(); }
    // Has its terms brought near before they are asked for.
    void prefetch() const {
      for (std::size_t i = 0; i < keys_.size(); i += 16) __builtin_prefetch(keys_.data() + i);
    }

   private:
    friend class Index;
    friend class DocumentBuilder;
    std::vector<std::uint32_t> keys_;  // term * 8 + field, ascending
    std::vector<std::uint16_t> counts_;
    std::array<std::uint32_t, kFields> lengths_{};
  };
  class DocumentBuilder {
   public:
    // One occurrence. `counts` false: does not make the field longer (character pairs).
    void add(Field field, TermId term, bool counts = true);
    Document finish();

   private:
    std::vector<std::uint32_t> keys_;
    Document document_;
  };
  using Documents = std::vector<std::shared_ptr<const Document>>;

  Index();
  // Documents are numbered in order. Empty ones (nothing to be found by) do not count in the statistics.
  static Index build(Documents documents, Dictionary dictionary, const FieldWeights& weights = kFieldWeights);
  // With more documents, numbered from size() on. `dictionary` is this index's or one that grew from it.
  Index with(const Documents& documents, Dictionary dictionary) const;

  std::size_t size() const { return built_->documents.size() + added_.size(); }
  const Dictionary& dictionary() const { return dictionary_; }
  const std::shared_ptr<const Document>& document(DocId doc) const {
    return doc < built_->documents.size() ? built_->documents[doc] : added_[doc - built_->documents.size()];
  }

  // Null when no document ever had it since the last build.
  std::optional<TermId> id(std::string_view term) const;
  std::uint32_t document_frequency(TermId term) const { return term < built_->df.size() ? built_->df[term] : 1; }
  double idf(TermId term) const { return term < built_->idf.size() ? built_->idf[term] : built_->new_idf; }
  double idf_of_frequency(std::uint32_t df) const;  // ln(1 + (N − df + ½)/(df + ½))

  // Adds the contributions of `terms` to `scores` (size() entries, by document).
  void score(std::span<const Weighted> terms, std::span<float> scores) const;
  // What one term adds to one document, by field.
  std::array<float, kFields> contributions(TermId term, DocId doc) const;
  // Bit (1 << field) for every field of `doc` that holds `term`; 0 when none does.
  unsigned fields_of(TermId term, DocId doc) const { return document(doc)->fields_of(term); }

 private:
  struct Segment {
    DocId first = 0;  // its documents are those from here on
    std::size_t documents = 0;
    std::vector<TermId> rows;               // the terms that have lists, ascending; empty: row = term
    std::vector<std::uint32_t> list_begin;  // row * kFields + field → first posting; one more at the end
    std::vector<Posting> postings;
    std::optional<std::size_t> row(TermId term) const;
  };
  struct Built {
    FieldWeights weights = kFieldWeights;
    Documents documents;
    double size = 0;  // not empty ones
    std::array<double, kFields> average{};
    std::vector<std::uint32_t> df;  // at least 1: a term without a document is treated like one that is new
    std::vector<double> idf;
    std::vector<bool> is_known;  // some document had it
    double new_idf = 0;
    Segment segment;
  };
  static Segment segment_of(const Built& built, std::span<const std::shared_ptr<const Document>> documents, DocId first,
                            std::size_t terms, bool is_dense);
  static float impact(const Built& built, const Document& document, std::size_t entry);

  std::shared_ptr<const Built> built_;
  Documents added_;
  std::vector<std::shared_ptr<const Segment>> segments_;  // of added_
  Dictionary dictionary_;
};

}  // namespace usher::kb
