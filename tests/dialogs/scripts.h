// What the tests of dialogs/ share: the shipped scripts, and small scripts written in a test.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "dialogs/parse.h"

namespace usher::dialogs {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

inline std::vector<Source> shipped_sources() {
  std::vector<Source> sources;
  for (const auto& e : std::filesystem::directory_iterator(USHER_SOURCE_DIR "/config/dialogs")) {
    if (e.path().extension() == ".yaml" || e.path().extension() == ".csv")
      sources.push_back({e.path().filename().string(), read_file(e.path())});
  }
  std::ranges::sort(sources, {}, &Source::file);
  return sources;
}

inline std::string to_string(const std::vector<Problem>& problems) {
  std::string out;
  for (const Problem& p : problems) out += fmt::format("{}:{}:{}: {} ({})\n", p.file, p.line, p.column, p.message, p.hint);
  return out;
}

inline Source shipped(const std::string& file) {
  return {file, read_file(std::string(USHER_SOURCE_DIR "/config/dialogs/") + file)};
}

// What the shipped scripts share: slots, texts, fragments, catalogues, lexicon.
inline std::vector<Source> shipped_shared() {
  std::vector<Source> sources = shipped_sources();
  std::erase_if(sources, [](const Source& s) { return s.bytes.starts_with("dialog:") || s.bytes.contains("\ndialog:"); });
  return sources;
}

// Scripts of a test beside what the shipped ones share; a file of the same name takes the place of a shipped one.
inline std::shared_ptr<const ScriptSet> parse_with(std::vector<Source> sources, std::vector<Problem>& problems) {
  for (Source& shared : shipped_shared()) {
    if (std::ranges::find(sources, shared.file, &Source::file) == sources.end()) sources.push_back(std::move(shared));
  }
  return parse(sources, problems);
}

inline std::shared_ptr<const ScriptSet> shipped_scripts() {
  static const std::shared_ptr<const ScriptSet> set = [] {
    std::vector<Problem> problems;
    auto parsed = parse(shipped_sources(), problems);
    if (!parsed) fmt::print(stderr, "{}", to_string(problems));
    return parsed;
  }();
  return set;
}

}  // namespace usher::dialogs
