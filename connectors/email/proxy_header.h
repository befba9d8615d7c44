// The header by which a proxy says whose connection it forwards: PROXY protocol versions 1 and 2 (haproxy's proxy-protocol.txt).
// Pure. Read it only from proxies that are configured, before anything else, and never guess whether there is one.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace usher::connectors::email {

constexpr std::size_t kMaxProxyHeader = 4'096;

struct ProxyHeader {
  enum class State : std::uint8_t { kMore, kBad, kDone } state = State::kMore;
  std::string client;        // its address; empty: the proxy speaks for itself, or does not know
  std::size_t consumed = 0;  // of the bytes, when kDone
};
ProxyHeader read_proxy_header(std::string_view bytes);

}  // namespace usher::connectors::email
