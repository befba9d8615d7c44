#include "base/net/http_connection.h"

#include <ctime>
#include <type_traits>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/async/deadlines.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/net/ws_codec.h"
#include "base/text.h"

namespace usher::net {
namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kReadSize = 4096;
constexpr std::size_t kBytesPerSecond = 500;             // a peer slower than this holds a connection for nothing
constexpr std::size_t kLargeBytesPerSecond = 16 * 1024;  // who takes room from others has to be quicker
constexpr milliseconds kGrace{10'000};
constexpr milliseconds kLinger{2'000};
constexpr milliseconds kNever{std::chrono::hours(24 * 365)};
constexpr std::size_t kLingerBytes = 1024 * 1024;
constexpr std::size_t kLargeBody = 1024 * 1024;

milliseconds floor_limit(std::size_t bytes, std::size_t bytes_per_second = kBytesPerSecond) {
  return kGrace + milliseconds(bytes * 1000 / bytes_per_second);
}

HttpResponse refusal(int status, const char* code, const char* message) {
  return HttpResponse::json(status, fmt::format(R"({{"error":{{"code":"{}","message":"{}"}}}})", code, message));
}

HttpResponse refusal(int status) {
  switch (status) {
    case 408:
      return refusal(408, "timeout", "the request did not arrive in time");
    case 413:
      return refusal(413, "too_large", "the request body is larger than allowed here");
    case 414:
      return refusal(414, "too_large", "the request target is longer than 8 KiB");
    case 417:
      return refusal(417, "invalid", "only Expect: 100-continue is understood");
    case 431:
      return refusal(431, "too_large", "the request header is larger than 16 KiB or has more than 100 fields");
    case 501:
      return refusal(501, "invalid", "the transfer coding is not supported");
    case 503: {
      auto response = refusal(503, "busy", "too many large requests at once; try again in a moment");
      response.headers.add("Retry-After", "5");
      return response;
    }
    default:
      return refusal(400, "invalid", "the request is malformed");
  }
}

void count_answer(int status) {
  static const std::array<metrics::Counter*, 6> counters = [] {
    std::array<metrics::Counter*, 6> all{};
    for (int i = 0; i < 6; ++i) {
      all[static_cast<std::size_t>(i)] =
          &metrics::counter("usher_http_responses_total", "HTTP answers by class of status", {{"class", fmt::format("{}xx", i)}});
    }
    return all;
  }();
  const int index = status / 100;
  counters[index >= 0 && index < 6 ? static_cast<std::size_t>(index) : 0U]->add();
}

template <class Stream>
class HttpConnection final : public Live {
 public:
  static constexpr bool kTls = std::is_same_v<Stream, TlsSocket>;

  HttpConnection(ServerState& server, Shard& shard, Stream stream, std::string peer, ConnectionLimits::Slot slot)
      : server_(server), shard_(shard), stream_(std::move(stream)), peer_(std::move(peer)), slot_(std::move(slot)) {
    shard.live.push_back(*this);
  }

  void tick(Clock::time_point /*now*/) override {}
  void close_if_idle() override {
    if (idle_) kill();
  }
  void kill() override {
    boost::system::error_code ec;
    stream_.lowest_layer().close(ec);
  }

  asio::awaitable<void> run() {
    arm(server_.options.header_timeout);
    if constexpr (kTls) {
      boost::system::error_code ec;
      co_await stream_.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, ec));
      if (ec || timed_out_) co_return;
    }
    bool more = true;
    for (bool first = true; more; first = false) {
      if (!co_await await_request(first)) break;
      more = co_await serve_one();
    }
    if (!handed_over_) co_await close_gently();
  }

 private:
  // (Re)starts the one time limit of the connection. A limit that has struck needs a new guard.
  void arm(milliseconds limit) {
    if (guard_set_ && !timed_out_) {
      guard_.extend(limit);
      return;
    }
    timed_out_ = false;
    guard_set_ = true;
    guard_ = async::Deadlines::Guard(async::Deadlines::of(shard_.context), limit, [this] { expire(); });
  }

  void expire() {
    timed_out_ = true;
    boost::system::error_code ec;
    stream_.lowest_layer().cancel(ec);
  }

  // Waits for the first byte of a request. Only an unencrypted connection can wait without a buffer.
  asio::awaitable<bool> await_request(bool first) {
    if (!buffer_.empty()) co_return true;
    if (!first && server_.draining) co_return false;
    buffer_ = std::string();
    arm(first ? milliseconds(server_.options.header_timeout) : milliseconds(server_.options.keep_alive_timeout));
    idle_ = true;
    boost::system::error_code ec;
    if constexpr (!kTls) {
      co_await stream_.async_wait(asio::socket_base::wait_read, asio::redirect_error(asio::use_awaitable, ec));
    }
    const bool ok = !ec && !timed_out_ && co_await fill();
    idle_ = false;
    co_return ok;
  }

  asio::awaitable<bool> fill() {
    const auto had = buffer_.size();
    buffer_.resize(had + kReadSize);
    boost::system::error_code ec;
    const auto n = co_await stream_.async_read_some(asio::buffer(buffer_.data() + had, kReadSize),
                                                    asio::redirect_error(asio::use_awaitable, ec));
    buffer_.resize(had + n);
    co_return !ec && !timed_out_ && n > 0;
  }

  // One request and its answer. False: no further request on this connection.
  asio::awaitable<bool> serve_one() {
    arm(server_.options.header_timeout);
    HeadScan scan;
    for (;;) {
      // RFC 9112 §2.2: an empty line before the request line is forgiven.
      while (buffer_.starts_with("\r\n")) buffer_.erase(0, 2);
      scan = scan_head(buffer_);
      if (scan.refuse != 0) co_return co_await refuse(scan.refuse);
      if (scan.end != 0) break;
      if (!co_await fill()) co_return co_await fail_reading();
    }

    auto parser = std::make_unique<http::request_parser<http::string_body>>();
    parser->header_limit(kMaxHead + 1);
    parser->body_limit(boost::none);
    boost::system::error_code ec;
    parser->put(asio::buffer(buffer_.data(), scan.end), ec);
    if ((ec && ec != http::error::need_more) || !parser->is_header_done()) co_return co_await refuse(400);
    buffer_.erase(0, scan.end);

    auto& message = parser->get();
    HttpRequest request;
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    for (const auto& field : message.base()) request.headers.add(std::string(field.name_string()), std::string(field.value()));
    http10_ = message.version() < 11;
    head_only_ = request.method == "HEAD";
    const bool keep = message.keep_alive();

    const auto framing = judge_framing(request.headers, !http10_);
    if (framing.refuse != 0) co_return co_await refuse(framing.refuse);
    auto target = parse_target(request.target);
    if (!target) co_return co_await refuse(400);
    request.path = std::move(target->path);
    request.query = std::move(target->query);
    request.remote = server_.proxies.client(peer_, request.headers);
    request.is_tls = kTls || server_.proxies.is_https(peer_, request.headers);

    const bool has_body = framing.chunked || framing.content_length > 0;
    if (is_websocket(request, message.version()) && !has_body) {
      const auto accept_key = ws_accept_key(request.headers.find("sec-websocket-key").value_or(""));
      auto refused = refuse_handshake(request, accept_key);
      if (refused) co_return co_await answer(std::move(*refused), keep) && keep;
      hand_over(std::move(request), accept_key);
      co_return false;
    }

    const auto limit = server_.handler.body_limit(request.method, request.path);
    if (framing.content_length > limit) co_return co_await refuse(413);
    BodyRoom::Part room;
    body_rate_ = kBytesPerSecond;
    if (const auto expected = framing.chunked ? limit : framing.content_length; expected > kLargeBody) {
      auto taken = server_.large_bodies.take(request.remote, expected);
      if (!taken) co_return co_await refuse(503);
      room = std::move(*taken);
      body_rate_ = kLargeBytesPerSecond;
    }
    if (const auto expect = request.headers.find("expect"); expect && !http10_) {
      if (!text::iequals_ascii(*expect, "100-continue")) co_return co_await refuse(417);
      if (has_body && buffer_.empty()) {
        co_await asio::async_write(stream_, asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25),
                                   asio::redirect_error(asio::use_awaitable, ec));
        if (ec || timed_out_) co_return false;
      }
    }
    if (has_body) {
      body_started_ = Clock::now();
      int refused = 0;
      if (framing.chunked) {
        parser->body_limit(limit);
        parser->eager(true);
        refused = co_await read_chunked(parser.get());
        request.body = std::move(message.body());
      } else {
        refused = co_await read_sized(&request.body, framing.content_length);
      }
      if (refused != 0) co_return co_await refuse(refused);
      if (body_failed_) co_return co_await fail_reading();
    }
    parser.reset();

    arm(kNever);  // the handler's waits have their own limits
    auto response = co_await ask_handler(std::move(request));
    if (timed_out_) co_return false;
    const bool go_on = keep && !server_.draining;
    co_return co_await answer(std::move(response), go_on) && go_on;
  }

