#include "base/net/ws_codec.h"

#include <openssl/evp.h>

#include <array>

#include "base/crypto.h"
#include "base/text.h"

namespace usher::net {
namespace {

constexpr std::size_t kMaxControl = 125;  // §5.5
constexpr std::uint16_t kProtocolError = 1002;
constexpr std::uint16_t kUnsupportedData = 1003;
constexpr std::uint16_t kBadPayload = 1007;
constexpr std::uint16_t kTooBig = 1009;

WsEvent fail_with(std::uint16_t code) {
  return {.kind = WsEvent::Kind::kFail, .code = code};
}

struct Header {
  bool complete = false;
  std::uint16_t fail = 0;
  bool fin = false;
  WsOpcode opcode{};
  std::size_t size = 0;  // of the header, mask included
  std::uint64_t length = 0;
};

Header read_header(std::string_view in) {
  Header h;
  if (in.size() < 2) return h;
  const auto first = static_cast<unsigned char>(in[0]);
  const auto second = static_cast<unsigned char>(in[1]);
  h.fin = (first & 0x80) != 0;
  h.opcode = static_cast<WsOpcode>(first & 0x0f);
  const bool control = (first & 0x08) != 0;
  const bool known = (first & 0x0f) <= 2 || ((first & 0x0f) >= 8 && (first & 0x0f) <= 10);
  const unsigned short_length = second & 0x7f;
  if ((first & 0x70) != 0 || !known || (second & 0x80) == 0 || (control && (!h.fin || short_length > kMaxControl))) {
    h.fail = kProtocolError;
    return h;
  }
  const std::size_t extra = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
  h.size = 2 + extra + 4;
  if (in.size() < 2 + extra) return h;
  h.length = short_length;
  if (extra != 0) {
    h.length = 0;
    for (std::size_t i = 0; i < extra; ++i) h.length = (h.length << 8) | static_cast<unsigned char>(in[2 + i]);
    // §5.2: the shortest form must be used, and the top bit of the 64-bit form is 0.
    if (h.length < (extra == 2 ? 126U : 65536U) || (h.length >> 63) != 0) h.fail = kProtocolError;
  }
  h.complete = true;
  return h;
}

bool close_code_ok(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

WsEvent close_event(std::string payload) {
  if (payload.empty()) return {.kind = WsEvent::Kind::kClose, .code = 1005};
  if (payload.size() == 1) return fail_with(kProtocolError);
  const auto code =
      static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) * 256 + static_cast<unsigned char>(payload[1]));
  if (!close_code_ok(code)) return fail_with(kProtocolError);
  payload.erase(0, 2);
  if (!text::is_valid_utf8(payload)) return fail_with(kBadPayload);
  return {.kind = WsEvent::Kind::kClose, .code = code, .payload = std::move(payload)};
}

}  // namespace

WsEvent WsDecoder::next(std::string& input) {
  for (;;) {
    const auto header = read_header(input);
    if (header.fail != 0) return fail_with(header.fail);
    if (!header.complete) return {};
    const bool control = header.opcode >= WsOpcode::kClose;
    if (!control) {
      if (header.opcode == WsOpcode::kBinary) return fail_with(kUnsupportedData);
      if ((header.opcode == WsOpcode::kContinuation) != in_message_) return fail_with(kProtocolError);
      // Judged by what is announced: a payload too large is never waited for.
      if (header.length > max_message_ - message_.size()) return fail_with(kTooBig);
    }
    const auto length = static_cast<std::size_t>(header.length);
    if (input.size() < header.size + length) return {};
    std::string payload = input.substr(header.size, length);
    std::array<char, 4> mask{};
    input.copy(mask.data(), mask.size(), header.size - mask.size());
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
    input.erase(0, header.size + length);
    switch (header.opcode) {
      case WsOpcode::kPing:
        return {.kind = WsEvent::Kind::kPing, .payload = std::move(payload)};
      case WsOpcode::kPong:
        return {.kind = WsEvent::Kind::kPong, .payload = std::move(payload)};
      case WsOpcode::kClose:
        return close_event(std::move(payload));
      default:
        break;
    }
    message_ = message_.empty() ? std::move(payload) : message_ + payload;
    in_message_ = !header.fin;
    if (!header.fin) continue;
    auto message = std::exchange(message_, {});
    if (!text::is_valid_utf8(message)) return fail_with(kBadPayload);
    return {.kind = WsEvent::Kind::kText, .payload = std::move(message)};
  }
}

std::string ws_frame(WsOpcode opcode, std::string_view payload) {
  std::string out;
  out.reserve(payload.size() + 10);
  out.push_back(static_cast<char>(0x80 | static_cast<unsigned char>(opcode)));
  const auto put = [&](int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out.push_back(static_cast<char>((payload.size() >> shift) & 0xff));
  };
  if (payload.size() <= kMaxControl) {
    put(1);
  } else if (payload.size() < 65536) {
    out.push_back(126);
    put(2);
  } else {
    out.push_back(127);
    put(8);
  }
  out += payload;
  return out;
}

std::string ws_close_payload(std::uint16_t code, std::string_view reason) {
  std::string out;
  out.push_back(static_cast<char>(code >> 8));
  out.push_back(static_cast<char>(code & 0xff));
  reason = reason.substr(0, kMaxControl - 2);
  // Not in the middle of a character: the peer would have to fail a close frame that is not UTF-8.
  while (!reason.empty() && !text::is_valid_utf8(reason)) reason.remove_suffix(1);
  out += reason;
  return out;
}

std::string ws_accept_key(std::string_view key) {
  const auto raw = crypto::from_base64(key);
  if (!raw || raw->size() != 16) return {};
  const std::string joined = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // §1.3
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(joined.data(), joined.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1) return {};
  return crypto::to_base64({static_cast<const char*>(static_cast<const void*>(digest.data())), size});
}

}  // namespace usher::net
