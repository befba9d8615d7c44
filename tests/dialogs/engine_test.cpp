#include "dialogs/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dialogs/talk.h"

namespace usher::dialogs {
namespace {

using testing::HasSubstr;

constexpr const char* kPower = R"(dialog: no-power
title: { en: Computer does not turn on, zh: 电脑无法开机 }
triggers: { phrases: { en: ["won't turn on"], zh: [开不了机] } }
steps:
  safety:
    choose: { en: "Is there smoke or a burning smell?", zh: "有冒烟或焦味吗？" }
    options:
      - { id: smoke, label: { en: "Yes", zh: 有 }, next: danger }
      - { id: none, label: { en: "No", zh: 没有 }, next: off }
  danger: { escalate: { en: "Unplug it." }, priority: P1 }
  off: { goto: dialog:handover }
)";
constexpr const char* kPrinter = R"(dialog: printer
title: { en: Printer, zh: 打印机 }
triggers: { phrases: { en: ["won't print", printer is broken], zh: [打印不了] } }
steps:
  on:
    choose: { en: "Is the printer on?", zh: "打印机开了吗？" }
    options:
      - { id: yes, label: { en: "Yes", zh: 开了 }, next: hand-over }
      - { id: no, label: { en: "No", zh: 没开 }, next: hand-over }
  hand-over: { goto: dialog:handover }
)";
constexpr const char* kNetwork = R"(dialog: no-network
title: { en: No internet, zh: 上不了网 }
triggers: { phrases: { en: [no internet], zh: [没有网络] } }
steps:
  hand-over: { goto: dialog:handover }
)";
constexpr const char* kEmail = R"(dialog: email
title: { en: Request by e-mail, zh: 邮件请求 }
steps:
  search:
    article: search
    intro: { en: "While a colleague looks at your request, this may already help:" }
    ask_if_solved: false
    unsolved: ticket
  ticket: { escalate: { en: "Thank you for your message." }, priority: P3 }
)";

std::shared_ptr<const ScriptSet> scripts(std::vector<Source> sources) {
  return desk(std::move(sources));
}
std::shared_ptr<const ScriptSet> several() {
  static const auto set = desk({{"no-power.yaml", kPower},
                                {"printer.yaml", kPrinter},
                                {"no-network.yaml", kNetwork},
                                {"email.yaml", kEmail},
                                desk_fallback(),
                                desk_handover()});
  return set;
}

constexpr const char* kTea = R"(dialog: tea
title: { en: Tea, zh: 茶 }
triggers: { phrases: { en: [tea, "no tea"], zh: [没有茶] } }
steps:
  milk:
    choose: { en: "Milk?", zh: "加奶吗？" }
    options:
      - { id: yes, label: { en: "Yes", zh: 加 }, next: name, set: { milk: "with milk" } }
      - { id: no, label: { en: "No", zh: 不加 }, next: name }
    slot: wants_milk
    tried: Asked about milk
  name:
    ask: contact_name
    next: serial
  serial:
    ask: serial
    next: thanks
  thanks:
    say: { en: "Tea {{milk}} for {{contact_name}}{{nobody}}.", zh: "{{contact_name}}的茶。" }
    next: book
  book:
    article: tea-book
    intro: { en: "Read this:" }
    solved: done
    unsolved: ticket
    tried: Read the tea book
  done: { resolve: { en: "Enjoy." } }
  ticket:
    escalate: { en: "A waiter comes." }
    priority: P2
    fault_class: kitchen/tea
    queue: Tea
)";

Talk tea() {
  return Talk(scripts({{"tea.yaml", kTea}, desk_handover()}));
}
Talk tea_at_name() {
  Talk t = tea();
  t.say("I want tea").say("yes");
  return t;
}

TEST(Engine, OpeningGreetsOnceAndOffersTheScripts) {
  Talk t(several());
  t.on(Opened{"zh-CN"});
  EXPECT_EQ(t.state.language, "zh");
  const auto* p = t.last<Prompt>();
  ASSERT_NE(p, nullptr);
  EXPECT_THAT(p->text, HasSubstr("您好"));
  std::vector<std::string> ids;
  for (const Choice& c : p->choices) ids.push_back(c.id);
  EXPECT_THAT(ids, testing::ElementsAre("dialog:no-network", "dialog:no-power", "dialog:printer", "other"));
  EXPECT_TRUE(t.on(Opened{"en"}).effects.empty());
}

