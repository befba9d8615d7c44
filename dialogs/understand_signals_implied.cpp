// What an answer implies of the very thing that was asked: "a puddle" to "Is it leaking?".
#include <algorithm>

#include "dialogs/understand_collector.h"

namespace usher::dialogs {

// Words of the question or of a label, read as such.
bool Collector::repeats(const ImpliedWord& word) const {
  for (std::size_t i = word.begin; i < word.end; ++i) {
    const Word& w = said_.message.words[i];
    const bool of_label = std::ranges::any_of(
        asked_.labels, [&](const QuestionRead::Label& l) { return std::ranges::find(l.content, w.text) != l.content.end(); });
    if (!of_label && !of_question(w) && !said_.light[i]) return false;
  }
  return true;
}

// What is implied for one option: `side` +1 where it stands for what the facts say, -1 for the opposite.
void Collector::imply(std::size_t option, const std::vector<ImpliedWord>& implied, int side) {
  struct Found {
    const ImpliedWord* word;
    bool denied, against;
  };
  std::vector<Found> found;
  std::uint8_t surest = 0, surest_against = 0;
  const bool of_label = !asked_.labels[option].facts.empty();
  const auto& facts = of_label ? asked_.labels[option].facts : asked_.facts;
  for (const ImpliedWord& word : implied) {
    const SaidWords::Clause& clause = said_.clause_at(word.begin);
    if (clause.asks || clause.depends || repeats(word)) continue;
    const bool turned = said_.negations(clause, word.begin) % 2 == 1;
    if (turned && of_label) continue;  // "not blinking" is not yet "steady"
    const AskedFact& fact = *std::ranges::find(facts, word.fact, &AskedFact::fact);
    const bool against = side * fact.pole * word.pole * (turned ? -1 : 1) < 0;
    std::uint8_t& most = against ? surest_against : surest;
    most = std::max(most, fact.words);
    found.push_back({&word, turned, against});
  }
  // Of two facts that disagree the question means the one more of it speaks of.
  if (surest != surest_against && surest > 0 && surest_against > 0)
    std::erase_if(found, [&](const Found& f) { return f.against == surest > surest_against; });
  const Found* first = nullptr;
  std::size_t apart = 0;
  std::vector<bool> covered(said_.light.size());
  for (const Found& f : found) {
    if (f.against) continue;
    for (std::size_t i = f.word->begin; i < f.word->end; ++i) covered[i] = true;
    if (first == nullptr || f.word->begin >= first->word->end) ++apart;
    const bool better =
        first == nullptr || (first->denied && !f.denied) || (first->denied == f.denied && !first->word->phrase && f.word->phrase);
    if (better) first = &f;
  }
  if (first != nullptr) {
    add(option,
        first->denied         ? Signal::kImpliedByNot
        : first->word->phrase ? Signal::kImpliedPhrase
                              : Signal::kImplied,
        1, first->word->begin, first->word->end);
    if (apart > 1) add(option, Signal::kImpliedMore, 1);
    double words = 0, own = 0;
    for (std::size_t i = 0; i < covered.size(); ++i) {
      if (said_.light[i] && !covered[i]) continue;
      ++words;
      own += covered[i] ? 1 : 0;
    }
    add(option, Signal::kImpliedShare, own / words);
  }
  if (std::ranges::any_of(found, &Found::against)) add(option, Signal::kImpliedElse, 1);
}

void Collector::read_implied() {
  if (said_.clauses.empty()) return;
  const int asked = claim_.negative ? -1 : 1;
  const std::vector<ImpliedWord> implied = implied_in(said_.message, asked_.facts);
  for (std::size_t i = 0; i < options_.size(); ++i) {
    if (!asked_.labels[i].facts.empty()) {
      imply(i, implied_in(said_.message, asked_.labels[i].facts), 1);
    } else if (!asked_.opposites && (i == asked_.yes || i == asked_.no)) {
      imply(i, implied, i == asked_.yes ? asked : -asked);
    }
  }
}

}  // namespace usher::dialogs
