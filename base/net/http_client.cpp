#include "base/net/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/net/curl_engine.h"
#include "base/text.h"

namespace usher::net {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kMaxHeaderCount = 200;
constexpr std::size_t kMaxHeaderBytes = 64 * 1024;
constexpr long kMaxIdleSeconds = 30;  // an older kept connection has probably been closed by its peer

bool is_private_v4(std::uint32_t a) {
  const auto in = [a](std::uint32_t net, int bits) { return (a >> (32 - bits)) == (net >> (32 - bits)); };
  // The IANA special-purpose registry (RFC 6890): this network, private, CGNAT, loopback, link-local, protocol assignments,
  // documentation, benchmarking, multicast, reserved and broadcast.
  return in(0x00000000, 8) || in(0x0A000000, 8) || in(0x64400000, 10) || in(0x7F000000, 8) || in(0xA9FE0000, 16) ||
         in(0xAC100000, 12) || in(0xC0000000, 24) || in(0xC0000200, 24) || in(0xC0A80000, 16) || in(0xC6120000, 15) ||
         in(0xC6336400, 24) || in(0xCB007100, 24) || in(0xE0000000, 4) || in(0xF0000000, 4);
}

std::uint32_t v4_at(const asio::ip::address_v6::bytes_type& b, std::size_t i) {
  return (std::uint32_t{b[i]} << 24) | (std::uint32_t{b[i + 1]} << 16) | (std::uint32_t{b[i + 2]} << 8) | std::uint32_t{b[i + 3]};
}

bool is_private_v6(const asio::ip::address_v6& address) {
  const auto b = address.to_bytes();
  const auto zero_until = [&b](std::size_t n) { return std::all_of(b.begin(), b.begin() + n, [](auto x) { return x == 0; }); };
  if (zero_until(10) && b[10] == 0xff && b[11] == 0xff) return is_private_v4(v4_at(b, 12));  // IPv4-mapped
  if (zero_until(12)) return true;                                                           // ::, ::1, IPv4-compatible
  if (b[0] == 0x00 && b[1] == 0x64 && b[2] == 0xff && b[3] == 0x9b)
    return b[4] != 0 || b[5] != 0 || is_private_v4(v4_at(b, 12));                 // NAT64
  if (b[0] == 0x20 && b[1] == 0x02) return is_private_v4(v4_at(b, 2));            // 6to4
  if (b[0] == 0x20 && b[1] == 0x01 && (b[2] & 0xfe) == 0) return true;            // Teredo, ORCHID …
  if (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8) return true;  // documentation
  if (b[0] == 0x01 && b[1] == 0x00) return true;                                  // discard-only
  return (b[0] & 0xfe) == 0xfc || b[0] == 0xff ||
         (b[0] == 0xfe && (b[1] & 0x80) == 0x80);  // unique local, multicast, link- and site-local
}

bool is_private_ip(const asio::ip::address& address) {
  return address.is_v4() ? is_private_v4(address.to_v4().to_uint()) : is_private_v6(address.to_v6());
}

bool has_control(std::string_view s) {
  return std::ranges::any_of(s, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

struct SlistFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Slist = std::unique_ptr<curl_slist, SlistFree>;
void append(Slist& list, const std::string& line) {
  curl_slist* grown = curl_slist_append(list.get(), line.c_str());
  if (grown == nullptr) return;
  static_cast<void>(list.release());
  list.reset(grown);
}

// One call under way: the easy handle and what its callbacks collect.
struct Transfer {
  Transfer() : easy(curl_easy_init()) {}
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() { curl_easy_cleanup(easy); }

  CURL* easy;
  Slist headers;
  std::string upload;
  std::size_t uploaded = 0;
  bool upload_ended = false;  // everything, end of data included, was handed to the connection
  std::size_t max_response = 0;
  std::size_t header_bytes = 0;
  bool allow_private = true;
  bool denied = false;
  bool too_large = false;
  HttpReply reply;
  MailReply mail;
  bool mail_reply_open = false;  // inside a multi-line reply
  std::array<char, CURL_ERROR_SIZE> error{};
  std::move_only_function<void(CURLcode)> done;
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto* t = static_cast<Transfer*>(user);
  const auto n = size * count;
  if (t->reply.body.size() + n > t->max_response) {
    t->too_large = true;
    return 0;
  }
  t->reply.body.append(data, n);
  return n;
}

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

// Each SMTP reply line arrives here: "550-first", "550 last".
std::size_t on_smtp_line(char* data, std::size_t size, std::size_t count, void* user) {
  auto* t = static_cast<Transfer*>(user);
  const auto n = size * count;
  std::string_view line(data, n);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.size() < 3 || !std::ranges::all_of(line.substr(0, 3), [](char c) { return c >= '0' && c <= '9'; })) return n;
  if (!t->mail_reply_open) t->mail.text.clear();
  t->mail.code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  const auto words = line.size() > 4 ? line.substr(4) : std::string_view{};
  if (t->mail.text.size() + words.size() < t->max_response) {
    if (!t->mail.text.empty()) t->mail.text += ' ';
    t->mail.text += text::to_valid_utf8(words);
  }
  t->mail_reply_open = line.size() > 3 && line[3] == '-';
  return n;
}

std::size_t on_read(char* into, std::size_t size, std::size_t count, void* user) {
  auto* t = static_cast<Transfer*>(user);
  const auto n = std::min(size * count, t->upload.size() - t->uploaded);
  std::memcpy(into, t->upload.data() + t->uploaded, n);
  t->uploaded += n;
  if (n == 0) t->upload_ended = true;
  return n;
}

// The address guard: here the name is resolved already, so neither DNS rebinding nor odd spellings get past it.
curl_socket_t open_socket(void* user, curlsocktype /*purpose*/, curl_sockaddr* address) {
  auto* t = static_cast<Transfer*>(user);
  if (!t->allow_private) {
    asio::ip::address ip;
    if (address->family == AF_INET) {
      sockaddr_in in{};
      std::memcpy(&in, &address->addr, sizeof in);
      ip = asio::ip::address_v4(ntohl(in.sin_addr.s_addr));
    } else if (address->family == AF_INET6) {
      // curl_sockaddr ends in the bytes of the real sockaddr, which for IPv6 are more than sizeof(sockaddr).
      sockaddr_in6 in{};
      std::memcpy(&in, static_cast<const void*>(&address->addr), std::min<std::size_t>(sizeof in, address->addrlen));
      asio::ip::address_v6::bytes_type bytes{};
      std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
      ip = asio::ip::address_v6(bytes);
    } else {
      t->denied = true;
      return CURL_SOCKET_BAD;
    }
    if (is_private_ip(ip)) {
      t->denied = true;
      return CURL_SOCKET_BAD;
    }
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

struct UrlFree {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

Result<void> check_url(const std::string& url, std::string_view scheme_a, std::string_view scheme_b) {
  const std::unique_ptr<CURLU, UrlFree> parsed(curl_url());
  char* scheme = nullptr;
  if (has_control(url) || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
      curl_url_get(parsed.get(), CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK) {
    return fail(ErrorCode::kInvalid, "not a usable URL", url);
  }
  const std::string found = scheme;
  curl_free(scheme);
  if (found != scheme_a && found != scheme_b) {
    return fail(ErrorCode::kInvalid, fmt::format("only {} and {} URLs can be called", scheme_a, scheme_b), url);
  }
  return {};
}

template <class T>
void set(CURL* easy, CURLoption option, T value) {
  curl_easy_setopt(easy, option, value);
}

void set_common(Transfer& t, const std::string& url, const CallLimits& limits, const std::string& ca_file) {
  CURL* e = t.easy;
  t.max_response = limits.max_response;
  set(e, CURLOPT_URL, url.c_str());
  set(e, CURLOPT_NOSIGNAL, 1L);
  set(e, CURLOPT_ERRORBUFFER, t.error.data());
  set(e, CURLOPT_PROXY, "");  // a proxy out of the environment would make the address guard look at the wrong address
  set(e, CURLOPT_FOLLOWLOCATION, 0L);
  set(e, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect.count()));
  set(e, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total.count()));
  set(e, CURLOPT_MAXAGE_CONN, kMaxIdleSeconds);
  set(e, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!ca_file.empty()) set(e, CURLOPT_CAINFO, ca_file.c_str());  // the system's CApath stays, so this adds
  set(e, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(e, CURLOPT_OPENSOCKETDATA, &t);
  set(e, CURLOPT_WRITEFUNCTION, &on_body);
  set(e, CURLOPT_WRITEDATA, &t);
  set(e, CURLOPT_HEADERDATA, &t);
}

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

// Line ends become CRLF; the text ends with one.
std::string to_crlf(const std::string& message) {
  std::string out;
  out.reserve(message.size() + message.size() / 32 + 2);
  for (std::size_t i = 0; i < message.size(); ++i) {
    if (message[i] == '\r') {
      out += "\r\n";
      if (i + 1 < message.size() && message[i + 1] == '\n') ++i;
    } else if (message[i] == '\n') {
      out += "\r\n";
    } else {
      out += message[i];
    }
  }
  if (!out.ends_with("\r\n")) out += "\r\n";
  return out;
}

bool address_ok(const std::string& address) {
  return !has_control(address) && address.find_first_of("<> ") == std::string::npos && address.size() <= 254;
}

Result<std::unique_ptr<Transfer>> prepare_mail(const MailCall& call) {
  if (auto ok = check_url(call.url, "smtp", "smtps"); !ok) return fail(std::move(ok.error()));
  if (call.recipient.empty() || !address_ok(call.recipient)) return fail(ErrorCode::kInvalid, "not a usable recipient address");
  if (!address_ok(call.envelope_from)) return fail(ErrorCode::kInvalid, "not a usable sender address");
  auto t = std::make_unique<Transfer>();
  set_common(*t, call.url, call.limits, call.ca_file);
  CURL* e = t->easy;
  set(e, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(e, CURLOPT_HEADERFUNCTION, &on_smtp_line);
  set(e, CURLOPT_MAIL_FROM, call.envelope_from.c_str());
  append(t->headers, call.recipient);
  set(e, CURLOPT_MAIL_RCPT, t->headers.get());
  t->upload = to_crlf(call.message);
  set(e, CURLOPT_UPLOAD, 1L);
  set(e, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(t->upload.size()));
  set(e, CURLOPT_READFUNCTION, &on_read);
  set(e, CURLOPT_READDATA, t.get());
  if (!call.user.empty()) {
    set(e, CURLOPT_USERNAME, call.user.c_str());
    set(e, CURLOPT_PASSWORD, call.password.c_str());
  }
  switch (call.tls) {
    case MailCall::Tls::kNone:
      set(e, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_NONE));
      break;
    case MailCall::Tls::kOpportunistic:
      // Encryption against onlookers only (RFC 7435): whoever can forge a certificate here could strip STARTTLS as well.
      set(e, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_TRY));
      set(e, CURLOPT_SSL_VERIFYPEER, 0L);
      set(e, CURLOPT_SSL_VERIFYHOST, 0L);
      break;
    case MailCall::Tls::kRequired:
      set(e, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
      break;
  }
  return t;
}

std::string reason_of(const Transfer& t, CURLcode code) {
  return t.error[0] != '\0' ? t.error.data() : curl_easy_strerror(code);
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

Result<MailReply> finish_mail(Transfer& t, CURLcode code) {
  if (code == CURLE_OK) return std::move(t.mail);
  const auto reason = reason_of(t, code);
  const auto said = fmt::format("{} {}", t.mail.code, t.mail.text);
  if (code == CURLE_LOGIN_DENIED) return fail(ErrorCode::kDenied, "the mail relay refused the login", said);
  if (t.mail.code >= 400 && t.mail.code < 500) {
    return fail(ErrorCode::kUnavailable, fmt::format("the mail relay refused for now ({})", t.mail.code), said);
  }
  if (t.mail.code >= 500) return fail(ErrorCode::kInvalid, fmt::format("the mail relay refused ({})", t.mail.code), said);
  if (t.upload_ended) return fail(ErrorCode::kUnknown, "the mail was sent but the relay did not confirm it", reason);
  if (code == CURLE_OPERATION_TIMEDOUT) return fail(ErrorCode::kTimeout, "the mail relay did not answer in time", reason);
  if (code == CURLE_USE_SSL_FAILED || code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR) {
    return fail(ErrorCode::kUnavailable, "no trusted TLS connection to the mail relay", reason);
  }
  return fail(ErrorCode::kUnavailable, "the mail relay cannot be reached", reason);
}

// Connections are kept per engine and reused by libcurl when host and port agree. Calls of different trust must not share one: a
// guarded call could otherwise ride on a connection to a private address, one that requires TLS on an unencrypted one.
enum class Lane : std::uint8_t { kGuarded, kTrusted, kMailPlain, kMailTry, kMailTls };

class Engines : public std::enable_shared_from_this<Engines> {
 public:
  Engines(async::Executor executor, std::size_t max_connections) : executor_(executor), max_connections_(max_connections) {}

  async::Executor executor() const { return executor_; }

  // On the executor's thread from here on.
  void start(Lane lane, std::uint64_t id, std::shared_ptr<Transfer> transfer) {
    if (closed_) return transfer->done(CURLE_ABORTED_BY_CALLBACK);
    auto& engine = lanes_[static_cast<std::size_t>(lane)];
    if (!engine) engine = std::make_shared<CurlEngine>(executor_, max_connections_);
    running_[id] = {engine, transfer->easy};
    CURL* easy = transfer->easy;
    engine->start(easy, [weak = weak_from_this(), id, transfer](CURLcode code) {
      if (auto self = weak.lock()) self->running_.erase(id);
      transfer->done(code);
    });
  }

  void cancel(std::uint64_t id) {
    if (const auto found = running_.find(id); found != running_.end()) {
      auto [engine, easy] = found->second;
      engine->cancel(easy);
    }
  }

  void close() {
    closed_ = true;
    for (auto& engine : lanes_) {
      if (engine) engine->cancel_all();
      engine.reset();
    }
  }

  std::uint64_t next_id() { return ids_.fetch_add(1, std::memory_order_relaxed); }

 private:
  async::Executor executor_;
  std::size_t max_connections_;
  std::atomic<std::uint64_t> ids_{1};
  std::array<std::shared_ptr<CurlEngine>, 5> lanes_;
  std::unordered_map<std::uint64_t, std::pair<std::shared_ptr<CurlEngine>, CURL*>> running_;
  bool closed_ = false;
};

template <class T>
using Finish = Result<T> (*)(Transfer&, CURLcode);

// Hops to the engine's executor, runs the transfer, hops back. Ended early by cancellation of the caller.
template <class T>
asio::awaitable<Result<T>> run(std::shared_ptr<Engines> engines, Lane lane, std::shared_ptr<Transfer> transfer,
                               Finish<T> finish) {
  auto initiate = [engines, lane, finish](auto handler, std::shared_ptr<Transfer> t) {
    auto executor = asio::get_associated_executor(handler);
    const auto id = engines->next_id();
    if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected()) {
      slot.assign([weak = std::weak_ptr<Engines>(engines), id](asio::cancellation_type) {
        if (auto alive = weak.lock()) {
          asio::post(alive->executor(), [alive, id] { alive->cancel(id); });
        }
      });
    }
    auto kept = std::make_shared<decltype(handler)>(std::move(handler));
    t->done = [kept, executor, guard = asio::make_work_guard(executor), raw = t.get(), finish](CURLcode code) mutable {
      auto result = finish(*raw, code);
      asio::post(executor, [kept = std::move(kept), result = std::move(result)]() mutable { (*kept)(std::move(result)); });
    };
    asio::dispatch(engines->executor(),
                   [engines, lane, id, t = std::move(t)]() mutable { engines->start(lane, id, std::move(t)); });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<T>)>(
      std::move(initiate), asio::use_awaitable, std::move(transfer));
}

class CurlClient final : public OutboundClient {
 public:
  CurlClient(async::Executor executor, std::size_t max_connections)
      : engines_(std::make_shared<Engines>(executor, max_connections)) {}
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;
  ~CurlClient() override {
    asio::dispatch(engines_->executor(), [engines = engines_] { engines->close(); });
  }

  asio::awaitable<Result<HttpReply>> http(HttpCall call) override {
    const auto lane = call.allow_private ? Lane::kTrusted : Lane::kGuarded;
    auto transfer = prepare_http(std::move(call));
    if (!transfer) co_return fail(std::move(transfer.error()));
    std::shared_ptr<Transfer> shared = std::move(*transfer);
    co_return co_await run<HttpReply>(engines_, lane, std::move(shared), &finish_http);
  }

  asio::awaitable<Result<MailReply>> mail(MailCall call) override {
    auto lane = Lane::kMailTry;
    if (call.tls == MailCall::Tls::kNone) lane = Lane::kMailPlain;
    if (call.tls == MailCall::Tls::kRequired) lane = Lane::kMailTls;
    auto transfer = prepare_mail(call);
    if (!transfer) co_return fail(std::move(transfer.error()));
    std::shared_ptr<Transfer> shared = std::move(*transfer);
    co_return co_await run<MailReply>(engines_, lane, std::move(shared), &finish_mail);
  }

 private:
  std::shared_ptr<Engines> engines_;
};

}  // namespace

std::unique_ptr<OutboundClient> make_outbound_client(async::Executor executor, std::size_t max_connections_per_host) {
  return std::make_unique<CurlClient>(executor, max_connections_per_host);
}

bool is_private_address(std::string_view address) {
  boost::system::error_code ec;
  const auto ip = asio::ip::make_address(std::string(address), ec);
  return ec || is_private_ip(ip);  // what cannot be read is not let through
}

}  // namespace usher::net
