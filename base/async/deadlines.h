// Deadlines by a sweeper: one timer per io_context looks through its list a few times a second and calls what is over time.
// An Asio timer per operation costs 1–4 µs and memory per connection (docs/adr/0002); a Deadline costs a list node.
// All functions are called on the context's own thread. Granularity 250 ms: for peers that stall, not for scheduling.
#pragma once
#include <chrono>
#include <functional>
#include <list>
#include <memory>

#include <boost/asio/io_context.hpp>

namespace usher::async {

class Deadlines {
 public:
  explicit Deadlines(boost::asio::io_context& context);
  ~Deadlines();
  // The instance that belongs to `context` (made on first use; lives as long as the context).
  static Deadlines& of(boost::asio::io_context& context);

  // RAII: on_expire runs once, on the context's thread, when `limit` passes before reset() or destruction. `extend` moves it.
  class Guard {
   public:
    Guard() = default;
    Guard(Deadlines& owner, std::chrono::milliseconds limit, std::function<void()> on_expire);
    ~Guard();
    Guard(Guard&&) noexcept;
    Guard& operator=(Guard&&) noexcept;
    void extend(std::chrono::milliseconds limit);
    void reset();

   private:
    struct Entry;
    std::shared_ptr<Entry> entry_;
  };

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace usher::async
