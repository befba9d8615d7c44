#include "dialogs/understand_question.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

#include "base/text.h"

namespace usher::dialogs {
namespace {

using Kind = Word::Kind;

class Reader {
 public:
  Reader(const std::vector<Option>& options, std::string_view language, std::string_view question, const Lexicons& lexicons)
      : options_(options), language_(language), question_(question), lexicons_(lexicons), asked_(read_words(question)) {}

  QuestionRead read() {
    for (std::size_t i = 0; i < options_.size(); ++i) label_words_.push_back(read_words(label(i)));
    for (const Option& o : options_) out_.plain_sides.push_back(side_of(o, lexicons_));
    out_.sides = out_.plain_sides;
    // "Both" and "Always" are no yes where nothing is a no.
    if (std::ranges::find(out_.sides, Side::kNo) == out_.sides.end() && options_.size() > 1) {
      for (std::size_t i = 0; i < options_.size(); ++i) {
        const auto tags = lexicons_.answers().scan(label_words_[i]);
        const bool outright = options_[i].id == "yes" || (!tags.empty() && tags[0].tag == Tag::kYes);
        if (!outright) out_.sides[i] = Side::kOther;
      }
    }
    out_.claim = out_.plain_claim = read_claim(question_);
    out_.claim.still = asks_still();
    out_.claim.offers = out_.claim.offers || offers();
    pair_up();
    for (const Word& w : asked_.words) {
      if (w.kind != Kind::kBreak) out_.words.push_back(w.text);
    }
    out_.topics = asks_for_topics();
    if (!out_.opposites) give_sides_their_words();
    for (std::size_t i = 0; i < options_.size(); ++i) read_label(i);
    read_ranges();
    read_numbers();
    yes_and_no();
    read_facts();
    return std::move(out_);
  }

 private:
  const std::string& label(std::size_t i) const { return options_[i].label.in(language_); }

  // Two options of which one says the opposite of the other ("Loose", "Tight"; 亮, 不亮) stand for yes and no to the first.
  void pair_up() {
    auto& sides = out_.sides;
    if (options_.size() != 2 || sides[0] != Side::kOther || sides[1] != Side::kOther) return;
    const SaidWords second(label(1), lexicons_);
    if (second.clauses.empty()) return;
    Claim first = read_claim(label(0));
    if (first.empty()) return;
    const Bearing b = bearing(second, second.clauses.front(), first);
    if (b.rank < 3 || b.sign >= 0) return;
    out_.opposites = true;
    // What the question asks decides which of them "yes" means; "is it loose or tight?" has no yes.
    const SaidWords one(label(0), lexicons_);
    const Bearing asked = one.clauses.empty() ? Bearing{} : bearing(one, one.clauses.front(), out_.claim);
    const Bearing other = bearing(second, second.clauses.front(), out_.claim);
    const bool yes = asked.rank >= 3 && asked.sign > 0 && !(other.rank >= 3 && other.sign > 0);
    const bool no = other.rank >= 3 && other.sign > 0 && asked.sign < 0;
    out_.says_yes = yes || no;
    sides[0] = no ? Side::kNo : Side::kYes;
    sides[1] = no ? Side::kYes : Side::kNo;
    if (!yes && !no) {
      first.subject.insert(first.subject.end(), out_.claim.subject.begin(), out_.claim.subject.end());
      first.exists = first.outcome = false;
      first.value = 0;
      first.label = true;
      out_.claim = std::move(first);
    }
  }

