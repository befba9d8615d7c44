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

namespace {

Result<std::vector<WaitingOutcome>> outcomes(sql::Tx& tx, const std::string& which, const sql::Params& values) {
  std::vector<WaitingOutcome> out;
  auto r = tx.query("SELECT conversation_id, block, line, history FROM outcomes " + which, values,
                    [&](const sql::Row& row) { out.push_back({row.text(0), row.text(1), row.text(2), row.text(3)}); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

}  // namespace

Result<void> keep_outcome(sql::Tx& tx, const WaitingOutcome& o, std::int64_t at_millis) {
  auto r = tx.exec(
      "INSERT INTO outcomes (conversation_id, block, line, history, at) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT (conversation_id, block) DO UPDATE SET line = excluded.line, history = excluded.history, at = excluded.at",
      {o.conversation, o.block, o.line, o.history, at_millis});
  if (!r) return fail(std::move(r.error()));
  return {};
}

Result<std::vector<WaitingOutcome>> outcomes_of(sql::Tx& tx, const std::string& conversation) {
  return outcomes(tx, "WHERE conversation_id = $1 ORDER BY block", {conversation});
}

Result<std::vector<WaitingOutcome>> outcomes_before(sql::Tx& tx, std::int64_t at_millis, std::int64_t limit) {
  return outcomes(tx, "WHERE at < $1 ORDER BY at LIMIT $2", {at_millis, limit});
}

Result<void> drop_outcome(sql::Tx& tx, const std::string& conversation, const std::string& block) {
  auto r = tx.exec("DELETE FROM outcomes WHERE conversation_id = $1 AND block = $2", {conversation, block});
  if (!r) return fail(std::move(r.error()));
  return {};
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
