#include "connectors/email/imap_session.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxLine = 4 * 1024 * 1024;  // a SEARCH answer of a full mailbox
constexpr std::size_t kMaxHeader = 256 * 1024;     // of a message whose whole is too large
constexpr std::size_t kSizesAtOnce = 200;
constexpr std::size_t kFileAtOnce = 100;      // marked together
constexpr std::uint64_t kMaxNoise = 500'000;  // responses without the one that ends the command
constexpr std::size_t kMaxCapabilities = 200;

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

void ImapSession::set_capabilities(std::string_view words) {
  capabilities_.clear();
  for (auto& word : text::split(words, ' ')) {
    if (!word.empty() && capabilities_.size() < kMaxCapabilities) capabilities_.push_back(std::move(word));
  }
}

bool ImapSession::can(std::string_view capability) const {
  return std::any_of(capabilities_.begin(), capabilities_.end(),
                     [&](const std::string& word) { return text::iequals_ascii(word, capability); });
}

void ImapSession::capability() {
  send(Phase::kCapability, "CAPABILITY");
}

void ImapSession::sign_in() {
  if (options_.use_starttls && !is_tls_) {
    if (!can("STARTTLS")) return fail_with(ErrorCode::kDenied, "the server does not offer STARTTLS");
    return send(Phase::kStartTls, "STARTTLS");
  }
  using Auth = ImapOptions::Auth;
  auto auth = options_.auth;
  if (auth == Auth::kAuto) {
    if (options_.has_token) {
      auth = can("AUTH=XOAUTH2") || !can("AUTH=OAUTHBEARER") ? Auth::kXoauth2 : Auth::kOauthBearer;
    } else {
      auth = can("AUTH=PLAIN") ? Auth::kPlain : Auth::kLogin;
    }
  }
  switch (auth) {
    case Auth::kXoauth2:
    case Auth::kOauthBearer:
      mechanism_ = auth == Auth::kXoauth2 ? "XOAUTH2" : "OAUTHBEARER";
      phase_ = Phase::kToken;
      next_ = Next::kToken;
      return;
    case Auth::kPlain:
      return sign_in_with("PLAIN", std::string(1, '\0') + options_.user + std::string(1, '\0') + options_.password);
    case Auth::kLogin:
    case Auth::kAuto:
      break;
  }
  if (can("LOGINDISABLED"))
    return fail_with(ErrorCode::kDenied, is_tls_ ? "the server allows no sign-in by password"
                                                 : "the server allows no sign-in by password without TLS");
  auto user = imap_quoted(options_.user), password = imap_quoted(options_.password);
  if (!user || !password)
    return fail_with(ErrorCode::kDenied,
                     "user or password has characters that LOGIN cannot carry, and the server offers no AUTH=PLAIN");
  mechanism_ = "LOGIN";
  send(Phase::kAuth, "LOGIN " + *user + " " + *password);
}

void ImapSession::sign_in_with(std::string_view mechanism, std::string initial) {
  mechanism_ = mechanism;
  is_refused_token_ = false;
  auto encoded = crypto::to_base64(initial);
  if (can("SASL-IR")) return send(Phase::kAuth, "AUTHENTICATE " + mechanism_ + " " + encoded);
  initial_ = std::move(encoded);
  send(Phase::kAuth, "AUTHENTICATE " + mechanism_);
}

ImapSession::Step ImapSession::token(const std::string& access_token) {
  if (phase_ != Phase::kToken) return give(Next::kRead);
  if (mechanism_ == "XOAUTH2") {
    sign_in_with("XOAUTH2", "user=" + options_.user +
                                "\x01"
                                "auth=Bearer " +
                                access_token + "\x01\x01");
  } else {
    sign_in_with("OAUTHBEARER", "n,a=" + options_.user + ",\x01host=" + options_.host +
                                    "\x01port=" + std::to_string(options_.port) +
                                    "\x01"
                                    "auth=Bearer " +
                                    access_token + "\x01\x01");
  }
  return run();
}

ImapSession::Step ImapSession::tls_started() {
  is_tls_ = true;
  capabilities_.clear();
  capability();
  return run();
}

void ImapSession::identify() {
  // Some servers (NetEase) open no folder for clients that do not say who they are.
  if (can("ID")) return send(Phase::kId, "ID (\"name\" \"Usher\")");
  select();
}

void ImapSession::select() {
  auto name = imap_mailbox(options_.folder);
  if (!name) return fail_with(ErrorCode::kDenied, "'" + options_.folder + "' is no name of a folder");
  send(Phase::kSelect, "SELECT " + *name);
}

