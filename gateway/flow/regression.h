// Questions whose article must stay the first one found: config/kb/regression.tsv, asked after every edit. One line each,
// "#" begins a remark:
//
//   en <tab> laptop does not turn on <tab> no-power-reset            # or several ids, with commas: any of them may be first
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
// The positions of those whose first hit, as a customer gets it, is another or nothing.
std::set<std::size_t> lost_queries(const kb::Library& library, const std::vector<RegressionQuery>& queries);
// What a customer gets first: an id, or empty.
std::string first_found(const kb::Library& library, const RegressionQuery& query);

}  // namespace usher::gateway::flow