  // What an option for yes or no says besides ("Yes, keep it"; the author's words) is part of the claim, so that it is weighed
  // with what the answer says of the matter.
  void give_sides_their_words() {
    for (std::size_t i = 0; i < options_.size(); ++i) {
      if (out_.sides[i] == Side::kOther) continue;
      auto& list = out_.sides[i] == Side::kYes ? out_.claim.agreeing : out_.claim.contrary;
      for (const auto* phrases : {&options_[i].keys, &options_[i].hints}) {
        for (const Phrase& p : *phrases) {
          if (!only_yes_or_no(p)) list.push_back(p);
        }
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

  // "Would you like us to …?", 要帮您…吗: "ok" agrees, and any "not" declines.
  bool offers() const {
    const auto& w = asked_.words;
    auto at = [&](std::size_t i, std::string_view word) { return i < w.size() && (w[i].folded == word || w[i].is(word)); };
    if (at(0, "shall") || (at(0, "would") && at(1, "you") && (at(2, "like") || at(2, "prefer"))) ||
        (at(0, "may") && (at(1, "i") || at(1, "we"))) ||
        (at(0, "do") && at(1, "you") && at(2, "want") && (at(3, "us") || at(3, "me"))) ||
        ((at(0, "can") || at(0, "should")) && (at(1, "i") || at(1, "we"))))
      return true;
    for (std::size_t i = 0; i + 1 < w.size(); ++i) {
      if (((at(i, "帮") || at(i, "给") || at(i, "为") || at(i, "替")) && (at(i + 1, "您") || at(i + 1, "你"))) ||
          (at(i, "需") && at(i + 1, "要") && at(i + 2, "我")))
        return true;
      if (at(i, "可") && at(i + 1, "以") && (at(i + 2, "把") || at(i + 2, "让"))) return true;
    }
    return false;
  }
  // "Is it still …?"
  bool asks_still() const {
    for (std::size_t i = 0; i < asked_.words.size(); ++i) {
      if (asked_.words[i].folded == "still") return true;
      if (asked_.words[i].is("还") && i + 1 < asked_.words.size() && !asked_.words[i + 1].is("是") &&
          !asked_.words[i + 1].is("有"))
        return true;
    }
    return false;
  }

  bool asks_for_topics() const {
    const auto& w = asked_.words;
    const bool sided = std::ranges::any_of(out_.sides, [](Side s) { return s != Side::kOther; });
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (w[i].folded == "know" || (w[i].folded == "about" && i > 0 && !is_negator(w[i - 1]))) return !sided;
      if (i + 1 < w.size() && ((w[i].is("了") && w[i + 1].is("解")) || (w[i].is("咨") && w[i + 1].is("询")) ||
                               (w[i].is("想") && w[i + 1].is("问")) || (w[i].is("想") && w[i + 1].is("知"))))
        return !sided;
    }
    return false;
  }

  bool asks_for_temperature() const {
    const auto& w = asked_.words;
    for (std::size_t i = 0; i < w.size(); ++i) {
      if (w[i].text.starts_with("temperatur") || (w[i].is("温") && i + 1 < w.size())) return true;
    }
    return false;
  }

  // Where a temperature is asked for, "High" means hot and "Low" cold.
  static void add_warmth(Claim& meaning) {
    static const std::vector<Sense> kHigh = senses_of("high"), kHot = senses_of("hot"), kCold = senses_of("cold");
    for (const Sense& own : std::vector<Sense>(meaning.senses)) {
      for (const Sense& high : kHigh) {
        const int sign = compare(own, high).sign;
        if (sign != 0 && own.axis == high.axis) std::ranges::copy(sign > 0 ? kHot : kCold, std::back_inserter(meaning.senses));
      }
    }
  }
  static std::vector<Sense> senses_of(std::string_view word) {
    std::vector<Sense> out;
    for (const StateWord& s : states_in(read_words(word))) out.insert(out.end(), s.senses.begin(), s.senses.end());
    return out;
  }

  static bool negates(const std::string& word) {
    return word == "not" || word == "no" || word == "none" || word == "不" || word == "没" || word == "无";
  }

  // What a label means, piece by piece: "Nothing, it is black".
  static std::vector<Claim> meanings_of(const std::string& label) {
    std::vector<Claim> out;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= label.size(); ++i) {
      const bool comma = i < label.size() && (label[i] == ',' || label[i] == ';' || label[i] == ':' || label[i] == '(');
      const bool wide =
          !comma && (label.compare(i, 3, "，") == 0 || label.compare(i, 3, "；") == 0 || label.compare(i, 3, "（") == 0);
      if (i < label.size() && !comma && !wide) continue;
      if (Claim c = read_claim(std::string_view(label).substr(begin, i - begin)); !c.senses.empty()) out.push_back(std::move(c));
      begin = i + (wide ? 3 : 1);
      i += wide ? 2 : 0;
    }
    return out;
  }

  void read_label(std::size_t i) {
    QuestionRead::Label& l = out_.labels.emplace_back();
    const Message& own = label_words_[i];
    const bool third = out_.sides[i] == Side::kOther;
    l.id = text::fold(options_[i].id);
    for (const Word& w : own.words) {
      if (!carries_nothing(w) && w.kind != Kind::kBreak) l.content.push_back(w.text);
    }
    if (third && (own.words.empty() || !is_negator(own.words.front()))) l.things = things_in(own);  // "No lamp" names no lamp
    l.wavering = read_claim(label(i)).wavering;
    if (third) l.meanings = meanings_of(label(i));
    l.states_two = states_in(own).size() > 1;
    l.none = says_none(i);
    l.all = std::ranges::any_of(own.words, [](const Word& w) {
      for (const std::string_view all : {"all", "both", "everywhere", "everyth", "every", "都", "全", "所", "两"}) {
        if (w.is(all)) return true;
      }
      return false;
    });
    l.other = std::ranges::any_of(own.words, [](const Word& w) { return w.is("other") || w.is("els") || w.is("其"); });
    l.unsure = third && (SaidWords(label(i), lexicons_).has(Tag::kDontKnow) ||
                         std::ranges::any_of(own.words, [](const Word& w) { return w.folded == "unknown"; }));
    for (Claim& meaning : l.meanings) {
      meaning.predicate.clear();
      meaning.value = 0;
      if (asks_for_temperature()) add_warmth(meaning);
      meaning.outcome = meaning.exists = false;
    }
    for (const Phrase& p : options_[i].keys) {
      if (std::ranges::any_of(p, negates)) continue;
      l.spoken.insert(l.spoken.end(), p.begin(), p.end());
      if (const auto things = things_of(p); !things.empty()) l.named.push_back(things);
    }
    std::ranges::sort(l.spoken);
    l.spoken.erase(std::ranges::unique(l.spoken).begin(), l.spoken.end());
  }

  // "None", "No smoke", "Not at all", 不亮: not "Does not spin" among other things a machine may not do.
  bool says_none(std::size_t i) const {
    const Message& own = label_words_[i];
    if (own.words.empty()) return false;
    const Word& first = own.words.front();
    if (first.is("none") || first.is("noth")) return true;
    if (!is_negator(first)) return false;
    if (first.is("not")) return own.words.size() == 1 || own.words[1].is("at");
    for (std::size_t k = 0; k < options_.size(); ++k) {
      const Message& other = label_words_[k];
      if (k != i && !other.words.empty() && is_negator(other.words.front())) return false;
    }
    return true;
  }

  void read_ranges() {
    std::vector<std::optional<Range>> ranges(options_.size());
    std::size_t ranged = 0;
    for (std::size_t i = 0; i < options_.size(); ++i) {
      ranges[i] = range_in(label(i));
      ranged += ranges[i] ? 1 : 0;
    }
    out_.limit = asked_range(question_);
    // A bare number is an amount, not a place in the list, where the labels are amounts or the question asks for "more than one".
    out_.numbers_mean_amounts =
        (ranged >= 2 && ranged + 1 >= options_.size()) || (ranged == 0 && out_.limit && out_.limit->unit == Range::Unit::kNone);
    for (std::size_t i = 0; i < options_.size(); ++i) {
      if (!ranges[i] || (out_.sides[i] != Side::kOther && !out_.opposites)) continue;
      out_.labels[i].range = ranges[i];
      ++out_.ranges;
    }
    if (ranged == 1) add_what_is_longer(ranges);
  }

  // "Longer ago" beside "Within 2 years".
  void add_what_is_longer(const std::vector<std::optional<Range>>& ranges) {
    const auto written = std::ranges::find_if(ranges, [](const auto& r) { return r.has_value(); });
    if ((*written)->unit != Range::Unit::kTime || std::isinf((*written)->high)) return;
    for (std::size_t i = 0; i < options_.size(); ++i) {
      const auto& own = label_words_[i].words;
      const bool longer = std::ranges::any_of(own, [](const Word& w) {
        return w.folded == "longer" || w.folded == "earlier" || w.folded == "older" || w.folded == "before";
      });
      bool longer_han = false;  // 更早, 更久
      for (std::size_t k = 0; k + 1 < own.size(); ++k)
        longer_han = longer_han || (own[k].is("更") && (own[k + 1].is("早") || own[k + 1].is("久")));
      if (ranges[i] || out_.sides[i] != Side::kOther || (!longer && !longer_han)) continue;
      out_.labels[i].range =
          Range{(*written)->high, std::numeric_limits<double>::infinity(), !(*written)->open_high, false, Range::Unit::kTime,
                (*written)->scale};
      ++out_.ranges;
      return;
    }
  }

  // Labels that tell how many apart: one that says a number alone tells nothing.
  void read_numbers() {
    bool one = false, some = false, all = false;
    for (std::size_t i = 0; i < options_.size(); ++i) {
      QuestionRead::Label& l = out_.labels[i];
      l.many = out_.sides[i] == Side::kOther ? many_in_label(label(i)) : Many::kUnsaid;
      one = one || l.many == Many::kOne, some = some || l.many == Many::kSome, all = all || l.many == Many::kAll;
    }
    if (one + some + all >= 2) return;
    for (QuestionRead::Label& l : out_.labels) l.many = Many::kUnsaid;
  }

  // The options that stand for yes and for no; "None" and "Not at all" stand for no where nothing else does.
  void yes_and_no() {
    const std::size_t none = options_.size();
    out_.yes = out_.no = none;
    for (std::size_t i = 0; i < options_.size(); ++i) {
      if (out_.sides[i] == Side::kOther) continue;
      std::size_t& side = out_.sides[i] == Side::kYes ? out_.yes : out_.no;
      if (side < none) {
        out_.yes = out_.no = none;
        return;
      }
      side = i;
    }
    if (out_.yes == none && out_.no == none) {
      const auto it = std::ranges::find_if(out_.labels, &QuestionRead::Label::none);
      if (it != out_.labels.end()) out_.no = static_cast<std::size_t>(it - out_.labels.begin());
    }
    // "Is it only this one or all?" is no question of yes or no.
    if (out_.yes == none && out_.no < none) out_.claim.only = out_.claim.others = false;
  }

  // What may be implied: of a question of yes or no by the question, else by each label. What two labels say alike tells nothing.
  void read_facts() {
    // "Did restarting it help?" is not about whether it was restarted, and what helped is read as such.
    if (!out_.claim.outcome) out_.facts = facts_asked(asked_);
    std::map<std::pair<std::uint16_t, std::int8_t>, std::size_t> labels;
    for (std::size_t i = 0; i < options_.size(); ++i) {
      if ((out_.sides[i] == Side::kOther || out_.opposites) && !out_.labels[i].range)
        out_.labels[i].facts = facts_said(label_words_[i], asked_);
      for (const AskedFact& f : out_.labels[i].facts) ++labels[{f.fact, f.pole}];
    }
    for (QuestionRead::Label& l : out_.labels)
      std::erase_if(l.facts, [&](const AskedFact& f) { return labels[{f.fact, f.pole}] > 1; });
  }

  const std::vector<Option>& options_;
  std::string_view language_, question_;
  const Lexicons& lexicons_;
  Message asked_;
  std::vector<Message> label_words_;
  QuestionRead out_;
};

constexpr int kMostKept = 8;  // languages, and the same options asked with and without their question

}  // namespace

QuestionRead read_question(const std::vector<Option>& options, std::string_view language, std::string_view question,
                           const Lexicons& lexicons) {
  return Reader(options, language, question, lexicons).read();
}

struct QuestionReadings::Kept {
  std::string language, question;
  Lexicons lexicons;
  std::vector<std::pair<std::string, std::string>> options;  // ids and labels: a changed copy of the options is another question
  std::shared_ptr<const QuestionRead> read;
  Kept* next = nullptr;

