#include "base/async/backoff.h"

#include <algorithm>
#include <random>

namespace usher::async {

std::chrono::milliseconds full_jitter(const BackoffPolicy& policy, int attempt, std::uint64_t random) {
  const auto base = static_cast<std::uint64_t>(std::max<std::int64_t>(policy.base.count(), 0));
  const auto cap = static_cast<std::uint64_t>(std::max<std::int64_t>(policy.cap.count(), 0));
  std::uint64_t ceiling = std::min(base, cap);
  // Doubling stops at the cap, so that no attempt count overflows.
  for (int i = 0; i < attempt && ceiling != 0 && ceiling < cap; ++i) ceiling = ceiling > cap / 2 ? cap : ceiling * 2;
  // The high half of a 128-bit product maps the whole 64-bit range evenly onto [0, ceiling].
  __extension__ using Wide = unsigned __int128;
  return std::chrono::milliseconds(static_cast<std::int64_t>((Wide{random} * (Wide{ceiling} + 1)) >> 64));
}

std::uint64_t random_u64() {
  thread_local std::mt19937_64 generator = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return generator();
}

}  // namespace usher::async
