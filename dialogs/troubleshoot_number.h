// Private to dialogs/troubleshoot*.cpp: how the numbers of a model are read, so that an impossible model gives bad advice and
// nothing worse.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "dialogs/troubleshoot.h"

namespace usher::dialogs::troubleshoot {

inline constexpr double kNegligible = 1e-12;  // a probability below it is none: what is left over by rounding

inline double chance_of(double x) {
  return x > 0 ? std::min(x, 1.0) : 0;
}  // also for NaN
inline double cost_of(double x) {
  return x > 0 ? std::min(x, 1e9) : 0;
}
inline double chance_at(const std::vector<double>& numbers, std::size_t i) {
  return i < numbers.size() ? chance_of(numbers[i]) : 0;
}

// P(answer | cause), made to sum to 1 exactly; a cause for which nothing is said answers anything alike.
inline double likelihood_of(const Question& question, std::size_t answer, std::size_t cause) {
  double sum = 0;
  for (const Answer& a : question.answers) sum += chance_at(a.likelihood, cause);
  if (sum <= 0) return 1 / static_cast<double>(question.answers.size());
  return chance_at(question.answers[answer].likelihood, cause) / sum;
}

}  // namespace usher::dialogs::troubleshoot
