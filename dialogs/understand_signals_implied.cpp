// What an answer implies of the very thing that was asked: "a puddle" to "Is it leaking?".
#include <algorithm>
#include <array>
#include <string_view>

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
void Collector::imply(std::size_t option, const std::vector<AskedFact>& facts, const std::vector<ImpliedWord>& implied,
                      int side) {
  struct Found {
    const ImpliedWord* word;
    bool denied, against;
    std::uint8_t asked;  // words of the question that show the fact
  };
  std::vector<Found> found;
  std::uint8_t surest = 0, surest_against = 0;
  const bool of_label = &facts != &asked_.facts;
  for (const ImpliedWord& word : implied) {
    const SaidWords::Clause& clause = said_.clause_at(word.begin);
    if (clause.asks || clause.depends || repeats(word)) continue;
    const bool turned = said_.negations(clause, word.begin) % 2 == 1;
    if (turned && of_label) continue;  // "not blinking" is not yet "steady"
    const AskedFact& fact = *std::ranges::find(facts, word.fact, &AskedFact::fact);
    const bool against = side * fact.pole * word.pole * (turned ? -1 : 1) < 0;
    std::uint8_t& most = against ? surest_against : surest;
    most = std::max(most, fact.words);
    found.push_back({&word, turned, against, fact.words});
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

// "Pulled out half a sock", 拆下来冲过: something was done.
bool Collector::tells_deed(const SaidWords::Clause& clause) const {
  static constexpr std::array<std::string_view, 30> kPast = {
      "did",   "took", "put",  "went", "got",  "bought", "ran",  "blew",  "swapped", "shook",
      "wiped", "let",  "held", "hit",  "gave", "made",   "sent", "wrote", "cut",     "tore",
      "stuck", "dug",  "rang", "rung", "done", "undid",  "lent", "sold",  "set",     "brought"};
  static constexpr std::array<std::string_view, 16> kNoDeed = {"need",   "needed", "supposed", "used", "wanted", "tried",
                                                               "closed", "locked", "red",      "bed",  "shared", "broken",
                                                               "seemed", "indeed", "speed",    "feed"};
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

void Collector::read_implied() {
  if (said_.clauses.empty()) return;
  const int asked = claim_.negative ? -1 : 1;
  const std::vector<ImpliedWord> implied = implied_in(said_.message, asked_.facts);
  for (std::size_t i = 0; i < options_.size(); ++i) {
    if (!asked_.labels[i].facts.empty()) {
      const auto& facts = asked_.labels[i].facts;
      imply(i, facts, implied_in(said_.message, facts), 1);
    } else if (!asked_.opposites && (i == asked_.yes || i == asked_.no)) {
      imply(i, asked_.facts, implied, i == asked_.yes ? asked : -asked);
    }
  }
}

}  // namespace usher::dialogs
