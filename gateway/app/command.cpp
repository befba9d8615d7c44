#include "gateway/app/command.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "connectors/json_input.h"
#include "gateway/app/part_settings.h"

namespace usher::gateway::app {

using nlohmann::json;

void print(const json& document) {
  std::cout << connectors::to_json_text(document) << std::endl;
}

int complain(const Common& common, const Error& error, int code) {
  if (common.as_json) {
    print({{"error", {{"code", to_string(error.code)}, {"message", error.message}, {"detail", error.detail}}}});
  } else {
    std::cerr << "usher: " << error.message << (error.detail.empty() ? "" : " (" + error.detail + ")") << "\n";
  }
  return code;
}

std::vector<Listed> listed(const std::vector<SettingsProblem>& problems) {
  std::vector<Listed> out;
  for (const auto& p : problems) out.push_back({p.file, p.message, p.hint, p.line, p.column, false});
  return out;
}

std::vector<Listed> listed(const std::vector<flow::ContentProblem>& problems) {
  std::vector<Listed> out;
  for (const auto& p : problems) out.push_back({p.file, p.message, p.hint, p.line, p.column, p.is_warning});
  return out;
}

void print_problems(const Common& common, const std::vector<Listed>& problems, const json& summary) {
  if (common.as_json) {
    json out = summary;
    out["problems"] = json::array();
    for (const auto& p : problems) {
      out["problems"].push_back({{"file", p.file},
                                 {"line", p.line},
                                 {"column", p.column},
                                 {"message", p.message},
                                 {"hint", p.hint},
                                 {"warning", p.is_warning}});
    }
    print(out);
    return;
  }
  for (const auto& p : problems) {
    std::cout << p.file << ":" << p.line << ":" << p.column << ": " << (p.is_warning ? "warning: " : "") << p.message << "\n";
    if (!p.hint.empty()) std::cout << "    " << p.hint << "\n";
  }
}

std::optional<Settings> settings_of(const Common& common) {
  std::vector<SettingsProblem> found;
  Settings s = load_settings(common.config, found);
  if (!common.data.empty()) s.data = common.data;
  if (found.empty()) return s;
  print_problems(common, listed(found), {{"ok", false}});
  return std::nullopt;
}

std::unique_ptr<sql::Database> store_of(const Common& common, int& code) {
  auto settings = settings_of(common);
  code = kConfiguration;
  if (!settings) return nullptr;
  log::init(log::Level::kWarn);
  auto database = open_store(*settings, false);
  if (database) return std::move(*database);
  code = complain(common, database.error(), kSoftware);
  return nullptr;
}

std::string person() {
  const char* name = std::getenv("SUDO_USER");
  if (name == nullptr) name = std::getenv("USER");
  return name == nullptr ? "command line" : name;
}

bool reload_running_service(const Settings& settings) {
  const std::string path = (settings.data / "usher.lock").string();
  const int lock = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (lock < 0) return false;
  const bool is_held = ::flock(lock, LOCK_EX | LOCK_NB) != 0;
  ::close(lock);
  if (!is_held) return false;
  std::ifstream in(path);
  pid_t pid = 0;
  return (in >> pid) && pid > 1 && ::kill(pid, SIGHUP) == 0;
}

}  // namespace usher::gateway::app
