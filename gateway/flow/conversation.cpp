#include "gateway/flow/conversation.h"

#include <limits>

#include "base/async/backoff.h"
#include "base/async/sleep.h"
#include "base/log.h"
#include "gateway/store/ledger.h"
#include "gateway/store/timers.h"

namespace usher::gateway::flow {
namespace {

constexpr std::size_t kCachedPerShard = 256;  // conversations kept parsed, about 4 KB each; the others are read when they speak
constexpr async::BackoffPolicy kRetry{std::chrono::milliseconds{50}, std::chrono::milliseconds{5000}};

}  // namespace

struct Conversations::Cached {
  store::Conversation row;
  dialogs::State state;
  std::int64_t worked_seq = 0;             // newest message a turn was committed for
  std::int64_t due = 0;                    // its timer
  std::list<std::string>::iterator place;  // in the shard's list of recent use
};

struct Conversations::Shard {
  explicit Shard(async::Executor e) : executor(e) {}
  async::Executor executor;
  std::unordered_map<std::string, std::deque<Work>> running;  // conversations with a worker, and what waits for it
  std::unordered_map<std::string, std::shared_ptr<Cached>> cache;
  std::list<std::string> recent;  // front: newest

  void keep(const std::shared_ptr<Cached>& c) {
    const auto& id = c->row.id.value;
    if (auto it = cache.find(id); it != cache.end()) {
      recent.erase(it->second->place);
      cache.erase(it);
    }
    recent.push_front(id);
    c->place = recent.begin();
    cache.emplace(id, c);
    while (cache.size() > kCachedPerShard) {
      cache.erase(recent.back());
      recent.pop_back();
    }
  }
  void drop(const std::string& id) {
    if (auto it = cache.find(id); it != cache.end()) {
      recent.erase(it->second->place);
      cache.erase(it);
    }
  }
};

Conversations::Conversations(async::IoThreads& io, async::TaskGroup& tasks, sql::Database& database, const Turns& turns,
                             const Clock& clock)
    : io_(io), tasks_(tasks), database_(database), turns_(turns), clock_(clock) {
  for (std::size_t i = 0; i < io_.size(); ++i) shards_.push_back(std::make_unique<Shard>(io_.executor(i)));
}

Conversations::~Conversations() = default;

void Conversations::enqueue(Work work) {
  ++backlog_;
  Shard* shard = shards_[std::hash<std::string>{}(work.conversation.value) % shards_.size()].get();
  boost::asio::post(shard->executor, [this, shard, work = std::move(work)]() mutable {
    const ConversationId id = work.conversation;
    auto [it, is_new] = shard->running.try_emplace(id.value);
    it->second.push_back(std::move(work));
    if (is_new && !tasks_.spawn(shard->executor, "conversation", run(shard, id))) shard->running.erase(id.value);
  });
}

Result<std::size_t> Conversations::recover() {
  std::vector<ConversationId> ids;
  auto r = database_.read_sync([&](sql::Tx& tx) -> Result<void> {
    auto found = store::conversations_to_work(tx, clock_.now(), std::numeric_limits<std::int64_t>::max());
    if (!found) return fail(std::move(found.error()));
    ids = std::move(*found);
    return {};
  });
  if (!r) return fail(std::move(r.error()));
  for (const auto& id : ids) enqueue({id, {}});
  return ids.size();
}

boost::asio::awaitable<void> Conversations::watch() {
  while (co_await async::sleep_for(std::chrono::seconds{1})) co_await look_once();
}

boost::asio::awaitable<void> Conversations::look_once() {
  // On a busy day this finds some whose turn is simply next: looking twice does no harm.
  auto found = co_await sql::read_returning<std::vector<ConversationId>>(
      database_, [before = clock_.now() - std::chrono::milliseconds{1500}](sql::Tx& tx) {
        return store::conversations_to_work(tx, before, 100);
      });
  if (found) {
    for (auto& id : *found) enqueue({std::move(id), {}});
  }
  co_await report_failed_addresses();
  auto silent = co_await sql::read_returning<std::vector<ConversationId>>(
      database_, [now = clock_.now()](sql::Tx& tx) { return store::due_timers(tx, now, 100); });
  if (!silent) co_return;
  for (auto& id : *silent) enqueue({std::move(id), {}, true});
}

boost::asio::awaitable<void> Conversations::report_failed_addresses() {
  auto untold = co_await sql::read_returning<std::vector<store::FailedAddress>>(
      database_, [](sql::Tx& tx) { return store::untold_failures(tx, 20); });
  if (!untold) co_return;
  for (auto& failure : *untold) {
    auto staged = std::make_shared<Staged>();
    auto done = co_await database_.write([this, failure, staged](sql::Tx& tx) {
      *staged = {};
      return turns_.report(tx, failure, *staged);
    });
    if (done) turns_.publish(*staged);
  }
}

boost::asio::awaitable<Result<std::shared_ptr<Conversations::Cached>>> Conversations::load(ConversationId id) {
  auto cached = std::make_shared<Cached>();
  auto row = co_await sql::read_returning<std::optional<store::Conversation>>(
      database_, [id, cached](sql::Tx& tx) -> Result<std::optional<store::Conversation>> {
        auto due = store::timer_of(tx, id);
        if (!due) return fail(std::move(due.error()));
        cached->due = *due;
        return store::load_conversation(tx, id);
      });
  if (!row) co_return fail(std::move(row.error()));
  if (!*row) co_return fail(ErrorCode::kNotFound, "no such conversation", id.value);
  cached->row = std::move(**row);
  if (!cached->row.state.empty()) {
    if (auto state = dialogs::State::from_json(cached->row.state)) {
      cached->state = std::move(*state);
    } else {
      log::error("stored dialog state is unreadable: the dialog begins anew", {{"conversation", id.value}});
    }
  }
  if (cached->state.dialog.empty()) cached->state.language = cached->row.language;
  co_return cached;
}

boost::asio::awaitable<void> Conversations::run(Shard* shard, ConversationId id) {
  int attempt = 0;
  for (;;) {
    auto& queue = shard->running[id.value];
    if (queue.empty()) break;
    Work work = std::move(queue.front());
    queue.pop_front();

    std::shared_ptr<Cached> cached;
    if (auto it = shard->cache.find(id.value); it != shard->cache.end()) cached = it->second;
    Result<void> done{};
    if (!cached) {
      auto loaded = co_await load(id);
      if (loaded) {
        cached = std::move(*loaded);
      } else {
        done = fail(std::move(loaded.error()));
      }
    }
    std::vector<store::Waiting> waiting;
    if (done && work.is_silence) {
      // Who has written meanwhile is not silent.
      const bool is_due = cached->due != 0 && cached->due <= to_millis(clock_.now());
      if (is_due && queue.empty()) done = co_await work_one(cached, std::nullopt);
    } else if (done && work.message) {
      waiting.push_back(*work.message);
    } else if (done) {
      auto found = co_await sql::read_returning<std::vector<store::Waiting>>(
          database_, [id](sql::Tx& tx) { return store::waiting_messages(tx, id); });
      if (found) {
        waiting = std::move(*found);
      } else {
        done = fail(std::move(found.error()));
      }
    }
    for (auto& message : waiting) {
      if (!done || message.message.seq <= cached->worked_seq) continue;
      done = co_await work_one(cached, std::move(message));
    }
    if (done) {
      attempt = 0;
      shard->keep(cached);
      --backlog_;
      continue;
    }
    // What was read may be stale (somebody else was faster) or the store is busy: forget it, look again after a pause.
    shard->drop(id.value);
    if (done.error().code == ErrorCode::kNotFound) {
      log::error("a message belongs to no conversation", {{"conversation", id.value}});
      --backlog_;
      continue;
    }
    log::warn("a turn could not be committed; trying again",
              {{"conversation", id.value}, {"code", std::string(to_string(done.error().code))}, {"detail", done.error().detail}});
    work.message.reset();
    shard->running[id.value].push_front(std::move(work));
    if (!co_await async::sleep_for(async::full_jitter(kRetry, attempt++, async::random_u64()))) break;
  }
  shard->running.erase(id.value);
}

boost::asio::awaitable<Result<void>> Conversations::work_one(std::shared_ptr<Cached> cached,
                                                             std::optional<store::Waiting> waiting) {
  if (outside_.bring) {
    if (auto missing = turns_.missing_versions(cached->state); !missing.empty()) co_await outside_.bring(std::move(missing));
  }
  auto planned = std::make_shared<PlannedTurn>(waiting ? turns_.plan(cached->row, cached->state, std::move(*waiting), cached->due)
                                                       : turns_.plan_silence(cached->row, cached->state, cached->due));
  while (planned->turn.look_up) {
    dialogs::LookedUp answer;
    if (outside_.look_up) answer = co_await outside_.look_up(*planned->turn.look_up);
    turns_.go_on(*planned, std::move(answer));
  }
  auto done = co_await database_.write([this, planned](sql::Tx& tx) -> Result<void> {
    if (auto r = turns_.write(tx, *planned); !r) return r;
    if (planned->is_silence()) return {};
    return store::settle_ledger(tx, planned->waiting.ledger_id, planned->fate, planned->turn.trace_json);
  });
  if (!done) co_return done;
  turns_.done(*planned);
  if (!planned->is_silence()) cached->worked_seq = planned->waiting.message.seq;
  cached->row = std::move(planned->row);
  cached->row.state.clear();  // it is parsed beside it
  cached->state = std::move(planned->turn.state);
  cached->due = planned->due;
  co_return Result<void>{};
}

}  // namespace usher::gateway::flow
