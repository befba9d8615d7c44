// What a script is: the parsed, immutable form of config/dialogs/<name>.yaml. The language is described in
// docs/dialog-language.md. A ScriptSet is one published state of all scripts; running conversations hold the set they began a
// turn with.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dialogs/troubleshoot_learn.h"

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

// Replaces every {{name}} by its value; a name without a value becomes nothing. Values are not looked at again. The result is
// plain text: each channel escapes it for its own markup (render.h). {{> fragment}} is replaced earlier, by parse.
std::string fill(std::string_view text, const std::map<std::string, std::string>& values);

// What a `when:` says, as a tree. A slot without a value makes every leaf false but `known: false`.
struct Condition {
  enum class Op : std::uint8_t {
    kAll,         // every one of `parts` (none: true)
    kAny,         // at least one of `parts`
    kNot,         // parts[0] does not hold
    kIs,          // the slot has values[0]; letters' case does not matter
    kIn,          // the slot has one of `values`
    kMatches,     // RE2 `values[0]` is found in it, case-insensitive
    kKnown,       // the slot has a value, "yes", or has none, "no" (values[0])
    kAbove,       // the slot is a number greater than `number`
    kBelow,       // … smaller
    kYoungerThan  // the slot is a date no more than `number` days before today (State::today); "2024-05" counts from its last day
  } op = Op::kAll;
  std::string slot;
  std::vector<std::string> values;
  double number = 0;
  std::vector<Condition> parts;
  std::shared_ptr<const re2::RE2> compiled;  // of kMatches
  Position at;
};

struct Verdict {
  bool holds = false;
  std::string why;  // for the trace, English: "os is 'windows'", "serial is not known"
};
// `today` is YYYY-MM-DD or empty (then kYoungerThan is false).
Verdict evaluate(const Condition& condition, const std::map<std::string, std::string>& slots, std::string_view today);

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
  // At the first option of a question: how it is read, made at its first answer (understand_question.h). prepare() renews it.
  std::shared_ptr<class QuestionReadings> readings;
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
  kChoice,
  kPhoto  // an attachment; the value is how many came
};

// A list of values a slot may have: config/dialogs/<name>.csv, first line the column names, first column the value, a column
// "aliases" holds other spellings separated by |; the other columns go into slots of these names when the value is taken.
struct Catalogue {
  struct Row {
    std::string value;
    std::map<std::string, std::string> sets;
  };
  std::string name, file;
  std::vector<Row> rows;
  std::map<std::string, std::size_t> by_key;  // catalogue_key(value or alias) → row
  const Row* find(std::string_view words) const;
  std::string nearest(std::string_view words) const;  // the value nearest in spelling, or ""
};
std::string catalogue_key(std::string_view value);  // folded, without spaces, dashes, dots and slashes

