// Every step kind and part of the language that parse_test.cpp's small script does not have.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialogs/lexicon.h"
#include "tests/dialogs/scripts.h"

namespace usher::dialogs {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr const char* kAll = R"(dialog: t
title: { en: T, zh: 题 }
patience: { remind_after: 10m, give_up_after: 24h, then: human }
enter_midway: true
running: move
renamed: { look-old: look }
slots:
  beeps: { type: number, min: 0, max: 20 }
  photo: { type: photo, required: false }
  line: { type: model, catalogue: lines, open: false }
  imei: { type: serial, checksum: imei, confirm: true }
steps:
  look:
    check: { en: "{{> own-unplug}} Press Caps Lock. Does its light come on?", zh: "{{> own-unplug}}灯亮吗？" }
    picture: pictures/caps.png
    options:
      - { id: "on", label: { en: It does, zh: 亮 }, next: ways }
      - { id: "off", label: { en: It does not, zh: 不亮 }, next: note }
    slot: caps
    cannot: note
  ways:
    branch:
      - { when: { slot: os, is: windows }, next: note }
      - { when: { all: [ { slot: error_code, matches: '^0x0*7b$' }, { not: { slot: ssd, in: [sata, nvme] } } ] }, next: note }
      - { when: { slot: purchase_date, younger_than: 24 months }, next: find }
      - { when: { slot: beeps, above: 2, below: 6 }, next: find }
      - { when: { any: [ { slot: serial, known: false } ] }, next: find }
    else: details
  note: { set: { place: home }, next: details }
  details: { call: u, next: find }
  find:
    search: "{{symptom}} {{error_code}}"
    solved: rate
    unsolved: ask-service
  ask-service:
    lookup: warranty
    with: { serial: "{{serial}}" }
    save: { warranty: state, warranty_until: warranty.until }
    next: charge
    not_found: allow
    failed: human
  charge:
    wait: { en: Charge it for an hour., zh: 请充电一小时。 }
    next: allow
    remind_after: 2h
    remind: { en: "Charged?", zh: 充好了吗？ }
    give_up_after: 2d
    gave_up: human
  allow:
    consent: { en: "May a technician look?", zh: 可以远程吗？ }
    slot: remote_consent
    agreed: find-cause
    declined: human
  rate:
    survey: { en: "How satisfied are you, 1 to 5?", zh: 满意吗？ }
    next: done
    bad: human
  find-cause:
    troubleshoot:
      escalate_cost: 40
      max_steps: 5
      learn: false
      line: line
      causes:
        - { id: charger, label: { en: charger, zh: 充电器 }, weight: 40 }
        - { id: board, label: { en: board, zh: 主板 }, weight: 10 }
      checks:
        - { id: smell, check: { en: Smell it., zh: 闻一下。 }, cost: 0.5, safety: true, cannot: false }
        - { id: other-charger, check: { en: Try another charger., zh: 换充电器。 }, cost: 3, risk: 1, fixes: { charger: 0.9 }, tried: Tried another charger }
        - { id: reset, article: no-power-reset, cost: 2, fixes: { board: 0.4 } }
      questions:
        - id: lights
          ask: { en: "Is a light on?", zh: 灯亮吗？ }
          cost: 0.5
          options:
            - { id: "on", label: { en: "Yes" }, given: { charger: 0.1, board: 0.7 } }
            - { id: "off", label: { en: "No" }, given: { charger: 0.9, board: 0.3 } }
    solved: rate
    unsolved: human
  human:
    escalate: { en: A person. }
  done:
    resolve: { en: Bye }
menu: 2
)";
constexpr const char* kCalled = R"(dialog: u
title: { en: U, zh: 子 }
steps:
  a: { ask: serial, next: return }
)";
constexpr const char* kSlots = R"(slots:
  serial: { type: serial, label: { en: Serial }, ask: { en: "Which?" }, pattern: '[A-Z0-9]{8,14}' }
)";
constexpr const char* kFragments = R"(fragments:
  own-wall: { en: from the wall, zh: 从墙上 }
  own-unplug: { en: "Unplug it {{> own-wall}}.", zh: "请{{> own-wall}}拔掉。" }
)";
constexpr const char* kModels = "line,aliases,brand\nThinkPad X1,X1|x1 carbon,Lenovo\n\"XPS 13, 9310\",,Dell\n";

