// What the pages of the help centre share: their frame, addresses, languages and caching. For this folder's help*.cpp only.
#pragma once
#include <functional>
#include <kainjow/mustache.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/api/api.h"
#include "kb/library.h"

namespace usher::gateway::api {

using kainjow::mustache::data;

// One page: what stands in its frame.
struct HelpPage {
  std::string language = "en";  // en | zh
  std::string path;             // canonical, with its query; empty: search engines shall not keep it
  std::string title, description;
  std::string other_path;        // the same in the other language; empty: that language's first page
  bool has_translation = false;  // other_path is a translation of this page
  std::string searched;          // what the search box holds
  std::string json_ld;
  bool is_index = false;
  int status = 200;
};

// Whether anybody may read it.
bool is_public(const kb::Article& article);
bool is_help_language(std::string_view language);
std::string other_language(std::string_view language);
// By Accept-Language: the first of zh and en that is named.
std::string help_language(const net::HttpRequest& request);
// "https://help.example" of the settings, else as the visitor called us; empty when that cannot be told.
std::string base_url(const Call& call);

// "/help/en/no-power-reset/computer-does-not-turn-on": where an article's page is.
std::string article_path(const kb::Article& article);
std::string filter_path(std::string_view language, std::string_view name, std::string_view value);
// A product line as the pages call it: articles of every language have the same words for it ("laptop").
std::string product_name(const std::string& product, std::string_view language);
// Safe HTML of a part of an article, its links to other articles and to pictures made addresses of these pages.
std::string article_html(std::string_view markdown, std::string_view language);
// The first words as plain text, at most `length` code points; empty when there are none.
std::string summary_of(const kb::Article& article, std::size_t length);

// Fills `name` ("help_article.html") into its frame, with an ETag when it is a page to keep.
net::HttpResponse help_rendered(const Call& call, const HelpPage& page, std::string_view name, data values);
// 304 instead, when the browser has it already.
net::HttpResponse unless_known(const net::HttpRequest& request, net::HttpResponse response);
net::HttpResponse help_response(const Call& call, const HelpPage& page, std::string_view name, data values);
net::HttpResponse help_missing(const Call& call, std::string language);  // 404, as a page

// Pages that look at every article, kept until the library changes: the first page of each language, the sitemap. Bounded;
// thread-safe.
class HelpCache {
 public:
  using Library = std::shared_ptr<const kb::Library>;
  std::optional<net::HttpResponse> find(const std::string& key, const Library& library) const;
  void keep(const std::string& key, const Library& library, net::HttpResponse response);

 private:
  struct Kept {
    std::weak_ptr<const kb::Library> library;
    net::HttpResponse response;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Kept> kept_;
};
// The page under `key`, made by `make` on the pool when it is not kept. kBusy: the pool has too much to do.
boost::asio::awaitable<Result<net::HttpResponse>> help_kept(Call call, std::string key, HelpCache::Library library,
                                                            std::function<net::HttpResponse()> make);

// Sets a value unless it is empty: in Mustache an empty text counts as there.
void set_text(data& values, const char* name, const std::string& text);
void set_flag(data& values, const char* name, bool is_set);

}  // namespace usher::gateway::api
