// How much each signal counts (understand_signals.h), learned by tools/understanding. Only understand_*.cpp and
// tools/understanding use it.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "dialogs/understand_signals.h"

namespace usher::dialogs {

struct SignalWeight {
  std::string_view name;  // as the reason names it: "“the fuse is fine” names a state of what is asked"
  double weight;
};
extern const std::array<SignalWeight, kSignals> kWeights;
// An option is taken from this probability on.
extern const double kSure;

// Two signals for one option together, beside what each counts: added with the product of their values.
struct PairWeight {
  std::uint8_t one, other;  // one < other
  float weight;
};
std::span<const PairWeight> pair_weights();

inline double weight_of(Signal s) {
  return kWeights[static_cast<std::size_t>(s)].weight;
}
inline std::string_view name_of(Signal s) {
  return kWeights[static_cast<std::size_t>(s)].name;
}
// How much each piece of evidence for one option counts, a pair with half to each of the two; the sum is the option's score.
std::vector<double> worths(const std::vector<Evidence>& evidence);
// Of each option, and last of asking again; they sum up to 1.
std::vector<double> probabilities(const Signals& signals);

}  // namespace usher::dialogs
