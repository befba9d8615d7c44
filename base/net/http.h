// HTTP messages as plain values, shared by server and client.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher::net {

// Field names compare case-insensitively; order is kept.
class Headers {
 public:
  void add(std::string name, std::string value) { items_.emplace_back(std::move(name), std::move(value)); }
  void set(std::string name, std::string value);                      // replaces all of that name
  std::optional<std::string_view> find(std::string_view name) const;  // the first
  std::size_t count(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& items() const { return items_; }

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

struct HttpRequest {
  std::string method;  // "GET"
  std::string target;  // as received: "/a/b?x=1"
  std::string path;    // decoded, starts with '/', no "..", no NUL
  std::string query;   // undecoded, without '?'
  Headers headers;
  std::string body;
  std::string remote;  // peer address without port, or the first X-Forwarded-For hop when the peer is a trusted proxy
  bool is_tls = false;

  std::optional<std::string> query_param(std::string_view name) const;  // decoded, first of that name
  std::optional<std::string> cookie(std::string_view name) const;
  // application/x-www-form-urlencoded body fields, decoded, in order. Empty for other content types.
  std::vector<std::pair<std::string, std::string>> form() const;
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;

  static HttpResponse text(int status, std::string body);
  static HttpResponse html(int status, std::string body);
  static HttpResponse json(int status, std::string body);
  static HttpResponse redirect(std::string location);  // 303
};

}  // namespace usher::net
