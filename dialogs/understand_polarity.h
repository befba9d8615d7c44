// Yes or no: the explicit words of an answer and what its statements say about the question, weighed against each other. Only
// understand_*.cpp use it. Pure.
#pragma once
#include <string>
#include <vector>

#include "dialogs/understand_claim.h"

namespace usher::dialogs {

struct Polarity {
  double yes = 0, no = 0;
  bool leading = false;    // by an explicit "yes" or "no"
  bool statement = false;  // what is said of the matter itself bears on it
  std::string words;       // what said it
};
// `used`: negations that belong to an option's own words.
Polarity polarity(const SaidWords& said, const Claim& claim, const std::vector<std::size_t>& used);

// The statement alone, without "yes" and "no"; all clauses weighed. Rank 0 when there is none.
Bearing statement(const SaidWords& said, const Claim& claim);

}  // namespace usher::dialogs
