#include "base/async/sleep.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace usher::async {

boost::asio::awaitable<bool> sleep_for(std::chrono::milliseconds duration) {
  // Cancellation is emitted once: a sleep begun after it would otherwise run its full length.
  auto before = co_await boost::asio::this_coro::cancellation_state;
  if (before.cancelled() != boost::asio::cancellation_type::none) co_return false;
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  timer.expires_after(duration);
  boost::system::error_code ec;
  co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ec));
  co_return !ec;
}

}  // namespace usher::async