std::vector<Source> all_sources(std::string script = kAll, std::string fragments = kFragments, std::string models = kModels) {
  return {{"t.yaml", std::move(script)},    {"u.yaml", kCalled},
          {"slots.yaml", kSlots},           {"own-fragments.yaml", std::move(fragments)},
          {"lines.csv", std::move(models)}, {"lexicon.yaml", "lexicon:\n  \"yes\": [yep sure thing, 妥妥的]\n"}};
}

class WholeLanguage : public testing::Test {
 protected:
  void SetUp() override {
    std::vector<Problem> problems;
    set_ = parse_with(all_sources(), problems);
    ASSERT_TRUE(set_) << to_string(problems);
    t_ = set_->find("t");
  }
  template <class T>
  const T& step(const char* id) {
    return std::get<T>(t_->find(id)->kind);
  }
  std::shared_ptr<const ScriptSet> set_;
  const Script* t_ = nullptr;
};

TEST_F(WholeLanguage, ACheckHasAPictureAndTheOptionCannot) {
  const auto& c = step<Choose>("look");
  EXPECT_EQ(c.kind, Choose::Kind::kCheck);
  EXPECT_EQ(c.picture, "pictures/caps.png");
  EXPECT_EQ(c.slot, "caps");
  ASSERT_EQ(c.options.size(), 3U);
  EXPECT_EQ(c.options[2].id, "cannot");
  EXPECT_EQ(c.options[2].next, "note");
  EXPECT_EQ(c.options[2].label.in("en"), set_->text("cannot_do", "en"));
  EXPECT_FALSE(c.options[2].keys.empty());
}

TEST_F(WholeLanguage, FragmentsStandInTheTextsThatUseThemAlsoNested) {
  EXPECT_EQ(step<Choose>("look").text.in("en"), "Unplug it from the wall. Press Caps Lock. Does its light come on?");
  EXPECT_EQ(step<Choose>("look").text.in("zh"), "请从墙上拔掉。灯亮吗？");
}

TEST_F(WholeLanguage, ABranchHasItsConditionsAsATree) {
  const auto& b = step<Branch>("ways");
  ASSERT_EQ(b.cases.size(), 5U);
  EXPECT_EQ(b.otherwise, "details");
  EXPECT_EQ(b.cases[0].when.op, Condition::Op::kIs);
  EXPECT_EQ(b.cases[1].when.op, Condition::Op::kAll);
  EXPECT_EQ(b.cases[1].when.parts[1].op, Condition::Op::kNot);
  EXPECT_EQ(b.cases[2].when.number, 731);
  EXPECT_EQ(b.cases[3].when.parts.size(), 2U);
  EXPECT_EQ(b.cases[3].at.line, 26);
  const std::map<std::string, std::string> slots = {{"error_code", "0x0000007B"}, {"ssd", "other"}};
  EXPECT_TRUE(evaluate(b.cases[1].when, slots, "").holds);
  EXPECT_FALSE(evaluate(b.cases[1].when, {{"error_code", "0x7B"}, {"ssd", "NVMe"}}, "").holds);
}

TEST_F(WholeLanguage, AStepMayOnlySetAndAnotherCallAScriptThatReturns) {
  EXPECT_EQ(step<Goto>("note").next, "details");
  EXPECT_EQ(t_->find("note")->set.at("place"), "home");
  EXPECT_EQ(step<Call>("details").dialog, "u");
  EXPECT_EQ(std::get<Ask>(set_->find("u")->find("a")->kind).next, kReturn);
}

TEST_F(WholeLanguage, ASearchHasItsOwnWordsAndTheShortFormTheSymptom) {
  EXPECT_TRUE(step<ShowArticle>("find").id.empty());
  EXPECT_EQ(step<ShowArticle>("find").query, "{{symptom}} {{error_code}}");
  std::vector<Problem> problems;
  const auto set = parse_with(
      {{"s.yaml",
        "dialog: s\ntitle: { en: S }\nsteps:\n  a: { article: search, solved: b, unsolved: b }\n  b: { resolve: { en: x } }\n"}},
      problems);
  ASSERT_TRUE(set) << to_string(problems);
  EXPECT_EQ(std::get<ShowArticle>(set->find("s")->find("a")->kind).query, "{{symptom}}");
}

