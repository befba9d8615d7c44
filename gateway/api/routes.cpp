#include <algorithm>

#include "base/crypto.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "gateway/api/api.h"
#include "gateway/api/help_page.h"
#include "gateway/api/json.h"
#include "gateway/api/mail.h"
#include "gateway/api/pictures.h"

namespace usher::gateway::api {
namespace {

enum class Access : std::uint8_t { kPublic, kStaff };

struct Route {
  std::string_view method, pattern;  // ":x" matches one segment, a trailing "*" the rest
  Access access;
  boost::asio::awaitable<net::HttpResponse> (*run)(Call);
};

constexpr Route kRoutes[] = {
    {"GET", "/healthz", Access::kPublic, healthz},
    {"GET", "/readyz", Access::kPublic, readyz},
    {"GET", "/metrics", Access::kPublic, show_metrics},
    {"POST", "/api/login", Access::kPublic, login},
    {"POST", "/api/logout", Access::kStaff, logout},
    {"GET", "/api/me", Access::kStaff, me},
    {"GET", "/api/overview", Access::kStaff, overview},
    {"GET", "/api/tickets", Access::kStaff, list_tickets},
    {"GET", "/api/conversations", Access::kStaff, list_conversations},
    {"GET", "/api/conversations/:id", Access::kStaff, show_conversation},
    {"POST", "/api/conversations/:id/cause", Access::kStaff, tell_cause},
    {"GET", "/api/outbox", Access::kStaff, list_outbox},
    {"POST", "/api/outbox/redrive", Access::kStaff, redrive_all},
    {"POST", "/api/outbox/:id/redrive", Access::kStaff, redrive_one},
    {"GET", "/api/articles", Access::kStaff, list_articles},
    {"POST", "/api/articles/preview", Access::kStaff, preview_article},
    {"POST", "/api/articles/import", Access::kStaff, import_articles},
    {"GET", "/api/articles/export", Access::kStaff, export_articles},
    {"GET", "/api/articles/files", Access::kStaff, list_article_files},
    {"POST", "/api/articles/files", Access::kStaff, add_article_file},
    {"GET", "/api/articles/files/:sha256", Access::kStaff, show_article_file},
    {"GET", "/api/articles/:id/:language", Access::kStaff, show_article},
    {"PUT", "/api/articles/:id/:language", Access::kStaff, put_article},
    {"POST", "/api/articles/:id/:language/state", Access::kStaff, set_article_state},
    {"POST", "/api/articles/:id/:language/review", Access::kStaff, review_article},
    {"GET", "/api/articles/:id/:language/revisions", Access::kStaff, list_article_revisions},
    {"GET", "/api/articles/:id/:language/revisions/:revision", Access::kStaff, show_article_revision},
    {"GET", "/api/articles/:id/:language/diff", Access::kStaff, diff_article},
    {"POST", "/api/kb/search", Access::kStaff, search_articles},
    {"GET", "/api/kb/suggest", Access::kStaff, suggest_articles},
    {"GET", "/api/mail", Access::kStaff, list_mail},
    {"GET", "/api/mail/:id", Access::kStaff, show_mail},
    {"GET", "/api/mail/:id/source", Access::kStaff, mail_source},
    {"POST", "/api/mail/:id/release", Access::kStaff, release_mail},
    {"POST", "/api/mail/:id/delete", Access::kStaff, delete_mail},
    {"*", "/hooks/:name", Access::kPublic, webhook},
    {"GET", "/chat/plain", Access::kPublic, plain_chat},
    {"POST", "/chat/plain", Access::kPublic, plain_chat_post},
    {"*", "/chat/*", Access::kPublic, chat},
    {"GET", "/pictures/*", Access::kPublic, picture},
    {"GET", "/api/kb/gaps", Access::kStaff, list_gaps},
    {"POST", "/api/kb/gaps/:id", Access::kStaff, decide_gap},
    {"GET", "/api/kb/lint", Access::kStaff, lint_articles},
    {"GET", "/api/kb/feedback/:id/:language", Access::kStaff, show_feedback},
    {"GET", "/help", Access::kPublic, help_home},
    {"GET", "/help/sitemap.xml", Access::kPublic, help_sitemap},
    {"GET", "/help/pictures/*", Access::kPublic, help_picture},
    {"GET", "/help/:lang", Access::kPublic, help_index},
    {"GET", "/help/:lang/search", Access::kPublic, help_search},
    {"POST", "/help/:lang/:id/feedback", Access::kPublic, help_feedback},
    {"GET", "/help/:lang/:id", Access::kPublic, help_article},
    {"GET", "/help/:lang/:id/:slug", Access::kPublic, help_article},
    {"GET", "/help/*", Access::kPublic, help_nowhere},
    {"GET", "/robots.txt", Access::kPublic, robots_txt},
    {"GET", "/*", Access::kPublic, page},
};

bool matches(std::string_view pattern, std::string_view path, PathParams& params) {
  params.clear();
  while (!pattern.empty() || !path.empty()) {
    if (pattern == "/*") return true;
    if (pattern.empty() || path.empty() || pattern[0] != '/' || path[0] != '/') return false;
    pattern.remove_prefix(1);
    path.remove_prefix(1);
    auto want = pattern.substr(0, pattern.find('/'));
    auto have = path.substr(0, path.find('/'));
    if (want.starts_with(':')) {
      if (have.empty()) return false;
      params.emplace_back(have);
    } else if (want != have) {
      return false;
    }
    pattern.remove_prefix(want.size());
    path.remove_prefix(have.size());
  }
  return true;
}

// A page of another site may not act in a staff member's name: SameSite=Strict keeps the cookie away, these two make sure.
std::optional<net::HttpResponse> refuse_foreign(const net::HttpRequest& request) {
  if (request.method == "GET" || request.method == "HEAD") return std::nullopt;
  if (!request.headers.find("X-Usher-Request")) return problem(403, "denied", "the X-Usher-Request header is missing");
  if (!connectors::webchat::origin_allowed(request, {})) return problem(403, "denied", "requests from other sites are refused");
  return std::nullopt;
}

void add_security_headers(net::HttpResponse& response, bool is_https) {
  auto set_default = [&](const char* name, const char* value) {
    if (!response.headers.find(name)) response.headers.add(name, value);
  };
  set_default("Content-Security-Policy",
              "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'; form-action 'self'");
  set_default("X-Content-Type-Options", "nosniff");
  // Not "no-referrer": browsers would send "Origin: null" with the forms of our own pages.
  set_default("Referrer-Policy", "same-origin");
  set_default("Cache-Control", "no-store");
  if (is_https) set_default("Strict-Transport-Security", "max-age=31536000");
}

}  // namespace

Api::Api(Parts parts)
    : parts_(std::move(parts)),
      pictures_(std::make_unique<Pictures>(parts_.dialogs_folder, parts_.pool)),
      help_pictures_(std::make_unique<Pictures>(parts_.kb_folder, parts_.pool)),
      help_cache_(std::make_unique<HelpCache>()) {}
Api::~Api() = default;

boost::asio::awaitable<net::HttpResponse> Api::handle(net::HttpRequest request) {
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  Call call{&parts_, pictures_.get(), std::move(request), {}, {}};
  call.help_pictures = help_pictures_.get();
  call.help_cache = help_cache_.get();
  const Route* route = nullptr;
  bool path_is_known = false;
  for (const auto& r : kRoutes) {
    if (!matches(r.pattern, call.request.path, call.params)) continue;
    if (r.method != "*" && r.method != method) {
      path_is_known = path_is_known || r.pattern != "/*";
      continue;
    }
    if (path_is_known && r.pattern == "/*") continue;
    route = &r;
    break;
  }
  net::HttpResponse response;
  if (route == nullptr) {
    response = path_is_known || method != "GET" ? problem(405, "method", "this address does not take " + method)
                                                : problem(404, "not_found", "there is nothing at this address");
  } else if (route->access == Access::kStaff) {
    auto foreign = refuse_foreign(call.request);
    auto user = co_await session_user(&parts_, call.request.cookie("usher_session").value_or(""));
    if (foreign) {
      response = std::move(*foreign);
    } else if (!user) {
      response = problem(user.error());
    } else if (!*user) {
      response = problem(401, "sign_in", "please sign in");
    } else {
      call.user = std::move(**user);
      response = co_await route->run(std::move(call));
    }
  } else {
    response = co_await route->run(std::move(call));
  }
  add_security_headers(response, parts_.is_https);
  co_return response;
}

std::size_t Api::body_limit(std::string_view method, std::string_view path) const {
  if (method == "POST" && (path == "/chat/files" || path == "/chat/plain") && parts_.webchat != nullptr)
    return parts_.webchat->max_form_bytes();
  if (path.starts_with("/hooks/")) {
    auto it = parts_.webhooks.find(std::string(path.substr(7)));
    if (it != parts_.webhooks.end()) return it->second->body_limit();
  }
  if (method == "POST" && path == "/api/articles/import") return 64 * 1024 * 1024;
  if (method == "POST" && path == "/api/articles/files") return 20 * 1024 * 1024;
  if (path.starts_with("/api/articles/")) return 1024 * 1024;  // 256 KiB of article, as JSON
  return 64 * 1024;
}

std::optional<net::HttpResponse> Api::refuse_upgrade(const net::HttpRequest& request) {
  if (request.path != "/chat/ws" || parts_.webchat == nullptr)
    return problem(404, "not_found", "there is no WebSocket at this address");
  return parts_.webchat->refuse_upgrade(request);
}

boost::asio::awaitable<void> Api::websocket(std::shared_ptr<net::WebSocket> socket, std::string target) {
  return parts_.webchat->websocket(std::move(socket), std::move(target));
}

net::HttpResponse problem(int status, std::string_view code, std::string_view message) {
  return net::HttpResponse::json(status, dump({{"error", {{"code", code}, {"message", message}}}}));
}

net::HttpResponse problem(const Error& error) {
  int status = 500;
  switch (error.code) {
    case ErrorCode::kInvalid:
      status = 400;
      break;
    case ErrorCode::kNotFound:
      status = 404;
      break;
    case ErrorCode::kConflict:
      status = 409;
      break;
    case ErrorCode::kDenied:
      status = 403;
      break;
    case ErrorCode::kTooLarge:
      status = 413;
      break;
    case ErrorCode::kBusy:
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimeout:
    case ErrorCode::kIo:
      status = 503;
      break;
    default:
      break;
  }
  if (status >= 500) log::error("request failed", {{"code", std::string(to_string(error.code))}, {"detail", error.detail}});
  auto response = problem(status, to_string(error.code),
                          status == 500 ? "something went wrong on our side; it is in the log" : error.message);
  if (status == 503) response.headers.add("Retry-After", "5");
  return response;
}

}  // namespace usher::gateway::api
