#include "base/crypto.h"

#include <array>
#include <cstdint>
#include <cstring>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include "base/check.h"

namespace usher::crypto {
namespace {

constexpr std::size_t kSha256Bytes = 32;

// libsodium needs one call before any other; it picks the fast implementations and opens the random source.
void ensure_sodium() {
  static const int ready = sodium_init();
  USHER_CHECK(ready >= 0, "libsodium could not be initialised");
}

// Fetched once: EVP_sha256() would look the provider up again on every use.
const EVP_MD* sha256_algorithm() {
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  USHER_CHECK(algorithm != nullptr, "OpenSSL offers no SHA-256");
  return algorithm;
}

const unsigned char* bytes_of(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}
unsigned char* bytes_of(std::string& s) {
  return reinterpret_cast<unsigned char*>(s.data());
}

std::string encode_base64(std::string_view bytes, int variant) {
  ensure_sodium();
  std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');  // counts the terminating NUL
  sodium_bin2base64(out.data(), out.size(), bytes_of(bytes), bytes.size(), variant);
  out.pop_back();
  return out;
}

}  // namespace

std::string sha256(std::string_view data) {
  std::string out(kSha256Bytes, '\0');
  const int ok = EVP_Digest(data.data(), data.size(), bytes_of(out), nullptr, sha256_algorithm(), nullptr);
  USHER_CHECK(ok == 1, "SHA-256 failed");
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
  std::string out(kSha256Bytes, '\0');
  unsigned int size = 0;
  // A null key pointer means "the key of last time" to OpenSSL, so an empty key still needs an address.
  const void* key_data = key.empty() ? "" : key.data();
  const auto* result =
      HMAC(sha256_algorithm(), key_data, static_cast<int>(key.size()), bytes_of(data), data.size(), bytes_of(out), &size);
  USHER_CHECK(result != nullptr && size == kSha256Bytes, "HMAC-SHA-256 failed");
  return out;
}

std::string to_hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string sha256_hex(std::string_view data) {
  return to_hex(sha256(data));
}

std::string to_base64(std::string_view bytes) {
  return encode_base64(bytes, sodium_base64_VARIANT_ORIGINAL);
}
std::string to_base64url(std::string_view bytes) {
  return encode_base64(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::optional<std::string> from_base64(std::string_view text) {
  ensure_sodium();
  std::string out(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  // No characters to skip and no end pointer: anything but one complete padded text is refused.
  if (sodium_base642bin(bytes_of(out), out.size(), text.data(), text.size(), nullptr, &size, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0) {
    return std::nullopt;
  }
  out.resize(size);
  return out;
}

std::string to_base32_crockford(std::string_view bytes) {
  static constexpr char kAlphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string out;
  out.reserve((bytes.size() * 8 + 4) / 5);
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    held = (held << 8 | static_cast<unsigned char>(c)) & 0xfff;  // at most 4 old bits and 8 new ones
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += kAlphabet[held >> bits & 31];
    }
  }
  if (bits > 0) out += kAlphabet[held << (5 - bits) & 31];
  return out;
}

bool equal(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_bytes(std::size_t n) {
  ensure_sodium();
  std::string out(n, '\0');
  randombytes_buf(out.data(), out.size());
  return out;
}

Result<std::string> hash_password(std::string_view password) {
  ensure_sodium();
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(ErrorCode::kUnavailable, "the password could not be hashed: 64 MiB of memory are needed; try again",
                "crypto_pwhash_str_alg failed");
  }
  return std::string(out.data());
}

bool verify_password(std::string_view hash, std::string_view password) {
  ensure_sodium();
  std::array<char, crypto_pwhash_STRBYTES> stored{};  // the library reads a fixed-size, NUL-terminated array
  if (hash.size() >= stored.size()) return false;
  std::memcpy(stored.data(), hash.data(), hash.size());
  return crypto_pwhash_str_verify(stored.data(), password.data(), password.size()) == 0;
}

}  // namespace usher::crypto
