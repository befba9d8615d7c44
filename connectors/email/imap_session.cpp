// Of an IMAP session: commands out, responses in, and what follows when a command has ended. Signing in and what is done with the
// messages stand in imap_session_sign_in.cpp and imap_session_messages.cpp.
#include "connectors/email/imap_session.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxLine = 4 * 1024 * 1024;  // a SEARCH answer of a full mailbox
constexpr std::uint64_t kMaxNoise = 500'000;       // responses without the one that ends the command

bool is_word(std::string_view list, std::string_view word) {
  for (const auto& item : text::split(list, ' ')) {
    if (text::iequals_ascii(item, word)) return true;
  }
  return false;
}

}  // namespace

ImapSession::ImapSession(ImapOptions options)
    : options_(std::move(options)),
      reader_(kMaxLine, std::max(options_.max_message_bytes + 1, kMaxHeader)),
      is_tls_(options_.is_encrypted) {}

ImapSession::Step ImapSession::give(Next next) {
  if (phase_ == Phase::kClosed) next = Next::kClose;
  return {std::exchange(out_, {}), next};
}

void ImapSession::fail_with(ErrorCode code, std::string message) {
  if (!error_) error_ = Error{code, std::move(message)};
  phase_ = Phase::kClosed;
  next_ = Next::kClose;
}

std::string ImapSession::write_command(std::string_view command) {
  noise_ = 0;
  auto tag = "u" + std::to_string(++tags_);
  out_.append(tag).append(" ").append(command).append("\r\n");
  return tag;
}

void ImapSession::send(Phase phase, std::string_view command) {
  phase_ = phase;
  tag_ = write_command(command);
}

ImapSession::Step ImapSession::feed(std::string_view bytes) {
  if (phase_ == Phase::kClosed) return give(Next::kClose);
  reader_.feed(bytes);
  return run();
}

// Reads on until something is to be done outside.
ImapSession::Step ImapSession::run() {
  next_ = phase_ == Phase::kWait || phase_ == Phase::kIdle ? Next::kWait : Next::kRead;
  while ((next_ == Next::kRead || next_ == Next::kWait) && phase_ != Phase::kClosed) {
    auto one = reader_.next();
    if (!one) break;
    response(*one);
  }
  if (phase_ != Phase::kClosed && !reader_.failed().empty())
    fail_with(ErrorCode::kInvalid, "the server broke the protocol: " + reader_.failed());
  return give(next_);
}

void ImapSession::response(ImapResponse& response) {
  if (++noise_ > kMaxNoise) return fail_with(ErrorCode::kInvalid, "the server talks without end");
  const std::string line = response.line;
  if (line.starts_with('+')) return continuation(std::string_view(line).substr(std::min<std::size_t>(2, line.size())));
  if (auto data = read_untagged(line)) return untagged(*data, response);
  std::string_view rest = line;
  auto tag = rest.substr(0, std::min(rest.find(' '), rest.size()));
  auto asked = std::find_if(window_.begin(), window_.end(), [&](const Asked& a) { return a.tag == tag; });
  if (tag.empty() || (tag != tag_ && asked == window_.end()))
    return fail_with(ErrorCode::kInvalid, "the server broke the protocol: an answer to nothing we asked");
  rest.remove_prefix(std::min(tag.size() + 1, rest.size()));
  auto word = rest.substr(0, std::min(rest.find(' '), rest.size()));
  rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  auto text = read_text(rest);
  std::optional<Outcome> outcome;
  if (text::iequals_ascii(word, "OK")) outcome = Outcome::kOk;
  if (text::iequals_ascii(word, "NO")) outcome = Outcome::kNo;
  if (text::iequals_ascii(word, "BAD")) outcome = Outcome::kBad;
  if (!outcome) return fail_with(ErrorCode::kInvalid, "the server broke the protocol: an answer that is none of OK, NO, BAD");
  noise_ = 0;
  if (asked == window_.end()) {
    tag_.clear();
    return done(*outcome, text);
  }
  auto one = std::move(*asked);
  window_.erase(asked);
  fetch_done(std::move(one), *outcome, text);
}

