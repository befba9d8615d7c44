// Time as an input. Code that needs "now" takes a Clock, so tests decide what time it is.
// Wall time is Timestamp (UTC, milliseconds: what is stored). Durations and deadlines use std::chrono::steady_clock.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace usher {

using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

inline std::int64_t to_millis(Timestamp t) {
  return t.time_since_epoch().count();
}
inline Timestamp from_millis(std::int64_t ms) {
  return Timestamp{std::chrono::milliseconds{ms}};
}

// RFC 3339 with milliseconds: 2026-11-21T22:00:00.000Z
std::string to_rfc3339(Timestamp t);
// RFC 5322 date-time in UTC for mail headers: Sat, 21 Nov 2026 22:00:00 +0000
std::string to_rfc5322(Timestamp t);

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

// The system clock. Thread-safe; lives as long as the program.
const Clock& system_clock();

// A clock that stands still until told: for tests and rehearsals. Not thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : now_(start) {}
  Timestamp now() const override { return now_; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  Timestamp now_;
};

}  // namespace usher