struct Slot {
  std::string name;
  SlotType type = SlotType::kText;
  Text ask;                     // the question
  Text reask;                   // after a value that was refused; "{{reason}}" is replaced by the reason
  Text label;                   // for summaries and tickets
  std::string pattern;          // RE2, whole match after normalisation; empty = the type's own rule
  std::string checksum;         // "" | "luhn" | "mod36" | "imei" (15 digits and Luhn)
  Text pattern_hint;            // what a right value looks like
  std::vector<Option> options;  // kChoice
  bool required = true;         // false: "don't know" leaves it empty and goes on
  std::size_t max_length = 200;
  std::optional<double> min, max;              // kNumber
  std::shared_ptr<const Catalogue> catalogue;  // `catalogue: models`; null = any value
  bool open_catalogue = true;                  // false: only values of the catalogue; true: others are kept as written
  bool confirm = false;                        // read back and asked "is that right?" before it is taken
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
// choose, check, consent, survey: a question with a fixed set of answers. They differ in what is recorded.
struct Choose {
  enum class Kind : std::uint8_t {
    kChoose,
    kCheck,    // "do this and tell me what you see": `picture`, and an option "cannot" (I can't do that) made by parse from
               // `cannot:`
    kConsent,  // options "agree" and "decline", made by parse; only an explicit answer counts; wording and time are recorded
    kSurvey    // options "1" … "5", made by parse; recorded as the satisfaction
  } kind = Kind::kChoose;
  Text text;
  std::vector<Option> options;
  std::string slot;     // takes the id of the chosen option; may be empty
  std::string picture;  // kCheck: address or path of a picture; may be empty
};
struct ShowArticle {
  std::string id;     // a fixed article, or empty: search
  std::string query;  // of a search, with {{variables}}; default "{{symptom}}"
  Text intro;
  Text nothing_found;            // said when a search finds nothing good; may be empty
  bool ask_if_solved = true;     // false: shown and gone on (email)
  std::string solved, unsolved;  // next steps; `unsolved` also when nothing was found
};
struct Branch {  // the first case whose condition holds
  struct Case {
    Condition when;
    std::string next;
    Position at;
  };
  std::vector<Case> cases;
  std::string otherwise;  // key `else`
};
struct Goto {  // also the step that only sets slots (`set:` and `next:`)
  std::string next;
};
struct Call {          // runs another script and comes back when it goes to "return"
  std::string dialog;  // name
  std::string next;
};
struct Lookup {  // asks a service named in usher.yaml under `lookups:`, over HTTP with a time limit
  std::string service;
  std::map<std::string, std::string> with;  // parameter → value with {{variables}}
  std::map<std::string, std::string> save;  // slot → member of the JSON answer, dots go deeper ("warranty.until")
  std::string next;                         // answered
  std::string not_found;                    // answered "no such thing" (404); empty = `failed`
  std::string failed;                       // no answer in time, refused, unreadable, not configured
};
struct Wait {  // the customer needs time: "charge it for an hour and write to me". Any message of theirs goes on at `next`.
  Text text;
  std::string next;
  std::chrono::seconds remind_after{0};   // 0 = no reminder
  Text remind;                            // empty = texts.yaml "reminder"
  std::chrono::seconds give_up_after{0};  // counted from the step's text; 0 = the script's own patience
  std::string gave_up;                    // empty = the script's own patience decides
};
struct TroubleshootBlock {  // ordered by chance per cost, see docs/troubleshooting.md
  struct Check {            // an action that may solve it
    std::string id;
    Text text;
    std::string article;  // instead of text: its steps are shown
    std::string picture;
    std::string tried;           // English, for the ticket; default: the text
    bool can_fail_to_do = true;  // offers "I can't do that"
    Position at;
  };
  struct Question {
    std::string id;
    Text text;
    std::vector<Option> options;  // `next` unused
    Position at;
  };
  std::vector<Check> checks;
  std::vector<Question> questions;
  std::map<std::string, Text> causes;  // id → label
  troubleshoot::Model model;           // as written; ids as above
  troubleshoot::Learning learning;     // `learn: false` = frozen
  std::string line_slot;               // slot that holds the product line the counts are kept for; empty = one line
  std::string solved, unsolved;        // unsolved: the best prefix is used up, or the customer has enough
};
struct Escalate {
  Text text;                    // said before the reference is known; may be empty
  std::string priority = "P3";  // P1..P4
  std::string fault_class;      // "hardware/power"; empty = the slot "fault_class" if it has a value
  std::string queue;
};
struct Resolve {
  Text text;
};

using StepKind =
    std::variant<Say, Ask, Choose, ShowArticle, Branch, Goto, Call, Lookup, Wait, TroubleshootBlock, Escalate, Resolve>;

inline constexpr std::string_view kReturn = "return";  // target: back to the step after the `call`

struct Step {
  std::string id;
  StepKind kind;
  std::map<std::string, std::string> set;  // slots set on entering
  std::string tried;                       // what the customer has tried once this step was answered, in English, for the ticket
  Position at;
};

// What happens when a customer who was asked does not answer. Counted from the bot's last words.
struct Patience {
  std::chrono::seconds remind_after{0};   // 0 = never
  std::chrono::seconds give_up_after{0};  // 0 = never
  std::string then = "ticket";  // "ticket" (escalates with what is known) | "close" (ends as resolved by silence) | a step
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
  Patience patience;               // its own, or the one of texts.yaml
  int menu = 0;                    // place in the greeting's list of topics, from 1; 0 = after those that have one
  bool enter_midway = false;       // questions the first message answers already are not asked (choose, check at the beginning)
  // A conversation that runs while a new version is published stays on the version it began with, or, with `running: move`, goes
  // on with the new one at the same step, or at renamed[its step].
  bool moves_running = false;
  std::map<std::string, std::string> renamed;  // step of an older version → step of this one
  const Step* find(std::string_view id) const;
};

// Immutable after building; share as shared_ptr<const ScriptSet>. Thread-safe.
struct ScriptSet {
  std::map<std::string, Script> scripts;
  std::string hash;  // sha256 hex over all sources: the published state's name
  // Versions that running conversations still stand on, by hash. Filled by the gateway; empty after parse.
  std::map<std::string, std::shared_ptr<const Script>> earlier;
  // Models of troubleshoot blocks as learned from outcomes, by "dialog/step" and "dialog/step/line"; a block without an entry
  // uses its written one. Filled by the gateway; null after parse.
  std::shared_ptr<const std::map<std::string, troubleshoot::Model>> learned;
  Patience patience;  // texts.yaml: default of all scripts
  std::map<std::string, std::shared_ptr<const Catalogue>> catalogues;
  // Article → scripts with triggers that show it: words that fit no phrase may still fit an article.
  std::map<std::string, std::vector<std::string>> by_article;
  std::shared_ptr<const class Lexicons> lexicons;  // lexicon.h; never null after parse
  std::shared_ptr<const class Triggers> triggers;  // triggers.h: index over the scripts' trigger phrases; likewise
  Text greeting;                                   // texts.yaml
  std::map<std::string, Text> texts;               // the bot's own phrases by key (text_keys): not_understood, ticket_opened, …
  std::string texts_file;                          // where they come from, for messages
  std::vector<Option> did_it_help;                 // the answers "yes" and "no" to "did this help?", prepared
  const Script* find(std::string_view name) const;
  // The version a conversation stands on: that of `hash` if it is known (now or earlier), else the current one; null if neither.
  const Script* find(std::string_view name, std::string_view hash) const;
  // The phrase `key` in `language`, or "".
  const std::string& text(std::string_view key, std::string_view language) const;
};

// Keys that texts.yaml must define, sorted: ticket_* and follow_up_* are said by the gateway, the rest by the engine. More are
// allowed.
const std::vector<std::string>& text_keys();

}  // namespace usher::dialogs
