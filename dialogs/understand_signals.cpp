// Collects what an answer says for each option: where it names the option or what the option means, what it says as a yes or a
// no, and what speaks for asking again.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "dialogs/lexicon_things.h"
#include "dialogs/understand_range.h"
#include "dialogs/understand_signals.h"

namespace usher::dialogs {
namespace {

using Kind = Word::Kind;

class Collector {
 public:
  Collector(std::string_view words, const SaidWords& said, const std::vector<Option>& options, const QuestionRead& asked)
      : raw_(words), said_(said), options_(options), asked_(asked), sides_(asked.sides), claim_(asked.claim), tags_(said.tags) {}

  Signals collect() {
    out_.options.resize(options_.size());
    out_.spoken.assign(options_.size(), false);
    hits_ = find_hits(said_, options_, sides_, tags_, used_, asked_.topics);
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
    read_exclusion();
    compare_options();
    read_again();
    return std::move(out_);
  }

 private:
  void add(std::size_t option, Signal signal, double value, std::size_t b = 0, std::size_t e = 0) {
    out_.options[option].push_back({signal, value, b, e});
  }
  void again(Signal signal, double value) {
    if (value != 0) out_.again.push_back({signal, value});
  }

  // What an option for yes or no says besides belongs to the claim (understand_question.cpp): it is no hit.
  void leave_sides_their_words() {
    std::erase_if(hits_, [&](const Hit& h) { return sides_[h.option] != Side::kOther; });
    used_.clear();
    for (const Hit& h : hits_) {
      for (std::size_t k = 0; k < h.begin && h.negated; ++k) {
        if (is_negator(said_.message.words[k]) && said_.clause_at(k).begin == said_.clause_at(h.begin).begin) used_.push_back(k);
      }
    }
  }

  bool in_one_clause(std::size_t a, std::size_t b) const {
    for (std::size_t i = a; i < b; ++i) {
      if (said_.message.words[i].kind == Kind::kBreak) return false;
    }
    return true;
  }

  // "White or orange": neither is meant for certain.
  bool either_or() const {
    static constexpr std::array<std::string_view, 3> kOr = {"or", "或", "还"};
    for (std::size_t i = 0; i < said_.message.words.size(); ++i) {
      if (std::ranges::find(kOr, said_.message.words[i].text) == kOr.end()) continue;
      for (const Hit& a : hits_) {
        for (const Hit& b : hits_) {
          if (a.option != b.option && !a.negated && !b.negated && a.end <= i && b.begin > i && in_one_clause(a.begin, b.begin))
            return true;
        }
      }
    }
    return false;
  }

