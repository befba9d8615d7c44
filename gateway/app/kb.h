// `usher kb …`: what its commands share.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/app/command.h"
#include "gateway/flow/curation.h"

namespace CLI {
class App;
}

namespace usher::gateway::app {

// A subcommand with the options every command has.
CLI::App* kb_command(CLI::App& kb, Common& common, const char* name, const char* what);

struct KbOpened {
  Settings settings;
  std::unique_ptr<sql::Database> database;
};
// The settings and the store; nullopt when they cannot be used: it has been said, and `code` is set.
std::optional<KbOpened> open_kb(const Common& common, int& code);

// What is searched: the store's articles when there is a store that has any, else the folder's. `regression`: the folder's set.
struct KbLibrary {
  std::shared_ptr<const kb::Library> library;
  std::vector<flow::RegressionQuery> regression;
  bool is_store = false;
};
std::optional<KbLibrary> kb_library(const Common& common, int& code);

// --- the commands; each returns its exit code ---
struct KbSearchOptions {
  std::string text, language, product, kind, audience = "customer";
  std::int64_t limit = 10;
  bool explain = false;
};
int kb_search(const Common& common, const KbSearchOptions& options);
int kb_history(const Common& common, const std::string& id, const std::string& language, bool with_diff);
// kb_eval.cpp. Without files: the regression set.
struct KbEvalOptions {
  std::string docs, queries, qrels, language;
  std::int64_t misses = 0;  // how many to print
  bool silence = false;     // also: when it answers
};
int kb_eval(const Common& common, const KbEvalOptions& options);
// kb_files.cpp
int kb_import(const Common& common, const std::vector<std::string>& paths, const std::string& format, const std::string& reason,
              bool dry_run);
int kb_export(const Common& common, const std::string& path, std::string format, const std::string& language);
// `take`: "" | "file" | "store": who is right where both changed, for `articles` ("id" or "id.language"; empty: all conflicts).
int kb_sync(const Common& common, bool dry_run, const std::string& take, const std::vector<std::string>& articles);

}  // namespace usher::gateway::app
