#include "base/async/deadlines.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

namespace usher::async {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kPeriod{250};

}  // namespace

struct Deadlines::Impl : std::enable_shared_from_this<Deadlines::Impl> {
  // auto_unlink: an entry leaves whichever list holds it, so a callback may destroy the guard of a later one.
  using Hook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
  struct Entry : Hook {
    SteadyClock::time_point at;
    std::function<void()> on_expire;
    std::weak_ptr<Impl> owner;
  };
  using List = boost::intrusive::list<Entry, boost::intrusive::constant_time_size<false>>;

  explicit Impl(boost::asio::io_context& context) : timer(context) {}

  // The timer runs only while there is something to watch, so an idle context can end its run().
  void arm() {
    if (armed || stopped || waiting.empty()) return;
    armed = true;
    timer.expires_after(kPeriod);
    timer.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
      auto self = weak.lock();
      if (!self || ec) return;
      self->armed = false;
      self->sweep();
      self->arm();
    });
  }

  void sweep() {
    const auto now = SteadyClock::now();
    List due;
    for (auto it = waiting.begin(); it != waiting.end();) {
      Entry& entry = *it;
      ++it;
      if (entry.at > now) continue;
      entry.unlink();
      due.push_back(entry);
    }
    while (!due.empty()) {
      Entry& entry = due.front();
      entry.unlink();
      // Moved out first: the callback may destroy the guard and with it the entry.
      auto call = std::move(entry.on_expire);
      entry.on_expire = nullptr;
      if (call) call();
    }
  }

  void stop() {
    stopped = true;
    timer.cancel();
    List dropped;
    dropped.swap(waiting);
    while (!dropped.empty()) {
      Entry& entry = dropped.front();
      entry.unlink();
      auto drop = std::move(entry.on_expire);
      entry.on_expire = nullptr;
    }
  }

  boost::asio::steady_timer timer;
  List waiting;
  bool armed = false;
  bool stopped = false;
};

struct Deadlines::Guard::Entry : Deadlines::Impl::Entry {};

namespace {

// Ties the instance to the context's life.
class DeadlineService : public boost::asio::execution_context::service {
 public:
  static inline boost::asio::execution_context::id id;
  explicit DeadlineService(boost::asio::execution_context& context)
      : service(context), deadlines(std::make_unique<Deadlines>(static_cast<boost::asio::io_context&>(context))) {}
  void shutdown() override { deadlines.reset(); }

  std::unique_ptr<Deadlines> deadlines;
};

}  // namespace

Deadlines::Deadlines(boost::asio::io_context& context) : impl_(std::make_shared<Impl>(context)) {}

Deadlines::~Deadlines() {
  impl_->stop();
}

Deadlines& Deadlines::of(boost::asio::io_context& context) {
  return *boost::asio::use_service<DeadlineService>(context).deadlines;
}

Deadlines::Guard::Guard(Deadlines& owner, std::chrono::milliseconds limit, std::function<void()> on_expire)
    : entry_(std::make_shared<Entry>()) {
  entry_->at = SteadyClock::now() + limit;
  entry_->on_expire = std::move(on_expire);
  entry_->owner = owner.impl_;
  owner.impl_->waiting.push_back(*entry_);
  owner.impl_->arm();
}

Deadlines::Guard::~Guard() {
  reset();
}
Deadlines::Guard::Guard(Guard&&) noexcept = default;

Deadlines::Guard& Deadlines::Guard::operator=(Guard&& other) noexcept {
  if (this != &other) {
    reset();
    entry_ = std::move(other.entry_);
  }
  return *this;
}

void Deadlines::Guard::extend(std::chrono::milliseconds limit) {
  if (entry_ && entry_->on_expire) entry_->at = SteadyClock::now() + limit;
}

void Deadlines::Guard::reset() {
  if (!entry_) return;
  if (entry_->is_linked()) entry_->unlink();
  entry_.reset();
}

}  // namespace usher::async
