#include "kb/index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kb/speller.h"

namespace usher::kb {
namespace {

using Document = std::array<std::vector<std::string>, kFields>;
using Weights = std::map<std::string, float>;

// The formula of index.h, written down over the documents themselves: `collection` is what the index was last built from.
class LinearScorer {
 public:
  explicit LinearScorer(const std::vector<Document>& collection) {
    for (const Document& d : collection) {
      std::set<std::string> words;
      for (std::size_t f = 0; f < kFields; ++f) {
        words.insert(d[f].begin(), d[f].end());
        total_[f] += static_cast<double>(d[f].size());
      }
      if (!words.empty()) ++n_;
      for (const std::string& word : words) ++df_[word];
    }
  }

  double score(const Document& document, const Weights& query) const {
    double score = 0;
    for (const auto& [term, weight] : query) {
      const auto known = df_.find(term);
      const double df = known == df_.end() ? 1 : known->second;
      const double idf = std::log(1 + (std::max(n_, df) - df + 0.5) / (df + 0.5));
      for (std::size_t f = 0; f < kFields; ++f) {
        const auto tf = static_cast<double>(std::ranges::count(document[f], term));
        if (tf == 0) continue;
        const auto [w, k1, b] = kFieldWeights[f];
        const double length = total_[f] > 0 ? static_cast<double>(document[f].size()) / (total_[f] / n_) : 1;
        score += weight * w * idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length));
      }
    }
    return score;
  }

 private:
  double n_ = 0;
  std::array<double, kFields> total_{};
  std::map<std::string, double> df_;
};

std::shared_ptr<const Index::Document> entered(const Document& document, Dictionary::Writer& dictionary) {
  Index::DocumentBuilder builder;
  for (std::size_t f = 0; f < kFields; ++f) {
    for (const std::string& term : document[f]) builder.add(static_cast<Field>(f), dictionary.add(term));
  }
  return std::make_shared<const Index::Document>(builder.finish());
}

Index index_of(const std::vector<Document>& documents, Dictionary from = {}) {
  Dictionary::Writer dictionary(std::move(from));
  Index::Documents all;
  for (const Document& document : documents) all.push_back(entered(document, dictionary));
  return Index::build(std::move(all), dictionary.finish());
}

Index with(const Index& index, const std::vector<Document>& documents) {
  Dictionary::Writer dictionary(index.dictionary());
  Index::Documents all;
  for (const Document& document : documents) all.push_back(entered(document, dictionary));
  return index.with(all, dictionary.finish());
}

void expect_same(const Index& index, const LinearScorer& scorer, const std::vector<Document>& documents, const Weights& query) {
  ASSERT_EQ(index.size(), documents.size());
  std::vector<Index::Weighted> weighted;
  for (const auto& [term, weight] : query) {
    if (const auto id = index.id(term)) weighted.push_back({*id, weight});
  }
  std::vector<float> scores(index.size(), 0);
  index.score(weighted, scores);
  for (std::size_t doc = 0; doc < documents.size(); ++doc) {
    const double expected = scorer.score(documents[doc], query);
    ASSERT_NEAR(scores[doc], expected, 1e-4 * (1 + expected)) << "document " << doc;
    double explained = 0;
    for (const auto& t : weighted) {
      for (const float part : index.contributions(t.term, static_cast<Index::DocId>(doc)))
        explained += static_cast<double>(t.weight) * static_cast<double>(part);
    }
    ASSERT_NEAR(explained, expected, 1e-4 * (1 + expected)) << "document " << doc;
  }
}

class RandomText {
 public:
  explicit RandomText(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return random_() % n; }
  void vocabulary(std::size_t words) { words_ = words; }
  // Common words and rare ones.
  std::string word() { return "w" + std::to_string(std::min(below(words_), below(words_))); }
  Document document() {
    Document document;
    if (below(12) == 0) return document;  // one without a word
    for (auto& field : document) {
      for (std::size_t n = below(10); n > 0; --n) field.push_back(word());
    }
    return document;
  }
  std::vector<Document> documents(std::size_t n) {
    std::vector<Document> all(n);
    for (Document& document : all) document = this->document();
    return all;
  }
  Weights query() {
    Weights wanted;
    for (std::size_t n = 1 + below(6); n > 0; --n) wanted[word()] = 0.1F + static_cast<float>(below(20)) / 10;
    return wanted;
  }

