#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include "base/check.h"

namespace usher::text {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD
constexpr std::string_view kEllipsis = "\xe2\x80\xa6";

// Eight bytes at a time: whole mails go through here.
bool is_ascii(std::string_view s) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  for (; s.size() >= sizeof(kHighBits); s.remove_prefix(sizeof(kHighBits))) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, s.data(), sizeof(eight));
    if ((eight & kHighBits) != 0) return false;
  }
  return std::ranges::all_of(s, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// For which bytes a function has nothing to do: a run of them is copied in one go.
using Bytes = std::array<bool, 256>;
template <class Is>
constexpr Bytes bytes_that(Is is) {
  Bytes out{};
  for (std::size_t c = 0; c < out.size(); ++c) out[c] = is(c);
  return out;
}
std::size_t end_of_run(std::string_view s, std::size_t from, const Bytes& of) {
  while (from < s.size() && of[static_cast<unsigned char>(s[from])]) ++from;
  return from;
}

char lower_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The code point at `i`, which moves behind it; negative for an invalid sequence. `i` must be below s.size().
UChar32 next(std::string_view s, std::size_t& i) {
  UChar32 c = 0;
  const std::size_t size = s.size();
  U8_NEXT(s.data(), i, size, c);
  return c;
}

bool is_space(UChar32 c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');  // most text is ASCII, and ICU's tables cost ten times as much
  return u_isUWhiteSpace(c);
}

std::vector<UChar32> code_points(std::string_view s) {
  std::vector<UChar32> out;
  out.reserve(s.size());
  for (std::size_t i = 0; i < s.size();) out.push_back(next(s, i));
  return out;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower_ascii(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

bool is_valid_utf8(std::string_view bytes) {
  if (is_ascii(bytes)) return true;
  for (std::size_t i = 0; i < bytes.size();) {
    if (next(bytes, i) < 0) return false;
  }
  return true;
}

std::string to_valid_utf8(std::string_view bytes) {
  static constexpr Bytes kPlain = bytes_that([](std::size_t c) { return (c >= 0x20 && c < 0x80) || c == '\n' || c == '\r'; });
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t begin = i;
    if (i = end_of_run(bytes, begin, kPlain); i > begin) {
      out += bytes.substr(begin, i - begin);
      continue;
    }
    const UChar32 c = next(bytes, i);
    if (c < 0) {
      out += kReplacement;
    } else if (c >= 0x20 || c == '\t' || c == '\n' || c == '\r') {
      out += bytes.substr(begin, i - begin);
    }
  }
  return out;
}

std::string fold(std::string_view utf8) {
  if (is_ascii(utf8)) return to_lower_ascii(utf8);
  if (!is_valid_utf8(utf8)) return fold(to_valid_utf8(utf8));  // ICU would let the bad bytes through
  UErrorCode status = U_ZERO_ERROR;
  static const icu::Normalizer2* const normalizer = [] {
    UErrorCode e = U_ZERO_ERROR;
    const auto* n = icu::Normalizer2::getNFKCCasefoldInstance(e);
    USHER_CHECK(U_SUCCESS(e), "ICU offers no NFKC_Casefold");
    return n;
  }();
  // ASCII is its own normal form; only its last character may be changed by what follows (a combining accent).
  const auto ascii = static_cast<std::size_t>(
      std::ranges::find_if(utf8, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }) - utf8.begin());
  const std::size_t head = ascii == 0 ? 0 : ascii - 1;
  std::string out = to_lower_ascii(utf8.substr(0, head));
  out.reserve(utf8.size());
  icu::StringByteSink<std::string> sink(&out);
  const auto size = static_cast<std::int32_t>(utf8.size() - head);
  normalizer->normalizeUTF8(0, icu::StringPiece(utf8.data() + head, size), sink, nullptr, status);
  USHER_CHECK(U_SUCCESS(status), "ICU could not normalise");
  return out;
}

std::string trim(std::string_view utf8) {
  // From both ends: what lies between may be a whole mail.
  std::size_t begin = 0;
  for (std::size_t i = 0; i < utf8.size() && is_space(next(utf8, i));) begin = i;
  const auto first = static_cast<std::int32_t>(begin);
  auto end = static_cast<std::int32_t>(utf8.size());
  while (end > first) {
    std::int32_t i = end;
    UChar32 c = 0;
    U8_PREV(utf8.data(), first, i, c);
    if (!is_space(c)) break;
    end = i;
  }
  return std::string(utf8.substr(begin, static_cast<std::size_t>(end - first)));
}

std::string collapse_spaces(std::string_view s) {
  static constexpr Bytes kPlain = bytes_that([](std::size_t c) { return c < 0x80 && c != ' ' && (c < '\t' || c > '\r'); });
  std::string out;
  out.reserve(s.size());
  bool pending = false;
  for (std::size_t i = 0; i < s.size();) {
    const std::size_t begin = i;
    if (i = end_of_run(s, begin, kPlain); i == begin && is_space(next(s, i))) {
      pending = !out.empty();
      continue;
    }
    if (pending) out += ' ';
    pending = false;
    out += s.substr(begin, i - begin);
  }
  return out;
}

std::size_t length(std::string_view utf8) {
  if (is_ascii(utf8)) return utf8.size();
  std::size_t n = 0;
  for (std::size_t i = 0; i < utf8.size(); ++n) next(utf8, i);
  return n;
}

std::string cut(std::string_view utf8, std::size_t max_code_points) {
  if (utf8.size() <= max_code_points) return std::string(utf8);  // a code point has at least one byte
  std::size_t count = 0;
  std::size_t before_last = 0;  // where the last code point that fits begins: it gives way to the ellipsis
  std::size_t i = 0;
  while (i < utf8.size() && count < max_code_points) {
    before_last = i;
    next(utf8, i);
    ++count;
  }
  if (i == utf8.size()) return std::string(utf8);
  if (max_code_points == 0) return {};
  return std::string(utf8.substr(0, before_last)).append(kEllipsis);
}

std::string guess_language(std::string_view utf8) {
  // A Han character stands for about as much speech as three Latin letters, so that a product name does not turn Chinese into
  // English.
  constexpr std::size_t kWeight = 3;
  std::size_t han = 0;
  std::size_t other = 0;
  for (std::size_t i = 0; i < utf8.size();) {
    const UChar32 c = next(utf8, i);
    if (c < 0x80) {
      if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) ++other;
      continue;
    }
    if (!u_isalpha(c)) continue;
    UErrorCode status = U_ZERO_ERROR;
    switch (uscript_getScript(c, &status)) {
      case USCRIPT_HAN:
        han += kWeight;
        break;
      case USCRIPT_HIRAGANA:
      case USCRIPT_KATAKANA:
      case USCRIPT_HANGUL:
        other += kWeight;
        break;  // Japanese and Korean use Han characters too, but are not Chinese
      default:
        ++other;
    }
  }
  return han > other ? "zh" : "en";
}