ImapSession::Step ImapSession::opened(const ImapMark& mark) {
  if (phase_ != Phase::kOpened) return give(Next::kRead);
  mark_ = mark;
  search();
  return run();
}

void ImapSession::tidy_found() {
  std::sort(found_.begin(), found_.end());
  found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
  if (found_.size() <= kMaxFound) return;
  found_.resize(kMaxFound);
  is_found_cut_ = true;
}

void ImapSession::search() {
  std::string what = can("ESEARCH") ? "UID SEARCH RETURN (ALL) UNDELETED" : "UID SEARCH UNDELETED";
  using After = ImapOptions::After;
  if (options_.after == After::kFlag && may_flag_) {
    what += " UNKEYWORD " + options_.flag;
  } else if (options_.after != After::kMove) {
    // Not "n:*": that always names the newest message as well.
    auto from = " UID " + std::to_string(mark_.from_uid) + ":4294967295";
    what += mark_.since.empty() ? " OR UNSEEN" + from : " OR UNSEEN OR" + from + " SINCE " + mark_.since;
  }
  found_.clear();
  is_found_cut_ = false;
  has_new_ = false;
  did_anything_ = false;
  send(Phase::kSearch, what);
}

ImapSession::Step ImapSession::plan(std::vector<std::uint32_t> take, std::vector<std::uint32_t> mark_only) {
  if (phase_ != Phase::kFound) return give(Next::kRead);
  to_take_ = std::move(take);
  position_ = sized_ = 0;
  sizes_.clear();
  to_file_ = std::move(mark_only);
  next_ = Next::kRead;
  if (to_file_.empty()) {
    next_message();
  } else {
    file();
  }
  return next_ == Next::kRead || next_ == Next::kWait ? run() : give(next_);
}

bool ImapSession::fits(std::uint64_t size) const {
  if (window_.empty()) return true;
  auto cost = [&](std::uint64_t n) -> std::uint64_t {
    if (n == 0) return options_.max_message_bytes;
    return n > options_.max_message_bytes ? kMaxHeader : n;
  };
  std::uint64_t all = cost(size);
  for (const auto& asked : window_) all += cost(asked.size);
  return window_.size() < kWindow && all <= kWindowBytes;
}

void ImapSession::ask(Asked asked) {
  did_anything_ = true;
  // One byte more than allowed: sizes are not always right (Exchange estimates), and no server can send more than is asked for.
  const auto what =
      asked.is_header ? "HEADER]<0." + std::to_string(kMaxHeader) : "]<0." + std::to_string(options_.max_message_bytes + 1);
  asked.tag = write_command("UID FETCH " + std::to_string(asked.uid) + " (UID BODY.PEEK[" + what + ">)");
  window_.push_back(std::move(asked));
}

// The next messages, or marking what waits for it, or rest.
void ImapSession::next_message() {
  const bool must_file = to_file_.size() >= kFileAtOnce;
  while (!must_file && position_ < to_take_.size()) {
    if (position_ >= sized_) {
      if (!window_.empty()) break;
      auto end = std::min(sized_ + kSizesAtOnce, to_take_.size());
      auto at = [&](std::size_t i) { return to_take_.begin() + static_cast<std::ptrdiff_t>(i); };
      std::vector<std::uint32_t> some(at(sized_), at(end));
      std::sort(some.begin(), some.end());
      sized_ = end;
      sizes_.clear();
      return send(Phase::kSizes, "UID FETCH " + write_set(some) + " (UID RFC822.SIZE)");
    }
    auto size = sizes_.find(to_take_[position_]);
    if (size != sizes_.end()) {  // else somebody removed it
      if (!fits(size->second)) break;
      ask({size->first, size->second, size->second > options_.max_message_bytes, {}, {}});
    }
    ++position_;
  }
  if (!window_.empty()) {
    phase_ = Phase::kFetch;
    next_ = Next::kRead;
    return;
  }
  if (open_ > 0) {
    phase_ = Phase::kSettle;
    next_ = Next::kSettle;
    return;
  }
  if (!to_file_.empty()) return file();
  // Asked again after every round of work: what it says then is what the server counts as not taken.
  if (has_new_ || is_found_cut_ || did_anything_) return search();
  rest();
}

