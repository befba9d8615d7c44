#include "kb/speller.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"

namespace usher::kb {
namespace {

constexpr std::size_t kEnd = 26;
constexpr std::size_t kFreeEdits = 5;  // letters from which on any edit is tried, not only a swap

bool is_plain(std::string_view word) {
  return std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
}

template <class Visit>
void for_each_pair(std::string_view word, Visit visit) {
  std::size_t previous = kEnd;
  for (const char c : word) {
    const auto letter = static_cast<std::size_t>(c - 'a');
    visit(previous * (kEnd + 1) + letter);
    previous = letter;
  }
  visit(previous * (kEnd + 1) + kEnd);
}

}  // namespace

Speller::Speller(std::vector<Word> words) : words_(std::move(words)) {
  std::erase_if(words_, [](const Word& w) {
    return w.text.size() + 1 < kMinLength || w.text.size() > kMaxLength + 2 || !is_plain(w.text);
  });
  std::ranges::sort(words_, {}, &Word::text);
  pair_begin_.assign(kAlphabet * kAlphabet + 1, 0);
  for (const Word& word : words_) for_each_pair(word.text, [this](std::size_t pair) { ++pair_begin_[pair + 1]; });
  for (std::size_t i = 1; i < pair_begin_.size(); ++i) pair_begin_[i] += pair_begin_[i - 1];
  pair_words_.resize(pair_begin_.back());
  std::vector<std::uint32_t> next(pair_begin_.begin(), pair_begin_.end() - 1);
  for (std::size_t i = 0; i < words_.size(); ++i) {
    for_each_pair(words_[i].text, [&](std::size_t pair) { pair_words_[next[pair]++] = static_cast<std::uint32_t>(i); });
  }
}

const Speller::Word* Speller::nearest(std::string_view word) const {
  if (word.size() < kMinLength || word.size() > kMaxLength || !is_plain(word)) return nullptr;
  const auto known = std::ranges::lower_bound(words_, word, {}, [](const Word& w) { return std::string_view(w.text); });
  if (known != words_.end() && known->text == word) return nullptr;
  const std::size_t limit = word.size() >= 8 ? 2 : 1;
  std::vector<std::uint8_t> shared(words_.size(), 0);
  for_each_pair(word, [&](std::size_t pair) {
    for (std::uint32_t i = pair_begin_[pair]; i < pair_begin_[pair + 1]; ++i) {
      if (std::uint8_t& count = shared[pair_words_[i]]; count < 255) ++count;
    }
  });
  // One edit destroys at most three pairs (a transposition does) of the word's size + 1.
  const auto needed = static_cast<std::uint8_t>(std::max<std::size_t>(word.size() + 1 - std::min(word.size(), 3 * limit), 1));
  const Word* best = nullptr;
  std::tuple<std::size_t, bool, std::uint32_t> best_key;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (shared[i] < needed) continue;
    const Word& candidate = words_[i];
    if (candidate.text.size() + limit < word.size() || candidate.text.size() > word.size() + limit) continue;
    const std::size_t distance = text::edit_distance(word, candidate.text, limit);
    if (distance > limit) continue;
    if (word.size() < kFreeEdits && !std::ranges::is_permutation(word, candidate.text)) continue;
    // Nearest first; people rarely miss the first letter; then the commoner word.
    const std::tuple key(distance, candidate.text[0] != word[0], ~candidate.frequency);
    if (best == nullptr || key < best_key) {
      best = &candidate;
      best_key = key;
    }
  }
  return best;
}

}  // namespace usher::kb
