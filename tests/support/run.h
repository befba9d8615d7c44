// Runs one coroutine to its end on a context of its thread, or on a given one, and gives its value. For tests.
#pragma once
#include <future>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

namespace usher::test {

template <class T>
T run(boost::asio::awaitable<T> task) {
  // Kept: a pool that has just handed back the result may still be inside its post when the coroutine is over.
  thread_local boost::asio::io_context context;
  context.restart();
  auto value = boost::asio::co_spawn(context, std::move(task), boost::asio::use_future);
  context.run();
  return value.get();
}

// For a context whose thread runs elsewhere (IoThreads).
template <class Executor, class T>
T run_on(Executor executor, boost::asio::awaitable<T> task) {
  return boost::asio::co_spawn(executor, std::move(task), boost::asio::use_future).get();
}

}  // namespace usher::test
