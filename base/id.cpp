#include "base/id.h"

#include <array>
#include <cstdint>
#include <cstring>

#include <sodium.h>

#include "base/check.h"
#include "base/crypto.h"
#include "base/text.h"

namespace usher {
namespace {

// The operating system's random bytes, taken a block at a time: a system call for each id would cost more than the id.
class RandomBlock {
 public:
  template <class T>
  T take() {
    if (used_ + sizeof(T) > block_.size()) refill();
    T value;
    std::memcpy(&value, block_.data() + used_, sizeof(T));
    sodium_memzero(block_.data() + used_, sizeof(T));  // what was handed out is not left lying in memory
    used_ += sizeof(T);
    return value;
  }

 private:
  void refill() {
    USHER_CHECK(sodium_init() >= 0, "libsodium could not be initialised");
    randombytes_buf(block_.data(), block_.size());
    used_ = 0;
  }
  std::array<unsigned char, 2048> block_{};
  std::size_t used_ = sizeof(block_);
};

constexpr std::uint64_t kLowBits = 62;
constexpr std::uint64_t kLowMask = (1ULL << kLowBits) - 1;
constexpr std::uint64_t kHighMask = 0xfff;

struct UuidState {
  RandomBlock random;
  std::uint64_t millis = ~0ULL;
  std::uint64_t high = 0;  // rand_a, 12 bits
  std::uint64_t low = 0;   // rand_b, 62 bits

  void draw() {
    high = random.take<std::uint16_t>() & kHighMask;
    low = random.take<std::uint64_t>() & kLowMask;
  }
  // RFC 9562 §6.2 method 2: within a millisecond the random part grows by a random step, so ids of one thread sort in order of
  // making.
  void step() {
    low += (random.take<std::uint64_t>() >> 16) + 1;
    if (low <= kLowMask) return;
    low &= kLowMask;
    high = (high + 1) & kHighMask;  // wraps once in 2^12 · 2^14 ids of one millisecond: order is lost there, uniqueness is not
  }
};

thread_local UuidState uuid_state;

constexpr char kCrockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kDataSymbols = 14;
constexpr int kCheckModulus = 37;

// Value of a folded (lower-case) symbol, or -1.
int crockford_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c == 'i' || c == 'l') return 1;
  if (c == 'o') return 0;
  if (c < 'a' || c > 'z' || c == 'u') return -1;
  for (int v = 10; v < 32; ++v) {
    if (kCrockford[v] == c - 'a' + 'A') return v;
  }
  return -1;
}

bool is_dash_or_space(std::string_view folded, std::size_t& i) {
  if (folded[i] == ' ' || folded[i] == '-' || folded[i] == '\t' || folded[i] == '\r' || folded[i] == '\n') return true;
  const auto three = folded.substr(i, 3);
  // U+2010..U+2015 (hyphens and dashes) and U+2212 (minus): word processors and phones put them in for "-".
  const bool dash = (three.size() == 3 && three.substr(0, 2) == "\xe2\x80" && three[2] >= '\x90' && three[2] <= '\x95') ||
                    three == "\xe2\x88\x92";
  if (dash) i += 2;
  return dash;
}

std::string format_reference(std::string_view symbols) {
  std::string out = "P-";
  out.append(symbols.substr(0, 5)).append("-").append(symbols.substr(5, 5)).append("-").append(symbols.substr(10, 5));
  return out;
}

}  // namespace

std::string make_uuid_v7(Timestamp now) {
  auto& state = uuid_state;
  const auto millis = static_cast<std::uint64_t>(to_millis(now)) & 0xffff'ffff'ffffULL;
  if (millis == state.millis) {
    state.step();
  } else {
    state.millis = millis;
    state.draw();
  }
  const std::uint64_t first = millis << 16 | 0x7000 | state.high;
  const std::uint64_t second = 0x8000'0000'0000'0000ULL | state.low;

  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out(36, '-');
  std::size_t at = 0;
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) ++at;
    const auto word = nibble < 16 ? first : second;
    out[at++] = kDigits[word >> (60 - nibble % 16 * 4) & 15];
  }
  return out;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return false;
    } else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
      return false;
    }
  }
  return true;
}

std::string make_case_reference() {
  auto& random = uuid_state.random;
  for (;;) {
    std::string symbols;
    int check = 0;
    for (std::size_t i = 0; i < kDataSymbols; ++i) {
      const int value = random.take<std::uint8_t>() & 31;
      symbols += kCrockford[value];
      check = (check * 32 + value) % kCheckModulus;
    }
    if (check >= 32) continue;  // 5 of 37 remainders have no symbol of the alphabet
    symbols += kCrockford[check];
    return format_reference(symbols);
  }
}

std::optional<std::string> parse_case_reference(std::string_view text) {
  if (text.size() > 200) return std::nullopt;
  const std::string folded = text::fold(text);  // full-width letters and digits become plain ones
  std::string plain;
  for (std::size_t i = 0; i < folded.size(); ++i) {
    if (is_dash_or_space(folded, i)) continue;
    plain += folded[i];
  }
  if (plain.size() == kDataSymbols + 2 && plain.front() == 'p') plain.erase(0, 1);
  if (plain.size() != kDataSymbols + 1) return std::nullopt;

  std::string symbols;
  int check = 0;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const int value = crockford_value(plain[i]);
    if (value < 0) return std::nullopt;
    if (i < kDataSymbols) {
      check = (check * 32 + value) % kCheckModulus;
    } else if (value != check) {
      return std::nullopt;
    }
    symbols += kCrockford[value];
  }
  return format_reference(symbols);
}

std::string make_token(std::size_t bytes) {
  return crypto::to_base64url(crypto::random_bytes(bytes));
}

}  // namespace usher
