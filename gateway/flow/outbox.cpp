#include "gateway/flow/outbox.h"

#include <boost/asio/redirect_error.hpp>
#include <charconv>
#include <condition_variable>
#include <thread>

#include "base/async/sleep.h"
#include "base/log.h"
#include "base/metrics.h"
#include "gateway/flow/ticket_text.h"

namespace usher::gateway::flow {
namespace {

using connectors::Ticket;

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

struct OutboxRunner::Verdict {
  enum class Kind { kSent, kRetry, kUnknown, kDenied, kDead } kind = Kind::kRetry;
  std::string remote_id;
  std::optional<Ticket> ticket;  // create
  Error error;

  static Verdict of(Error e) {
    Verdict v;
    switch (e.code) {
      case ErrorCode::kInvalid:
      case ErrorCode::kNotFound:
      case ErrorCode::kConflict:
      case ErrorCode::kInternal:
        v.kind = Kind::kDead;
        break;
      case ErrorCode::kDenied:
        v.kind = Kind::kDenied;
        break;
      case ErrorCode::kUnknown:
      case ErrorCode::kTooLarge:
        v.kind = Kind::kUnknown;
        break;
      default:
        v.kind = Kind::kRetry;
        break;
    }
    v.error = std::move(e);
    return v;
  }
};

OutboxRunner::OutboxRunner(async::Executor executor, async::TaskGroup& tasks, sql::Database& database, const Channels& channels,
                           connectors::TicketSystem& tickets, const Escalation& escalation, const Publisher& publisher,
                           const Clock& clock, OutboxSettings settings)
    : executor_(executor),
      tasks_(tasks),
      database_(database),
      channels_(channels),
      tickets_(tickets),
      escalation_(escalation),
      publisher_(publisher),
      clock_(clock),
      settings_(settings),
      wake_(executor) {}

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
    std::lock_guard lock(mutex_);
    if (auto it = health_.find(tickets_.name()); it != health_.end()) is_down = !it->second.ok;
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
    std::vector<std::string> skip;
    {
      std::lock_guard lock(mutex_);
      for (const auto& [target, h] : health_) {
        if (h.in_flight >= settings_.concurrency) skip.push_back(target);
      }
    }
    for (const auto& [target, until] : paused_until_) {
      if (until > now) skip.push_back(target);
    }
    // A target gets at most `concurrency` rows at a time; one lease statement serves them all.
    const std::int64_t room = settings_.concurrency;
    kicked_ = false;
    auto lease = [this, now, skip, room](sql::Tx& tx) { return store::lease_due(tx, now, settings_.lease, room, skip); };
    auto rows = co_await sql::write_returning<std::vector<store::OutboxRow>>(database_, lease);
    std::size_t started = 0;
    if (rows) {
      for (auto& row : *rows) {
        {
          std::lock_guard lock(mutex_);
          ++health_[row.target].in_flight;
          ++in_flight_;
        }
        ++started;
        tasks_.spawn(executor_, "deliver", deliver(std::move(row)));
      }
    } else {
      log::warn("the outbox could not be read", {{"detail", rows.error().detail}});
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
    if (started > 0 || kicked_) continue;
    wake_.expires_after(settings_.poll);
    boost::system::error_code ec;
    co_await wake_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  }
}

boost::asio::awaitable<void> OutboxRunner::deliver(store::OutboxRow row) {
  static auto& sent = metrics::counter("usher_outbox_sent_total", "outbox rows carried out");
  static auto& failed = metrics::counter("usher_outbox_failed_total", "attempts that did not succeed");
  static auto& died = metrics::counter("usher_outbox_dead_total", "rows that became dead letters");
  const std::string target = row.target;
  Verdict verdict = co_await attempt(row);
  const auto kind = verdict.kind;
  const bool is_ok = kind == Verdict::Kind::kSent || kind == Verdict::Kind::kDead;  // the target answered
  (kind == Verdict::Kind::kSent ? sent : failed).add();
  if (kind == Verdict::Kind::kDead) died.add();
  if (kind == Verdict::Kind::kDenied) {
    paused_until_[target] = clock_.now() + settings_.pause_on_denied;
    log::error("refused our credentials: deliveries to it pause", {{"target", target}, {"detail", verdict.error.detail}});
  }
  const std::string message = verdict.error.message;
  for (int tries = 0;; ++tries) {
    auto done = co_await settle(row, verdict);
    if (done) break;
    log::warn("a delivery's result could not be stored; trying again", {{"row", row.id}, {"detail", done.error().detail}});
    if (!co_await async::sleep_for(
            async::full_jitter({std::chrono::milliseconds{50}, std::chrono::milliseconds{5000}}, tries, async::random_u64())))
      break;
  }
  {
    std::lock_guard lock(mutex_);
    auto& h = health_[target];
    --h.in_flight;
    --in_flight_;
    h.ok = is_ok;
    h.message = is_ok ? std::string{} : message;
  }
  kicked_ = true;
  wake_.cancel();
}

boost::asio::awaitable<OutboxRunner::Verdict> OutboxRunner::attempt(store::OutboxRow row) {
  if (row.kind == "create") co_return co_await create(std::move(row));
  if (row.kind == "append") co_return co_await append(std::move(row));
  co_return co_await message(std::move(row));
}

boost::asio::awaitable<OutboxRunner::Verdict> OutboxRunner::create(store::OutboxRow row) {
  auto payload = create_from_json(row.payload);
  if (!payload) co_return Verdict::of(std::move(payload.error()));
  auto as_sent = [](Ticket ticket) {
    Verdict v;
    v.kind = Verdict::Kind::kSent;
    v.remote_id = ticket.id;
    v.ticket = std::move(ticket);
    return v;
  };
  if (row.doubt) {
    // It may exist already. Looked up twice, one index lag apart, before it is created again.
    for (int look = 0; look < 2; ++look) {
      if (look == 1) {
        if (settings_.index_lag.count() == 0) break;
        if (!co_await async::sleep_for(settings_.index_lag))
          co_return Verdict::of({ErrorCode::kUnknown, "stopped while looking a ticket up"});
      }
      auto found = co_await tickets_.find(payload->draft.external_ref);
      if (!found) {
        // Not knowing whether it exists is no reason to create it, and a look-up's own refusal is no verdict on the row.
        Error e = std::move(found.error());
        if (e.code != ErrorCode::kDenied) e.code = ErrorCode::kUnknown;
        co_return Verdict::of(std::move(e));
      }
      if (*found) co_return as_sent(std::move(**found));
    }
  }
  struct Needed {
    std::vector<store::Message> transcript;
    std::vector<connectors::Attachment> attachments;
  };
  auto read = [id = row.conversation, last = payload->last_seq](sql::Tx& tx) -> Result<Needed> {
    auto transcript = store::messages_since(tx, id, 0, last);
    if (!transcript) return fail(std::move(transcript.error()));
    auto attachments = store::load_attachments(tx, id, 1, last);
    if (!attachments) return fail(std::move(attachments.error()));
    return Needed{std::move(*transcript), std::move(*attachments)};
  };
  auto needed = co_await sql::read_returning<Needed>(database_, read);
  if (!needed) co_return Verdict::of({ErrorCode::kUnavailable, "the transcript could not be read", needed.error().detail});
  append_transcript(payload->draft.body, needed->transcript);
  payload->draft.attachments = std::move(needed->attachments);
  auto ticket = co_await tickets_.create(std::move(payload->draft));
  if (!ticket) co_return Verdict::of(std::move(ticket.error()));
  co_return as_sent(std::move(*ticket));
}

boost::asio::awaitable<OutboxRunner::Verdict> OutboxRunner::append(store::OutboxRow row) {
  auto payload = append_from_json(row.payload);
  if (!payload) co_return Verdict::of(std::move(payload.error()));
  struct Needed {
    std::optional<store::Case> k;
    std::vector<store::Message> said;
    std::vector<connectors::Attachment> attachments;
  };
  auto needed = co_await sql::read_returning<Needed>(database_, [row, seq = payload->seq](sql::Tx& tx) -> Result<Needed> {
    Needed n;
    auto k = store::load_case(tx, {row.case_id});
    if (!k) return fail(std::move(k.error()));
    n.k = std::move(*k);
    auto said = store::messages_since(tx, row.conversation, seq - 1, 1);
    if (!said) return fail(std::move(said.error()));
    n.said = std::move(*said);
    auto attachments = store::load_attachments(tx, row.conversation, seq, seq);
    if (!attachments) return fail(std::move(attachments.error()));
    n.attachments = std::move(*attachments);
    return n;
  });
  if (!needed) co_return Verdict::of({ErrorCode::kUnavailable, "the case could not be read", needed.error().detail});
  if (!needed->k || needed->k->ticket_id.empty()) {
    co_return Verdict::of({ErrorCode::kUnavailable, "the case has no ticket yet", row.case_id});
  }
  const std::string ticket_id = needed->k->ticket_id;
  Verdict sent;
  sent.kind = Verdict::Kind::kSent;
  sent.remote_id = ticket_id;
  if (row.doubt) {
    auto there = co_await tickets_.has_comment(ticket_id, payload->comment.external_ref);
    if (!there) {
      Error e = std::move(there.error());
      if (e.code != ErrorCode::kDenied && e.code != ErrorCode::kNotFound) e.code = ErrorCode::kUnknown;
      co_return Verdict::of(std::move(e));
    }
    if (*there) co_return sent;
  }
  if (!needed->said.empty()) payload->comment.body = std::move(needed->said.front().text);
  payload->comment.attachments = std::move(needed->attachments);
  auto done = co_await tickets_.append(ticket_id, std::move(payload->comment));
  if (!done) co_return Verdict::of(std::move(done.error()));
  co_return sent;
}

boost::asio::awaitable<OutboxRunner::Verdict> OutboxRunner::message(store::OutboxRow row) {
  auto outbound = outbound_from_json(row.payload);
  if (!outbound) co_return Verdict::of(std::move(outbound.error()));
  const ChannelInfo* channel = channels_.find(row.target);
  if (channel == nullptr) co_return Verdict::of({ErrorCode::kInvalid, "no channel named '" + row.target + "' is configured"});
  auto receipt = co_await channel->channel->send(std::move(*outbound));
  if (!receipt) co_return Verdict::of(std::move(receipt.error()));
  Verdict v;
  v.kind = Verdict::Kind::kSent;
  v.remote_id = std::move(receipt->remote_id);
  co_return v;
}

boost::asio::awaitable<Result<void>> OutboxRunner::settle(store::OutboxRow row, Verdict verdict) {
  const Timestamp now = clock_.now();
  if (draining_ && verdict.kind != Verdict::Kind::kSent && verdict.kind != Verdict::Kind::kDead)
    verdict.kind = Verdict::Kind::kUnknown;
  using Kind = Verdict::Kind;
  std::string reason = verdict.error.message;
  if (!verdict.error.detail.empty() && verdict.error.detail != reason)
    reason += reason.empty() ? verdict.error.detail : " (" + verdict.error.detail + ")";
  const bool is_refusal = verdict.kind == Kind::kUnknown;
  if (verdict.kind != Kind::kSent && verdict.kind != Kind::kDead) {
    if (now - row.created_at > settings_.max_age) {
      verdict.kind = Kind::kDead;
      reason = "given up after " + std::to_string(settings_.max_age.count() / 24) + " days; last: " + reason;
    } else if (is_refusal && row.refusals + 1 >= settings_.max_refusals) {
      bool others_fine = false;
      {
        std::lock_guard lock(mutex_);
        auto it = health_.find(row.target);
        others_fine = it != health_.end() && it->second.ok;
      }
      if (others_fine) {
        verdict.kind = Kind::kDead;
        reason = "failed " + std::to_string(row.refusals + 1) + " times while others succeed; last: " + reason;
      }
    }
  }
  const auto attempt_no = static_cast<int>(std::min<std::int64_t>(row.attempts - 1, 30));
  const auto wait = retry_after(verdict.error).value_or(async::full_jitter(settings_.backoff, attempt_no, async::random_u64()));
  auto staged = std::make_shared<Staged>();
  auto done = co_await database_.write([=, this](sql::Tx& tx) -> Result<void> {
    *staged = {};
    auto held = store::still_leased(tx, row);
    if (!held) return fail(std::move(held.error()));
    if (!*held) {
      log::warn("a delivery's lease was lost; its result is void", {{"row", row.id}});
      return {};
    }
    Result<bool> marked = true;
    const CaseId case_id{row.case_id};
    switch (verdict.kind) {
      case Kind::kSent:
        marked = store::mark_sent(tx, row, verdict.remote_id, now);
        if (!marked) break;
        if (verdict.ticket) return escalation_.linked(tx, case_id, *verdict.ticket, *staged);
        if (row.kind == "message" && verdict.remote_id.starts_with("<")) {
          return store::add_key(tx, "mid:" + verdict.remote_id, row.conversation);
        }
        break;
      case Kind::kDead:
        marked = store::mark_dead(tx, row, reason, verdict.error.detail, now);
        if (marked && row.kind == "create") {
          if (auto r = store::set_case_state(tx, case_id, "failed"); !r) return r;
        }
        break;
      default:
        marked = store::mark_retry(tx, row, verdict.kind == Kind::kUnknown, is_refusal, now + wait, reason, verdict.error.detail);
        break;
    }
    if (!marked) return fail(std::move(marked.error()));
    // The customer does not wait for our troubles to end.
    if (row.kind == "create" && verdict.kind != Kind::kSent) return escalation_.tell_provisional(tx, case_id, *staged);
    return {};
  });
  if (!done) co_return done;
  publisher_.publish(*staged);
  if (verdict.kind == Kind::kDead) {
    log::error("dead letter", {{"row", row.id},
                               {"kind", row.kind},
                               {"target", row.target},
                               {"reason", reason},
                               {"conversation", row.conversation.value}});
  } else if (verdict.kind != Kind::kSent) {
    log::warn("delivery failed; will be tried again", {{"row", row.id},
                                                       {"kind", row.kind},
                                                       {"target", row.target},
                                                       {"attempt", row.attempts},
                                                       {"in_ms", std::int64_t{wait.count()}},
                                                       {"reason", reason}});
  } else {
    log::info("delivered",
              {{"row", row.id}, {"kind", row.kind}, {"target", row.target}, {"conversation", row.conversation.value}});
  }
  co_return Result<void>{};
}

void OutboxRunner::drain(std::chrono::milliseconds limit) {
  draining_ = true;
  kick();
  const auto until = std::chrono::steady_clock::now() + limit;
  for (;;) {
    {
      std::lock_guard lock(mutex_);
      if (in_flight_ == 0) return;
    }
    if (std::chrono::steady_clock::now() >= until) return;  // the next start takes the leases over
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

std::map<std::string, OutboxRunner::TargetHealth> OutboxRunner::health() const {
  std::lock_guard lock(mutex_);
  return health_;
}

}  // namespace usher::gateway::flow
