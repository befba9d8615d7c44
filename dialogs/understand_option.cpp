// The options of a choice: their words, and where an answer names them.
#include "dialogs/understand_option.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialogs/understand_question.h"

namespace usher::dialogs {
namespace {

using As = Understood::As;
using Kind = Word::Kind;

Understood nothing(std::string why, double confidence) {
  return {As::kNothing, {}, confidence, std::move(why)};
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
    // Of "no light" neither "light" is said for it; 没有声音 is, 声音 not.
    if (i > 0 && std::any_of(m.words.begin(), m.words.begin() + static_cast<std::ptrdiff_t>(i), is_negator)) break;
    if (w.kind == Kind::kLatin && !is_stop_word(w.text)) out.push_back({w.text});
    if (w.kind == Kind::kHan && i + 1 < m.words.size() && m.words[i + 1].kind == Kind::kHan && !is_particle(w.text) &&
        !is_particle(m.words[i + 1].text)) {
      out.push_back({w.text, m.words[i + 1].text});
    }
  }
  return out;
}

// Words of a label that many answers hold as well.
bool is_function_word(std::string_view canonical) {
  static constexpr std::array<std::string_view, 24> kWords = {
      "sinc", "since",  "before", "befor", "after", "while", "whil",   "when",  "get",    "got", "com", "go",
      "mak",  "happen", "seem",   "look",  "not",   "no",    "someth", "thing", "during", "see", "ha",  "lik"};
  return std::ranges::find(kWords, canonical) != kWords.end();
}

bool contains(const Phrase& whole, const Phrase& part) {
  return !std::ranges::search(whole, part).empty();
}

// How often the words before a hit turn it round; `used` takes the words that do.
std::size_t turns(const SaidWords& said, const Hit& hit, const std::vector<Hit>& before, std::vector<std::size_t>& used) {
  const SaidWords::Clause& clause = said.clause_at(hit.begin);
  const auto& words = said.message.words;
  std::size_t begin = clause.begin;
  for (const Hit& h : before) {  // "not white, orange": what was said of one option does not reach the next
    if (!h.negated && h.end <= hit.begin && h.end > begin) begin = h.end;
  }
  SaidWords::Clause part = clause;
  part.begin = begin;
  const std::size_t count = said.negations(part, hit.begin);
  for (std::size_t i = begin; count > 0 && i < hit.begin; ++i) {
    if (is_negator(words[i])) used.push_back(i);
  }
  return count;
}

// "The morning doesn't work", 上午不行: said of the option at the end of its clause.
bool refused_after(const SaidWords& said, const Hit& hit, std::size_t next_hit) {
  const SaidWords::Clause& clause = said.clause_at(hit.begin);
  return std::ranges::any_of(said.tags, [&](const Tagged& t) {
    const bool no = t.tag == Tag::kSaysNo || t.tag == Tag::kUnsolved || t.tag == Tag::kNegator ||
                    (t.tag == Tag::kNo && said.message.words[t.begin].is("都"));
    if (!no || t.begin < hit.end || t.end > clause.end || t.begin >= next_hit) return false;
    for (std::size_t i = t.end; i < clause.end; ++i) {
      if (!said.light[i]) return false;
    }
    return true;
  });
}

void negate(const SaidWords& said, std::vector<Hit>& hits, std::vector<std::size_t>& used) {
  std::ranges::sort(hits, [](const Hit& a, const Hit& b) { return std::pair(a.begin, b.end) < std::pair(b.begin, a.end); });
  static constexpr std::array<std::string_view, 9> kList = {"or", "nor", "and", "any", "a", "或", "和", "者", "与"};
  const auto& words = said.message.words;
  std::vector<Hit> before;
  for (std::size_t n = 0; n < hits.size(); ++n) {
    Hit& h = hits[n];
    h.negated = turns(said, h, before, used) % 2 == 1;
    if (!h.negated && n > 0 && hits[n - 1].negated && hits[n - 1].end <= h.begin) {
      bool list = hits[n - 1].end < h.begin;
      for (std::size_t i = hits[n - 1].end; i < h.begin; ++i) {
        list = list && words[i].kind != Kind::kBreak && std::ranges::find(kList, words[i].text) != kList.end();
      }
      h.negated = list;
    }
    // "the smoke isn't there"; a bare "not" belongs to what follows it.
    if (h.end < words.size() && words[h.end].is("not") && words[h.end].folded != "not") {
      h.negated = !h.negated;
      used.push_back(h.end);
    } else if (refused_after(said, h, n + 1 < hits.size() ? hits[n + 1].begin : words.size())) {
      h.refused = !h.negated;
      h.negated = true;
    }
    before.push_back(h);
  }
}

std::optional<Understood> by_number(const std::string& bare_text, std::size_t bare_words, const std::vector<Option>& options,
                                    bool numbers_mean_amounts) {
  static const RE2 kCardinal(
      "(?:option|number|numero|choice|answer|item|the|pick|choose|take|select|i|it'?s|its|选项|选择|我选|选|第|答案|是)*"
      "([0-9]{1,2}|[一二两三四五六七八九十]{1,3})(?:个|项|号|条|种|选项|时间|方式|的|吧|啊|呢|了)*");
  static const RE2 kNamed("(?:option|number|choice|answer|item)(one|two|three|four|five|six|seven|eight|nine|ten)");
  static const RE2 kOrdinal(
      "(?:i|pick|choose|take|select|it'?s|its|the)*(first|second|third|fourth|fifth|sixth|[0-9](?:st|nd|rd|th))(?:one|option|"
      "choice|answer)?");
  static const RE2 kLast("(?:the)?last(?:one|option|slot|choice|time|thing)?|最后一?[个种项条]的?");
  std::string number;
  std::optional<int> n;
  if (RE2::FullMatch(bare_text, kCardinal, &number) || RE2::FullMatch(bare_text, kNamed, &number) ||
      RE2::FullMatch(bare_text, kOrdinal, &number)) {
    n = small_number(number);
  } else if (bare_words == 1) {
    n = small_number(bare_text);
  } else if (options.size() > 1 && RE2::FullMatch(bare_text, kLast)) {
    n = static_cast<int>(options.size());
  }
  if (!n && options.size() == 2) {
    static const RE2 kFormer("(?:the)?former|前者|前一个|前面那?个?");
    static const RE2 kLatter("(?:the)?latter|后者|后一个|后面那?个?");
    if (RE2::FullMatch(bare_text, kFormer)) n = 1;
    if (RE2::FullMatch(bare_text, kLatter)) n = 2;
  }
  if (!n) return std::nullopt;
  if (numbers_mean_amounts && number.empty() == false && RE2::FullMatch(bare_text, "[0-9]+|[一二两三四五六七八九十]+"))
    return std::nullopt;
  if (*n < 1 || static_cast<std::size_t>(*n) > options.size()) {
    return nothing("there is no option number " + std::to_string(*n), 0.2);
  }
  const auto chosen = static_cast<std::size_t>(*n) - 1;
  // "2" where another option speaks of "2 beeps" may mean either.
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (i == chosen) continue;
    for (const auto& list : {options[i].keys, options[i].hints}) {
      for (const Phrase& p : list) {
        if (std::ranges::find(p, std::to_string(*n)) != p.end())
          return nothing("the number may be the option's place or its content", 0.5);
      }
    }
  }
  return Understood{As::kOption, options[chosen].id, 0.96, "number " + std::to_string(*n) + " of the list"};
}

}  // namespace