  // What the options are called by other names, and kinds of what they are called: "coffee" for "Liquid".
  void hit_things() {
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
  void turn_faults() {
    for (Hit& h : hits_) {
      if (h.refused) {
        h.negated = h.refused = false;
      } else if (!h.negated && in_order(said_.clause_at(h.begin), h)) {
        h.negated = true;
      }
    }
  }

  static Signal signal_of(const Hit& h) {
    if (h.quality > 0.9) return Signal::kWords;
    if (h.quality > 0.72) return Signal::kWordsNearly;
    if (h.quality > 0.7) return Signal::kHint;
    if (h.quality > 0.61) return Signal::kHintNearly;
    return h.quality > 0.55 ? Signal::kThing : Signal::kThingKind;
  }

  // The place the answer names an option at: of several the clearest.
  void read_options() {
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
  double cover(std::size_t i) const {
    double words = 0, heard = 0;
    for (const std::string& own : asked_.labels[i].content) {
      ++words;
      heard += std::ranges::any_of(said_.message.words, [&](const Word& s) { return s.is(own); }) ? 1 : 0;
    }
    return words == 0 ? 0 : heard / words;
  }

  bool before_but(const Hit& h) const {
    return std::ranges::any_of(tags_, [&](const Tagged& t) {
      return t.tag == Tag::kBut && h.end <= t.begin &&
             std::ranges::any_of(hits_, [&](const Hit& o) { return !o.negated && o.option != h.option && o.begin >= t.end; });
    });
  }
  bool wavers(const SaidWords::Clause& clause) const {
    return std::ranges::any_of(said_.states, [&](const StateWord& s) {
      return s.begin >= clause.begin && s.end <= clause.end && std::ranges::any_of(s.senses, is_wavering);
    });
  }
  // "The speakers are fine" where one of two things is at fault.
  bool in_order(const SaidWords::Clause& clause, const Hit& h) const {
    return std::ranges::any_of(said_.states, [&](const StateWord& s) {
      if (s.begin < clause.begin || s.end > clause.end || (s.begin < h.end && h.begin < s.end)) return false;
      return said_.negations(clause, s.begin) % 2 == 0 &&
             std::ranges::any_of(s.senses, [](const Sense& x) { return is_general(x) && x.pole > 0; });
    });
  }

  // "Sluggish" to the label "Slow".
  void read_meanings() {
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
        if (!out_.spoken[i] && !(named && (general || meaning.negative)))
          add(i, Signal::kMeaningDenied, 1, best->begin, best->end);
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
          named_ == 0 && std::ranges::find(out_.spoken, true) == out_.spoken.end() ? Signal::kMeaningOnly : Signal::kMeaningToo,
          1);
  }

  // Words of the answer that stand among what an option's author wrote, and things akin to it: a word that many options have
  // counts little, one that all have nothing.
  void read_alike() {
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
  bool of_question(const Word& word) const { return std::ranges::find(asked_.words, word.text) != asked_.words.end(); }

  // What says more than the sum: a phrase foreseen for one option only, and options nobody speaks for beside one somebody does.
  void compare_options() {
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

  // There is a number, and beside it hardly anything: "about two years", not "called you 3 times because of the noise".
  bool speaks_of_a_number() const {
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
  void read_ranges() {
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
    if (!asked_.limit || !range_in(raw_) || yes == options_.size() || no == options_.size()) return;
    add(range_of(raw_, {asked_.limit}).has_value() ? yes : no, Signal::kAmount, 1);
  }

  bool says_none(std::size_t i) const { return asked_.labels[i].none; }
  bool says_all(std::size_t i) const { return asked_.labels[i].all; }
  bool says_other(std::size_t i) const { return asked_.labels[i].other; }

  // Two options and one of them denied; all others denied where an option says "none" or "something else".
  void read_exclusion() {
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
  void read_many() {
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
  bool another_number(std::size_t i) const { return !another_number_.empty() && another_number_[i]; }

  void read_again() {
    const Message& m = said_.message;
    again(sided_ ? Signal::kAgainSides : Signal::kAgainWords, 1);
    again(Signal::kAgainMany, std::log(static_cast<double>(std::max<std::size_t>(2, options_.size())) / 2));
    const auto silent = [](const auto& e) { return e.empty(); };
    again(Signal::kNothingSaid, std::ranges::all_of(out_.options, silent) ? 1 : 0);
    for (const Tagged& t : tags_) {
      if (t.tag == Tag::kDontKnow) out_.unknown = true;
    }
    std::size_t unsure = options_.size();
    for (std::size_t i = 0; i < options_.size(); ++i) {
      if (asked_.labels[i].unsure) unsure = i;
    }
    const bool cannot_see = unsure < options_.size() && cannot();
    if ((out_.unknown || cannot_see) && unsure < options_.size()) {
      add(unsure, out_.unknown ? Signal::kUnsureOption : Signal::kUnsureMaybe, 1);
    } else {
      again(Signal::kSaysUnknown, out_.unknown ? 1 : 0);
    }
    again(Signal::kSaysWait, said_.has(Tag::kWait) ? 1 : 0);
    again(Signal::kHedged, said_.has(Tag::kHedge) ? 1 : 0);
    const auto asking = std::ranges::count_if(said_.clauses, &SaidWords::Clause::asks);
    out_.asks = asking > 0;
    const bool names_topic = asked_.topics && named_ == 1;
    again(Signal::kAsks, asking > 0 && !names_topic ? 1 : 0);
    again(Signal::kAsksOnly, asking > 0 && !names_topic && static_cast<std::size_t>(asking) == said_.clauses.size() ? 1 : 0);
    again(Signal::kQuestionMark, m.asks && !names_topic ? 1 : 0);
    again(Signal::kIf, std::ranges::any_of(said_.clauses, &SaidWords::Clause::depends) ? 1 : 0);
    again(Signal::kUnread, unread());
    double length = 0;
    for (const Word& w : m.words) length += w.kind == Kind::kBreak ? 0 : w.kind == Kind::kHan ? 0.6 : 1;
    again(Signal::kLong, std::min(2.0, length / 15));
    again(Signal::kNoClaim, sided_ && claim_.empty() ? 1 : 0);
    again(Signal::kEitherOr, either_or() ? 1 : 0);
    again(Signal::kSeveral, named_ > 1 ? 1 : 0);
    bool some = false, other = false;
    for (const Word& w : m.words) {
      (some ? other : some) |= w.folded == "some" || w.folded == "others" || w.folded == "one";
    }
    again(Signal::kSomeSome, some && other ? 1 : 0);
    again(Signal::kLacks, lacks() ? 1 : 0);
    const bool unsettled = sided_ && !claim_.wavering &&
                           std::ranges::any_of(said_.clauses, [&](const SaidWords::Clause& c) { return !c.past && wavers(c); });
    again(Signal::kUnsettled, unsettled ? 1 : 0);
    again(Signal::kUntried, sided_ && untried(said_, claim_) ? 1 : 0);
  }

  // "I can't see where"
  bool cannot() const {
    const auto& w = said_.message.words;
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (w[i].folded == "cant" || w[i].folded == "cannot" || (w[i].is("看") && i + 1 < w.size() && w[i + 1].is("不")))
        return true;
    }
    return false;
  }

  // "I have no other cable", 我没有万用表: what the question takes for granted is not there.
  bool lacks() const {
    if (claim_.done) return false;
    const auto& w = said_.message.words;
    for (std::size_t i = 0; i + 1 < w.size(); ++i) {
      const bool i_have_no = (w[i].is("not") && w[i + 1].is("hav")) || (w[i].is("hav") && w[i + 1].is("no")) ||
                             (w[i].is("not") && w[i + 1].is("own")) || (w[i].is("not") && w[i + 1].folded == "have");
      const bool mine = i > 0 && (w[i - 1].is("i") || w[i - 1].is("we"));
      if (i_have_no && mine) return i + 2 < w.size();
      if (w[i].is("我") && w[i + 1].is("没") && i + 2 < w.size() && w[i + 2].is("有")) return i + 3 < w.size();
    }
    return false;
  }

  // The share of the words that carry something and are evidence for nothing.
  double unread() const {
    double words = 0, heard = 0;
    for (std::size_t i = 0; i < said_.message.words.size(); ++i) {
      if (said_.light[i]) continue;
      ++words;
      const bool read = std::ranges::any_of(out_.options, [&](const auto& list) {
        return std::ranges::any_of(list, [&](const Evidence& e) { return e.begin <= i && i < e.end; });
      });
      heard += read ? 1 : 0;
    }
    return words == 0 ? 0 : 1 - heard / words;
  }

  std::string_view raw_;
  const SaidWords& said_;
  const std::vector<Option>& options_;
  const QuestionRead& asked_;
  const std::vector<Side>& sides_;
  const Claim& claim_;
  std::vector<Tagged> tags_;
  std::vector<Hit> hits_;
  std::vector<std::size_t> used_;  // negations that belong to an option's words
  std::vector<bool> denied_;
  std::vector<bool> another_number_;  // labels of another number of things than is said; empty: none is
  std::size_t named_ = 0;
  bool sided_ = false;
  Signals out_;
};

}  // namespace

Signals signals_of(std::string_view words, const SaidWords& said, const std::vector<Option>& options, const QuestionRead& asked) {
  return Collector(words, said, options, asked).collect();
}
Signals signals_of(std::string_view words, const SaidWords& said, const std::vector<Option>& options, std::string_view language,
                   std::string_view question, const Lexicons& lexicons) {
  return signals_of(words, said, options, *reading_of(options, language, question, lexicons));
}

}  // namespace usher::dialogs
