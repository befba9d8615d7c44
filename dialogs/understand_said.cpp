// An answer, read once: its words, what the lexicon knows of them, its clauses, and which negation reaches which word.
#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>

#include "dialogs/understand_claim.h"

namespace usher::dialogs {
namespace {

using Kind = Word::Kind;

constexpr std::size_t kMaxWords = 400;  // of a pasted letter the beginning is read

std::unordered_set<std::string> set_of(std::string_view list) {
  std::unordered_set<std::string> out;
  while (!list.empty()) {
    const auto space = list.find(' ');
    for (std::string& word : to_phrase(list.substr(0, space))) out.insert(std::move(word));
    list = space == std::string_view::npos ? std::string_view{} : list.substr(space + 1);
  }
  return out;
}

}  // namespace

bool carries_nothing(const Word& w) {
  static const std::unordered_set<std::string> kLight = set_of(
      "quite pretty really rather somewhat very extremely super so too even actually definitely totally completely fully "
      "perfectly "
      "entirely absolutely slightly bit little lot lots much more most almost nearly simply just only again once still already "
      "yet "
      "ever now today yesterday tonight morning afternoon evening ago minute minutes second seconds hour hours day days week "
      "weeks month last first time times time right left straight look looks see hear feel smell notice check checked test "
      "tested "
      "try tried seem appear show shows get got say says tell think believe guess know find make making do doing go going come "
      "keep have had give thing things way one ones all both each every everything anything something everywhere anywhere here "
      "there when while after before until since if as like than though because sure afraid fortunately unfortunately sadly "
      "luckily "
      "thankfully honestly basically probably maybe perhaps likely obviously certainly clearly visible anymore longer either "
      "neither "
      "also well ok okay want need would could should might must let them their theirs mine yours his her its this that these "
      "those "
      "happen happened happening stop quit pitch years ages weeks months whatsoever double recently finally currently nothing "
      "none least far kind sort able part side end whole inside outside myself itself "
      "cause cuz coz bc tho thx though except both another other others");
  static const std::unordered_set<std::string> kHan = set_of(
      "我 你 您 它 他 她 们 这 那 个 些 里 上 下 在 是 有 的 了 着 过 得 地 很 挺 太 真 都 也 就 还 又 再 才 已 经 现 看 听 "
      "试 检 查 感 觉 到 见 来 去 说 啊 呀 呢 吧 嘛 哦 嗯 哈 啦 喔 诶 呃 请 点 一 些 刚 然 后 其 实 确 应 该 好 像 可 能 "
      "终 于 完 全 彻 底 稍 微 突 忽 依 仍 竟 暂 幸 啥 么 蛮 老 大 概 似 乎 被 把 给 和 跟 与 并 倒 却 而 且 所 以 因 为 自 己 "
      "直 总 非 常 特 别 比 较 有 会 要 想 觉");
  if (w.kind == Kind::kHan) return kHan.contains(w.text);
  if (w.kind != Kind::kLatin) return true;
  return is_stop_word(w.text) || is_stop_word(w.folded) || kLight.contains(w.text);
}

namespace {

// 别 in 特别, 非 in 非常, 无 in 无线 deny nothing.
bool denies(const std::vector<Word>& w, std::size_t i) {
  if (!is_negator(w[i])) return false;
  const std::string_view before = i > 0 ? std::string_view(w[i - 1].text) : std::string_view{};
  const std::string_view after = i + 1 < w.size() ? std::string_view(w[i + 1].text) : std::string_view{};
  const std::string_view self = w[i].text;
  if (self == "别") return before != "特" && before != "分" && before != "区" && after != "的" && after != "人" && after != "家";
  if (self == "非") return after != "常";
  if (self == "无") return after != "线";
  if (self == "不") return after != "过" && after != "错" && after != "小" && before != "差";
  if (self == "没") return after != "错";
  return true;
}

bool in(std::string_view word, std::initializer_list<std::string_view> list) {
  return std::ranges::find(list, word) != list.end();
}

// "It", "the", "my": a clause with its own subject begins.
bool begins_subject(const Word& w) {
  return in(w.folded, {"i",    "it",  "its",   "the",   "they",  "there",      "that", "this",  "we",  "he",  "she",
                       "my",   "a",   "these", "those", "is",    "was",        "just", "still", "now", "all", "both",
                       "when", "but", "only",  "you",   "every", "everything", "它",   "我",    "是"});
}

bool asks_by_form(const Message& m, std::size_t b, std::size_t e) {
  while (b < e &&
         in(m.words[b].folded, {"and", "but", "so", "ok", "okay", "sorry", "um", "well", "hi", "hello", "hmm", "please"}))
    ++b;
  if (b >= e || m.words[b].kind != Kind::kLatin) return false;
  const std::string& first = m.words[b].folded;
  const std::string_view next = b + 1 < e ? std::string_view(m.words[b + 1].folded) : std::string_view{};
  if (in(first, {"how", "why", "where", "which", "who", "whats", "wheres", "hows", "whose"})) return true;
  if (first == "what") return next != "came";
  if (first == "you" && next == "mean") return true;
  if (in(first, {"do", "does", "did", "is", "are", "was", "were", "can", "could", "should", "shall", "will", "would", "have",
                 "has", "am", "may"}))
    return !(in(first, {"did", "does", "do", "have"}) && in(next, {"it", "that", "this"}) && !m.asks) &&
           in(next, {"it", "that", "this", "i", "you", "the", "there", "my", "your", "they", "we", "these", "those", "a", "an"});
  return m.words[b].is("not") && first != "not" && in(next, {"it", "you", "i", "we", "they", "that"}) && m.asks;
}

}  // namespace

SaidWords::SaidWords(std::string_view words, const Lexicons& lexicons) : message(read_words(words.substr(0, 6000))) {
  auto& w = message.words;
  if (w.size() > kMaxWords) w.resize(kMaxWords);
  tags = lexicons.answers().scan(message);
  polite = lexicons.courtesies().scan(message);
  states = states_in(message);
  std::erase_if(states, [&](const StateWord& s) { return w[s.begin].is("out") && out_is_place(w, s.begin); });
  things = things_in(message);
  std::erase_if(tags, [&](const Tagged& t) {  // 好 in 您好 greets
    return std::ranges::any_of(polite,
                               [&](const Tagged& c) { return c.tag == Tag::kGreeting && c.begin <= t.begin && t.end <= c.end; });
  });
  light.assign(w.size(), false);
  for (const Tagged& t : polite) {
    if (t.tag == Tag::kHelp) continue;
    for (std::size_t i = t.begin; i < t.end; ++i) light[i] = true;
  }
  for (std::size_t i = 0; i < w.size(); ++i) {
    if (w[i].kind == Kind::kBreak || is_negator(w[i]) || carries_nothing(w[i])) light[i] = true;
  }

  // 什么都没有, 没听见什么: no question.
  auto denied_question = [&](const Tagged& t, std::size_t b, std::size_t e) {
    if (in(w[t.end - 1].text, {"吗"})) return false;
    bool all = false;
    for (std::size_t i = b; i < e; ++i) {
      if (i < t.begin && is_negator(w[i])) return true;
      if (i >= t.end && in(w[i].text, {"都", "也"})) all = true;
      if (i >= t.end && all && (is_negator(w[i]) || in(w[i].text, {"会", "有", "行", "可", "是"}))) return true;
    }
    return false;
  };
  // A bare "ok" says nothing of the state of things.
  std::erase_if(states, [&](const StateWord& s) {
    return std::ranges::any_of(tags, [&](const Tagged& t) {
      const bool bare = t.tag == Tag::kAccept && (t.begin == 0 || w[t.begin - 1].kind == Kind::kBreak);
      return (bare || t.tag == Tag::kWait) && t.begin <= s.begin && s.end <= t.end;
    });
  });
  bool but = false;
  std::size_t begin = 0;
  auto close = [&](std::size_t end, bool marked) {
    if (end > begin) {
      Clause c{begin, end, false, but, false};
      c.aside = in(w[begin].folded, {"when", "whenever", "while", "after", "before", "until", "once"}) ||
                (in(w[begin].folded, {"if", "unless"}) && end - begin > 1);
      c.depends = in(w[begin].folded, {"if", "unless"});
      c.asks = asks_by_form(message, begin, end);
      for (const Tagged& t : tags) {
        if (t.tag != Tag::kQuestion || t.begin < begin || t.end > end) continue;
        if (w[t.begin].kind == Kind::kHan ? !denied_question(t, begin, end) : t.begin == begin) c.asks = true;
      }
      if (marked && !c.asks && !clauses.empty() && clauses.back().asks) c.asks = true;
      if (marked && !c.asks) {
        c.asks = std::ranges::any_of(
            tags, [&](const Tagged& t) { return t.tag == Tag::kQuestion && begin <= t.begin && t.end <= end; });
      }
      clauses.push_back(c);
      but = false;
    }
  };
  for (std::size_t i = 0; i < w.size(); ++i) {
    if (w[i].kind == Kind::kBreak) {
      close(i, w[i].text == "?");
      begin = i + 1;
      continue;
    }
    const bool joins = in(w[i].text, {"and", "so", "becaus", "caus", "then", "sinc", "&"}) && i > begin && i + 1 < w.size() &&
                       (begins_subject(w[i + 1]) || w[i + 1].is("not") || w[i + 1].is("no"));
    // "When I turn the key": a condition, no statement.
    const bool conditions = i > begin && w[i].kind == Kind::kLatin && i + 1 < w.size() && w[i + 1].kind != Kind::kBreak &&
                            in(w[i].folded, {"when", "whenever", "while", "after", "before", "until", "if", "unless", "once"}) &&
                            w[i - 1].folded != "only" && w[i - 1].folded != "at";
    if (conditions) {
      close(i, false);
      begin = i;
      continue;
    }
    const auto turn = std::ranges::find_if(tags, [&](const Tagged& t) { return t.tag == Tag::kBut && t.begin == i; });
    if (turn == tags.end() && !joins) continue;
    close(i, false);
    begin = turn == tags.end() ? i + 1 : turn->end;
    if (turn != tags.end()) but = true;
    i = begin - 1;
  }
  close(w.size(), message.ends_asking);
  auto says = [&](const Clause& c, std::initializer_list<std::string_view> list) {
    for (std::size_t i = c.begin; i < c.end; ++i) {
      if (in(w[i].folded, list)) return true;
    }
    return false;
  };
  const bool now = std::ranges::any_of(clauses, [&](const Clause& c) { return says(c, {"now", "现"}); });
  for (Clause& c : clauses) {
    c.past =
        now && !says(c, {"now", "现"}) && says(c, {"was", "were", "before", "used", "earlier", "previously", "前", "刚", "原"});
  }
}

bool SaidWords::has(Tag tag) const {
  return std::ranges::any_of(tags, [&](const Tagged& t) { return t.tag == tag; });
}

const SaidWords::Clause& SaidWords::clause_at(std::size_t word) const {
  const auto it = std::ranges::find_if(clauses, [&](const Clause& c) { return c.begin <= word && word < c.end; });
  return it == clauses.end() ? clauses.front() : *it;
}

std::size_t SaidWords::negations(const Clause& clause, std::size_t at) const {
  std::size_t count = 0, latin = 0, han = 0;
  const auto& w = message.words;
  for (std::size_t i = at; i-- > clause.begin;) {
    const Word& word = w[i];
    if ((word.kind == Kind::kLatin && ++latin > 7) || (word.kind == Kind::kHan && ++han > 7)) break;
    if (i + 1 < at && in(word.text, {"and", "then"}) && count == 0 && begins_subject(w[i + 1])) break;
    const bool ceases = i + 1 < w.size() && in(word.text, {"stop", "quit", "ceas", "stopp"}) &&
                        (w[i + 1].folded.ends_with("ing") || w[i + 1].folded.ends_with("in"));
    const bool fails = i + 1 < at && in(word.text, {"fail", "refus", "unabl"}) && w[i + 1].is("to");
    const bool lacks = i + 1 < at && word.text == "out" && w[i + 1].is("of") && !out_is_place(w, i);
    const bool instead = i + 1 < at && in(word.text, {"instead", "rather", "lack", "fre"}) && in(w[i + 1].text, {"of", "than"});
    const bool excepts =
        in(word.text, {"except", "besid", "除"}) ||
        (i + 1 < at && in(word.text, {"apart", "anything", "anyth", "other"}) && in(w[i + 1].text, {"from", "but", "than"}));
    if (i < at && excepts) {
      ++count;
      continue;
    }
    const bool hardly = i < at && in(word.folded, {"hardly", "scarcely"});
    if (i < at && (hardly || ceases || fails || instead || lacks)) {
      ++count;
      continue;
    }
    if (count > 0 && !light[i]) break;  // "no smoke, no smell": each its own; "not that it isn't" is twice turned
    if (!denies(w, i)) continue;
    // "Nothing wrong", 没坏 are states of their own, looked at as such.
    if (std::ranges::any_of(states,
                            [&](const StateWord& s) { return s.begin <= i && i < s.end && s.end - s.begin > 1 && s.end <= at; }))
      continue;
    if (word.text == "no" && i + 1 < at) {
      if (begins_subject(w[i + 1]) || latin > 4) continue;  // "no it is …" answers; "no smoke" denies
    }
    if (word.text == "not" && i + 1 < at && in(w[i + 1].text, {"only", "just", "on", "sur"}) && w[i + 1].text != "on") continue;
    const bool have_not = word.text == "没" && i + 1 < at && w[i + 1].text == "有" && i > 0 && w[i - 1].text == "有";
    const bool a_not_a = i > 0 && i + 1 < w.size() && w[i - 1].text == w[i + 1].text && word.kind == Kind::kHan;
    if (have_not || a_not_a) continue;
    ++count;
  }
  return count;
}

std::string SaidWords::text(std::size_t begin, std::size_t end) const {
  std::string out;
  const auto& w = message.words;
  for (std::size_t i = begin; i < end && i < w.size(); ++i) {
    if (w[i].kind == Kind::kBreak) continue;
    if (!out.empty() && w[i].kind == Kind::kLatin && w[i - 1].kind == Kind::kLatin) out += ' ';
    out += w[i].folded;
  }
  return out;
}

}  // namespace usher::dialogs
