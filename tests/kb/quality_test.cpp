// How good the ranking is on public question sets (not part of the product, so these tests are skipped where they are absent):
// USHER_SHARED_DATA, or shared/data beside the repository.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "kb/library.h"

namespace usher::kb {
namespace {

std::filesystem::path folder(const char* name) {
  const char* root = std::getenv("USHER_SHARED_DATA");
  return (root != nullptr ? std::filesystem::path(root) : std::filesystem::path(USHER_SOURCE_DIR) / "../shared/data") / name;
}

std::vector<std::vector<std::string>> rows(const std::filesystem::path& file) {
  std::vector<std::vector<std::string>> all;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) all.push_back(text::split(line, '\t'));
  return all;
}

double mean_reciprocal_rank(const char* name, const char* language) {
  std::vector<Article> articles;
  for (const auto& row : rows(folder(name) / "docs.tsv")) {
    Article a;
    a.id = row.at(0);
    a.language = language;
    a.title = row.at(1);
    a.body = row.size() > 2 ? row[2] : "";
    articles.push_back(std::move(a));
  }
  const auto library = Library::build(std::move(articles));
  std::map<std::string, std::string> relevant;
  for (const auto& row : rows(folder(name) / "qrels.tsv")) relevant[row.at(0)] = row.at(2);
  double sum = 0, asked = 0;
  for (const auto& row : rows(folder(name) / "queries.tsv")) {
    Query query;
    query.text = row.at(1);
    query.language = language;
    query.limit = 10;
    const std::vector<Hit> hits = library->search(query);
    ++asked;
    for (std::size_t i = 0; i < hits.size(); ++i) {
      if (hits[i].article->id == relevant[row[0]]) sum += 1.0 / static_cast<double>(i + 1);
    }
  }
  std::printf("%s: MRR@10 %.4f over %.0f questions\n", name, sum / asked, asked);
  return sum / asked;
}

TEST(SearchQuality, EnglishQuestionsFindTheirAnswer) {
  if (!std::filesystem::exists(folder("kb-stackfaq"))) GTEST_SKIP() << "NOT MEASURED: no " << folder("kb-stackfaq");
  EXPECT_GE(mean_reciprocal_rank("kb-stackfaq", "en"), 0.85);
}

TEST(SearchQuality, ChineseQuestionsFindTheirPassage) {
  if (!std::filesystem::exists(folder("kb-cmrc2018-dev"))) GTEST_SKIP() << "NOT MEASURED: no " << folder("kb-cmrc2018-dev");
  EXPECT_GE(mean_reciprocal_rank("kb-cmrc2018-dev", "zh"), 0.98);
}

}  // namespace
}  // namespace usher::kb
