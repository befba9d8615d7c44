#include "kb/library.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "kb/analyzer.h"
#include "kb/shelf.h"

namespace usher::kb {
namespace {

constexpr double kOtherLanguage = 0.6;  // an article the customer may not be able to read must be clearly better
constexpr double kTranslated = 0.8;     // found through words of another language

class Snapshot final : public Library {
 public:
  using Shelves = std::map<std::string, Shelf, std::less<>>;

  Snapshot(Shelves shelves, std::shared_ptr<const Vocabulary> vocabulary,
           std::shared_ptr<const std::map<ArticleKey, Usage>> usage)
      : shelves_(std::move(shelves)), vocabulary_(std::move(vocabulary)), usage_(std::move(usage)) {}

  std::shared_ptr<const Library> with(std::vector<Article> changed, std::vector<ArticleKey> removed) const override {
    std::map<ArticleKey, std::shared_ptr<const Article>> latest;
    for (Article& article : changed) {
      ArticleKey key = article.key();
      latest.insert_or_assign(std::move(key), std::make_shared<const Article>(std::move(article)));
    }
    struct Change {
      Shelf::Articles changed;
      std::vector<std::string> removed;
    };
    std::map<std::string, Change> changes;
    for (auto& [key, article] : latest) changes[key.language].changed.push_back(std::move(article));
    for (ArticleKey& key : removed) {
      if (!latest.contains(key)) changes[key.language].removed.push_back(std::move(key.id));
    }
    Shelves shelves = shelves_;
    for (auto& [language, change] : changes) {
      const auto found = shelves.find(language);
      if (found != shelves.end()) {
        found->second = found->second.with(change.changed, change.removed);
      } else if (!change.changed.empty()) {
        const Shelf fresh(Analyzer::shared(), vocabulary_, language, std::move(change.changed));
        shelves.emplace(language, fresh.with_usage(*usage_));
      }
    }
    return std::make_shared<const Snapshot>(std::move(shelves), vocabulary_, usage_);
  }

  std::shared_ptr<const Library> with_usage(std::map<ArticleKey, Usage> usage) const override {
    auto shared = std::make_shared<const std::map<ArticleKey, Usage>>(std::move(usage));
    Shelves shelves;
    for (const auto& [language, shelf] : shelves_) shelves.emplace(language, shelf.with_usage(*shared));
    return std::make_shared<const Snapshot>(std::move(shelves), vocabulary_, std::move(shared));
  }

  bool wants_merge() const override {
    return std::ranges::any_of(shelves_, [](const auto& s) { return s.second.wants_merge(); });
  }
  std::shared_ptr<const Library> merged() const override {
    Shelves shelves;
    for (const auto& [language, shelf] : shelves_) shelves.emplace(language, shelf.merged());
    return std::make_shared<const Snapshot>(std::move(shelves), vocabulary_, usage_);
  }

  std::vector<Hit> search(const Query& query) const override {
    using Others = Query::OtherLanguages;
    std::vector<Hit> hits;
    const auto own = shelves_.find(query.language);
    if (own != shelves_.end()) hits = own->second.search(query);
    const bool is_sure = std::ranges::any_of(hits, [](const Hit& hit) { return hit.confidence >= kMinConfidence; });
    const bool all = query.language.empty() || query.other_languages == Others::kYes ||
                     (query.other_languages == Others::kWhenUnsure && !is_sure);
    for (auto other = shelves_.begin(); all && other != shelves_.end(); ++other) {
      if (other == own) continue;
      for (Hit& hit : other->second.search(query)) {
        if (own != shelves_.end()) {
          if (Hit translated = own->second.translation_of(hit, query); translated.article != nullptr) hit = std::move(translated);
        }
        if (!query.language.empty()) hit.score *= hit.translated ? kTranslated : kOtherLanguage;
        hits.push_back(std::move(hit));
      }
    }
    hits = one_language_each(in_order(std::move(hits)), query);
    if (hits.size() > query.limit) hits.resize(query.limit);
    return hits;
  }

