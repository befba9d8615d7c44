#include "connectors/webhook/signature.h"

#include <algorithm>
#include <charconv>

#include "base/crypto.h"

namespace usher::connectors::webhook {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kMinKey = 24, kMaxKey = 64, kMaxId = 256;
constexpr int kMaxSignatures = 16;

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxId && std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7f && c != '.'; });
}

// Digits only: "1e9", "+1", " 1", NaN, negative and fractional times are all refused before any arithmetic.
bool parse_seconds(std::string_view text, std::int64_t& out) {
  if (text.empty() || text.size() > 12 || (text.size() > 1 && text.front() == '0')) return false;
  if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return false;
  return std::from_chars(text.data(), text.data() + text.size(), out).ec == std::errc{};
}

// Some tools leave out the padding, and cut a secret so that bits are left over in its last character; other libraries ignore
// them.
std::string canonical(std::string_view base64) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out(base64);
  const std::size_t rest = out.size() % 4;
  if (rest < 2) return out;
  if (const auto value = kAlphabet.find(out.back()); value != std::string_view::npos)
    out.back() = kAlphabet[value & (rest == 2 ? 0x30U : 0x3CU)];
  return out + std::string(4 - rest, '=');
}

std::string mac(std::string_view key, std::string_view id, std::string_view timestamp, std::string_view body) {
  std::string signed_content;
  signed_content.reserve(id.size() + timestamp.size() + body.size() + 2);
  signed_content.append(id).append(".").append(timestamp).append(".").append(body);
  return "v1," + crypto::to_base64(crypto::hmac_sha256(key, signed_content));
}

}  // namespace

Result<std::string> parse_secret(std::string_view text) {
  if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
  auto key = crypto::from_base64(canonical(text));
  if (!key) return fail(ErrorCode::kInvalid, "the webhook secret is not \"whsec_\" followed by base64");
  if (key->size() < kMinKey || key->size() > kMaxKey)
    return fail(ErrorCode::kInvalid, "the webhook secret must hold 24 to 64 bytes, it holds " + std::to_string(key->size()));
  return std::move(*key);
}

Result<std::string> sign(std::string_view key, std::string_view id, Timestamp at, std::string_view body) {
  if (!is_id(id)) return fail(ErrorCode::kInvalid, "a webhook id must be printable ASCII without '.'");
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  return mac(key, id, std::to_string(seconds), body);
}

Result<void> verify(std::span<const std::string> keys, std::string_view id, std::string_view timestamp,
                    std::string_view signatures, std::string_view body, Timestamp now) {
  if (!is_id(id)) return fail(ErrorCode::kDenied, "webhook-id is missing or malformed");
  std::int64_t sent = 0;
  if (!parse_seconds(timestamp, sent)) return fail(ErrorCode::kDenied, "webhook-timestamp is missing or malformed");
  const std::int64_t age = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count() - sent;
  if (age > kTolerance.count()) return fail(ErrorCode::kDenied, "webhook-timestamp is too old");
  if (age < -kTolerance.count()) return fail(ErrorCode::kDenied, "webhook-timestamp lies in the future");

  bool found = false;
  for (const std::string& key : keys) {
    const std::string expected = mac(key, id, timestamp, body);
    std::string_view rest = signatures;
    for (int i = 0; i < kMaxSignatures && !rest.empty(); ++i) {
      const auto end = rest.find(' ');
      // No early exit: the time taken says nothing about which key or which signature fitted.
      found |= crypto::equal(expected, rest.substr(0, end));
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
  }
  if (!found) return fail(ErrorCode::kDenied, "webhook-signature fits none of the secrets");
  return {};
}

}  // namespace usher::connectors::webhook
