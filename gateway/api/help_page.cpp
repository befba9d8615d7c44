#include "gateway/api/help_page.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/crypto.h"
#include "base/text.h"
#include "kb/lint.h"
#include "kb/markdown.h"
#include "web/assets.h"

namespace usher::gateway::api {
namespace {

// As every page's, but articles may show pictures from other sites.
constexpr std::string_view kHelpPolicy =
    "default-src 'self'; img-src 'self' https:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'; form-action 'self'";
constexpr std::size_t kMaxSlug = 60;

constexpr auto kProductsZh =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"laptop", "笔记本电脑"},
                                                                  {"desktop", "台式电脑"},
                                                                  {"all-in-one", "一体机"},
                                                                  {"phone", "手机"},
                                                                  {"tablet", "平板电脑"},
                                                                  {"printer", "打印机"},
                                                                  {"multifunction printer", "多功能一体机"},
                                                                  {"scanner", "扫描仪"},
                                                                  {"monitor", "显示器"},
                                                                  {"router", "路由器"},
                                                                  {"external drive", "移动硬盘"},
                                                                  {"usb stick", "U盘"},
                                                                  {"memory card", "存储卡"},
                                                                  {"keyboard", "键盘"},
                                                                  {"mouse", "鼠标"},
                                                                  {"headphones", "耳机"},
                                                                  {"headset", "耳机"},
                                                                  {"speaker", "音箱"},
                                                                  {"camera", "相机"},
                                                                  {"webcam", "摄像头"},
                                                                  {"dock", "扩展坞"},
                                                                  {"charger", "充电器"},
                                                                  {"projector", "投影仪"},
                                                                  {"smartwatch", "智能手表"},
                                                                  {"watch", "手表"},
                                                                  {"tv", "电视"},
                                                                  {"server", "服务器"},
                                                                  {"nas", "NAS"}});

std::string_view bytes_of(std::string_view name) {
  const web::Asset* asset = web::find(name);
  return asset == nullptr ? std::string_view{} : asset->bytes;
}

std::string html_language(std::string_view language) {
  return language == "zh" ? "zh-CN" : "en";
}

// The title as a part of an address: ASCII letters and digits. Chinese titles have none worth reading.
std::string slug_of(const std::string& title) {
  std::string out;
  for (const char c : text::to_lower_ascii(title)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
    if (out.size() >= kMaxSlug && out.back() == '-') break;
  }
  while (out.ends_with('-')) out.pop_back();
  return out;
}

void fill_frame(const Call& call, const HelpPage& page, data& values) {
  const bool zh = page.language == "zh";
  const std::string other = other_language(page.language);
  const std::string base = base_url(call);
  values.set("lang", html_language(page.language));
  values.set("short", page.language);
  set_flag(values, "zh", zh);
  set_flag(values, "is_index", page.is_index);
  values.set("company", call.parts->company);
  values.set("title", page.title + " – " + call.parts->company);
  set_text(values, "description", page.description);
  set_text(values, "q", page.searched);
  set_text(values, "json_ld", page.json_ld);
  values.set("other_url", page.other_path.empty() ? "/help/" + other : page.other_path);
  values.set("other_lang", html_language(other));
  values.set("other_short", other);
  values.set("other_name", zh ? "English" : "中文");
  if (call.parts->webchat != nullptr) values.set("chat", "/chat/plain?lang=" + page.language);
  if (page.path.empty()) {
    set_flag(values, "noindex", true);
    return;
  }
  values.set("canonical", base + page.path);
  if (!page.has_translation) return;
  data alternates{data::type::list};
  auto add = [&](const std::string& code, const std::string& path) {
    data one{data::type::object};
    one.set("code", code);
    one.set("url", base + path);
    alternates << one;
  };
  add(page.language, page.path);
  add(other, page.other_path);
  add("x-default", zh ? page.other_path : page.path);
  values.set("alternates", alternates);
}

}  // namespace

void set_text(data& values, const char* name, const std::string& text) {
  if (!text.empty()) values.set(name, text);
}

void set_flag(data& values, const char* name, bool is_set) {
  if (is_set) values.set(name, data::type::bool_true);
}

bool is_public(const kb::Article& article) {
  return article.state == "published" && article.audience == "customer";
}

bool is_help_language(std::string_view language) {
  return language == "en" || language == "zh";
}

std::string other_language(std::string_view language) {
  return language == "zh" ? "en" : "zh";
}

std::string help_language(const net::HttpRequest& request) {
  for (const auto& part : text::split(request.headers.find("Accept-Language").value_or(""), ',')) {
    const std::string tag = text::to_lower_ascii(text::trim(part)).substr(0, 2);
    if (is_help_language(tag)) return tag;
  }
  return "en";
}

