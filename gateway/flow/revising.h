// The rules by which an article changes, inside a transaction: who may do what (roles), on which revision an edit must be based,
// what becomes live at once and what waits for a review. Every change leaves a revision and an audit row. Pure but for the
// transaction; the one caller at run time is flow/curation.h.
//
//   agent      drafts, edits, validates; an edit of a published article waits until a publisher accepts it
//   publisher  also publishes, archives, changes what is published, accepts and refuses
//   admin      all of it
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/sql/database.h"
#include "gateway/store/library.h"
#include "kb/article.h"

namespace usher::gateway::flow {

struct Curator {
  std::string name;
  std::string role;  // agent | publisher | admin
  bool may_publish() const { return role == "publisher" || role == "admin"; }
};

// An article with the text it was read from.
struct Draft {
  kb::Article article;
  std::string source;
};
// kInvalid: `problems` says what is wrong and where.
Result<Draft> read_draft(std::string source, std::vector<kb::Problem>& problems);

// What the search has to take up; null: this article is no longer served.
struct Change {
  kb::ArticleKey key;
  std::int64_t revision = 0;
  std::optional<kb::Article> article;
};

struct Revised {
  std::int64_t revision = 0;     // the new one, or the one that says the same already
  bool waits = false;            // for a review: nothing is live yet
  bool is_new = true;            // false: nothing was changed
  std::optional<Change> change;  // when something is live
  store::ArticleRow row;         // as it stands now
};

// Why not. kConflict: `current` is what is newest; kInvalid: `problems`; kDenied: the role, or one's own work; kNotFound.
struct Refusal {
  Error error;
  std::optional<store::ArticleRevision> current;
  std::vector<kb::Problem> problems;
};
template <class T>
using Curated = std::expected<T, Refusal>;

struct Act {
  Curator by;
  Timestamp at{};
  std::string reason;
  std::string what = "article.edit";  // of the audit row
};

// Puts in a new article (base 0) or a new revision based on `base`, the newest the curator has seen.
Curated<Revised> revise(sql::Tx& tx, const Act& act, const Draft& draft, std::int64_t base);
// Another state, and audience when it is not empty.
Curated<Revised> change_state(sql::Tx& tx, const Act& act, const kb::ArticleKey& key, const std::string& state,
                              const std::string& audience, std::int64_t base);
// Decides about the revision that waits. Nobody accepts his own; an author may take his own back.
Curated<Revised> review(sql::Tx& tx, const Act& act, const kb::ArticleKey& key, std::int64_t revision, bool accept);

}  // namespace usher::gateway::flow
