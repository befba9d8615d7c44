#include "kb/shelf.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "kb/question.h"
#include "kb/vocabulary.h"

namespace usher::kb {
namespace {

constexpr std::size_t kMaxQueryBytes = 4000;  // a longer message says it in its first page
constexpr std::size_t kReranked = 32;
constexpr double kFarBehind = 0.35;
constexpr double kProductBoost = 1.15, kRelatedBoost = 1.07;
constexpr double kOldProduct = 0.06;    // what an article loses at most because its product is not sold any more
constexpr std::size_t kBlock = 16;      // scores looked at together
constexpr std::size_t kSpreadMin = 10;  // places whose duplicates are looked for
constexpr std::size_t kSuggestionsSeen = 128;

double trust(std::uint8_t rank) {
  return rank == kNotValidated ? 0.8 : rank == kDraft ? 0.3 : 1.0;
}

// Whether the question has a model number of the article's products, or all of a name without one.
bool names_product(const ParsedQuery& query, const Entry& entry) {
  const auto said = [&query](const std::string& word) {
    return std::ranges::any_of(query.terms, [&word](const QueryTerm& t) { return t.term.text == word; });
  };
  return std::ranges::any_of(entry.products, [&said](const ProductKeys& p) {
    return p.codes.empty() ? std::ranges::all_of(p.words, said) : std::ranges::any_of(p.codes, said);
  });
}

}  // namespace

struct Shelf::Filter {
  std::uint8_t reader = kCustomer;
  const std::vector<std::string>* states = nullptr;  // null: any
  ProductKeys product, kind;
  std::vector<ProductKeys> related;
  bool only_product = false;

