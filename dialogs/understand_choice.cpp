// How an answer to a choice is read. Evidence for and against each option is collected (its own words, its place in the list, its
// range of numbers, the states it names; yes/no words and statements about what was asked); only when one clearly leads is it
// taken.
#include <algorithm>
#include <array>
#include <optional>

#include "dialogs/lexicon.h"
#include "dialogs/understand.h"
#include "dialogs/understand_claim.h"
#include "dialogs/understand_option.h"
#include "dialogs/understand_polarity.h"
#include "dialogs/understand_range.h"
#include "dialogs/words.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;
using Kind = Word::Kind;

constexpr double kLead = 0.12;  // by this much the best option must lead

Understood nothing(std::string why, double confidence = 0) {
  return {As::kNothing, {}, confidence, std::move(why)};
}

class Reading {
 public:
  Reading(std::string_view words, const std::vector<Option>& options, std::string_view language, std::string_view question,
          const Lexicons& lexicons)
      : raw_(words), options_(options), language_(language), question_(question), lexicons_(lexicons), said_(words, lexicons) {}

  Understood read() {
    if (said_.message.words.empty()) return nothing("there are no words in it");
    read_ranges();
    if (auto u = named(raw_, said_, options_, ranged_ || asked_range_)) return *u;
    for (const Option& o : options_) sides_.push_back(side_of(o, lexicons_));
    claim_ = read_claim(question_);
    pair_up();
    hits_ = find_hits(said_, options_, sides_, said_.tags, used_);
    if (!opposites_) give_sides_their_words();
    return decide();
  }

 private:
  const std::string& label(std::size_t i) const { return options_[i].label.in(language_); }

  void read_ranges() {
    ranges_.resize(options_.size());
    if (!speaks_of_a_number()) return;
    std::size_t n = 0;
    for (std::size_t i = 0; i < options_.size(); ++i) {
      ranges_[i] = range_in(label(i));
      n += ranges_[i] ? 1 : 0;
    }
    ranged_ = n >= 2 && n + 1 >= options_.size();
    if (n > 0) return;
    // "Is there more than one?", "Over 12V?"
    asked_range_ = range_in(question_);
    if (asked_range_ && asked_range_->is_point()) asked_range_.reset();
  }

  // There is a number, and beside it hardly anything: "about two years", not "called you 3 times because of the noise".
  bool speaks_of_a_number() const {
    std::size_t numbers = 0, latin = 0, han = 0;
    for (std::size_t i = 0; i < said_.message.words.size(); ++i) {
      const Word& w = said_.message.words[i];
      if (small_number(w.folded) || (w.folded.front() >= '0' && w.folded.front() <= '9') || is_unit(w.folded) || w.is("十") ||
          w.is("半")) {
        ++numbers;
      } else if (!said_.light[i]) {
        ++(w.kind == Kind::kHan ? han : latin);
      }
    }
    return numbers > 0 && latin <= 2 && han <= 5;
  }

  // Two options of which one says the opposite of the other ("Loose", "Tight"; 亮, 不亮) stand for yes and no to the first.
  void pair_up() {
    if (options_.size() != 2 || sides_[0] != Side::kOther || sides_[1] != Side::kOther) return;
    const SaidWords second(label(1), lexicons_);
    if (second.clauses.empty()) return;
    Claim first = read_claim(label(0));
    if (first.empty()) return;
    const Bearing b = bearing(second, second.clauses.front(), first);
    if (b.rank < 3 || b.sign >= 0) return;
    opposites_ = true;
    // What the question asks decides which of them "yes" means; "is it loose or tight?" has no yes.
    const SaidWords one(label(0), lexicons_);
    const Bearing asked = one.clauses.empty() ? Bearing{} : bearing(one, one.clauses.front(), claim_);
    const Bearing other = bearing(second, second.clauses.front(), claim_);
    const bool yes = asked.rank >= 3 && asked.sign > 0 && !(other.rank >= 3 && other.sign > 0);
    const bool no = other.rank >= 3 && other.sign > 0 && asked.sign < 0;
    says_yes_ = yes || no;
    sides_[0] = no ? Side::kNo : Side::kYes;
    sides_[1] = no ? Side::kYes : Side::kNo;
    if (!yes && !no) {
      first.subject.insert(first.subject.end(), claim_.subject.begin(), claim_.subject.end());
      first.exists = first.outcome = false;
      first.value = 0;
      first.label = true;
      claim_ = std::move(first);
    }
  }

