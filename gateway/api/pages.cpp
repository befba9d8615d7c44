// Pages: the embedded assets, the chat without JavaScript, and the doors of the chat and webhook channels.
#include <kainjow/mustache.hpp>

#include "base/id.h"
#include "base/text.h"
#include "gateway/api/api.h"
#include "web/assets.h"

namespace usher::gateway::api {
namespace {

using kainjow::mustache::data;
using kainjow::mustache::mustache;

constexpr std::chrono::hours kChatCookieLife{24 * 30};

std::string language_of(const net::HttpRequest& request) {
  if (auto lang = request.query_param("lang")) return lang->starts_with("zh") ? "zh" : "en";
  if (auto lang = request.cookie("usher_lang")) return *lang == "zh" ? "zh" : "en";
  auto accepted = request.headers.find("Accept-Language");
  return accepted && accepted->starts_with("zh") ? "zh" : "en";
}

std::string input_mode(const std::string& slot) {
  return slot == "contact" ? "email" : "text";
}

// The transcript as the template's list. Only the newest question's buttons can still be pressed.
data message_list(const std::vector<connectors::webchat::ChatMessage>& messages) {
  data list{data::type::list};
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto& m = messages[i];
    data item{data::type::object};
    item.set("is_customer", m.from == "customer" ? data::type::bool_true : data::type::bool_false);
    item.set("is_staff", m.from == "staff" ? data::type::bool_true : data::type::bool_false);
    item.set("text", m.text);
    if (!m.html.empty()) item.set("html", m.html);
    data choices{data::type::list};
    for (const auto& c : m.choices) {
      data choice{data::type::object};
      choice.set("id", c.id);
      choice.set("label", c.label);
      choices << choice;
    }
    if (!m.choices.empty()) item.set(i + 1 == messages.size() ? "choices" : "answered", choices);
    list << item;
  }
  return list;
}

boost::asio::awaitable<net::HttpResponse> render_chat(Call call, std::string token, std::string error) {
  const Parts& parts = *call.parts;
  const std::string lang = language_of(call.request);
  auto key = parts.webchat->session_key_of(token);
  if (!key) {
    token = parts.webchat->new_token();
    key = parts.webchat->session_key_of(token);
  }
  auto transcript = co_await parts.history->since(*key, 0);
  if (!transcript) co_return problem(transcript.error());
  auto messages = std::move(transcript->messages);
  if (messages.empty()) messages.push_back(parts.history->greeting(lang));
  data values;
  values.set("lang", lang);
  if (lang == "zh") values.set("zh", data::type::bool_true);
  values.set("title", parts.company);
  if (!transcript->ref.empty()) values.set("reference", transcript->ref);
  if (transcript->provisional) values.set("provisional", data::type::bool_true);
  if (!error.empty()) values.set("error", error);
  if (messages.back().from == "customer") values.set("waiting", data::type::bool_true);
  values.set("cmid", make_uuid_v7(parts.clock->now()));
  values.set("input_mode", input_mode(messages.back().slot));
  values.set("messages", message_list(messages));
  const web::Asset* asset = web::find("plain.html");
  if (asset == nullptr) co_return problem(500, "internal", "the page is missing from this build");
  mustache page{std::string(asset->bytes)};
  auto response = net::HttpResponse::html(error.empty() ? 200 : 400, page.render(values));
  const std::string attributes = std::string("; Path=/; HttpOnly; SameSite=Lax") + (parts.is_https ? "; Secure" : "");
  response.headers.add(
      "Set-Cookie", "usher_chat=" + token + attributes +
                        "; Max-Age=" + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(kChatCookieLife).count()));
  response.headers.add("Set-Cookie", "usher_lang=" + lang + attributes);
  co_return response;
}

