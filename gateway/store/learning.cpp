#include "gateway/store/learning.h"

namespace usher::gateway::store {

Result<std::string> load_counts(sql::Tx& tx, const std::string& block, const std::string& line) {
  std::string counts;
  auto r = tx.query("SELECT counts FROM troubleshooting WHERE block = $1 AND line = $2", {block, line},
                    [&](const sql::Row& row) { counts = row.text(0); });
  if (!r) return fail(std::move(r.error()));
  return counts;
}

Result<void> save_counts(sql::Tx& tx, const std::string& block, const std::string& line, const std::string& counts) {
  auto r = tx.exec(
      "INSERT INTO troubleshooting (block, line, counts) VALUES ($1, $2, $3) "
      "ON CONFLICT (block, line) DO UPDATE SET counts = excluded.counts",
      {block, line, counts});
  if (!r) return fail(std::move(r.error()));
  return {};
}

Result<std::map<BlockLine, std::string>> all_counts(sql::Tx& tx) {
  std::map<BlockLine, std::string> out;
  auto r = tx.query("SELECT block, line, counts FROM troubleshooting", {},
                    [&](const sql::Row& row) { out.emplace(BlockLine{row.text(0), row.text(1)}, row.text(2)); });
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
