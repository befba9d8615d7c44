// Changing a library: every snapshot must be what its articles say, whichever way it came about.
#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "kb/library.h"

namespace usher::kb {
namespace {

using Model = std::map<ArticleKey, Article>;

Query ask(std::string text, std::string language = "en", std::size_t limit = 5) {
  Query query;
  query.text = std::move(text);
  query.language = std::move(language);
  query.limit = limit;
  query.audience = "internal";
  return query;
}

class Writer {
 public:
  explicit Writer(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return random_() % n; }

  std::string words(std::size_t n) {
    static const std::vector<std::string> kWords = {
        "printer",  "offline", "screen",   "flicker", "battery", "charger", "keyboard", "wireless", "router",
        "speaker",  "silent",  "update",   "driver",  "install", "restart", "cable",    "adapter",  "paper",
        "jam",      "toner",   "stripes",  "hinge",   "noise",   "fan",     "hot",      "slow",     "memory",
        "password", "account", "camera",   "mouse",   "dock",    "usb",     "port",     "broken",   "cracked",
        "liquid",   "spilled", "warranty", "invoice", "order",   "missing", "part",     "remote"};
    std::string text;
    for (std::size_t i = 0; i < n; ++i)
      text += (i == 0 ? "" : " ") + kWords[std::min(below(kWords.size()), below(kWords.size()))];
    return text;
  }

  Article article(std::size_t number) {
    Article a;
    a.id = "a-" + std::to_string(number);
    a.language = below(4) == 0 ? "zh" : "en";
    a.title = words(3 + below(4)) + (below(6) == 0 ? " rare" + std::to_string(below(1000)) : "");
    a.issue = "- " + words(6) + ".\n- " + words(5) + ".\n";
    a.resolution = "1. " + words(8) + ".\n2. " + words(4) + ".\n";
    a.codes = {"E-" + std::to_string(1000 + number)};
    static const std::vector<std::string> kStates = {"published",     "published", "published", "validated",
                                                     "not_validated", "wip",       "archived"};
    a.state = kStates[below(kStates.size())];
    return a;
  }

