// Codes, models and words as people write them: generated, with fixed seeds; the figures are printed.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "kb/analyzer.h"
#include "kb/library.h"
#include "kb/question.h"
#include "kb/speller.h"
#include "tests/kb/shipped.h"

namespace usher::kb {
namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t limit) {
  return random() % limit;  // the standard's distributions differ between libraries
}
template <class List>
auto any_of(Random& random, const List& list) {
  return list[below(random, std::size(list))];
}

std::string upper(std::string s) {
  for (char& c : s) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return s;
}
std::string replaced(std::string s, std::string_view what, std::string_view with) {
  for (std::size_t at = s.find(what); at != std::string::npos; at = s.find(what, at + with.size()))
    s.replace(at, what.size(), with);
  return s;
}
std::string full_width(const std::string& s) {
  std::string out;
  for (const char c : s) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte > 0x7E) {
      out += c == ' ' ? "\u3000" : std::string(1, c);
      continue;
    }
    const unsigned point = 0xFF00U + byte - 0x20U;
    out += static_cast<char>(0xE0U | point >> 12U);
    out += static_cast<char>(0x80U | (point >> 6U & 0x3FU));
    out += static_cast<char>(0x80U | (point & 0x3FU));
  }
  return out;
}

struct Thing {
  enum class Kind { kCode, kHex, kModel } kind;
  std::string id, written;
};

// Neighbours on purpose: E-201 beside E-202, 0x7A beside 0x7B, XPS-13 9310 beside XPS-13 9315.
std::vector<Thing> things() {
  std::vector<Thing> all;
  const auto add = [&all](Thing::Kind kind, std::string written) {
    all.push_back({kind, "thing-" + std::to_string(all.size()), std::move(written)});
  };
  for (int n = 0; n < 12; ++n) add(Thing::Kind::kCode, "E-" + std::to_string(198 + n));
  for (int n = 0; n < 6; ++n) add(Thing::Kind::kCode, "F" + std::to_string(198 + n));
  for (const char* code : {"P-07", "5B00", "C-1201", "SC 542", "B200", "H-03", "W-11", "NW-31473-3", "CE-34878-0", "KB5034441"})
    add(Thing::Kind::kCode, code);
  for (const char* code :
       {"0x0000007A", "0x0000007B", "0x0000007E", "0x0000007F", "0x000000EF", "0x0000009C", "0x00000133", "0xC0000005",
        "0xC000021A", "0x80070643", "0x80070634", "0x80070005", "0x800F081F", "0x8024402C", "0x80240034", "0xC1900101"})
    add(Thing::Kind::kHex, code);
  for (const char* model : {"XPS-13 9310",
                            "XPS-13 9315",
                            "XPS-15 9510",
                            "XPS-15 9520",
                            "Latitude 5420",
                            "Latitude 5430",
                            "Latitude 7420",
                            "ThinkPad X1 Carbon Gen 9",
                            "ThinkPad X1 Carbon Gen 10",
                            "ThinkPad T14s",
                            "ThinkPad T14",
                            "LaserJet M404dn",
                            "LaserJet M404n",
                            "OfficeJet Pro 9015e",
                            "DS-2CD2143G2-I",
                            "DS-2CD2147G2-L",
                            "ZenBook UX425EA",
                            "Pavilion 15-eg0021nr",
                            "MX Master 3S",
                            "MX Keys",
                            "PIXMA G3010",
                            "PIXMA G3020",
                            "ET-2720",
                            "ET-2800",
                            "U2723QE",
                            "P2419H"})
    add(Thing::Kind::kModel, model);
  return all;
}

std::shared_ptr<const Library> library_of_things() {
  std::vector<Problem> problems;
  std::vector<Article> articles = shipped_articles(problems);
  // One that lists stop codes itself would be right, too.
  std::erase_if(articles, [](const Article& a) { return !a.codes.empty(); });
  for (const Thing& thing : things()) {
    for (const char* language : {"en", "zh"}) {
      const bool english = std::string_view(language) == "en";
      Article a;
      a.id = thing.id;
      a.language = language;
      if (thing.kind == Thing::Kind::kModel) {
        a.title = english ? "Where to find the manual of the " + thing.written : thing.written + " 的说明书在哪里";
        a.products = {thing.written};
      } else {
        a.title = english ? "What the display says: " + thing.written : "屏幕上提示 " + thing.written;
        a.codes = {thing.written};
      }
      a.issue = english ? "Something is written there." : "那里写着一行字。";
      a.resolution = english ? "1. Read it." : "1. 看一看。";
      articles.push_back(std::move(a));
    }
  }
  return Library::build(std::move(articles));
}

