// How an answer to a choice is read. Evidence for and against each option is collected (its own words, list numbers, yes/no
// words, statements that echo the question), each with the negation around it; only when one option clearly leads is it taken.
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "dialogs/lexicon.h"
#include "dialogs/understand.h"
#include "dialogs/words.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;
using Kind = Word::Kind;

constexpr double kForeign = 0.5;  // a statement with words that belong to neither question nor options: below kMinUnderstood
constexpr double kLead = 0.12;    // by this much the best option must lead

Understood nothing(std::string why, double confidence = 0) {
  return {As::kNothing, {}, confidence, std::move(why)};
}

std::string joined(const Message& m, std::size_t begin, std::size_t end) {
  std::string out;
  for (std::size_t i = begin; i < end && i < m.words.size(); ++i) {
    if (m.words[i].kind == Kind::kBreak) continue;
    if (!out.empty() && m.words[i].kind == Kind::kLatin && m.words[i - 1].kind == Kind::kLatin) out += ' ';
    out += m.words[i].folded;
  }
  return out;
}

bool is_answer_word(const Message& m) {
  return std::ranges::any_of(answers().scan(m), [](const Tagged& t) { return t.tag != Tag::kSolved && t.tag != Tag::kUnsolved; });
}

// What of a label tells options apart: content words, and pairs of Han characters.
std::vector<Phrase> units(std::string_view label) {
  std::vector<Phrase> out;
  const Message m = read_words(label);
  for (std::size_t i = 0; i < m.words.size(); ++i) {
    const Word& w = m.words[i];
    if (w.kind == Kind::kLatin && !is_stop_word(w.text)) out.push_back({w.text});
    if (w.kind == Kind::kHan && i + 1 < m.words.size() && m.words[i + 1].kind == Kind::kHan && !is_particle(w.text) &&
        !is_particle(m.words[i + 1].text)) {
      out.push_back({w.text, m.words[i + 1].text});
    }
  }
  return out;
}

bool contains(const Phrase& whole, const Phrase& part) {
  return !std::ranges::search(whole, part).empty();
}

enum class Side : unsigned char { kOther, kYes, kNo };

Side side_of(const Option& o) {
  const std::string id = text::fold(o.id);
  if (id == "yes" || id == "y" || id == "true") return Side::kYes;
  if (id == "no" || id == "n" || id == "false") return Side::kNo;
  for (const auto& [language, label] : o.label.by_language) {
    const Message m = read_words(label);
    const auto tags = answers().scan(m);
    if (tags.empty() || tags.front().begin != 0) continue;
    const std::size_t end = tags.front().end;
    if (end != m.words.size() && m.words[end].kind != Kind::kBreak) continue;  // "No sound" is not a "no"
    if (tags.front().tag == Tag::kYes || tags.front().tag == Tag::kSaysYes) return Side::kYes;
    if (tags.front().tag == Tag::kNo || tags.front().tag == Tag::kSaysNo) return Side::kNo;
  }
  return Side::kOther;
}

struct Hit {
  std::size_t option = 0, begin = 0, end = 0;
  double quality = 0;
  bool negated = false;
};

class Reading {
 public:
  Reading(std::string_view words, const std::vector<Option>& options, std::string_view question)
      : raw_(words), options_(options), message_(read_words(words)), question_(question) {}

  Understood read() {
    if (message_.words.empty()) return nothing("there are no words in it");
    if (auto u = exact()) return *u;
    if (auto u = list_number()) return *u;
    for (const Option& o : options_) sides_.push_back(side_of(o));
    find_hits();
    tags_ = answers().scan(message_);
    const auto polite = courtesies().scan(message_);
    std::erase_if(tags_, [&](const Tagged& t) {  // 好 in 您好 greets
      return std::ranges::any_of(
          polite, [&](const Tagged& c) { return c.tag == Tag::kGreeting && c.begin <= t.begin && t.end <= c.end; });
    });
    drop_covered();
    negate_hits();
    mark_known();
    return decide();
  }

 private:
  bool has(Tag tag) const {
    return std::ranges::any_of(tags_, [&](const Tagged& t) { return t.tag == tag; });
  }

