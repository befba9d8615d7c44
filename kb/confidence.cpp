#include <algorithm>
#include <vector>

#include "kb/rank.h"

namespace usher::kb {
namespace {

// What nothing has to say: one common word alone must not look like certainty.
constexpr double kDoubt = 0.35;
constexpr double kClause = 0.92;
constexpr double kCorrected = 0.85;  // a mistyped word may have meant another
constexpr double kReworded = 0.85;   // what staff said means the same
constexpr double kByPairs = 0.8;     // Chinese found by its characters only
constexpr double kWithoutNo = 0.6;   // "no sound" is not answered by "sound"
constexpr double kInOneStatement = 0.5;
constexpr double kByBody = 0.5, kByBodyAlone = 0.65;  // without a title that tells anything the body is what the article is about

// Measured on sets with the right article taken away; kMiddle keeps kMinConfidence where it was. Standing out further than
// kAlone says no more: a question about something else may find one article only.
constexpr double kNearness = 0.2, kNext = 0.2, kAlone = 0.6, kMiddle = 0.11;

constexpr unsigned bit(Field field) {
  return 1U << static_cast<unsigned>(field);
}
constexpr unsigned kFocus = bit(Field::kTitle) | bit(Field::kIssue) | bit(Field::kCodes) | bit(Field::kTags);

bool is_lack(const Term& term) {
  return term.text.starts_with("no ") || (term.text.size() > std::string_view("没").size() && term.text.starts_with("没"));
}

struct Share {
  double covered = 0, total = 0;
  int words = 0;  // that say something
  double value() const { return covered / (total + kDoubt); }
};

// How well another wording of what stands around `term` is answered, all its words together.
template <class Match>
double reworded(const ParsedQuery& query, const QueryTerm& term, const Match& match) {
  double best = 0;
  for (const OtherWording& wording : query.wordings) {
    if (term.term.begin < wording.begin || term.term.end > wording.end) continue;
    double all = 1;
    for (const Index::TermId id : wording.terms) all = std::min(all, match(id));
    best = std::max(best, all);
  }
  return best;
}

// Walks the query's words; `match(term)` says from 0 to 1 how well something answers one. A joined word ("wi-fi", "开不了机") and
// its parts are one unit: either form may match. The whole query's share, or that of its best clause.
template <class Match>
double cover(const ParsedQuery& query, const Match& match) {
  const std::vector<QueryTerm>& terms = query.terms;
  const auto answered = [&](const QueryTerm& t) {
    double share = std::max(t.id ? match(*t.id) : 0.0, t.correction ? kCorrected * match(*t.correction) : 0.0);
    share *= static_cast<double>(t.trust);
    if (share < kReworded && t.term.kind != Term::Kind::kPair) share = std::max(share, kReworded * reworded(query, t, match));
    return share;
  };
  Share whole, clause;
  double best = 0;
  std::size_t current = 0;
  // "…, is that an option?": one word is no statement of its own.
  const auto close_clause = [&] {
    if (clause.words > 1) best = std::max(best, kClause * clause.value());
    clause = {};
  };
  for (std::size_t i = 0; i < terms.size();) {
    const QueryTerm& first = terms[i];
    if (first.term.kind == Term::Kind::kPair) {
      ++i;
      continue;
    }
    double value = first.id || first.correction ? first.information : 0, share = answered(first);
    double parts = 0, parts_answered = 0, pairs = 0, pairs_answered = 0;
    for (++i; i < terms.size() && terms[i].term.begin < first.term.end; ++i) {
      const QueryTerm& part = terms[i];
      const double weight = part.term.kind == Term::Kind::kPair ? (part.weak ? 0.3 : 1.0) : part.information;
      (part.term.kind == Term::Kind::kPair ? pairs : parts) += weight;
      (part.term.kind == Term::Kind::kPair ? pairs_answered : parts_answered) += weight * answered(part);
      if (part.term.kind != Term::Kind::kPair) value = std::max(value, part.information);
      // Two spellings of the same thing, as "0000007b" and "0x7b".
      if (part.term.kind == Term::Kind::kCode && part.term.end == first.term.end) share = std::max(share, answered(part));
    }
    if (parts == 0) value = first.information;
    if (pairs > 0) share = std::max(share, kByPairs * pairs_answered / pairs);
    if (parts > 0) share = std::max(share, (is_lack(first.term) ? kWithoutNo : 1.0) * parts_answered / parts);
    if (first.clause != current) close_clause();
    current = first.clause;
    for (Share* sum : {&whole, &clause}) {
      sum->covered += share * value;
      sum->total += value;
      if (!first.weak) ++sum->words;
    }
  }
  close_clause();
  return std::max(best, whole.value());
}

double order_share(const std::vector<std::uint64_t>& wanted, const std::vector<std::uint64_t>& there) {
  if (wanted.empty()) return 0;
  const auto hits =
      std::ranges::count_if(wanted, [&](std::uint64_t bigram) { return std::ranges::binary_search(there, bigram); });
  return static_cast<double>(hits) / static_cast<double>(wanted.size());
}

// What the question names of the article's codes.
std::vector<Index::TermId> codes_of(const Index& index, const ParsedQuery& query, Index::DocId doc) {
  std::vector<Index::TermId> codes;
  const auto look = [&](Index::TermId term) {
    if ((index.fields_of(term, doc) & bit(Field::kCodes)) != 0) codes.push_back(term);
  };
  for (const QueryTerm& t : query.terms) {
    if (t.id) look(*t.id);
    if (t.correction) look(*t.correction);
  }
  for (const OtherWording& wording : query.wordings) std::ranges::for_each(wording.terms, look);
  return codes;
}

}  // namespace

double coverage(const Index& index, const ParsedQuery& query, const Profile& profile, Index::DocId doc) {
  double said = 0;
  for (const Profile::Statement& statement : profile.statements)
    said = std::max(said, static_cast<double>(statement.information));
  const double body = kByBody + (kByBodyAlone - kByBody) * (1 - telling(index, said));
  const double anywhere = cover(query, [&](Index::TermId term) {
    const unsigned fields = index.fields_of(term, doc);
    if ((fields & kFocus) != 0) return 1.0;
    if ((fields & bit(Field::kEnvironment)) != 0) return 0.8;
    return fields != 0 ? body : 0.0;
  });
  const std::vector<Index::TermId> codes =
      profile.statements.empty() ? std::vector<Index::TermId>{} : codes_of(index, query, doc);
  double together = 0;
  for (std::size_t i = 0; i < profile.statements.size(); ++i) {
    const auto statement = profile.terms_of(i);
    const double share = cover(query, [&](Index::TermId term) {
      if (std::ranges::binary_search(statement, term, {}, &std::pair<Index::TermId, float>::first)) return 1.0;
      // A code of the article belongs to everything it says.
      return std::ranges::find(codes, term) != codes.end() ? 1.0 : 0.0;
    });
    together = std::max(together, share);
  }
  // Without an issue section there is nothing a customer would say to compare with.
  const double share = profile.statements.size() < 2 ? anywhere : (1 - kInOneStatement) * anywhere + kInOneStatement * together;
  // Words in the same order as in the title or the text are more than words.
  const double order =
      std::max(order_share(query.bigrams, profile.title_bigrams), 0.7 * order_share(query.bigrams, profile.text_bigrams));
  return std::clamp(share + 0.25 * order * (1 - share), 0.0, 1.0);
}

double nearness(const ParsedQuery& query, const Profile& profile) {
  double best = 0;
  for (std::size_t i = 0; i < profile.statements.size(); ++i)
    best = std::max(best, similarity(query, profile.terms_of(i), static_cast<double>(profile.statements[i].information)));
  return best;
}

double confidence(double coverage, double nearness, double next) {
  return std::clamp(coverage + kNearness * nearness - kNext * std::max(next, kAlone) + kMiddle, 0.0, 1.0);
}

}  // namespace usher::kb