std::string written_otherwise(Random& random, const Thing& thing) {
  std::string s = thing.written;
  if (thing.kind == Thing::Kind::kHex) {
    const std::string digits = s.substr(2), bare = digits.substr(digits.find_first_not_of('0'));
    const std::array<std::function<std::string()>, 12> forms = {
        [&] { return "0x" + bare; },
        [&] { return "0X" + bare; },
        [&] { return "0x" + digits; },
        [&] { return digits; },
        [&] { return "stop code " + bare; },
        [&] { return bare + " stop code"; },
        [&] { return "0x" + digits.substr(0, 4) + " " + digits.substr(4); },
        [&] { return digits.substr(0, 4) + "-" + digits.substr(4); },
        [&] { return "0x" + digits.substr(0, 4) + "_" + digits.substr(4); },
        [&] { return "0x " + bare; },
        [&] { return "0 x " + bare; },
        [&] { return "错误代码 " + bare; },
    };
    s = any_of(random, forms)();
  } else {
    static constexpr std::array<std::string_view, 9> kJoints = {"", " ", "-", "  ", "\u2013", "\u2011", " - ", "_", "\u3000"};
    const std::string_view joint = any_of(random, kJoints);
    // Between words a model keeps at least a space in half of the cases; a code is one word.
    if (thing.kind == Thing::Kind::kCode || below(random, 2) == 0) s = replaced(s, " ", "-");
    s = replaced(s, "-", joint);
    // A space where letters end and digits begin.
    if (below(random, 4) == 0) {
      for (std::size_t i = 1; i < s.size(); ++i) {
        const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
        if (is_letter(s[i - 1]) && s[i] >= '0' && s[i] <= '9') {
          s.insert(i, " ");
          break;
        }
      }
    }
  }
  switch (below(random, 4)) {
    case 0:
      s = text::to_lower_ascii(s);
      break;
    case 1:
      s = upper(s);
      break;
    case 2:
      s = full_width(s);
      break;
    default:
      break;
  }
  return s;
}

std::string in_a_sentence(Random& random, const std::string& thing, bool english) {
  static constexpr std::array<std::string_view, 7> kEnglish = {"@",
                                                               "it says @",
                                                               "my computer shows @ since yesterday",
                                                               "what does @ mean?",
                                                               "@ - please help",
                                                               "hello, I have a question about @.",
                                                               "(@)"};
  static constexpr std::array<std::string_view, 7> kChinese = {
      "@", "提示@", "出现@怎么办", "@是什么意思？", "你好，我想问一下@", "电脑显示@，请帮忙", "“@”"};
  return replaced(std::string(any_of(random, english ? kEnglish : kChinese)), "@", thing);
}

TEST(Variants, ACodeOrModelIsFoundHoweverItIsWritten) {
  const auto library = library_of_things();
  const std::vector<Thing> all = things();
  Random random(20261122);
  std::set<std::string> seen;
  int found = 0, asked = 0;
  while (asked < 500) {
    const Thing& thing = any_of(random, all);
    const bool english = below(random, 2) == 0;
    Query query;
    query.text = in_a_sentence(random, written_otherwise(random, thing), english);
    query.language = english ? "en" : "zh";
    query.limit = 3;
    if (!seen.insert(query.language + query.text).second) continue;
    ++asked;
    const std::vector<Hit> hits = library->search(query);
    if (!hits.empty() && hits[0].article->id == thing.id) {
      ++found;
    } else {
      std::printf("  not first: \"%s\" is %s, found %s\n", query.text.c_str(), thing.written.c_str(),
                  hits.empty() ? "nothing" : hits[0].article->title.c_str());
    }
  }
  std::printf("written variants of codes and models: %d of %d found first (%.1f %%)\n", found, asked, 100.0 * found / asked);
  EXPECT_GE(found, 490);
}

// Each slip once at a random place of the longest word: as fingers make them.
std::string mistyped(Random& random, const std::string& word) {
  static const std::map<char, std::string_view> kNeighbours = {
      {'q', "wa"},   {'w', "qes"},  {'e', "wrd"},  {'r', "etf"}, {'t', "ryg"},  {'y', "tuh"},  {'u', "yij"},
      {'i', "uok"},  {'o', "ipl"},  {'p', "ol"},   {'a', "qsz"}, {'s', "adwx"}, {'d', "sfec"}, {'f', "dgrv"},
      {'g', "fhtb"}, {'h', "gjyn"}, {'j', "hkum"}, {'k', "jli"}, {'l', "kop"},  {'z', "asx"},  {'x', "zcs"},
      {'c', "xvd"},  {'v', "cbf"},  {'b', "vng"},  {'n', "bmh"}, {'m', "nj"}};
  std::string s = word;
  const std::size_t at = 1 + below(random, s.size() - 2);
  switch (below(random, 4)) {
    case 0:
      std::swap(s[at], s[at + 1]);
      break;
    case 1:
      s.erase(at, 1);
      break;
    case 2:
      s.insert(at, 1, s[at]);
      break;
    default:
      s[at] = any_of(random, kNeighbours.at(s[at]));
      break;
  }
  return s;
}

