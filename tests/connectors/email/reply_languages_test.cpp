// How mail programs introduce what they quote and where they say what they were sent from, in the languages that
// reply_styles_test leaves out, and the ways people write around a quotation. All written for this test; "GW" is us.
#include <array>
#include <string>

#include <gtest/gtest.h>

#include "connectors/email/html_text.h"
#include "connectors/email/reply_text.h"

namespace usher::connectors::email {
namespace {

constexpr std::string_view kAnswer = "It works now.";

TEST(ReplyLanguages, AnIntroductionInAnyOfThemEndsTheAnswer) {
  for (const std::string_view introduction : {
           "Le ven. 20 nov. 2026 à 11:02, GW Support <support@gw.example>\na écrit :",
           "Am Fr., 20. Nov. 2026 um 11:02 Uhr schrieb GW Support <\nsupport@gw.example>:",
           "20. Nov. 2026, 11:02 von support@gw.example:",
           "Nov 20, 2026, 11:02 by support@gw.example:",
           "في ٢٠/١١/٢٠٢٦ الساعة ١١:٠٢ ص، كتب/كتبت GW Support <support@gw.example>:",
           "بتاريخ ۲۰ نوفمبر ۲۰۲۶، ۱۱:۰۲، كتب GW Support:",
           "20 nov. 2026 kl. 11:02 skrev GW Support <support@gw.example>:",
           "fre. 20. nov. 2026 kl. 11.02 skrev GW Support <support@gw.example>:",
           "Den fre. 20. nov. 2026\nkl. 11.02 skrev GW Support <support@gw.example>:",
           "pe 20. marrask. 2026 klo 11.02 GW Support (support@gw.example) kirjoitti:",
           "pe 20. marraskuuta 2026 klo 11.02 GW Support\n<support@gw.example> kirjoitti:",
           "W dniu 20.11.2026 o 11:02, GW Support pisze:",
           "pt., 20 lis 2026 o 11:02 GW Support <support@gw.example> napisał(a):",
           "pá 20. 11. 2026 v 11:02 odesílatel GW Support <support@gw.example>\nnapsal:",
           "GW Support <support@gw.example> ezt írta (időpont: 2026. nov. 20., P,\n11:02):",
           "În vin., 20 nov. 2026 la 11:02, GW Support <support@gw.example> a scris:",
           "Missatge de GW Support <support@gw.example> del dia dv., 20 de nov. 2026 a les 11:02:",
           "GW Support <support@gw.example>, 20 Kas 2026 Cum, 11:02 tarihinde şunu\nyazdı:",
           "Στις Παρ 20 Νοε 2026 στις 11:02 π.μ., ο χρήστης GW Support <\nsupport@gw.example> έγραψε:",
           "пт, 20 лист. 2026 р. о 11:02 GW Support <support@gw.example> пише:",
           "\u202bבתאריך יום ו׳, 20 בנוב׳ 2026 ב-11:02 מאת \u202aGW\u202c\u200f <\u202asupport@gw.example\u202c\u200f>:\u202c",
           "Vào Th 6, 20 thg 11, 2026 vào lúc 11:02 GW Support <\nsupport@gw.example> đã viết:",
           "Pada tanggal Jum, 20 Nov 2026 pukul 11.02 GW Support <\nsupport@gw.example> menulis:",
           "2026년 11월 20일 (금) 오전 11:02, GW Support <support@gw.example>님이 작성:",
           "2026年11月20日(金) 11:02 GW Support <support@gw.example>:",
           ">>> GW Support <support@gw.example> 20.11.2026 11:02 >>>",
           "On Fri, 20 Nov 2026 11:02:00 +0100 GW Support <support@gw.example> wrote",
       }) {
    SCOPED_TRACE(introduction);
    EXPECT_EQ(split_reply(std::string(kAnswer) + "\n\n" + std::string(introduction) + "\n\n> Restart it\n").reply, kAnswer);
    const auto unmarked = split_reply(std::string(kAnswer) + "\n\n" + std::string(introduction) + "\n\nRestart it\nplease\n");
    EXPECT_EQ(unmarked.reply, kAnswer) << "without the marks of a quotation";
    EXPECT_NE(unmarked.quoted.find("Restart it"), std::string::npos);
  }
}

TEST(ReplyLanguages, ABlockOfLabelsInAnyOfThemEndsTheAnswer) {
  for (const std::string_view block : {
           "Lähettäjä: GW\nLähetetty: perjantai 20. marraskuuta 2026 11.02\nVastaanottaja: Ana\nAihe: VS: Tulostin",
           "Gönderen: GW\nGönderildi: 20 Kasım 2026 Cuma 11:02\nKime: Ana\nKonu: YNT: Yazıcı",
           "Od: GW\nOdesláno: pátek 20. listopadu 2026 11:02\nKomu: Ana\nPředmět: RE: Tiskárna",
           "Feladó: GW\nElküldve: 2026. november 20., péntek 11:02\nCímzett: Ana\nTárgy: RE: Nyomtató",
           "Από: GW\nΣτάλθηκε: Παρασκευή, 20 Νοεμβρίου 2026 11:02\nΠρος: Ana\nΘέμα: RE: x",
           "보낸 사람: GW\n보낸 날짜: 2026년 11월 20일 금요일 오전 11:02\n받는 사람: Ana\n제목: RE: x",
           "-------- Oprindelig besked --------\nFra: GW <support@gw.example>\nDato: 20.11.2026  11.02\nTil: Ana\nEmne: x",
           // QQ sends its blanks as they stand in HTML.
           "------------------&nbsp;原始邮件&nbsp;------------------\n发件人:  \"GW\" <support@gw.example&gt;;\n"
           "发送时间:&nbsp;2026年11月20日(星期五) 中午11:02\n收件人:&nbsp;\"ana\"<ana@example.org&gt;;\n主题:&nbsp;Re: x",
           "---- Replied Message ----\n| From | GW<support@gw.example> |\n| Date | 11/20/2026 11:02 |\n| Subject | x |",
           "Date: Fri, 20 Nov 2026 11:02:00 +0000 From: support@gw.example To: Ferreira, Ana Subject: Your case",
           // A ruled line of words right above a block is the program's, whatever the language.
           "------- Ny mail herunder -------\nFra: GW\nDato: 20.11.2026\nTil: Ana\nEmne: x",
       }) {
    SCOPED_TRACE(block);
    EXPECT_EQ(split_reply(std::string(kAnswer) + "\n\n" + std::string(block) + "\n\nRestart it\n").reply, kAnswer);
  }
}

TEST(ReplyLanguages, WhatItWasSentFromIsNoAnswer) {
  for (const std::string_view line : {"Von meinem/meiner Galaxy gesendet",
                                      "Lähetetty iPhonesta",
                                      "Wysłano z iPhone",
                                      "iPhone'umdan gönderildi",
                                      "Odesláno z iPhonu",
                                      "Iphone-ról küldve",
                                      "Trimis de pe iPhone-ul meu",
                                      "내 iPhone에서 보냄",
                                      "Galaxy에서 보냄",
                                      "从 Windows 版邮件发送",
                                      "发送自 Windows 10 版邮件应用",
                                      "由我的三星手机发送",
                                      "Надіслано з iPhone",
                                      "Gửi từ iPhone của tôi",
                                      "Dikirim dari iPhone saya",
                                      "Στάλθηκε από το iPhone μου",
                                      "נשלח מה-iPhone שלי",
                                      "تم الإرسال من الـ iPhone",
                                      "أُرسلت من الـ iPhone",
                                      "ارسال شده از iPhone من",
                                      "Verzonden vanuit Outlook voor iOS",
                                      "Envoyé avec mon téléphone"}) {
    SCOPED_TRACE(line);
    const auto split = split_reply(std::string(kAnswer) + "\n\n" + std::string(line) + "\n");
    EXPECT_EQ(split.reply, kAnswer);
    EXPECT_EQ(split.signature, line);
  }
  for (const std::string_view text :
       {"I bought it in 2026 and at 11:02 it broke, see this:\nE-204", "Ich habe das Bild vom iPhone gesendet",
        "手机不能发送短信", "The mail came from: bob", "We met on 20 Nov 2026 at 11:02 and you said:\nplease write",
        "On Behalf of Ana\nI write:", "It works.\n\nSent from my desk, which is so much easier than the telephone"}) {
    EXPECT_EQ(split_reply(text).reply, text) << "a sentence of the customer";
  }
}

TEST(ReplyLanguages, AnAnswerBelowAShortGreetingLosesTheQuotationBetweenThem) {
  const std::string quoted = "On Fri, 20 Nov 2026 at 11:02, GW <support@gw.example> wrote:\n> 1. Yes\n> 2. No\n";
  EXPECT_EQ(split_reply("Hello,\n\n" + quoted + "\n2\n").reply, "Hello,\n\n2");
  EXPECT_EQ(split_reply("It works.\n\n" + quoted + "\nRegards, Ana\n").reply, "It works.\n\nRegards, Ana");
  const auto split = split_reply("Hello,\n\n" + quoted + "\n2\n");
  EXPECT_NE(split.quoted.find("> 1. Yes"), std::string::npos);
}

TEST(ReplyLanguages, AnswersWithinAQuotationAreKeptWhenItGoesOnBelowThem) {
  const auto split = split_reply(
      "Hello,\nOn Fri, 20 Nov 2026 at 11:02, GW <support@gw.example> wrote:\n> Is it on?\n\nYes, since Monday.\n\n"
      "> Does it beep?\n\nThree times.\n\n> Regards\n> GW\n");
  EXPECT_NE(split.reply.find("Yes, since Monday."), std::string::npos);
  EXPECT_NE(split.reply.find("Three times."), std::string::npos);
  EXPECT_EQ(split.reply.find("> Regards"), std::string::npos);
}

TEST(ReplyLanguages, LinesThatAProgramWrappedWhileItQuotedAreNoAnswer) {
  const auto split = split_reply(
      "Done.\n\nOn Fri, 20 Nov 2026 at 11:02, GW <support@gw.example> wrote:\n"
      "> Please hold the button for ten seconds and tell us which of the three\nlamps is on.\n"
      "> The picture is here (https://gw.example/help?\npage=4)\n> GW\n");
  EXPECT_EQ(split.reply, "Done.");
}

TEST(ReplyLanguages, ARuleThatRanIntoTheLabelsBelowItIsStillARule) {
  for (const std::string_view rule :
       {"-------- Original message --------From: GW <a@b.example> Date: 20/11/2026 11:02 (GMT+01:00) To: Ana",
        "-------- Ursprüngliche Nachricht --------Von: GW  Datum: 20.11.26  11:02  (GMT+01:00) An: Ana"})
    EXPECT_EQ(split_reply(std::string(kAnswer) + "\n\n" + std::string(rule) + "\n\nRestart it\n").reply, kAnswer) << rule;
  const std::string ruled = "-------- Original message: it --------\nsays E-204: what now?";
  EXPECT_EQ(split_reply(ruled).reply, ruled);
}

TEST(ReplyLanguages, AnIntroductionOnTheLineOfTheAnswerIsCutThere) {
  EXPECT_EQ(split_reply("Thanks! On Fri, 20 Nov 2026 at 11:02, support@gw.example wrote:\n> Restart it\n").reply, "Thanks!");
  EXPECT_EQ(split_reply("yes--- On Fri, 20 Nov 2026 at 11:02, support@gw.example wrote:\n> On?\n").reply, "yes");
  EXPECT_EQ(split_reply("GW <support@gw.example> on 20 Nov 2026 at 11:02 wrote:\n> On?\n\nYes.\n").reply, "Yes.");
}

// Gmail frames the introduction, the quotations and what is written between them.
TEST(ReplyLanguages, WhatIsWrittenBetweenGmailsQuotationsIsNoQuotation) {
  const std::string frame =
      "<div dir=\"ltr\"><div class=\"gmail_quote\"><div class=\"gmail_attr\">On Fri, Nov 20, 2026 at 11:02 AM GW "
      "&lt;support@gw.example&gt; wrote:<br></div><blockquote class=\"gmail_quote\"><div>Is it on?</div></blockquote>";
  auto reply = [&](const std::string& rest) { return split_reply(html_to_text(frame + rest, 10'000).text).reply; };
  EXPECT_EQ(reply("<div>Yes.</div></div></div>"), "Yes.");
  EXPECT_EQ(
      reply("<div>Yes.</div><blockquote class=\"gmail_quote\"><div>Does it beep?</div></blockquote><div>No.</div></div></div>"),
      "> Is it on?\n\nYes.\n\n> Does it beep?\n\nNo.");
  EXPECT_EQ(split_reply(html_to_text("<div>It works.</div><div class=\"gmail_quote\">On Fri, Nov 20, 2026 at 11:02 AM GW "
                                     "&lt;support@gw.example&gt; wrote:<br><div>Restart it</div></div>",
                                     10'000)
                            .text)
                .reply,
            "It works.")
      << "a frame without quotations is one";
}

TEST(ReplyLanguages, ARuleOfDashesOfAnyLengthOpensASignature) {
  const auto split = split_reply("It works.\n\n—————\nAna Ferreira\nExample Lda.\n");
  EXPECT_EQ(split.reply, "It works.");
  EXPECT_NE(split.signature.find("Ana Ferreira"), std::string::npos);
}

}  // namespace
}  // namespace usher::connectors::email
