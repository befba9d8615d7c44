#include "gateway/store/editions.h"

#include <nlohmann/json.hpp>
#include <tuple>

#include "connectors/json_input.h"
#include "gateway/store/rows.h"

namespace usher::gateway::store {
namespace {

using nlohmann::json;

Result<std::optional<std::string>> one_text(sql::Tx& tx, std::string_view sql, const sql::Params& params) {
  std::optional<std::string> out;
  auto r = tx.query(sql, params, [&](const sql::Row& row) { out = row.text(0); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

}  // namespace

Result<void> keep_edition(sql::Tx& tx, const std::string& hash, const Sources& sources,
                          const std::map<std::string, std::string>& script_hashes, Timestamp now) {
  const std::string text = connectors::to_json_text(json(sources));
  auto added = tx.exec("INSERT INTO editions (hash, sources, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                       {hash, text, to_millis(now)});
  if (!added) return fail(std::move(added.error()));
  if (*added == 0) return {};
  for (const auto& [name, script_hash] : script_hashes) {
    auto r = tx.exec(
        "INSERT INTO edition_scripts (script_hash, edition, name) VALUES ($1, $2, $3) "
        "ON CONFLICT (script_hash) DO UPDATE SET edition = excluded.edition",
        {script_hash, hash, name});
    if (!r) return fail(std::move(r.error()));
  }
  return {};
}

Result<void> make_current(sql::Tx& tx, const EditionEntry& entry) {
  return done(
      tx.exec("INSERT INTO edition_log (number, edition, at, who, note, action) "
              "SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5 FROM edition_log",
              {entry.hash, to_millis(entry.at), entry.who, entry.note, entry.action}));
}

Result<std::string> current_edition(sql::Tx& tx) {
  auto hash = one_text(tx, "SELECT edition FROM edition_log ORDER BY number DESC LIMIT 1", {});
  if (!hash) return fail(std::move(hash.error()));
  return hash->value_or("");
}

Result<std::optional<Sources>> edition_sources(sql::Tx& tx, const std::string& hash) {
  auto text = one_text(tx, "SELECT sources FROM editions WHERE hash = $1", {hash});
  if (!text) return fail(std::move(text.error()));
  if (!*text) return std::optional<Sources>{};
  const json j = json::parse(**text, nullptr, false);
  if (!j.is_object()) return fail(ErrorCode::kInternal, "a published edition is unreadable", hash);
  Sources out;
  for (const auto& [name, bytes] : j.items()) {
    if (bytes.is_string()) out.emplace(name, bytes.get<std::string>());
  }
  return std::optional(std::move(out));
}

Result<std::optional<std::string>> edition_with_script(sql::Tx& tx, const std::string& script_hash) {
  return one_text(tx, "SELECT edition FROM edition_scripts WHERE script_hash = $1", {script_hash});
}

Result<std::vector<EditionEntry>> edition_log(sql::Tx& tx, std::int64_t limit) {
  std::vector<EditionEntry> out;
  auto r =
      tx.query("SELECT number, edition, at, who, note, action FROM edition_log ORDER BY number DESC LIMIT $1", {limit},
               [&](const sql::Row& row) {
                 out.push_back({row.integer(0), row.text(1), from_millis(row.integer(2)), row.text(3), row.text(4), row.text(5)});
               });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::vector<Standing>> open_conversations(sql::Tx& tx) {
  std::map<std::tuple<std::string, std::string, std::string>, std::int64_t> counts;
  auto r = tx.query("SELECT state FROM conversations WHERE status = 'open' AND dialog <> ''", {}, [&](const sql::Row& row) {
    const json state = json::parse(row.text(0), nullptr, false);
    if (!state.is_object()) return;
    ++counts[{state.value("dialog", ""), state.value("hash", ""), state.value("step", "")}];
  });
  if (!r) return fail(std::move(r.error()));
  std::vector<Standing> out;
  for (const auto& [where, count] : counts) out.push_back({std::get<0>(where), std::get<1>(where), std::get<2>(where), count});
  return out;
}

}  // namespace usher::gateway::store
