#include "kb/rank.h"

#include <algorithm>
#include <cmath>

#include "kb/characters.h"

namespace usher::kb {

const RankWeights kRankWeights = {1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0};

namespace {

constexpr unsigned bit(Field field) {
  return 1U << static_cast<unsigned>(field);
}
constexpr unsigned kFocus = bit(Field::kTitle) | bit(Field::kIssue) | bit(Field::kCodes) | bit(Field::kTags);

template <class T>
double share_of(const std::vector<T>& wanted, const std::vector<T>& there) {
  if (wanted.empty()) return 0;
  std::size_t hits = 0;
  for (auto a = wanted.begin(), b = there.begin(); a != wanted.end() && b != there.end();) {
    if (*a < *b)
      ++a;
    else if (*b < *a)
      ++b;
    else
      ++hits, ++a, ++b;
  }
  return static_cast<double>(hits) / static_cast<double>(wanted.size());
}

// How well a document answers one term, by where it has it.
double match(const Index& index, Index::DocId doc, std::optional<Index::TermId> term) {
  if (!term) return 0;
  const unsigned fields = index.fields_of(*term, doc);
  if ((fields & kFocus) != 0) return 1.0;
  if ((fields & bit(Field::kEnvironment)) != 0) return 0.8;
  return fields != 0 ? 0.5 : 0.0;
}

double match(const Index& index, Index::DocId doc, const QueryTerm& t) {
  return std::max(match(index, doc, t.id), 0.85 * match(index, doc, t.correction));
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

double rank_score(const Index& index, const ParsedQuery& query, const Profile& profile, Index::DocId doc, double bm25,
                  const RankWeights& weights) {
  if (query.weighted_idf <= 0) return bm25;
  double title = 0, focus = 0, any = 0, all = 0, title_hits = 0;
  for (const QueryTerm& t : query.terms) {
    if (t.term.kind == Term::Kind::kPair) continue;
    const double idf = t.id ? index.idf(*t.id) : index.idf_of_frequency(0);
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
  return weights.bm25 * bm25 / query.weighted_idf + weights.title_coverage * title / all + weights.focus_coverage * focus / all +
         weights.document_coverage * any / all + weights.title_covered * covered +
         weights.title_bigrams * share_of(query.bigrams, profile.title_bigrams) +
         weights.text_bigrams * share_of(query.bigrams, profile.text_bigrams) +
         weights.title_grams * query.grams.cosine(profile.title_grams);
}

double confidence(const Index& index, const ParsedQuery& query, const Profile& profile, Index::DocId doc) {
  // A few nats that nothing has to say: one common word alone must not look like certainty.
  constexpr double kDoubt = 0.35;
  constexpr double kClause = 0.92;
  struct Sum {
    double covered = 0, total = 0;
    double share() const { return covered / (total + kDoubt); }
  };
  Sum whole;
  std::vector<Sum> clauses;
  const std::vector<QueryTerm>& terms = query.terms;
  for (std::size_t i = 0; i < terms.size();) {
    if (terms[i].term.kind == Term::Kind::kPair) {
      ++i;
      continue;
    }
    // A joined word ("wi-fi", "开不了机") and its parts are one unit: either form may match.
    const QueryTerm& first = terms[i];
    double value = first.id || first.correction ? first.information : 0;
    double first_match = match(index, doc, first);
    double parts = 0, parts_matched = 0, pairs = 0, pairs_matched = 0;
    std::size_t next = i + 1;
    for (; next < terms.size() && terms[next].term.begin < first.term.end; ++next) {
      const QueryTerm& part = terms[next];
      if (part.term.kind == Term::Kind::kPair) {
        if (part.term.end > first.term.end) continue;
        pairs += 1;
        pairs_matched += match(index, doc, part.id);
      } else {
        value = std::max(value, part.information);
        parts += part.information;
        parts_matched += part.information * match(index, doc, part);
      }
    }
    if (parts == 0) value = first.information;
    if (first_match == 0 && pairs > 0) first_match = 0.8 * pairs_matched / pairs;
    const double share = std::max(first_match, parts > 0 ? parts_matched / parts : 0.0);
    if (clauses.size() <= first.clause) clauses.resize(first.clause + 1);
    for (Sum* sum : {&whole, &clauses[first.clause]}) {
      sum->covered += share * value;
      sum->total += value;
    }
    i = next;
  }
  double best = whole.share();
  for (const Sum& clause : clauses) best = std::max(best, kClause * clause.share());
  // Words in the same order as in the title or the text are more than words.
  const double order =
      std::max(share_of(query.bigrams, profile.title_bigrams), 0.7 * share_of(query.bigrams, profile.text_bigrams));
  return std::clamp(best + 0.25 * order * (1 - best), 0.0, 1.0);
}

}  // namespace usher::kb
