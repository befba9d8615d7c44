// What a script is: the parsed, immutable form of config/dialogs/<name>.yaml. The language is described in
// docs/dialog-language.md. A ScriptSet is one published state of all scripts; running conversations hold the set they began a
// turn with.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace re2 {
class RE2;
}

namespace usher::dialogs {

struct Position {
  int line = 0, column = 0;  // from 1; column in code points
};

// One text in several languages: {"en": "…", "zh": "…"}. `in` falls back to English, then to any; "" when there is none.
struct Text {
  std::map<std::string, std::string> by_language;
  Position at = {};
  const std::string& in(std::string_view language) const;
  bool empty() const { return by_language.empty(); }
};

// Replaces every {{name}} by its value; a name without a value becomes nothing. Values are not looked at again. No escaping.
std::string fill(std::string_view text, const std::map<std::string, std::string>& values);

// A phrase as it is compared: canonical words (dialogs/words.h). Made once by parse so that a turn does not fold it again.
using Phrase = std::vector<std::string>;

struct Option {
  std::string id;
  Text label;
  std::map<std::string, std::vector<std::string>> words;  // language → what people say for it
  std::string next;                                       // step id, or "dialog:<name>"
  std::map<std::string, std::string> set;                 // slot → value
  Position at;
  std::vector<Phrase> keys;   // label and words, prepared; empty = not prepared yet
  std::vector<Phrase> hints;  // words of the label no other option of the question has, prepared
};
// Fills `keys` and `hints` of options that stand in one question. parse does it; only hand-made options need it.
void prepare(std::vector<Option>& options);

enum class SlotType : std::uint8_t {
  kText,
  kName,
  kEmail,
  kPhone,
  kContact,
  kModel,
  kSerial,
  kErrorCode,
  kNumber,
  kDate,
  kYesNo,
  kChoice
};

struct Slot {
  std::string name;
  SlotType type = SlotType::kText;
  Text ask;                     // the question
  Text reask;                   // after a value that was refused; "{{reason}}" is replaced by the reason
  Text label;                   // for summaries and tickets
  std::string pattern;          // RE2, whole match after normalisation; empty = the type's own rule
  std::string checksum;         // "" | "luhn" | "mod36"
  Text pattern_hint;            // what a right value looks like
  std::vector<Option> options;  // kChoice
  bool required = true;         // false: "don't know" leaves it empty and goes on
  std::size_t max_length = 200;
  Position at;
  std::string file;                          // where it is declared
  std::shared_ptr<const re2::RE2> compiled;  // of `pattern`; null = compiled at use
};

struct Say {
  Text text;
  std::string next;
};
struct Ask {  // skipped when the slot has a value
  std::string slot;
  std::string next;
};
struct Choose {
  Text text;
  std::vector<Option> options;
  std::string slot;  // takes the id of the chosen option; may be empty
};
struct ShowArticle {
  std::string id;  // a fixed article, or empty: search by the customer's words
  Text intro;
  Text nothing_found;            // said when a search finds nothing good; may be empty
  bool ask_if_solved = true;     // false: shown and gone on (email)
  std::string solved, unsolved;  // next steps; `unsolved` also when nothing was found
};
struct Goto {
  std::string next;
};
struct Escalate {
  Text text;                    // said before the reference is known; may be empty
  std::string priority = "P3";  // P1..P4
  std::string fault_class;      // "hardware/power"
  std::string queue;
};
struct Resolve {
  Text text;
};

using StepKind = std::variant<Say, Ask, Choose, ShowArticle, Goto, Escalate, Resolve>;

struct Step {
  std::string id;
  StepKind kind;
  std::map<std::string, std::string> set;  // slots set on entering
  std::string tried;                       // what the customer has tried once this step was answered, in English, for the ticket
  Position at;
};

struct Trigger {
  std::map<std::string, std::vector<std::string>> phrases;  // language → phrases
  std::vector<std::string> patterns;                        // RE2, case-insensitive
  std::vector<Phrase> keys;                                 // phrases and title, prepared
  std::vector<std::shared_ptr<const re2::RE2>> compiled;    // of `patterns`
  bool empty() const { return phrases.empty() && patterns.empty(); }
};

struct Script {
  std::string name;
  std::string file;
  std::string hash;  // sha256 hex of the source: the version a conversation runs on
  Text title;
  std::string start;  // first step
  Trigger trigger;
  std::map<std::string, Slot> slots;  // own and shared
  std::map<std::string, Step> steps;
  std::vector<std::string> order;  // step ids as written
  const Step* find(std::string_view id) const;
};

// Immutable after building; share as shared_ptr<const ScriptSet>. Thread-safe.
struct ScriptSet {
  std::map<std::string, Script> scripts;
  Text greeting;                      // texts.yaml
  std::map<std::string, Text> texts;  // the bot's own phrases by key (text_keys): not_understood, ticket_opened, …
  std::string texts_file;             // where they come from, for messages
  std::vector<Option> did_it_help;    // the answers "yes" and "no" to "did this help?", prepared
  const Script* find(std::string_view name) const;
  // The phrase `key` in `language`, or "".
  const std::string& text(std::string_view key, std::string_view language) const;
};

// Keys that texts.yaml must define, sorted: ticket_* and follow_up_* are said by the gateway, the rest by the engine. More are
// allowed.
const std::vector<std::string>& text_keys();

}  // namespace usher::dialogs
