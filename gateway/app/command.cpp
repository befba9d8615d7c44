#include "gateway/app/command.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "connectors/json_input.h"
#include "gateway/app/service.h"

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

}  // namespace usher::gateway::app
