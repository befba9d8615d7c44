// Inside of the webchat channel: tokens, and the table of open sockets. Not for use outside connectors/webchat.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace usher::connectors::webchat {

// 128 bits of a hash of the token: all that is kept of it.
struct SessionKey {
  std::array<std::uint64_t, 2> bits{};
  bool operator==(const SessionKey&) const = default;
  std::string text() const;                                       // "session:<32 hex>"
  static std::optional<SessionKey> parse(std::string_view text);  // nullopt: not of that form
};

// 16 random bytes; the token adds 16 bytes of HMAC-SHA256(secret, random) and is base64url of both (43 characters).
using TokenSeed = std::array<char, 16>;
TokenSeed make_seed();
std::string token_of(const TokenSeed& seed, std::string_view secret);
std::optional<TokenSeed> check_token(std::string_view token, std::string_view secret);  // constant time
SessionKey key_of_token(std::string_view token);

// Who listens to which session: sockets and long polls. Thread-safe. Sharded, so that a push takes a lock nobody waits for.
template <class Listener>
class Listeners {
 public:
  void add(const SessionKey& key, std::shared_ptr<Listener> listener) {
    Shard& shard = shard_of(key);
    std::lock_guard lock(shard.mutex);
    shard.map.emplace(key, std::move(listener));
  }
  void remove(const SessionKey& key, const Listener* listener) {
    Shard& shard = shard_of(key);
    std::lock_guard lock(shard.mutex);
    const auto [begin, end] = shard.map.equal_range(key);
    for (auto it = begin; it != end; ++it) {
      if (it->second.get() != listener) continue;
      shard.map.erase(it);
      return;
    }
  }
  std::vector<std::shared_ptr<Listener>> of(const SessionKey& key) const {
    const Shard& shard = shard_of(key);
    std::lock_guard lock(shard.mutex);
    std::vector<std::shared_ptr<Listener>> out;
    const auto [begin, end] = shard.map.equal_range(key);
    for (auto it = begin; it != end; ++it) out.push_back(it->second);
    return out;
  }
  std::vector<std::shared_ptr<Listener>> all() const {
    std::vector<std::shared_ptr<Listener>> out;
    for (const Shard& shard : shards_) {
      std::lock_guard lock(shard.mutex);
      for (const auto& [key, listener] : shard.map) out.push_back(listener);
    }
    return out;
  }
  std::size_t size() const {
    std::size_t n = 0;
    for (const Shard& shard : shards_) {
      std::lock_guard lock(shard.mutex);
      n += shard.map.size();
    }
    return n;
  }

 private:
  struct Hash {
    std::size_t operator()(const SessionKey& key) const noexcept { return key.bits[0]; }
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_multimap<SessionKey, std::shared_ptr<Listener>, Hash> map;
  };
  const Shard& shard_of(const SessionKey& key) const { return shards_[key.bits[1] % shards_.size()]; }
  Shard& shard_of(const SessionKey& key) { return shards_[key.bits[1] % shards_.size()]; }

  std::array<Shard, 64> shards_;
};

}  // namespace usher::connectors::webchat
