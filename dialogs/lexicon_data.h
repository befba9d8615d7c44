// The word lists in dialogs/lexicon/*.txt, embedded at build (embed_lexicon.cmake), as blocks. The lists are ours, so a line that
// cannot be read is a bug: a test reads them all (tests/dialogs/lexicon_test.cpp); here it is left out.
//
//   # a remark
//   [axis tight good=+]            a block begins: its kind, its name, attributes NAME=VALUE, `< CLASS` for a wider class
//   + tight | snug | won't budge   a sign or a name with a colon, then phrases between bars; inflections need not be listed
//   (words.h)
//   - loose | wobbly               The same sign may stand on several lines.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace usher::dialogs {

struct LexiconFile {
  std::string_view name, text;
};
// By name; the bytes live as long as the program.
std::span<const LexiconFile> lexicon_files();

struct LexiconLine {
  std::string_view sign;     // "+", "-", "=", "~", or the name before the colon; "" when there is neither
  std::string_view phrases;  // between bars
};
struct LexiconBlock {
  std::string_view kind, name, attributes;  // attributes: what follows the name in the brackets
  std::vector<LexiconLine> lines;

  std::string_view attribute(std::string_view name) const;  // "" when it is not there
};
struct LexiconText {
  std::vector<LexiconBlock> blocks;
  std::vector<std::string> faults;  // "line 12: …"
};
LexiconText read_lexicon(std::string_view text);
// The blocks of all embedded files, files by name, blocks as they stand.
const std::vector<LexiconBlock>& lexicon_blocks();

// Calls `f` for every phrase between bars, blanks around it cut; empty ones are left out.
template <typename F>
void each_phrase(std::string_view phrases, F&& f) {
  while (!phrases.empty()) {
    const auto bar = phrases.find('|');
    std::string_view one = phrases.substr(0, bar);
    phrases = bar == std::string_view::npos ? std::string_view{} : phrases.substr(bar + 1);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (!one.empty()) f(one);
  }
}

}  // namespace usher::dialogs
