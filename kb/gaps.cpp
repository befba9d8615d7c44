#include "kb/gaps.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <tuple>

#include "base/crypto.h"
#include "base/text.h"
#include "kb/analyzer.h"
#include "kb/words.h"

namespace usher::kb {
namespace {

struct Weighed {
  double weight = 0;
  std::string surface;  // as written
};
using Terms = std::map<std::string, Weighed, std::less<>>;

// Words and codes that say what it is about: no character pairs, no politeness.
Terms terms_of(const Asked& asked, const Rarity& rarity) {
  Terms out;
  for (const Term& t : Analyzer::shared().analyze(asked.text, true)) {
    if (t.kind == Term::Kind::kPair || t.end <= t.begin || t.end > asked.text.size()) continue;
    std::string surface = text::to_lower_ascii(std::string_view(asked.text).substr(t.begin, t.end - t.begin));
    const std::string folded = text::fold(surface);
    if (is_weak_word(folded) || is_stop_word(folded)) continue;
    const double weight = rarity.of(t.text) * (t.kind == Term::Kind::kCode ? 1.5 : 1.0);
    out.try_emplace(t.text, Weighed{weight, std::move(surface)});
  }
  return out;
}

double weight_of(const Terms& terms) {
  return std::accumulate(terms.begin(), terms.end(), 0.0, [](double sum, const auto& t) { return sum + t.second.weight; });
}

// The groups of one language. A search is compared only with groups whose leader shares a term with it.
class Groups {
 public:
  explicit Groups(const std::vector<Terms>& terms) : terms_(terms) {}

  void place(std::size_t search) {
    const Terms& terms = terms_[search];
    const double weight = weight_of(terms);
    std::map<std::size_t, double> shared;  // by group
    for (const auto& [term, weighed] : terms) {
      const auto known = by_term_.find(term);
      if (known == by_term_.end()) continue;
      for (const std::size_t g : known->second) shared[g] += weighed.weight;
    }
    std::size_t best = groups_.size();
    double best_share = 0;
    for (const auto& [g, common] : shared) {
      const double share = 2 * common / (weight + groups_[g].weight);
      if (share >= kSameGap && share > best_share) best = g, best_share = share;
    }
    if (best == groups_.size()) {
      for (const auto& [term, weighed] : terms) by_term_[term].push_back(best);
      groups_.push_back({search, weight, {}});
    }
    groups_[best].members.push_back(search);
  }

  struct Group {
    std::size_t leader;
    double weight;
    std::vector<std::size_t> members;
  };
  const std::vector<Group>& all() const { return groups_; }

 private:
  const std::vector<Terms>& terms_;
  std::vector<Group> groups_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_term_;
};

std::string id_of(std::string_view salt, const std::string& language, const Terms& leader) {
  std::string key = std::string(salt) + "|" + language;
  for (const auto& [term, weighed] : leader) key += "|" + term;
  return crypto::sha256_hex(key).substr(0, 12);
}

std::vector<std::string> common_words(const Groups::Group& group, const std::vector<Terms>& terms) {
  struct Word {
    double weight = 0;
    std::size_t count = 0;
    std::map<std::string, std::size_t> surfaces;
  };
  std::map<std::string, Word> words;
  for (const std::size_t m : group.members) {
    for (const auto& [term, weighed] : terms[m]) {
      Word& w = words[term];
      w.weight = weighed.weight;
      ++w.count;
      ++w.surfaces[weighed.surface];
    }
  }
  std::vector<const Word*> order;
  for (const auto& [term, w] : words) {
    if (2 * w.count >= group.members.size()) order.push_back(&w);
  }
  // Equal ones stay in the order of their terms, in which `words` lie.
  std::map<double, std::vector<const Word*>, std::greater<>> by_worth;
  for (const Word* w : order) by_worth[static_cast<double>(w->count) * w->weight].push_back(w);
  std::vector<std::string> out;
  order.clear();
  for (const auto& [worth, equal] : by_worth) order.insert(order.end(), equal.begin(), equal.end());
  for (const Word* w : order) {
    const std::string& surface = std::ranges::max_element(w->surfaces, {}, [](const auto& s) { return s.second; })->first;
    // A model and its parts are several terms of the same place: the longest says it.
    if (std::ranges::any_of(out, [&](const std::string& o) { return o.contains(surface) || surface.contains(o); })) continue;
    out.push_back(surface);
    if (out.size() == 6) break;
  }
  return out;
}

}  // namespace

Rarity::Rarity(const Library& library) {
  for (const Article& a : library.articles()) {
    std::string all = a.title;
    for (const auto* list : {&a.codes, &a.tags, &a.products}) {
      for (const auto& word : *list) all.append(" · ").append(word);
    }
    std::set<std::string> seen;
    for (const Term& t : Analyzer::shared().analyze(all, false)) seen.insert(t.text);
    for (const auto& term : seen) ++titles_[term];
    ++size_;
  }
}

double Rarity::of(std::string_view term) const {
  const auto known = titles_.find(term);
  const double titles = known == titles_.end() ? 0 : known->second;
  return std::log(1 + (std::max(size_, 100.0) + 1) / (titles + 1));
}

std::vector<Gap> find_gaps(const std::vector<Asked>& searches, const Rarity& rarity, std::string_view salt) {
  std::vector<Terms> terms;
  terms.reserve(searches.size());
  for (const Asked& asked : searches) terms.push_back(terms_of(asked, rarity));
  std::vector<std::size_t> order(searches.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::tie(searches[i].at, searches[i].text, i); });

  std::map<std::string, Groups> by_language;
  for (const std::size_t i : order) {
    if (!terms[i].empty()) by_language.try_emplace(searches[i].language, terms).first->second.place(i);
  }

  std::vector<Gap> out;
  for (const auto& [language, groups] : by_language) {
    for (const auto& g : groups.all())
      out.push_back({id_of(salt, language, terms[g.leader]), language, common_words(g, terms), g.members});
  }
  std::ranges::sort(out, [](const Gap& a, const Gap& b) {
    return a.members.size() != b.members.size() ? a.members.size() > b.members.size() : a.id < b.id;
  });
  return out;
}

}  // namespace usher::kb
