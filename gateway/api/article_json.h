// How articles, revisions and refusals look as JSON; shared by the article routes of this folder only.
#pragma once
#include "gateway/api/api.h"
#include "gateway/api/json.h"
#include "gateway/flow/line_diff.h"
#include "gateway/store/feedback.h"

namespace usher::gateway::api {

// An article as listings show it. `translations`: the languages it exists in.
json article_json(const store::ArticleRow& row, const std::vector<std::string>& translations, const store::ArticleCounts& usage);
json revision_json(const store::ArticleRevision& revision);
json problems_json(const std::vector<kb::Problem>& problems);
json diff_json(const std::vector<flow::DiffLine>& lines);
// 400 with the problems, 403, 404, or 409 with the current revision and what differs from `mine` (when it is not empty).
net::HttpResponse refused(const flow::Refusal& refusal, const std::string& mine = {});
net::HttpResponse edited(const flow::Edited& done);

// The article an address names (:id, :language); 404 as an answer when it cannot be one.
std::optional<kb::ArticleKey> key_of(const Call& call);
flow::Curator curator_of(const Call& call);

inline std::string text_of(const json& object, const char* name) {
  const auto it = object.find(name);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string{};
}
inline std::int64_t number_of(const json& object, const char* name, std::int64_t otherwise) {
  const auto it = object.find(name);
  return it != object.end() && it->is_number_integer() ? it->get<std::int64_t>() : otherwise;
}

}  // namespace usher::gateway::api