  void allow_more_body(std::size_t received) {
    const auto passed = std::chrono::duration_cast<milliseconds>(Clock::now() - body_started_);
    arm(std::max(floor_limit(received, body_rate_) - passed, milliseconds(0)));
  }

  asio::awaitable<int> read_sized(std::string* body, std::size_t length) {
    while (body->size() < length) {
      if (buffer_.empty()) {
        allow_more_body(body->size());
        if (!co_await fill()) {
          body_failed_ = true;
          co_return 0;
        }
      }
      const auto take = std::min(buffer_.size(), length - body->size());
      body->append(buffer_, 0, take);
      buffer_.erase(0, take);
    }
    co_return 0;
  }

  asio::awaitable<int> read_chunked(http::request_parser<http::string_body>* parser) {
    std::size_t received = 0;
    while (!parser->is_done()) {
      boost::system::error_code ec;
      std::size_t used = 0;
      if (!buffer_.empty()) {
        used = parser->put(asio::buffer(buffer_), ec);
        buffer_.erase(0, used);
        received += used;
      }
      if (ec && ec != http::error::need_more) co_return ec == http::error::body_limit ? 413 : 400;
      if (parser->is_done()) break;
      if (used != 0 && !buffer_.empty() && !ec) continue;
      if (buffer_.size() > kMaxHead) co_return 400;  // an endless chunk extension or trailer
      allow_more_body(received);
      if (!co_await fill()) {
        body_failed_ = true;
        co_return 0;
      }
    }
    co_return 0;
  }

