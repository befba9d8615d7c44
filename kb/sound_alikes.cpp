#include "kb/sound_alikes.h"

#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#include "kb/words.h"

namespace usher::kb {
namespace {

constexpr std::size_t kMaxCharacters = 400;  // of a text that are looked at: a question, not a page

bool is_han(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF);
}

std::u32string wide(std::string_view text) {
  const icu::UnicodeString units =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  std::u32string out;
  for (std::int32_t i = 0; i < units.length(); i = units.moveIndex32(i, 1)) out += static_cast<char32_t>(units.char32At(i));
  return out;
}

std::string narrow(std::u32string_view text) {
  icu::UnicodeString units;
  for (const char32_t c : text) units.append(static_cast<UChar32>(c));
  std::string out;
  units.toUTF8String(out);
  return out;
}

// "zhuang" and "zuan" are one sound to many who type.
std::string plain(std::string sound) {
  if (sound.size() > 2 && (sound[0] == 'z' || sound[0] == 'c' || sound[0] == 's') && sound[1] == 'h') sound.erase(1, 1);
  if (sound.ends_with("ng")) sound.pop_back();
  return sound;
}

// By character: this one and the next stand side by side nowhere.
std::vector<bool> odd_pairs(std::u32string_view all, const IsKnown& is_known) {
  std::vector<bool> is_odd(all.size(), false);
  for (std::size_t i = 0; i + 1 < std::min(all.size(), kMaxCharacters); ++i)
    is_odd[i] = is_han(all[i]) && is_han(all[i + 1]) && !is_known(narrow(all.substr(i, 2)));
  return is_odd;
}

// By character: where the word ends that begins here, by ICU's dictionary; the character's own place inside a word.
std::vector<std::size_t> word_ends(std::u32string_view all) {
  std::vector<std::size_t> ends(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) ends[i] = i;
  icu::UnicodeString units;
  std::vector<std::size_t> at_unit;  // UTF-16 unit → character
  for (std::size_t i = 0; i < all.size(); ++i) {
    units.append(static_cast<UChar32>(all[i]));
    at_unit.resize(static_cast<std::size_t>(units.length()), i);
  }
  at_unit.push_back(all.size());
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> breaks(icu::BreakIterator::createWordInstance(icu::Locale::getChinese(), status));
  if (U_FAILURE(status) != 0) return ends;
  breaks->setText(units);
  std::int32_t from = breaks->first();
  for (std::int32_t to = breaks->next(); to != icu::BreakIterator::DONE; from = to, to = breaks->next())
    ends[at_unit[static_cast<std::size_t>(from)]] = at_unit[static_cast<std::size_t>(to)];
  return ends;
}

}  // namespace

bool has_odd_pair(std::string_view text, const IsKnown& is_known) {
  const std::vector<bool> is_odd = odd_pairs(wide(text), is_known);
  return std::ranges::find(is_odd, true) != is_odd.end();
}

struct Pinyin::Impl {
  std::mutex mutex;
  std::unique_ptr<icu::Transliterator> sounds;  // made when first needed; null when ICU has none
  bool is_made = false;
  std::unordered_map<char32_t, std::string> known;

  const std::string& of(char32_t c) {
    const auto [at, is_new] = known.try_emplace(c);
    if (!is_new) return at->second;
    if (!is_made) {
      UErrorCode status = U_ZERO_ERROR;
      sounds.reset(icu::Transliterator::createInstance("Han-Latin; Latin-ASCII; Lower", UTRANS_FORWARD, status));
      if (U_FAILURE(status) != 0) sounds.reset();
      is_made = true;
    }
    if (!sounds) return at->second;
    icu::UnicodeString text(static_cast<UChar32>(c));
    sounds->transliterate(text);
    std::string sound;
    text.toUTF8String(sound);
    if (std::ranges::all_of(sound, [](char l) { return l >= 'a' && l <= 'z'; })) at->second = plain(std::move(sound));
    return at->second;
  }
};

Pinyin::Pinyin() : impl_(new Impl) {}
Pinyin::~Pinyin() {
  delete impl_;
}

const Pinyin& Pinyin::shared() {
  static const Pinyin pinyin;
  return pinyin;
}

std::string Pinyin::of(std::u32string_view text) const {
  const std::lock_guard lock(impl_->mutex);
  std::string all;
  for (const char32_t c : text) {
    const std::string& sound = impl_->of(c);
    if (sound.empty()) return {};
    all += sound + " ";
  }
  return all;
}

SoundAlikes::SoundAlikes(std::vector<Word> words) {
  for (Word& word : words) {
    std::u32string text = wide(word.text);
    if (text.size() < kShortest || text.size() > kLongest || !std::ranges::all_of(text, is_han)) continue;
    words_.push_back({std::move(text), word.frequency});
  }
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const std::u32string& text = words_[i].text;
    if (std::string sound = Pinyin::shared().of(text); !sound.empty()) by_sound_.emplace(std::move(sound), i);
  }
}

const SoundAlikes::Entry* SoundAlikes::nearest(std::u32string_view typed) const {
  const Entry* best = nullptr;
  const auto [from, to] = by_sound_.equal_range(Pinyin::shared().of(typed));
  for (auto at = from; at != to; ++at) {
    const Entry& e = words_[at->second];
    if (best == nullptr || std::pair(e.frequency, best->text) > std::pair(best->frequency, e.text)) best = &e;
  }
  return best;
}

std::optional<std::string> SoundAlikes::corrected(std::string_view text, const IsKnown& is_known) const {
  const std::u32string all = wide(text);
  const std::vector<bool> is_odd = odd_pairs(all, is_known);
  const std::vector<std::size_t> words = word_ends(all);
  // Whether [from, to) is whole words, more than one, and one of them a single character that is no filler.
  const auto falls_apart = [&](std::size_t from, std::size_t to) {
    bool is_single = false;
    std::size_t count = 0, at = from;
    for (; at < to && words[at] > at; at = words[at], ++count) {
      const bool single = words[at] == at + 1;
      if (single && is_stop_word(narrow(std::u32string_view(all).substr(at, 1)))) return false;
      is_single = is_single || single;
    }
    return at == to && count > 1 && is_single;
  };
  std::u32string out;
  bool is_changed = false;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t run = 0;
    while (run < kLongest && i + run < all.size() && is_han(all[i + run])) ++run;
    std::size_t taken = 0;
    for (std::size_t n = run; n >= kShortest && taken == 0 && words[i] > i; --n) {
      const std::u32string_view typed = std::u32string_view(all).substr(i, n);
      if (is_known(narrow(typed))) {
        taken = n;
        out += typed;
        break;
      }
      const auto odd = is_odd.begin() + static_cast<std::ptrdiff_t>(i), end = odd + static_cast<std::ptrdiff_t>(n) - 1;
      const Entry* meant = std::find(odd, end, true) != end && falls_apart(i, i + n) ? nearest(typed) : nullptr;
      if (meant == nullptr) continue;
      taken = n;
      out += meant->text;
      is_changed = true;
    }
    if (taken == 0) out += all[i++];
    i += taken;
  }
  return is_changed ? std::optional(narrow(out)) : std::nullopt;
}

}  // namespace usher::kb