  std::optional<Understood> exact() {
    const std::string folded = text::fold(text::trim(half_width(raw_)));
    for (const Option& o : options_) {
      if (folded == text::fold(o.id)) return Understood{As::kOption, o.id, 1, "it is the option's id"};
    }
    // Politeness around the answer and particles behind it are not part of it.
    std::vector<bool> noise(message_.words.size());
    for (const Tagged& t : courtesies().scan(message_)) {
      if (t.tag == Tag::kHelp) continue;
      for (std::size_t i = t.begin; i < t.end; ++i) noise[i] = true;
    }
    Phrase all;
    for (const Word& w : message_.words) {
      if (w.kind != Kind::kBreak) all.push_back(w.text);
    }
    for (std::size_t i = 0; i < message_.words.size(); ++i) {
      if (!noise[i] && message_.words[i].kind != Kind::kBreak) bare_.push_back(message_.words[i].text);
      if (!noise[i] && message_.words[i].kind != Kind::kBreak) bare_text_ += message_.words[i].folded;
    }
    Phrase core = all;
    while (core.size() > 1 && is_particle(core.back())) core.pop_back();
    const Option* match = nullptr;
    for (const Phrase* said : std::array<const Phrase*, 3>{&all, &core, &bare_}) {
      if (said->empty()) continue;
      for (const Option& o : options_) {
        if (std::ranges::find(o.keys, *said) == o.keys.end()) continue;
        if (match != nullptr && match != &o)
          return nothing("“" + joined(message_, 0, message_.words.size()) + "” is said for two options", 0.5);
        match = &o;
      }
      if (match != nullptr) break;
    }
    if (match == nullptr || message_.asks) return std::nullopt;
    return Understood{As::kOption, match->id, 1, "it is what the option is called"};
  }

  std::optional<Understood> list_number() {
    static const RE2 kCardinal(
        "(?:option|number|numero|choice|answer|item|the|pick|choose|take|select|i|it'?s|its|选项|选择|我选|选|第|答案|是)*"
        "([0-9]{1,2}|[一二两三四五六七八九十]{1,3})(?:个|项|号|条|种|选项|的|吧|啊|呢|了)*");
    static const RE2 kNamed("(?:option|number|choice|answer|item)(one|two|three|four|five|six|seven|eight|nine|ten)");
    static const RE2 kOrdinal(
        "(?:i|pick|choose|take|select|it'?s|its|the)*(first|second|third|fourth|fifth|sixth|[0-9](?:st|nd|rd|th))(?:one|option|"
        "choice|answer)?");
    static const RE2 kLast("(?:the)?last(?:one|option)?|最后一?个的?|最后一项");
    std::string number;
    std::optional<int> n;
    if (RE2::FullMatch(bare_text_, kCardinal, &number) || RE2::FullMatch(bare_text_, kNamed, &number) ||
        RE2::FullMatch(bare_text_, kOrdinal, &number)) {
      n = small_number(number);
    } else if (bare_.size() == 1) {
      n = small_number(bare_text_);
    } else if (options_.size() > 1 && RE2::FullMatch(bare_text_, kLast)) {
      n = static_cast<int>(options_.size());
    }
    if (!n && options_.size() == 2) {
      static const RE2 kFormer("(?:the)?former|前者|前一个|前面那?个?");
      static const RE2 kLatter("(?:the)?latter|后者|后一个|后面那?个?");
      if (RE2::FullMatch(bare_text_, kFormer)) n = 1;
      if (RE2::FullMatch(bare_text_, kLatter)) n = 2;
    }
    if (!n) return std::nullopt;
    if (*n < 1 || static_cast<std::size_t>(*n) > options_.size()) {
      return nothing("there is no option number " + std::to_string(*n), 0.2);
    }
    const auto chosen = static_cast<std::size_t>(*n) - 1;
    // "2" where another option speaks of "2 beeps" may mean either.
    for (std::size_t i = 0; i < options_.size(); ++i) {
      if (i == chosen) continue;
      for (const auto& list : {options_[i].keys, options_[i].hints}) {
        for (const Phrase& p : list) {
          if (std::ranges::find(p, std::to_string(*n)) != p.end())
            return nothing("the number may be the option's place or its content", 0.5);
        }
      }
    }
    return Understood{As::kOption, options_[chosen].id, 0.96, "number " + std::to_string(*n) + " of the list"};
  }

