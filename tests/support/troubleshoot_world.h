// A small world to troubleshoot in: random models, the exact optimum, the exact cost of a policy, and customers with hidden
// causes. For tests and bench/troubleshoot_sim. All chance comes from Dice: the same seed gives the same world on every machine.
#pragma once
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "dialogs/troubleshoot.h"
#include "dialogs/troubleshoot_learn.h"

namespace usher::dialogs::troubleshoot::world {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  double real() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }  // 0 ≤ x < 1
  double between(double low, double high) { return low + (high - low) * real(); }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(real() * static_cast<double>(n)); }
  // An index with a chance in proportion to its weight.
  std::size_t pick(const std::vector<double>& weights);

 private:
  std::mt19937_64 engine_;
};

struct Shape {
  std::size_t causes = 8, actions = 8, questions = 2, answers = 3;
  std::size_t shared = 2;  // an action solves 1 to so many causes
  bool disjoint = false;   // no two actions share a cause (then `shared` is of no account)
  bool unsolvable = true;  // the last cause is one no action solves
  double escalation = 40;
};
Model random_model(Dice& dice, const Shape& shape);

// What staff wrote down with the wrong picture in mind: the commonest cause is held for the rarest and so on, held as firmly as
// 20 cases; rates drawn anew. Who can solve what, costs, and what answers tell, is right.
Model misjudged(Dice& dice, const Model& truth);

// The truth after the products changed: the weights turned round among the causes.
Model drifted(Model truth);

// Lowest expected cost any way of asking, acting and escalating can have. All orders and stops by dynamic programming: 2^actions
// × (answers + 1)^questions states, so keep it small. Pins and needs are not looked at.
double optimum_of(const Model& truth);
// Expected cost in `truth` of doing what next() says when it believes in `believed`. Exact: every path is walked.
double cost_of_advice(const Model& truth, const Model& believed);

struct People {
  double cause_told = 0.7;  // of the cases a person closes
  double gone = 0.05;       // customers who leave before the end
};
// One customer: a hidden cause drawn from `truth`, led by next() with `believed`.
ClosedCase live_through(Dice& dice, const Model& truth, const Model& believed, const People& people);

}  // namespace usher::dialogs::troubleshoot::world
