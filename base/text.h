// Unicode text, by ICU: validation, normalisation, case folding, cutting. All strings are UTF-8.
// Pure functions; thread-safe; never throw.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace usher::text {

bool is_valid_utf8(std::string_view bytes);
// Invalid sequences become U+FFFD; NUL and other C0 controls except \t \n \r are removed.
std::string to_valid_utf8(std::string_view bytes);

// NFKC + case folding, full-width to half-width: the form in which words are compared.
std::string fold(std::string_view utf8);
std::string trim(std::string_view utf8);          // Unicode white space at both ends
std::string collapse_spaces(std::string_view s);  // runs of white space become one space, trimmed

std::size_t length(std::string_view utf8);                            // in code points
std::string cut(std::string_view utf8, std::size_t max_code_points);  // ends in "…" when something was cut

// "zh" when Han characters dominate the letters, else "en". Fast, by script counting, good enough to choose a language to answer
// in.
std::string guess_language(std::string_view utf8);

std::string html_escape(std::string_view utf8);  // & < > " '
// Appends `utf8` as a JSON string with its quotes (RFC 8259 §7); what is not valid UTF-8 becomes U+FFFD. For what is written so
// often or so long that a tree of JSON values would cost more than the work itself.
void append_json_string(std::string& out, std::string_view utf8);
std::string url_encode(std::string_view bytes);                             // RFC 3986 unreserved kept
std::string url_decode(std::string_view text, bool plus_is_space = false);  // bad escapes are kept literally
std::vector<std::string> split(std::string_view s, char separator);
bool iequals_ascii(std::string_view a, std::string_view b);
std::string to_lower_ascii(std::string_view s);

// Damerau-Levenshtein distance (adjacent transpositions count once) in code points; stops early and returns limit+1 when above
// `limit`.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);
// The closest of `candidates` within distance 3 (and at most half the length), or empty. For "did you mean".
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace usher::text
