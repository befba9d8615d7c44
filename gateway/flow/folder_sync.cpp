#include "gateway/flow/folder_sync.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

#include "base/crypto.h"

namespace usher::gateway::flow {
namespace fs = std::filesystem;
namespace {

using What = SyncItem::What;
constexpr std::size_t kManyGone = 10;

std::optional<std::string> bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

void add_problems(std::vector<ContentProblem>& out, const std::vector<kb::Problem>& found, bool is_warning) {
  for (const auto& p : found) out.push_back({p.file, p.line, p.column, p.message, p.hint, is_warning});
}

What what_changed(const FolderFile* file, const store::ArticleRow* row, const store::SyncRow* known) {
  if (row == nullptr) return What::kFileNew;
  const bool is_archived = row->state == "archived";
  const bool store_changed = known == nullptr || row->revision != known->revision;
  if (file == nullptr) {
    if (known == nullptr || known->sha256.empty()) return is_archived || !store_changed ? What::kInStep : What::kStoreNew;
    if (is_archived) return What::kInStep;
    return store_changed ? What::kConflict : What::kFileGone;
  }
  if (row->source == file->draft.source) return What::kInStep;
  if (known == nullptr) return What::kConflict;
  const bool file_changed = file->sha256 != known->sha256;
  if (!file_changed) return store_changed ? What::kStoreChanged : What::kInStep;
  // An edit that waits for its review would be lost behind what the file says.
  return store_changed || row->waiting > 0 ? What::kConflict : What::kFileChanged;
}

}  // namespace

std::string_view name_of(What what) {
  switch (what) {
    case What::kInStep:
      return "in step";
    case What::kFileNew:
      return "new file";
    case What::kFileChanged:
      return "file changed";
    case What::kFileGone:
      return "file removed";
    case What::kStoreNew:
      return "new in the store";
    case What::kStoreChanged:
      return "changed in the store";
    case What::kConflict:
      return "conflict";
  }
  return "";
}

ArticleFolder read_article_folder(const fs::path& folder, std::vector<ContentProblem>& problems) {
  ArticleFolder out;
  std::vector<fs::path> paths;
  std::error_code ec;
  for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
    if (it->path().extension() == ".md") paths.push_back(it->path());
  }
  if (ec) {
    problems.push_back({folder.string(), 1, 1, "cannot read the folder: " + ec.message(), "check the path in usher.yaml"});
    return out;
  }
  std::ranges::sort(paths);
  std::map<kb::ArticleKey, std::string> seen;
  for (const auto& path : paths) {
    auto bytes = bytes_of(path);
    if (!bytes) {
      problems.push_back({path.string(), 1, 1, "cannot read the file", "check its permissions"});
      continue;
    }
    std::vector<kb::Problem> found;
    auto article = kb::parse_article(path.string(), *bytes, found);
    add_problems(problems, found, false);
    if (!article) continue;
    const auto [it, is_first] = seen.emplace(article->key(), path.filename().string());
    if (!is_first) {
      problems.push_back({path.string(), 1, 1,
                          "the article '" + article->id + "' in '" + article->language + "' is in " + it->second + " already",
                          "remove one of the two files"});
      continue;
    }
    std::string sha = crypto::sha256_hex(*bytes);
    out.files.push_back({path.filename().string(), std::move(sha), {std::move(*article), std::move(*bytes)}});
  }
  std::vector<kb::Problem> found;
  if (auto bytes = bytes_of(folder / "vocabulary.txt"))
    out.vocabulary = kb::parse_vocabulary((folder / "vocabulary.txt").string(), *bytes, found);
  if (auto bytes = bytes_of(folder / "regression.tsv"))
    out.regression = parse_regression((folder / "regression.tsv").string(), *bytes, found);
  add_problems(problems, found, true);
  return out;
}