  // What an option for yes or no says besides ("Yes, keep it"; the author's words) is part of the claim, so that it is weighed
  // with what the answer says of the matter.
  void give_sides_their_words() {
    for (std::size_t i = 0; i < options_.size(); ++i) {
      if (sides_[i] == Side::kOther) continue;
      auto& list = sides_[i] == Side::kYes ? claim_.agreeing : claim_.contrary;
      for (const auto& phrases : {options_[i].keys, options_[i].hints}) {
        for (const Phrase& p : phrases) {
          if (!only_yes_or_no(p)) list.push_back(p);
        }
      }
    }
    std::erase_if(hits_, [&](const Hit& h) { return sides_[h.option] != Side::kOther; });
    used_.clear();
    for (const Hit& h : hits_) {
      for (std::size_t k = 0; k < h.begin && h.negated; ++k) {
        if (is_negator(said_.message.words[k]) && said_.clause_at(k).begin == said_.clause_at(h.begin).begin) used_.push_back(k);
      }
    }
  }
  bool only_yes_or_no(const Phrase& p) const {
    std::string text;
    for (const std::string& w : p) text += w + " ";
    const Message m = read_words(text);
    const auto tags = lexicons_.answers().scan(m);
    return tags.size() == 1 && tags[0].begin == 0 && tags[0].end == m.words.size() &&
           (tags[0].tag == Tag::kYes || tags[0].tag == Tag::kNo || tags[0].tag == Tag::kSaysYes || tags[0].tag == Tag::kSaysNo ||
            tags[0].tag == Tag::kNegator);
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

  // In "no smoke, but a burning smell" the second half is the answer; of "red now, green before" the first.
  void weigh_contrast() {
    // "It blinks green" is no steady green.
    const bool wavers =
        std::ranges::any_of(said_.states, [](const StateWord& w) { return std::ranges::any_of(w.senses, is_wavering); });
    const bool wavering =
        !wavers || std::ranges::any_of(options_, [&](const Option& o) { return read_claim(o.label.in(language_)).wavering; });
    for (const StateWord& s : said_.states) {
      if (wavering || std::ranges::none_of(s.senses, is_wavering)) continue;
      for (Hit& h : hits_) {
        if (in_one_clause(std::min(h.begin, s.begin), std::max(h.begin, s.begin))) h.quality = std::min(h.quality, 0.5);
      }
    }
    for (Hit& h : hits_) {
      if (said_.clause_at(h.begin).past) h.quality *= 0.5;
    }
    for (const Tagged& t : said_.tags) {
      if (t.tag != Tag::kBut) continue;
      if (std::ranges::none_of(hits_, [&](const Hit& h) { return !h.negated && h.begin >= t.end; })) continue;
      for (Hit& h : hits_) {
        if (h.end <= t.begin) h.quality *= 0.65;
      }
    }
  }

  void score_hits() {
    for (const Hit& h : hits_) {
      if (h.negated) {
        denied_[h.option] = true;
      } else if (h.quality > score_[h.option]) {
        score_[h.option] = h.quality;
        why_[h.option] = "“" + said_.text(h.begin, h.end) + "” fits it";
      }
    }
  }

  // "Sluggish" to the label "Slow", "18 months" to "1-3 years".
  void score_meanings() {
    const auto ranges = std::ranges::count_if(ranges_, [](const auto& r) { return r.has_value(); });
    if (ranges > 0) {
      if (const auto i = range_of(raw_, ranges_)) {
        for (std::size_t k = 0; k < score_.size(); ++k) {
          if (k != *i && ranges_[k]) score_[k] = std::min(score_[k], 0.4);
        }
        score_[*i] = std::max(score_[*i], 0.86);
        why_[*i] = "the number lies in its range";
      }
    }
    for (std::size_t i = 0; i < options_.size(); ++i) {
      if (sides_[i] != Side::kOther || score_[i] >= 0.7 || (ranges_[i] && ranges >= 2)) continue;
      Claim meaning = read_claim(label(i));
      if (meaning.senses.empty()) continue;
      meaning.predicate.clear();
      meaning.value = 0;
      meaning.outcome = false;
      const Bearing b = statement(said_, meaning);
      if (b.rank < 3 || b.weight < kMinUnderstood) continue;
      if (b.sign > 0 && b.weight * 0.9 > score_[i]) {
        score_[i] = b.weight * 0.9;
        why_[i] = "“" + said_.text(b.begin, b.end) + "” means it";
      }
      if (b.sign < 0) denied_[i] = true;
    }
  }

  Understood decide() {
    score_.assign(options_.size(), 0);
    why_.assign(options_.size(), {});
    denied_.assign(options_.size(), false);
    weigh_contrast();
    score_hits();
    if (either_or()) return nothing("several options are named as alternatives", 0.4);
    score_meanings();
    const bool keyed = std::ranges::any_of(score_, [](double s) { return s > 0; });

    std::optional<std::size_t> yes, no;
    bool pair = true;
    for (std::size_t i = 0; i < options_.size(); ++i) {
      if (sides_[i] == Side::kOther) continue;
      std::optional<std::size_t>& side = sides_[i] == Side::kYes ? yes : no;
      pair = pair && !side;
      side = i;
    }
    Polarity p = polarity(said_, claim_, used_);
    const bool sided = pair && yes && no;
    if (opposites_ && !says_yes_ && !p.statement) p = {};
    if (said_.has(Tag::kDontKnow) && !keyed && !(sided && p.statement && std::max(p.yes, p.no) >= 0.7))
      return {As::kDontKnow, {}, 0.95, "the customer does not know"};
    if (sided && asked_range_ && !p.leading) {
      if (const auto n = range_in(raw_)) {
        const bool inside = range_of(raw_, {asked_range_}).has_value();
        (inside ? p.yes : p.no) = 0.82;
        (inside ? p.no : p.yes) = 0;
        p.words = std::string(raw_.substr(0, 40));
      }
    }
    if (sided) {
      weigh_sides(p, *yes, *no, keyed);
    } else if (options_.size() == 1 && p.yes > p.no && p.leading) {
      score_[0] = std::max(score_[0], p.yes);
      why_[0] = "“" + p.words + "” accepts the only option";
    } else {
      by_exclusion(p);
      if (no && !yes && !keyed && p.no > score_[*no]) {  // "it doesn't spin" where one option is "Not at all"
        score_[*no] = p.no;
        why_[*no] = "“" + p.words + "” denies it";
      }
    }
    const bool asks = std::ranges::any_of(said_.clauses, &SaidWords::Clause::asks);
    const double most = *std::ranges::max_element(score_);
    if (asks && most < kMinUnderstood) return {As::kQuestion, {}, 0.9, "that is a question"};
    if (said_.has(Tag::kWait) && !(sided && p.statement) && !(claim_.offers && p.leading) && !(p.leading && p.no > 0.8) && !keyed)
      return nothing("the customer is still looking", 0.4);
    return best();
  }

  void weigh_sides(Polarity& p, std::size_t yes, std::size_t no, bool keyed) {
    if (denied_[yes] && score_[yes] == 0 && p.yes < 0.9 && !keyed) {
      p.no = std::max(p.no, 0.85);
      p.yes = p.leading ? p.yes : 0;
    }
    if (denied_[no] && score_[no] == 0 && !keyed && p.no < 0.9) p.yes = std::max(p.yes, 0.7);
    if (denied_[no] && denied_[yes]) p = {};
    auto merge = [&](std::size_t i, double value, const char* name) {
      if (value <= score_[i]) return;
      score_[i] = value;
      why_[i] = p.words.empty() ? std::string("what is denied leaves ") + name : "“" + p.words + "” says " + name;
    };
    merge(yes, p.yes, "yes");
    merge(no, p.no, "no");
    // A plain "yes" or "no" is noise beside the words of a third option.
    for (std::size_t i = 0; i < score_.size(); ++i) {
      if (i == yes || i == no || score_[i] < 0.85) continue;
      for (const std::size_t side : {yes, no})
        score_[side] = std::min(score_[side], why_[side].contains("says") ? 0.6 : score_[side]);
    }
  }

  // Two options and one of them denied; "none of them" where an option says that.
  void by_exclusion(const Polarity& p) {
    if (options_.size() == 2) {
      for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
        if (!denied_[i] || score_[0] > 0 || score_[1] > 0 || denied_[1 - i]) continue;
        score_[1 - i] = 0.66;
        why_[1 - i] = "the other one is denied";
      }
    }
    if (std::ranges::any_of(score_, [](double s) { return s >= kMinUnderstood; })) return;
    std::size_t others = 0, denied = 0;
    for (std::size_t i = 0; i < options_.size(); ++i) {
      others += sides_[i] == Side::kOther ? 1 : 0;
      denied += sides_[i] == Side::kOther && denied_[i] ? 1 : 0;
    }
    const bool none = (p.leading && p.no > p.yes && p.no > 0.9) || (others >= 2 && denied == others);
    for (std::size_t i = 0; none && i < options_.size(); ++i) {
      const SaidWords own(label(i), lexicons_);
      const bool empty = !own.message.words.empty() && is_negator(own.message.words.front());
      const bool rest =
          std::ranges::any_of(own.message.words, [](const Word& w) { return w.is("other") || w.is("els") || w.is("其"); });
      if ((!empty && !rest) || denied_[i]) continue;
      score_[i] = std::max(score_[i], 0.7);
      why_[i] = "none of the others";
    }
  }

