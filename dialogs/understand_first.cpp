// What the first message of a conversation answers already.
#include <algorithm>

#include "dialogs/understand.h"
#include "dialogs/understand_claim.h"
#include "dialogs/understand_option.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;
using Kind = Word::Kind;

Understood nothing(std::string why, double confidence = 0) {
  return {As::kNothing, {}, confidence, std::move(why)};
}

// The clause names the thing the question is about: the last word of its subject, or another name of it.
bool names_subject(const SaidWords& said, const Claim& claim, const Bearing& b) {
  if (claim.exists) {  // "no lights at all": what is asked for is named
    const SaidWords::Clause& named = said.clause_at(b.begin);
    for (std::size_t i = named.begin; i < named.end; ++i) {
      if (std::ranges::any_of(claim.predicate, [&](const Phrase& p) { return said.message.words[i].is(p[0]); })) return true;
    }
  }
  if (claim.subject.empty()) return b.rank == 4;
  const SaidWords::Clause& clause = said.clause_at(b.begin);
  const Phrase& last = claim.subject.back();
  for (std::size_t i = clause.begin; i < clause.end; ++i) {
    if (i >= b.begin && i < b.end) continue;
    const std::string& word = said.message.words[i].text;
    if (word == last.back() || (last.size() == 1 && same_thing(word, last[0]) && same_thing(last[0], word))) return true;
  }
  return false;
}

// An option's full name or one of its author's words stands in the message.
bool named_outright(const SaidWords& said, const std::vector<Option>& options, const std::string& id) {
  const auto it = std::ranges::find(options, id, &Option::id);
  if (it == options.end()) return false;
  return std::ranges::any_of(it->keys, [&](const Phrase& key) {
    return (key.size() > 1 || (key[0].size() > 3 && !carries_nothing({key[0], key[0], Kind::kLatin}))) &&
           !find_phrase(said.message, key, false, 0).empty();
  });
}

}  // namespace

Understood answered_by(std::string_view words, const std::vector<Option>& options, std::string_view language,
                       std::string_view question, const Lexicons& lexicons) {
  // A first message answers nothing by "yes" and "no"; it must speak of what the question asks.
  const SaidWords said(words, lexicons);
  const Claim claim = read_claim(question);
  std::vector<Side> sides;
  for (const Option& o : options) sides.push_back(side_of(o, lexicons));
  const auto yes = std::ranges::find(sides, Side::kYes), no = std::ranges::find(sides, Side::kNo);
  if (options.size() == 2 && yes != sides.end() && no != sides.end()) {
    if (claim.empty() || claim.done || claim.outcome || claim.offers) return nothing("it must be asked");
    Bearing b;
    for (const SaidWords::Clause& clause : said.clauses) {
      const Bearing here = clause.asks ? Bearing{} : bearing(said, clause, claim);
      if (here.rank < 3 || here.other || here.weight < 0.72 || !names_subject(said, claim, here)) continue;
      if (b.rank > 0 && here.sign != b.sign) return nothing("the message says both");
      if (here.weight > b.weight) b = here;
    }
    if (b.rank == 0) return nothing("the message does not speak of it");
    const auto& side = options[static_cast<std::size_t>((b.sign > 0 ? yes : no) - sides.begin())];
    return {As::kOption, side.id, b.weight, "“" + said.text(b.begin, b.end) + "” answers it already"};
  }
  Understood u = understand_choice(words, options, language, question, lexicons);
  if (u.as == As::kOption && u.confidence >= 0.85 && named_outright(said, options, u.value)) return u;
  return nothing("the message does not speak of it");
}

}  // namespace usher::dialogs
