// What one clause of an answer says about a claim.
#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "dialogs/understand_claim.h"

namespace usher::dialogs {
namespace {

using Kind = Word::Kind;

constexpr double kOther = 0.5;  // it may speak of another thing: below kMinUnderstood

bool in(std::string_view word, std::initializer_list<std::string_view> list) {
  return std::ranges::find(list, word) != list.end();
}

struct Clausal {
  const SaidWords& said;
  const SaidWords::Clause& clause;
  const Claim& claim;
  const std::vector<Word>& words = said.message.words;
  std::vector<Bearing> found = {};
  std::vector<std::pair<std::size_t, std::size_t>> own_phrases = {};  // of the options for yes and no

  bool stated(std::size_t i) const {
    return std::ranges::any_of(said.states, [&](const StateWord& s) { return s.begin <= i && i < s.end; });
  }
  // Where `phrase` stands in the clause from `at` on; a typo in a long word is overlooked unless it is a word we know.
  std::size_t find(const Phrase& phrase, std::size_t at, double& quality) const {
    for (; at + phrase.size() <= clause.end; ++at) {
      bool same = true;
      for (std::size_t k = 0; same && k < phrase.size(); ++k) same = words[at + k].is(phrase[k]);
      if (same) return at;
      // "Unpaired" to "Is it paired?"
      if (phrase.size() == 1 && phrase[0].size() >= 4 && words[at].text.size() <= phrase[0].size() + 3 &&
          words[at].text.ends_with(phrase[0]) &&
          in(std::string_view(words[at].text).substr(0, words[at].text.size() - phrase[0].size()),
             {"un", "dis", "in", "im", "non", "mis", "de"})) {
        quality = -1;
        return at;
      }
      if (phrase.size() != 1 || words[at].kind != Kind::kLatin || phrase[0].size() < 5 || stated(at) || said.light[at]) continue;
      if (words[at].text.front() == phrase[0].front() && text::edit_distance(words[at].text, phrase[0], 1) == 1) {
        quality = 0.9;
        return at;
      }
    }
    return clause.end;
  }
  bool mentions(const std::vector<Phrase>& phrases) const {
    return std::ranges::any_of(phrases, [&](const Phrase& p) {
      double quality = 1;
      return find(p, clause.begin, quality) < clause.end;
    });
  }
  // Inside a longer phrase of an option a state is no state of its own: 好 in 一次进好几张.
  void find_foreseen() {
    for (const auto* list : {&claim.agreeing, &claim.contrary}) {
      for (const Phrase& p : *list) {
        double quality = 1;
        const std::size_t at = p.size() > 2 ? find(p, clause.begin, quality) : clause.end;
        if (at < clause.end) own_phrases.emplace_back(at, at + p.size());
      }
    }
  }
  bool foreseen(const StateWord& s) const { return foreseen(s.begin, s.end); }
  bool foreseen(std::size_t b, std::size_t e) const {
    return std::ranges::any_of(own_phrases,
                               [&](const auto& p) { return p.first <= b && e <= p.second && e - b < p.second - p.first; });
  }
  bool of_claim(std::size_t i) const {
    auto has = [&](const std::vector<Phrase>& list) {
      return std::ranges::any_of(
          list, [&](const Phrase& p) { return std::ranges::any_of(p, [&](const std::string& w) { return words[i].is(w); }); });
    };
    return has(claim.predicate) || has(claim.subject);
  }
  bool tagged(std::size_t i) const {
    return std::ranges::any_of(said.tags, [&](const Tagged& t) { return t.begin <= i && i < t.end; });
  }
  // Words from elsewhere in [b, e).
  std::size_t foreign(std::size_t b, std::size_t e, bool states_too) const {
    std::size_t n = 0;
    for (std::size_t i = b; i < e; ++i) {
      const bool amount = small_number(words[i].folded) || words[i].is("half") || words[i].is("半");  // "2 years"
      if (!said.light[i] && !amount && !of_claim(i) && !tagged(i) && (states_too || !stated(i))) ++n;
    }
    return n;
  }
  // Another thing is named before what is said of it: "the charger light is on".
  bool other_thing(std::size_t at) const {
    std::size_t n = foreign(clause.begin, at, false);
    for (std::size_t i = clause.begin; i + 1 < at; ++i) {  // "display is dead": a state's word as a name
      if (stated(i) && !said.light[i] && !of_claim(i) && in(words[i + 1].folded, {"is", "are", "was", "were", "isnt", "arent"}))
        ++n;
    }
    if (claim.others || pronoun_first()) return false;
    const bool han = at > clause.begin && words[at - 1].kind == Kind::kHan;
    return n >= (han ? 2U : 1U) && !mentions(claim.subject) && !renames(at);
  }
  // "It stands level", "they all look good": of what was asked about.
  bool pronoun_first() const {
    for (std::size_t i = clause.begin; i < clause.end; ++i) {
      if (in(words[i].folded,
             {"it", "its", "they", "theyre", "these", "those", "this", "that", "thats", "both", "everything", "all", "它"})) {
        const bool determiner = in(words[i].folded, {"this", "that", "these", "those", "all", "both", "its"}) &&
                                i + 1 < clause.end && !said.light[i + 1] && !stated(i + 1);
        const bool reports =
            i + 1 < clause.end && in(words[i + 1].folded, {"says", "say", "shows", "reports", "displays", "reads"});
        return !determiner && !reports;
      }
      if (!said.light[i] && !tagged(i)) return false;
    }
    return false;
  }
  // The thing asked about under another of its names.
  bool renames(std::size_t at) const {
    for (std::size_t i = clause.begin; i < at; ++i) {
      if (said.light[i] || words[i].kind == Kind::kBreak) continue;
      const auto thing = std::ranges::find_if(said.things, [&](const ThingWord& t) { return t.begin <= i && i < t.end; });
      if (thing != said.things.end() && std::ranges::any_of(claim.things, [&](const ThingWord& asked) {
            const Kin k = kin(*thing, asked);
            return k == Kin::kSame || k == Kin::kKind || k == Kin::kPart;
          }))
        return true;
      for (const auto* list : {&claim.subject, &claim.predicate}) {
        for (const Phrase& p : *list) {
          if (p.size() == 1 && same_thing(words[i].text, p[0])) return true;
        }
      }
    }
    return false;
  }
  // "I restarted the laptop" to "Have you restarted the router?"
  bool other_object(std::size_t at) const {
    if (!claim.done || at >= clause.end || mentions(claim.subject)) return false;
    while (at < clause.end &&
           (in(words[at].folded, {"the", "my", "a", "an", "our", "his", "her"}) || is_particle(words[at].text)))
      ++at;
    if (at >= clause.end) return false;
    const bool han = words[at].kind == Kind::kHan;
    return foreign(at, std::min(clause.end, at + (han ? 2 : 1)), true) >= (han ? 2U : 1U);
  }
  // "I can't restart it": neither done nor undone.
  bool unable() const {
    for (std::size_t i = clause.begin; i < clause.end; ++i) {
      if (in(words[i].folded, {"cant", "cannot", "couldnt", "unable"})) return true;
      if (words[i].is("不") && i + 1 < clause.end && in(words[i + 1].text, {"了", "能"})) return true;
    }
    return false;
  }
  // "I will restart it", 正在重启: not yet done.
  bool still_to_come() const {
    bool again = false, over = false;
    for (std::size_t i = clause.begin; i < clause.end; ++i) {
      const std::string_view next = i + 1 < clause.end ? std::string_view(words[i + 1].text) : std::string_view{};
      if (words[i].is("正") && next == "在") return true;
      if ((words[i].is("准") && next == "备") || (words[i].is("打") && next == "算")) return true;
      if (in(words[i].folded, {"will", "ill", "gonna", "tomorrow"}) || (words[i].folded == "going" && next == "to")) return true;
      again = again || words[i].is("再");
      over = over || in(words[i].text, {"了", "过", "次"});
    }
    return again && !over;
  }
  int turned(std::size_t at) const {
    // "No error message": the lexicon knows "no error" as a state of its own.
    const bool within = std::ranges::any_of(
        said.states, [&](const StateWord& s) { return s.end == at && s.end - s.begin > 1 && words[s.begin].is("no"); });
    return (said.negations(clause, at) + after(at) + (within ? 1 : 0)) % 2 == 1 ? -1 : 1;
  }
  // "The smoke isn't there", "it is not loose any more".
  std::size_t after(std::size_t at) const {
    const std::size_t next = at + 1;
    if (next < clause.end && words[next].is("not") && words[next].folded != "not") return 1;
    // "I smell nothing", "it shows no lights"
    for (std::size_t i = next; i < clause.end && i < next + 3; ++i) {
      if (in(words[i].text, {"noth", "none", "nobody"})) return 1;
      if (!said.light[i]) break;
    }
    // 转不动; but 开不了 is a state of its own
    const bool inside = std::ranges::any_of(said.states, [&](const StateWord& x) { return x.begin <= at && at + 1 < x.end; });
    if (!inside && next + 1 < clause.end && words[at].kind == Kind::kHan && words[next].is("不") &&
        in(words[next + 1].text, {"动", "了", "到", "出", "上", "起", "进", "着", "通"}))
      return 1;
    // 一点声音都没有
    std::size_t end = clause.end;
    while (end > next && is_particle(words[end - 1].text)) --end;
    if (end > next && words[end - 1].is("有")) --end;
    const bool last = end > next && words[end - 1].is("没");
    const bool all = end >= 2 && end - 1 > at && (words[end - 2].is("都") || words[end - 2].is("也"));
    // 一点动静都没有 is a state of its own.
    if (std::ranges::any_of(said.states, [&](const StateWord& x) { return x.begin <= at && end <= x.end; })) return 0;
    return last && (all || claim.exists) && words[at].kind == Kind::kHan ? 1 : 0;
  }

