// A customer's words → the answer to the step they stand on, "not understood", or a wish that holds anywhere (a person, start
// over). Pure and deterministic; rather asks again than guesses. English and Chinese, mixed freely.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/lexicon.h"
#include "dialogs/script.h"

namespace usher::dialogs {

inline constexpr double kMinUnderstood = 0.55;  // below it an answer is kNothing: rather ask again than guess

struct Understood {
  enum class As : unsigned char {
    kNothing,
    kOption,
    kValue,
    kDontKnow,
    kQuestion,  // the customer asks something back: to be answered, then the step is asked again
    kHuman,
    kRestart,
    kBack,  // also "correct that"
    kStatus,
    kLanguage  // "in English, please": value = language tag
  } as = As::kNothing;
  std::string value;      // option id, normalised slot value, language
  double confidence = 0;  // 0..1
  std::string why;        // which rule, with the words that matched; or why it was refused (for people, in `language`)
};

// Answers to a choice: option id, label, number of the list ("2", "2.", "第二个", "the second one"), the option's words, yes/no
// words with negation and hedges. Two options that fit about equally well = not understood. `question`: what was asked, if known;
// then "the light is on" answers "Is the power light on?".
Understood understand_choice(std::string_view words, const std::vector<Option>& options, std::string_view language,
                             std::string_view question = {}, const Lexicons& lexicons = Lexicons::built_in());
// A value for a slot: found in the words, normalised ("sn: abc-123 " → "ABC123"), checked by type, pattern and checksum.
// A value that is there but wrong: kNothing with the reason in `why` in the customer's language.
Understood understand_value(std::string_view words, const Slot& slot, std::string_view language,
                            const Lexicons& lexicons = Lexicons::built_in());
// Wishes that hold anywhere: talk to a person, start over, back, how is my case, another language. Only clear ones.
Understood understand_command(std::string_view words, const Lexicons& lexicons = Lexicons::built_in());
Understood understand_command(const Message& words, const Lexicons& lexicons);
// Only an explicit "I agree" or "no" to a consent counts: hedged, conditional or merely polite words are kNothing.
Understood understand_consent(std::string_view words, std::string_view language, const Lexicons& lexicons = Lexicons::built_in());
// Whether the first message `words` already answers `question`: an option only when the message speaks of what the question asks.
Understood answered_by(std::string_view words, const std::vector<Option>& options, std::string_view language,
                       std::string_view question, const Lexicons& lexicons = Lexicons::built_in());

struct DialogChoice {
  std::string dialog;  // empty: none fits
  double confidence = 0;
  std::string why;                  // phrase or pattern that matched
  std::vector<std::string> rivals;  // scripts that fit about as well (with `dialog` itself, best first); empty = none does
};
// Which script fits a first message.
DialogChoice choose_dialog(std::string_view words, const ScriptSet& scripts);

// Values that a longer message already holds, by slot name: an e-mail address by its shape; a phone number, serial number or
// error code when a word for it stands before it ("sn ABC12345", "序列号：…"). Only values that pass the slot's own rules.
std::map<std::string, std::string> values_in(std::string_view words, const std::map<std::string, Slot>& slots,
                                             std::string_view language);

// Builds the built-in word lists, about 0.2 s of work that the first message would have to wait for otherwise. Any thread, any time.
void load_word_lists();

enum class Courtesy : unsigned char { kNone, kGreeting, kThanks };
// Whether a whole message is nothing but "hello" (or "help", "I have a question") or "thanks, bye".
Courtesy courtesy(std::string_view words);
Courtesy courtesy(const Message& words);
// Whether a message says that the trouble is still there ("still not working", "还是不行").
bool says_unsolved(std::string_view words);
// The language a message is clearly written in: "zh" from four Han characters and no Latin word but codes, "en" from two words of
// which one is an everyday one and no Han. "" when in doubt, as for names, models and serial numbers.
std::string clear_language(std::string_view words);
std::string clear_language(const Message& words);

// Checksums for serial numbers. `text` holds upper-case letters and digits only.
bool luhn_ok(std::string_view text);   // digits only; false when anything else is in it
bool mod36_ok(std::string_view text);  // Luhn mod N with N = 36 over 0-9A-Z

}  // namespace usher::dialogs
