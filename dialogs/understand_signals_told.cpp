// What an answer tells as done ("pulled out half a sock" to "Have you cleaned it?"), and that an offer is welcome.
#include <algorithm>
#include <array>
#include <string_view>

#include "dialogs/understand_collector.h"

namespace usher::dialogs {

// "Pulled out half a sock", 拆下来冲过: something was done.
bool Collector::tells_deed(const SaidWords::Clause& clause) const {
  static constexpr std::array<std::string_view, 28> kPast = {
      "did",  "took",  "put", "went", "got",   "bought", "ran",  "blew", "shook", "let",   "held", "hit",  "gave", "made",
      "sent", "wrote", "cut", "tore", "stuck", "dug",    "rang", "rung", "done",  "undid", "lent", "sold", "set",  "brought"};
  static constexpr std::array<std::string_view, 10> kNoDeed = {"needed", "supposed", "wanted", "tried",  "closed",
                                                               "locked", "shared",   "seemed", "indeed", "speed"};
  const auto& w = said_.message.words;
  for (std::size_t i = clause.begin; i < clause.end; ++i) {
    const Word& word = w[i];
    if (word.kind == Word::Kind::kHan) {
      const bool done = (word.is("了") || word.is("过")) && i > clause.begin && !said_.light[i - 1];
      if (done && said_.negations(clause, i) == 0) return true;
      continue;
    }
    const bool past =
        (word.folded.size() > 4 && word.folded.ends_with("ed")) || std::ranges::find(kPast, word.folded) != kPast.end();
    if (!past || std::ranges::find(kNoDeed, word.folded) != kNoDeed.end() || said_.negations(clause, i) > 0) continue;
    bool own = true;  // "I pulled", "pulled": not "it stopped"
    for (std::size_t k = clause.begin; k < i; ++k) {
      const std::string& before = w[k].folded;
      if (before == "i" || before == "we" || before == "ive" || before == "son" || before == "husband" || before == "wife") {
        own = true;
        break;
      }
      own =
          own && (said_.light[k] && before != "it" && before != "they" && before != "that" && before != "is" && before != "was");
    }
    if (own) return true;
  }
  return false;
}

// "Great", "perfect" to "Shall I go ahead?"
void Collector::read_welcome() {
  if (!claim_.offers || asked_.yes >= options_.size()) return;
  for (const StateWord& s : said_.states) {
    const SaidWords::Clause& clause = said_.clause_at(s.begin);
    if (clause.asks || clause.depends || said_.negations(clause, s.begin) > 0) continue;
    if (std::ranges::none_of(s.senses, [](const Sense& x) { return is_general(x) && x.pole > 0; })) continue;
    bool alone = true;
    for (std::size_t i = clause.begin; i < clause.end; ++i) alone = alone && (said_.light[i] || (s.begin <= i && i < s.end));
    if (!alone) continue;
    add(asked_.yes, Signal::kAcceptOffer, 1, s.begin, s.end);
    return;
  }
}

void Collector::read_told() {
  if (!claim_.done || claim_.negative || asked_.yes >= options_.size()) return;
  for (const SaidWords::Clause& clause : said_.clauses) {
    if (clause.asks || clause.depends || !tells_deed(clause)) continue;
    add(asked_.yes, Signal::kTold, 1, clause.begin, clause.end);
    return;
  }
}

}  // namespace usher::dialogs
