// The kinds of steps: what may stand beside each, and how it is read.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dialogs/parse_reader.h"

namespace usher::dialogs {
namespace {

using Kind = YamlNode::Kind;

struct At {  // where the step stands
  const YamlNode& map;
  Position at;
  const std::string& where;  // "the step 'x'"
};

std::string slot_name(Reader& r, const YamlNode& map, std::string_view key, std::string otherwise = {}) {
  if (map.find(key) == nullptr) return otherwise;
  const std::string name = r.scalar(map, key, "name one slot; slots are declared in slots.yaml");
  if (!name.empty() && !is_name(name, true))
    r.problem(map.find(key)->value.at, fmt::format("'{}' is not a slot name", name), "use small letters, digits and _");
  if (!name.empty()) r.uses.insert("slot " + name);
  return name;
}

StepKind read_say(Reader& r, const At& s) {
  return Say{r.text(s.map, "say"), r.target(s.map, "next", true, s.at, s.where)};
}

StepKind read_ask(Reader& r, const At& s) {
  return Ask{slot_name(r, s.map, "ask"), r.target(s.map, "next", true, s.at, s.where)};
}

StepKind read_choose(Reader& r, const At& s) {
  Choose c;
  c.text = r.text(s.map, "choose");
  c.options = r.options(s.map, true, s.at, 2);
  prepare(c.options);
  c.slot = slot_name(r, s.map, "slot");
  return c;
}

StepKind read_check(Reader& r, const At& s) {
  Choose c;
  c.kind = Choose::Kind::kCheck;
  c.text = r.text(s.map, "check");
  c.picture = r.picture(s.map);
  const bool can_refuse = s.map.find("cannot") != nullptr;
  c.options = r.options(s.map, true, s.at, can_refuse ? 1 : 2);
  if (can_refuse) {
    for (const Option& o : c.options) {
      if (o.id == "cannot")
        r.problem(o.at, "the option 'cannot' is made by 'cannot:' already", "give it another id, or remove 'cannot:'");
    }
    c.options.push_back(cannot_option(r.shared.texts, r.target(s.map, "cannot", true, s.at, s.where)));
    c.options.back().at = s.map.find("cannot")->at;
  }
  prepare(c.options);
  c.slot = slot_name(r, s.map, "slot");
  return c;
}

StepKind read_consent(Reader& r, const At& s) {
  Choose c;
  c.kind = Choose::Kind::kConsent;
  c.text = r.text(s.map, "consent");
  c.slot = slot_name(r, s.map, "slot");
  c.options = consent_options(r.shared.texts, r.target(s.map, "agreed", true, s.at, s.where),
                              r.target(s.map, "declined", true, s.at, s.where));
  for (Option& o : c.options) o.at = s.at;
  prepare(c.options);
  return c;
}

StepKind read_survey(Reader& r, const At& s) {
  Choose c;
  c.kind = Choose::Kind::kSurvey;
  c.text = r.text(s.map, "survey");
  c.slot = slot_name(r, s.map, "slot", "satisfaction");
  c.options =
      survey_options(r.shared.texts, r.target(s.map, "next", true, s.at, s.where), r.target(s.map, "bad", false, s.at, s.where));
  for (Option& o : c.options) o.at = s.at;
  prepare(c.options);
  return c;
}

void read_article_ways(Reader& r, const At& s, ShowArticle& a) {
  a.intro = r.text(s.map, "intro");
  a.nothing_found = r.text(s.map, "nothing_found");
  a.ask_if_solved = r.flag(s.map, "ask_if_solved", true);
  a.solved = r.target(s.map, "solved", a.ask_if_solved, s.at, s.where);
  a.unsolved = r.target(s.map, "unsolved", true, s.at, s.where);
}

constexpr const char* kDefaultQuery = "{{symptom}}";

StepKind read_article(Reader& r, const At& s) {
  ShowArticle a;
  a.id = r.scalar(s.map, "article", "an article id, or search");
  if (!a.id.empty() && !is_name(a.id, false))
    r.problem(s.map.find("article")->value.at, fmt::format("'{}' is not an article id", a.id), "small letters, digits and -");
  if (a.id == "search") {
    a.id.clear();
    a.query = kDefaultQuery;
  }
  read_article_ways(r, s, a);
  return a;
}

StepKind read_search(Reader& r, const At& s) {
  ShowArticle a;
  a.query = r.scalar(s.map, "search", "what to look for, like \"{{symptom}}\"");
  if (a.query.empty()) a.query = kDefaultQuery;
  read_article_ways(r, s, a);
  return a;
}

StepKind read_branch(Reader& r, const At& s) {
  Branch b;
  const YamlNode& list = s.map.find("branch")->value;
  if (r.is(list, Kind::kList, "'branch'", "write one line for each case: - { when: { slot: os, is: mac }, next: step }")) {
    if (list.items.empty()) r.problem(list.at, "'branch' has no case", "add - { when: …, next: … }, or use goto");
    for (const YamlNode& node : list.items) {
      if (!r.is(node, Kind::kMap, "a case", "write - { when: { slot: os, is: mac }, next: step }")) continue;
      r.only(node, {"when", "next"}, "a case");
      Branch::Case c;
      c.at = node.at;
      if (const YamlEntry* when = node.find("when"))
        c.when = read_condition(r, when->value);
      else
        r.problem(node.at, "the case has no 'when'", "add when: { slot: …, is: … }; what always holds is 'else'");
      c.next = r.target(node, "next", true, node.at, "the case");
      b.cases.push_back(std::move(c));
    }
  }
  b.otherwise = r.target(s.map, "else", true, s.at, s.where);
  return b;
}

StepKind read_goto(Reader& r, const At& s) {
  return Goto{r.target_value(s.map.find("goto")->value, "'goto'")};
}

StepKind read_call(Reader& r, const At& s) {
  Call c;
  c.dialog = r.target_value(s.map.find("call")->value, "'call'", Reader::Target::kScript);
  if (c.dialog.starts_with("dialog:"))
    r.problem(s.map.find("call")->value.at, "'call' names the script alone", "write call: " + c.dialog.substr(7));
  c.next = r.target(s.map, "next", true, s.at, s.where);
  return c;
}

StepKind read_lookup(Reader& r, const At& s) {
  Lookup l;
  l.service = r.scalar(s.map, "lookup", "name a service of usher.yaml, under lookups:");
  if (!l.service.empty() && !is_name(l.service, true))
    r.problem(s.map.find("lookup")->value.at, fmt::format("'{}' is not the name of a service", l.service),
              "use small letters, digits and -");
  l.with = r.settings(s.map, "with");
  l.save = r.settings(s.map, "save");
  if (const YamlEntry* save = s.map.find("save")) {
    for (const YamlEntry& e : save->value.entries) {
      const std::string& member = e.value.scalar;
      const bool good = !member.empty() && !member.starts_with('.') && !member.ends_with('.') && !member.contains("..") &&
                        std::ranges::none_of(member, [](char c) { return c == ' ' || c == '{' || c == '}' || c == '$'; });
      if (e.value.kind == Kind::kScalar && !good)
        r.problem(e.value.at, fmt::format("'{}' is not a member of an answer", member), "write state, or warranty.until");
      r.uses.insert("slot " + e.key);
    }
  }
  l.next = r.target(s.map, "next", true, s.at, s.where);
  l.not_found = r.target(s.map, "not_found", false, s.at, s.where);
  l.failed = r.target(s.map, "failed", true, s.at, s.where);
  return l;
}

StepKind read_wait(Reader& r, const At& s) {
  Wait w;
  w.text = r.text(s.map, "wait");
  w.next = r.target(s.map, "next", true, s.at, s.where);
  w.remind_after = r.duration(s.map, "remind_after").value_or(w.remind_after);
  w.remind = r.text(s.map, "remind");
  w.give_up_after = r.duration(s.map, "give_up_after").value_or(w.give_up_after);
  w.gave_up = r.target(s.map, "gave_up", false, s.at, s.where);
  if (!w.remind.empty() && s.map.find("remind_after") == nullptr)
    r.problem(s.map.find("remind")->at, "'remind' is never said", "add remind_after: 2h");
  if (w.give_up_after.count() > 0 && w.remind_after >= w.give_up_after)
    r.problem(s.map.find("remind_after")->value.at, "the reminder would come after giving up",
              "make remind_after shorter than give_up_after");
  return w;
}

StepKind read_troubleshoot_step(Reader& r, const At& s) {
  return read_troubleshoot(r, s.map, s.at, s.where);
}

StepKind read_escalate(Reader& r, const At& s) {
  Escalate x{r.text(s.map, "escalate"), "P3", r.scalar(s.map, "fault_class"), r.scalar(s.map, "queue")};
  if (s.map.find("priority") != nullptr) x.priority = r.scalar(s.map, "priority");
  static constexpr std::array<std::string_view, 4> kPriorities = {"P1", "P2", "P3", "P4"};
  if (std::ranges::find(kPriorities, x.priority) == kPriorities.end()) {
    r.problem(s.map.find("priority")->value.at, fmt::format("there is no priority '{}'", x.priority), "use P1, P2, P3 or P4");
  }
  return x;
}

StepKind read_resolve(Reader& r, const At& s) {
  return Resolve{r.text(s.map, "resolve")};
}

// What may stand beside each kind of step; `set` and `tried` may stand in any.
struct Rule {
  std::string key;
  std::vector<std::string> beside;
  StepKind (*read)(Reader&, const At&);
};
const std::vector<Rule>& rules() {
  static const std::vector<Rule> all = {
      {"say", {"next"}, read_say},
      {"ask", {"next"}, read_ask},
      {"choose", {"options", "slot"}, read_choose},
      {"check", {"options", "slot", "picture", "cannot"}, read_check},
      {"article", {"intro", "nothing_found", "solved", "unsolved", "ask_if_solved"}, read_article},
      {"search", {"intro", "nothing_found", "solved", "unsolved", "ask_if_solved"}, read_search},
      {"branch", {"else"}, read_branch},
      {"goto", {}, read_goto},
      {"call", {"next"}, read_call},
      {"lookup", {"with", "save", "next", "not_found", "failed"}, read_lookup},
      {"wait", {"next", "remind_after", "remind", "give_up_after", "gave_up"}, read_wait},
      {"consent", {"slot", "agreed", "declined"}, read_consent},
      {"survey", {"slot", "next", "bad"}, read_survey},
      {"troubleshoot", {"solved", "unsolved"}, read_troubleshoot_step},
      {"escalate", {"priority", "fault_class", "queue"}, read_escalate},
      {"resolve", {}, read_resolve},
  };
  return all;
}
const std::vector<std::string>& kinds() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const Rule& r : rules()) out.push_back(r.key);
    return out;
  }();
  return names;
}

