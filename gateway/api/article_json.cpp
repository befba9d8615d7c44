#include "gateway/api/article_json.h"

namespace usher::gateway::api {

json article_json(const store::ArticleRow& row, const std::vector<std::string>& translations, const store::ArticleCounts& usage) {
  json others = json::array();
  for (const auto& language : translations) {
    if (language != row.language) others.push_back(language);
  }
  return {
      {"id", row.id},
      {"language", row.language},
      {"title", row.title},
      {"state", row.state},
      {"audience", row.audience},
      {"revision", row.revision},
      {"updated_at", to_rfc3339(row.updated_at)},
      {"author", row.author},
      {"reviewer", row.reviewer},
      {"review_by", row.review_by},
      {"products", row.products},
      {"tags", row.tags},
      {"usage", {{"shown", usage.shown}, {"opened", usage.opened}, {"solved", usage.solved}, {"not_solved", usage.not_solved}}},
      {"translations", std::move(others)},
      {"waiting_review", row.waiting > 0}};
}

json revision_json(const store::ArticleRevision& r) {
  return {{"revision", r.revision}, {"state", r.state},       {"author", r.author},   {"reviewer", r.reviewer},
          {"reason", r.reason},     {"at", to_rfc3339(r.at)}, {"verdict", r.verdict}, {"verdict_reason", r.verdict_reason}};
}

json problems_json(const std::vector<kb::Problem>& problems) {
  json out = json::array();
  for (const auto& p : problems)
    out.push_back({{"line", p.line}, {"column", p.column}, {"message", p.message}, {"hint", p.hint}});
  return out;
}

json diff_json(const std::vector<flow::DiffLine>& lines) {
  json out = json::array();
  for (const auto& line : lines) out.push_back({{"kind", flow::name_of(line.kind)}, {"text", line.text}});
  return out;
}

net::HttpResponse refused(const flow::Refusal& refusal, const std::string& mine) {
  auto response = problem(refusal.error);
  if (!refusal.current && refusal.problems.empty()) return response;
  json body = {{"error", {{"code", to_string(refusal.error.code)}, {"message", refusal.error.message}}}};
  if (!refusal.problems.empty()) body["problems"] = problems_json(refusal.problems);
  if (refusal.current) {
    body["current"] = revision_json(*refusal.current);
    body["current"]["source"] = refusal.current->source;
    if (!mine.empty()) body["diff"] = diff_json(flow::diff_lines(refusal.current->source, mine));
  }
  return answer(body, response.status);
}

net::HttpResponse edited(const flow::Edited& done) {
  const auto& row = done.revised.row;
  return answer({{"id", row.id},
                 {"language", row.language},
                 {"revision", done.revised.revision},
                 {"state", row.state},
                 {"audience", row.audience},
                 {"waiting_review", done.revised.waits},
                 {"changed", done.revised.is_new},
                 {"lost_queries", done.lost}});
}

std::optional<kb::ArticleKey> key_of(const Call& call) {
  const std::string &id = call.params[0], &language = call.params[1];
  // "files" is the pictures' address.
  const bool is_good =
      id.size() <= 80 && id != "files" && (language == "en" || language == "zh") &&
      std::ranges::all_of(id, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (!is_good) return std::nullopt;
  return kb::ArticleKey{id, language};
}

flow::Curator curator_of(const Call& call) {
  return {call.user->name, call.user->role};
}

}  // namespace usher::gateway::api
