// What means the same (config/kb/vocabulary.txt): synonyms per language and product families. One line each, "#" begins a remark:
//
//   en: turn on = power on = start up
//   zh: 打印机 = 印表机
//   product: XPS 13 > XPS-13 9310 (2020-2022), XPS-13 9315 (2022-)        # family > models, and when each was sold, if known
//
// A question is also searched for in the other wordings, at kSynonymWeight at most: what was typed always counts more. Immutable;
// thread-safe; pure.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kb/analyzer.h"
#include "kb/article.h"

namespace usher::kb {

// More than this made answers worse (search.md).
inline constexpr float kSynonymWeight = 0.3F;
// From a family to each of its models: "XPS 13" is less often about one of them than a model is about its family.
inline constexpr float kModelWeight = 0.15F;

// Another way to say bytes [begin, end) of a question: all of `terms` together.
struct Synonym {
  std::size_t begin = 0, end = 0;
  std::vector<Term> terms;  // as the analyzer gives them; their byte ranges mean nothing
  float weight = 0;         // to be multiplied with a term's weight by its kind
};

class Vocabulary {
 public:
  // The years a product was sold in; 0: not known, or sold still.
  struct Years {
    int since = 0, until = 0;
    bool operator==(const Years&) const = default;
  };
  struct Group {
    std::string language;  // en | zh; empty for products
    std::vector<std::string> phrases;
    bool is_family = false;    // phrases[0] is the family, the others its models
    std::vector<Years> years;  // of phrases, in their order; may be shorter
    bool operator==(const Group&) const = default;
  };

  // Loads the analyzer; throws std::runtime_error when ICU's or OpenCC's data files are not installed.
  explicit Vocabulary(std::vector<Group> groups);
  ~Vocabulary();
  // What else `text` could have said. `terms`: the analyzer's for `text` as a query. Product families apply in every language;
  // an empty language means all. Longest phrases first where they overlap; at most 16.
  std::vector<Synonym> expand(std::string_view text, const std::vector<Term>& terms, std::string_view language) const;
  // The family of a model, what that is a model of, and the models of a family, as written in the file; empty when the product is
  // not named there.
  std::vector<std::string> related_products(std::string_view product) const;
  // Whether this folded text is one of the wordings or products, whole.
  bool has_phrase(std::string_view folded) const;
  // For how many years the product had not been sold any more in the newest year that the file names: at least 1, at most
  // kOldest; 0 when it is sold still, or nothing is known.
  int years_gone(std::string_view product) const;
  static constexpr int kOldest = 5;
  const std::vector<Group>& groups() const { return groups_; }

 private:
  struct Compiled;
  std::vector<Group> groups_;
  std::unique_ptr<const Compiled> compiled_;
};

// Reads the file above. Problems found are appended; what can be read is in the result either way (never null). At most 1 MiB,
// 20,000 lines, 32 phrases a line, 64 code points a phrase.
std::shared_ptr<const Vocabulary> parse_vocabulary(std::string_view file_name, std::string_view bytes,
                                                   std::vector<Problem>& problems);

}  // namespace usher::kb
