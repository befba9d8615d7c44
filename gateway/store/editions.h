// Published states of the scripts. An edition is everything a set of scripts was made of, under its content hash; it never
// changes. One is current: new conversations begin with it. The log says who made which current, and when.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/sql/database.h"

namespace usher::gateway::store {

using Sources = std::map<std::string, std::string>;  // file name (no folder) → bytes

struct EditionEntry {
  std::int64_t number = 0;  // of the log, rising
  std::string hash;
  Timestamp at{};
  std::string who, note;
  std::string action;  // "publish" | "rollback"
};

// Keeps the sources and the hashes of the scripts in them ("name" → hash); nothing happens when the edition is known.
Result<void> keep_edition(sql::Tx& tx, const std::string& hash, const Sources& sources,
                          const std::map<std::string, std::string>& script_hashes, Timestamp now);
Result<void> make_current(sql::Tx& tx, const EditionEntry& entry);
// Hash of the current one; "" before the first.
Result<std::string> current_edition(sql::Tx& tx);
Result<std::optional<Sources>> edition_sources(sql::Tx& tx, const std::string& hash);
// The newest edition that holds this version of a script.
Result<std::optional<std::string>> edition_with_script(sql::Tx& tx, const std::string& script_hash);
// Newest first.
Result<std::vector<EditionEntry>> edition_log(sql::Tx& tx, std::int64_t limit);

// Where the conversations stand that are not ended: how many wait at which step of which version.
struct Standing {
  std::string dialog, script_hash, step;
  std::int64_t conversations = 0;
};
// Reads every open conversation: for the command line, not for a turn.
Result<std::vector<Standing>> open_conversations(sql::Tx& tx);

}  // namespace usher::gateway::store
