// Private to dialogs/parse*.cpp: reads one file's tree. Every function reports what is wrong, with its place and a hint, and
// returns what could be read, so that one run finds every mistake. Readers of the parts are free functions over a Reader; they
// are declared at the end of this file, one .cpp each.
#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dialogs/parse.h"
#include "dialogs/script.h"
#include "dialogs/yaml_tree.h"

namespace usher::dialogs {

// What the files of one set share. Fragments, catalogues, texts and shared slots are complete before the first script is read.
struct Shared {
  std::map<std::string, Text> fragments;              // expanded
  std::map<std::string, std::string> catalogue_hash;  // of each catalogue; also of one that could not be read
  std::map<std::string, std::shared_ptr<const Catalogue>> catalogues;
  std::map<std::string, Slot> slots;
  std::map<std::string, std::string> slot_marks;  // slot → what it is made of, for the hash of scripts that use it
  std::map<std::string, Text> texts;
  Patience patience;

  // One compiled form for each pattern, however many slots and scripts have it.
  std::shared_ptr<const re2::RE2> compiled(const std::string& pattern, bool case_sensitive);

 private:
  std::unordered_map<std::string, std::shared_ptr<const re2::RE2>> compiled_;
};

bool is_name(std::string_view s, bool underscore);  // small letters, digits and "-" (and "_")
// "did you mean 'x'?", or `otherwise` when nothing is near.
std::string nearest_hint(std::string_view word, const std::vector<std::string>& valid, std::string_view otherwise);
std::string file_stem(std::string_view file);  // "a/b/models.csv" → "models"

inline constexpr double kAnyNumber = 1e15;  // bound of a number that may be anything

class Reader {
 public:
  Reader(const Source& source, std::vector<Problem>& problems, Shared& shared)
      : source(source), shared(shared), problems_(problems) {}

  const Source& source;
  Shared& shared;
  std::set<std::string> uses;  // shared parts this file (or slot) is made of: the hash of a script covers them

  void problem(Position at, std::string message, std::string hint);
  std::size_t problem_count() const { return problems_.size(); }
  bool is(const YamlNode& node, YamlNode::Kind kind, std::string_view what, std::string_view hint);
  void only(const YamlNode& map, const std::vector<std::string>& valid, std::string_view where);

  // Absent keys: "", `otherwise`, nullopt, an empty text; nothing is reported unless the name says so.
  std::string scalar(const YamlNode& map, std::string_view key, std::string_view hint = "write one word or quoted text");
  std::string required_scalar(const YamlNode& map, std::string_view key, Position at, std::string_view where);
  std::string one_of(const YamlNode& map, std::string_view key, const std::vector<std::string>& valid, std::string otherwise);
  bool flag(const YamlNode& map, std::string_view key, bool otherwise);
  std::optional<double> number(const YamlNode& map, std::string_view key, double least, double most);
  std::optional<double> number_of(const YamlNode& node, std::string_view what, double least, double most);
  std::optional<std::size_t> count(const YamlNode& map, std::string_view key, std::size_t least, std::size_t most);
  std::optional<std::chrono::seconds> duration(const YamlNode& map, std::string_view key);  // 90s 10m 2h 1d 1w, or never
  Text text_of(const YamlNode& node, std::string_view what);                                // fragments are put in
  Text text(const YamlNode& map, std::string_view key);
  Text required_text(const YamlNode& map, std::string_view key, Position at, std::string_view where);
  std::vector<std::string> strings(const YamlNode& node, std::string_view what);
  std::map<std::string, std::vector<std::string>> strings_by_language(const YamlNode& map, std::string_view key);
  // A mapping of slot names to values.
  std::map<std::string, std::string> settings(const YamlNode& map, std::string_view key = "set");
  // Null when it is not a valid pattern.
  std::shared_ptr<const re2::RE2> pattern(const YamlNode& node, std::string_view what, bool case_sensitive);
  // A picture: an address, or a path below config/dialogs.
  std::string picture(const YamlNode& map);
  // `options:` of a question; not prepared yet. `more`: further keys an option may have.
  std::vector<Option> options(const YamlNode& map, bool with_next, Position at, std::size_t least,
                              const std::vector<std::string>& more = {});

  // Where a script goes on. Whether it exists is known when the whole script, or the whole set, has been read.
  enum class Target : std::uint8_t { kAny, kOwnStep, kScript };  // step, dialog:<name> or return | step | name of a script
  std::string target(const YamlNode& map, std::string_view key, bool required, Position at, std::string_view where);
  std::string target_value(const YamlNode& node, std::string_view what, Target kind = Target::kAny);
  void check_step_targets(const Script& script);
  void check_script_targets(const std::set<std::string>& names);

  // Puts fragments into a text and marks their use. Public for the fragments themselves, which may use one another.
  std::string expand(const std::string& text, const std::string& language, Position at);

 private:
  struct Pointer {
    std::string name;
    Position at;
    Target kind;
  };
  std::string language_key(const YamlEntry& e);

  std::vector<Problem>& problems_;
  std::vector<Pointer> targets_;
};

Slot read_slot(Reader& r, const YamlEntry& e);                             // parse_slots.cpp
std::map<std::string, Slot> read_slots(Reader& r, const YamlNode& node);   // parse_slots.cpp
Condition read_condition(Reader& r, const YamlNode& node, int depth = 0);  // parse_condition.cpp
Step read_step(Reader& r, const YamlEntry& e);                             // parse_steps.cpp
TroubleshootBlock read_troubleshoot(Reader& r, const YamlNode& map, Position at, const std::string& where);
Script read_script(Reader& r, const YamlNode& root);                                                     // parse_script.cpp
Patience read_patience(Reader& r, const YamlNode& node, const Patience& otherwise, bool steps_allowed);  // parse_script.cpp
std::map<std::string, Text> read_texts(Reader& r, const YamlNode& node);                                 // parse_texts.cpp
void read_lexicon(Reader& r, const YamlNode& node, std::map<std::string, std::vector<std::string>>& additions);
// A *.csv. Null when anything is wrong.
std::shared_ptr<const Catalogue> read_catalogue(const Source& source, std::vector<Problem>& problems);  // catalogue.cpp

// Options the language makes by itself: labels are the operator's (texts.yaml), what people say for them is known. Not prepared.
std::vector<Option> did_it_help_options(const std::map<std::string, Text>& texts);  // parse_texts.cpp
Option cannot_option(const std::map<std::string, Text>& texts, std::string next);
std::vector<Option> consent_options(const std::map<std::string, Text>& texts, const std::string& agreed,
                                    const std::string& declined);
std::vector<Option> survey_options(const std::map<std::string, Text>& texts, const std::string& next, const std::string& bad);

// Fragments of all files: puts them into one another and into `shared`. Unknown ones, circles and more than 4 levels are
// problems.
struct Fragment {
  Reader* reader = nullptr;
  Text text;  // not expanded
};
void put_fragments(const std::map<std::string, Fragment>& fragments, Shared& shared);  // parse_texts.cpp
Text read_fragment(Reader& r, const YamlEntry& e);

}  // namespace usher::dialogs
