#include "gateway/flow/conversation.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "base/async/backoff.h"
#include "base/async/sleep.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "gateway/store/ledger.h"

namespace usher::gateway::flow {
namespace {

constexpr std::size_t kCachedPerShard = 1024;  // conversations kept parsed, about 4 KB each; the others are read when they speak
constexpr async::BackoffPolicy kRetry{std::chrono::milliseconds{50}, std::chrono::milliseconds{5000}};

std::string choice_of(const std::string& extra) {
  if (extra.empty()) return {};
  auto j = nlohmann::json::parse(extra, nullptr, false);
  return j.is_object() ? j.value("choice", std::string{}) : std::string{};
}

std::string status_of(const dialogs::State& state) {
  return state.end.empty() ? "open" : state.end;
}

}  // namespace

struct Conversations::Cached {
  store::Conversation row;
  dialogs::State state;
  std::int64_t worked_seq = 0;             // newest message a turn was committed for
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

Conversations::Conversations(async::IoThreads& io, async::TaskGroup& tasks, sql::Database& database,
                             const CurrentContent& content, const Channels& channels, const Escalation& escalation,
                             const Publisher& publisher, const Clock& clock, std::function<void(CaseId)> on_case)
    : io_(io),
      tasks_(tasks),
      database_(database),
      content_(content),
      channels_(channels),
      escalation_(escalation),
      publisher_(publisher),
      clock_(clock),
      on_case_(std::move(on_case)) {
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
  while (co_await async::sleep_for(std::chrono::seconds{1})) {
    // On a busy day this finds some whose turn is simply next: looking twice does no harm.
    auto found = co_await sql::read_returning<std::vector<ConversationId>>(
        database_, [before = clock_.now() - std::chrono::milliseconds{1500}](sql::Tx& tx) {
          return store::conversations_to_work(tx, before, 100);
        });
    if (!found) continue;
    for (auto& id : *found) enqueue({std::move(id), {}});
  }
}

boost::asio::awaitable<Result<std::shared_ptr<Conversations::Cached>>> Conversations::load(ConversationId id) {
  auto row = co_await sql::read_returning<std::optional<store::Conversation>>(
      database_, [id](sql::Tx& tx) { return store::load_conversation(tx, id); });
  if (!row) co_return fail(std::move(row.error()));
  if (!*row) co_return fail(ErrorCode::kNotFound, "no such conversation", id.value);
  auto cached = std::make_shared<Cached>();
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
    if (done && work.message) {
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

boost::asio::awaitable<Result<void>> Conversations::work_one(std::shared_ptr<Cached> cached, store::Waiting waiting) {
  static auto& turns = metrics::counter("usher_turns_total", "turns committed");
  const auto content = content_.get();
  const ChannelInfo* channel = channels_.find(cached->row.channel);
  const connectors::Capabilities can = channel != nullptr ? channel->can : connectors::Capabilities{};
  dialogs::Said said{waiting.message.text, choice_of(waiting.message.extra), text::guess_language(waiting.message.text),
                     waiting.attachments};

  auto turn = std::make_shared<TurnResult>(
      run_turn(*content, cached->state, said, can, channel != nullptr ? channel->entry : std::string{}));
  auto next = std::make_shared<store::Conversation>(cached->row);
  next->state = turn->state.to_json();
  next->language = turn->state.language;
  next->status = status_of(turn->state);
  next->dialog = turn->state.dialog;
  if (auto name = turn->state.slots.find("contact_name"); name != turn->state.slots.end() && !name->second.empty()) {
    next->contact_name = name->second;
  }
  next->updated_at = clock_.now();

  struct Committed {
    Staged staged;
    std::optional<CaseId> opened;
  };
  auto committed = std::make_shared<Committed>();
  const std::int64_t version = cached->row.version;
  const bool is_pull = channel != nullptr && channel->is_pull;
  auto done =
      co_await database_.write([this, turn, next, committed, waiting, version, can, is_pull](sql::Tx& tx) -> Result<void> {
        *committed = {};
        if (!is_pull) {
          // Intake writes the reply context of a newer message while this turn waits: an answer goes to the newest.
          auto now = store::load_conversation(tx, next->id);
          if (!now) return fail(std::move(now.error()));
          if (!*now) return fail(ErrorCode::kNotFound, "no such conversation", next->id.value);
          next->reply = (*now)->reply;
          next->subject = (*now)->subject;
        }

        const bool opens = turn->ticket && next->case_id.empty();
        // Where only one answer goes out, what was said goes into the acknowledgement, which is sent when the number is known.
        const bool holds_back = opens && can.one_answer;
        std::vector<BotMessage> said_now = holds_back ? std::vector<BotMessage>{} : turn->messages;
        std::string reference;
        if (!next->case_id.empty()) {
          auto k = store::load_case(tx, {next->case_id});
          if (!k) return fail(std::move(k.error()));
          if (*k) reference = (*k)->best_reference();
          if (!turn->follow_ups.empty() && said_now.empty() && can.is_live) {
            said_now.push_back({phrase(*content_.get()->scripts, "follow_up_received", next->language,
                                       {{"number", reference}, {"reference", reference}}),
                                {},
                                {},
                                {},
                                {}});
          }
        }
        auto first = store::commit_turn(tx, *next, version, static_cast<std::int64_t>(said_now.size()));
        if (!first) return fail(std::move(first.error()));
        if (auto r = publisher_.stage(tx, *next, *first, said_now, reference, committed->staged); !r) return r;
        std::string fate = "answered";
        if (opens) {
          auto opened = escalation_.open(tx, *next, turn->state, *turn->ticket, turn->messages, committed->staged);
          if (!opened) return fail(std::move(opened.error()));
          committed->opened = *opened;
          next->case_id = opened->value;
        } else if (!next->case_id.empty() && (turn->ticket || !turn->follow_ups.empty())) {
          fate = "appended";
          if (auto r = escalation_.append(tx, *next, waiting.message.text, waiting.message.seq, committed->staged); !r) return r;
        }
        return store::settle_ledger(tx, waiting.ledger_id, fate, turn->trace_json);
      });
  if (!done) co_return done;

  turns.add();
  cached->row = *next;
  cached->row.version = version + 1;
  cached->state = std::move(turn->state);
  cached->worked_seq = waiting.message.seq;
  publisher_.publish(committed->staged);
  if (committed->opened) on_case_(*committed->opened);
  log::info("turn", {{"conversation", cached->row.id.value}, {"step", cached->state.step}, {"status", cached->row.status}});
  co_return Result<void>{};
}

}  // namespace usher::gateway::flow
