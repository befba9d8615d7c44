#include "kb/rank.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "kb/words.h"

namespace usher::kb {

const RankWeights kRankWeights = {1.0, 2.0, 1.0, 1.0, 0.7, 0.4, 5.0, 1.5, 4.0};

namespace {

constexpr float kPairWeight = 0.2F;
constexpr float kCodeWeight = 1.6F;
constexpr float kWeakWeight = 0.6F;
constexpr double kTelling = 0.7;     // of a rare word's information: a title with less tells nothing
constexpr double kBodyOnly = 2.0;    // title weighs three times as much as body (index.cpp)
constexpr float kPartWeight = 0.4F;  // of "wi" when "wi-fi" is known as a whole

constexpr unsigned bit(Field field) {
  return 1U << static_cast<unsigned>(field);
}
constexpr unsigned kFocus = bit(Field::kTitle) | bit(Field::kIssue) | bit(Field::kCodes) | bit(Field::kTags);

// How much of the question's bigrams is among `there`.
double share_of(const ParsedQuery& query, const std::vector<std::uint64_t>& there) {
  if (query.bigrams.empty()) return 0;
  const auto hits = std::ranges::count_if(there, [&](std::uint64_t bigram) {
    return (filter_bit(bigram) & query.bigram_filter) != 0 && std::ranges::binary_search(query.bigrams, bigram);
  });
  return static_cast<double>(hits) / static_cast<double>(query.bigrams.size());
}

}  // namespace

std::string index_key(const Term& term) {
  return term.kind == Term::Kind::kPair ? '\x01' + term.text : term.text;
}

std::vector<Index::TermId> sequence_of(const std::vector<Term>& terms, const std::vector<Index::TermId>& ids) {
  std::vector<Index::TermId> sequence;
  std::size_t end = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (terms[i].kind == Term::Kind::kPair || terms[i].begin < end) continue;
    sequence.push_back(ids[i]);
    end = terms[i].end;
  }
  return sequence;
}

std::vector<std::uint64_t> bigrams_of(const std::vector<Index::TermId>& sequence) {
  std::vector<std::uint64_t> bigrams;
  for (std::size_t i = 1; i < sequence.size(); ++i)
    bigrams.push_back(static_cast<std::uint64_t>(sequence[i - 1]) << 32 | sequence[i]);
  std::ranges::sort(bigrams);
  bigrams.erase(std::unique(bigrams.begin(), bigrams.end()), bigrams.end());
  return bigrams;
}

Grams::Grams(const std::vector<Term>& terms) {
  std::vector<std::uint32_t> hashes;
  const auto hash = [](std::string_view s) {
    std::uint32_t h = 2166136261U;
    for (const char c : s) h = (h ^ static_cast<unsigned char>(c)) * 16777619U;
    return h;
  };
  for (const Term& term : terms) {
    if (term.kind == Term::Kind::kPair) {
      hashes.push_back(hash(term.text));
    } else if (static_cast<unsigned char>(term.text[0]) < 0x80) {
      const std::string padded = "^" + term.text + "$";
      for (std::size_t i = 0; i + 3 <= padded.size(); ++i) hashes.push_back(hash(std::string_view(padded).substr(i, 3)));
    }
  }
  std::ranges::sort(hashes);
  double squares = 0;
  for (std::size_t i = 0; i < hashes.size();) {
    std::size_t end = i;
    while (end < hashes.size() && hashes[end] == hashes[i]) ++end;
    const auto count = static_cast<float>(end - i);
    entries_.emplace_back(hashes[i], count);
    squares += static_cast<double>(count) * count;
    i = end;
  }
  for (auto& entry : entries_) entry.second /= static_cast<float>(std::sqrt(squares));
}

double Grams::cosine(const Grams& other) const {
  double sum = 0;
  for (auto a = entries_.begin(), b = other.entries_.begin(); a != entries_.end() && b != other.entries_.end();) {
    if (a->first < b->first)
      ++a;
    else if (b->first < a->first)
      ++b;
    else
      sum += static_cast<double>(a++->second) * b++->second;
  }
  return std::min(sum, 1.0);
}