  asio::awaitable<HttpResponse> ask_handler(HttpRequest request) {
    std::string path = request.path;
    std::string what;
    try {
      co_return co_await server_.handler.handle(std::move(request));
    } catch (const std::exception& e) {
      what = e.what();
    }
    log::error("http_handler_exception", {{"path", path}, {"what", what}});
    co_return refusal(500, "internal", "something went wrong on our side");
  }

  static bool is_websocket(const HttpRequest& request, unsigned version) {
    const auto upgrade = request.headers.find("upgrade");
    const auto connection = request.headers.find("connection");
    return version == 11 && request.method == "GET" && upgrade && connection && http::token_list(*upgrade).exists("websocket") &&
           http::token_list(*connection).exists("upgrade");
  }

  std::optional<HttpResponse> refuse_handshake(const HttpRequest& request, const std::string& accept_key) {
    if (server_.draining) return refusal(503, "unavailable", "the server is shutting down");
    if (request.headers.find("sec-websocket-version") != "13") {
      auto response = refusal(426, "invalid", "WebSocket version 13 is spoken here");
      response.headers.add("Sec-WebSocket-Version", "13");
      return response;
    }
    if (accept_key.empty()) return refusal(400, "invalid", "Sec-WebSocket-Key is missing or malformed");
    return server_.handler.refuse_upgrade(request);
  }

  void hand_over(HttpRequest request, std::string accept_key) {
    handed_over_ = true;
    guard_.reset();
    Upgrade upgrade;
    upgrade.accept_key = std::move(accept_key);
    if (!buffer_.empty()) upgrade.early = std::move(buffer_);  // an empty one would take its capacity along
    upgrade.target = request.query.empty() ? request.path : request.path + "?" + request.query;
    upgrade.remote = std::move(request.remote);
    upgrade.slot = std::move(slot_);
    start_websocket(server_, shard_, std::move(stream_), std::move(upgrade));
  }

  asio::awaitable<bool> fail_reading() {
    if (timed_out_) co_await refuse(408);
    co_return false;
  }

  // Answers an error and gives the connection up: what follows on it cannot be trusted.
  asio::awaitable<bool> refuse(int status) {
    co_await answer(refusal(status), false);
    linger_ = true;
    co_return false;
  }

  asio::awaitable<bool> answer(HttpResponse response, bool keep) {
    arm(floor_limit(response.body.size()));
    count_answer(response.status);
    const bool bodiless = response.status / 100 == 1 || response.status == 204 || response.status == 304;
    const auto head = response_head(response, response.body.size(), {.close = !keep, .http10 = http10_});
    const std::array<asio::const_buffer, 2> parts{
        asio::buffer(head), bodiless || head_only_ ? asio::const_buffer{} : asio::const_buffer(asio::buffer(response.body))};
    boost::system::error_code ec;
    co_await asio::async_write(stream_, parts, asio::redirect_error(asio::use_awaitable, ec));
    if (ec || timed_out_) broken_ = true;
    co_return !broken_;
  }

