// Markdown (cmark-gfm) → safe HTML and → plain text for channels without markup. Raw HTML is dropped; links and pictures keep
// only http, https, mailto, tel and relative addresses (javascript:, data:, vbscript: … are emptied). Tables are left as text
// when the input has more than 2,000 "|" (cmark-gfm 0.29.0.gfm.6 needs quadratic time there). Pure; thread-safe; never throws.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::kb {

// What the address of a link or picture becomes where the text is shown. Empty: only its words are left.
using Address = std::function<std::string(std::string_view address, bool is_picture)>;

// `address` empty: addresses stay as they are written.
std::string to_html(std::string_view markdown, const Address& address = {});
// Lists keep their numbers ("1. "), bullets are "• ", links become "text (url)", code stays as it is, paragraphs are separated by
// a blank line, table rows are "cell | cell". No trailing white space.
std::string to_plain_text(std::string_view markdown, const Address& address = {});

struct Heading {
  int line = 1;      // of the Markdown, from 1
  int end_line = 1;  // last line of the heading itself (2 for underlined ones)
  std::string text;  // plain
};
// The headings of `level` (1–6) at the top of the document, in order; those inside code blocks or quotes do not count.
std::vector<Heading> headings(std::string_view markdown, int level);

}  // namespace usher::kb
