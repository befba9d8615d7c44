// How an answer to a choice is read: what it is called or numbered, taken at its word; else all evidence (understand_signals.h)
// is weighed, and the best option taken when it is probable enough.
#include <algorithm>
#include <optional>
#include <utility>

#include "dialogs/lexicon.h"
#include "dialogs/understand.h"
#include "dialogs/understand_option.h"
#include "dialogs/understand_question.h"
#include "dialogs/understand_signals.h"
#include "dialogs/understand_weights.h"
#include "dialogs/words.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;

constexpr double kSureSpoken = kMinUnderstood;  // for an option whose author foresaw the very phrase, and no other's
constexpr double kMostWeighed = 0.94;           // more is for answers taken at their word

Understood nothing(std::string why, double confidence = 0) {
  return {As::kNothing, {}, confidence, std::move(why)};
}

// The two signals that count most for an option, with their words.
std::string reasons(const SaidWords& said, const std::vector<Evidence>& evidence) {
  const std::vector<double> worth = worths(evidence);
  std::vector<std::size_t> order(evidence.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(-worth[i], i); });
  std::string out;
  std::string words;
  for (std::size_t n = 0; n < order.size() && n < 2 && worth[order[n]] > 0; ++n) {
    const Evidence& e = evidence[order[n]];
    const std::string said_here = said.text(e.begin, e.end);
    if (!out.empty()) out += ", ";
    if (!said_here.empty() && said_here != words) out += "“" + said_here + "” ";
    out += name_of(e.signal);
    words = said_here;
  }
  return out;
}

}  // namespace

bool taken_at_its_word(std::string_view words, const std::vector<Option>& options, std::string_view language,
                       std::string_view question, const Lexicons& lexicons) {
  return named(words, SaidWords(words, lexicons), options, *reading_of(options, language, question, lexicons)).has_value();
}

Understood understand_choice(std::string_view words, const std::vector<Option>& options, std::string_view language,
                             std::string_view question, const Lexicons& lexicons) {
  if (options.empty()) return nothing("there are no options");
  if (std::ranges::any_of(options, [](const Option& o) { return o.keys.empty(); })) {
    std::vector<Option> own = options;
    prepare(own);
    return understand_choice(words, own, language, question, lexicons);
  }
  const SaidWords said(words, lexicons);
  if (said.message.words.empty()) return nothing("there are no words in it");
  const auto asked = reading_of(options, language, question, lexicons);
  if (auto u = named(words, said, options, *asked)) return *u;
  const Signals signals = signals_of(words, said, options, *asked);
  const std::vector<double> p = probabilities(signals);
  const auto top = static_cast<std::size_t>(std::max_element(p.begin(), p.end() - 1) - p.begin());
  const bool spoken = signals.spoken[top] && std::ranges::count(signals.spoken, true) == 1;
  if (p[top] >= (spoken ? kSureSpoken : kSure) && std::ranges::any_of(signals.options[top], speaks))
    return {As::kOption, options[top].id, std::min(p[top], kMostWeighed), reasons(said, signals.options[top])};
  if (signals.unknown) return {As::kDontKnow, {}, 0.95, "the customer does not know"};
  if (signals.asks) return {As::kQuestion, {}, 0.9, "that is a question"};
  if (std::ranges::none_of(signals.options[top], speaks)) return nothing("none of the words fits an option");
  std::string why = reasons(said, signals.options[top]) + ", but not clearly enough";
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (i != top && p[i] > p[top] / 3)
      why = "it fits “" + options[top].id + "” and “" + options[i].id + "”: " + reasons(said, signals.options[i]);
  }
  return nothing(std::move(why), std::min(p[top], kSure / 2));
}

}  // namespace usher::dialogs
