// What people break when they edit a script, done to the shipped ones on purpose: every edit must be noticed, by parse or by the
// prover, with the right code at the right line. Edits are made in the text, as people make them.
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <functional>
#include <map>
#include <optional>
#include <set>

#include "tests/dialogs/check_world.h"

namespace usher::dialogs {
namespace {

constexpr std::size_t kPerOperator = 2;  // edits of one kind in one script, spread over the file

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& bytes) {
  Lines out;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    out.push_back(bytes.substr(at, end - at));
    at = end + 1;
  }
  return out;
}
std::string bytes_of(const Lines& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + '\n';
  return out;
}

// An edited file: what must be found (a code, or "form" for what parse reports), in which lines (from 1; 0, 0 = anywhere, also
// in another file).
struct Edit {
  Lines lines;
  std::string code;
  std::size_t first = 0, last = 0;
};

struct Block {  // a step
  std::string id;
  std::size_t begin = 0, end = 0;  // lines from 0, end excluded
};

std::size_t line_with(const Lines& lines, const std::string& start) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with(start)) return i;
  }
  return lines.size();
}

std::vector<Block> steps_of(const Lines& lines) {
  static const RE2 kHead("^  ([a-z0-9_-]+):.*");
  std::vector<Block> out;
  for (std::size_t i = line_with(lines, "steps:") + 1; i < lines.size(); ++i) {
    if (!lines[i].empty() && lines[i][0] != ' ' && lines[i][0] != '#') break;
    std::string id;
    const bool may_be = lines[i].size() > 2 && lines[i][2] != ' ';  // asked for every line of every edit
    if (may_be && RE2::FullMatch(lines[i], kHead, &id)) {
      if (!out.empty()) out.back().end = i;
      out.push_back({id, i, i + 1});
    }
    if (!out.empty()) out.back().end = i + 1;
  }
  return out;
}

// The step that a line (from 0) belongs to, as a range of lines from 1; outside of the steps the lines next to it.
std::pair<std::size_t, std::size_t> step_around(const Lines& lines, std::size_t line) {
  for (const Block& b : steps_of(lines)) {
    if (line >= b.begin && line < b.end) return {b.begin + 1, b.end};
  }
  return {line, line + 2};
}

std::string start_of(const Lines& lines) {
  std::string id;
  for (const std::string& line : lines) {
    if (RE2::FullMatch(line, "start: *([a-z0-9-]+)", &id)) return id;
  }
  return steps_of(lines).front().id;
}

using Operator = std::function<std::vector<Edit>(const Lines&)>;

// Replaces the first match of `pattern` in every line in which it stands; each is an edit of its own. It must be reported there
// (around = 0), there or in the next line (1), anywhere in the step (2), there
// or above (3).
Operator in_lines(std::string pattern, std::string replacement, std::string code, int around = 0) {
  return [=](const Lines& lines) {
    const RE2 re(pattern);
    std::vector<Edit> out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      std::string line = lines[i];
      if (line.starts_with("#") || line.starts_with("  #") || !RE2::Replace(&line, re, replacement) || line == lines[i]) continue;
      Edit e{lines, code, i + 1, i + 1};
      e.lines[i] = line;
      if (around == 1) ++e.last;
      if (around == 3) e.first = 1;
      if (around == 2) std::tie(e.first, e.last) = step_around(lines, i);
      out.push_back(std::move(e));
    }
    return out;
  };
}

// Removes every line that matches, one at a time.
Operator without_line(std::string pattern, std::string code) {
  return [=](const Lines& lines) {
    const RE2 re(pattern);
    std::vector<Edit> out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (!RE2::FullMatch(lines[i], re)) continue;
      Edit e{lines, code};
      std::tie(e.first, e.last) = step_around(lines, i);
      e.lines.erase(e.lines.begin() + static_cast<std::ptrdiff_t>(i));
      out.push_back(std::move(e));
    }
    return out;
  };
}

