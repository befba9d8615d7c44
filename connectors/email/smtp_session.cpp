#include "connectors/email/smtp_session.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "connectors/email/smtp_path.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxSkippedBytes = 256 * 1024;  // of a command line without an end; then the peer is sent away

}  // namespace

SmtpSession::SmtpSession(SmtpSessionOptions options) : options_(std::move(options)) {}

SmtpSession::Step SmtpSession::greeting() const {
  return {"220 " + options_.hostname + (options_.lmtp ? " LMTP ready\r\n" : " ESMTP ready\r\n"), Next::kRead};
}

SmtpSession::Step SmtpSession::feed(std::string_view bytes) {
  if (state_ == State::kClosed) return {"", Next::kClose};
  pending_.append(bytes);
  return run();
}

SmtpSession::Step SmtpSession::run() {
  next_ = Next::kRead;
  for (bool goes_on = true; goes_on;) {
    switch (state_) {
      case State::kCommand:
        goes_on = run_commands();
        break;
      case State::kData:
        scan_data();
        goes_on = state_ != State::kData && state_ != State::kAnswer;
        break;
      case State::kChunk:
        scan_chunk();
        goes_on = state_ == State::kCommand;
        break;
      case State::kAnswer:
      case State::kTls:
      case State::kClosed:
        goes_on = false;
        break;
    }
  }
  return finish();
}

SmtpSession::Step SmtpSession::finish() {
  if (at_ == pending_.size() || state_ == State::kClosed) {
    pending_.clear();
  } else {
    pending_.erase(0, at_);
  }
  at_ = 0;
  if (state_ == State::kClosed) next_ = Next::kClose;
  return {std::exchange(out_, {}), next_};
}

bool SmtpSession::run_commands() {
  if (shutdown_reply_ && !is_chunked_) {
    reply(*shutdown_reply_);
    state_ = State::kClosed;
    return false;
  }
  const char* begin = pending_.data() + at_;
  auto size = pending_.size() - at_;
  const auto* lf = static_cast<const char*>(size == 0 ? nullptr : std::memchr(begin, '\n', size));
  if (is_skipping_line_) {
    skipped_ += lf == nullptr ? size : static_cast<std::size_t>(lf - begin);
    at_ = lf == nullptr ? pending_.size() : static_cast<std::size_t>(lf - pending_.data()) + 1;
    if (skipped_ > kMaxSkippedBytes) {
      reply("421 4.7.0 command line without an end, closing");
      state_ = State::kClosed;
      return false;
    }
    if (lf != nullptr) is_skipping_line_ = false;
    return lf != nullptr;
  }
  auto length = lf == nullptr ? size : static_cast<std::size_t>(lf - begin) + 1;
  if (length > options_.max_command_bytes) {
    error("500 5.5.2 command line too long");
    is_skipping_line_ = true;
    skipped_ = 0;
    return state_ == State::kCommand;
  }
  if (lf == nullptr) return false;
  at_ += length;
  std::string_view line(begin, length);
  if (!line.ends_with("\r\n") || line.find('\r') != line.size() - 2) {
    error("500 5.5.2 a command line ends with CRLF and holds no other CR or LF");
  } else {
    line.remove_suffix(2);
    // The line is copied: handling it may append to or clear what is pending.
    const std::string copy(line);
    if (sign_in_ == SignIn::kNone) {
      command(copy);
    } else {
      auth_line(copy);
    }
  }
  return state_ == State::kCommand || state_ == State::kData || state_ == State::kChunk;
}

void SmtpSession::command(std::string_view line) {
  if (line.find('\0') != std::string_view::npos) return error("500 5.5.2 no NUL in a command");
  auto space = line.find(' ');
  auto verb = line.substr(0, space);
  auto argument = space == std::string_view::npos ? std::string_view{} : trim_spaces(line.substr(space + 1));
  auto is = [&](std::string_view name) { return text::iequals_ascii(verb, name); };
  if (is("EHLO") || is("HELO") || is("LHLO")) return hello(verb, argument);
  if (is("MAIL")) return mail(argument);
  if (is("RCPT")) return rcpt(argument);
  if (is("DATA")) return data(argument);
  if (is("BDAT")) return bdat(argument);
  if (is("STARTTLS")) return start_tls(argument);
  if (is("NOOP")) return idle_command("250 2.0.0 ok");
  if (is("VRFY") || is("EXPN")) return idle_command("252 2.5.2 send a mail and see");
  if (is("HELP")) return idle_command("214 2.0.0 RFC 5321");
  if (is("RSET")) {
    reset_transaction();
    return idle_command("250 2.0.0 ok");
  }
  if (is("QUIT")) {
    reply("221 2.0.0 bye");
    state_ = State::kClosed;
    return;
  }
  if (is("AUTH")) return auth(argument);
  if (is("TURN") || is("ETRN") || is("ATRN")) return error("502 5.5.1 not offered here");
  error("500 5.5.1 unknown command");
}

