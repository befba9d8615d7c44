#include "base/async/task_group.h"

#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <list>
#include <mutex>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include "base/log.h"

namespace usher::async {
namespace asio = boost::asio;

struct TaskGroup::State {
  struct Task {
    Executor executor;
    const char* name;
    asio::cancellation_signal signal;  // touched on `executor` only
  };
  using Tasks = std::list<std::shared_ptr<Task>>;

  // Held by the completion handler. Its destructor counts the task off, also when the io_context is destroyed under a task.
  struct Running {
    Running(std::shared_ptr<State> s, Tasks::iterator p) : state(std::move(s)), place(p) {}
    Running(Running&& other) noexcept : state(std::move(other.state)), place(other.place) {}
    Running& operator=(Running&&) = delete;
    ~Running() {
      if (!state) return;
      std::lock_guard lock(state->mutex);
      state->tasks.erase(place);
      if (state->tasks.empty()) state->idle.notify_all();
    }
    std::shared_ptr<State> state;
    Tasks::iterator place;
  };

  std::mutex mutex;
  std::condition_variable idle;
  Tasks tasks;
  bool cancelled = false;

  static asio::awaitable<void> body(asio::awaitable<void> task) {
    // With the default, every co_await after a cancel() throws, and a task could not say good-bye.
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await std::move(task);
  }

  static void ended(const char* name, const std::exception_ptr& error) {
    if (!error) return;
    std::string what = "not a std::exception";
    try {
      std::rethrow_exception(error);
    } catch (const boost::system::system_error& e) {
      if (e.code() == asio::error::operation_aborted) return;  // how a wait ends after cancel()
      what = e.what();
    } catch (const std::exception& e) {
      what = e.what();
    } catch (...) {  // NOLINT(bugprone-empty-catch): reported below
    }
    log::error("task_exception", {{"task", name}, {"what", what}});
    log::flush();
    std::fprintf(stderr, "usher: bug: task '%s' threw: %s\n", name, what.c_str());
    std::abort();
  }
};

TaskGroup::TaskGroup() : state_(std::make_shared<State>()) {}

TaskGroup::~TaskGroup() {
  std::lock_guard lock(state_->mutex);
  if (state_->tasks.empty()) return;
  std::fprintf(stderr, "usher: bug: a TaskGroup died while '%s' runs\n", state_->tasks.front()->name);
  std::abort();
}

bool TaskGroup::spawn(Executor executor, const char* name, asio::awaitable<void> task) {
  auto entry = std::make_shared<State::Task>(executor, name);
  State::Tasks::iterator place;
  {
    std::lock_guard lock(state_->mutex);
    if (state_->cancelled) return false;
    place = state_->tasks.insert(state_->tasks.end(), entry);
  }
  // The hop puts connecting the signal and emitting it on one thread.
  asio::dispatch(executor, [entry, running = State::Running(state_, place), task = std::move(task)]() mutable {
    auto slot = entry->signal.slot();
    auto executor_of_task = entry->executor;
    asio::co_spawn(executor_of_task, State::body(std::move(task)),
                   asio::bind_cancellation_slot(slot, [entry, running = std::move(running)](const std::exception_ptr& error) {
                     State::ended(entry->name, error);
                   }));
  });
  return true;
}

void TaskGroup::cancel() {
  std::vector<std::shared_ptr<State::Task>> all;
  {
    std::lock_guard lock(state_->mutex);
    state_->cancelled = true;
    all.assign(state_->tasks.begin(), state_->tasks.end());
  }
  for (auto& task : all) {
    asio::post(task->executor, [task] { task->signal.emit(asio::cancellation_type::terminal); });
  }
}

std::size_t TaskGroup::size() const {
  std::lock_guard lock(state_->mutex);
  return state_->tasks.size();
}

bool TaskGroup::wait(std::chrono::milliseconds limit) {
  std::unique_lock lock(state_->mutex);
  return state_->idle.wait_for(lock, limit, [this] { return state_->tasks.empty(); });
}

}  // namespace usher::async
