#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/async/backoff.h"
#include "base/async/bounded_queue.h"
#include "base/async/deadlines.h"
#include "base/async/io_threads.h"
#include "base/async/offload.h"
#include "base/async/sleep.h"
#include "base/async/task_group.h"
#include "tests/base/net/net_test_support.h"

namespace usher::async {
namespace {

using namespace std::chrono_literals;
using net::testing::run_on;
namespace asio = boost::asio;

asio::awaitable<void> sleep_long(std::atomic<int>* ended) {
  const bool whole = co_await sleep_for(60s);
  if (!whole) ++*ended;
}

TEST(TaskGroup, CancelEndsEveryTaskAndWaitSeesIt) {
  IoThreads io(2);
  io.start();
  std::atomic<int> ended = 0;
  TaskGroup group;
  for (std::size_t i = 0; i < 100; ++i) EXPECT_TRUE(group.spawn(io.executor(i), "sleeper", sleep_long(&ended)));
  EXPECT_FALSE(group.wait(10ms));
  EXPECT_EQ(group.size(), 100U);
  group.cancel();
  EXPECT_TRUE(group.wait(5s));
  EXPECT_EQ(ended, 100);
  EXPECT_FALSE(group.spawn(io.executor(0), "late", sleep_long(&ended)));
}

asio::awaitable<void> say_goodbye(std::promise<bool>* said) {
  co_await sleep_for(60s);
  const bool second = co_await sleep_for(60s);  // returns at once: cancelled already
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  said->set_value(!second);
}

TEST(TaskGroup, ACancelledTaskCanStillAwaitToSayGoodbye) {
  IoThreads io(1);
  io.start();
  TaskGroup group;
  std::promise<bool> said;
  group.spawn(io.executor(0), "polite", say_goodbye(&said));
  group.cancel();
  EXPECT_TRUE(group.wait(5s));
  EXPECT_TRUE(said.get_future().get());
}

asio::awaitable<void> throws_aborted() {
  asio::steady_timer timer(co_await asio::this_coro::executor, 60s);
  co_await timer.async_wait(asio::use_awaitable);
}

TEST(TaskGroup, AnAbortedWaitIsANormalEndAfterCancel) {
  IoThreads io(1);
  io.start();
  TaskGroup group;
  group.spawn(io.executor(0), "aborted", throws_aborted());
  group.cancel();
  EXPECT_TRUE(group.wait(5s));
}

TEST(TaskGroup, TasksCutOffByADyingContextAreCountedOff) {
  std::atomic<int> ended = 0;
  TaskGroup group;
  {
    IoThreads io(1);
    io.start();
    group.spawn(io.executor(0), "cut off", sleep_long(&ended));
    io.stop();
  }
  EXPECT_EQ(group.size(), 0U);
}

asio::awaitable<void> bug() {
  co_await sleep_for(1ms);
  throw std::runtime_error("a bug");
}

TEST(TaskGroupDeathTest, AnEscapedExceptionAbortsWithTheNameOfTheTask) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        IoThreads io(1);
        io.start();
        TaskGroup group;
        group.spawn(io.executor(0), "the culprit", bug());
        group.wait(5s);
      },
      "the culprit.*a bug");
}

asio::awaitable<void> add_from_thread(TaskGroup* group, IoThreads* io, std::atomic<int>* count, int depth) {
  ++*count;
  if (depth > 0) {
    for (std::size_t i = 0; i < 2; ++i) group->spawn(io->executor(i), "child", add_from_thread(group, io, count, depth - 1));
  }
  co_return;
}

TEST(TaskGroup, TasksMaySpawnTasksOnOtherThreads) {
  IoThreads io(2);
  io.start();
  TaskGroup group;
  std::atomic<int> count = 0;
  group.spawn(io.executor(0), "root", add_from_thread(&group, &io, &count, 8));
  EXPECT_TRUE(group.wait(5s));
  EXPECT_EQ(count, 511);
}

