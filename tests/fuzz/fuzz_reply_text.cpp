// Arbitrary bytes as the text of a mail, and as its HTML. What is cut out of it is valid UTF-8 and consists of lines of the
// original, the reply's in their order; it is never empty while there are words; line ends make no difference.
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "connectors/email/html_text.h"
#include "connectors/email/reply_introduction.h"
#include "connectors/email/reply_text.h"

namespace {

using namespace usher;

std::string_view without_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
  return line;
}

template <class F>
void each_line(std::string_view text, F use) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    use(without_end(text.substr(0, end)));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
}

void check(const std::string& whole) {
  const auto split = connectors::email::split_reply(whole);
  std::vector<std::string_view> lines;
  each_line(whole, [&](std::string_view line) {
    // An introduction on the line of the answer makes two lines of it.
    if (const auto at = line.starts_with('>') ? 0 : connectors::email::inner_introduction(line); at > 0) {
      lines.push_back(without_end(line.substr(0, line.find_last_not_of("- ", at - 1) + 1)));
      line.remove_prefix(at);
    }
    lines.push_back(line);
  });
  const std::set<std::string_view> known(lines.begin(), lines.end());
  for (const auto* part : {&split.reply, &split.quoted, &split.signature}) {
    USHER_CHECK(text::is_valid_utf8(*part), "a part is valid UTF-8");
    USHER_CHECK(part->size() <= whole.size() + 1, "a part is no longer than the whole");
    each_line(*part, [&](std::string_view line) {
      USHER_CHECK(line.empty() || known.contains(line), "a part consists of lines of the whole");
    });
  }
  auto at = lines.begin();
  each_line(split.reply, [&](std::string_view line) {
    at = std::find(at, lines.end(), line);
    USHER_CHECK(at != lines.end(), "the lines of the reply are in their order");
    ++at;
  });
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (std::any_of(whole.begin(), whole.end(), is_letter))
    USHER_CHECK(!text::trim(split.reply).empty(), "where there are words there is a reply");

  std::string crlf;
  for (char c : whole) {
    if (c == '\n') crlf += '\r';
    crlf += c;
  }
  const auto again = connectors::email::split_reply(crlf);
  USHER_CHECK(again.reply == split.reply && again.quoted == split.quoted && again.signature == split.signature,
              "line ends make no difference");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto whole = text::to_valid_utf8(std::string_view(reinterpret_cast<const char*>(data), size));
  check(whole);
  if (whole.find('<') == std::string::npos) return 0;
  for (const std::size_t room : {std::size_t{64}, std::size_t{65'536}}) {
    const auto html = connectors::email::html_to_text(whole, room);
    USHER_CHECK(html.text.size() <= room, "the text keeps the limit");
    USHER_CHECK(text::is_valid_utf8(html.text), "the text is valid UTF-8");
    for (const auto& cid : html.cids) USHER_CHECK(cid.size() <= whole.size(), "a Content-ID stands in the HTML");
    check(html.text);
  }
  return 0;
}
