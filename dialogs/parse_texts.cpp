// What is not a script: the bot's own phrases and the answers made from them, fragments, words staff teach the bot.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialogs/lexicon.h"
#include "dialogs/parse_reader.h"
#include "dialogs/words.h"

namespace usher::dialogs {
namespace {

using Kind = YamlNode::Kind;
using Words = std::map<std::string, std::vector<std::string>>;
using Texts = std::map<std::string, Text>;

constexpr int kMaxFragmentDepth = 4;
// Came later than the rest: files written before it stay valid, and the bot says nothing there.
constexpr std::string_view kMayBeMissing = "assumed";

Option made(const Texts& texts, std::string id, const std::string& key, Words words, std::string next) {
  Option o;
  o.id = std::move(id);
  if (const auto it = texts.find(key); it != texts.end()) o.label = it->second;
  o.words = std::move(words);
  o.next = std::move(next);
  return o;
}

std::vector<std::string> fragments_in(const Text& text) {
  std::vector<std::string> names;
  for (const auto& [language, s] : text.by_language) {
    for (auto open = s.find("{{>"); open != std::string::npos; open = s.find("{{>", open + 3)) {
      if (const auto close = s.find("}}", open); close != std::string::npos)
        names.push_back(text::trim(std::string_view(s).substr(open + 3, close - open - 3)));
    }
  }
  return names;
}

class Fragments {
 public:
  Fragments(const std::map<std::string, Fragment>& all, Shared& shared) : all_(all), shared_(shared) {
    for (const auto& [name, f] : all) shared.fragments.emplace(name, Text{});
  }

  // How many levels of fragments the text of `name` has.
  int put(const std::string& name) {
    if (const auto known = depth_.find(name); known != depth_.end()) return known->second;
    const Fragment& f = all_.at(name);
    open_.push_back(name);
    int depth = 1;
    for (const std::string& inner : fragments_in(f.text)) {
      if (!all_.contains(inner)) continue;  // reported by expand
      if (std::ranges::find(open_, inner) != open_.end()) {
        f.reader->problem(f.text.at, fmt::format("the fragments go in a circle: {} → {}", fmt::join(open_, " → "), inner),
                          "write one of them out");
      } else {
        depth = std::max(depth, put(inner) + 1);
      }
    }
    open_.pop_back();
    if (depth == kMaxFragmentDepth + 1)
      f.reader->problem(f.text.at, fmt::format("the fragment '{}' is nested deeper than {} levels", name, kMaxFragmentDepth),
                        "write one of them out");
    Text whole;
    whole.at = f.text.at;
    for (const auto& [language, s] : f.text.by_language)
      whole.by_language.emplace(language, f.reader->expand(s, language, f.text.at));
    shared_.fragments[name] = std::move(whole);
    return depth_[name] = depth;
  }

