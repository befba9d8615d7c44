// How far an answer reaches: only this one, also when warm, below the mark; and what somebody found or perceived.
#include "dialogs/understand_clause.h"

namespace usher::dialogs {

using Kind = Word::Kind;

// "Also when warm", "only in the morning" to "Does it only happen when cold?"
void ClauseReading::not_only(Bearing& best) {
  if (!claim.only) return;
  for (std::size_t i = clause.begin; i < clause.end; ++i) {
    const std::string_view next = i + 1 < clause.end ? std::string_view(words[i + 1].text) : std::string_view{};
    const bool only = in(words[i].folded, {"only", "just", "仅"}) || (words[i].is("只") && next != "要");
    const bool also = in(words[i].folded, {"also", "too", "even", "always", "both", "all", "constantly", "either", "everywhere",
                                           "every", "any", "也", "都", "总", "每"});
    if (!only && !also) continue;
    consider(best, {only ? turned(i) : -1, 0.62, 2, false, false, i, i + 1}, Means::kNotOnly, false);
    return;
  }
}

// "Below the lower mark" to "Is it between the marks?"
void ClauseReading::relates(Bearing& best) {
  if (claim.relation == 0) return;
  const int said_here = relation_in(words, clause.begin, clause.end);
  for (std::size_t i = clause.begin; said_here == 0 && claim.relation != 2 && i < clause.end; ++i) {  // 低, 比屋里低
    const int r = words[i].is("高") || in(words[i].folded, {"more", "higher"})           ? 1
                  : words[i].is("低") || in(words[i].folded, {"less", "lower", "fewer"}) ? -1
                                                                                         : 0;
    if (r == 0) continue;
    consider(best, {r == claim.relation ? turned(i) : -turned(i), 0.7, 3, false, false, i, i + 1}, Means::kRelation,
             turned(i) < 0);
    return;
  }
  if (said_here == 0 || (claim.relation != 2 && said_here == 2)) return;
  std::size_t at = clause.begin;
  while (at + 1 < clause.end && relation_in(words, at, at + 2) == 0) ++at;
  consider(best, {said_here == claim.relation ? turned(at) : -turned(at), 0.7, 3, false, false, at, std::min(at + 2, clause.end)},
           Means::kRelation, turned(at) < 0);
}

// "I can hear music": perceived, whatever it is.
void ClauseReading::perceives(Bearing& best) {
  for (std::size_t i = clause.begin; i < clause.end; ++i) {
    if (!in(words[i].text, {"see", "hear", "feel", "smell", "notic"}) &&
        !((words[i].is("看") || words[i].is("听") || words[i].is("闻")) && i + 1 < clause.end &&
          in(words[i + 1].text, {"见", "到", "得"})))
      continue;
    const bool i_do = i > clause.begin && in(words[i - 1].folded, {"i", "can", "we", "could", "not", "能", "我"});
    if (!i_do && words[i].kind != Kind::kHan) continue;
    consider(best, {turned(i), 0.58, 1, false, false, i, i + 1}, Means::kPerceives, turned(i) < 0);
    return;
  }
}

// "Only my laptop does not" to "Do other devices connect?"
void ClauseReading::only_this(Bearing& best) {
  if (!claim.others) return;
  for (std::size_t i = clause.begin; i < clause.end; ++i) {
    if (!in(words[i].folded, {"only", "just", "只", "就", "仅"})) continue;
    bool bad = words[i].is("只") && i + 1 < clause.end && words[i + 1].is("有") && said.has(Tag::kUnsolved);
    for (std::size_t k = i + 1; k < clause.end; ++k) bad = bad || is_negator(words[k]);
    for (const StateWord& s : said.states) {
      bad = bad ||
            (s.begin > i && s.end <= clause.end && std::ranges::any_of(s.senses, [](const Sense& x) { return value_of(x) < 0; }));
    }
    const bool good = !bad && std::ranges::any_of(said.states, [&](const StateWord& s) {
      return s.begin > i && s.end <= clause.end && std::ranges::any_of(s.senses, [](const Sense& x) { return value_of(x) > 0; });
    });
    consider(best, {good ? -1 : 1, 0.6, 3, false, false, i, clause.end}, Means::kOnlyThis, bad);
    return;
  }
}

// "Found a scrap at the back", 夹着一张, to "Is there any …?": something was found, whatever it is.
void ClauseReading::finds(Bearing& best) {
  if (!claim.exists || best.rank > 1) return;
  for (std::size_t i = clause.begin; i < clause.end; ++i) {
    const Word& w = words[i];
    const std::string_view next = i + 1 < clause.end ? std::string_view(words[i + 1].folded) : std::string_view{};
    const bool be = in(next, {"is", "was", "are", "were", "seems", "appears"});
    const bool found_it =
        in(w.folded, {"found", "spotted", "discovered"}) || (w.folded == "there" && be) || w.folded == "theres" ||
        (w.is("有") && i + 1 < clause.end && !said.light[i + 1]) ||
        (w.is("着") && i > clause.begin && i + 1 < clause.end && words[i + 1].kind == Kind::kHan && !is_particle(next));
    if (!found_it) continue;
    std::size_t after = i + (be ? 2 : 1);
    const bool nothing = after < clause.end && in(words[after].folded, {"no", "nothing", "none", "not", "nobody"});
    const bool denied = nothing || turned(i) < 0;
    if (!nothing && foreign(after, clause.end, true) == 0) continue;
    consider(best, {denied ? -1 : 1, 0.5, 1, false, false, i, after}, Means::kFinds, denied);
    return;
  }
}

// "Only this one" to "Is it so with all of them?"
void ClauseReading::singles_out(Bearing& best) {
  if (!claim.all || claim.exists || best.rank > 1) return;
  for (std::size_t i = clause.begin; i < clause.end; ++i) {
    if (said.light[i] && !in(words[i].folded, {"only", "just", "仅"})) continue;
    if (in(words[i].folded, {"only", "just", "仅"}))
      consider(best, {-1, 0.62, 2, false, false, i, clause.end}, Means::kOnly, false);
    return;
  }
}

}  // namespace usher::dialogs
