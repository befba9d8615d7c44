#include "gateway/flow/outbox.h"

#include <boost/asio/redirect_error.hpp>
#include <charconv>
#include <condition_variable>
#include <thread>

#include "base/async/sleep.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "gateway/store/mail_limits.h"

namespace usher::gateway::flow {
namespace {

// A relay's words about the recipient, not about us: 5.1.x, a disabled mailbox, or 550/551/553 without an enhanced code.
bool is_no_such_address(std::string_view reply) {
  auto at = reply.find("5.");
  const bool has_code = at != std::string_view::npos && at + 2 < reply.size() && reply[at + 2] >= '0' && reply[at + 2] <= '9' &&
                        at + 3 < reply.size() && reply[at + 3] == '.';
  if (has_code) return reply.substr(at).starts_with("5.1.") || reply.substr(at).starts_with("5.2.1");
  return reply.starts_with("550") || reply.starts_with("551") || reply.starts_with("553");
}

// "retry_after=SECONDS" at the head of Error.detail, at most an hour.
std::optional<std::chrono::milliseconds> retry_after(const Error& error) {
  constexpr std::string_view key = "retry_after=";
  if (!error.detail.starts_with(key)) return std::nullopt;
  int seconds = 0;
  auto [end, ec] = std::from_chars(error.detail.data() + key.size(), error.detail.data() + error.detail.size(), seconds);
  if (ec != std::errc{} || seconds < 0) return std::nullopt;
  return std::chrono::seconds{std::min(seconds, 3600)};
}

}  // namespace

// The deliveries under way, by target. Shared with the places given out, which may outlive the runner in an unfinished coroutine.
struct OutboxRunner::Flights {
  std::mutex mutex;
  std::map<std::string, TargetHealth> targets;
  std::map<std::string, int> domains;  // of recipients of mail
  int all = 0;

