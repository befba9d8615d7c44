// What speaks for each option of a question in an answer, as named numbers. Only understand_*.cpp and tools/understanding use it.
// Pure.
//
// The reading of an answer ends in a choice between the options and asking again. Everything found in the answer becomes evidence
// for one of these: a signal (which kind of thing was found), a value (mostly 1) and the words it was found in. An option's score
// is the sum of its signals times their weights (understand_weights.h, learned from labelled answers by tools/understanding);
// the scores become probabilities. Signals that are found together may count more or less than each alone (pairs); all is
// only ever added up: no one decides alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "dialogs/script.h"
#include "dialogs/understand_claim.h"
#include "dialogs/understand_option.h"
#include "dialogs/understand_question.h"

namespace usher::dialogs {

enum class Signal : std::uint8_t {
  // For the option that stands for yes or no. An explicit word that leads.
  kYesFirm,    // "Yes, …"
  kYesPlain,   // "yes the …"
  kYesHedged,  // "I think so"
  kYesWeak,    // "a little"
  kNoFirm,
  kNoPlain,
  kNoHedged,
  kAcceptOffer,    // "ok" to "Shall I …?"
  kAccept,         // "ok" to anything else
  kBare,           // and nothing else is said
  kThenBut,        // "yes, but …"
  kTakenBack,      // another such word contradicts it
  kAgrees,         // the statement says the same
  kNegativeAsked,  // the question has a "not" in it
  // A statement of the answer about what is asked; in the order of `Means`, each plain and turned by a negation.
  kStatement,
  kStatementEnd = kStatement + 2 * static_cast<int>(Means::kMeans) - 1,
  // How it is said. Of the best statement on that side.
  kOptionShare,  // share of the answer that is words of this very option
  kWhole,        // it is all that is said
  kOtherThing,   // another thing is named before it
  kBeside,       // a word or two more in the clause
  kBusy,         // many more words in the clause
  kMixed,        // the clause says the opposite as well
  kWavers,       // "sometimes"
  kDepends,      // "if", "I will"
  kPast,         // "it was", beside a clause about now
  kAfterBut,
  kLater,    // not in the first clause
  kFurther,  // further statements on that side
  kAskedExistsYes,
  kAskedExistsNo,  // the question is whether there is something
  kAskedDoneYes,
  kAskedDoneNo,  // the question is whether something was done
  kAnyOf,        // for yes: of several things asked for one is there
  kPlainExists,  // for yes: as below, to such a question
  kPlain,        // for yes: nothing is denied and nothing else speaks for either side
  kAmount,       // the number said lies in the range asked about, or outside
  kThirdNamed,   // beside the words of an option that is neither yes nor no
  kSoftSide,     // not "no" itself but "None", "Not at all"
  // For an option with words of its own.
  kWords,        // one of its phrases, word for word
  kPhrase,       // and that is more than one word
  kWordsNearly,  // with a typo or a word in between
  kHint,         // a word of its label no other option has
  kHintNearly,
  kThing,          // another name of it
  kThingKind,      // coffee, for "a liquid"
  kMeaning,        // a state that its label means
  kMeaningOnly,    // of this option alone, and none is named
  kMeaningToo,     // of this option alone, beside names
  kMeaningByNot,   // not the opposite of it
  kMeaningBeside,  // beside other words
  kMeaningGeneral,
  kRange,   // a number in its range
  kCover,   // share of the label's words that are said
  kShare,   // share of the answer's words that speak for it
  kDenied,  // its words are denied
  kMeaningDenied,
  kForeseen,      // its author foresaw a phrase of the answer, and no other option's
  kAlike,         // share of the answer that is words of this option and of few others
  kAlikeKin,      // the same for things akin to those it names
  kSilent,        // nothing speaks for it, but for another
  kRest,          // all others are denied
  kNoneLeft,      // "none" where the option says so
  kUnsureOption,  // "I don't know", where an option says so
  kUnsureMaybe,   // "I can't", likewise
  kOnlyOption,    // "yes" where there is just this one
  kHitPast,
  kHitBeforeBut,
  kHitAside,  // "when …"
  kHitWavers,
  kHitFirst,    // the first option named
  kHitOnly,     // the only option named
  kSaysAll,     // for "both", "everywhere": several of the others are named, or "all"
  kHitInOrder,  // said to be in order, where what is asked for is a fault
  kMany,        // so many as it says: "only this one", "all devices"
  kManyElse,    // another number of them
  kTold,        // for yes: what was asked to be done, told as done: "pulled out half a sock"
  // What just this question lets imply (lexicon_implied.h).
  kImplied,        // "fumes", to "Is there fuel?"
  kImpliedPhrase,  // several words
  kImpliedByNot,   // the opposite is denied
  kImpliedMore,    // further ones
  kImpliedShare,   // share of the answer's words
  kImpliedElse,    // others imply the opposite
  // For asking again.
  kAgainSides,   // the question is one of yes or no
  kAgainWords,   // the options have words of their own
  kAgainMany,    // log of how many
  kNothingSaid,  // no evidence for any
  kSaysUnknown,  // "I don't know"
  kSaysWait,
  kHedged,
  kAsks,      // a clause asks
  kAsksOnly,  // every clause does
  kQuestionMark,
  kIf,
  kUnread,  // share of words no evidence speaks of
  kLong,
  kNoClaim,  // what is asked is not understood
  kEitherOr,
  kSeveral,      // several options are named
  kBothSides,    // statements on both sides
  kContradicts,  // "no, it does"
  kSomeSome,
  kLacks,      // "I have no other cable"
  kUnsettled,  // "it blinks" between on and off
  kUntried,    // what is asked was not looked at
  kCount
};
inline constexpr std::size_t kSignals = static_cast<std::size_t>(Signal::kCount);

struct Evidence {
  Signal signal;
  double value;
  std::size_t begin = 0, end = 0;  // words of the answer; none: it is not about words
};

// Whether it could be the reason to take an option; some signals only say what is not there, or lean.
bool speaks(const Evidence& evidence);

struct Signals {
  std::vector<std::vector<Evidence>> options;
  std::vector<Evidence> again;
  std::vector<bool> spoken;            // a phrase of its author stands in the answer, word for word
  bool asks = false, unknown = false;  // a question; "I don't know"
};

// Adds what the answer says as a yes or a no. `used`: negations that belong to an option's own words.
void read_sides(const SaidWords& said, const QuestionRead& asked, const std::vector<Option>& options,
                const std::vector<std::size_t>& used, Signals& out);

Signals signals_of(std::string_view words, const SaidWords& said, const std::vector<Option>& options, const QuestionRead& asked);

Signals signals_of(std::string_view words, const SaidWords& said, const std::vector<Option>& options, std::string_view language,
                   std::string_view question, const Lexicons& lexicons);
// Whether the whole answer is what an option is called, or its place: then nothing is weighed.
bool taken_at_its_word(std::string_view words, const std::vector<Option>& options, std::string_view language,
                       std::string_view question, const Lexicons& lexicons = Lexicons::built_in());

}  // namespace usher::dialogs