namespace {

// Every clause is a phrase of one and the same option: "no noises, just slow".
std::optional<Understood> clause_by_clause(const SaidWords& said, const std::vector<Option>& options) {
  if (said.message.asks || said.clauses.size() < 2) return std::nullopt;
  const Option* match = nullptr;
  for (const SaidWords::Clause& c : said.clauses) {
    Phrase clause;
    for (std::size_t i = c.begin; i < c.end; ++i) clause.push_back(said.message.words[i].text);
    while (clause.size() > 1 && is_particle(clause.back())) clause.pop_back();
    const auto own =
        std::ranges::find_if(options, [&](const Option& o) { return std::ranges::find(o.keys, clause) != o.keys.end(); });
    if (own == options.end() || (match != nullptr && match != &*own)) return std::nullopt;
    match = &*own;
  }
  return Understood{As::kOption, match->id, 0.95, "all of it is said for this option"};
}

}  // namespace

Side side_of(const Option& o, const Lexicons& lexicons) {
  const std::string id = text::fold(o.id);
  if (id == "yes" || id == "y" || id == "true") return Side::kYes;
  if (id == "no" || id == "n" || id == "false") return Side::kNo;
  for (const auto& [language, label] : o.label.by_language) {
    const Message m = read_words(label);
    const auto tags = lexicons.answers().scan(m);
    if (tags.empty() || tags.front().begin != 0) continue;
    const std::size_t end = tags.front().end;
    if (end != m.words.size() && m.words[end].kind != Kind::kBreak) continue;  // "No sound" is not a "no"
    if (tags.front().tag == Tag::kYes || tags.front().tag == Tag::kSaysYes) return Side::kYes;
    if (tags.front().tag == Tag::kNo || tags.front().tag == Tag::kSaysNo) return Side::kNo;
  }
  return Side::kOther;
}

