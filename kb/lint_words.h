// The two rules of lint that compare articles with each other: near duplicates, and tags or products that are written nearly the
// same. Used by lint.cpp only. Pure.
#pragma once
#include <string>
#include <vector>

#include "kb/library.h"

namespace usher::kb {

struct DuplicatePair {
  const Article* first;
  const Article* second;  // the earlier by id
  std::string why;
};
// Candidates are what a search for an article's own title and issue finds; each pair once.
std::vector<DuplicatePair> find_duplicates(const Library& library, const std::vector<const Article*>& articles);

struct AlikeWord {
  const Article* article;  // one that has the rarer spelling
  std::string word, usual;
  std::size_t times;  // articles with the usual spelling
  bool is_product;
};
std::vector<AlikeWord> find_alike(const std::vector<const Article*>& articles);

}  // namespace usher::kb
