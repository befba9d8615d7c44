// RFC 2047 encoded words (charset.h): found, joined, decoded.
#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/text.h"
#include "connectors/email/charset.h"

namespace usher::connectors::email {
namespace {

struct Word {
  std::string_view charset;
  char encoding = 'Q';
  std::string_view content;
  std::size_t end = 0;  // behind "?="
};

// The encoded word that starts at `at` ("=?charset?Q?…?="), leniently: blanks inside the text are allowed, as mailers write them.
// `last_end`: where the last "?=" of all stands, so that none is looked for behind it again and again.
std::optional<Word> word_at(std::string_view s, std::size_t at, std::size_t last_end) {
  if (s.substr(at, 2) != "=?" || last_end == std::string_view::npos || at >= last_end) return std::nullopt;
  auto charset_end = s.find('?', at + 2);
  if (charset_end == std::string_view::npos || charset_end - at > 64 || charset_end + 2 >= s.size() ||
      s[charset_end + 2] != '?') {
    return std::nullopt;
  }
  auto encoding = static_cast<char>(s[charset_end + 1] & ~0x20);
  if (encoding != 'Q' && encoding != 'B') return std::nullopt;
  auto begin = charset_end + 3;
  if (begin > last_end + 1) return std::nullopt;
  auto end = s.find("?=", begin);
  // "=?utf-8?Q?=41?=": the text itself may begin with '=', so "?=" right at the start is not yet the end.
  if (end == begin - 1) end = s.find("?=", begin + 1);
  if (end == std::string_view::npos) return std::nullopt;
  auto charset = s.substr(at + 2, charset_end - at - 2);
  if (charset.empty() || charset.find_first_of(" \"<>()") != std::string_view::npos) return std::nullopt;
  return Word{charset, encoding, s.substr(begin, end - begin), end + 2};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decode_q(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '_') {
      out += ' ';
    } else if (s[i] == '=' && i + 2 < s.size() && hex_digit(s[i + 1]) >= 0 && hex_digit(s[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(s[i + 1]) * 16 + hex_digit(s[i + 2]));
      i += 2;
    } else {
      out += s[i];
    }
  }
  return out;
}

std::string unfold(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  for (char c : raw) {
    if (c == '\r' || c == '\n' || c == '\0') continue;
    out += c == '\t' ? ' ' : c;
  }
  auto begin = out.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  return out.substr(begin, out.find_last_not_of(' ') - begin + 1);
}

// One line, as a header value must be: what a decoded word smuggled in becomes a blank.
std::string one_line(std::string s) {
  std::replace_if(s.begin(), s.end(), [](char c) { return c == '\r' || c == '\n' || c == '\t' || c == '\0'; }, ' ');
  return s;
}

void append_quoted(std::string& out, std::string_view decoded, bool is_in_quotes) {
  if (!is_in_quotes) out += '"';
  for (char c : decoded) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  if (!is_in_quotes) out += '"';
}

// Bytes of one field to UTF-8. Looking up a charset nobody knows and guessing one cost more than all the rest: that is bounded,
// whatever stands in the field.
class Converter {
 public:
  explicit Converter(std::string_view hint) : hint_(hint) {}

  std::string operator()(std::string_view bytes, std::string_view label) {
    if (!is_known(label)) label = {};
    const bool is_strong = !label.empty() && !text::iequals_ascii(label, "utf-8") && !text::iequals_ascii(label, "us-ascii");
    const bool is_sure = is_strong || (bytes.find('\x1b') == std::string_view::npos && text::is_valid_utf8(bytes));
    if (!is_sure && guesses_++ >= kMaxGuesses) label = "windows-1252";
    return to_utf8(bytes, label, hint_);
  }

 private:
  static constexpr std::size_t kMaxGuesses = 8;
  static constexpr std::size_t kMaxLabels = 16;

  bool is_known(std::string_view label) {
    if (label.empty()) return false;
    if (auto found = labels_.find(label); found != labels_.end()) return found->second;
    if (labels_.size() == kMaxLabels) return false;
    return labels_.emplace(label, !repair_charset(label).empty()).first->second;
  }