std::string base_url(const Call& call) {
  std::string base = call.parts->public_url;
  while (base.ends_with('/')) base.pop_back();
  if (!base.empty()) return base;
  const std::string_view host = call.request.headers.find("Host").value_or("");
  const bool is_plain =
      !host.empty() && host.size() < 256 &&
      std::ranges::all_of(
          host, [](unsigned char c) { return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':' || c == '[' || c == ']'; });
  return is_plain ? (call.parts->is_https ? "https://" : "http://") + std::string(host) : std::string();
}

std::string article_path(const kb::Article& article) {
  const std::string slug = article.language == "zh" ? std::string() : slug_of(article.title);
  return "/help/" + article.language + "/" + article.id + (slug.empty() ? "" : "/" + slug);
}

std::string filter_path(std::string_view language, std::string_view name, std::string_view value) {
  return "/help/" + std::string(language) + "?" + std::string(name) + "=" + text::url_encode(value);
}

std::string product_name(const std::string& product, std::string_view language) {
  if (language != "zh") return product;
  const auto* known =
      std::ranges::find(kProductsZh, text::to_lower_ascii(product), [](const auto& p) { return std::string(p.first); });
  return known == kProductsZh.end() ? product : std::string(known->second);
}

std::string article_html(std::string_view markdown, std::string_view language) {
  return kb::to_html(markdown, [language](std::string_view address, bool is_picture) {
    const std::string id = is_picture ? std::string() : kb::linked_article(address);
    if (!id.empty()) return "/help/" + std::string(language) + "/" + id;
    if (is_picture && address.starts_with("pictures/")) return "/help/" + std::string(address);
    return std::string(address);
  });
}

std::string summary_of(const kb::Article& article, std::size_t length) {
  std::string plain = kb::to_plain_text(article.issue.empty() ? article.resolution : article.issue);
  for (const std::string_view bullet : {"• ", "1. "}) {
    for (auto at = plain.find(bullet); at != std::string::npos; at = plain.find(bullet, at)) plain.erase(at, bullet.size());
  }
  return text::cut(text::collapse_spaces(plain), length);
}

net::HttpResponse help_rendered(const Call& call, const HelpPage& page, std::string_view name, data values) {
  fill_frame(call, page, values);
  values.set("head", data{kainjow::mustache::partial{[] { return std::string(bytes_of("help_head.html")); }}});
  values.set("foot", data{kainjow::mustache::partial{[] { return std::string(bytes_of("help_foot.html")); }}});
  kainjow::mustache::mustache words{std::string(bytes_of(name))};
  auto response = net::HttpResponse::html(page.status, words.render(values));
  response.headers.add("Content-Security-Policy", std::string(kHelpPolicy));
  response.headers.add("Content-Language", html_language(page.language));
  if (page.status != 200) return response;
  response.headers.add("ETag", "\"" + crypto::sha256_hex(response.body).substr(0, 20) + "\"");
  response.headers.add("Cache-Control", "public, max-age=0, must-revalidate");
  return response;
}

net::HttpResponse unless_known(const net::HttpRequest& request, net::HttpResponse response) {
  const auto etag = response.headers.find("ETag");
  const auto known = request.headers.find("If-None-Match");
  if (etag && known && known->find(*etag) != std::string_view::npos) {
    response.status = 304;
    response.body.clear();
  }
  return response;
}

net::HttpResponse help_response(const Call& call, const HelpPage& page, std::string_view name, data values) {
  return unless_known(call.request, help_rendered(call, page, name, std::move(values)));
}

std::optional<net::HttpResponse> HelpCache::find(const std::string& key, const Library& library) const {
  const std::lock_guard lock(mutex_);
  const auto it = kept_.find(key);
  if (it == kept_.end() || it->second.library.lock() != library) return std::nullopt;
  return it->second.response;
}

void HelpCache::keep(const std::string& key, const Library& library, net::HttpResponse response) {
  constexpr std::size_t kMost = 16;  // languages, the sitemap, and a few names this server is called by
  const std::lock_guard lock(mutex_);
  if (kept_.size() >= kMost && !kept_.contains(key)) kept_.clear();
  kept_[key] = {library, std::move(response)};
}

boost::asio::awaitable<Result<net::HttpResponse>> help_kept(Call call, std::string key, HelpCache::Library library,
                                                            std::function<net::HttpResponse()> make) {
  key += "|" + base_url(call);
  if (auto kept = call.help_cache->find(key, library)) co_return unless_known(call.request, std::move(*kept));
  auto made = co_await async::offload<net::HttpResponse>(*call.parts->pool, std::move(make));
  if (!made) co_return fail(std::move(made.error()));
  call.help_cache->keep(key, library, *made);
  co_return unless_known(call.request, std::move(*made));
}

net::HttpResponse help_missing(const Call& call, std::string language) {
  HelpPage page;
  page.language = is_help_language(language) ? std::move(language) : help_language(call.request);
  page.title = page.language == "zh" ? "没有这个页面" : "Page not found";
  page.status = 404;
  return help_response(call, page, "help_missing.html", data{data::type::object});
}

}  // namespace usher::gateway::api
