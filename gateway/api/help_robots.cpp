// What search engines ask for: the sitemap of the help centre, and robots.txt.
#include "base/text.h"
#include "gateway/api/help_page.h"

namespace usher::gateway::api {
namespace {

constexpr std::size_t kMaxSitemap = 50'000;  // sitemaps.org

net::HttpResponse sitemap(const Call& call, const kb::Library& library) {
  const std::string base = text::html_escape(base_url(call));
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" "
      "xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n";
  auto add = [&](const std::string& path, const std::string& language, const std::string& other_path) {
    xml += "<url><loc>" + base + path + "</loc>";
    if (!other_path.empty()) {
      for (const auto& [code, target] : {std::pair{language, path}, std::pair{other_language(language), other_path}})
        xml += "<xhtml:link rel=\"alternate\" hreflang=\"" + code + "\" href=\"" + base + target + "\"/>";
    }
    xml += "</url>\n";
  };
  std::size_t count = 2;
  for (const char* language : {"en", "zh"}) add("/help/" + std::string(language), language, "/help/" + other_language(language));
  for (const kb::Article& a : library.articles()) {
    if (!is_public(a) || !is_help_language(a.language) || ++count > kMaxSitemap) continue;
    const kb::Article* other = library.find(kb::ArticleKey{a.id, other_language(a.language)});
    add(article_path(a), a.language, other != nullptr && is_public(*other) ? article_path(*other) : std::string());
  }
  net::HttpResponse response;
  response.headers.add("Content-Type", "application/xml; charset=utf-8");
  response.headers.add("Cache-Control", "public, max-age=3600");
  response.body = std::move(xml) + "</urlset>\n";
  return response;
}

}  // namespace

boost::asio::awaitable<net::HttpResponse> help_sitemap(Call call) {
  if (!call.parts->help_centre) co_return problem(404, "not_found", "the help centre is switched off");
  const auto library = call.parts->content->get()->library;
  auto response = co_await help_kept(call, "sitemap", library, [call, library] { return sitemap(call, *library); });
  co_return response ? std::move(*response) : problem(response.error());
}

boost::asio::awaitable<net::HttpResponse> robots_txt(Call call) {
  std::string words = "User-agent: *\n";
  if (call.parts->help_centre) {
    words += "Disallow: /api/\nDisallow: /chat/\nDisallow: /console\nDisallow: /help/en/search\nDisallow: /help/zh/search\n";
    if (const auto base = base_url(call); !base.empty()) words += "\nSitemap: " + base + "/help/sitemap.xml\n";
  } else {
    words += "Disallow: /\n";
  }
  auto response = net::HttpResponse::text(200, std::move(words));
  response.headers.add("Cache-Control", "public, max-age=3600");
  co_return response;
}

}  // namespace usher::gateway::api
