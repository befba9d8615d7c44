// An article's page, "did this solve it?", and the pictures articles show.
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "connectors/json_input.h"
#include "gateway/api/help_page.h"
#include "gateway/api/pictures.h"
#include "gateway/flow/content.h"
#include "gateway/flow/feedback.h"
#include "gateway/store/library.h"

namespace usher::gateway::api {
namespace {

constexpr std::size_t kRelated = 4;
constexpr double kRelatedConfidence = 0.1;
constexpr std::size_t kIssueShown = 5;  // lines of a list; what to do should not be far below

// A list of many ways to say it is for the search more than for the reader: the first few, and the rest to be unfolded.
std::pair<std::string, std::string> cut_list(const std::string& markdown) {
  std::pair<std::string, std::string> out;
  std::size_t items = 0;
  for (const auto& line : text::split(markdown, '\n')) {
    const bool is_item = line.starts_with("- ") || line.starts_with("* ");
    if (!is_item && !line.empty()) return {markdown, {}};  // no plain list
    (items < kIssueShown ? out.first : out.second) += line + "\n";
    if (is_item) ++items;
  }
  if (items <= kIssueShown + 1) return {markdown, {}};
  return out;
}

std::string joined(const std::vector<std::string>& words, const std::string& language) {
  std::string out;
  for (const auto& w : words) out += (out.empty() ? "" : language == "zh" ? "、" : ", ") + w;
  return out;
}

// For search engines (schema.org). "<" is written so that no text can end the element.
std::string json_ld(const kb::Article& a, const std::string& description, const std::string& address,
                    const std::string& company) {
  const nlohmann::json j = {{"@context", "https://schema.org"},
                            {"@type", "TechArticle"},
                            {"headline", a.title},
                            {"description", description},
                            {"inLanguage", a.language == "zh" ? "zh-CN" : "en"},
                            {"mainEntityOfPage", address},
                            {"publisher", {{"@type", "Organization"}, {"name", company}}}};
  std::string out;
  for (const char c : connectors::to_json_text(j)) out += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return out;
}

data related_to(const kb::Library& library, const kb::Article& article) {
  kb::Query query;
  query.text = article.title;
  for (const auto& tag : article.tags) query.text += " " + tag;
  query.language = article.language;
  query.limit = 2 * kRelated;
  query.brief = true;
  data list{data::type::list};
  std::size_t count = 0;
  for (const kb::Hit& hit : library.search(query)) {
    if (hit.article->id == article.id || hit.confidence < kRelatedConfidence || ++count > kRelated) continue;
    data one{data::type::object};
    one.set("url", article_path(*hit.article));
    one.set("title", hit.article->title);
    list << one;
  }
  return list;
}

net::HttpResponse moved(std::string location, int status) {
  auto response = net::HttpResponse::redirect(std::move(location));
  response.status = status;
  return response;
}

data article_values(const Call& call, const kb::Library& library, const kb::Article& a) {
  data values{data::type::object};
  values.set("heading", a.title);
  const auto [issue, more] = cut_list(a.issue);
  set_text(values, "issue", article_html(issue, a.language));
  set_text(values, "issue_more", article_html(more, a.language));
  set_text(values, "environment", article_html(a.environment, a.language));
  set_text(values, "resolution", article_html(a.resolution, a.language));
  set_text(values, "cause", article_html(a.cause, a.language));
  std::vector<std::string> products;
  for (const auto& product : a.products) products.push_back(product_name(product, a.language));
  set_text(values, "products", joined(products, a.language));
  set_text(values, "codes", joined(a.codes, a.language));
  if (!a.products.empty()) {
    data topic{data::type::object};
    topic.set("name", products.front());
    topic.set("url", filter_path(a.language, "product", a.products.front()));
    values.set("topic", topic);
  }
  const data related = related_to(library, a);
  set_flag(values, "has_related", related.is_non_empty_list());
  values.set("related", related);
  values.set("action", "/help/" + a.language + "/" + a.id + "/feedback");
  const std::string said = call.request.query_param("said").value_or("");
  set_flag(values, "said_yes", said == "yes");
  set_flag(values, "said_no", said == "no");
  set_flag(values, "ask", said != "yes" && said != "no");
  return values;
}

// Files that staff uploaded are named by their SHA-256: 64 hexadecimal digits and an ending.
constexpr std::size_t kHash = 64;
bool is_uploaded(std::string_view name) {
  return name.find_first_not_of("0123456789abcdef") >= kHash && name.size() >= kHash &&
         (name.size() == kHash || name[kHash] == '.');
}

boost::asio::awaitable<Result<std::shared_ptr<const Picture>>> uploaded(const Parts* parts, std::string sha256) {
  auto file = co_await sql::read_returning<std::optional<store::ArticleFile>>(
      *parts->database, [sha256](sql::Tx& tx) { return store::load_article_file(tx, sha256); });
  if (!file) co_return fail(std::move(file.error()));
  if (!*file) co_return std::shared_ptr<const Picture>();
  auto picture = std::make_shared<Picture>();
  picture->content_type = (*file)->content_type;
  picture->bytes = std::move((*file)->content);
  picture->etag = "\"" + sha256.substr(0, 20) + "\"";
  co_return std::shared_ptr<const Picture>(std::move(picture));
}

bool is_from_elsewhere(const net::HttpRequest& request) {
  const auto site = request.headers.find("Sec-Fetch-Site");
  return (site && *site == "cross-site") || !connectors::webchat::origin_allowed(request, {});
}

}  // namespace

boost::asio::awaitable<net::HttpResponse> help_article(Call call) {
  const Parts& parts = *call.parts;
  if (!parts.help_centre) co_return problem(404, "not_found", "the help centre is switched off");
  const std::string language = call.params.at(0), id = call.params.at(1);
  if (!is_help_language(language)) co_return help_missing(call, "");
  const auto content = parts.content->get();
  const kb::Article* a = flow::for_customers(*content->library, id, language);
  if (a == nullptr || !is_help_language(a->language)) co_return help_missing(call, language);
  const std::string path = article_path(*a);
  if (a->language != language) co_return moved(path, 302);  // until it is translated
  if (call.request.path != path) co_return moved(path, 301);
  const kb::Article* other = flow::for_customers(*content->library, id, other_language(language));
  HelpPage page;
  page.language = language;
  page.path = path;
  page.title = a->title;
  page.description = summary_of(*a, 155);
  page.has_translation = other != nullptr && other->language != language;
  if (page.has_translation) page.other_path = article_path(*other);
  page.json_ld = json_ld(*a, page.description, base_url(call) + path, parts.company);
  const bool has_said = call.request.query_param("said").has_value();
  auto response = help_response(call, page, "help_article.html", article_values(call, *content->library, *a));
  const bool is_person =
      !flow::is_robot(call.request.headers.find("User-Agent").value_or(""),
                      call.request.headers.find("Sec-Purpose").value_or(call.request.headers.find("Purpose").value_or("")));
  if (parts.feedback != nullptr && is_person && !has_said && call.request.method == "GET")
    parts.feedback->opened(flow::visitor_of(call.request.remote), a->key());
  co_return response;
}

boost::asio::awaitable<net::HttpResponse> help_feedback(Call call) {
  const Parts& parts = *call.parts;
  if (!parts.help_centre) co_return problem(404, "not_found", "the help centre is switched off");
  if (is_from_elsewhere(call.request)) co_return problem(403, "denied", "requests from other sites are refused");
  const std::string language = call.params.at(0);
  const auto content = parts.content->get();
  const kb::Article* a =
      is_help_language(language) ? flow::for_customers(*content->library, call.params.at(1), language) : nullptr;
  if (a == nullptr) co_return help_missing(call, language);
  std::string solved;
  for (const auto& [name, value] : call.request.form()) {
    if (name == "solved") solved = value;
  }
  if (solved != "yes" && solved != "no") co_return problem(400, "invalid", "send solved=yes or solved=no");
  if (parts.feedback != nullptr && !flow::is_robot(call.request.headers.find("User-Agent").value_or(""), "")) {
    // Awaited: a customer who says that it did not help has been heard when the next page shows.
    const std::string path = article_path(*a);
    auto kept = co_await parts.feedback->said(flow::visitor_of(call.request.remote), a->key(), solved == "yes");
    if (!kept) co_return problem(kept.error());
    co_return net::HttpResponse::redirect(path + "?said=" + solved + "#feedback");
  }
  co_return net::HttpResponse::redirect(article_path(*a) + "?said=" + solved + "#feedback");
}

boost::asio::awaitable<net::HttpResponse> help_picture(Call call) {
  constexpr std::string_view kPrefix = "/help/pictures/";
  const std::string name = call.request.path.substr(kPrefix.size());
  auto found = is_uploaded(name) ? co_await uploaded(call.parts, name.substr(0, kHash)) : co_await call.help_pictures->find(name);
  if (!found) co_return problem(found.error());
  if (!*found) co_return problem(404, "not_found", "there is no picture at this address");
  const Picture& picture = **found;
  const auto known = call.request.headers.find("If-None-Match");
  net::HttpResponse response;
  response.status = known && *known == picture.etag ? 304 : 200;
  response.headers.add("Content-Type", picture.content_type);
  response.headers.add("ETag", picture.etag);
  response.headers.add("Cache-Control", "public, max-age=3600");
  response.headers.add("Cross-Origin-Resource-Policy", "cross-origin");  // the chat shows it on other sites' pages
  // An SVG opened by itself must not run what it holds.
  response.headers.add("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
  if (response.status == 200) response.body = picture.bytes;
  co_return response;
}

}  // namespace usher::gateway::api
