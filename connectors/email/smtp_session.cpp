#include "connectors/email/smtp_session.h"

#include <charconv>
#include <cstring>

#include "base/crypto.h"
#include "base/text.h"
#include "connectors/email/smtp_path.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxSkippedBytes = 256 * 1024;  // of a command line without an end; then the peer is sent away
constexpr std::size_t kReserveAtOnce = 64 * 1024;
constexpr std::size_t kMaxSignInFailures = 3;
constexpr std::size_t kOversizePatience = 4;  // a message is read to its end up to this many times the limit, to stay in step

std::string_view trim_spaces(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

// "FROM:" of MAIL FROM: or "TO:" of RCPT TO:, in any case, with the blanks some clients put around.
bool take_keyword(std::string_view& argument, std::string_view keyword) {
  if (argument.size() < keyword.size() || !text::iequals_ascii(argument.substr(0, keyword.size()), keyword)) return false;
  argument.remove_prefix(keyword.size());
  argument = trim_spaces(argument);
  if (!argument.starts_with(':')) return false;
  argument.remove_prefix(1);
  argument = trim_spaces(argument);
  return true;
}

// How many Received fields the header has. Folded lines do not count.
std::size_t count_hops(std::string_view raw) {
  std::size_t hops = 0;
  std::size_t at = 0;
  while (at < raw.size()) {
    auto end = raw.find('\n', at);
    if (end == std::string_view::npos) end = raw.size();
    auto line = raw.substr(at, end - at);
    if (line.empty() || line == "\r") break;
    if (line.size() > 9 && line[8] == ':' && text::iequals_ascii(line.substr(0, 8), "received")) ++hops;
    at = end + 1;
  }
  return hops;
}

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

void SmtpSession::mail(std::string_view argument) {
  if (!has_greeted_) return error("503 5.5.1 say EHLO first");
  if (options_.must_sign_in && !is_signed_in_) return error("530 5.7.0 sign in first");
  if (has_sender_) return error("503 5.5.1 a sender was given already");
  if (!take_keyword(argument, "FROM")) return error("501 5.5.4 syntax: MAIL FROM:<address>");
  if (options_.refuse_now) {
    if (auto refusal = options_.refuse_now(); !refusal.empty()) {
      reply(refusal);
      if (refusal.starts_with("421")) state_ = State::kClosed;
      return;
    }
  }
  auto path = parse_smtp_path(argument);
  if (!path) return error("501 5.1.7 not an address");
  is_utf8_ = false;
  if (!mail_parameters(argument)) return;
  if (path->is_utf8 && !is_utf8_) return error("553 5.6.7 an address beyond ASCII needs SMTPUTF8");
  envelope_.from = path->address;
  envelope_.is_from_known = true;
  has_sender_ = true;
  reply("250 2.1.0 ok");
}

bool SmtpSession::mail_parameters(std::string_view rest) {
  for (rest = trim_spaces(rest); !rest.empty(); rest = trim_spaces(rest)) {
    auto end = std::min(rest.find(' '), rest.size());
    auto item = rest.substr(0, end);
    rest.remove_prefix(end);
    auto equals = item.find('=');
    auto name = item.substr(0, equals);
    auto value = equals == std::string_view::npos ? std::string_view{} : item.substr(equals + 1);
    if (text::iequals_ascii(name, "SIZE")) {
      std::uint64_t size = 0;
      auto [stop, problem] = std::from_chars(value.data(), value.data() + value.size(), size);
      bool is_huge = problem == std::errc::result_out_of_range;
      if (value.empty() || stop != value.data() + value.size() || (problem != std::errc{} && !is_huge)) {
        error("501 5.5.4 SIZE is a number");
        return false;
      }
      if (is_huge || size > options_.max_message_bytes) {
        reply("552 5.3.4 at most " + std::to_string(options_.max_message_bytes) + " bytes");
        return false;
      }
    } else if (text::iequals_ascii(name, "BODY")) {
      if (!text::iequals_ascii(value, "7BIT") && !text::iequals_ascii(value, "8BITMIME")) {
        error("501 5.5.4 BODY is 7BIT or 8BITMIME");
        return false;
      }
    } else if (text::iequals_ascii(item, "SMTPUTF8")) {
      is_utf8_ = true;
    } else {
      error("555 5.5.4 unknown parameter of MAIL");
      return false;
    }
  }
  return true;
}

void SmtpSession::rcpt(std::string_view argument) {
  if (!has_sender_) return error("503 5.5.1 say MAIL first");
  if (is_chunked_) return error("503 5.5.1 the message has begun");
  if (!take_keyword(argument, "TO")) return error("501 5.5.4 syntax: RCPT TO:<address>");
  auto path = parse_smtp_path(argument);
  if (!path || path->address.empty()) return error("501 5.1.3 not an address");
  if (path->has_route) return error("553 5.1.3 no source routes");
  if (!trim_spaces(argument).empty()) return error("555 5.5.4 no parameters of RCPT");
  if (path->is_quoted) return error("553 5.1.3 no quoted addresses here");
  if (path->is_utf8 && !is_utf8_) return error("553 5.6.7 an address beyond ASCII needs SMTPUTF8");
  if (path->local().find_first_of("%!") != std::string_view::npos) return error("550 5.7.1 no relaying");
  if (path->domain().empty() && !text::iequals_ascii(path->address, "postmaster"))
    return error("550 5.1.3 an address has a domain");
  if (options_.own_address(path->address).empty()) {
    return error(options_.is_own_domain(path->domain()) ? "550 5.1.1 no such mailbox here" : "550 5.7.1 no relaying");
  }
  // More than the limit is not the client's mistake: it sends the rest in another transaction (RFC 5321 §4.5.3.1.10).
  if (envelope_.recipients.size() >= options_.max_recipients) return reply("452 4.5.3 too many recipients");
  envelope_.recipients.push_back(path->address);
  reply("250 2.1.5 ok");
}

void SmtpSession::data(std::string_view argument) {
  if (!argument.empty()) return error("501 5.5.4 DATA takes no parameter");
  if (!has_sender_) return error("503 5.5.1 say MAIL first");
  if (is_chunked_) return error("503 5.5.1 this message comes by BDAT");
  if (envelope_.recipients.empty()) return error("503 5.5.1 no valid recipient");
  reply("354 go on, end with <CRLF>.<CRLF>");
  begin_message();
  state_ = State::kData;
}

void SmtpSession::begin_message() {
  raw_ = std::make_shared<std::string>();
  raw_->reserve(std::min(kReserveAtOnce, options_.max_message_bytes));
  scan_ = Scan::kLineStart;
  scanned_ = 0;
  has_bare_line_end_ = false;
  is_over_size_ = false;
}

// RFC 3030. Whatever the answer, the octets of the chunk are read first: otherwise they would be taken for commands.
void SmtpSession::bdat(std::string_view argument) {
  auto space = std::min(argument.find(' '), argument.size());
  auto count = argument.substr(0, space);
  auto rest = trim_spaces(argument.substr(space));
  std::uint64_t size = 0;
  auto [stop, problem] = std::from_chars(count.data(), count.data() + count.size(), size);
  const bool is_number = !count.empty() && problem == std::errc{} && stop == count.data() + count.size();
  if (!is_number || (!rest.empty() && !text::iequals_ascii(rest, "LAST"))) {
    // How much follows is not known, so nothing after it can be told from a command.
    reply("501 5.5.4 syntax: BDAT size [LAST], closing");
    state_ = State::kClosed;
    return;
  }
  if (size / kOversizePatience > options_.max_message_bytes) {
    reply("552 5.3.4 far more than " + std::to_string(options_.max_message_bytes) + " bytes, closing");
    state_ = State::kClosed;
    return;
  }
  is_last_chunk_ = !rest.empty();
  chunk_size_ = chunk_left_ = size;
  is_chunk_dropped_ = !has_sender_ || envelope_.recipients.empty();
  if (!is_chunk_dropped_ && !is_chunked_) {
    begin_message();
    is_chunked_ = true;
    ends_in_cr_ = false;
  }
  state_ = State::kChunk;
}

void SmtpSession::scan_chunk() {
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, pending_.size() - at_));
  const std::string_view bytes = std::string_view(pending_).substr(at_, n);
  if (!is_chunk_dropped_) {
    // No bare CR or LF: what is passed on by DATA later could end there for somebody else.
    for (std::size_t i = 0; i < bytes.size() && !has_bare_line_end_;) {
      if (ends_in_cr_ != (bytes[i] == '\n')) {
        has_bare_line_end_ = true;
        break;
      }
      if (ends_in_cr_) ++i;
      ends_in_cr_ = false;
      auto next = std::min(bytes.find_first_of("\r\n", i), bytes.size());
      if (next == bytes.size()) break;
      ends_in_cr_ = bytes[next] == '\r';
      has_bare_line_end_ = !ends_in_cr_;
      i = next + 1;
    }
    keep(bytes.data(), bytes.data() + bytes.size());
    scanned_ += n;
  }
  at_ += n;
  chunk_left_ -= n;
  if (chunk_left_ == 0) end_of_chunk();
}

