// Chinese words by how they sound: whoever types pinyin picks the wrong characters now and then ("兰屏" for 蓝屏), or loses, adds
// or changes one of a long word. For "did you mean" only; what is searched for stays what was typed. Immutable; thread-safe.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace usher::kb {

// The sound of each Chinese character, without tones and without what many speakers do not tell apart (zh/z, ch/c, sh/s, ng/n),
// by ICU's Han-Latin. Thread-safe; remembers what it was asked, because ICU takes some 40 µs a character, and 0.1 s at first.
class Pinyin {
 public:
  Pinyin();
  ~Pinyin();
  Pinyin(const Pinyin&) = delete;
  Pinyin& operator=(const Pinyin&) = delete;
  static const Pinyin& shared();
  // Of all characters in `text`, each followed by a space; empty when one has none.
  std::string of(std::u32string_view text) const;

 private:
  struct Impl;
  Impl* impl_;
};

// Whether some article has this text of two and more Chinese characters, as a word or, two of them, side by side.
using IsKnown = std::function<bool(std::string_view)>;
// Whether two Chinese characters stand side by side in `text` that do so nowhere else: else it is as people write, and stays.
bool has_odd_pair(std::string_view text, const IsKnown& is_known);

class SoundAlikes {
 public:
  struct Word {
    std::string text;
    std::uint32_t frequency;  // the commoner one is meant
  };
  static constexpr std::size_t kShortest = 2, kLongest = 6;  // characters
  // What is not kShortest to kLongest Chinese characters is left out.
  explicit SoundAlikes(std::vector<Word> words);
  // The text with what is around odd pairs replaced by words that sound like it. Only what falls apart
  // into single characters is: a word of the language may be meant, and words side by side sound like anything. Null when nothing
  // is replaced. `text` is folded (Analyzer::fold).
  std::optional<std::string> corrected(std::string_view text, const IsKnown& is_known) const;

 private:
  struct Entry {
    std::u32string text;
    std::uint32_t frequency;
  };
  const Entry* nearest(std::u32string_view typed) const;

  std::vector<Entry> words_;
  std::unordered_multimap<std::string, std::size_t> by_sound_;
};

}  // namespace usher::kb
