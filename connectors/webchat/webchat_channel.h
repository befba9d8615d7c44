// The webchat channel: runs WebSocket sessions and the plain HTTP form of the protocol (docs/formats.md).
//
// A session is known by its token only: 16 random bytes and their MAC, so a token is checked without a store, and a restart or
// another node can go on with it. `session_key` (a hash of the token) is what the rest of Usher sees; the token itself is stored
// nowhere.
//
// What a customer sees is the transcript, in order: a message with a seq not above the last one sent is dropped, a gap is filled
// from History. So push() may come late, twice or out of order, from any thread, and loses nothing: it is only the fast path.
//
// Lifetime: made before the HTTP server serves, destroyed after it drained and before IoThreads stop. Thread-safe unless said
// otherwise.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/async/offload.h"
#include "base/clock.h"
#include "base/net/http.h"
#include "base/net/http_server.h"
#include "base/result.h"
#include "connectors/channel.h"
#include "connectors/token_bucket.h"
#include "connectors/webchat/form_data.h"
#include "connectors/webchat/protocol.h"

namespace usher::connectors::webchat {

struct Transcript {
  std::string conversation_id;  // empty: this session has no conversation yet
  std::string ref;              // ticket number or provisional reference; may be empty
  bool provisional = false;
  std::int64_t last_seq = 0;
  std::vector<ChatMessage> messages;  // ascending seq
};

// What the channel asks about the past. Implemented by the gateway; thread-safe; completes on the caller's executor.
class History {
 public:
  virtual ~History() = default;
  // The transcript after `seq`. An unknown session is an empty Transcript, not an error. kBusy, kIo, kUnavailable as the store
  // says.
  virtual boost::asio::awaitable<Result<Transcript>> since(std::string session_key, std::int64_t seq) = 0;
  // The first words to a new visitor (seq 0, not stored). `lang` is "en", "zh" or "". Does not wait.
  virtual ChatMessage greeting(std::string lang) = 0;
  // What the customer of this session sent along with message `seq` under this name; nullopt when there is no such thing, also
  // for a session or a message that is not known. Errors as since().
  virtual boost::asio::awaitable<Result<std::optional<Attachment>>> file(std::string session_key, std::int64_t seq,
                                                                         std::string name) = 0;
};

struct WebchatSettings {
  std::string name = "webchat";
  std::string secret;                       // at least 32 bytes, from the instance's secret file; changing it ends all sessions
  std::size_t max_text = 4000;              // code points of one message
  Rate rate{.per_second = 5, .burst = 20};  // messages per session, over all its tabs; per_second 0 = off
  int max_strikes = 10;                     // refusals for rate in a row before the socket is closed (1008)
  int max_errors = 5;                       // frames not understood before the socket is closed (1008)
  std::chrono::milliseconds pause{1000};    // no reading from a socket for so long after "busy" or "unavailable"
  std::size_t max_files_bytes = 20u * 1024 * 1024;  // the files of one message together
  Rate files_rate{.per_second = 0.2, .burst = 20};  // messages with files per session; per client address ten times as many
  async::Pool* pool = nullptr;                      // where files are examined; null: on the caller's thread (tests)
  std::vector<std::string> allowed_origins;         // besides the own host: "https://shop.example"; "*" = any
};

class WebchatChannel final : public Channel {
 public:
  WebchatChannel(WebchatSettings settings, Inbox& inbox, History& history, const Clock& clock);
  ~WebchatChannel() override;

  const std::string& name() const override;
  Capabilities capabilities() const override;
  // Makes the sockets of `recipient` (a session_key) read the transcript. Always succeeds: the transcript is the delivery, a
  // customer who is away gets it on return.
  boost::asio::awaitable<Result<Receipt>> send(Outbound message) override;

  // --- for the HTTP server's handler ---
  // Runs one session until the peer goes; call from HttpHandler::websocket for /chat/ws.
  boost::asio::awaitable<void> websocket(std::shared_ptr<net::WebSocket> socket, std::string target);
  // Serves /chat/session, /chat/messages, /chat/files and /chat/files/SEQ (and OPTIONS on them); 404 for any other path, 403 for
  // a foreign Origin.
  boost::asio::awaitable<net::HttpResponse> handle(net::HttpRequest request);
  // For HttpHandler::refuse_upgrade: 403 for a foreign Origin, 503 + Retry-After while draining.
  std::optional<net::HttpResponse> refuse_upgrade(const net::HttpRequest& request) const;

  // --- live delivery, from any thread ---
  void push(const std::string& session_key, ChatMessage message);
  void push_ref(const std::string& session_key, std::string ref, bool provisional);
  // Tells every socket to stop sending for a while (disk nearly full and the like).
  void pause_all(std::chrono::milliseconds retry_after);
  // Says bye to every socket (retry_after 0–5 s, drawn per socket), closes 1012, ends long polls, refuses new ones. Idempotent.
  void drain();
  // Blocks a non-I/O thread until reads of the past that run for sockets have ended; false when some still run after `limit`.
  bool wait_idle(std::chrono::milliseconds limit);
  std::size_t sockets() const;  // sessions open now

  // --- sessions, for /chat/plain and the command line ---
  std::string new_token() const;
  // The session_key of a token this instance issued; nullopt for anything else.
  std::optional<std::string> session_key_of(std::string_view token) const;
  // Checks rate and length and hands the message in, as the WebSocket does. Errors: kInvalid (bad token or message), kTooLarge
  // (text), kBusy with detail "rate" or "inbox" (try again in retry_after_of(error)), kConflict, kUnavailable, kIo.
  boost::asio::awaitable<Result<Accepted>> post(std::string token, Msg message, std::string lang);
  // The same with the files of a form, which may be none. Errors also: kTooLarge and kInvalid of files.h, whose message is for
  // the customer in `lang`. `remote` is the client's address.
  boost::asio::awaitable<Result<Accepted>> post_files(std::string token, Msg message, Form form, std::string remote,
                                                      std::string lang);
  std::size_t max_form_bytes() const;  // body limit of requests with files

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// How long a refused client should wait; nullopt when trying again cannot help.
std::optional<std::chrono::milliseconds> retry_after_of(const Error& error);

// True when the request has no Origin (not a browser), an Origin of the same host and port as its Host, or one that is listed.
bool origin_allowed(const net::HttpRequest& request, const std::vector<std::string>& allowed_origins);

}  // namespace usher::connectors::webchat
