#include "dialogs/lexicon.h"

#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "dialogs/lexicon_tables.h"
#include "dialogs/word_table.h"

namespace usher::dialogs {
namespace {

constexpr std::array<std::pair<std::string_view, int>, 49> kNumbers = {{
    {"zero", 0},    {"one", 1},     {"two", 2},    {"three", 3},  {"four", 4},    {"five", 5},    {"six", 6},
    {"seven", 7},   {"eight", 8},   {"nine", 9},   {"ten", 10},   {"eleven", 11}, {"twelve", 12}, {"fifteen", 15},
    {"twenty", 20}, {"thirty", 30}, {"first", 1},  {"second", 2}, {"third", 3},   {"fourth", 4},  {"fifth", 5},
    {"sixth", 6},   {"seventh", 7}, {"eighth", 8}, {"ninth", 9},  {"tenth", 10},  {"1st", 1},     {"2nd", 2},
    {"3rd", 3},     {"4th", 4},     {"5th", 5},    {"6th", 6},    {"7th", 7},     {"8th", 8},     {"9th", 9},
    {"once", 1},    {"twice", 2},   {"零", 0},     {"一", 1},     {"两", 2},      {"二", 2},      {"三", 3},
    {"四", 4},      {"五", 5},      {"六", 6},     {"七", 7},     {"八", 8},      {"九", 9},      {"兩", 2},
}};

constexpr WordTable kNumberWords([] {
  std::array<std::string_view, kNumbers.size()> words;
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = kNumbers[i].first;
  return words;
}());

std::optional<int> plain_number(std::string_view s) {
  const std::size_t i = kNumberWords.find(s);
  return i < kNumbers.size() ? std::optional(kNumbers[i].second) : std::nullopt;
}

}  // namespace

Lexicon::Lexicon(std::span<const Entry> entries, std::span<const Entry> more) {
  for (const auto& table : {more, entries}) {  // what staff write goes before what is built in
    for (const Entry& entry : table) {
      for (std::string_view rest = entry.phrases; !rest.empty();) {
        const auto bar = rest.find('|');
        Meaning* meaning = phrases_.at(to_phrase(rest.substr(0, bar)));
        // The first mention of a phrase decides: several spellings become the same words.
        if (meaning != nullptr && meaning->weight < 0) *meaning = {entry.tag, entry.weight};
        rest = bar == std::string_view::npos ? std::string_view{} : rest.substr(bar + 1);
      }
    }
  }
}

std::vector<Tagged> Lexicon::scan(const Message& message) const {
  std::vector<Tagged> out;
  phrases_.scan(message, [&out](std::size_t begin, std::size_t end, const Meaning& meaning) {
    out.push_back({meaning.tag, meaning.weight, begin, end});
  });
  return out;
}

const Lexicon& answers() {
  return Lexicons::built_in().answers();
}
const Lexicon& skips() {
  return Lexicons::built_in().skips();
}
const Lexicon& wishes() {
  return Lexicons::built_in().wishes();
}
const Lexicon& courtesies() {
  return Lexicons::built_in().courtesies();
}
const Lexicon& everyday() {
  static const Lexicon lexicon(everyday_entries());
  return lexicon;
}

bool is_negator(const Word& word) {
  static constexpr WordTable kNegators(std::array<std::string_view, 23>{
      "not", "no", "never", "without", "none", "nor",  "neither", "hardly", "不",     "没",     "无",  "未",
      "非",  "沒", "無",    "别",      "noth", "bare", "non",     "rare",   "barely", "rarely", "zero"});
  return word.kind != Word::Kind::kBreak && kNegators.contains(word.text);
}

std::optional<int> small_number(std::string_view s) {
  int value = 0;
  if (const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
      error == std::errc{} && end == s.data() + s.size()) {
    return value >= 0 && value <= 99 ? std::optional(value) : std::nullopt;
  }
  if (const auto n = plain_number(s)) return n;
  // 十, 十二, 二十, 二十五
  constexpr std::string_view kTen = "十";
  const auto at = s.find(kTen);
  if (at == std::string_view::npos) return std::nullopt;
  const auto before = s.substr(0, at);
  const auto after = s.substr(at + kTen.size());
  const auto tens = before.empty() ? std::optional(1) : plain_number(before);
  const auto ones = after.empty() ? std::optional(0) : plain_number(after);
  if (!tens || !ones || *tens > 9 || *ones > 9 || *tens == 0) return std::nullopt;
  return *tens * 10 + *ones;
}

namespace {

enum class Table : unsigned char { kAnswers, kSkips, kWishes, kCourtesies };
struct Named {
  std::string_view name;
  Tag tag;
  double weight;
  Table table;
};
// What staff may add to. "skip" is an answer to a question for a value only.
constexpr std::array<Named, 19> kNamed = {{{"yes", Tag::kYes, 0.95, Table::kAnswers},
                                           {"no", Tag::kNo, 0.95, Table::kAnswers},
                                           {"says_yes", Tag::kSaysYes, 0.85, Table::kAnswers},
                                           {"says_no", Tag::kSaysNo, 0.85, Table::kAnswers},
                                           {"solved", Tag::kSolved, 0.9, Table::kAnswers},
                                           {"unsolved", Tag::kUnsolved, 0.9, Table::kAnswers},
                                           {"hedge", Tag::kHedge, 1, Table::kAnswers},
                                           {"question", Tag::kQuestion, 1, Table::kAnswers},
                                           {"dont_know", Tag::kDontKnow, 0.95, Table::kAnswers},
                                           {"skip", Tag::kDontKnow, 0.95, Table::kSkips},
                                           {"human", Tag::kHuman, 0.95, Table::kWishes},
                                           {"restart", Tag::kRestart, 0.95, Table::kWishes},
                                           {"back", Tag::kBack, 0.95, Table::kWishes},
                                           {"status", Tag::kStatus, 0.95, Table::kWishes},
                                           {"english", Tag::kEnglish, 0.95, Table::kWishes},
                                           {"chinese", Tag::kChinese, 0.95, Table::kWishes},
                                           {"greeting", Tag::kGreeting, 1, Table::kCourtesies},
                                           {"thanks", Tag::kThanks, 1, Table::kCourtesies},
                                           {"noise", Tag::kNoise, 1, Table::kCourtesies}}};

std::vector<Lexicon::Entry> added(const std::map<std::string, std::vector<std::string>>& additions, Table table) {
  std::vector<Lexicon::Entry> out;
  for (const Named& named : kNamed) {
    const auto it = additions.find(std::string(named.name));
    if (it == additions.end() || named.table != table) continue;
    for (const std::string& phrase : it->second) out.push_back({named.tag, named.weight, phrase});
  }
  return out;
}

}  // namespace

struct Lexicons::Tables {
  explicit Tables(const std::map<std::string, std::vector<std::string>>& more)
      : answers(answer_entries(), added(more, Table::kAnswers)),
        skips(skip_entries(), added(more, Table::kSkips)),
        wishes(wish_entries(), added(more, Table::kWishes)),
        courtesies(courtesy_entries(), added(more, Table::kCourtesies)) {}
  Lexicon answers, skips, wishes, courtesies;
};

const Lexicons& Lexicons::built_in() {
  static const Lexicons lexicons{{}};
  return lexicons;
}
Lexicons::Lexicons(const std::map<std::string, std::vector<std::string>>& additions)
    : tables_(std::make_shared<const Tables>(additions)) {}
const std::vector<std::string>& Lexicons::tag_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const Named& named : kNamed) out.emplace_back(named.name);
    return out;
  }();
  return names;
}
const Lexicon& Lexicons::answers() const {
  return tables_->answers;
}
const Lexicon& Lexicons::skips() const {
  return tables_->skips;
}
const Lexicon& Lexicons::wishes() const {
  return tables_->wishes;
}
const Lexicon& Lexicons::courtesies() const {
  return tables_->courtesies;
}

}  // namespace usher::dialogs
