#include "connectors/webchat/session.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

#include "base/crypto.h"

namespace usher::connectors::webchat {
namespace {

constexpr std::string_view kKeyPrefix = "session:";
constexpr std::size_t kMacBytes = 16;

std::string mac_of(const TokenSeed& seed, std::string_view secret) {
  return crypto::hmac_sha256(secret, std::string_view(seed.data(), seed.size())).substr(0, kMacBytes);
}

}  // namespace

std::string SessionKey::text() const {
  return fmt::format("{}{:016x}{:016x}", kKeyPrefix, bits[0], bits[1]);
}

std::optional<SessionKey> SessionKey::parse(std::string_view text) {
  if (!text.starts_with(kKeyPrefix) || text.size() != kKeyPrefix.size() + 32) return std::nullopt;
  text.remove_prefix(kKeyPrefix.size());
  SessionKey key;
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string_view half = text.substr(i * 16, 16);
    const auto [end, error] = std::from_chars(half.data(), half.data() + half.size(), key.bits[i], 16);
    if (error != std::errc{} || end != half.data() + half.size()) return std::nullopt;
  }
  return key;
}

TokenSeed make_seed() {
  TokenSeed seed;
  std::ranges::copy(crypto::random_bytes(seed.size()), seed.begin());
  return seed;
}

std::string token_of(const TokenSeed& seed, std::string_view secret) {
  return crypto::to_base64url(std::string(seed.data(), seed.size()) + mac_of(seed, secret));
}

std::optional<TokenSeed> check_token(std::string_view token, std::string_view secret) {
  if (token.size() != 43) return std::nullopt;  // base64url of 32 bytes
  std::string plain(token);
  std::ranges::replace(plain, '-', '+');
  std::ranges::replace(plain, '_', '/');
  const auto bytes = crypto::from_base64(plain + "=");
  if (!bytes || bytes->size() != sizeof(TokenSeed) + kMacBytes) return std::nullopt;
  TokenSeed seed;
  std::copy_n(bytes->begin(), seed.size(), seed.begin());
  // Compared as text: so a token has exactly one spelling, and one session key.
  if (!crypto::equal(token_of(seed, secret), token)) return std::nullopt;
  return seed;
}

SessionKey key_of_token(std::string_view token) {
  const std::string hash = crypto::sha256(token);
  SessionKey key;
  for (std::size_t i = 0; i < 16; ++i) key.bits[i / 8] = (key.bits[i / 8] << 8) | static_cast<unsigned char>(hash[i]);
  return key;
}

}  // namespace usher::connectors::webchat
