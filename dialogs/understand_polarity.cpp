#include "dialogs/understand_polarity.h"

#include <algorithm>

namespace usher::dialogs {
namespace {

using Kind = Word::Kind;

constexpr double kUnclear = 0.5;  // below kMinUnderstood

bool in(std::string_view word, std::initializer_list<std::string_view> list) {
  return std::ranges::find(list, word) != list.end();
}

struct Explicit {
  int sign = 0;
  double weight = 0;
  std::size_t begin = 0, end = 0;
  bool contradicted = false;
  bool firm = false;  // "No, …": what follows explains it
};

bool tagged(const SaidWords& said, std::size_t i) {
  return std::ranges::any_of(said.tags, [&](const Tagged& t) { return t.begin <= i && i < t.end; }) ||
         std::ranges::any_of(said.polite, [&](const Tagged& t) { return t.begin <= i && i < t.end; });
}

// Nothing but manners, hedges and "I would say" stand before it in its clause.
bool leads(const SaidWords& said, std::size_t at) {
  // "It's all in the cloud, so no": the conclusion.
  if (at > 0 && said.message.words[at - 1].is("so") && at + 1 == said.message.words.size()) return true;
  for (std::size_t i = at; i-- > 0;) {
    const Word& w = said.message.words[i];
    if (w.kind == Kind::kBreak) return true;
    if (tagged(said, i) || (w.kind == Kind::kHan && is_particle(w.text))) continue;
    if (!in(w.folded,
            {"so",    "and",           "well",  "i",    "would", "say",      "that",     "thats",   "a",       "its",
             "my",    "answer",        "big",   "just", "oh",    "ah",       "hm",       "id",      "pretty",  "quite",
             "very",  "most",          "then",  "mate", "man",   "god",      "to",       "be",      "luckily", "thankfully",
             "still", "unfortunately", "sadly", "all",  "lol",   "honestly", "actually", "already", "but",     "it",
             "is"}))
      return false;
  }
  return true;
}

// "No light", "nothing is loose": turns what follows, answers nothing by itself.
bool determines(const SaidWords& said, const Tagged& t) {
  const auto& w = said.message.words;
  const std::string& first = w[t.begin].folded;
  if (!in(first, {"no", "nothing", "none", "never", "neither", "not", "correct", "right", "fine", "true", "totally", "absolutely",
                  "definitely", "certainly"}))
    return false;
  if (t.end >= w.size() || w[t.end].kind != Kind::kLatin) return false;
  if (!in(first, {"nothing", "none", "never", "neither", "not"})) return !said.light[t.end];
  return !said.light[t.end] && !in(w[t.end].text, {"no", "nope"}) && !w[t.end].is("power") ? true
                                                                                           : first != "no" && !said.light[t.end];
  // The rest of the clause says more than "it".
  for (std::size_t i = t.end; i < w.size() && w[i].kind != Kind::kBreak; ++i) {
    if (!said.light[i]) return true;
  }
  return false;
}

std::vector<Explicit> explicit_words(const SaidWords& said, const Claim& claim, const std::vector<std::size_t>& used) {
  std::vector<Explicit> out;
  const auto& w = said.message.words;
  for (const Tagged& t : said.tags) {
    const bool accepts = t.tag == Tag::kAccept;
    if (t.tag != Tag::kYes && t.tag != Tag::kNo && !accepts) continue;
    if (std::ranges::any_of(used, [&](std::size_t i) { return t.begin <= i && i < t.end; })) continue;
    if (said.clause_at(t.begin).asks && t.tag != Tag::kNo && t.begin != 0) continue;
    if (w[t.begin].kind == Kind::kHan) {
      if (t.begin > 0 && w[t.begin - 1].is("是")) continue;
      const bool open = t.begin == 0 || w[t.begin - 1].kind != Kind::kHan || said.light[t.begin - 1] || tagged(said, t.begin - 1);
      const bool closed = t.end == w.size() || w[t.end].kind != Kind::kHan || is_particle(w[t.end].text) || tagged(said, t.end);
      if (!open || !closed) continue;
    } else if (w[t.begin].kind == Kind::kLatin) {
      if (!leads(said, t.begin) || determines(said, t)) continue;
    }
    double weight = t.weight;
    if (accepts && !claim.offers && !claim.empty()) weight = kUnclear;
    if (t.weight < 0.65 && claim.outcome) weight = kUnclear;  // helped "a little"
    static constexpr auto kSubject = {"i",  "it", "its", "the",     "they", "there", "this", "we",
                                      "my", "he", "she", "because", "just", "stays", "only"};
    const bool first = std::ranges::all_of(
        said.tags, [&](const Tagged& o) { return o.begin >= t.begin || o.tag == Tag::kAccept || o.tag == Tag::kHedge; });
    const bool ends =
        t.end < w.size() && (w[t.end].kind == Kind::kBreak || std::ranges::find(kSubject, w[t.end].folded) != kSubject.end());
    out.push_back({t.tag == Tag::kNo ? -1 : 1, weight, t.begin, t.end, false, weight >= 0.9 && first && ends});
  }
  return out;
}

// Of several the first, unless it was manners ("ok, no") or is taken back ("yes … wait, no").
Explicit lead(const SaidWords& said, const std::vector<Explicit>& all) {
  Explicit l;
  for (const Explicit& e : all) {
    if (l.sign == 0 || l.sign == e.sign) {
      if (e.weight > l.weight) l = e;
      continue;
    }
    if (l.weight < 0.7 && e.weight > 0.7) {
      l = e;
      l.weight = std::min(l.weight, 0.85);
      continue;
    }
    if (e.weight < 0.7) continue;
    bool corrects = false;
    for (std::size_t i = l.end; i < e.begin; ++i)
      corrects =
          corrects || in(said.message.words[i].folded, {"wait", "sorry", "actually", "mean", "correction", "oops", "错", "哦"});
    if (corrects) {
      l = e;
      l.weight = 0.7;
    } else {
      l.contradicted = true;
    }
  }
  return l;
}

}  // namespace

Bearing statement(const SaidWords& said, const Claim& claim) {
  Bearing s;
  bool partly = false;
  for (const SaidWords::Clause& clause : said.clauses) {
    if (clause.asks) continue;
    if (clause.depends && s.rank > 0 && claim.condition.empty()) {  // "it works if I hold it"
      s.weight = std::min(s.weight, kUnclear);
      continue;
    }
    Bearing b = bearing(said, clause, claim);
    if (b.rank == 0) {
      // "It is not off, it blinks": neither.
      const bool others = in(said.message.words[clause.begin].folded, {"one", "some", "another", "others"});
      const bool wavers = !clause.past && !claim.wavering && !others && std::ranges::any_of(said.states, [&](const StateWord& x) {
        return x.begin >= clause.begin && x.end <= clause.end && std::ranges::any_of(x.senses, is_wavering);
      });
      partly = partly || wavers;
      continue;
    }
    if (clause.past) b.weight *= 0.6;
    if (clause.aside && s.rank >= 3 && b.sign == s.sign) continue;
    if (s.rank == 0 || (s.other && !b.other) || (s.weight < 0.55 && b.weight > s.weight + 0.05 && !b.other)) {
      s = b;
    } else if (b.other && !s.other) {
      continue;
    } else if (b.sign == s.sign) {
      if (b.weight > s.weight) s = b;
    } else if (b.weight < 0.55 && b.rank < 3) {
      continue;
    } else if (b.rank > s.rank && b.rank >= 3) {
      s = b;
      s.weight -= 0.08;
    } else if (claim.outcome && s.sign > 0 && b.sign < 0 && b.rank >= 2) {  // "it worked for a minute and then stopped"
      s.weight = std::min(s.weight, 0.45);
    } else if (b.rank < s.rank && s.rank >= 3) {
      s.weight -= b.rank == 1 ? 0.02 : 0.08;
    } else if (claim.any && !clause.asks && (b.weight > 0.55 || s.weight > 0.55)) {
      if (b.sign > 0) s = b;
      s.weight = std::min(s.weight, 0.7);
    } else if (clause.after_but || s.weight < 0.55) {
      s = b;
      s.weight = std::min(s.weight, 0.62);
    } else {
      s.weight = std::min(s.weight, 0.45);
    }
  }
  if (partly && s.rank > 0) s.weight = std::min(s.weight, kUnclear);
  return s;
}

Polarity polarity(const SaidWords& said, const Claim& claim, const std::vector<std::size_t>& used) {
  const Explicit l = lead(said, explicit_words(said, claim, used));
  Bearing s = statement(said, claim);
  if (s.rank == 1 && std::ranges::any_of(used, [&](std::size_t i) { return s.begin <= i && i < s.end; })) s = {};
  Polarity p;
  p.statement = s.rank >= 2 && s.weight > kUnclear;
  auto take = [&](int sign, double weight, std::size_t b, std::size_t e) {
    (sign > 0 ? p.yes : p.no) = weight;
    p.words = said.text(b, e);
  };
  if (l.sign == 0) {
    if (s.rank > 0) take(s.sign, s.weight, s.begin, s.end);
    return p;
  }
  p.leading = true;
  if (l.contradicted) {
    take(l.sign, kUnclear, l.begin, l.end);
    return p;
  }
  const bool apart = s.rank == 1 && !(said.clause_at(s.begin).begin == said.clause_at(l.begin).begin) &&
                     said.message.words[s.begin].kind == Kind::kHan;
  if (s.rank == 0 || s.sign == l.sign || s.other || apart || (s.weight < 0.6 && !s.mixed)) {
    const double sure = std::max(l.weight, s.rank > 0 && s.sign == l.sign ? s.weight : 0);
    take(l.sign, said.has(Tag::kBut) && s.rank < 3 && !l.firm ? std::min(sure, 0.7) : sure, l.begin, l.end);
    return p;
  }
  // "No, the list is empty": the first word decides over how we read the rest, unless that takes it back.
  const bool retracts = said.clause_at(s.begin).after_but || (s.rank == 4 && s.weight >= 0.84 && claim.outcome);
  if (l.firm && s.rank >= 2 && !claim.negative && !retracts && said.clause_at(s.begin).begin != said.clause_at(l.begin).begin) {
    take(l.sign, 0.72, l.begin, l.end);
    return p;
  }
  if (l.weight < 0.7 || (claim.negative && s.rank >= 3)) {  // "ok, it doesn't"; a negative question has two kinds of "yes"
    take(s.sign, std::min(s.weight, 0.7), s.begin, s.end);
  } else {
    take(l.sign, kUnclear, l.begin, l.end);
  }
  return p;
}

}  // namespace usher::dialogs
