// Evidence → probabilities.
#include <algorithm>
#include <cmath>

#include "dialogs/understand_weights.h"

namespace usher::dialogs {
namespace {

using Table = std::array<std::array<float, kSignals>, kSignals>;

constexpr double kAlikeSpeaks = 0.2;  // a word in five is of this very option

const Table& pairs() {
  static const Table all = [] {
    Table t{};
    for (const PairWeight& p : pair_weights()) t[p.one][p.other] = t[p.other][p.one] = p.weight;
    return t;
  }();
  return all;
}

}  // namespace

bool speaks(const Evidence& e) {
  switch (e.signal) {
    case Signal::kAlike:
      return e.value >= kAlikeSpeaks;
    case Signal::kAlikeKin:
    case Signal::kPlain:
    case Signal::kPlainExists:
    case Signal::kSilent:
    case Signal::kDenied:
    case Signal::kMeaningDenied:
    case Signal::kManyElse:
    case Signal::kThirdNamed:
    case Signal::kSoftSide:
    case Signal::kImpliedElse:
      return false;
    default:
      return true;
  }
}

std::vector<double> worths(const std::vector<Evidence>& evidence) {
  const Table& table = pairs();
  std::vector<double> out;
  out.reserve(evidence.size());
  for (const Evidence& e : evidence) out.push_back(weight_of(e.signal) * e.value);
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    const auto& row = table[static_cast<std::size_t>(evidence[i].signal)];
    for (std::size_t k = i + 1; k < evidence.size(); ++k) {
      const auto weight = static_cast<double>(row[static_cast<std::size_t>(evidence[k].signal)]);
      const double half = weight * evidence[i].value * evidence[k].value / 2;
      out[i] += half;
      out[k] += half;
    }
  }
  return out;
}

std::vector<double> probabilities(const Signals& signals) {
  std::vector<double> p;
  p.reserve(signals.options.size() + 1);
  for (const auto& evidence : signals.options) {
    double sum = 0;
    for (const double w : worths(evidence)) sum += w;
    p.push_back(sum);
  }
  double again = 0;
  for (const Evidence& e : signals.again) again += weight_of(e.signal) * e.value;
  p.push_back(again);
  const double most = *std::ranges::max_element(p);
  double sum = 0;
  for (double& x : p) sum += x = std::exp(x - most);
  for (double& x : p) x /= sum;
  return p;
}

}  // namespace usher::dialogs