  void find_hits() {
    for (std::size_t i = 0; i < options_.size(); ++i) {
      for (const Phrase& key : options_[i].keys) {
        for (const Found& f : find_phrase(message_, key, true, 1))
          hits_.push_back({i, f.begin, f.end, f.quality == 1 ? 0.92 : f.quality * 0.92});
      }
      for (const Phrase& hint : options_[i].hints) {
        for (const Found& f : find_phrase(message_, hint, true, 0))
          hits_.push_back({i, f.begin, f.end, f.quality == 1 ? 0.72 : 0.62});
      }
    }
  }

  // A phrase inside a longer one means nothing by itself: "working" in "not working", 亮 in 不亮.
  void drop_covered() {
    auto inside = [](std::size_t b, std::size_t e, std::size_t wide_b, std::size_t wide_e) {
      return wide_b <= b && e <= wide_e && wide_e - wide_b > e - b;
    };
    // A label that only says yes or no adds nothing to the lexicon, which knows what may stand around these words.
    std::erase_if(hits_, [&](const Hit& h) {
      return std::ranges::any_of(tags_, [&](const Tagged& t) {
        if (t.begin != h.begin || t.end != h.end) return false;
        if (t.tag == Tag::kYes || t.tag == Tag::kSaysYes) return sides_[h.option] == Side::kYes;
        return (t.tag == Tag::kNo || t.tag == Tag::kSaysNo) && sides_[h.option] == Side::kNo;
      });
    });
    const auto hits = hits_;
    const auto tags = tags_;
    std::erase_if(hits_, [&](const Hit& h) {
      return std::ranges::any_of(hits,
                                 [&](const Hit& o) { return o.quality >= 0.75 && inside(h.begin, h.end, o.begin, o.end); }) ||
             std::ranges::any_of(tags,
                                 [&](const Tagged& t) { return inside(h.begin, h.end, t.begin, t.end) && t.tag != Tag::kHedge; });
    });
    // Where an option's own words and the lexicon claim the same words, the option knows better, unless it only says yes or no
    // itself.
    std::erase_if(tags_, [&](const Tagged& t) {
      return std::ranges::any_of(hits_, [&](const Hit& h) { return h.quality > 0.8 && h.begin < t.end && t.begin < h.end; });
    });
  }

  bool same_clause(std::size_t a, std::size_t b) const {
    for (std::size_t i = a; i < b; ++i) {
      if (message_.words[i].kind == Kind::kBreak) return false;
    }
    return true;
  }

  // How often the words before `begin` turn it round.
  int negations_before(std::size_t begin) {
    int count = 0;
    std::size_t latin = 0, han = 0;
    for (std::size_t i = begin; i-- > 0;) {
      const Word& w = message_.words[i];
      if (w.kind == Kind::kBreak || w.text == "but" || w.text == "但" || w.text == "then") break;
      if (std::ranges::any_of(hits_,
                              [&](const Hit& h) { return !h.negated && h.end == i + 1 && h.begin < begin && h.end <= begin; }))
        break;
      if (w.kind == Kind::kLatin && ++latin > 4) break;
      if (w.kind == Kind::kHan && ++han > 5) break;
      if (!is_negator(w)) continue;
      if (w.text == "no") {
        // "no, it is …" answers; "no smoke", "no burning smell" denies.
        static constexpr std::array<std::string_view, 14> kSubjects = {"i",    "it",   "the", "they", "there", "ther", "my",
                                                                       "that", "this", "we",  "he",   "is",    "a",    "just"};
        if (i + 1 < begin && std::ranges::find(kSubjects, message_.words[i + 1].text) != kSubjects.end()) continue;
        if (latin > 3) continue;
      }
      if (w.text == "没" && i + 1 < begin && message_.words[i + 1].text == "有" && i > 0 && message_.words[i - 1].text == "有")
        continue;  // 有没有
      ++count;
      used_.push_back(i);
    }
    return count;
  }

