#include "dialogs/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/dialogs/check_world.h"

namespace usher::dialogs {
namespace {

using testing::HasSubstr;
using testing::Not;

std::shared_ptr<const ScriptSet> scripts() {
  std::vector<Problem> problems;
  auto set = parse({{"t.yaml", R"(dialog: t
title: { en: "Tango \"quoted\"", zh: 探戈 }
patience: { remind_after: 10m, give_up_after: 24h, then: silent }
steps:
  first:
    choose: { en: "Is it <on>, or [off] & \"dark\"? This question is so long that a picture cannot show all of its words", zh: "开着吗？" }
    options:
      - { id: on, label: { en: "Yes {on}", zh: 开 }, next: place }
      - { id: off, label: { en: "No", zh: 关 }, next: charge }
  place: { set: { place: home }, next: ways }
  ways:
    branch:
      - { when: { all: [ { slot: place, is: home }, { not: { slot: serial, known: true } } ] }, next: find }
    else: details
  details: { call: u, next: ask-service }
  ask-service: { lookup: warranty, save: { w: state }, next: done, failed: hand-over }
  charge: { wait: { en: "Charge it.", zh: 请充电。 }, next: done, give_up_after: 2d, gave_up: silent }
  find: { search: "{{symptom}}", solved: done, unsolved: ask }
  ask: { ask: serial, next: hand-over }
  silent: { say: { en: "Nobody there.", zh: 没人。 }, next: done }
  hand-over: { goto: dialog:u }
  done: { resolve: { en: Bye, zh: 再见 } }
  lost: { escalate: { en: Wait, zh: 请等 }, priority: P1, fault_class: hardware/power }
)"},
                    {"u.yaml", "dialog: u\ntitle: { en: U, zh: 目 }\nsteps:\n  a: { say: { en: x, zh: x }, next: return }\n"},
                    small_texts(),
                    small_slots()},
                   problems);
  EXPECT_TRUE(set) << to_string(problems);
  return set;
}

TEST(Graph, MermaidShowsStepsWaysAndLostSteps) {
  const std::string got = to_mermaid(*scripts()->find("t"), {});
  EXPECT_TRUE(got.starts_with("---\ntitle: \"Tango #34;quoted#34;\"\n---\nflowchart TD\n")) << got;
  for (const char* part : {
           "  n0((\" \"))\n  n1[/\"choose: first<br/>Is it #60;on#62;, or #91;off#93; #38; #34;dark#34;?",
           "…\"/]\n",
           "  n0 --> n1\n",
           "  n1 -->|\"on: Yes #123;on#125;\"| n2\n",
           "  n2(\"goto: place<br/>place = home\")\n",
           "  n3{\"branch: ways\"}\n",
           "|\"place is home and not #40;serial k…\"|",
           "  n3 -->|\"else\"| n4\n",
           "  n4[[\"call: details<br/>u\"]]\n",
           "  n4 -->|\"return\"| n5\n",
           "[(\"lookup: ask-service<br/>warranty\")]",
           "|\"failed\"|",
           "  n6 -.->|\"no answer for 2 d\"| n9\n",
           "([\"escalate: lost<br/>P1 hardware/power\"]):::lost\n",
           "[[\"u\"]]\n",
           "href \"u.svg\"\n",
           ">\"no answer for 1 d\"]\n",
           "  classDef lost fill:#fde0dc,stroke:#c62828\n",
       })
    EXPECT_THAT(got, HasSubstr(part));
  EXPECT_THAT(got, Not(HasSubstr("walked")));
}

TEST(Graph, DotShowsTheSame) {
  const std::string got = to_dot(*scripts()->find("t"), {.language = "zh"});
  EXPECT_TRUE(got.starts_with("digraph \"t\" {\n  label=\"探戈\";")) << got;
  for (const char* part : {
           "  n1 [shape=parallelogram, label=\"choose: first\\n开着吗？\"];\n",
           "  n3 [shape=diamond, label=\"branch: ways\"];\n",
           "  n1 -> n2 [label=\"on: 开\"];\n",
           "  n6 -> n9 [label=\"no answer for 2 d\", style=dashed];\n",
           ", fillcolor=\"#fde0dc\", color=\"#c62828\"];\n",
           "URL=\"u.svg\"];\n",
       })
    EXPECT_THAT(got, HasSubstr(part));
  EXPECT_TRUE(got.ends_with("}\n"));
}

TEST(Graph, CoverageHasColours) {
  const Walked walked = {"t/first", "t/first>off", "t/charge"};
  const std::string got = to_dot(*scripts()->find("t"), {.walked = &walked});
  EXPECT_THAT(got, HasSubstr("  n1 -> n6 [label=\"off: No\", color=\"#2e7d4f\"];\n"));
  EXPECT_THAT(got, HasSubstr("  n1 -> n2 [label=\"on: Yes {on}\", color=\"#b07a00\"];\n"));
  EXPECT_THAT(got, HasSubstr("label=\"wait: charge\\nCharge it.\", fillcolor=\"#d9f2e0\", color=\"#2e7d4f\"];\n"));
  const std::string mermaid = to_mermaid(*scripts()->find("t"), {.walked = &walked});
  EXPECT_THAT(mermaid, HasSubstr(":::walked\n"));
  EXPECT_THAT(mermaid, HasSubstr("  classDef missing "));
  EXPECT_THAT(mermaid, HasSubstr("  linkStyle 2 stroke:#2e7d4f\n"));
}

TEST(Graph, DotIsReadByTheProgramOfThatName) {
  if (std::system("command -v dot >/dev/null 2>&1") != 0) GTEST_SKIP() << "graphviz is not installed";
  ASSERT_TRUE(shipped_scripts());
  for (const auto& [name, script] : shipped_scripts()->scripts) {
    FILE* dot = popen("dot -Tsvg >/dev/null", "w");
    ASSERT_NE(dot, nullptr);
    const std::string source = to_dot(script, {});
    EXPECT_EQ(fwrite(source.data(), 1, source.size(), dot), source.size());
    EXPECT_EQ(pclose(dot), 0) << name;
  }
}

}  // namespace
}  // namespace usher::dialogs
