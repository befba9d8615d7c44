#include "dialogs/understand_ahead.h"

#include <algorithm>

#include "dialogs/understand.h"
#include "dialogs/understand_signals.h"
#include "dialogs/understand_weights.h"

namespace usher::dialogs {
namespace {

constexpr double kAtItsWord = 0.95;  // such an answer was not weighed
constexpr double kNotSaid = 0.01;

// A yes or a no by itself, and what only leans: they fit many questions.
bool is_about_this(const Evidence& e) {
  return e.signal >= Signal::kStatement && speaks(e);
}

}  // namespace

Leaning leaning(std::string_view words, const std::vector<Option>& options, std::string_view language, std::string_view question,
                const Lexicons& lexicons) {
  Leaning out;
  const SaidWords said(words, lexicons);
  const Signals signals = signals_of(words, said, options, language, question, lexicons);
  const Understood u = understand_choice(words, options, language, question, lexicons);
  const auto named = u.as == Understood::As::kOption && u.confidence >= kAtItsWord
                         ? std::ranges::find(options, u.value, &Option::id)
                         : options.end();
  if (named == options.end()) {
    out.options = probabilities(signals);
    out.options.pop_back();
  } else {
    out.options.assign(options.size(), kNotSaid);
    out.options[static_cast<std::size_t>(named - options.begin())] = u.confidence;
  }
  const auto best = std::ranges::max_element(out.options);
  out.best = static_cast<std::size_t>(best - out.options.begin());
  out.probability = *best;
  const std::vector<Evidence>& evidence = signals.options[out.best];
  const std::vector<double> worth = worths(evidence);
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    if (is_about_this(evidence[i])) out.bearing += std::max(0.0, worth[i]);
  }
  out.bearing = std::min(1.0, out.bearing);
  return out;
}

}  // namespace usher::dialogs
