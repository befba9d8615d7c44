// The only place coroutines are started. A TaskGroup outlives every coroutine it spawned: nobody is detached.
// Thread-safe: spawn, cancel and wait may be called from any thread. An exception that escapes a task is our bug: it is logged
// with the task's name and the process aborts.
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace usher::async {

class TaskGroup {
 public:
  using Executor = boost::asio::io_context::executor_type;
  TaskGroup();
  ~TaskGroup();  // all tasks must have ended: wait() first. Otherwise aborts, naming one that runs.
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts `task` on `executor`. `name` is a literal, for logs. After cancel() new tasks are refused (returns false, task
  // dropped).
  bool spawn(Executor executor, const char* name, boost::asio::awaitable<void> task);

  void cancel();                               // asks all to end: terminal cancellation, emitted on each task's own executor
  std::size_t size() const;                    // running now
  bool wait(std::chrono::milliseconds limit);  // blocks the calling (non-I/O) thread; false when some still run

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace usher::async
