#include "dialogs/lexicon_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace usher::dialogs {
namespace {

std::string_view trimmed(std::string_view s) {
  while (s.starts_with(' ') || s.starts_with('\t')) s.remove_prefix(1);
  while (s.ends_with(' ') || s.ends_with('\t') || s.ends_with('\r')) s.remove_suffix(1);
  return s;
}

// The next word of `s`, cut off from it.
std::string_view take_word(std::string_view& s) {
  s = trimmed(s);
  const auto end = s.find(' ');
  const std::string_view word = s.substr(0, end);
  s = end == std::string_view::npos ? std::string_view{} : trimmed(s.substr(end));
  return word;
}

}  // namespace

std::string_view LexiconBlock::attribute(std::string_view wanted) const {
  std::string_view rest = attributes;
  while (!rest.empty()) {
    const std::string_view word = take_word(rest);
    if (word == wanted) return take_word(rest);  // "< device"
    if (word.size() > wanted.size() && word.starts_with(wanted) && word[wanted.size()] == '=')
      return word.substr(wanted.size() + 1);
  }
  return {};
}

LexiconText read_lexicon(std::string_view text) {
  static constexpr std::array<std::string_view, 4> kSigns = {"+", "-", "=", "~"};
  LexiconText out;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    ++number;
    if (line.empty() || line.starts_with("# ") || line == "#") continue;
    if (line.starts_with('[')) {
      if (!line.ends_with(']')) {
        out.faults.push_back(fmt::format("line {}: the bracket is not closed", number));
        continue;
      }
      std::string_view head = line.substr(1, line.size() - 2);
      LexiconBlock& block = out.blocks.emplace_back();
      block.kind = take_word(head);
      block.name = take_word(head);
      block.attributes = head;
      continue;
    }
    if (out.blocks.empty()) {
      out.faults.push_back(fmt::format("line {}: stands before the first block", number));
      continue;
    }
    LexiconLine one{{}, line};
    if (std::ranges::find(kSigns, line.substr(0, 1)) != kSigns.end()) {
      one = {line.substr(0, 1), trimmed(line.substr(1))};
    } else if (const auto colon = line.find(": "); colon != std::string_view::npos) {
      one = {line.substr(0, colon), trimmed(line.substr(colon + 2))};
    }
    if (one.phrases.empty()) out.faults.push_back(fmt::format("line {}: no phrases", number));
    out.blocks.back().lines.push_back(one);
  }
  return out;
}

const std::vector<LexiconBlock>& lexicon_blocks() {
  static const std::vector<LexiconBlock> blocks = [] {
    std::vector<LexiconBlock> all;
    for (const LexiconFile& file : lexicon_files()) {
      for (LexiconBlock& block : read_lexicon(file.text).blocks) all.push_back(std::move(block));
    }
    return all;
  }();
  return blocks;
}

}  // namespace usher::dialogs