std::optional<Understood> named(std::string_view raw, const SaidWords& said, const std::vector<Option>& options,
                                const QuestionRead& question) {
  const Message& message = said.message;
  const std::string folded = text::fold(text::trim(half_width(raw)));
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (folded == question.labels[i].id) return Understood{As::kOption, options[i].id, 1, "it is the option's id"};
  }
  Phrase bare;            // without politeness
  std::string bare_text;  // the same, folded and without spaces
  // Politeness around the answer and particles behind it are not part of it.
  std::vector<bool> noise(message.words.size());
  for (const Tagged& t : said.polite) {
    if (t.tag == Tag::kHelp) continue;
    for (std::size_t i = t.begin; i < t.end; ++i) noise[i] = true;
  }
  Phrase all;
  for (const Word& w : message.words) {
    if (w.kind != Kind::kBreak) all.push_back(w.text);
  }
  for (std::size_t i = 0; i < message.words.size(); ++i) {
    if (!noise[i] && message.words[i].kind != Kind::kBreak) bare.push_back(message.words[i].text);
    if (!noise[i] && message.words[i].kind != Kind::kBreak) bare_text += message.words[i].folded;
  }
  Phrase core = all;
  while (core.size() > 1 && is_particle(core.back())) core.pop_back();
  const Option* match = nullptr;
  for (const Phrase* spoken : std::array<const Phrase*, 3>{&all, &core, &bare}) {
    if (spoken->empty()) continue;
    for (const Option& o : options) {
      if (std::ranges::find(o.keys, *spoken) == o.keys.end()) continue;
      if (match != nullptr && match != &o)
        return nothing("“" + said.text(0, message.words.size()) + "” is said for two options", 0.5);
      match = &o;
    }
    if (match != nullptr) break;
  }
  if (match != nullptr && !message.asks) return Understood{As::kOption, match->id, 1, "it is what the option is called"};
  if (auto u = clause_by_clause(said, options)) return u;
  return by_number(bare_text, bare.size(), options, question.numbers_mean_amounts);
}

std::vector<Hit> find_hits(const SaidWords& said, const std::vector<Option>& options, const std::vector<Side>& sides,
                           std::vector<Tagged>& tags, std::vector<std::size_t>& used, bool topics) {
  const Message& message = said.message;
  std::vector<Hit> hits;
  for (std::size_t i = 0; i < options.size(); ++i) {
    for (const Phrase& key : options[i].keys) {
      for (const Found& f : find_phrase(message, key, true, 1)) hits.push_back({i, f.begin, f.end, f.quality * 0.92});
    }
    for (const Phrase& hint : options[i].hints) {
      for (const Found& f : find_phrase(message, hint, true, 0))
        hits.push_back({i, f.begin, f.end, f.quality == 1 ? 0.72 : 0.62});
    }
  }
  if (!topics) std::erase_if(hits, [&](const Hit& h) { return said.clause_at(h.begin).asks; });
  // A typo is none where the word is one we know: "louse" may be "loose", "lose" not.
  std::erase_if(hits, [&](const Hit& h) {
    if (h.quality > 0.9 || h.quality == 0.72) return false;
    return h.end - h.begin == 1 &&
           std::ranges::any_of(said.states, [&](const StateWord& s) { return s.begin <= h.begin && h.begin < s.end; });
  });
  // A phrase inside a longer one means nothing by itself: "working" in "not working", 亮 in 不亮.
  auto inside = [](std::size_t b, std::size_t e, std::size_t wide_b, std::size_t wide_e) {
    return wide_b <= b && e <= wide_e && wide_e - wide_b > e - b;
  };
  // A label that only says yes or no adds nothing to the lexicon, which knows what may stand around these words.
  std::erase_if(hits, [&](const Hit& h) {
    return std::ranges::any_of(tags, [&](const Tagged& t) {
      if (t.begin != h.begin || t.end != h.end) return false;
      if (t.tag == Tag::kYes || t.tag == Tag::kSaysYes) return sides[h.option] == Side::kYes;
      return (t.tag == Tag::kNo || t.tag == Tag::kSaysNo) && sides[h.option] == Side::kNo;
    });
  });
  const auto all = hits;
  const auto known = tags;
  std::erase_if(hits, [&](const Hit& h) {
    return std::ranges::any_of(all, [&](const Hit& o) { return o.quality >= 0.75 && inside(h.begin, h.end, o.begin, o.end); }) ||
           std::ranges::any_of(known, [&](const Tagged& t) {
             return inside(h.begin, h.end, t.begin, t.end) && t.tag != Tag::kHedge && t.tag != Tag::kWait;
           });
  });
  // Where an option's own words and the lexicon claim the same words, the option knows better.
  std::erase_if(tags, [&](const Tagged& t) {
    return std::ranges::any_of(hits, [&](const Hit& h) { return h.quality > 0.8 && h.begin < t.end && t.begin < h.end; });
  });
  negate(said, hits, used);
  return hits;
}

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
      if (unit.size() == 1 && candidates[i].size() > 1 && is_function_word(unit[0])) continue;
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
    options[i].readings = i == 0 ? std::make_shared<QuestionReadings>() : nullptr;
  }
}

}  // namespace usher::dialogs
