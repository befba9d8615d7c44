// What a question asks and what a label says.
#include "dialogs/understand_claim.h"

#include <algorithm>
#include <array>
#include <string>

namespace usher::dialogs {
namespace {

using Kind = Word::Kind;
using Words = std::vector<Word>;

bool in(std::string_view word, std::initializer_list<std::string_view> list) {
  return std::ranges::find(list, word) != list.end();
}

bool is_perception(std::string_view w) {
  return in(w, {"see",   "hear", "notic", "feel", "smell",   "find", "get", "any", "there", "ther",
                "exist", "have", "hav",   "has",  "contain", "spot", "观",  "闻",  "听",    "看"});
}
bool is_auxiliary(std::string_view folded) {
  return in(folded, {"is", "are", "was", "were", "do", "does", "did", "can", "could", "has", "have", "had", "will", "would",
                     "should", "shall"});
}
// Words of a question that neither name the thing nor what is asked of it.
bool is_filler(const Word& w) {
  return is_stop_word(w.text) || is_stop_word(w.folded) ||
         in(w.text,
            {"still",    "any",      "ever",   "yet",     "already", "just",   "see",    "hear", "notic", "feel",      "smell",
             "get",      "properly", "proper", "correct", "able",    "abl",    "check",  "make", "mak",   "sur",       "sure",
             "your",     "yours",    "try",    "tri",     "look",    "all",    "both",   "not",  "no",    "something", "someth",
             "anything", "anyth",    "find",   "right",   "much",    "many",   "ok",     "when", "else",  "els",       "pleas",
             "happen",   "own",      "seem",   "say",     "current", "actual", "itself", "even", "time"});
}
bool is_han_filler(std::string_view w) {
  return in(w, {"吗", "呢", "么", "吧", "了", "没", "嘛", "是", "的", "否", "您", "你", "请", "问", "在", "有", "会",
                "能", "可", "以", "都", "也", "还", "过", "着", "被", "得", "上", "这", "那", "个", "不", "和", "或",
                "者", "与", "把", "已", "经", "什", "它", "时", "候", "后", "要", "到", "看", "听", "闻", "样"});
}

struct Reader {
  Claim& claim;

  void part(const Words& words, std::size_t b, std::size_t e, const std::vector<StateWord>& states) const {
    const bool han = std::any_of(words.begin() + static_cast<std::ptrdiff_t>(b), words.begin() + static_cast<std::ptrdiff_t>(e),
                                 [](const Word& w) { return w.kind == Kind::kHan; });
    if (han) {
      chinese(words, b, e, states);
    } else {
      english(words, b, e, states);
    }
  }

  void take_states(std::size_t b, std::size_t e, const std::vector<StateWord>& states, std::vector<Sense>& into) const {
    for (const StateWord& s : states) {
      if (s.begin < b || s.end > e) continue;
      for (const Sense& sense : s.senses) into.push_back(sense);
    }
  }

  // Of several states the last ones are what is asked ("Is the oil level low", "Is the hose kinked or blocked"); one behind a
  // preposition ("at high speed", "with new batteries") only where there is no other, and the name of the thing never.
  void keep_predicate(const Words& words, const std::vector<std::size_t>& content, std::size_t b, std::size_t e, bool you,
                      std::vector<StateWord>& states) const {
    // "Replaced recently", "closed properly": how is not what.
    if (states.size() > 1) {
      std::erase_if(states, [&](const StateWord& s) {
        return s.end - s.begin == 1 &&
               in(words[s.begin].folded, {"recently", "properly", "correctly", "fully", "completely", "normally", "well"});
      });
    }
    if (states.size() < 2) return;
    std::size_t adjunct = e;
    for (std::size_t i = b + 2; i < e && adjunct == e; ++i) {
      if (in(words[i].folded, {"at", "with", "from", "by", "for", "without", "of", "during", "to", "than", "under"})) adjunct = i;
    }
    const bool pronoun = in(words[b + 1].folded, {"it", "they", "that", "this", "these", "those", "you", "he", "she", "there"});
    const bool before = std::ranges::any_of(states, [&](const StateWord& s) {
      return s.begin < adjunct && (pronoun || content.empty() || s.begin != content.front());
    });
    if (before) {
      for (const StateWord& s : states) {
        if (s.begin < adjunct) continue;
        for (const Sense& sense : s.senses) claim.condition.push_back(sense);
      }
      std::erase_if(states, [&](const StateWord& s) { return s.begin >= adjunct; });
    }
    if (states.size() > 1 && !you && !pronoun && !content.empty()) {
      const StateWord first = states.front();
      if (first.begin == content.front() && first.end - first.begin == 1) states.erase(states.begin());
    }
    if (!is_auxiliary(words[b].folded) || !in(words[b].folded, {"is", "are", "was", "were"})) return;
    std::size_t keep = states.size();
    while (keep > 1) {  // the last run, over "or" and adverbs
      bool run = true;
      for (std::size_t i = states[keep - 2].end; i < states[keep - 1].begin; ++i) run = run && is_filler(words[i]);
      const bool or_between = states[keep - 2].end < states[keep - 1].begin;
      if (!run || !or_between) break;
      --keep;
    }
    if (keep > 1) states.erase(states.begin(), states.begin() + static_cast<std::ptrdiff_t>(keep - 1));
  }

