#include "kb/shelf.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "kb/words.h"

namespace usher::kb {
namespace {

constexpr std::size_t kMaxQueryBytes = 4000;  // a longer message says it in its first page
constexpr std::size_t kMaxQueryTerms = 64;
constexpr std::size_t kMaxCorrections = 20;  // each looks through the whole vocabulary
constexpr std::size_t kReranked = 32;
constexpr double kFarBehind = 0.35;
constexpr float kCorrectionWeight = 0.8F;
constexpr double kUnknownInformation = 0.55;
constexpr double kWeakInformation = 0.25;
constexpr double kProductBoost = 1.15;
constexpr std::size_t kSmallShelf = 200;  // below, a word in one document is known; above, it may be a typo of its own

// Punctuation that ends a clause, by the bytes it ends with; "3.5" or "x.y" is none because a space must follow the Latin ones.
bool ends_clause(std::string_view between) {
  for (const std::string_view mark : {"。", "，", "！", "？", "；", "、", "\n"}) {
    if (between.find(mark) != std::string_view::npos) return true;
  }
  const std::size_t mark = between.find_first_of(".,;!?");
  return mark != std::string_view::npos &&
         (mark + 1 == between.size() || between.find_first_of(" \t\r", mark) != std::string_view::npos);
}

// Readers by rank; an article is for those at or above its own. Drafts are for the inside.
constexpr std::uint8_t kCustomer = 0, kPartner = 1, kInternal = 2, kNobody = 3;

std::uint8_t rank_of(std::string_view audience) {
  return audience == "internal" ? kInternal : audience == "partner" ? kPartner : kCustomer;
}

double trust(const Article& article) {
  return article.state == "not_validated" ? 0.8 : article.state == "wip" ? 0.3 : 1.0;
}

}  // namespace

std::uint8_t Shelf::needed_rank(const Article& article) {
  if (article.state == "archived") return kNobody;
  if (article.state != "published") return kInternal;
  return article.audience == "customer" ? kCustomer : article.audience == "partner" ? kPartner : kInternal;
}

ParsedQuery Shelf::parse(std::string_view text) const {
  ParsedQuery query;
  const std::vector<Term> terms = analyzer_.analyze(text, true);
  std::size_t clause = 0, end = 0, corrections = 0;
  std::vector<Term> sequence;
  std::vector<Index::TermId> sequence_ids;
  for (const Term& term : terms) {
    if (term.begin > end && ends_clause(text.substr(end, term.begin - end))) ++clause;
    end = std::max(end, term.end);
    QueryTerm t{term, index_->id(index_key(term)), {}, 0, 0, clause};
    const std::uint32_t unsure = articles_.size() < kSmallShelf ? 1 : 2;
    if (term.kind == Term::Kind::kWord && corrections < kMaxCorrections &&
        (!t.id || index_->document_frequency(*t.id) < unsure)) {
      const std::string surface = text::to_lower_ascii(text.substr(term.begin, term.end - term.begin));
      if (const Speller::Word* near = speller_->nearest(surface); near != nullptr && near->term != t.id) {
        t.correction = near->term;
      }
      ++corrections;
    }
    if (t.id || t.correction) {
      sequence.push_back(term);
      sequence_ids.push_back(t.correction && !t.id ? *t.correction : t.id.value_or(0));
    }
    query.terms.push_back(std::move(t));
  }
  query.bigrams = bigrams_of(sequence_of(sequence, sequence_ids));
  for (const std::uint64_t bigram : query.bigrams) query.bigram_filter |= filter_bit(bigram);
  query.grams = Grams(terms);
  weigh(query, terms, text);
  return query;
}

void Shelf::weigh(ParsedQuery& query, const std::vector<Term>& terms, std::string_view text) const {
  const double most = index_->idf_of_frequency(0);
  const std::vector<float> by_kind = term_weights(terms, text, [&query](std::size_t i) { return query.terms[i].id.has_value(); });
  std::map<Index::TermId, float> weights;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    QueryTerm& t = query.terms[i];
    t.weight = by_kind[i];
    t.weak = is_weak(t.term, text.substr(t.term.begin, t.term.end - t.term.begin));
    const std::optional<Index::TermId> meant = t.id ? t.id : t.correction;
    t.information = (meant ? index_->idf(*meant) / most : kUnknownInformation) * (t.weak ? kWeakInformation : 1.0);
    // One Chinese character alone is ambiguous.
    if (t.term.kind == Term::Kind::kWord && static_cast<unsigned char>(t.term.text[0]) >= 0xE3 && t.term.text.size() == 3)
      t.information *= 0.5;
    if (t.id) weights[*t.id] = std::max(weights[*t.id], t.weight);
    if (t.correction) weights[*t.correction] = std::max(weights[*t.correction], t.weight * kCorrectionWeight);
    if (t.term.kind != Term::Kind::kPair) query.weighted_idf += t.weight * (meant ? index_->idf(*meant) : most);
    if (!meant) query.mass += 0.5 * t.weight * most;
  }
  for (const auto& [term, weight] : weights) {
    query.weighted.push_back({term, weight});
    query.masses.emplace_back(term, static_cast<float>(weight * index_->idf(term)));
    query.mass += query.masses.back().second;
    query.mass_filter |= filter_bit(term);
  }
  if (query.weighted.size() > kMaxQueryTerms) {
    std::ranges::sort(query.weighted, std::greater<>(),
                      [this](const Index::Weighted& w) { return std::pair(w.weight * index_->idf(w.term), w.term); });
    query.weighted.resize(kMaxQueryTerms);
  }
}