  Understood best() const {
    std::size_t top = 0;
    for (std::size_t i = 1; i < score_.size(); ++i) {
      if (score_[i] > score_[top]) top = i;
    }
    double confidence = score_[top];
    if (said_.has(Tag::kHedge)) confidence *= 0.8;
    if (said_.message.asks) confidence *= 0.85;
    if (confidence == 0) return nothing("none of the words fits an option");
    for (std::size_t i = 0; i < score_.size(); ++i) {
      if (i != top && score_[i] > 0 && score_[top] - score_[i] < kLead) {
        return nothing("it fits “" + options_[top].id + "” and “" + options_[i].id + "” about equally", confidence / 2);
      }
    }
    if (confidence < kMinUnderstood) return nothing(why_[top] + ", but not clearly enough", confidence);
    return {As::kOption, options_[top].id, confidence, why_[top]};
  }

  std::string_view raw_;
  const std::vector<Option>& options_;
  std::string_view language_, question_;
  const Lexicons& lexicons_;
  SaidWords said_;
  Claim claim_;
  std::vector<Side> sides_;
  bool opposites_ = false, says_yes_ = true;
  std::vector<std::optional<Range>> ranges_;
  bool ranged_ = false;
  std::optional<Range> asked_range_;
  std::vector<Hit> hits_;
  std::vector<std::size_t> used_;  // negations that belong to an option's words
  std::vector<double> score_;
  std::vector<std::string> why_;
  std::vector<bool> denied_;
};

}  // namespace

Understood understand_choice(std::string_view words, const std::vector<Option>& options, std::string_view language,
                             std::string_view question, const Lexicons& lexicons) {
  if (options.empty()) return nothing("there are no options");
  if (std::ranges::any_of(options, [](const Option& o) { return o.keys.empty(); })) {
    std::vector<Option> own = options;
    prepare(own);
    return Reading(words, own, language, question, lexicons).read();
  }
  return Reading(words, options, language, question, lexicons).read();
}

}  // namespace usher::dialogs