// A new first step that leads on to the old one. "START" stands for that, "|" for the line that must be named.
Operator new_start(std::string step, std::string code) {
  return [=](const Lines& lines) {
    Edit e{lines, code};
    const std::string old = start_of(lines);
    std::erase_if(e.lines, [](const std::string& l) { return l.starts_with("start:"); });
    std::size_t at = line_with(e.lines, "steps:") + 1;
    for (std::string line : lines_of(step)) {
      RE2::GlobalReplace(&line, "START", old);
      if (line.ends_with('|')) {
        line.pop_back();
        e.first = e.last = at + 1;
      }
      e.lines.insert(e.lines.begin() + static_cast<std::ptrdiff_t>(at++), line);
    }
    return std::vector<Edit>{std::move(e)};
  };
}

Operator at_the_end(std::string text, std::string code, std::size_t line) {
  return [=](const Lines& lines) {
    Edit e{lines, code, lines.size() + line, lines.size() + line};
    for (std::string l : lines_of(text)) {
      RE2::GlobalReplace(&l, "START", start_of(lines));
      e.lines.push_back(std::move(l));
    }
    return std::vector<Edit>{std::move(e)};
  };
}

// Every end of the script, or all of them at once, replaced by `kind`; "SELF" stands for the step, "START" for the first one.
Operator ends_become(std::string kind, std::string code, bool all_at_once) {
  return [=](const Lines& lines) {
    std::vector<Edit> out;
    Edit all{lines, code};
    const auto blocks = steps_of(lines);
    for (auto b = blocks.rbegin(); b != blocks.rend(); ++b) {
      if (b->begin + 1 >= lines.size() || !RE2::PartialMatch(lines[b->begin + 1], "^    (escalate|resolve|goto: dialog)"))
        continue;
      Edit one{lines, code, b->begin + 1, b->begin + 1};
      for (Edit* e : {&one, &all}) {
        e->lines.erase(e->lines.begin() + static_cast<std::ptrdiff_t>(b->begin + 1),
                       e->lines.begin() + static_cast<std::ptrdiff_t>(b->end));
        std::string body = kind;
        RE2::GlobalReplace(&body, "SELF", b->id);
        RE2::GlobalReplace(&body, "START", start_of(lines));
        const Lines added = lines_of(body);
        e->lines.insert(e->lines.begin() + static_cast<std::ptrdiff_t>(b->begin + 1), added.begin(), added.end());
      }
      out.push_back(std::move(one));
    }
    if (all_at_once) return all.lines == lines ? std::vector<Edit>{} : std::vector<Edit>{std::move(all)};
    return out;
  };
}

std::vector<Edit> steps_removed(const Lines& lines) {
  std::vector<Edit> out;
  for (const Block& b : steps_of(lines)) {
    Edit e{lines, "form"};
    e.lines.erase(e.lines.begin() + static_cast<std::ptrdiff_t>(b.begin), e.lines.begin() + static_cast<std::ptrdiff_t>(b.end));
    // From the first to the last line that still leads there.
    for (std::size_t i = 0; i < e.lines.size(); ++i) {
      if (RE2::FullMatch(e.lines[i],
                         "(.*[:,{] *)?(start|next|goto|solved|unsolved|cannot|else|failed|agreed|declined|gave_up): *" + b.id +
                             "([^a-z0-9_-].*)?")) {
        e.first = e.first == 0 ? i + 1 : e.first;
        e.last = i + 1;
      }
    }
    if (e.first > 0) out.push_back(std::move(e));
  }
  return out;
}

// The second option of a question gets something of the first.
Operator as_the_first(std::string pattern, std::string code) {
  return [=](const Lines& lines) {
    const RE2 re(pattern);  // (before)(what is copied)(after)
    std::vector<Edit> out;
    std::string first;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (RE2::FullMatch(lines[i], " +options:.*")) first.clear();
      std::string before, what, after;
      if (!RE2::FullMatch(lines[i], re, &before, &what, &after)) continue;
      if (first.empty() || what == first) {
        first = what;
        continue;
      }
      Edit e{lines, code};
      std::tie(e.first, e.last) = step_around(lines, i);
      e.lines[i] = before + first + after;
      out.push_back(std::move(e));
    }
    return out;
  };
}

