// The articles Usher ships (config/kb), for tests.
#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "kb/article.h"

namespace usher::kb {

inline std::vector<Article> shipped_articles(std::vector<Problem>& problems) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(USHER_SOURCE_DIR "/config/kb")) {
    if (entry.path().extension() == ".md") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Article> articles;
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    if (auto article = parse_article(file.filename().string(), bytes, problems)) articles.push_back(std::move(*article));
  }
  return articles;
}

}  // namespace usher::kb
