#include "gateway/store/learning.h"

namespace usher::gateway::store {

using dialogs::troubleshoot::Counts;

Result<Counts> load_counts(sql::Tx& tx, const std::string& block, const std::string& line) {
  Counts counts;
  auto r = tx.query("SELECT counts FROM troubleshooting WHERE block = $1 AND line = $2", {block, line},
                    [&](const sql::Row& row) { counts = Counts::from_json(row.text(0)).value_or(Counts{}); });
  if (!r) return fail(std::move(r.error()));
  return counts;
}

Result<void> save_counts(sql::Tx& tx, const std::string& block, const std::string& line, const Counts& counts) {
  const std::string text = counts.to_json();
  auto r = tx.exec(
      "INSERT INTO troubleshooting (block, line, counts) VALUES ($1, $2, $3) "
      "ON CONFLICT (block, line) DO UPDATE SET counts = excluded.counts",
      {block, line, text});
  if (!r) return fail(std::move(r.error()));
  return {};
}

Result<std::map<BlockLine, Counts>> all_counts(sql::Tx& tx) {
  std::map<BlockLine, Counts> out;
  auto r = tx.query("SELECT block, line, counts FROM troubleshooting", {}, [&](const sql::Row& row) {
    if (auto counts = Counts::from_json(row.text(2))) out.emplace(BlockLine{row.text(0), row.text(1)}, std::move(*counts));
  });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<void> save_rating(sql::Tx& tx, const std::string& conversation_id, int score, std::int64_t at_millis) {
  auto r = tx.exec(
      "INSERT INTO ratings (conversation_id, score, at) VALUES ($1, $2, $3) "
      "ON CONFLICT (conversation_id) DO UPDATE SET score = excluded.score, at = excluded.at",
      {conversation_id, std::int64_t{score}, at_millis});
  if (!r) return fail(std::move(r.error()));
  return {};
}

}  // namespace usher::gateway::store
