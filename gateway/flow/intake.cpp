#include "gateway/flow/intake.h"

#include <sys/statvfs.h>

#include "base/log.h"
#include "base/metrics.h"

namespace usher::gateway::flow {
namespace {

bool is_our_fault(ErrorCode code) {
  return code == ErrorCode::kInternal || code == ErrorCode::kConflict || code == ErrorCode::kNotFound;
}

}  // namespace

Intake::Intake(sql::Database& database, const Clock& clock, IntakeLimits limits)
    : database_(database), clock_(clock), limits_(std::move(limits)) {
  watch_disk();
}

void Intake::set_worker(Enqueue enqueue, std::function<std::size_t()> backlog, const Turns* turns) {
  turns_ = turns;
  enqueue_ = std::move(enqueue);
  backlog_ = std::move(backlog);
}

boost::asio::awaitable<Result<connectors::Accepted>> Intake::accept(connectors::Inbound message) {
  static auto& received = metrics::counter("usher_accepted_total", "messages accepted: committed and acknowledged");
  static auto& repeated = metrics::counter("usher_duplicates_total", "messages seen before: acknowledged again, no effect");
  static auto& conflicts =
      metrics::counter("usher_conflicts_total", "messages under a known key with other content: kept, flagged");
  static auto& held = metrics::counter("usher_quarantined_total", "mails held for staff");
  static auto& refused = metrics::counter("usher_refused_total", "messages refused for now: the sender keeps them");
  // Not ready(): a mail whose data was coming in when we were told to go is heard out and taken.
  if (auto r = has_room(); !r) {
    refused.add();
    co_return fail(std::move(r.error()));
  }
  auto acceptance = std::make_shared<Acceptance>(std::move(message), clock_.now());
  if (turns_ != nullptr && acceptance->opens_conversation()) acceptance->plan(*turns_);
  auto stored = std::make_shared<Acceptance::Stored>();
  auto store = [acceptance, stored](sql::Tx& tx) {
    *stored = {};
    return acceptance->run(tx, *stored);
  };
  auto done = co_await database_.write(store);
  if (!done && acceptance->planned() != nullptr && is_our_fault(done.error().code)) {
    // What cannot be answered is taken all the same; the worker tries until it can.
    log::error("a first turn could not be stored; keeping the message", {{"detail", done.error().detail}});
    acceptance->forget_plan();
    done = co_await database_.write(store);
  }
  if (!done) {
    refused.add();
    log::warn("intake refused a message", {{"code", std::string(to_string(done.error().code))}, {"detail", done.error().detail}});
    co_return fail(std::move(done.error()));
  }
  if (stored->is_conflict) {
    conflicts.add();
    log::error("same key, other content: kept in the ledger and refused", {{"ledger", acceptance->id()}});
    co_return fail(ErrorCode::kConflict, "a message with this id but other content was accepted before");
  }
  if (stored->accepted.is_duplicate) {
    repeated.add();
  } else {
    received.add();
    if (stored->accepted.id.empty()) stored->accepted.id = acceptance->id();
    log::info("accepted", {{"ledger", acceptance->id()}, {"conversation", stored->accepted.conversation_id}});
  }
  if (stored->is_held) {
    held.add();
    log::warn("a mail is held for staff", {{"ledger", acceptance->id()}, {"why", acceptance->reason()}});
  }
  if (stored->is_worked) turns_->done(*acceptance->planned());
  if (stored->work && enqueue_) enqueue_(std::move(*stored->work));
  co_return std::move(stored->accepted);
}

boost::asio::awaitable<Result<connectors::Accepted>> Intake::release(Release release, connectors::Inbound message) {
  if (auto r = has_room(); !r) co_return fail(std::move(r.error()));
  message.kind = connectors::Inbound::Kind::kMessage;  // a person has read it
  auto acceptance = std::make_shared<Acceptance>(std::move(message), clock_.now(), std::move(release));
  auto stored = std::make_shared<Acceptance::Stored>();
  auto done = co_await database_.write([acceptance, stored](sql::Tx& tx) { return acceptance->readmit(tx, *stored); });
  if (!done) co_return fail(std::move(done.error()));
  log::info("released", {{"ledger", acceptance->id()}, {"conversation", stored->accepted.conversation_id}});
  if (stored->work && enqueue_) enqueue_(std::move(*stored->work));
  co_return std::move(stored->accepted);
}

Result<void> Intake::ready() const {
  if (draining_) return fail(ErrorCode::kUnavailable, "the service is going down; try again shortly", "draining");
  return has_room();
}

Result<void> Intake::has_room() const {
  if (disk_low_) return fail(ErrorCode::kIo, "not enough disk space to take messages", "disk watermark");
  if (backlog_ && backlog_() > limits_.max_backlog)
    return fail(ErrorCode::kBusy, "too many messages wait to be worked; try again shortly", "backlog");
  return {};
}

bool Intake::watch_disk() {
  struct statvfs info{};
  if (limits_.data_folder.empty() || ::statvfs(limits_.data_folder.c_str(), &info) != 0) return disk_low_;
  const bool low =
      info.f_bavail * info.f_frsize < limits_.min_free_bytes || (info.f_files > 0 && info.f_favail < limits_.min_free_inodes);
  if (low != disk_low_.exchange(low)) {
    if (low) {
      log::error("disk nearly full: new messages are refused until there is space", {{"folder", limits_.data_folder}});
    } else {
      log::info("disk has space again: taking messages", {{"folder", limits_.data_folder}});
    }
  }
  return low;
}

}  // namespace usher::gateway::flow
