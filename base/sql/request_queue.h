// The operations that wait for a database thread, bounded. Internal to base/sql. Thread-safe.
#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <vector>

#include "base/sql/database.h"

namespace usher::sql {

struct Request {
  Op op;  // empty: a checkpoint
  std::move_only_function<void(Result<void>)> complete;
  Result<void> result;  // until the group is committed

  void finish(Result<void> outcome) {
    op = nullptr;  // what it captured is gone before the caller goes on
    complete(std::move(outcome));
  }
};

class RequestQueue {
 public:
  explicit RequestQueue(std::size_t capacity) : capacity_(capacity) {}

  // kUnavailable after close(), kBusy when full: `request` is untouched then.
  Result<void> put(Request& request) {
    const std::lock_guard lock(mutex_);
    if (closed_) return fail(ErrorCode::kUnavailable, "the service is shutting down");
    if (waiting_.size() >= capacity_) return fail(ErrorCode::kBusy, "too many database operations are waiting; try again");
    waiting_.push_back(std::move(request));
    wake_.notify_one();
    return {};
  }

  // The oldest ones, at least one: waits for it. Empty after close() when nothing is left.
  std::vector<Request> take(std::size_t at_most) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    std::vector<Request> out;
    const auto n = std::min(at_most, waiting_.size());
    out.reserve(n);
    for (std::size_t i = 0; i < n; ++i) {
      out.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    return out;
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    wake_.notify_all();
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Request> waiting_;
  bool closed_ = false;
};

}  // namespace usher::sql