 private:
  std::mt19937 random_;
};

std::vector<Article> articles_of(const Model& model) {
  std::vector<Article> all;
  for (const auto& [key, article] : model) all.push_back(article);
  return all;
}

// Everything that can be said of a snapshot without its statistics.
void expect_holds(const Library& library, const Model& model) {
  ASSERT_EQ(library.size(), model.size());
  const auto listed = library.articles();
  ASSERT_EQ(listed.size(), model.size());
  auto at = listed.begin();
  for (const auto& [key, article] : model) {
    ASSERT_EQ(at->get(), article);
    ++at;
    const Article* found = library.find(key);
    ASSERT_NE(found, nullptr);
    ASSERT_EQ(*found, article);
  }
}

void expect_codes_found(const Library& library, const Model& model, std::size_t numbers) {
  for (std::size_t n = 0; n < numbers; ++n) {
    const std::string id = "a-" + std::to_string(n);
    for (const char* language : {"en", "zh"}) {
      const auto article = model.find({id, language});
      const bool is_there = article != model.end() && article->second.state != "archived";
      const std::vector<Hit> hits = library.search(ask("E-" + std::to_string(1000 + n), language));
      const bool is_found = !hits.empty() && hits[0].article->id == id && *hits[0].article == article->second;
      ASSERT_EQ(is_found, is_there) << id << " " << language;
    }
  }
}

void expect_same_hits(const Library& library, const Library& fresh, const Query& query) {
  const std::vector<Hit> a = library.search(query), b = fresh.search(query);
  ASSERT_EQ(a.size(), b.size()) << query.text;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_NEAR(a[i].score, b[i].score, 1e-5 * (1 + b[i].score)) << query.text;
    ASSERT_EQ(a[i].article->key(), b[i].article->key()) << query.text << " at " << i;
    ASSERT_NEAR(a[i].confidence, b[i].confidence, 1e-6);
    ASSERT_EQ(a[i].passage, b[i].passage);
    ASSERT_EQ(a[i].highlights, b[i].highlights);
  }
}

TEST(LibraryEdits, AnyHistoryOfEditsEndsInWhatAFreshBuildWouldBe) {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    Writer writer(seed);
    const std::size_t numbers = seed % 2 == 0 ? 40 : 160;  // small shelves merge at once, large ones do not
    Model model;
    for (std::size_t n = 0; n < numbers; n += 1 + writer.below(2)) {
      Article a = writer.article(n);
      model.insert_or_assign(a.key(), std::move(a));
    }
    auto library = Library::build(articles_of(model));
    for (int step = 0; step < 25; ++step) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << " step " << step);
      std::vector<Article> changed;
      std::vector<ArticleKey> removed;
      for (std::size_t n = writer.below(4); n > 0; --n) changed.push_back(writer.article(writer.below(numbers)));
      for (std::size_t n = writer.below(3); n > 0; --n)
        removed.push_back({"a-" + std::to_string(writer.below(numbers)), writer.below(4) == 0 ? "zh" : "en"});
      library = library->with(changed, removed);
      for (const ArticleKey& key : removed) model.erase(key);
      for (const Article& a : changed) model.insert_or_assign(a.key(), a);
      expect_holds(*library, model);
      if (step % 8 == 7) {
        expect_codes_found(*library, model, numbers);
        library = library->merged();
        EXPECT_FALSE(library->wants_merge());
        expect_holds(*library, model);
        const auto fresh = Library::build(articles_of(model));
        for (int n = 0; n < 40; ++n)
          expect_same_hits(*library, *fresh, ask(writer.words(1 + writer.below(6)), writer.below(4) == 0 ? "zh" : "en", 10));
        for (int n = 0; n < 10; ++n) expect_same_hits(*library, *fresh, ask("pritner " + writer.words(2) + " screeen"));
      }
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(LibraryEdits, AChangeIsVisibleToTheNextSearchAndTheOldSnapshotKeepsWhatItHad) {
  Writer writer(5);
  std::vector<Article> all;
  for (std::size_t n = 0; n < 100; ++n) {
    all.push_back(writer.article(n));
    all.back().language = "en";
    all.back().state = "published";
  }
  const auto before = Library::build(all);
  Article changed = all[7];
  changed.title = "Quokka on the keyboard";
  const auto after = before->with({changed}, {all[8].key()});
  EXPECT_EQ(after->search(ask("quokka")).at(0).article->id, "a-7");
  EXPECT_THAT(before->search(ask("quokka")), testing::IsEmpty());
  EXPECT_EQ(before->find(all[7].key())->title, all[7].title);
  EXPECT_NE(before->find(all[8].key()), nullptr);
  EXPECT_EQ(after->find(all[8].key()), nullptr);
  EXPECT_THAT(after->search(ask("E-1008")), testing::IsEmpty());
  EXPECT_EQ(after->size(), 99U);
  // What did not change is the same object in both.
  EXPECT_EQ(after->find(all[9].key()), before->find(all[9].key()));
}

TEST(LibraryEdits, ManyChangesWantAMergeAndUsageSurvivesIt) {
  Writer writer(9);
  Model model;
  for (std::size_t n = 0; n < 150; ++n) {
    Article a = writer.article(n);
    a.language = "en";
    model.insert_or_assign(a.key(), a);
  }
  auto library = Library::build(articles_of(model))->with_usage({{{"a-1", "en"}, {9, 1}}});
  EXPECT_FALSE(library->wants_merge());
  for (std::size_t n = 0; n < 40; ++n) {
    Article a = writer.article(n);
    a.language = "en";
    library = library->with({a}, {});
  }
  EXPECT_TRUE(library->wants_merge());
  library = library->merged();
  EXPECT_FALSE(library->wants_merge());
  EXPECT_EQ(library->size(), 150U);
  EXPECT_EQ(library->usage({"a-1", "en"}).helped, 9);
  EXPECT_EQ(library->usage({"a-2", "en"}).helped, 0);
}

TEST(LibraryEdits, AnEmptyLibraryGrowsAndShrinksToNothing) {
  auto library = Library::build({});
  Writer writer(3);
  Article a = writer.article(1);
  a.state = "published";
  library = library->with({a}, {});
  EXPECT_EQ(library->search(ask("E-1001", a.language)).size(), 1U);
  library = library->with({}, {a.key(), {"unknown", "en"}, {"unknown", "fr"}});
  EXPECT_EQ(library->size(), 0U);
  EXPECT_THAT(library->search(ask("E-1001", a.language)), testing::IsEmpty());
  EXPECT_THAT(library->articles(), testing::IsEmpty());
}

TEST(LibraryEdits, OfTwoChangesOfOneArticleTheLaterCounts) {
  Writer writer(4);
  Article first = writer.article(1), second = first;
  first.title = "first";
  second.title = "second";
  const auto library = Library::build({first, second});
  EXPECT_EQ(library->size(), 1U);
  EXPECT_EQ(library->find(first.key())->title, "second");
  EXPECT_EQ(library->with({second, first}, {first.key()})->find(first.key())->title, "first");
}

// Readers work on whatever snapshot is current while a writer changes, merges and swaps; TSan watches (preset tsan).
TEST(LibraryEdits, ReadersNeverSeeAHalfChangedLibrary) {
  Writer writer(11);
  std::vector<Article> all;
  for (std::size_t n = 0; n < 90; ++n) {
    all.push_back(writer.article(n));
    all.back().language = "en";
    all.back().state = "published";
  }
  const auto stamped = [&all](std::size_t n, int version) {
    Article a = all[n];
    a.title += " version" + std::to_string(version);
    a.resolution = "1. Version " + std::to_string(version) + ".\n";
    return a;
  };
  for (std::size_t n = 0; n < all.size(); ++n) all[n] = stamped(n, 0);
  std::mutex mutex;
  std::shared_ptr<const Library> current = Library::build(all);
  const auto now = [&] {
    const std::lock_guard lock(mutex);
    return current;
  };
  std::atomic<bool> done = false;
  std::atomic<std::size_t> searches = 0;
  std::vector<std::jthread> readers;
  for (unsigned r = 0; r < 3; ++r) {
    readers.emplace_back([&, r] {
      for (std::size_t i = r; !done || searches < 100; ++i) {
        const auto library = now();
        ASSERT_EQ(library->size(), 90U);
        const std::size_t n = i % 90;
        const std::vector<Hit> hits = library->search(ask("E-" + std::to_string(1000 + n)));
        ASSERT_FALSE(hits.empty());
        const Article& found = *hits[0].article;
        ASSERT_EQ(found.id, "a-" + std::to_string(n));
        // Title and text are of the same version, and it is the one this snapshot has.
        ASSERT_EQ(found.resolution, "1. Version " + found.title.substr(found.title.rfind("version") + 7) + ".\n");
        ASSERT_EQ(library->find(found.key()), &found);
        library->suggest("pri", "en", 5);
        library->did_you_mean("pritner", "en");
        ++searches;
      }
    });
  }
  for (int version = 1; version <= 60; ++version) {
    std::shared_ptr<const Library> next =
        now()->with({stamped(writer.below(90), version), stamped(writer.below(90), version)}, {});
    if (version % 10 == 0) next = next->with_usage({{{"a-1", "en"}, {static_cast<double>(version), 1}}});
    if (next->wants_merge()) next = next->merged();
    const std::lock_guard lock(mutex);
    current = std::move(next);
  }
  done = true;
}

}  // namespace
}  // namespace usher::kb
