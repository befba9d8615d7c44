#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "gateway/app/command.h"

namespace usher::gateway::app {
namespace {

using nlohmann::json;

}  // namespace

int check(const Common& common) {
  std::vector<SettingsProblem> found;
  const Settings s = load_settings(common.config, found);
  auto problems = listed(found);
  std::vector<flow::ContentProblem> content_problems;
  auto content = flow::load_content({s.content.dialogs, s.content.kb, s.content.mail}, content_problems);
  for (auto& p : listed(content_problems)) problems.push_back(std::move(p));
  const bool ok = std::none_of(problems.begin(), problems.end(), [](const auto& p) { return !p.is_warning; });
  json summary = {{"ok", ok}};
  if (content) {
    summary["scripts"] = content->scripts->scripts.size();
    summary["articles"] = content->library->size();
  }
  print_problems(common, problems, summary);
  if (!common.as_json) {
    if (ok) {
      std::cout << "ok: " << content->scripts->scripts.size() << " scripts, " << content->library->size() << " articles\n";
    } else {
      std::cout << problems.size() << (problems.size() == 1 ? " problem\n" : " problems\n");
    }
  }
  return ok ? kOk : kProblems;
}

}  // namespace usher::gateway::app
