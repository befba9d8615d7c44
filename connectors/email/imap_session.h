// One connection to an IMAP mailbox as a pure state machine (RFC 3501, 2177, 4315, 4731, 4959, 6851, 2971): bytes in, bytes out,
// no sockets, no clock.
//
// It signs in, opens the folder, asks which messages there are to take, hands out one after the other in UID order, and marks or
// moves them when told that they are stored. Every call returns one Step: bytes to write, then what the driver does next.
// Messages are only looked at (BODY.PEEK), so one that is not marked lies there as before. Messages are asked for ahead, at most
// kWindow of them and kWindowBytes together; all else is one command at a time. Memory: those, one message of at most
// max_message_bytes, one line of a few MiB, kMaxFound UIDs. Whatever a server does that IMAP does not allow ends the session with
// an error.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/email/imap_wire.h"

namespace usher::connectors::email {

struct ImapOptions {
  std::string host;  // for OAUTHBEARER
  std::uint16_t port = 993;
  std::string user, password;
  enum class Auth : std::uint8_t { kAuto, kLogin, kPlain, kXoauth2, kOauthBearer } auth = Auth::kAuto;
  bool is_encrypted = false;  // TLS is on from the first byte
  bool use_starttls = false;  // and required then
  bool has_token = false;     // OAuth: asked for with Next::kToken
  std::string folder = "INBOX";
  // What marks a message as taken. kSeen: \Seen. kFlag: \Seen and `flag`. kMove: it is moved to `move_to`.
  enum class After : std::uint8_t { kSeen, kFlag, kMove } after = After::kSeen;
  std::string flag = "$UsherTaken";
  std::string move_to;
  std::size_t max_message_bytes = 26'214'400;
};

// Of kSeen, where a message that a person has opened looks like one we have taken: everything with `from_uid` or above is to be
// taken, read or not, and so is everything that came since `since` ("20-Nov-2026", empty: nothing).
struct ImapMark {
  std::uint32_t from_uid = 1;
  std::string since;
};

class ImapSession {
 public:
  enum class Next : std::uint8_t {
    kRead,      // write, then feed() what comes; nothing in a minute: the connection is dead
    kStartTls,  // write nothing, do the handshake, then tls_started()
    kToken,     // get an access token, then token()
    kOpened,    // the folder is open: state(); then opened()
    kFound,     // found() are there to take; then plan()
    kMessage,   // take_message(), then taken(), refused() or later(), or kept() and, any time after, settled()
    kSettle,    // settled() is due for all that were kept(); then go_on()
    kFailed,    // the server did not give out message failed_uid(), for error_text(); then go_on()
    kFiled,     // filed() are marked; then go_on()
    kWait,      // nothing to do: feed() what comes, or wake() after a while (is_idling: within 29 minutes)
    kClose,     // write, then close; error() when it is not our own wish
  };
  struct Step {
    std::string write;
    Next next = Next::kRead;
  };
  struct State {
    std::uint32_t validity = 0, next_uid = 0, messages = 0;  // next_uid 0: the server did not say
  };
  struct Message {
    std::uint32_t uid = 0;
    std::shared_ptr<const std::string> raw;
    bool is_header_only = false;  // the whole was over max_message_bytes
    std::uint64_t size = 0;       // as the server says
  };
  static constexpr std::size_t kMaxFound = 100'000;  // of one search; the rest comes with the next
  // What is asked for before what came is dealt with: a server far away is not waited for with every mail.
  static constexpr std::size_t kWindow = 32;
  static constexpr std::size_t kMaxHeader = 256 * 1024;  // of a message whose whole is too large
  static constexpr std::uint64_t kWindowBytes = 4 * 1024 * 1024;

  explicit ImapSession(ImapOptions options);

  Step feed(std::string_view bytes);
  Step tls_started();
  Step token(const std::string& access_token);
  Step opened(const ImapMark& mark);
  // Of found(): what to take, in this order, and what was taken before but not marked. Neither: there is nothing new.
  Step plan(std::vector<std::uint32_t> take, std::vector<std::uint32_t> mark_only);
  Message take_message() { return std::move(message_); }
  Step taken();                                     // stored: mark it, at once or with the next ones
  Step refused();                                   // not stored, and never will be: it lies there as before
  Step later();                                     // not stored now
  Step kept();                                      // the driver still has it
  void settled(std::uint32_t uid, bool is_stored);  // of one that was kept: stored, to be marked; or not
  Step go_on();
  Step wake();    // look again
  Step logout();  // only after kWait

