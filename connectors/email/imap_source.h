// A mailbox that mail is fetched from: sockets, time and books around the pure imap_session.
//
// A message is marked (or moved) on the server only after Inbox::accept returned a value, so whatever breaks in between, it is
// still there; and it is noted by (mailbox, UIDVALIDITY, UID) in the transaction that stores it, so it is taken once. One that
// cannot be taken is tried three times, then skipped with its cause, and never holds up the rest. A connection that breaks is
// made again with back-off; a refused sign-in is tried every 15 minutes, so that no account is locked.
//
// Messages are handed to the Inbox in UID order, several before the first is stored, so that one commit holds many; never two
// that may belong together (same sender, or a key in common): of those the second waits for the first. All on one executor.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/async/io_threads.h"
#include "base/clock.h"
#include "base/net/http_client.h"
#include "base/result.h"
#include "connectors/channel.h"
#include "connectors/email/imap_session.h"
#include "connectors/email/oauth.h"
#include "connectors/email/settings.h"

namespace usher::connectors::email {

struct MailboxSettings {
  std::string name;  // as configured: logs, metrics, the overview
  ImapOptions imap;  // is_encrypted, use_starttls: from `tls` below
  enum class Tls : std::uint8_t { kImplicit, kStartTls, kNone } tls = Tls::kImplicit;
  std::string ca_file;
  OAuthSettings oauth;                                  // used when it has a token_url
  std::string address;                                  // whom its mail is for; empty: the From address of the channel
  std::chrono::milliseconds idle_limit{4 * 60 * 1000};  // IDLE is begun anew, and a silent connection found out
  std::chrono::milliseconds poll_every{60 * 1000};      // without IDLE
  std::chrono::milliseconds retry_base{1'000}, retry_cap{5 * 60 * 1000};
  std::chrono::milliseconds denied_pause{15 * 60 * 1000};
  std::chrono::milliseconds command_limit{60 * 1000};
  std::string key() const { return imap.user + "@" + imap.host + "/" + imap.folder; }
};

// What is remembered, by the gateway. `mailbox` is MailboxSettings::key(). All survive a crash once they returned.
class MailboxBooks : public TokenBooks {
 public:
  enum class Fate : std::uint8_t { kTaken, kFiled, kTrying, kSkipped };
  struct Failure {
    Fate fate = Fate::kTrying;
    std::int64_t tries = 0;
  };
  struct Counts {
    std::int64_t taken = 0, unfiled = 0, trying = 0, skipped = 0;
  };
  // From where on messages are to be taken; remembers it when the mailbox is new or was numbered anew.
  virtual boost::asio::awaitable<Result<ImapMark>> open(std::string mailbox, ImapSession::State state) = 0;
  // Of `uids` (ascending), those something is known of.
  virtual boost::asio::awaitable<Result<std::map<std::uint32_t, Fate>>> known(std::string mailbox, std::uint32_t validity,
                                                                              std::vector<std::uint32_t> uids) = 0;
  virtual boost::asio::awaitable<Result<void>> filed(std::string mailbox, std::uint32_t validity,
                                                     std::vector<std::uint32_t> uids) = 0;
  // `found` (ascending) is all that the server has left to take or to mark. What was taken and is not among it is marked, moved
  // or removed, whether or not the books heard of it: a kill may come between the server's doing and the note of it.
  virtual boost::asio::awaitable<Result<void>> only(std::string mailbox, std::uint32_t validity,
                                                    std::vector<std::uint32_t> found) = 0;
  virtual boost::asio::awaitable<Result<Failure>> failed(std::string mailbox, std::uint32_t validity, std::uint32_t uid,
                                                         std::string cause) = 0;
  // The mailbox was looked through just now.
  virtual boost::asio::awaitable<Result<Counts>> looked(std::string mailbox, std::uint32_t validity) = 0;
};

struct MailboxHealth {
  std::string name, user, host, folder;
  bool is_connected = false;
  std::string error;                 // empty: none. What is wrong, in words for the operator
  std::string warning;               // of a single message or its marking
  std::optional<Timestamp> seen_at;  // last looked through
  std::optional<Timestamp> mail_at;  // last mail taken
  std::optional<Timestamp>
      behind_since;            // something waits there, or nobody knows; nullopt: all was taken when it was looked through
  std::int64_t on_server = 0;  // messages in the folder
  std::int64_t waiting = 0;    // of them, as the server counts, not taken and not skipped
  MailboxBooks::Counts books;  // under the present numbering
  bool is_ok() const { return is_connected && error.empty(); }
  bool counts_agree() const { return is_ok() && seen_at && waiting == 0 && books.unfiled == 0 && books.trying == 0; }
};

class MailboxSource {
 public:
  virtual ~MailboxSource() = default;
  virtual void start() = 0;
  // Ends what is under way: a message that is being stored is finished. Blocks a non-I/O thread. Idempotent; so does the
  // destructor.
  virtual void stop(std::chrono::milliseconds limit) = 0;
  virtual MailboxHealth health() const = 0;  // any thread
};

// How a source waits between two connections, and the draws of its jitter. Tests put their own in, and three days pass at once.
struct MailboxPace {
  std::function<boost::asio::awaitable<void>(std::chrono::milliseconds)> pause;  // empty: real time
  std::function<std::uint64_t()> random;                                         // empty: a generator of the process
};

// kIo when the trust anchor cannot be used. The rest outlives the source.
Result<std::unique_ptr<MailboxSource>> watch_mailbox(async::Executor executor, MailboxSettings settings, EmailSettings email,
                                                     Inbox& inbox, MailboxBooks& books, net::OutboundClient& client,
                                                     const Clock& clock, MailboxPace pace = {});

}  // namespace usher::connectors::email
