#include "kb/index.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "kb/speller.h"

namespace usher::kb {
namespace {

using Document = std::array<std::vector<std::string>, kFields>;

// The formula of index.h, written down term by term over the documents themselves.
double linear_score(const std::vector<Document>& documents, const Document& document,
                    const std::vector<std::pair<std::string, float>>& query) {
  double score = 0;
  for (const auto& [term, weight] : query) {
    double df = 0;
    for (const Document& d : documents) {
      df += std::ranges::any_of(d, [&](const auto& field) { return std::ranges::find(field, term) != field.end(); }) ? 1 : 0;
    }
    const double n = static_cast<double>(documents.size());
    const double idf = std::log(1 + (n - df + 0.5) / (df + 0.5));
    for (std::size_t f = 0; f < kFields; ++f) {
      const auto tf = static_cast<double>(std::ranges::count(document[f], term));
      if (tf == 0) continue;
      double average = 0;
      for (const Document& d : documents) average += static_cast<double>(d[f].size()) / n;
      const auto [w, k1, b] = kFieldWeights[f];
      score += weight * w * idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * static_cast<double>(document[f].size()) / average));
    }
  }
  return score;
}

Index index_of(const std::vector<Document>& documents) {
  Index::Builder builder;
  for (const Document& document : documents) {
    builder.begin_document();
    for (std::size_t f = 0; f < kFields; ++f) {
      for (const std::string& term : document[f]) builder.add(static_cast<Field>(f), term);
    }
  }
  return builder.finish();
}

TEST(Index, EqualsALinearScorerOnRandomCorpora) {
  std::mt19937 random(20260101);
  for (int round = 0; round < 40; ++round) {
    const std::size_t words = 3 + random() % 40;
    const auto word = [&] { return "w" + std::to_string(std::min(random() % words, random() % words)); };
    std::vector<Document> documents(1 + random() % 30);
    for (Document& document : documents) {
      for (auto& field : document) {
        for (std::size_t n = random() % 12; n > 0; --n) field.push_back(word());
      }
    }
    const Index index = index_of(documents);
    std::map<std::string, float> wanted;
    for (std::size_t n = 1 + random() % 6; n > 0; --n) wanted[word()] = 0.1F + static_cast<float>(random() % 20) / 10;
    const std::vector<std::pair<std::string, float>> query(wanted.begin(), wanted.end());
    std::vector<Index::Weighted> weighted;
    for (const auto& [term, weight] : query) {
      if (const auto id = index.id(term)) weighted.push_back({*id, weight});
    }
    std::vector<float> scores(index.size(), 0);
    index.score(weighted, scores);
    for (std::size_t doc = 0; doc < documents.size(); ++doc) {
      const double expected = linear_score(documents, documents[doc], query);
      EXPECT_NEAR(scores[doc], expected, 1e-4 * (1 + expected)) << "round " << round << " document " << doc;
      double explained = 0;
      for (const auto& t : weighted) {
        for (const float part : index.contributions(t.term, static_cast<Index::DocId>(doc)))
          explained += static_cast<double>(t.weight) * part;
      }
      EXPECT_NEAR(explained, expected, 1e-4 * (1 + expected));
    }
  }
}

TEST(Index, KnowsTheFieldsOfATerm) {
  const Index index = index_of({{{{"a"}, {"b"}, {}, {"a"}, {}, {"a", "b"}}}, {{{"b"}, {}, {}, {}, {}, {}}}});
  EXPECT_EQ(index.fields_of(*index.id("a"), 0), 0b101001U);
  EXPECT_EQ(index.fields_of(*index.id("b"), 0), 0b100010U);
  EXPECT_EQ(index.fields_of(*index.id("b"), 1), 0b000001U);
  EXPECT_EQ(index.fields_of(*index.id("a"), 1), 0U);
  EXPECT_EQ(index.document_frequency(*index.id("b")), 2U);
  EXPECT_FALSE(index.id("c").has_value());
}

TEST(Index, MayBeEmpty) {
  const Index index = Index::Builder().finish();
  EXPECT_EQ(index.size(), 0U);
  EXPECT_FALSE(index.id("a").has_value());
}

TEST(Speller, FindsTheNearestKnownWord) {
  const Speller speller(
      {{"printer", 1, 5}, {"pointer", 2, 1}, {"offline", 3, 1}, {"bluetooth", 4, 1}, {"turn", 5, 9}, {"sprinter", 6, 1}});
  const auto nearest = [&speller](const char* word) {
    const Speller::Word* found = speller.nearest(word);
    return found == nullptr ? std::string() : found->text;
  };
  EXPECT_EQ(nearest("pritner"), "printer");
  EXPECT_EQ(nearest("priner"), "printer");
  EXPECT_EQ(nearest("printr"), "printer");
  EXPECT_EQ(nearest("rinter"), "printer");
  EXPECT_EQ(nearest("bluethoot"), "bluetooth");
  EXPECT_EQ(nearest("bleutoth"), "bluetooth");
  EXPECT_EQ(nearest("tunr"), "turn");
  EXPECT_EQ(nearest("tern"), "");
  EXPECT_EQ(nearest("printer"), "");
  EXPECT_EQ(nearest("offl1ne"), "");
  EXPECT_EQ(nearest("chocolate"), "");
  EXPECT_EQ(nearest(""), "");
}

TEST(Speller, MissesNoWordWithinOneEdit) {
  std::mt19937 random(7);
  std::vector<Speller::Word> words;
  for (std::uint32_t i = 0; i < 300; ++i) {
    std::string word;
    for (std::size_t n = 5 + random() % 6; n > 0; --n) word += static_cast<char>('a' + random() % 26);
    words.push_back({word, i, 1});
  }
  const Speller speller(words);
  for (const Speller::Word& word : words) {
    std::string typo = word.text;
    const std::size_t at = random() % (typo.size() - 1);
    switch (random() % 4) {
      case 0:
        std::swap(typo[at], typo[at + 1]);
        break;
      case 1:
        typo[at] = static_cast<char>('a' + random() % 26);
        break;
      case 2:
        typo.insert(at, 1, static_cast<char>('a' + random() % 26));
        break;
      default:
        typo += 'q';
    }
    if (typo == word.text) continue;
    const Speller::Word* found = speller.nearest(typo);
    ASSERT_NE(found, nullptr) << typo;
    EXPECT_EQ(found->text, word.text);
  }
}

}  // namespace
}  // namespace usher::kb