 private:
  const std::map<std::string, Fragment>& all_;
  Shared& shared_;
  std::map<std::string, int> depth_;
  std::vector<std::string> open_;
};

}  // namespace

std::map<std::string, Text> read_texts(Reader& r, const YamlNode& node) {
  Texts out;
  if (!r.is(node, Kind::kMap, "'texts'", "write one key on each line below it")) return out;
  for (const YamlEntry& e : node.entries) out.emplace(e.key, r.text_of(e.value, fmt::format("'{}'", e.key)));
  for (const std::string& key : text_keys()) {
    if (out.contains(key) || key == kMayBeMissing) continue;
    std::vector<std::string> extra;
    for (const auto& [name, value] : out) {
      if (std::ranges::find(text_keys(), name) == text_keys().end()) extra.push_back(name);
    }
    const std::string near = text::nearest(key, extra);
    const YamlEntry* misspelt = near.empty() ? nullptr : node.find(near);
    r.problem(misspelt != nullptr ? misspelt->at : node.at, fmt::format("the text '{}' is missing", key),
              misspelt != nullptr ? fmt::format("is '{}' a misspelling of it?", near)
                                  : fmt::format("add {}: {{ en: \"…\", zh: \"…\" }}", key));
  }
  return out;
}

void read_lexicon(Reader& r, const YamlNode& node, std::map<std::string, std::vector<std::string>>& additions) {
  if (!r.is(node, Kind::kMap, "'lexicon'", "write yes: [sure thing, 妥妥的]")) return;
  const std::vector<std::string>& tags = Lexicons::tag_names();
  for (const YamlEntry& e : node.entries) {
    if (std::ranges::find(tags, e.key) == tags.end())
      r.problem(e.at, fmt::format("the lexicon has no part '{}'", e.key),
                nearest_hint(e.key, tags, fmt::format("parts: {}", fmt::join(tags, ", "))));
    for (std::string& s : r.strings(e.value, fmt::format("'{}'", e.key))) {
      if (to_phrase(s).empty())
        r.problem(e.value.at, fmt::format("'{}' under '{}' holds no word", s, e.key), "remove it");
      else
        additions[e.key].push_back(std::move(s));
    }
  }
}

Text read_fragment(Reader& r, const YamlEntry& e) {
  if (!is_name(e.key, true))
    r.problem(e.at, fmt::format("'{}' is not the name of a fragment", e.key), "use small letters, digits and -");
  Text t;
  t.at = e.value.at;
  if (!r.is(e.value, Kind::kMap, fmt::format("the fragment '{}'", e.key), "write { en: \"…\", zh: \"…\" }")) return t;
  for (const YamlEntry& l : e.value.entries) {
    if (r.is(l.value, Kind::kScalar, fmt::format("the '{}' text of '{}'", l.key, e.key), "put the text into quotes"))
      t.by_language.emplace(l.key, l.value.scalar);
  }
  if (e.value.find("en") == nullptr)
    r.problem(e.value.at, fmt::format("the fragment '{}' has no English text", e.key), "add en: \"…\"");
  return t;
}

void put_fragments(const std::map<std::string, Fragment>& fragments, Shared& shared) {
  Fragments all(fragments, shared);
  for (const auto& [name, f] : fragments) all.put(name);
}

std::vector<Option> did_it_help_options(const Texts& texts) {
  return {made(texts, "yes", "article_solved",
               {{"en", {"it works", "works now", "fixed", "solved", "that helped", "it helped", "problem solved", "all good"}},
                {"zh", {"解决了", "好了", "有用", "有帮助", "可以了", "搞定了", "修好了", "正常了"}}},
               {}),
          made(texts, "no", "article_unsolved",
               {{"en",
                 {"not help", "not work", "still not working", "same problem", "still the same", "no luck", "nothing changed",
                  "did not fix it"}},
                {"zh", {"没解决", "没用", "没有用", "还是不行", "没帮助", "没有帮助", "没好", "不行", "没有解决", "还是一样"}}},
               {})};
}

Option cannot_option(const Texts& texts, std::string next) {
  return made(
      texts, "cannot", "cannot_do",
      {{"en",
        {"I can't do that", "can't do it", "cannot do this", "unable to do that", "not able to", "I am not at home",
         "I don't dare", "I don't know how", "too difficult", "I don't have one"}},
       {"zh", {"做不了", "没法做", "没办法做", "不会弄", "不会操作", "不敢", "不方便", "太难了", "弄不了", "我没有这个"}}},
      std::move(next));
}

std::vector<Option> consent_options(const Texts& texts, const std::string& agreed, const std::string& declined) {
  return {
      made(texts, "agree", "agree",
           {{"en", {"yes", "I agree", "agreed", "I accept", "I consent", "you may", "go ahead", "you have my permission"}},
            {"zh", {"是", "同意", "我同意", "可以", "允许", "接受", "没问题"}}},
           agreed),
      made(texts, "decline", "decline",
           {{"en",
             {"no", "I do not agree", "I disagree", "I decline", "I refuse", "no thanks", "rather not", "I do not want that"}},
            {"zh", {"不", "不同意", "我不同意", "不可以", "不允许", "拒绝", "不接受", "不要", "不愿意"}}},
           declined)};
}

std::vector<Option> survey_options(const Texts& texts, const std::string& next, const std::string& bad) {
  const std::array<Words, 5> words = {
      {{{"en", {"1", "one", "one star", "very bad", "terrible", "very dissatisfied"}},
        {"zh", {"1分", "一分", "很差", "非常不满意", "一星"}}},
       {{"en", {"2", "two", "two stars", "bad", "poor", "dissatisfied"}}, {"zh", {"2分", "两分", "不太好", "不满意", "两星"}}},
       {{"en", {"3", "three", "three stars", "so so", "average", "ok"}}, {"zh", {"3分", "三分", "一般", "还行", "三星"}}},
       {{"en", {"4", "four", "four stars", "good", "satisfied"}}, {"zh", {"4分", "四分", "不错", "满意", "四星"}}},
       {{"en", {"5", "five", "five stars", "very good", "excellent", "perfect", "very satisfied"}},
        {"zh", {"5分", "五分", "非常好", "很满意", "非常满意", "五星"}}}}};
  std::vector<Option> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string id = std::to_string(i + 1);
    out.push_back(made(texts, id, "survey_" + id, words[i], i < 2 && !bad.empty() ? bad : next));
  }
  return out;
}

}  // namespace usher::dialogs
