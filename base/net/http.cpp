#include "base/net/http.h"

#include <algorithm>

#include "base/text.h"

namespace usher::net {
namespace {

std::string_view trim_space(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

std::vector<std::pair<std::string, std::string>> parse_pairs(std::string_view encoded) {
  std::vector<std::pair<std::string, std::string>> out;
  while (!encoded.empty()) {
    const auto end = encoded.find('&');
    const auto part = encoded.substr(0, end);
    encoded = end == std::string_view::npos ? std::string_view{} : encoded.substr(end + 1);
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const auto value = equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1);
    out.emplace_back(text::url_decode(part.substr(0, equals), true), text::url_decode(value, true));
  }
  return out;
}

HttpResponse with_type(int status, std::string body, const char* type) {
  HttpResponse response;
  response.status = status;
  response.headers.add("Content-Type", type);
  response.body = std::move(body);
  return response;
}

}  // namespace

void Headers::set(std::string name, std::string value) {
  std::erase_if(items_, [&](const auto& item) { return text::iequals_ascii(item.first, name); });
  items_.emplace_back(std::move(name), std::move(value));
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& [key, value] : items_) {
    if (text::iequals_ascii(key, name)) return std::string_view(value);
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(items_, [&](const auto& item) { return text::iequals_ascii(item.first, name); }));
}

std::optional<std::string> HttpRequest::query_param(std::string_view name) const {
  for (auto& [key, value] : parse_pairs(query)) {
    if (key == name) return std::move(value);
  }
  return std::nullopt;
}

std::optional<std::string> HttpRequest::cookie(std::string_view name) const {
  for (const auto& [key, value] : headers.items()) {
    if (!text::iequals_ascii(key, "cookie")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto end = rest.find(';');
      const auto part = trim_space(rest.substr(0, end));
      rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
      const auto equals = part.find('=');
      if (equals == std::string_view::npos || trim_space(part.substr(0, equals)) != name) continue;
      auto found = trim_space(part.substr(equals + 1));
      if (found.size() >= 2 && found.front() == '"' && found.back() == '"') found = found.substr(1, found.size() - 2);
      return std::string(found);
    }
  }
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> HttpRequest::form() const {
  const auto type = headers.find("content-type");
  if (!type) return {};
  const auto media = trim_space(type->substr(0, type->find(';')));
  if (!text::iequals_ascii(media, "application/x-www-form-urlencoded")) return {};
  return parse_pairs(body);
}

HttpResponse HttpResponse::text(int status, std::string body) {
  return with_type(status, std::move(body), "text/plain; charset=utf-8");
}
HttpResponse HttpResponse::html(int status, std::string body) {
  return with_type(status, std::move(body), "text/html; charset=utf-8");
}
HttpResponse HttpResponse::json(int status, std::string body) {
  return with_type(status, std::move(body), "application/json");
}

HttpResponse HttpResponse::redirect(std::string location) {
  HttpResponse response;
  response.status = 303;
  response.headers.add("Location", std::move(location));
  return response;
}

}  // namespace usher::net