TEST_F(WholeLanguage, ALookUpKnowsItsThreeWays) {
  const auto& l = step<Lookup>("ask-service");
  EXPECT_EQ(l.service, "warranty");
  EXPECT_EQ(l.with.at("serial"), "{{serial}}");
  EXPECT_EQ(l.save.at("warranty_until"), "warranty.until");
  EXPECT_EQ(l.next + l.not_found + l.failed, "chargeallowhuman");
}

TEST_F(WholeLanguage, AWaitHasItsTimes) {
  const auto& w = step<Wait>("charge");
  EXPECT_EQ(w.remind_after, hours(2));
  EXPECT_EQ(w.give_up_after, hours(48));
  EXPECT_EQ(w.remind.in("en"), "Charged?");
  EXPECT_EQ(w.gave_up, "human");
}

TEST_F(WholeLanguage, ConsentAndSurveyMakeTheirOwnOptions) {
  const auto& c = step<Choose>("allow");
  EXPECT_EQ(c.kind, Choose::Kind::kConsent);
  EXPECT_EQ(c.slot, "remote_consent");
  ASSERT_EQ(c.options.size(), 2U);
  EXPECT_EQ(c.options[0].id + c.options[0].next + c.options[1].id + c.options[1].next, "agreefind-causedeclinehuman");
  EXPECT_EQ(c.options[0].label.in("zh"), set_->text("agree", "zh"));
  const auto& s = step<Choose>("rate");
  EXPECT_EQ(s.kind, Choose::Kind::kSurvey);
  EXPECT_EQ(s.slot, "satisfaction");
  std::string ways;
  for (const Option& o : s.options) ways += o.id + o.next + " ";
  EXPECT_EQ(ways, "1human 2human 3done 4done 5done ");
}

TEST_F(WholeLanguage, ATroubleshootBlockIsAModelAndItsWords) {
  const auto& b = step<TroubleshootBlock>("find-cause");
  EXPECT_EQ(b.model.escalation, 40);
  EXPECT_EQ(b.model.max_steps, 5);
  EXPECT_TRUE(b.learning.frozen);
  EXPECT_EQ(b.line_slot, "line");
  EXPECT_EQ(b.model.causes[0].weight, 40);
  EXPECT_EQ(b.causes.at("board").in("zh"), "主板");
  ASSERT_EQ(b.model.actions.size(), 3U);
  EXPECT_EQ(b.model.actions[0].pinned, 1);
  EXPECT_FALSE(b.checks[0].can_fail_to_do);
  EXPECT_EQ(b.model.actions[1].rates, (std::vector<double>{0.9, 0}));
  EXPECT_EQ(b.model.actions[1].risk, 1);
  EXPECT_EQ(b.checks[1].tried, "Tried another charger");
  EXPECT_EQ(b.checks[0].tried, "Smell it.");
  EXPECT_EQ(b.checks[2].article, "no-power-reset");
  EXPECT_EQ(b.model.questions[0].answers[1].likelihood, (std::vector<double>{0.9, 0.3}));
  EXPECT_FALSE(b.questions[0].options[0].keys.empty());
  EXPECT_EQ(b.solved + b.unsolved, "ratehuman");
}

TEST_F(WholeLanguage, AScriptSaysHowItWaitsAndHowItIsReplaced) {
  EXPECT_EQ(t_->patience.remind_after, minutes(10));
  EXPECT_EQ(t_->patience.then, "human");
  EXPECT_TRUE(t_->enter_midway);
  EXPECT_EQ(t_->menu, 2);
  EXPECT_TRUE(t_->moves_running);
  EXPECT_EQ(t_->renamed.at("look-old"), "look");
  EXPECT_EQ(set_->find("u")->patience.remind_after, set_->patience.remind_after);
  EXPECT_EQ(set_->patience.give_up_after, hours(24));
  EXPECT_EQ(set_->patience.then, "ticket");
}

TEST_F(WholeLanguage, SlotsHaveRangesCataloguesAndConfirmation) {
  EXPECT_EQ(t_->slots.at("beeps").max, 20);
  EXPECT_EQ(t_->slots.at("photo").type, SlotType::kPhoto);
  EXPECT_EQ(t_->slots.at("imei").checksum, "imei");
  EXPECT_TRUE(t_->slots.at("imei").confirm);
  const Slot& line = t_->slots.at("line");
  ASSERT_TRUE(line.catalogue);
  EXPECT_FALSE(line.open_catalogue);
  EXPECT_EQ(line.catalogue, set_->catalogues.at("lines"));
  ASSERT_TRUE(set_->lexicons);
}

