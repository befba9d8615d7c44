#include "gateway/flow/masking.h"

#include <re2/re2.h>

#include <array>

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
  while (RE2::FindAndConsume(&rest, number, &hit)) {
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
  out.count += RE2::GlobalReplace(&out.text, password, R"(\1[removed])");
  return out;
}

}  // namespace usher::gateway::flow
