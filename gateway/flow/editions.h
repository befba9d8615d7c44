// Publishing: which scripts are live. The folder of the configuration is where staff edit; an edition is what of it was published
// (store/editions.h). At start and at a reload a folder that changed is published as it stands; otherwise the edition made
// current last is loaded, so that a roll-back, or one published from elsewhere (`usher dialog publish DIR`), holds until the
// folder changes. Conversations that run on an earlier version of a script keep it: it is brought back from its edition when it
// is needed.
#pragma once
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/async/offload.h"
#include "base/sql/database.h"
#include "gateway/flow/content.h"
#include "gateway/store/editions.h"

namespace usher::gateway::flow {

// sha256 hex over names and bytes.
std::string edition_hash(const ScriptSources& sources);

// What publishing would do to the conversations that run.
struct Touched {
  std::string dialog, step;
  std::int64_t conversations = 0;
  enum class What : std::uint8_t { kSame, kStays, kMoves, kStartsAgain } what = What::kSame;
  std::string to;  // kMoves: the step
};
std::vector<Touched> touched_by(const dialogs::ScriptSet& next, const std::vector<store::Standing>& standing);

class Editions {
 public:
  Editions(sql::Database& database, const Clock& clock, ContentFolders folders, dialogs::World world);

  // From a non-I/O thread. Null when what should be live has problems; kIo when the database fails. `library`: the store's
  // articles; null: the folder's.
  Result<std::shared_ptr<const Content>> load(std::vector<ContentProblem>& problems,
                                              std::shared_ptr<const kb::Library> library = nullptr);

  // Proves `scripts` and makes them the current edition; the service takes it up at its next load(). Errors: kInvalid when
  // `problems` holds anything but warnings. The hash of the edition.
  Result<std::string> publish(const ScriptSources& scripts, const std::string& who, const std::string& note,
                              std::vector<ContentProblem>& problems, std::shared_ptr<const kb::Library> library = nullptr);
  // Makes an earlier edition current again: `hash` (or its beginning), or, when empty, the one before the current. Errors:
  // kNotFound, kConflict when the beginning fits several.
  Result<std::string> roll_back(const std::string& hash, const std::string& who, const std::string& note);

  // Makes sure that the versions a conversation stands on are in `content`, if their editions are known. `hashes` of scripts.
  boost::asio::awaitable<void> bring(std::vector<std::string> hashes, CurrentContent& content, async::Pool& pool);

 private:
  sql::Database& database_;
  const Clock& clock_;
  ContentFolders folders_;
  dialogs::World world_;
  std::mutex mutex_;
  std::set<std::string> unknown_;  // versions no edition holds: not looked for again
};

}  // namespace usher::gateway::flow
