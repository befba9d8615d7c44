#include "base/async/io_threads.h"

#include <pthread.h>

#include <cstdlib>
#include <exception>
#include <string>

#include "base/log.h"

namespace usher::async {
namespace {

// A handler that throws has broken an invariant of ours: going on would hide it.
void run_context(boost::asio::io_context& context, std::size_t index) {
  pthread_setname_np(pthread_self(), ("io-" + std::to_string(index)).c_str());
  try {
    context.run();
  } catch (const std::exception& e) {
    log::error("io_thread_exception", {{"what", e.what()}});
    log::flush();
    std::abort();
  }
}

}  // namespace

IoThreads::IoThreads(std::size_t threads) {
  const std::size_t count = threads == 0 ? 1 : threads;
  for (std::size_t i = 0; i < count; ++i) {
    contexts_.push_back(std::make_unique<boost::asio::io_context>(1));
    guards_.push_back(boost::asio::make_work_guard(*contexts_.back()));
  }
}

IoThreads::~IoThreads() {
  stop();
}

void IoThreads::start() {
  if (!threads_.empty()) return;
  for (std::size_t i = 0; i < contexts_.size(); ++i) {
    threads_.emplace_back([context = contexts_[i].get(), i] { run_context(*context, i); });
  }
}

void IoThreads::stop() {
  guards_.clear();
  for (auto& context : contexts_) context->stop();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  threads_.clear();
}

}  // namespace usher::async