  void negate_hits() {
    std::ranges::sort(hits_, [](const Hit& a, const Hit& b) { return std::pair(a.begin, b.end) < std::pair(b.begin, a.end); });
    static constexpr std::array<std::string_view, 9> kList = {"or", "nor", "and", "any", "a", "或", "和", "者", "与"};
    for (std::size_t n = 0; n < hits_.size(); ++n) {
      Hit& h = hits_[n];
      h.negated = negations_before(h.begin) % 2 == 1;
      if (!h.negated && n > 0 && hits_[n - 1].negated && hits_[n - 1].end <= h.begin) {
        bool list = hits_[n - 1].end < h.begin;
        for (std::size_t i = hits_[n - 1].end; i < h.begin; ++i) {
          const Word& w = message_.words[i];
          list = list && w.kind != Kind::kBreak && std::ranges::find(kList, w.text) != kList.end();
        }
        h.negated = list;
      }
      // "the smoke isn't there"; a bare "not" belongs to what follows it.
      if (h.end < message_.words.size() && message_.words[h.end].is("not") && message_.words[h.end].folded != "not") {
        h.negated = !h.negated;
        used_.push_back(h.end);
      }
    }
  }

  void mark_known() {
    known_.assign(message_.words.size(), false);
    auto mark = [&](std::size_t b, std::size_t e) {
      for (std::size_t i = b; i < e; ++i) known_[i] = true;
    };
    for (const Tagged& t : tags_) mark(t.begin, t.end);
    for (const Tagged& t : courtesies().scan(message_)) {
      if (t.tag != Tag::kHelp) mark(t.begin, t.end);
    }
    for (const Hit& h : hits_) mark(h.begin, h.end);
    for (std::size_t i = 0; i < known_.size(); ++i) {
      const Word& w = message_.words[i];
      if (w.kind == Kind::kBreak || is_negator(w) || (w.kind == Kind::kLatin && is_stop_word(w.text)) ||
          (w.kind == Kind::kHan && is_particle(w.text)))
        known_[i] = true;
    }
    read_question();
  }

  void read_question() {
    if (question_.empty()) return;
    const Message q = read_words(question_);
    for (std::size_t i = 0; i < q.words.size(); ++i) {
      const Word& w = q.words[i];
      if (w.kind == Kind::kBreak) continue;
      question_words_.push_back(w.text);
      const bool a_not_a = i > 0 && i + 1 < q.words.size() && q.words[i - 1].text == q.words[i + 1].text;
      const bool have_not_have = w.text == "没" && i > 0 && q.words[i - 1].text == "有";
      if (is_negator(w) && w.text != "no" && !a_not_a && !have_not_have) question_is_negative_ = true;
    }
  }

  bool in_question(const Word& w) const { return std::ranges::find(question_words_, w.text) != question_words_.end(); }

  struct Clause {
    std::size_t echo = 0, foreign = 0, negators = 0;
    bool turned = false;  // "on" where the question has "off"
  };
  Clause clause_of(std::size_t at) const {
    std::size_t b = at, e = at;
    while (b > 0 && message_.words[b - 1].kind != Kind::kBreak) --b;
    while (e < message_.words.size() && message_.words[e].kind != Kind::kBreak) ++e;
    static constexpr std::array<std::string_view, 10> kDirections = {"on",  "off",  "up",   "down", "in",
                                                                     "out", "open", "clos", "left", "right"};
    Clause c;
    for (std::size_t i = b; i < e; ++i) {
      const Word& w = message_.words[i];
      if (is_negator(w)) ++c.negators;
      const bool direction = std::ranges::find(kDirections, w.text) != kDirections.end();
      if (direction && !question_words_.empty()) {
        if (!in_question(w)) c.turned = true;
        continue;
      }
      if (known_[i]) continue;
      if (in_question(w)) {
        ++c.echo;
      } else {
        ++c.foreign;
      }
    }
    return c;
  }

  bool only_soft_before(std::size_t at) const {  // nothing but noise, hedges and breaks stand before it in its clause
    for (std::size_t i = at; i-- > 0;) {
      if (message_.words[i].kind == Kind::kBreak) return true;
      if (!known_[i]) return false;
      if (message_.words[i].kind == Kind::kLatin && is_stop_word(message_.words[i].text) && message_.words[i].text != "so" &&
          message_.words[i].text != "and") {
        return false;
      }
    }
    return true;
  }

  struct Polarity {
    double yes = 0, no = 0;
    bool leading = false;  // by an explicit "yes" or "no"
    std::string words;
  };