 private:
  std::mt19937 random_;
  std::size_t words_ = 10;
};

TEST(Index, EqualsALinearScorerOnRandomCorporaAfterRandomEdits) {
  RandomText random(20260101);
  std::size_t cases = 0;
  for (int round = 0; round < 400; ++round) {
    random.vocabulary(3 + random.below(40));
    std::vector<Document> documents = random.documents(random.below(25));
    Index index = index_of(documents);
    LinearScorer scorer(documents);
    for (std::size_t edits = random.below(12);; --edits) {
      SCOPED_TRACE(testing::Message() << "round " << round << ", edits to come " << edits);
      for (int n = 0; n < 2; ++n, ++cases) expect_same(index, scorer, documents, random.query());
      if (testing::Test::HasFatalFailure()) return;
      if (edits == 0) break;
      if (random.below(10) == 0) random.vocabulary(60);  // words nobody has used before
      if (random.below(6) == 0) {
        // A merge: some documents are gone, what is left becomes the collection.
        std::erase_if(documents, [&](const Document&) { return random.below(4) == 0; });
        index = index_of(documents, index.dictionary().merged());
        scorer = LinearScorer(documents);
      } else {
        const std::vector<Document> more = random.documents(1 + (random.below(8) == 0 ? random.below(40) : random.below(3)));
        index = with(index, more);
        documents.insert(documents.end(), more.begin(), more.end());
      }
    }
  }
  EXPECT_GE(cases, 4000U);
}

TEST(Index, AnIndexThatGotMoreDocumentsIsAnotherOneAndTheOldStays) {
  const Index old = index_of({{{{"a"}, {}, {}, {}, {}, {"b"}}}});
  const Index more = with(old, {{{{"c"}, {}, {}, {}, {}, {"a"}}}});
  EXPECT_EQ(old.size(), 1U);
  EXPECT_FALSE(old.id("c").has_value());
  EXPECT_EQ(more.size(), 2U);
  EXPECT_EQ(more.id("a"), old.id("a"));
  EXPECT_EQ(more.fields_of(*more.id("c"), 1), 0b000001U);
  EXPECT_EQ(more.fields_of(*more.id("a"), 1), 0b100000U);
}

TEST(Index, ATermOfNoDocumentSinceTheLastBuildIsUnknown) {
  const Index first = index_of({{{{"a"}, {}, {}, {}, {}, {}}}, {{{"b"}, {}, {}, {}, {}, {}}}});
  const Index second = index_of({{{{"b"}, {}, {}, {}, {}, {}}}}, first.dictionary().merged());
  EXPECT_FALSE(second.id("a").has_value());
  EXPECT_EQ(second.id("b"), first.id("b"));
  EXPECT_TRUE(with(second, {{{{"a"}, {}, {}, {}, {}, {}}}}).id("a").has_value());
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
  const Index index = index_of({});
  EXPECT_EQ(index.size(), 0U);
  EXPECT_FALSE(index.id("a").has_value());
  EXPECT_EQ(Index().size(), 0U);
}

TEST(Dictionary, ANumberOnceGivenStaysThroughLayersAndMerges) {
  Dictionary dictionary;
  std::map<std::string, std::uint32_t> expected;
  for (int layer = 0; layer < 60; ++layer) {
    Dictionary::Writer writer(dictionary);
    for (int n = 0; n < layer % 7; ++n) {
      const std::string word = "t" + std::to_string((layer * 5 + n * 3) % 90);
      const std::uint32_t id = writer.add(word);
      EXPECT_EQ(expected.try_emplace(word, id).first->second, id);
    }
    dictionary = layer % 20 == 19 ? writer.finish().merged() : writer.finish();
    EXPECT_EQ(dictionary.size(), expected.size());
    for (const auto& [word, id] : expected) EXPECT_EQ(dictionary.id(word), id);
  }
  EXPECT_FALSE(dictionary.id("other").has_value());
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
