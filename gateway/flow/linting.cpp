#include "gateway/flow/linting.h"

#include <fstream>
#include <set>
#include <sstream>

#include "gateway/flow/regression.h"
#include "gateway/store/library.h"

namespace usher::gateway::flow {
namespace {

std::vector<kb::RegressionQuery> regression_of(const std::filesystem::path& folder) {
  const auto file = folder / "regression.tsv";
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  std::vector<kb::Problem> problems;
  std::vector<kb::RegressionQuery> out;
  if (!in) return out;
  for (auto& q : parse_regression(file.string(), bytes.str(), problems)) out.push_back({q.language, q.text, q.ids, q.line});
  return out;
}

constexpr std::string_view kPages = "/help/pictures/";
constexpr std::size_t kHash = 64;

}  // namespace

Result<std::vector<kb::Finding>> lint_library(sql::Database* database, const kb::Library& library,
                                              const std::filesystem::path& folder, std::vector<std::string> own, Timestamp now) {
  std::set<std::string> uploaded;
  auto read = database == nullptr ? Result<void>{} : database->read_sync([&](sql::Tx& tx) -> Result<void> {
    auto files = store::list_article_files(tx, 1'000'000);
    if (!files) return fail(std::move(files.error()));
    for (const auto& f : *files) uploaded.insert(f.sha256);
    return {};
  });
  if (!read) return fail(std::move(read.error()));
  kb::LintOptions options;
  options.own = std::move(own);
  options.today = to_rfc3339(now).substr(0, 10);
  options.regression = regression_of(folder);
  options.has_picture = [&](std::string_view address) {
    if (address.starts_with(kPages)) address.remove_prefix(kPages.size());
    if (uploaded.contains(std::string(address.substr(0, std::min(address.size(), kHash))))) return true;
    const std::string name = address.starts_with("pictures/") ? std::string(address) : "pictures/" + std::string(address);
    std::error_code ec;
    return !name.contains("..") && std::filesystem::is_regular_file(folder / name, ec);
  };
  return kb::lint(library, options);
}

}  // namespace usher::gateway::flow
