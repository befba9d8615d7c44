#include "kb/index.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/check.h"

namespace usher::kb {
namespace {

constexpr std::size_t kFullSegment = 32;  // documents; larger ones are not joined again, so that adding stays fast

}  // namespace

const FieldWeights kFieldWeights = {FieldWeight{9.0, 3.0, 0.45}, FieldWeight{6.0, 2.0, 0.6}, FieldWeight{1.5, 1.2, 0.5},
                                    FieldWeight{14.0, 0.5, 0.0}, FieldWeight{3.0, 0.8, 0.3}, FieldWeight{2.9, 1.8, 0.7}};

std::string_view field_name(Field field) {
  static constexpr std::array<std::string_view, kFields> kNames = {"title", "issue", "environment", "codes", "tags", "body"};
  return kNames[static_cast<std::size_t>(field)];
}

unsigned Index::Document::fields_of(TermId term) const {
  unsigned fields = 0;
  for (auto at = std::ranges::lower_bound(keys_, term * 8); at != keys_.end() && *at / 8 == term; ++at) fields |= 1U << *at % 8;
  return fields;
}

void Index::DocumentBuilder::add(Field field, TermId term, bool counts) {
  USHER_CHECK(term < (1U << 29), "more distinct terms than an index can number");
  keys_.push_back(term * 8 + static_cast<std::uint32_t>(field));
  if (counts) ++document_.lengths_[static_cast<std::size_t>(field)];
}

Index::Document Index::DocumentBuilder::finish() {
  std::ranges::sort(keys_);
  std::size_t distinct = 0;
  for (std::size_t i = 0; i < keys_.size(); ++i) distinct += i == 0 || keys_[i] != keys_[i - 1] ? 1 : 0;
  document_.keys_.reserve(distinct);
  document_.counts_.reserve(distinct);
  for (std::size_t i = 0; i < keys_.size();) {
    std::size_t end = i;
    while (end < keys_.size() && keys_[end] == keys_[i]) ++end;
    document_.keys_.push_back(keys_[i]);
    document_.counts_.push_back(static_cast<std::uint16_t>(std::min<std::size_t>(end - i, 65535)));
    i = end;
  }
  return std::move(document_);
}

Index::Index() : built_(std::make_shared<const Built>()) {}

float Index::impact(const Built& built, const Document& document, std::size_t entry) {
  const std::uint32_t key = document.keys_[entry];
  const std::size_t f = key % 8;
  const double count = document.counts_[entry];
  // A field that no document had at the last build has no length to compare with.
  const double length = built.average[f] > 0 ? document.lengths_[f] / built.average[f] : 1.0;
  const auto [weight, k1, b] = built.weights[f];
  const double idf = key / 8 < built.idf.size() ? built.idf[key / 8] : built.new_idf;
  return static_cast<float>(weight * idf * count * (k1 + 1) / (count + k1 * (1 - b + b * length)));
}

Index::Segment Index::segment_of(const Built& built, std::span<const std::shared_ptr<const Document>> documents, DocId first,
                                 std::size_t terms, bool is_dense) {
  Segment segment;
  segment.first = first;
  segment.documents = documents.size();
  std::size_t total = 0;
  if (!is_dense) {
    for (const auto& document : documents) {
      for (const std::uint32_t key : document->keys_) segment.rows.push_back(key / 8);
    }
    std::ranges::sort(segment.rows);
    segment.rows.erase(std::unique(segment.rows.begin(), segment.rows.end()), segment.rows.end());
    segment.rows.shrink_to_fit();
    terms = segment.rows.size();
  }
  const auto list_of = [&segment, is_dense](std::uint32_t key) {
    const std::size_t row =
        is_dense ? key / 8 : static_cast<std::size_t>(std::ranges::lower_bound(segment.rows, key / 8) - segment.rows.begin());
    return row * kFields + key % 8;
  };
  segment.list_begin.assign(terms * kFields + 1, 0);
  for (const auto& document : documents) {
    for (const std::uint32_t key : document->keys_) ++segment.list_begin[list_of(key) + 1];
    total += document->keys_.size();
  }
  USHER_CHECK(total <= std::numeric_limits<std::uint32_t>::max(), "more postings than an index can number");
  for (std::size_t i = 1; i < segment.list_begin.size(); ++i) segment.list_begin[i] += segment.list_begin[i - 1];
  segment.postings.resize(total);
  std::vector<std::uint32_t> next(segment.list_begin.begin(), segment.list_begin.end() - 1);
  for (std::size_t d = 0; d < documents.size(); ++d) {
    const Document& document = *documents[d];
    for (std::size_t i = 0; i < document.keys_.size(); ++i) {
      segment.postings[next[list_of(document.keys_[i])]++] = {first + static_cast<DocId>(d), impact(built, document, i)};
    }
  }
  return segment;
}

Index Index::build(Documents documents, Dictionary dictionary, const FieldWeights& weights) {
  auto built = std::make_shared<Built>();
  built->weights = weights;
  built->documents = std::move(documents);
  const std::size_t terms = dictionary.size();
  built->df.assign(terms, 0);
  for (const auto& document : built->documents) {
    if (document->is_empty()) continue;
    ++built->size;
    for (std::size_t f = 0; f < kFields; ++f) built->average[f] += document->lengths_[f];
    for (std::size_t i = 0; i < document->keys_.size(); ++i) {
      if (i == 0 || document->keys_[i] / 8 != document->keys_[i - 1] / 8) ++built->df[document->keys_[i] / 8];
    }
  }
  for (double& average : built->average) average = built->size > 0 ? average / built->size : 0;
  Index index;
  index.built_ = built;
  built->new_idf = index.idf_of_frequency(1);
  built->idf.resize(terms);
  built->is_known.resize(terms);
  for (std::size_t t = 0; t < terms; ++t) {
    built->is_known[t] = built->df[t] > 0;
    built->df[t] = std::max(built->df[t], 1U);
    built->idf[t] = index.idf_of_frequency(built->df[t]);
  }
  built->segment = segment_of(*built, built->documents, 0, terms, true);
  index.dictionary_ = std::move(dictionary);
  return index;
}

Index Index::with(const Documents& documents, Dictionary dictionary) const {
  Index index = *this;
  index.dictionary_ = std::move(dictionary);
  std::size_t count = documents.size();
  index.added_.insert(index.added_.end(), documents.begin(), documents.end());
  // Small segments are joined with the new one; each is at least as large as the next.
  while (!index.segments_.empty() && index.segments_.back()->documents < kFullSegment &&
         index.segments_.back()->documents <= count) {
    count += index.segments_.back()->documents;
    index.segments_.pop_back();
  }
  const std::span<const std::shared_ptr<const Document>> all(index.added_);
  index.segments_.push_back(
      std::make_shared<const Segment>(segment_of(*built_, all.last(count), static_cast<DocId>(index.size() - count), 0, false)));
  return index;
}

std::optional<std::size_t> Index::Segment::row(TermId term) const {
  if (rows.empty())
    return (static_cast<std::size_t>(term) + 1) * kFields < list_begin.size() ? std::optional<std::size_t>(term) : std::nullopt;
  const auto found = std::ranges::lower_bound(rows, term);
  if (found == rows.end() || *found != term) return std::nullopt;
  return static_cast<std::size_t>(found - rows.begin());
}

std::optional<Index::TermId> Index::id(std::string_view term) const {
  const std::optional<TermId> id = dictionary_.id(term);
  if (!id || (*id < built_->is_known.size() && built_->is_known[*id])) return id;
  const bool is_added = std::ranges::any_of(segments_, [&](const auto& s) { return !s->rows.empty() && s->row(*id); });
  return is_added ? id : std::nullopt;
}

double Index::idf_of_frequency(std::uint32_t df) const {
  return std::log(1.0 + (std::max(built_->size, static_cast<double>(df)) - df + 0.5) / (df + 0.5));
}

void Index::score(std::span<const Weighted> terms, std::span<float> scores) const {
  const auto add = [&scores](const Segment& segment, const Weighted& t) {
    const std::optional<std::size_t> row = segment.row(t.term);
    if (!row) return;
    // A term's lists of all fields lie next to each other.
    const std::uint32_t end = segment.list_begin[(*row + 1) * kFields];
    for (std::uint32_t i = segment.list_begin[*row * kFields]; i < end; ++i)
      scores[segment.postings[i].doc] += t.weight * segment.postings[i].impact;
  };
  for (const Weighted& t : terms) {
    add(built_->segment, t);
    for (const auto& segment : segments_) add(*segment, t);
  }
}

std::array<float, kFields> Index::contributions(TermId term, DocId doc) const {
  std::array<float, kFields> result{};
  const Document& d = *document(doc);
  for (auto at = std::ranges::lower_bound(d.keys_, term * 8); at != d.keys_.end() && *at / 8 == term; ++at)
    result[*at % 8] = impact(*built_, d, static_cast<std::size_t>(at - d.keys_.begin()));
  return result;
}

}  // namespace usher::kb