const Rule* rule_of(Reader& r, const YamlNode& map, const std::string& where) {
  const Rule* rule = nullptr;
  for (const YamlEntry& k : map.entries) {
    const auto it = std::ranges::find(rules(), k.key, &Rule::key);
    if (it == rules().end()) continue;
    if (rule == nullptr)
      rule = &*it;
    else
      r.problem(k.at, fmt::format("{} has both '{}' and '{}'", where, rule->key, it->key), "make two steps of it");
  }
  return rule;
}

void report_no_kind(Reader& r, const YamlEntry& e, const std::string& where) {
  std::string hint = fmt::format("one of: {}", fmt::join(kinds(), ", "));
  if (e.value.find("set") != nullptr) hint = "a step that only sets needs next: <step>";
  for (const YamlEntry& k : e.value.entries) {
    if (const std::string near = text::nearest(k.key, kinds()); !near.empty() && k.key != "set" && k.key != "next")
      hint = fmt::format("did you mean '{}' instead of '{}'?", near, k.key);
  }
  r.problem(e.at, fmt::format("{} does nothing", where), std::move(hint));
}

}  // namespace

Step read_step(Reader& r, const YamlEntry& e) {
  Step s;
  s.id = e.key;
  s.at = e.at;
  s.kind = Resolve{};
  if (!is_name(e.key, true)) r.problem(e.at, fmt::format("'{}' is not a step name", e.key), "use small letters, digits and -");
  if (e.key == kReturn) r.problem(e.at, "'return' cannot be the name of a step", "it leads back to the script that called");
  const YamlNode& map = e.value;
  const std::string where = fmt::format("the step '{}'", e.key);
  if (!r.is(map, Kind::kMap, where, "write say:, ask:, choose:, check:, article:, goto:, escalate: … below it")) return s;
  const Rule* rule = rule_of(r, map, where);
  if (rule == nullptr && (map.find("set") == nullptr || map.find("next") == nullptr)) {
    report_no_kind(r, e, where);
    return s;
  }
  std::vector<std::string> valid = rule != nullptr ? rule->beside : std::vector<std::string>{"next"};
  if (rule != nullptr) valid.push_back(rule->key);
  valid.insert(valid.end(), {"set", "tried"});
  const std::string name = rule != nullptr ? rule->key : "set";
  for (const YamlEntry& k : map.entries) {
    if (std::ranges::find(valid, k.key) != valid.end()) continue;
    if (std::ranges::find(kinds(), k.key) != kinds().end()) continue;  // reported above
    r.problem(k.at, fmt::format("a '{}' step has no key '{}'", name, k.key),
              nearest_hint(k.key, valid, fmt::format("valid keys: {}", fmt::join(valid, ", "))));
  }
  s.set = r.settings(map);
  s.tried = r.scalar(map, "tried");
  if (rule != nullptr)
    s.kind = rule->read(r, {map, e.at, where});
  else
    s.kind = Goto{r.target(map, "next", true, e.at, where)};
  return s;
}

}  // namespace usher::dialogs
