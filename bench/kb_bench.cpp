// How fast the knowledge base answers: synthetic articles (Zipf-distributed words, so posting lists are as uneven as in real
// text), nine-word questions, the default limit. Prints build time, memory and latency percentiles of one thread.
//   kb_bench [ARTICLES=10000] [QUERIES=5000]
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "kb/library.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kWords = 30000;
// The head of a word list by frequency: about half of all running words.
constexpr std::array<std::string_view, 60> kFunctionWords = {
    "the", "to",    "and", "of",   "a",     "is",  "in",   "it",    "you",   "that",  "for",  "on",   "with", "this", "be",
    "are", "if",    "not", "or",   "can",   "as",  "your", "have",  "i",     "from",  "at",   "but",  "will", "an",   "by",
    "do",  "when",  "my",  "was",  "there", "all", "no",   "then",  "which", "what",  "has",  "so",   "one",  "up",   "out",
    "we",  "about", "any", "into", "they",  "how", "me",   "would", "some",  "after", "does", "only", "off",  "its",  "other"};

class Language {
 public:
  explicit Language(std::uint32_t seed) : random_(seed) {
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

std::vector<usher::kb::Article> make_articles(Language& language, std::size_t count) {
  std::vector<usher::kb::Article> articles(count);
  for (std::size_t i = 0; i < count; ++i) {
    usher::kb::Article& a = articles[i];
    a.id = fmt::format("a-{}", i);
    a.language = "en";
    a.title = language.sentence(7);
    a.codes = {fmt::format("E-{}", 1000 + i)};
    for (int n = 0; n < 4; ++n) a.issue += "- " + language.sentence(9) + ".\n";
    a.environment = language.sentence(6) + ".\n";
    a.cause = language.sentence(20) + ".\n";
    for (int n = 1; n <= 8; ++n) a.resolution += fmt::format("{}. {}.\n", n, language.sentence(12));
  }
  return articles;
}

double resident_megabytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * 4096 / 1e6;
}

void measure(const char* name, const usher::kb::Library& library, const std::vector<std::string>& queries) {
  std::vector<double> micros;
  std::size_t hits = 0;
  for (const std::string& text : queries) {
    const auto begin = Clock::now();
    hits += library.search({.text = text, .language = "en", .product = {}}).size();
    micros.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  std::ranges::sort(micros);
  const auto at = [&micros](double share) {
    return micros[static_cast<std::size_t>(share * static_cast<double>(micros.size() - 1))];
  };
  fmt::print("{:<22} {:>6} queries, {:.1f} hits each: p50 {:.0f} us, p90 {:.0f} us, p99 {:.0f} us, max {:.0f} us\n", name,
             queries.size(), static_cast<double>(hits) / static_cast<double>(queries.size()), at(0.5), at(0.9), at(0.99),
             micros.back());
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10000;
  const std::size_t asked = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 5000;
  Language language(7);
  std::vector<usher::kb::Article> articles = make_articles(language, count);
  const double before = resident_megabytes();
  const auto begin = Clock::now();
  const auto library = usher::kb::Library::build(std::move(articles));
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  fmt::print("{} articles: built in {:.2f} s, {:.0f} MB more resident ({:.0f} MB in all)\n", library->size(), seconds,
             resident_megabytes() - before, resident_megabytes());

  std::vector<std::string> words, typos, codes;
  for (std::size_t i = 0; i < asked; ++i) {
    words.push_back(language.sentence(9));
    std::string typo = words.back();
    const std::size_t middle = typo.find(' ') / 2;
    std::swap(typo[middle], typo[middle + 1]);
    typos.push_back(std::move(typo));
    codes.push_back(fmt::format("error E-{} on start", 1000 + i % count));
  }
  measure("nine words", *library, words);
  measure("first word mistyped", *library, typos);
  measure("an error code", *library, codes);
  return 0;
}
