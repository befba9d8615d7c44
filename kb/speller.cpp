#include "kb/speller.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/text.h"

namespace usher::kb {
namespace {

constexpr std::size_t kEnd = 26;
constexpr std::size_t kFreeEdits = 5;  // letters from which on any edit is tried, not only a swap

constexpr std::size_t kSwaps = 5;    // characters of a code from which on neighbours may be swapped: E-220 is none of E-202
constexpr std::size_t kAnyEdit = 7;  // characters of a code from which on any one edit is tried

bool is_plain(std::string_view word) {
  return std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_code(std::string_view word) {
  return std::ranges::any_of(word, is_digit) &&
         std::ranges::all_of(word, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); });
}

std::uint32_t hash(std::string_view a, std::string_view b) {
  std::uint32_t h = 2166136261U;
  for (const std::string_view part : {a, b}) {
    for (const char c : part) h = (h ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  return h;
}

// The character a hurried reader takes it for: "E2O4" is "E204".
char looks_like(char c) {
  switch (c) {
    case 'o':
      return '0';
    case 'i':
    case 'l':
      return '1';
    case 'z':
      return '2';
    case 's':
      return '5';
    case 'b':
      return '8';
    default:
      return c;
  }
}

// Whether one slip of the hand or the eye makes `typed` of `meant`; both may be meant as they stand when this is false.
bool is_slip(std::string_view typed, std::string_view meant) {
  const std::string_view body = meant.starts_with("0x") ? meant.substr(2) : meant;
  if (typed.size() == meant.size()) {
    if (std::ranges::equal(typed, meant, {}, looks_like, looks_like)) return true;
    const auto [a, b] = std::ranges::mismatch(typed, meant);
    const auto at = static_cast<std::size_t>(a - typed.begin());
    if (body.size() < kSwaps || at + 1 > typed.size()) return false;
    const bool swapped = at + 1 < typed.size() && typed[at] == meant[at + 1] && typed[at + 1] == meant[at] &&
                         typed.substr(at + 2) == meant.substr(at + 2);
    return swapped || (body.size() >= kAnyEdit && typed.substr(at + 1) == meant.substr(at + 1));
  }
  if (body.size() < 4) return false;
  const std::string_view longer = typed.size() > meant.size() ? typed : meant;
  const std::string_view shorter = typed.size() > meant.size() ? meant : typed;
  if (longer.size() != shorter.size() + 1) return false;
  const auto at = static_cast<std::size_t>(std::ranges::mismatch(longer, shorter).in1 - longer.begin());
  if (longer.substr(at + 1) != shorter.substr(at)) return false;
  const bool doubled = at > 0 && longer[at] == longer[at - 1];
  return doubled || body.size() >= kAnyEdit;
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

Speller::Speller(std::vector<Word> words) {
  for (Word& word : words) {
    if (word.text.size() > kMaxLength + 2) continue;
    if (is_plain(word.text)) {
      if (word.text.size() + 1 >= kMinLength) words_.push_back(std::move(word));
    } else if (word.text.size() >= 2 && is_code(word.text)) {
      codes_.push_back(std::move(word));
    }
  }
  index_words();
  index_codes();
}

void Speller::index_words() {
  std::ranges::sort(words_, {}, &Word::text);
  pair_begin_.assign(kAlphabet * kAlphabet + 1, 0);
  for (const Word& word : words_) for_each_pair(word.text, [this](std::size_t pair) { ++pair_begin_[pair + 1]; });
  for (std::size_t i = 1; i < pair_begin_.size(); ++i) pair_begin_[i] += pair_begin_[i - 1];
  pair_words_.resize(pair_begin_.back());
  std::vector<std::uint32_t> next(pair_begin_.begin(), pair_begin_.end() - 1);
  for (std::size_t i = 0; i < words_.size(); ++i) {
    for_each_pair(words_[i].text, [&](std::size_t pair) { pair_words_[next[pair]++] = static_cast<std::uint32_t>(i); });
  }
  for (std::size_t pair = 0; pair + 1 < pair_begin_.size(); ++pair)
    std::ranges::sort(words_with(pair), {}, [this](std::uint32_t i) { return std::pair(words_[i].text.size(), i); });
}

// Two codes one edit apart become the same when each, or one of them, loses the right character.
void Speller::index_codes() {
  std::ranges::sort(codes_, {}, &Word::text);
  for (std::uint32_t i = 0; i < codes_.size(); ++i) {
    const std::string_view code = codes_[i].text;
    shortened_.emplace_back(hash(code, ""), i);
    std::string seen(code);
    std::ranges::transform(seen, seen.begin(), looks_like);
    if (seen != code) shortened_.emplace_back(hash(seen, ""), i);
    for (std::size_t at = 0; at < code.size(); ++at) {
      if (at == 0 || code[at] != code[at - 1]) shortened_.emplace_back(hash(code.substr(0, at), code.substr(at + 1)), i);
    }
  }
  std::ranges::sort(shortened_);
  shortened_.shrink_to_fit();
}

const Speller::Word* Speller::nearest_code(std::string_view code) const {
  if (code.size() < 2 || code.size() > kMaxLength) return nullptr;
  const auto known = std::ranges::lower_bound(codes_, code, {}, [](const Word& w) { return std::string_view(w.text); });
  if (known != codes_.end() && known->text == code) return nullptr;
  const Word* best = nullptr;
  bool unique = true;
  const auto look = [&](std::string_view a, std::string_view b) {
    const std::uint32_t key = hash(a, b);
    for (auto entry = std::ranges::lower_bound(shortened_, std::pair(key, 0U)); entry != shortened_.end() && entry->first == key;
         ++entry) {
      const Word& candidate = codes_[entry->second];
      if (&candidate == best || !is_slip(code, candidate.text)) continue;
      if (best != nullptr) unique = false;
      best = &candidate;
    }
  };
  look(code, "");
  std::string seen(code);
  std::ranges::transform(seen, seen.begin(), looks_like);
  look(seen, "");
  for (std::size_t at = 0; at < code.size(); ++at) look(code.substr(0, at), code.substr(at + 1));
  return unique ? best : nullptr;
}

const Speller::Word* Speller::nearest(std::string_view word) const {
  if (word.size() < kMinLength || word.size() > kMaxLength || !is_plain(word)) return nullptr;
  const auto known = std::ranges::lower_bound(words_, word, {}, [](const Word& w) { return std::string_view(w.text); });
  if (known != words_.end() && known->text == word) return nullptr;
  const std::size_t limit = word.size() >= 8 ? 2 : 1;
  // One edit destroys at most three pairs (a transposition does) of the word's size + 1.
  const auto needed = static_cast<std::uint8_t>(std::max<std::size_t>(word.size() + 1 - std::min(word.size(), 3 * limit), 1));
  // One per thread, all zero between two calls: what was counted is taken back, a fresh one would have to be cleared.
  thread_local std::vector<std::uint8_t> shared;
  if (shared.size() < words_.size()) shared.resize(words_.size());
  std::vector<std::uint32_t> near;
  std::array<std::span<const std::uint32_t>, kMaxLength + 1> lists;
  std::size_t pairs = 0;
  const auto size_of = [this](std::uint32_t i) { return words_[i].text.size(); };
  for_each_pair(word, [&](std::size_t pair) {
    const auto all = words_with(pair);
    lists[pairs++] = {std::ranges::lower_bound(all, word.size() - limit, {}, size_of),
                      std::ranges::upper_bound(all, word.size() + limit, {}, size_of)};
  });
  const auto list = std::span(lists).first(pairs);
  for (const auto words : list) {
    for (const std::uint32_t i : words) {
      if (++shared[i] == needed) near.push_back(i);
    }
  }
  for (const auto words : list) {
    for (const std::uint32_t i : words) shared[i] = 0;
  }
  std::ranges::sort(near);
  const Word* best = nullptr;
  std::tuple<std::size_t, bool, std::uint32_t> best_key;
  for (const std::uint32_t i : near) {
    const Word& candidate = words_[i];
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