  std::string_view hint_;
  std::size_t guesses_ = 0;
  std::map<std::string, bool, std::less<>> labels_;
};

std::string decode(std::string_view raw, std::string_view hint, bool is_structured) {
  auto value = unfold(raw);
  const auto last_end = value.rfind("?=");
  Converter convert(hint);
  auto as_text = [&](std::string_view bytes) {
    bool is_plain =
        std::none_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 128 || c == '\x1b'; });
    return is_plain ? std::string(bytes) : convert(bytes, {});
  };
  std::string out;
  std::string literal;  // raw bytes outside encoded words, converted run by run: a word may hold raw bytes of its own charset
  bool is_in_quotes = false;
  std::size_t i = 0;
  while (i < value.size()) {
    auto word = value[i] == '=' ? word_at(value, i, last_end) : std::nullopt;
    if (!word) {
      if (value[i] == '\\' && i + 1 < value.size()) {
        literal += value[i++];
      } else if (value[i] == '"') {
        is_in_quotes = !is_in_quotes;
      }
      literal += value[i++];
      continue;
    }
    out += as_text(std::exchange(literal, {}));
    std::string decoded;
    auto bytes = word->encoding == 'Q' ? decode_q(word->content) : decode_base64_leniently(word->content);
    auto last = *word;
    for (;;) {
      auto next_at = value.find_first_not_of(' ', last.end);
      auto next = next_at == std::string::npos ? std::nullopt : word_at(value, next_at, last_end);
      if (!next) break;
      if (!text::iequals_ascii(next->charset, last.charset) || next->encoding != last.encoding) {
        decoded += convert(bytes, last.charset);
        bytes.clear();
      }
      bytes += next->encoding == 'Q' ? decode_q(next->content) : decode_base64_leniently(next->content);
      last = *next;
    }
    decoded = one_line(decoded + convert(bytes, last.charset));
    if (is_structured) {
      append_quoted(out, decoded, is_in_quotes);
    } else {
      out += decoded;
    }
    i = last.end;
  }
  return one_line(out + as_text(literal));
}

}  // namespace

std::string decode_base64_leniently(std::string_view text) {
  static constexpr auto kValues = [] {
    std::array<signed char, 256> values{};
    values.fill(-1);
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < kAlphabet.size(); ++i)
      values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<signed char>(i);
    return values;
  }();
  std::string out(text.size() / 4 * 3 + 3, '\0');
  auto* end = out.data();
  unsigned bits = 0;
  int count = 0;
  const auto at = [text](std::size_t i) { return static_cast<int>(kValues[static_cast<unsigned char>(text[i])]); };
  for (std::size_t i = 0; i < text.size(); ++i) {
    // Four good ones make three bytes: nearly all of what comes.
    while (count == 0 && i + 4 <= text.size()) {
      const int four = at(i) | at(i + 1) | at(i + 2) | at(i + 3);
      if (four < 0) break;
      const auto three = static_cast<unsigned>(at(i) << 18 | at(i + 1) << 12 | at(i + 2) << 6 | at(i + 3));
      *end++ = static_cast<char>(three >> 16 & 0xff);
      *end++ = static_cast<char>(three >> 8 & 0xff);
      *end++ = static_cast<char>(three & 0xff);
      i += 4;
    }
    if (i == text.size()) break;
    const char c = text[i];
    auto value = kValues[static_cast<unsigned char>(c)];
    if (value < 0) {
      if (c == '=') count = 0;  // the end of one encoded run
      continue;
    }
    bits = (bits << 6) | static_cast<unsigned>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      *end++ = static_cast<char>((bits >> count) & 0xff);
    }
  }
  out.resize(static_cast<std::size_t>(end - out.data()));
  return out;
}

std::string decode_header(std::string_view raw, std::string_view hint) {
  return decode(raw, hint, false);
}
std::string decode_structured(std::string_view raw, std::string_view hint) {
  return decode(raw, hint, true);
}

}  // namespace usher::connectors::email
