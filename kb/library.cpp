#include "kb/library.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "kb/analyzer.h"
#include "kb/shelf.h"

namespace usher::kb {
namespace {

constexpr double kOtherLanguage = 0.6;  // an article the customer may not be able to read must be clearly better

// Loading the language data takes tens of milliseconds and libraries are rebuilt at every edit: one analyzer serves them all.
const Analyzer& shared_analyzer() {
  static const Analyzer kAnalyzer;
  return kAnalyzer;
}

class Snapshot final : public Library {
 public:
  explicit Snapshot(std::vector<Article> articles) : articles_(std::move(articles)) {
    std::map<std::string, std::vector<const Article*>, std::less<>> by_language;
    for (const Article& article : articles_) {
      by_id_[article.id].push_back(&article);
      if (article.state != "archived") by_language[article.language].push_back(&article);
    }
    for (auto& [language, list] : by_language) shelves_.try_emplace(language, shared_analyzer(), std::move(list));
  }

  std::vector<Hit> search(const Query& query) const override {
    std::vector<Hit> hits;
    for (const auto& [language, shelf] : shelves_) {
      const bool preferred = query.language.empty() || language == query.language;
      if (!preferred && !query.other_languages) continue;
      for (Hit& hit : shelf.search(query)) {
        if (!preferred) hit.score *= kOtherLanguage;
        hits.push_back(std::move(hit));
      }
    }
    std::ranges::sort(hits,
                      [](const Hit& a, const Hit& b) { return a.score != b.score ? a.score > b.score : a.article < b.article; });
    if (hits.size() > query.limit) hits.resize(query.limit);
    return hits;
  }

  const Article* find(std::string_view id, std::string_view language) const override {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return nullptr;
    const auto same = std::ranges::find(found->second, language, &Article::language);
    return same != found->second.end() ? *same : found->second.front();
  }

  std::size_t size() const override { return articles_.size(); }
  const std::vector<Article>& articles() const override { return articles_; }

 private:
  std::vector<Article> articles_;
  std::map<std::string, std::vector<const Article*>, std::less<>> by_id_;
  std::map<std::string, Shelf, std::less<>> shelves_;
};

}  // namespace

std::shared_ptr<const Library> Library::build(std::vector<Article> articles) {
  return std::make_shared<const Snapshot>(std::move(articles));
}

}  // namespace usher::kb