void append_json_string(std::string& out, std::string_view utf8) {
  static constexpr char kDigits[] = "0123456789abcdef";
  static constexpr Bytes kPlain = bytes_that([](std::size_t c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; });
  const bool is_valid = is_valid_utf8(utf8);
  out += '"';
  std::size_t plain = 0;  // begin of what can be copied as it is
  for (std::size_t i = 0; (i = end_of_run(utf8, i, kPlain)) < utf8.size();) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    if (c >= 0x80 && !is_valid) {
      const std::size_t begin = i;
      if (next(utf8, i) >= 0) continue;
      out.append(utf8.substr(plain, begin - plain)).append(kReplacement);
      plain = i;
      continue;
    }
    ++i;
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out += utf8.substr(plain, i - 1 - plain);
    plain = i;
    if (c == '"' || c == '\\') {
      out += {'\\', static_cast<char>(c)};
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += {'\\', 'u', '0', '0', kDigits[c >> 4], kDigits[c & 15]};
    }
  }
  out += utf8.substr(plain);
  out += '"';
}

std::string html_escape(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size() + utf8.size() / 8);
  for (const char c : utf8) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string url_encode(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 4);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const char lower = lower_ascii(c);
    if ((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

std::string url_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
      continue;
    }
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

std::vector<std::string> split(std::string_view s, char separator) {
  std::vector<std::string> out;
  for (;;) {
    const auto at = s.find(separator);
    out.emplace_back(s.substr(0, at));
    if (at == std::string_view::npos) return out;
    s.remove_prefix(at + 1);
  }
}

bool iequals_ascii(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower_ascii(x) == lower_ascii(y); });
}

std::string to_lower_ascii(std::string_view s) {
  std::string out(s);
  std::ranges::transform(out, out.begin(), lower_ascii);
  return out;
}

namespace {

// The distance of two ASCII texts as far as it is 0 or 1, else 2: what differs between their common head and tail tells.
std::size_t ascii_distance_to_one(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty() && a.front() == b.front()) a.remove_prefix(1), b.remove_prefix(1);
  while (!a.empty() && !b.empty() && a.back() == b.back()) a.remove_suffix(1), b.remove_suffix(1);
  if (a.size() <= 1 && b.size() <= 1) return std::max(a.size(), b.size());
  return a.size() == 2 && b.size() == 2 && a[0] == b[1] && a[1] == b[0] ? 1 : 2;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  // Most questions are "one slip or more?", of words: no tables for those.
  if (limit == 1 && is_ascii(a) && is_ascii(b)) return ascii_distance_to_one(a, b);
  const auto x = code_points(a);
  const auto y = code_points(b);
  const std::size_t gap = x.size() > y.size() ? x.size() - y.size() : y.size() - x.size();
  if (gap > limit) return limit + 1;

  // Three rows of the usual table: the transposition looks two rows back.
  std::array<std::vector<std::size_t>, 3> rows;
  for (auto& row : rows) row.resize(y.size() + 1);
  for (std::size_t j = 0; j <= y.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= x.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    const auto& above2 = rows[(i + 1) % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= y.size(); ++j) {
      const bool same = x[i - 1] == y[j - 1];
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1]) row[j] = std::min(row[j], above2[j - 2] + 1);
    }
    // A transposition reaches over one row, so two rows have to be above the limit before nothing below can come back.
    if (i > 1 && std::ranges::min(row) > limit && std::ranges::min(above) > limit) return limit + 1;
  }
  return std::min(rows[x.size() % 3][y.size()], limit + 1);
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::size_t limit = std::min<std::size_t>(3, length(word) / 2);
  std::string best;
  for (const auto& candidate : candidates) {
    const auto distance = edit_distance(word, candidate, limit);
    if (distance > limit) continue;
    best = candidate;
    if (distance == 0) break;
    limit = distance - 1;  // only something closer replaces it: the first of equals wins
  }
  return best;
}

}  // namespace usher::text
