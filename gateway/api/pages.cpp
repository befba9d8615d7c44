// Pages: the embedded assets, the chat without JavaScript, and the doors of the chat and webhook channels.
#include <kainjow/mustache.hpp>

#include "base/id.h"
#include "base/text.h"
#include "connectors/webchat/files.h"
#include "gateway/api/api.h"
#include "web/assets.h"

namespace usher::gateway::api {
namespace {

using kainjow::mustache::data;
using kainjow::mustache::mustache;

constexpr std::chrono::hours kChatCookieLife{24 * 30};
constexpr std::size_t kMaxWords = 64 * 1024;  // bytes of a form without files
// As every page's, but scripts may show pictures from other sites.
constexpr std::string_view kChatPolicy =
    "default-src 'self'; img-src 'self' https:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'; form-action 'self'";

std::string language_of(const net::HttpRequest& request) {
  if (auto lang = request.query_param("lang")) return lang->starts_with("zh") ? "zh" : "en";
  if (auto lang = request.cookie("usher_lang")) return *lang == "zh" ? "zh" : "en";
  auto accepted = request.headers.find("Accept-Language");
  return accepted && accepted->starts_with("zh") ? "zh" : "en";
}

std::string input_mode(const std::string& slot) {
  return slot == "contact" ? "email" : "text";
}

// What a picture shows, for those who do not see it: the question's first sentence.
std::string first_sentence(const std::string& words) {
  const std::string line = words.substr(0, words.find('\n'));
  std::size_t end = line.size();
  for (const std::string_view stop : {". ", "? ", "! ", "。", "？", "！"}) {
    if (const auto at = line.find(stop); at != std::string::npos)
      end = std::min(end, at + (stop.ends_with(' ') ? 1 : stop.size()));
  }
  return line.substr(0, end);
}

// What the customer sent along with message `seq`: pictures to look at, everything to open.
data file_list(const connectors::webchat::ChatMessage& m) {
  data list{data::type::list};
  for (const auto& name : m.files) {
    data file{data::type::object};
    file.set("name", name);
    file.set("url", "/chat/files/" + std::to_string(m.seq) + "?name=" + text::url_encode(name));
    const auto type = connectors::webchat::type_of_name(name);
    const bool is_shown = type.starts_with("image/") && !type.starts_with("image/hei");  // which browsers do not show
    if (is_shown) file.set("is_picture", data::type::bool_true);
    list << file;
  }
  return list;
}

// The transcript as the template's list. Only the newest question's buttons can still be pressed.
data message_list(const std::vector<connectors::webchat::ChatMessage>& messages) {
  data list{data::type::list};
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto& m = messages[i];
    data item{data::type::object};
    item.set("is_customer", m.from == "customer" ? data::type::bool_true : data::type::bool_false);
    item.set("is_staff", m.from == "staff" ? data::type::bool_true : data::type::bool_false);
    if (!m.text.empty()) item.set("text", m.text);
    if (!m.files.empty()) item.set("files", file_list(m));
    if (!m.picture.empty()) {
      item.set("picture", m.picture);
      item.set("picture_alt", first_sentence(m.text));
    }
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
  response.headers.add("Content-Security-Policy", std::string(kChatPolicy));
  const std::string attributes = std::string("; Path=/; HttpOnly; SameSite=Lax") + (parts.is_https ? "; Secure" : "");
  response.headers.add(
      "Set-Cookie", "usher_chat=" + token + attributes +
                        "; Max-Age=" + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(kChatCookieLife).count()));
  response.headers.add("Set-Cookie", "usher_lang=" + lang + attributes);
  co_return response;
}

using connectors::webchat::Form;

// The page's form sends files as multipart/form-data; older copies of the page and scripts may send it urlencoded.
Result<Form> read_form(net::HttpRequest& request) {
  if (text::to_lower_ascii(request.headers.find("Content-Type").value_or("")).starts_with("multipart/"))
    return connectors::webchat::parse_form_data(*request.headers.find("Content-Type"), std::move(request.body));
  if (request.body.size() > kMaxWords) return fail(ErrorCode::kTooLarge, "the request body is larger than allowed here");
  Form form;
  form.fields = request.form();
  return form;
}

// What went wrong with a message, in the customer's words.
std::string refusal_words(const Error& error, bool zh) {
  if (!connectors::webchat::files_refusal(error).empty()) return error.message;
  if (error.code == ErrorCode::kTooLarge) return zh ? "内容太长，请缩短后再发送。" : "That is too long; please shorten it.";
  return zh ? "暂时无法保存，请稍后再试。" : "We could not save that just now; please try again in a moment.";
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
  auto form = read_form(call.request);
  if (!form) co_return problem(form.error());
  connectors::webchat::Msg message{form->field("cmid"), text::to_valid_utf8(form->field("text")), form->field("choice")};
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
  if (text::trim(message.text).empty() && message.choice.empty() && form->files.empty()) {
    co_return co_await render_chat(std::move(call), std::move(token),
                                   lang == "zh" ? "请先输入内容或选择文件。" : "Please write something or choose a file first.");
  }
  auto accepted = co_await parts.webchat->post_files(token, std::move(message), std::move(*form), call.request.remote, lang);
  if (!accepted && accepted.error().code != ErrorCode::kConflict) {
    co_return co_await render_chat(std::move(call), std::move(token), refusal_words(accepted.error(), lang == "zh"));
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
  if (asset->path.starts_with("demo")) response.headers.add("Content-Security-Policy", std::string(kChatPolicy));
  // The chat element is meant to be loaded by other sites' pages.
  if (asset->path == "widget.js") response.headers.add("Cross-Origin-Resource-Policy", "cross-origin");
  if (response.status == 200) response.body = asset->bytes;
  co_return response;
}

}  // namespace usher::gateway::api