std::vector<float> term_weights(const std::vector<Term>& terms, std::string_view text,
                                const std::function<bool(std::size_t)>& is_known) {
  std::vector<float> weights;
  std::size_t whole_end = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const Term& term = terms[i];
    if (term.kind == Term::Kind::kPair) {
      weights.push_back(kPairWeight);
      continue;
    }
    // Terms of a synonym were cut from other words than these.
    const std::string_view surface =
        term.begin < text.size() ? text.substr(term.begin, term.end - term.begin) : std::string_view{};
    float weight = term.kind == Term::Kind::kCode ? kCodeWeight : is_weak(term, surface) ? kWeakWeight : 1.0F;
    if (term.begin < whole_end) {
      weight *= kPartWeight;
    } else if (is_known(i)) {
      whole_end = term.end;
    }
    weights.push_back(weight);
  }
  return weights;
}

bool is_weak(const Term& term, std::string_view surface) {
  return is_weak_word(term.text) || is_weak_word(text::to_lower_ascii(surface));
}

void Profile::add_statement(const std::map<Index::TermId, float>& terms) {
  statement_terms.insert(statement_terms.end(), terms.begin(), terms.end());
  statements.push_back({static_cast<std::uint32_t>(statement_terms.size()), 0});
}

void Profile::finish(const Index& index) {
  for (std::size_t i = 0, at = 0; i < statements.size(); ++i) {
    for (; at < statements[i].end; ++at) {
      statement_terms[at].second *= static_cast<float>(index.idf(statement_terms[at].first));
      statements[i].information += statement_terms[at].second;
    }
  }
  statement_terms.shrink_to_fit();
}

std::span<const std::pair<Index::TermId, float>> Profile::terms_of(std::size_t statement) const {
  const std::uint32_t begin = statement == 0 ? 0 : statements[statement - 1].end;
  return {statement_terms.data() + begin, statements[statement].end - begin};
}

double similarity(const ParsedQuery& query, std::span<const std::pair<Index::TermId, float>> statement, double information) {
  double shared = 0;
  for (const auto& [term, mass] : statement) {
    if ((filter_bit(term) & query.mass_filter) == 0) continue;
    const auto found = std::ranges::lower_bound(query.masses, term, {}, &std::pair<Index::TermId, float>::first);
    if (found != query.masses.end() && found->first == term) shared += std::min(mass, found->second);
  }
  const double together = query.mass + information - shared;
  return together > 0 ? shared / together : 0;
}

double telling(const Index& index, double information) {
  return std::min(1.0, information / (kTelling * index.idf_of_frequency(0)));
}

double rank_score(const Index& index, const ParsedQuery& query, const Profile& profile, Index::DocId doc, double bm25,
                  const RankWeights& weights) {
  if (query.weighted_idf <= 0) return bm25;
  double title = 0, focus = 0, any = 0, all = 0, title_hits = 0;
  for (const QueryTerm& t : query.terms) {
    if (t.term.kind == Term::Kind::kPair) continue;
    const double idf = t.weight * (t.id ? index.idf(*t.id) : index.idf_of_frequency(0));
    all += idf;
    unsigned fields = t.id ? index.fields_of(*t.id, doc) : 0;
    double known = 1.0;
    if (fields == 0 && t.correction) {
      fields = index.fields_of(*t.correction, doc);
      known = 0.8;
    }
    if (fields != 0) any += known * idf;
    if ((fields & kFocus) != 0) focus += known * idf;
    if ((fields & bit(Field::kTitle)) != 0) {
      title += known * idf;
      if (t.id) title_hits += index.idf(*t.id);
    }
  }
  if (all <= 0) return bm25;
  const double covered = profile.title_information > 0 ? std::min(1.0, title_hits / profile.title_information) : 0;
  double best = 0, said = 0;
  for (std::size_t i = 0; i < profile.statements.size(); ++i) {
    const double information = static_cast<double>(profile.statements[i].information);
    best = std::max(best, similarity(query, profile.terms_of(i), information));
    said = std::max(said, information);
  }
  // Text without a telling title or issue can only score by its body, where fields weigh less: its share is made comparable
  // with what is added below.
  bm25 *= 1 + kBodyOnly * (1 - telling(index, said));
  return weights.bm25 * bm25 / query.weighted_idf + weights.title_coverage * title / all + weights.focus_coverage * focus / all +
         weights.document_coverage * any / all + weights.title_covered * covered +
         weights.title_bigrams * share_of(query, profile.title_bigrams) +
         weights.text_bigrams * share_of(query, profile.text_bigrams) +
         weights.title_grams * query.grams.cosine(profile.title_grams) + weights.statement * best;
}

}  // namespace usher::kb
