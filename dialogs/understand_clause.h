// One clause of an answer, read for what it says about a claim: the inside of bearing() (understand_claim.h). Private to
// understand_bearing.cpp, which says in which order it is read, and to understand_clause_*.cpp, one role each: where words stand
// and what they belong to, echoes of the question, states, short replies, and how far the answer reaches. Pure; lives for one
// call.
#pragma once
#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "dialogs/understand_claim.h"

namespace usher::dialogs {

inline constexpr double kOther = 0.5;  // it may speak of another thing: below kMinUnderstood

struct ClauseReading {
  const SaidWords& said;
  const SaidWords::Clause& clause;
  const Claim& claim;
  const std::vector<Word>& words = said.message.words;
  std::vector<Bearing> found = {};
  std::vector<std::pair<std::size_t, std::size_t>> own_phrases = {};  // of the options for yes and no

  Bearing read();
  // Notes one thing the clause says; keeps the best.
  void consider(Bearing& best, Bearing b, Means means, bool denied);
  int beside(const Bearing& b) const;

  // ── where words stand, and what they belong to (understand_clause_words.cpp)
  bool stated(std::size_t i) const;
  std::size_t find(const Phrase& phrase, std::size_t at, double& quality) const;
  bool mentions(const std::vector<Phrase>& phrases) const;
  void find_foreseen();
  bool foreseen(const StateWord& s) const { return foreseen(s.begin, s.end); }
  bool foreseen(std::size_t b, std::size_t e) const;
  bool of_claim(std::size_t i) const;
  bool tagged(std::size_t i) const;
  std::size_t foreign(std::size_t b, std::size_t e, bool states_too) const;
  bool other_thing(std::size_t at) const;
  bool pronoun_first() const;
  bool renames(std::size_t at) const;
  bool other_object(std::size_t at) const;
  bool unable() const;
  bool still_to_come() const;
  int turned(std::size_t at) const;
  std::size_t after(std::size_t at) const;

  // ── words of the question, and others for the same (understand_clause_echoes.cpp)
  bool only_seems(std::size_t at) const;
  bool was_lost(std::size_t at) const;
  void repeats(Bearing& best);
  void by_other_words(Bearing& best);

  // ── states and amounts (understand_clause_states.cpp)
  void amounts(Bearing& best);
  bool describes_another(std::size_t at) const;
  void compares(Bearing& best, const std::vector<Sense>& senses, bool condition);
  void goes_on(Bearing& best);
  void ceases(Bearing& best);
  void values(Bearing& best);
  void counts(Bearing& best);

  // ── "yes", "it does", "nothing" (understand_clause_replies.cpp)
  bool alone(const Tagged& t) const;
  void pro_forms(Bearing& best);
  void elliptic(Bearing& best);
  bool is_pronoun(std::size_t i) const;

  // ── how many, where, and what was found (understand_clause_scope.cpp)
  void not_only(Bearing& best);
  void relates(Bearing& best);
  void perceives(Bearing& best);
  void only_this(Bearing& best);
  void finds(Bearing& best);
  void singles_out(Bearing& best);

  static bool in(std::string_view word, std::initializer_list<std::string_view> list) {
    return std::ranges::find(list, word) != list.end();
  }
};

}  // namespace usher::dialogs
