// HTTP through libcurl: request out of an HttpCall, HttpReply out of its callbacks.
#include "base/net/curl_transfer.h"
#include "base/text.h"

namespace usher::net {
namespace {

constexpr std::size_t kMaxHeaderCount = 200;
constexpr std::size_t kMaxHeaderBytes = 64 * 1024;

std::size_t on_http_header(char* data, std::size_t size, std::size_t count, void* user) {
  auto* t = static_cast<Transfer*>(user);
  const auto n = size * count;
  std::string_view line(data, n);
  t->header_bytes += n;
  if (t->header_bytes > kMaxHeaderBytes || t->reply.headers.items().size() > kMaxHeaderCount) {
    t->too_large = true;
    return 0;
  }
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {  // an interim answer (100, 103) came before
    t->reply.headers = Headers{};
    return n;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return n;
  t->reply.headers.add(std::string(line.substr(0, colon)), text::trim(line.substr(colon + 1)));
  return n;
}

}  // namespace

Result<std::unique_ptr<Transfer>> prepare_http(HttpCall call) {
  if (auto ok = check_url(call.url, "http", "https"); !ok) return fail(std::move(ok.error()));
  if (call.method.empty() || has_control(call.method) || call.method.find(' ') != std::string::npos) {
    return fail(ErrorCode::kInvalid, "not a usable HTTP method");
  }
  auto t = std::make_unique<Transfer>();
  set_common(*t, call.url, call.limits, call.ca_file);
  CURL* e = t->easy;
  t->allow_private = call.allow_private;
  set(e, CURLOPT_PROTOCOLS_STR, "http,https");
  set(e, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(e, CURLOPT_HEADERFUNCTION, &on_http_header);
  bool has_type = false;
  bool has_agent = false;
  for (const auto& [name, value] : call.headers.items()) {
    if (name.empty() || has_control(name) || name.find_first_of(": ") != std::string::npos || has_control(value)) {
      return fail(ErrorCode::kInvalid, "a request header holds characters that are not allowed", name);
    }
    has_type = has_type || text::iequals_ascii(name, "content-type");
    has_agent = has_agent || text::iequals_ascii(name, "user-agent");
    append(t->headers, value.empty() ? name + ";" : name + ": " + value);
  }
  if (!has_agent) append(t->headers, "User-Agent: usher");
  append(t->headers, "Expect:");  // libcurl would wait a second for 100 Continue
  const bool sends_body = !call.body.empty() || call.method == "POST" || call.method == "PUT" || call.method == "PATCH";
  if (sends_body) {
    if (!has_type) append(t->headers, "Content-Type:");  // not libcurl's form type
    t->upload = std::move(call.body);
    set(e, CURLOPT_POST, 1L);
    set(e, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(t->upload.size()));
    set(e, CURLOPT_POSTFIELDS, t->upload.c_str());
  } else if (call.method == "HEAD") {
    set(e, CURLOPT_NOBODY, 1L);
  }
  if (call.method != "HEAD") set(e, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  // libcurl sends a request again by itself when a kept connection turns out dead. That may do a POST twice, so one that is not
  // idempotent (RFC 9110 §9.2.2) gets a connection of its own.
  if (call.method == "POST" || call.method == "PATCH") set(e, CURLOPT_FRESH_CONNECT, 1L);
  set(e, CURLOPT_HTTPHEADER, t->headers.get());
  return t;
}

Result<HttpReply> finish_http(Transfer& t, CURLcode code) {
  if (code == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(t.easy, CURLINFO_RESPONSE_CODE, &status);
    t.reply.status = static_cast<int>(status);
    return std::move(t.reply);
  }
  const auto reason = reason_of(t, code);
  if (t.too_large) return fail(ErrorCode::kTooLarge, "the answer is larger than allowed", reason);
  long request_bytes = 0;
  curl_easy_getinfo(t.easy, CURLINFO_REQUEST_SIZE, &request_bytes);
  if (request_bytes > 0) return fail(ErrorCode::kUnknown, "the request was sent but its answer did not arrive whole", reason);
  if (t.denied) return fail(ErrorCode::kDenied, "the address is not allowed: it is private or reserved", reason);
  if (code == CURLE_OPERATION_TIMEDOUT) return fail(ErrorCode::kTimeout, "the server could not be reached in time", reason);
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
    return fail(ErrorCode::kInvalid, "not a usable URL", reason);
  return fail(ErrorCode::kUnavailable, "the server cannot be reached", reason);
}

}  // namespace usher::net
