// What the first message of a conversation answers already: each of its clauses is read as an answer, but only one that speaks of
// what the question asks counts. "My laptop won't turn on, no lights at all" answers "Do any lights come on?", not "Is it plugged
// in?".
#include <algorithm>
#include <array>

#include "dialogs/lexicon_things.h"
#include "dialogs/understand.h"
#include "dialogs/understand_claim.h"
#include "dialogs/understand_option.h"
#include "dialogs/understand_question.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;
using Kind = Word::Kind;

constexpr double kSure = 0.7;  // of a clause, read as an answer
constexpr double kTold = 0.8;  // what is taken from a first message counts as this sure

Understood nothing(std::string why, double confidence = 0) {
  return {As::kNothing, {}, confidence, std::move(why)};
}

bool in_clause(const SaidWords& said, const SaidWords::Clause& clause, const Phrase& phrase) {
  const auto& words = said.message.words;
  for (std::size_t i = clause.begin; i + phrase.size() <= clause.end; ++i) {
    bool same = true;
    for (std::size_t k = 0; same && k < phrase.size(); ++k) same = words[i + k].is(phrase[k]);
    if (same) return true;
  }
  return false;
}

// The clause names the thing the question is about: the last word of its subject, another name or a kind of it.
bool names_subject(const SaidWords& said, const SaidWords::Clause& clause, const Claim& claim) {
  for (const Phrase& phrase : claim.subject) {
    if (in_clause(said, clause, phrase)) return true;
    if (phrase.size() != 1) continue;
    for (std::size_t i = clause.begin; i < clause.end; ++i) {
      const Word& word = said.message.words[i];
      if (word.kind == Kind::kLatin && !said.light[i] && same_thing(word.text, phrase[0]) && same_thing(phrase[0], word.text))
        return true;
    }
  }
  return false;
}

// It says what is asked, or a state of the kind that is asked for: on the narrowest axis of the question ("does it turn over?"
// asks whether it cranks, and "it won't start" does not say). Whether it is merely in order is no such state.
bool says_predicate(const SaidWords& said, const SaidWords::Clause& clause, const Claim& claim) {
  const Sense* narrowest = nullptr;
  for (const Sense& asked : claim.senses) {
    if (!is_general(asked) && (narrowest == nullptr || breadth(asked) < breadth(*narrowest))) narrowest = &asked;
  }
  const bool han = said.message.has_han;
  for (const StateWord& state : said.states) {
    if (narrowest == nullptr || state.begin < clause.begin || state.end > clause.end) continue;
    if (state.end == state.begin + 1 && !things_of({said.message.words[state.begin].text}).empty()) continue;  // "wifi"
    const bool same = std::ranges::any_of(state.senses, [&](const Sense& mine) {
      return mine.axis == narrowest->axis || (han && std::ranges::any_of(claim.senses, [&](const Sense& asked) {
                                                return !is_general(asked) && asked.axis == mine.axis;
                                              }));
    });
    if (same) return true;
  }
  return std::ranges::any_of(claim.predicate, [&](const Phrase& p) {
    const bool bare = p.size() == 1 && (narrowest != nullptr || static_cast<unsigned char>(p[0].front()) >= 0xE0);
    return !bare && in_clause(said, clause, p);
  });
}

struct Shared {
  double words = 0, of = 0;  // of the question's words, other than its small change and the goods; a Han character is half a word
};
Shared shared(const SaidWords& said, const SaidWords::Clause& clause, const Message& question) {
  static const ThingClass computer = class_of("computer"), vehicle = class_of("vehicle");
  Shared sum;
  std::vector<std::string_view> seen;
  for (const Word& w : question.words) {
    if (w.kind == Kind::kBreak || is_stop_word(w.text) || is_particle(w.text) || carries_nothing(w)) continue;
    if (std::ranges::find(seen, w.text) != seen.end()) continue;
    const auto what = things_of({w.text});
    if (is_within(what, computer) || is_within(what, vehicle)) continue;
    seen.push_back(w.text);
    const double weight = w.kind == Kind::kHan ? 0.5 : 1;
    sum.of += weight;
    for (std::size_t i = clause.begin; i < clause.end; ++i) {
      const Word& mine = said.message.words[i];
      if (!mine.is(w.text) && (said.light[i] || mine.kind != Kind::kLatin || !same_thing(mine.text, w.text))) continue;
      sum.words += weight;
      break;
    }
  }
  return sum;
}

