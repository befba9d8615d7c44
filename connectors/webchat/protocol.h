// The webchat protocol, version 1 (docs/formats.md): frames of the WebSocket and bodies of the plain HTTP form.
// Pure and thread-safe: text in, values out. Every builder returns one complete JSON object, valid UTF-8.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "connectors/message.h"

namespace usher::connectors::webchat {

inline constexpr std::size_t kMaxFrameBytes = 64 * 1024;
inline constexpr int kMaxFrameDepth = 8;
inline constexpr std::size_t kMaxCmidBytes = 64;
inline constexpr std::size_t kMaxChoiceBytes = 200;

struct Hello {
  std::string session;   // resume token; empty: a new session
  std::int64_t seq = 0;  // last sequence number the client saw
  std::string lang;      // BCP 47 tag as sent, at most 35 bytes; empty when unknown
};

struct Msg {
  std::string cmid;                          // 1–64 of [A-Za-z0-9._:-]
  std::string text;                          // control characters removed; may be empty when choice is not
  std::string choice;                        // button id; empty for free text
  std::vector<Attachment> attachments = {};  // never by WebSocket: see WebchatChannel::post_files
};

using ClientFrame = std::variant<Hello, Msg>;

// kInvalid: not one JSON object, not UTF-8, deeper than kMaxFrameDepth, a name twice, an unknown type, a field of the wrong type
// or out of bounds, neither text nor choice. kTooLarge: over kMaxFrameBytes. The message may be shown to the client.
Result<ClientFrame> parse_client_frame(std::string_view json);

// The body of POST /chat/messages: {"text","choice"?}. `cmid` is the Idempotency-Key. Errors as above.
Result<Msg> parse_post(std::string_view cmid, std::string_view json);
// The body of POST /chat/session: {"lang"?}; an empty body counts as {}.
Result<std::string> parse_session_request(std::string_view json);

// A message that did not come as JSON. Cleaned and checked as above; with files it needs neither text nor choice.
Result<Msg> make_message(std::string cmid, std::string words, std::string choice, bool has_files);

// "en", "zh" or "" for a BCP 47 tag ("zh-Hant-TW" is "zh").
std::string language_of(std::string_view tag);

// One line of the transcript, as a client sees it.
struct ChatMessage {
  std::int64_t seq = 0;  // strictly grows in a conversation; the greeting has 0 and is not stored
  std::string id;
  std::string from;  // "customer" | "bot" | "staff"
  std::string text;
  std::string html = {};  // safe HTML, only for articles
  std::vector<Choice> choices = {};
  std::string slot = {};                // the slot being asked for, so the client can offer the right keyboard
  std::string picture = {};             // address of a picture that belongs to the question: "/pictures/…" or "https://…"
  std::vector<std::string> files = {};  // names of what the customer sent along, as GET /chat/files/SEQ?name= takes them
  Timestamp at{};
};

struct Nack {
  std::string cmid;
  std::string code;  // busy | rate | too_long | cmid_conflict | invalid | unavailable
  std::string message;
  std::optional<std::chrono::milliseconds> retry_after;  // absent: do not retry
};

std::string welcome_frame(std::string_view session, std::string_view conversation, std::int64_t seq, std::string_view ref);
std::string message_frame(const ChatMessage& message);
std::string ack_frame(std::string_view cmid, std::string_view id, std::int64_t seq, std::string_view ref);
std::string nack_frame(const Nack& nack);
std::string ref_frame(std::string_view ref, bool provisional);
std::string pause_frame(std::chrono::milliseconds retry_after);
std::string bye_frame(std::string_view resume, std::chrono::milliseconds retry_after);
std::string error_frame(std::string_view code, std::string_view message);

// Bodies of the HTTP form.
std::string session_body(std::string_view session, const ChatMessage& greeting);
std::string posted_body(std::string_view id, std::int64_t seq, std::string_view ref);
std::string messages_body(const std::vector<ChatMessage>& messages, std::int64_t seq, std::string_view ref);
std::string files_body(std::size_t max_bytes, std::size_t max_files);
std::string problem_body(std::string_view code, std::string_view message);  // {"error":{"code","message"}}

}  // namespace usher::connectors::webchat