// What the version of a script is made of.
std::string version(const std::vector<Source>& sources, const char* name = "t") {
  std::vector<Problem> problems;
  const auto set = parse_with(sources, problems);
  EXPECT_TRUE(set) << to_string(problems);
  return set ? set->find(name)->hash : "";
}

TEST_F(WholeLanguage, WhatAScriptUsesIsPartOfItsVersion) {
  std::string fragments = kFragments;
  fragments.replace(fragments.find("from the wall"), 13, "at the socket");
  EXPECT_NE(version(all_sources(kAll, fragments)), t_->hash);
  EXPECT_EQ(version(all_sources(kAll, fragments), "u"), set_->find("u")->hash);
  EXPECT_NE(version(all_sources(kAll, kFragments, std::string(kModels) + "Swift 3,,Acer\n")), t_->hash);

  auto sources = all_sources();
  std::string& slots = std::ranges::find(sources, "slots.yaml", &Source::file)->bytes;
  slots.replace(slots.find("{8,14}"), 6, "{8,15}");  // of `serial`, which both scripts use
  std::vector<Problem> problems;
  const auto set = parse_with(sources, problems);
  ASSERT_TRUE(set) << to_string(problems);
  EXPECT_NE(set->find("u")->hash, set_->find("u")->hash);
  EXPECT_NE(set->hash, set_->hash);
}

TEST_F(WholeLanguage, TheHashOfASetDoesNotDependOnOrderOrFolder) {
  auto sources = all_sources();
  for (Source& s : shipped_shared()) {
    if (std::ranges::find(sources, s.file, &Source::file) == sources.end()) sources.push_back(std::move(s));
  }
  std::ranges::reverse(sources);
  for (Source& s : sources) s.file = "/etc/usher/dialogs/" + s.file;
  std::vector<Problem> problems;
  const auto set = parse(sources, problems);
  ASSERT_TRUE(set) << to_string(problems);
  EXPECT_EQ(set->hash, set_->hash);
  EXPECT_EQ(set->find("t")->hash, t_->hash);
}

struct Row {
  const char* name;
  const char* from;     // replaced in kAll …
  const char* to;       // … by this
  const char* message;  // "line:column: part of the message"
  const char* hint;     // part of
};
class WholeLanguageProblem : public testing::TestWithParam<Row> {};

TEST_P(WholeLanguageProblem, IsReportedWithItsPlaceAndAHint) {
  const Row& row = GetParam();
  std::string script = kAll;
  const auto at = script.find(row.from);
  ASSERT_NE(at, std::string::npos);
  script.replace(at, std::string(row.from).size(), row.to);
  std::vector<Problem> problems;
  EXPECT_EQ(parse_with(all_sources(script), problems), nullptr);
  bool found = false;
  for (const Problem& p : problems) {
    found = found || (p.file == "t.yaml" && fmt::format("{}:{}: {}", p.line, p.column, p.message).contains(row.message) &&
                      p.hint.contains(row.hint));
  }
  EXPECT_TRUE(found) << to_string(problems);
}