TEST(Engine, AButtonOfTheGreetingStartsItsScript) {
  Talk t(several());
  t.on(Opened{"en"}).on(Said{"Computer does not turn on", "dialog:no-power", "en", 0});
  EXPECT_EQ(t.state.dialog, "no-power");
  EXPECT_EQ(t.state.symptom, "Computer does not turn on");
  Talk other(several());
  other.on(Opened{"en"}).press("other");
  EXPECT_EQ(other.state.dialog, "");
  EXPECT_THAT(other.text(), HasSubstr("sentence or two"));
}

TEST(Engine, TheGreetingCanBeAnsweredByNumberWhereThereAreNoButtons) {
  Talk t(several());
  t.on(Opened{"en"}).say("2");
  EXPECT_EQ(t.state.dialog, "no-power");
}

TEST(Engine, AHelloIsNoProblemYet) {
  Talk t(several());
  t.say("hi there");
  EXPECT_EQ(t.state.dialog, "");
  EXPECT_EQ(t.state.symptom, "");
  t.say("my laptop won't turn on");
  EXPECT_EQ(t.state.dialog, "no-power");
  EXPECT_EQ(t.state.slots.at("symptom"), "my laptop won't turn on");
}

TEST(Engine, WhatFitsNoScriptGoesToTheFallbackWhichSearches) {
  Talk t(several());
  t.say("the lid hinge squeaks");
  EXPECT_EQ(t.state.dialog, "fallback");
  ASSERT_NE(t.last<Search>(), nullptr);
  EXPECT_EQ(t.last<Search>()->text, "the lid hinge squeaks");
  t.articles({});
  EXPECT_EQ(t.state.dialog, "handover");
  EXPECT_THAT(t.text(), HasSubstr("no instructions"));
}

// Five topics fill the greeting; two of the others may still be what a message is about.
std::shared_ptr<const ScriptSet> many_topics() {
  std::vector<Source> sources = {desk_handover()};
  for (const std::string name : {"a", "b", "c", "d", "e", "y", "z"}) {
    sources.push_back(
        {name + ".yaml", "dialog: " + name + "\ntitle: {en: Topic " + name + "}\n" + (name == "e" ? "menu: 1\n" : "") +
                             "triggers: {phrases: {en: [trouble " + name + name + name +
                             "]}}\nsteps: {x: {choose: {en: Which?}, options: [{id: one, label: {en: One}, next: t}, "
                             "{id: two, label: {en: Two}, next: t}]}, t: {escalate: {en: ok}}}\n"});
  }
  return scripts(sources);
}

TEST(Engine, ANumberAnswersTheListThatWasShownLast) {
  Talk t(many_topics());
  t.on(Opened{"en"});
  EXPECT_EQ(t.offered(), "dialog:e dialog:a dialog:b dialog:c dialog:d other") << "topics with a place come first";
  t.say("trouble yyy and trouble zzz");
  EXPECT_EQ(t.offered(), "dialog:y dialog:z other");
  t.say("2");
  EXPECT_EQ(t.state.dialog, "z");
  EXPECT_EQ(t.state.symptom, "trouble yyy and trouble zzz");
}

TEST(Engine, ATopicPickedByItsNumberIsTheSymptomByItsName) {
  Talk t(many_topics());
  t.on(Opened{"en"}).say("2");
  EXPECT_EQ(t.state.dialog, "a");
  EXPECT_EQ(t.state.symptom, "Topic a");
}

// No phrase fits "it squeals", but an article does.
std::shared_ptr<const ScriptSet> belts() {
  auto one = [](const std::string& name, const std::string& article) {
    return Source{name + ".yaml", "dialog: " + name + "\ntitle: {en: About " + name + "}\ntriggers: {phrases: {en: [" + name +
                                      "]}}\nsteps: {x: {article: " + article +
                                      ", solved: d, unsolved: t}, d: {resolve: {en: ok}}, t: {escalate: {en: ok}}}\n"};
  };
  return desk(
      {one("belt", "squealing-belt"), one("brake", "noises"), one("bearing", "noises"), desk_fallback(), desk_handover()});
}

