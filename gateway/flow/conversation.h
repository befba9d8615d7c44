// The conversation worker: takes accepted messages, one at a time and in order per conversation, runs the turn and commits it:
// new state (if nobody was faster), transcript, ledger fate and outbox rows in one transaction. Different conversations run side
// by side, spread over the I/O threads; one conversation always on the same one.
//
// A turn whose commit fails is tried again until it commits or the process ends; the message stays "accepted" in the ledger
// meanwhile, so a restart takes it up (recover).
#pragma once
#include <atomic>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/async/io_threads.h"
#include "base/async/task_group.h"
#include "gateway/flow/intake.h"
#include "gateway/flow/turns.h"

namespace usher::gateway::flow {

class Conversations {
 public:
  Conversations(async::IoThreads& io, async::TaskGroup& tasks, sql::Database& database, const Turns& turns, const Clock& clock);
  ~Conversations();

  // What a turn may need from elsewhere; once, by the wiring. Without them look-ups fail and earlier versions of scripts are
  // gone.
  struct Outside {
    std::function<boost::asio::awaitable<dialogs::LookedUp>(dialogs::LookUp)> look_up;
    std::function<boost::asio::awaitable<void>(std::vector<std::string> script_hashes)> bring;
  };
  void set_outside(Outside outside) { outside_ = std::move(outside); }

  void enqueue(Work work);        // any thread
  Result<std::size_t> recover();  // at start, before anything is accepted; from a non-I/O thread
  // Looks every second for messages that lie longer than any turn takes (put there by another process: `usher deliver`), and for
  // customers whose time to answer is over.
  boost::asio::awaitable<void> watch();
  boost::asio::awaitable<void> look_once();  // one look of watch()
  boost::asio::awaitable<void> report_failed_addresses();
  std::size_t backlog() const { return backlog_; }

 private:
  struct Shard;
  struct Cached;
  boost::asio::awaitable<void> run(Shard* shard, ConversationId id);
  // Without a message: the customer is silent.
  boost::asio::awaitable<Result<void>> work_one(std::shared_ptr<Cached> cached, std::optional<store::Waiting> waiting);
  boost::asio::awaitable<Result<std::shared_ptr<Cached>>> load(ConversationId id);

  async::IoThreads& io_;
  async::TaskGroup& tasks_;
  sql::Database& database_;
  const Turns& turns_;
  const Clock& clock_;
  Outside outside_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::atomic<std::size_t> backlog_ = 0;
};

}  // namespace usher::gateway::flow
