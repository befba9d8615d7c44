// A folder of content that may be edited: the shipped phrases, mail templates and articles, and scripts of the tests' own.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "gateway/flow/content.h"

namespace usher::gateway {

class SmallContent {
 public:
  explicit SmallContent(const std::filesystem::path& parent) : root_(parent / "content") {
    namespace fs = std::filesystem;
    const fs::path shipped = fs::path(USHER_SOURCE_DIR) / "config";
    fs::create_directories(root_ / "dialogs");
    fs::create_directories(root_ / "kb");
    for (const char* article : {"no-power-reset.en.md", "no-power-reset.zh.md"})
      fs::copy_file(shipped / "kb" / article, root_ / "kb" / article);
    fs::copy(shipped / "mail", root_ / "mail", fs::copy_options::recursive);
    fs::copy_file(shipped / "dialogs" / "texts.yaml", root_ / "dialogs" / "texts.yaml");
    write("handover.yaml", R"(dialog: handover
title: { en: A person, zh: 转人工 }
steps:
  ticket:
    escalate: { en: I pass this on., zh: 我来转交。 }
)");
  }

  void write(const std::string& name, const std::string& text) { std::ofstream(root_ / "dialogs" / name) << text; }
  std::string read(const std::string& name) const {
    std::ifstream in(root_ / "dialogs" / name);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  void replace(const std::string& name, const std::string& from, const std::string& to) {
    std::string text = read(name);
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from << " is not in " << name;
    write(name, text.replace(at, from.size(), to));
  }

  flow::ContentFolders folders() const { return {root_ / "dialogs", root_ / "kb", root_ / "mail"}; }
  flow::ScriptSources sources() const {
    std::vector<flow::ContentProblem> problems;
    return flow::read_script_sources(root_ / "dialogs", problems);
  }
  std::shared_ptr<const flow::Content> load(dialogs::World world = {}) const {
    std::vector<flow::ContentProblem> problems;
    auto content = flow::load_content(folders(), problems, std::move(world));
    for (const auto& p : problems) {
      if (!p.is_warning) ADD_FAILURE() << p.file << ":" << p.line << ": " << p.message;
    }
    return content;
  }

 private:
  std::filesystem::path root_;
};

}  // namespace usher::gateway
