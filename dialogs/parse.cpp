#include "dialogs/parse.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/crypto.h"
#include "base/text.h"
#include "dialogs/lexicon.h"
#include "dialogs/words.h"
#include "dialogs/yaml_tree.h"

namespace usher::dialogs {
namespace {

using Kind = YamlNode::Kind;

constexpr std::array<std::pair<std::string_view, SlotType>, 12> kTypes = {{{"text", SlotType::kText},
                                                                           {"name", SlotType::kName},
                                                                           {"email", SlotType::kEmail},
                                                                           {"phone", SlotType::kPhone},
                                                                           {"contact", SlotType::kContact},
                                                                           {"model", SlotType::kModel},
                                                                           {"serial", SlotType::kSerial},
                                                                           {"error_code", SlotType::kErrorCode},
                                                                           {"number", SlotType::kNumber},
                                                                           {"date", SlotType::kDate},
                                                                           {"yes_no", SlotType::kYesNo},
                                                                           {"choice", SlotType::kChoice}}};

// What may stand beside each kind of step; `set` and `tried` may stand in any.
struct KindRule {
  std::string_view key;
  std::vector<std::string> beside;
};
const std::vector<KindRule>& step_kinds() {
  static const std::vector<KindRule> rules = {
      {"say", {"next"}},
      {"ask", {"next"}},
      {"choose", {"options", "slot"}},
      {"article", {"intro", "nothing_found", "solved", "unsolved", "ask_if_solved"}},
      {"goto", {}},
      {"escalate", {"priority", "fault_class", "queue"}},
      {"resolve", {}},
  };
  return rules;
}

bool is_name(std::string_view s, bool underscore) {
  return !s.empty() && std::ranges::all_of(s, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (underscore ? c == '_' || c == '-' : c == '-');
  });
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kScalar:
      return "a text";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a mapping";
  }
  return "nothing";
}

std::string nearest_hint(std::string_view word, const std::vector<std::string>& valid, std::string_view otherwise) {
  const std::string near = text::nearest(word, valid);
  return near.empty() ? std::string(otherwise) : "did you mean '" + near + "'?";
}

std::shared_ptr<const re2::RE2> compile(const std::string& pattern, bool case_sensitive) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(case_sensitive);
  options.set_max_mem(1 << 20);
  return std::make_shared<const RE2>(pattern, options);
}

// Reads one file. Every function reports what is wrong and returns what could be read.
class Reader {
 public:
  Reader(const Source& source, std::vector<Problem>& problems) : source_(source), problems_(problems) {}

  void problem(Position at, std::string message, std::string hint) {
    problems_.push_back({source_.file, at.line, at.column, std::move(message), std::move(hint)});
  }

  bool is(const YamlNode& node, Kind kind, std::string_view what, std::string_view hint) {
    if (node.kind == kind) return true;
    problem(node.at, fmt::format("{} must be {}, but is {}", what, kind_name(kind), kind_name(node.kind)), std::string(hint));
    return false;
  }

  void only(const YamlNode& map, const std::vector<std::string>& valid, std::string_view where) {
    for (const YamlEntry& e : map.entries) {
      if (std::ranges::find(valid, e.key) != valid.end()) continue;
      problem(e.at, fmt::format("{} has no key '{}'", where, e.key),
              nearest_hint(e.key, valid, fmt::format("valid keys: {}", fmt::join(valid, ", "))));
    }
  }

  std::string scalar(const YamlNode& map, std::string_view key, std::string_view hint = "write one word or quoted text") {
    const YamlEntry* e = map.find(key);
    if (e == nullptr || !is(e->value, Kind::kScalar, fmt::format("'{}'", key), hint)) return {};
    if (text::trim(e->value.scalar).empty())
      problem(e->value.at, fmt::format("'{}' is empty", key), "write a value or remove the line");
    return e->value.scalar;
  }

