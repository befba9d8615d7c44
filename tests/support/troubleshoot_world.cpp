#include "tests/support/troubleshoot_world.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>

namespace usher::dialogs::troubleshoot::world {

std::size_t Dice::pick(const std::vector<double>& weights) {
  double at = real() * std::accumulate(weights.begin(), weights.end(), 0.0);
  for (std::size_t i = 0; i + 1 < weights.size(); ++i)
    if ((at -= weights[i]) < 0) return i;
  return weights.size() - 1;
}

Model random_model(Dice& dice, const Shape& shape) {
  Model m;
  m.escalation = shape.escalation;
  for (std::size_t f = 0; f < shape.causes; ++f) {
    const double x = dice.between(0.1, 1);
    m.causes.push_back({"c" + std::to_string(f), 10 * x * x});
  }
  const std::size_t solvable = shape.causes - (shape.unsolvable ? 1 : 0);
  for (std::size_t a = 0; a < shape.actions; ++a) {
    Action action{.id = "a" + std::to_string(a), .minutes = dice.between(1, 12), .rates = std::vector<double>(shape.causes)};
    if (shape.disjoint) {
      // Cause f belongs to the action f mod actions.
      for (std::size_t f = a; f < solvable; f += shape.actions) action.rates[f] = dice.between(0.3, 1);
    } else {
      action.rates[a % solvable] = dice.between(0.4, 0.95);
      for (std::size_t more = dice.below(shape.shared); more > 0; --more)
        action.rates[dice.below(solvable)] = dice.between(0.4, 0.95);
    }
    m.actions.push_back(std::move(action));
  }
  for (std::size_t q = 0; q < shape.questions; ++q) {
    Question question{.id = "q" + std::to_string(q), .minutes = dice.between(0.3, 1.5)};
    for (std::size_t k = 0; k < shape.answers; ++k) question.answers.push_back({"k" + std::to_string(k), {}});
    for (std::size_t f = 0; f < shape.causes; ++f) {
      std::vector<double> row;
      for (std::size_t k = 0; k < shape.answers; ++k) row.push_back(dice.between(0.03, 0.3));
      row[dice.below(row.size())] += 1;
      const double sum = std::accumulate(row.begin(), row.end(), 0.0);
      for (std::size_t k = 0; k < shape.answers; ++k) question.answers[k].likelihood.push_back(row[k] / sum);
    }
    m.questions.push_back(std::move(question));
  }
  return m;
}

Model misjudged(Dice& dice, const Model& truth) {
  Model m = truth;
  std::vector<std::size_t> order(m.causes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t f) { return truth.causes[f].weight; });
  double sum = 0;
  for (const Cause& c : truth.causes) sum += c.weight;
  for (std::size_t i = 0; i < order.size(); ++i)
    m.causes[order[i]].weight = 20 / sum * truth.causes[order[order.size() - 1 - i]].weight;
  for (Action& a : m.actions)
    for (double& r : a.rates)
      if (r > 0) r = dice.between(0.2, 0.95);
  return m;
}

Model drifted(Model truth) {
  std::vector<double> weights;
  for (const Cause& c : truth.causes) weights.push_back(c.weight);
  std::ranges::rotate(weights, weights.begin() + static_cast<std::ptrdiff_t>(weights.size() / 2));
  for (std::size_t f = 0; f < weights.size(); ++f) truth.causes[f].weight = weights[f];
  return truth;
}

