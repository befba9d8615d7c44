#include "base/net/http_head.h"

#include <charconv>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include "base/text.h"

namespace usher::net {
namespace ip = boost::asio::ip;
namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// RFC 9110 §5.6.2
bool is_token_char(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool field_line_ok(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  for (const char c : line.substr(0, colon)) {
    if (!is_token_char(c)) return false;  // also catches a folded line and "Name :"
  }
  for (const char c : line.substr(colon + 1)) {
    if (is_control(c) && c != '\t') return false;
  }
  return true;
}

int judge_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == 0 || first == last) return 400;
  const auto target = line.substr(first + 1, last - first - 1);
  if (target.size() > kMaxTarget) return 414;
  if (target.empty()) return 400;
  for (const char c : target) {
    if (is_control(c) || c == ' ') return 400;
  }
  return 0;
}

std::string_view trim(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<ip::address> parse_address(std::string_view text) {
  boost::system::error_code ec;
  auto address = ip::make_address(std::string(text), ec);
  if (ec) return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::address(ip::make_address_v4(ip::v4_mapped, address.to_v6()));
  return address;
}

}  // namespace

HeadScan scan_head(std::string_view bytes) {
  HeadScan scan;
  std::size_t at = 0;
  std::size_t lines = 0;
  for (;;) {
    const auto lf = bytes.find('\n', at);
    if (lf == std::string_view::npos) {
      if (lines == 0 && bytes.size() > kMaxTarget + 64) {
        scan.refuse = 414;
      } else if (bytes.size() > kMaxHead) {
        scan.refuse = 431;
      }
      return scan;
    }
    if (lf == at || bytes[lf - 1] != '\r') {
      scan.refuse = 400;
      return scan;
    }
    const auto line = bytes.substr(at, lf - 1 - at);
    if (lf + 1 > kMaxHead) {
      scan.refuse = lines == 0 ? 414 : 431;
      return scan;
    }
    if (lines == 0) {
      scan.refuse = judge_request_line(line);
    } else if (line.empty()) {
      scan.end = lf + 1;
      return scan;
    } else if (!field_line_ok(line)) {
      scan.refuse = 400;
    } else if (lines > kMaxHeaders) {
      scan.refuse = 431;
    }
    if (scan.refuse != 0) return scan;
    ++lines;
    at = lf + 1;
  }
}

Framing judge_framing(const Headers& headers, bool http11) {
  Framing framing;
  const auto refuse = [&](int status) {
    framing.refuse = status;
    return framing;
  };
  const auto lengths = headers.count("content-length");
  const auto codings = headers.count("transfer-encoding");
  if (lengths + codings > 1) return refuse(400);
  if (http11 && headers.count("host") != 1) return refuse(400);
  if (codings == 1) {
    if (!http11) return refuse(400);
    if (!text::iequals_ascii(trim(*headers.find("transfer-encoding")), "chunked")) return refuse(501);
    framing.chunked = true;
  }
  if (lengths == 1) {
    const auto value = trim(*headers.find("content-length"));
    // from_chars takes neither '+' nor white space nor lists for an unsigned type.
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), framing.content_length);
    if (error != std::errc{} || end != value.data() + value.size()) return refuse(400);
  }
  return framing;
}

std::optional<Target> parse_target(std::string_view target) {
  for (const auto scheme : {std::string_view("http://"), std::string_view("https://")}) {
    if (target.size() < scheme.size() || !text::iequals_ascii(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const auto slash = target.find_first_of("/?");
    if (slash == std::string_view::npos || target[slash] == '?') return std::nullopt;
    target.remove_prefix(slash);
    break;
  }
  if (target.empty() || target.front() != '/') return std::nullopt;
  Target out;
  const auto question = target.find('?');
  if (question != std::string_view::npos) out.query = std::string(target.substr(question + 1));
  const auto raw = target.substr(0, question);
  out.path.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    char c = raw[i];
    if (c == '%') {
      if (i + 2 >= raw.size()) return std::nullopt;
      const int high = hex_value(raw[i + 1]);
      const int low = hex_value(raw[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (is_control(c) || c == '\\' || c == '#') return std::nullopt;
    out.path.push_back(c);
  }
  std::string_view rest = out.path;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto end = rest.find('/');
    if (rest.substr(0, end) == "..") return std::nullopt;
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end);
  }
  return out;
}

TrustedProxies::TrustedProxies(const std::vector<std::string>& addresses) {
  for (const auto& entry : addresses) {
    if (entry.find('/') != std::string::npos) {
      prefixes_.push_back(entry);
    } else if (const auto address = parse_address(entry)) {
      exact_.push_back(address->to_string());
    }
  }
}

bool TrustedProxies::trusts(std::string_view text) const {
  const auto address = parse_address(text);
  if (!address) return false;
  for (const auto& entry : exact_) {
    if (entry == address->to_string()) return true;
  }
  for (const auto& entry : prefixes_) {
    boost::system::error_code ec;
    if (address->is_v4()) {
      const auto network = ip::make_network_v4(entry, ec);
      if (!ec && ip::make_network_v4(address->to_v4(), network.prefix_length()).canonical() == network.canonical()) return true;
    } else {
      const auto network = ip::make_network_v6(entry, ec);
      if (!ec && ip::make_network_v6(address->to_v6(), network.prefix_length()).canonical() == network.canonical()) return true;
    }
  }
  return false;
}

std::string TrustedProxies::client(const std::string& peer, const Headers& headers) const {
  if (!trusts(peer)) return peer;
  std::string joined;
  for (const auto& [name, value] : headers.items()) {
    if (!text::iequals_ascii(name, "x-forwarded-for")) continue;
    joined += joined.empty() ? value : "," + value;
  }
  std::string best = peer;
  std::string_view rest = joined;
  while (!rest.empty()) {
    const auto comma = rest.rfind(',');
    const auto hop = trim(comma == std::string_view::npos ? rest : rest.substr(comma + 1));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(0, comma);
    const auto address = parse_address(hop);
    if (!address) return best;  // a hop nobody vouches for: stop at the last good one
    best = address->to_string();
    if (!trusts(best)) return best;
  }
  return best;
}

bool TrustedProxies::is_https(const std::string& peer, const Headers& headers) const {
  if (!trusts(peer)) return false;
  const auto proto = headers.find("x-forwarded-proto");
  if (!proto) return false;
  const auto comma = proto->rfind(',');
  return text::iequals_ascii(trim(comma == std::string_view::npos ? *proto : proto->substr(comma + 1)), "https");
}

}  // namespace usher::net
