// Articles as staff curate them: listing, reading, editing, states, reviews.
#include "base/text.h"
#include "gateway/api/article_json.h"
#include "gateway/flow/library_files.h"
#include "kb/markdown.h"

namespace usher::gateway::api {
namespace {

constexpr std::size_t kFoundByWords = 200;  // articles a search of the listing looks at
constexpr std::size_t kMaxReason = 2000;    // bytes

struct Listed {
  std::vector<store::ArticleRow> rows;
  std::vector<std::vector<std::string>> translations;
  std::vector<store::ArticleCounts> usage;
};

Result<void> add_details(sql::Tx& tx, Listed& list) {
  for (const auto& row : list.rows) {
    auto languages = store::languages_of(tx, row.id);
    if (!languages) return fail(std::move(languages.error()));
    list.translations.push_back(std::move(*languages));
    auto usage = store::usage_of(tx, {row.id, row.language});
    if (!usage) return fail(std::move(usage.error()));
    list.usage.push_back(usage->counts);
  }
  return {};
}

// What the search finds for `words`, best first, then what has them in id or title (archived ones are only there).
std::vector<kb::ArticleKey> found_by(const kb::Library& library, const std::string& words, const store::ArticleFilter& filter) {
  kb::Query query;
  query.text = words;
  query.language = filter.language;
  query.product = filter.product;
  query.only_product = !filter.product.empty();
  query.audience = "internal";
  query.limit = kFoundByWords;
  if (!filter.state.empty()) query.states = {filter.state};
  std::vector<kb::ArticleKey> keys;
  for (const auto& hit : library.search(query)) keys.push_back(hit.article->key());
  return keys;
}

Result<Listed> list_found(sql::Tx& tx, const store::ArticleFilter& filter, const std::vector<kb::ArticleKey>& ranked) {
  auto all = store::list_articles(tx, filter);
  if (!all) return fail(std::move(all.error()));
  Listed out;
  auto is_listed = [&](const kb::ArticleKey& key) {
    return std::ranges::any_of(out.rows, [&](const auto& r) { return r.id == key.id && r.language == key.language; });
  };
  for (const auto& key : ranked) {
    auto row = store::load_article(tx, key.id, key.language);
    if (!row) return fail(std::move(row.error()));
    if (!*row) continue;
    const auto& r = **row;
    const bool fits = (filter.state.empty() || r.state == filter.state) &&
                      (filter.audience.empty() || r.audience == filter.audience) && (!filter.only_waiting || r.waiting > 0) &&
                      (filter.review_due.empty() || (!r.review_by.empty() && r.review_by <= filter.review_due));
    if (fits && static_cast<std::int64_t>(out.rows.size()) < filter.limit) out.rows.push_back(std::move(**row));
  }
  for (auto& row : *all) {
    if (static_cast<std::int64_t>(out.rows.size()) < filter.limit && !is_listed({row.id, row.language}))
      out.rows.push_back(std::move(row));
  }
  if (auto r = add_details(tx, out); !r) return fail(std::move(r.error()));
  return out;
}

Result<Listed> list_in_order(sql::Tx& tx, const store::ArticleFilter& filter) {
  auto rows = store::list_articles(tx, filter);
  if (!rows) return fail(std::move(rows.error()));
  Listed out{std::move(*rows), {}, {}};
  if (auto r = add_details(tx, out); !r) return fail(std::move(r.error()));
  return out;
}

store::ArticleFilter filter_of(const Call& call) {
  const auto& request = call.request;
  store::ArticleFilter f;
  f.language = request.query_param("language").value_or("");
  f.state = request.query_param("state").value_or("");
  f.audience = request.query_param("audience").value_or("");
  f.product = request.query_param("product").value_or("");
  f.words = request.query_param("query").value_or("");
  f.limit = page_query(request).limit;
  f.only_waiting = request.query_param("waiting").value_or("") == "1";
  if (request.query_param("review_due").value_or("") == "1") f.review_due = to_rfc3339(call.parts->clock->now()).substr(0, 10);
  const std::string after = request.query_param("after").value_or("");
  if (const auto slash = after.find('/'); slash != std::string::npos) {
    f.after_id = after.substr(0, slash);
    f.after_language = after.substr(slash + 1);
  }
  return f;
}

std::string reason_of(const json& body) {
  return text::cut(text::trim(text_of(body, "reason")), kMaxReason);
}

}  // namespace

boost::asio::awaitable<net::HttpResponse> list_articles(Call call) {
  const auto filter = filter_of(call);
  Result<Listed> list;
  if (filter.words.empty()) {
    list =
        co_await sql::read_returning<Listed>(*call.parts->database, [filter](sql::Tx& tx) { return list_in_order(tx, filter); });
  } else {
    auto ranked = found_by(*call.parts->content->get()->library, filter.words, filter);
    list = co_await sql::read_returning<Listed>(
        *call.parts->database, [filter, ranked = std::move(ranked)](sql::Tx& tx) { return list_found(tx, filter, ranked); });
  }
  if (!list) co_return problem(list.error());
  json articles = json::array();
  for (std::size_t i = 0; i < list->rows.size(); ++i)
    articles.push_back(article_json(list->rows[i], list->translations[i], list->usage[i]));
  const bool has_more = filter.words.empty() && static_cast<std::int64_t>(list->rows.size()) == filter.limit;
  const json next = has_more ? json(list->rows.back().id + "/" + list->rows.back().language) : json(nullptr);
  co_return answer({{"articles", std::move(articles)}, {"next", next}});
}

boost::asio::awaitable<net::HttpResponse> show_article(Call call) {
  const auto key = key_of(call);
  if (!key) co_return problem(404, "not_found", "there is no such article");
  struct Shown {
    std::optional<store::ArticleRow> row;
    std::optional<store::ArticleRevision> waiting;
    std::vector<std::string> translations;
    store::ArticleCounts usage;
  };
  auto shown = co_await sql::read_returning<Shown>(*call.parts->database, [key](sql::Tx& tx) -> Result<Shown> {
    Shown out;
    auto row = store::load_article(tx, key->id, key->language);
    if (!row) return fail(std::move(row.error()));
    out.row = std::move(*row);
    if (out.row && out.row->waiting > 0) {
      auto waiting = store::load_revision(tx, key->id, key->language, out.row->waiting);
      if (!waiting) return fail(std::move(waiting.error()));
      out.waiting = std::move(*waiting);
    }
    auto languages = store::languages_of(tx, key->id);
    if (!languages) return fail(std::move(languages.error()));
    out.translations = std::move(*languages);
    auto usage = store::usage_of(tx, *key);
    if (!usage) return fail(std::move(usage.error()));
    out.usage = usage->counts;
    return out;
  });
  if (!shown) co_return problem(shown.error());
  if (!shown->row) co_return problem(404, "not_found", "there is no such article");
  json body = article_json(*shown->row, shown->translations, shown->usage);
  std::vector<kb::Problem> problems;
  const auto article = kb::parse_article("article", shown->row->source, problems);
  body["source"] = shown->row->source;
  body["fields"] = article ? flow::to_fields(*article) : json(nullptr);
  body["html"] = article ? kb::to_html(article->body) : "";
  body["problems"] = problems_json(problems);
  body["base_revision"] = shown->row->expected_base();
  body["waiting"] = nullptr;
  if (shown->waiting) {
    body["waiting"] = revision_json(*shown->waiting);
    body["waiting"]["source"] = shown->waiting->source;
  }
  co_return answer(body);
}

boost::asio::awaitable<net::HttpResponse> put_article(Call call) {
  const auto key = key_of(call);
  auto body = parse_object(call.request.body);
  if (!key) co_return problem(400, "invalid", "an id is of a–z, 0–9 and '-', the language en or zh");
  if (!body || (!body->contains("source") && !body->contains("fields")))
    co_return problem(400, "invalid", "send {\"base_revision\":…, \"source\":… or \"fields\":{…}, \"reason\":…}");
  std::string source = text_of(*body, "source");
  if (source.empty()) {
    json fields = (*body)["fields"];
    if (!fields.is_object()) co_return problem(400, "invalid", "fields is an object");
    fields["id"] = key->id;
    fields["language"] = key->language;
    if (!fields.contains("state")) {
      auto row = co_await sql::read_returning<std::optional<store::ArticleRow>>(
          *call.parts->database, [key](sql::Tx& tx) { return store::load_article(tx, key->id, key->language); });
      if (!row) co_return problem(row.error());
      if (*row) fields["state"] = (*row)->state;
    }
    std::vector<kb::Problem> problems;
    const auto article = flow::from_fields(fields, problems);
    if (!article) co_return refused({Error{ErrorCode::kInvalid, "the fields have problems"}, {}, std::move(problems)});
    source = kb::write_article(*article);
  }
  auto done =
      co_await call.parts->curation->edit(curator_of(call), source, number_of(*body, "base_revision", 0), reason_of(*body), *key);
  co_return done ? edited(*done) : refused(done.error(), source);
}

boost::asio::awaitable<net::HttpResponse> set_article_state(Call call) {
  const auto key = key_of(call);
  auto body = parse_object(call.request.body);
  if (!key) co_return problem(404, "not_found", "there is no such article");
  if (!body || text_of(*body, "state").empty())
    co_return problem(400, "invalid", "send {\"state\":…, \"base_revision\":…, \"reason\":…}");
  auto done =
      co_await call.parts->curation->set_state(curator_of(call), *key, text_of(*body, "state"), text_of(*body, "audience"),
                                               number_of(*body, "base_revision", 0), reason_of(*body));
  co_return done ? edited(*done) : refused(done.error());
}

boost::asio::awaitable<net::HttpResponse> review_article(Call call) {
  const auto key = key_of(call);
  auto body = parse_object(call.request.body);
  if (!key) co_return problem(404, "not_found", "there is no such article");
  if (!body || !body->contains("accept") || !(*body)["accept"].is_boolean())
    co_return problem(400, "invalid", "send {\"revision\":…, \"accept\": true or false, \"reason\":…}");
  auto done = co_await call.parts->curation->review(curator_of(call), *key, number_of(*body, "revision", 0),
                                                    (*body)["accept"].get<bool>(), reason_of(*body));
  co_return done ? edited(*done) : refused(done.error());
}

}  // namespace usher::gateway::api