TEST(Engine, AnArticleLeadsIntoTheScriptThatShowsIt) {
  Talk t(belts());
  t.say("it squeals when cold");
  ASSERT_NE(t.last<Search>(), nullptr) << t.text();
  EXPECT_EQ(t.state.dialog, "");
  t.articles({{"squealing-belt", "Belt", "Tighten it.", 0.8}});
  EXPECT_EQ(t.state.dialog, "belt");
  EXPECT_EQ(t.state.symptom, "it squeals when cold");
  EXPECT_THAT(t.why("choose-dialog"), HasSubstr("squealing-belt"));
}

TEST(Engine, AnArticleOfSeveralScriptsIsAskedAbout) {
  Talk t(belts());
  t.say("it squeals when cold").articles({{"noises", "Noises", "Listen.", 0.8}});
  EXPECT_EQ(t.offered(), "dialog:bearing dialog:brake other");
  t.say("the second");
  EXPECT_EQ(t.state.dialog, "brake");
  EXPECT_EQ(t.state.symptom, "it squeals when cold");
}

TEST(Engine, AWeakArticleLeadsNowhereAndIsNotLookedForTwice) {
  Talk t(belts());
  t.say("it squeals when cold").articles({{"squealing-belt", "Belt", "Tighten it.", 0.4}});
  EXPECT_EQ(t.state.dialog, "fallback");
  EXPECT_EQ(t.last<Search>(), nullptr) << "the fallback shows what was found already";
  EXPECT_THAT(t.text(), HasSubstr("Tighten it."));
}

TEST(Engine, AWholeWalkFillsSlotsTriedAndTicket) {
  Talk t = tea();
  t.say("I want tea");
  EXPECT_EQ(t.last<Prompt>()->choices.size(), 2U);
  EXPECT_TRUE(t.traced("choose-dialog"));
  t.say("yes please");
  EXPECT_EQ(t.state.slots.at("wants_milk"), "yes");
  EXPECT_TRUE(t.traced("answer"));
  EXPECT_EQ(t.last<Prompt>()->slot, "contact_name");
  t.say("My name is Ana");
  EXPECT_EQ(t.last<Prompt>()->slot, "serial");
  t.say("12AB");
  EXPECT_THAT(t.text(),
              HasSubstr("“12AB” has 4 characters; a serial number has 8 to 14 letters and digits. Please type it again"));
  t.say("abc-12345");
  EXPECT_EQ(t.state.slots.at("serial"), "ABC12345");
  EXPECT_THAT(t.text(), HasSubstr("Tea with milk for Ana."));
  ASSERT_NE(t.last<FetchArticle>(), nullptr);
  t.articles({{"tea-book", "Tea", "Boil water.", 1}});
  EXPECT_THAT(t.text(), HasSubstr("Read this:\n\nBoil water."));
  EXPECT_EQ(std::get<Prompt>(t.effects[0]).article, "tea-book");
  EXPECT_EQ(t.last<Prompt>()->choices.size(), 2U);
  t.say("still cold, it didn't help");
  ASSERT_NE(t.last<OpenTicket>(), nullptr);
  EXPECT_EQ(t.last<OpenTicket>()->priority, "P2");
  EXPECT_EQ(t.last<OpenTicket>()->fault_class, "kitchen/tea");
  EXPECT_EQ(t.last<OpenTicket>()->queue, "Tea");
  using Tried = std::pair<std::string, std::string>;
  EXPECT_THAT(t.state.tried, testing::ElementsAre(Tried("Asked about milk", "Yes"), Tried("Read the tea book", "did not help")));
  EXPECT_EQ(t.state.end, "escalated");
  t.say("hello? agent!");
  ASSERT_EQ(t.effects.size(), 1U);
  EXPECT_EQ(std::get<FollowUp>(t.effects[0]).text, "hello? agent!");
}

