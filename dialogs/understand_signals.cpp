// Collects what an answer says for each option: in which order, amounts, exclusion, and what says more than the sum.
#include "dialogs/understand_signals.h"

#include <algorithm>
#include <optional>

#include "dialogs/understand_collector.h"
#include "dialogs/understand_range.h"

namespace usher::dialogs {

using Kind = Word::Kind;

Signals Collector::collect() {
  out_.options.resize(options_.size());
  out_.spoken.assign(options_.size(), false);
  hits_ = find_hits(said_, options_, sides_, tags_, used_, asked_.topics);
  leave_units();
  if (!asked_.opposites) leave_sides_their_words();
  hit_things();
  if (claim_.fault) turn_faults();
  read_options();
  read_ranges();
  if (asked_.yes < options_.size() || asked_.no < options_.size()) {
    read_sides(said_, asked_, options_, used_, out_);
    sided_ = sides_[std::min(asked_.yes, options_.size() - 1)] == Side::kYes || asked_.opposites;
  }
  read_many();
  read_meanings();
  read_alike();
  read_told();
  read_welcome();
  read_implied();
  read_exclusion();
  compare_options();
  read_again();
  return std::move(out_);
}

// There is a number, and beside it hardly anything: "about two years", not "called you 3 times because of the noise".
bool Collector::speaks_of_a_number() const {
  std::size_t numbers = 0, latin = 0, han = 0;
  for (std::size_t i = 0; i < said_.message.words.size(); ++i) {
    const Word& w = said_.message.words[i];
    if (small_number(w.folded) || (w.folded.front() >= '0' && w.folded.front() <= '9') || is_unit(w.folded) || w.is("十") ||
        w.is("半") || w.is("昨") || w.is("今") || w.is("上") || w.is("前") || w.is("刚")) {
      ++numbers;
    } else if (!said_.light[i]) {
      ++(w.kind == Kind::kHan ? han : latin);
    }
  }
  return numbers > 0 && latin <= 2 && han <= 5;
}

// "18 months" to "1-3 years", "12.6" to "Is it above 12 V?".
void Collector::read_ranges() {
  if (!speaks_of_a_number()) return;
  std::vector<std::optional<Range>> ranges;
  for (const QuestionRead::Label& l : asked_.labels) ranges.push_back(l.range);
  // One label with a number in it (这一步我做不了) is no list of amounts.
  if (asked_.ranges == 1 && std::ranges::all_of(ranges, [](const auto& r) { return !r || r->is_point(); })) return;
  if (asked_.ranges > 0) {
    if (const auto i = range_of(raw_, ranges)) add(*i, Signal::kRange, 1);
    return;
  }
  const auto [yes, no] = std::pair(asked_.yes, asked_.no);
  const auto amount = range_in(raw_);
  if (!asked_.limit || !amount || yes == options_.size() || no == options_.size()) return;
  // "For a minute" is no number of bars.
  if (amount->unit == Range::Unit::kTime && asked_.limit->unit != Range::Unit::kTime) return;
  add(range_of(raw_, {asked_.limit}).has_value() ? yes : no, Signal::kAmount, 1);
}

// Two options and one of them denied; all others denied where an option says "none" or "something else".
void Collector::read_exclusion() {
  std::size_t others = 0, denied = 0;
  for (std::size_t i = 0; i < options_.size(); ++i) {
    const bool rest = says_none(i) || says_other(i);
    others += rest ? 0 : 1;
    denied += !rest && denied_[i] ? 1 : 0;
  }
  const bool no = said_.has(Tag::kNo) || said_.has(Tag::kSaysNo);
  for (std::size_t i = 0; i < options_.size(); ++i) {
    if (sides_[i] != Side::kOther) continue;
    if (options_.size() == 2 && denied_[1 - i] && !denied_[i]) add(i, Signal::kRest, 1);
    if ((!says_none(i) && !says_other(i)) || denied_[i]) continue;
    if ((others >= 2 && denied == others) || (no && named_ == 0)) add(i, Signal::kNoneLeft, 1);
  }
  bool all = named_ > 1;
  for (const Word& w : said_.message.words) {
    for (const std::string_view word :
         {"all", "both", "every", "everywhere", "everyth", "each", "neither", "any", "anywhere", "都", "全", "每"})
      all = all || w.is(word) || w.folded == word;
  }
  for (std::size_t i = 0; all && i < options_.size(); ++i) {
    if (another_number(i)) continue;
    if (sides_[i] == Side::kOther && says_all(i)) add(i, Signal::kSaysAll, 1);
  }
  if (options_.size() == 1 && said_.has(Tag::kYes)) add(0, Signal::kOnlyOption, 1);
}

// "Just my laptop" to "Only this one" beside "All devices".
void Collector::read_many() {
  const auto& labels = asked_.labels;
  if (std::ranges::all_of(labels, [](const auto& l) { return l.many == Many::kUnsaid; })) return;
  const Many said = many_said(said_);
  if (said == Many::kUnsaid || std::ranges::count(labels, said, &QuestionRead::Label::many) != 1) return;
  another_number_.assign(options_.size(), false);
  for (std::size_t i = 0; i < options_.size(); ++i) {
    if (labels[i].many == Many::kUnsaid) continue;
    another_number_[i] = labels[i].many != said;
    add(i, another_number_[i] ? Signal::kManyElse : Signal::kMany, 1);
  }
}

// What says more than the sum: a phrase foreseen for one option only, and options nobody speaks for beside one somebody does.
void Collector::compare_options() {
  std::size_t foreseen = options_.size(), several = 0, heard = 0;
  for (std::size_t i = 0; i < options_.size(); ++i) {
    if (out_.spoken[i]) foreseen = i, ++several;
    heard += out_.options[i].empty() ? 0 : 1;
  }
  if (several == 1) add(foreseen, Signal::kForeseen, 1);
  for (std::size_t i = 0; i < options_.size() && heard > 0; ++i) {
    if (out_.options[i].empty()) add(i, Signal::kSilent, 1);
  }
}

Signals signals_of(std::string_view words, const SaidWords& said, const std::vector<Option>& options, const QuestionRead& asked) {
  return Collector(words, said, options, asked).collect();
}
Signals signals_of(std::string_view words, const SaidWords& said, const std::vector<Option>& options, std::string_view language,
                   std::string_view question, const Lexicons& lexicons) {
  return signals_of(words, said, options, *reading_of(options, language, question, lexicons));
}

}  // namespace usher::dialogs
