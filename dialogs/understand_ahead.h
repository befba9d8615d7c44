// How far a message leans to each option of a question, as numbers: what the engine weighs when it has several messages and
// several questions to fit together (turn_ahead.cpp). Pure.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "dialogs/lexicon.h"
#include "dialogs/script.h"

namespace usher::dialogs {

inline constexpr double kTaken = 0.78;  // from this probability on an option would be taken by itself

struct Leaning {
  std::vector<double> options;  // the probability of each; with that of "none of them" they sum up to 1
  std::size_t best = 0;         // the most probable one
  double probability = 0;       // its probability
  // 0..1: how much it speaks of what this very question asks. A bare "yes" fits any question: 0. All that is said stands for the
  // best option as its author wrote it, or names a state or a thing it asks for: 1.
  double bearing = 0;
};
// `options` are prepared and not empty.
Leaning leaning(std::string_view words, const std::vector<Option>& options, std::string_view language, std::string_view question,
                const Lexicons& lexicons);

}  // namespace usher::dialogs
