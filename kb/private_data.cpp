#include "kb/private_data.h"

#include <re2/re2.h>

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <tuple>

#include "base/text.h"

namespace usher::kb {
namespace {

using Found = std::vector<PrivateData>;

std::string digits_of(std::string_view s) {
  std::string out;
  std::ranges::copy_if(s, std::back_inserter(out), [](char c) { return c >= '0' && c <= '9'; });
  return out;
}

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int d = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1 && (d *= 2) > 9) d -= 9;
    sum += d;
  }
  return sum % 10 == 0;
}

bool is_one_digit_repeated(std::string_view digits) {
  return digits.find_first_not_of(digits.front()) == std::string_view::npos;
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Not the middle of a longer word, number or address: 0x80070643, 10.0.19045.1234.
bool stands_alone(std::string_view text, std::size_t begin, std::size_t end) {
  if (begin > 0 && (is_word(text[begin - 1]) || text[begin - 1] == '.' || text[begin - 1] == '-' || text[begin - 1] == '/'))
    return false;
  if (end >= text.size()) return true;
  if (is_word(text[end])) return false;
  return !((text[end] == '.' || text[end] == '-' || text[end] == '/') && end + 1 < text.size() && is_word(text[end + 1]));
}

bool is_example_domain(std::string_view domain) {
  const std::string d = text::to_lower_ascii(domain);
  for (const std::string_view ending : {"example", "test", "invalid", "localhost", "example.com", "example.net", "example.org"}) {
    if (d == ending || (d.ends_with(ending) && d[d.size() - ending.size() - 1] == '.')) return true;
  }
  return false;
}

bool is_own(std::string_view address, std::span<const std::string> own) {
  const auto domain = address.substr(address.find('@'));
  return std::ranges::any_of(own, [&](const std::string& o) {
    return text::iequals_ascii(o, address) || (o.starts_with('@') && text::iequals_ascii(o, domain));
  });
}

// Calls `each(begin, end)` for the first group of every match.
template <class F>
void for_matches(const RE2& pattern, std::string_view text, F each) {
  re2::StringPiece rest(text.data(), text.size());
  re2::StringPiece group;
  while (RE2::FindAndConsume(&rest, pattern, &group)) {
    const auto begin = static_cast<std::size_t>(group.data() - text.data());
    each(begin, begin + group.size());
  }
}

void find_mail(std::string_view text, std::span<const std::string> own, Found& found) {
  static const RE2 kMail(R"(([A-Za-z0-9][A-Za-z0-9._%+-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}))");
  for_matches(kMail, text, [&](std::size_t begin, std::size_t end) {
    const auto address = text.substr(begin, end - begin);
    if (!is_example_domain(address.substr(address.find('@') + 1)) && !is_own(address, own))
      found.push_back({begin, end, "email"});
  });
}

bool is_nobodys_phone(std::string_view digits) {
  // Free-call and service numbers are a company's; 555-01xx is kept for examples (North American Numbering Plan).
  for (const std::string_view prefix : {"400", "800", "0800", "1800", "1888", "1877", "1866"}) {
    if (digits.starts_with(prefix)) return true;
  }
  const auto at = digits.size() >= 7 ? digits.size() - 7 : 0;
  return digits.size() >= 7 && digits.substr(at, 5) == "55501";
}

void find_phones(std::string_view text, Found& found) {
  static const RE2 kInternational(R"((\+[0-9][0-9 ()./-]{6,20}[0-9]))");
  static const RE2 kMobileZh(R"((1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}))");
  static const RE2 kGroups(R"((\(?[0-9]{3}\)?[ -][0-9]{3}[ -][0-9]{4}|0[0-9]{2,4}[ -/][0-9]{6,8}))");
  static const RE2 kNamed(
      R"((?i)(?:phone|tel|call|mobile|电话|手机|微信)(?:[ a-z.:：号码是]|number){0,12}([0-9][0-9 -]{5,18}[0-9]))");
  for (const RE2* pattern : {&kInternational, &kMobileZh, &kGroups, &kNamed}) {
    for_matches(*pattern, text, [&](std::size_t begin, std::size_t end) {
      const auto digits = digits_of(text.substr(begin, end - begin));
      if (digits.size() < 7 || digits.size() > 15 || !stands_alone(text, begin, end) || is_nobodys_phone(digits) ||
          is_one_digit_repeated(digits))
        return;
      found.push_back({begin, end, "phone"});
    });
  }
}

void find_numbers(std::string_view text, Found& found) {
  static const RE2 kLong(R"(([0-9](?:[ -]?[0-9]){12,18}))");
  static const RE2 kIdentity(R"(([1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx]))");
  for_matches(kIdentity, text, [&](std::size_t begin, std::size_t end) {
    if (stands_alone(text, begin, end)) found.push_back({begin, end, "identity"});
  });
  for_matches(kLong, text, [&](std::size_t begin, std::size_t end) {
    const auto digits = digits_of(text.substr(begin, end - begin));
    if (stands_alone(text, begin, end) && passes_luhn(digits) && !is_one_digit_repeated(digits))
      found.push_back({begin, end, "card"});
  });
}

void find_serials(std::string_view text, Found& found) {
  static const RE2 kNamed(
      R"((?i)(?:\bs/n|\bsn|serial(?: number| no\.?)?|imei|序列号|编号)[ :：#是为]{1,4}([A-Z0-9][A-Z0-9-]{6,24}[A-Z0-9]))");
  static const RE2 kLicence(R"(\b([A-Z0-9]{5}(?:-[A-Z0-9]{5}){4})\b)");
  for_matches(kNamed, text, [&](std::size_t begin, std::size_t end) {
    const std::string token = text::to_lower_ascii(text.substr(begin, end - begin));
    const auto digits = digits_of(token);
    const bool is_made_up = token.contains("xxx") || digits.contains("12345") || digits.contains("0000");
    if (digits.size() >= 3 && !is_made_up) found.push_back({begin, end, "serial"});
  });
  for_matches(kLicence, text, [&](std::size_t begin, std::size_t end) {
    const auto key = text.substr(begin, end - begin);
    if (!key.contains("XXXXX") && digits_of(key).size() >= 2) found.push_back({begin, end, "licence key"});
  });
}

}  // namespace

std::vector<PrivateData> find_private_data(std::string_view text, std::span<const std::string> own) {
  Found found;
  find_mail(text, own, found);
  find_numbers(text, found);
  find_serials(text, found);
  find_phones(text, found);
  // Of two at the same place the longer one, then the one whose form says more.
  std::ranges::sort(found, {},
                    [](const PrivateData& p) { return std::tuple(p.begin, -static_cast<std::int64_t>(p.end), p.kind); });
  Found out;
  for (const auto& f : found) {
    if (out.empty() || f.begin >= out.back().end) out.push_back(f);
  }
  return out;
}

std::string mask_private_data(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  for (const auto& f : find_private_data(text)) {
    out.append(text.substr(at, f.begin - at)).append(fmt::format("[{}]", f.kind));
    at = f.end;
  }
  out.append(text.substr(at));
  return out;
}

}  // namespace usher::kb
