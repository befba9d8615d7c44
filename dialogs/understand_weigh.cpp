// Evidence → probabilities.
#include <algorithm>
#include <cmath>

#include "dialogs/understand_weights.h"

namespace usher::dialogs {

std::vector<double> probabilities(const Signals& signals) {
  std::vector<double> p;
  p.reserve(signals.options.size() + 1);
  auto score = [&](const std::vector<Evidence>& evidence) {
    double sum = 0;
    for (const Evidence& e : evidence) sum += weight_of(e.signal) * e.value;
    p.push_back(sum);
  };
  for (const auto& evidence : signals.options) score(evidence);
  score(signals.again);
  const double most = *std::ranges::max_element(p);
  double sum = 0;
  for (double& x : p) sum += x = std::exp(x - most);
  for (double& x : p) x /= sum;
  return p;
}

}  // namespace usher::dialogs
