#include "kb/evaluation.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>

#include "base/text.h"

namespace usher::kb {
namespace {

constexpr std::size_t kShown = 10;
constexpr std::size_t kDeep = 100;
constexpr std::size_t kMaxProblems = 100;  // a file of another format has one in every line

struct Row {
  int line;
  std::vector<std::string> cells;
};

std::vector<Row> rows(std::string_view bytes, bool split_at_spaces) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  std::vector<Row> all;
  for (int line = 1; !bytes.empty(); ++line) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    std::string_view text = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.find_first_not_of(" \t") == std::string_view::npos) continue;
    Row row{line, {}};
    if (split_at_spaces) {
      for (std::size_t at = text.find_first_not_of(" \t"); at != std::string_view::npos;) {
        const std::size_t stop = std::min(text.find_first_of(" \t", at), text.size());
        row.cells.emplace_back(text.substr(at, stop - at));
        at = text.find_first_not_of(" \t", stop);
      }
    } else {
      row.cells = text::split(text, '\t');
    }
    all.push_back(std::move(row));
  }
  return all;
}

bool is_heading(const Row& row) {
  static const std::set<std::string, std::less<>> kNames = {"id",  "doc_id", "docid",    "did",      "_id",
                                                            "qid", "pid",    "query-id", "query_id", "queryid"};
  return row.line == 1 && kNames.contains(text::to_lower_ascii(row.cells[0]));
}

std::string majority_language(const std::vector<Article>& articles) {
  std::size_t chinese = 0;
  for (const Article& a : articles) chinese += text::guess_language(a.title + " " + text::cut(a.body, 200)) == "zh" ? 1 : 0;
  return 2 * chinese > articles.size() ? "zh" : "en";
}

class Reader {
 public:
  explicit Reader(std::vector<Problem>& problems) : problems_(problems) {}

  void problem(const char* file, int line, std::string message, std::string hint) {
    if (problems_.size() < kMaxProblems) problems_.push_back({file, line, 1, std::move(message), std::move(hint)});
  }

  void read_docs(std::string_view bytes, std::vector<Article>& articles) {
    for (Row& row : rows(bytes, false)) {
      if (is_heading(row)) continue;
      if (row.cells.size() < 2) {
        problem("docs", row.line, "a document needs at least an id and a title or text", "id<TAB>title<TAB>text");
        continue;
      }
      if (!documents_.insert(row.cells[0]).second) {
        problem("docs", row.line, "document \"" + row.cells[0] + "\" is there twice", "the first one is used");
        continue;
      }
      Article article;
      article.id = std::move(row.cells[0]);
      article.title = text::to_valid_utf8(row.cells[1]);
      for (std::size_t i = 2; i < row.cells.size(); ++i) article.body += (i > 2 ? " " : "") + text::to_valid_utf8(row.cells[i]);
      articles.push_back(std::move(article));
    }
  }

  void read_queries(std::string_view bytes, std::vector<EvaluationSet::Question>& questions) {
    for (Row& row : rows(bytes, false)) {
      if (is_heading(row)) continue;
      if (row.cells.size() < 2) {
        problem("queries", row.line, "a question needs an id and a text", "id<TAB>text");
        continue;
      }
      if (!questions_.try_emplace(row.cells[0], questions.size()).second) {
        problem("queries", row.line, "question \"" + row.cells[0] + "\" is there twice", "the first one is used");
        continue;
      }
      questions.push_back({std::move(row.cells[0]), text::to_valid_utf8(row.cells[1]), {}});
    }
  }

  void read_qrels(std::string_view bytes, std::vector<EvaluationSet::Question>& questions) {
    for (const Row& row : rows(bytes, true)) {
      if (is_heading(row)) continue;
      // Some collections leave the constant second column out.
      const std::size_t columns = row.cells.size();
      int relevance = 0;
      if (columns < 3 || !number(row.cells[columns - 1], relevance)) {
        problem("qrels", row.line, "not a judgement", "query-id 0 document-id relevance");
        continue;
      }
      const std::string& document = row.cells[columns - 2];
      const auto question = questions_.find(row.cells[0]);
      if (question == questions_.end() || !documents_.contains(document)) {
        problem("qrels", row.line,
                "unknown " + (question == questions_.end() ? "question \"" + row.cells[0] : "document \"" + document) + "\"",
                "the judgement is left out");
        continue;
      }
      if (relevance > 0) questions[question->second].relevant[document] = relevance;
    }
  }

 private:
  static bool number(std::string_view text, int& value) {
    double parsed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
    if (error != std::errc() || end != text.data() + text.size() || std::abs(parsed) > 1000) return false;
    value = static_cast<int>(std::ceil(parsed));
    return true;
  }

  std::vector<Problem>& problems_;
  std::set<std::string> documents_;
  std::unordered_map<std::string, std::size_t> questions_;
};

Query query_of(const EvaluationSet& set, const EvaluationSet::Question& question, std::size_t limit) {
  Query query;
  query.text = question.text;
  query.language = set.language;
  query.audience = "internal";
  query.limit = limit;
  return query;
}

int relevance(const EvaluationSet::Question& question, const Hit& hit) {
  const auto found = question.relevant.find(hit.article->id);
  return found == question.relevant.end() ? 0 : found->second;
}