  void english(const Words& words, std::size_t b, std::size_t e, std::vector<StateWord> states) const {
    const std::vector<StateWord> all_states = states;
    while (b < e && in(words[b].folded, {"ok", "and", "so", "well", "now", "please", "then", "also", "first"})) ++b;
    for (std::size_t i = b + 1; i + 2 < e; ++i) {  // "When you press the button, does the fan spin"
      if (words[i].kind == Kind::kBreak && is_auxiliary(words[i + 1].folded)) {
        take_states(b, i, states, claim.condition);
        b = i + 1;
      }
    }
    if (b >= e) return;
    // "When you press the button, does …", "Does it stall when it is cold": the condition is asked of only in second place.
    std::size_t main_begin = b, main_end = e;
    for (std::size_t i = b + 1; i < e; ++i) {
      if (!in(words[i].folded, {"when", "while", "after", "if", "once", "before", "during", "whenever", "until"})) continue;
      take_states(i, e, states, claim.condition);
      main_end = i;
      break;
    }
    const std::string& first = words[b].folded;
    const std::string_view second = b + 1 < e ? std::string_view(words[b + 1].folded) : std::string_view{};
    const bool inverted = is_auxiliary(first) || (words[b].is("not") && first != "not");
    std::size_t verb = e;
    if (inverted && second == "you") {
      verb = b + 2;
      while (verb < main_end &&
             in(words[verb].folded, {"already", "ever", "just", "also", "able", "to", "still", "currently", "been", "using"}))
        ++verb;
      claim.done = claim.done || first == "have" || first == "did";
    }
    claim.exists = claim.exists || in(second, {"there", "any"}) || first == "any" || (!inverted && states.empty());
    claim.offers = claim.offers || in(first, {"shall", "should", "would", "may", "ready", "want"}) ||
                   (first == "do" && verb < e && in(words[verb].text, {"want", "wish", "need", "agre", "accept"})) ||
                   (first == "can" && second == "i");
    for (std::size_t i = main_begin; i < main_end; ++i) {
      const bool perfect = i == main_begin && in(words[i].folded, {"has", "have", "had"});
      claim.exists = claim.exists || (is_perception(words[i].text) && !perfect && (verb >= e || i <= verb));
      const bool turned = is_negator(words[i]) && words[i].text != "no" &&
                          (i > b || !(in(second, {"it", "the", "you", "they", "your", "there", "that", "this"})));
      const bool own = std::ranges::any_of(states, [&](const StateWord& s) { return s.begin <= i && i < s.end; });
      if (!own && (turned || (words[i].text == "no" && i + 1 < main_end))) claim.negative = true;
    }
    if (verb < e && is_perception(words[verb].text)) claim.exists = true;
    std::erase_if(states, [&](const StateWord& s) { return s.begin < main_begin || s.end > main_end; });
    // "There", "see" in the question ask for something else.
    std::erase_if(states, [&](const StateWord& s) {
      return s.end - s.begin == 1 && s.begin + 1 < main_end &&
             in(words[s.begin].text, {"there", "ther", "see", "hear", "find", "current", "well"});
    });
    std::vector<std::size_t> content;
    for (std::size_t i = main_begin; i < main_end; ++i) {
      if (words[i].kind == Kind::kLatin && !is_filler(words[i])) content.push_back(i);
    }
    auto in_state = [&](std::size_t i) {
      return std::ranges::any_of(states, [&](const StateWord& s) { return s.begin <= i && i < s.end; });
    };
    if (!claim.exists && inverted) keep_predicate(words, content, main_begin, main_end, verb < e, states);
    claim.able = claim.able || (first == "can" && verb < e) || first == "could";
    // A "clicking noise" is asked for, not a noise.
    for (std::size_t i = 0; i + 1 < states.size();) {
      const bool kind = states[i].end == states[i + 1].begin && std::ranges::any_of(states[i].senses, [&](const Sense& a) {
                          return a.kind && std::ranges::any_of(states[i + 1].senses, [&](const Sense& b) {
                                   return b.axis == a.axis && !b.kind && b.pole > 0;
                                 });
                        });
      if (kind) {
        std::erase(content, states[i + 1].begin);
        states.erase(states.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      } else {
        ++i;
      }
    }
    for (const StateWord& s : states) {  // "light up" is repeated as a whole
      if (s.end - s.begin < 2) continue;
      Phrase whole;
      for (std::size_t i = s.begin; i < s.end; ++i) whole.push_back(words[i].text);
      claim.predicate.push_back(std::move(whole));
      std::erase_if(content, [&](std::size_t i) { return s.begin <= i && i < s.end; });
    }
    for (const StateWord& s : states) {
      for (const Sense& sense : s.senses) claim.senses.push_back(sense);
    }
    if (verb < main_end && !claim.exists) {
      claim.predicate.push_back({words[verb].text});
    }
    // "Did the overheating stop", "Is the noise gone": the thing itself, still there, denies it.
    bool ceases = false;
    for (std::size_t i = main_begin; i < main_end; ++i) {
      ceases = ceases || in(words[i].folded, {"stop", "stopped", "gone", "disappear", "disappeared", "away", "cease", "ceased",
                                              "vanish", "vanished"});
    }
    if (ceases && main_end - main_begin > 2) {
      for (const StateWord& s : all_states) {
        if (s.begin >= main_begin && s.end < main_end && claim.against.empty())
          claim.against.assign(s.senses.begin(), s.senses.end());
      }
      if (!claim.against.empty()) claim.senses.clear();
      if (content.size() > 1) claim.contrary.push_back({words[content.front()].text});
      claim.ceasing = true;
    }
    // Behind a preposition stands the place, not what is asked: "gas in the tank".
    std::size_t adjunct = main_end;
    for (std::size_t i = main_begin + 2; i < main_end && adjunct == main_end; ++i) {
      const bool place = in(words[i].folded, {"in", "at", "on", "under", "from", "into", "inside", "behind", "of", "to", "near",
                                              "by", "with", "above", "below"});
      if (place && !in_state(i) && std::ranges::any_of(content, [&](std::size_t c) { return c < i; })) adjunct = i;
    }
    std::size_t last = content.size();
    for (std::size_t n = 0; n < content.size(); ++n) {
      if (content[n] < adjunct) last = n;
    }
    for (std::size_t n = 0; n < content.size(); ++n) {
      const std::size_t i = content[n];
      const bool bare = states.empty() && verb >= e && (inverted ? n == last : n > 0 || content.size() == 1);
      const bool predicate = in_state(i) || (claim.exists && i < adjunct) || i == verb || bare;
      (predicate ? claim.predicate : claim.subject).push_back({words[i].text});
    }
  }

  void chinese(const Words& words, std::size_t b, std::size_t e, const std::vector<StateWord>& all) const {
    std::size_t main_begin = b;
    for (std::size_t i = b; i + 1 < e; ++i) {
      const bool after = words[i].text == "后" && i > b && i + 2 < e && words[i + 1].text != "面";
      const bool during = words[i].text == "时" && i > b && words[i + 1].text != "间";
      if (after || during) main_begin = i + 1;
    }
    if (main_begin > b) take_states(b, main_begin, all, claim.condition);
    std::vector<StateWord> states = all;
    std::erase_if(states, [&](const StateWord& s) {
      const bool asks_have = s.end - s.begin == 1 && words[s.begin].is("有");
      return s.begin < main_begin || s.end > e || asks_have;
    });
    std::size_t have = e;
    for (std::size_t i = main_begin; i < e; ++i) {
      if (words[i].text == "有" && have == e) have = i;
      const bool a_not_a = i > main_begin && i + 1 < e && (words[i - 1].text == words[i + 1].text || words[i - 1].text == "有");
      const bool leading = i == b && i + 2 < e && words[i + 1].is("有");  // 没有灯
      const bool trailing = !leading && (i + 1 >= e || is_han_filler(words[i + 1].text));
      if (is_negator(words[i]) && !a_not_a && !trailing &&
          std::ranges::none_of(states, [&](const StateWord& s) { return s.begin <= i && i < s.end; }))
        claim.negative = true;
      if (i + 1 < e && in(words[i].text, {"要", "需", "愿"}) && in(words[i + 1].text, {"不", "要", "意"})) claim.offers = true;
    }
    claim.exists = claim.exists || have < e;
    bool perceives = have < e, able = false;
    for (std::size_t i = main_begin; i < e; ++i) {
      perceives = perceives || in(words[i].text, {"闻", "看", "听", "见"});
      able = able || words[i].is("能") || (words[i].is("可") && i + 1 < e && words[i + 1].is("以"));
    }
    claim.able = claim.able || (able && !perceives);
    claim.done =
        claim.done || std::any_of(words.begin() + static_cast<std::ptrdiff_t>(b), words.begin() + static_cast<std::ptrdiff_t>(e),
                                  [](const Word& w) { return w.is("过"); });
    for (const StateWord& s : states) {
      for (const Sense& sense : s.senses) claim.senses.push_back(sense);
      Phrase p;
      for (std::size_t i = s.begin; i < s.end; ++i) {
        if (!is_han_filler(words[i].text) || s.end - s.begin <= 2) p.push_back(words[i].text);
      }
      if (!p.empty()) claim.predicate.push_back(std::move(p));
    }
    // What follows 有 is asked for; else the end of the sentence says what is asked.
    std::vector<std::size_t> content;
    for (std::size_t i = main_begin; i < e; ++i) {
      const bool stated = std::ranges::any_of(states, [&](const StateWord& s) { return s.begin <= i && i < s.end; });
      if (words[i].kind != Kind::kBreak && !is_han_filler(words[i].text) && !stated) content.push_back(i);
    }
    for (std::size_t n = 0; n + 1 < content.size(); ++n) {
      const std::size_t i = content[n];
      if (content[n + 1] != i + 1 || words[i].kind != Kind::kHan) continue;
      const bool predicate = (have < e && i > have) || (states.empty() && have == e && n + 2 == content.size());
      (predicate ? claim.predicate : claim.subject).push_back({words[i].text, words[i + 1].text});
    }
    const auto after = std::ranges::count_if(content, [&](std::size_t i) { return i > have; });
    for (const std::size_t i : content) {
      const bool predicate = (have < e && i > have && after <= 2) || (states.empty() && content.size() == 1) ||
                             (words[i].kind == Kind::kLatin && have < e && i > have);
      (predicate ? claim.predicate : claim.subject).push_back({words[i].text});
    }
  }
};

}  // namespace

int relation_in(const std::vector<Word>& words, std::size_t b, std::size_t e) {
  int found = 0;
  for (std::size_t i = b; i < e; ++i) {
    const std::string_view next = i + 1 < e ? std::string_view(words[i + 1].text) : std::string_view{};
    int r = 0;
    const bool too = i > b && in(words[i - 1].folded, {"too", "太", "偏", "过"});
    if (in(words[i].folded, {"above", "over", "exceeds", "higher", "greater", "beyond"}) || (words[i].folded == "high" && too) ||
        ((words[i].is("高") || words[i].is("大") || words[i].is("多")) && (next == "于" || too)) ||
        (words[i].is("超") && next == "过") || (words[i].is("以") && next == "上"))
      r = 1;
    if (in(words[i].folded, {"below", "under", "beneath", "lower"}) || (words[i].folded == "low" && too) ||
        (words[i].folded == "less" && next == "than") ||
        ((words[i].is("低") || words[i].is("小") || words[i].is("少")) && (next == "于" || too)) ||
        (words[i].is("不") && (next == "到" || next == "足")) || (words[i].is("以") && next == "下"))
      r = -1;
    if (in(words[i].folded, {"between", "within", "range", "middle"}) || (words[i].is("之") && next == "间") ||
        (words[i].is("范") && next == "围") || (words[i].is("中") && next == "间"))
      r = 2;
    if (r == 0) continue;
    // "Over the upper mark", "below the lower mark": the mark's name
    if (found != 0 && (words[i].folded == "lower" || words[i].folded == "upper")) continue;
    if (found != 0 && found != r) return 0;
    found = r;
  }
  return found;
}

bool out_is_place(const std::vector<Word>& words, std::size_t at) {
  if (at + 2 >= words.size() || words[at].text != "out" || !words[at + 1].is("of")) return false;
  if (in(words[at + 2].folded, {"the", "my", "it", "there", "here", "its", "this", "that", "order"})) return true;
  return at > 0 && in(words[at - 1].text, {"com", "come", "go", "get", "tak", "take", "pull", "fall", "fell", "blow", "drip",
                                           "leak", "flow", "pop", "mov"});
}

Claim read_claim(std::string_view question) {
  Claim claim;
  if (question.empty()) return claim;
  const Message m = read_words(question.substr(0, 2000));
  const auto& w = m.words;
  auto states = states_in(m);
  std::erase_if(states, [&](const StateWord& s) {
    for (std::size_t i = s.begin; i < s.end; ++i) {
      if (out_is_place(w, i)) return true;
    }
    return false;
  });
  // Only what is asked: the part before a question mark, from the break before it on.
  struct Part {
    std::size_t begin, end;
  };
  std::vector<Part> asked, all;
  for (std::size_t i = 0, begin = 0; i <= w.size(); ++i) {
    const bool last = i == w.size();
    if (!last && (w[i].kind != Kind::kBreak || w[i].is_comma())) continue;
    if (i > begin) {
      all.push_back({begin, i});
      if (last ? m.ends_asking : w[i].text == "?") asked.push_back(all.back());
    }
    begin = i + 1;
  }
  if (asked.empty()) asked = all;
  const Reader reader{claim};
  for (const Part& p : asked) {
    const bool alternative = w[p.begin].is("or") || (w[p.begin].is("还") && p.begin + 1 < p.end && w[p.begin + 1].is("是"));
    if (alternative && p.begin != asked.front().begin) continue;  // "…? Or does it fail every time?": what "no" stands for
    reader.part(w, p.begin, p.end, states);
  }
  claim.things = things_in(m);
  for (const ThingWord& t : claim.things) {
    const bool asked_for = std::ranges::any_of(claim.predicate, [&](const Phrase& p) {
      for (std::size_t i = t.begin; i < t.end; ++i) {
        if (std::ranges::find(p, w[i].text) != p.end()) return true;
      }
      return false;
    });
    if (asked_for) claim.asked_things.push_back(t);
  }
  for (const StateWord& s : states) {
    claim.fault = claim.fault || std::ranges::any_of(s.senses, [](const Sense& x) { return value_of(x) < 0; });
  }
  claim.fault = claim.fault || std::ranges::any_of(w, is_negator);
  int value = 0;
  for (const Sense& s : claim.senses) {
    value += value_of(s);
    claim.wavering = claim.wavering || is_wavering(s);
  }
  claim.value = (value > 0) - (value < 0);
  if (claim.able && claim.value == 0) claim.value = 1;
  for (const Word& word : w) {
    claim.all = claim.all || in(word.folded, {"all", "every", "everywhere", "any", "both", "每", "都", "所"});
    claim.others = claim.others || in(word.folded, {"other", "another", "else", "external", "different", "others", "他", "别"});
    claim.outcome = claim.outcome || in(word.text, {"help", "solv", "fix", "resolv", "better", "cur", "success"});
  }
  // Only in the sentence that asks: "press F2 or Del" is no choice of the customer's.
  for (const Part& p : asked) {
    for (std::size_t i = p.begin; i < p.end; ++i) claim.any = claim.any || in(w[i].text, {"or", "或"});
  }
  const auto stop = std::max(question.rfind("。") + 1, question.rfind("；") + 1);
  claim.any = claim.any || question.substr(stop < question.size() ? stop : 0).contains("、");
  claim.outcome = claim.outcome || question.contains("解决") || question.contains("好了") || question.contains("有用") ||
                  question.contains("恢复") || question.contains("有效") || question.contains("有帮助");
  claim.outcome = claim.outcome && !(claim.exists && claim.others);  // "anything else I can help you with?"
  if (claim.outcome) {  // "Did it fix the problem?": the problem is not what is asked for
    const auto trouble = [](const Phrase& p) {
      return p.size() == 1 && in(p[0], {"problem", "issu", "issue", "error", "troubl", "trouble", "fault"});
    };
    std::erase_if(claim.predicate, trouble);
    const bool good = std::ranges::any_of(claim.senses, [](const Sense& s) { return value_of(s) > 0; });
    if (good) std::erase_if(claim.senses, [](const Sense& s) { return is_general(s) && s.pole < 0; });
  }
  for (const Word& word : w) claim.only = claim.only || in(word.folded, {"only", "solely", "只", "仅"});
  claim.relation = relation_in(w, 0, w.size());
  return claim;
}

}  // namespace usher::dialogs