std::vector<Edit> only_one_option(const Lines& lines) {
  std::vector<Edit> out;
  for (const Block& b : steps_of(lines)) {
    std::vector<std::size_t> options;
    bool in_options = false;
    for (std::size_t i = b.begin; i < b.end; ++i) {
      if (lines[i].starts_with("    ") && lines[i][4] != ' ') in_options = lines[i].starts_with("    options:");
      if (in_options && lines[i].starts_with("      - ")) options.push_back(i);
    }
    const bool can_refuse =
        std::any_of(lines.begin() + static_cast<std::ptrdiff_t>(b.begin), lines.begin() + static_cast<std::ptrdiff_t>(b.end),
                    [](const std::string& l) { return l.starts_with("    cannot:"); });
    if (options.size() != 2 || can_refuse) continue;
    std::size_t end = options[1];
    while (end < b.end && lines[end].starts_with("      ")) ++end;
    Edit e{lines, "form", b.begin + 1, b.end};
    e.lines.erase(e.lines.begin() + static_cast<std::ptrdiff_t>(options[1]), e.lines.begin() + static_cast<std::ptrdiff_t>(end));
    out.push_back(std::move(e));
  }
  return out;
}

std::vector<Edit> slot_added(const Lines& lines) {
  Edit e{lines, "unused-slot"};
  std::size_t at = line_with(lines, "slots:");
  if (at == lines.size()) {
    at = line_with(lines, "steps:");
    e.lines.insert(e.lines.begin() + static_cast<std::ptrdiff_t>(at), "slots:");
  }
  e.lines.insert(e.lines.begin() + static_cast<std::ptrdiff_t>(at + 1), "  zz: { type: text, ask: { en: \"Zz?\", zh: 什么？ } }");
  e.first = e.last = at + 2;
  return {e};
}

std::vector<Edit> triggers_removed(const Lines& lines) {
  const std::size_t begin = line_with(lines, "triggers:");
  if (begin == lines.size()) return {};
  std::size_t end = begin + 1;
  while (end < lines.size() && (lines[end].empty() || lines[end][0] == ' ')) ++end;
  Edit e{lines, "unreachable-script", line_with(lines, "dialog:") + 1, line_with(lines, "dialog:") + 1};
  e.lines.erase(e.lines.begin() + static_cast<std::ptrdiff_t>(begin), e.lines.begin() + static_cast<std::ptrdiff_t>(end));
  return {e};
}

std::vector<Edit> same_phrases(const Lines& lines) {
  std::vector<Edit> out;
  // Phrases of printer.yaml and no-network.yaml.
  for (const char* phrase : {"paper jam", "printer offline", "no internet"}) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (std::ranges::count(lines, std::string("      - ") + phrase) > 0) break;
      if (!lines[i].starts_with("      - ") || i + 1 >= lines.size() || steps_of(lines).front().begin < i) continue;
      Edit e{lines, "ambiguous-phrase"};
      e.lines.insert(e.lines.begin() + static_cast<std::ptrdiff_t>(i), std::string("      - ") + phrase);
      out.push_back(std::move(e));
      break;
    }
  }
  return out;
}

