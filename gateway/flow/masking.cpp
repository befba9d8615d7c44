#include "gateway/flow/masking.h"

#include <re2/re2.h>

#include <algorithm>

namespace usher::gateway::flow {
namespace {

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int d = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1 && (d *= 2) > 9) d -= 9;
    sum += d;
  }
  return sum % 10 == 0;
}

bool passes_chinese_id(std::string_view id) {  // GB 11643-1999: weights 2^(17-i) mod 11
  int sum = 0, weight = 1;
  for (std::size_t i = 0; i < 18; ++i) {
    char c = id[17 - i];
    sum += weight * (c == 'X' || c == 'x' ? 10 : c - '0');
    weight = weight * 2 % 11;
  }
  return sum % 11 == 1;
}

std::string digits_of(std::string_view s) {
  std::string out;
  for (char c : s) {
    if (c >= '0' && c <= '9') out += c;
  }
  return out;
}

// Most mails have neither many digits nor a password in them, and each expression would read all of the text to find out.
bool may_hold_number(std::string_view text) {
  constexpr std::ptrdiff_t kFewest = 12;
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return std::count_if(text.begin(), text.end(), is_digit) >= kFewest;
}

bool may_hold_password(std::string_view text) {
  for (auto at = text.find_first_of("pP\xe5"); at != std::string_view::npos; at = text.find_first_of("pP\xe5", at + 1)) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("密码")) return true;
    if (rest.size() < 3 || rest[0] == '\xe5') continue;
    const char second = static_cast<char>(rest[1] | 0x20), third = static_cast<char>(rest[2] | 0x20);
    if (second == 'a' && (third == 's' || rest[2] == '\xc5')) return true;  // ſ is an s to the expression
    if ((second == 'w' && third == 'd') || (second == 'i' && third == 'n')) return true;
  }
  return false;
}

}  // namespace

Masked mask_secrets(std::string_view text) {
  static const RE2 number(R"((\d(?:[ -]?\d){11,18}[Xx]?))");
  static const RE2 password(
      R"((?i)((?:password|passwd|passcode|pwd|pin)\s*(?:is|was|=|:|：)\s*|密码\s*(?:是|为|：|:)\s*)([^\s,;，。；]+))");
  Masked out;
  out.text.reserve(text.size());
  re2::StringPiece rest(text.data(), text.size());
  const char* copied = text.data();
  re2::StringPiece hit;
  const bool has_digits = may_hold_number(text);
  while (has_digits && RE2::FindAndConsume(&rest, number, &hit)) {
    std::string_view shown(hit.data(), hit.size());
    std::string digits = digits_of(shown);
    bool is_id = shown.size() == 18 && passes_chinese_id(shown);
    bool is_card = digits.size() >= 13 && digits.size() <= 19 && passes_luhn(digits);
    if (!is_id && !is_card) continue;
    out.text.append(copied, hit.data());
    out.text += is_id ? "[ID number removed]" : "[card number removed]";
    copied = hit.data() + hit.size();
    ++out.count;
  }
  out.text.append(copied, text.data() + text.size());
  if (may_hold_password(text)) out.count += RE2::GlobalReplace(&out.text, password, R"(\1[removed])");
  return out;
}

}  // namespace usher::gateway::flow
