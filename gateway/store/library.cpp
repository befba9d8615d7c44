#include "gateway/store/library.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"
#include "gateway/store/rows.h"

namespace usher::gateway::store {
namespace {

std::string lines_of(const std::vector<std::string>& values) {
  return fmt::format("{}", fmt::join(values, "\n"));
}

std::vector<std::string> values_of(const std::string& lines) {
  return lines.empty() ? std::vector<std::string>{} : text::split(lines, '\n');
}

// "\nlaptop\nxps 13\n": one product is found in it by LIKE, whatever its case and width.
std::string product_keys(const std::vector<std::string>& products) {
  std::string keys = "\n";
  for (const auto& p : products) keys += text::fold(p) + "\n";
  return keys;
}

std::string like(const std::string& words) {
  std::string out = "%";
  for (const char c : words) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + "%";
}

ArticleRow to_row(const sql::Row& row) {
  ArticleRow a;
  a.id = row.text(0);
  a.language = row.text(1);
  a.revision = row.integer(2);
  a.newest = row.integer(3);
  a.waiting = row.integer(4);
  a.state = row.text(5);
  a.audience = row.text(6);
  a.title = row.text(7);
  a.source = row.text(8);
  a.products = values_of(row.text(9));
  a.tags = values_of(row.text(10));
  a.author = row.text(11);
  a.reviewer = row.text(12);
  a.review_by = row.text(13);
  a.updated_at = from_millis(row.integer(14));
  return a;
}

// A macro, because statements are cached by the address of one literal.
#define ARTICLE_COLUMNS                                                                                         \
  "id, language, revision, newest, waiting, state, audience, title, source, products, tags, author, reviewer, " \
  "review_by, updated_at"

Result<std::vector<ArticleRow>> rows_of(sql::Tx& tx, std::string_view sql, const sql::Params& params) {
  std::vector<ArticleRow> out;
  auto r = tx.query(sql, params, [&](const sql::Row& row) { out.push_back(to_row(row)); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

}  // namespace

Result<std::optional<ArticleRow>> load_article(sql::Tx& tx, const std::string& id, const std::string& language) {
  auto rows = rows_of(tx, "SELECT " ARTICLE_COLUMNS " FROM articles WHERE id = $1 AND language = $2", {id, language});
  if (!rows) return fail(std::move(rows.error()));
  return rows->empty() ? std::optional<ArticleRow>{} : std::move(rows->front());
}

Result<void> save_article(sql::Tx& tx, const ArticleRow& row) {
  const std::string products = lines_of(row.products), tags = lines_of(row.tags), keys = product_keys(row.products);
  return done(tx.exec("INSERT INTO articles (" ARTICLE_COLUMNS
                      ", product_keys) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) "
                      "ON CONFLICT (id, language) DO UPDATE SET revision = excluded.revision, newest = excluded.newest, "
                      "waiting = excluded.waiting, state = excluded.state, audience = excluded.audience, title = excluded.title, "
                      "source = excluded.source, products = excluded.products, tags = excluded.tags, author = excluded.author, "
                      "reviewer = excluded.reviewer, review_by = excluded.review_by, updated_at = excluded.updated_at, "
                      "product_keys = excluded.product_keys",
                      {row.id, row.language, row.revision, row.newest, row.waiting, row.state, row.audience, row.title,
                       row.source, products, tags, row.author, row.reviewer, row.review_by, to_millis(row.updated_at), keys}));
}

Result<void> insert_revision(sql::Tx& tx, const ArticleRevision& r) {
  return done(
      tx.exec("INSERT INTO article_revisions (id, language, revision, source, state, author, reviewer, reason, at, verdict, "
              "verdict_reason) "
              "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
              {r.id, r.language, r.revision, r.source, r.state, r.author, r.reviewer, r.reason, to_millis(r.at), r.verdict,
               r.verdict_reason}));
}

Result<void> set_verdict(sql::Tx& tx, const std::string& id, const std::string& language, std::int64_t revision,
                         const std::string& verdict, const std::string& reviewer, const std::string& reason) {
  return done(
      tx.exec("UPDATE article_revisions SET verdict = $4, reviewer = $5, verdict_reason = $6 WHERE id = $1 AND language = $2 AND "
              "revision = $3",
              {id, language, revision, verdict, reviewer, reason}));
}

Result<std::optional<ArticleRevision>> load_revision(sql::Tx& tx, const std::string& id, const std::string& language,
                                                     std::int64_t revision) {
  std::optional<ArticleRevision> out;
  auto r = tx.query(
      "SELECT source, state, author, reviewer, reason, at, verdict, verdict_reason FROM article_revisions "
      "WHERE id = $1 AND language = $2 AND revision = $3",
      {id, language, revision}, [&](const sql::Row& row) {
        out = ArticleRevision{id,          language,    revision,
                              row.text(0), row.text(1), row.text(2),
                              row.text(3), row.text(4), from_millis(row.integer(5)),
                              row.text(6), row.text(7)};
      });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::vector<ArticleRevision>> list_revisions(sql::Tx& tx, const std::string& id, const std::string& language) {
  std::vector<ArticleRevision> out;
  auto r = tx.query(
      "SELECT revision, state, author, reviewer, reason, at, verdict, verdict_reason FROM article_revisions "
      "WHERE id = $1 AND language = $2 ORDER BY revision DESC",
      {id, language}, [&](const sql::Row& row) {
        out.push_back({id, language, row.integer(0), "", row.text(1), row.text(2), row.text(3), row.text(4),
                       from_millis(row.integer(5)), row.text(6), row.text(7)});
      });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::vector<ArticleRow>> list_articles(sql::Tx& tx, const ArticleFilter& f) {
  const std::string words = like(f.words), product = like("\n" + text::fold(f.product) + "\n");
  return rows_of(tx,
                 "SELECT " ARTICLE_COLUMNS
                 " FROM articles WHERE ($1 = '' OR language = $1) AND ($2 = '' OR state = $2) AND ($3 = '' OR audience = $3) "
                 "AND ($4 = '' OR product_keys LIKE $5 ESCAPE '\\') "
                 "AND ($6 = '' OR id LIKE $7 ESCAPE '\\' OR title LIKE $7 ESCAPE '\\') "
                 "AND ($8 = '' OR (review_by <> '' AND review_by <= $8 AND state <> 'archived')) AND ($9 = 0 OR waiting > 0) "
                 "AND (id > $10 OR (id = $10 AND language > $11)) ORDER BY id, language LIMIT $12",
                 {f.language, f.state, f.audience, f.product, product, f.words, words, f.review_due, std::int64_t{f.only_waiting},
                  f.after_id, f.after_language, f.limit});
}

Result<std::vector<ArticleRow>> served_articles(sql::Tx& tx) {
  return rows_of(tx, "SELECT " ARTICLE_COLUMNS " FROM articles WHERE state <> 'archived' ORDER BY id, language", {});
}

Result<std::vector<ArticleRow>> all_articles(sql::Tx& tx) {
  return rows_of(tx, "SELECT " ARTICLE_COLUMNS " FROM articles ORDER BY id, language", {});
}

Result<std::vector<std::string>> languages_of(sql::Tx& tx, const std::string& id) {
  std::vector<std::string> out;
  auto r = tx.query("SELECT language FROM articles WHERE id = $1 AND state <> 'archived' ORDER BY language", {id},
                    [&](const sql::Row& row) { out.push_back(row.text(0)); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<bool> insert_article_file(sql::Tx& tx, const ArticleFile& f) {
  auto r = tx.exec(
      "INSERT INTO article_files (sha256, name, content_type, content, bytes, author, at) VALUES ($1, $2, $3, $4, $5, $6, $7) "
      "ON CONFLICT DO NOTHING",
      {f.sha256, f.name, f.content_type, sql::Blob{f.content}, static_cast<std::int64_t>(f.content.size()), f.author,
       to_millis(f.at)});
  if (!r) return fail(std::move(r.error()));
  return *r > 0;
}

Result<std::optional<ArticleFile>> load_article_file(sql::Tx& tx, const std::string& sha256) {
  std::optional<ArticleFile> out;
  auto r =
      tx.query("SELECT name, content_type, content, author, bytes, at FROM article_files WHERE sha256 = $1", {sha256},
               [&](const sql::Row& row) {
                 out = ArticleFile{
                     sha256, row.text(0), row.text(1), row.text(2), row.text(3), row.integer(4), from_millis(row.integer(5))};
               });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::vector<ArticleFile>> list_article_files(sql::Tx& tx, std::int64_t limit) {
  std::vector<ArticleFile> out;
  auto r = tx.query(
      "SELECT sha256, name, content_type, author, bytes, at FROM article_files ORDER BY at DESC, sha256 LIMIT $1", {limit},
      [&](const sql::Row& row) {
        out.push_back({row.text(0), row.text(1), row.text(2), "", row.text(3), row.integer(4), from_millis(row.integer(5))});
      });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::vector<SyncRow>> sync_rows(sql::Tx& tx) {
  std::vector<SyncRow> out;
  auto r =
      tx.query("SELECT id, language, file_name, revision, sha256 FROM article_sync ORDER BY id, language", {},
               [&](const sql::Row& row) { out.push_back({row.text(0), row.text(1), row.text(2), row.integer(3), row.text(4)}); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<void> save_sync_row(sql::Tx& tx, const SyncRow& row) {
  return done(
      tx.exec("INSERT INTO article_sync (id, language, file_name, revision, sha256) VALUES ($1, $2, $3, $4, $5) "
              "ON CONFLICT (id, language) DO UPDATE SET file_name = excluded.file_name, revision = excluded.revision, "
              "sha256 = excluded.sha256",
              {row.id, row.language, row.file_name, row.revision, row.sha256}));
}

}  // namespace usher::gateway::store
