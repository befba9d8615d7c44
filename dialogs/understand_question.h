// What a question and its options say by themselves, whatever is answered: read once per question and language, used by every
// answer to it. Only understand_*.cpp use it. Pure.
#pragma once
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/lexicon_implied.h"
#include "dialogs/lexicon_things.h"
#include "dialogs/script.h"
#include "dialogs/understand_claim.h"
#include "dialogs/understand_many.h"
#include "dialogs/understand_option.h"
#include "dialogs/understand_range.h"

namespace usher::dialogs {

struct QuestionRead {
  struct Label {
    std::string id;                                  // folded
    std::vector<std::string> content;                // canonical words that carry something
    std::vector<ThingWord> things;                   // none for an option that stands for yes or no
    std::optional<Range> range;                      // that an amount may lie in
    std::vector<Claim> meanings;                     // the states it says, as claims of their own, piece by piece
    bool wavering = false;                           // "sometimes"
    bool states_two = false;                         // "steady and white"
    bool none = false;                               // "None", "No smoke", 不亮
    bool all = false;                                // "both", "everywhere"
    bool other = false;                              // "something else"
    bool unsure = false;                             // "I don't know"
    Many many = Many::kUnsaid;                       // "Only this one", where other options say another number
    std::vector<std::string> spoken;                 // words of its phrases that deny nothing; sorted
    std::vector<std::span<const ThingSense>> named;  // things such phrases name
    std::vector<AskedFact> facts;                    // that it says, and no other option
  };
  std::vector<Label> labels;  // in the order of the options

  Claim plain_claim;              // what the question asks
  std::vector<Side> plain_sides;  // what the options stand for

  // The same with what they tell of each other: two options of which one says the opposite of the other stand for yes and no, and
  // what an option for yes or no says besides belongs to the claim.
  Claim claim;
  std::vector<Side> sides;
  bool opposites = false, says_yes = true;
  std::size_t yes = 0, no = 0;  // the option that stands for it; their number: none

  std::vector<std::string> words;  // of the question, canonical
  std::vector<AskedFact> facts;    // it asks about
  std::optional<Range> limit;      // "Over 12 V?"
  std::size_t ranges = 0;          // labels that have a range
  bool topics = false;             // "What would you like to know?": the answer may itself be a question
  bool numbers_mean_amounts = false;
};

// `options` are prepared (prepare()).
QuestionRead read_question(const std::vector<Option>& options, std::string_view language, std::string_view question,
                           const Lexicons& lexicons);

// The readings of one question in its languages, made when they are first asked for and kept with its options. Thread-safe: the
// list only grows, and a reading never changes. Bounded: beyond some languages a question is read anew for each answer.
class QuestionReadings {
 public:
  QuestionReadings() = default;
  QuestionReadings(const QuestionReadings&) = delete;
  QuestionReadings& operator=(const QuestionReadings&) = delete;
  ~QuestionReadings();
  std::shared_ptr<const QuestionRead> of(const std::vector<Option>& options, std::string_view language, std::string_view question,
                                         const Lexicons& lexicons);

 private:
  struct Kept;
  std::atomic<Kept*> first_ = nullptr;
};

// The kept reading of the options' question, or a new one where nothing is kept.
std::shared_ptr<const QuestionRead> reading_of(const std::vector<Option>& options, std::string_view language,
                                               std::string_view question, const Lexicons& lexicons);

}  // namespace usher::dialogs