  bool fits(const Entry& entry) const {
    return std::ranges::any_of(entry.products, [this](const ProductKeys& p) { return product.fits(p); });
  }
  bool fits_related(const Entry& entry) const {
    return std::ranges::any_of(related, [&entry](const ProductKeys& r) {
      return std::ranges::any_of(entry.products, [&r](const ProductKeys& p) { return r.fits(p); });
    });
  }
  bool fits_kind(const Entry& entry) const {
    return std::ranges::any_of(entry.products, [this](const ProductKeys& p) { return kind.fits(p); });
  }
  bool admits(const Entry& entry) const {
    if (states != nullptr && std::ranges::find(*states, entry.article->state) == states->end()) return false;
    return !only_product || entry.products.empty() || fits(entry) || fits_related(entry) || fits_kind(entry);
  }
};

Shelf::Filter Shelf::filter_of(const Query& query) const {
  Filter filter;
  filter.reader = reader_rank(query.audience);
  if (!query.states.empty()) filter.states = &query.states;
  if (!query.kind.empty()) filter.kind = product_keys(*analyzer_, query.kind);
  if (query.product.empty()) return filter;
  filter.product = product_keys(*analyzer_, query.product);
  filter.only_product = query.only_product && !filter.product.is_empty();
  if (vocabulary_ != nullptr) {
    for (const std::string& other : vocabulary_->related_products(query.product))
      filter.related.push_back(product_keys(*analyzer_, other));
  }
  return filter;
}

ParsedQuery Shelf::parse(std::string_view text) const {
  return read_question(text.substr(0, kMaxQueryBytes), *analyzer_, index_, *base_->speller, vocabulary_.get(), language_);
}

std::vector<Shelf::Candidate> Shelf::candidates(const ParsedQuery& query, const Filter& filter) const {
  // One per thread, kept: at 100,000 articles a fresh one would cost more in page faults than the scoring itself.
  thread_local std::vector<float> buffer;
  const std::size_t size = readers_.size(), padded = (size + kBlock - 1) / kBlock * kBlock;
  buffer.assign(padded, 0.0F);
  index_.score(query.weighted, std::span(buffer).first(size));
  std::vector<Candidate> best;
  best.reserve(kReranked);
  const auto better = [](const Candidate& a, const Candidate& b) {
    return a.score != b.score ? a.score > b.score : a.doc < b.doc;
  };
  float threshold = 0;
  const bool looks_inside = filter.states != nullptr || filter.only_product;
  for (std::size_t block = 0; block < padded; block += kBlock) {
    const float* scores = buffer.data() + block;
    float most = scores[0];
    for (std::size_t i = 1; i < kBlock; ++i) most = std::max(most, scores[i]);
    if (most <= threshold) continue;
    for (std::size_t i = 0; i < kBlock; ++i) {
      const auto doc = static_cast<Index::DocId>(block + i);
      if (scores[i] <= threshold || readers_[doc] > filter.reader || (looks_inside && !filter.admits(entry(doc)))) continue;
      if (best.size() == kReranked) {
        std::ranges::pop_heap(best, better);
        best.back() = {doc, scores[i]};
      } else {
        best.push_back({doc, scores[i]});
      }
      std::ranges::push_heap(best, better);
      if (best.size() == kReranked) threshold = static_cast<float>(best.front().score);
    }
  }
  // What is far behind cannot be lifted to the front by its looks; most questions leave a dozen.
  double top = 0;
  for (const Candidate& candidate : best) top = std::max(top, candidate.score);
  std::erase_if(best, [top](const Candidate& candidate) { return candidate.score < kFarBehind * top; });
  return best;
}

double Shelf::boost(Index::DocId doc, const ParsedQuery& query, const Filter& filter, std::vector<Hit::Boost>* list) const {
  const Entry& e = entry(doc);
  double factor = 1;
  const auto multiply = [&](const char* what, double by) {
    factor *= by;
    if (list != nullptr && by != 1) list->push_back({what, by});
  };
  multiply("state", trust(readers_[doc]));
  const bool is_theirs = !filter.product.is_empty() && !e.products.empty() && filter.fits(e);
  if (is_theirs)
    multiply("product", kProductBoost);
  else if (!filter.product.is_empty() && !e.products.empty() && filter.fits_related(e))
    multiply("product", kRelatedBoost);
  else if (!filter.kind.is_empty() && filter.fits_kind(e))
    multiply("kind", kRelatedBoost);
  // Who has the old product, or names it, wants its article.
  if (e.years_gone > 0 && !is_theirs && !names_product(query, e))
    multiply("recency", 1 - kOldProduct * e.years_gone / Vocabulary::kOldest);
  if (!factors_->empty()) {
    const auto found = factors_->find(e.article->id);
    if (found != factors_->end()) multiply("usage", static_cast<double>(found->second));
  }
  return factor;
}

// What the re-ranker reads lies scattered over memory: asked for together, it comes in the time of one.
void Shelf::fetch(const std::vector<Candidate>& found) const {
  for (const Candidate& candidate : found) {
    __builtin_prefetch(&profile(candidate.doc));
    __builtin_prefetch(index_.document(candidate.doc).get());
  }
  for (const Candidate& candidate : found) {
    const Profile& p = profile(candidate.doc);
    index_.document(candidate.doc)->prefetch();
    __builtin_prefetch(p.statements.data());
    for (std::size_t i = 0; i < p.statement_terms.size(); i += 8) __builtin_prefetch(p.statement_terms.data() + i);
    for (std::size_t i = 0; i < p.text_bigrams.size(); i += 8) __builtin_prefetch(p.text_bigrams.data() + i);
  }
}

// Of several that say nearly the same, the best keeps its place and the others go behind everything else.
double Shelf::spread(std::vector<Candidate>& found, std::size_t limit) const {
  std::vector<Candidate> first, twins;
  std::size_t i = 0;
  for (; i < found.size() && first.size() < std::max(limit, kSpreadMin); ++i) {
    const Index::DocId doc = found[i].doc;
    const bool is_twin = std::ranges::any_of(first, [&](const Candidate& other) {
      return is_near_duplicate(entry(other.doc), profile(other.doc), entry(doc), profile(doc));
    });
    (is_twin ? twins : first).push_back(found[i]);
  }
  const double next = first.size() > 1 && first[0].score > 0 ? first[1].score / first[0].score : 0;
  if (twins.empty()) return next;
  first.insert(first.end(), found.begin() + static_cast<std::ptrdiff_t>(i), found.end());
  // A score says no more than the place: whoever merges lists by score must not lift them again.
  for (Candidate& twin : twins) {
    twin.score = std::min(twin.score, first.back().score);
    first.push_back(twin);
  }
  found = std::move(first);
  return next;
}

std::vector<Hit> Shelf::search(const Query& query) const {
  if (query.limit == 0 || live_ == 0) return {};
  const ParsedQuery parsed = parse(query.text);
  if (parsed.weighted.empty()) return {};
  const Filter filter = filter_of(query);
  std::vector<Candidate> found = candidates(parsed, filter);
  fetch(found);
  for (Candidate& candidate : found) {
    candidate.score =
        rank_score(index_, parsed, profile(candidate.doc), candidate.doc, candidate.score) * boost(candidate.doc, parsed, filter);
  }
  std::ranges::sort(found, [this](const Candidate& a, const Candidate& b) {
    return a.score != b.score ? a.score > b.score : entry(a.doc).article->id < entry(b.doc).article->id;
  });
  const double next = spread(found, query.limit);
  if (found.size() > query.limit) found.resize(query.limit);
  std::vector<Hit> hits;
  hits.reserve(found.size());
  for (const Candidate& candidate : found) hits.push_back(explain(parsed, candidate, filter, next, query.brief));
  return hits;
}

Hit Shelf::explain(const ParsedQuery& query, const Candidate& candidate, const Filter& filter, double next, bool is_brief) const {
  Hit hit;
  hit.article = entry(candidate.doc).article.get();
  hit.score = candidate.score;
  hit.covered = coverage(index_, query, profile(candidate.doc), candidate.doc);
  hit.next = next;
  hit.confidence = confidence(hit.covered, nearness(query, profile(candidate.doc)), next);
  if (is_brief) return hit;
  boost(candidate.doc, query, filter, &hit.boosts);
  const auto name_of = [&query](Index::TermId id) -> std::string {
    std::string corrected;
    for (const QueryTerm& t : query.terms) {
      if (t.id == id) return t.term.text;
      if (t.correction == id && corrected.empty()) corrected = t.corrected.empty() ? t.term.text : t.corrected;
    }
    return corrected;
  };
  for (const Index::Weighted& w : query.weighted) {
    const std::array<float, kFields> parts = index_.contributions(w.term, candidate.doc);
    std::string name;
    for (std::size_t f = 0; f < kFields; ++f) {
      if (parts[f] <= 0) continue;
      if (name.empty()) name = name_of(w.term);
      hit.reasons.push_back(
          {name, std::string(field_name(static_cast<Field>(f))), static_cast<double>(w.weight) * static_cast<double>(parts[f])});
    }
  }
  std::ranges::sort(hit.reasons, std::greater<>(), [](const Hit::Reason& r) {
    return std::tuple(r.contribution, std::string_view(r.term), std::string_view(r.field));
  });
  add_passage(hit, query, candidate.doc);
  return hit;
}

void Shelf::add_passage(Hit& hit, const ParsedQuery& query, Index::DocId doc) const {
  std::vector<std::pair<Index::TermId, double>> values;
  values.reserve(query.weighted.size());
  for (const Index::Weighted& w : query.weighted) values.emplace_back(w.term, w.weight * index_.idf(w.term));
  std::ranges::sort(values);
  const Passages& passages = entry(doc).passages;
  const std::optional<std::size_t> best = passages.best(values);
  if (!best) return;
  hit.passage = passages.sentence(*best);
  hit.highlights = passages.marks(*best, values);
}

Hit Shelf::translation_of(const Hit& hit, const Query& query) const {
  Hit translated;
  const std::optional<Index::DocId> doc = doc_of(hit.article->id);
  if (!doc) return translated;
  const Filter filter = filter_of(query);
  const Entry& e = entry(*doc);
  if (readers_[*doc] > filter.reader || !filter.admits(e)) return translated;
  translated = hit;
  translated.article = e.article.get();
  translated.translated = true;
  translated.highlights.clear();
  translated.passage = e.issue_sentences > 0 ? std::string(e.passages.sentence(0)) : std::string();
  return translated;
}

std::vector<std::string> Shelf::suggest(std::string_view typed, std::size_t limit) const {
  std::string folded = analyzer_->fold(typed.substr(0, kMaxQueryBytes));
  folded.erase(0, folded.find_first_not_of(" \t\r\n"));
  if (folded.empty() || folded.find('\n') != std::string::npos || limit == 0) return {};
  std::vector<Suggestions::Found> found;
  const auto look = [&](std::string_view text) {
    base_->suggestions.find(text, base_->entries, kSuggestionsSeen, found);
    Suggestions::scan(text, added_, static_cast<std::uint32_t>(base_->entries.size()), found);
  };
  look(folded);
  // Codes are kept without what people put between letters and digits.
  std::string code = folded;
  std::erase_if(code, [](char c) { return c == '-' || c == ' '; });
  if (code != folded && std::ranges::any_of(code, [](char c) { return c >= '0' && c <= '9'; })) look(code);
  std::erase_if(found, [this](const Suggestions::Found& f) { return readers_[f.doc] != kCustomer; });
  struct Offer {
    bool is_sentence, is_inside;
    std::string_view text;
    auto operator<=>(const Offer&) const = default;
  };
  std::vector<Offer> offers;
  for (const Suggestions::Found& f : found) offers.push_back({f.phrase != 0, !f.is_beginning, entry(f.doc).phrase(f.phrase)});
  std::ranges::sort(offers, {}, [](const Offer& o) { return std::tuple(o.is_inside, o.is_sentence, o.text.size(), o.text); });
  std::vector<std::string> texts;
  for (const Offer& offer : offers) {
    if (texts.size() == limit) break;
    if (std::ranges::find(texts, offer.text) == texts.end()) texts.emplace_back(offer.text);
  }
  return texts;
}

const SoundAlikes& Shelf::alikes() const {
  std::call_once(base_->alikes_once, [this] {
    // What articles are about: the words of titles, tags and other wordings; what only stands in the text is meant less often.
    std::unordered_map<Index::TermId, std::uint32_t> titles;
    std::unordered_map<std::string, std::uint32_t> phrases;
    for (const std::shared_ptr<const Entry>& e : base_->entries) {
      for (const Index::TermId term : e->title_terms) ++titles[term];
      for (const std::vector<std::string>* list : {&e->article->tags, &e->article->synonyms}) {
        for (const std::string& phrase : *list) ++phrases[analyzer_->fold(phrase)];
      }
    }
    if (vocabulary_ != nullptr) {
      for (const Vocabulary::Group& group : vocabulary_->groups()) {
        for (const std::string& phrase : group.phrases) ++phrases[analyzer_->fold(phrase)];
      }
    }
    index_.dictionary().for_each([&](std::string_view term, Index::TermId id) {
      if (const auto title = titles.find(id); title != titles.end()) phrases[std::string(term)] += title->second;
    });
    std::vector<SoundAlikes::Word> words;
    for (const auto& [phrase, frequency] : phrases) words.push_back({phrase, frequency});
    base_->alikes.emplace(std::move(words));
  });
  return *base_->alikes;
}

std::optional<std::string> Shelf::did_you_mean(std::string_view text) const {
  const std::string_view read = text.substr(0, kMaxQueryBytes);
  std::optional<std::string> corrected = corrected_text(read, parse(read));
  const std::string folded = analyzer_->fold(corrected ? std::string_view(*corrected) : read);
  const auto is_known = [this](std::string_view typed) {
    return index_.id("\x01" + std::string(typed)) || index_.id(typed) ||
           (vocabulary_ != nullptr && vocabulary_->has_phrase(typed));
  };
  if (has_odd_pair(folded, is_known)) {
    if (auto alike = alikes().corrected(folded, is_known)) corrected = std::move(alike);
  }
  if (corrected) *corrected += text.substr(read.size());
  return corrected;
}

}  // namespace usher::kb
