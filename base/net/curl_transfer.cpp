#include "base/net/curl_transfer.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include <boost/asio/ip/address.hpp>

namespace usher::net {
namespace asio = boost::asio;
namespace {

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

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto* t = static_cast<Transfer*>(user);
  if (std::chrono::steady_clock::now() > t->give_up) return 1;
  return t->cancelled || (t->abort_all != nullptr && *t->abort_all) ? 1 : 0;
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
  const int fd = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (fd >= 0 && t->opened) t->opened(fd);
  return fd;
}

struct UrlFree {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

}  // namespace

bool has_control(std::string_view s) {
  return std::ranges::any_of(s, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

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

void set_common(Transfer& t, const std::string& url, const CallLimits& limits, const std::string& ca_file) {
  CURL* e = t.easy;
  t.max_response = limits.max_response;
  // libcurl's own limit does not cover the QUIT it sends, and waits for, after a failed mail.
  t.give_up = std::chrono::steady_clock::now() + limits.total + std::chrono::seconds(1);
  set(e, CURLOPT_URL, url.c_str());
  set(e, CURLOPT_NOSIGNAL, 1L);
  set(e, CURLOPT_QUICK_EXIT, 1L);  // giving up a call does not wait for its name to be resolved
  set(e, CURLOPT_NOPROGRESS, 0L);
  set(e, CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(e, CURLOPT_XFERINFODATA, &t);
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

std::string reason_of(const Transfer& t, CURLcode code) {
  return t.error[0] != '\0' ? t.error.data() : curl_easy_strerror(code);
}

bool is_private_address(std::string_view address) {
  boost::system::error_code ec;
  const auto ip = asio::ip::make_address(std::string(address), ec);
  return ec || is_private_ip(ip);  // what cannot be read is not let through
}

}  // namespace usher::net
