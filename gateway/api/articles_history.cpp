// What articles were: revisions, what changed between them, and how a text would look.
#include "gateway/api/article_json.h"
#include "kb/markdown.h"

namespace usher::gateway::api {
namespace {

boost::asio::awaitable<Result<std::optional<store::ArticleRevision>>> revision_of(const Parts* parts, kb::ArticleKey key,
                                                                                  std::int64_t revision) {
  co_return co_await sql::read_returning<std::optional<store::ArticleRevision>>(
      *parts->database, [key, revision](sql::Tx& tx) { return store::load_revision(tx, key.id, key.language, revision); });
}

}  // namespace

boost::asio::awaitable<net::HttpResponse> list_article_revisions(Call call) {
  const auto key = key_of(call);
  if (!key) co_return problem(404, "not_found", "there is no such article");
  auto list = co_await sql::read_returning<std::vector<store::ArticleRevision>>(
      *call.parts->database, [key](sql::Tx& tx) { return store::list_revisions(tx, key->id, key->language); });
  if (!list) co_return problem(list.error());
  if (list->empty()) co_return problem(404, "not_found", "there is no such article");
  json revisions = json::array();
  for (const auto& r : *list) revisions.push_back(revision_json(r));
  co_return answer({{"revisions", std::move(revisions)}});
}

boost::asio::awaitable<net::HttpResponse> show_article_revision(Call call) {
  const auto key = key_of(call);
  if (!key) co_return problem(404, "not_found", "there is no such article");
  auto found = co_await revision_of(call.parts, *key, std::atoll(call.params[2].c_str()));
  if (!found) co_return problem(found.error());
  if (!*found) co_return problem(404, "not_found", "there is no such revision");
  json body = revision_json(**found);
  body["id"] = key->id;
  body["language"] = key->language;
  body["source"] = (*found)->source;
  co_return answer(body);
}

boost::asio::awaitable<net::HttpResponse> diff_article(Call call) {
  const auto key = key_of(call);
  if (!key) co_return problem(404, "not_found", "there is no such article");
  auto number = [&](const char* name) { return std::atoll(call.request.query_param(name).value_or("0").c_str()); };
  auto from = co_await revision_of(call.parts, *key, number("from"));
  if (!from) co_return problem(from.error());
  auto to = co_await revision_of(call.parts, *key, number("to"));
  if (!to) co_return problem(to.error());
  if (!*from || !*to) co_return problem(404, "not_found", "there is no such revision; name two with from= and to=");
  auto lines = co_await async::offload<std::vector<flow::DiffLine>>(
      *call.parts->pool, [a = std::move((*from)->source), b = std::move((*to)->source)] { return flow::diff_lines(a, b); });
  if (!lines) co_return problem(lines.error());
  co_return answer({{"lines", diff_json(*lines)}});
}

boost::asio::awaitable<net::HttpResponse> preview_article(Call call) {
  auto body = parse_object(call.request.body);
  if (!body || !body->contains("source")) co_return problem(400, "invalid", "send {\"source\":…}");
  struct Preview {
    std::string html;
    std::vector<kb::Problem> problems;
  };
  auto preview = co_await async::offload<Preview>(*call.parts->pool, [source = text_of(*body, "source")] {
    Preview out;
    const auto article = kb::parse_article("article", source, out.problems);
    // With problems, what stands below the front matter is shown all the same.
    const auto end = source.find("\n---\n");
    out.html = kb::to_html(article ? article->body : end == std::string::npos ? source : source.substr(end + 5));
    return out;
  });
  if (!preview) co_return problem(preview.error());
  co_return answer({{"html", preview->html}, {"problems", problems_json(preview->problems)}});
}

}  // namespace usher::gateway::api
