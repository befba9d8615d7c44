// One small broken script for each thing the prover finds: what is wrong, the code and the line it must be reported at. The line
// that is wrong is marked with "# here".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/dialogs/check_world.h"

namespace usher::dialogs {
namespace {

// `script` stands below the first three lines of a script t.yaml, and the steps `end` and `person` follow if it leads to them.
// What stands after a line "--- FILE" is another file.
struct Broken {
  const char* what;
  const char* code;
  const char* script;
};

constexpr const char* kHead = "dialog: t\ntitle: { en: Tango, zh: 探戈 }\ntriggers: { phrases: { en: [zulu], zh: [祖鲁] } }\n";
constexpr const char* kEnd = "  end: { resolve: { en: Bye, zh: 再见 } }\n";
constexpr const char* kPerson = "  person: { escalate: { en: A colleague comes., zh: 同事会来。 } }\n";

std::vector<Source> sources_of(const std::string& body) {
  std::vector<Source> sources;
  const std::size_t cut = body.find("--- ");
  std::string first = kHead + body.substr(0, cut);
  const bool ends = first.find(": end ") != std::string::npos || first.find(": end\n") != std::string::npos ||
                    first.find(": end,") != std::string::npos;
  if (ends) first += kEnd;
  if (first.find(": person") != std::string::npos) first += kPerson;
  sources.push_back({"t.yaml", std::move(first)});
  for (std::size_t at = cut; at != std::string::npos;) {
    const std::size_t line_end = body.find('\n', at);
    const std::size_t next = body.find("--- ", line_end);
    sources.push_back({body.substr(at + 4, line_end - at - 4), body.substr(line_end + 1, next - line_end - 1)});
    at = next;
  }
  return sources;
}

// File and line of the mark.
std::pair<std::string, int> marked(const std::vector<Source>& sources) {
  for (const Source& s : sources) {
    const std::size_t at = s.bytes.find("# here");
    if (at != std::string::npos)
      return {s.file, 1 + static_cast<int>(std::count(s.bytes.begin(), s.bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n'))};
  }
  return {"t.yaml", 1};
}

// A question with two answers, so that a way to `person` exists beside the one the example is about.
#define ASK_FIRST(NEXT)                                         \
  "steps:\n"                                                    \
  "  first:\n"                                                  \
  "    choose: { en: \"Which one?\", zh: 哪个？ }\n"            \
  "    options:\n"                                              \
  "      - { id: go, label: { en: Alpha, zh: 甲 }, next: " NEXT \
  " }\n"                                                        \
  "      - { id: stop, label: { en: Bravo, zh: 乙 }, next: person }\n"

const std::vector<Broken>& broken() {
  static const std::vector<Broken> all = {
      {"a step nothing leads to", "unreachable-step", ASK_FIRST("end") R"(  lost: { goto: end }  # here
)"},
      {"a script nothing starts", "unreachable-script", ASK_FIRST("end") R"(--- u.yaml
dialog: u  # here
title: { en: Uniform, zh: 制服 }
steps:
  a: { resolve: { en: Bye, zh: 再见 } }
)"},
      {"a question that leads back to itself only", "no-end", R"(steps:
  first:
    choose: { en: "Which one?", zh: 哪个？ }
    options:
      - { id: a, label: { en: Alpha, zh: 甲 }, next: trap }
      - { id: b, label: { en: Bravo, zh: 乙 }, next: end }
      - { id: c, label: { en: Charlie, zh: 丙 }, next: person }
  trap:  # here
    choose: { en: "Again?", zh: 再来？ }
    options:
      - { id: a, label: { en: Delta, zh: 丁 }, next: trap }
      - { id: b, label: { en: Echo, zh: 戊 }, next: trap }
    tried: Tried once more
)"},
      {"a loop over say, ask and goto", "silent-loop", ASK_FIRST("a") R"(  a: { say: { en: One, zh: 一 }, next: b }  # here
  b: { ask: serial, next: c }
  c:
    branch: [ { when: { slot: serial, known: true }, next: end } ]
    else: a
)"},
      {"a loop over a search that finds nothing", "silent-loop",
       ASK_FIRST("a") R"(  a: { search: "{{symptom}}", solved: end, unsolved: b }  # here
  b: { say: { en: One, zh: 一 }, next: a }
)"},
      {"a loop over a look-up that fails", "silent-loop",
       ASK_FIRST("a") R"(  a: { lookup: warranty, save: { w: state }, next: end, failed: a }  # here
)"},
      {"a loop over two scripts", "silent-loop", ASK_FIRST("a") R"(  a: { goto: dialog:u }
--- u.yaml
dialog: u
title: { en: Uniform, zh: 制服 }
steps:
  one:  # here
    branch: [ { when: { slot: symptom, matches: alpha }, next: two } ]
    else: three
  two: { goto: dialog:v }
  three: { resolve: { en: Bye, zh: 再见 } }
--- v.yaml
dialog: v
title: { en: Victor, zh: 胜利 }
steps:
  one: { goto: dialog:u }
)"},
      {"a loop through a call that says but does not ask", "silent-loop", ASK_FIRST("a") R"(  a: { call: u, next: b }  # here
  b:
    branch: [ { when: { slot: symptom, matches: alpha }, next: end } ]
    else: a
--- u.yaml
dialog: u
title: { en: Uniform, zh: 制服 }
steps:
  one: { say: { en: One, zh: 一 }, next: return }
)"},
      {"a script calls itself", "call-cycle", ASK_FIRST("a") R"(  a: { call: u, next: end }
--- u.yaml
dialog: u
title: { en: Uniform, zh: 制服 }
steps:
  one:
    choose: { en: "Which one?", zh: 哪个？ }
    options:
      - { id: a, label: { en: Alpha, zh: 甲 }, next: again }
      - { id: b, label: { en: Bravo, zh: 乙 }, next: return }
  again: { call: u, next: return }  # here
)"},
      {"a return where nobody called", "return-without-call",
       ASK_FIRST("a") R"(  a: { say: { en: One, zh: 一 }, next: return }  # here
)"},
      {"a return where a goto leads, too", "return-without-call", ASK_FIRST("a") R"(  a: { call: u, next: b }
  b: { ask: contact, next: c }
  c: { goto: dialog:u }
--- u.yaml
dialog: u
title: { en: Uniform, zh: 制服 }
steps:
  one:
    choose: { en: "Which one?", zh: 哪个？ }
    options:
      - { id: a, label: { en: Alpha, zh: 甲 }, next: return }  # here
      - { id: b, label: { en: Bravo, zh: 乙 }, next: stop }
  stop: { resolve: { en: Bye, zh: 再见 } }
)"},
      {"a call of a script that only ends", "call-never-returns", ASK_FIRST("a") R"(  a: { call: u, next: end }  # here
--- u.yaml
dialog: u
title: { en: Uniform, zh: 制服 }
steps:
  one: { escalate: { en: A colleague comes., zh: 同事会来。 } }
)"},
      {"a slot misspelt", "undeclared-slot", ASK_FIRST("a") R"(  a: { ask: serail, next: end }  # here
)"},
      {"a slot without a question", "slot-without-question", R"(slots:
  colour: { type: text, label: { en: Colour, zh: 颜色 } }
)" ASK_FIRST("a") R"(  a: { ask: colour, next: end }  # here
)"},
      {"a slot nobody asks for", "unused-slot", R"(slots:
  colour: { type: text, ask: { en: "Colour?", zh: 颜色？ } }  # here
)" ASK_FIRST("end")},
      {"a variable misspelt", "unknown-variable",
       ASK_FIRST("a") R"(  a: { say: { en: "Hi {{contcat}}", zh: 您好 }, next: end }  # here
)"},
      {"a variable in an option nothing fills", "unknown-variable", R"(steps:
  first:
    choose: { en: "Which one?", zh: 哪个？ }
    options:
      - { id: a, label: { en: "Alpha {{colour}}", zh: 甲 }, next: end }  # here
      - { id: b, label: { en: Bravo, zh: 乙 }, next: person }
)"},
      {"a value used before it is asked for", "unset-slot", R"(steps:
  first:
    choose: { en: "Which one?", zh: 哪个？ }
    options:
      - { id: a, label: { en: Alpha, zh: 甲 }, next: hello }
      - { id: b, label: { en: Bravo, zh: 乙 }, next: name }
  name: { ask: contact, next: hello }
  hello: { say: { en: "I write to {{contact}}.", zh: "我联系{{contact}}。" }, next: person }  # here
--- v.yaml
dialog: v
title: { en: Victor, zh: 胜利 }
triggers: { phrases: { en: [yankee], zh: [洋基] } }
steps:
  a: { goto: dialog:t }
--- w.yaml
dialog: w
title: { en: Whiskey, zh: 酒 }
triggers: { phrases: { en: [xray], zh: [伦琴] } }
steps:
  end: { resolve: { en: Bye, zh: 再见 } }
)"},
      {"a look-up whose parameter nothing has set", "unset-slot",
       ASK_FIRST(
           "a") R"(  a: { lookup: warranty, with: { serial: "{{serial}}" }, save: { w: state }, next: end, failed: person }  # here
)"},
      {"a look-up whose parameter the customer may not know", "unset-slot", ASK_FIRST("ask") R"(  ask: { ask: serial, next: a }
  a: { lookup: warranty, with: { serial: "{{serial}}" }, save: { w: state }, next: end, failed: person }  # here
)"},
      {"a search for nothing", "unset-slot",
       ASK_FIRST("a") R"(  a: { search: "{{serial}}", solved: end, unsolved: person }  # here
)"},
      {"a case for a value an option does not have", "impossible-value", R"(steps:
  first:
    choose: { en: "Which one?", zh: 哪个？ }
    slot: os
    options:
      - { id: windows, label: { en: Alpha, zh: 甲 }, next: a }
      - { id: mac, label: { en: Bravo, zh: 乙 }, next: a }
  a:
    branch:
      - { when: { slot: os, is: windos }, next: end }  # here
    else: person
)"},
      {"a case for a number beyond the slot's range", "impossible-value", R"(slots:
  beeps: { type: number, min: 0, max: 20, ask: { en: "How many?", zh: 几声？ } }
)" ASK_FIRST("n") R"(  n: { ask: beeps, next: a }
  a:
    branch:
      - { when: { slot: beeps, above: 20 }, next: end }  # here
    else: person
)"},
      {"a case that compares a text like a date", "impossible-value", ASK_FIRST("n") R"(  n: { ask: serial, next: a }
  a:
    branch:
      - { when: { slot: serial, younger_than: 2 years }, next: end }  # here
    else: person
)"},
      {"a condition on a slot nobody fills", "unknown-slot", ASK_FIRST("a") R"(  a:
    branch:
      - { when: { slot: seriel, known: true }, next: end }  # here
    else: person
)"},
      {"a case that contradicts itself", "case-never-true", R"(steps:
  first:
    choose: { en: "Which one?", zh: 哪个？ }
    slot: os
    options:
      - { id: windows, label: { en: Alpha, zh: 甲 }, next: a }
      - { id: mac, label: { en: Bravo, zh: 乙 }, next: a }
  a:
    branch:
      - { when: { all: [ { slot: os, is: mac }, { slot: os, is: windows } ] }, next: end }  # here
    else: person
)"},
      {"numbers above five and below three", "case-never-true", R"(slots:
  beeps: { type: number, ask: { en: "How many?", zh: 几声？ } }
)" ASK_FIRST("n") R"(  n: { ask: beeps, next: a }
  a:
    branch:
      - { when: { all: [ { slot: beeps, above: 5 }, { slot: beeps, below: 3 } ] }, next: end }  # here
    else: person
)"},
      {"a case an identical one takes", "case-shadowed", ASK_FIRST("n") R"(  n: { ask: serial, next: a }
  a:
    branch:
      - { when: { slot: serial, matches: '^AB' }, next: end }
      - { when: { slot: serial, matches: '^AB' }, next: person }  # here
    else: person
)"},
      {"a case a wider one takes", "case-shadowed", R"(slots:
  beeps: { type: number, ask: { en: "How many?", zh: 几声？ } }
)" ASK_FIRST("n") R"(  n: { ask: beeps, next: a }
  a:
    branch:
      - { when: { slot: beeps, above: 2 }, next: end }
      - { when: { slot: beeps, above: 5 }, next: person }  # here
    else: person
)"},
      {"a case two earlier ones take together", "case-shadowed", R"(steps:
  first:
    choose: { en: "Which one?", zh: 哪个？ }
    slot: os
    options:
      - { id: windows, label: { en: Alpha, zh: 甲 }, next: a }
      - { id: mac, label: { en: Bravo, zh: 乙 }, next: a }
  a:
    branch:
      - { when: { slot: os, is: mac }, next: end }
      - { when: { not: { slot: os, is: mac } }, next: person }
      - { when: { slot: os, known: true }, next: end }  # here
    else: person
)"},
      {"a text without Chinese", "missing-translation", ASK_FIRST("a") R"(  a: { say: { en: Hello }, next: end }  # here
)"},
      {"phrases in one language only", "missing-translation", ASK_FIRST("a") R"(  a: { goto: dialog:u }
--- u.yaml
dialog: u
title: { en: Uniform, zh: 制服 }
triggers: { phrases: { en: [yankee] } }  # here
steps:
  one: { resolve: { en: Bye, zh: 再见 } }
)"},
      {"words of an option in one language only", "missing-translation", R"(steps:
  first:
    choose: { en: "Which one?", zh: 哪个？ }
    options:
      - { id: a, label: { en: Alpha, zh: 甲 }, words: { en: [first] }, next: end }  # here
      - { id: b, label: { en: Bravo, zh: 乙 }, next: person }
)"},
      {"an article that does not exist", "unknown-article",
       ASK_FIRST("a") R"(  a: { article: gone, solved: end, unsolved: person }  # here
)"},
      {"an article that exists in English only", "article-language",
       ASK_FIRST("a") R"(  a: { article: english, solved: end, unsolved: person }  # here
)"},
      {"one word for two options", "ambiguous-option", R"(steps:
  first:
    choose: { en: "Which one?", zh: 哪个？ }
    options:
      - { id: a, label: { en: Alpha, zh: 甲 }, words: { en: [glow], zh: [亮] }, next: end }
      - { id: b, label: { en: Bravo, zh: 乙 }, words: { en: [glows], zh: [暗] }, next: person }  # here
)"},
      {"two options with the same label", "ambiguous-option", R"(steps:
  first:
    choose: { en: "Which one?", zh: 哪个？ }
    options:
      - { id: a, label: { en: Alpha, zh: 甲 }, next: end }
      - { id: b, label: { en: Bravo, zh: 甲 }, next: person }  # here
)"},
      {"an option that sounds like going back", "word-is-command", R"(steps:
  first:
    choose: { en: "Which one?", zh: 哪个？ }
    options:
      - { id: a, label: { en: Go back, zh: 甲 }, next: end }  # here
      - { id: b, label: { en: Bravo, zh: 乙 }, next: person }
)"},
      {"more answers than the chat has buttons", "too-many-buttons", R"(steps:
  first:  # here
    choose: { en: "Which one?", zh: 哪个？ }
    options:
      - { id: a, label: { en: Alpha, zh: 甲 }, next: end }
      - { id: b, label: { en: Bravo, zh: 乙 }, next: person }
      - { id: c, label: { en: Charlie, zh: 丙 }, next: person }
      - { id: d, label: { en: Delta, zh: 丁 }, next: person }
)"},
      {"a label that fits on no button", "label-too-long", R"(steps:
  first:
    choose: { en: "Which one?", zh: 哪个？ }
    options:
      - { id: a, label: { en: "Alpha, which is the one with the long explanation that ought to be in the text", zh: 甲 }, next: end }  # here
      - { id: b, label: { en: Bravo, zh: 乙 }, next: person }
)"},
      {"a text a channel would cut", "text-too-long", ASK_FIRST("a") R"(  a:
    say:
      en: "This text goes on and on. This text goes on and on. This text goes on and on. This text goes on and on. This text goes on and on. This text goes on and on. And on."  # here
      zh: 很长
    next: end
)"},
      {"one phrase for two scripts", "ambiguous-phrase", ASK_FIRST("a") R"(  a: { goto: dialog:u }
--- u.yaml
dialog: u
title: { en: Uniform, zh: 制服 }
triggers:
  phrases:
    en:
      - yankee
      - "Zulu!"  # here
    zh: [洋基]
steps:
  one: { resolve: { en: Bye, zh: 再见 } }
)"},
      {"a phrase another script's pattern always wins", "phrase-shadowed", ASK_FIRST("a") R"(  a: { goto: dialog:u }
--- u.yaml
dialog: u
title: { en: Uniform, zh: 制服 }
triggers:
  phrases:
    en: [yankee]
    zh: [洋基, 卡]  # here
steps:
  one: { resolve: { en: Bye, zh: 再见 } }
--- v.yaml
dialog: v
title: { en: Victor, zh: 胜利 }
triggers: { patterns: ['卡|慢'] }
steps:
  one: { resolve: { en: Bye, zh: 再见 } }
)"},
      {"a trigger that matches nothing", "pattern-never-matches", ASK_FIRST("a") R"(  a: { goto: dialog:u }
--- u.yaml
dialog: u
title: { en: Uniform, zh: 制服 }
triggers:
  patterns:
    - 'yankee|y$ankee'
    - 'y$ankee'  # here
steps:
  one: { resolve: { en: Bye, zh: 再见 } }
)"},
      {"a trigger that matches every message", "pattern-matches-everything", ASK_FIRST("a") R"(  a: { goto: dialog:u }
--- u.yaml
dialog: u
title: { en: Uniform, zh: 制服 }
triggers:
  patterns: ['(yankee)?']  # here
steps:
  one: { resolve: { en: Bye, zh: 再见 } }
)"},
      {"a slot's pattern that matches nothing", "pattern-never-matches", R"(slots:
  code:  # here
    { type: text, pattern: 'a^b', pattern_hint: { en: a code, zh: 代码 }, ask: { en: "Code?", zh: 代码？ } }
)" ASK_FIRST("a") R"(  a: { ask: code, next: end }
)"},
      {"a serial number in small letters", "pattern-never-matches", R"(slots:
  code:  # here
    { type: serial, pattern: '[a-z]{8}', pattern_hint: { en: a code, zh: 代码 }, ask: { en: "Code?", zh: 代码？ } }
)" ASK_FIRST("a") R"(  a: { ask: code, next: end }
)"},
      {"a slot's pattern longer than the slot", "pattern-too-long", R"(slots:
  code:  # here
    { type: serial, pattern: '[A-Z]{12}([0-9]{2,4})+', max_length: 10, pattern_hint: { en: a code, zh: 代码 }, ask: { en: "Code?", zh: 代码？ } }
)" ASK_FIRST("a") R"(  a: { ask: code, next: end }
)"},
      {"a slot's pattern without a hint", "missing-pattern-hint", R"(slots:
  code: { type: serial, pattern: '[A-Z]{8}', ask: { en: "Code?", zh: 代码？ } }  # here
)" ASK_FIRST("a") R"(  a: { ask: code, next: end }
)"},
      {"a look-up service nobody configured", "unknown-service",
       ASK_FIRST("a") R"(  a: { lookup: warrenty, save: { w: state }, next: end, failed: person }  # here
)"},
      {"a look-up nobody looks at", "changes-nothing", ASK_FIRST("a") R"(  a: { lookup: warranty, next: end, failed: end }  # here
)"},
      {"a question nobody learns the answer of", "changes-nothing", ASK_FIRST("a") R"(  a:  # here
    choose: { en: "What colour is it?", zh: 什么颜色？ }
    options:
      - { id: red, label: { en: Red, zh: 红 }, next: end }
      - { id: blue, label: { en: Blue, zh: 蓝 }, next: end }
)"},
      {"a reminder after giving up", "reminder-too-late",
       ASK_FIRST("a") R"(  a: { wait: { en: "Charge it.", zh: 请充电。 }, next: end, remind_after: 2d }  # here
)"},
      {"waiting without an end", "waits-for-ever",
       ASK_FIRST("a") R"(  a: { wait: { en: "Charge it.", zh: 请充电。 }, next: end }  # here
--- texts.yaml
)"},
      {"a consent whose refusal changes nothing", "consent-changes-nothing", ASK_FIRST("a") R"(  a:  # here
    consent: { en: "May we look?", zh: 可以看吗？ }
    slot: may_look
    agreed: person
    declined: person
)"},
      {"a survey before the matter is over", "survey-too-early", ASK_FIRST("a") R"(  a:  # here
    survey: { en: "How was it, 1 to 5?", zh: 满意吗？ }
    next: b
  b: { ask: contact, next: end }
)"},
      {"enter_midway over a question about danger", "midway-skips-safety", R"(enter_midway: true  # here
steps:
  first:
    choose: { en: "Is there smoke?", zh: 冒烟吗？ }
    options:
      - { id: a, label: { en: Alpha, zh: 甲 }, next: danger }
      - { id: b, label: { en: Bravo, zh: 乙 }, next: rest }
  danger: { escalate: { en: "Unplug it.", zh: 请断电。 }, priority: P1 }
  rest: { article: here, solved: end, unsolved: person }
)"},
      {"a renamed step nobody moves to", "idle-rename", R"(renamed: { old: first }  # here
)" ASK_FIRST("end")},
      {"a cause nothing cures", "cause-without-cure", ASK_FIRST("a") R"(  a:  # here
    troubleshoot:
      escalate_cost: 30
      causes:
        - { id: cable, label: { en: cable, zh: 线 }, weight: 3 }
        - { id: board, label: { en: board, zh: 主板 }, weight: 1 }
      checks:
        - { id: swap, check: { en: "Use another cable.", zh: 换一根线。 }, cost: 2, fixes: { cable: 0.9 } }
    solved: end
    unsolved: person
)"},
      {"a fragment nobody uses", "unused-fragment",
       ASK_FIRST("a") R"(  a: { say: { en: "{{> unplug}}", zh: "{{> unplug}}" }, next: end }
--- fragments.yaml
fragments:
  unplug: { en: Unplug it., zh: 请断电。 }
  wait: { en: Wait a moment., zh: 请稍等。 }  # here
)"},
  };
  return all;
}

TEST(CheckBroken, EachSmallMistakeIsFoundWhereItIs) {
  for (const Broken& b : broken()) {
    SCOPED_TRACE(b.what);
    std::vector<Source> sources = sources_of(b.script);
    const auto [file, line] = marked(sources);
    for (Source& s : sources) {
      if (s.file != "texts.yaml") continue;  // a world without any patience
      s = small_texts();
      s.bytes.erase(0, s.bytes.find('\n') + 1);
    }
    const Proof proof = prove_small(sources);
    bool found = false;
    for (const Problem& p : proof.problems) {
      found = found || (p.code == b.code && p.file == file && p.line == line);
      EXPECT_TRUE(p.code == b.code) << "also: " << with_codes({p});
      EXPECT_FALSE(p.hint.empty());
    }
    EXPECT_TRUE(found) << "expected [" << b.code << "] at " << file << ":" << line << ", got:\n" << with_codes(proof.problems);
  }
}

TEST(CheckBroken, EveryCodeIsKnownAndHasAnExample) {
  // These need more than a few lines; they have tests of their own in check_test.cpp.
  std::set<std::string> seen = {"calls-too-deep", "long-way-to-a-person", "pattern-matches-everything"};
  const std::set<std::string> codes(finding_codes().begin(), finding_codes().end());
  for (const Broken& b : broken()) {
    EXPECT_TRUE(codes.contains(b.code)) << b.code;
    seen.insert(b.code);
  }
  EXPECT_EQ(seen, codes);
  EXPECT_GE(broken().size(), 30U);
}

TEST(CheckBroken, TheSameScriptWithoutTheMistakeIsClean) {
  const Proof proof = prove_small(sources_of(ASK_FIRST("end")));
  EXPECT_TRUE(proof.parsed);
  EXPECT_EQ(with_codes(proof.problems), "");
}

}  // namespace
}  // namespace usher::dialogs