const std::vector<std::pair<std::string, Operator>>& operators() {
  static const std::vector<std::pair<std::string, Operator>> all = {
      {"a step is removed", steps_removed},
      {"a target is misspelt", in_lines("\\b((?:next|solved|unsolved): )([a-z-]+)", "\\1\\2x", "form")},
      {"another script is misspelt", in_lines("dialog:([a-z-]+[a-z])", "dialog:\\1x", "form")},
      {"a next is missing", without_line(" +next: .*", "form")},
      {"a way back from an article is missing", without_line(" +unsolved: .*", "form")},
      {"an article's good way is missing", without_line("    solved: .*", "form")},
      {"an end leads to itself", ends_become("    goto: SELF\n", "silent-loop", false)},
      {"an end only goes round with a question",
       ends_become("    choose: { en: \"Again?\", zh: 再来？ }\n    options:\n      - { id: a, label: { en: Alpha, zh: 甲 }, "
                   "next: SELF }\n"
                   "      - { id: b, label: { en: Bravo, zh: 乙 }, next: SELF }\n    tried: Again\n",
                   "no-end", false)},
      {"all ways to an end are cut",
       ends_become("    choose: { en: \"Again?\", zh: 再来？ }\n    options:\n      - { id: a, label: { en: Alpha, zh: 甲 }, "
                   "next: START }\n"
                   "      - { id: b, label: { en: Bravo, zh: 乙 }, next: SELF }\n    tried: Again\n",
                   "no-end", true)},
      {"an end returns to nobody", ends_become("    goto: return\n", "return-without-call", false)},
      {"a Chinese text is missing", without_line(" +zh: [^\\[].*", "missing-translation")},
      {"a Chinese label is missing", in_lines("(label: \\{ en: .*), zh: [^}]*\\}", "\\1 }", "missing-translation")},
      {"a language is misspelt", in_lines("^( +)zh: ([^\\[ ].*)", "\\1zk: \\2", "missing-translation", 2)},
      {"English is missing", in_lines("label: \\{ en: (?:\"[^\"]*\"|[^,\"]*), ", "label: { ", "form")},
      {"a label is emptied", in_lines("label: \\{ en: (?:\"[^\"]*\"|[^,\"]*),", "label: { en: \"\",", "form")},
      {"an option has the id of another", as_the_first("( +- id: )(\\S+)(.*)", "form")},
      {"an option has the label of another", as_the_first("( +label: )(.*)()", "ambiguous-option")},
      {"an option has no id", in_lines("^( +- )id: \\S+$", "\\1idd: x", "form")},
      {"only one option is left", only_one_option},
      {"a phrase starts another script, too", same_phrases},
      {"nothing starts the script", triggers_removed},
      {"a slot is misspelt", in_lines("^(    ask: [a-z_]+)$", "\\1x", "undeclared-slot", 2)},
      {"an article is misspelt", in_lines("^(    article: [a-z-]*[a-rt-z0-9])$", "\\1q", "unknown-article", 2)},
      {"a fragment is misspelt", in_lines("^( +en: \".*)\"$", "\\1 {{> no-such-words}}\"", "form", 2)},
      {"a variable is misspelt", in_lines("^( +en: \".*)\"$", "\\1 {{contact_nmae}}\"", "unknown-variable", 2)},
      {"a pattern is broken", in_lines("^(    - '.*)'$", "\\1('", "form")},
      {"a pattern goes on after the end", in_lines("^    - '(.*)'$", "    - '(\\1)$x'", "pattern-never-matches")},
      {"a pattern's last alternative is empty", in_lines("^(    - '.*)'$", "\\1|'", "pattern-matches-everything")},
      {"a priority does not exist", in_lines("^    priority: P[1-4]", "    priority: P9", "form")},
      {"a key is misspelt", in_lines("^    options:", "    optoins:", "form", 2)},
      {"a kind of step is misspelt", in_lines("^    (choos|articl|resolv|escalat)e:", "    \\1:", "form", 2)},
      {"a step is indented by a tab", in_lines("^    (ask|article|goto|tried|priority):", "\t\\1:", "form", 2)},
      {"a quotation mark is missing", in_lines("^( +en: \"[^\"]*)\"$", "\\1", "form", 1)},
      {"the script is called otherwise", in_lines("^dialog: .*", "dialog: something", "form")},
      {"the first step is misspelt", in_lines("^start: (.*)", "start: \\1x", "form")},
      {"the title is gone", in_lines("^title: .*", "# no title", "form", 3)},
      {"a step nobody leads to", at_the_end("  zz-lost: { goto: START }\n", "unreachable-step", 1)},
      {"a slot nobody asks for", slot_added},
      {"a case is there twice", new_start("  zz:\n    branch:\n      - { when: { slot: symptom, matches: one }, next: START }\n"
                                          "      - { when: { slot: symptom, matches: one }, next: START }|\n    else: START\n",
                                          "case-shadowed")},
      {"a case is wider than the one after it",
       new_start("  zz:\n    branch:\n      - { when: { slot: symptom, matches: blue }, next: START }\n"
                 "      - { when: { slot: symptom, matches: blue screen }, next: START }|\n    else: START\n",
                 "case-shadowed")},
      {"a case contradicts itself", new_start("  zz:\n    branch:\n      - { when: { all: [ { slot: serial, known: true }, { "
                                              "slot: serial, known: false } ] }, next: START }|\n"
                                              "    else: START\n",
                                              "case-never-true")},
      {"a condition's pattern cannot match",
       new_start("  zz:\n    branch:\n      - { when: { slot: symptom, matches: 'a^b' }, next: START }|\n    else: START\n",
                 "pattern-never-matches")},
      {"a condition's slot is misspelt",
       new_start("  zz:\n    branch:\n      - { when: { slot: sympton, known: true }, next: START }|\n    else: START\n",
                 "unknown-slot")},
      {"a value no option has",
       new_start("  zz:\n    choose: { en: \"Which?\", zh: 哪个？ }\n    slot: zz\n    options:\n"
                 "      - { id: one, label: { en: One, zh: 一 }, next: zz2 }\n      - { id: two, label: { en: Two, zh: 二 }, "
                 "next: zz2 }\n"
                 "  zz2:\n    branch:\n      - { when: { slot: zz, is: three }, next: START }|\n    else: START\n",
                 "impossible-value")},
      {"a branch has no else",
       new_start("  zz:|\n    branch:\n      - { when: { slot: symptom, known: true }, next: START }\n", "form")},
      {"a look-up has no way when it fails", new_start("  zz: { lookup: warranty, save: { w: state }, next: START }|\n", "form")},
      {"a look-up's service does not exist",
       new_start("  zz: { lookup: guarantee, save: { w: state }, next: START, failed: START }|\n", "unknown-service")},
      {"a look-up comes before its question",
       new_start("  zz: { lookup: warranty, with: { id: \"{{serial}}\" }, save: { w: state }, next: START, failed: START }|\n",
                 "unset-slot")},
      {"a text comes before its question",
       new_start("  zz: { say: { en: \"Hello {{contact_name}}\", zh: \"您好{{contact_name}}\" }, next: START }|\n",
                 "unset-slot")},
      {"a script is called that never comes back", new_start("  zz: { call: fallback, next: START }|\n", "call-never-returns")},
      {"both answers to a consent do the same", new_start("  zz:|\n    consent: { en: \"May we?\", zh: 可以吗？ }\n    slot: "
                                                          "zz_consent\n    agreed: START\n    declined: START\n",
                                                          "consent-changes-nothing")},
      {"the reminder comes after giving up",
       new_start("  zz: { wait: { en: Wait, zh: 等 }, next: START, remind_after: 2h, give_up_after: 1h }|\n", "form")},
      {"a cause nothing cures", new_start("  zz:|\n    troubleshoot:\n      causes:\n        - { id: a, label: { en: Alpha, zh: "
                                          "甲 } }\n        - { id: b, label: { en: "
                                          "Bravo, zh: 乙 } }\n      checks:\n        - { id: c, check: { en: Do it., zh: 做。 }, "
                                          "fixes: { a: 0.5 } }\n    solved: START\n    "
                                          "unsolved: START\n",
                                          "cause-without-cure")},
      {"a satisfied customer is questioned further",
       new_start("  zz:|\n    survey: { en: \"How was it?\", zh: 怎么样？ }\n    next: zz2\n"
                 "  zz2: { ask: contact, next: START }\n",
                 "survey-too-early")},
  };
  return all;
}