// "My wifi", "my own network".
bool names_mine(const SaidWords& said, const SaidWords::Clause& clause) {
  static const ThingClass computer = class_of("computer"), vehicle = class_of("vehicle");
  const auto& words = said.message.words;
  for (std::size_t i = clause.begin; i + 1 < clause.end; ++i) {
    if (words[i].folded != "my" && words[i].folded != "our") continue;
    const auto what = things_of({words[i + 1].text});
    if (!is_within(what, computer) && !is_within(what, vehicle)) return true;
  }
  return false;
}

bool speaks_of(const SaidWords& said, const SaidWords::Clause& clause, const Claim& claim, const Message& question) {
  Shared s = shared(said, clause, question);
  const bool subject = names_subject(said, clause, claim), predicate = says_predicate(said, clause, claim);
  const bool literal = std::ranges::any_of(claim.predicate, [&](const Phrase& p) { return in_clause(said, clause, p); });
  if (predicate && !literal) s.words += question.has_han ? 0.5 : 1;  // said in other words
  // "My network" is one of those that were asked about.
  const bool of_any = std::ranges::any_of(question.words, [](const Word& w) { return w.folded == "any"; });
  if (of_any && names_mine(said, clause)) return false;
  // "That list" is one the customer has not been asked about yet.
  const bool refers =
      std::ranges::any_of(question.words, [](const Word& w) { return w.folded == "that" || w.folded == "those"; });
  if (refers && s.words < 3) return false;
  if (s.words < (question.has_han ? 0.35 : 0.5) * s.of) return false;
  if (question.has_han) return s.words >= 1.5 && (predicate || literal || s.words >= 2);
  if (claim.done) return literal && s.words >= 2;  // "I tried another outlet"
  if (s.words >= 2) return predicate || literal || subject;
  return subject && predicate;
}

// An option's full name or one of its author's words stands in the message; a single word of so many letters at least.
bool named_outright(const SaidWords& said, const std::vector<Option>& options, const std::string& id, std::size_t letters = 4) {
  const auto it = std::ranges::find(options, id, &Option::id);
  if (it == options.end()) return false;
  return std::ranges::any_of(it->keys, [&](const Phrase& key) {
    return (key.size() > 1 || (key[0].size() >= letters && !carries_nothing({key[0], key[0], Kind::kLatin}))) &&
           !find_phrase(said.message, key, false, 0).empty();
  });
}

// "Does it start (lights, fan)?": what stands in brackets explains.
std::string without_brackets(std::string_view text) {
  std::string out;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool wide = text.substr(i).starts_with("（") || text.substr(i).starts_with("）");
    if (text[i] == '(' || text.substr(i).starts_with("（")) ++depth;
    if (depth == 0) out += text[i];
    if ((text[i] == ')' || text.substr(i).starts_with("）")) && depth > 0) {
      --depth;
      if (wide) i += 2;
    }
  }
  return out;
}

// "My laptop has wifi trouble", 网络有问题: names the matter of the complaint, and says nothing of it.
bool only_complains(const SaidWords& said, const SaidWords::Clause& clause) {
  static constexpr std::array<std::string_view, 7> kTrouble = {"trouble", "troubles", "problem",     "problems",
                                                               "issue",   "issues",   "difficulties"};
  const auto& words = said.message.words;
  for (std::size_t i = clause.begin; i < clause.end; ++i) {
    if (std::ranges::find(kTrouble, words[i].folded) == kTrouble.end()) continue;
    const bool of = i + 1 == clause.end || words[i + 1].folded == "with" || words[i + 1].folded == "of";
    if (of || (i > clause.begin && !said.light[i - 1])) return true;
  }
  const std::string text = said.text(clause.begin, clause.end);
  return text.ends_with("问题") || text.ends_with("毛病") || text.ends_with("故障") || text.ends_with("问题了");
}

