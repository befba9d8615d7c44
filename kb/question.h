// A customer's words read against one index: which terms it knows, in which of its forms ("7B" is "0x7b", "XPS139310" is "xps13"
// and "9310", "note book" is "notebook"), what unknown ones may have been meant to be, what else could have been said, and how
// much each counts. A code the index knows is never taken for another. Pure; thread-safe.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "kb/analyzer.h"
#include "kb/index.h"
#include "kb/rank.h"
#include "kb/speller.h"
#include "kb/vocabulary.h"

namespace usher::kb {

// `vocabulary` may be null. `language` is that of the index's articles. Cost grows with the text: hand over a page, not a book.
ParsedQuery read_question(std::string_view text, const Analyzer& analyzer, const Index& index, const Speller& speller,
                          const Vocabulary* vocabulary, std::string_view language);

// The text with its mistyped words and codes replaced; null when nothing was corrected. `text` is what `query` was read from.
std::optional<std::string> corrected_text(std::string_view text, const ParsedQuery& query);

// What the speller should learn of a term found in an article (`source` is what the term was cut from), its `term` and
// `frequency` left to the caller; null when nothing.
std::optional<Speller::Word> spelling_of(const Term& term, std::string_view source);

}  // namespace usher::kb