// The script, what it leads to, and what all share.
std::vector<Source> set_around(const std::string& name) {
  static const std::vector<Source> all = shipped_sources();
  std::set<std::string> wanted;
  std::vector<std::string> open = {name, "fallback", "printer", "no-network"};
  while (!open.empty()) {
    const std::string one = open.back();
    open.pop_back();
    if (!wanted.insert(one).second) continue;
    const auto source = std::ranges::find(all, one + ".yaml", &Source::file);
    if (source == all.end()) continue;
    re2::StringPiece rest(source->bytes);
    for (std::string other; RE2::FindAndConsume(&rest, "(?:dialog:|call: )([a-z0-9-]+)", &other);) open.push_back(other);
  }
  std::vector<Source> out = shipped_shared();
  for (const Source& s : all) {
    if (s.file.ends_with(".yaml") && wanted.contains(s.file.substr(0, s.file.size() - 5))) out.push_back(s);
  }
  return out;
}

std::vector<Problem> prove(const std::vector<Source>& sources) {
  std::vector<Problem> problems;
  const auto set = parse(sources, problems);
  if (!set) return problems;
  World world = shipped_world(sources);
  world.services = {"warranty"};
  world.knows_services = true;
  return check(*set, world);
}

std::string without_place(const Problem& p) {
  return p.file + ": " + p.code + ": " + p.message;
}

