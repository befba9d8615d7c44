// How good a search is on a set of questions with known answers: three tab-separated tables as public test collections have them.
//
//   docs      id, title, text                     queries   id, text (further columns are ignored)
//   qrels     query id, 0, document id, relevance (tabs or spaces; a relevance of 0 or less means "not relevant")
//
// A first line "id …" is a heading. Figures as trec_eval defines them; questions without any relevant document count nowhere.
// Pure: bytes in, the clock is handed over.
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kb/article.h"
#include "kb/library.h"

namespace usher::kb {

struct EvaluationSet {
  struct Question {
    std::string id, text;
    std::map<std::string, int> relevant;  // document id → relevance, > 0
  };
  std::string language;           // en | zh
  std::vector<Article> articles;  // one per document: title and body, nothing else
  std::vector<Question> questions;
};

// `language` empty: told from the documents' letters. Broken rows, unknown ids and doubled ids become problems; a row is left
// out, the rest is read. Null when nothing could be asked (no document, no question with an answer).
std::optional<EvaluationSet> parse_evaluation(std::string_view docs, std::string_view queries, std::string_view qrels,
                                              std::string_view language, std::vector<Problem>& problems);

struct Figures {
  double map = 0;     // mean average precision, of up to 100 hits
  double mrr_10 = 0;  // 1 / rank of the first relevant one among ten
  double p_1 = 0;     // share of questions whose first hit is relevant
  double recall_10 = 0;
  double ndcg_10 = 0;                          // gain = relevance, discount = log2(rank + 1)
  double mean_ms = 0, p50_ms = 0, p99_ms = 0;  // of a search for ten hits; 0 without a clock
  std::size_t questions = 0;
  // What to look at: questions whose first hit is wrong, in the set's order, with what came first (empty: nothing).
  struct Miss {
    std::string question, text, wanted, found;
    std::size_t rank = 0;  // of the best relevant hit, from 1; 0: not among ten
  };
  std::vector<Miss> misses;
};

using Ticks = std::function<std::chrono::nanoseconds()>;  // a clock that never goes back; empty: nothing is timed

// Asks every question of the library (built from set.articles or from something that holds them), in the set's language.
Figures evaluate(const Library& library, const EvaluationSet& set, const Ticks& now = {});

// Answer or silence: of what confidence calls an answer, how much is one.
struct Silence {
  double threshold = 0;
  std::size_t asked = 0, answered = 0, right = 0;  // answered: first hit at or above the threshold; right: and relevant
  double precision() const { return answered == 0 ? 1.0 : static_cast<double>(right) / static_cast<double>(answered); }
  double coverage() const { return asked == 0 ? 0.0 : static_cast<double>(right) / static_cast<double>(asked); }
};
// One entry a threshold. Questions without a relevant document in the library are counted as asked, and any answer as wrong.
std::vector<Silence> silence(const Library& library, const EvaluationSet& set, const std::vector<double>& thresholds);
// The same with the documents that answer a question taken away before it is asked: every answer is wrong then. Harder than what
// strangers ask, because the neighbours of the right answer stay.
std::vector<Silence> silence_without_answers(const Library& library, const EvaluationSet& set,
                                             const std::vector<double>& thresholds);

}  // namespace usher::kb
