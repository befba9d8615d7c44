// The folder of articles (config/kb) and the store, kept in step without overwriting either: a file that changed becomes a new
// revision, an article that changed is written to its file by `usher kb sync`, and where both changed somebody has to decide.
// Which of them changed is known from what was in step last (store::SyncRow).
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gateway/flow/content.h"
#include "gateway/flow/regression.h"
#include "gateway/flow/revising.h"
#include "kb/vocabulary.h"

namespace usher::gateway::flow {

struct FolderFile {
  std::string name;  // "no-power-reset.en.md"
  std::string sha256;
  Draft draft;
};
struct ArticleFolder {
  std::vector<FolderFile> files;
  std::shared_ptr<const kb::Vocabulary> vocabulary;  // vocabulary.txt; null: none
  std::vector<RegressionQuery> regression;           // regression.tsv
};
// Articles with problems are left out; those of the vocabulary and the regression set are warnings.
ArticleFolder read_article_folder(const std::filesystem::path& folder, std::vector<ContentProblem>& problems);

struct SyncItem {
  enum class What : std::uint8_t {
    kInStep,
    kFileNew,       // → revision 1
    kFileChanged,   // → new revision
    kFileGone,      // → archived
    kStoreNew,      // → file written
    kStoreChanged,  // → file written
    kConflict,      // both changed: nothing happens
  } what = What::kInStep;
  kb::ArticleKey key;
  std::string file_name;
  std::optional<std::size_t> file;       // position in ArticleFolder::files
  std::optional<store::ArticleRow> row;  // of the store
  bool was_known = false;                // in step as it says
};
std::string_view name_of(SyncItem::What what);

// By id and language. Pure. More than half of the known files gone at once (and more than ten) is taken for the wrong folder:
// those count as in step and `is_doubtful` is set.
struct Comparison {
  std::vector<SyncItem> items;
  bool is_doubtful = false;
};
Comparison compare(const ArticleFolder& folder, std::vector<store::ArticleRow> rows, const std::vector<store::SyncRow>& known);

// The folder's side of it, in the caller's transaction. Gives the comparison it acted on.
Result<Comparison> take_from_folder(sql::Tx& tx, const ArticleFolder& folder, Timestamp now);
// The store's side: writes the item's file (atomically) and gives the row to remember. kIo.
Result<store::SyncRow> write_to_folder(const std::filesystem::path& folder, const SyncItem& item);

// Writes a file as a whole or not at all: beside it, flushed, renamed. kIo.
Result<void> write_whole_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace usher::gateway::flow
