#include "kb/library.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/text.h"
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
  Snapshot(std::vector<Article> articles, std::shared_ptr<const Vocabulary> vocabulary, std::map<ArticleKey, Usage> usage)
      : vocabulary_(std::move(vocabulary)), usage_(std::move(usage)) {
    std::map<ArticleKey, Article> by_key;
    for (Article& article : articles) by_key.insert_or_assign(article.key(), std::move(article));
    for (auto& [key, article] : by_key) articles_.push_back(std::move(article));
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

  const Article* find(const ArticleKey& key) const override {
    const Article* found = find(key.id, key.language);
    return found != nullptr && found->language == key.language ? found : nullptr;
  }
  Usage usage(const ArticleKey& key) const override {
    const auto found = usage_.find(key);
    return found == usage_.end() ? Usage() : found->second;
  }

  std::shared_ptr<const Library> with(std::vector<Article> changed, std::vector<ArticleKey> removed) const override {
    std::vector<Article> all;
    for (const Article& article : articles_) {
      if (std::ranges::find(removed, article.key()) == removed.end()) all.push_back(article);
    }
    for (Article& article : changed) all.push_back(std::move(article));
    return std::make_shared<const Snapshot>(std::move(all), vocabulary_, usage_);
  }
  std::shared_ptr<const Library> with_usage(std::map<ArticleKey, Usage> usage) const override {
    return std::make_shared<const Snapshot>(articles_, vocabulary_, std::move(usage));
  }
  bool wants_merge() const override { return false; }
  std::shared_ptr<const Library> merged() const override { return with({}, {}); }

  std::vector<std::string> suggest(std::string_view typed, std::string_view language, std::size_t limit) const override {
    std::vector<std::string> found;
    for (const Article& article : articles_) {
      if (found.size() == limit) break;
      if (article.state != "published" || article.audience != "customer") continue;
      if (!language.empty() && article.language != language) continue;
      if (text::fold(article.title).find(text::fold(typed)) != std::string::npos) found.push_back(article.title);
    }
    return found;
  }
  std::optional<std::string> did_you_mean(std::string_view, std::string_view) const override { return std::nullopt; }

  std::size_t size() const override { return articles_.size(); }
  std::vector<std::reference_wrapper<const Article>> articles() const override { return {articles_.begin(), articles_.end()}; }

 private:
  std::shared_ptr<const Vocabulary> vocabulary_;
  std::map<ArticleKey, Usage> usage_;
  std::vector<Article> articles_;
  std::map<std::string, std::vector<const Article*>, std::less<>> by_id_;
  std::map<std::string, Shelf, std::less<>> shelves_;
};

}  // namespace

std::shared_ptr<const Library> Library::build(std::vector<Article> articles, std::shared_ptr<const Vocabulary> vocabulary) {
  return std::make_shared<const Snapshot>(std::move(articles), std::move(vocabulary), std::map<ArticleKey, Usage>());
}

std::string explain_in_words(const Hit& hit, std::string_view language) {
  const bool chinese = language == "zh";
  if (hit.reasons.empty()) return chinese ? "没有共同的词。" : "No word in common.";
  const Hit::Reason& first = hit.reasons.front();
  return chinese ? "主要因为“" + first.term + "”。" : "Mostly because of \u201C" + first.term + "\u201D.";
}

}  // namespace usher::kb