  Polarity polarity() {
    Polarity p;
    bool but = false;
    for (const Tagged& t : tags_) {
      if (t.tag == Tag::kBut) but = true;
      const bool is_yes = t.tag == Tag::kYes || t.tag == Tag::kSaysYes || t.tag == Tag::kSolved;
      const bool is_no = t.tag == Tag::kNo || t.tag == Tag::kSaysNo || t.tag == Tag::kUnsolved || t.tag == Tag::kNegator;
      if (!is_yes && !is_no) continue;
      if (std::ranges::any_of(used_, [&](std::size_t i) { return t.begin <= i && i < t.end; })) continue;
      const Clause c = clause_of(t.begin);
      const bool han = message_.words[t.begin].kind == Kind::kHan;
      bool explicit_word = t.tag == Tag::kYes || t.tag == Tag::kNo;
      if (explicit_word && han) {
        explicit_word = (t.begin == 0 || message_.words[t.begin - 1].kind != Kind::kHan || known_[t.begin - 1]) &&
                        (t.end == message_.words.size() || message_.words[t.end].kind != Kind::kHan || known_[t.end]);
      } else if (explicit_word && message_.words[t.begin].kind == Kind::kLatin) {
        explicit_word = only_soft_before(t.begin);
        if (message_.words[t.begin].text == "no" && t.end - t.begin == 1 && t.end < message_.words.size() && !known_[t.end])
          explicit_word = false;
      }
      double weight = t.weight;
      bool yes = is_yes;
      if (!explicit_word) {
        const bool negative = is_no || c.negators % 2 == 1;
        if (c.foreign > 0) weight = std::min(weight, kForeign);
        if (c.turned || (question_is_negative_ && c.echo > 0)) weight = std::min(weight, kForeign);
        // 不是没有, "not that it isn't": twice turned round is a statement few people read the same way.
        if (is_no && c.negators >= 2 && t.tag != Tag::kUnsolved)
          weight = std::min(weight, t.end - t.begin >= c.negators ? weight : kForeign + 0.02);
        yes = is_yes && !negative;
      }
      if (p.leading && explicit_word && p.yes > 0 && p.yes < 0.7 && !yes && weight > 0.7) {
        p = {.no = std::min(weight, 0.85),
             .leading = true,
             .words = joined(message_, t.begin, t.end)};  // "ok, no": the "ok" was manners
        continue;
      }
      if (p.leading) {
        // After an explicit answer only a contradiction matters: "no, it does".
        if (explicit_word ? (yes != (p.yes > p.no)) : (c.foreign == 0 && yes != (p.yes > p.no))) {
          double& first = p.yes > p.no ? p.yes : p.no;
          first = std::min(first, but ? 0.6 : kForeign);
        }
        continue;
      }
      double& side = yes ? p.yes : p.no;
      if (weight > side) {
        side = weight;
        if (p.words.empty() || explicit_word) p.words = joined(message_, t.begin, t.end);
      }
      if (explicit_word) {
        p.leading = true;
        if ((yes ? p.no : p.yes) > 0) side = std::min(side, 0.6);  // "it does, no"
      }
    }
    if (p.leading) {
      (p.yes > p.no ? p.no : p.yes) = 0;
      if (but) {
        p.yes = std::min(p.yes, 0.6);
        p.no = std::min(p.no, 0.6);
      }
      for (std::size_t i = 0; i < message_.words.size() && p.yes > 0; ++i) {  // "yes it isn't"
        if (message_.words[i].is("not") && std::ranges::find(used_, i) == used_.end() && p.yes > 0.6) p.yes = 0.6;
      }
    }
    return p;
  }

  // "The light is on." answers "Is the power light on?"
  void add_echo(Polarity& p) {
    if (p.yes > 0 || p.no > 0 || question_words_.empty() || question_is_negative_ || message_.asks || has(Tag::kQuestion)) return;
    Clause all;
    for (std::size_t i = 0; i < message_.words.size(); ++i) {
      if (i == 0 || message_.words[i - 1].kind == Kind::kBreak) {
        const Clause c = clause_of(i);
        all.echo += c.echo;
        all.foreign += c.foreign;
        all.negators += c.negators;
        all.turned = all.turned || c.turned;
      }
    }
    if (all.echo == 0 || all.foreign > 0 || all.turned) return;
    const double weight = all.echo >= 2 ? 0.75 : 0.62;
    (all.negators % 2 == 1 ? p.no : p.yes) = weight;
    p.words = joined(message_, 0, message_.words.size());
  }