// One of the words with five letters and more is mistyped, or every one; empty when there is none.
std::string with_typos(Random& random, const std::string& text, bool everywhere) {
  std::vector<std::string> words = text::split(text::to_lower_ascii(text), ' ');
  std::vector<std::size_t> long_ones;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool plain = std::ranges::all_of(words[i], [](char c) { return c >= 'a' && c <= 'z'; });
    if (plain && words[i].size() >= 5) long_ones.push_back(i);
  }
  if (long_ones.empty()) return {};
  if (!everywhere) long_ones = {any_of(random, long_ones)};
  for (const std::size_t i : long_ones) {
    const std::string word = words[i];
    while (words[i] == word) words[i] = mistyped(random, word);
  }
  std::string joined;
  for (const std::string& w : words) joined += (joined.empty() ? "" : " ") + w;
  return joined;
}

// The shipped regression set is what customers write: short, and not in the articles' words.
void typos_are_forgiven(bool everywhere) {
  std::vector<Problem> problems;
  const auto library = Library::build(shipped_articles(problems));
  std::ifstream stream(USHER_SOURCE_DIR "/config/kb/regression.tsv");
  Random random(7);
  int found = 0, asked = 0, clean = 0;
  for (std::string line; std::getline(stream, line);) {
    const std::vector<std::string> cells = text::split(line, '\t');
    if (cells.size() < 3 || cells[0] != "en" || cells[2] == "-") continue;
    const std::vector<std::string> ids = text::split(cells[2], ',');
    const auto is_found = [&](const std::string& text) {
      Query query;
      query.text = text;
      query.language = "en";
      query.limit = 3;
      return std::ranges::any_of(library->search(query),
                                 [&ids](const Hit& h) { return std::ranges::find(ids, h.article->id) != ids.end(); });
    };
    for (int n = 0; n < 2; ++n) {
      const std::string typo = with_typos(random, cells[1], everywhere);
      if (typo.empty()) continue;
      ++asked;
      clean += is_found(cells[1]) ? 1 : 0;
      if (is_found(typo)) {
        ++found;
      } else {
        std::printf("  not among three: \"%s\" (%s)\n", typo.c_str(), cells[2].c_str());
      }
    }
  }
  std::printf("%s: %d of %d among the first three (%.1f %%; without typos %.1f %%)\n",
              everywhere ? "every longer word mistyped" : "one word mistyped", found, asked, 100.0 * found / asked,
              100.0 * clean / asked);
  EXPECT_GT(asked, 200);
  EXPECT_GE(found, 0.85 * asked);
}

TEST(Variants, ATypoInAWordStillFindsTheArticleAmongTheFirstThree) {
  typos_are_forgiven(false);
}

TEST(Variants, TyposInEveryLongerWordStillFindTheArticleAmongTheFirstThree) {
  typos_are_forgiven(true);
}

// One word alone, mistyped: nothing else helps.
TEST(Variants, AMistypedWordIsPutRight) {
  std::vector<Problem> problems;
  std::map<std::string, std::uint32_t> counts;
  for (const Article& article : shipped_articles(problems)) {
    if (article.language != "en") continue;
    for (const Term& term : Analyzer::shared().analyze(article.title + "\n" + article.issue, true)) {
      const std::string text = article.title + "\n" + article.issue;
      const std::string word = text::to_lower_ascii(text.substr(term.begin, term.end - term.begin));
      if (std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; })) ++counts[word];
    }
  }
  std::vector<Speller::Word> words;
  for (const auto& [word, count] : counts) words.push_back({word, static_cast<std::uint32_t>(words.size()), count});
  const Speller speller(words);
  Random random(11);
  int right = 0, asked = 0;
  for (const auto& [word, count] : counts) {
    if (word.size() < 5) continue;
    const std::string typo = mistyped(random, word);
    if (counts.contains(typo)) continue;
    ++asked;
    const Speller::Word* near = speller.nearest(typo);
    right += near != nullptr && near->text == word ? 1 : 0;
  }
  std::printf("single words: %d of %d put right (%.1f %%)\n", right, asked, 100.0 * right / asked);
  EXPECT_GE(right, 0.85 * asked);
}