  // A close with unread bytes in the socket sends a reset that can overtake the answer: read on for a moment.
  asio::awaitable<void> close_gently() {
    boost::system::error_code ec;
    if (!broken_ && stream_.lowest_layer().is_open()) {
      arm(kLinger);
      if constexpr (kTls) {
        co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, ec));
      } else {
        stream_.shutdown(asio::socket_base::shutdown_send, ec);
        for (std::size_t seen = 0; linger_ && !ec && !timed_out_ && seen < kLingerBytes;) {
          buffer_.resize(kReadSize);
          seen += co_await stream_.async_read_some(asio::buffer(buffer_), asio::redirect_error(asio::use_awaitable, ec));
        }
      }
    }
    guard_.reset();
    kill();
  }

  ServerState& server_;
  Shard& shard_;
  Stream stream_;
  std::string peer_;
  ConnectionLimits::Slot slot_;
  std::string buffer_;  // received and not yet used
  async::Deadlines::Guard guard_;
  Clock::time_point body_started_;
  std::size_t body_rate_ = kBytesPerSecond;
  bool guard_set_ = false;
  bool idle_ = false;
  bool timed_out_ = false;
  bool body_failed_ = false;
  bool broken_ = false;
  bool linger_ = false;
  bool http10_ = false;
  bool head_only_ = false;
  bool handed_over_ = false;
};

template <class Stream>
asio::awaitable<void> serve(std::unique_ptr<HttpConnection<Stream>> connection) {
  co_await connection->run();
}

// IMF-fixdate (RFC 9110 §5.6.7), made once a second per thread.
const std::string& http_date() {
  thread_local std::time_t made = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != made) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    text = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                       kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900, parts.tm_hour, parts.tm_min,
                       parts.tm_sec);
    made = now;
  }
  return text;
}

bool header_safe(const std::string& name, const std::string& value) {
  static constexpr std::string_view kForbidden("\r\n\0", 3);
  return !name.empty() && name.find_first_of(kForbidden) == std::string::npos && name.find_first_of(": ") == std::string::npos &&
         value.find_first_of(kForbidden) == std::string::npos;
}

}  // namespace

std::string response_head(const HttpResponse& response, std::size_t length, HeadStyle style) {
  std::string head;
  head.reserve(512);
  const auto status = static_cast<http::status>(response.status);
  fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                 std::string_view(http::obsolete_reason(status).data(), http::obsolete_reason(status).size()), http_date());
  const bool no_length = response.status / 100 == 1 || response.status == 204 || response.status == 304;
  if (!no_length) fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", length);
  if (style.close) {
    head += "Connection: close\r\n";
  } else if (style.http10) {
    head += "Connection: keep-alive\r\n";
  }
  bool nosniff = false;
  bool referrer = false;
  for (const auto& [name, value] : response.headers.items()) {
    if (text::iequals_ascii(name, "content-length") || text::iequals_ascii(name, "transfer-encoding") ||
        text::iequals_ascii(name, "connection") || text::iequals_ascii(name, "date")) {
      continue;
    }
    if (!header_safe(name, value)) {
      log::error("http_response_header_dropped", {{"name", text::to_valid_utf8(name)}});
      continue;
    }
    nosniff = nosniff || text::iequals_ascii(name, "x-content-type-options");
    referrer = referrer || text::iequals_ascii(name, "referrer-policy");
    head.append(name).append(": ").append(value).append("\r\n");
  }
  if (!nosniff) head += "X-Content-Type-Options: nosniff\r\n";
  if (!referrer) head += "Referrer-Policy: no-referrer\r\n";
  head += "\r\n";
  return head;
}

void start_connection(ServerState& server, Shard& shard, TcpSocket socket, const asio::ip::address& peer,
                      ConnectionLimits::Slot slot) {
  const auto executor = shard.context.get_executor();
  if (server.options.tls) {
    auto* tls = static_cast<asio::ssl::context*>(server.options.tls->native());
    auto connection = std::make_unique<HttpConnection<TlsSocket>>(server, shard, TlsSocket(std::move(socket), *tls),
                                                                  peer.to_string(), std::move(slot));
    server.sessions.spawn(executor, "https connection", serve(std::move(connection)));
  } else {
    auto connection =
        std::make_unique<HttpConnection<TcpSocket>>(server, shard, std::move(socket), peer.to_string(), std::move(slot));
    server.sessions.spawn(executor, "http connection", serve(std::move(connection)));
  }
}

}  // namespace usher::net