  // In "no smoke, but a burning smell" the second half is the answer.
  void weigh_contrast() {
    for (const Tagged& t : tags_) {
      if (t.tag != Tag::kBut) continue;
      if (std::ranges::none_of(hits_, [&](const Hit& h) { return !h.negated && h.begin >= t.end; })) continue;
      for (Hit& h : hits_) {
        if (h.end <= t.begin) h.quality *= 0.65;
      }
    }
  }

  // "White or orange": neither is meant for certain.
  bool either_or() const {
    static constexpr std::array<std::string_view, 3> kOr = {"or", "或", "还"};
    for (std::size_t i = 0; i < message_.words.size(); ++i) {
      if (std::ranges::find(kOr, message_.words[i].text) == kOr.end()) continue;
      for (const Hit& a : hits_) {
        for (const Hit& b : hits_) {
          if (a.option != b.option && !a.negated && !b.negated && a.end <= i && b.begin > i && same_clause(a.begin, b.begin))
            return true;
        }
      }
    }
    return false;
  }

  Understood decide() {
    std::vector<double> score(options_.size(), 0);
    std::vector<std::string> why(options_.size());
    std::vector<bool> denied(options_.size(), false);
    weigh_contrast();
    for (const Hit& h : hits_) {
      if (h.negated) {
        denied[h.option] = true;
      } else if (h.quality > score[h.option]) {
        score[h.option] = h.quality;
        why[h.option] = "“" + joined(message_, h.begin, h.end) + "” fits it";
      }
    }
    if (either_or()) return nothing("several options are named as alternatives", 0.4);
    const bool keyed = std::ranges::any_of(score, [](double s) { return s > 0; });
    if (has(Tag::kDontKnow) && !keyed) return {As::kDontKnow, {}, 0.95, "the customer does not know"};

    std::optional<std::size_t> yes, no;
    bool pair = true;
    for (std::size_t i = 0; i < options_.size(); ++i) {
      if (sides_[i] == Side::kOther) continue;
      std::optional<std::size_t>& side = sides_[i] == Side::kYes ? yes : no;
      pair = pair && !side;
      side = i;
    }
    Polarity p = polarity();
    if (pair && yes && no) {
      add_echo(p);
      if (denied[*yes] && score[*yes] == 0 && p.yes < 0.9 && !keyed) {
        p.no = std::max(p.no, 0.85);
        p.yes = p.leading ? p.yes : 0;
      }
      if (denied[*no] && score[*no] == 0 && !keyed && p.no < 0.9) p.yes = std::max(p.yes, 0.7);
      if (denied[*no] && denied[*yes]) p = {};
      auto merge = [&](std::size_t i, double value, const char* name) {
        if (value <= score[i]) return;
        score[i] = value;
        why[i] = p.words.empty() ? std::string("what is denied leaves ") + name : "“" + p.words + "” says " + name;
      };
      merge(*yes, p.yes, "yes");
      merge(*no, p.no, "no");
      // A plain "yes" or "no" is noise beside the words of a third option.
      for (std::size_t i = 0; i < score.size(); ++i) {
        if (i != *yes && i != *no && score[i] >= 0.85) {
          for (const std::size_t side : {*yes, *no})
            score[side] = std::min(score[side], why[side].contains("says") ? 0.6 : score[side]);
        }
      }
    }
    const bool asks = (message_.asks && (has(Tag::kQuestion) || !p.leading)) || (has(Tag::kQuestion) && question_first());
    if (asks && !(p.leading && pair && yes && no)) return {As::kQuestion, {}, 0.9, "that is a question"};

    std::size_t best = 0;
    for (std::size_t i = 1; i < score.size(); ++i) {
      if (score[i] > score[best]) best = i;
    }
    double confidence = score[best];
    if (has(Tag::kHedge)) confidence *= 0.78;
    if (message_.asks) confidence *= 0.85;
    if (confidence == 0) return nothing("none of the words fits an option");
    for (std::size_t i = 0; i < score.size(); ++i) {
      if (i != best && score[i] > 0 && score[best] - score[i] < kLead) {
        return nothing("it fits “" + options_[best].id + "” and “" + options_[i].id + "” about equally", confidence / 2);
      }
    }
    if (confidence < kMinUnderstood) return nothing(why[best] + ", but not clearly enough", confidence);
    return {As::kOption, options_[best].id, confidence, why[best]};
  }

