// What speaks for asking again: doubt, a question, two options at once, much that was not read.
#include <algorithm>
#include <array>
#include <cmath>

#include "dialogs/understand_collector.h"

namespace usher::dialogs {

using Kind = Word::Kind;

bool Collector::in_one_clause(std::size_t a, std::size_t b) const {
  for (std::size_t i = a; i < b; ++i) {
    if (said_.message.words[i].kind == Kind::kBreak) return false;
  }
  return true;
}

// "White or orange": neither is meant for certain.
bool Collector::either_or() const {
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

// "I can't see where"
bool Collector::cannot() const {
  const auto& w = said_.message.words;
  for (std::size_t i = 0; i < w.size(); ++i) {
    if (w[i].folded == "cant" || w[i].folded == "cannot" || (w[i].is("看") && i + 1 < w.size() && w[i + 1].is("不"))) return true;
  }
  return false;
}

// "I have no other cable", 我没有万用表: what the question takes for granted is not there.
bool Collector::lacks() const {
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
double Collector::unread() const {
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

void Collector::read_again() {
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
  // "I will wait" to "Shall I go ahead?" agrees.
  again(Signal::kSaysWait, said_.has(Tag::kWait) && !claim_.offers ? 1 : 0);
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
  again(Signal::kUntried, sided_ && !claim_.offers && untried(said_, claim_) ? 1 : 0);
}

}  // namespace usher::dialogs