  void consider(Bearing& best, Bearing b, Means means, bool denied) {
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

  // "Smells normal" is no smell.
  bool only_seems(std::size_t at) const {
    return in(words[at].text, {"smell", "sound", "look", "feel"}) && std::ranges::any_of(said.states, [&](const StateWord& s) {
             return s.begin == at + 1 && is_general(s.senses.front());
           });
  }
  // "The original broke", 原装的丢了: named only to say what became of it.
  bool was_lost(std::size_t at) const {
    if (claim.value < 0 || claim.outcome) return false;
    return std::ranges::any_of(said.states, [&](const StateWord& s) {
      if (s.begin < at || s.end > clause.end || turned(s.begin) < 0) return false;
      const bool asked = std::ranges::any_of(s.senses, [&](const Sense& mine) {
        return std::ranges::any_of(claim.senses, [&](const Sense& c) { return c.axis == mine.axis; });
      });
      return !asked && std::ranges::any_of(s.senses, [](const Sense& x) { return is_general(x) && x.pole < 0; });
    });
  }

  void repeats(Bearing& best) {
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
  void by_other_words(Bearing& best) {
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

  // "It's empty" to "Is there gas in the tank?"
  void amounts(Bearing& best) {
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

  // "Also when warm", "only in the morning" to "Does it only happen when cold?"
  void not_only(Bearing& best) {
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
  void relates(Bearing& best) {
    if (claim.relation == 0) return;
    const int said_here = relation_in(words, clause.begin, clause.end);
    if (said_here == 0 || (claim.relation != 2 && said_here == 2)) return;
    std::size_t at = clause.begin;
    while (at + 1 < clause.end && relation_in(words, at, at + 2) == 0) ++at;
    consider(best,
             {said_here == claim.relation ? turned(at) : -turned(at), 0.7, 3, false, false, at, std::min(at + 2, clause.end)},
             Means::kRelation, turned(at) < 0);
  }

  // "I can hear music": perceived, whatever it is.
  void perceives(Bearing& best) {
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
  void only_this(Bearing& best) {
    if (!claim.others) return;
    for (std::size_t i = clause.begin; i < clause.end; ++i) {
      if (!in(words[i].folded, {"only", "just", "只", "就", "仅"})) continue;
      bool bad = words[i].is("只") && i + 1 < clause.end && words[i + 1].is("有") && said.has(Tag::kUnsolved);
      for (std::size_t k = i + 1; k < clause.end; ++k) bad = bad || is_negator(words[k]);
      for (const StateWord& s : said.states) {
        bad = bad || (s.begin > i && s.end <= clause.end &&
                      std::ranges::any_of(s.senses, [](const Sense& x) { return value_of(x) < 0; }));
      }
      const bool good = !bad && std::ranges::any_of(said.states, [&](const StateWord& s) {
        return s.begin > i && s.end <= clause.end &&
               std::ranges::any_of(s.senses, [](const Sense& x) { return value_of(x) > 0; });
      });
      consider(best, {good ? -1 : 1, 0.6, 3, false, false, i, clause.end}, Means::kOnlyThis, bad);
      return;
    }
  }

  // "Purple elephants": a colour, but of something else than what was asked about.
  bool describes_another(std::size_t at) const {
    return at < clause.end && words[at].kind == Kind::kLatin && !said.light[at] && !stated(at) && !of_claim(at) && !tagged(at) &&
           !is_negator(words[at]) && !in(words[at].text, {"light", "led", "lamp", "and", "or", "blink", "flash"});
  }

  void compares(Bearing& best, const std::vector<Sense>& senses, bool condition) {
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
  void goes_on(Bearing& best) {
    if (claim.against.empty()) return;
    for (const StateWord& s : said.states) {
      if (s.begin < clause.begin || s.end > clause.end || foreseen(s)) continue;
      for (const Sense& mine : s.senses) {
        for (const Sense& other : claim.against) {
          if (const Comparison c = compare(mine, other); c.sign != 0) {
            consider(best, {-c.sign * turned(s.begin), 0.8, 4, false, false, s.begin, s.end}, Means::kGoesOn,
                     turned(s.begin) < 0);
          }
        }
      }
    }
  }

  // "It has stopped", "it never stopped" to "Is it still leaking?"
  void ceases(Bearing& best) {
    if (!claim.still) return;
    for (std::size_t i = clause.begin; i < clause.end; ++i) {
      const bool han =
          (words[i].is("停") || words[i].is("止")) && i + 1 < clause.end && in(words[i + 1].text, {"了", "住", "过"});
      if (!han && !in(words[i].folded, {"stopped", "stops", "gone", "ceased", "quit"})) continue;
      const int turn = turned(i);
      consider(best, {-turn, 0.75, 4, false, false, i, i + 1}, Means::kGoesOn, turn < 0);
      return;
    }
  }

  // "It's fine" to "Is the fuse blown?": what is asked would be bad.
  void values(Bearing& best) {
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

  bool alone(const Tagged& t) const {
    for (std::size_t i = clause.begin; i < clause.end; ++i) {
      if (i < t.begin ? !tagged(i) : i >= t.end && !said.light[i] && !tagged(i)) return false;
    }
    return true;
  }

  void pro_forms(Bearing& best) {
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
  void elliptic(Bearing& best) {
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
  bool is_pronoun(std::size_t i) const {
    return in(words[i].folded, {"it", "they", "he", "she", "we", "i", "you", "that", "this", "these", "those", "there", "both",
                                "all", "everything", "everyone"});
  }

  // "Two of them", "plenty": there is some.
  void counts(Bearing& best) {
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

  // "Found a scrap at the back", 夹着一张, to "Is there any …?": something was found, whatever it is.
  void finds(Bearing& best) {
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
  void singles_out(Bearing& best) {
    if (!claim.all || claim.exists || best.rank > 1) return;
    for (std::size_t i = clause.begin; i < clause.end; ++i) {
      if (said.light[i] && !in(words[i].folded, {"only", "just", "仅"})) continue;
      if (in(words[i].folded, {"only", "just", "仅"}))
        consider(best, {-1, 0.62, 2, false, false, i, clause.end}, Means::kOnly, false);
      return;
    }
  }

  // A clause full of other words tells a story of its own.
  int beside(const Bearing& b) const {
    std::size_t latin = 0, han = 0;
    for (std::size_t i = clause.begin; i < clause.end; ++i) {
      const bool other = !said.light[i] && !of_claim(i) && !tagged(i) && (i < b.begin || i >= b.end);
      if (other) ++(words[i].kind == Kind::kHan ? han : latin);
    }
    return latin >= 3 || han >= 5 ? 2 : latin + han > 0 ? 1 : 0;
  }

  Bearing read() {
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
};

}  // namespace

Bearing bearing(const SaidWords& said, const SaidWords::Clause& clause, const Claim& claim) {
  return Clausal{said, clause, claim}.read();
}

std::vector<Bearing> bearings(const SaidWords& said, const SaidWords::Clause& clause, const Claim& claim) {
  Clausal clausal{said, clause, claim};
  clausal.read();
  return std::move(clausal.found);
}

}  // namespace usher::dialogs
