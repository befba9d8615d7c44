// The evidence for yes and for no: explicit words, and what the statements of an answer say about what is asked.
#include <algorithm>
#include <array>

#include "dialogs/understand_signals.h"

namespace usher::dialogs {
namespace {

using Kind = Word::Kind;

bool in(std::string_view word, std::initializer_list<std::string_view> list) {
  return std::ranges::find(list, word) != list.end();
}

struct Explicit {
  int sign = 0;
  double weight = 0;
  std::size_t begin = 0, end = 0;
  bool contradicted = false;
  Signal signal = Signal::kAccept;
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
  // "Barely makes it through one film"
  if (t.end < w.size() && in(first, {"hardly", "barely", "scarcely"})) return w[t.end].kind == Kind::kLatin;
  if (!in(first, {"no", "nothing", "none", "never", "neither", "not", "correct", "right", "fine", "true", "totally", "absolutely",
                  "definitely", "certainly"}))
    return false;
  if (t.end >= w.size() || w[t.end].kind != Kind::kLatin) return false;
  return !said.light[t.end] && !in(w[t.end].text, {"no", "nope"});
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
    static constexpr auto kSubject = {"i",  "it", "its", "the",     "they", "there", "this", "we",
                                      "my", "he", "she", "because", "just", "stays", "only"};
    const bool first = std::ranges::all_of(
        said.tags, [&](const Tagged& o) { return o.begin >= t.begin || o.tag == Tag::kAccept || o.tag == Tag::kHedge; });
    const bool ends =
        t.end < w.size() && (w[t.end].kind == Kind::kBreak || std::ranges::find(kSubject, w[t.end].folded) != kSubject.end());
    const bool no = t.tag == Tag::kNo, firm = first && ends;
    const Signal signal = accepts           ? (claim.offers || claim.empty() ? Signal::kAcceptOffer : Signal::kAccept)
                          : t.weight < 0.65 ? Signal::kYesWeak
                          : t.weight < 0.9  ? (no ? Signal::kNoHedged : Signal::kYesHedged)
                          : firm            ? (no ? Signal::kNoFirm : Signal::kYesFirm)
                                            : (no ? Signal::kNoPlain : Signal::kYesPlain);
    out.push_back({no ? -1 : 1, signal == Signal::kAccept ? 0.5 : t.weight, t.begin, t.end, false, signal});
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

// Nothing else is said that carries anything.
bool alone(const SaidWords& said, std::size_t b, std::size_t e) {
  for (std::size_t i = 0; i < said.message.words.size(); ++i) {
    if ((i < b || i >= e) && !said.light[i] && !tagged(said, i)) return false;
  }
  return true;
}

struct Statement {
  Bearing b;
  std::size_t clause = 0;
  double strength = 0;
};

// The share of the words that carry something which are words of the option itself.
double option_share(const SaidWords& said, const std::vector<Statement>& list) {
  double words = 0, own = 0;
  for (std::size_t i = 0; i < said.message.words.size(); ++i) {
    const bool covered = std::ranges::any_of(list, [&](const Statement& x) {
      return (x.b.means == Means::kOptionPhrase || x.b.means == Means::kOptionWords) && !x.b.denied && x.b.begin <= i &&
             i < x.b.end;
    });
    if (said.light[i] && !covered) continue;
    ++words;
    own += covered ? 1 : 0;
  }
  return words == 0 ? 0 : own / words;
}

// How much a statement weighs beside others on the same side; only its order matters.
double strength_of(const Bearing& b, const SaidWords::Clause& clause) {
  return b.weight + (b.rank >= 3 ? 0.15 : 0) - (b.other ? 0.3 : 0) - (b.beside == 2 ? 0.15 : 0) - (b.depends ? 0.2 : 0) -
         (b.wavers ? 0.2 : 0) - (clause.past ? 0.15 : 0);
}

Signal signal_of(const Bearing& b) {
  return static_cast<Signal>(static_cast<int>(Signal::kStatement) + 2 * static_cast<int>(b.means) + (b.denied ? 1 : 0));
}

// "No smoke" is denied by the statement itself or by a phrase of the option for no.
bool denies(const SaidWords& said, const Bearing& b) {
  if (b.denied) return true;
  for (std::size_t i = b.begin; i < b.end; ++i) {
    if (is_negator(said.message.words[i])) return true;
  }
  return false;
}

// "It is dead" where "I can't, it is dead" is an option: its words say nothing about yes or no.
bool belongs_to_third(const Bearing& b, const Signals& signals, std::size_t yes, std::size_t no) {
  if (b.means == Means::kOptionPhrase || b.means == Means::kOptionWords) return false;
  for (std::size_t k = 0; k < signals.options.size(); ++k) {
    if (k == yes || k == no) continue;
    for (const Evidence& e : signals.options[k]) {
      if (e.signal == Signal::kWords && e.begin < b.end && b.begin < e.end) return true;
    }
  }
  return false;
}

}  // namespace

void read_sides(const SaidWords& said, const QuestionRead& asked, const std::vector<Option>& options,
                const std::vector<std::size_t>& used, Signals& out) {
  const std::size_t yes = asked.yes, no = asked.no;
  const Explicit l = lead(said, explicit_words(said, asked.claim, used));
  std::array<std::vector<Statement>, 2> sides;  // yes, no
  for (std::size_t i = 0; i < said.clauses.size(); ++i) {
    const SaidWords::Clause& clause = said.clauses[i];
    if (clause.asks) continue;
    for (const Bearing& b : bearings(said, clause, asked.claim)) {
      if (b.rank == 1 && std::ranges::any_of(used, [&](std::size_t u) { return b.begin <= u && u < b.end; })) continue;
      // "No" itself is counted once, as the word that leads.
      if (l.sign != 0 && b.means <= Means::kDenial && b.means >= Means::kProForm && b.begin < l.end && l.begin < b.end) continue;
      if (asked.opposites && !asked.says_yes && b.rank < 2) continue;
      if (belongs_to_third(b, out, yes, no)) continue;
      sides[b.sign > 0 ? 0 : 1].push_back({b, i, strength_of(b, clause)});
    }
  }
  // Inside a longer phrase its author foresaw for the other side a word means nothing: "there" in "not there".
  for (std::size_t s = 0; s < 2; ++s) {
    std::erase_if(sides[s], [&](const Statement& x) {
      return std::ranges::any_of(sides[1 - s], [&](const Statement& y) {
        return y.b.means == Means::kOptionPhrase && !y.b.denied && y.b.begin <= x.b.begin && x.b.end <= y.b.end &&
               (x.b.means != Means::kOptionPhrase || y.b.end - y.b.begin > x.b.end - x.b.begin);
      });
    });
  }
  // Of several things asked for one is enough: "no smoke, but it smells".
  const bool one_is = asked.claim.any && !asked.claim.negative && std::ranges::any_of(sides[0], [](const Statement& x) {
                        return x.b.rank >= 3 && !x.b.denied && !x.b.other && !x.b.depends && !x.b.wavers;
                      });
  if (one_is) std::erase_if(sides[1], [&](const Statement& x) { return denies(said, x.b); });
  const std::array<std::size_t, 2> option = {yes, no};
  const bool words_answer = !asked.opposites || asked.says_yes;
  for (std::size_t s = 0; s < 2; ++s) {
    if (option[s] >= out.options.size()) continue;
    auto& evidence = out.options[option[s]];
    auto add = [&](Signal signal, double value, std::size_t b, std::size_t e) { evidence.push_back({signal, value, b, e}); };
    const auto& list = sides[s];
    if (!list.empty()) {
      const Statement& best = *std::ranges::max_element(list, {}, &Statement::strength);
      const SaidWords::Clause& clause = said.clauses[best.clause];
      const auto [b, e] = std::pair(best.b.begin, best.b.end);
      add(signal_of(best.b), 1, b, e);
      const bool whole =
          best.b.rank == 1 && !best.b.wavers && !best.b.depends && sides[1 - s].empty() && l.sign == 0 && alone(said, b, e);
      if (whole) add(Signal::kWhole, 1, b, e);
      if (const double share = option_share(said, list); share > 0) add(Signal::kOptionShare, share, b, e);
      if (best.b.other) add(Signal::kOtherThing, 1, b, e);
      if (best.b.beside == 1) add(Signal::kBeside, 1, b, e);
      if (best.b.beside == 2) add(Signal::kBusy, 1, b, e);
      if (best.b.mixed) add(Signal::kMixed, 1, b, e);
      if (best.b.wavers) add(Signal::kWavers, 1, b, e);
      if (best.b.depends || clause.depends) add(Signal::kDepends, 1, b, e);
      if (clause.past) add(Signal::kPast, 1, b, e);
      if (clause.after_but) add(Signal::kAfterBut, 1, b, e);
      if (best.clause > 0) add(Signal::kLater, 1, b, e);
      out.spoken[option[s]] = out.spoken[option[s]] || std::ranges::any_of(list, [](const Statement& x) {
                                return x.b.means == Means::kOptionPhrase && !x.b.denied && !x.b.other && !x.b.depends;
                              });
      const auto further = std::ranges::count_if(
          list, [&](const Statement& x) { return (x.b.end <= b || x.b.begin >= e) && !x.b.other && !x.b.depends; });
      if (s == 0 && one_is) add(Signal::kAnyOf, 1, b, e);
      if (asked.claim.exists) add(s == 0 ? Signal::kAskedExistsYes : Signal::kAskedExistsNo, 1, b, e);
      if (asked.claim.done) add(s == 0 ? Signal::kAskedDoneYes : Signal::kAskedDoneNo, 1, b, e);
      if (further > 0) add(Signal::kFurther, further > 1 ? 1.5 : 1, b, e);
    }
    if (l.sign == (s == 0 ? 1 : -1) && words_answer) {
      add(l.signal, 1, l.begin, l.end);
      if (!l.contradicted && sides[1 - s].empty() && alone(said, l.begin, l.end)) add(Signal::kBare, 1, l.begin, l.end);
      if (said.has(Tag::kBut)) add(Signal::kThenBut, 1, l.begin, l.end);
      if (l.contradicted) add(Signal::kTakenBack, 1, l.begin, l.end);
      if (!list.empty()) add(Signal::kAgrees, 1, l.begin, l.end);
      if (asked.claim.negative) add(Signal::kNegativeAsked, 1, l.begin, l.end);
    }
    if (evidence.empty()) continue;
    // "Yes" and "no" are noise beside the words of a third option.
    for (std::size_t k = 0; k < out.options.size(); ++k) {
      const bool third = k != yes && k != no && std::ranges::any_of(out.options[k], [](const Evidence& x) {
                           return x.signal == Signal::kWords || x.signal == Signal::kWordsNearly || x.signal == Signal::kHint;
                         });
      if (third) {
        add(Signal::kThirdNamed, 1, 0, 0);
        break;
      }
    }
    if (options[option[s]].keys.size() > 0 && asked.sides[option[s]] == Side::kOther) add(Signal::kSoftSide, 1, 0, 0);
  }
  const bool silent = sides[0].empty() && sides[1].empty() && l.sign == 0;
  const bool denies = std::ranges::any_of(said.message.words, is_negator);
  const bool plain = silent && !denies && said.clauses.size() <= 2 && !said.has(Tag::kDontKnow) && yes < out.options.size();
  if (plain) out.options[yes].push_back({asked.claim.exists ? Signal::kPlainExists : Signal::kPlain, 1});
  const bool both = yes < out.options.size() && no < out.options.size();
  const auto& against = sides[l.sign > 0 ? 1 : 0];
  const bool contradicts = l.sign != 0 && std::ranges::any_of(against, [&](const Statement& x) {
                             return !x.b.other && !x.b.depends && x.b.beside == 0 &&
                                    (x.b.means == Means::kElliptic || x.b.means == Means::kEcho || x.b.means == Means::kOutcome);
                           });
  if (both && (contradicts || l.contradicted)) out.again.push_back({Signal::kContradicts, 1});
  if (both && !sides[0].empty() && !sides[1].empty()) out.again.push_back({Signal::kBothSides, 1});
}

}  // namespace usher::dialogs
