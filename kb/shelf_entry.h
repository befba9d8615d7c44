// Reading one article for the index, in two steps: `read` cuts it into terms (slow, needs nothing but the article, any number of
// threads), `enter` gives the terms their numbers (quick, in order). What comes out does not depend on the other articles, so
// snapshots share it and a merge needs no second reading.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kb/analyzer.h"
#include "kb/article.h"
#include "kb/dictionary.h"
#include "kb/index.h"
#include "kb/passage.h"
#include "kb/rank.h"

namespace usher::kb {

class Vocabulary;

// Who may find an article: those whose rank is at or above its own. The inside's ranks also tell how far it may be trusted.
inline constexpr std::uint8_t kCustomer = 0, kPartner = 1, kInternal = 2, kNotValidated = 3, kDraft = 4, kNobody = 5, kGone = 6;
std::uint8_t reader_rank(std::string_view audience);  // customer | partner | internal
// Customers and partners see published articles for them, the inside all but archived ones.
std::uint8_t needed_rank(const Article& article);

// A product by the words of its name; codes and numbers tell models of one line apart.
struct ProductKeys {
  std::vector<std::string> words, codes;  // ascending

  bool is_empty() const { return words.empty() && codes.empty(); }
  // Where both have codes, one is shared; else a word is.
  bool fits(const ProductKeys& other) const;
};
ProductKeys product_keys(const Analyzer& analyzer, std::string_view product);

struct Entry {
  std::shared_ptr<const Article> article;
  std::shared_ptr<const Index::Document> document;
  Passages passages;                            // those of the issue first
  std::size_t issue_sentences = 0;              // how many of the issue
  std::string phrases;                          // folded, one a line: the title, codes, synonyms, sentences of the issue
  std::vector<ProductKeys> products;            // one for each of the article's
  std::vector<std::uint8_t> statement_weights;  // hundredths, in the order of Profile::statement_terms
  std::vector<Index::TermId> title_terms;       // distinct, ascending
  std::array<std::uint32_t, 8> signature{};     // smallest hashes of the text's bigrams: equal ones hint at near duplicates
  std::uint8_t needed_rank = kNobody;
  std::uint8_t years_gone = 0;  // Vocabulary::years_gone of the product sold last; 0 when one of them is sold still

  std::string_view phrase(std::size_t number) const;  // as it is written in the article
};

// An article cut into terms.
struct Reading {
  enum class Kind : std::uint8_t { kTitle, kStatement, kSentence, kWords };
  struct Part {
    Kind kind;
    Field field;
    std::string text;
    std::vector<Term> terms;
  };
  std::shared_ptr<const Article> article;
  std::vector<Part> parts;  // none for an archived article
  std::vector<ProductKeys> products;
  std::string phrases;
  // Every word and code the speller should know, as it is written, and the key of its term; distinct.
  std::vector<std::pair<std::string, std::string>> spellings;
  std::uint8_t years_gone = 0;
};
// `vocabulary` may be null: what is known of its products.
Reading read(const Analyzer& analyzer, std::shared_ptr<const Article> article, const Vocabulary* vocabulary = nullptr);

struct Entered {
  std::shared_ptr<const Entry> entry;
  std::shared_ptr<Profile> profile;  // without masses: set_masses
};
Entered enter(const Reading& reading, Dictionary::Writer& dictionary);
// The masses and information of a profile, by the index's statistics. Whatever they were before does not matter.
void set_masses(Profile& profile, const Entry& entry, const Index& index);

// Most of the two texts' word pairs are the same.
bool is_near_duplicate(const Entry& a, const Profile& a_profile, const Entry& b, const Profile& b_profile);

}  // namespace usher::kb