constexpr const char* kScripts[] = {"no-power", "no-network", "printer", "handover", "fallback", "email"};
constexpr std::size_t kShares = 6;  // of the edits of one script, each a test of its own: they take minutes one after the other

struct Broken {
  std::string what;  // the operator
  Edit edit;
};

std::string file_of(const std::string& name) {
  return name + ".yaml";
}

// All edits of one script, none twice.
std::vector<Broken> broken(const std::string& name, const std::vector<Source>& sources) {
  const Lines lines = lines_of(std::ranges::find(sources, file_of(name), &Source::file)->bytes);
  std::set<std::string> known;
  std::vector<Broken> out;
  for (const auto& [what, edit] : operators()) {
    const std::vector<Edit> all = edit(lines);
    const std::size_t count = std::min(all.size(), kPerOperator);
    for (std::size_t i = 0; i < count; ++i) {
      const Edit& e = all[count == 1 ? 0 : i * (all.size() - 1) / (count - 1)];
      if (known.insert(bytes_of(e.lines)).second) out.push_back({what, e});
    }
  }
  return out;
}

bool is_caught(const Edit& e, const std::string& file, const std::vector<Problem>& problems) {
  return std::ranges::any_of(problems, [&](const Problem& p) {
    const auto line = static_cast<std::size_t>(p.line);
    const bool here = e.first == 0 || (p.file == file && line >= e.first && line <= e.last);
    return here && (e.code.empty() || p.code == (e.code == "form" ? "" : e.code));
  });
}

TEST(MutationOperators, EachFindsSomethingToEditAndTogetherHundredsOfEdits) {
  std::map<std::string, int> by_operator;
  std::size_t edits = 0;
  for (const char* name : kScripts) {
    for (const Broken& b : broken(name, set_around(name))) {
      ++by_operator[b.what];
      ++edits;
    }
  }
  for (const auto& [what, edit] : operators())
    EXPECT_GT(by_operator[what], 0) << "an operator that finds nothing to edit: " << what;
  EXPECT_GE(operators().size(), 20U);
  EXPECT_GE(edits, 200U);
  RecordProperty("broken_scripts", static_cast<int>(edits));
  RecordProperty("operators", static_cast<int>(operators().size()));
  fmt::print("{} broken scripts by {} operators\n", edits, operators().size());
}

class Mutation : public testing::TestWithParam<std::tuple<const char*, std::size_t>> {};

TEST_P(Mutation, EveryBrokenScriptIsCaughtWhereItIsBroken) {
  const auto& [name, share] = GetParam();
  const std::string file = file_of(name);
  const std::vector<Source> sources = set_around(name);
  std::set<std::string> before;
  for (const Problem& p : prove(sources)) before.insert(without_place(p));  // what the scripts left out would have set
  const std::vector<Broken> all = broken(name, sources);
  ASSERT_GE(all.size(), kShares);
  for (std::size_t i = share; i < all.size(); i += kShares) {
    const auto& [what, e] = all[i];
    std::vector<Source> edited = sources;
    std::ranges::find(edited, file, &Source::file)->bytes = bytes_of(e.lines);
    std::vector<Problem> fresh = prove(edited);
    std::erase_if(fresh, [&](const Problem& p) { return before.contains(without_place(p)); });
    EXPECT_TRUE(is_caught(e, file, fresh)) << file << ": " << what << ": expected [" << e.code << "] at lines " << e.first << "–"
                                           << e.last << ", got:\n"
                                           << with_codes(fresh);
  }
}

INSTANTIATE_TEST_SUITE_P(Scripts, Mutation,
                         testing::Combine(testing::ValuesIn(kScripts), testing::Range<std::size_t>(0, kShares)),
                         [](const auto& its) {
                           std::string name = std::get<0>(its.param);
                           std::ranges::replace(name, '-', '_');
                           return fmt::format("{}_{}", name, std::get<1>(its.param));
                         });

}  // namespace
}  // namespace usher::dialogs
