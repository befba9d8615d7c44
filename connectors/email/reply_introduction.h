// What mail programs put above the mail they quote, in many languages: "On … wrote:" and blocks of "From: … Sent: … To: …". For
// reply_lines and reply_text. Pure; the lines are keys (reply_keys.h).
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace usher::connectors::email {

// How many lines the introduction beginning at `at` takes, at most six; 0 when there is none.
std::size_t attribution_lines(const std::vector<std::string_view>& keys, std::size_t at);

// How many lines the header block beginning at `at` takes; 0 when there is none. Three labels in a row make one.
std::size_t header_block_lines(const std::vector<std::string_view>& keys, std::size_t at);

// Where in a line (as written) an introduction begins behind words of the answer ("Thanks! On 20 Nov 2026 at 11:02, a@b wrote:":
// HTML made text without a line break); 0 when there is none. It names a date and an address; what stands before does not.
std::size_t inner_introduction(std::string_view line);

}  // namespace usher::connectors::email