  bool flag(const YamlNode& map, std::string_view key, bool otherwise) {
    const YamlEntry* e = map.find(key);
    if (e == nullptr) return otherwise;
    const std::string v = e->value.kind == Kind::kScalar ? text::to_lower_ascii(e->value.scalar) : std::string();
    if (v == "true" || v == "yes") return true;
    if (v == "false" || v == "no") return false;
    problem(e->value.at, fmt::format("'{}' must be true or false", key), "write true or false");
    return otherwise;
  }

  std::string language_key(const YamlEntry& e) {
    static const RE2 kLanguage("[a-z]{2,3}(-[A-Za-z]{2,8})?");
    if (!RE2::FullMatch(e.key, kLanguage)) problem(e.at, fmt::format("'{}' is not a language", e.key), "use en, zh, …");
    return e.key;
  }

  Text text_of(const YamlNode& node, std::string_view what) {
    Text t;
    t.at = node.at;
    if (!is(node, Kind::kMap, what, "write { en: \"…\", zh: \"…\" }")) return t;
    for (const YamlEntry& e : node.entries) {
      const std::string language = language_key(e);
      if (!is(e.value, Kind::kScalar, fmt::format("the '{}' text of {}", language, what), "put the text into quotes")) continue;
      if (text::trim(e.value.scalar).empty()) {
        problem(e.value.at, fmt::format("the '{}' text of {} is empty", language, what), "write the text");
        continue;
      }
      t.by_language.emplace(language, e.value.scalar);
    }
    if (node.find("en") == nullptr) problem(node.at, fmt::format("{} has no English text", what), "add en: \"…\"");
    return t;
  }
  Text text(const YamlNode& map, std::string_view key) {
    const YamlEntry* e = map.find(key);
    return e == nullptr ? Text{} : text_of(e->value, fmt::format("'{}'", key));
  }

  std::vector<std::string> strings(const YamlNode& node, std::string_view what) {
    std::vector<std::string> out;
    if (node.kind == Kind::kScalar) return {node.scalar};  // one word needs no brackets
    if (!is(node, Kind::kList, what, "write a list: [one, two]")) return out;
    for (const YamlNode& item : node.items) {
      if (is(item, Kind::kScalar, fmt::format("each entry of {}", what), "put the text into quotes")) out.push_back(item.scalar);
    }
    return out;
  }
  std::map<std::string, std::vector<std::string>> strings_by_language(const YamlNode& map, std::string_view key) {
    std::map<std::string, std::vector<std::string>> out;
    const YamlEntry* e = map.find(key);
    if (e == nullptr || !is(e->value, Kind::kMap, fmt::format("'{}'", key), "write { en: [one, two], zh: [一, 二] }")) return out;
    for (const YamlEntry& l : e->value.entries) {
      const std::string language = language_key(l);
      for (std::string& s : strings(l.value, fmt::format("'{}: {}'", key, language))) {
        if (to_phrase(s).empty()) {
          problem(l.value.at, fmt::format("'{}' under '{}' holds no word", s, key), "remove it");
        } else {
          out[language].push_back(std::move(s));
        }
      }
    }
    return out;
  }

  std::map<std::string, std::string> settings(const YamlNode& map) {
    std::map<std::string, std::string> out;
    const YamlEntry* e = map.find("set");
    if (e == nullptr || !is(e->value, Kind::kMap, "'set'", "write set: { slot: value }")) return out;
    for (const YamlEntry& s : e->value.entries) {
      if (!is_name(s.key, true)) problem(s.at, fmt::format("'{}' is not a slot name", s.key), "use small letters, digits and _");
      if (is(s.value, Kind::kScalar, fmt::format("the value of '{}'", s.key), "put it into quotes"))
        out.emplace(s.key, s.value.scalar);
    }
    return out;
  }