std::vector<Shelf::Candidate> Shelf::candidates(const ParsedQuery& query, std::string_view audience) const {
  const std::uint8_t reader = rank_of(audience);
  std::vector<float> scores(articles_.size(), 0.0F);
  index_->score(query.weighted, scores);
  std::vector<Candidate> best;
  const auto better = [](const Candidate& a, const Candidate& b) {
    return a.score != b.score ? a.score > b.score : a.doc < b.doc;
  };
  float threshold = 0;
  for (Index::DocId doc = 0; doc < scores.size(); ++doc) {
    if (scores[doc] <= threshold || needed_rank_[doc] > reader) continue;
    if (best.size() == kReranked) {
      std::ranges::pop_heap(best, better);
      best.back() = {doc, scores[doc]};
    } else {
      best.push_back({doc, scores[doc]});
    }
    std::ranges::push_heap(best, better);
    if (best.size() == kReranked) threshold = static_cast<float>(best.front().score);
  }
  // What is far behind cannot be lifted to the front by its looks; most questions leave a dozen.
  double top = 0;
  for (const Candidate& candidate : best) top = std::max(top, candidate.score);
  std::erase_if(best, [top](const Candidate& candidate) { return candidate.score < kFarBehind * top; });
  return best;
}

double Shelf::boost(Index::DocId doc, const std::vector<std::string>& product) const {
  if (product.empty() || products_[doc].empty()) return 1.0;
  const bool shared = std::ranges::any_of(
      product, [&](const std::string& key) { return std::ranges::find(products_[doc], key) != products_[doc].end(); });
  return shared ? kProductBoost : 1.0;
}

std::vector<Hit> Shelf::search(const Query& query) const {
  const ParsedQuery parsed = parse(std::string_view(query.text).substr(0, kMaxQueryBytes));
  if (parsed.weighted.empty() || query.limit == 0) return {};
  const std::vector<std::string> product = query.product.empty() ? std::vector<std::string>() : product_keys(query.product);
  std::vector<Candidate> found = candidates(parsed, query.audience);
  for (Candidate& candidate : found) {
    candidate.score = rank_score(*index_, parsed, profiles_[candidate.doc], candidate.doc, candidate.score) *
                      boost(candidate.doc, product) * trust(*articles_[candidate.doc]);
  }
  std::ranges::sort(
      found, [](const Candidate& a, const Candidate& b) { return a.score != b.score ? a.score > b.score : a.doc < b.doc; });
  if (found.size() > query.limit) found.resize(query.limit);
  std::vector<Hit> hits;
  for (const Candidate& candidate : found) hits.push_back(explain(parsed, candidate));
  return hits;
}

Hit Shelf::explain(const ParsedQuery& query, const Candidate& candidate) const {
  Hit hit;
  hit.article = articles_[candidate.doc];
  hit.score = candidate.score;
  hit.confidence = confidence(*index_, query, profiles_[candidate.doc], candidate.doc);
  std::map<Index::TermId, double> values;
  for (const QueryTerm& t : query.terms) {
    for (const std::optional<Index::TermId>& id : {t.id, t.correction}) {
      if (id) values[*id] = std::max(values[*id], t.weight * index_->idf(*id));
    }
  }
  std::map<Index::TermId, std::string_view> names;
  for (const QueryTerm& t : query.terms) {
    if (t.correction) names.try_emplace(*t.correction, t.term.text);
    if (t.id) names[*t.id] = t.term.text;
  }
  for (const Index::Weighted& w : query.weighted) {
    const std::array<float, kFields> parts = index_->contributions(w.term, candidate.doc);
    for (std::size_t f = 0; f < kFields; ++f) {
      if (parts[f] > 0)
        hit.reasons.push_back({std::string(names[w.term]), std::string(field_name(static_cast<Field>(f))),
                               static_cast<double>(w.weight) * parts[f]});
    }
  }
  std::ranges::sort(hit.reasons, std::greater<>(), [](const Hit::Reason& r) {
    return std::tuple(r.contribution, std::string_view(r.term), std::string_view(r.field));
  });
  hit.passage = passages_[candidate.doc].best(std::vector<std::pair<Index::TermId, double>>(values.begin(), values.end()));
  return hit;
}

}  // namespace usher::kb