Comparison compare(const ArticleFolder& folder, std::vector<store::ArticleRow> rows, const std::vector<store::SyncRow>& known) {
  struct Sides {
    std::optional<std::size_t> file;
    store::ArticleRow* row = nullptr;
    const store::SyncRow* known = nullptr;
  };
  std::map<kb::ArticleKey, Sides> all;
  for (std::size_t i = 0; i < folder.files.size(); ++i) all[folder.files[i].draft.article.key()].file = i;
  for (auto& r : rows) all[{r.id, r.language}].row = &r;
  std::size_t known_files = 0, gone = 0;
  for (const auto& k : known) {
    if (const auto it = all.find({k.id, k.language}); it != all.end()) it->second.known = &k;
    known_files += k.sha256.empty() ? 0 : 1;
  }
  Comparison out;
  for (auto& [key, side] : all) {
    const FolderFile* file = side.file ? &folder.files[*side.file] : nullptr;
    SyncItem item;
    item.what = what_changed(file, side.row, side.known);
    item.key = key;
    item.file = side.file;
    item.file_name = file != nullptr         ? file->name
                     : side.known != nullptr ? side.known->file_name
                                             : key.id + "." + key.language + ".md";
    const std::string sha = file != nullptr ? file->sha256 : "";
    item.was_known = side.known != nullptr && side.row != nullptr && side.known->revision == side.row->revision &&
                     side.known->sha256 == sha && side.known->file_name == item.file_name;
    if (side.row != nullptr) item.row = std::move(*side.row);
    gone += item.what == What::kFileGone ? 1 : 0;
    out.items.push_back(std::move(item));
  }
  if (gone > kManyGone && gone * 2 > known_files) {
    out.is_doubtful = true;
    for (auto& item : out.items) {
      if (item.what != What::kFileGone) continue;
      item.what = What::kInStep;
      item.was_known = true;  // what is remembered of the file stays
    }
  }
  return out;
}

Result<Comparison> take_from_folder(sql::Tx& tx, const ArticleFolder& folder, Timestamp now) {
  auto rows = store::all_articles(tx);
  if (!rows) return fail(std::move(rows.error()));
  auto known = store::sync_rows(tx);
  if (!known) return fail(std::move(known.error()));
  Comparison found = compare(folder, std::move(*rows), *known);
  const Act act{{"folder", "admin"}, now, "", "article.sync"};
  for (const auto& item : found.items) {
    std::int64_t revision = item.row ? item.row->revision : 0;
    std::string sha = item.file ? folder.files[*item.file].sha256 : "";
    if (item.what == What::kFileNew || item.what == What::kFileChanged) {
      Act taken = act;
      taken.reason = item.what == What::kFileNew ? "new file " + item.file_name : "file " + item.file_name + " changed";
      auto done = revise(tx, taken, folder.files[*item.file].draft, item.row ? item.row->expected_base() : 0);
      if (!done) return fail(std::move(done.error().error));
      revision = done->revision;
    } else if (item.what == What::kFileGone) {
      Act taken = act;
      taken.reason = "file " + item.file_name + " was removed";
      auto done = change_state(tx, taken, item.key, "archived", "", item.row->expected_base());
      if (!done) return fail(std::move(done.error().error));
      revision = done->revision;
    } else if (item.what != What::kInStep || item.was_known || !item.row) {
      continue;
    } else if (!item.file && item.file_name.empty()) {
      continue;
    }
    if (auto r = store::save_sync_row(tx, {item.key.id, item.key.language, item.file_name, revision, sha}); !r)
      return fail(std::move(r.error()));
  }
  return found;
}

Result<void> write_whole_file(const fs::path& path, std::string_view bytes) {
  auto failed = [&](const char* what) {
    return fail(ErrorCode::kIo, std::string("cannot ") + what + " " + path.string() + ": " + std::strerror(errno));
  };
  const fs::path beside = path.string() + ".new";
  const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return failed("create");
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0) {
      ::close(file);
      return failed("write");
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  const bool is_flushed = ::fsync(file) == 0;
  if (::close(file) != 0 || !is_flushed) return failed("flush");
  if (::rename(beside.c_str(), path.c_str()) != 0) return failed("rename");
  return {};
}

Result<store::SyncRow> write_to_folder(const fs::path& folder, const SyncItem& item) {
  if (auto r = write_whole_file(folder / item.file_name, item.row->source); !r) return fail(std::move(r.error()));
  return store::SyncRow{item.key.id, item.key.language, item.file_name, item.row->revision, crypto::sha256_hex(item.row->source)};
}

}  // namespace usher::gateway::flow
