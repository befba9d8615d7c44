// Collects the evidence of one answer: the inside of signals_of() (understand_signals.h). Private to understand_signals.cpp,
// which says in which order it is collected, and to understand_signals_*.cpp: where options are named, what they mean, what they
// let imply, and what speaks for asking again. Pure; lives for one call.
#pragma once
#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "dialogs/understand_signals.h"

namespace usher::dialogs {

class Collector {
 public:
  Collector(std::string_view words, const SaidWords& said, const std::vector<Option>& options, const QuestionRead& asked)
      : raw_(words), said_(said), options_(options), asked_(asked), sides_(asked.sides), claim_(asked.claim), tags_(said.tags) {}

  Signals collect();

 private:
  void add(std::size_t option, Signal signal, double value, std::size_t b = 0, std::size_t e = 0) {
    out_.options[option].push_back({signal, value, b, e});
  }
  void again(Signal signal, double value) {
    if (value != 0) out_.again.push_back({signal, value});
  }

  // ── amounts, what is left when others are denied, and all together (understand_signals.cpp)
  bool speaks_of_a_number() const;
  void read_ranges();
  void read_exclusion();
  void read_many();
  void compare_options();
  bool says_none(std::size_t i) const { return asked_.labels[i].none; }
  bool says_all(std::size_t i) const { return asked_.labels[i].all; }
  bool says_other(std::size_t i) const { return asked_.labels[i].other; }
  bool another_number(std::size_t i) const { return !another_number_.empty() && another_number_[i]; }

  // ── where the answer names an option (understand_signals_options.cpp)
  void leave_units();
  void leave_sides_their_words();
  void hit_things();
  void turn_faults();
  static Signal signal_of(const Hit& h);
  void read_options();
  double cover(std::size_t i) const;
  bool before_but(const Hit& h) const;
  bool wavers(const SaidWords::Clause& clause) const;
  bool in_order(const SaidWords::Clause& clause, const Hit& h) const;

  // ── what options mean, and words they have in common with the answer (understand_signals_meanings.cpp)
  void read_meanings();
  void read_alike();
  bool of_question(const Word& word) const { return std::ranges::find(asked_.words, word.text) != asked_.words.end(); }

  // ── what is told as done, and offers that are welcome (understand_signals_told.cpp)
  bool tells_deed(const SaidWords::Clause& clause) const;
  void read_told();
  void read_welcome();

  // ── what just this question lets imply (understand_signals_implied.cpp)
  void read_implied();
  bool repeats(const ImpliedWord& word) const;
  void imply(std::size_t option, const std::vector<ImpliedWord>& implied, int side);

  // ── what speaks for asking again (understand_signals_again.cpp)
  bool in_one_clause(std::size_t a, std::size_t b) const;
  bool either_or() const;
  bool cannot() const;
  bool lacks() const;
  double unread() const;
  void read_again();

  std::string_view raw_;
  const SaidWords& said_;
  const std::vector<Option>& options_;
  const QuestionRead& asked_;
  const std::vector<Side>& sides_;
  const Claim& claim_;
  std::vector<Tagged> tags_;
  std::vector<Hit> hits_;
  std::vector<std::size_t> used_;  // negations that belong to an option's words
  std::vector<bool> denied_;
  std::vector<bool> another_number_;  // labels of another number of things than is said; empty: none is
  std::size_t named_ = 0;
  bool sided_ = false;
  Signals out_;
};

}  // namespace usher::dialogs
