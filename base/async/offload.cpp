#include "base/async/offload.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace usher::async {
namespace asio = boost::asio;

struct Pool::Impl {
  std::mutex mutex;
  std::condition_variable more;
  std::deque<std::move_only_function<void()>> jobs;
  std::vector<std::thread> threads;
  std::size_t max_waiting;
  bool stopping = false;

  explicit Impl(std::size_t limit) : max_waiting(limit) {}

  void work() {
    for (;;) {
      std::move_only_function<void()> job;
      {
        std::unique_lock lock(mutex);
        more.wait(lock, [this] { return stopping || !jobs.empty(); });
        if (jobs.empty()) return;
        job = std::move(jobs.front());
        jobs.pop_front();
      }
      job();
    }
  }

  bool put(std::move_only_function<void()>& job) {
    {
      std::lock_guard lock(mutex);
      if (stopping || jobs.size() >= max_waiting) return false;
      jobs.push_back(std::move(job));
    }
    more.notify_one();
    return true;
  }
};

Pool::Pool(std::size_t threads, std::size_t max_waiting) : impl_(std::make_unique<Impl>(max_waiting)) {
  for (std::size_t i = 0; i < (threads == 0 ? 1 : threads); ++i) {
    impl_->threads.emplace_back([impl = impl_.get()] { impl->work(); });
  }
}

Pool::~Pool() {
  {
    std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->more.notify_all();
  for (auto& thread : impl_->threads) thread.join();
}

namespace {

Result<void> run_caught(std::move_only_function<void()>& work) {
  try {
    work();
    return {};
  } catch (const std::exception& e) {
    return fail(ErrorCode::kInternal, "a background job failed", e.what());
  }
}

}  // namespace

boost::asio::awaitable<Result<void>> Pool::run(std::move_only_function<void()> work) {
  auto initiate = [impl = impl_.get()](auto handler, std::move_only_function<void()> body) {
    auto executor = asio::get_associated_executor(handler);
    auto kept = std::make_shared<decltype(handler)>(std::move(handler));
    // The guard keeps the caller's context running and goes along with the result: after that the context may be gone.
    auto guard = std::make_shared<asio::executor_work_guard<decltype(executor)>>(asio::make_work_guard(executor));
    auto finish = [kept, executor, guard](Result<void> result) mutable {
      asio::post(executor, [kept = std::move(kept), guard = std::move(guard), result = std::move(result)]() mutable {
        (*kept)(std::move(result));
      });
    };
    kept.reset();
    guard.reset();
    auto shared = std::make_shared<decltype(finish)>(std::move(finish));
    std::move_only_function<void()> job = [shared, body = std::move(body)]() mutable {
      auto result = run_caught(body);
      body = nullptr;
      (*shared)(std::move(result));
    };
    if (!impl->put(job)) (*shared)(fail(ErrorCode::kBusy, "too many background jobs are waiting; try again shortly"));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<void>)>(
      std::move(initiate), asio::use_awaitable, std::move(work));
}

}  // namespace usher::async
