// Intake: one message in, one transaction, then the acknowledgement. Implements connectors::Inbox for every channel.
//
// The transaction holds the raw input, the de-duplication key, the masked text, contact, conversation, attachments and ledger
// row, or nothing. After its commit the conversation's worker is told. A repeat of the same key and content gives the first
// answer again; the same key with other content is kept in the ledger with fate "conflict" and refused.
//
// What becomes of a mail is decided by connectors/email/decision.h: one that names a conversation its sender has no part in is
// held for staff (store/quarantine.h) until release() or a deletion.
//
// A message that names no earlier one (a new mail) begins a conversation, whose first turn needs nothing from the store: it is
// decided before, and one transaction holds message, conversation, answer and ticket.
#pragma once
#include <atomic>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/sql/database.h"
#include "connectors/channel.h"
#include "gateway/flow/acceptance.h"

namespace usher::gateway::flow {

struct IntakeLimits {
  std::string data_folder;  // watched for free space
  std::uint64_t min_free_bytes = 512ull * 1024 * 1024;
  std::uint64_t min_free_inodes = 1000;
  std::size_t max_backlog = 20'000;  // accepted messages no turn has worked yet
};

class Intake final : public connectors::Inbox {
 public:
  using Enqueue = std::function<void(Work)>;
  Intake(sql::Database& database, const Clock& clock, IntakeLimits limits);
  // Once, by the wiring. Without it messages are stored and wait (the pipe command). With `turns`, a message that surely opens a
  // conversation is worked before it is stored, and its turn commits along with it.
  void set_worker(Enqueue enqueue, std::function<std::size_t()> backlog, const Turns* turns);

  boost::asio::awaitable<Result<connectors::Accepted>> accept(connectors::Inbound message) override;

  using Release = flow::Release;
  // A held mail as if it had been accepted, decided by a person; `message`: the mail read again. One transaction with its audit
  // row, then its turn. kConflict: it is not held (any more); kNotFound: it names no conversation.
  boost::asio::awaitable<Result<connectors::Accepted>> release(Release release, connectors::Inbound message);
  // kUnavailable: draining, so begin nothing new; what was under way when drain() came is still accepted. kIo: too little disk
  // space or inodes. kBusy: the worker is behind.
  Result<void> ready() const override;

  bool watch_disk();  // samples free space; called every second by the wiring. True: too little
  void drain() { draining_ = true; }

 private:
  Result<void> has_room() const;

  sql::Database& database_;
  const Clock& clock_;
  IntakeLimits limits_;
  Enqueue enqueue_;
  std::function<std::size_t()> backlog_;
  const Turns* turns_ = nullptr;
  std::atomic<bool> draining_ = false;
  std::atomic<bool> disk_low_ = false;
};

}  // namespace usher::gateway::flow
