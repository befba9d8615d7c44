// Answers without words of their own: "yes it does", "they can", "nothing", "it worked".
#include "dialogs/understand_clause.h"

namespace usher::dialogs {

using Kind = Word::Kind;

bool ClauseReading::alone(const Tagged& t) const {
  for (std::size_t i = clause.begin; i < clause.end; ++i) {
    if (i < t.begin ? !tagged(i) : i >= t.end && !said.light[i] && !tagged(i)) return false;
  }
  return true;
}

void ClauseReading::pro_forms(Bearing& best) {
  const std::size_t elsewhere = foreign(clause.begin, clause.end, true);
  for (const Tagged& t : said.tags) {
    if (t.begin < clause.begin || t.end > clause.end) continue;
    const bool outcome = t.tag == Tag::kSolved || t.tag == Tag::kUnsolved;
    const bool yes = t.tag == Tag::kSaysYes || t.tag == Tag::kSolved;
    const bool no = t.tag == Tag::kSaysNo || t.tag == Tag::kUnsolved || t.tag == Tag::kNegator || t.tag == Tag::kNo;
    if (!yes && !no) continue;
    if (t.tag == Tag::kNo && alone(t)) continue;  // "no" itself is no statement
    // "I have one" speaks of having.
    if (yes && in(words[t.end - 1].folded, {"have", "has", "had"}) && t.end < clause.end &&
        !in(words[t.end].folded, {"already", "indeed", "too", "also", "now", "just", "done", "tried", "twice"}))
      continue;
    if (outcome && claim.still && claim.value < 0) {  // "all fixed", "the same as before" to "Is it still leaking?"
      consider(best, {yes ? -turned(t.begin) : 1, 0.7, 3, false, false, t.begin, t.end}, Means::kGoesOn, yes);
      continue;
    }
    if (outcome && (claim.outcome || claim.empty())) {
      // "It worked for a minute and then stopped."
      const bool over = yes && std::ranges::any_of(said.states, [&](const StateWord& s) {
                          return s.begin >= t.end && s.end <= clause.end && turned(s.begin) > 0 &&
                                 std::ranges::any_of(s.senses, [](const Sense& x) { return value_of(x) < 0; });
                        });
      consider(best, {yes ? turned(t.begin) : -1, over ? 0.45 : 0.86, 4, false, over, t.begin, t.end}, Means::kOutcome,
               yes && turned(t.begin) < 0);
      continue;
    }
    double weight = t.weight * 0.95;
    if (outcome) weight = yes || claim.done ? 0.5 : 0.6;
    // "No warning", 没报这个: denied, whatever it is; but a problem denied is dealt with as a state.
    const bool han = words[t.begin].kind == Kind::kHan;
    bool first = true;
    for (std::size_t i = clause.begin; i < t.begin; ++i)
      first = first && (said.light[i] || tagged(i)) && !in(words[i].folded, {"has", "have", "had"});
    const bool denial = no && !outcome && first && claim.value >= 0 && elsewhere <= (han ? 2U : 1U) &&
                        (t.tag == Tag::kNo || (han && t.tag == Tag::kSaysNo) || (claim.done && t.tag == Tag::kNegator));
    if (elsewhere > 0) weight = std::min(weight, denial ? 0.58 : kOther);
    const bool both = in(words[t.begin].text, {"both", "两"});
    if (yes && both && !claim.all) weight = std::min(weight, kOther);  // of two things that were not asked about
    const int turn = t.tag == Tag::kNegator || no ? 1 : turned(t.begin);
    std::size_t negators = 0;
    for (std::size_t i = clause.begin; i < clause.end; ++i) negators += is_negator(words[i]) ? 1 : 0;
    int sign = (yes ? 1 : -1) * turn;
    if (yes && negators % 2 == 1) sign = -1;
    if (no && negators >= 2 && !outcome && t.end - t.begin < negators) weight = std::min(weight, kOther);
    const Means means = outcome                          ? Means::kOutcomeElse
                        : elsewhere == 0                 ? Means::kProForm
                        : denial || (claim.offers && no) ? Means::kDenial
                                                         : Means::kProFormMore;
    consider(best, {sign, weight, 1, false, false, t.begin, t.end}, means, no);
  }
  // "No light" to "Is the light on?"
  if (best.rank <= 1 && elsewhere == 0 && mentions(claim.subject)) {
    double quality = 1;
    for (const Phrase& p : claim.subject) {
      const std::size_t at = find(p, clause.begin, quality);
      if (at >= clause.end || turned(at) > 0) continue;
      // "No water left" is empty.
      const bool empty = std::ranges::any_of(claim.senses, [](const Sense& x) { return is_amount(x) && x.pole < 0; });
      consider(best, {empty ? 1 : -1, 0.74, 2, false, false, at, at + p.size()}, Means::kSubject, true);
    }
  }
}

// "They can", "it won't", "there aren't": a whole clause of pronoun and auxiliary answers whatever was asked.
void ClauseReading::elliptic(Bearing& best) {
  std::size_t i = clause.begin;
  while (i < clause.end && !is_pronoun(i) && (said.light[i] || tagged(i))) ++i;
  if (i + 1 >= clause.end || !is_pronoun(i)) return;
  const Word& verb = words[i + 1];
  const bool denies = verb.is("not");
  if (in(verb.folded, {"do", "does", "did"}) && i + 2 < clause.end && words[i + 2].kind == Kind::kLatin &&
      !is_negator(words[i + 2]) && !is_stop_word(words[i + 2].folded))
    consider(best, {1, 0.58, 1, false, false, i, i + 2}, Means::kEmphatic, false);
  if (!denies && !in(verb.folded, {"is", "are", "was", "were", "am", "do", "does", "did", "can", "could", "has", "have", "had",
                                   "will", "would", "should"}))
    return;
  for (std::size_t k = i + 2; k < clause.end; ++k) {
    if (!in(words[k].folded,
            {"now",       "too",    "indeed", "already", "actually", "again", "still", "yet",  "anymore", "all",  "sure",
             "certainly", "though", "always", "thanks",  "thank",    "you",   "sir",   "mate", "though",  "also", "so"}))
      return;
  }
  bool doubted = false;  // "I don't think it does"; the "no" of "no I haven't" turns nothing
  for (std::size_t k = clause.begin; k < i; ++k) doubted = doubted || words[k].is("not");
  const int sign = denies == doubted ? 1 : -1;
  consider(best, {sign, 0.84, 1, false, false, i, i + 2}, Means::kElliptic, sign < 0);
}

bool ClauseReading::is_pronoun(std::size_t i) const {
  return in(words[i].folded, {"it", "they", "he", "she", "we", "i", "you", "that", "this", "these", "those", "there", "both",
                              "all", "everything", "everyone"});
}

}  // namespace usher::dialogs
