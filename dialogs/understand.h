// A customer's words → the answer to the step they stand on, "not understood", or a wish that holds anywhere (a person, start over).
// Pure and deterministic; rather asks again than guesses. English and Chinese, mixed freely.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/script.h"

namespace usher::dialogs {

struct Understood {
  enum class As : unsigned char { kNothing, kOption, kValue, kDontKnow, kHuman, kRestart, kBack } as = As::kNothing;
  std::string value;        // option id or normalised slot value
  double confidence = 0;    // 0..1
  std::string why;          // which rule, with the words that matched; or why it was refused (for people, in `language`)
};

// Answers to a choice: option id, label, number of the list ("2", "2.", "第二个", "the second one"), the option's words, yes/no words
// with negation and hedges. Two options that fit about equally well = not understood.
Understood understand_choice(std::string_view words, const std::vector<Option>& options, std::string_view language);
// A value for a slot: found in the words, normalised ("sn: abc-123 " → "ABC123"), checked by type, pattern and checksum.
// A value that is there but wrong: kNothing with the reason in `why` in the customer's language.
Understood understand_value(std::string_view words, const Slot& slot, std::string_view language);
// Wishes that hold anywhere: talk to a person, start over, back. Only clear ones.
Understood understand_command(std::string_view words);

struct DialogChoice {
  std::string dialog;       // empty: none fits
  double confidence = 0;
  std::string why;          // phrase or pattern that matched
};
// Which script fits a first message.
DialogChoice choose_dialog(std::string_view words, const ScriptSet& scripts);

// Checksums for serial numbers. `text` holds upper-case letters and digits only.
bool luhn_ok(std::string_view text);    // digits only; false when anything else is in it
bool mod36_ok(std::string_view text);   // Luhn mod N with N = 36 over 0-9A-Z

}  // namespace usher::dialogs
