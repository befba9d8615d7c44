// JSON for this folder's .cpp files only: building answers and reading bodies.
#pragma once
#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/net/http.h"
#include "connectors/json_input.h"

namespace usher::gateway::api {

using nlohmann::json;

inline std::string dump(const json& j) {
  return connectors::to_json_text(j);
}
inline net::HttpResponse answer(const json& j, int status = 200) {
  return net::HttpResponse::json(status, dump(j));
}
inline json time_or_null(std::optional<Timestamp> t) {
  return t ? json(to_rfc3339(*t)) : json(nullptr);
}

// The body as an object; nullopt when it is none or nested absurdly.
inline std::optional<json> parse_object(const std::string& body) {
  auto too_deep = [](int depth, json::parse_event_t, json&) { return depth < 16; };
  auto j = json::parse(body, too_deep, false);
  if (!j.is_object()) return std::nullopt;
  return j;
}

struct PageQuery {
  std::int64_t limit = 50;
  std::string before;
};
inline PageQuery page_query(const net::HttpRequest& request) {
  PageQuery q;
  if (auto limit = request.query_param("limit")) q.limit = std::clamp<std::int64_t>(std::atoll(limit->c_str()), 1, 200);
  q.before = request.query_param("before").value_or("");
  return q;
}

}  // namespace usher::gateway::api
