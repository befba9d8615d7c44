// One io_context per core, one thread each. Work stays on the context it began on; nothing needs a strand.
// The process has one IoThreads; it outlives everything that runs on it.
#pragma once
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

namespace usher::async {

using Executor = boost::asio::io_context::executor_type;

class IoThreads {
 public:
  explicit IoThreads(std::size_t threads);
  ~IoThreads();  // stops and joins
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  std::size_t size() const { return contexts_.size(); }
  boost::asio::io_context& context(std::size_t i) { return *contexts_[i % contexts_.size()]; }
  Executor executor(std::size_t i) { return context(i).get_executor(); }

  void start();  // idempotent
  void stop();   // lets running handlers finish, drops the rest; joins

 private:
  std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;
  std::vector<boost::asio::executor_work_guard<Executor>> guards_;
  std::vector<std::thread> threads_;
};

}  // namespace usher::async
