// The help centre's lists: its first page, the articles of a product or topic, and the search.
#include <algorithm>
#include <map>
#include <set>

#include "base/async/offload.h"
#include "base/text.h"
#include "gateway/api/help_page.h"
#include "gateway/flow/feedback.h"

namespace usher::gateway::api {
namespace {

using Articles = std::vector<const kb::Article*>;

constexpr std::size_t kMaxTopics = 18, kMinTopic = 2, kTopicShows = 6, kMaxProducts = 12;
constexpr std::size_t kPerPage = 40;
constexpr std::size_t kMaxHits = 12, kMaxNear = 4;
constexpr double kNear = 0.12;          // confidence below which a hit is not even "perhaps"
constexpr std::size_t kMaxQuery = 300;  // code points

// By title; of one product or topic when `list` and `value` are given.
Articles public_articles(const kb::Library& library, std::string_view language,
                         std::vector<std::string> kb::Article::* list = nullptr, const std::string& value = {}) {
  Articles out;
  for (const kb::Article& a : library.articles()) {
    if (!is_public(a) || a.language != language) continue;
    if (list == nullptr || std::ranges::find(a.*list, value) != (a.*list).end()) out.push_back(&a);
  }
  std::ranges::sort(out, {}, [](const kb::Article* a) { return std::tie(a->title, a->id); });
  return out;
}

std::string label(std::string name) {
  if (!name.empty() && name.front() >= 'a' && name.front() <= 'z') name.front() = static_cast<char>(name.front() - 'a' + 'A');
  return name;
}

// Articles by what they are about: the tag most of those left have in common, again and again.
std::vector<std::pair<std::string, Articles>> topics_of(const Articles& all) {
  std::map<std::string, Articles> by_tag;
  for (const kb::Article* a : all) {
    for (const auto& tag : a->tags) by_tag[tag].push_back(a);
  }
  std::set<const kb::Article*> placed;
  std::vector<std::pair<std::string, Articles>> out;
  while (out.size() < kMaxTopics) {
    std::string best;
    std::size_t most = kMinTopic - 1;
    for (const auto& [tag, articles] : by_tag) {
      const auto left =
          static_cast<std::size_t>(std::ranges::count_if(articles, [&](const auto* a) { return !placed.contains(a); }));
      if (left > most) best = tag, most = left;
    }
    if (best.empty()) break;
    // All of the topic are listed under it, also those another topic has: people look in either place.
    placed.insert(by_tag[best].begin(), by_tag[best].end());
    out.emplace_back(best, std::move(by_tag[best]));
    by_tag.erase(best);
  }
  Articles rest;
  std::ranges::copy_if(all, std::back_inserter(rest), [&](const auto* a) { return !placed.contains(a); });
  if (!rest.empty()) out.emplace_back("", std::move(rest));
  return out;
}

data link_to(const kb::Article& a, std::size_t summary_length) {
  data one{data::type::object};
  one.set("url", article_path(a));
  one.set("title", a.title);
  if (summary_length > 0) set_text(one, "summary", summary_of(a, summary_length));
  return one;
}

data topic_list(const Articles& all, const std::string& language) {
  data list{data::type::list};
  for (const auto& [tag, articles] : topics_of(all)) {
    const bool is_rest = tag.empty();
    data topic{data::type::object};
    topic.set("name", is_rest ? (language == "zh" ? "其他" : "More") : label(tag));
    set_flag(topic, "is_rest", is_rest);
    if (!is_rest) topic.set("url", filter_path(language, "topic", tag));
    data shown{data::type::list};
    // The rest has no page of its own: all of it stands here, unless it is endless.
    const std::size_t most = is_rest ? kPerPage : kTopicShows;
    for (std::size_t i = 0; i < std::min(most, articles.size()); ++i) shown << link_to(*articles[i], 0);
    topic.set("articles", shown);
    if (!is_rest && articles.size() > most) topic.set("more", std::to_string(articles.size()));
    list << topic;
  }
  return list;
}

void set_products(data& values, const Articles& all, const std::string& language) {
  std::map<std::string, std::size_t> counts;
  for (const kb::Article* a : all) {
    for (const auto& product : a->products) ++counts[product];
  }
  std::vector<std::pair<std::string, std::size_t>> order(counts.begin(), counts.end());
  std::ranges::sort(order,
                    [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
  data list{data::type::list};
  for (std::size_t i = 0; i < std::min(kMaxProducts, order.size()); ++i) {
    data one{data::type::object};
    one.set("url", filter_path(language, "product", order[i].first));
    one.set("name", label(product_name(order[i].first, language)));
    one.set("count", std::to_string(order[i].second));
    list << one;
  }
  if (order.empty()) return;
  set_flag(values, "has_products", true);
  values.set("products", list);
}

// The passage with the words that were searched for marked.
std::string marked(const kb::Hit& hit) {
  const std::string_view passage = hit.passage;
  std::string out;
  std::size_t at = 0;
  for (const auto& [from, to] : hit.highlights) {
    if (from < at || to <= from || to > passage.size()) continue;
    out += text::html_escape(passage.substr(at, from - at)) + "<mark>" + text::html_escape(passage.substr(from, to - from)) +
           "</mark>";
    at = to;
  }
  return out + text::html_escape(passage.substr(at));
}

data hit_list(const std::vector<kb::Hit>& hits, const std::string& language) {
  data list{data::type::list};
  for (const kb::Hit& hit : hits) {
    data one = link_to(*hit.article, 0);
    one.set("lang", hit.article->language == "zh" ? "zh-CN" : "en");
    if (hit.article->language != language) one.set("language", hit.article->language == "zh" ? "中文" : "English");
    set_text(one, "passage", hit.passage.empty() ? text::html_escape(summary_of(*hit.article, 160)) : marked(hit));
    list << one;
  }
  return list;
}

bool counts(const Call& call) {
  return call.parts->feedback != nullptr && call.request.method == "GET" &&
         !flow::is_robot(call.request.headers.find("User-Agent").value_or(""),
                         call.request.headers.find("Sec-Purpose").value_or(call.request.headers.find("Purpose").value_or("")));
}

net::HttpResponse filtered(const Call& call, HelpPage page, const char* name, const std::string& value) {
  const auto content = call.parts->content->get();
  const bool is_product = std::string_view(name) == "product";
  const Articles list =
      public_articles(*content->library, page.language, is_product ? &kb::Article::products : &kb::Article::tags, value);
  if (list.empty()) return help_missing(call, page.language);
  const std::size_t from =
      static_cast<std::size_t>(std::clamp(std::atoll(call.request.query_param("from").value_or("0").c_str()), 0ll, 1'000'000ll));
  const std::string shown_name = label(is_product ? product_name(value, page.language) : value);
  data values{data::type::object};
  values.set("filter", shown_name);
  values.set("count", std::to_string(list.size()));
  data shown{data::type::list};
  for (std::size_t i = from; i < std::min(list.size(), from + kPerPage); ++i) shown << link_to(*list[i], 140);
  values.set("articles", shown);
  page.path = filter_path(page.language, name, value);
  if (from + kPerPage < list.size()) values.set("next", page.path + "&from=" + std::to_string(from + kPerPage));
  if (from > 0) page.path += "&from=" + std::to_string(from);
  page.title = shown_name;
  page.description = (page.language == "zh" ? "帮助文章：" : "Help articles: ") + shown_name;
  return help_response(call, page, "help_index.html", std::move(values));
}

}  // namespace

boost::asio::awaitable<net::HttpResponse> help_home(Call call) {
  if (!call.parts->help_centre) co_return problem(404, "not_found", "the help centre is switched off");
  auto response = net::HttpResponse::redirect("/help/" + help_language(call.request));
  response.status = 302;
  response.headers.add("Vary", "Accept-Language");
  co_return response;
}

boost::asio::awaitable<net::HttpResponse> help_index(Call call) {
  if (!call.parts->help_centre) co_return problem(404, "not_found", "the help centre is switched off");
  HelpPage page;
  page.language = call.params.at(0);
  if (!is_help_language(page.language)) co_return help_missing(call, "");
  for (const char* filter : {"product", "topic"}) {
    if (auto value = call.request.query_param(filter); value && !value->empty()) co_return filtered(call, page, filter, *value);
  }
  const bool zh = page.language == "zh";
  page.path = "/help/" + page.language;
  page.other_path = "/help/" + other_language(page.language);
  page.has_translation = page.is_index = true;
  page.title = zh ? "帮助中心" : "Help centre";
  page.description = zh ? "搜索或浏览故障的解决方法：电源、网络、打印机、手机等。找不到时可以在线咨询。"
                        : "Search or browse what to do when something does not work. When nothing fits, talk to us in the chat.";
  const auto library = call.parts->content->get()->library;
  auto response = co_await help_kept(call, page.language, library, [call, page, library] {
    const Articles all = public_articles(*library, page.language);
    data values{data::type::object};
    values.set("topics", topic_list(all, page.language));
    set_products(values, all, page.language);
    return help_rendered(call, page, "help_index.html", std::move(values));
  });
  co_return response ? std::move(*response) : problem(response.error());
}

boost::asio::awaitable<net::HttpResponse> help_search(Call call) {
  if (!call.parts->help_centre) co_return problem(404, "not_found", "the help centre is switched off");
  HelpPage page;
  page.language = call.params.at(0);
  if (!is_help_language(page.language)) co_return help_missing(call, "");
  const std::string words =
      text::cut(text::collapse_spaces(text::to_valid_utf8(call.request.query_param("q").value_or(""))), kMaxQuery);
  page.title = page.language == "zh" ? "搜索" : "Search";
  page.searched = words;
  page.other_path = "/help/" + other_language(page.language) + (words.empty() ? "" : "/search?q=" + text::url_encode(words));
  data values{data::type::object};
  if (!words.empty()) {
    const auto content = call.parts->content->get();
    const kb::Library& library = *content->library;
    kb::Query query;
    query.text = words;
    query.language = page.language;
    query.limit = kMaxHits;
    query.other_languages = kb::Query::OtherLanguages::kYes;
    auto hits = library.search(query);
    std::erase_if(hits, [](const kb::Hit& hit) { return !is_public(*hit.article); });
    const bool found = std::ranges::any_of(hits, [](const kb::Hit& hit) { return hit.confidence >= kb::kMinConfidence; });
    store::SearchRow row;
    if (!hits.empty()) {
      row.article = hits.front().article->id;
      row.confidence = hits.front().confidence;
    }
    std::erase_if(hits, [](const kb::Hit& hit) { return hit.confidence < kNear; });
    if (!found && hits.size() > kMaxNear) hits.resize(kMaxNear);
    set_flag(values, "found", found);
    set_flag(values, "chat_offered", !found);
    set_flag(values, "has_hits", !hits.empty());
    values.set("hits", hit_list(hits, page.language));
    // Off this thread: the first Chinese word ever corrected takes some tenths of a second.
    auto corrected = co_await async::offload<std::optional<std::string>>(
        *call.parts->pool,
        [content, words, language = page.language] { return content->library->did_you_mean(words, language); });
    if (const auto meant = corrected ? std::move(*corrected) : std::nullopt) {
      data link{data::type::object};
      link.set("url", "/help/" + page.language + "/search?q=" + text::url_encode(*meant));
      link.set("text", *meant);
      values.set("meant", link);
    }
    if (counts(call)) {
      row.place = "help";
      row.language = page.language;
      row.text = words;
      row.outcome = found ? "shown" : "nothing";
      std::vector<kb::ArticleKey> shown;
      for (const auto& hit : hits) shown.push_back(hit.article->key());
      call.parts->feedback->searched(flow::visitor_of(call.request.remote), std::move(row),
                                     found ? std::move(shown) : std::vector<kb::ArticleKey>{});
    }
  }
  co_return help_response(call, page, "help_search.html", std::move(values));
}

boost::asio::awaitable<net::HttpResponse> help_nowhere(Call call) {
  if (!call.parts->help_centre) co_return problem(404, "not_found", "the help centre is switched off");
  if (call.request.path == "/help/") co_return co_await help_home(std::move(call));
  const auto parts = text::split(call.request.path, '/');
  co_return help_missing(call, parts.size() > 2 ? parts[2] : std::string());
}

}  // namespace usher::gateway::api
