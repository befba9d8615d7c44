// The only way an article changes while the service runs: one transaction with its audit row, then the library everybody searches
// has it, before the caller is answered. Also what is loaded at start and at a reload: the folder is taken into the store
// (folder_sync.h), the library is built of the store. Thread-safe.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/async/offload.h"
#include "base/sql/database.h"
#include "gateway/flow/folder_sync.h"
#include "gateway/flow/live_library.h"
#include "gateway/flow/revising.h"

namespace usher::gateway::flow {

// An edit that is done, and what it did to the questions of the regression set.
struct Edited {
  Revised revised;
  std::vector<std::string> lost;  // questions whose article is no longer first: "laptop dead (en): sound-none instead of …"
};

struct ImportItem {
  Draft draft;
  std::string origin;                // "articles.csv:12", for messages
  std::optional<std::int64_t> base;  // revision the imported text was made from, when it says so; null: whatever is newest
};
struct Imported {
  std::size_t created = 0, changed = 0, unchanged = 0, waiting = 0;
  std::vector<std::string> lost;
};
// All items or none, in the caller's transaction. A refusal's message begins with the item's origin. `changes` are to be applied
// after the commit.
Curated<Imported> import_articles(sql::Tx& tx, const Act& act, const std::vector<ImportItem>& items,
                                  std::vector<Change>& changes);

class Curation {
 public:
  // `pool` may be null until the first coroutine runs (load needs none).
  Curation(sql::Database& database, const Clock& clock, std::filesystem::path folder);
  void set_pool(async::Pool& pool) { pool_ = &pool; }
  // Called when merging would do the library good: start `merge` on a thread that may be busy.
  void on_wants_merge(std::function<void()> call) { wants_merge_ = std::move(call); }
  void merge() { live_.merge_if_wanted(); }

  // Takes the folder in and builds the library of the store. Not from an I/O thread. Null when article files have problems
  // (nothing was changed then); conflicts between folder and store are warnings. kIo: the database.
  Result<LiveLibrary::Pointer> load(std::vector<ContentProblem>& problems);
  // From now on `content` has the library; `loaded` is the rest of it.
  void serve(CurrentContent& content, const Content& loaded);
  LiveLibrary::Pointer library() const { return live_.get(); }
  void on_usage(std::map<kb::ArticleKey, kb::Usage> usage) { live_.set_usage(std::move(usage)); }

  // Coroutines of API routes. kConflict with code "in_use" in the message's words when a script shows the article and would no
  // longer find it.
  boost::asio::awaitable<Curated<Edited>> edit(Curator by, std::string source, std::int64_t base, std::string reason,
                                               kb::ArticleKey key);
  boost::asio::awaitable<Curated<Edited>> set_state(Curator by, kb::ArticleKey key, std::string state, std::string audience,
                                                    std::int64_t base, std::string reason);
  boost::asio::awaitable<Curated<Edited>> review(Curator by, kb::ArticleKey key, std::int64_t revision, bool accept,
                                                 std::string reason);
  boost::asio::awaitable<Curated<Imported>> import(Curator by, std::vector<ImportItem> items, std::string reason);

 private:
  using Work = std::move_only_function<Curated<Revised>(sql::Tx&)>;
  boost::asio::awaitable<Curated<Edited>> run(Work work);
  boost::asio::awaitable<std::vector<std::string>> take_up(std::vector<Change> changes);
  std::vector<std::string> apply(const std::vector<Change>& changes);
  std::optional<Refusal> still_shown(const kb::ArticleKey& key, const std::string& state, const std::string& audience) const;

  sql::Database& database_;
  const Clock& clock_;
  std::filesystem::path folder_;
  async::Pool* pool_ = nullptr;
  std::function<void()> wants_merge_;
  LiveLibrary live_;
  CurrentContent* content_ = nullptr;
  mutable std::mutex mutex_;
  std::shared_ptr<const std::vector<RegressionQuery>> regression_;
};

// The library of the store as it stands, for commands; `vocabulary` may be null. `with_archived` is never searched but found.
Result<LiveLibrary::Built> build_from_store(sql::Database& database, std::shared_ptr<const kb::Vocabulary> vocabulary);

// The steps of scripts that show this article, as "script/step".
std::vector<std::string> steps_showing(const dialogs::ScriptSet& scripts, std::string_view article_id);

}  // namespace usher::gateway::flow
