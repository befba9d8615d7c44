// The protocol over plain HTTP, for networks without WebSocket, and the check of where a browser's request comes from.
#include <algorithm>
#include <charconv>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/text.h"
#include "connectors/webchat/channel_impl.h"
#include "connectors/webchat/files.h"

namespace usher::connectors::webchat {

namespace asio = boost::asio;
using asio::awaitable;
using net::HttpRequest;
using net::HttpResponse;

namespace {

constexpr std::int64_t kMaxWaitSeconds = 25;
constexpr std::string_view kFilesPath = "/chat/files";
constexpr std::size_t kMaxFileName = 255;  // bytes

HttpResponse answer(int status, std::string body) {
  auto response = HttpResponse::json(status, std::move(body));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

HttpResponse problem(int status, std::string_view code, std::string_view message) {
  return answer(status, problem_body(code, message));
}

HttpResponse wrong_method(std::string_view allowed) {
  auto response = problem(405, "method", "this address takes " + std::string(allowed));
  response.headers.set("Allow", std::string(allowed));
  return response;
}

HttpResponse refusal(const Error& error) {
  const std::string_view code = refusal_code(error);
  const int status = code == "cmid_conflict"    ? 409
                     : code == "too_long"       ? 413
                     : code == "too_large"      ? 413
                     : code == "invalid"        ? 400
                     : code == "rate"           ? 429
                     : code == "file_type"      ? 415
                     : code == "too_many_files" ? 413
                                                : 503;
  const bool says_why = status == 400 || status == 413 || status == 415 || status == 429;
  auto response = problem(status, code,
                          says_why        ? error.message
                          : status == 409 ? "this Idempotency-Key was used before for another message"
                                          : "messages cannot be stored at the moment; please try again");
  if (const auto wait = retry_after_of(error)) response.headers.set("Retry-After", std::to_string((wait->count() + 999) / 1000));
  return response;
}

std::string_view bearer(const HttpRequest& request) {
  std::string_view value = request.headers.find("Authorization").value_or("");
  if (value.size() < 7 || !text::iequals_ascii(value.substr(0, 7), "Bearer ")) return {};
  return value.substr(7);
}

// The first language a browser names.
std::string language_of_request(const HttpRequest& request) {
  const std::string_view accepted = request.headers.find("Accept-Language").value_or("");
  return language_of(accepted.substr(0, accepted.find_first_of(",;")));
}

std::int64_t number_or(const std::optional<std::string>& text, std::int64_t otherwise) {
  if (!text) return otherwise;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  return error == std::errc{} && end == text->data() + text->size() ? value : -1;
}

// "host:port" of an origin or Host header, lower case, without the scheme's default port.
std::string host_and_port(std::string_view authority, bool is_https) {
  std::string host = text::to_lower_ascii(authority);
  const std::string_view standard = is_https ? ":443" : ":80";
  if (host.ends_with(standard)) host.resize(host.size() - standard.size());
  return host;
}

}  // namespace

bool origin_allowed(const HttpRequest& request, const std::vector<std::string>& allowed_origins) {
  if (request.headers.count("Origin") == 0) return true;
  if (request.headers.count("Origin") > 1) return false;
  const std::string origin = text::to_lower_ascii(*request.headers.find("Origin"));
  for (const std::string& allowed : allowed_origins) {
    std::string_view entry = allowed;
    while (entry.ends_with('/')) entry.remove_suffix(1);
    if (entry == "*" || text::iequals_ascii(entry, origin)) return true;
  }
  const bool is_https = origin.starts_with("https://");
  if (!is_https && !origin.starts_with("http://")) return false;  // "null", extensions, files
  const std::string authority = host_and_port(std::string_view(origin).substr(is_https ? 8 : 7), is_https);
  // The Host's scheme is unknown behind a proxy that ends TLS: its default port is judged by the origin's scheme.
  const std::string host = host_and_port(request.headers.find("Host").value_or(""), is_https);
  return !host.empty() && authority == host;
}

std::optional<HttpResponse> WebchatChannel::refuse_upgrade(const HttpRequest& request) const {
  if (!origin_allowed(request, impl_->settings.allowed_origins))
    return problem(403, "origin", "this page may not open a chat here; see allowed_origins");
  if (!impl_->draining) return std::nullopt;
  auto response = problem(503, "unavailable", "the server restarts; try again in a moment");
  response.headers.set("Retry-After", "2");
  return response;
}

awaitable<HttpResponse> WebchatChannel::handle(HttpRequest request) {
  const bool is_session = request.path == "/chat/session";
  const bool is_files = request.path == kFilesPath;
  const bool is_file = request.path.starts_with("/chat/files/");
  if (!is_session && !is_files && !is_file && request.path != "/chat/messages")
    co_return problem(404, "not_found", "there is nothing here");
  if (!origin_allowed(request, impl_->settings.allowed_origins))
    co_return problem(403, "origin", "this page may not open a chat here; see allowed_origins");
  const std::string origin(request.headers.find("Origin").value_or(""));

  HttpResponse response;
  if (request.method == "OPTIONS") {
    response.status = 204;
    response.headers.set("Access-Control-Allow-Methods", is_session ? "POST" : is_file ? "GET" : "GET, POST");
    response.headers.set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key");
    response.headers.set("Access-Control-Max-Age", "600");
  } else if (is_session) {
    if (request.method != "POST") co_return wrong_method("POST");
    response = co_await impl_->begin_session(std::move(request));
  } else if (is_file) {
    if (request.method != "GET" && request.method != "HEAD") co_return wrong_method("GET");
    response = co_await impl_->read_file(std::move(request));
  } else if (is_files && request.method == "GET") {
    response = answer(200, files_body(impl_->settings.max_files_bytes, kMaxFiles));
  } else if (is_files && request.method == "POST") {
    response = co_await impl_->post_form(std::move(request));
  } else if (request.method == "POST") {
    response = co_await impl_->post_message(std::move(request));
  } else if (request.method == "GET") {
    response = co_await impl_->read_messages(std::move(request));
  } else {
    co_return wrong_method("GET, POST");
  }
  if (!origin.empty()) {
    response.headers.set("Access-Control-Allow-Origin", origin);
    response.headers.set("Access-Control-Expose-Headers", "Retry-After");
    response.headers.set("Vary", "Origin, Authorization, Cookie");
  }
  co_return response;
}

awaitable<HttpResponse> WebchatChannel::Impl::begin_session(HttpRequest request) {
  auto lang = parse_session_request(request.body);
  if (!lang) co_return problem(400, "invalid", lang.error().message);
  std::string language = language_of(*lang);
  if (language.empty()) language = language_of_request(request);
  co_return answer(201, session_body(token_of(make_seed(), settings.secret), history.greeting(language)));
}

awaitable<HttpResponse> WebchatChannel::Impl::post_message(HttpRequest request) {
  const std::string_view token = bearer(request);
  if (!check_token(token, settings.secret)) co_return problem(401, "session", "this session is not known; begin a new one");
  const SessionKey key = key_of_token(token);
  if (request.headers.count("Idempotency-Key") != 1) co_return problem(400, "invalid", "the header Idempotency-Key is needed");
  auto msg = parse_post(*request.headers.find("Idempotency-Key"), request.body);
  if (!msg) co_return refusal(msg.error());
  auto accepted = co_await accept(key, std::move(*msg), language_of_request(request));
  if (!accepted) co_return refusal(accepted.error());
  if (!accepted->is_duplicate) tell_others(key, accepted->seq, nullptr);
  co_return answer(accepted->is_duplicate ? 200 : 201, posted_body(accepted->id, accepted->seq, accepted->case_ref));
}

awaitable<HttpResponse> WebchatChannel::Impl::post_form(HttpRequest request) {
  const std::string_view token = bearer(request);
  if (!check_token(token, settings.secret)) co_return problem(401, "session", "this session is not known; begin a new one");
  const SessionKey key = key_of_token(token);
  if (request.headers.count("Idempotency-Key") != 1) co_return problem(400, "invalid", "the header Idempotency-Key is needed");
  auto form = parse_form_data(request.headers.find("Content-Type").value_or(""), std::move(request.body));
  if (!form) co_return refusal(form.error());
  auto msg = make_message(std::string(*request.headers.find("Idempotency-Key")), form->field("text"), form->field("choice"),
                          !form->files.empty());
  if (!msg) co_return refusal(msg.error());
  std::string lang = language_of_request(request);
  auto accepted = co_await accept_files(key, std::move(*msg), std::move(*form), std::move(request.remote), std::move(lang));
  if (!accepted) co_return refusal(accepted.error());
  if (!accepted->is_duplicate) tell_others(key, accepted->seq, nullptr);
  co_return answer(accepted->is_duplicate ? 200 : 201, posted_body(accepted->id, accepted->seq, accepted->case_ref));
}

awaitable<HttpResponse> WebchatChannel::Impl::read_file(HttpRequest request) {
  // The page without JavaScript has its session in a cookie; browsers send it with its <img>.
  std::string token(bearer(request));
  if (token.empty()) token = request.cookie("usher_chat").value_or("");
  if (!check_token(token, settings.secret)) co_return problem(401, "session", "this session is not known; begin a new one");
  const std::int64_t seq = number_or(request.path.substr(kFilesPath.size() + 1), -1);
  std::string name = request.query_param("name").value_or("");
  if (seq <= 0 || name.empty() || name.size() > kMaxFileName) co_return problem(404, "not_found", "there is no such file");
  auto file = co_await history.file(key_of_token(token).text(), seq, std::move(name));
  if (!file) co_return refusal(file.error());
  if (!*file) co_return problem(404, "not_found", "there is no such file");
  const Attachment& a = **file;
  const bool is_picture = a.content_type.starts_with("image/") && a.content_type != "image/svg+xml";
  HttpResponse response;
  response.headers.set("Content-Type", a.content_type);
  response.headers.set("Content-Disposition", (is_picture ? "inline; filename*=UTF-8''" : "attachment; filename*=UTF-8''") +
                                                  text::url_encode(a.file_name));
  // Whatever a file holds, it may not act: no script, no frame, no request of its own.
  response.headers.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Cache-Control", "private, max-age=600");
  response.headers.set("Vary", "Authorization, Cookie");
  if (a.content) response.body = *a.content;
  co_return response;
}

awaitable<HttpResponse> WebchatChannel::Impl::read_messages(HttpRequest request) {
  const std::string_view token = bearer(request);
  if (!check_token(token, settings.secret)) co_return problem(401, "session", "this session is not known; begin a new one");
  const SessionKey key = key_of_token(token);
  const std::int64_t after = number_or(request.query_param("after"), 0);
  const std::int64_t wait = number_or(request.query_param("wait"), 0);
  if (after < 0 || wait < 0) co_return problem(400, "invalid", "'after' and 'wait' must be whole numbers, not negative");

  // Listening begins before the first look, so nothing that comes between the look and the waiting is missed.
  auto waiter = std::make_shared<Waiter>(co_await asio::this_coro::executor);
  if (wait > 0) waiters.add(key, waiter);
  auto past = co_await history.since(key.text(), after);
  if (past && past->messages.empty() && wait > 0 && !draining && !waiter->woken) {
    waiter->timer.expires_after(std::chrono::seconds{std::min(wait, kMaxWaitSeconds)});
    boost::system::error_code ignored;
    co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  if (wait > 0) waiters.remove(key, waiter.get());
  if (past && past->messages.empty() && wait > 0) past = co_await history.since(key.text(), after);
  if (!past) co_return refusal(past.error());
  co_return answer(200, messages_body(past->messages, past->last_seq, past->ref));
}

}  // namespace usher::connectors::webchat
