// Phrases of canonical words → values, found in a message left to right, the longest phrase at each place. Filled once; reading
// takes the time of the message, however many phrases there are: they share a tree of words. Thread-safe once filled.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dialogs/words.h"

namespace usher::dialogs {

template <typename T>
class PhraseTable {
 public:
  // The value of a phrase, made where it is new; nullptr for a phrase without words. Valid until the next at().
  T* at(const Phrase& phrase) {
    if (phrase.empty()) return nullptr;
    std::uint32_t node = 0;
    for (const std::string& word : phrase) {
      const auto number = numbers_.try_emplace(word, static_cast<std::uint32_t>(numbers_.size())).first->second;
      node = edges_.try_emplace(edge(node, number), static_cast<std::uint32_t>(edges_.size() + 1)).first->second;
    }
    if (entry_of_.size() <= node) entry_of_.resize(node + 1U, kNone);
    if (entry_of_[node] == kNone) {
      entry_of_[node] = static_cast<std::uint32_t>(entries_.size());
      entries_.emplace_back();
    }
    return &entries_[entry_of_[node]];
  }
  // Calls f(phrase, value) for each, in the order they were made. The phrases are not kept, but put together from the tree.
  template <typename F>
  void each(F&& f) {
    std::vector<const std::string*> words(numbers_.size());
    for (const auto& [word, number] : numbers_) words[number] = &word;
    std::vector<std::uint64_t> way(edges_.size() + 1);  // to a node: the edge that leads there
    for (const auto& [from, to] : edges_) way[to] = from;
    std::vector<Phrase> phrases(entries_.size());
    for (std::uint32_t node = 1; node < entry_of_.size(); ++node) {
      if (entry_of_[node] == kNone) continue;
      Phrase& phrase = phrases[entry_of_[node]];
      for (std::uint32_t at = node; at != 0; at = static_cast<std::uint32_t>(way[at] >> 32))
        phrase.push_back(*words[static_cast<std::uint32_t>(way[at])]);
      std::ranges::reverse(phrase);
    }
    for (std::size_t i = 0; i < entries_.size(); ++i) f(phrases[i], entries_[i]);
  }
  const T* find(const Phrase& phrase) const {
    std::uint32_t node = 0;
    for (const std::string& word : phrase) {
      const auto number = numbers_.find(word);
      if (number == numbers_.end() || !step(node, number->second)) return nullptr;
    }
    const std::uint32_t entry = phrase.empty() ? kNone : entry_at(node);
    return entry == kNone ? nullptr : &entries_[entry];
  }
  // Calls f(begin, end, value) for each phrase found; no overlaps.
  template <typename F>
  void scan(const Message& message, F&& f) const {
    const std::vector<std::uint32_t> words = numbers_of(message);
    for (std::size_t begin = 0; begin < words.size();) {
      std::uint32_t node = 0, longest = kNone;
      std::size_t after = begin + 1;
      for (std::size_t i = begin; i < words.size() && words[i] != kNone && step(node, words[i]); ++i) {
        if (const std::uint32_t entry = entry_at(node); entry != kNone) longest = entry, after = i + 1;
      }
      if (longest != kNone) f(begin, after, entries_[longest]);
      begin = after;
    }
  }
  // All phrases at each place, the short ones first. Words `light(word)` is true of may stand between those of a phrase.
  template <typename Light, typename F>
  void scan_all(const Message& message, Light&& light, F&& f) const {
    const std::vector<std::uint32_t> words = numbers_of(message);
    std::vector<std::uint32_t> open, next;  // nodes of phrases begun
    for (std::size_t begin = 0; begin < words.size(); ++begin) {
      open.assign(1, 0);
      for (std::size_t i = begin; i < words.size() && !open.empty() && message.words[i].kind != Word::Kind::kBreak; ++i) {
        next.clear();
        if (i > begin && light(message.words[i])) next = open;
        for (std::uint32_t node : open) {
          if (words[i] == kNone || !step(node, words[i])) continue;
          if (const std::uint32_t entry = entry_at(node); entry != kNone) f(begin, i + 1, entries_[entry]);
          next.push_back(node);
        }
        open.swap(next);
      }
    }
  }

 private:
  static constexpr std::uint32_t kNone = ~0U;

  std::vector<std::uint32_t> numbers_of(const Message& message) const {
    std::vector<std::uint32_t> words;
    words.reserve(message.words.size());
    for (const Word& word : message.words) {
      const auto number = word.kind == Word::Kind::kBreak ? numbers_.end() : numbers_.find(word.text);
      words.push_back(number == numbers_.end() ? kNone : number->second);
    }
    return words;
  }

  static std::uint64_t edge(std::uint32_t node, std::uint32_t word) { return std::uint64_t{node} << 32 | word; }
  bool step(std::uint32_t& node, std::uint32_t word) const {
    const auto next = edges_.find(edge(node, word));
    if (next == edges_.end()) return false;
    node = next->second;
    return true;
  }
  std::uint32_t entry_at(std::uint32_t node) const { return node < entry_of_.size() ? entry_of_[node] : kNone; }

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view word) const { return std::hash<std::string_view>()(word); }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;  // of words
  std::unordered_map<std::uint64_t, std::uint32_t> edges_;  // from a node, by a word, to the next node; 0: the root
  std::vector<std::uint32_t> entry_of_;                     // by node
  std::vector<T> entries_;
};

}  // namespace usher::dialogs