  std::vector<std::string> suggest(std::string_view typed, std::string_view language, std::size_t limit) const override {
    std::vector<std::string> texts;
    for (const auto& [name, shelf] : shelves_) {
      if (!language.empty() && name != language) continue;
      for (std::string& text : shelf.suggest(typed, limit - texts.size())) texts.push_back(std::move(text));
    }
    if (texts.size() >= limit || typed.find_first_of(" \t") == std::string_view::npos) return texts;
    // Several words that stand nowhere side by side: what a search would find.
    Query query;
    query.text = typed;
    query.language = language;
    query.limit = limit;
    for (const Hit& hit : search(query)) {
      if (texts.size() == limit || hit.confidence < kMinConfidence) break;
      if (std::ranges::find(texts, hit.article->title) == texts.end()) texts.push_back(hit.article->title);
    }
    return texts;
  }

  std::optional<std::string> did_you_mean(std::string_view text, std::string_view language) const override {
    const auto found = shelves_.find(language);
    return found == shelves_.end() ? std::nullopt : found->second.did_you_mean(text);
  }

  const Article* find(std::string_view id, std::string_view language) const override {
    if (const auto own = shelves_.find(language); own != shelves_.end()) {
      if (const Article* article = own->second.find(id)) return article;
    }
    for (const auto& [name, shelf] : shelves_) {
      if (const Article* article = shelf.find(id)) return article;
    }
    return nullptr;
  }
  const Article* find(const ArticleKey& key) const override {
    const auto own = shelves_.find(key.language);
    return own == shelves_.end() ? nullptr : own->second.find(key.id);
  }
  Usage usage(const ArticleKey& key) const override {
    const auto found = usage_->find(key);
    return found == usage_->end() ? Usage() : found->second;
  }

  std::size_t size() const override {
    std::size_t sum = 0;
    for (const auto& [language, shelf] : shelves_) sum += shelf.size();
    return sum;
  }
  std::vector<std::reference_wrapper<const Article>> articles() const override {
    std::vector<std::reference_wrapper<const Article>> all;
    for (const auto& [language, shelf] : shelves_) shelf.for_each([&all](const Article& article) { all.emplace_back(article); });
    std::ranges::sort(all,
                      [](const Article& a, const Article& b) { return std::tie(a.id, a.language) < std::tie(b.id, b.language); });
    return all;
  }

 private:
  // Near duplicates stay behind what they equal in score.
  static std::vector<Hit> in_order(std::vector<Hit> hits) {
    std::vector<std::size_t> order(hits.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, [&hits](std::size_t a, std::size_t b) {
      return hits[a].score != hits[b].score ? hits[a].score > hits[b].score : a < b;
    });
    std::vector<Hit> sorted;
    sorted.reserve(hits.size());
    for (const std::size_t i : order) sorted.push_back(std::move(hits[i]));
    return sorted;
  }

  // One article in two languages says the same twice. Without a preferred language both may be wanted: the second goes to the
  // end.
  static std::vector<Hit> one_language_each(std::vector<Hit> hits, const Query& query) {
    std::vector<Hit> first, again;
    for (Hit& hit : hits) {
      const auto seen = std::ranges::find(first, hit.article->id, [](const Hit& h) { return std::string_view(h.article->id); });
      if (seen == first.end()) {
        first.push_back(std::move(hit));
      } else if (query.language.empty()) {
        again.push_back(std::move(hit));
      } else if (hit.article->language == query.language && !hit.translated) {
        // What was found in the asked language stands for both, with the better place.
        hit.score = seen->score;
        *seen = std::move(hit);
      }
    }
    for (Hit& hit : again) {
      hit.score = std::min(hit.score, first.back().score);
      first.push_back(std::move(hit));
    }
    return first;
  }

  Shelves shelves_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  std::shared_ptr<const std::map<ArticleKey, Usage>> usage_;
};

}  // namespace

std::shared_ptr<const Library> Library::build(std::vector<Article> articles, std::shared_ptr<const Vocabulary> vocabulary) {
  Snapshot empty({}, std::move(vocabulary), std::make_shared<const std::map<ArticleKey, Usage>>());
  return empty.with(std::move(articles), {});
}

}  // namespace usher::kb
