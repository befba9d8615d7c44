// A script as a whole: head, triggers, patience, steps, and what its version is made of.
#include <fmt/format.h>

#include <algorithm>

#include "base/crypto.h"
#include "dialogs/parse_reader.h"
#include "dialogs/words.h"

namespace usher::dialogs {
namespace {

using Kind = YamlNode::Kind;

Trigger read_trigger(Reader& r, const YamlNode& script, const Text& title) {
  Trigger t;
  const YamlEntry* e = script.find("triggers");
  if (e == nullptr || !r.is(e->value, Kind::kMap, "'triggers'", "write phrases: or patterns: below it")) return t;
  r.only(e->value, {"phrases", "patterns"}, "'triggers'");
  t.phrases = r.strings_by_language(e->value, "phrases");
  if (const YamlEntry* p = e->value.find("patterns");
      p != nullptr && r.is(p->value, Kind::kList, "'patterns'", "write a list: ['one', 'two']")) {
    for (const YamlNode& item : p->value.items) {
      if (auto compiled = r.pattern(item, "a pattern", false)) {
        t.patterns.push_back(item.scalar);
        t.compiled.push_back(std::move(compiled));
      }
    }
  }
  std::set<Phrase> seen;
  auto add = [&](std::string_view s) {
    Phrase p = to_phrase(s);
    if (!p.empty() && seen.insert(p).second) t.keys.push_back(std::move(p));
  };
  for (const auto& [language, phrases] : t.phrases) {
    for (const std::string& s : phrases) add(s);
  }
  for (const auto& [language, s] : title.by_language) add(s);
  return t;
}

void read_name(Reader& r, const YamlNode& root, Script& s) {
  s.name = r.scalar(root, "dialog");
  const Position at = root.find("dialog")->value.at;
  if (!s.name.empty() && !is_name(s.name, false))
    r.problem(at, fmt::format("'{}' is not a script name", s.name), "use small letters, digits and -");
  if (const std::string stem = file_stem(r.source.file); s.name != stem)
    r.problem(at, fmt::format("the script is called '{}' but its file '{}'", s.name, stem),
              fmt::format("write dialog: {} or rename the file", stem));
}

void read_steps(Reader& r, const YamlNode& root, Script& s) {
  const YamlEntry* steps = root.find("steps");
  if (steps == nullptr) {
    r.problem(root.at, "the script has no 'steps'", "add steps: with at least one step");
    return;
  }
  if (!r.is(steps->value, Kind::kMap, "'steps'", "write one step name on each line below it")) return;
  if (steps->value.entries.empty()) r.problem(steps->at, "'steps' is empty", "add at least one step");
  for (const YamlEntry& e : steps->value.entries) {
    s.order.push_back(e.key);
    s.steps.emplace(e.key, read_step(r, e));
  }
  if (const YamlEntry* start = root.find("start"))
    s.start = r.target_value(start->value, "'start'", Reader::Target::kOwnStep);
  else if (!s.order.empty())
    s.start = s.order.front();
}

void read_renamed(Reader& r, const YamlNode& root, Script& s) {
  const YamlEntry* e = root.find("renamed");
  if (e == nullptr || !r.is(e->value, Kind::kMap, "'renamed'", "write renamed: { old-step: new-step }")) return;
  for (const YamlEntry& step : e->value.entries) {
    if (s.steps.contains(step.key))
      r.problem(step.at, fmt::format("'{}' is still a step of this script", step.key), "remove the line");
    s.renamed.emplace(step.key, r.target_value(step.value, fmt::format("'{}'", step.key), Reader::Target::kOwnStep));
  }
}

// A new version whenever anything a customer of this script could notice has changed, also where it is written elsewhere.
std::string version_of(Reader& r, const Script& s) {
  std::string all = r.source.bytes;
  for (const std::string& use : r.uses) {
    if (!use.starts_with("slot ")) {
      all += '\n' + use;
      continue;
    }
    const std::string name = use.substr(5);
    if (s.slots.contains(name)) continue;  // its own: in the source
    if (const auto it = r.shared.slot_marks.find(name); it != r.shared.slot_marks.end()) all += '\n' + it->second;
  }
  return crypto::sha256_hex(all);
}

}  // namespace

Patience read_patience(Reader& r, const YamlNode& node, const Patience& otherwise, bool steps_allowed) {
  Patience p = otherwise;
  if (!r.is(node, Kind::kMap, "'patience'", "write { remind_after: 10m, give_up_after: 24h, then: ticket }")) return p;
  r.only(node, {"remind_after", "give_up_after", "then"}, "'patience'");
  p.remind_after = r.duration(node, "remind_after").value_or(p.remind_after);
  p.give_up_after = r.duration(node, "give_up_after").value_or(p.give_up_after);
  if (const YamlEntry* then = node.find("then")) {
    const std::string& word = then->value.scalar;
    if (then->value.kind == Kind::kScalar && (word == "ticket" || word == "close"))
      p.then = word;
    else if (steps_allowed)
      p.then = r.target_value(then->value, "'then'", Reader::Target::kOwnStep);
    else
      p.then = r.one_of(node, "then", {"ticket", "close"}, p.then);
  }
  if (p.give_up_after.count() > 0 && p.remind_after >= p.give_up_after)
    r.problem(node.at, "the reminder would come after giving up", "make remind_after shorter than give_up_after");
  return p;
}

Script read_script(Reader& r, const YamlNode& root) {
  Script s;
  s.file = r.source.file;
  static const std::vector<std::string> kKeys = {"dialog",   "title",        "start",   "triggers", "slots", "steps",
                                                 "patience", "enter_midway", "running", "renamed",  "menu"};
  r.only(root, kKeys, "a script");
  read_name(r, root, s);
  if (root.find("title") == nullptr) r.problem(root.at, "the script has no 'title'", "add title: { en: \"…\", zh: \"…\" }");
  s.title = r.text(root, "title");
  s.trigger = read_trigger(r, root, s.title);
  if (const YamlEntry* own = root.find("slots")) s.slots = read_slots(r, own->value);
  const YamlEntry* patience = root.find("patience");
  s.patience = patience == nullptr ? r.shared.patience : read_patience(r, patience->value, r.shared.patience, true);
  if (const auto place = r.count(root, "menu", 1, 99)) s.menu = static_cast<int>(*place);
  s.enter_midway = r.flag(root, "enter_midway", false);
  s.moves_running = r.one_of(root, "running", {"stay", "move"}, "stay") == "move";
  read_steps(r, root, s);
  read_renamed(r, root, s);
  if (root.find("steps") != nullptr) r.check_step_targets(s);
  s.hash = version_of(r, s);
  return s;
}

}  // namespace usher::dialogs