void SmtpSession::end_of_chunk() {
  state_ = State::kCommand;
  if (is_chunk_dropped_) return error(has_sender_ ? "503 5.5.1 no valid recipient" : "503 5.5.1 say MAIL first");
  if (is_last_chunk_) {
    is_chunked_ = false;
    if (ends_in_cr_) has_bare_line_end_ = true;
    return end_of_data();
  }
  if (has_bare_line_end_) {
    reply("550 5.5.2 bare CR or LF in the message; lines end with CRLF");
    state_ = State::kClosed;
  } else if (is_over_size_) {
    reply("552 5.3.4 at most " + std::to_string(options_.max_message_bytes) + " bytes");
    reset_transaction();
  } else {
    reply("250 2.0.0 " + std::to_string(chunk_size_) + " octets");
  }
}

// RFC 4954, under TLS only.
void SmtpSession::auth(std::string_view argument) {
  if (!options_.may_sign_in) return error("502 5.5.1 not offered here");
  if (!is_tls_) return error("538 5.7.11 sign in under TLS");
  if (!has_greeted_) return error("503 5.5.1 say EHLO first");
  if (is_signed_in_ || has_sender_) return error("503 5.5.1 not now");
  auto space = std::min(argument.find(' '), argument.size());
  auto mechanism = argument.substr(0, space);
  auto initial = trim_spaces(argument.substr(space));
  if (text::iequals_ascii(mechanism, "PLAIN")) {
    sign_in_ = SignIn::kPlain;
    if (initial.empty()) return reply("334 ");
  } else if (text::iequals_ascii(mechanism, "LOGIN")) {
    sign_in_ = SignIn::kUser;
    if (initial.empty()) return reply("334 VXNlcm5hbWU6");
  } else {
    return error("504 5.5.4 PLAIN or LOGIN");
  }
  auth_line(initial == "=" ? std::string_view{} : initial);
}

