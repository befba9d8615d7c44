// What the commands share: options every one of them has, exit codes, and how problems and answers are printed.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/sql/database.h"
#include "gateway/app/settings.h"
#include "gateway/flow/content.h"

namespace CLI {
class App;
}

namespace usher::gateway::app {

enum Exit : int { kOk = 0, kProblems = 1, kUsage = 64, kUnavailable = 69, kSoftware = 70, kTemporary = 75, kConfiguration = 78 };

struct Common {
  std::string config = "config/usher.yaml";
  std::string data;  // empty: as the configuration says
  bool as_json = false;
};

// One JSON document on standard output.
void print(const nlohmann::json& document);
// The error on standard error, or as JSON; returns `code`.
int complain(const Common& common, const Error& error, int code);

// A problem of a file, the way editors and terminals make it clickable.
struct Listed {
  std::string file, message, hint;
  int line = 1, column = 1;
  bool is_warning = false;
};
std::vector<Listed> listed(const std::vector<SettingsProblem>& problems);
std::vector<Listed> listed(const std::vector<flow::ContentProblem>& problems);
void print_problems(const Common& common, const std::vector<Listed>& problems, const nlohmann::json& summary);

// The settings; nullopt when they have problems, which are printed then.
std::optional<Settings> settings_of(const Common& common);

// The store of the settings, opened; nullopt and `code` set when it cannot be.
std::unique_ptr<sql::Database> store_of(const Common& common, int& code);

// Who works at the command line, for records: the name they signed in with.
std::string person();
// Tells the service that holds the data folder to reload; false when none does.
bool reload_running_service(const Settings& settings);

// --- the commands; each returns its exit code ---
int serve(const Common& common, const std::string& http, const std::string& smtp, const std::string& lmtp);
int check(const Common& common);
int deliver(const Common& common, const std::string& sender, const std::vector<std::string>& recipients);
// `dir`: folder of scripts, or empty: the configuration's; `dialog`: script to begin with, or empty.
int chat(const Common& common, const std::string& dir, const std::string& language, const std::string& dialog, bool with_trace);
int ticket_list(const Common& common, std::int64_t limit);
int outbox_list(const Common& common, const std::string& state, std::int64_t limit);
int outbox_redrive(const Common& common, const std::string& id, bool all);
int user_add(const Common& common, const std::string& name, const std::string& role);

// kb.cpp, kb_eval.cpp, kb_files.cpp; `usher kb …`
void add_kb_commands(CLI::App& app, Common& common, int& result);

// publish.cpp; `usher dialog publish|rollback|editions|learned|cause`
int dialog_publish(const Common& common, const std::string& folder, const std::string& note, bool dry_run);
int dialog_rollback(const Common& common, const std::string& hash, const std::string& note);
int dialog_editions(const Common& common, std::int64_t limit);
int dialog_learned(const Common& common);
// `conversation`: id, or the reference of its case. Without `cause`: those that may be told.
int dialog_cause(const Common& common, const std::string& conversation, const std::string& cause);

}  // namespace usher::gateway::app
