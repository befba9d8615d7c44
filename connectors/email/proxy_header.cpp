#include "connectors/email/proxy_header.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <boost/asio/ip/address.hpp>

namespace usher::connectors::email {
namespace {

using State = ProxyHeader::State;
namespace ip = boost::asio::ip;

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t kMaxLine = 107;
constexpr std::size_t kFixed = 16;

ProxyHeader bad() {
  return {State::kBad, {}, 0};
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

ProxyHeader read_line(std::string_view bytes) {
  auto end = bytes.find("\r\n");
  if (end == std::string_view::npos || end + 2 > kMaxLine)
    return bytes.size() >= kMaxLine || end != bytes.npos ? bad() : ProxyHeader{};
  ProxyHeader out{State::kDone, {}, end + 2};
  auto line = bytes.substr(6, end - 6);
  std::array<std::string_view, 5> words;
  std::size_t n = 0;
  bool has_more = false;
  while (n < words.size()) {
    auto space = line.find(' ');
    words[n++] = line.substr(0, space);
    if (space == std::string_view::npos) break;
    line.remove_prefix(space + 1);
    if (n == words.size()) has_more = true;
  }
  if (words[0] == "UNKNOWN") return out;
  if (n != 5 || has_more || !is_port(words[3]) || !is_port(words[4])) return bad();
  boost::system::error_code ec;
  const auto client = ip::make_address(std::string(words[1]), ec);
  if (ec || (words[0] != "TCP4" && words[0] != "TCP6") || client.is_v4() != (words[0] == "TCP4")) return bad();
  const auto server = ip::make_address(std::string(words[2]), ec);
  if (ec || server.is_v4() != client.is_v4()) return bad();
  out.client = client.to_string();
  return out;
}

template <class Address>
std::string address_at(std::string_view bytes, std::size_t at) {
  typename Address::bytes_type raw;
  std::memcpy(raw.data(), bytes.data() + at, raw.size());
  return Address(raw).to_string();
}

ProxyHeader read_binary(std::string_view bytes) {
  if (bytes.size() < kFixed) return {};
  auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[i])); };
  const auto version = byte(12) >> 4, command = byte(12) & 15, family = byte(13);
  const std::size_t length = byte(14) << 8 | byte(15);
  if (version != 2 || command > 1 || kFixed + length > kMaxProxyHeader) return bad();
  if (bytes.size() < kFixed + length) return {};
  ProxyHeader out{State::kDone, {}, kFixed + length};
  if (command == 0) return out;
  if (family == 0x11) {
    if (length < 12) return bad();
    out.client = address_at<ip::address_v4>(bytes, kFixed);
  } else if (family == 0x21) {
    if (length < 36) return bad();
    out.client = address_at<ip::address_v6>(bytes, kFixed);
  }
  return out;
}

}  // namespace

ProxyHeader read_proxy_header(std::string_view bytes) {
  constexpr std::string_view kWord = "PROXY ";
  auto begins = [&](std::string_view mark) {
    auto n = std::min(mark.size(), bytes.size());
    return bytes.substr(0, n) == mark.substr(0, n);
  };
  if (begins(kWord)) return bytes.size() < kWord.size() ? ProxyHeader{} : read_line(bytes);
  if (begins(kSignature)) return read_binary(bytes);
  return bad();
}

}  // namespace usher::connectors::email
