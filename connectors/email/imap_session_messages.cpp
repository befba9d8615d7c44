// Of an IMAP session: which messages there are, asking for them ahead, and marking or moving those that are stored.
#include "connectors/email/imap_session.h"

#include <algorithm>

namespace usher::connectors::email {
namespace {

constexpr std::size_t kSizesAtOnce = 200;
constexpr std::size_t kFileAtOnce = 100;  // marked together

}  // namespace

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

}  // namespace usher::connectors::email
