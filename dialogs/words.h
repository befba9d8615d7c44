// A message → canonical words, the form in which everything is compared. Pure.
//
// Latin words are folded, lightly stemmed ("turns", "turning" → "turn") and their contractions opened: "won't", "doesn't", "is
// not" and "cannot" all become the one word "not"; so "it won't turn on" and "does not turn on" share [not, turn, on]. Every Han
// character and every emoji is a word of its own, traditional characters as simplified ones; common pinyin answers ("meiyou")
// become Han. Punctuation that ends a clause is kept as a break.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/script.h"

namespace usher::dialogs {

struct Word {
  std::string text;    // canonical
  std::string folded;  // as written, folded: for typos, and for words that must not be stemmed
  enum class Kind : unsigned char { kLatin, kHan, kSymbol, kBreak } kind = Kind::kLatin;
  bool is_comma() const { return kind == Kind::kBreak && text == ","; }
  bool is(std::string_view canonical) const { return kind != Kind::kBreak && text == canonical; }
};

struct Message {
  std::vector<Word> words;
  bool asks = false;         // has a question mark
  bool ends_asking = false;  // the last clause has one; those before end in a break whose text is "?" (else "." or ",")
  bool has_latin = false, has_han = false;
};

Message read_words(std::string_view utf8);
// The canonical words of a phrase of a script or the lexicon, without breaks.
Phrase to_phrase(std::string_view utf8);
// Full-width ASCII → ASCII ("ＳＮ：１２" → "SN:12"), typographic quotes and dashes → plain ones, ideographic space → space. Case
// is kept.
std::string half_width(std::string_view utf8);

// Where a phrase stands in a message: words [begin, end). `quality` 1 = word for word, less with a typo or words in between.
struct Found {
  std::size_t begin = 0, end = 0;
  double quality = 0;
};
// Every place. `fuzzy` allows one typo in words of 5 letters or more; `max_gap` other words between two Latin words of the
// phrase, never a negation and never over a break.
std::vector<Found> find_phrase(const Message& message, const Phrase& phrase, bool fuzzy, std::size_t max_gap);

// The same at one place: the phrase begins at the word `begin`. The phrase has words.
std::optional<Found> phrase_at(const Message& message, std::size_t begin, const Phrase& phrase, bool fuzzy, std::size_t max_gap);
// Whether a word of a message stands for the word `wanted` of a phrase; `typo` becomes true when only with a slip. `fuzzy` finds
// no word that begins with another byte, except a small number written out.
bool same_word(const Word& word, const std::string& wanted, bool fuzzy, bool& typo);

bool is_stop_word(std::string_view canonical);  // "the", "is", "my" …: says nothing about the matter
bool is_particle(std::string_view han);         // 啊 呢 吧 了 的 …

}  // namespace usher::dialogs
