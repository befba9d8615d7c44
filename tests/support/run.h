// Runs one coroutine to its end on a context of its own, or on a given one, and gives its value. For tests.
#pragma once
#include <future>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

namespace usher::test {

template <class T>
T run(boost::asio::awaitable<T> task) {
  boost::asio::io_context context;
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
