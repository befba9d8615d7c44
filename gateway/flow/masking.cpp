#include "gateway/flow/masking.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <span>
#include <vector>

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

using Groups = std::vector<std::string_view>;  // of digits, in the text

// Groups of digits with one space or hyphen between them: "4111 1111 1111 1111", "order 7 4111-1111-1111-1111".
Groups groups_of(std::string_view run) {
  Groups out;
  for (std::size_t at = 0; at < run.size();) {
    const std::size_t end = std::min(run.find_first_of(" -", at), run.size());
    out.push_back(run.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

// Whether the run is a part of a longer word, such as the digits in the middle of 019a20-7406-9314-59674f.
bool is_part_of_word(std::string_view text, std::string_view run) {
  auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  const char *begin = run.data(), *end = begin + run.size();
  const auto before = static_cast<std::size_t>(begin - text.data());
  const auto after = static_cast<std::size_t>(text.data() + text.size() - end);
  return (before > 0 && is_word(begin[-1])) || (before > 1 && begin[-1] == '-' && is_word(begin[-2])) ||
         (after > 0 && is_word(end[0])) || (after > 1 && end[0] == '-' && is_word(end[1]));
}

// As cards are printed, 4-4-4-4(-3) and 4-6-5, as one group, or as a run with nothing beside it.
bool is_printed_like_card(std::span<const std::string_view> groups, bool is_whole_run) {
  if (is_whole_run || groups.size() == 1) return true;
  auto has = [&](std::initializer_list<std::size_t> sizes) {
    return std::ranges::equal(groups, sizes, {}, [](std::string_view group) { return group.size(); });
  };
  return has({4, 4, 4, 4}) || has({4, 4, 4, 4, 3}) || has({4, 6, 5});
}

// How many groups from the first on are one secret, and what it is; 0: none.
struct Secret {
  std::size_t count = 0;
  const char* instead = "";
};
Secret secret_at(std::span<const std::string_view> groups, bool is_start_of_run) {
  constexpr std::size_t kFewest = 13, kMost = 19;  // digits of a card, ISO/IEC 7812
  if (groups[0].size() == 18 && passes_chinese_id(groups[0])) return {1, "[ID number removed]"};
  Secret found;
  std::string digits;
  for (std::size_t n = 0; n < groups.size() && digits.size() + groups[n].size() <= kMost; ++n) {
    digits += groups[n];
    if (digits.size() < kFewest || std::isdigit(static_cast<unsigned char>(digits.back())) == 0) continue;
    const bool is_whole_run = is_start_of_run && n + 1 == groups.size();
    if (is_printed_like_card(groups.first(n + 1), is_whole_run) && passes_luhn(digits)) found = {n + 1, "[card number removed]"};
  }
  return found;
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
  static const RE2 number(R"((\d+(?:[ -]\d+)*[Xx]?))");
  static const RE2 password(
      R"((?i)((?:password|passwd|passcode|pwd|pin)\s*(?:is|was|=|:|：)\s*|密码\s*(?:是|为|：|:)\s*)([^\s,;，。；]+))");
  Masked out;
  out.text.reserve(text.size());
  re2::StringPiece rest(text.data(), text.size());
  const char* copied = text.data();
  re2::StringPiece hit;
  const bool has_digits = may_hold_number(text);
  while (has_digits && RE2::FindAndConsume(&rest, number, &hit)) {
    const std::string_view run(hit.data(), hit.size());
    if (is_part_of_word(text, run)) continue;
    const Groups groups = groups_of(run);
    for (std::size_t at = 0; at < groups.size();) {
      const Secret secret = secret_at(std::span(groups).subspan(at), at == 0);
      if (secret.count > 0) {
        out.text.append(copied, groups[at].data());
        out.text += secret.instead;
        copied = groups[at + secret.count - 1].data() + groups[at + secret.count - 1].size();
        ++out.count;
      }
      at += std::max<std::size_t>(secret.count, 1);
    }
  }
  out.text.append(copied, text.data() + text.size());
  if (may_hold_password(text)) out.count += RE2::GlobalReplace(&out.text, password, R"(\1[removed])");
  return out;
}

}  // namespace usher::gateway::flow
