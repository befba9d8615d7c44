// What one clause of an answer says about a claim: in which order it is read, and which of all it says counts most.
#include "dialogs/understand_clause.h"

namespace usher::dialogs {

using Kind = Word::Kind;

void ClauseReading::consider(Bearing& best, Bearing b, Means means, bool denied) {
  b.means = means;
  b.denied = denied;
  found.push_back(b);
  if (b.other) b.weight = std::min(b.weight, kOther);
  if (best.rank >= 3 && b.rank >= 3 && b.sign != best.sign && b.weight > 0.6 && best.weight > 0.6) best.mixed = true;
  const bool mixed = best.mixed;
  // What bears more closely on the question decides, unless it is hardly sure.
  const bool surer =
      b.rank > best.rank ? b.weight >= 0.55 || b.weight > best.weight : b.weight > best.weight && best.weight < 0.55;
  if (best.rank == 0 || surer || (b.rank == best.rank && b.weight > best.weight)) best = b;
  best.mixed = mixed;
}

// A clause full of other words tells a story of its own.
int ClauseReading::beside(const Bearing& b) const {
  std::size_t latin = 0, han = 0;
  for (std::size_t i = clause.begin; i < clause.end; ++i) {
    // "Starts without a problem", 出风正常: the same once more.
    const bool supports = std::ranges::any_of(said.states, [&](const StateWord& s) {
      return s.begin <= i && i < s.end && claim.value >= 0 &&
             std::ranges::any_of(s.senses, [&](const Sense& x) { return is_general(x) && x.pole * turned(s.begin) == b.sign; });
    });
    const bool other = !said.light[i] && !of_claim(i) && !tagged(i) && !supports && (i < b.begin || i >= b.end);
    if (other) ++(words[i].kind == Kind::kHan ? han : latin);
  }
  return latin >= 3 || han >= 5 ? 2 : latin + han > 0 ? 1 : 0;
}

Bearing ClauseReading::read() {
  Bearing best;
  if (clause.aside) {
    compares(best, claim.condition, true);
    return best;
  }
  find_foreseen();
  repeats(best);
  by_other_words(best);
  goes_on(best);
  ceases(best);
  compares(best, claim.senses, false);
  values(best);
  if (best.rank < 3) compares(best, claim.condition, true);
  pro_forms(best);
  elliptic(best);
  amounts(best);
  only_this(best);
  not_only(best);
  relates(best);
  perceives(best);
  counts(best);
  singles_out(best);
  finds(best);
  if (found.empty()) return best;
  bool wavers = false, depends = false;
  for (const StateWord& s : said.states) {
    if (s.begin >= clause.begin && s.end <= clause.end)
      wavers = wavers || std::ranges::any_of(s.senses, [](const Sense& x) { return is_wavering(x); });
  }
  for (std::size_t i = clause.begin; i + 1 < clause.end; ++i) {
    depends = depends || (words[i].is("时") && words[i + 1].is("候") && claim.condition.empty());
  }
  depends = depends || (claim.done && (still_to_come() || unable()));
  for (std::size_t i = clause.begin; i < clause.end; ++i)
    depends = depends || in(words[i].text, {"if", "unless", "depend", "unles", "如", "除"});
  for (std::size_t i = clause.begin; i + 1 < clause.end; ++i) {  // "some can, some can't"
    const bool some = in(words[i].folded, {"some", "others"}) && !claim.any;
    depends =
        depends || (some && (words[i + 1].is("not") || in(words[i + 1].folded, {"can", "do", "are", "have", "did", "will"})));
  }
  for (Bearing& b : found) {
    b.wavers = wavers && !claim.wavering;
    b.depends = depends || (claim.outcome && b.rank < 4 && unable());
    b.beside = beside(b);
    b.mixed = b.mixed || (best.mixed && !claim.any);
    if (claim.negative) b.sign = -b.sign;
  }
  if (beside(best) == 2) best.weight = std::min(best.weight, kOther);
  if (best.mixed && !claim.any) best.weight = std::min(best.weight, 0.45);
  if ((wavers && !claim.wavering) || depends) best.weight = std::min(best.weight, kOther);
  if (claim.negative) best.sign = -best.sign;
  return best;
}

Bearing bearing(const SaidWords& said, const SaidWords::Clause& clause, const Claim& claim) {
  return ClauseReading{said, clause, claim}.read();
}

std::vector<Bearing> bearings(const SaidWords& said, const SaidWords::Clause& clause, const Claim& claim) {
  ClauseReading clausal{said, clause, claim};
  clausal.read();
  return std::move(clausal.found);
}

}  // namespace usher::dialogs
