// Searching as staff do, with the reasons.
#include "base/async/offload.h"
#include "base/text.h"
#include "gateway/api/article_json.h"

namespace usher::gateway::api {
namespace {

json hit_json(const kb::Hit& hit, const std::string& language) {
  json highlights = json::array(), reasons = json::array(), boosts = json::array();
  for (const auto& b : hit.boosts) boosts.push_back({{"what", b.what}, {"factor", b.factor}});
  for (const auto& [from, to] : hit.highlights) highlights.push_back({from, to});
  for (const auto& r : hit.reasons) reasons.push_back({{"term", r.term}, {"field", r.field}, {"contribution", r.contribution}});
  return {{"id", hit.article->id},
          {"language", hit.article->language},
          {"title", hit.article->title},
          {"score", hit.score},
          {"confidence", hit.confidence},
          {"covered", hit.covered},
          {"next", hit.next},
          {"state", hit.article->state},
          {"audience", hit.article->audience},
          {"translated", hit.translated},
          {"passage", hit.passage},
          {"highlights", std::move(highlights)},
          {"reasons", std::move(reasons)},
          {"boosts", std::move(boosts)},
          {"why", kb::explain_in_words(hit, language)}};
}

}  // namespace

boost::asio::awaitable<net::HttpResponse> search_articles(Call call) {
  auto body = parse_object(call.request.body);
  if (!body || text_of(*body, "text").empty())
    co_return problem(400, "invalid",
                      "send {\"text\":…, \"language\":…, \"product\":…, \"kind\":…, \"audience\":…, \"limit\":…}");
  kb::Query query;
  query.text = text_of(*body, "text");
  query.language = text_of(*body, "language");
  query.product = text_of(*body, "product");
  query.kind = text_of(*body, "kind");
  query.audience = body->contains("audience") ? text_of(*body, "audience") : "internal";
  query.limit = static_cast<std::size_t>(std::clamp<std::int64_t>(number_of(*body, "limit", 10), 1, 100));
  const bool also_others = body->value("other_languages", json(true)) == json(true);
  query.other_languages = also_others ? kb::Query::OtherLanguages::kYes : kb::Query::OtherLanguages::kNo;
  const std::string words = query.language.empty() ? text::guess_language(query.text) : query.language;
  const auto library = call.parts->content->get()->library;
  const auto begin = std::chrono::steady_clock::now();
  const auto hits = library->search(query);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  json list = json::array();
  for (const auto& hit : hits) list.push_back(hit_json(hit, words));
  auto corrected = co_await async::offload<std::optional<std::string>>(
      *call.parts->pool, [library, text = query.text, words] { return library->did_you_mean(text, words); });
  const auto better = corrected ? std::move(*corrected) : std::nullopt;
  co_return answer({{"hits", std::move(list)},
                    {"did_you_mean", better ? json(*better) : json(nullptr)},
                    {"found", !hits.empty() && hits[0].confidence >= kb::kMinConfidence},
                    {"ms", took.count()}});
}

boost::asio::awaitable<net::HttpResponse> suggest_articles(Call call) {
  const auto typed = call.request.query_param("q").value_or("");
  const auto language = call.request.query_param("language").value_or("");
  const auto library = call.parts->content->get()->library;
  co_return answer({{"suggestions", library->suggest(typed, language, 8)}});
}

}  // namespace usher::gateway::api
