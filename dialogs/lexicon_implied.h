// What implies an answer: "on fumes" says that there is no fuel, if that is what was asked. Each fact a question may ask about
// has the words that show a question to be about it, and the words of an answer that say so or the opposite. They are only looked
// at when the question is about the fact, so a single word is enough ("puddle", "soaked"). English and Chinese; the words stand
// in dialogs/lexicon/implied_*.txt:
//
//   [implied fuel-left]
//   about: fuel | petrol | tank      of these one stands in the question,
//   with: left | enough | in         and, where there are such lines, one of these
//   asks-not: empty | run out        one of these there: it asks for the opposite
//   + half a tank | filled up        says that it is so
//   - on e | fumes | bone dry        that it is not
//
// Articles, possessives, "very" and their like (了, 的, 很) are left out on both sides. Built once; immutable; thread-safe.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "dialogs/words.h"

namespace usher::dialogs {

struct AskedFact {
  std::uint16_t fact = 0;
  std::int8_t pole = 1;    // -1: asks for the opposite
  std::uint8_t words = 0;  // of the question that show it: the more, the more surely it is what was meant
};
// The facts a question asks about, by number.
std::vector<AskedFact> facts_asked(const Message& question);
// Those a label says, the words of its question taken with it; none the question holds without the label. A "not" in the label
// turns the pole.
std::vector<AskedFact> facts_said(const Message& label, const Message& question);

struct ImpliedWord {
  std::uint16_t fact = 0;
  std::int8_t pole = 1;            // -1: says that it is not so
  bool phrase = false;             // more than a word; in Chinese more than two characters
  std::size_t begin = 0, end = 0;  // words of the message
};
// What an answer implies of these facts: for each the longest phrases, left to right.
std::vector<ImpliedWord> implied_in(const Message& said, std::span<const AskedFact> facts);

}  // namespace usher::dialogs
