#include "dialogs/acknowledge.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.h"
#include "dialogs/understand.h"
#include "dialogs/words.h"

namespace usher::dialogs {
namespace {

constexpr std::size_t kShort = 8;      // words of a clause that only takes note
constexpr std::size_t kShortHan = 12;  // … and Han characters
constexpr std::size_t kLong = 400;     // bytes; whoever writes more has more to say

// A clause with one of these, and little else, takes note.
constexpr std::array kNotes = {
    "ok",         "okay",       "k",           "alright",   "great",       "good",    "perfect",  "awesome",    "wonderful",
    "nice",       "cool",       "super",       "fine",      "got it",      "i see",   "sense",    "noted",      "understood",
    "understand", "helpful",    "helped",      "helps",     "thanks",      "thank",   "thx",      "ty",         "cheers",
    "sure",       "appreciate", "appreciated", "excellent", "right",       "ah",      "oh",       "wow",        "lovely",
    "brilliant",  "fantastic",  "amazing",     "bye",       "goodbye",     "works",   "worked",   "working",    "solved",
    "fixed",      "happy",      "glad",        "pleased",   "have a nice", "will do", "thats it", "that was it"};
constexpr std::array kNotesHan = {"好", "行",   "明白", "知道了", "懂了", "了解", "收到", "原来",
                                  "谢", "辛苦", "嗯",   "哦",     "可以", "再见", "麻烦"};
// What begins a clause that tells what its writer is going to do.
constexpr std::array kGoing = {"i will ", "ill ",  "i shall ", "i am going ", "im going ", "going to ",  "gonna ",
                               "let me ", "will ", "i can do", "we will ",    "well do",   "id better ", "i should "};
constexpr std::array kGoingHan = {"我去", "我来", "我先", "我这就", "我马上", "我回头", "我会",  "我就",
                                  "我再", "我试", "我换", "我拿",   "试试",   "去试",   "去换",  "去修",
                                  "那我", "马上", "回头", "这就",   "我明天", "我改天", "我自己"};
constexpr std::array kLeads = {"ok ",        "okay ",    "great ", "alright ", "then ",    "so ", "and ", "thanks ",
                               "thank you ", "perfect ", "sure ",  "yes ",     "perhaps ", "ah ", "oh ",  "i think "};
// What makes a clause say more than that.
constexpr std::array kMore = {"but",   "however", "not",     "no",     "still",   "again",   "except", "problem", "problems",
                              "issue", "issues",  "trouble", "never",  "nothing", "also",    "broken", "dont",    "doesnt",
                              "didnt", "wont",    "cant",    "cannot", "isnt",    "stopped", "how",    "what",    "where",
                              "why",   "which",   "when",    "agent",  "human",   "person",  "status", "wrong",   "back"};
constexpr std::array kMoreHan = {"不", "没",   "但", "可是", "还是", "怎么", "另外", "还有",
                                 "又", "问题", "坏", "吗",   "呢",   "人工", "什么", "多少"};

struct Clause {
  std::string latin = " ";  // words between spaces, without apostrophes
  std::string han;
  std::size_t words = 0, characters = 0;
};

std::vector<Clause> clauses_of(std::string_view message) {
  std::vector<Clause> out(1);
  const std::string folded = text::fold(half_width(message));
  for (std::size_t i = 0; i < folded.size();) {
    const auto c = static_cast<unsigned char>(folded[i]);
    std::size_t length = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    const std::string sign = folded.substr(i, length);
    i += length;
    Clause& clause = out.back();
    if (std::isalnum(c) != 0) {
      clause.latin += sign;
    } else if (sign == "'") {
      continue;
    } else if (std::string_view(".,!;:\n").contains(sign) || sign == "。" || sign == "，" || sign == "！" || sign == "、" ||
               sign == "；") {
      if (clause.latin.back() != ' ') clause.latin += ' ';
      out.emplace_back();
    } else if (length >= 3) {
      clause.han += sign;
      ++clause.characters;
    } else if (clause.latin.back() != ' ') {
      clause.latin += ' ';
    }
  }
  if (out.back().latin.back() != ' ') out.back().latin += ' ';
  for (Clause& clause : out) clause.words = static_cast<std::size_t>(std::ranges::count(clause.latin, ' ')) - 1;
  return out;
}

bool acknowledges(const Clause& clause) {
  const auto holds = [&](const auto& list) {
    return std::ranges::any_of(list, [&](const char* word) { return clause.latin.contains(" " + std::string(word) + " "); });
  };
  const auto holds_han = [&](const auto& list) {
    return std::ranges::any_of(list, [&](const char* word) { return clause.han.contains(word); });
  };
  if (holds(kMore)) return false;
  if (holds_han(kMoreHan) && clause.han != "没问题" && clause.han != "不错") return false;
  if (clause.words <= kShort && clause.characters <= kShortHan &&
      (holds(kNotes) || holds_han(kNotesHan) || clause.han == "没问题"))
    return true;
  std::string_view rest = std::string_view(clause.latin).substr(1);
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view lead : kLeads) {
      if (rest.starts_with(lead)) rest.remove_prefix(lead.size()), found = true;
    }
  }
  return std::ranges::any_of(kGoing, [&](const char* start) { return rest.starts_with(start); }) || holds_han(kGoingHan);
}

}  // namespace

bool acknowledges(std::string_view words) {
  if (words.size() > kLong || words.contains('?') || words.contains("？") || says_unsolved(words)) return false;
  bool any = false;
  for (const Clause& clause : clauses_of(words)) {
    if (clause.words == 0 && clause.han.empty()) continue;
    if (!acknowledges(clause)) return false;
    any = true;
  }
  return any;
}

}  // namespace usher::dialogs
