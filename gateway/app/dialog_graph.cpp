// `usher dialog graph`: a script as a picture.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "dialogs/graph.h"
#include "gateway/app/dialog.h"

extern char** environ;

namespace usher::gateway::app {
namespace {

// Graphviz draws; what it complains about goes to standard error. The file of `dot` text is taken away again.
int draw(const Common& common, const std::string& dot, const std::string& out) {
  std::string path = (std::filesystem::temp_directory_path() / "usher-graph-XXXXXX").string();
  const int fd = ::mkstemp(path.data());
  if (fd < 0) return complain(common, {ErrorCode::kIo, "cannot make a file in the folder for temporary files"}, kSoftware);
  ::close(fd);
  std::ofstream(path, std::ios::binary) << dot;
  std::string program = "dot", format = "-Tsvg", to = "-o" + out;
  std::vector<char*> arguments = {program.data(), format.data(), path.data()};
  if (!out.empty()) arguments.push_back(to.data());
  arguments.push_back(nullptr);
  std::cout << std::flush;
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, "dot", nullptr, nullptr, arguments.data(), environ);
  int status = 0;
  if (error == 0) ::waitpid(pid, &status, 0);
  std::error_code ec;
  std::filesystem::remove(path, ec);
  if (error == ENOENT) {
    return complain(common,
                    {ErrorCode::kUnavailable, "the program 'dot' is not installed",
                     "apt-get install graphviz, or use --format mermaid or --format dot"},
                    kUnavailable);
  }
  if (error != 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return complain(common, {ErrorCode::kInternal, "'dot' could not draw the script"}, kSoftware);
  }
  return kOk;
}

}  // namespace

int dialog_graph(const Common& common, const DialogGraphOptions& options) {
  int code = kOk;
  auto folder = open_scripts(common, options.dir, code);
  if (!folder) return code;
  const dialogs::Script* script = folder->scripts->find(options.name);
  if (script == nullptr) {
    std::string names;
    for (const auto& [name, s] : folder->scripts->scripts) names += (names.empty() ? "" : ", ") + name;
    return complain(common, {ErrorCode::kNotFound, "there is no script '" + options.name + "'", "there are: " + names}, kUsage);
  }
  dialogs::Walked walked;
  if (options.with_coverage) {
    for (const auto& c : conversations_of(folder->folder, "")) walked.merge(dialogs::rehearse(c, *folder->scripts).walked);
  }
  dialogs::GraphOptions how;
  how.language = options.language;
  if (options.with_coverage) how.walked = &walked;
  if (options.format == "svg") return draw(common, dialogs::to_dot(*script, how), options.out);
  const std::string text = options.format == "dot" ? dialogs::to_dot(*script, how) : dialogs::to_mermaid(*script, how);
  if (options.out.empty()) {
    std::cout << text << std::flush;
    return kOk;
  }
  std::ofstream file(options.out, std::ios::binary);
  file << text;
  if (!file.flush()) return complain(common, {ErrorCode::kIo, "cannot write '" + options.out + "'"}, kSoftware);
  return kOk;
}

}  // namespace usher::gateway::app