  // A step of this script or "dialog:<name>"; whether it exists is known at the end.
  std::string target(const YamlNode& map, std::string_view key, bool required, Position at, std::string_view where) {
    const YamlEntry* e = map.find(key);
    if (e == nullptr) {
      if (required)
        problem(at, fmt::format("{} needs '{}'", where, key), fmt::format("add {}: <step> or {}: dialog:<name>", key, key));
      return {};
    }
    return target_value(e->value, fmt::format("'{}'", key));
  }
  std::string target_value(const YamlNode& node, std::string_view what) {
    if (!is(node, Kind::kScalar, what, "name one step")) return {};
    targets.push_back({node.scalar, node.at});
    return node.scalar;
  }

  std::vector<Option> options(const YamlNode& map, bool with_next, Position at) {
    std::vector<Option> out;
    const YamlEntry* e = map.find("options");
    if (e == nullptr) {
      problem(at, "there are no 'options' to choose from", "add options: with at least two entries");
      return out;
    }
    if (!is(e->value, Kind::kList, "'options'", "write one line for each option, beginning with '- '")) return out;
    std::vector<std::string> valid = {"id", "label", "words", "set"};
    if (with_next) valid.insert(valid.begin() + 1, "next");
    for (const YamlNode& node : e->value.items) {
      if (!is(node, Kind::kMap, "an option", "write - { id: yes, label: { en: \"Yes\" }, next: step }")) continue;
      only(node, valid, "an option");
      Option o;
      o.at = node.at;
      o.id = scalar(node, "id");
      if (node.find("id") == nullptr) problem(node.at, "the option has no 'id'", "add id: <word>");
      if (node.find("label") == nullptr)
        problem(node.at, fmt::format("the option '{}' has no 'label'", o.id), "add label: { en: \"…\", zh: \"…\" }");
      o.label = text(node, "label");
      o.words = strings_by_language(node, "words");
      o.set = settings(node);
      if (with_next) o.next = target(node, "next", true, node.at, fmt::format("the option '{}'", o.id));
      if (!o.id.empty() && std::ranges::any_of(out, [&](const Option& other) { return other.id == o.id; })) {
        problem(node.find("id")->value.at, fmt::format("two options have the id '{}'", o.id), "give each its own");
      }
      out.push_back(std::move(o));
    }
    if (out.size() < 2) problem(e->value.at, "a choice needs at least two options", "add one, or use 'say'");
    prepare(out);
    return out;
  }

