// A token bucket: `burst` at once, then `per_second`. Pure; time is passed in. per_second <= 0 switches it off.
// RateTable keeps one bucket per key, bounded and thread-safe: full buckets carry no information and are forgotten.
#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace usher::connectors {

struct Rate {
  double per_second = 5;
  double burst = 20;
  bool is_off() const { return per_second <= 0; }
};

class TokenBucket {
 public:
  TokenBucket(const Rate& rate, Timestamp now) : tokens_(rate.burst), at_(now) {}

  // Takes one token. 0 ms = taken; otherwise how long until there is one (at least 1 ms), and nothing was taken.
  std::chrono::milliseconds take(const Rate& rate, Timestamp now) {
    if (rate.is_off()) return std::chrono::milliseconds{0};
    refill(rate, now);
    if (tokens_ >= 1) {
      tokens_ -= 1;
      return std::chrono::milliseconds{0};
    }
    const double wait = (1 - tokens_) / rate.per_second * 1000;
    return std::chrono::milliseconds{std::max<std::int64_t>(1, static_cast<std::int64_t>(wait + 0.5))};
  }
  bool is_full(const Rate& rate, Timestamp now) {
    refill(rate, now);
    return tokens_ >= rate.burst;
  }

 private:
  void refill(const Rate& rate, Timestamp now) {
    if (now <= at_) return;  // a wall clock may be set back: no refill, no penalty
    tokens_ = std::min(rate.burst, tokens_ + static_cast<double>((now - at_).count()) * rate.per_second / 1000);
    at_ = now;
  }

  double tokens_;
  Timestamp at_;
};

class RateTable {
 public:
  RateTable(Rate rate)  // NOLINT(google-explicit-constructor): a rate is all there is to it
      : rate_(rate) {}

  // As TokenBucket::take, for this key.
  std::chrono::milliseconds take(std::string_view key, Timestamp now) {
    if (rate_.is_off()) return std::chrono::milliseconds{0};
    Shard& shard = shards_[std::hash<std::string_view>{}(key) % shards_.size()];
    std::lock_guard lock(shard.mutex);
    if (shard.buckets.size() >= kMaxPerShard) forget(shard, now);
    return shard.buckets.try_emplace(std::string(key), rate_, now).first->second.take(rate_, now);
  }

 private:
  static constexpr std::size_t kMaxPerShard = 4096;
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, TokenBucket> buckets;
  };
  // Full buckets go; when all are in use (a flood of keys) everything goes: the bound on memory wins.
  void forget(Shard& shard, Timestamp now) {
    std::erase_if(shard.buckets, [&](const auto& item) { return TokenBucket(item.second).is_full(rate_, now); });
    if (shard.buckets.size() >= kMaxPerShard) shard.buckets.clear();
  }

  Rate rate_;
  std::array<Shard, 16> shards_;
};

}  // namespace usher::connectors
