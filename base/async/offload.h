// Blocking or CPU-heavy work (password hashing, schema compile) on a small thread pool, the result back on the caller's executor.
// A Pool is destroyed before the io_contexts its callers run on.
#pragma once
#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"

namespace usher::async {

class Pool {
 public:
  explicit Pool(std::size_t threads, std::size_t max_waiting = 256);
  ~Pool();  // finishes what was accepted
  // Runs `work` on a pool thread. kBusy when max_waiting jobs wait already.
  boost::asio::awaitable<Result<void>> run(std::move_only_function<void()> work);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// auto hash = co_await offload<Result<std::string>>(pool, [p]{ return crypto::hash_password(p); });
template <class T, class F>
boost::asio::awaitable<Result<T>> offload(Pool& pool, F work) {
  auto out = std::make_shared<std::optional<T>>();
  auto done = co_await pool.run([out, work = std::move(work)]() mutable { out->emplace(work()); });
  if (!done) co_return fail(std::move(done.error()));
  co_return std::move(**out);
}

}  // namespace usher::async