  const State& state() const { return state_; }
  const std::vector<std::uint32_t>& found() const { return found_; }
  bool is_found_cut() const { return is_found_cut_; }
  const std::vector<std::uint32_t>& filed() const { return filed_; }
  std::uint32_t failed_uid() const { return failed_uid_; }
  const std::string& error_text() const { return text_; }
  bool is_idling() const { return phase_ == Phase::kIdle; }
  bool is_ready() const { return is_selected_; }
  // The message that is being fetched; 0: none.
  std::uint32_t fetching() const { return window_.empty() ? 0 : window_.front().uid; }
  // Why it closed. kDenied: the server refused user, password or token, or the folder.
  const std::optional<Error>& error() const { return error_; }

 private:
  enum class Phase : std::uint8_t {
    kGreeting,
    kCapability,
    kStartTls,
    kHandshake,
    kToken,
    kAuth,
    kId,
    kSelect,
    kOpened,
    kSearch,
    kFound,
    kSizes,
    kFetch,
    kMessage,
    kSettle,
    kFailed,
    kMark,
    kCopy,
    kCreate,
    kDelete,
    kExpunge,
    kFiled,
    kIdleBegin,
    kIdle,
    kIdleEnd,
    kWait,
    kLogout,
    kClosed
  };
  enum class Outcome : std::uint8_t { kOk, kNo, kBad };

  Step run();
  void response(ImapResponse& response);
  void untagged(const ImapUntagged& data, ImapResponse& response);
  void fetched(const ImapUntagged& data, ImapResponse& response);
  void continuation(std::string_view rest);
  void done(Outcome outcome, const ImapText& text);
  struct Asked {
    std::uint32_t uid = 0;
    std::uint64_t size = 0;  // as the server says; 0: it did not say
    bool is_header = false;  // of one that is too large
    std::string tag;
    std::optional<std::string> body;
  };
  void fetch_done(Asked asked, Outcome outcome, const ImapText& text);
  bool fits(std::uint64_t size) const;
  void ask(Asked asked);
  void filing_done(Outcome outcome, const ImapText& text);
  void set_capabilities(std::string_view words);
  bool can(std::string_view capability) const;
  void send(Phase phase, std::string_view command);
  std::string write_command(std::string_view command);  // its tag
  void capability();
  void sign_in();
  void sign_in_with(std::string_view mechanism, std::string initial);
  void identify();
  void select();
  void search();
  void tidy_found();
  void next_message();
  void file();
  void file_again();
  void rest();  // idle, or wait
  void fail_with(ErrorCode code, std::string message);
  Step give(Next next);

  ImapOptions options_;
  ImapReader reader_;
  Phase phase_ = Phase::kGreeting;
  Next next_ = Next::kRead;
  std::string out_;
  std::optional<Error> error_;
  std::string tag_, text_;
  std::uint32_t tags_ = 0;
  std::uint64_t noise_ = 0;  // responses since the last command ended

  std::vector<std::string> capabilities_;
  bool is_tls_ = false, has_signed_in_ = false, is_selected_ = false, has_new_ = false, is_refused_token_ = false;
  bool may_flag_ = true;
  std::string mechanism_, initial_;
  State state_;
  ImapMark mark_;

  std::vector<std::uint32_t> found_;
  bool is_found_cut_ = false;
  std::vector<std::uint32_t> to_take_;
  std::size_t position_ = 0;
  std::map<std::uint32_t, std::uint64_t> sizes_;
  std::size_t sized_ = 0;  // how many of to_take_ were asked for their size
  std::deque<Asked> window_;
  std::uint64_t window_bytes_ = 0;  // of bodies that came and were not handed out
  std::uint32_t failed_uid_ = 0;
  Message message_;
  std::size_t open_ = 0;  // kept and not settled
  bool did_anything_ = false;

  std::vector<std::uint32_t> to_file_, filing_, filed_;
  bool is_creating_tried_ = false;
};

}  // namespace usher::connectors::email
