#include "gateway/store/feedback.h"

#include <algorithm>
#include <cmath>

#include "gateway/store/rows.h"

namespace usher::gateway::store {
namespace {

constexpr double kHalfLife = 90;  // days
constexpr std::int64_t kMillisPerDay = 86'400'000;
constexpr std::int64_t kKeepConversation = 30, kKeepSearch = 400;  // days

constexpr std::string_view kSearchColumns =
    "id, at, place, conversation_id, visitor, language, product, text, article, confidence, outcome";

SearchRow to_search(const sql::Row& row) {
  SearchRow s;
  s.id = row.text(0);
  s.at = from_millis(row.integer(1));
  s.place = row.text(2);
  s.conversation = row.text(3);
  s.visitor = row.text(4);
  s.language = row.text(5);
  s.product = row.text(6);
  s.text = row.text(7);
  s.article = row.text(8);
  s.confidence = row.real(9);
  s.outcome = row.text(10);
  return s;
}

ArticleUsage to_usage(const sql::Row& row, int first) {
  ArticleUsage u;
  u.counts = {row.integer(first), row.integer(first + 1), row.integer(first + 2), row.integer(first + 3)};
  u.helped = row.real(first + 4);
  u.failed = row.real(first + 5);
  u.day = row.integer(first + 6);
  return u;
}

}  // namespace

std::int64_t day_of(Timestamp t) {
  return to_millis(t) / kMillisPerDay;
}

ArticleUsage ArticleUsage::as_of(std::int64_t later) const {
  ArticleUsage out = *this;
  if (later <= day) return out;
  const double factor = std::exp2(-static_cast<double>(later - day) / kHalfLife);
  out.helped *= factor;
  out.failed *= factor;
  out.day = later;
  return out;
}

Result<void> add_feedback(sql::Tx& tx, const ArticleName& article, const std::string& place, std::int64_t day,
                          const ArticleCounts& counts) {
  auto added = tx.exec(
      "INSERT INTO article_feedback (article, language, place, day, shown, opened, solved, not_solved) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (article, language, place, day) DO UPDATE SET "
      "shown = article_feedback.shown + excluded.shown, opened = article_feedback.opened + excluded.opened, "
      "solved = article_feedback.solved + excluded.solved, not_solved = article_feedback.not_solved + excluded.not_solved",
      {article.id, article.language, place, day, counts.shown, counts.opened, counts.solved, counts.not_solved});
  if (!added) return fail(std::move(added.error()));
  auto known = usage_of(tx, article);
  if (!known) return fail(std::move(known.error()));
  ArticleUsage u = known->as_of(day);
  u.helped = std::max(0.0, u.helped + static_cast<double>(counts.solved));
  u.failed = std::max(0.0, u.failed + static_cast<double>(counts.not_solved));
  return done(tx.exec(
      "INSERT INTO article_usage (article, language, shown, opened, solved, not_solved, helped, failed, day) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (article, language) DO UPDATE SET "
      "shown = excluded.shown, opened = excluded.opened, solved = excluded.solved, not_solved = excluded.not_solved, "
      "helped = excluded.helped, failed = excluded.failed, day = excluded.day",
      {article.id, article.language, u.counts.shown + counts.shown, u.counts.opened + counts.opened,
       u.counts.solved + counts.solved, u.counts.not_solved + counts.not_solved, u.helped, u.failed, std::max(u.day, day)}));
}

Result<std::map<ArticleName, ArticleUsage>> all_usage(sql::Tx& tx) {
  std::map<ArticleName, ArticleUsage> out;
  auto r = tx.query("SELECT article, language, shown, opened, solved, not_solved, helped, failed, day FROM article_usage", {},
                    [&](const sql::Row& row) { out.emplace(ArticleName{row.text(0), row.text(1)}, to_usage(row, 2)); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<ArticleUsage> usage_of(sql::Tx& tx, const ArticleName& article) {
  ArticleUsage out;
  auto r = tx.query(
      "SELECT shown, opened, solved, not_solved, helped, failed, day FROM article_usage WHERE article = $1 AND language = $2",
      {article.id, article.language}, [&](const sql::Row& row) { out = to_usage(row, 0); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::vector<ArticleDay>> feedback_of(sql::Tx& tx, const ArticleName& article, std::int64_t since_day) {
  std::vector<ArticleDay> out;
  auto r = tx.query(
      "SELECT day, place, shown, opened, solved, not_solved FROM article_feedback WHERE article = $1 AND language = $2 AND "
      "day >= $3 ORDER BY day DESC, place",
      {article.id, article.language, since_day}, [&](const sql::Row& row) {
        out.push_back({row.integer(0), row.text(1), {row.integer(2), row.integer(3), row.integer(4), row.integer(5)}});
      });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::string> salt_of_day(sql::Tx& tx, std::int64_t day, const std::string& fresh) {
  std::string salt;
  auto r = tx.query("SELECT salt FROM feedback_salts WHERE day = $1", {day}, [&](const sql::Row& row) { salt = row.text(0); });
  if (!r) return fail(std::move(r.error()));
  if (!salt.empty()) return salt;
  auto added = tx.exec("INSERT INTO feedback_salts (day, salt) VALUES ($1, $2)", {day, fresh});
  if (!added) return fail(std::move(added.error()));
  return fresh;
}

Result<std::string> note_once(sql::Tx& tx, std::int64_t day, const std::string& key, const std::string& value) {
  std::string before;
  auto r = tx.query("SELECT value FROM feedback_seen WHERE day = $1 AND visitor = $2", {day, key},
                    [&](const sql::Row& row) { before = row.text(0); });
  if (!r) return fail(std::move(r.error()));
  if (before == value) return before;
  auto added = tx.exec(
      "INSERT INTO feedback_seen (day, visitor, value) VALUES ($1, $2, $3) ON CONFLICT (day, visitor) DO UPDATE SET "
      "value = excluded.value",
      {day, key, value});
  if (!added) return fail(std::move(added.error()));
  return before;
}

Result<void> insert_search(sql::Tx& tx, const SearchRow& s) {
  return done(tx.exec(
      "INSERT INTO searches (id, at, place, conversation_id, visitor, language, product, text, article, confidence, outcome) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      {s.id, to_millis(s.at), s.place, or_null(s.conversation), or_null(s.visitor), s.language, s.product, s.text, s.article,
       s.confidence, s.outcome}));
}

// The list of outcomes is a text of its own words; none is a part of another but "solved" of "not_solved", hence the commas.
Result<void> end_searches(sql::Tx& tx, const std::string& conversation, const std::string& outcome, const std::string& from) {
  const std::string list = "," + from + ",";
  return done(tx.exec("UPDATE searches SET outcome = $1 WHERE conversation_id = $2 AND $3 LIKE '%,' || outcome || ',%'",
                      {outcome, conversation, list}));
}

Result<void> end_visitor_search(sql::Tx& tx, const std::string& visitor, const std::string& outcome, const std::string& from) {
  const std::string list = "," + from + ",";
  return done(
      tx.exec("UPDATE searches SET outcome = $1 WHERE id = (SELECT MAX(id) FROM searches WHERE visitor = $2) AND "
              "$3 LIKE '%,' || outcome || ',%'",
              {outcome, visitor, list}));
}

Result<std::vector<SearchRow>> failed_searches(sql::Tx& tx, Timestamp since, std::int64_t limit) {
  static const std::string kSql = "SELECT " + std::string(kSearchColumns) +
                                  " FROM searches WHERE at >= $1 AND outcome IN ('nothing', 'gave_up', 'not_solved') "
                                  "ORDER BY at DESC, id DESC LIMIT $2";
  std::vector<SearchRow> out;
  auto r = tx.query(kSql, {to_millis(since), limit}, [&](const sql::Row& row) { out.push_back(to_search(row)); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<SearchFigures> search_figures(sql::Tx& tx, Timestamp since) {
  SearchFigures out;
  auto r = tx.query("SELECT outcome, COUNT(*) FROM searches WHERE at >= $1 GROUP BY outcome", {to_millis(since)},
                    [&](const sql::Row& row) {
                      const std::string outcome = row.text(0);
                      const std::int64_t n = row.integer(1);
                      out.all += n;
                      if (outcome == "nothing") out.nothing += n;
                      if (outcome == "solved") out.solved += n;
                      if (outcome == "not_solved" || outcome == "gave_up") out.failed += n;
                    });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::map<std::string, GapDecision>> gap_decisions(sql::Tx& tx) {
  std::map<std::string, GapDecision> out;
  auto r = tx.query("SELECT id, state, article, note, who, at FROM gaps", {}, [&](const sql::Row& row) {
    out.emplace(row.text(0),
                GapDecision{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), from_millis(row.integer(5))});
  });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<void> save_gap_decision(sql::Tx& tx, const GapDecision& d) {
  return done(tx.exec(
      "INSERT INTO gaps (id, state, article, note, who, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET "
      "state = excluded.state, article = excluded.article, note = excluded.note, who = excluded.who, at = excluded.at",
      {d.id, d.state, d.article, d.note, d.who, to_millis(d.at)}));
}

Result<bool> purge_feedback(sql::Tx& tx, Timestamp now) {
  const std::int64_t today = day_of(now);
  auto salts = tx.exec("DELETE FROM feedback_salts WHERE day < $1", {today - 1});
  if (!salts) return fail(std::move(salts.error()));
  auto seen = tx.exec("DELETE FROM feedback_seen WHERE day < $1", {today - 1});
  if (!seen) return fail(std::move(seen.error()));
  auto named = tx.exec("UPDATE searches SET conversation_id = NULL WHERE conversation_id IS NOT NULL AND at < $1",
                       {(today - kKeepConversation) * kMillisPerDay});
  if (!named) return fail(std::move(named.error()));
  auto old = tx.exec("DELETE FROM searches WHERE at < $1", {(today - kKeepSearch) * kMillisPerDay});
  if (!old) return fail(std::move(old.error()));
  return *salts + *seen + *named + *old > 0;
}

}  // namespace usher::gateway::store
