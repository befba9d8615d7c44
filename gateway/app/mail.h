// `usher mail …` and `usher reconcile`.
#pragma once
#include <string>
#include <vector>

#include "gateway/app/command.h"

namespace CLI {
class App;
}

namespace usher::gateway::app {

void add_mail_commands(CLI::App& app, Common& common, int& result);

// Adds the subcommand with the options every command has.
CLI::App* add_command(CLI::App& parent, Common& common, const char* name, const char* what, bool with_data);

struct MailOptions {
  std::string as_of;            // a usher.db, or the folder it lies in; empty: nothing is known
  std::string sender;           // envelope; "?" = not known
  std::vector<std::string> to;  // envelope; empty: as the mail says
};
int mail_explain(const Common& common, const std::vector<std::string>& files, const MailOptions& options);
int mail_replay(const Common& common, const std::string& path, const MailOptions& options);
int quarantine_list(const Common& common, const std::string& state, std::int64_t limit);
int quarantine_release(const Common& common, const std::string& id, bool to_case, bool participant);
int quarantine_delete(const Common& common, const std::string& id, const std::string& note);
int reconcile(const Common& common, bool offline);

}  // namespace usher::gateway::app
