#include "dialogs/understand_many.h"

#include <algorithm>
#include <initializer_list>

namespace usher::dialogs {
namespace {

using Kind = Word::Kind;
using Clause = SaidWords::Clause;

bool in(std::string_view word, std::initializer_list<std::string_view> list) {
  return std::ranges::find(list, word) != list.end();
}

// "Every", 都: all of them. A word whose next says otherwise ("all the time", 完全) does not count.
bool says_all(const std::vector<Word>& w, std::size_t i) {
  const std::string_view then = i + 1 < w.size() ? std::string_view(w[i + 1].folded) : std::string_view{};
  if (w[i].kind == Kind::kLatin)
    return !in(then, {"now", "once", "time", "day", "other", "good", "done", "set"}) &&
           in(w[i].folded, {"all", "every", "everything", "everywhere", "everyone", "everybody", "each", "whole", "entire"});
  const std::string_view before = i > 0 ? std::string_view(w[i - 1].text) : std::string_view{};
  if (w[i].is("全")) return before != "完" && before != "安";
  return w[i].is("都") || (w[i].is("所") && i + 1 < w.size() && w[i + 1].is("有")) || w[i].is("每");
}
bool says_none(const std::vector<Word>& w, std::size_t i) {
  if (in(w[i].folded, {"none", "neither", "nothing", "nobody", "noone"})) return true;
  const std::string_view then = i + 1 < w.size() ? std::string_view(w[i + 1].folded) : std::string_view{};
  if (w[i].is("not") && (in(then, {"one", "single"}) || (then == "a" && i + 2 < w.size() && w[i + 2].folded == "single")))
    return true;
  return w[i].folded == "no" && i + 1 < w.size() && in(w[i + 1].folded, {"one", "device", "devices", "site", "page", "app"});
}
bool says_some(const std::vector<Word>& w, std::size_t i) {
  const std::string_view next = i + 1 < w.size() ? std::string_view(w[i + 1].text) : std::string_view{};
  if (w[i].kind == Kind::kLatin)
    return in(w[i].folded, {"some", "several", "few", "half", "multiple", "certain", "partly"}) ||
           (w[i].folded == "couple" && next == "of") || (small_number(w[i].folded).value_or(1) > 1 && next == "of");
  if (w[i].is("几")) return i == 0 || !w[i - 1].is("十");
  const bool own = i == 0 || !w[i - 1].is("所");  // 所有的 are all
  return (w[i].is("有") && own && in(next, {"些", "的"})) || (w[i].is("部") && next == "分") ||
         (w[i].is("一") && in(next, {"些", "半"}));
}
// "Only", "just my …", 只有
bool says_only(const SaidWords& said, std::size_t i) {
  const auto& w = said.message.words;
  const std::string_view next = i + 1 < w.size() ? std::string_view(w[i + 1].folded) : std::string_view{};
  if (i > 0 && w[i - 1].is("not")) return false;
  if (in(w[i].folded, {"only", "solely"})) return true;
  if (w[i].folded == "just")
    return in(next, {"my", "this", "the", "one", "that", "mine", "me"}) || (i + 1 < w.size() && !said.light[i + 1]);
  if (w[i].is("只") || w[i].is("仅")) return next != "要" && next != "能";
  return w[i].is("就") && i + 1 < w.size() && w[i + 1].kind == Kind::kHan &&
         !in(next, {"是", "好", "不", "没", "会", "能", "可", "行"}) &&
         (in(next, {"这", "那", "我"}) || !said.light[i + 1] || w[i + 1].is("有"));
}
// "The others", "everything else", 其他的
bool says_rest(const std::vector<Word>& w, std::size_t i) {
  if (in(w[i].folded, {"others", "rest", "other"})) return true;
  if (w[i].folded == "else") return i > 0 && !in(w[i - 1].folded, {"anything", "something", "what"});
  const std::string_view next = i + 1 < w.size() ? std::string_view(w[i + 1].text) : std::string_view{};
  return (w[i].is("其") && in(next, {"他", "它", "余"})) || (w[i].is("别") && in(next, {"的", "人", "家"}));
}

// -1 something is wrong, +1 it works, 0 neither is said.
int how_it_is(const SaidWords& said, const Clause& c) {
  int good = 0;
  bool denied = false;
  for (std::size_t i = c.begin; i < c.end; ++i) {
    const Word& w = said.message.words[i];
    denied = denied || (is_negator(w) && !w.is("别")) || in(w.folded, {"nobody", "none", "neither", "nothing"});
    if (in(w.folded, {"works", "work", "connects", "connect", "loads", "can", "do", "does", "ok", "okay", "fine", "normal"}) ||
        w.is("能") || w.is("好") || w.is("行"))
      good = 1;
  }
  for (const StateWord& s : said.states) {
    if (s.begin < c.begin || s.end > c.end || s.senses.empty()) continue;
    const int value = value_of(s.senses.front());
    if (value == 0 || (value > 0 && !is_general(s.senses.front()))) continue;
    if (is_negator(said.message.words[s.begin])) return value;
    good = value;
  }
  for (const Tagged& t : said.tags) {
    if (t.tag == Tag::kUnsolved && t.begin >= c.begin && t.end <= c.end) return -1;
  }
  for (std::size_t i = c.begin; i < c.end; ++i) {
    if (in(said.message.words[i].folded, {"problem", "problems", "trouble", "issue", "issues", "error", "errors"})) good = -1;
  }
  return denied ? (good == 0 ? -1 : -good) : good;
}

}  // namespace

Many many_in_label(std::string_view label) {
  const Message m = read_words(label);
  const auto& w = m.words;
  bool one = false, some = false, all = false;
  for (std::size_t i = 0; i < w.size(); ++i) {
    if (in(w[i].folded, {"time", "times", "day", "once", "while", "when", "always"}) || w[i].is("时") || w[i].is("直"))
      return Many::kUnsaid;
    const std::string_view next = i + 1 < w.size() ? std::string_view(w[i + 1].text) : std::string_view{};
    one = one || in(w[i].folded, {"only", "just", "single"}) || w[i].is("只") || w[i].is("仅") || w[i].is("单") ||
          (i == 0 && in(w[i].folded, {"one", "1"})) || (w[i].is("就") && in(next, {"这", "一"}));
    some = some || says_some(w, i) || in(w[i].folded, {"many", "more"}) || w[i].is("多");
    all = all || says_all(w, i) || in(w[i].folded, {"any", "both"});
  }
  return one && !some ? Many::kOne : some ? Many::kSome : all ? Many::kAll : Many::kUnsaid;
}

Many many_said(const SaidWords& said) {
  const auto& w = said.message.words;
  Many best = Many::kUnsaid;
  int good = 0, bad = 0;
  std::size_t bad_things = 0;
  bool list = false;
  for (const Clause& c : said.clauses) {
    if (c.asks || c.aside) continue;
    bool only = false, rest = false, some = false, all = false, none = false, also = false;
    for (std::size_t i = c.begin; i < c.end; ++i) {
      only = only || says_only(said, i);
      rest = rest || says_rest(w, i);
      some = some || says_some(w, i);
      all = all || says_all(w, i);
      none = none || says_none(w, i);
      also = also || in(w[i].folded, {"too", "also", "either", "same", "even"}) || w[i].is("也");
      some = some || (w[i].is("not") && i + 1 < c.end && in(w[i + 1].folded, {"all", "every", "everything"}));
    }
    const int how = how_it_is(said, c);
    auto things = static_cast<std::size_t>(
        std::ranges::count_if(said.things, [&](const ThingWord& t) { return t.begin >= c.begin && t.end <= c.end; }));
    bool listed = false;
    for (std::size_t i = c.begin + 1; i + 1 < c.end; ++i)
      listed = listed || in(w[i].folded, {"and", "&"}) || in(w[i].text, {"和", "跟", "还"});
    if (!listed) things = std::min<std::size_t>(things, 1);
    list = list || (things > 1 && how <= 0);
    good += how > 0 ? 1 : 0;
    if (how < 0) ++bad, bad_things += things;
    if (rest && !some) return how < 0 || also ? Many::kAll : Many::kOne;
    if (only) return some || things > 1 ? Many::kSome : Many::kOne;
    if (some) best = Many::kSome;
    if (best == Many::kUnsaid && (none || (all && how <= 0) || (also && how < 0))) best = Many::kAll;
  }
  // 手机和平板不行，电视可以
  if (best == Many::kUnsaid && good > 0 && bad > 0) best = bad_things > 1 ? Many::kSome : Many::kUnsaid;
  if (best == Many::kUnsaid && list) best = Many::kSome;  // "Chrome and Outlook"
  return best;
}

bool untried(const SaidWords& said, const Claim& claim) {
  if (claim.done) return false;
  const auto& w = said.message.words;
  auto asked = [&](std::size_t i) {
    auto has = [&](const std::vector<Phrase>& list) {
      return std::ranges::any_of(
          list, [&](const Phrase& p) { return std::ranges::any_of(p, [&](const std::string& x) { return w[i].is(x); }); });
    };
    return has(claim.predicate);
  };
  for (const Clause& c : said.clauses) {
    for (std::size_t i = c.begin; i < c.end; ++i) {
      const std::string_view next = i + 1 < c.end ? std::string_view(w[i + 1].text) : std::string_view{};
      if (asked(i)) continue;
      const bool doing =
          in(w[i].folded, {"restarting", "rebooting", "updating", "downloading", "installing", "charging", "booting", "loading"});
      if (doing && i > c.begin && in(w[i - 1].folded, {"still", "is", "its", "currently", "now"})) return true;
      if (w[i].is("还") && next == "在" && i + 2 < c.end && in(w[i + 2].text, {"重", "装", "下", "更", "充", "等", "开"}) &&
          !asked(i + 2))
        return true;
      if (w[i].is("不") && in(next, {"敢"})) return true;
      if (w[i].kind == Kind::kHan && in(w[i].text, {"试", "测", "量", "摸", "查", "数", "拆", "问", "注"}) && next != "题") {
        for (std::size_t k = i; k-- > c.begin && k + 4 > i;) {
          if (w[k].is("没") || w[k].is("未")) return true;
        }
      }
      if (w[i].kind != Kind::kLatin) continue;
      const bool looking = in(w[i].folded, {"try",      "tried",  "tested", "test",    "check", "checked",   "measure",
                                            "measured", "timed",  "time",   "counted", "count", "touched",   "touch",
                                            "felt",     "looked", "asked",  "opened",  "open",  "attempted", "listened"});
      const bool reaching = in(w[i].folded, {"reach", "access", "get", "open", "check", "test", "try", "look", "find"});
      if (!looking && !reaching) continue;
      bool never = false, cannot = false, denied = false;
      for (std::size_t k = i; k-- > c.begin && k + 5 > i;) {
        never = never || in(w[k].folded, {"never", "havent", "didnt", "hasnt", "hadnt"});
        cannot = cannot || in(w[k].folded, {"cant", "cannot", "couldnt", "unable"});
        denied = denied || w[k].is("not");
        never = never || (w[k].is("not") && k > c.begin && in(w[k - 1].folded, {"have", "did", "had", "i"}));
      }
      if (looking && w[i].folded != "time" && w[i].folded != "open" && (never || (denied && in(w[i].folded, {"touch", "try"}))))
        return true;
      if (reaching && cannot && (w[i].folded != "get" || in(next, {"to", "at", "it", "behind", "in"})) &&
          (w[i].folded != "find" || in(next, {"my", "it"})))
        return true;
    }
  }
  return false;
}

}  // namespace usher::dialogs
