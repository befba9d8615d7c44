// Delivery reports in the words of many mail servers, automatic replies by their subject, and mails of people that look a little
// like either. All written for this test.
#include <array>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/email/verdict.h"
#include "tests/connectors/email/fixtures.h"

namespace usher::connectors::email {
namespace {

using Kind = Inbound::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kGone = "gone@customer.example";

Verdict judge_report(const std::string& header, const std::string& body, const std::string& from = "") {
  return judge(parse_mail("To: support@gw.example\r\n" + header + "\r\n" + body), envelope_from(from), test_settings());
}
Verdict judge_status(const std::string& groups) {
  return judge_report(
      "From: MAILER-DAEMON@mx.example\r\nSubject: Delivery report\r\nContent-Type: multipart/report; "
      "report-type=delivery-status; boundary=b\r\n",
      "--b\r\n\r\nWords for people.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; "
      "mx.example\r\n\r\n" +
          groups + "\r\n--b--\r\n");
}

TEST(ReportHabits, AFailureIsReadInTheSubjectsOfManyLanguages) {
  for (const std::string subject : {"Unzustellbar: x", "Non remis : x", "No se puede entregar: x", "Non recapitabile: x",
                                    "Onbestelbaar: x", "Não foi possível entregar: x", "Не удается доставить: x",
                                    "Недоставленное сообщение", "配信不能: x", "未送达: x", "来自qq.com的退信", "系统退信"}) {
    const auto verdict = judge_report("From: Postmaster <postmaster@mx.example>\r\nSubject: " + subject + "\r\n",
                                      std::string("收件人：") + kGone + "\r\n550 5.1.1\r\n");
    EXPECT_EQ(verdict.kind, Kind::kBounce) << subject;
    EXPECT_THAT(verdict.bounce.permanent, ElementsAre(kGone)) << subject;
  }
}

TEST(ReportHabits, ADelayIsNoFailure) {
  const auto verdict =
      judge_report("From: Mail Delivery Subsystem <mailer-daemon@mx.example>\r\nSubject: Delivery incomplete\r\n",
                   std::string("There was a temporary problem while delivering your message to ") + kGone +
                       ". We will retry for 46 more hours.\r\n");
  EXPECT_EQ(verdict.kind, Kind::kBounce);
  EXPECT_THAT(verdict.bounce.temporary, ElementsAre(kGone));
  EXPECT_THAT(verdict.bounce.permanent, IsEmpty());
}

TEST(ReportHabits, AReportOfSuccessFailsNobody) {
  for (const std::string action : {"delivered", "relayed", "Expanded (to a list)"}) {
    const auto verdict =
        judge_status("Final-Recipient: rfc822; " + std::string(kGone) + "\r\nAction: " + action + "\r\nStatus: 2.0.0\r\n");
    EXPECT_EQ(verdict.kind, Kind::kAutomatic) << action;
    EXPECT_THAT(verdict.bounce.permanent, IsEmpty()) << action;
  }
  const auto mixed = judge_status(
      "Final-Recipient: rfc822; here@customer.example\r\nAction: delivered\r\nStatus: 2.0.0\r\n\r\nFinal-Recipient: rfc822; " +
      std::string(kGone) + "\r\nAction: failed\r\nStatus: 5.1.1\r\n");
  EXPECT_EQ(mixed.kind, Kind::kBounce);
  EXPECT_THAT(mixed.bounce.permanent, ElementsAre(kGone));
}

TEST(ReportHabits, WithoutAnActionTheStatusTells) {
  EXPECT_THAT(judge_status("Final-Recipient: rfc822; gone@customer.example\r\nStatus: 5.1.1\r\n").bounce.permanent,
              ElementsAre(kGone));
  EXPECT_THAT(judge_status("Final-Recipient: rfc822; gone@customer.example\r\nStatus: 4.2.2\r\n").bounce.temporary,
              ElementsAre(kGone));
}

TEST(ReportHabits, TheStatusIsReadFromProseToo) {
  const auto status = [](const std::string& words) {
    return judge_report("From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered mail\r\n",
                        "Not delivered to " + std::string(kGone) + ":\r\n" + words + "\r\n")
        .bounce.status;
  };
  EXPECT_EQ(status("550 5.1.1 no such user"), "5.1.1");
  EXPECT_EQ(status("550-5.7.26 the domain's policy\r\n550 5.7.26 see there"), "5.7.26");
  EXPECT_EQ(status("Permanent failure (#5.1.10)"), "5.1.10");
  EXPECT_EQ(status("Status: 4.4.7"), "4.4.7");
  EXPECT_EQ(status("<gw.example #5.0.0 smtp; 550 refused>"), "5.0.0");
  for (const std::string words :
       {"550 no such user", "Internet Mail Service (5.5.2653.19)", "host 5.1.1.4 said no", "550 5.1.1.9", "mailer 5.1.2 gave up",
        "1550 5.1.1", "450 5.1.1", "550 5.1", "#5.1.", "550 5..1"})
    EXPECT_EQ(status(words), "") << words;
}

TEST(ReportHabits, AnAddressAgainstTheGrammarHasFailedToo) {
  const auto failed = [](const std::string& address) {
    return judge_status("Final-Recipient: rfc822; " + address + "\r\nAction: failed\r\nStatus: 5.1.1\r\n").bounce.permanent;
  };
  EXPECT_THAT(failed("<yui..k.@docomo.example>"), ElementsAre("yui..k.@docomo.example"));
  EXPECT_THAT(failed("yui...@docomo.example"), IsEmpty()) << "the rest of it is hidden";
}

TEST(ReportHabits, ASentenceFromNobodyIsAReport) {
  const auto verdict =
      judge_report("From: <>\r\n", std::string("You wrote to ") + kGone + ". That is not a valid user here.\r\n");
  EXPECT_EQ(verdict.kind, Kind::kBounce);
  EXPECT_THAT(verdict.bounce.permanent, ElementsAre(kGone));
  EXPECT_EQ(judge_report("From: Ana <ana@customer.example>\r\n", "I am on holiday.\r\n").kind, Kind::kAutomatic);
}

TEST(ReportHabits, AUserWithoutADomainIsOneOfTheReportingServer) {
  const auto verdict = judge_report(
      "From: Mail Delivery <MAILER-DAEMON@mx.example>\r\nSubject: Mail Delivery Problem\r\n",
      "Mail to the following recipients could not be delivered: they accept none from news@gw.example:\r\n\tgone.user\r\n");
  EXPECT_THAT(verdict.bounce.permanent, ElementsAre("gone.user@mx.example"));
}

// MAIL-04: nothing a person writes may be lost because it sounds like a report.
TEST(ReportHabits, APersonWhoWritesAboutADeliveryIsAPerson) {
  for (const auto& [subject, body] : std::initializer_list<std::pair<std::string, std::string>>{
           {"Delivery failed", "Hello, my parcel 4711 could not be delivered to my address. Please send it again."},
           {"Undelivered parcel", "The following address is right: Main Street 5."},
           {"Zustellung fehlgeschlagen", "Mein Paket wurde nicht zugestellt."},
           {"Undeliverable mail problem", "My mails to max@other.example come back since Monday: user unknown."},
           {"Returned mail?", "Did you get my letter? It was returned. Mailbox is full, says bob@other.example"},
           {"user unknown in our domain", "Since your update our users get a 550 error."}}) {
    const auto verdict =
        judge_report("From: Ana <ana@customer.example>\r\nSubject: " + subject + "\r\n", body + "\r\n", "ana@customer.example");
    EXPECT_EQ(verdict.kind, Kind::kMessage) << subject;
    EXPECT_TRUE(verdict.may_answer) << subject;
  }
  const auto robot =
      judge_report("From: smtp-gateway@mx.example\r\nSubject: Mail delivery failed\r\n",
                   std::string("Your mail could not be delivered to ") + kGone + "\r\n", "smtp-gateway@mx.example");
  EXPECT_EQ(robot.kind, Kind::kBounce) << "the same words from a mail server";
}

Kind kind_of_subject(const std::string& subject) {
  return judge_report("From: Ana <ana@customer.example>\r\nSubject: " + subject + "\r\n", "text\r\n", "ana@customer.example")
      .kind;
}

TEST(AutomaticSubjects, AreKnownInManyLanguages) {
  for (const std::string subject : {"Abwesend: bis Montag",
                                    "Abwesenheitsnotiz",
                                    "Réponse automatique : absent",
                                    "Absence du bureau : Ana",
                                    "Fuera de la oficina: Ana",
                                    "Risposta automatica: ferie",
                                    "Fuori ufficio: Ana",
                                    "Resposta automática: férias",
                                    "Automatisch antwoord: vakantie",
                                    "Afwezigheidsbericht: Ana",
                                    "Automatyczna odpowiedź: urlop",
                                    "Autosvar: semester",
                                    "Automatiskt svar: semester",
                                    "Automaattinen vastaus: loma",
                                    "Otomatik yanıt: izin",
                                    "Автоматический ответ: отпуск",
                                    "自動応答: 不在",
                                    "不在のお知らせ",
                                    "자동 회신: 휴가",
                                    "Automatická odpověď: x",
                                    "自动答复: 休假",
                                    "自動回覆：休假",
                                    "Out of Office AutoReply: x",
                                    "Out of office Re: x",
                                    "[Auto-Reply] x",
                                    "AUTO: Ana is away",
                                    "I am out of the office"}) {
    EXPECT_EQ(kind_of_subject(subject), Kind::kAutomatic) << subject;
  }
}

TEST(AutomaticSubjects, WordsThatBeginLikeThemAreThoseOfPeople) {
  for (const std::string subject :
       {"Auto insurance", "Automatic door does not close", "Out of toner", "Out of office chairs", "Vacation rental: broken lock",
        "Abwesenheitsnotizen einrichten", "不在籍証明について", "Your automatic reply was wrong", "Autoreply does not work"}) {
    EXPECT_EQ(kind_of_subject(subject), Kind::kMessage) << subject;
  }
}

}  // namespace
}  // namespace usher::connectors::email