// "If I press it", "I could", "can you": not what is so.
bool tells(const SaidWords& said, const SaidWords::Clause& clause) {
  static constexpr std::array<std::string_view, 12> kPutting = {"if",    "whether", "should", "could", "maybe", "want",
                                                                "would", "need",    "如",     "想",    "要",    "怎"};
  if (clause.asks || clause.aside || clause.depends || clause.begin >= clause.end || only_complains(said, clause)) return false;
  for (std::size_t i = clause.begin; i < clause.end; ++i) {
    if (std::ranges::find(kPutting, said.message.words[i].folded) != kPutting.end()) return false;
  }
  return true;
}

}  // namespace

Understood answered_by(std::string_view words, const std::vector<Option>& options, std::string_view language,
                       std::string_view question, const Lexicons& lexicons) {
  const SaidWords said(words, lexicons);
  const auto read = reading_of(options, language, question, lexicons);
  const Claim& claim = read->plain_claim;
  const std::vector<Side>& sides = read->plain_sides;
  const bool sided = options.size() == 2 && std::ranges::find(sides, Side::kYes) != sides.end() &&
                     std::ranges::find(sides, Side::kNo) != sides.end();
  if (!sided) {
    Understood u = understand_choice(words, options, language, question, lexicons);
    // "Not lit" must be said of the lamp that was asked about; words an author gave stand for themselves.
    const bool authored = std::ranges::any_of(options, [](const Option& o) { return !o.words.empty(); });
    const Message asked = read_words(without_brackets(question));
    const bool matter =
        authored || claim.subject.empty() || std::ranges::any_of(said.clauses, [&](const SaidWords::Clause& clause) {
          const Shared s = shared(said, clause, asked);
          return s.words >= 0.35 * s.of;
        });
    if (matter && u.as == As::kOption && u.confidence >= kTold && named_outright(said, options, u.value)) return u;
    // Beside other things: "it does not turn over and the dashboard lights are dim".
    Understood told;
    for (const SaidWords::Clause& clause : said.clauses) {
      const Shared s = shared(said, clause, asked);
      if (!tells(said, clause) || s.words < 2 || s.words < 0.5 * s.of) continue;
      const std::string text = said.text(clause.begin, clause.end);
      Understood part = understand_choice(text, options, language, question, lexicons);
      if (part.as != As::kOption || part.confidence < kTold) continue;
      if (!named_outright(SaidWords(text, lexicons), options, part.value, 3)) continue;
      const bool another = std::ranges::any_of(
          options, [&](const Option& o) { return o.id != part.value && named_outright(said, options, o.id, 3); });
      if (another) return nothing("the message names several");
      told = std::move(part);
    }
    return told.as == As::kOption ? told : nothing("the message does not speak of it");
  }
  if (claim.empty() || claim.outcome || claim.offers) return nothing("it must be asked");
  const Message asked = read_words(without_brackets(question));
  Understood told;
  for (const SaidWords::Clause& clause : said.clauses) {
    if (!tells(said, clause) || !speaks_of(said, clause, claim, asked)) continue;
    const std::string text = said.text(clause.begin, clause.end);
    const Understood u = understand_choice(text, options, language, question, lexicons);
    if (u.as != As::kOption || u.confidence < kSure) continue;
    if (told.as == As::kOption && told.value != u.value) return nothing("the message says both");
    if (u.confidence > told.confidence)
      told = {As::kOption, u.value, std::max(u.confidence, kTold), "“" + text + "” answers it already: " + u.why};
  }
  return told.as == As::kOption ? told : nothing("the message does not speak of it");
}

}  // namespace usher::dialogs
