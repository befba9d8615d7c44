#include "dialogs/troubleshoot.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>

#include "dialogs/troubleshoot_number.h"

namespace usher::dialogs::troubleshoot {
namespace {

constexpr double kDone = -std::numeric_limits<double>::infinity();

// Beliefs are kept as masses that are never brought back to the sum 1: `mass[f]` is the chance that f is the cause AND that
// everything so far has failed. Then a plan's cost is a plain sum, and a failed action only takes away what it would have solved.
struct Sight {
  std::vector<double> mass;    // per cause
  std::vector<double> chance;  // per action: mass it would solve now; kDone when it is not to be taken
  double left = 0;             // sum of mass
};

class Planner {
 public:
  Planner(const Model& model, const Belief& belief, std::span<const std::string> has)
      : n_(model.causes.size()), m_(model.actions.size()), escalation_(cost_of(model.escalation)) {
    now_.mass = belief.causes;
    now_.mass.resize(n_);
    for (const double x : now_.mass) now_.left += x;
    now_.chance.resize(m_);
    cost_.resize(m_);
    rates_.resize(n_ * m_);
    for (std::size_t a = 0; a < m_; ++a) {
      const Action& action = model.actions[a];
      cost_[a] = cost_of(action.minutes) + cost_of(action.risk);
      const bool done = a < belief.actions_done.size() && belief.actions_done[a] != 0;
      const bool able = action.needs.empty() || std::ranges::find(has, action.needs) != has.end();
      offered_.push_back(!done && able ? 1 : 0);
      for (std::size_t f = 0; f < n_; ++f)
        rates_[f * m_ + a] = chance_of(chance_at(action.rates, f) + chance_at(action.doubt, f));
    }
    look(now_);
  }

  const Sight& now() const { return now_; }
  bool offered(std::size_t action) const { return offered_[action] != 0; }
  bool useful(std::size_t action) const { return now_.chance[action] > kNegligible; }
  double cost(std::size_t action) const { return cost_[action]; }
  double chance_without_doubt(const Action& action) const {
    double chance = 0;
    for (std::size_t f = 0; f < n_; ++f) chance += now_.mass[f] * chance_at(action.rates, f);
    return chance_of(chance);
  }

  // The best chance per cost, or nothing when no action could solve it. Multiplied out: a cost may be 0.
  std::optional<std::size_t> choose(const Sight& sight) const {
    std::optional<std::size_t> best;
    double chance = 0, cost = 1;
    for (std::size_t a = 0; a < m_; ++a) {
      if (sight.chance[a] <= kNegligible || sight.chance[a] * cost <= chance * cost_[a]) continue;
      best = a, chance = sight.chance[a], cost = cost_[a];
    }
    return best;
  }

  // The action was done and the problem is still there.
  void fail(Sight& sight, std::size_t action) const {
    sight.left = std::max(0.0, sight.left - sight.chance[action]);
    sight.chance[action] = kDone;
    for (std::size_t f = 0; f < n_; ++f) {
      const double* rates = rates_.data() + f * m_;
      const double solved = sight.mass[f] * rates[action];
      if (solved == 0) continue;
      sight.mass[f] -= solved;
      for (std::size_t a = 0; a < m_; ++a) sight.chance[a] -= solved * rates[a];
    }
  }

  // Cost of the best prefix of at most `steps` actions by chance per cost, then a person. Uses up `sight`.
  double follow(Sight& sight, int steps) const {
    double spent = 0, best = sight.left * escalation_;
    for (; steps > 0; --steps) {
      const auto a = choose(sight);
      if (!a) break;
      spent += sight.left * cost_[*a];
      fail(sight, *a);
      best = std::min(best, spent + sight.left * escalation_);
    }
    return best;
  }

  double expected_of_action(std::size_t action, int steps) {
    scratch_ = now_;
    const double spent = scratch_.left * cost_[action];
    fail(scratch_, action);
    return spent + follow(scratch_, steps - 1);
  }

  double expected_of_question(const Question& question, int steps) {
    double expected = now_.left * cost_of(question.minutes);
    likelihood_sum_.assign(n_, 0);
    for (const Answer& a : question.answers)
      for (std::size_t f = 0; f < n_; ++f) likelihood_sum_[f] += chance_at(a.likelihood, f);
    const double even = 1 / static_cast<double>(std::max<std::size_t>(1, question.answers.size()));
    for (const Answer& a : question.answers) {
      scratch_.mass.resize(n_);
      scratch_.left = 0;
      for (std::size_t f = 0; f < n_; ++f) {
        const double p = likelihood_sum_[f] > 0 ? chance_at(a.likelihood, f) / likelihood_sum_[f] : even;
        scratch_.left += scratch_.mass[f] = now_.mass[f] * p;
      }
      look(scratch_);
      expected += follow(scratch_, steps - 1);
    }
    return expected;
  }

  double expected_without_action(std::size_t action, int steps) {
    scratch_ = now_;
    scratch_.chance[action] = kDone;
    return follow(scratch_, steps);
  }

 private:
  void look(Sight& sight) const {
    sight.chance.assign(m_, 0);
    for (std::size_t f = 0; f < n_; ++f) {
      if (sight.mass[f] == 0) continue;
      const double* rates = rates_.data() + f * m_;
      for (std::size_t a = 0; a < m_; ++a) sight.chance[a] += sight.mass[f] * rates[a];
    }
    for (std::size_t a = 0; a < m_; ++a)
      if (offered_[a] == 0) sight.chance[a] = kDone;
  }

