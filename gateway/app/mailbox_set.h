// The mailboxes that mail is fetched from, as the settings name them, changed while the service runs: who is new is begun, who is
// gone is ended, who is configured in another way (another password) is ended and begun anew; the others go on untouched.
#pragma once
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/async/io_threads.h"
#include "connectors/email/imap_source.h"
#include "gateway/app/settings.h"
#include "gateway/flow/mailboxes.h"

namespace usher::gateway::app {

class MailboxSet {
 public:
  // Everything passed in outlives this.
  MailboxSet(async::IoThreads& io, sql::Database& database, connectors::Inbox& inbox, net::OutboundClient& client,
             const Clock& clock);
  ~MailboxSet();  // stop() before

  // Main thread only, as stop(). `what`: "added a; changed b; removed c", or empty. An error (a ca_file that cannot be used)
  // names the mailbox, and then nothing is changed.
  Result<std::string> set(const std::vector<MailboxSection>& wanted, const connectors::email::EmailSettings& email);
  void stop(std::chrono::milliseconds limit);
  // In the order of the settings. Any thread.
  std::vector<connectors::email::MailboxHealth> health() const;

 private:
  struct One {
    MailboxSection section;
    std::unique_ptr<connectors::email::MailboxSource> source;
  };

  async::IoThreads& io_;
  connectors::Inbox& inbox_;
  net::OutboundClient& client_;
  const Clock& clock_;
  flow::Mailboxes books_;
  std::size_t next_thread_ = 0;
  mutable std::mutex mutex_;
  std::vector<One> mailboxes_;
};

}  // namespace usher::gateway::app
