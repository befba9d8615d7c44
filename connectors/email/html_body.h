// The HTML part of what we send, made from its text: paragraphs, line breaks and links, nothing else. Styles stand in the tags;
// there are no scripts, no forms and nothing to load from anywhere. Pure.
#pragma once
#include <string>
#include <string_view>

namespace usher::connectors::email {

// The text escaped: <p> for paragraphs, <br> for lines, numbered choices with their numbers, http and https addresses as links.
std::string html_paragraphs(std::string_view text);
// A whole document around them. `language`: "en", "zh" or empty.
std::string html_mail(std::string_view text, std::string_view language);

}  // namespace usher::connectors::email
