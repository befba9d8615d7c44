// Articles in and out of the store, and the folder kept in step with it.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "dialogs/parse.h"
#include "gateway/app/kb.h"
#include "gateway/flow/library_files.h"
#include "gateway/flow/line_diff.h"

namespace usher::gateway::app {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;
using What = flow::SyncItem::What;

constexpr std::uintmax_t kMaxFile = 512ULL * 1024 * 1024;

std::string format_of(const fs::path& path) {
  const std::string extension = path.extension().string();
  if (extension == ".htm") return "html";
  for (const char* known : {"md", "json", "csv", "tsv", "html"}) {
    if (extension == std::string(".") + known) return known;
  }
  return {};
}

std::vector<fs::path> files_of(const std::vector<std::string>& paths, const std::string& format) {
  std::vector<fs::path> files;
  for (const auto& path : paths) {
    if (!fs::is_directory(path)) {
      files.emplace_back(path);
      continue;
    }
    std::error_code ec;
    for (fs::recursive_directory_iterator it(path, ec), end; !ec && it != end; it.increment(ec)) {
      const auto own = format_of(it->path());
      if (it->is_regular_file() && !own.empty() && (format.empty() || own == format)) files.push_back(it->path());
    }
  }
  std::ranges::sort(files);
  return files;
}

std::vector<Listed> listed(const std::vector<kb::Problem>& problems) {
  std::vector<Listed> out;
  for (const auto& p : problems) out.push_back({p.file, p.message, p.hint, p.line, p.column, false});
  return out;
}

std::optional<std::string> bytes_of(const fs::path& path) {
  std::error_code ec;
  if (fs::file_size(path, ec) > kMaxFile || ec) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  if (!in) return std::nullopt;
  return std::move(out).str();
}

const char* told(bool is_reloaded) {
  return is_reloaded ? "the running service takes it up now" : "no service runs on this data folder, the next start takes it up";
}

bool is_for_customers(const std::string& state, const std::string& audience) {
  return state == "published" && audience == "customer";
}

// A script whose article is gone would keep the service from starting: such an import is refused.
std::optional<Error> still_shown(const KbOpened& kb, sql::Tx& tx, const std::vector<flow::ImportItem>& items) {
  std::vector<flow::ContentProblem> ignored;
  std::vector<dialogs::Source> sources;
  for (auto& [name, bytes] : flow::read_script_sources(kb.settings.content.dialogs, ignored)) sources.push_back({name, bytes});
  std::vector<dialogs::Problem> problems;
  const auto scripts = dialogs::parse(sources, problems);
  if (!scripts) return std::nullopt;
  for (const auto& item : items) {
    const auto& a = item.draft.article;
    if (is_for_customers(a.state, a.audience)) continue;
    auto row = store::load_article(tx, a.id, a.language);
    if (!row || !*row || !is_for_customers((*row)->state, (*row)->audience)) continue;
    const auto steps = flow::steps_showing(*scripts, a.id);
    if (!steps.empty())
      return Error{ErrorCode::kConflict,
                   item.origin + ": scripts show '" + a.id + "' to customers (" + steps[0] + "); change them first"};
  }
  return std::nullopt;
}

Error with_current(const flow::Refusal& refusal) {
  Error e = refusal.error;
  if (refusal.current) e.message += " (by " + refusal.current->author + ", " + to_rfc3339(refusal.current->at) + ")";
  return e;
}

}  // namespace

