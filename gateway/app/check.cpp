#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "gateway/app/command.h"
#include "gateway/flow/folder_sync.h"

namespace usher::gateway::app {
namespace {

using nlohmann::json;

void add_lost(std::vector<Listed>& problems, const std::filesystem::path& file, const kb::Library& library,
              const std::vector<flow::RegressionQuery>& queries) {
  for (const std::size_t i : flow::lost_queries(library, queries)) {
    const auto& q = queries[i];
    const std::string found = flow::first_found(library, q);
    problems.push_back({file.string(),
                        "'" + q.text + "' finds " + (found.empty() ? "nothing" : found) + " instead of " +
                            (q.ids[0] == "-" ? "nothing" : q.ids[0]),
                        "see `usher kb search --explain`", q.line, 1, true});
  }
}

// A store that is there is looked at as it is; that it cannot be read is no problem of the configuration.
void add_conflicts(std::vector<Listed>& problems, const Settings& s, const flow::ArticleFolder& folder) {
  std::error_code ec;
  sql::Options options;
  options.path = (s.data / "usher.db").string();
  options.check_integrity = false;
  if (!std::filesystem::exists(options.path, ec)) return;
  auto database = sql::open_sqlite(std::move(options));
  if (!database) return;
  flow::Comparison compared;
  auto read = (*database)->read_sync([&](sql::Tx& tx) -> Result<void> {
    auto rows = store::all_articles(tx);
    if (!rows) return fail(std::move(rows.error()));
    auto known = store::sync_rows(tx);
    if (!known) return fail(std::move(known.error()));
    if (!rows->empty()) compared = flow::compare(folder, std::move(*rows), *known);
    return {};
  });
  if (!read) return;
  for (const auto& item : compared.items) {
    if (item.what != flow::SyncItem::What::kConflict) continue;
    problems.push_back({(s.content.kb / item.file_name).string(),
                        "the article was changed here and in the store; the store's is served", "see `usher kb sync --dry-run`",
                        1, 1, true});
  }
}

}  // namespace

int check(const Common& common) {
  std::vector<SettingsProblem> found;
  Settings s = load_settings(common.config, found);
  if (!common.data.empty()) s.data = common.data;
  auto problems = listed(found);
  std::vector<flow::ContentProblem> content_problems;
  auto content = flow::load_content({s.content.dialogs, s.content.kb, s.content.mail}, content_problems);
  for (auto& p : listed(content_problems)) problems.push_back(std::move(p));
  if (content) {
    std::vector<flow::ContentProblem> known;  // told above
    const auto folder = flow::read_article_folder(s.content.kb, known);
    add_lost(problems, s.content.kb / "regression.tsv", *content->library, folder.regression);
    add_conflicts(problems, s, folder);
  }
  const bool ok = std::none_of(problems.begin(), problems.end(), [](const auto& p) { return !p.is_warning; });
  json summary = {{"ok", ok}};
  if (content) {
    summary["scripts"] = content->scripts->scripts.size();
    summary["articles"] = content->library->size();
  }
  print_problems(common, problems, summary);
  if (!common.as_json) {
    if (ok) {
      std::cout << "ok: " << content->scripts->scripts.size() << " scripts, " << content->library->size() << " articles\n";
    } else {
      std::cout << problems.size() << (problems.size() == 1 ? " problem\n" : " problems\n");
    }
  }
  return ok ? kOk : kProblems;
}

}  // namespace usher::gateway::app
