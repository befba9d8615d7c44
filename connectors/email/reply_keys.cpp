#include "connectors/email/reply_keys.h"

namespace usher::connectors::email {
namespace {

bool is_skipped(char c) {
  return c == '>' || c == ' ' || c == '\t' || c == '*' || c == '_' || c == '|';
}

// How many bytes of a mark that only turns the direction of writing, or that nobody sees, stand here (U+200B–200F, U+202A–202E,
// U+2060–2069, U+FEFF).
std::size_t unseen_bytes(std::string_view s) {
  if (s.size() < 3) return 0;
  const auto second = static_cast<unsigned char>(s[1]);
  const auto third = static_cast<unsigned char>(s[2]);
  if (s[0] == '\xE2' && second == 0x80) return (third >= 0x8B && third <= 0x8F) || (third >= 0xAA && third <= 0xAE) ? 3 : 0;
  if (s[0] == '\xE2' && second == 0x81) return third >= 0xA0 && third <= 0xA9 ? 3 : 0;
  return s.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

}  // namespace

std::string_view append_key(std::string& keys, std::string_view line) {
  line = line.substr(0, kMaxLookBytes);
  while (!line.empty() && is_skipped(line.front())) line.remove_prefix(1);
  const auto begin = keys.size();
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto c = static_cast<unsigned char>(line[i]);
    if (c == '&' && line.substr(i, 6) == "&nbsp;") {
      keys += ' ';
      i += 5;
      continue;
    }
    if (c < 0x80) {
      keys += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
      continue;
    }
    const auto next = i + 1 < line.size() ? static_cast<unsigned char>(line[i + 1]) : 0U;
    if (c == 0xC2 && next == 0xA0) {
      keys += ' ';
      ++i;
    } else if (c == 0xC3 && next >= 0x80 && next <= 0x9E && next != 0x97) {
      keys += line[i++];
      keys += static_cast<char>(next + 0x20);
    } else if (c == 0xD0 && next >= 0x90 && next <= 0x9F) {
      keys += line[i++];
      keys += static_cast<char>(next + 0x20);
    } else if (c == 0xD0 && next >= 0x80 && next <= 0xAF) {
      keys += '\xD1';
      keys += static_cast<char>(next >= 0xA0 ? next - 0x20 : next + 0x10);
      ++i;
    } else if (c == 0xCE && next >= 0x91 && next <= 0xA9) {
      keys += next < 0xA0 ? '\xCE' : '\xCF';
      keys += static_cast<char>(next < 0xA0 ? next + 0x20 : next - 0x20);
      ++i;
    } else if ((c == 0xD9 && next >= 0xA0 && next <= 0xA9) || (c == 0xDB && next >= 0xB0 && next <= 0xB9)) {
      keys += static_cast<char>('0' + (next & 0x0F));  // Arabic and Persian digits
      ++i;
    } else if (c == 0xD9 && (next == 0x80 || (next >= 0x8B && next <= 0x92))) {
      ++i;  // vowel signs and stretched lines, written or not
    } else if ((c == 0xE2 || c == 0xE3) && (line.substr(i, 3) == "\xE2\x80\xAF" || line.substr(i, 3) == "\xE3\x80\x80")) {
      keys += ' ';
      i += 2;
    } else if (auto unseen = c == 0xE2 || c == 0xEF ? unseen_bytes(line.substr(i)) : 0; unseen > 0) {
      i += unseen - 1;
    } else if (c >= 0xE4 && c <= 0xED && i + 2 < line.size()) {  // Chinese, Korean: as it is
      keys.append(line, i, 3);
      i += 2;
    } else {
      keys += static_cast<char>(c);
    }
  }
  auto key = std::string_view(keys).substr(begin);
  while (!key.empty() && key.front() == ' ') key.remove_prefix(1);
  while (!key.empty() && (key.back() == '*' || key.back() == ' ' || key.back() == '_')) key.remove_suffix(1);
  return key;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// hh:mm, hh.mm or hhh mm
bool has_time(std::string_view s) {
  for (std::size_t i = 1; i + 2 < s.size(); ++i) {
    if ((s[i] == ':' || s[i] == '.' || s[i] == 'h') && is_digit(s[i - 1]) && is_digit(s[i + 1]) && is_digit(s[i + 2]))
      return true;
  }
  return false;
}

bool has_year(std::string_view s) {
  for (std::size_t i = 0; i + 4 <= s.size(); ++i) {
    if ((s.substr(i, 2) == "19" || s.substr(i, 2) == "20") && is_digit(s[i + 2]) && is_digit(s[i + 3]) &&
        (i == 0 || !is_digit(s[i - 1])) && (i + 4 == s.size() || !is_digit(s[i + 4]))) {
      return true;
    }
  }
  return false;
}

// A year, or "20.11.26", "20/11/26".
bool has_date(std::string_view s) {
  if (has_year(s)) return true;
  for (std::size_t i = 0; i + 8 <= s.size(); ++i) {
    if (is_digit(s[i]) && is_digit(s[i + 1]) && (s[i + 2] == '.' || s[i + 2] == '/' || s[i + 2] == '-') && is_digit(s[i + 3]) &&
        is_digit(s[i + 4]) && s[i + 5] == s[i + 2] && is_digit(s[i + 6]) && is_digit(s[i + 7])) {
      return true;
    }
  }
  return false;
}

// "2016-03-03 …" or "2013/7/20 …"
bool starts_with_date(std::string_view s) {
  if (s.size() < 8 || !is_digit(s[0]) || !is_digit(s[1]) || !is_digit(s[2]) || !is_digit(s[3])) return false;
  return (s[4] == '-' || s[4] == '/' || s[4] == '.') && is_digit(s[5]) && (s.find(s[4], 5) == 6 || s.find(s[4], 5) == 7);
}

std::string_view strip_end(std::string_view s, bool& has_colon, bool& has_dashes) {
  for (;;) {
    if (s.ends_with("：")) {
      has_colon = true;
      s.remove_suffix(std::string_view("：").size());
    } else if (s.ends_with(':')) {
      has_colon = true;
      s.remove_suffix(1);
    } else if (s.ends_with('-')) {
      has_dashes = true;
      s.remove_suffix(1);
    } else if (s.ends_with(' ') || s.ends_with('*') || s.ends_with('_')) {
      s.remove_suffix(1);
    } else {
      return s;
    }
  }
}

}  // namespace usher::connectors::email