void SmtpSession::auth_line(std::string_view line) {
  const auto step = std::exchange(sign_in_, SignIn::kNone);
  if (line == "*") return error("501 5.7.0 given up");
  auto decoded = crypto::from_base64(line);
  if (!decoded) return error("501 5.5.2 not base64");
  switch (step) {
    case SignIn::kPlain: {
      // authorization identity, user, password, with NUL between
      auto first = decoded->find('\0');
      auto second = first == std::string::npos ? first : decoded->find('\0', first + 1);
      if (second == std::string::npos) return error("501 5.5.2 not PLAIN");
      const std::string_view all = *decoded;
      return sign_in(all.substr(first + 1, second - first - 1), all.substr(second + 1));
    }
    case SignIn::kUser:
      sign_in_user_ = std::move(*decoded);
      sign_in_ = SignIn::kPassword;
      return reply("334 UGFzc3dvcmQ6");
    case SignIn::kPassword:
      return sign_in(std::exchange(sign_in_user_, {}), *decoded);
    case SignIn::kNone:
      return;
  }
}

void SmtpSession::sign_in(std::string_view user, std::string_view password) {
  is_signed_in_ = options_.may_sign_in(user, password);
  if (is_signed_in_) return reply("235 2.7.0 welcome");
  error("535 5.7.8 wrong user or password");
  if (state_ == State::kClosed || ++sign_in_failures_ < kMaxSignInFailures) return;
  reply("421 4.7.0 too many wrong passwords, closing");
  state_ = State::kClosed;
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

// One pass over what is pending. In text it jumps from CR to CR; the states carry what a cut between two reads would lose.
void SmtpSession::scan_data() {
  const char* begin = pending_.data() + at_;
  const char* end = pending_.data() + pending_.size();
  const char* p = begin;
  const char* unkept = p;  // first byte not yet stored
  while (p != end) {
    switch (scan_) {
      case Scan::kText: {
        const auto* cr = static_cast<const char*>(std::memchr(p, '\r', static_cast<std::size_t>(end - p)));
        const char* stop = cr == nullptr ? end : cr;
        if (!has_bare_line_end_ && std::memchr(p, '\n', static_cast<std::size_t>(stop - p)) != nullptr) has_bare_line_end_ = true;
        p = stop;
        if (cr != nullptr) {
          ++p;
          scan_ = Scan::kCr;
        }
        break;
      }
      case Scan::kCr:
        if (*p == '\n') {
          ++p;
          scan_ = Scan::kLineStart;
        } else {
          has_bare_line_end_ = true;
          scan_ = Scan::kText;
        }
        break;
      case Scan::kLineStart:
        if (*p == '.') {
          keep(unkept, p);
          unkept = ++p;  // a stuffed dot, or the end: not part of the message either way
          scan_ = Scan::kDot;
        } else {
          scan_ = Scan::kText;
        }
        break;
      case Scan::kDot:
        if (*p == '\r') {
          ++p;
          unkept = p;
          scan_ = Scan::kDotCr;
        } else {
          scan_ = Scan::kText;
        }
        break;
      case Scan::kDotCr:
        if (*p == '\n') {
          at_ += static_cast<std::size_t>(p + 1 - begin);
          scanned_ += static_cast<std::size_t>(p + 1 - begin);
          end_of_data();
          return;
        }
        has_bare_line_end_ = true;
        scan_ = Scan::kText;
        break;
    }
  }
  keep(unkept, end);
  scanned_ += static_cast<std::size_t>(end - begin);
  at_ = pending_.size();
  if (is_over_size_ && scanned_ / kOversizePatience > options_.max_message_bytes) {
    reply("552 5.3.4 far more than " + std::to_string(options_.max_message_bytes) + " bytes, closing");
    raw_.reset();
    state_ = State::kClosed;
  }
}

void SmtpSession::keep(const char* from, const char* to) {
  // A refused message needs no memory.
  if (is_over_size_ || has_bare_line_end_) {
    if (!raw_->empty()) raw_ = std::make_shared<std::string>();
    return;
  }
  auto size = static_cast<std::size_t>(to - from);
  if (raw_->size() + size > options_.max_message_bytes) {
    is_over_size_ = true;
    raw_ = std::make_shared<std::string>();
    return;
  }
  raw_->append(from, size);
}

void SmtpSession::end_of_data() {
  answers_due_ = options_.lmtp ? envelope_.recipients.size() : 1;
  state_ = State::kAnswer;
  std::string refusal;
  bool closes = false;
  if (has_bare_line_end_) {
    refusal = "550 5.5.2 bare CR or LF in the message; lines end with CRLF";
    closes = true;
  } else if (is_over_size_) {
    refusal = "552 5.3.4 at most " + std::to_string(options_.max_message_bytes) + " bytes";
  } else if (count_hops(*raw_) > options_.max_hops) {
    refusal = "554 5.4.6 too many hops, the mail is going in circles";
  }
  if (refusal.empty()) {
    message_.envelope = envelope_;
    message_.envelope.is_tls = is_tls_;
    message_.raw = std::move(raw_);
    next_ = Next::kMessage;
    return;
  }
  for (std::size_t i = 0; i < answers_due_; ++i) reply(refusal);
  reset_transaction();
  state_ = closes ? State::kClosed : State::kCommand;
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
