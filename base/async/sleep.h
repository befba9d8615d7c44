// Waiting as a coroutine, ended early by cancellation (returns false then). Never throws.
#pragma once
#include <chrono>

#include <boost/asio/awaitable.hpp>

namespace usher::async {

boost::asio::awaitable<bool> sleep_for(std::chrono::milliseconds duration);

}  // namespace usher::async
