// Scores on public mail collections (tests/connectors/email/corpus.h): the table is printed, the floors make it a test.
#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

#include "tests/connectors/email/corpus.h"
#include "tests/connectors/email/scores.h"

namespace usher::connectors::email {
namespace {

// USHER_TEST_VERBOSE=1 prints what differs.
Report report() {
  if (std::getenv("USHER_TEST_VERBOSE") == nullptr) return {};
  return [](const std::string& difference) { std::cout << difference << "\n"; };
}

TEST(MailCorpus, LegacyMessagesAreReadWithEveryField) {
  auto score = score_legacy(report());
  if (!score) GTEST_SKIP() << "NOT RUN: " << corpus("mime-legacy") << " is not here";
  std::cout << "[ SCORE    ] mime-legacy " << score->right << " of " << score->all << "\n";
  EXPECT_GE(score->right, 53);
}

TEST(MailCorpus, VisibleRepliesAreCutOut) {
  auto score = score_replies(report());
  if (!score) GTEST_SKIP() << "NOT RUN: " << corpus("reply-trimmer") << " is not here";
  std::cout << "[ SCORE    ] reply-trimmer " << score->right << " of " << score->all << "\n";
  EXPECT_GE(score->right, 63);
}

TEST(MailCorpus, BouncesAreRecognisedWithTheirAddresses) {
  auto score = score_bounces(report());
  if (!score) GTEST_SKIP() << "NOT RUN: " << corpus("bounce-flufl") << " is not here";
  std::cout << "[ SCORE    ] bounce-flufl class " << score->right << ", addresses " << score->also << " of " << score->all
            << "\n";
  EXPECT_GE(score->right, 111);
  EXPECT_GE(score->also, 110);
}

}  // namespace
}  // namespace usher::connectors::email
