// Markdown (cmark-gfm) → safe HTML and → plain text for channels without markup. Raw HTML is dropped, javascript: and data: links are
// emptied. Pure; never throws.
#pragma once
#include <string>
#include <string_view>

namespace usher::kb {

std::string to_html(std::string_view markdown);
std::string to_plain_text(std::string_view markdown);  // lists keep their numbers, links become "text (url)"

}  // namespace usher::kb
