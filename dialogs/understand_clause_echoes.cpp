// An answer in the words of the question or of its options, or in others for the same thing.
#include "dialogs/understand_clause.h"

namespace usher::dialogs {

using Kind = Word::Kind;

// "Smells normal" is no smell.
bool ClauseReading::only_seems(std::size_t at) const {
  return in(words[at].text, {"smell", "sound", "look", "feel"}) &&
         std::ranges::any_of(said.states, [&](const StateWord& s) { return s.begin == at + 1 && is_general(s.senses.front()); });
}

// "The original broke", 原装的丢了: named only to say what became of it.
bool ClauseReading::was_lost(std::size_t at) const {
  if (claim.value < 0 || claim.outcome) return false;
  return std::ranges::any_of(said.states, [&](const StateWord& s) {
    if (s.begin < at || s.end > clause.end || turned(s.begin) < 0) return false;
    const bool asked = std::ranges::any_of(s.senses, [&](const Sense& mine) {
      return std::ranges::any_of(claim.senses, [&](const Sense& c) { return c.axis == mine.axis; });
    });
    return !asked && std::ranges::any_of(s.senses, [](const Sense& x) { return is_general(x) && x.pole < 0; });
  });
}

void ClauseReading::repeats(Bearing& best) {
  for (const Phrase& p : claim.predicate) {
    double quality = 1;
    for (std::size_t at = find(p, clause.begin, quality); at < clause.end; at = find(p, at + 1, quality)) {
      if (said.light[at] && !stated(at) && p.size() == 1) continue;
      if (p.size() == 1 && (only_seems(at) || foreseen(at, at + 1))) continue;
      // Inside a longer state it is no repetition: 电 in 没电.
      const auto whole = std::ranges::find_if(said.states, [&](const StateWord& s) { return s.begin < at && at < s.end; });
      if (whole != said.states.end() && is_negator(words[whole->begin])) continue;
      // The name of what is asked for says less than the state it is asked for in: "toner" in "toner is low".
      const bool name = claim.exists && !claim.senses.empty() && !stated(at);
      const int reverse = quality < 0 ? -1 : 1;
      quality = quality < 0 ? 0.9 : quality;
      const bool denied = turned(at) * reverse < 0;  // "no toner warning" is enough
      const double weight =
          name ? (denied ? 0.76 : kOther) : (words[at].kind == Kind::kHan && p.size() == 1 ? 0.8 : 0.86) * quality;
      const bool one = words[at].kind == Kind::kHan && p.size() == 1;
      consider(best,
               {turned(at) * reverse, weight, name ? (denied ? 3 : 2) : 4,
                other_thing(at) || other_object(at + p.size()) || was_lost(at + p.size()), false, at, at + p.size()},
               name  ? Means::kName
               : one ? Means::kEchoHan
                     : Means::kEcho,
               denied);
    }
  }
  for (const auto* list : {&claim.agreeing, &claim.contrary}) {
    for (const Phrase& p : *list) {
      double quality = 1;
      const std::size_t at = find(p, clause.begin, quality);
      if (at >= clause.end) continue;
      const bool whole = p.size() > 1 || clause.end - clause.begin == 1;
      consider(best,
               {(list == &claim.agreeing ? 1 : -1) * (claim.negative ? -1 : 1) * turned(at), (whole ? 0.86 : 0.8) * quality, 4,
                !claim.outcome && (other_thing(at) || other_object(at + p.size()) || was_lost(at + p.size())), false, at,
                at + p.size()},
               p.size() > 1 ? Means::kOptionPhrase : Means::kOptionWords, turned(at) < 0);
    }
  }
}

// "I swapped them" to "Have they been replaced?", "coffee" to "Was liquid spilled?"
void ClauseReading::by_other_words(Bearing& best) {
  if (claim.asked_things.empty()) return;
  for (const ThingWord& t : said.things) {
    if (t.begin < clause.begin || t.end > clause.end) continue;
    const bool echoed = std::ranges::any_of(claim.predicate, [&](const Phrase& p) { return words[t.begin].is(p[0]); });
    if (echoed) continue;
    Kin nearest = Kin::kNone;
    for (const ThingWord& asked : claim.asked_things) {
      const Kin k = kin(t, asked);
      if (k == Kin::kSame || (k == Kin::kKind && nearest == Kin::kNone)) nearest = k;
    }
    if (nearest == Kin::kNone) continue;
    consider(best,
             {turned(t.begin), nearest == Kin::kSame ? 0.74 : 0.66, 3, other_thing(t.begin) || other_object(t.end), false,
              t.begin, t.end},
             nearest == Kin::kSame ? Means::kSynonym : Means::kKindOf, turned(t.begin) < 0);
  }
}

}  // namespace usher::dialogs
