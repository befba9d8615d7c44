#include "gateway/flow/regression.h"

#include <algorithm>

#include "base/text.h"

namespace usher::gateway::flow {

std::vector<RegressionQuery> parse_regression(std::string_view file_name, std::string_view bytes,
                                              std::vector<kb::Problem>& problems) {
  std::vector<RegressionQuery> out;
  int number = 0;
  for (const auto& line : text::split(bytes, '\n')) {
    ++number;
    const std::string trimmed = text::trim(line);
    if (trimmed.empty() || trimmed.starts_with('#')) continue;
    const auto columns = text::split(trimmed, '\t');
    RegressionQuery q{columns[0], columns.size() > 1 ? text::trim(columns[1]) : "", {}, number};
    if (columns.size() > 2) {
      for (const auto& id : text::split(columns[2], ',')) {
        if (auto name = text::trim(id); !name.empty()) q.ids.push_back(std::move(name));
      }
    }
    if ((q.language != "en" && q.language != "zh") || q.text.empty() || q.ids.empty()) {
      problems.push_back({std::string(file_name), number, 1, "the line is not language, question and article",
                          "write en, a tab, the question, a tab, and the article's id"});
      continue;
    }
    out.push_back(std::move(q));
  }
  return out;
}

std::string first_found(const kb::Library& library, const RegressionQuery& q) {
  kb::Query query;
  query.text = q.text;
  query.language = q.language;
  query.limit = 1;
  query.brief = true;
  const auto hits = library.search(query);
  return hits.empty() || hits[0].confidence < kb::kMinConfidence ? std::string{} : hits[0].article->id;
}

bool is_right(const RegressionQuery& q, const std::string& found) {
  return std::ranges::find(q.ids, found.empty() ? "-" : found) != q.ids.end();
}

std::set<std::size_t> lost_queries(const kb::Library& library, const std::vector<RegressionQuery>& queries,
                                   const std::set<std::string>& languages) {
  std::set<std::size_t> out;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (!languages.empty() && !languages.contains(queries[i].language)) continue;
    if (!is_right(queries[i], first_found(library, queries[i]))) out.insert(i);
  }
  return out;
}

}  // namespace usher::gateway::flow