namespace {

using Mass = std::vector<double>;

Mass shares(const Model& m) {
  Mass mass;
  double sum = 0;
  for (const Cause& c : m.causes) sum += c.weight;
  for (const Cause& c : m.causes) mass.push_back(c.weight / sum);
  return mass;
}
double total(const Mass& mass) {
  return std::accumulate(mass.begin(), mass.end(), 0.0);
}
Mass after_failing(Mass mass, const Action& a) {
  for (std::size_t f = 0; f < mass.size(); ++f) mass[f] *= 1 - a.rates[f];
  return mass;
}
Mass after_answer(Mass mass, const Answer& a) {
  for (std::size_t f = 0; f < mass.size(); ++f) mass[f] *= a.likelihood[f];
  return mass;
}

class Optimum {
 public:
  explicit Optimum(const Model& m) : m_(m) {}
  double from(const Mass& mass, int steps) {
    const double left = total(mass);
    double best = left * m_.escalation;
    if (steps == m_.max_steps || left < 1e-14) return best;
    if (const auto it = known_.find(done_); it != known_.end()) return it->second;
    for (std::size_t a = 0; a < m_.actions.size(); ++a) {
      std::size_t& mine = done_[a];
      if (mine != 0) continue;
      mine = 1;
      best = std::min(best,
                      left * (m_.actions[a].minutes + m_.actions[a].risk) + from(after_failing(mass, m_.actions[a]), steps + 1));
      mine = 0;
    }
    for (std::size_t q = 0; q < m_.questions.size(); ++q) {
      std::size_t& mine = done_[m_.actions.size() + q];
      if (mine != 0) continue;
      double cost = left * m_.questions[q].minutes;
      for (const Answer& answer : m_.questions[q].answers) {
        ++mine;
        cost += from(after_answer(mass, answer), steps + 1);
      }
      mine = 0;
      best = std::min(best, cost);
    }
    return known_[done_] = best;
  }

 private:
  const Model& m_;
  // Per action 1 = failed; per question 0 = not asked, k = answered with its k-th answer.
  std::vector<std::size_t> done_ = std::vector<std::size_t>(m_.actions.size() + m_.questions.size());
  std::map<std::vector<std::size_t>, double> known_;
};

double walk(const Model& truth, const Model& believed, const Mass& mass, History& history) {
  const double left = total(mass);
  if (left < 1e-14) return 0;
  const Decision d = next(believed, belief_of(believed, history));
  double cost = left * truth.escalation;
  if (d.step.move == Move::kAct) {
    const Action& a = truth.actions[d.step.index];
    history.emplace_back(a.id, kFailed);
    cost = left * (a.minutes + a.risk) + walk(truth, believed, after_failing(mass, a), history);
    history.pop_back();
  } else if (d.step.move == Move::kAsk) {
    const Question& q = truth.questions[d.step.index];
    cost = left * q.minutes;
    for (const Answer& answer : q.answers) {
      history.emplace_back(q.id, answer.id);
      cost += walk(truth, believed, after_answer(mass, answer), history);
      history.pop_back();
    }
  }
  return cost;
}

}  // namespace

double optimum_of(const Model& truth) {
  return Optimum(truth).from(shares(truth), 0);
}

double cost_of_advice(const Model& truth, const Model& believed) {
  History history;
  return walk(truth, believed, shares(truth), history);
}

ClosedCase live_through(Dice& dice, const Model& truth, const Model& believed, const People& people) {
  ClosedCase closed;
  const std::size_t cause = dice.pick(shares(truth));
  for (;;) {
    const Decision d = next(believed, belief_of(believed, closed.history));
    if (d.step.move == Move::kNothing) return closed;
    if (dice.real() < people.gone / 4) {
      closed.abandoned = true;
      return closed;
    }
    if (d.step.move == Move::kEscalate) {
      if (dice.real() < people.cause_told) closed.cause = truth.causes[cause].id;
      return closed;
    }
    if (d.step.move == Move::kAct) {
      const Action& a = truth.actions[d.step.index];
      closed.history.emplace_back(a.id, dice.real() < a.rates[cause] ? kSolved : kFailed);
    } else {
      const Question& q = truth.questions[d.step.index];
      std::vector<double> row;
      for (const Answer& answer : q.answers) row.push_back(answer.likelihood[cause]);
      closed.history.emplace_back(q.id, q.answers[dice.pick(row)].id);
    }
  }
}

}  // namespace usher::dialogs::troubleshoot::world
