// One SMTP or LMTP session as a pure state machine: bytes in, bytes out, no sockets (RFC 5321, 2033, 1870, 2034, 2920, 3207,
// 6152, 6531, 3030, 4954).
//
// feed() takes whatever the peer sent, however it was cut up, and returns one Step: bytes to write, then what the driver does
// next. Pipelined input that follows a finished message waits inside until the message was answered; what follows STARTTLS is
// thrown away. Only <CRLF>.<CRLF> ends a message. A bare CR or LF in it is refused at the real end and the connection closed
// (SMTP smuggling); so it is in the chunks of BDAT. Memory: at most about twice max_message_bytes while a message comes in; over
// the limit nothing more is kept, but the end is still found.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/email/settings.h"

namespace usher::connectors::email {

struct SmtpSessionOptions {
  std::string hostname = "localhost";
  bool lmtp = false;
  bool offer_starttls = false;
  std::size_t max_message_bytes = 26'214'400;
  std::size_t max_recipients = 100;       // more: 452 4.5.3, the accepted ones stand
  std::size_t max_command_bytes = 2'048;  // longer: 500 5.5.2
  std::size_t max_errors = 20;            // then 421 and close
  std::size_t max_idle_commands = 100;    // NOOP, RSET, VRFY, EHLO between two messages; each one above counts as an error
  std::size_t max_hops = 100;             // more Received fields: 554 5.4.6
  // Checks user and password of AUTH PLAIN and LOGIN, which are offered under TLS only. Empty: no sign-in.
  std::function<bool(std::string_view user, std::string_view password)> may_sign_in;
  bool must_sign_in = false;  // before MAIL: else 530 5.7.0
  // The address of ours that a recipient belongs to, or empty (settings.h own_address). Required.
  std::function<std::string(std::string_view recipient)> own_address;
  std::function<bool(std::string_view domain)> is_own_domain;
  // Asked at MAIL: the whole reply line without CRLF ("452 4.3.1 no space") when mail cannot be taken now, else empty. A 421
  // closes.
  std::function<std::string()> refuse_now;
};

class SmtpSession {
 public:
  enum class Next : std::uint8_t {
    kRead,      // write `reply`, then feed() what comes
    kStartTls,  // write `reply`, do the handshake, then tls_started()
    kMessage,   // write `reply`, take message() in, then accepted(), rejected() or answered()
    kClose,     // write `reply`, then close
  };
  struct Step {
    std::string reply;  // may be empty
    Next next = Next::kRead;
  };
  struct Message {
    MailEnvelope envelope;                   // peer is left empty for the driver
    std::shared_ptr<const std::string> raw;  // dots unstuffed, CRLF line ends
  };

  explicit SmtpSession(SmtpSessionOptions options);

  Step greeting() const;  // 220
  Step feed(std::string_view bytes);
  // The message of the last kMessage step. Valid once.
  Message take_message() { return std::move(message_); }
  Step accepted(std::string_view id);                   // 250 2.0.0, once for each recipient with LMTP
  Step rejected(std::string_view reply);                // "451 4.3.0 try later": the same for every recipient
  Step answered(std::span<const std::string> replies);  // LMTP: one for each recipient of the envelope, in order
  Step tls_started();                                   // everything before is forgotten; EHLO again
  // We are going: 421 now, or after the message that is coming in was answered.
  Step shut_down(std::string_view reply = "421 4.3.2 going down, try again later");

  // A message is coming in, also between two chunks of it.
  bool is_in_data() const { return state_ == State::kData || state_ == State::kChunk || is_chunked_; }
  // Nothing is coming in and nothing waits for an answer.
  bool is_idle() const { return state_ == State::kCommand && !is_chunked_; }
  std::size_t data_bytes() const { return scanned_; }  // of the message coming in, as sent

 private:
  enum class State : std::uint8_t { kCommand, kData, kChunk, kAnswer, kTls, kClosed };
  enum class SignIn : std::uint8_t { kNone, kPlain, kUser, kPassword };
  enum class Scan : std::uint8_t { kLineStart, kText, kCr, kDot, kDotCr };

  Step run();
  bool run_commands();  // false: needs more input or must stop
  void command(std::string_view line);
  void hello(std::string_view verb, std::string_view argument);
  void mail(std::string_view argument);
  void rcpt(std::string_view argument);
  void data(std::string_view argument);
  void bdat(std::string_view argument);
  void start_tls(std::string_view argument);
  void auth(std::string_view argument);
  void auth_line(std::string_view line);
  void sign_in(std::string_view user, std::string_view password);
  bool mail_parameters(std::string_view rest);
  void begin_message();
  void scan_data();
  void scan_chunk();
  void end_of_chunk();
  void keep(const char* from, const char* to);
  void end_of_data();
  bool is_far_too_large() const;
  void give_up();
  void reply(std::string_view line);
  void error(std::string_view line);
  void idle_command(std::string_view line);
  void reset_transaction();
  Step finish();

  SmtpSessionOptions options_;
  State state_ = State::kCommand;
  std::string pending_;  // input not looked at yet
  std::size_t at_ = 0;   // position in pending_
  std::string out_;
  Next next_ = Next::kRead;

  bool is_skipping_line_ = false;
  std::size_t skipped_ = 0;
  std::size_t errors_ = 0;
  std::size_t idle_commands_ = 0;
  bool is_tls_ = false;
  std::optional<std::string> shutdown_reply_;

  bool has_greeted_ = false;
  bool has_sender_ = false;
  bool is_utf8_ = false;
  MailEnvelope envelope_;

  std::shared_ptr<std::string> raw_;
  Scan scan_ = Scan::kLineStart;
  std::size_t scanned_ = 0;
  bool has_bare_line_end_ = false;
  bool is_over_size_ = false;
  std::size_t answers_due_ = 0;

  bool is_chunked_ = false;  // a message is coming in by BDAT
  bool is_last_chunk_ = false, is_chunk_dropped_ = false, ends_in_cr_ = false;
  std::uint64_t chunk_left_ = 0, chunk_size_ = 0;

  SignIn sign_in_ = SignIn::kNone;
  std::string sign_in_user_;
  std::size_t sign_in_failures_ = 0;
  bool is_signed_in_ = false;
  Message message_;
};

}  // namespace usher::connectors::email
