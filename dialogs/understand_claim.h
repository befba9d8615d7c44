// Whether what a customer says agrees with a claim: what a yes/no question asks ("Is the fuse blown?") or what a label says ("Too
// slow"). Only understand_*.cpp use it. Pure.
//
// A claim has a predicate (what is asked: "blown") and a subject ("fuse"). A clause of the answer bears on it by repeating the
// predicate, by a state on the same axis (lexicon_states.h: "intact"), by saying that a thing is in order or not where the
// predicate is good or bad, or by a pro-form ("it is"); each turned round by the negations that belong to it.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/lexicon.h"
#include "dialogs/lexicon_states.h"
#include "dialogs/lexicon_things.h"
#include "dialogs/words.h"

namespace usher::dialogs {

// Pronouns, adverbs and verbs of seeing and doing: they say nothing about the matter, nor that another thing is meant.
bool carries_nothing(const Word& word);

// An answer, read once.
struct SaidWords {
  SaidWords(std::string_view words, const Lexicons& lexicons);
  struct Clause {
    std::size_t begin = 0, end = 0;  // words
    bool asks = false;               // a question back
    bool aside = false;              // "when I turn the key"
    bool depends = false;            // "if I hold it"
    bool after_but = false;
    bool past = false;  // "it was …", beside a clause about now
  };
  Message message;
  std::vector<Tagged> tags;    // of answers(), without what only greets
  std::vector<Tagged> polite;  // courtesies
  std::vector<StateWord> states;
  std::vector<ThingWord> things;
  std::vector<Clause> clauses;
  std::vector<bool> light;  // words that carry nothing of their own: politeness, pronouns, adverbs, breaks

  bool has(Tag tag) const;
  const Clause& clause_at(std::size_t word) const;
  // Negations between the clause's begin and `at` that reach it.
  std::size_t negations(const Clause& clause, std::size_t at) const;
  std::string text(std::size_t begin, std::size_t end) const;  // as written
};

struct Claim {
  std::vector<Phrase> predicate, subject;
  std::vector<Phrase> agreeing, contrary;  // what an option for yes or no says besides
  std::vector<ThingWord> things;           // what it asks about or names besides, at their place in the question
  std::vector<ThingWord> asked_things;     // those in the predicate
  std::vector<Sense> senses;               // of the predicate
  std::vector<Sense> condition;            // "when it is hot"
  bool negative = false;                   // "Is it not charging?"
  bool exists = false;                     // "Is there …", "Do you hear …"
  bool offers = false;                     // "Shall I …?": "ok" agrees
  std::vector<Sense> against;              // agreeing with these denies: "hot" to "Did the overheating stop?"
  bool able = false;                       // "Can you …"
  bool done = false;                       // "Have you …", "Did you …"
  bool outcome = false;                    // "Did that help?"
  bool ceasing = false;                    // "Is the noise gone?"
  bool still = false;                      // "Is it still leaking?"
  bool any = false;                        // "… or …": one of them is enough
  bool all = false;                        // "… with all websites?": "only one" denies
  bool others = false;                     // asks about another thing as well
  bool label = false;                      // one of two things, not whether something is so
  bool wavering = false;                   // asks about "sometimes", "blinking"
  bool only = false;                       // "Does it only happen when …"
  int relation = 0;                        // asks for above (+1), below (-1), within (2)
  bool fault = false;                      // asks for what is wrong
  int value = 0;                           // > 0: what is asked would be good
  bool empty() const { return predicate.empty() && senses.empty(); }
};
Claim read_claim(std::string_view question);
// "Above" +1, "below" -1, "between" 2 in words [b, e); 0 when none or several.
int relation_in(const std::vector<Word>& words, std::size_t b, std::size_t e);
// "Out of the door" is a place, "out of gas" a lack; `at` is the word "out".
bool out_is_place(const std::vector<Word>& words, std::size_t at);

// In which way a clause bears on a claim.
enum class Means : unsigned char {
  kEcho,          // repeats what is asked ("blown")
  kEchoHan,       // one Han character of it
  kName,          // names the thing that is asked for
  kSynonym,       // names it by another word ("swapped", to "replaced")
  kKindOf,        // names a kind of it ("coffee", to "liquid")
  kOptionPhrase,  // says a phrase of the option for yes or no
  kOptionWords,   // says what the option for yes or no says besides
  kState,         // a state on the same axis ("intact")
  kGeneral,       // "fine", "broken", compared with such a state
  kCondition,     // a state of the condition ("when hot")
  kGoesOn,        // what should have ceased
  kGood,          // in order or not, where what is asked would be good or bad
  kGoodState,     // a state that is good or bad, likewise
  kUnasked,       // in order or not, where what is asked is neither
  kOutcome,       // "works now", to "did it help?"
  kOutcomeElse,   // the same to another question
  kProForm,       // "it does", 没有
  kProFormMore,   // the same with other words beside it
  kDenial,        // "no …" at the head, whatever follows
  kSubject,       // "no light"
  kElliptic,      // a whole clause of pronoun and auxiliary
  kEmphatic,      // "it does spin"
  kAmountLeft,    // full or empty, where something is asked for
  kCounts,        // "two of them"
  kOnly,          // "only this one"
  kNotOnly,       // "also when warm", to "only when cold?"
  kRelation,      // "below the mark"
  kPerceives,     // "I can hear music"
  kOnlyThis,      // "only this one does not", to a question about others
  kFinds,         // "found a scrap of it", 夹着一张, to whether there is some
  kMeans
};

struct Bearing {  // what one clause says about the claim
  int sign = 0;   // +1 agrees, -1 denies
  double weight = 0;
  int rank = 0;        // 4 repeats the predicate, 3 a state on its axis, 2 in order or not, 1 pro-form
  bool other = false;  // speaks of another thing first
  bool mixed = false;  // the clause says both
  std::size_t begin = 0, end = 0;
  Means means = Means::kEcho;
  bool denied = false;   // turned by a negation
  int beside = 0;        // 1 the clause holds other words as well, 2 many
  bool wavers = false;   // "sometimes"
  bool depends = false;  // "if I hold it", "I will"
};
// The strongest.
Bearing bearing(const SaidWords& said, const SaidWords::Clause& clause, const Claim& claim);
// All of them.
std::vector<Bearing> bearings(const SaidWords& said, const SaidWords::Clause& clause, const Claim& claim);

}  // namespace usher::dialogs