TEST(Engine, TheTriedListIsEnglishWhateverTheCustomerSpeaks) {
  Talk t = tea();
  t.say("这里没有茶了");
  EXPECT_EQ(t.state.language, "zh");
  t.say("加");
  EXPECT_EQ(t.state.tried.at(0).second, "Yes");
}

TEST(Engine, AnAnswerNotUnderstoodIsAskedTwiceThenAPersonTakesOver) {
  Talk t = tea();
  t.say("tea").say("purple elephants");
  EXPECT_EQ(t.last<Prompt>()->choices.size(), 2U);
  EXPECT_FALSE(t.text().contains("agent"));
  t.say("purple elephants");
  EXPECT_THAT(t.text(), HasSubstr("agent"));
  EXPECT_THAT(t.text(), HasSubstr("Milk?"));
  t.say("purple elephants");
  EXPECT_EQ(t.state.dialog, "handover");
  EXPECT_EQ(t.last<Prompt>()->slot, "contact_name");
  EXPECT_EQ(t.state.misunderstood, 0);
}

TEST(Engine, WithoutAHandoverScriptATicketIsOpenedAtOnce) {
  Talk t(scripts({{"tea.yaml", kTea}}));
  t.say("tea").say("agent");
  ASSERT_NE(t.last<OpenTicket>(), nullptr);
  EXPECT_EQ(t.state.end, "escalated");
}

TEST(Engine, ARequiredValueIsKeptAsWrittenAfterThreeRefusals) {
  Talk t = tea_at_name();
  t.say("why?").say("what for?").say("who wants to know?");
  EXPECT_EQ(t.state.slots.at("contact_name"), "who wants to know?");
  EXPECT_EQ(t.state.slots.at("contact_name_unverified"), "yes");
  EXPECT_EQ(t.last<Prompt>()->slot, "serial");
}

TEST(Engine, AnOptionalValueIsLeftOutWhenUnknownOrRefusedThrice) {
  Talk t = tea_at_name();
  t.say("Ana").say("I don't know");
  EXPECT_FALSE(t.state.slots.contains("serial"));
  EXPECT_THAT(t.text(), HasSubstr("go on without"));
  ASSERT_NE(t.last<FetchArticle>(), nullptr);
  Talk u = tea_at_name();
  u.say("Ana").say("1").say("2").say("3");
  EXPECT_FALSE(u.state.slots.contains("serial"));
  ASSERT_NE(u.last<FetchArticle>(), nullptr);
  // Once given up, the handover does not ask for it again.
  u.articles({}).say("agent");
  EXPECT_THAT(u.state.skipped, testing::ElementsAre("serial"));
}

TEST(Engine, BackReturnsToThePreviousQuestionAndUndoesItsAnswer) {
  Talk t = tea_at_name();
  t.say("Ana").say("back");
  EXPECT_EQ(t.last<Prompt>()->slot, "contact_name");
  EXPECT_FALSE(t.state.slots.contains("contact_name"));
  t.say("go back");
  EXPECT_EQ(t.text(), "Milk?\n");
  EXPECT_FALSE(t.state.slots.contains("milk"));
  EXPECT_FALSE(t.state.slots.contains("wants_milk"));
  EXPECT_TRUE(t.state.tried.empty());
  t.say("back");
  EXPECT_THAT(t.text(), HasSubstr("no earlier question"));
  EXPECT_THAT(t.text(), HasSubstr("Milk?"));
  t.say("no").say("Bo");
  EXPECT_EQ(t.state.slots.at("contact_name"), "Bo");
}

TEST(Engine, StartingOverKeepsOnlyTheContact) {
  Talk t = tea_at_name();
  t.say("Ana").say("start over");
  EXPECT_EQ(t.state.slots, (std::map<std::string, std::string>{{"contact_name", "Ana"}}));
  EXPECT_EQ(t.state.dialog, "");
  t.say("tea").say("yes");
  EXPECT_EQ(t.last<Prompt>()->slot, "serial");
}

TEST(Engine, AskingForAPersonTwiceOpensTheTicketWithoutMoreQuestions) {
  Talk t(several());
  t.say("my laptop won't turn on").say("I want to talk to a human");
  EXPECT_EQ(t.state.dialog, "handover");
  EXPECT_EQ(t.last<OpenTicket>(), nullptr);
  t.say("agent!!");
  ASSERT_NE(t.last<OpenTicket>(), nullptr);
  EXPECT_EQ(t.last<OpenTicket>()->priority, "P3");
}

