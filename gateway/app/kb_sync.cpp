// The folder of articles and the store, kept in step.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "gateway/app/kb.h"
#include "gateway/flow/line_diff.h"

namespace usher::gateway::app {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;
using What = flow::SyncItem::What;

struct Decided {
  std::size_t from_file = 0, to_file = 0, conflicts = 0;
};

bool is_named(const kb::ArticleKey& key, const std::vector<std::string>& articles) {
  return articles.empty() || std::ranges::find(articles, key.id) != articles.end() ||
         std::ranges::find(articles, key.id + "." + key.language) != articles.end();
}

// Decides a conflict. The side that is not taken stays in the history: the file's text becomes a revision, live when the file is
// right, else only kept. Gives the revision that is live then.
Result<std::int64_t> decide(sql::Tx& tx, const flow::SyncItem& item, const flow::FolderFile* file, bool is_right) {
  const flow::Act act{{person(), "admin"},
                      system_clock().now(),
                      "conflict with " + item.file_name + " decided for the " + (is_right ? "file" : "store"),
                      "article.sync"};
  if (file == nullptr && !is_right) return item.row->revision;
  if (is_right) {
    auto done = file == nullptr ? flow::change_state(tx, act, item.key, "archived", "", item.row->expected_base())
                                : flow::revise(tx, act, file->draft, item.row->expected_base());
    if (!done) return fail(std::move(done.error().error));
    return done->revision;
  }
  store::ArticleRow row = *item.row;
  ++row.newest;
  if (auto r = store::insert_revision(tx, {row.id, row.language, row.newest, file->draft.source, file->draft.article.state,
                                           "folder", "", act.reason, act.at, "refused", "the store's text was taken"});
      !r)
    return fail(std::move(r.error()));
  if (auto r = store::save_article(tx, row); !r) return fail(std::move(r.error()));
  return row.revision;
}

// What the store has and the files have not. The store remembers it afterwards: a crash in between is found to be in step later.
Result<void> write_files(KbOpened& kb, const fs::path& folder, const flow::Comparison& compared) {
  std::vector<store::SyncRow> rows;
  for (const auto& item : compared.items) {
    if (item.what != What::kStoreNew && item.what != What::kStoreChanged) continue;
    auto row = flow::write_to_folder(folder, item);
    if (!row) return fail(std::move(row.error()));
    rows.push_back(std::move(*row));
  }
  if (rows.empty()) return {};
  return kb.database->write_sync([&](sql::Tx& tx) -> Result<void> {
    for (const auto& row : rows) {
      if (auto r = store::save_sync_row(tx, row); !r) return r;
    }
    return {};
  });
}

json item_json(const flow::SyncItem& item, const std::string& what, const std::string& diff) {
  json out = {{"id", item.key.id}, {"language", item.key.language}, {"file", item.file_name}, {"what", what}};
  if (!diff.empty()) out["diff"] = diff;
  return out;
}

}  // namespace

int kb_sync(const Common& common, bool dry_run, const std::string& take, const std::vector<std::string>& articles) {
  if (take.empty() && !articles.empty())
    return complain(common,
                    {ErrorCode::kInvalid, "articles are named for --take file or --take store; without it all are synchronised"},
                    kUsage);
  int code = kOk;
  auto kb = open_kb(common, code);
  if (!kb) return code;
  std::vector<flow::ContentProblem> problems;
  const fs::path& folder_path = kb->settings.content.kb;
  const auto folder = flow::read_article_folder(folder_path, problems);
  if (std::ranges::any_of(problems, [](const auto& p) { return !p.is_warning; })) {
    print_problems(common, listed(problems), {{"ok", false}});
    return kProblems;
  }
  flow::Comparison compared;
  Decided count;
  auto done = kb->database->write_sync([&](sql::Tx& tx) -> Result<void> {
    auto found = flow::take_from_folder(tx, folder, system_clock().now());
    if (!found) return fail(std::move(found.error()));
    compared = std::move(*found);
    for (const auto& name : articles) {
      const bool is_there = std::ranges::any_of(compared.items, [&name](const flow::SyncItem& item) {
        return item.what == What::kConflict && is_named(item.key, {name});
      });
      if (!is_there)
        return fail(ErrorCode::kNotFound,
                    "'" + name + "' has no conflict to decide; `usher kb sync --dry-run` shows those there are");
    }
    if (dry_run) return fail(ErrorCode::kConflict, "only looked");
    for (auto& item : compared.items) {
      if (item.what == What::kConflict && !take.empty() && is_named(item.key, articles)) {
        const flow::FolderFile* file = item.file ? &folder.files[*item.file] : nullptr;
        auto revision = decide(tx, item, file, take == "file");
        if (!revision) return fail(std::move(revision.error()));
        item.what = take == "file" ? What::kFileChanged : What::kStoreChanged;
        if (take == "file") {
          const std::string sha = file == nullptr ? "" : file->sha256;
          if (auto r = store::save_sync_row(tx, {item.key.id, item.key.language, item.file_name, *revision, sha}); !r) return r;
        }
      }
    }
    return {};
  });
  if (!done && (!dry_run || done.error().code == ErrorCode::kNotFound)) return complain(common, done.error(), kProblems);
  if (!dry_run) {
    if (auto r = write_files(*kb, folder_path, compared); !r) return complain(common, r.error(), kProblems);
  }
  json list = json::array();
  for (const auto& item : compared.items) {
    if (item.what == What::kInStep) continue;
    const bool is_conflict = item.what == What::kConflict;
    const bool is_ours = item.what == What::kStoreNew || item.what == What::kStoreChanged;
    ++(is_conflict ? count.conflicts : is_ours ? count.to_file : count.from_file);
    std::string diff;
    if (is_conflict && item.row)
      diff = flow::to_text(flow::diff_lines(item.row->source, item.file ? folder.files[*item.file].draft.source : ""));
    const std::string what(flow::name_of(item.what));
    list.push_back(item_json(item, what, diff));
    if (common.as_json) continue;
    std::cout << fmt::format("{:<20} {}\n", what, item.file_name);
    if (is_conflict) std::cout << "  - in the store, + in the file\n" << diff;
  }
  const bool reloaded = !dry_run && count.from_file > 0 && reload_running_service(kb->settings);
  if (common.as_json) {
    print({{"items", std::move(list)},
           {"from_files", count.from_file},
           {"to_files", count.to_file},
           {"conflicts", count.conflicts},
           {"dry_run", dry_run},
           {"most_files_gone", compared.is_doubtful},
           {"service_reloaded", reloaded}});
  } else {
    if (compared.is_doubtful) std::cout << "most article files are gone: nothing was archived; is content.kb right?\n";
    std::cout << fmt::format("{}{} from files, {} to files, {} conflicts\n", dry_run ? "would be: " : "", count.from_file,
                             count.to_file, count.conflicts);
    if (count.conflicts > 0)
      std::cout << "decide conflicts with --take file or --take store; the other text stays in the history\n";
  }
  return count.conflicts > 0 ? kProblems : kOk;
}

}  // namespace usher::gateway::app
