#include "dialogs/triggers.h"

#include <algorithm>

#include "dialogs/pattern_words.h"

namespace usher::dialogs {
namespace {

std::uint16_t two_bytes(std::string_view s, std::size_t at) {
  return static_cast<std::uint16_t>((static_cast<unsigned char>(s[at]) << 8U) | static_cast<unsigned char>(s[at + 1]));
}

}  // namespace

Triggers::Triggers(const std::map<std::string, Script>& scripts) : scripts_(scripts.size()) {
  std::uint32_t number = 0;
  for (const auto& [name, script] : scripts) {
    for (std::uint32_t i = 0; i < script.trigger.keys.size(); ++i) {
      const Phrase& phrase = script.trigger.keys[i];
      if (phrase.empty()) continue;
      const auto [it, fresh] = by_word_.emplace(phrase.front(), firsts_.size());
      if (fresh) firsts_.push_back({phrase.front(), {}});
      firsts_[it->second].phrases.push_back({number, i, 0});
    }
    ++number;
  }
  for (std::size_t i = 0; i < firsts_.size(); ++i) {
    const std::string& word = firsts_[i].word;
    const char first = word.front();
    if (first >= '0' && first <= '9') numbers_.push_back(i);
    if (word.size() >= 3) by_byte_[static_cast<unsigned char>(first)].push_back(i);
  }
  index_patterns(scripts);
}

void Triggers::index_patterns(const std::map<std::string, Script>& scripts) {
  std::map<std::string, std::vector<Pattern>> pieces;
  std::uint32_t number = 0;
  for (const auto& [name, script] : scripts) {
    for (std::uint32_t i = 0; i < script.trigger.patterns.size(); ++i) {
      const auto needed = words_needed(script.trigger.patterns[i]);
      if (needed.empty()) always_.push_back({number, i});
      for (const std::string& piece : needed) pieces[piece].push_back({number, i});
    }
    ++number;
  }
  begins_.assign(1U << 16U, false);
  for (auto& [text, patterns] : pieces) {
    const std::uint16_t bytes = two_bytes(text, 0);
    const auto at = static_cast<std::uint32_t>(pieces_.size());
    begins_[bytes] = true;
    by_bytes_.try_emplace(bytes, at, at).first->second.second = at + 1;
    pieces_.push_back({text, std::move(patterns)});
  }
}

std::vector<Triggers::Pattern> Triggers::may_match(std::string_view folded) const {
  std::vector<Pattern> out = always_;
  std::vector<bool> seen(pieces_.size());
  for (std::size_t i = 0; i + 1 < folded.size(); ++i) {
    const std::uint16_t bytes = two_bytes(folded, i);
    if (!begins_[bytes]) continue;
    const auto [from, to] = by_bytes_.at(bytes);
    for (std::uint32_t k = from; k < to; ++k) {
      if (seen[k] || !folded.substr(i).starts_with(pieces_[k].text)) continue;
      seen[k] = true;
      out.insert(out.end(), pieces_[k].patterns.begin(), pieces_[k].patterns.end());
    }
  }
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

std::vector<Triggers::Place> Triggers::begins(const Message& message) const {
  std::vector<Place> out;
  for (std::uint32_t at = 0; at < message.words.size(); ++at) {
    const Word& word = message.words[at];
    if (word.kind == Word::Kind::kBreak) continue;
    auto add = [&](std::size_t first) {
      for (Place place : firsts_[first].phrases) {
        place.begin = at;
        out.push_back(place);
      }
    };
    const auto exact = by_word_.find(word.text);
    const std::size_t same = exact == by_word_.end() ? firsts_.size() : exact->second;
    if (same < firsts_.size()) add(same);
    auto add_like = [&](const std::vector<std::size_t>& firsts) {
      for (const std::size_t first : firsts) {
        bool typo = false;
        if (first != same && same_word(word, firsts_[first].word, true, typo)) add(first);
      }
    };
    add_like(numbers_);
    const char byte = word.text.front();
    const bool number_too = byte >= '0' && byte <= '9';  // looked at already
    if (word.kind == Word::Kind::kLatin && !number_too) add_like(by_byte_[static_cast<unsigned char>(byte)]);
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace usher::dialogs
