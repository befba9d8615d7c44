// Articles as files: import, export, and the pictures they show.
#include "base/crypto.h"
#include "base/id.h"
#include "connectors/attachments.h"
#include "gateway/api/article_json.h"
#include "gateway/flow/library_files.h"

namespace usher::gateway::api {
namespace {

struct Kind {
  std::string_view content_type, extension;
};
// What articles may show or offer. No SVG: it may hold scripts.
constexpr Kind kKinds[] = {{"image/png", "png"}, {"image/jpeg", "jpg"}, {"image/webp", "webp"},
                           {"image/gif", "gif"}, {"video/mp4", "mp4"},  {"application/pdf", "pdf"}};

const Kind* kind_of(std::string_view content_type) {
  const auto* it = std::ranges::find(kKinds, content_type, &Kind::content_type);
  return it == std::end(kKinds) ? nullptr : it;
}

json file_json(const store::ArticleFile& f) {
  const Kind* kind = kind_of(f.content_type);
  const std::string url = "/help/pictures/" + f.sha256 + (kind == nullptr ? "" : "." + std::string(kind->extension));
  const bool is_picture = f.content_type.starts_with("image/");
  return {{"sha256", f.sha256},
          {"name", f.name},
          {"content_type", f.content_type},
          {"bytes", f.bytes},
          {"author", f.author},
          {"at", to_rfc3339(f.at)},
          {"url", url},
          {"markdown", (is_picture ? "![" : "[") + f.name + "](" + url + ")"}};
}

}  // namespace

boost::asio::awaitable<net::HttpResponse> import_articles(Call call) {
  const std::string format = call.request.query_param("format").value_or("json");
  const std::string name = connectors::harmless_file_name(call.request.query_param("name").value_or("upload"));
  struct Read {
    std::vector<flow::ImportItem> items;
    std::vector<kb::Problem> problems;
  };
  auto read = co_await async::offload<Read>(*call.parts->pool, [format, name, bytes = std::move(call.request.body)] {
    Read r;
    r.items = flow::read_library_file(name, format, bytes, r.problems);
    return r;
  });
  if (!read) co_return problem(read.error());
  if (!read->problems.empty()) {
    json problems = json::array();
    for (const auto& p : read->problems)
      problems.push_back({{"file", p.file}, {"line", p.line}, {"column", p.column}, {"message", p.message}, {"hint", p.hint}});
    co_return answer({{"error", {{"code", "invalid"}, {"message", "nothing was imported: the file has problems"}}},
                      {"problems", std::move(problems)}},
                     400);
  }
  auto reason = call.request.query_param("reason").value_or("");
  if (reason.empty()) reason = "import of " + name;
  auto done = co_await call.parts->curation->import(curator_of(call), std::move(read->items), std::move(reason));
  if (!done) co_return refused(done.error());
  co_return answer({{"created", done->created},
                    {"changed", done->changed},
                    {"unchanged", done->unchanged},
                    {"waiting_review", done->waiting},
                    {"lost_queries", done->lost}});
}

boost::asio::awaitable<net::HttpResponse> export_articles(Call call) {
  const std::string format = call.request.query_param("format").value_or("json");
  const std::string type(flow::library_content_type(format));
  if (type.empty()) co_return problem(400, "invalid", "the format is one of json, csv, tsv, html");
  store::ArticleFilter filter;
  filter.language = call.request.query_param("language").value_or("");
  filter.state = call.request.query_param("state").value_or("");
  filter.product = call.request.query_param("product").value_or("");
  filter.limit = 1'000'000;
  auto rows = co_await sql::read_returning<std::vector<store::ArticleRow>>(
      *call.parts->database, [filter](sql::Tx& tx) { return store::list_articles(tx, filter); });
  if (!rows) co_return problem(rows.error());
  auto file = co_await async::offload<std::string>(*call.parts->pool, [format, rows = std::move(*rows)] {
    std::vector<flow::Exported> articles;
    for (const auto& row : rows) {
      std::vector<kb::Problem> problems;
      if (auto a = kb::parse_article("article", row.source, problems))
        articles.push_back({std::move(*a), row.revision, row.source});
    }
    return flow::write_library_file(format, articles);
  });
  if (!file) co_return problem(file.error());
  net::HttpResponse response;
  response.headers.add("Content-Type", type);
  response.headers.add("Content-Disposition", "attachment; filename=\"articles." + format + "\"");
  response.body = std::move(*file);
  co_return response;
}

boost::asio::awaitable<net::HttpResponse> list_article_files(Call call) {
  const auto limit = page_query(call.request).limit;
  auto files = co_await sql::read_returning<std::vector<store::ArticleFile>>(
      *call.parts->database, [limit](sql::Tx& tx) { return store::list_article_files(tx, limit); });
  if (!files) co_return problem(files.error());
  json list = json::array();
  for (const auto& f : *files) list.push_back(file_json(f));
  co_return answer({{"files", std::move(list)}});
}

boost::asio::awaitable<net::HttpResponse> add_article_file(Call call) {
  store::ArticleFile file;
  file.content = std::move(call.request.body);
  if (file.content.empty()) co_return problem(400, "invalid", "send the file's bytes as the body, its name as ?name=");
  file.name = connectors::harmless_file_name(call.request.query_param("name").value_or("picture"));
  file.content_type = connectors::content_type_of(file.content, "application/octet-stream");
  if (kind_of(file.content_type) == nullptr)
    co_return problem(400, "invalid", "this is " + file.content_type + "; articles may have PNG, JPEG, WebP, GIF, MP4 and PDF");
  file.sha256 = crypto::sha256_hex(file.content);
  file.bytes = static_cast<std::int64_t>(file.content.size());
  file.author = call.user->name;
  file.at = call.parts->clock->now();
  auto added = co_await sql::write_returning<bool>(*call.parts->database, [file](sql::Tx& tx) -> Result<bool> {
    auto is_new = store::insert_article_file(tx, file);
    if (!is_new || !*is_new) return is_new;
    if (auto r = store::insert_audit(tx, make_uuid_v7(file.at), file.at, file.author, "article.file", file.sha256, file.name); !r)
      return fail(std::move(r.error()));
    return true;
  });
  if (!added) co_return problem(added.error());
  co_return answer(file_json(file), *added ? 201 : 200);
}

boost::asio::awaitable<net::HttpResponse> show_article_file(Call call) {
  auto file = co_await sql::read_returning<std::optional<store::ArticleFile>>(
      *call.parts->database,
      [sha = call.params[0].substr(0, call.params[0].find('.'))](sql::Tx& tx) { return store::load_article_file(tx, sha); });
  if (!file) co_return problem(file.error());
  if (!*file) co_return problem(404, "not_found", "there is no such file");
  net::HttpResponse response;
  response.headers.add("Content-Type", (*file)->content_type);
  response.headers.add("Cache-Control", "private, max-age=31536000, immutable");
  response.body = std::move((*file)->content);
  co_return response;
}

}  // namespace usher::gateway::api