  bool is(const std::vector<Option>& asked, std::string_view in, std::string_view text, const Lexicons& with) const {
    return language == in && question == text && lexicons.same(with) &&
           std::ranges::equal(options, asked, [&](const auto& known, const Option& o) {
             return known.first == o.id && known.second == o.label.in(in);
           });
  }
};

QuestionReadings::~QuestionReadings() {
  for (Kept* k = first_; k != nullptr;) {
    Kept* next = k->next;
    delete k;
    k = next;
  }
}

std::shared_ptr<const QuestionRead> QuestionReadings::of(const std::vector<Option>& options, std::string_view language,
                                                         std::string_view question, const Lexicons& lexicons) {
  int kept = 0;
  for (const Kept* k = first_.load(std::memory_order_acquire); k != nullptr; k = k->next, ++kept) {
    if (k->is(options, language, question, lexicons)) return k->read;
  }
  auto read = std::make_shared<const QuestionRead>(read_question(options, language, question, lexicons));
  if (kept >= kMostKept) return read;
  auto fresh = std::make_unique<Kept>(Kept{std::string(language), std::string(question), lexicons, {}, read});
  for (const Option& o : options) fresh->options.emplace_back(o.id, o.label.in(language));
  // Two threads that read at the same time may both keep theirs: the readings are equal.
  fresh->next = first_.load(std::memory_order_relaxed);
  while (!first_.compare_exchange_weak(fresh->next, fresh.get(), std::memory_order_release, std::memory_order_relaxed)) {
  }
  fresh.release();
  return read;
}

std::shared_ptr<const QuestionRead> reading_of(const std::vector<Option>& options, std::string_view language,
                                               std::string_view question, const Lexicons& lexicons) {
  if (!options.empty() && options.front().readings) return options.front().readings->of(options, language, question, lexicons);
  return std::make_shared<const QuestionRead>(read_question(options, language, question, lexicons));
}

}  // namespace usher::dialogs
