// Judges the head of an HTTP/1.1 request before a parser sees it, and turns its target into a path. Pure functions.
//
// Two programs reading one byte stream must agree on where a request ends; whoever disagrees can be fed a smuggled request
// (RFC 9112 §11.2). So everything ambiguous is refused here: bare CR or LF, NUL, folded lines, white space around names.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/http.h"

namespace usher::net {

inline constexpr std::size_t kMaxHead = 16 * 1024;
inline constexpr std::size_t kMaxTarget = 8 * 1024;
inline constexpr std::size_t kMaxHeaders = 100;

struct HeadScan {
  std::size_t end = 0;  // bytes of the complete head, its empty line included; 0 = more bytes are needed
  int refuse = 0;       // 400, 414 or 431 as soon as it is certain, else 0
};
// `bytes` begins at the request line (leading empty lines already skipped).
HeadScan scan_head(std::string_view bytes);

// How the body is framed. refuse: 400 (conflicting or doubtful), 501 (a transfer coding other than chunked).
struct Framing {
  bool chunked = false;
  std::size_t content_length = 0;
  int refuse = 0;
};
Framing judge_framing(const Headers& headers, bool http11);

struct Target {
  std::string path;   // decoded
  std::string query;  // undecoded
};
// Origin form or absolute form. nullopt: bad escape, NUL or control byte, backslash, a ".." segment, or no path.
std::optional<Target> parse_target(std::string_view target);

// The address of the client behind trusted proxies: the rightmost entry of X-Forwarded-For that is not itself trusted.
// `peer` when the peer is not trusted or the header holds no address.
class TrustedProxies {
 public:
  explicit TrustedProxies(const std::vector<std::string>& addresses);  // addresses or CIDR prefixes; others are ignored
  bool trusts(std::string_view address) const;
  std::string client(const std::string& peer, const Headers& headers) const;
  bool is_https(const std::string& peer, const Headers& headers) const;

 private:
  std::vector<std::string> exact_;
  std::vector<std::string> prefixes_;
};

}  // namespace usher::net
