// Where a phrase stands in a clause, whether it is turned by a "not", and whether it speaks of what was asked or of another
// thing.
#include <string>

#include "base/text.h"
#include "dialogs/understand_clause.h"

namespace usher::dialogs {

using Kind = Word::Kind;

bool ClauseReading::stated(std::size_t i) const {
  return std::ranges::any_of(said.states, [&](const StateWord& s) { return s.begin <= i && i < s.end; });
}

// Where `phrase` stands in the clause from `at` on; a typo in a long word is overlooked unless it is a word we know.
std::size_t ClauseReading::find(const Phrase& phrase, std::size_t at, double& quality) const {
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

bool ClauseReading::mentions(const std::vector<Phrase>& phrases) const {
  return std::ranges::any_of(phrases, [&](const Phrase& p) {
    double quality = 1;
    return find(p, clause.begin, quality) < clause.end;
  });
}

// Inside a longer phrase of an option a state is no state of its own: 好 in 一次进好几张.
void ClauseReading::find_foreseen() {
  for (const auto* list : {&claim.agreeing, &claim.contrary}) {
    for (const Phrase& p : *list) {
      double quality = 1;
      const std::size_t at = p.size() > 2 ? find(p, clause.begin, quality) : clause.end;
      if (at < clause.end) own_phrases.emplace_back(at, at + p.size());
    }
  }
}

bool ClauseReading::foreseen(std::size_t b, std::size_t e) const {
  return std::ranges::any_of(own_phrases,
                             [&](const auto& p) { return p.first <= b && e <= p.second && e - b < p.second - p.first; });
}

bool ClauseReading::of_claim(std::size_t i) const {
  auto has = [&](const std::vector<Phrase>& list) {
    return std::ranges::any_of(
        list, [&](const Phrase& p) { return std::ranges::any_of(p, [&](const std::string& w) { return words[i].is(w); }); });
  };
  return has(claim.predicate) || has(claim.subject);
}

bool ClauseReading::tagged(std::size_t i) const {
  return std::ranges::any_of(said.tags, [&](const Tagged& t) { return t.begin <= i && i < t.end; });
}

// Words from elsewhere in [b, e).
std::size_t ClauseReading::foreign(std::size_t b, std::size_t e, bool states_too) const {
  std::size_t n = 0;
  for (std::size_t i = b; i < e; ++i) {
    const bool amount = small_number(words[i].folded) || words[i].is("half") || words[i].is("半");  // "2 years"
    if (!said.light[i] && !amount && !of_claim(i) && !tagged(i) && (states_too || !stated(i))) ++n;
  }
  return n;
}

// Another thing is named before what is said of it: "the charger light is on".
bool ClauseReading::other_thing(std::size_t at) const {
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
bool ClauseReading::pronoun_first() const {
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
bool ClauseReading::renames(std::size_t at) const {
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
bool ClauseReading::other_object(std::size_t at) const {
  if (!claim.done || at >= clause.end || mentions(claim.subject)) return false;
  while (at < clause.end && (in(words[at].folded, {"the", "my", "a", "an", "our", "his", "her"}) || is_particle(words[at].text)))
    ++at;
  if (at >= clause.end) return false;
  const bool han = words[at].kind == Kind::kHan;
  return foreign(at, std::min(clause.end, at + (han ? 2 : 1)), true) >= (han ? 2U : 1U);
}

// "I can't restart it": neither done nor undone.
bool ClauseReading::unable() const {
  for (std::size_t i = clause.begin; i < clause.end; ++i) {
    if (in(words[i].folded, {"cant", "cannot", "couldnt", "unable"})) return true;
    if (words[i].is("不") && i + 1 < clause.end && in(words[i + 1].text, {"了", "能"})) return true;
  }
  return false;
}

// "I will restart it", 正在重启: not yet done.
bool ClauseReading::still_to_come() const {
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

int ClauseReading::turned(std::size_t at) const {
  // "No error message": the lexicon knows "no error" as a state of its own.
  const bool within = std::ranges::any_of(
      said.states, [&](const StateWord& s) { return s.end == at && s.end - s.begin > 1 && words[s.begin].is("no"); });
  return (said.negations(clause, at) + after(at) + (within ? 1 : 0)) % 2 == 1 ? -1 : 1;
}

// "The smoke isn't there", "it is not loose any more".
std::size_t ClauseReading::after(std::size_t at) const {
  const std::size_t next = at + 1;
  if (next < clause.end && words[next].is("not") && words[next].folded != "not") return 1;
  // "I smell nothing", "it shows no lights"; "no click no nothing" denies once
  const bool already = said.negations(clause, at) > 0;
  for (std::size_t i = next; !already && i < clause.end && i < next + 3; ++i) {
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

}  // namespace usher::dialogs
