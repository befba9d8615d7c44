// What options mean ("sluggish" to the label "Slow"), and words and things an answer has in common with them.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "dialogs/lexicon_things.h"
#include "dialogs/understand_collector.h"

namespace usher::dialogs {

// "Sluggish" to the label "Slow".
void Collector::read_meanings() {
  std::vector<std::size_t> meant;
  for (std::size_t i = 0; i < options_.size(); ++i) {
    const std::vector<Claim>& pieces = asked_.labels[i].meanings;
    if (pieces.empty() || another_number(i)) continue;
    const Claim& meaning = pieces.front();
    const Bearing* best = nullptr;
    std::vector<Bearing> all;
    for (const Claim& piece : pieces) {
      for (const SaidWords::Clause& clause : said_.clauses) {
        if (clause.asks || clause.aside) continue;
        std::ranges::move(bearings(said_, clause, piece), std::back_inserter(all));
      }
    }
    for (const Bearing& b : all) {
      if (b.rank < 3 || b.other || b.depends) continue;
      if (best == nullptr || b.weight > best->weight) best = &b;
    }
    if (best == nullptr) continue;
    const bool general = best->means == Means::kGeneral;
    if (best->sign < 0) {
      // "Others are fine" is the same as "Only mine is not".
      const bool named = std::ranges::any_of(hits_, [&](const Hit& h) { return h.option == i && !h.negated; });
      if (!out_.spoken[i] && !(named && (general || meaning.negative))) add(i, Signal::kMeaningDenied, 1, best->begin, best->end);
    } else {
      // "Not blinking" is not yet "Steady and white".
      const bool by_not = best->denied && !meaning.negative && !general;
      if (by_not && asked_.labels[i].states_two) continue;
      if (best->beside == 0 && (!best->denied || meaning.negative)) meant.push_back(i);
      if (best->beside > 0) add(i, Signal::kMeaningBeside, best->beside, best->begin, best->end);
      add(i,
          general                             ? Signal::kMeaningGeneral
          : best->denied && !meaning.negative ? Signal::kMeaningByNot
                                              : Signal::kMeaning,
          1, best->begin, best->end);
    }
  }
  if (meant.size() == 1)
    add(meant[0],
        named_ == 0 && std::ranges::find(out_.spoken, true) == out_.spoken.end() ? Signal::kMeaningOnly : Signal::kMeaningToo, 1);
}

// Words of the answer that stand among what an option's author wrote, and things akin to it: a word that many options have
// counts little, one that all have nothing.
void Collector::read_alike() {
  const std::size_t n = options_.size();
  if (n < 2) return;
  const auto& w = said_.message.words;
  std::vector<double> alike(n), akin(n);
  std::vector<char> has(n);
  double words = 0;
  auto share = [&](std::vector<double>& into) {
    const auto df = std::ranges::count(has, 1);
    if (df == 0 || static_cast<std::size_t>(df) == n) return;
    const double idf = std::log(static_cast<double>(n) / static_cast<double>(df)) / std::log(static_cast<double>(n));
    for (std::size_t i = 0; i < n; ++i) into[i] += has[i] ? idf : 0;
  };
  for (std::size_t k = 0; k < w.size(); ++k) {
    if (said_.light[k] || is_negator(w[k])) continue;
    ++words;
    if (of_question(w[k])) continue;
    const SaidWords::Clause& clause = said_.clause_at(k);
    if (clause.asks || said_.negations(clause, k) > 0) continue;
    for (std::size_t i = 0; i < n; ++i) {
      has[i] = std::ranges::binary_search(asked_.labels[i].spoken, w[k].text);
    }
    share(alike);
  }
  for (const ThingWord& thing : said_.things) {
    const SaidWords::Clause& clause = said_.clause_at(thing.begin);
    if (clause.asks || said_.negations(clause, thing.begin) % 2 == 1) continue;
    for (std::size_t i = 0; i < n; ++i) {
      has[i] = std::ranges::any_of(asked_.labels[i].named, [&](const auto& named) {
        const Kin k = kin(thing.senses, named);
        return k == Kin::kSame || k == Kin::kKind || k == Kin::kPart || k == Kin::kSibling;
      });
    }
    share(akin);
  }
  for (std::size_t i = 0; i < n && words > 0; ++i) {
    if (alike[i] > 0) add(i, Signal::kAlike, alike[i] / words);
    if (akin[i] > 0) add(i, Signal::kAlikeKin, std::min(1.0, akin[i] / words));
  }
}

}  // namespace usher::dialogs
