// A bounded queue between a coroutine that takes and anybody who puts, from any thread. Full means kBusy at once: back-pressure
// is the caller's decision. Items are taken in the order they were put. One taker at a time.
#pragma once
#include <deque>
#include <mutex>
#include <optional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/result.h"

namespace usher::async {

template <class T>
class BoundedQueue {
 public:
  // `executor`: where the taker runs.
  BoundedQueue(boost::asio::io_context::executor_type executor, std::size_t capacity)
      : capacity_(capacity), executor_(executor), wake_(executor) {
    wake_.expires_at(std::chrono::steady_clock::time_point::max());
  }

  Result<void> put(T item) {
    {
      std::lock_guard lock(mutex_);
      if (closed_) return fail(ErrorCode::kUnavailable, "queue is closed");
      if (items_.size() >= capacity_) return fail(ErrorCode::kBusy, "queue is full");
      items_.push_back(std::move(item));
      if (!waiting_) return {};
      waiting_ = false;
    }
    boost::asio::post(executor_, [this] { wake_.cancel(); });
    return {};
  }

  // The next item; nullopt after close() once all items are taken, or when cancelled.
  boost::asio::awaitable<std::optional<T>> take() {
    for (;;) {
      // Asked before waiting too: cancellation is emitted once, and a wait begun after it would never end.
      auto state = co_await boost::asio::this_coro::cancellation_state;
      if (state.cancelled() != boost::asio::cancellation_type::none) co_return std::nullopt;
      {
        std::lock_guard lock(mutex_);
        if (!items_.empty()) {
          T item = std::move(items_.front());
          items_.pop_front();
          co_return std::optional<T>(std::move(item));
        }
        if (closed_) co_return std::nullopt;
        waiting_ = true;
        wake_.expires_at(std::chrono::steady_clock::time_point::max());
      }
      boost::system::error_code ec;
      co_await wake_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ec));
    }
  }

  void close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
      waiting_ = false;
    }
    boost::asio::post(executor_, [this] { wake_.cancel(); });
  }

  std::size_t size() const {
    std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  std::size_t capacity_;
  boost::asio::io_context::executor_type executor_;
  boost::asio::steady_timer wake_;
  mutable std::mutex mutex_;
  std::deque<T> items_;
  bool waiting_ = false;
  bool closed_ = false;
};

}  // namespace usher::async
