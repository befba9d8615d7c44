// An answer that names a state or an amount: "it stays dark", "half full", "it is fine".
#include <string>

#include "dialogs/understand_clause.h"

namespace usher::dialogs {

using Kind = Word::Kind;

// "It's empty" to "Is there gas in the tank?"
void ClauseReading::amounts(Bearing& best) {
  if (!claim.exists || std::ranges::any_of(claim.senses, is_amount)) return;
  for (const StateWord& s : said.states) {
    if (s.begin < clause.begin || s.end > clause.end || foreseen(s)) continue;
    const auto amount = std::ranges::find_if(s.senses, is_amount);
    if (amount == s.senses.end()) continue;
    consider(best, {amount->pole * turned(s.begin), 0.6, 2, other_thing(s.begin), false, s.begin, s.end}, Means::kAmountLeft,
             turned(s.begin) < 0);
  }
  for (std::size_t i = clause.begin; i < clause.end; ++i) {  // "three quarters", "zero"
    if (in(words[i].folded, {"half", "quarter", "quarters", "半"}))
      consider(best, {turned(i), 0.58, 2, false, false, i, i + 1}, Means::kAmountLeft, false);
    if (in(words[i].folded, {"zero", "0", "零"}))
      consider(best, {-1, 0.58, 2, false, false, i, i + 1}, Means::kAmountLeft, false);
  }
}

// "Purple elephants": a colour, but of something else than what was asked about.
bool ClauseReading::describes_another(std::size_t at) const {
  return at < clause.end && words[at].kind == Kind::kLatin && !said.light[at] && !stated(at) && !of_claim(at) && !tagged(at) &&
         !is_negator(words[at]) && !in(words[at].text, {"light", "led", "lamp", "and", "or", "blink", "flash"});
}

void ClauseReading::compares(Bearing& best, const std::vector<Sense>& senses, bool condition) {
  for (const StateWord& s : said.states) {
    if (s.begin < clause.begin || s.end > clause.end || only_seems(s.begin) || foreseen(s)) continue;
    const int turn = turned(s.begin);
    if (condition && turn < 0) continue;
    int sign = 0;
    double weight = 0;
    bool general = false, by_kind = false;
    for (const Sense& mine : s.senses) {
      Comparison nearest;
      for (const Sense& asked : senses) {
        const Comparison c = compare(mine, asked);
        if (c.sign > nearest.sign || nearest.sign == 0) nearest = c.sign == 0 ? nearest : c;
      }
      if (nearest.sign == 0 || (nearest.only_if_negated && turn > 0) || (nearest.only_if_plain && turn < 0)) continue;
      const double w = is_general(mine) ? 0.72 : 0.8;
      if (w > weight) {
        weight = w;
        sign = nearest.sign;
        general = is_general(mine);
        by_kind = mine.kind;
      }
    }
    if (sign == 0) continue;
    if (turn < 0 && sign < 0) weight *= 0.85;  // "not hot" need not be cold
    if (condition) weight *= 0.9;
    // 转是转，就是…: granted, whatever comes after.
    const bool granted = s.end + 1 < clause.end && words[s.end].is("是") && words[s.end + 1].is(words[s.begin].text);
    consider(best,
             {sign * turn, weight,
              condition ? 2
              : granted ? 4
                        : 3,
              other_thing(s.begin) || other_object(s.end) || (by_kind && describes_another(s.end)), false, s.begin, s.end},
             condition ? Means::kCondition
             : granted ? Means::kEcho
             : general ? Means::kGeneral
                       : Means::kState,
             turn < 0);
  }
}

// "It still overheats" to "Did the overheating stop?"
void ClauseReading::goes_on(Bearing& best) {
  if (claim.against.empty()) return;
  for (const StateWord& s : said.states) {
    if (s.begin < clause.begin || s.end > clause.end || foreseen(s)) continue;
    for (const Sense& mine : s.senses) {
      for (const Sense& other : claim.against) {
        if (const Comparison c = compare(mine, other); c.sign != 0) {
          consider(best, {-c.sign * turned(s.begin), 0.8, 4, false, false, s.begin, s.end}, Means::kGoesOn, turned(s.begin) < 0);
        }
      }
    }
  }
}

// "It has stopped", "it never stopped" to "Is it still leaking?"
void ClauseReading::ceases(Bearing& best) {
  if (!claim.still) return;
  for (std::size_t i = clause.begin; i < clause.end; ++i) {
    const bool han = (words[i].is("停") || words[i].is("止")) && i + 1 < clause.end && in(words[i + 1].text, {"了", "住", "过"});
    if (!han && !in(words[i].folded, {"stopped", "stops", "gone", "ceased", "quit"})) continue;
    const int turn = turned(i);
    consider(best, {-turn, 0.75, 4, false, false, i, i + 1}, Means::kGoesOn, turn < 0);
    return;
  }
}

// "It's fine" to "Is the fuse blown?": what is asked would be bad.
void ClauseReading::values(Bearing& best) {
  if (claim.label) return;  // "it doesn't work" is neither of two things
  const int wanted = claim.outcome ? 1 : claim.value;
  for (const StateWord& s : said.states) {
    if (s.begin < clause.begin || s.end > clause.end || foreseen(s)) continue;
    for (const Sense& sense : s.senses) {
      const bool general = is_general(sense);
      const int pole = general ? sense.pole : value_of(sense);
      const bool works = claim.value > 0 && !claim.exists && std::ranges::any_of(claim.senses, is_general);
      const bool whole = claim.outcome || claim.able || works;
      if (pole == 0 || (!general && !whole)) continue;
      if (wanted == 0 && (claim.exists || claim.done || claim.empty())) continue;
      const double weight = wanted == 0 ? 0.57 : general ? 0.72 : 0.62;
      consider(best,
               {(wanted == 0 ? 1 : wanted) * pole * turned(s.begin), weight, 2, other_thing(s.begin), false, s.begin, s.end},
               wanted == 0 ? Means::kUnasked
               : general   ? Means::kGood
                           : Means::kGoodState,
               turned(s.begin) < 0);
    }
  }
}

// "Two of them", "plenty": there is some.
void ClauseReading::counts(Bearing& best) {
  if (!claim.exists || best.rank > 1) return;
  if (foreign(clause.begin, clause.end, true) > 1) return;
  for (std::size_t i = clause.begin; i < clause.end; ++i) {
    if (words[i].is("一") &&
        (i + 1 == clause.end || !in(words[i + 1].text, {"个", "声", "次", "条", "层", "股", "台", "盏", "处"})))
      continue;  // 一直, 一样
    const bool some = in(words[i].text, {"few", "several", "lot", "plenty", "many", "tons", "som", "someth"}) ||
                      small_number(words[i].folded).value_or(0) > 0;
    if (some && turned(i) > 0) consider(best, {1, 0.62, 1, false, false, i, i + 1}, Means::kCounts, false);
  }
}

}  // namespace usher::dialogs
