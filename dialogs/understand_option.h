// The options of a choice and where an answer names them. Only understand_*.cpp use it. Pure.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/script.h"
#include "dialogs/understand.h"
#include "dialogs/understand_claim.h"

namespace usher::dialogs {

enum class Side : unsigned char { kOther, kYes, kNo };
// Whether an option stands for yes or for no, by its id or its label.
Side side_of(const Option& option, const Lexicons& lexicons);

struct Hit {  // an option's words in the answer
  std::size_t option = 0, begin = 0, end = 0;
  double quality = 0;
  bool negated = false;
  bool refused = false;  // by what follows it: "the morning doesn't work"
};
// `used` takes the negations that belong to a hit. `topics`: the options are things to ask about, so a question may name one.
// Words that the lexicon or a longer phrase explains better are no hits.
std::vector<Hit> find_hits(const SaidWords& said, const std::vector<Option>& options, const std::vector<Side>& sides,
                           std::vector<Tagged>& tags, std::vector<std::size_t>& used, bool topics);

// The whole answer is what an option is called, its id, or its place in the list ("2", "the second one", 第二个).
// Where numbers mean amounts a bare one is no place in the list.
std::optional<Understood> named(std::string_view words, const SaidWords& said, const std::vector<Option>& options,
                                const struct QuestionRead& question);

}  // namespace usher::dialogs