void SmtpSession::hello(std::string_view verb, std::string_view argument) {
  bool is_lhlo = text::iequals_ascii(verb, "LHLO");
  if (is_lhlo != options_.lmtp)
    return error(options_.lmtp ? "500 5.5.1 this is LMTP: say LHLO" : "500 5.5.1 this is SMTP: say EHLO");
  if (argument.empty()) return error("501 5.5.4 say who you are");
  reset_transaction();
  has_greeted_ = true;
  envelope_.helo = text::to_valid_utf8(argument.substr(0, 255));
  if (text::iequals_ascii(verb, "HELO")) return idle_command("250 " + options_.hostname);
  std::string lines = "250-" + options_.hostname + "\r\n250-PIPELINING\r\n250-SIZE " +
                      std::to_string(options_.max_message_bytes) + "\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n";
  if (options_.offer_starttls && !is_tls_) lines += "250-STARTTLS\r\n";
  if (options_.may_sign_in && is_tls_ && !is_signed_in_) lines += "250-AUTH PLAIN LOGIN\r\n";
  idle_command(lines + "250 ENHANCEDSTATUSCODES");
}

void SmtpSession::start_tls(std::string_view argument) {
  if (!options_.offer_starttls) return error("502 5.5.1 not offered here");
  if (is_tls_) return error("503 5.5.1 TLS is on already");
  if (!argument.empty()) return error("501 5.5.4 STARTTLS takes no parameter");
  reply("220 2.0.0 go on");
  // What came along in the clear may be an attacker's (CVE-2011-0411): it never reaches the session behind TLS.
  pending_.clear();
  at_ = 0;
  state_ = State::kTls;
  next_ = Next::kStartTls;
}

SmtpSession::Step SmtpSession::tls_started() {
  is_tls_ = true;
  has_greeted_ = false;
  is_signed_in_ = false;
  envelope_.helo.clear();
  reset_transaction();
  pending_.clear();
  at_ = 0;
  state_ = State::kCommand;
  return {"", Next::kRead};
}

SmtpSession::Step SmtpSession::accepted(std::string_view id) {
  return rejected("250 2.0.0 " + std::string(id));
}

SmtpSession::Step SmtpSession::rejected(std::string_view line) {
  std::vector<std::string> replies(answers_due_, std::string(line));
  return answered(replies);
}

SmtpSession::Step SmtpSession::answered(std::span<const std::string> replies) {
  if (state_ != State::kAnswer) return {"", state_ == State::kClosed ? Next::kClose : Next::kRead};
  for (const auto& line : replies) reply(line);
  bool is_going = std::any_of(replies.begin(), replies.end(), [](const std::string& line) { return line.starts_with("421"); });
  reset_transaction();
  idle_commands_ = 0;
  state_ = is_going ? State::kClosed : State::kCommand;
  return run();
}

SmtpSession::Step SmtpSession::shut_down(std::string_view line) {
  shutdown_reply_ = std::string(line);
  if (!is_idle()) return {"", state_ == State::kClosed ? Next::kClose : Next::kRead};
  return run();  // says so at once
}

void SmtpSession::reply(std::string_view line) {
  out_ += line;
  out_ += "\r\n";
}

void SmtpSession::error(std::string_view line) {
  reply(line);
  if (++errors_ < options_.max_errors) return;
  reply("421 4.7.0 too many errors, closing");
  state_ = State::kClosed;
}

void SmtpSession::idle_command(std::string_view line) {
  if (++idle_commands_ > options_.max_idle_commands) return error(line);
  reply(line);
}

void SmtpSession::reset_transaction() {
  envelope_.from.clear();
  envelope_.recipients.clear();
  has_sender_ = false;
  is_utf8_ = false;
  is_chunked_ = false;
  raw_.reset();
  scanned_ = 0;
}

}  // namespace usher::connectors::email