TEST(Engine, TheFirstMessageFillsWhatItNames) {
  Talk t(several());
  t.say("My laptop won't turn on. SN: PF1ABCD2. Mail me at ana@example.com");
  EXPECT_EQ(t.state.slots.at("serial"), "PF1ABCD2");
  EXPECT_EQ(t.state.slots.at("contact"), "ana@example.com");
  t.say("agent").say("Ana").say("XPS 13");
  EXPECT_NE(t.last<OpenTicket>(), nullptr) << t.text();
}

TEST(Engine, TheLanguageFollowsTheCustomerButNotANameOrANumber) {
  Talk t = tea();
  t.say("I want tea").say("yes").say("王小明");
  EXPECT_EQ(t.state.language, "en");
  t.say("我不知道序列号在哪里啊");
  EXPECT_EQ(t.state.language, "en");  // asked for a serial number: words about it are no sign
  Talk u = tea();
  u.say("I want tea").say("我听不懂英文，请说中文");
  EXPECT_EQ(u.state.language, "zh");
  EXPECT_THAT(u.text(), HasSubstr("抱歉"));
  Talk v = tea();
  v.on(Said{"XPS13", "", "zh", 0});
  EXPECT_EQ(v.state.language, "zh");
}

TEST(Engine, TheEntryScriptOfAChannelComesFirst) {
  Talk t(several());
  t.on(Said{"My printer is broken", "", "en", 0}, "email");
  EXPECT_EQ(t.state.dialog, "email");
  t.articles({{"printer-offline", "Printer offline", "Switch it on.", 0.8}});
  EXPECT_EQ(std::get<Prompt>(t.effects.at(0)).article, "printer-offline");
  ASSERT_NE(t.last<OpenTicket>(), nullptr);
  EXPECT_EQ(t.state.end, "escalated");
}

TEST(Engine, AnArticleIsNotShownTwiceBySearch) {
  Talk t(several());
  t.say("the lid hinge squeaks").articles({{"hinge", "Hinge", "Oil it.", 0.8}}).say("no");
  t.state.dialog = "fallback";
  t.state.step = "search";
  t.articles({{"hinge", "Hinge", "Oil it.", 0.8}, {"lid", "Lid", "Close it.", 0.5}});
  EXPECT_EQ(std::get<Prompt>(t.effects.at(0)).article, "lid");
}

TEST(Engine, AfterTheEndThanksAreReturnedAndANewProblemStartsFresh) {
  Talk t(several());
  t.say("the lid hinge squeaks").articles({{"hinge", "Hinge", "Oil it.", 0.8}}).say("that helped");
  EXPECT_EQ(t.state.end, "resolved");
  EXPECT_NE(t.last<Resolved>(), nullptr);
  t.say("thank you so much!");
  EXPECT_THAT(t.text(), HasSubstr("welcome"));
  EXPECT_EQ(t.state.end, "resolved");
  t.say("my printer won't print");
  EXPECT_EQ(t.state.end, "");
  EXPECT_EQ(t.state.dialog, "printer");
  EXPECT_TRUE(t.state.tried.empty());
}

TEST(Engine, AfterTheEndStillBrokenGoesToAPersonWithAllThatIsKnown) {
  Talk t(several());
  t.say("the lid hinge squeaks")
      .articles({{"hinge", "Hinge", "Oil it.", 0.8}})
      .say("that helped")
      .say("sorry, it still doesn't work");
  EXPECT_EQ(t.state.dialog, "handover");
  EXPECT_EQ(t.state.slots.at("symptom"), "the lid hinge squeaks");
  EXPECT_FALSE(t.state.tried.empty());
}

TEST(Engine, AnEditedScriptGoesOnWhereItsStepStillExists) {
  Talk t = tea_at_name();
  t.publish(scripts({{"tea.yaml", std::string(kTea) + "# edited\n"}, desk_handover()}));
  t.say("Ana");
  EXPECT_EQ(t.state.slots.at("contact_name"), "Ana");
  EXPECT_TRUE(t.traced("version"));
}