std::string field(const std::vector<std::pair<std::string, std::string>>& form, std::string_view name) {
  for (const auto& [key, value] : form) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace

boost::asio::awaitable<net::HttpResponse> plain_chat(Call call) {
  if (call.parts->webchat == nullptr) co_return problem(404, "not_found", "the chat is switched off");
  std::string token = call.request.cookie("usher_chat").value_or("");
  co_return co_await render_chat(std::move(call), std::move(token), "");
}

boost::asio::awaitable<net::HttpResponse> plain_chat_post(Call call) {
  const Parts& parts = *call.parts;
  if (parts.webchat == nullptr) co_return problem(404, "not_found", "the chat is switched off");
  if (!connectors::webchat::origin_allowed(call.request, {}))
    co_return problem(403, "denied", "requests from other sites are refused");
  const std::string lang = language_of(call.request);
  std::string token = call.request.cookie("usher_chat").value_or("");
  if (!parts.webchat->session_key_of(token)) {
    co_return co_await render_chat(std::move(call), "",
                                   lang == "zh" ? "会话已失效，请重新输入。浏览器需要允许 Cookie。"
                                                : "Your session was lost; please write again. The browser must allow cookies.");
  }
  const auto form = call.request.form();
  connectors::webchat::Msg message{field(form, "cmid"), text::to_valid_utf8(field(form, "text")), field(form, "choice")};
  if (!is_uuid(message.cmid)) message.cmid = make_uuid_v7(parts.clock->now());
  if (!message.choice.empty() && text::trim(message.text).empty()) {
    // The transcript shows the label the customer pressed, not its id.
    auto key = parts.webchat->session_key_of(token);
    auto transcript = co_await parts.history->since(*key, 0);
    std::vector<connectors::Choice> open =
        transcript && !transcript->messages.empty() ? transcript->messages.back().choices : parts.history->greeting(lang).choices;
    for (const auto& c : open) {
      if (c.id == message.choice) message.text = c.label;
    }
  }
  if (text::trim(message.text).empty() && message.choice.empty()) {
    co_return co_await render_chat(std::move(call), std::move(token),
                                   lang == "zh" ? "请先输入内容。" : "Please write something first.");
  }
  auto accepted = co_await parts.webchat->post(token, std::move(message), lang);
  if (!accepted && accepted.error().code != ErrorCode::kConflict) {
    const bool too_long = accepted.error().code == ErrorCode::kTooLarge;
    co_return co_await render_chat(std::move(call), std::move(token),
                                   too_long
                                       ? (lang == "zh" ? "内容太长，请缩短后再发送。" : "That is too long; please shorten it.")
                                   : lang == "zh" ? "暂时无法保存，请稍后再试。"
                                                  : "We could not save that just now; please try again in a moment.");
  }
  co_return net::HttpResponse::redirect("/chat/plain#text");
}

boost::asio::awaitable<net::HttpResponse> chat(Call call) {
  if (call.parts->webchat == nullptr) co_return problem(404, "not_found", "the chat is switched off");
  auto* webchat = call.parts->webchat;
  co_return co_await webchat->handle(std::move(call.request));
}

boost::asio::awaitable<net::HttpResponse> webhook(Call call) {
  auto it = call.parts->webhooks.find(call.params.at(0));
  if (it == call.parts->webhooks.end()) co_return problem(404, "not_found", "no webhook of this name is configured");
  auto* channel = it->second;
  co_return co_await channel->receive(std::move(call.request));
}

boost::asio::awaitable<net::HttpResponse> page(Call call) {
  const Parts& parts = *call.parts;
  const std::string& path = call.request.path;
  if (path == "/") co_return net::HttpResponse::redirect(parts.demo_page ? "/demo" : "/chat/plain");
  const web::Asset* asset = web::find(path);
  if (asset == nullptr || asset->is_template || (!parts.demo_page && asset->path.starts_with("demo"))) {
    co_return problem(404, "not_found", "there is nothing at this address");
  }
  net::HttpResponse response;
  auto known = call.request.headers.find("If-None-Match");
  response.status = known && *known == asset->etag ? 304 : 200;
  response.headers.add("Content-Type", std::string(asset->content_type));
  response.headers.add("ETag", std::string(asset->etag));
  response.headers.add("Cache-Control", "public, max-age=0, must-revalidate");
  // The chat element is meant to be loaded by other sites' pages.
  if (asset->path == "widget.js") response.headers.add("Cross-Origin-Resource-Policy", "cross-origin");
  if (response.status == 200) response.body = asset->bytes;
  co_return response;
}

}  // namespace usher::gateway::api
