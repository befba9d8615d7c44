// States things can be in and their opposites: tight and loose, hot and cold, works and broken, lit and dark … English and
// Chinese. With them "they're all tight" answers "Are the terminals loose?". Every word has one or more senses; a sense is a
// place on an axis. Words are compared only along an axis both have. Built once; immutable; thread-safe.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "dialogs/words.h"

namespace usher::dialogs {

struct Sense {
  std::uint8_t axis = 0;
  std::int8_t pole = 0;  // +1 or -1; of colours the colour
  bool kind = false;     // a kind of it: a click is a noise, green is lit
};

struct StateWord {
  std::size_t begin = 0, end = 0;  // words of the message
  std::span<const Sense> senses;
};

// Left to right, the longest phrase at each place; no overlaps.
std::vector<StateWord> states_in(const Message& message);

struct Comparison {
  int sign = 0;  // +1 the same, -1 the opposite, 0 says nothing about it
  // "No noise" denies a click, but "a noise" is no click; "it clicks" is a noise, but "no click" leaves other noises.
  bool only_if_negated = false, only_if_plain = false;
};
Comparison compare(const Sense& said, const Sense& asked);

// Whether it is good (+1), bad (-1) or neither (0) to be in that state.
int value_of(const Sense& sense);
// "Works", "fine", "broken": says of anything whether it is in order.
bool is_general(const Sense& sense);
// "Sometimes", "on and off", "it blinks": neither the state nor its opposite.
bool is_wavering(const Sense& sense);
// How many phrases its axis has: of two axes a word stands on, the smaller one says more ("turns over": cranks, runs).
std::size_t breadth(const Sense& sense);
// Full or empty.
bool is_amount(const Sense& sense);
// One of two words has a sense that is the opposite of one of the other's.
bool opposed(std::span<const Sense> a, std::span<const Sense> b);

// Whether what the canonical word `a` names is a `b`: "screen" is a "monitor", a "phone" is a "device" (but not the other way
// round; lexicon_things.h has all of it). "It" is not asked here.
bool same_thing(const std::string& a, const std::string& b);

}  // namespace usher::dialogs