TEST(Backoff, StaysBetweenZeroAndTheGrowingCeiling) {
  const BackoffPolicy policy{.base = 1000ms, .cap = 10'000ms};
  const auto most = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(full_jitter(policy, 0, 0), 0ms);
  EXPECT_EQ(full_jitter(policy, 0, most), 1000ms);
  EXPECT_EQ(full_jitter(policy, 2, most), 4000ms);
  EXPECT_EQ(full_jitter(policy, 4, most), 10'000ms);
  EXPECT_EQ(full_jitter(policy, 1'000'000, most), 10'000ms);
  EXPECT_EQ(full_jitter(policy, 2, most / 2), 2000ms);
  EXPECT_NE(random_u64(), random_u64());
}

asio::awaitable<std::string> offloaded(Pool* pool) {
  const auto here = std::this_thread::get_id();
  auto there = co_await offload<std::thread::id>(*pool, [] { return std::this_thread::get_id(); });
  if (!there) co_return there.error().message;
  if (*there == here) co_return "ran on the same thread";
  if (std::this_thread::get_id() != here) co_return "came back on another thread";
  auto broken = co_await pool->run([] { throw std::runtime_error("x"); });
  co_return broken ? "exception lost" : std::string(to_string(broken.error().code));
}

TEST(Offload, RunsElsewhereAndComesBack) {
  IoThreads io(1);
  Pool pool(2);
  io.start();
  EXPECT_EQ(run_on(io.executor(0), offloaded(&pool)), "internal");
}

asio::awaitable<Result<void>> wait_in_pool(Pool* pool, std::shared_future<void> gate) {
  co_return co_await pool->run([gate] { gate.wait(); });
}

TEST(Offload, IsBusyWhenTooManyWait) {
  std::promise<void> gate;
  std::shared_future<void> opened = gate.get_future().share();
  IoThreads io(1);
  Pool pool(1, 1);
  io.start();
  std::vector<std::future<Result<void>>> jobs;
  for (int i = 0; i < 3; ++i) {
    jobs.push_back(asio::co_spawn(io.executor(0), wait_in_pool(&pool, opened), asio::use_future));
  }
  // One runs or waits, one waits, and with both places taken at least one of three is turned away at once.
  const auto refused = [&] {
    for (;;) {
      for (auto& job : jobs) {
        if (job.wait_for(0s) == std::future_status::ready) return job.get();
      }
      std::this_thread::yield();
    }
  }();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kBusy);
  gate.set_value();
  for (auto& job : jobs) {
    if (job.valid()) job.get();
  }
}

asio::awaitable<long> sum_all(BoundedQueue<int>* queue, std::vector<int>* last, bool* in_order) {
  long sum = 0;
  while (auto item = co_await queue->take()) {
    const auto producer = static_cast<std::size_t>(*item / 100'000);
    if ((*last)[producer] >= *item) *in_order = false;
    (*last)[producer] = *item;
    sum += *item % 100'000;
  }
  co_return sum;
}

TEST(BoundedQueue, LosesNothingUnderThreadsAndKeepsEachProducersOrder) {
  IoThreads io(1);
  io.start();
  BoundedQueue<int> queue(io.executor(0), 64);
  std::vector<int> last(4, -1);
  bool in_order = true;
  auto sum = asio::co_spawn(io.executor(0), sum_all(&queue, &last, &in_order), asio::use_future);
  std::vector<std::thread> producers;
  for (int p = 0; p < 4; ++p) {
    producers.emplace_back([&queue, p] {
      for (int i = 1; i <= 5000; ++i) {
        while (!queue.put(p * 100'000 + i)) std::this_thread::yield();
      }
    });
  }
  for (auto& producer : producers) producer.join();
  queue.close();
  EXPECT_EQ(sum.get(), 4L * 5000 * 5001 / 2);
  EXPECT_TRUE(in_order);
  EXPECT_EQ(queue.put(1).error().code, ErrorCode::kUnavailable);
}

TEST(BoundedQueue, FullIsBusyAtOnce) {
  IoThreads io(1);
  BoundedQueue<int> queue(io.executor(0), 2);
  EXPECT_TRUE(queue.put(1));
  EXPECT_TRUE(queue.put(2));
  EXPECT_EQ(queue.put(3).error().code, ErrorCode::kBusy);
}

asio::awaitable<void> take_forever(BoundedQueue<int>* queue, std::atomic<int>* empty) {
  for (int i = 0; i < 2; ++i) {
    if (!co_await queue->take()) ++*empty;
  }
}

TEST(BoundedQueue, CancellationEndsAWaitAndEveryLaterOne) {
  IoThreads io(1);
  io.start();
  BoundedQueue<int> queue(io.executor(0), 2);
  TaskGroup group;
  std::atomic<int> empty = 0;
  group.spawn(io.executor(0), "taker", take_forever(&queue, &empty));
  group.cancel();
  EXPECT_TRUE(group.wait(5s));
  EXPECT_EQ(empty, 2);
}

TEST(Deadlines, ACallbackMayDestroyALaterGuard) {
  asio::io_context context(1);
  auto& deadlines = Deadlines::of(context);
  std::vector<std::string> fired;
  Deadlines::Guard second;
  Deadlines::Guard first(deadlines, 1ms, [&] {
    fired.emplace_back("first");
    second.reset();
  });
  second = Deadlines::Guard(deadlines, 1ms, [&] { fired.emplace_back("second"); });
  Deadlines::Guard extended(deadlines, 1ms, [&] { fired.emplace_back("extended"); });
  extended.extend(400ms);
  {
    Deadlines::Guard gone(deadlines, 1ms, [&] { fired.emplace_back("gone"); });
  }
  const auto begin = std::chrono::steady_clock::now();
  context.run();  // ends by itself when nothing is watched any more
  EXPECT_THAT(fired, ::testing::ElementsAre("first", "extended"));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 400ms);
}

TEST(Deadlines, AGuardMayOutliveItsContext) {
  Deadlines::Guard guard;
  {
    asio::io_context context(1);
    guard = Deadlines::Guard(Deadlines::of(context), 1h, [] { FAIL(); });
  }
  guard.extend(1ms);
  guard.reset();
}

}  // namespace
}  // namespace usher::async