TEST(Engine, AnEditedScriptWithoutTheStepBeginsAgainPolitely) {
  Talk t = tea_at_name();
  std::string edited = kTea;
  for (const char* s : {"next: name, set", "next: name }", "  name:\n"})
    edited.replace(edited.find(s), std::string(s).size(), std::string(s).replace(std::string(s).find("name"), 4, "who"));
  t.publish(scripts({{"tea.yaml", edited}, desk_handover()}));
  t.say("Ana");
  EXPECT_THAT(t.text(), HasSubstr("improved these steps"));
  EXPECT_THAT(t.text(), HasSubstr("Milk?"));
  t.publish(scripts({desk_handover()}));
  t.say("yes");
  EXPECT_EQ(t.state.dialog, "handover");
}

TEST(Engine, AnEndlessScriptIsStoppedByTheGuard) {
  Talk t(scripts({{"loop.yaml",
                   "dialog: loop\ntitle: {en: L}\ntriggers: {phrases: {en: [loop]}}\nsteps:\n  a: {say: {en: x}, next: b}\n  b: "
                   "{goto: a}\n"}}));
  t.say("loop");
  EXPECT_TRUE(t.traced("guard"));
  EXPECT_NE(t.last<OpenTicket>(), nullptr);
  // The same over searches that never find anything: the gateway answers each in the same turn.
  Talk s(scripts({{"loop.yaml",
                   "dialog: loop\ntitle: {en: L}\ntriggers: {phrases: {en: [loop]}}\nsteps:\n  a: {article: search, solved: b, "
                   "unsolved: a}\n  b: {resolve: {en: x}}\n"}}));
  s.say("loop");
  int rounds = 0;
  while (s.last<Search>() != nullptr && ++rounds < 1000) s.articles({});
  EXPECT_LT(rounds, 100);
  EXPECT_NE(s.last<OpenTicket>(), nullptr);
}

TEST(Engine, AFileWithoutWordsIsThankedForAndTheQuestionAskedAgain) {
  Talk t = tea();
  t.say("tea").on(Said{"", "", "", 1});
  EXPECT_THAT(t.text(), HasSubstr("file"));
  EXPECT_THAT(t.text(), HasSubstr("Milk?"));
  EXPECT_EQ(t.state.misunderstood, 0);
}

TEST(Engine, RivalsAreOfferedInsteadOfGuessed) {
  Talk t(several());
  t.say("no internet and the printer won't print");
  ASSERT_EQ(t.state.dialog, "") << t.text();
  EXPECT_THAT(t.text(), HasSubstr("Which of these"));
  t.press("dialog:printer");
  EXPECT_EQ(t.state.dialog, "printer");
  EXPECT_EQ(t.state.symptom, "no internet and the printer won't print");
}

TEST(Engine, AStaleButtonAndUnexpectedEventsDoNoHarm) {
  Talk t = tea();
  t.articles({{"x", "X", "x", 1}});
  EXPECT_TRUE(t.effects.empty());
  t.say("tea").press("dialog:gone");
  EXPECT_EQ(t.state.step, "milk");
  EXPECT_EQ(t.last<Prompt>()->choices.size(), 2U);
}

TEST(State, OnlyObjectsWithTheRightTypesAreStates) {
  EXPECT_EQ(State::from_json("nonsense"), std::nullopt);
  EXPECT_EQ(State::from_json("[]"), std::nullopt);
  EXPECT_EQ(State::from_json(R"({"step":5})"), std::nullopt);
  EXPECT_EQ(State::from_json(R"({"history":{}})"), std::nullopt);
  EXPECT_EQ(State::from_json("{}"), State{});
  EXPECT_EQ(State::from_json(R"({"later":"field"})"), State{});
}

TEST(Fill, VariablesAreReplacedOnceAndUnknownOnesVanish) {
  EXPECT_EQ(fill("a {{x}} {{ y }}{{z}} {{", {{"x", "{{y}}"}, {"y", "2"}}), "a {{y}} 2 {{");
}

}  // namespace
}  // namespace usher::dialogs
