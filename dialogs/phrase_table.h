// Phrases of canonical words → values, found in a message left to right, the longest phrase at each place. Filled once, then
// frozen; reading is linear in the message: phrases are kept by their first word, long ones first. Thread-safe once frozen.
#pragma once
#include <algorithm>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dialogs/words.h"

namespace usher::dialogs {

template <typename T>
class PhraseTable {
 public:
  // The value of a phrase, made where it is new; nullptr for a phrase without words. Not after freeze(). Valid until the next
  // at().
  T* at(Phrase phrase) {
    if (phrase.empty()) return nullptr;
    auto& list = by_first_word_[phrase.front()];
    for (auto& [known, value] : list) {
      if (known == phrase) return &value;
    }
    return &list.emplace_back(std::move(phrase), T{}).second;
  }
  void freeze() {
    for (auto& [first, list] : by_first_word_) {
      std::ranges::sort(list, std::ranges::greater{}, [](const auto& k) { return k.first.size(); });
    }
  }
  // Calls f(phrase, value) for each, in no order.
  template <typename F>
  void each(F&& f) {
    for (auto& [first, list] : by_first_word_) {
      for (auto& [phrase, value] : list) f(phrase, value);
    }
  }
  const T* find(const Phrase& phrase) const {
    if (phrase.empty()) return nullptr;
    const auto it = by_first_word_.find(phrase.front());
    if (it == by_first_word_.end()) return nullptr;
    for (const auto& [known, value] : it->second) {
      if (known == phrase) return &value;
    }
    return nullptr;
  }
  // Calls f(begin, end, value) for each phrase found; no overlaps.
  template <typename F>
  void scan(const Message& message, F&& f) const {
    const auto& words = message.words;
    for (std::size_t i = 0; i < words.size();) {
      const auto* match = longest(words, i);
      if (match == nullptr) {
        ++i;
        continue;
      }
      f(i, i + match->first.size(), match->second);
      i += match->first.size();
    }
  }

 private:
  const std::pair<Phrase, T>* longest(const std::vector<Word>& words, std::size_t at) const {
    if (words[at].kind == Word::Kind::kBreak) return nullptr;
    const auto it = by_first_word_.find(words[at].text);
    if (it == by_first_word_.end()) return nullptr;
    for (const auto& known : it->second) {
      if (at + known.first.size() <= words.size() &&
          std::equal(known.first.begin(), known.first.end(), words.begin() + static_cast<std::ptrdiff_t>(at),
                     [](const std::string& a, const Word& b) { return b.is(a); }))
        return &known;
    }
    return nullptr;
  }
  std::unordered_map<std::string, std::vector<std::pair<Phrase, T>>> by_first_word_;
};

}  // namespace usher::dialogs
