// Slots with more than a pattern: read back, catalogue, range, photo; several answers in one message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dialogs/every_kind.h"

namespace usher::dialogs {
namespace {

using testing::HasSubstr;

Talk asking(const std::string& slot, const std::string& declaration, std::vector<Source> more = {}) {
  more.push_back(
      {"t.yaml", "dialog: t\ntitle: { en: T }\ntriggers: { phrases: { en: [begin] } }\nslots:\n  " + slot + ": { " + declaration +
                     ", label: { en: The thing, zh: 那个 }, ask: { en: \"Tell me.\", zh: \"请说。\" } }\n" +
                     "steps:\n  a: { ask: " + slot + ", next: b }\n  b: { say: { en: \"Got {{" + slot +
                     "}}.\" }, next: name }\n" + "  name: { ask: contact_name, next: c }\n  c: { resolve: { en: x } }\n"});
  Talk t(desk(std::move(more)));
  t.say("begin");
  return t;
}
Talk model(const char* open) {
  return asking("thing", std::string("type: model, catalogue: things, open: ") + open, {{"things.csv", kThings}});
}

TEST(Confirm, AValueIsReadBackAndTakenOnYes) {
  Talk t = asking("code", "type: serial, confirm: true");
  t.say("AB123456");
  EXPECT_THAT(t.text(), HasSubstr("AB123456"));
  EXPECT_EQ(t.offered(), "yes no");
  EXPECT_EQ(t.slot("code"), "");
  t.say("yes, that's right");
  EXPECT_EQ(t.slot("code"), "AB123456");
  EXPECT_EQ(t.state.to_confirm, "");
}

TEST(Confirm, NoAsksAgainAndAnotherValueIsTaken) {
  Talk t = asking("code", "type: serial, confirm: true");
  t.say("AB123456").say("no");
  EXPECT_THAT(t.text(), HasSubstr("Tell me."));
  EXPECT_EQ(t.state.to_confirm, "");
  t.say("AB123457").say("no, it is AB123458");
  EXPECT_EQ(t.slot("code"), "AB123458");
  EXPECT_THAT(t.text(), HasSubstr("Got AB123458."));
}

TEST(Confirm, WhoeverAnswersNonsenseIsNotTrapped) {
  Talk t = asking("code", "type: serial, confirm: true");
  t.say("AB123456").say("purple").say("elephants").say("dance");
  EXPECT_EQ(t.slot("code"), "AB123456");
  EXPECT_EQ(t.slot("code_unverified"), "yes");
}

TEST(Confirm, WhatIsTakenBackAgainAndAgainIsMarkedAsNotSure) {
  Talk t = asking("code", "type: serial, confirm: true");
  for (const char* code : {"AB123456", "AB123457", "AB123458"}) t.say(code).say("no");
  EXPECT_EQ(t.slot("code"), "AB123458");
  EXPECT_EQ(t.slot("code_unverified"), "yes");
  Talk optional = asking("code", "type: serial, confirm: true, required: false");
  for (const char* code : {"AB123456", "AB123457", "AB123458"}) optional.say(code).say("no");
  EXPECT_EQ(optional.slot("code"), "");
  EXPECT_EQ(optional.state.step, "name");
}

TEST(CatalogueSlot, AnAliasIsTakenForItsValueWithAllThatIsKnownOfIt) {
  Talk t = model("true");
  t.say("tp x1");
  EXPECT_EQ(t.slot("thing"), "ThinkPad X1");
  EXPECT_EQ(t.slot("brand"), "Lenovo");
}

TEST(CatalogueSlot, ANearMissIsAskedAbout) {
  Talk t = model("true");
  t.say("MacBok Air");
  EXPECT_THAT(t.text(), HasSubstr("MacBook Air"));
  EXPECT_EQ(t.offered(), "yes no");
  Talk no = t;
  t.say("yes");
  EXPECT_EQ(t.slot("thing"), "MacBook Air");
  EXPECT_EQ(t.slot("brand"), "Apple");
  no.say("no");
  EXPECT_EQ(no.slot("thing"), "MacBok Air");  // an open catalogue keeps what was written
  Talk closed = model("false");
  closed.say("MacBok Air").press("no");
  EXPECT_EQ(closed.slot("thing"), "");
  EXPECT_THAT(closed.text(), HasSubstr("Tell me."));
}

TEST(CatalogueSlot, UnknownValuesAreKeptByAnOpenOneAndRefusedByAClosedOne) {
  Talk t = model("true");
  t.say("Quux 9000");
  EXPECT_EQ(t.slot("thing"), "Quux 9000");
  Talk closed = model("false");
  closed.say("Quux 9000");
  EXPECT_THAT(closed.text(), HasSubstr("Quux 9000"));
  EXPECT_EQ(closed.slot("thing"), "");
  EXPECT_FALSE(closed.taken.ok);
}

TEST(RangeOfANumber, IsSaidInTheLanguageOfTheCustomer) {
  Talk t = asking("count", "type: number, min: 1, max: 20");
  t.say("21");
  EXPECT_THAT(t.text(), HasSubstr("20"));
  EXPECT_EQ(t.slot("count"), "");
  t.state.language = "zh";
  t.say("0");
  EXPECT_THAT(t.text(), HasSubstr("20"));
  EXPECT_THAT(t.text(), testing::AnyOf(HasSubstr("之间"), HasSubstr("到")));
  t.say("20");
  EXPECT_EQ(t.slot("count"), "20");
}

TEST(PhotoSlot, IsFilledByAnAttachmentAndLeftOutWhenThereIsNone) {
  Talk t = asking("photo", "type: photo, required: false");
  t.send_photo();
  EXPECT_EQ(t.slot("photo"), "1");
  EXPECT_EQ(t.state.step, "name");
  Talk u = asking("photo", "type: photo, required: false");
  u.say("I can't do that");
  EXPECT_EQ(u.slot("photo"), "");
  EXPECT_EQ(u.state.step, "name");
  Talk w = asking("photo", "type: photo");
  w.say("here you are").say("look");
  EXPECT_THAT(w.text(), HasSubstr("photo"));
  EXPECT_EQ(w.state.step, "a");
  w.say("well");
  EXPECT_EQ(w.state.step, "name");  // nobody is trapped
}

TEST(PhotoSlot, APhotoThatCameEarlierIsNotAskedFor) {
  Talk t(every_kind());
  t.say("everything is broken").send_photo();
  EXPECT_THAT(t.text(), HasSubstr("file"));
  EXPECT_EQ(t.slot("photo"), "1");
  EXPECT_EQ(t.state.step, "safety");
  Talk first(every_kind());
  first.send_photo("everything is broken");
  EXPECT_EQ(first.slot("photo"), "1");
}

TEST(SeveralAnswers, OneMessageFillsWhatItNamesAndNeverOverwrites) {
  Talk t(desk({{"t.yaml", R"(dialog: t
title: { en: T }
triggers: { phrases: { en: [begin] } }
steps:
  q:
    choose: { en: "Is it on?" }
    options: [ { id: yes, label: { en: "Yes" }, next: model }, { id: no, label: { en: "No" }, next: model } ]
  model: { ask: product_model, next: serial }
  serial: { ask: serial, next: contact }
  contact: { ask: contact, next: name }
  name: { ask: contact_name, next: end }
  end: { resolve: { en: x } }
)"}}));
  t.say("begin").say("yes, and my mail is ana@example.com");
  EXPECT_EQ(t.slot("contact"), "ana@example.com");
  EXPECT_TRUE(t.traced("prefill"));
  t.say("XPS 13, sn: PF1ABCD2, mail other@example.com");
  EXPECT_EQ(t.slot("serial"), "PF1ABCD2");
  EXPECT_EQ(t.slot("contact"), "ana@example.com");
  EXPECT_EQ(t.state.step, "name");
}

}  // namespace
}  // namespace usher::dialogs
