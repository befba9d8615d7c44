// Questions whose article must stay the first one found: config/kb/regression.tsv, asked after every edit. One line each,
// "#" begins a remark:
//
//   en <tab> laptop does not turn on <tab> no-power-reset            (several ids, with commas: any of them may be first)
//   en <tab> I want to buy a house <tab> -                           (nothing may be shown)
//
// Pure.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kb/article.h"
#include "kb/library.h"

namespace usher::gateway::flow {

struct RegressionQuery {
  std::string language, text;
  std::vector<std::string> ids;
  int line = 1;
};

// What cannot be read becomes a problem and is left out.
std::vector<RegressionQuery> parse_regression(std::string_view file_name, std::string_view bytes,
                                              std::vector<kb::Problem>& problems);
// The positions of those where a customer is shown something else, or nothing, or anything where there is nothing.
// `languages` not empty: only those asked in one of them. An edit can change what is found in its own language only.
std::set<std::size_t> lost_queries(const kb::Library& library, const std::vector<RegressionQuery>& queries,
                                   const std::set<std::string>& languages = {});
// What a customer is shown first: an id, or empty when nothing is good enough (kb::kMinConfidence).
bool is_right(const RegressionQuery& query, const std::string& found);
std::string first_found(const kb::Library& library, const RegressionQuery& query);

}  // namespace usher::gateway::flow
