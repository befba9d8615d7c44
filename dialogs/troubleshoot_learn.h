// Learning from closed cases: how often each cause is the cause, and how often each action solves it. Pure: counts in, counts
// out.
//
// Causes have Dirichlet counts, rates have Beta counts per (action, cause); what is written in the script is where they start. A
// case whose cause is not known is credited to the causes in parts, by how likely each is after all that happened (one step of
// on-line EM). Counts fade with a half-life, so that the model follows the products. A product line starts from what all lines
// together have shown and moves away from it as its own cases come in. A rate written as 0 stays 0: staff say what a check cannot
// fix. Rates that were seldom put to the test get the benefit of the doubt. Answers' likelihoods are not learned.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "dialogs/troubleshoot.h"

namespace usher::dialogs::troubleshoot {

struct Learning {
  double half_life_days = 90;  // after which a case counts half; 0 or less = never fades
  double rate_weight = 4;      // a written rate counts like so many trials
  double line_weight = 20;     // what all lines show counts, for one line, like so many cases (and rate_weight trials)
  // How many standard deviations a rate is given the benefit of the doubt when ordering. Without it an action that was written
  // down too low is never tried and never found out. 0 = go by the averages alone.
  double doubt = 1;
  bool frozen = false;  // cases are counted, but the numbers stay as written
};

struct Tally {
  double solved = 0, failed = 0;  // trials, in parts
  bool operator==(const Tally&) const = default;
};

// What was seen, by ids: it survives edits of the script; ids that are gone do no harm. One for each product line and one for
// all lines together; store them as JSON.
struct Counts {
  double day = 0;          // when the counts were last brought up to date, in days since 1970
  double cases = 0;        // all of these fade with the half-life
  double unexplained = 0;  // of these, cases no cause of the model explains: the model lacks one, or a rate of 0 is wrong
  std::map<std::string, double> causes;
  std::map<std::string, std::map<std::string, Tally>> actions;  // action → cause → trials

  bool operator==(const Counts&) const = default;
  std::string to_json() const;
  static std::optional<Counts> from_json(std::string_view json);  // nullopt when it is not counts, or has negative numbers
};

// A case that came to its end. Solved by an action when its history says kSolved; otherwise a person took over.
struct ClosedCase {
  History history;
  std::string cause;       // what it was, when a person knows; empty or unknown to the model = not known
  bool abandoned = false;  // the customer went away: nobody knows whether it was solved; nothing is learned
};

// `believed`: the model the case was played with, learned() included: it decides how the credit is shared out. `day`: when it was
// closed, days since 1970; a day before counts.day counts as counts.day.
// Give it a case once: one that was counted without its cause cannot be taken back when a person tells the cause later. Telling
// causes matters: in the simulation 10 % of a person's cases told halve what is lost against none (docs/troubleshooting.md).
Counts observe(const Model& believed, const Learning& learning, Counts counts, const ClosedCase& closed, double day);

// The written model with weights and rates brought up to date for one product line on `day`. Same causes, actions, order; no
// allocation-free promise: make it once per script and line when counts changed, not once per turn. `line` may be empty Counts.
Model learned(const Model& written, const Learning& learning, const Counts& all_lines, const Counts& line, double day);

}  // namespace usher::dialogs::troubleshoot