double average_precision(const EvaluationSet::Question& question, std::span<const Hit> hits) {
  double sum = 0, found = 0;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    if (relevance(question, hits[i]) > 0) sum += ++found / static_cast<double>(i + 1);
  }
  return sum / static_cast<double>(question.relevant.size());
}

double discounted(const std::vector<int>& gains) {
  double sum = 0;
  for (std::size_t i = 0; i < gains.size() && i < kShown; ++i) sum += gains[i] / std::log2(static_cast<double>(i) + 2);
  return sum;
}

double ndcg(const EvaluationSet::Question& question, std::span<const Hit> hits) {
  std::vector<int> gains, ideal;
  for (const Hit& hit : hits) gains.push_back(relevance(question, hit));
  for (const auto& [document, value] : question.relevant) ideal.push_back(value);
  std::ranges::sort(ideal, std::greater<>());
  return discounted(gains) / discounted(ideal);
}

}  // namespace

std::optional<EvaluationSet> parse_evaluation(std::string_view docs, std::string_view queries, std::string_view qrels,
                                              std::string_view language, std::vector<Problem>& problems) {
  EvaluationSet set;
  Reader reader(problems);
  reader.read_docs(docs, set.articles);
  reader.read_queries(queries, set.questions);
  reader.read_qrels(qrels, set.questions);
  set.language = language.empty() ? majority_language(set.articles) : std::string(language);
  for (Article& article : set.articles) article.language = set.language;
  const bool can_ask = std::ranges::any_of(set.questions, [](const auto& q) { return !q.relevant.empty(); });
  if (set.articles.empty() || !can_ask) return std::nullopt;
  return set;
}

Figures evaluate(const Library& library, const EvaluationSet& set, const Ticks& now) {
  Figures figures;
  std::vector<double> times;
  for (const EvaluationSet::Question& question : set.questions) {
    if (question.relevant.empty()) continue;
    ++figures.questions;
    if (now) {
      const auto begin = now();
      library.search(query_of(set, question, kShown));
      times.push_back(std::chrono::duration<double, std::milli>(now() - begin).count());
    }
    const std::vector<Hit> deep = library.search(query_of(set, question, kDeep));
    const std::span hits = std::span(deep).first(std::min(kShown, deep.size()));
    std::size_t rank = 0, found = 0;
    for (std::size_t i = 0; i < hits.size(); ++i) {
      if (relevance(question, hits[i]) == 0) continue;
      ++found;
      if (rank == 0) rank = i + 1;
    }
    if (rank > 0) figures.mrr_10 += 1.0 / static_cast<double>(rank);
    figures.recall_10 += static_cast<double>(found) / static_cast<double>(question.relevant.size());
    figures.ndcg_10 += ndcg(question, hits);
    figures.map += average_precision(question, deep);
    if (rank == 1) {
      figures.p_1 += 1;
    } else {
      figures.misses.push_back({question.id, question.text, question.relevant.begin()->first,
                                deep.empty() ? std::string() : hits[0].article->id, rank});
    }
  }
  const double count = std::max(1.0, static_cast<double>(figures.questions));
  for (double* sum : {&figures.map, &figures.mrr_10, &figures.p_1, &figures.recall_10, &figures.ndcg_10}) *sum /= count;
  if (!times.empty()) {
    figures.mean_ms = std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size());
    std::ranges::sort(times);
    figures.p50_ms = times[times.size() / 2];
    figures.p99_ms = times[(times.size() - 1) * 99 / 100];
  }
  return figures;
}

namespace {

void ask(const Library& library, const EvaluationSet& set, const EvaluationSet::Question& question, std::vector<Silence>& all) {
  Query query = query_of(set, question, 1);
  query.brief = true;
  const std::vector<Hit> hits = library.search(query);
  for (Silence& s : all) {
    ++s.asked;
    if (hits.empty() || hits[0].confidence < s.threshold) continue;
    ++s.answered;
    if (relevance(question, hits[0]) > 0) ++s.right;
  }
}

std::vector<Silence> begun(const std::vector<double>& thresholds) {
  std::vector<Silence> all;
  for (const double threshold : thresholds) all.push_back({threshold, 0, 0, 0});
  return all;
}

}  // namespace

std::vector<Silence> silence(const Library& library, const EvaluationSet& set, const std::vector<double>& thresholds) {
  std::vector<Silence> all = begun(thresholds);
  for (const EvaluationSet::Question& question : set.questions) ask(library, set, question, all);
  return all;
}

std::vector<Silence> silence_without_answers(const Library& library, const EvaluationSet& set,
                                             const std::vector<double>& thresholds) {
  std::vector<Silence> all = begun(thresholds);
  // Questions with the same answers share a library.
  std::map<std::vector<std::string>, std::vector<const EvaluationSet::Question*>> by_answers;
  for (const EvaluationSet::Question& question : set.questions) {
    std::vector<std::string> answers;
    for (const auto& [id, relevance] : question.relevant) answers.push_back(id);
    if (!answers.empty()) by_answers[std::move(answers)].push_back(&question);
  }
  for (const auto& [answers, questions] : by_answers) {
    std::vector<ArticleKey> removed;
    for (const std::string& id : answers) removed.push_back({id, set.language});
    const auto rest = library.with({}, std::move(removed));
    for (const EvaluationSet::Question* question : questions) ask(*rest, set, *question, all);
  }
  return all;
}

}  // namespace usher::kb
