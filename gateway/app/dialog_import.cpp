// `usher dialog import-flowchart`: a flowchart becomes a script for staff to go on with.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "dialogs/flowchart.h"
#include "gateway/app/dialog.h"

namespace usher::gateway::app {
namespace fs = std::filesystem;

int dialog_import_flowchart(const Common& common, const std::string& file, const std::string& out, bool force) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  std::error_code ec;
  if (fs::is_directory(file, ec)) {
    return complain(common, {ErrorCode::kNotFound, "'" + file + "' is a folder", "name one flowchart in JSON"}, kUsage);
  }
  bytes << in.rdbuf();
  if (!in) return complain(common, {ErrorCode::kNotFound, "cannot read '" + file + "'"}, kUsage);

  std::vector<dialogs::Problem> problems;
  const auto chart = dialogs::import_flowchart({file, bytes.str()}, problems);
  if (!chart) {
    print_problems(common, listed(problems), {{"ok", false}});
    return kProblems;
  }
  // What is written must be readable: said here, and not when somebody plays it.
  std::vector<dialogs::Source> sources = {{chart->name + ".yaml", chart->yaml}};
  complete(sources);
  const auto scripts = dialogs::parse(sources, problems);
  const fs::path path = fs::path(out) / (chart->name + ".yaml");
  if (scripts && fs::exists(path, ec) && !force) {
    return complain(common, {ErrorCode::kConflict, "'" + path.string() + "' exists already", "--force overwrites it"}, kProblems);
  }
  if (scripts) {
    fs::create_directories(out, ec);
    std::ofstream to(path, std::ios::binary);
    to << chart->yaml;
    if (!to.flush()) return complain(common, {ErrorCode::kIo, "cannot write '" + path.string() + "'"}, kSoftware);
  }
  const std::size_t steps = scripts ? scripts->find(chart->name)->steps.size() : 0;
  print_problems(common, listed(problems),
                 {{"ok", scripts != nullptr}, {"name", chart->name}, {"file", path.string()}, {"steps", steps}});
  if (!common.as_json && scripts) std::cout << path.string() << ": script '" << chart->name << "' with " << steps << " steps\n";
  return scripts ? kOk : kProblems;
}

}  // namespace usher::gateway::app
