// Hashes, MACs, passwords, random bytes: OpenSSL and libsodium behind a few functions. Thread-safe.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace usher::crypto {

std::string sha256(std::string_view data);                             // 32 raw bytes
std::string hmac_sha256(std::string_view key, std::string_view data);  // 32 raw bytes
std::string to_hex(std::string_view bytes);                            // lower case
std::string sha256_hex(std::string_view data);

std::string to_base64(std::string_view bytes);                  // RFC 4648 §4, padded
std::optional<std::string> from_base64(std::string_view text);  // strict: padding required, no white space
std::string to_base64url(std::string_view bytes);               // §5, no padding
std::string to_base32_crockford(std::string_view bytes);        // lower-case Crockford alphabet, no check symbol

// Constant time in the length of `a`; false at once only when the lengths differ.
bool equal(std::string_view a, std::string_view b);
std::string random_bytes(std::size_t n);

// argon2id (libsodium, interactive limits: 64 MiB, ~70 ms): call through base/async/offload, never on an I/O thread.
Result<std::string> hash_password(std::string_view password);
bool verify_password(std::string_view hash, std::string_view password);

}  // namespace usher::crypto
