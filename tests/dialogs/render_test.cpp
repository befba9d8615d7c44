#include "dialogs/render.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace usher::dialogs {
namespace {

Prompt prompt() {
  return {"Is it on?", {{"yes", "Yes"}, {"no", "No"}}, "", ""};
}

TEST(Render, ButtonsStayButtonsWhereTheyFit) {
  const Rendered r = render(prompt(), {.buttons = true, .max_buttons = 2}, "en");
  EXPECT_EQ(r.text, "Is it on?");
  ASSERT_EQ(r.choices.size(), 2U);
  EXPECT_EQ(r.choices[1].id, "no");
}

TEST(Render, WithoutButtonsOrWithTooManyTheyBecomeANumberedList) {
  const std::string list = "Is it on?\n\n1. Yes\n2. No\n(Reply with a number, or in your own words.)";
  EXPECT_EQ(render(prompt(), {}, "en").text, list);
  EXPECT_TRUE(render(prompt(), {}, "en").choices.empty());
  EXPECT_EQ(render(prompt(), {.buttons = true, .max_buttons = 1}, "en").text, list);
  EXPECT_TRUE(render(prompt(), {}, "zh").text.contains("请回复数字"));
}

TEST(Render, ALimitCutsTheQuestionBeforeTheList) {
  Prompt p = prompt();
  p.text = std::string(500, 'x');
  const Rendered r = render(p, {.max_text = 120}, "en");
  EXPECT_LE(text::length(r.text), 120U);
  EXPECT_TRUE(r.text.contains("2. No"));
  EXPECT_TRUE(r.text.contains("…"));
}

TEST(Render, TextWithoutChoicesIsOnlyCut) {
  EXPECT_EQ(render({"你好世界", {}, "", ""}, {.max_text = 3}, "zh").text, "你好…");
  EXPECT_EQ(render({"hello", {}, "", ""}, {}, "en").text, "hello");
}

TEST(Render, AListLongerThanTheLimitIsCutAndNeverLonger) {
  Prompt p = prompt();
  p.choices[0].label = std::string(400, 'y');
  EXPECT_LE(text::length(render(p, {.max_text = 50}, "en").text), 50U);
}

}  // namespace
}  // namespace usher::dialogs
