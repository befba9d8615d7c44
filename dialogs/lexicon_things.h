// What things are: a phone is a device, coffee is a liquid, a sofa is soft furniture, a keyboard is part of a laptop. With it "my
// phone works" answers "Does another device work?" and "coffee" answers "Was liquid spilled?". English and Chinese; the words
// stand in dialogs/lexicon/things_*.txt. Built once; immutable; thread-safe.
//
//   for (const ThingWord& said : things_in(message))
//     for (const ThingWord& asked : things_in(question))
//       if (kin(said, asked) == Kin::kKind) …   // what was said is a kind of what was asked
//
// Opposites among things (hard and soft furniture, wired and wireless, home and office) are states as well: lexicon_states.h.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "dialogs/words.h"

namespace usher::dialogs {

using ThingClass = std::uint16_t;

struct ThingSense {
  ThingClass in = 0;   // the class
  bool name = false;   // a name of the class itself ("phone"); else a kind of it ("iPhone")
  std::uint16_t word;  // the same for all names of one kind: "iPhone" and "苹果手机"
};

struct ThingWord {
  std::size_t begin = 0, end = 0;      // words of the message
  std::span<const ThingSense> senses;  // a word may stand in several classes
};

// Left to right, the longest phrase at each place; no overlaps. Linear in the message.
std::vector<ThingWord> things_in(const Message& message);
// The senses of one canonical phrase (to_phrase): none when it is not known.
std::span<const ThingSense> things_of(const Phrase& phrase);

// "phone", "liquid", …: as the files write it.
std::string_view class_name(ThingClass c);
// The class by its name; kNoClass when there is none.
inline constexpr ThingClass kNoClass = 0xFFFF;
ThingClass class_of(std::string_view name);
// Whether everything in `c` is in `above` as well: a phone is a device. True of a class and itself.
bool is_within(ThingClass c, ThingClass above);
// The same for a word: any of its senses.
bool is_within(std::span<const ThingSense> word, ThingClass above);

enum class Kin : unsigned char {
  kNone,
  kSame,     // two names of one thing: "display", "monitor"
  kKind,     // the first is a kind of the second: coffee, liquid
  kWider,    // the second is a kind of the first: device, phone
  kPart,     // the first is a part of the second: hinge, laptop
  kWhole,    // the second is a part of the first
  kSibling,  // two kinds of one thing: coffee and tea, phone and laptop
};
// What the first is to the second; the nearest of all their senses (in the order above).
Kin kin(std::span<const ThingSense> a, std::span<const ThingSense> b);
inline Kin kin(const ThingWord& a, const ThingWord& b) {
  return kin(a.senses, b.senses);
}

}  // namespace usher::dialogs
