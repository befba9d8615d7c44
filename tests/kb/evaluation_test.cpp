#include "kb/evaluation.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace usher::kb {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kDocs =
    "d1\tPrinter offline\tThe printer is shown as offline.\n"
    "d2\tPaper jam\tPaper is stuck in the printer.\n"
    "d3\tNo sound\tNothing is heard.\n";

EvaluationSet read(std::string_view docs, std::string_view queries, std::string_view qrels, std::string_view language = "en") {
  std::vector<Problem> problems;
  auto set = parse_evaluation(docs, queries, qrels, language, problems);
  for (const Problem& p : problems) ADD_FAILURE() << p.file << ":" << p.line << ": " << p.message;
  EXPECT_TRUE(set.has_value());
  return set ? std::move(*set) : EvaluationSet();
}

TEST(Evaluation, ReadsTheTablesOfPublicCollections) {
  const EvaluationSet set = read(
      "\xEF\xBB\xBF"
      "id\ttitle\ttext\r\nd1\tA title\tText\r\nd2\t\tOnly text\r\n",
      "q1\twhat\tan answer\tmore\nq2\twhy\n", "q1\t0\td1\t2\nq1 0 d2 0\nq2 d2 1\n");
  ASSERT_THAT(set.articles, SizeIs(2));
  EXPECT_EQ(set.articles[1].title, "");
  EXPECT_EQ(set.articles[1].body, "Only text");
  ASSERT_THAT(set.questions, SizeIs(2));
  EXPECT_EQ(set.questions[0].text, "what");
  EXPECT_THAT(set.questions[0].relevant, ElementsAre(testing::Pair("d1", 2)));
  EXPECT_THAT(set.questions[1].relevant, ElementsAre(testing::Pair("d2", 1)));
}

TEST(Evaluation, BrokenRowsAreNamedAndLeftOut) {
  std::vector<Problem> problems;
  const auto set = parse_evaluation("d1\tt\tx\nlonely\nd1\tt\tagain\n", "q1\ta\nq1\tb\nbad\n",
                                    "q1 0 d1 1\nq9 0 d1 1\nq1 0 d9 1\nq1 0 d1 yes\n", "en", problems);
  ASSERT_TRUE(set.has_value());
  EXPECT_THAT(set->articles, SizeIs(1));
  std::vector<std::string> places;
  for (const Problem& p : problems) places.push_back(p.file + std::to_string(p.line));
  EXPECT_THAT(places, ElementsAre("docs2", "docs3", "queries2", "queries3", "qrels2", "qrels3", "qrels4"));
}

TEST(Evaluation, NothingToAskIsNoEvaluation) {
  std::vector<Problem> problems;
  EXPECT_FALSE(parse_evaluation("", "", "", "", problems));
  EXPECT_FALSE(parse_evaluation(kDocs, "q1\tx\n", "", "", problems));
  EXPECT_FALSE(parse_evaluation(std::string(10000, '\t'), "\xFF", "\xFF \xFF \xFF", "", problems));
}

TEST(Evaluation, TheLanguageIsToldFromTheDocuments) {
  EXPECT_EQ(read("d1\t打印机脱机\t检查网线\n", "q\t打印机\n", "q 0 d1 1\n", "").language, "zh");
  EXPECT_EQ(read(kDocs, "q\tprinter\n", "q 0 d1 1\n", "").language, "en");
}

TEST(Evaluation, TheFiguresAreThoseOfTheirDefinitions) {
  const EvaluationSet set = read(kDocs, "q1\tprinter paper\nq2\tprinter paper\nq3\tno sound\nq4\tnothing known\n",
                                 "q1 0 d1 1\nq2 0 d2 1\nq2 0 d1 3\nq3 0 d1 1\n");
  const Figures f = evaluate(*Library::build(set.articles), set);
  EXPECT_EQ(f.questions, 3U);  // q4 has no answer
  // d2 comes first and d1 second for "printer paper"; only d3 for q3.
  EXPECT_NEAR(f.mrr_10, (0.5 + 1 + 0) / 3, 1e-9);
  EXPECT_NEAR(f.p_1, 1.0 / 3, 1e-9);
  EXPECT_NEAR(f.map, (0.5 + 1 + 0) / 3, 1e-9);
  EXPECT_NEAR(f.recall_10, (1.0 + 1 + 0) / 3, 1e-9);
  const double ideal = 3 + 1 / std::log2(3.0);
  EXPECT_NEAR(f.ndcg_10, (1 / std::log2(3.0) + (1 + 3 / std::log2(3.0)) / ideal) / 3, 1e-9);
  ASSERT_THAT(f.misses, SizeIs(2));
  EXPECT_EQ(f.misses[0].question, "q1");
  EXPECT_EQ(f.misses[0].wanted, "d1");
  EXPECT_EQ(f.misses[0].found, "d2");
  EXPECT_EQ(f.misses[0].rank, 2U);
  EXPECT_EQ(f.misses[1].rank, 0U);
  EXPECT_EQ(f.mean_ms, 0);
}

TEST(Evaluation, TimeIsThatOfTheClockHandedOver) {
  const EvaluationSet set = read(kDocs, "q1\tprinter\nq2\tpaper\n", "q1 0 d1 1\nq2 0 d2 1\n");
  std::chrono::nanoseconds time(0), step(0);
  const Figures f = evaluate(*Library::build(set.articles), set, [&] {
    step += std::chrono::milliseconds(1);
    return time += step;
  });
  EXPECT_NEAR(f.mean_ms, 3, 1e-9);  // 2 and 4
  EXPECT_NEAR(f.p99_ms, 2, 1e-9);
}

TEST(Evaluation, SilenceCountsWhatWasAnsweredAndWhatWasRight) {
  const EvaluationSet set = read(kDocs, "q1\tprinter offline\nq2\tbake a cake\nq3\tpaper jam\n", "q1 0 d1 1\nq3 0 d1 1\n");
  const std::vector<Silence> all = silence(*Library::build(set.articles), set, {0.5, 1.1});
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].asked, 3U);
  EXPECT_EQ(all[0].answered, 2U);
  EXPECT_EQ(all[0].right, 1U);
  EXPECT_DOUBLE_EQ(all[0].precision(), 0.5);
  EXPECT_EQ(all[1].answered, 0U);
  EXPECT_DOUBLE_EQ(all[1].precision(), 1.0);
}

TEST(Evaluation, WithTheAnswerTakenAwayEveryAnswerIsWrong) {
  std::vector<Problem> problems;
  const auto set = parse_evaluation(
      "d1\tPrinter is offline\tIt says offline.\nd2\tPrinter offline after update\tOffline again.\n"
      "d3\tNo sound\tSilence.\n",
      "q1\tprinter is offline\nq2\tno sound\nq3\tnothing to find\n", "q1 0 d1 1\nq2 0 d3 1\n", "en", problems);
  ASSERT_TRUE(set);
  const auto library = Library::build(set->articles);
  const Silence there = silence(*library, *set, {0.1}).at(0);
  EXPECT_EQ(there.right, 2u);
  const Silence gone = silence_without_answers(*library, *set, {0.1}).at(0);
  EXPECT_EQ(gone.asked, 2u) << "a question without an answer has none to take away";
  EXPECT_EQ(gone.answered, 1u) << "the other article about printers";
  EXPECT_EQ(gone.right, 0u);
}

}  // namespace
}  // namespace usher::kb
