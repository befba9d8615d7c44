// What kb_bench asks of every engine. Each runs in a process of its own, so that memory is its own.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "kb/article.h"

namespace usher::bench {

class Engine {
 public:
  virtual ~Engine() = default;
  virtual void build(const std::vector<kb::Article>& articles) = 0;
  // The number of hits among the best ten, all words joined by OR.
  virtual std::size_t search(const std::string& text) = 0;
  // Puts the article in place of the one with its id; the next search must see it.
  virtual void replace(const kb::Article& article) = 0;
};

std::unique_ptr<Engine> make_fts5();
std::unique_ptr<Engine> make_xapian();  // null where libxapian-dev was not installed

// Its words without stop words (Usher's list: every engine gets the same question).
std::vector<std::string> content_words(const std::string& text);

}  // namespace usher::bench