  Slot slot(const YamlEntry& e) {
    Slot s;
    s.name = e.key;
    s.at = e.at;
    s.file = source_.file;
    if (!is_name(e.key, true)) problem(e.at, fmt::format("'{}' is not a slot name", e.key), "use small letters, digits and _");
    const YamlNode& map = e.value;
    if (!is(map, Kind::kMap, fmt::format("the slot '{}'", e.key), "write type:, label: and ask: below it")) return s;
    only(map, {"type", "label", "ask", "reask", "pattern", "checksum", "pattern_hint", "options", "required", "max_length"},
         "a slot");
    std::vector<std::string> names;
    for (const auto& [name, type] : kTypes) names.emplace_back(name);
    if (const YamlEntry* t = map.find("type"); t != nullptr && is(t->value, Kind::kScalar, "'type'", "name one type")) {
      const auto known = std::ranges::find(kTypes, t->value.scalar, &std::pair<std::string_view, SlotType>::first);
      if (known == kTypes.end()) {
        problem(t->value.at, fmt::format("there is no slot type '{}'", t->value.scalar),
                nearest_hint(t->value.scalar, names, fmt::format("types: {}", fmt::join(names, ", "))));
      } else {
        s.type = known->second;
      }
    }
    s.label = text(map, "label");
    s.ask = text(map, "ask");
    s.reask = text(map, "reask");
    s.pattern_hint = text(map, "pattern_hint");
    if (const YamlEntry* p = map.find("pattern")) {
      s.compiled = pattern(p->value, "'pattern'", true);
      if (s.compiled) s.pattern = p->value.scalar;
    }
    s.checksum = scalar(map, "checksum");
    if (!s.checksum.empty() && s.checksum != "luhn" && s.checksum != "mod36") {
      problem(map.find("checksum")->value.at, fmt::format("there is no checksum '{}'", s.checksum),
              nearest_hint(s.checksum, {"luhn", "mod36"}, "use luhn or mod36"));
    }
    s.required = flag(map, "required", true);
    if (const std::string length = scalar(map, "max_length"); !length.empty()) {
      const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), s.max_length);
      if (error != std::errc{} || end != length.data() + length.size() || s.max_length == 0 || s.max_length > 10'000) {
        problem(map.find("max_length")->value.at, "'max_length' must be a number from 1 to 10000", "write max_length: 40");
        s.max_length = 200;
      }
    }
    if (s.type == SlotType::kChoice) s.options = options(map, false, e.at);
    if (s.type != SlotType::kChoice && map.find("options") != nullptr) {
      problem(map.find("options")->at, "only a slot of type 'choice' has options", "write type: choice or remove them");
    }
    return s;
  }

  std::map<std::string, Slot> slots(const YamlNode& node) {
    std::map<std::string, Slot> out;
    if (!is(node, Kind::kMap, "'slots'", "write one slot name on each line below it")) return out;
    for (const YamlEntry& e : node.entries) out.emplace(e.key, slot(e));
    return out;
  }

  // Null when it is not a valid pattern.
  std::shared_ptr<const re2::RE2> pattern(const YamlNode& node, std::string_view what, bool case_sensitive) {
    if (!is(node, Kind::kScalar, what, "put the pattern into single quotes")) return nullptr;
    auto compiled = compile(node.scalar, case_sensitive);
    if (compiled->ok()) return compiled;
    problem(node.at, fmt::format("the pattern '{}' is not valid: {}", node.scalar, compiled->error()),
            "see https://github.com/google/re2/wiki/Syntax; there is no lookahead");
    return nullptr;
  }

  Trigger trigger(const YamlNode& script, const Text& title) {
    Trigger t;
    const YamlEntry* e = script.find("triggers");
    if (e == nullptr || !is(e->value, Kind::kMap, "'triggers'", "write phrases: or patterns: below it")) return t;
    only(e->value, {"phrases", "patterns"}, "'triggers'");
    t.phrases = strings_by_language(e->value, "phrases");
    if (const YamlEntry* p = e->value.find("patterns");
        p != nullptr && is(p->value, Kind::kList, "'patterns'", "write a list: ['one', 'two']")) {
      for (const YamlNode& item : p->value.items) {
        if (auto compiled = pattern(item, "a pattern", false)) {
          t.patterns.push_back(item.scalar);
          t.compiled.push_back(std::move(compiled));
        }
      }
    }
    auto add = [&](std::string_view s) {
      Phrase p = to_phrase(s);
      if (!p.empty() && std::ranges::find(t.keys, p) == t.keys.end()) t.keys.push_back(std::move(p));
    };
    for (const auto& [language, phrases] : t.phrases) {
      for (const std::string& s : phrases) add(s);
    }
    for (const auto& [language, s] : title.by_language) add(s);
    return t;
  }

  Step step(const YamlEntry& e) {
    Step s;
    s.id = e.key;
    s.at = e.at;
    s.kind = Resolve{};
    if (!is_name(e.key, true)) problem(e.at, fmt::format("'{}' is not a step name", e.key), "use small letters, digits and -");
    const YamlNode& map = e.value;
    const std::string where = fmt::format("the step '{}'", e.key);
    if (!is(map, Kind::kMap, where, "write say:, ask:, choose:, article:, goto:, escalate: or resolve: below it")) return s;
    std::vector<std::string> kinds;
    const KindRule* rule = nullptr;
    for (const KindRule& r : step_kinds()) kinds.emplace_back(r.key);
    for (const YamlEntry& k : map.entries) {
      const auto r = std::ranges::find(step_kinds(), k.key, &KindRule::key);
      if (r == step_kinds().end()) continue;
      if (rule != nullptr)
        problem(k.at, fmt::format("{} has both '{}' and '{}'", where, rule->key, r->key), "make two steps of it");
      if (rule == nullptr) rule = &*r;
    }
    if (rule == nullptr) {
      std::string hint = fmt::format("one of: {}", fmt::join(kinds, ", "));
      for (const YamlEntry& k : map.entries) {
        if (const std::string near = text::nearest(k.key, kinds); !near.empty())
          hint = fmt::format("did you mean '{}' instead of '{}'?", near, k.key);
      }
      problem(e.at, fmt::format("{} does nothing", where), std::move(hint));
      return s;
    }
    std::vector<std::string> valid = rule->beside;
    valid.emplace_back(rule->key);
    valid.insert(valid.end(), {"set", "tried"});
    for (const YamlEntry& k : map.entries) {
      if (std::ranges::find(valid, k.key) != valid.end() || std::ranges::find(kinds, k.key) != kinds.end()) continue;
      problem(k.at, fmt::format("a '{}' step has no key '{}'", rule->key, k.key),
              nearest_hint(k.key, valid, fmt::format("valid keys: {}", fmt::join(valid, ", "))));
    }
    s.set = settings(map);
    s.tried = scalar(map, "tried");
    s.kind = kind(rule->key, map, e.at, where);
    return s;
  }

  StepKind kind(std::string_view key, const YamlNode& map, Position at, const std::string& where) {
    if (key == "say") return Say{text(map, "say"), target(map, "next", true, at, where)};
    if (key == "ask") {
      return Ask{scalar(map, "ask", "name one slot; slots are declared in slots.yaml"), target(map, "next", true, at, where)};
    }
    if (key == "choose") {
      Choose c;
      c.text = text(map, "choose");
      c.options = options(map, true, at);
      if (map.find("slot") != nullptr) c.slot = scalar(map, "slot", "name one slot");
      return c;
    }
    if (key == "article") {
      ShowArticle a;
      a.id = scalar(map, "article", "an article id, or search");
      if (!a.id.empty() && !is_name(a.id, false))
        problem(map.find("article")->value.at, fmt::format("'{}' is not an article id", a.id), "small letters, digits and -");
      if (a.id == "search") a.id.clear();
      a.intro = text(map, "intro");
      a.nothing_found = text(map, "nothing_found");
      a.ask_if_solved = flag(map, "ask_if_solved", true);
      a.solved = target(map, "solved", a.ask_if_solved, at, where);
      a.unsolved = target(map, "unsolved", true, at, where);
      return a;
    }
    if (key == "goto") return Goto{target_value(map.find("goto")->value, "'goto'")};
    if (key == "escalate") {
      Escalate x{text(map, "escalate"), "P3", scalar(map, "fault_class"), scalar(map, "queue")};
      if (map.find("priority") != nullptr) x.priority = scalar(map, "priority");
      static constexpr std::array<std::string_view, 4> kPriorities = {"P1", "P2", "P3", "P4"};
      if (std::ranges::find(kPriorities, x.priority) == kPriorities.end()) {
        problem(map.find("priority")->value.at, fmt::format("there is no priority '{}'", x.priority), "use P1, P2, P3 or P4");
      }
      return x;
    }
    return Resolve{text(map, "resolve")};
  }

  struct Target {
    std::string name;
    Position at;
  };
  std::vector<Target> targets;

  void check_step_targets(const Script& script) {
    std::vector<std::string> steps = script.order;
    for (const Target& t : targets) {
      if (t.name.starts_with("dialog:") || script.find(t.name) != nullptr) continue;
      problem(t.at, fmt::format("there is no step '{}' in this script", t.name),
              nearest_hint(t.name, steps, "add the step, or write dialog:<name> for another script"));
    }
  }
  void check_dialog_targets(const ScriptSet& set, const std::vector<std::string>& names) {
    for (const Target& t : targets) {
      if (!t.name.starts_with("dialog:")) continue;
      const std::string name = t.name.substr(7);
      if (set.find(name) != nullptr || std::ranges::find(names, name) != names.end()) continue;
      std::vector<std::string> valid;
      for (const std::string& n : names) valid.push_back("dialog:" + n);
      problem(t.at, fmt::format("there is no script '{}'", name),
              nearest_hint(t.name, valid, fmt::format("add the file {}.yaml", name)));
    }
  }

  Script script(const YamlNode& root) {
    Script s;
    s.file = source_.file;
    s.hash = crypto::sha256_hex(source_.bytes);
    only(root, {"dialog", "title", "start", "triggers", "slots", "steps"}, "a script");
    s.name = scalar(root, "dialog");
    const Position at = root.find("dialog")->value.at;
    if (!s.name.empty() && !is_name(s.name, false))
      problem(at, fmt::format("'{}' is not a script name", s.name), "use small letters, digits and -");
    std::string stem = source_.file.substr(source_.file.find_last_of('/') + 1);
    if (stem.ends_with(".yaml")) stem.resize(stem.size() - 5);
    if (s.name != stem)
      problem(at, fmt::format("the script is called '{}' but its file '{}'", s.name, stem),
              fmt::format("write dialog: {} or rename the file", stem));
    if (root.find("title") == nullptr) problem(root.at, "the script has no 'title'", "add title: { en: \"…\", zh: \"…\" }");
    s.title = text(root, "title");
    s.trigger = trigger(root, s.title);
    if (const YamlEntry* own = root.find("slots")) s.slots = slots(own->value);
    const YamlEntry* steps = root.find("steps");
    if (steps == nullptr) {
      problem(root.at, "the script has no 'steps'", "add steps: with at least one step");
      return s;
    }
    if (!is(steps->value, Kind::kMap, "'steps'", "write one step name on each line below it")) return s;
    if (steps->value.entries.empty()) problem(steps->at, "'steps' is empty", "add at least one step");
    for (const YamlEntry& e : steps->value.entries) {
      s.order.push_back(e.key);
      s.steps.emplace(e.key, step(e));
    }
    if (const YamlEntry* start = root.find("start")) {
      s.start = scalar(root, "start", "name one step");
      targets.push_back({s.start, start->value.at});
      if (s.start.starts_with("dialog:"))
        problem(start->value.at, "'start' must be a step of this script", "name one of its steps");
    } else if (!s.order.empty()) {
      s.start = s.order.front();
    }
    check_step_targets(s);
    return s;
  }

  std::map<std::string, Text> texts(const YamlNode& node) {
    std::map<std::string, Text> out;
    if (!is(node, Kind::kMap, "'texts'", "write one key on each line below it")) return out;
    for (const YamlEntry& e : node.entries) out.emplace(e.key, text_of(e.value, fmt::format("'{}'", e.key)));
    for (const std::string& key : text_keys()) {
      if (out.contains(key)) continue;
      std::vector<std::string> extra;
      for (const auto& [name, value] : out) {
        if (std::ranges::find(text_keys(), name) == text_keys().end()) extra.push_back(name);
      }
      const std::string near = text::nearest(key, extra);
      const YamlEntry* misspelt = near.empty() ? nullptr : node.find(near);
      problem(misspelt != nullptr ? misspelt->at : node.at, fmt::format("the text '{}' is missing", key),
              misspelt != nullptr ? fmt::format("is '{}' a misspelling of it?", near)
                                  : fmt::format("add {}: {{ en: \"…\", zh: \"…\" }}", key));
    }
    return out;
  }

 private:
  const Source& source_;
  std::vector<Problem>& problems_;
};

