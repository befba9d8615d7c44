// HTML of a mail → readable plain text, by libxml2: blocks become lines, list items "- ", links "text (url)", quotes of earlier
// mails
// "> " lines; scripts, styles and everything invisible are dropped. Pure; thread-safe; linear time, walks without recursion.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace usher::connectors::email {

struct HtmlText {
  std::string text;               // at most max_bytes
  std::vector<std::string> cids;  // Content-IDs of pictures shown in the text
  bool is_cut = false;            // over max_bytes, or nested so deep that only a rough reading was possible
};

// `html` is valid UTF-8.
HtmlText html_to_text(std::string_view html, std::size_t max_bytes);

// The charset an HTML document declares for itself in its first KiB, or empty: weaker than a MIME label.
std::string html_declared_charset(std::string_view bytes);

}  // namespace usher::connectors::email
