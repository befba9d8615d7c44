// Full-jitter exponential back-off (reliability.md §4.4): a uniform draw from [0, min(cap, base · 2^attempt)]. Pure.
#pragma once
#include <chrono>
#include <cstdint>

namespace usher::async {

struct BackoffPolicy {
  std::chrono::milliseconds base{1000};
  std::chrono::milliseconds cap{15 * 60 * 1000};
};

// `attempt` counts from 0 (the first retry). `random` is uniform over the whole 64-bit range: pass it in, so tests decide.
std::chrono::milliseconds full_jitter(const BackoffPolicy& policy, int attempt, std::uint64_t random);
std::uint64_t random_u64();  // per-thread generator

}  // namespace usher::async
