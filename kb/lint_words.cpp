#include "kb/lint_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <unordered_map>

#include "base/text.h"
#include "kb/analyzer.h"
#include "kb/markdown.h"

namespace usher::kb {
namespace {

// Shares of the smaller set that the two have in common. Found by looking: the shipped articles' nearest neighbours have 0.45 of
// their words in common; copies with a few words changed have 0.8 and more.
constexpr double kSameWords = 0.7;
constexpr double kSameSteps = 0.5;
constexpr std::size_t kCandidates = 4;

using Set = std::set<std::string>;

double share(const Set& a, const Set& b) {
  if (a.empty() || b.empty()) return 0;
  const auto shared = std::ranges::count_if(a, [&](const auto& x) { return b.contains(x); });
  return static_cast<double>(shared) / static_cast<double>(std::max(a.size(), b.size()));
}

struct Read {
  Set words;     // of title and issue
  Set triplets;  // three terms in a row of the resolution
};

Read read(const Article& a) {
  Read out;
  for (const Term& t : Analyzer::shared().analyze(a.title + "\n" + to_plain_text(a.issue), true)) {
    if (t.kind != Term::Kind::kPair) out.words.insert(t.text);
  }
  std::vector<std::string> row;
  for (const Term& t : Analyzer::shared().analyze(to_plain_text(a.resolution), true)) {
    if (t.kind == Term::Kind::kWord) row.push_back(t.text);
  }
  for (std::size_t i = 0; i + 2 < row.size(); ++i) out.triplets.insert(row[i] + " " + row[i + 1] + " " + row[i + 2]);
  return out;
}

// Without what people write differently: case, hyphens, spaces, the plural.
std::string bare(const std::string& word) {
  std::string out;
  for (const char c : text::fold(word)) {
    if (c != ' ' && c != '-' && c != '_') out += c;
  }
  const bool is_plain = std::ranges::all_of(out, [](char c) { return c >= 'a' && c <= 'z'; });
  if (is_plain && out.size() > 4 && out.ends_with('s') && !out.ends_with("ss")) out.pop_back();
  return out;
}

bool has_digit(const std::string& s) {
  return std::ranges::any_of(s, [](unsigned char c) { return std::isdigit(c) != 0; });
}

// A slip of the pen: one letter in a long word. Codes and models differ by one character and mean something else.
bool is_slip(const std::string& a, const std::string& b) {
  const std::size_t shorter = std::min(text::length(a), text::length(b));
  if (shorter < 7 || has_digit(a) || has_digit(b) || a.size() != text::length(a) || b.size() != text::length(b)) return false;
  return text::edit_distance(a, b, 1) == 1;
}

struct Uses {
  std::string word, bare;
  std::vector<const Article*> articles;
};

void find_alike_in(const std::vector<const Article*>& articles, std::vector<std::string> Article::* list, bool is_product,
                   std::vector<AlikeWord>& out) {
  std::map<std::pair<std::string, std::string>, Uses> uses;  // (language, word)
  for (const Article* a : articles) {
    for (const auto& word : a->*list) {
      Uses& u = uses[{a->language, word}];
      if (u.articles.empty()) u.word = word, u.bare = bare(word);
      u.articles.push_back(a);
    }
  }
  for (auto it = uses.begin(); it != uses.end(); ++it) {
    for (auto other = std::next(it); other != uses.end() && other->first.first == it->first.first; ++other) {
      const bool is_same = it->second.bare == other->second.bare;
      if (!is_same && !is_slip(it->second.bare, other->second.bare)) continue;
      const bool first_is_rarer = it->second.articles.size() <= other->second.articles.size();
      const Uses& rare = first_is_rarer ? it->second : other->second;
      const Uses& usual = first_is_rarer ? other->second : it->second;
      // Two real words may be a letter apart: only a rare one beside a usual one is a slip.
      if (!is_same && (rare.articles.size() > 1 || usual.articles.size() < 3)) continue;
      for (const Article* a : rare.articles) out.push_back({a, rare.word, usual.word, usual.articles.size(), is_product});
    }
  }
}

}  // namespace

std::vector<DuplicatePair> find_duplicates(const Library& library, const std::vector<const Article*>& articles) {
  std::unordered_map<const Article*, Read> known;
  auto of = [&](const Article* a) -> const Read& {
    const auto it = known.find(a);
    return it != known.end() ? it->second : known.emplace(a, read(*a)).first->second;
  };
  std::vector<DuplicatePair> out;
  std::set<std::pair<const Article*, const Article*>> seen;
  for (const Article* a : articles) {
    Query query;
    query.text = a->title + "\n" + text::cut(to_plain_text(a->issue), 300);
    query.language = a->language;
    query.audience = "internal";
    query.limit = kCandidates;
    for (const Hit& hit : library.search(query)) {
      const Article* b = library.find(hit.article->key());
      if (b == nullptr || b->id == a->id || b->language != a->language) continue;
      const Article* first = a->id < b->id ? a : b;
      const Article* second = first == a ? b : a;
      if (!seen.emplace(first, second).second) continue;
      const double words = share(of(a).words, of(b).words);
      const double steps = share(of(a).triplets, of(b).triplets);
      if (text::fold(a->title) == text::fold(b->title)) {
        out.push_back({second, first, "the same title"});
      } else if (words >= kSameWords || steps >= kSameSteps) {
        out.push_back({second, first,
                       words >= kSameWords ? fmt::format("{:.0f} % of the words of title and issue", words * 100)
                                           : fmt::format("{:.0f} % of the steps' wording", steps * 100)});
      }
    }
  }
  return out;
}

std::vector<AlikeWord> find_alike(const std::vector<const Article*>& articles) {
  std::vector<AlikeWord> out;
  find_alike_in(articles, &Article::products, true, out);
  find_alike_in(articles, &Article::tags, false, out);
  return out;
}

}  // namespace usher::kb
