// Which check or question comes next, and when to pass a case on: decision-theoretic troubleshooting. Pure values; nothing is
// kept between calls, so a Model may be shared by all threads and a History is all a conversation has to store.
//
// The device has one fault: one of `causes`. An action (a check or a fix, done by the customer) solves it with a rate that
// depends on the cause; a question tells causes apart; a person always solves it, for `escalation`. What is sought is the way
// with the lowest expected cost of repair, in minutes of the customer's time: ECR = sum of cost × chance that it is still needed.
// Actions that share no cause and no questions: chance per cost, then the best place to stop, is the optimum. Otherwise each
// candidate is judged by what it leads to when chance per cost decides after it (one step of look-ahead; cf. Heckerman, Breese,
// Rommelse 1995; Jensen et al. 2001). How it learns: dialogs/troubleshoot_learn.h. For people: docs/troubleshooting.md.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher::dialogs::troubleshoot {

// Vectors "per cause" have one number for each of Model::causes, in that order.

struct Cause {
  std::string id;
  double weight = 1;  // how often, compared with the others; also how sure that is: a weight of 8 counts like 8 cases seen
};

struct Action {
  std::string id;
  double minutes = 1;         // the customer's effort, ≥ 0
  double risk = 0;            // added to the minutes when ordering, never said: a restart, data at risk, annoyance
  std::vector<double> rates;  // per cause: chance 0..1 that it solves the problem when that is the cause
  std::string needs;          // what the person at the keyboard must have ("admin", "screwdriver"); empty = nothing
  int pinned = 0;             // place among the safety checks, from 1; 0 = ordered by chance per cost
  // Per cause: added to the rate when ordering, so that what was seldom tried gets the benefit of the doubt. Filled by learned(),
  // empty in a script. Beliefs and what is said go by the rates alone.
  std::vector<double> doubt = {};
};

struct Answer {
  std::string id;
  std::vector<double> likelihood;  // per cause: chance 0..1 of this answer when that is the cause
};

struct Question {
  std::string id;
  double minutes = 0.5;
  std::vector<Answer> answers;  // their likelihoods sum to 1 for each cause
  int pinned = 0;               // as for actions; at the same place questions come before actions, both as written
};

struct Model {
  std::vector<Cause> causes;
  std::vector<Action> actions;
  std::vector<Question> questions;
  double escalation = 30;  // cost of passing the case on, in the same minutes
  int max_steps = 7;       // actions and questions before it is passed on anyway
};

// Everything that makes the model impossible or senseless, each with the id it is about: "action restart: fixes nothing". Empty
// when there is nothing. next() and belief_of() want a model without problems; with one they neither crash nor read outside of
// the vectors (a missing number counts as 0, one outside its range as the nearest in it), but the advice is worth nothing.
std::vector<std::string> problems_of(const Model& model);

// What happened, in order: (action id, kFailed | kSolved | kNotPossible) or (question id, answer id | kDontKnow | kNotPossible).
// Ids the model does not have (the script was edited meanwhile) change no belief and count as a step.
using History = std::vector<std::pair<std::string, std::string>>;
inline constexpr std::string_view kFailed = "failed";             // done, the problem is still there
inline constexpr std::string_view kSolved = "solved";             // done, the problem is gone
inline constexpr std::string_view kNotPossible = "not_possible";  // the customer cannot do it: not offered again, nothing learned
inline constexpr std::string_view kDontKnow = "dont_know";        // no answer to the question: not asked again, nothing learned

struct Belief {
  std::vector<double> causes;      // per cause: probability given the history; sums to 1
  std::vector<char> actions_done;  // per action, per question: 1 = not to be offered again
  std::vector<char> questions_done;
  int steps = 0;
  bool solved = false;
  bool stuck = false;         // the last two steps were kNotPossible
  bool contradicted = false;  // something happened that no cause explains; that step and its like changed no belief
};

// Bayes' rule over the history. O(history × causes).
Belief belief_of(const Model& model, const History& history);

enum class Move : std::uint8_t { kAct, kAsk, kEscalate, kNothing };

enum class Why : std::uint8_t {
  kSafety,         // pinned
  kBestChance,     // an action: lowest expected cost of repair
  kTellsMost,      // a question: the same
  kNothingLeft,    // escalate: no action left that could solve it
  kNotWorthIt,     // escalate: the actions left cost more than they save
  kStuck,          // escalate: two steps in a row were not possible
  kTooManySteps,   // escalate: max_steps reached
  kContradiction,  // escalate: no cause explains what happened
  kSolved          // nothing to do
};

struct Candidate {
  Move move = Move::kEscalate;
  std::size_t index = 0;  // in Model::actions or Model::questions
  double chance = 0;      // actions: that it solves the problem now
  double hoped = 0;       // the same with the benefit of the doubt (Action::doubt): what the order goes by
  double minutes = 0;     // of the customer's time; for an escalation Model::escalation
  double risk = 0;
  double expected = 0;  // cost of repair from here on when this comes next and chance per cost decides after it; with the doubt
};

struct Decision {
  Candidate step;
  Why why = Why::kNothingLeft;
  double without = 0;  // expected cost when `step` cannot be taken: without that action, without asking, without escalating yet
  bool first = true;   // nothing happened before
  std::vector<Candidate> ranked;  // all that was weighed, lowest expected cost first, escalation included; empty when solved
};

// What to do next. `has`: what the person at the keyboard has (Action::needs). Deterministic; ties go to the better chance per
// cost, then to what is written first; a question is asked only when that is strictly cheaper.
// O((actions + answers) × steps × actions × causes per action); about 20 µs for 20 causes, 20 actions and 10 questions.
Decision next(const Model& model, const Belief& belief, std::span<const std::string> has = {});

// The id of a candidate's action or question; "" for an escalation.
std::string_view id_of(const Model& model, const Candidate& candidate);

// The whole order as it stands now, if no question is asked and everything fails. For staff and for tests.
struct PlanStep {
  std::size_t action = 0;
  double chance = 0;            // that it solves the problem, everything before it having failed; with the benefit of the doubt
  double reached = 0;           // chance 0..1 that it will be needed
  double expected_if_last = 0;  // expected cost of the whole plan when a person takes over after this step
};
struct Plan {
  std::vector<PlanStep> steps;  // by chance per cost, up to max_steps; also those after stop_after
  std::size_t stop_after = 0;   // how many of them to do before escalating
  double expected = 0;          // cost of the plan with that stop
};
Plan plan_of(const Model& model, const Belief& belief, std::span<const std::string> has = {});

// One sentence for staff, tickets and the trace: "Tried first because it solves 38 % in 2 minutes." `language` "zh…" gives
// Chinese, everything else English. Takes the numbers of the decision only; word it yourself when you need more.
std::string sentence(const Decision& decision, std::string_view language);

}  // namespace usher::dialogs::troubleshoot
