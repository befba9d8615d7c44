// What the parts of the prover share (check_*.cpp): findings, places, and the graph of all steps of all scripts. Internal to the
// prover; everybody else uses check.h.
#pragma once
#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialogs/check.h"
#include "dialogs/exits.h"
#include "dialogs/parse.h"
#include "dialogs/yaml_tree.h"

namespace usher::dialogs::prove {

template <class Range, class Value>
bool has(const Range& range, const Value& value) {
  return std::ranges::find(range, value) != std::ranges::end(range);
}

class Findings {
 public:
  void error(std::string_view code, const std::string& file, Position at, std::string message, std::string hint) {
    add(code, file, at, std::move(message), std::move(hint), false);
  }
  void warning(std::string_view code, const std::string& file, Position at, std::string message, std::string hint) {
    add(code, file, at, std::move(message), std::move(hint), true);
  }
  std::vector<Problem> sorted();  // by file, line, column; each once; leaves this empty

 private:
  void add(std::string_view code, const std::string& file, Position at, std::string message, std::string hint, bool is_warning);
  std::vector<Problem> problems_;
};

// Places of what a Script does not remember the place of: trigger phrases, patterns, patience, fragments. Reads a source again
// only when it is asked about it.
class Places {
 public:
  explicit Places(const std::vector<Source>* sources) : sources_(sources) {}
  // The place of the key at the end of `path`, or of the list entry `item` below it. What is not there: the place of the last
  // part that is; line 1 when the source is not known.
  Position of(const std::string& file, const std::vector<std::string>& path, std::string_view item = {});
  const YamlNode* tree(const std::string& file);  // null: no such source
  const std::vector<Source>* sources() const { return sources_; }

 private:
  const std::vector<Source>* sources_;
  std::map<std::string, YamlNode> trees_;
};

// A way out of a step, over all scripts.
struct Way {
  static constexpr int kReturn = -1;   // back to whoever called
  static constexpr int kNowhere = -2;  // a step or script that does not exist (a mistake of form)
  enum class Role : unsigned char { kPlain, kCall, kAfterCall } role = Role::kPlain;
  int to = kNowhere;
  bool silent = false;  // may be taken without a word of the customer
  Exit exit;
};

struct Node {
  const Script* script = nullptr;
  const Step* step = nullptr;
  std::vector<Way> ways;
  bool asks = false;  // an answer of the customer leads on
};

class Flow {
 public:
  Flow(const ScriptSet& scripts, const World& world);
  std::vector<Node> nodes;
  std::vector<std::vector<int>> before;                         // nodes with a way to this one, called scripts included
  int find(const Script& script, std::string_view step) const;  // Way::kNowhere when there is none
  int start_of(std::string_view script) const;
  std::string name(int node) const;                       // "dialog/step"
  std::string path(const std::vector<int>& nodes) const;  // "a → b → c", long ones cut in the middle
  bool is_root(const Script& script) const;               // begins by itself: triggers, a known name, a channel's entry
  int callee(const Node& node) const;                     // start of the script it calls, or kNowhere
  const Way* after_call(const Node& node) const;          // null when it is no call

  // The nodes for which `holds` is true, found from those that are true by themselves back to those that depend on them.
  std::vector<char> solve(const std::function<bool(const Node&, const std::vector<char>&)>& holds) const;

  // Per node, within one call: can "return", an end be reached; can it return without a word of the customer.
  std::vector<char> returns, ends, returns_silently;

 private:
  std::map<std::pair<std::string_view, std::string_view>, int> by_name_;
  std::set<std::string, std::less<>> roots_;
  const ScriptSet& scripts_;
};

// Strongly connected parts of a graph, in an order in which every part comes after all parts it leads to. `next` gives the
// nodes one leads to.
std::vector<std::vector<int>> components(int count, const std::function<std::vector<int>(int)>& next);

// What every part works on.
struct Task {
  const ScriptSet& scripts;
  const World& world;
  const Flow& flow;
  Findings& findings;
  Places& places;
};

void check_flow(Task& task);      // check_flow.cpp: reachability, ends, loops, calls, ways that are too long
void check_slots(Task& task);     // check_slots.cpp: what is declared, filled and used
void check_branches(Task& task);  // check_branch.cpp: cases
void check_texts(Task& task);     // check_texts.cpp: languages, variables, articles, buttons, lengths
void check_triggers(Task& task);  // check_triggers.cpp: phrases, patterns
void check_settings(Task& task);  // check_settings.cpp: patience, versions, and what single kinds of steps need

// ── slots, for several parts (check_names.cpp)
// Names of the {{variables}} of a text, in order.
std::vector<std::string> variables_of(std::string_view text);
// All texts a step says or shows, with what they are, for messages.
struct Said {
  const Text* text;
  std::string what;
  Position at;
};
std::vector<Said> texts_of(const Step& step);
// Slots that anything fills: declared, set by steps and options, chosen, saved by look-ups, columns of catalogues.
std::set<std::string> filled_slots(const ScriptSet& scripts);
// A hint: "did you mean 'x'?", or `otherwise` when nothing is near.
std::string did_you_mean(std::string_view word, const std::set<std::string>& valid, std::string_view otherwise);

}  // namespace usher::dialogs::prove
