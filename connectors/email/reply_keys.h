// Lines of mail as they are compared (keys), and what dates and times look like in them. For reply_lines and reply_introduction.
// Pure.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace usher::connectors::email {

constexpr std::size_t kMaxLookBytes = 400;  // of a line that are looked at

// Appends the key of a line to `keys` and returns it: lower case, also "É", "Ж" and "Σ"; without leading quote marks, blanks and
// the stars of bold text, and without marks that are not seen; Arabic digits as ours; wide and no-break spaces (QQ sends them as
// "&nbsp;") as blanks.
// Never longer than the line.
std::string_view append_key(std::string& keys, std::string_view line);

bool is_digit(char c);
bool has_time(std::string_view key);          // hh:mm, hh.mm or hhhmm
bool has_year(std::string_view key);          // 1900 to 2099
bool has_date(std::string_view key);          // a year, or "20.11.26", "20/11/26"
bool starts_with_date(std::string_view key);  // "2016-03-03 …" or "2013/7/20 …"
// The key without the colons, rules and blanks at its end, and which of them there were.
std::string_view strip_end(std::string_view key, bool& has_colon, bool& has_dashes);

}  // namespace usher::connectors::email
