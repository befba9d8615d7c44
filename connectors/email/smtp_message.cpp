// DATA and BDAT (smtp_session.h): the message coming in, and where it ends.
#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/text.h"
#include "connectors/email/smtp_path.h"
#include "connectors/email/smtp_session.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kReserveAtOnce = 64 * 1024;
constexpr std::size_t kOversizePatience = 4;  // a message is read to its end up to this many times the limit, to stay in step

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
          return is_far_too_large() ? give_up() : end_of_data();
        }
        has_bare_line_end_ = true;
        scan_ = Scan::kText;
        break;
    }
  }
  keep(unkept, end);
  scanned_ += static_cast<std::size_t>(end - begin);
  at_ = pending_.size();
  if (is_far_too_large()) give_up();
}

// Whatever else is wrong with it, and wherever the reads were cut.
bool SmtpSession::is_far_too_large() const {
  return scanned_ / kOversizePatience > options_.max_message_bytes;
}

void SmtpSession::give_up() {
  reply("552 5.3.4 far more than " + std::to_string(options_.max_message_bytes) + " bytes, closing");
  raw_.reset();
  state_ = State::kClosed;
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

}  // namespace usher::connectors::email
