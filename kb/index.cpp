#include "kb/index.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace usher::kb {

const FieldWeights kFieldWeights = {FieldWeight{9.0, 3.0, 0.45}, FieldWeight{6.0, 2.0, 0.6}, FieldWeight{1.5, 1.2, 0.5},
                                    FieldWeight{14.0, 0.5, 0.0}, FieldWeight{3.0, 0.8, 0.3}, FieldWeight{2.9, 1.8, 0.7}};

std::string_view field_name(Field field) {
  static constexpr std::array<std::string_view, kFields> kNames = {"title", "issue", "environment", "codes", "tags", "body"};
  return kNames[static_cast<std::size_t>(field)];
}

void Index::Builder::begin_document() {
  if (!lengths_.empty()) end_document();
  lengths_.push_back({});
}

Index::TermId Index::Builder::add(Field field, std::string_view term, bool counts) {
  const TermId id = ids_.try_emplace(std::string(term), static_cast<TermId>(ids_.size())).first->second;
  current_.push_back(static_cast<std::uint64_t>(id) * 8 + static_cast<std::uint64_t>(field));
  if (counts) ++lengths_.back()[static_cast<std::size_t>(field)];
  return id;
}

void Index::Builder::end_document() {
  std::ranges::sort(current_);
  for (std::size_t i = 0; i < current_.size();) {
    std::size_t end = i;
    while (end < current_.size() && current_[end] == current_[i]) ++end;
    occurrences_.push_back({static_cast<TermId>(current_[i] / 8), static_cast<Field>(current_[i] % 8),
                            static_cast<DocId>(lengths_.size() - 1), static_cast<std::uint32_t>(end - i)});
    i = end;
  }
  current_.clear();
}

Index Index::Builder::finish() {
  if (!lengths_.empty()) end_document();
  USHER_CHECK(ids_.size() < (1U << (32 - kFields)), "more distinct terms than the forward index can number");
  Index index;
  index.size_ = lengths_.size();
  index.ids_ = std::move(ids_);
  const std::size_t terms = index.ids_.size();

  std::array<double, kFields> total{};
  for (const auto& lengths : lengths_) {
    for (std::size_t f = 0; f < kFields; ++f) total[f] += lengths[f];
  }

  // Occurrences come document by document and, within one, term by term: the forward index as it stands.
  index.df_.assign(terms, 0);
  index.list_begin_.assign(terms * kFields + 1, 0);
  index.forward_begin_.assign(index.size_ + 1, 0);
  for (std::size_t i = 0; i < occurrences_.size(); ++i) {
    const Occurrence& o = occurrences_[i];
    ++index.list_begin_[o.term * kFields + static_cast<std::size_t>(o.field) + 1];
    const std::uint32_t bit = 1U << static_cast<unsigned>(o.field);
    if (i > 0 && occurrences_[i - 1].doc == o.doc && occurrences_[i - 1].term == o.term) {
      index.forward_.back() |= bit;
    } else {
      ++index.df_[o.term];
      ++index.forward_begin_[o.doc + 1];
      index.forward_.push_back(o.term << kFields | bit);
    }
  }
  for (std::size_t i = 1; i < index.list_begin_.size(); ++i) index.list_begin_[i] += index.list_begin_[i - 1];
  for (std::size_t i = 1; i < index.forward_begin_.size(); ++i) index.forward_begin_[i] += index.forward_begin_[i - 1];
  index.idf_.resize(terms);
  for (std::size_t t = 0; t < terms; ++t) index.idf_[t] = index.idf_of_frequency(index.df_[t]);

  index.postings_.resize(occurrences_.size());
  std::vector<std::uint32_t> next(index.list_begin_.begin(), index.list_begin_.end() - 1);
  for (const Occurrence& o : occurrences_) {
    const auto f = static_cast<std::size_t>(o.field);
    const double average = total[f] / static_cast<double>(index.size_);
    const double length = average > 0 ? lengths_[o.doc][f] / average : 1.0;
    const auto [weight, k1, b] = weights_[f];
    const double saturated = o.count * (k1 + 1) / (o.count + k1 * (1 - b + b * length));
    index.postings_[next[o.term * kFields + f]++] = {o.doc, static_cast<float>(weight * index.idf_[o.term] * saturated)};
  }
  return index;
}

std::optional<Index::TermId> Index::id(std::string_view term) const {
  const auto found = ids_.find(std::string(term));
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

double Index::idf_of_frequency(std::uint32_t df) const {
  return std::log(1.0 + (static_cast<double>(size_) - df + 0.5) / (df + 0.5));
}

std::span<const Index::Posting> Index::postings(TermId term, std::size_t field) const {
  const std::size_t list = term * kFields + field;
  return {postings_.data() + list_begin_[list], list_begin_[list + 1] - list_begin_[list]};
}

void Index::score(std::span<const Weighted> terms, std::vector<float>& scores) const {
  for (const Weighted& t : terms) {
    // A term's lists of all fields lie next to each other.
    const std::uint32_t end = list_begin_[(t.term + 1) * kFields];
    for (std::uint32_t i = list_begin_[t.term * kFields]; i < end; ++i)
      scores[postings_[i].doc] += t.weight * postings_[i].impact;
  }
}

std::array<float, kFields> Index::contributions(TermId term, DocId doc) const {
  std::array<float, kFields> result{};
  for (std::size_t f = 0; f < kFields; ++f) {
    const std::span<const Posting> list = postings(term, f);
    const auto found = std::ranges::lower_bound(list, doc, {}, &Posting::doc);
    if (found != list.end() && found->doc == doc) result[f] = found->impact;
  }
  return result;
}

unsigned Index::fields_of(TermId term, DocId doc) const {
  const auto begin = forward_.begin() + forward_begin_[doc];
  const auto end = forward_.begin() + forward_begin_[doc + 1];
  const auto found = std::lower_bound(begin, end, term << kFields);
  return found != end && *found >> kFields == term ? *found & ((1U << kFields) - 1) : 0;
}

}  // namespace usher::kb