  // With the mutex held.
  static std::shared_ptr<void> place(const std::shared_ptr<Flights>& flights, const store::OutboxRow& row) {
    ++flights->targets[row.target].in_flight;
    if (!row.domain.empty()) ++flights->domains[row.domain];
    ++flights->all;
    return {static_cast<void*>(flights.get()), [flights, target = row.target, domain = row.domain](void*) {
              std::lock_guard lock(flights->mutex);
              --flights->targets[target].in_flight;
              if (!domain.empty() && --flights->domains[domain] == 0) flights->domains.erase(domain);
              --flights->all;
            }};
  }
  int to_domain(const std::string& domain) const {
    auto it = domains.find(domain);
    return it == domains.end() ? 0 : it->second;
  }
};

struct OutboxRunner::Finished {
  Handed handed;
  Verdict verdict;
  std::string reason;
  std::chrono::milliseconds wait{};  // until it is tried again
  bool is_refusal = false;
  Staged staged;
};

OutboxRunner::OutboxRunner(async::Executor executor, async::TaskGroup& tasks, sql::Database& database, const Channels& channels,
                           connectors::TicketSystem& tickets, const Escalation& escalation, const Publisher& publisher,
                           const Clock& clock, OutboxSettings settings)
    : executor_(executor),
      tasks_(tasks),
      database_(database),
      tickets_(tickets),
      escalation_(escalation),
      publisher_(publisher),
      clock_(clock),
      settings_(settings),
      deliveries_(database, channels, tickets, settings.index_lag),
      wake_(executor),
      flights_(std::make_shared<Flights>()) {}

OutboxRunner::~OutboxRunner() = default;

Result<void> OutboxRunner::start() {
  std::vector<CaseId> untold;
  auto r = database_.write_sync([&](sql::Tx& tx) -> Result<void> {
    auto taken = store::take_over_leases(tx, clock_.now());
    if (!taken) return fail(std::move(taken.error()));
    if (*taken > 0) log::warn("took over deliveries of a process that is gone", {{"rows", *taken}});
    auto found = store::untold_cases(tx);
    if (!found) return fail(std::move(found.error()));
    untold = std::move(*found);
    return {};
  });
  if (!r) return r;
  tasks_.spawn(executor_, "outbox", loop());
  for (const auto& id : untold) await_number(id);
  return {};
}

void OutboxRunner::kick() {
  boost::asio::post(executor_, [this] {
    kicked_ = true;
    wake_.cancel();
  });
}

void OutboxRunner::await_number(CaseId id) {
  bool is_down = false;
  {
    std::lock_guard lock(flights_->mutex);
    if (auto it = flights_->targets.find(tickets_.name()); it != flights_->targets.end()) is_down = !it->second.ok;
  }
  tasks_.spawn(executor_, "await number",
               tell_late(std::move(id), is_down ? std::chrono::milliseconds{0} : settings_.number_wait));
}

boost::asio::awaitable<void> OutboxRunner::tell_late(CaseId id, std::chrono::milliseconds wait) {
  if (wait.count() > 0 && !co_await async::sleep_for(wait)) co_return;
  // Nearly always the number was told meanwhile, which a reader can say: the writer has better to do.
  auto known =
      co_await sql::read_returning<std::optional<store::Case>>(database_, [id](sql::Tx& tx) { return store::load_case(tx, id); });
  if (known && *known && !(*known)->told.empty()) co_return;
  for (int tries = 0; !draining_; ++tries) {
    auto staged = std::make_shared<Staged>();
    auto done = co_await database_.write([this, id, staged](sql::Tx& tx) {
      *staged = {};
      return escalation_.tell_provisional(tx, id, *staged);
    });
    if (done) {
      publisher_.publish(*staged);
      co_return;
    }
    log::warn("the provisional reference could not be told yet", {{"case", id.value}, {"detail", done.error().detail}});
    if (!co_await async::sleep_for(async::full_jitter(settings_.backoff, tries, async::random_u64()))) co_return;
  }
}

boost::asio::awaitable<void> OutboxRunner::loop() {
  static auto& waiting = metrics::gauge("usher_outbox_waiting", "outbox rows not sent yet");
  static auto& dead = metrics::gauge("usher_outbox_dead", "dead letters: wait for staff");
  static auto& oldest = metrics::gauge("usher_outbox_oldest_seconds", "age of the oldest row not sent yet");
  Timestamp measured{};
  while (!draining_) {
    const Timestamp now = clock_.now();
    std::erase_if(paused_until_, [now](const auto& pause) { return pause.second <= now; });
    kicked_ = false;
    auto leased = co_await sql::write_returning<Leased>(
        database_, [this, now, paused = paused_until_](sql::Tx& tx) { return lease(tx, now, paused); });
    const bool is_started = leased && !leased->handed.empty();
    if (leased) {
      more_due_ = leased->more_due;
      if (!leased->saw_all) kicked_ = true;
      for (auto& handed : leased->handed) tasks_.spawn(executor_, "deliver", deliver_one(std::move(handed)));
    } else {
      log::warn("the outbox could not be read", {{"detail", leased.error().detail}});
    }
    if (now - measured > std::chrono::seconds{5}) {
      measured = now;
      auto summary =
          co_await sql::read_returning<store::OutboxSummary>(database_, [](sql::Tx& tx) { return store::outbox_summary(tx); });
      if (summary) {
        waiting.set(static_cast<double>(summary->waiting));
        dead.set(static_cast<double>(summary->dead));
        oldest.set(summary->oldest_waiting ? static_cast<double>((now - *summary->oldest_waiting).count()) / 1000.0 : 0.0);
      }
    }
    if (is_started || kicked_) continue;
    wake_.expires_after(settings_.poll);
    boost::system::error_code ec;
    co_await wake_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  }
}

// On the writer's thread, like reserve(): nobody else takes a place meanwhile.
Result<OutboxRunner::Leased> OutboxRunner::lease(sql::Tx& tx, Timestamp now, const Paused& paused) {
  const auto room = [&](const store::QueueName& queue) -> store::QueueRoom {
    if (paused.contains(queue.target)) return {};
    std::lock_guard lock(flights_->mutex);
    store::QueueRoom free{settings_.concurrency - flights_->targets[queue.target].in_flight, settings_.concurrency};
    if (queue.domain.empty()) return free;
    free.in_domain = settings_.per_domain - flights_->to_domain(queue.domain);
    if (paused.contains("@" + queue.domain)) free.in_domain = 0;
    return free;
  };
  auto rows = store::lease_due(tx, now, settings_.lease, look_, room);
  if (!rows) return fail(std::move(rows.error()));
  Leased out{{}, rows->more_due, rows->saw_all};
  std::lock_guard lock(flights_->mutex);
  for (auto& row : rows->rows) {
    auto place = Flights::place(flights_, row);
    out.handed.push_back({std::move(row), std::move(place)});
  }
  return out;
}

OutboxRunner::Place OutboxRunner::reserve(const store::OutboxRow& row) {
  if (draining_) return {};
  std::lock_guard lock(flights_->mutex);
  // One that fails is left to the loop, which knows about pauses and backing off.
  if (const auto& h = flights_->targets[row.target]; !h.ok || h.in_flight >= settings_.concurrency) return {};
  if (flights_->to_domain(row.domain) >= settings_.per_domain) return {};
  return {Flights::place(flights_, row), settings_.lease};
}

void OutboxRunner::deliver(Handed handed) {
  tasks_.spawn(executor_, "deliver", deliver_one(std::move(handed)));
}

boost::asio::awaitable<void> OutboxRunner::deliver_one(Handed handed) {
  static auto& sent = metrics::counter("usher_outbox_sent_total", "outbox rows carried out");
  static auto& failed = metrics::counter("usher_outbox_failed_total", "attempts that did not succeed");
  static auto& died = metrics::counter("usher_outbox_dead_total", "rows that became dead letters");
  const std::string target = handed.row.target;
  Verdict verdict = co_await deliveries_.attempt(handed.row, std::move(handed.message));
  const auto kind = verdict.kind;
  const bool is_ok = kind == Verdict::Kind::kSent || kind == Verdict::Kind::kDead;  // the target answered
  (kind == Verdict::Kind::kSent ? sent : failed).add();
  if (kind == Verdict::Kind::kDead) died.add();
  if (kind == Verdict::Kind::kDenied) {
    paused_until_[target] = clock_.now() + settings_.pause_on_denied;
    log::error("refused our credentials: deliveries to it pause", {{"target", target}, {"detail", verdict.error.detail}});
  }
  const std::string domain = handed.row.domain;
  auto finished = judge(std::move(handed), std::move(verdict));
  // The relay's own word about this recipient; a relay that is not there says nothing about domains.
  const bool is_put_off = finished->verdict.kind == Verdict::Kind::kRetry && finished->verdict.error.detail.starts_with('4');
  if (!domain.empty() && is_put_off) paused_until_["@" + domain] = clock_.now() + finished->wait;
  if (!domain.empty() && kind == Verdict::Kind::kSent) paused_until_.erase("@" + domain);
  {
    std::lock_guard lock(flights_->mutex);
    auto& h = flights_->targets[target];
    h.ok = is_ok;
    h.message = is_ok ? std::string{} : finished->verdict.error.message;
  }
  finished_.push_back(std::move(finished));
  if (!is_settling_) {
    is_settling_ = true;
    co_await settle_finished();
    is_settling_ = false;
  }
}

// What becomes of the row: an age, a number of refusals may turn a retry into a dead letter.
std::shared_ptr<OutboxRunner::Finished> OutboxRunner::judge(Handed handed, Verdict verdict) const {
  using Kind = Verdict::Kind;
  auto f = std::make_shared<Finished>();
  const auto& row = handed.row;
  if (draining_ && verdict.kind != Kind::kSent && verdict.kind != Kind::kDead) verdict.kind = Kind::kUnknown;
  std::string reason = verdict.error.message;
  if (!verdict.error.detail.empty() && verdict.error.detail != reason)
    reason += reason.empty() ? verdict.error.detail : " (" + verdict.error.detail + ")";
  f->is_refusal = verdict.kind == Kind::kUnknown;
  if (verdict.kind != Kind::kSent && verdict.kind != Kind::kDead) {
    if (clock_.now() - row.created_at > settings_.max_age) {
      verdict.kind = Kind::kDead;
      reason = "given up after " + std::to_string(settings_.max_age.count() / 24) + " days; last: " + reason;
    } else if (f->is_refusal && row.refusals + 1 >= settings_.max_refusals) {
      bool others_fine = false;
      {
        std::lock_guard lock(flights_->mutex);
        auto it = flights_->targets.find(row.target);
        others_fine = it != flights_->targets.end() && it->second.ok;
      }
      if (others_fine) {
        verdict.kind = Kind::kDead;
        reason = "failed " + std::to_string(row.refusals + 1) + " times while others succeed; last: " + reason;
      }
    }
  }
  const auto attempt_no = static_cast<int>(std::min<std::int64_t>(row.attempts - 1, 30));
  f->wait = retry_after(verdict.error).value_or(async::full_jitter(settings_.backoff, attempt_no, async::random_u64()));
  f->reason = std::move(reason);
  f->handed = std::move(handed);
  f->verdict = std::move(verdict);
  return f;
}

// What finished while the last ones were stored is stored together.
boost::asio::awaitable<void> OutboxRunner::settle_finished() {
  while (!finished_.empty()) {
    auto batch = std::exchange(finished_, {});
    auto done = co_await database_.write([this, batch](sql::Tx& tx) -> Result<void> {
      for (const auto& f : batch) {
        if (auto r = settle(tx, *f); !r) return r;
      }
      return {};
    });
    for (auto& f : batch) {
      if (done) {
        settled(*f);
      } else {
        tasks_.spawn(executor_, "settle", settle_alone(std::move(f)));
      }
    }
    batch.clear();  // their places are free
    if (more_due_) {
      kicked_ = true;
      wake_.cancel();
    }
  }
}

boost::asio::awaitable<void> OutboxRunner::settle_alone(std::shared_ptr<Finished> f) {
  for (int tries = 0;; ++tries) {
    auto done = co_await database_.write([this, f](sql::Tx& tx) { return settle(tx, *f); });
    if (done) break;
    log::warn("a delivery's result could not be stored; trying again",
              {{"row", f->handed.row.id}, {"detail", done.error().detail}});
    if (!co_await async::sleep_for(
            async::full_jitter({std::chrono::milliseconds{50}, std::chrono::milliseconds{5000}}, tries, async::random_u64())))
      co_return;
  }
  settled(*f);
  f.reset();
  kick();
}

Result<void> OutboxRunner::settle(sql::Tx& tx, Finished& f) const {
  using Kind = Verdict::Kind;
  const Timestamp now = clock_.now();
  const auto& row = f.handed.row;
  const auto& verdict = f.verdict;
  const CaseId case_id{row.case_id};
  f.staged = {};
  auto marked = verdict.kind == Kind::kSent   ? store::mark_sent(tx, row, verdict.remote_id, now)
                : verdict.kind == Kind::kDead ? store::mark_dead(tx, row, f.reason, verdict.error.detail, now)
                                              : store::mark_retry(tx, row, verdict.kind == Kind::kUnknown, f.is_refusal,
                                                                  now + f.wait, f.reason, verdict.error.detail);
  if (!marked) return fail(std::move(marked.error()));
  if (!*marked) {
    log::warn("a delivery's lease was lost; its result is void", {{"row", row.id}});
    return {};
  }
  if (verdict.kind == Kind::kSent) {
    if (verdict.ticket) return escalation_.linked(tx, case_id, *verdict.ticket, f.staged);
    if (row.kind == "message" && verdict.remote_id.starts_with("<"))
      return store::add_key(tx, "mid:" + verdict.remote_id, row.conversation);
    return {};
  }
  if (row.kind == "message" && verdict.kind == Kind::kDead) return note_refusal(tx, row, verdict.error);
  if (row.kind != "create") return {};
  if (verdict.kind == Kind::kDead) {
    if (auto r = store::set_case_state(tx, case_id, "failed"); !r) return r;
  }
  // The customer does not wait for our troubles to end.
  return escalation_.tell_provisional(tx, case_id, f.staged);
}

// A relay that says that there is no such address saves us the bounce.
Result<void> OutboxRunner::note_refusal(sql::Tx& tx, const store::OutboxRow& row, const Error& error) const {
  if (row.domain.empty() || !is_no_such_address(error.detail)) return {};
  auto c = store::load_conversation(tx, row.conversation);
  if (!c) return fail(std::move(c.error()));
  if (!*c) return {};
  return store::address_failed(
      tx,
      {(*c)->contact_address, clock_.now(), {}, text::cut(text::collapse_spaces(error.detail), 300), row.id, row.conversation});
}

void OutboxRunner::settled(Finished& f) const {
  const auto& row = f.handed.row;
  publisher_.publish(f.staged);
  if (f.verdict.kind == Verdict::Kind::kDead) {
    log::error("dead letter", {{"row", row.id},
                               {"kind", row.kind},
                               {"target", row.target},
                               {"reason", f.reason},
                               {"conversation", row.conversation.value}});
  } else if (f.verdict.kind != Verdict::Kind::kSent) {
    log::warn("delivery failed; will be tried again", {{"row", row.id},
                                                       {"kind", row.kind},
                                                       {"target", row.target},
                                                       {"attempt", row.attempts},
                                                       {"in_ms", std::int64_t{f.wait.count()}},
                                                       {"reason", f.reason}});
  } else {
    log::info("delivered",
              {{"row", row.id}, {"kind", row.kind}, {"target", row.target}, {"conversation", row.conversation.value}});
  }
}

void OutboxRunner::drain(std::chrono::milliseconds limit) {
  draining_ = true;
  kick();
  const auto until = std::chrono::steady_clock::now() + limit;
  for (;;) {
    {
      std::lock_guard lock(flights_->mutex);
      if (flights_->all == 0) return;
    }
    if (std::chrono::steady_clock::now() >= until) return;  // the next start takes the leases over
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

std::map<std::string, OutboxRunner::TargetHealth> OutboxRunner::health() const {
  std::lock_guard lock(flights_->mutex);
  return flights_->targets;
}

}  // namespace usher::gateway::flow
