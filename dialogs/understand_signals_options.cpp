// Where an answer names an option: by its words, by another name of the thing, in order or at fault.
#include <algorithm>
#include <optional>

#include "dialogs/lexicon_things.h"
#include "dialogs/understand_collector.h"
#include "dialogs/understand_range.h"

namespace usher::dialogs {

using Kind = Word::Kind;

namespace {

constexpr double kMostOfAHint = 0.72;  // quality of a word of the label that no other option has

}  // namespace

// "Years" of "four years" is no word of the label "Less than a year": of a range only the amount counts. What its author wrote
// beside the label stays.
void Collector::leave_units() {
  std::erase_if(hits_, [&](const Hit& h) {
    const auto& range = asked_.labels[h.option].range;
    if (!range || range->is_point() || h.quality > kMostOfAHint) return false;
    for (std::size_t i = h.begin; i < h.end; ++i) {
      const Word& w = said_.message.words[i];
      if (!is_unit(w.folded) && !small_number(w.folded)) return false;
    }
    return true;
  });
}

// What an option for yes or no says besides belongs to the claim (understand_question.cpp): it is no hit.
void Collector::leave_sides_their_words() {
  std::erase_if(hits_, [&](const Hit& h) { return sides_[h.option] != Side::kOther; });
  used_.clear();
  for (const Hit& h : hits_) {
    for (std::size_t k = 0; k < h.begin && h.negated; ++k) {
      if (is_negator(said_.message.words[k]) && said_.clause_at(k).begin == said_.clause_at(h.begin).begin) used_.push_back(k);
    }
  }
}

// What the options are called by other names, and kinds of what they are called: "coffee" for "Liquid".
void Collector::hit_things() {
  const auto& said = said_.things;
  if (said.empty()) return;
  for (const ThingWord& word : said) {
    std::vector<Kin> nearest(options_.size(), Kin::kNone);
    auto near = [](Kin k) { return k == Kin::kSame ? 2 : k == Kin::kKind ? 1 : 0; };
    int best = 0, several = 0;
    for (std::size_t i = 0; i < options_.size(); ++i) {
      for (const ThingWord& own : asked_.labels[i].things) {
        const Kin k = kin(word, own);
        if (near(k) > near(nearest[i])) nearest[i] = k;
      }
      if (near(nearest[i]) > best) best = near(nearest[i]), several = 0;
      several += best > 0 && near(nearest[i]) == best ? 1 : 0;
    }
    if (several != 1) continue;  // of two options as well
    for (std::size_t i = 0; i < options_.size(); ++i) {
      if (near(nearest[i]) != best) continue;
      Hit h{i, word.begin, word.end, best == 2 ? 0.6 : 0.5};
      const bool known = std::ranges::any_of(hits_, [&](const Hit& o) { return o.begin < h.end && h.begin < o.end; });
      if (known || said_.clause_at(h.begin).asks) continue;
      h.negated = said_.negations(said_.clause_at(h.begin), h.begin) % 2 == 1;
      hits_.push_back(h);
    }
  }
}

// Where the question asks for what is wrong, "the speakers don't work" names the speakers and "headphones are fine" rules them
// out.
void Collector::turn_faults() {
  for (Hit& h : hits_) {
    if (h.refused) {
      h.negated = h.refused = false;
    } else if (!h.negated && in_order(said_.clause_at(h.begin), h)) {
      h.negated = true;
    }
  }
}

Signal Collector::signal_of(const Hit& h) {
  if (h.quality > 0.9) return Signal::kWords;
  if (h.quality > kMostOfAHint) return Signal::kWordsNearly;
  if (h.quality > 0.7) return Signal::kHint;
  if (h.quality > 0.61) return Signal::kHintNearly;
  return h.quality > 0.55 ? Signal::kThing : Signal::kThingKind;
}

// The place the answer names an option at: of several the clearest.
void Collector::read_options() {
  std::erase_if(hits_, [&](const Hit& h) { return sides_[h.option] != Side::kOther && !asked_.opposites; });
  std::optional<std::size_t> first;
  std::vector<bool> named(options_.size());
  for (const Hit& h : hits_) {
    if (h.negated) continue;
    named[h.option] = true;
    if (!first || h.begin < hits_[*first].begin) first = static_cast<std::size_t>(&h - hits_.data());
  }
  named_ = static_cast<std::size_t>(std::ranges::count(named, true));
  for (std::size_t i = 0; i < options_.size(); ++i) {
    const Hit* best = nullptr;
    const Hit* denied = nullptr;
    std::vector<bool> covered(said_.message.words.size());
    for (const Hit& h : hits_) {
      if (h.option != i) continue;
      const Hit*& slot = h.negated ? denied : best;
      auto worth = [&](const Hit& x) {
        return x.quality - (said_.clause_at(x.begin).past ? 0.5 : 0) - (before_but(x) ? 0.4 : 0);
      };
      if (slot == nullptr || worth(h) > worth(*slot)) slot = &h;
      for (std::size_t k = h.begin; k < h.end && !h.negated; ++k) covered[k] = true;
    }
    if (denied != nullptr) add(i, Signal::kDenied, 1, denied->begin, denied->end);
    denied_.push_back(denied != nullptr && best == nullptr);
    if (best == nullptr) continue;
    const auto [b, e] = std::pair(best->begin, best->end);
    add(i, signal_of(*best), 1, b, e);
    if (best->quality > 0.9 && e - b >= (said_.message.words[b].kind == Kind::kHan ? 3U : 2U)) {
      add(i, Signal::kPhrase, 1, b, e);
      out_.spoken[i] = true;
    }
    const SaidWords::Clause& clause = said_.clause_at(b);
    if (clause.past) add(i, Signal::kHitPast, 1, b, e);
    if (before_but(*best)) add(i, Signal::kHitBeforeBut, 1, b, e);
    if (clause.aside || clause.depends) add(i, Signal::kHitAside, 1, b, e);
    if (wavers(clause) && !asked_.labels[i].wavering) add(i, Signal::kHitWavers, 1, b, e);
    if (named_ == 1) add(i, Signal::kHitOnly, 1, b, e);
    if (named_ > 1 && first && hits_[*first].option == i) add(i, Signal::kHitFirst, 1, b, e);
    if (in_order(clause, *best)) add(i, Signal::kHitInOrder, 1, b, e);
    double words = 0, own = 0;
    for (std::size_t k = 0; k < covered.size(); ++k) {
      if (said_.light[k] && !covered[k]) continue;
      ++words;
      own += covered[k] ? 1 : 0;
    }
    if (words > 0) add(i, Signal::kShare, own / words, b, e);
    add(i, Signal::kCover, cover(i), b, e);
  }
}

// How much of the label is said.
double Collector::cover(std::size_t i) const {
  double words = 0, heard = 0;
  for (const std::string& own : asked_.labels[i].content) {
    ++words;
    heard += std::ranges::any_of(said_.message.words, [&](const Word& s) { return s.is(own); }) ? 1 : 0;
  }
  return words == 0 ? 0 : heard / words;
}

bool Collector::before_but(const Hit& h) const {
  return std::ranges::any_of(tags_, [&](const Tagged& t) {
    return t.tag == Tag::kBut && h.end <= t.begin &&
           std::ranges::any_of(hits_, [&](const Hit& o) { return !o.negated && o.option != h.option && o.begin >= t.end; });
  });
}

bool Collector::wavers(const SaidWords::Clause& clause) const {
  return std::ranges::any_of(said_.states, [&](const StateWord& s) {
    return s.begin >= clause.begin && s.end <= clause.end && std::ranges::any_of(s.senses, is_wavering);
  });
}

// "The speakers are fine" where one of two things is at fault.
bool Collector::in_order(const SaidWords::Clause& clause, const Hit& h) const {
  return std::ranges::any_of(said_.states, [&](const StateWord& s) {
    if (s.begin < clause.begin || s.end > clause.end || (s.begin < h.end && h.begin < s.end)) return false;
    return said_.negations(clause, s.begin) % 2 == 0 &&
           std::ranges::any_of(s.senses, [](const Sense& x) { return is_general(x) && x.pole > 0; });
  });
}

}  // namespace usher::dialogs
