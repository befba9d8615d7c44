// What customers look for and do not find: searches that failed, put together by what they are about. Simple and explainable: two
// searches are about the same when the terms they share weigh enough; a term weighs by how few article titles have it. The
// earliest search of a group leads it, so that later ones do not move earlier ones. Pure; thread-safe.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kb/library.h"

namespace usher::kb {

struct Asked {
  std::string text, language;
  std::int64_t at = 0;  // milliseconds since 1970
};

struct Gap {
  std::string id;  // from its language and its leader's terms: the same as long as the leader is among the searches
  std::string language;
  std::vector<std::string> words;    // what most of them have in common, as customers write it; weightiest first, at most 6
  std::vector<std::size_t> members;  // positions in what was given, earliest first
};

// How rare each term is among the titles, codes, tags and products of a library.
class Rarity {
 public:
  explicit Rarity(const Library& library);
  double of(std::string_view term) const;  // > 0; largest for what no title has

 private:
  std::map<std::string, std::uint32_t, std::less<>> titles_;
  double size_ = 0;
};

// Groups, largest first, then by id. Searches that say nothing ("hello", "help") are in none. `salt` becomes part of the ids:
// groups of different kinds have different ones.
std::vector<Gap> find_gaps(const std::vector<Asked>& searches, const Rarity& rarity, std::string_view salt = {});

// The least share of weight two searches have in common (Dice, 0..1) to be about the same.
inline constexpr double kSameGap = 0.45;

}  // namespace usher::kb
