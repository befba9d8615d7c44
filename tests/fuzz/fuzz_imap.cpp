// An IMAP server that says anything. The first byte chooses the ways of the client, the second how the rest is cut into reads; a
// byte 1 in the rest stands for time passing (the client looks again). Whatever comes: bounded messages; what is handed out and
// what is said does not depend on where the bytes were cut; no password goes out before the TLS that was asked for; and nothing
// is marked, moved or deleted that was not stored.
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "connectors/email/imap_session.h"

namespace {

using namespace usher::connectors::email;
using Next = ImapSession::Next;

constexpr std::size_t kMaxMessage = 4'096;
constexpr std::size_t kMaxHeader = 262'144;

ImapOptions options_of(unsigned ways) {
  ImapOptions options;
  options.host = "imap.example";
  options.user = "u";
  options.password = "p";
  options.has_token = (ways & 1) != 0;
  options.after = static_cast<ImapOptions::After>(ways / 2 % 3);
  options.move_to = "Done";
  options.use_starttls = (ways & 32) != 0;
  options.is_encrypted = !options.use_starttls;
  if ((ways & 64) != 0) options.auth = ImapOptions::Auth::kLogin;
  options.max_message_bytes = kMaxMessage;
  return options;
}

struct Outcome {
  std::string said, error;
  std::vector<std::string> mails;
  std::vector<std::uint32_t> filed;
  bool operator==(const Outcome&) const = default;
};

class Client {
 public:
  explicit Client(unsigned ways) : options_(options_of(ways)), session_(options_) {}

  void feed(std::string_view bytes) {
    if (!is_closed_) work(session_.feed(bytes));
  }
  void time_passes() {
    if (!is_closed_ && next_ == Next::kWait) work(session_.wake());
  }
  Outcome finish() {
    if (session_.error()) {
      all_.error = session_.error()->message;
      USHER_CHECK(usher::text::is_valid_utf8(all_.error), "an error can be written down");
    }
    return std::move(all_);
  }
  bool has_started_tls() const { return has_started_tls_; }

 private:
  void work(ImapSession::Step step) {
    for (bool goes_on = true; goes_on;) {
      check_said(step.write);
      all_.said += step.write;
      next_ = step.next;
      switch (step.next) {
        case Next::kOpened:
          USHER_CHECK(session_.state().validity != 0, "an open folder has a numbering");
          step = session_.opened({session_.state().next_uid, {}});
          break;
        case Next::kFound:
          step = plan();
          break;
        case Next::kMessage:
          step = message();
          break;
        case Next::kToken:
          step = session_.token("t");
          break;
        case Next::kStartTls:
          has_started_tls_ = true;
          step = session_.tls_started();
          break;
        case Next::kSettle:
          USHER_CHECK(!kept_.empty(), "there is something to settle");
          settle(kept_.size());
          step = session_.go_on();
          break;
        case Next::kFiled:
          for (auto uid : session_.filed()) USHER_CHECK(stored_.contains(uid), "only what is stored is filed");
          all_.filed.insert(all_.filed.end(), session_.filed().begin(), session_.filed().end());
          step = session_.go_on();
          break;
        case Next::kFailed:
          USHER_CHECK(usher::text::is_valid_utf8(session_.error_text()), "a failure can be written down");
          step = session_.go_on();
          break;
        default:
          goes_on = false;
      }
    }
    is_closed_ = step.next == Next::kClose;
  }

  ImapSession::Step plan() {
    const auto& found = session_.found();
    USHER_CHECK(found.size() <= ImapSession::kMaxFound, "a search finds a bounded number");
    USHER_CHECK(std::is_sorted(found.begin(), found.end(), std::less_equal<>()) || found.empty(), "each once, in order");
    // Everything is taken every time, as if nothing were ever known, but not for ever; now and then one was stored before.
    if (++searches_ >= 20) return session_.plan({}, {});
    auto take = found;
    take.resize(std::min<std::size_t>(take.size(), 300));
    std::vector<std::uint32_t> mark_only;
    if (searches_ % 3 == 2 && !take.empty()) {
      mark_only.push_back(take.back());
      stored_.insert(take.back());
      take.pop_back();
    }
    USHER_CHECK(kept_.empty(), "nothing is left open when the next round begins");
    planned_ = {take.begin(), take.end()};
    return session_.plan(std::move(take), std::move(mark_only));
  }

