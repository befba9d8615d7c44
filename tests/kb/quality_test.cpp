// How good the ranking is on public question sets (not part of the product, so these tests are skipped where they are absent):
// USHER_SHARED_DATA, or shared/data beside the repository. One configuration for all, and for what is made of them: titles
// missing, titles that are all the same, questions of few words, documents cut short.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "kb/evaluation.h"
#include "kb/library.h"
#include "tests/kb/shipped.h"

namespace usher::kb {
namespace {

std::filesystem::path folder(const char* name) {
  const char* root = std::getenv("USHER_SHARED_DATA");
  return (root != nullptr ? std::filesystem::path(root) : std::filesystem::path(USHER_SOURCE_DIR) / "../shared/data") / name;
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::optional<EvaluationSet> load(const char* name) {
  std::vector<Problem> problems;
  auto set = parse_evaluation(bytes_of(folder(name) / "docs.tsv"), bytes_of(folder(name) / "queries.tsv"),
                              bytes_of(folder(name) / "qrels.tsv"), "", problems);
  for (const Problem& p : problems) ADD_FAILURE() << p.file << ":" << p.line << ": " << p.message;
  return set;
}

double measured(const std::string& what, const EvaluationSet& set) {
  const Figures f = evaluate(*Library::build(set.articles), set);
  std::printf("%-34s %4zu questions: MRR@10 %.4f P@1 %.4f R@10 %.4f nDCG@10 %.4f MAP %.4f\n", what.c_str(), f.questions, f.mrr_10,
              f.p_1, f.recall_10, f.ndcg_10, f.map);
  return f.mrr_10;
}

// Every n-th question: what is only watched need not take long.
EvaluationSet thinned(EvaluationSet set, std::size_t n) {
  std::vector<EvaluationSet::Question> kept;
  for (std::size_t i = 0; i < set.questions.size(); i += n) kept.push_back(std::move(set.questions[i]));
  set.questions = std::move(kept);
  return set;
}

EvaluationSet without_titles(EvaluationSet set) {
  for (Article& a : set.articles) {
    a.body = a.title + " " + a.body;
    a.title.clear();
  }
  return set;
}
EvaluationSet with_one_title(EvaluationSet set, const char* title) {
  for (Article& a : set.articles) a.title = title;
  return set;
}
EvaluationSet cut_short(EvaluationSet set, std::size_t points) {
  for (Article& a : set.articles) a.body = text::cut(a.body, points);
  return set;
}

TEST(SearchQuality, EnglishQuestionsFindTheirAnswer) {
  if (!std::filesystem::exists(folder("kb-stackfaq"))) GTEST_SKIP() << "NOT MEASURED: no " << folder("kb-stackfaq");
  const EvaluationSet set = load("kb-stackfaq").value();
  EXPECT_GE(measured("kb-stackfaq", set), 0.86);
  const EvaluationSet some = thinned(set, 3);
  EXPECT_GE(measured("kb-stackfaq, no titles", without_titles(some)), 0.79);
  EXPECT_GE(measured("kb-stackfaq, one title for all", with_one_title(some, "Frequently asked question")), 0.72);
  EXPECT_GE(measured("kb-stackfaq, answers cut short", cut_short(some, 120)), 0.79);
}

TEST(SearchQuality, ChineseQuestionsFindTheirPassage) {
  if (!std::filesystem::exists(folder("kb-cmrc2018-dev"))) GTEST_SKIP() << "NOT MEASURED: no " << folder("kb-cmrc2018-dev");
  const EvaluationSet set = load("kb-cmrc2018-dev").value();
  EXPECT_GE(measured("kb-cmrc2018-dev", thinned(set, 3)), 0.985);
  const EvaluationSet some = thinned(set, 6);
  EXPECT_GE(measured("kb-cmrc2018-dev, no titles", without_titles(some)), 0.98);
  EXPECT_GE(measured("kb-cmrc2018-dev, one title for all", with_one_title(some, "常见问题")), 0.97);
  EXPECT_GE(measured("kb-cmrc2018-dev, passages cut short", cut_short(some, 60)), 0.88);
}

// Half of the documents are taken away: their questions should meet silence, the others their answer. Neighbouring questions
// remain, so this is harder than what strangers ask.
void silence_is_measured(const char* name, double min_coverage, double min_right, double min_silent) {
  EvaluationSet set = thinned(load(name).value(), 2);
  std::vector<Article> kept;
  std::vector<EvaluationSet::Question> answered, orphaned;
  for (std::size_t i = 0; i < set.articles.size(); i += 2) kept.push_back(set.articles[i]);
  for (EvaluationSet::Question& q : set.questions) {
    const bool there = std::ranges::any_of(kept, [&q](const Article& a) { return q.relevant.contains(a.id); });
    (there ? answered : orphaned).push_back(std::move(q));
  }
  const auto library = Library::build(std::move(kept));
  set.questions = std::move(answered);
  const Silence known = silence(*library, set, {kMinConfidence}).at(0);
  set.questions = std::move(orphaned);
  const Silence unknown = silence(*library, set, {kMinConfidence}).at(0);
  const double silent = 1 - static_cast<double>(unknown.answered) / static_cast<double>(unknown.asked);
  std::printf(
      "%-34s at %.2f: right answer to %.3f of what is there, %.3f of those answered right; silent on %.3f of what is not\n", name,
      kMinConfidence, known.coverage(), known.precision(), silent);
  EXPECT_GE(known.coverage(), min_coverage);
  EXPECT_GE(known.precision(), min_right);
  EXPECT_GE(silent, min_silent);
}

TEST(SearchQuality, EnglishQuestionsWithoutAnAnswerMeetSilenceHalfOfTheTime) {
  if (!std::filesystem::exists(folder("kb-stackfaq"))) GTEST_SKIP() << "NOT MEASURED: no " << folder("kb-stackfaq");
  silence_is_measured("kb-stackfaq", 0.75, 0.91, 0.60);
}

TEST(SearchQuality, ChineseQuestionsWithoutAPassageMostlyMeetSilence) {
  if (!std::filesystem::exists(folder("kb-cmrc2018-dev"))) GTEST_SKIP() << "NOT MEASURED: no " << folder("kb-cmrc2018-dev");
  silence_is_measured("kb-cmrc2018-dev", 0.94, 0.99, 0.82);
}

// What strangers ask of the articles Usher ships: nothing of it is about after-sales support.
TEST(SearchQuality, ShippedArticlesAreNotOfferedToQuestionsAboutSomethingElse) {
  if (!std::filesystem::exists(folder("kb-cmrc2018-dev"))) GTEST_SKIP() << "NOT MEASURED: no " << folder("kb-cmrc2018-dev");
  std::vector<Problem> problems;
  const auto library = Library::build(shipped_articles(problems));
  EvaluationSet set = thinned(load("kb-cmrc2018-dev").value(), 3);
  const Silence strangers = silence(*library, set, {kMinConfidence}).at(0);
  const double silent = 1 - static_cast<double>(strangers.answered) / static_cast<double>(strangers.asked);
  std::printf("questions of kb-cmrc2018-dev to the shipped articles: silent on %.3f of %zu\n", silent, strangers.asked);
  EXPECT_GE(silent, 0.95);
}

}  // namespace
}  // namespace usher::kb
