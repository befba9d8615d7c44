// The articles of the knowledge base as they are kept: one row for what is served now of an article in a language, one for each
// revision it ever had, the pictures and files they show, and what of the folder was in step when (flow/folder_sync.h). Functions
// run inside the caller's transaction; who may change what is decided in flow/revising.h.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/sql/database.h"

namespace usher::gateway::store {

struct ArticleRow {
  std::string id, language;
  std::int64_t revision = 0;  // the one that is served
  std::int64_t newest = 0;    // highest number any revision has
  std::int64_t waiting = 0;   // revision that waits for a review; 0: none
  std::string state, audience, title;
  std::string source;                       // file form (kb/article.h)
  std::vector<std::string> products, tags;  // as written
  std::string author, reviewer;             // reviewer: who accepted or published it, or empty
  std::string review_by;                    // "2027-03-01" or empty
  Timestamp updated_at{};

  // What an edit must be based on: a revision that waits is the newest thing a curator can have seen.
  std::int64_t expected_base() const { return waiting > 0 ? waiting : revision; }
};

struct ArticleRevision {
  std::string id, language;
  std::int64_t revision = 0;
  std::string source, state, author, reviewer, reason;
  Timestamp at{};
  std::string verdict = "live";  // live | waiting | accepted | refused | replaced (a newer one waits in its place)
  std::string verdict_reason;
};

Result<std::optional<ArticleRow>> load_article(sql::Tx& tx, const std::string& id, const std::string& language);
// Inserts or replaces what is served.
Result<void> save_article(sql::Tx& tx, const ArticleRow& row);
Result<void> insert_revision(sql::Tx& tx, const ArticleRevision& revision);
Result<void> set_verdict(sql::Tx& tx, const std::string& id, const std::string& language, std::int64_t revision,
                         const std::string& verdict, const std::string& reviewer, const std::string& reason);
Result<std::optional<ArticleRevision>> load_revision(sql::Tx& tx, const std::string& id, const std::string& language,
                                                     std::int64_t revision);
// Newest first, without their sources.
Result<std::vector<ArticleRevision>> list_revisions(sql::Tx& tx, const std::string& id, const std::string& language);

struct ArticleFilter {
  std::string language, state, audience, product;  // empty: any
  std::string words;                               // part of id or title
  std::string review_due;                          // "2026-11-22": those to be reviewed by this day
  bool only_waiting = false;
  std::string after_id, after_language;  // continue behind this one
  std::int64_t limit = 50;
};
// By id and language.
Result<std::vector<ArticleRow>> list_articles(sql::Tx& tx, const ArticleFilter& filter);
// Every article that is not archived, by id and language: what is searched.
Result<std::vector<ArticleRow>> served_articles(sql::Tx& tx);
Result<std::vector<ArticleRow>> all_articles(sql::Tx& tx);
// The languages an article exists in, archived ones excepted.
Result<std::vector<std::string>> languages_of(sql::Tx& tx, const std::string& id);

struct ArticleFile {
  std::string sha256, name, content_type, content, author;
  std::int64_t bytes = 0;
  Timestamp at{};
};
// False: these bytes are kept already.
Result<bool> insert_article_file(sql::Tx& tx, const ArticleFile& file);
Result<std::optional<ArticleFile>> load_article_file(sql::Tx& tx, const std::string& sha256);
// Newest first, without their contents.
Result<std::vector<ArticleFile>> list_article_files(sql::Tx& tx, std::int64_t limit);

struct SyncRow {
  std::string id, language, file_name;
  std::int64_t revision = 0;  // that the file held when both were in step
  std::string sha256;         // of the file then; empty: the file was removed and the article archived for it
};
Result<std::vector<SyncRow>> sync_rows(sql::Tx& tx);
Result<void> save_sync_row(sql::Tx& tx, const SyncRow& row);

}  // namespace usher::gateway::store