void ImapSession::fetch_done(Asked asked, Outcome outcome, const ImapText& text) {
  if (asked.body) window_bytes_ -= asked.body->size();
  if (outcome != Outcome::kOk) {
    failed_uid_ = asked.uid;
    text_ = "the server does not give it out: " + text.words;
    phase_ = Phase::kFailed;
    next_ = Next::kFailed;
    return;
  }
  if (!asked.body) return next_message();  // removed between the two questions
  if (!asked.is_header && asked.body->size() > options_.max_message_bytes)
    return ask({asked.uid, std::max<std::uint64_t>(asked.size, asked.body->size()), true, {}, {}});
  message_.uid = asked.uid;
  message_.is_header_only = asked.is_header;
  message_.size = asked.size;
  message_.raw = std::make_shared<const std::string>(std::move(*asked.body));
  phase_ = Phase::kMessage;
  next_ = Next::kMessage;
}

ImapSession::Step ImapSession::taken() {
  if (phase_ == Phase::kMessage) to_file_.push_back(message_.uid);
  return later();
}

ImapSession::Step ImapSession::kept() {
  if (phase_ == Phase::kMessage) ++open_;
  return later();
}

void ImapSession::settled(std::uint32_t uid, bool is_stored) {
  if (open_ > 0) --open_;
  if (is_stored) to_file_.push_back(uid);
}

ImapSession::Step ImapSession::refused() {
  return later();
}

ImapSession::Step ImapSession::later() {
  if (phase_ != Phase::kMessage) return give(Next::kRead);
  next_ = Next::kRead;
  next_message();
  return next_ == Next::kRead || next_ == Next::kWait ? run() : give(next_);
}

void ImapSession::file() {
  filing_.clear();
  auto n = std::min(kFileAtOnce, to_file_.size());
  filing_.assign(to_file_.begin(), to_file_.begin() + static_cast<std::ptrdiff_t>(n));
  to_file_.erase(to_file_.begin(), to_file_.begin() + static_cast<std::ptrdiff_t>(n));
  std::sort(filing_.begin(), filing_.end());
  is_creating_tried_ = false;
  file_again();
}

void ImapSession::file_again() {
  did_anything_ = true;
  const auto set = write_set(filing_);
  using After = ImapOptions::After;
  if (options_.after == After::kMove) {
    auto folder = imap_mailbox(options_.move_to);
    if (!folder) return fail_with(ErrorCode::kDenied, "'" + options_.move_to + "' is no name of a folder");
    if (can("MOVE")) return send(Phase::kMark, "UID MOVE " + set + " " + *folder);
    return send(Phase::kCopy, "UID COPY " + set + " " + *folder);
  }
  const bool with_flag = options_.after == After::kFlag && may_flag_;
  send(Phase::kMark, "UID STORE " + set + " +FLAGS.SILENT (\\Seen" + (with_flag ? " " + options_.flag : "") + ")");
}

void ImapSession::filing_done(Outcome outcome, const ImapText& text) {
  if (outcome == Outcome::kOk && phase_ == Phase::kCopy)
    return send(Phase::kDelete, "UID STORE " + write_set(filing_) + " +FLAGS.SILENT (\\Deleted)");
  // Without UIDPLUS an EXPUNGE would take away what others have deleted too; ours stay hidden until somebody expunges.
  if (outcome == Outcome::kOk && phase_ == Phase::kDelete && can("UIDPLUS"))
    return send(Phase::kExpunge, "UID EXPUNGE " + write_set(filing_));
  if (outcome != Outcome::kOk && options_.after == ImapOptions::After::kMove && !is_creating_tried_ &&
      (text.code == "TRYCREATE" || text.code == "NONEXISTENT")) {
    is_creating_tried_ = true;
    return send(Phase::kCreate, "CREATE " + imap_mailbox(options_.move_to).value_or("\"\""));
  }
  if (outcome != Outcome::kOk) {
    // Some servers refuse the whole set when one of it is gone: one by one, then.
    if (filing_.size() > 1) {
      to_file_.insert(to_file_.begin(), filing_.begin() + 1, filing_.end());
      filing_.resize(1);
      return file_again();
    }
    // Stored it is; that it cannot be marked is told once and tried again after the next sign-in.
    text_ = "message " + std::to_string(filing_.front()) + " cannot be marked as taken: " + text.words;
    failed_uid_ = 0;
    phase_ = Phase::kFailed;
    next_ = Next::kFailed;
    return;
  }
  filed_ = std::move(filing_);
  filing_.clear();
  phase_ = Phase::kFiled;
  next_ = Next::kFiled;
}

ImapSession::Step ImapSession::go_on() {
  if (phase_ != Phase::kFiled && phase_ != Phase::kFailed && (phase_ != Phase::kSettle || open_ > 0)) return give(next_);
  next_ = Next::kRead;
  next_message();
  return next_ == Next::kRead || next_ == Next::kWait ? run() : give(next_);
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