INSTANTIATE_TEST_SUITE_P(
    Scripts, WholeLanguageProblem,
    testing::Values(
        Row{"UnknownFragment", "{{> own-unplug}} Press", "{{> own-unplugg}} Press", "14:18: there is no fragment 'own-unplugg'",
            "'own-unplug'"},
        Row{"OpenBraces", "{{symptom}} {{error_code}}\"\n", "{{symptom}} {{error_code}}\"\n    intro: { en: \"a {{b\" }\n",
            "33:18: '{{' is not closed", "{{name}}"},
        Row{"CannotTwice", "id: \"off\", label: { en: It", "id: cannot, label: { en: It", "18:9: the option 'cannot' is made by",
            "another id"},
        Row{"BadPicture", "pictures/caps.png", "../caps.png", "15:14: '../caps.png' is not a picture", "pictures/name.png"},
        Row{"UnknownTest", "slot: os, is: windows", "slot: os, iss: windows", "23:29: a condition has no key 'iss'", "'is'"},
        Row{"NoTest", "slot: os, is: windows", "slot: os", "23:17: the condition says nothing about 'os'", "matches"},
        Row{"NoSlot", "slot: os, is: windows", "is: windows", "23:17: the condition does not say which slot", "slot"},
        Row{"EmptyIn", "in: [sata, nvme]", "in: []", "'in' is empty", "[one, two]"},
        Row{"BadConditionPattern", "'^0x0*7b$'", "'^(0x'", "is not valid", "re2"},
        Row{"BadAge", "24 months", "24 moons", "25:54: 'younger_than' must be an age", "24 months"},
        Row{"BadNumber", "above: 2,", "above: two,", "26:39: 'above' must be a number", "'two'"},
        Row{"NoElse", "    else: details\n", "", "needs 'else'", "else: <step>"},
        Row{"NoWhen", "{ when: { slot: os, is: windows }, next: note }", "{ next: note }", "23:9: the case has no 'when'",
            "else"},
        Row{"CaseTarget", "is: windows }, next: note", "is: windows }, next: notes", "no step 'notes'", "'note'"},
        Row{"SetWithoutNext", "{ set: { place: home }, next: details }", "{ set: { place: home } }",
            "29:3: the step 'note' does nothing", "next: <step>"},
        Row{"UnknownCall", "call: u", "call: uu", "30:20: there is no script 'uu'", "'u'"},
        Row{"CallWithPrefix", "call: u", "call: dialog:u", "names the script alone", "call: u"},
        Row{"NoFailed", "    failed: human\n", "", "needs 'failed'", "failed:"},
        Row{"BadMember", "state, warranty_until", "\"a b\", warranty_until", "'a b' is not a member", "warranty.until"},
        Row{"BadDuration", "remind_after: 2h", "remind_after: 2 hours", "45:19: 'remind_after' must be a time", "90s"},
        Row{"LateReminder", "give_up_after: 2d", "give_up_after: 1h", "the reminder would come after giving up", "shorter"},
        Row{"NoDeclined", "    declined: human\n", "", "needs 'declined'", ""},
        Row{"SurveyTarget", "bad: human", "bad: humans", "no step 'humans'", "'human'"},
        Row{"UnknownCause", "fixes: { charger: 0.9 }", "fixes: { chager: 0.9 }", "there is no cause 'chager'", "'charger'"},
        Row{"ChanceAboveOne", "charger: 0.9 }, tried", "charger: 9 }, tried",
            "the chance of 'charger' must be a number from 0 to 1", "'9'"},
        Row{"NotGiven", "given: { charger: 0.1, board: 0.7 }", "given: { charger: 0.1 }",
            "the option 'on' does not say how likely it is given: board", "every cause"},
        Row{"SumsToMore", "charger: 0.9, board: 0.3", "charger: 0.9, board: 0.9",
            "the numbers of the troubleshoot block do not fit", "troubleshooting.md"},
        Row{"SameCheckId", "id: reset, article", "id: smell, article", "two checks or questions have the id 'smell'", "its own"},
        Row{"ModelKey", "escalate_cost: 40", "escalate_costs: 40", "60:7: 'troubleshoot' has no key 'escalate_costs'",
            "'escalate_cost'"},
        Row{"CheckKey", "cost: 3, risk", "costs: 3, risk", "a check has no key 'costs'", "'cost'"},
        Row{"PatienceStep", "then: human }", "then: humans }", "3:58: there is no step 'humans'", "'human'"},
        Row{"Running", "running: move", "running: moves", "5:10: 'running' cannot be 'moves'", "'move'"},
        Row{"RenamedStays", "look-old: look", "ways: look", "6:12: 'ways' is still a step", "remove"},
        Row{"RenamedNowhere", "look-old: look", "look-old: loook", "no step 'loook'", "'look'"},
        Row{"UnknownCatalogue", "catalogue: lines", "catalogue: liness", "10:35: there is no catalogue 'liness'", "'lines'"},
        Row{"OpenAlone", "{ type: photo, required: false }", "{ type: photo, open: true }", "means nothing without", "remove"},
        Row{"MinAboveMax", "min: 0, max: 20", "min: 30, max: 20", "'min' is greater than 'max'", "swap"},
        Row{"RangeOfText", "{ type: number, min: 0", "{ type: text, min: 0", "only a slot of type 'number' has 'min'", "number"},
        Row{"StepCalledReturn", "  note: {", "  return: {", "'return' cannot be the name of a step", "leads back"}),
    [](const testing::TestParamInfo<Row>& param) { return param.param.name; });

// The block of the reference that begins with `first` after its ``` line.
std::string documented(const std::string& page, const std::string& first) {
  const auto at = page.find("\n" + first);
  EXPECT_NE(at, std::string::npos) << first;
  return page.substr(at + 1, page.find("\n```", at) - at);
}

