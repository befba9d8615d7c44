// Making a shelf: from articles, from another one with changes, and anew from what a changed one has.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <span>
#include <thread>
#include <utility>

#include "kb/shelf.h"

namespace usher::kb {
namespace {

constexpr std::size_t kBatch = 512;        // articles cut into terms at a time: their terms take far more room than the index
constexpr std::size_t kWorthAThread = 64;  // articles
constexpr unsigned kMaxThreads = 4;
constexpr std::size_t kMergedAtOnce = 64;  // articles on a shelf: merging takes no longer than adding
constexpr std::size_t kMaxAdded = 4096;    // a caller that never merges must not end up with a slow shelf
constexpr std::size_t kMergeWanted = 256;
constexpr double kUsageReach = 0.1;

// How many of `n` votes' true share may lie below and above what was seen (Wilson, 95 %).
std::pair<double, double> wilson(double good, double n) {
  constexpr double kZ = 1.96;
  const double p = good / n, zz = kZ * kZ;
  const double centre = (p + zz / (2 * n)) / (1 + zz / n);
  const double half = kZ * std::sqrt(p * (1 - p) / n + zz / (4 * n * n)) / (1 + zz / n);
  return {centre - half, centre + half};
}

// Only what is sure moves a score: an article that certainly helps more often than not goes up, one that certainly does not,
// down.
float factor_of(const Usage& usage) {
  const double helped = std::max(usage.helped, 0.0), n = helped + std::max(usage.failed, 0.0);
  if (!(n > 0)) return 1;
  const auto [low, high] = wilson(helped, n);
  const double sure = low > 0.5 ? low - 0.5 : high < 0.5 ? high - 0.5 : 0;
  return static_cast<float>(1 + 2 * kUsageReach * sure);
}

}  // namespace

Shelf::Shelf(const Analyzer& analyzer, std::shared_ptr<const Vocabulary> vocabulary, std::string language, Articles articles)
    : analyzer_(&analyzer),
      vocabulary_(std::move(vocabulary)),
      language_(std::move(language)),
      factors_(std::make_shared<const Factors>()) {
  std::ranges::sort(articles, {}, [](const auto& article) { return std::string_view(article->id); });
  Dictionary::Writer dictionary{Dictionary()};
  Words words;
  std::vector<Entered> entered;
  entered.reserve(articles.size());
  for (std::size_t begin = 0; begin < articles.size(); begin += kBatch) {
    const std::span<const std::shared_ptr<const Article>> all(articles);
    for (const Reading& reading : readings(all.subspan(begin, std::min(kBatch, articles.size() - begin)))) {
      entered.push_back(enter(reading, dictionary));
      count(words, reading, 1, dictionary);
    }
  }
  assemble(std::move(entered), std::move(words), dictionary.finish());
}

std::vector<Reading> Shelf::readings(std::span<const std::shared_ptr<const Article>> articles) const {
  std::vector<Reading> result(articles.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < articles.size(); i = next++) result[i] = read(*analyzer_, articles[i], vocabulary_.get());
  };
  std::vector<std::jthread> helpers;
  const unsigned threads = articles.size() < kWorthAThread ? 1 : std::clamp(std::thread::hardware_concurrency(), 1U, kMaxThreads);
  for (unsigned n = 1; n < threads; ++n) helpers.emplace_back(work);
  work();
  helpers.clear();
  return result;
}

void Shelf::count(Words& words, const Reading& reading, int by, Dictionary::Writer& dictionary) {
  for (const auto& [surface, key] : reading.spellings) {
    const auto [at, is_new] = words.try_emplace(surface);
    Word& word = at->second;
    if (is_new) word.term = dictionary.add(key);
    word.articles = static_cast<std::uint32_t>(std::max(0, static_cast<int>(word.articles) + by));
    if (word.articles == 0) words.erase(at);
  }
}

void Shelf::assemble(std::vector<Entered> entered, Words words, Dictionary dictionary) {
  auto base = std::make_shared<Base>();
  Index::Documents documents;
  documents.reserve(entered.size());
  base->entries.reserve(entered.size());
  readers_.clear();
  for (const Entered& e : entered) {
    documents.push_back(e.entry->document);
    base->entries.push_back(e.entry);
    readers_.push_back(e.entry->needed_rank);
  }
  const auto suggest = [&base] { base->suggestions = Suggestions(base->entries); };
  std::jthread helper;
  if (entered.size() < kWorthAThread)
    suggest();
  else
    helper = std::jthread(suggest);
  index_ = Index::build(std::move(documents), std::move(dictionary));
  base->profiles.reserve(entered.size());
  for (Entered& e : entered) {
    set_masses(*e.profile, *e.entry, index_);
    base->profiles.push_back(std::move(e.profile));
  }
  std::vector<Speller::Word> known;
  known.reserve(words.size());
  for (const auto& [surface, word] : words) known.push_back({surface, word.term, word.articles});
  base->speller.emplace(std::move(known));
  base->words = std::move(words);
  if (helper.joinable()) helper.join();
  live_ = base->entries.size();
  base_ = std::move(base);
  added_.clear();
  added_profiles_.clear();
}

