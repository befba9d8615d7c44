// The model by itself: is it possible, and what is believed after a history.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>

#include "dialogs/troubleshoot.h"
#include "dialogs/troubleshoot_number.h"

namespace usher::dialogs::troubleshoot {
namespace {

bool is_chance(double x) {
  return x >= 0 && x <= 1;
}
bool is_cost(double x) {
  return std::isfinite(x) && x >= 0;
}

class Inspector {
 public:
  explicit Inspector(const Model& model) : model_(model) {}

  std::vector<std::string> problems() {
    causes();
    if (model_.actions.empty()) note("actions", "there are none: nothing can be tried");
    for (const Action& a : model_.actions) action(a);
    for (const Question& q : model_.questions) question(q);
    if (!is_cost(model_.escalation) || model_.escalation == 0)
      note("escalation", fmt::format("its cost is {}, it must be above 0", model_.escalation));
    if (model_.max_steps < 1) note("max_steps", fmt::format("is {}, it must be at least 1", model_.max_steps));
    return std::move(problems_);
  }

 private:
  void note(std::string_view where, std::string_view what) { problems_.push_back(fmt::format("{}: {}", where, what)); }

  void causes() {
    if (model_.causes.empty()) note("causes", "there are none");
    std::set<std::string_view> seen;
    double sum = 0;
    for (const Cause& c : model_.causes) {
      const std::string where = "cause " + c.id;
      if (c.id.empty()) note("causes", "one has no id");
      if (!seen.insert(c.id).second) note(where, "is there twice");
      if (!is_cost(c.weight))
        note(where, fmt::format("its weight is {}, it must be 0 or above", c.weight));
      else
        sum += c.weight;
    }
    if (!model_.causes.empty() && sum <= 0) note("causes", "all have the weight 0");
  }

  // Actions and questions stand in one history, so they share their ids.
  void step(std::string_view where, const std::string& id, double minutes, int pinned) {
    if (id.empty()) note(where, "one has no id");
    if (!steps_.insert(id).second) note(where, "this id is there twice among actions and questions");
    if (!is_cost(minutes)) note(where, fmt::format("its minutes are {}, they must be 0 or above", minutes));
    if (pinned < 0) note(where, fmt::format("pinned is {}, it must be 0 or above", pinned));
  }

  // True when all numbers are there and are chances.
  bool per_cause(std::string_view where, std::string_view what, const std::vector<double>& numbers) {
    if (numbers.size() != model_.causes.size()) {
      note(where, fmt::format("has {} {}, there are {} causes", numbers.size(), what, model_.causes.size()));
      return false;
    }
    bool ok = true;
    for (std::size_t f = 0; f < numbers.size(); ++f) {
      if (is_chance(numbers[f])) continue;
      note(where, fmt::format("{} of cause {} is {}, it must be 0 to 1", what, model_.causes[f].id, numbers[f]));
      ok = false;
    }
    return ok;
  }

  void action(const Action& a) {
    const std::string where = "action " + a.id;
    step(where, a.id, a.minutes, a.pinned);
    if (!is_cost(a.risk)) note(where, fmt::format("its risk is {}, it must be 0 or above", a.risk));
    if (!per_cause(where, "rates", a.rates) || a.pinned > 0) return;
    const bool useful = std::ranges::any_of(a.rates, [](double r) { return r > 0; });
    if (!useful) note(where, "fixes nothing");
  }

  void question(const Question& q) {
    const std::string where = "question " + q.id;
    step(where, q.id, q.minutes, q.pinned);
    if (q.answers.size() < 2) note(where, fmt::format("has {} answers, it needs two", q.answers.size()));
    std::set<std::string_view> seen;
    bool whole = true;
    for (const Answer& a : q.answers) {
      const std::string here = fmt::format("{}, answer {}", where, a.id);
      if (a.id.empty()) note(where, "an answer has no id");
      if (a.id == kFailed || a.id == kSolved || a.id == kNotPossible || a.id == kDontKnow) note(here, "this id is reserved");
      if (!seen.insert(a.id).second) note(here, "is there twice");
      whole = per_cause(here, "likelihood", a.likelihood) && whole;
    }
    if (!whole || q.answers.size() < 2) return;
    for (std::size_t f = 0; f < model_.causes.size(); ++f) {
      double sum = 0;
      for (const Answer& a : q.answers) sum += a.likelihood[f];
      if (std::abs(sum - 1) > 0.01)
        note(where, fmt::format("its likelihoods for cause {} sum to {:.3g} instead of 1", model_.causes[f].id, sum));
    }
    const bool tells = std::ranges::any_of(q.answers, [](const Answer& a) {
      return std::ranges::adjacent_find(a.likelihood, std::ranges::not_equal_to()) != a.likelihood.end();
    });
    if (!tells && q.pinned == 0 && model_.causes.size() > 1)
      note(where, "tells nothing: its answers are the same for every cause");
  }

  const Model& model_;
  std::set<std::string_view> steps_;
  std::vector<std::string> problems_;
};

template <class T>
const T* find(const std::vector<T>& list, std::string_view id) {
  const auto it = std::ranges::find(list, id, &T::id);
  return it == list.end() ? nullptr : &*it;
}

// Multiplies the belief by factor(cause) and brings it back to the sum 1. False, and nothing changed, when that rules out all.
template <class Factor>
bool weigh(std::vector<double>& belief, Factor factor) {
  double sum = 0;
  for (std::size_t f = 0; f < belief.size(); ++f) sum += belief[f] * factor(f);
  if (sum <= kNegligible) return false;
  for (std::size_t f = 0; f < belief.size(); ++f) belief[f] *= factor(f) / sum;
  return true;
}

}  // namespace

std::vector<std::string> problems_of(const Model& model) {
  return Inspector(model).problems();
}

Belief belief_of(const Model& model, const History& history) {
  const std::size_t n = model.causes.size();
  Belief b{.causes = std::vector<double>(n),
           .actions_done = std::vector<char>(model.actions.size()),
           .questions_done = std::vector<char>(model.questions.size())};
  double sum = 0;
  for (const Cause& c : model.causes) sum += cost_of(c.weight);
  for (std::size_t f = 0; f < n; ++f) b.causes[f] = sum > 0 ? cost_of(model.causes[f].weight) / sum : 1 / static_cast<double>(n);

  int not_possible = 0;
  for (const auto& [id, result] : history) {
    ++b.steps;
    not_possible = result == kNotPossible ? not_possible + 1 : 0;
    if (const Action* a = find(model.actions, id)) {
      b.actions_done[static_cast<std::size_t>(a - model.actions.data())] = 1;
      bool explained = true;
      if (result == kFailed) explained = weigh(b.causes, [&](std::size_t f) { return 1 - chance_at(a->rates, f); });
      if (result == kSolved) explained = weigh(b.causes, [&](std::size_t f) { return chance_at(a->rates, f); });
      b.solved = b.solved || result == kSolved;
      b.contradicted = b.contradicted || !explained;
    } else if (const Question* q = find(model.questions, id)) {
      b.questions_done[static_cast<std::size_t>(q - model.questions.data())] = 1;
      const Answer* answer = find(q->answers, result);
      if (answer == nullptr) continue;
      const auto which = static_cast<std::size_t>(answer - q->answers.data());
      if (!weigh(b.causes, [&](std::size_t f) { return likelihood_of(*q, which, f); })) b.contradicted = true;
    }
  }
  b.stuck = not_possible >= 2;
  return b;
}

}  // namespace usher::dialogs::troubleshoot