int kb_import(const Common& common, const std::vector<std::string>& paths, const std::string& format, const std::string& reason,
              bool dry_run) {
  int code = kOk;
  auto kb = open_kb(common, code);
  if (!kb) return code;
  std::vector<flow::ImportItem> items;
  std::vector<kb::Problem> problems;
  const auto files = files_of(paths, format);
  for (const auto& file : files) {
    const auto bytes = bytes_of(file);
    if (!bytes) {
      problems.push_back({file.string(), 1, 1, "cannot read the file", "check its permissions; at most 512 MB"});
      continue;
    }
    auto own = format.empty() ? format_of(file) : format;
    for (auto& item : flow::read_library_file(file.string(), own.empty() ? "json" : own, *bytes, problems))
      items.push_back(std::move(item));
  }
  if (!problems.empty()) {
    print_problems(common, listed(problems), {{"ok", false}, {"imported", 0}});
    if (!common.as_json) std::cout << "nothing was imported\n";
    return kProblems;
  }
  if (items.empty()) return complain(common, {ErrorCode::kNotFound, "there is no article in what was named"}, kProblems);
  flow::Imported done;
  std::optional<flow::Refusal> refusal;
  const flow::Act act{
      {person(), "admin"}, system_clock().now(), reason.empty() ? "import of " + paths[0] : reason, "article.import"};
  auto written = kb->database->write_sync([&](sql::Tx& tx) -> Result<void> {
    if (auto shown = still_shown(*kb, tx, items)) {
      refusal = flow::Refusal{std::move(*shown), {}, {}};
      return fail(refusal->error);
    }
    std::vector<flow::Change> changes;
    auto outcome = flow::import_articles(tx, act, items, changes);
    if (!outcome) {
      refusal = std::move(outcome.error());
      return fail(refusal->error);
    }
    done = std::move(*outcome);
    if (dry_run) return fail(ErrorCode::kConflict, "only looked");
    return {};
  });
  if (refusal) return complain(common, with_current(*refusal), kProblems);
  if (!written && !dry_run) return complain(common, written.error(), kSoftware);
  const bool has_changed = done.created + done.changed > 0;
  const bool reloaded = !dry_run && has_changed && reload_running_service(kb->settings);
  if (common.as_json) {
    print({{"files", files.size()},
           {"created", done.created},
           {"changed", done.changed},
           {"unchanged", done.unchanged},
           {"dry_run", dry_run},
           {"service_reloaded", reloaded}});
  } else {
    std::cout << fmt::format("{}{} new, {} changed, {} as they were{}{}\n", dry_run ? "would be: " : "", done.created,
                             done.changed, done.unchanged, !dry_run && has_changed ? "; " : "",
                             !dry_run && has_changed ? told(reloaded) : "");
  }
  return kOk;
}

int kb_export(const Common& common, const std::string& path, std::string format, const std::string& language) {
  if (format.empty()) format = format_of(path);
  if (format.empty() || format == "md") format = "folder";
  int code = kOk;
  auto kb = open_kb(common, code);
  if (!kb) return code;
  store::ArticleFilter filter;
  filter.language = language;
  filter.limit = 10'000'000;
  std::vector<store::ArticleRow> rows;
  auto read = kb->database->read_sync([&](sql::Tx& tx) -> Result<void> {
    auto found = store::list_articles(tx, filter);
    if (!found) return fail(std::move(found.error()));
    rows = std::move(*found);
    return {};
  });
  if (!read) return complain(common, read.error(), kSoftware);
  if (format == "folder") {
    std::error_code ec;
    fs::create_directories(path, ec);
    for (const auto& row : rows) {
      if (auto r = flow::write_whole_file(fs::path(path) / (row.id + "." + row.language + ".md"), row.source); !r)
        return complain(common, r.error(), kProblems);
    }
  } else {
    std::vector<flow::Exported> articles;
    for (auto& row : rows) {
      std::vector<kb::Problem> problems;
      if (auto a = kb::parse_article("article", row.source, problems))
        articles.push_back({std::move(*a), row.revision, row.source});
    }
    if (auto r = flow::write_whole_file(path, flow::write_library_file(format, articles)); !r)
      return complain(common, r.error(), kProblems);
  }
  if (common.as_json) {
    print({{"articles", rows.size()}, {"path", path}, {"format", format}});
  } else {
    std::cout << rows.size() << " articles in " << path << "\n";
  }
  return kOk;
}

namespace {

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

json item_json(const flow::SyncItem& item, const std::string& what, const std::string& diff) {
  json out = {{"id", item.key.id}, {"language", item.key.language}, {"file", item.file_name}, {"what", what}};
  if (!diff.empty()) out["diff"] = diff;
  return out;
}

}  // namespace

int kb_sync(const Common& common, bool dry_run, const std::string& take, const std::vector<std::string>& articles) {
  int code = kOk;
  auto kb = open_kb(common, code);
  if (!kb) return code;
  std::vector<flow::ContentProblem> problems;
  const fs::path& folder_path = kb->settings.content.kb;
  const auto folder = flow::read_article_folder(folder_path, problems);
  if (std::ranges::any_of(problems, [](const auto& p) { return !p.is_warning; })) {
    print_problems(common, app::listed(problems), {{"ok", false}});
    return kProblems;
  }
  flow::Comparison compared;
  Decided count;
  std::vector<store::SyncRow> written;
  auto done = kb->database->write_sync([&](sql::Tx& tx) -> Result<void> {
    auto found = flow::take_from_folder(tx, folder, system_clock().now());
    if (!found) return fail(std::move(found.error()));
    compared = std::move(*found);
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
      // The file is written before the store remembers it: a crash between the two is found to be in step later.
      if (item.what != What::kStoreNew && item.what != What::kStoreChanged) continue;
      auto row = flow::write_to_folder(folder_path, item);
      if (!row) return fail(std::move(row.error()));
      if (auto r = store::save_sync_row(tx, *row); !r) return r;
    }
    return {};
  });
  if (!done && !dry_run) return complain(common, done.error(), kProblems);
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