Shelf Shelf::with(const Articles& changed, const std::vector<std::string>& removed) const {
  Shelf shelf = *this;
  const auto take_out = [&shelf](std::string_view id) {
    if (const auto doc = shelf.doc_of(id)) {
      shelf.readers_[*doc] = kGone;
      --shelf.live_;
    }
  };
  for (const std::string& id : removed) take_out(id);
  for (const auto& article : changed) take_out(article->id);
  Dictionary::Writer dictionary(index_.dictionary());
  Index::Documents documents;
  for (std::size_t begin = 0; begin < changed.size(); begin += kBatch) {
    const std::span<const std::shared_ptr<const Article>> all(changed);
    for (const Reading& reading : readings(all.subspan(begin, std::min(kBatch, changed.size() - begin)))) {
      Entered entered = enter(reading, dictionary);
      set_masses(*entered.profile, *entered.entry, index_);
      documents.push_back(entered.entry->document);
      shelf.readers_.push_back(entered.entry->needed_rank);
      shelf.added_.push_back(std::move(entered.entry));
      shelf.added_profiles_.push_back(std::move(entered.profile));
      ++shelf.live_;
    }
  }
  if (!documents.empty()) shelf.index_ = index_.with(documents, dictionary.finish());
  return shelf.live_ <= kMergedAtOnce || shelf.added_.size() > kMaxAdded ? shelf.merged() : shelf;
}

bool Shelf::wants_merge() const {
  const std::size_t changed = added_.size() + (base_->entries.size() + added_.size() - live_);
  return changed >= std::clamp<std::size_t>(live_ / 16, 8, kMergeWanted);
}

Shelf Shelf::merged() const {
  Dictionary::Writer dictionary(index_.dictionary());
  Words words = base_->words;
  std::vector<Entered> entered;
  entered.reserve(live_);
  for (Index::DocId doc = 0; doc < readers_.size(); ++doc) {
    const bool is_added = doc >= base_->entries.size(), is_gone = readers_[doc] == kGone;
    // Surfaces are not kept with the entries: reading the few that changed again is cheaper than holding those of all.
    if (is_added != is_gone) count(words, read(*analyzer_, entry(doc).article), is_gone ? -1 : 1, dictionary);
    if (is_gone) continue;
    entered.push_back(
        {is_added ? added_[doc - base_->entries.size()] : base_->entries[doc], std::make_shared<Profile>(profile(doc))});
  }
  std::ranges::sort(entered, {}, [](const Entered& e) { return std::string_view(e.entry->article->id); });
  Shelf shelf = *this;
  shelf.assemble(std::move(entered), std::move(words), dictionary.finish().merged());
  return shelf;
}

Shelf Shelf::with_usage(const std::map<ArticleKey, Usage>& usage) const {
  auto factors = std::make_shared<Factors>();
  for (const auto& [key, count] : usage) {
    if (key.language == language_) (*factors)[key.id] = factor_of(count);
  }
  Shelf shelf = *this;
  shelf.factors_ = std::move(factors);
  return shelf;
}

std::optional<Index::DocId> Shelf::doc_of(std::string_view id) const {
  const auto id_of = [](const std::shared_ptr<const Entry>& e) { return std::string_view(e->article->id); };
  const auto found = std::ranges::lower_bound(base_->entries, id, {}, id_of);
  if (found != base_->entries.end() && id_of(*found) == id) {
    const auto doc = static_cast<Index::DocId>(found - base_->entries.begin());
    if (readers_[doc] != kGone) return doc;
  }
  for (std::size_t i = added_.size(); i > 0; --i) {
    const std::size_t doc = base_->entries.size() + i - 1;
    if (readers_[doc] != kGone && id_of(added_[i - 1]) == id) return static_cast<Index::DocId>(doc);
  }
  return std::nullopt;
}

const Entry& Shelf::entry(Index::DocId doc) const {
  return doc < base_->entries.size() ? *base_->entries[doc] : *added_[doc - base_->entries.size()];
}

const Profile& Shelf::profile(Index::DocId doc) const {
  return doc < base_->entries.size() ? *base_->profiles[doc] : *added_profiles_[doc - base_->entries.size()];
}

const Article* Shelf::find(std::string_view id) const {
  const auto doc = doc_of(id);
  return doc ? entry(*doc).article.get() : nullptr;
}

void Shelf::for_each(const std::function<void(const Article&)>& visit) const {
  for (Index::DocId doc = 0; doc < readers_.size(); ++doc) {
    if (readers_[doc] != kGone) visit(*entry(doc).article);
  }
}

}  // namespace usher::kb