  bool question_first() const {
    for (const Tagged& t : tags_) {
      if (t.tag != Tag::kQuestion) continue;
      if (message_.words[t.begin].kind == Kind::kHan) return true;
      return t.begin == 0;
    }
    return false;
  }

  std::string_view raw_;
  const std::vector<Option>& options_;
  Message message_;
  std::string_view question_;
  Phrase bare_;            // without politeness
  std::string bare_text_;  // the same, folded and without spaces
  std::vector<Side> sides_;
  std::vector<Hit> hits_;
  std::vector<Tagged> tags_;
  std::vector<std::size_t> used_;  // negations that belong to an option's words
  std::vector<bool> known_;
  std::vector<std::string> question_words_;
  bool question_is_negative_ = false;
};

}  // namespace

void prepare(std::vector<Option>& options) {
  std::vector<std::vector<Phrase>> candidates(options.size());
  for (std::size_t i = 0; i < options.size(); ++i) {
    Option& o = options[i];
    o.keys.clear();
    o.hints.clear();
    auto add = [&](std::string_view s) {
      Phrase p = to_phrase(s);
      if (!p.empty() && std::ranges::find(o.keys, p) == o.keys.end()) o.keys.push_back(std::move(p));
    };
    for (const auto& [language, label] : o.label.by_language) {
      add(label);
      std::ranges::move(units(label), std::back_inserter(candidates[i]));
    }
    for (const auto& [language, words] : o.words) {
      for (const std::string& w : words) add(w);
    }
  }
  for (std::size_t i = 0; i < options.size(); ++i) {
    for (Phrase& unit : candidates[i]) {
      bool unique = std::ranges::find(options[i].hints, unit) == options[i].hints.end() &&
                    std::ranges::find(options[i].keys, unit) == options[i].keys.end();
      std::string plain;
      for (const std::string& part : unit) plain += part;
      unique = unique && !is_answer_word(read_words(plain));
      for (std::size_t k = 0; unique && k < options.size(); ++k) {
        if (k != i) unique = std::ranges::none_of(options[k].keys, [&](const Phrase& key) { return contains(key, unit); });
      }
      if (unique) options[i].hints.push_back(std::move(unit));
    }
  }
}

Understood understand_choice(std::string_view words, const std::vector<Option>& options, std::string_view,
                             std::string_view question, const Lexicons&) {
  if (options.empty()) return nothing("there are no options");
  if (std::ranges::any_of(options, [](const Option& o) { return o.keys.empty(); })) {
    std::vector<Option> own = options;
    prepare(own);
    return Reading(words, own, question).read();
  }
  return Reading(words, options, question).read();
}

Understood understand_consent(std::string_view words, std::string_view language, const Lexicons& lexicons) {
  static const std::vector<Option> options = [] {
    std::vector<Option> o(2);
    o[0].id = "agree";
    o[0].label.by_language = {{"en", "Yes, I agree"}, {"zh", "同意"}};
    o[0].words = {{"en", {"yes", "agree", "i agree", "agreed", "i consent"}}, {"zh", {"是", "是的", "我同意", "同意的"}}};
    o[1].id = "decline";
    o[1].label.by_language = {{"en", "No"}, {"zh", "不同意"}};
    o[1].words = {{"en", {"i do not agree", "decline", "i decline", "i refuse"}}, {"zh", {"不", "不要", "拒绝", "我不同意"}}};
    prepare(o);
    return o;
  }();
  Understood u = understand_choice(words, options, language, {}, lexicons);
  if (u.as == As::kOption && u.confidence < 0.9) return nothing("consent must be said clearly", u.confidence / 2);
  return u;
}

Understood answered_by(std::string_view words, const std::vector<Option>& options, std::string_view language,
                       std::string_view question, const Lexicons& lexicons) {
  Understood u = understand_choice(words, options, language, question, lexicons);
  if (u.as != As::kOption || u.confidence < 0.75) return nothing("the message does not answer it", 0);
  return u;
}

}  // namespace usher::dialogs
