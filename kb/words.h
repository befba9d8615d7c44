// Words that carry little: stop words are dropped from queries; weak words (politeness, buying, time, "problem", "help") stay in
// the query but count little when a hit's confidence is judged, because customers use them about everything. English and Chinese,
// folded, unstemmed, without apostrophes ("dont"). Pure; thread-safe.
#pragma once
#include <string_view>

namespace usher::kb {

bool is_stop_word(std::string_view folded);
bool is_weak_word(std::string_view folded);

}  // namespace usher::kb