// The answers to "did this help?": the labels are the operator's, what else people say for them is known.
std::vector<Option> did_it_help(const ScriptSet& set) {
  std::vector<Option> options(2);
  auto label = [&](std::size_t i, std::string id, const char* key) {
    options[i].id = std::move(id);
    if (const auto it = set.texts.find(key); it != set.texts.end()) options[i].label = it->second;
  };
  label(0, "yes", "article_solved");
  label(1, "no", "article_unsolved");
  options[0].words = {
      {"en", {"it works", "works now", "fixed", "solved", "that helped", "it helped", "problem solved", "all good"}},
      {"zh", {"解决了", "好了", "有用", "有帮助", "可以了", "搞定了", "修好了", "正常了"}}};
  options[1].words = {
      {"en",
       {"not help", "not work", "still not working", "same problem", "still the same", "no luck", "nothing changed",
        "did not fix it"}},
      {"zh", {"没解决", "没用", "没有用", "还是不行", "没帮助", "没有帮助", "没好", "不行", "没有解决", "还是一样"}}};
  prepare(options);
  return options;
}

}  // namespace

std::shared_ptr<const ScriptSet> parse(const std::vector<Source>& sources, std::vector<Problem>& problems) {
  auto set = std::make_shared<ScriptSet>();
  const std::size_t before = problems.size();
  struct File {
    std::unique_ptr<Reader> reader;
    std::string dialog;
  };
  std::vector<File> files;
  std::vector<std::string> names;  // also of scripts that could not be read: a reference to them is not a second mistake
  std::map<std::string, Slot> shared;
  bool has_texts = false;
  for (const Source& source : sources) {
    const auto root = read_yaml(source, problems);
    std::string stem = source.file.substr(source.file.find_last_of('/') + 1);
    if (stem.ends_with(".yaml")) names.push_back(stem.substr(0, stem.size() - 5));
    if (!root) {
      has_texts = has_texts || stem == "texts.yaml";
      continue;
    }
    auto reader = std::make_unique<Reader>(source, problems);
    if (!reader->is(*root, Kind::kMap, "the file", "begin with 'dialog: <name>'")) continue;
    if (root->find("dialog") != nullptr) {
      Script s = reader->script(*root);
      names.push_back(s.name);
      if (const Script* other = set->find(s.name)) {
        reader->problem(root->find("dialog")->at, fmt::format("there are two scripts '{}'", s.name),
                        fmt::format("the other is in {}", other->file));
      }
      std::string name = s.name;
      set->scripts.emplace(name, std::move(s));
      files.push_back({std::move(reader), std::move(name)});
    } else if (const YamlEntry* slots = root->find("slots")) {
      reader->only(*root, {"slots"}, "this file");
      for (auto& [name, slot] : reader->slots(slots->value)) {
        if (const auto it = shared.find(name); it != shared.end()) {
          reader->problem(slot.at, fmt::format("the slot '{}' is declared twice", name),
                          fmt::format("it is also in {}", it->second.file));
        }
        shared.emplace(name, std::move(slot));
      }
    } else if (const YamlEntry* texts = root->find("texts")) {
      has_texts = true;
      reader->only(*root, {"texts"}, "this file");
      set->texts_file = source.file;
      for (auto& [key, text] : reader->texts(texts->value)) set->texts.insert_or_assign(key, std::move(text));
    } else {
      std::string hint = "begin with 'dialog:', 'slots:' or 'texts:'";
      for (const YamlEntry& e : root->entries) {
        if (const std::string near = text::nearest(e.key, {"dialog", "slots", "texts"}); !near.empty())
          hint = "did you mean '" + near + "'?";
      }
      reader->problem(root->at, "this is neither a script nor slots nor texts", std::move(hint));
    }
  }
  if (!has_texts)
    problems.push_back({"texts.yaml", 1, 1, "there is no texts.yaml", "the bot's own phrases must be in the folder"});
  for (const File& f : files) f.reader->check_dialog_targets(*set, names);
  if (problems.size() != before) return nullptr;
  for (auto& [name, script] : set->scripts) script.slots.insert(shared.begin(), shared.end());  // the script's own win
  set->greeting = set->texts.at("greeting");
  set->did_it_help = did_it_help(*set);
  return set;
}

}  // namespace usher::dialogs