void ImapSession::untagged(const ImapUntagged& data, ImapResponse& response) {
  auto is = [&](std::string_view name) { return text::iequals_ascii(data.name, name); };
  if (phase_ == Phase::kGreeting) {
    auto text = read_text(data.rest);
    if (is("BYE")) return fail_with(ErrorCode::kUnavailable, "the server does not serve us: " + text.words);
    if (is("PREAUTH")) {
      // Before TLS anybody on the way may have said it, to keep us from encrypting.
      if (options_.use_starttls)
        return fail_with(ErrorCode::kDenied, "the server wants no sign-in before STARTTLS, which is not to be trusted");
      has_signed_in_ = true;
    } else if (!is("OK")) {
      return fail_with(ErrorCode::kInvalid, "this does not greet like an IMAP server");
    }
    if (text.code == "CAPABILITY" && !options_.use_starttls) set_capabilities(text.argument);
    if (capabilities_.empty()) return capability();
    return has_signed_in_ ? identify() : sign_in();
  }
  if (is("BYE")) {
    if (phase_ == Phase::kLogout) return;
    return fail_with(ErrorCode::kUnavailable, "the server ends the connection: " + read_text(data.rest).words);
  }
  if (is("CAPABILITY")) return set_capabilities(data.rest);
  if (data.number && is("EXISTS")) {
    has_new_ = has_new_ || *data.number > state_.messages;
    state_.messages = *data.number;
    if (phase_ == Phase::kIdle && has_new_) {
      out_ += "DONE\r\n";
      phase_ = Phase::kIdleEnd;
      next_ = Next::kRead;
      noise_ = 0;
    }
    return;
  }
  if (data.number && is("EXPUNGE")) {
    if (state_.messages > 0) --state_.messages;
    return;
  }
  if (data.number && is("FETCH")) return fetched(data, response);
  if (is("SEARCH") || is("ESEARCH")) {
    if (phase_ != Phase::kSearch) return;
    auto rest = data.rest;
    char separator = ' ';
    if (is("ESEARCH")) {
      auto all = rest.find("ALL ");
      rest = all == std::string_view::npos ? std::string_view{} : rest.substr(all + 4);
      rest = rest.substr(0, rest.find(' '));
      separator = ',';
    }
    auto set = read_set(rest, separator, kMaxFound, is_found_cut_);
    if (!set) return fail_with(ErrorCode::kInvalid, "the server broke the protocol: SEARCH found what are no numbers");
    found_.insert(found_.end(), set->begin(), set->end());
    // Not at every answer: a server may give its numbers out one by one.
    if (found_.size() >= 2 * kMaxFound) tidy_found();
    return;
  }
  if (!is("OK")) return;
  auto text = read_text(data.rest);
  std::uint32_t number = 0;
  for (char c : text.argument) {
    if (c < '0' || c > '9' || number > 429'496'728) break;
    number = number * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (text.code == "UIDVALIDITY") {
    // A new numbering under our feet: what we have found means nothing any more.
    if (is_selected_ && number != state_.validity)
      return fail_with(ErrorCode::kUnavailable, "the folder was numbered anew while it was open");
    state_.validity = number;
  } else if (text.code == "UIDNEXT") {
    state_.next_uid = number;
  } else if (text.code == "PERMANENTFLAGS") {
    auto flags = text::trim(text.argument);
    if (flags.starts_with('(')) flags = flags.substr(1, flags.find(')') - 1);
    may_flag_ = is_word(flags, "\\*") || is_word(flags, options_.flag);
  }
}

void ImapSession::fetched(const ImapUntagged& data, ImapResponse& response) {
  if (phase_ != Phase::kSizes && phase_ != Phase::kFetch) return;  // somebody changed flags
  auto item = read_fetch(data.rest, std::move(response.literals));
  if (!item) return fail_with(ErrorCode::kInvalid, "the server broke the protocol: a FETCH that cannot be read");
  if (!item->uid) return;
  if (phase_ == Phase::kSizes && item->size) {
    // Among those that were asked for; a server may talk about any.
    auto at = [&](std::size_t i) { return to_take_.begin() + static_cast<std::ptrdiff_t>(i); };
    if (std::find(at(position_), at(sized_), *item->uid) != at(sized_)) sizes_[*item->uid] = *item->size;
    return;
  }
  auto asked = std::find_if(window_.begin(), window_.end(), [&](const Asked& a) { return a.uid == *item->uid; });
  if (asked == window_.end() || !item->body || asked->body) return;
  window_bytes_ += item->body->size();
  asked->body = std::move(item->body);
  // Sizes may be estimates, but not by whole messages.
  if (window_bytes_ > kWindowBytes + options_.max_message_bytes + kMaxHeader)
    fail_with(ErrorCode::kInvalid, "the server sends more than it said that its messages have");
}

void ImapSession::continuation(std::string_view rest) {
  switch (phase_) {
    case Phase::kAuth:
      if (!initial_.empty()) {
        out_ += std::exchange(initial_, {}) + "\r\n";
        return;
      }
      // An OAuth refusal comes as a challenge (RFC 7628 §3.2.2); it is answered so that the server may say NO.
      if (auto why = crypto::from_base64(rest)) text_ = text::cut(text::to_valid_utf8(*why), 200);
      if (is_refused_token_) return fail_with(ErrorCode::kInvalid, "the server asks on and on while we sign in");
      is_refused_token_ = true;
      out_ += mechanism_ == "OAUTHBEARER" ? "AQ==\r\n" : mechanism_ == "XOAUTH2" ? "\r\n" : "*\r\n";
      return;
    case Phase::kIdleBegin:
      phase_ = Phase::kIdle;
      next_ = Next::kWait;
      noise_ = 0;
      if (has_new_) {
        out_ += "DONE\r\n";
        phase_ = Phase::kIdleEnd;
        next_ = Next::kRead;
      }
      return;
    default:
      fail_with(ErrorCode::kInvalid, "the server broke the protocol: it waits for something we did not begin");
  }
}

void ImapSession::rest() {
  if (can("IDLE")) return send(Phase::kIdleBegin, "IDLE");
  phase_ = Phase::kWait;
  next_ = Next::kWait;
}

ImapSession::Step ImapSession::wake() {
  next_ = Next::kRead;
  if (phase_ == Phase::kIdle) {
    out_ += "DONE\r\n";
    phase_ = Phase::kIdleEnd;
    noise_ = 0;
  } else if (phase_ == Phase::kWait) {
    search();
  }
  return run();
}

ImapSession::Step ImapSession::logout() {
  if (phase_ == Phase::kIdle) out_ += "DONE\r\n";
  if (phase_ != Phase::kClosed) send(Phase::kLogout, "LOGOUT");
  phase_ = Phase::kClosed;
  return give(Next::kClose);
}

void ImapSession::done(Outcome outcome, const ImapText& text) {
  const bool is_ok = outcome == Outcome::kOk;
  auto refused = [&](const std::string& what) {
    const bool is_passing = text.code == "UNAVAILABLE" || text.code == "INUSE" || text.code == "LIMIT" ||
                            text.code == "SERVERBUG" || text.code == "EXPIRED";
    fail_with(is_passing ? ErrorCode::kUnavailable : ErrorCode::kDenied,
              what + ": " + (text.words.empty() ? "no reason given" : text.words));
  };
  switch (phase_) {
    case Phase::kCapability:
      if (!is_ok || capabilities_.empty()) return refused("the server does not say what it can do");
      return has_signed_in_ ? identify() : sign_in();
    case Phase::kStartTls:
      if (!is_ok) return refused("the server refuses STARTTLS");
      // What came along in the clear may be an attacker's: it never reaches the session behind TLS.
      if (!reader_.is_empty())
        return fail_with(ErrorCode::kDenied, "bytes followed STARTTLS in the clear: somebody is in between");
      phase_ = Phase::kHandshake;
      next_ = Next::kStartTls;
      return;
    case Phase::kAuth:
      initial_.clear();
      if (!is_ok) return refused("the server refuses the sign-in of '" + options_.user + "'");
      has_signed_in_ = true;
      if (text.code == "CAPABILITY") {
        set_capabilities(text.argument);
        return identify();
      }
      return capability();
    case Phase::kId:
      return select();
    case Phase::kSelect:
      if (!is_ok) return refused("the folder '" + options_.folder + "' cannot be opened");
      if (text.code == "READ-ONLY")
        return fail_with(ErrorCode::kDenied,
                         "the folder '" + options_.folder + "' can only be read: nothing could be marked as taken");
      if (state_.validity == 0)
        return fail_with(ErrorCode::kInvalid, "the server gives its messages no lasting numbers (UIDVALIDITY)");
      is_selected_ = true;
      phase_ = Phase::kOpened;
      next_ = Next::kOpened;
      return;
    case Phase::kSearch:
      if (!is_ok) return refused("the server does not search");
      tidy_found();
      phase_ = Phase::kFound;
      next_ = Next::kFound;
      return;
    case Phase::kSizes:
      if (!is_ok && sizes_.empty()) {
        // None can be asked for together: each is asked for by itself, with the size to be seen.
        for (auto i = position_; i < sized_; ++i) sizes_[to_take_[i]] = 0;
      }
      return next_message();
    case Phase::kCreate:
      return file_again();
    case Phase::kMark:
    case Phase::kCopy:
    case Phase::kDelete:
    case Phase::kExpunge:
      return filing_done(outcome, text);
    case Phase::kIdleBegin:
      // It offered IDLE and does not take it: look now and then.
      std::erase_if(capabilities_, [](const std::string& word) { return text::iequals_ascii(word, "IDLE"); });
      return rest();
    case Phase::kIdleEnd:
      return search();
    default:
      fail_with(ErrorCode::kInvalid, "the server broke the protocol: an answer out of turn");
  }
}

}  // namespace usher::connectors::email