  ImapSession::Step message() {
    auto message = session_.take_message();
    USHER_CHECK(message.raw != nullptr, "a message has bytes");
    USHER_CHECK(message.raw->size() <= (message.is_header_only ? kMaxHeader : kMaxMessage), "a message keeps the limit");
    USHER_CHECK(planned_.erase(message.uid) == 1, "only what was planned is handed out, and once");
    all_.mails.push_back(std::to_string(message.uid) + (message.is_header_only ? " header " : " ") + *message.raw);
    switch (all_.mails.size() % 8) {
      case 0:
        return session_.refused();
      case 1:
        return session_.later();
      case 2:
      case 3:
      case 4:
        kept_.push_back(message.uid);
        return session_.kept();
      case 5:
        settle(1);
        [[fallthrough]];
      default:
        stored_.insert(message.uid);
        return session_.taken();
    }
  }

  // Of what was kept, the first `n` come back: most of them stored.
  void settle(std::size_t n) {
    for (; n > 0 && !kept_.empty(); --n) {
      const auto uid = kept_.front();
      kept_.erase(kept_.begin());
      const bool is_stored = uid % 3 != 0;
      if (is_stored) stored_.insert(uid);
      session_.settled(uid, is_stored);
    }
  }

  // The commands that change a mailbox name only messages that are stored.
  void check_said(std::string_view write) {
    if (options_.use_starttls && !has_started_tls_) {
      USHER_CHECK(write.find("LOGIN") == write.npos && write.find("AUTHENTICATE") == write.npos, "nothing secret before TLS");
    }
    while (!write.empty()) {
      const auto end = write.find("\r\n");
      USHER_CHECK(end != write.npos, "a command ends with CRLF");
      auto line = write.substr(0, end);
      write.remove_prefix(end + 2);
      USHER_CHECK(line.find_first_of(std::string_view("\r\n\0", 3)) == line.npos, "nothing is smuggled into a command");
      for (std::string_view command : {" UID STORE ", " UID MOVE ", " UID COPY ", " UID EXPUNGE "}) {
        const auto at = line.find(command);
        if (at == line.npos) continue;
        auto set = line.substr(at + command.size());
        set = set.substr(0, set.find(' '));
        bool is_cut = false;
        const auto uids = read_set(set, ',', 1'000, is_cut);
        USHER_CHECK(uids && !is_cut && !uids->empty(), "it names messages");
        for (auto uid : *uids) USHER_CHECK(stored_.contains(uid), "only what is stored is touched");
      }
    }
  }

  ImapOptions options_;
  ImapSession session_;
  Outcome all_;
  Next next_ = Next::kRead;
  std::set<std::uint32_t> stored_, planned_;
  std::vector<std::uint32_t> kept_;
  int searches_ = 0;
  bool is_closed_ = false, has_started_tls_ = false;
};

Outcome play(std::string_view input, unsigned ways, std::size_t piece) {
  Client client(ways);
  while (!input.empty()) {
    const auto part = input.substr(0, input.find('\x01'));
    for (std::size_t at = 0; at < part.size(); at += piece) client.feed(part.substr(at, piece));
    input.remove_prefix(part.size());
    if (input.empty()) break;
    client.time_passes();
    input.remove_prefix(1);
  }
  return client.finish();
}

// What follows STARTTLS in one read is refused, by design: so one line is one read here, and nothing is compared.
void play_lines(std::string_view input, unsigned ways) {
  Client client(ways);
  while (!input.empty()) {
    const auto end = input.find('\n');
    const auto line = input.substr(0, end == input.npos ? end : end + 1);
    client.feed(line);
    input.remove_prefix(line.size());
  }
  const auto all = client.finish();
  USHER_CHECK(client.has_started_tls() || all.mails.empty(), "no mail before TLS");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  if ((data[0] & 32) != 0) {
    play_lines(input, data[0]);
    return 0;
  }
  const auto whole = play(input, data[0], std::max<std::size_t>(1, input.size()));
  USHER_CHECK(whole == play(input, data[0], 1 + data[1] % 31), "what a client does does not depend on where its input was cut");
  return 0;
}
