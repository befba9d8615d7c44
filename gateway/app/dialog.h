// `usher dialog …`: the commands about scripts. What they work on is either the configuration's own folder, or a folder DIR of
// scripts. A DIR without a texts.yaml is completed by the shipped texts, slots and words (shipped.h), and by the shipped scripts
// its own ones go to or call.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dialogs/parse.h"
#include "dialogs/rehearsal.h"
#include "gateway/app/command.h"
#include "kb/library.h"

namespace CLI {
class App;
}

namespace usher::gateway::app {

struct DialogFolder {
  std::filesystem::path folder;
  bool is_completed = false;                          // by shipped files
  std::vector<dialogs::Source> sources;               // all that was parsed
  std::size_t own = 0;                                // how many of them, from the first, lie in the folder
  std::shared_ptr<const dialogs::ScriptSet> scripts;  // null: `problems` say why
  std::vector<dialogs::Problem> problems;             // of parsing
  std::optional<Settings> settings;                   // of the configuration, if there is one
  std::shared_ptr<const kb::Library> library;         // its articles, if there are any
  bool is_own(const std::string& file) const;         // whether a problem's file lies in the folder
};
// `dir` empty: the folder of the configuration, which then must be right. With a `dir` the configuration may be missing.
// nullopt when there is nothing to work on: it has been said, and `code` is set.
std::optional<DialogFolder> open_dialogs(const Common& common, const std::string& dir, int& code);
// The same, for commands that need scripts without mistakes of form: otherwise they are printed and `code` is kProblems.
std::optional<DialogFolder> open_scripts(const Common& common, const std::string& dir, int& code);
// The same folder with files of `over` in place of those of the same name, or beside them: what replay compares with.
std::optional<DialogFolder> open_dialogs_over(const Common& common, const DialogFolder& base, const std::string& over, int& code);
// Puts shipped files beside a folder's own where it has none of that kind; true when any was needed.
bool complete(std::vector<dialogs::Source>& sources);

std::vector<Listed> listed(const std::vector<dialogs::Problem>& problems);
// What articles and look-ups answer a terminal's conversation: the configuration's articles; look-ups fail.
dialogs::Stage stage_of(std::shared_ptr<const kb::Library> library);

// The conversation files of a folder: *.txt in it and in its `conversations`.
std::vector<dialogs::Source> conversations_of(const std::filesystem::path& folder, const std::string& only);

void add_dialog_commands(CLI::App& app, Common& common, int& result);
void add_chat_options(CLI::App& command, Common& common, int& result);

// --- the commands; each returns its exit code ---
int dialog_check(const Common& common, const std::string& dir);
struct DialogTestOptions {
  std::string dir, only, junit, suggest;
  bool with_coverage = false;
  double require_steps = 0, require_branches = 0;  // per cent
};
int dialog_test(const Common& common, const DialogTestOptions& options);
struct DialogGraphOptions {
  std::string dir, name, format = "mermaid", out, language = "en";
  bool with_coverage = false;
};
int dialog_graph(const Common& common, const DialogGraphOptions& options);
int dialog_list(const Common& common, const std::string& dir);
int dialog_play(const Common& common, const std::string& dir, const std::string& name);
int dialog_import_flowchart(const Common& common, const std::string& file, const std::string& out, bool force);
struct DialogReplayOptions {
  std::string since = "1d", against;
  std::int64_t limit = 1000;
};
int dialog_replay(const Common& common, const DialogReplayOptions& options);

}  // namespace usher::gateway::app
