// Articles in and out of the store.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "dialogs/parse.h"
#include "gateway/app/kb.h"
#include "gateway/flow/library_files.h"

namespace usher::gateway::app {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

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

std::shared_ptr<const dialogs::ScriptSet> scripts_of(const Settings& settings) {
  std::vector<flow::ContentProblem> ignored;
  std::vector<dialogs::Source> sources;
  for (auto& [name, bytes] : flow::read_script_sources(settings.content.dialogs, ignored)) sources.push_back({name, bytes});
  std::vector<dialogs::Problem> problems;
  return dialogs::parse(sources, problems);
}

// A script whose article is gone would keep the service from starting: such an import is refused.
std::optional<Error> still_shown(const dialogs::ScriptSet* scripts, sql::Tx& tx, const std::vector<flow::ImportItem>& items) {
  if (scripts == nullptr) return std::nullopt;
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
    const auto own = format.empty() ? format_of(file) : format;
    if (own.empty()) {
      problems.push_back({file.string(), 1, 1, "the name does not say what kind of file it is",
                          "name it .md, .json, .csv, .tsv or .html, or give --format"});
      continue;
    }
    for (auto& item : flow::read_library_file(file.string(), own, *bytes, problems)) items.push_back(std::move(item));
  }
  if (!problems.empty()) {
    print_problems(common, listed(problems), {{"ok", false}, {"imported", 0}});
    if (!common.as_json) std::cout << "nothing was imported\n";
    return kProblems;
  }
  if (items.empty())
    return complain(common,
                    {ErrorCode::kNotFound, files.empty() ? "there is no .md, .json, .csv, .tsv or .html file in what was named"
                                                         : "there is no article in what was named"},
                    kProblems);
  // Before the transaction: a running service waits for its end.
  const auto scripts = scripts_of(kb->settings);
  flow::Imported done;
  std::optional<flow::Refusal> refusal;
  const flow::Act act{
      {person(), "admin"}, system_clock().now(), reason.empty() ? "import of " + paths[0] : reason, "article.import"};
  auto written = kb->database->write_sync([&](sql::Tx& tx) -> Result<void> {
    if (auto shown = still_shown(scripts.get(), tx, items)) {
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
  const bool is_folder = fs::is_directory(path) || !fs::path(path).has_extension();
  if (format.empty() && !is_folder)
    return complain(common,
                    {ErrorCode::kInvalid,
                     "the name '" + path + "' does not say what to write: name it .json, .csv, .tsv or .html, or give --format"},
                    kUsage);
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
  if (rows.empty())
    return complain(
        common,
        {ErrorCode::kNotFound, language.empty() ? "the store has no articles yet: `usher kb sync` takes in those of the folder"
                                                : "the store has no articles in '" + language + "'"},
        kProblems);
  if (format == "folder") {
    std::error_code ec;
    fs::create_directories(path, ec);
    if (ec) return complain(common, {ErrorCode::kIo, "cannot create the folder '" + path + "': " + ec.message()}, kProblems);
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

}  // namespace usher::gateway::app
