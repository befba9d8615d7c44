// What everyday words mean in an answer: yes, no, hedges, "I don't know", "a person, please", … English and Chinese. The built-in
// tables (lexicon.cpp) can be extended by staff in config/dialogs/lexicon.yaml. Phrases are compared as canonical words
// (words.h), so one spelling of a contraction or inflection stands for all. Built once; immutable; thread-safe.
#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/phrase_table.h"
#include "dialogs/words.h"

namespace usher::dialogs {

enum class Tag : unsigned char {
  kYes,
  kNo,  // an answer by itself, whatever follows: "yes", "是的", "nope"
  kSaysYes,
  kSaysNo,  // a statement that counts only when nothing foreign stands beside it: "it does", "有", "没有"
  kSolved,
  kUnsolved,  // "works now", "还是不行": like a statement
  kNegator,   // "not": turns what follows
  kBut,
  kAccept,  // "ok", "fine": agrees to an offer, says nothing about a fact
  kWait,    // "one moment", "let me check"
  kHedge,
  kQuestion,
  kDontKnow,
  kHuman,
  kHumanBare,  // a wish for a person: anywhere in the message | only when it is the whole message
  kRestart,
  kBack,
  kStatus,
  kEnglish,
  kChinese,  // only when it is the whole message
  kGreeting,
  kThanks,
  kHelp,
  kNoise,
  kEveryday,  // common English words: this is a sentence, not a name
};

struct Tagged {
  Tag tag;
  double weight;           // 0..1: how sure the phrase is by itself
  std::size_t begin, end;  // words of the message
};

class Lexicon {
 public:
  struct Entry {
    Tag tag;
    double weight;
    std::string_view phrases;  // separated by '|'
  };
  // `more` goes before `entries` where both have a phrase.
  explicit Lexicon(std::span<const Entry> entries, std::span<const Entry> more = {});
  // Left to right, the longest phrase at each place; no overlaps.
  std::vector<Tagged> scan(const Message& message) const;

 private:
  struct Meaning {
    Tag tag{};
    double weight = -1;  // below 0: just made
  };
  PhraseTable<Meaning> phrases_;
};

// All tables one script set understands with: the built-in ones, and what lexicon.yaml adds. Immutable.
class Lexicons {
 public:
  static const Lexicons& built_in();
  // `additions`: tag name (tag_names()) → phrases. An unknown name is left out; parse has reported it.
  explicit Lexicons(const std::map<std::string, std::vector<std::string>>& additions);
  static const std::vector<std::string>& tag_names();  // "yes", "no", "hedge", "human", … as lexicon.yaml writes them

  // Whether it is a copy of the other.
  bool same(const Lexicons& other) const { return tables_ == other.tables_; }
  const Lexicon& answers() const;     // yes, no, solved, hedges, questions, don't know
  const Lexicon& skips() const;       // "don't know" as an answer to a question for a value: also "none", "can't find it", "没有"
  const Lexicon& wishes() const;      // a person, start over, back, status, language
  const Lexicon& courtesies() const;  // greetings, thanks, noise

 private:
  struct Tables;
  std::shared_ptr<const Tables> tables_;
};

const Lexicon& answers();     // yes, no, solved, hedges, questions, don't know
const Lexicon& skips();       // "don't know" as an answer to a question for a value: also "none", "can't find it", "没有"
const Lexicon& wishes();      // a person, start over, back
const Lexicon& courtesies();  // greetings, thanks, noise
const Lexicon& everyday();    // common English words

bool is_negator(const Word& word);  // "not", "no", "never", "without", "不", "没" …
// "two" → 2, "second" → 2, "2nd" → 2, "十二" → 12, "两" → 2, "17" → 17. Up to 99.
std::optional<int> small_number(std::string_view folded);

}  // namespace usher::dialogs
