#include "connectors/email/answering.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/email/email_channel.h"
#include "connectors/email/html_body.h"
#include "tests/connectors/email/fixtures.h"

namespace usher::connectors::email {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(TopicOf, AnAnswerToAnAnswerIsOnTheSameTopic) {
  const auto topic = topic_of("My printer is broken");
  for (const auto* same : {"Re: My printer is broken", "RE: Aw: my  printer is broken [#4711]", "回复：My printer is broken",
                           "Auto: My printer is broken", "Re[2]: My printer is broken [#P-1] [rt #22]"})
    EXPECT_EQ(topic_of(same), topic) << same;
  EXPECT_NE(topic_of("My screen is broken"), topic);
  EXPECT_NE(topic_of("打印机坏了"), topic_of("屏幕坏了"));
  EXPECT_EQ(topic_of("Re: [#1]"), topic_of(""));
  EXPECT_EQ(topic_of("Your request 4711 was received"), topic_of("Your request T-4712 was received"));
  EXPECT_EQ(topic_of("Ref"), "ref") << "no prefix without its colon";
}

TEST(RepeatedForm, NumbersMakeNoDifferenceAndShortTextsAreNotCompared) {
  EXPECT_EQ(repeated_form("2"), "");
  const std::string first = "Thank you for contacting us. Your request 4711 was received.";
  EXPECT_EQ(repeated_form(first), repeated_form("Thank you for contacting us.  Your request 98123 was received."));
  EXPECT_NE(repeated_form(first), repeated_form("I have tried all of that, and the lamp still blinks red."));
}

TEST(LooksOf, OnlyAProvenReplyCanBeAPersons) {
  Inbound m;
  m.subject = "Printer";
  m.text = "It prints blank pages since Monday, whatever I try with it.";
  EXPECT_EQ(looks_of(m, false), Looks::kMail);
  m.subject = "Re: Printer";
  EXPECT_EQ(looks_of(m, false), Looks::kAnswer);
  m.subject = "Printer [#12]";
  EXPECT_EQ(looks_of(m, false), Looks::kAnswer);
  m.thread_keys = m.proven_keys = {"mid:<a@b>"};
  EXPECT_EQ(looks_of(m, true), Looks::kDoubtful);
  EXPECT_EQ(looks_of(m, false), Looks::kAnswer) << "proven, but not decided to be one";
  m.facts = {{"quoted_bytes", "120"}};
  EXPECT_EQ(looks_of(m, true), Looks::kPerson);
  m.facts.clear();
  m.text = "2";
  EXPECT_EQ(looks_of(m, true), Looks::kPerson);
}

TEST(HtmlMail, TextBecomesSafeHtmlWithLinksAndNothingElse) {
  const auto html = html_mail(
      "Hello <b>\"x\"</b>\nsecond & line\n\n1. One\n2. Two (see https://a.example/x?y=1&z=2).\njavascript:alert(1)", "zh");
  EXPECT_THAT(html, HasSubstr("<html lang=\"zh\">"));
  EXPECT_THAT(html, HasSubstr("Hello &lt;b&gt;&quot;x&quot;&lt;/b&gt;<br>\nsecond &amp; line</p>"));
  EXPECT_THAT(
      html,
      HasSubstr("<a href=\"https://a.example/x?y=1&amp;z=2\" style=\"color:#0b57d0\">https://a.example/x?y=1&amp;z=2</a>)."));
  EXPECT_THAT(html, HasSubstr("1. One<br>\n2. Two"));
  for (const auto* bad : {"<script", "<img", "src=", "href=\"javascript", "<b>", "url("})
    EXPECT_THAT(html, Not(HasSubstr(bad))) << bad;
  EXPECT_THAT(html_mail("https://a.example/\"onmouseover=\"x", "en"), Not(HasSubstr("\"onmouseover")));
}

Outbound answer() {
  Outbound out;
  out.id = "0190aaaa-0000-7000-8000-000000000001";
  out.recipient = "ana@example.org";
  out.language = "en";
  out.text = "Which device is it?\n\n1. Laptop\n2. Phone";
  out.subject = "Laptop";
  out.reference = "4711";
  out.in_reply_to = "<a1@example.org>";
  return out;
}

TEST(BuildMail, EveryAnswerHasATextAndAnHtmlPart) {
  auto built = build_mail(answer(), test_settings(), Timestamp{});
  ASSERT_TRUE(built);
  EXPECT_THAT(built->bytes, HasSubstr("Content-Type: multipart/alternative"));
  EXPECT_THAT(built->bytes, HasSubstr("Content-Type: text/html; charset=utf-8"));
  EXPECT_THAT(built->bytes, HasSubstr("Precedence: auto_reply\r\n"));
  auto mail = parse_mail(built->bytes);
  EXPECT_THAT(mail.text, HasSubstr("1. Laptop\n2. Phone"));
  ASSERT_EQ(mail.html_parts.size(), 1u);
  EXPECT_THAT(mail.html_parts[0], HasSubstr("1. Laptop<br>"));
  EXPECT_EQ(judge(mail, envelope_from("x@gw.example"), test_settings()).may_answer, false);
}

// MAIL-07: the gateway leaves subject and name out for a sender who is not verified.
TEST(BuildMail, WithoutASubjectOfTheirsItHasAFixedOne) {
  auto out = answer();
  out.subject.clear();
  auto subject_in = [&](const std::string& language) {
    out.language = language;
    return parse_mail(build_mail(out, test_settings(), Timestamp{})->bytes).subject;
  };
  EXPECT_EQ(subject_in("en"), "Your message to Support, GW [#4711]");
  EXPECT_EQ(subject_in("zh"), "您的来信（Support, GW） [#4711]");
}

}  // namespace
}  // namespace usher::connectors::email
