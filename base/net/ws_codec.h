// WebSocket framing of the server side (RFC 6455, no extensions), as a pure state machine: bytes in, events out.
//
// Own code because memory per idle connection decides: Beast's stream holds 2.5 KB and its pending read 0.8 KB more
// (measured: 6.7 KB per idle connection all in, with this 3 KB; stack.md §3 foresaw it). Everything a peer can do wrong ends in
// kFail with the close code.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace usher::net {

enum class WsOpcode : std::uint8_t { kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

// A whole, unmasked frame: control payloads at most 125 bytes.
std::string ws_frame(WsOpcode opcode, std::string_view payload);
// Payload of a close frame; the reason is cut to fit.
std::string ws_close_payload(std::uint16_t code, std::string_view reason);
// Sec-WebSocket-Accept for a client's key; empty when the key is not the base64 of 16 bytes.
std::string ws_accept_key(std::string_view key);

struct WsEvent {
  enum class Kind : std::uint8_t {
    kMore,  // no complete frame in the input
    kText,  // payload: a whole message, valid UTF-8
    kPing,  // payload: to be sent back
    kPong,
    kClose,  // code (1005 when none was given), payload: the reason
    kFail,   // code: 1002, 1003, 1007 or 1009. Nothing after it means anything
  } kind = Kind::kMore;
  std::uint16_t code = 0;
  std::string payload = {};
};

class WsDecoder {
 public:
  explicit WsDecoder(std::size_t max_message) : max_message_(max_message) {}
  // Takes the next frame off the front of `input`. Call again until kMore; a fragment is taken in silently.
  WsEvent next(std::string& input);

 private:
  std::size_t max_message_;
  std::string message_;  // fragments so far
  bool in_message_ = false;
};

}  // namespace usher::net