TEST(ParseShared, EveryExampleOfTheReferenceIsRight) {
  const std::string page = read_file(USHER_SOURCE_DIR "/docs/dialog-language.md");
  const std::vector<Source> sources = {
      {"no-sound.yaml", documented(page, "dialog: no-sound")},
      {"kinds.yaml",
       "dialog: kinds\ntitle: { en: K }\n" + documented(page, "steps:\n  note:") + "  hand-over: { escalate: { en: Bye } }\n"},
      {"collect-device.yaml", "dialog: collect-device\ntitle: { en: C }\nsteps:\n  a: { ask: serial, next: return }\n"},
      {"slots.yaml", documented(page, "slots:\n  serial:")},
      {"models.csv", documented(page, "model,aliases")},
      {"fragments.yaml", documented(page, "fragments:")},
      {"lexicon.yaml", documented(page, "lexicon:")}};
  std::vector<Problem> problems;
  EXPECT_TRUE(parse_with(sources, problems)) << to_string(problems);
}

TEST(ParseShared, FragmentsInACircleTooDeepOrUnknownAreReportedWhereTheyStand) {
  std::vector<Problem> problems;
  EXPECT_EQ(parse_with({{"slots.yaml", kSlots}, {"f.yaml", R"(fragments:
  a: { en: "{{> b}}" }
  b: { en: "{{> a}}" }
  c: { en: "{{> nobody}}" }
  d1: { en: "{{> d2}}" }
  d2: { en: "{{> d3}}" }
  d3: { en: "{{> d4}}" }
  d4: { en: "{{> d5}}" }
  d5: { en: deep }
  z: { zh: 只有中文 }
)"}},
                       problems),
            nullptr);
  const std::string all = to_string(problems);
  EXPECT_THAT(all, testing::HasSubstr("f.yaml:3:6: the fragments go in a circle: a → b → a"));
  EXPECT_THAT(all, testing::HasSubstr("f.yaml:4:6: there is no fragment 'nobody'"));
  EXPECT_THAT(all, testing::HasSubstr("f.yaml:5:7: the fragment 'd1' is nested deeper than 4 levels"));
  EXPECT_THAT(all, testing::HasSubstr("f.yaml:10:6: the fragment 'z' has no English text"));
  EXPECT_EQ(problems.size(), 4U) << all;
}

TEST(ParseShared, AFragmentThatLacksALanguageIsReportedWhereItIsUsed) {
  std::vector<Problem> problems;
  EXPECT_EQ(
      parse_with({{"slots.yaml", kSlots},
                  {"f.yaml", "fragments:\n  a: { en: x }\n"},
                  {"t.yaml", "dialog: t\ntitle: { en: T }\nsteps:\n  s: { resolve: { en: \"{{>a}}\", zh: \"{{>a}}\" } }\n"}},
                 problems),
      nullptr);
  ASSERT_EQ(problems.size(), 1U) << to_string(problems);
  EXPECT_EQ(to_string(problems), "t.yaml:4:37: the fragment 'a' has no 'zh' text (add it to the fragment)\n");
}

TEST(ParseShared, AnUnknownPartOfTheLexiconIsReportedWithTheNearest) {
  std::vector<Problem> problems;
  EXPECT_EQ(parse_with({{"slots.yaml", kSlots}, {"lexicon.yaml", "lexicon:\n  yess: [yep]\n  \"no\": \"?!\"\n"}}, problems),
            nullptr);
  const std::string all = to_string(problems);
  EXPECT_THAT(all, testing::HasSubstr("lexicon.yaml:2:3: the lexicon has no part 'yess' (did you mean 'yes'?)"));
  EXPECT_THAT(all, testing::HasSubstr("lexicon.yaml:3:9: '?!' under 'no' holds no word"));
}

TEST(ParseShared, ThePatienceOfAllScriptsCannotNameAStep) {
  Source texts = shipped("texts.yaml");
  const auto at = texts.bytes.find("then: ticket }");
  ASSERT_NE(at, std::string::npos);
  texts.bytes.replace(at, 14, "then: tikcet }");
  std::vector<Problem> problems;
  EXPECT_EQ(parse({texts}, problems), nullptr);
  EXPECT_THAT(to_string(problems), testing::HasSubstr("'then' cannot be 'tikcet' (did you mean 'ticket'?)"));
}

}  // namespace
}  // namespace usher::dialogs