TEST(Variants, NoKnownCodeIsEverCorrectedIntoAnother) {
  Random random(3);
  for (int round = 0; round < 40; ++round) {
    // Dense on purpose: most have neighbours one edit away.
    std::set<std::string> codes;
    while (codes.size() < 200) {
      std::string code = any_of(random, std::array<std::string_view, 4>{"e", "0x8007", "xps", "5cg"}).data();
      const std::size_t digits = 1 + below(random, 5);
      for (std::size_t i = 0; i < digits; ++i) code += "0123456789abo"[below(random, 13)];
      if (std::ranges::any_of(code, [](char c) { return c >= '0' && c <= '9'; })) codes.insert(code);
    }
    std::vector<Speller::Word> words;
    for (const std::string& code : codes) words.push_back({code, static_cast<std::uint32_t>(words.size()), 1});
    const Speller speller(words);
    for (const std::string& code : codes) {
      const Speller::Word* near = speller.nearest_code(code);
      EXPECT_EQ(near, nullptr) << code << " became " << near->text;
    }
  }
}

TEST(Variants, AKnownCodeAsksForItsOwnArticleAndGetsIt) {
  const auto library = library_of_things();
  for (const Thing& thing : things()) {
    for (const char* language : {"en", "zh"}) {
      Query query;
      query.text = thing.written;
      query.language = language;
      const std::vector<Hit> hits = library->search(query);
      ASSERT_FALSE(hits.empty()) << thing.written;
      EXPECT_EQ(hits[0].article->id, thing.id) << thing.written << " found " << hits[0].article->title;
      EXPECT_EQ(library->did_you_mean(thing.written, language), std::nullopt) << thing.written;
    }
  }
}

TEST(Variants, WordsRunTogetherOrTornApartAreFound) {
  const auto library = library_of_things();
  for (const char* text : {"printeroffline", "print er offline", "myprinter is offline", "Printer off line"}) {
    Query query;
    query.text = text;
    query.language = "en";
    const std::vector<Hit> hits = library->search(query);
    ASSERT_FALSE(hits.empty()) << text;
    EXPECT_EQ(hits[0].article->id, "printer-offline") << text;
  }
}

// Nothing a stranger sends may take long: the cost of reading a question is bounded however it is made.
TEST(Variants, HostileQuestionsAreBounded) {
  const auto library = library_of_things();
  for (const char* piece : {"0 ", "a1 ", "7b-", "E 2 0 4 ", "打", "zq7x9 ", "thinkpadx1carbongen", "_0x", "a,1,b,2,"}) {
    std::string text = "error code ";
    while (text.size() < 4000) text += piece;
    for (const char* language : {"en", "zh"}) {
      Query query;
      query.text = text;
      query.language = language;
      const auto begin = std::chrono::steady_clock::now();
      library->search(query);
      const auto spent = std::chrono::steady_clock::now() - begin;
      EXPECT_LT(spent, std::chrono::seconds(1)) << piece;
    }
  }
}

TEST(Variants, ASlipInACodeFindsTheOnlyCodeItCanBe) {
  const auto library = library_of_things();
  const std::map<std::string, std::string> slips = {
      {"E-2O4", "E-204"},         {"E2204", "E-204"},          {"0x8007O005", "0x80070005"},  {"0x800700005", "0x80070005"},
      {"KB5034414", "KB5034441"}, {"0xC190101", "0xC1900101"}, {"M4O4dn", "LaserJet M404dn"}, {"U2723EQ", "U2723QE"}};
  for (const auto& [typed, meant] : slips) {
    Query query;
    query.text = typed;
    query.language = "en";
    const std::vector<Hit> hits = library->search(query);
    EXPECT_TRUE(!hits.empty() && hits[0].article->title.ends_with(meant))
        << typed << " found " << (hits.empty() ? "nothing" : hits[0].article->title);
  }
}

TEST(Variants, AnUnknownCodeBesideKnownOnesIsNotTakenForThem) {
  const auto library = library_of_things();
  // One digit away from several, or another code altogether.
  for (const char* typed : {"E-211", "E-298", "0x71", "F-220", "E-24"}) {
    Query query;
    query.text = typed;
    query.language = "en";
    const std::vector<Hit> hits = library->search(query);
    EXPECT_TRUE(hits.empty() || hits[0].confidence < kMinConfidence) << typed << " found " << hits[0].article->title;
    EXPECT_EQ(library->did_you_mean(typed, "en"), std::nullopt) << typed;
  }
}

}  // namespace
}  // namespace usher::kb
