// How good the search is, in figures.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "gateway/app/kb.h"
#include "kb/evaluation.h"

namespace usher::gateway::app {
namespace {

using nlohmann::json;

const std::vector<double> kThresholds = {0.2, 0.25, 0.3, kb::kMinConfidence, 0.4, 0.45, 0.5, 0.6};

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::optional<std::string> bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  if (!in) return std::nullopt;
  return std::move(out).str();
}

int regression(const Common& common) {
  int code = kOk;
  const auto kb = kb_library(common, code);
  if (!kb) return code;
  if (kb->regression.empty())
    return complain(common, {ErrorCode::kNotFound, "there is no regression.tsv in the folder of articles"}, kProblems);
  json lost = json::array();
  for (const std::size_t i : flow::lost_queries(*kb->library, kb->regression)) {
    const auto& q = kb->regression[i];
    const std::string found = flow::first_found(*kb->library, q);
    lost.push_back({{"line", q.line}, {"language", q.language}, {"query", q.text}, {"wanted", q.ids}, {"found", found}});
    if (!common.as_json)
      std::cout << fmt::format("regression.tsv:{}: {} ({}): {} instead of {}\n", q.line, q.text, q.language,
                               found.empty() ? "nothing" : found, q.ids[0] == "-" ? "nothing" : q.ids[0]);
  }
  const std::size_t all = kb->regression.size(), wrong = lost.size();
  if (common.as_json) {
    print({{"queries", all}, {"first", all - wrong}, {"lost", std::move(lost)}, {"source", kb->is_store ? "store" : "folder"}});
  } else {
    std::cout << fmt::format("{} of {} questions find their article first ({:.1f} %)\n", all - wrong, all,
                             100.0 * static_cast<double>(all - wrong) / static_cast<double>(all));
  }
  return wrong == 0 ? kOk : kProblems;
}

}  // namespace

int kb_eval(const Common& common, const KbEvalOptions& o) {
  if (o.docs.empty() && o.queries.empty() && o.qrels.empty()) return regression(common);
  if (o.docs.empty() || o.queries.empty() || o.qrels.empty())
    return complain(common, {ErrorCode::kInvalid, "a test collection is three files: --docs, --queries and --qrels"}, kUsage);
  const auto docs = bytes_of(o.docs), queries = bytes_of(o.queries), qrels = bytes_of(o.qrels);
  if (!docs || !queries || !qrels) return complain(common, {ErrorCode::kIo, "a file cannot be read"}, kProblems);
  std::vector<kb::Problem> problems;
  auto set = kb::parse_evaluation(*docs, *queries, *qrels, o.language, problems);
  for (std::size_t i = 0; i < std::min<std::size_t>(problems.size(), 10); ++i)
    std::cerr << fmt::format("{}:{}: {}\n", problems[i].file, problems[i].line, problems[i].message);
  if (problems.size() > 10) std::cerr << fmt::format("and {} more rows with problems\n", problems.size() - 10);
  if (!set)
    return complain(common, {ErrorCode::kInvalid, "nothing can be asked: no document, or no question with an answer"}, kProblems);
  const std::size_t documents = set->articles.size();
  std::cerr << fmt::format("{} documents, {} questions, language {}; building the index\n", documents, set->questions.size(),
                           set->language);
  const auto begin = std::chrono::steady_clock::now();
  auto ticks = [] {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch());
  };
  kb::Figures f;
  std::vector<kb::Silence> there, gone;
  double build_seconds = 0;
  try {
    const auto library = kb::Library::build(set->articles);
    build_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::cerr << fmt::format("built in {:.1f} s; asking\n", build_seconds);
    f = kb::evaluate(*library, *set, ticks);
    if (o.silence) {
      std::erase_if(set->questions, [](const auto& q) { return q.relevant.empty(); });
      there = kb::silence(*library, *set, kThresholds);
      gone = kb::silence_without_answers(*library, *set, kThresholds);
    }
  } catch (const std::runtime_error& e) {
    return complain(common, {ErrorCode::kInternal, "the search index cannot be built", e.what()}, kSoftware);
  }
  const auto shown = std::min(f.misses.size(), static_cast<std::size_t>(o.misses));
  if (common.as_json) {
    json misses = json::array();
    for (std::size_t i = 0; i < shown; ++i) {
      const auto& m = f.misses[i];
      misses.push_back({{"query", m.question}, {"text", m.text}, {"wanted", m.wanted}, {"found", m.found}, {"rank", m.rank}});
    }
    json out = {{"map", f.map},
                {"mrr_10", f.mrr_10},
                {"p_1", f.p_1},
                {"recall_10", f.recall_10},
                {"ndcg_10", f.ndcg_10},
                {"mean_ms", f.mean_ms},
                {"p50_ms", f.p50_ms},
                {"p99_ms", f.p99_ms},
                {"questions", f.questions},
                {"documents", documents},
                {"language", set->language},
                {"build_seconds", build_seconds}};
    if (o.misses > 0) out["misses"] = std::move(misses);
    for (std::size_t i = 0; i < there.size(); ++i)
      out["silence"].push_back({{"confidence", there[i].threshold},
                                {"right", there[i].coverage()},
                                {"wrong", share(there[i].answered - there[i].right, there[i].asked)},
                                {"answered_without_answer", share(gone[i].answered, gone[i].asked)}});
    print(out);
    return kOk;
  }
  std::cout << fmt::format(
      "questions {:>8}\nMAP       {:>8.4f}\nMRR@10    {:>8.4f}\nP@1       {:>8.4f}\nR@10      {:>8.4f}\nnDCG@10   {:>8.4f}\n"
      "ms/query  {:>8.3f}  (p50 {:.3f}, p99 {:.3f})\n",
      f.questions, f.map, f.mrr_10, f.p_1, f.recall_10, f.ndcg_10, f.mean_ms, f.p50_ms, f.p99_ms);
  if (!there.empty()) std::cout << "confidence    right    wrong   answered though the answer was taken away\n";
  for (std::size_t i = 0; i < there.size(); ++i)
    std::cout << fmt::format("{:>10.2f} {:>6.1f} % {:>6.1f} % {:>6.1f} %{}\n", there[i].threshold, 100 * there[i].coverage(),
                             100 * share(there[i].answered - there[i].right, there[i].asked),
                             100 * share(gone[i].answered, gone[i].asked),
                             there[i].threshold == kb::kMinConfidence ? "   (what customers are shown)" : "");
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& m = f.misses[i];
    std::cout << fmt::format("{}: {}\n    wanted {}{}, found {}\n", m.question, m.text, m.wanted,
                             m.rank == 0 ? " (not among ten)" : fmt::format(" (rank {})", m.rank),
                             m.found.empty() ? "nothing" : m.found);
  }
  return kOk;
}

}  // namespace usher::gateway::app
