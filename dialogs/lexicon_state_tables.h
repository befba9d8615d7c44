// The words behind lexicon_states.h. Only lexicon_states.cpp reads them.
#pragma once
#include <span>
#include <string_view>

namespace usher::dialogs {

// Phrases are separated by '|'; inflections need not be listed (words.h), irregular forms are. A word may stand on several axes.
struct StateAxis {
  std::string_view plus, minus;
  int good = 0;                 // the pole that is good: +1, -1, 0 = neither
  std::string_view kinds = {};  // kinds of `plus`
};

// The first says whether a thing is in order at all, the second whether something comes and goes, the third how much
// of it there is; the rest in any order.
std::span<const StateAxis> state_axes();
// Values of which a thing has one only: a set for colours, one for since when. One entry for each value, the names it goes by.
std::span<const std::span<const std::string_view>> exclusives();
// Names of things that hold a word for a state.
std::string_view things();
// One thing, several names; the first entry names anything.
std::span<const std::string_view> names();

}  // namespace usher::dialogs
