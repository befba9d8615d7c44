// Synthetic articles and questions for kb_bench: Zipf-distributed words, so posting lists are as uneven as in real text. The same
// seed gives the same text everywhere.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "kb/article.h"

namespace usher::bench {

// The head of a word list by frequency: about half of all running words.
inline constexpr std::array<std::string_view, 60> kFunctionWords = {
    "the", "to",    "and", "of",   "a",     "is",  "in",   "it",    "you",   "that",  "for",  "on",   "with", "this", "be",
    "are", "if",    "not", "or",   "can",   "as",  "your", "have",  "i",     "from",  "at",   "but",  "will", "an",   "by",
    "do",  "when",  "my",  "was",  "there", "all", "no",   "then",  "which", "what",  "has",  "so",   "one",  "up",   "out",
    "we",  "about", "any", "into", "they",  "how", "me",   "would", "some",  "after", "does", "only", "off",  "its",  "other"};

class Language {
 public:
  explicit Language(std::uint32_t seed) : random_(seed) {
    constexpr std::size_t kWords = 30000;
    double sum = 0;
    for (std::size_t i = 0; i < kWords; ++i) {
      words_.push_back(i < kFunctionWords.size() ? std::string(kFunctionWords[i]) : make_word());
      sum += 1.0 / std::pow(static_cast<double>(i) + 2.7, 1.05);
      cumulative_.push_back(sum);
    }
  }

  std::string sentence(std::size_t words) {
    std::string text;
    for (std::size_t i = 0; i < words; ++i) text += (i == 0 ? "" : " ") + word();
    return text;
  }

  kb::Article article(std::size_t number) {
    kb::Article a;
    a.id = fmt::format("a-{:06}", number);
    a.language = "en";
    a.title = sentence(7);
    a.codes = {fmt::format("E-{}", 1000 + number)};
    for (int n = 0; n < 4; ++n) a.issue += "- " + sentence(9) + ".\n";
    a.environment = sentence(6) + ".\n";
    a.cause = sentence(20) + ".\n";
    for (int n = 1; n <= 8; ++n) a.resolution += fmt::format("{}. {}.\n", n, sentence(12));
    return a;
  }

 private:
  std::string make_word() {
    static constexpr std::string_view kConsonants = "bcdfghklmnprstvw", kVowels = "aeiou";
    std::string word;
    for (std::size_t syllables = 2 + random_() % 3; syllables > 0; --syllables) {
      word += kConsonants[random_() % kConsonants.size()];
      word += kVowels[random_() % kVowels.size()];
    }
    return word;
  }
  const std::string& word() {
    const double at = std::uniform_real_distribution<double>(0, cumulative_.back())(random_);
    return words_[static_cast<std::size_t>(std::ranges::lower_bound(cumulative_, at) - cumulative_.begin())];
  }

  std::mt19937 random_;
  std::vector<std::string> words_;
  std::vector<double> cumulative_;
};

}  // namespace usher::bench