  std::size_t n_, m_;
  double escalation_;
  Sight now_, scratch_;
  std::vector<double> cost_, rates_;  // per action; per cause and action, one row per cause so that a row is read in one go
  std::vector<double> likelihood_sum_;
  std::vector<char> offered_;
};

// Lower cost first; when equal up to rounding, the better chance per cost, so that an explanation does not hang on the last bit.
bool better(const Candidate& a, const Candidate& b) {
  const double tolerance = 1e-9 * (1 + b.expected);
  if (a.expected < b.expected - tolerance) return true;
  if (a.expected > b.expected + tolerance || a.move != Move::kAct || b.move != Move::kAct) return false;
  return a.hoped * (b.minutes + b.risk) > b.hoped * (a.minutes + a.risk);
}

struct Weighing {
  std::vector<Candidate> actions, questions;
  std::optional<Candidate> pinned;
};

Weighing weigh_all(const Model& model, const Belief& belief, Planner& planner, int steps) {
  Weighing w;
  int place = 0;
  auto pin = [&](const Candidate& c, int at) {
    if (at > 0 && (!w.pinned || at < place)) w.pinned = c, place = at;
  };
  w.actions.reserve(model.actions.size() + model.questions.size() + 1);
  for (std::size_t q = 0; q < model.questions.size(); ++q) {
    if (q < belief.questions_done.size() && belief.questions_done[q] != 0) continue;
    const Question& question = model.questions[q];
    const Candidate c{Move::kAsk, q, 0, 0, cost_of(question.minutes), 0, planner.expected_of_question(question, steps)};
    w.questions.push_back(c);
    pin(c, question.pinned);
  }
  for (std::size_t a = 0; a < model.actions.size(); ++a) {
    const Action& action = model.actions[a];
    if (!planner.offered(a) || (!planner.useful(a) && action.pinned <= 0)) continue;
    const Candidate c{Move::kAct,
                      a,
                      planner.chance_without_doubt(action),
                      chance_of(planner.now().chance[a]),
                      cost_of(action.minutes),
                      cost_of(action.risk),
                      planner.expected_of_action(a, steps)};
    w.actions.push_back(c);
    pin(c, action.pinned);
  }
  return w;
}

}  // namespace

Decision next(const Model& model, const Belief& belief, std::span<const std::string> has) {
  Decision d;
  d.first = belief.steps == 0;
  d.step.minutes = d.step.expected = cost_of(model.escalation);
  if (belief.solved) {
    d.step = {.move = Move::kNothing};
    d.why = Why::kSolved;
    return d;
  }
  Planner planner(model, belief, has);
  const int steps = model.max_steps - belief.steps;
  const Candidate escalation = d.step;
  Weighing w = weigh_all(model, belief, planner, std::max(steps, 1));

  const bool useful = std::ranges::any_of(w.actions, [](const Candidate& c) { return c.hoped > kNegligible; });
  std::optional<Candidate> act, ask;
  for (const Candidate& c : w.actions)
    if (c.hoped > kNegligible && (!act || better(c, *act))) act = c;
  for (const Candidate& c : w.questions)
    if (!ask || better(c, *ask)) ask = c;
  const Candidate& unasked = act && better(*act, escalation) ? *act : escalation;

  if (belief.stuck || belief.contradicted || steps <= 0) {
    d.why = belief.stuck ? Why::kStuck : belief.contradicted ? Why::kContradiction : Why::kTooManySteps;
  } else if (w.pinned) {
    d.step = *w.pinned;
    d.why = Why::kSafety;
  } else if (!useful) {
    d.why = Why::kNothingLeft;
  } else if (ask && better(*ask, unasked)) {
    d.step = *ask;
    d.why = Why::kTellsMost;
  } else if (unasked.move == Move::kAct) {
    d.step = unasked;
    d.why = Why::kBestChance;
  } else {
    d.why = Why::kNotWorthIt;
  }

  if (d.step.move == Move::kAct)
    d.without = planner.expected_without_action(d.step.index, steps);
  else if (d.step.move == Move::kAsk)
    d.without = unasked.expected;
  else
    d.without = std::min({act ? act->expected : escalation.expected, ask ? ask->expected : escalation.expected});

  d.ranked = std::move(w.actions);
  d.ranked.insert(d.ranked.end(), w.questions.begin(), w.questions.end());
  d.ranked.push_back(escalation);
  std::ranges::sort(d.ranked, [&](const Candidate& a, const Candidate& b) {
    auto key = [&](const Candidate& c) {
      return std::tuple(!(c.move == d.step.move && c.index == d.step.index), c.expected, c.move, c.index);
    };
    return key(a) < key(b);
  });
  return d;
}

std::string_view id_of(const Model& model, const Candidate& candidate) {
  if (candidate.move == Move::kAct && candidate.index < model.actions.size()) return model.actions[candidate.index].id;
  if (candidate.move == Move::kAsk && candidate.index < model.questions.size()) return model.questions[candidate.index].id;
  return {};
}

Plan plan_of(const Model& model, const Belief& belief, std::span<const std::string> has) {
  const Planner planner(model, belief, has);
  const double escalation = cost_of(model.escalation);
  Sight sight = planner.now();
  Plan plan;
  plan.expected = escalation;
  double spent = 0;
  for (int steps = model.max_steps - belief.steps; steps > 0; --steps) {
    const auto a = planner.choose(sight);
    if (!a) break;
    PlanStep& step = plan.steps.emplace_back();
    step.action = *a;
    step.reached = sight.left;
    step.chance = sight.left > 0 ? chance_of(sight.chance[*a] / sight.left) : 0;
    spent += sight.left * planner.cost(*a);
    planner.fail(sight, *a);
    step.expected_if_last = spent + sight.left * escalation;
    if (step.expected_if_last < plan.expected) {
      plan.expected = step.expected_if_last;
      plan.stop_after = plan.steps.size();
    }
  }
  return plan;
}

}  // namespace usher::dialogs::troubleshoot
