// How mail programs introduce what they quote, language by language: each row is an answer in the way that program writes it.
// Written by hand; "GW" is us.
#include <gtest/gtest.h>

#include "connectors/email/html_text.h"
#include "connectors/email/reply_text.h"

namespace usher::connectors::email {
namespace {

// `answer` and a blank line stand above `below`; all of `below` is to be cut off.
struct Style {
  const char* name;
  const char* answer;
  const char* below;
};
std::ostream& operator<<(std::ostream& out, const Style& style) {
  return out << style.name;
}

class StyleTest : public testing::TestWithParam<Style> {};

TEST_P(StyleTest, OnlyTheAnswerIsLeft) {
  auto [name, answer, below] = GetParam();
  EXPECT_EQ(split_reply(std::string(answer) + "\n\n" + below).reply, answer);
}

// The same introduction in the middle of a sentence is not one.
TEST_P(StyleTest, TheAnswerAloneIsKeptWhole) {
  auto [name, answer, below] = GetParam();
  EXPECT_EQ(split_reply(answer).reply, answer);
}

std::string name_of(const testing::TestParamInfo<Style>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    English, StyleTest,
    testing::Values(
        Style{"gmail", "It works now.",
              "On Fri, Nov 20, 2026 at 11:02 AM GW Support <support@gw.example> wrote:\n\n> Restart it\n"},
        Style{"yahoo", "It works now.",
              "On Friday, November 20, 2026 at 11:02:03 AM GMT+1, GW Support <support@gw.example> wrote:\n\nRestart it\n"},
        Style{"outlook", "It works now.",
              "________________________________\nFrom: GW Support <support@gw.example>\nSent: Friday, November 20, 2026 "
              "11:02 AM\nTo: Ana <ana@example.org>\nSubject: Re: [#4711]\n\nRestart it\n"},
        Style{"outlook_ios", "It works now.",
              "Get Outlook for iOS<https://aka.ms/x>\n________________________________\nFrom: GW Support\nSent: Friday\nTo: "
              "Ana\nSubject: x\n\nRestart it\n"},
        Style{"qq_english", "It works now.",
              "------------------ Original ------------------\nFrom:  \"GW\"<support@gw.example>;\nDate:  Fri, Nov 20, 2026 "
              "11:02 AM\nTo:  \"li\"<li@example.cn>;\nSubject:  Re: x\n\nRestart it\n"},
        Style{"verb_before_date", "It works now.",
              "GW Support <support@gw.example> wrote on Fri, 20 Nov 2026 11:02:\n> Restart it\n"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Chinese, StyleTest,
    testing::Values(
        Style{"outlook", "还是不行，指示灯不亮。",
              "发件人: GW <support@gw.example>\n发送时间: 2026年11月20日 11:02\n收件人: 李 <li@example.cn>\n主题: 答复: "
              "打印机\n\n请重启\n"},
        Style{"outlook_old", "还是不行。",
              "-----邮件原件-----\n发件人: GW\n发送时间: 2026年11月20日\n收件人: 李\n主题: x\n\n请重启\n"},
        Style{"netease_web", "可以了", "在 2026-11-20 11:20:38，\"GW\" <support@gw.example> 写道：\n\n请重启\n"},
        Style{"netease_app", "可以了",
              "---- 回复的原邮件 ----\n| 发件人 | GW<support@gw.example> |\n| 日期 | 2026年11月20日 11:02 |\n| "
              "收件人 | li |\n| 主题 | x "
              "|\n请重启\n"},
        Style{"qq_phone", "好的，谢谢",
              "发自我的iPhone\n\n\n------------------ 原始邮件 ------------------\n发件人: GW <support@gw.example>\n发送时间: "
              "2026年11月20日 11:02\n收件人: li <li@example.cn>\n主题: 回复：打印机\n\n请重启\n"},
        Style{"aliyun", "不行",
              "------------------------------------------------------------------\n发件人：GW "
              "<support@gw.example>\n发送时间：2026年11月20日(星期五) "
              "11:02\n收件人：李 <li@example.cn>\n主　题：Re: 打印机\n\n请重启\n"},
        Style{"apple", "好了", "在 2026年11月20日，11:02，GW <support@gw.example> 写道：\n\n> 请重启\n"},
        Style{"gmail_wrapped", "好了", "GW Support <support@gw.example> 于2026年11月20日周五\n11:02写道：\n\n> 请重启\n"},
        Style{"thunderbird", "好了", "在 2026/11/20 11:02, GW 写道:\n> 请重启\n"},
        Style{"taiwan_outlook", "還是不行",
              "寄件者: GW <support@gw.example>\n寄件日期: 2026年11月20日 11:02\n收件者: 李\n主旨: 回覆: 印表機\n\n請重新啟動\n"},
        Style{"taiwan_gmail", "好了", "GW <support@gw.example> 於 2026年11月20日 週五 上午11:02寫道：\n\n> 請重新啟動\n"},
        Style{"outlook_android", "好了",
              "获取 Outlook for Android<https://aka.ms/x>\n________________________________\n发件人: GW\n发送时间: "
              "2026\n收件人: 李\n主题: x\n请重启\n"},
        Style{"master_app", "好了", "发自 网易邮箱大师\n"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Japanese, StyleTest,
    testing::Values(
        Style{"gmail", "直りました。", "2026年11月20日(金) 11:02 GW Support <support@gw.example>:\n\n> 再起動してください\n"},
        Style{"apple", "まだ動きません。", "2026/11/20 11:02、GW <support@gw.example>のメール:\n\n> 再起動\n"},
        Style{"outlook", "まだ動きません。",
              "差出人: GW <support@gw.example>\n送信日時: 2026年11月20日 11:02\n宛先: 山田 <yamada@example.jp>\n件名: Re: "
              "プリンタ\n\n再起動\n"},
        Style{"wrote", "まだ動きません。", "2026-11-20 11:02、GW さんは書きました：\n> 再起動\n"},
        Style{"separator", "まだ動きません。", "----- 元のメッセージ -----\n差出人: GW\n再起動\n"},
        Style{"phone", "まだ動きません。", "iPhoneから送信\n\n2026/11/20 11:02、GW <support@gw.example>のメール:\n\n> 再起動\n"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    German, StyleTest,
    testing::Values(Style{"gmail", "Läuft wieder.",
                          "Am Fr., 20. Nov. 2026 um 11:02 Uhr schrieb GW Support <\nsupport@gw.example>:\n\n> Neu starten\n"},
                    Style{"gmail_phone", "Läuft wieder.",
                          "GW Support <support@gw.example> schrieb am Fr., 20. Nov. 2026, 11:02:\n\n> Neu starten\n"},
                    Style{"k9", "Läuft wieder.",
                          "Am 20. November 2026 11:02:13 MEZ schrieb GW <support@gw.example>:\n>Neu starten\n"},
                    Style{"gmx", "Läuft wieder.",
                          "Gesendet: Freitag, 20. November 2026 um 11:02 Uhr\nVon: \"GW\" <support@gw.example>\nAn: "
                          "ana@example.org\nBetreff: Re: "
                          "Drucker\n\nNeu starten\n"},
                    Style{"old_outlook", "Läuft wieder.",
                          "-----Ursprüngliche Nachricht-----\nVon: GW\nGesendet: Freitag\nAn: Ana\nBetreff: x\n\nNeu starten\n"},
                    Style{"t_online", "Läuft wieder.",
                          "-----Original-Nachricht-----\nBetreff: x\nDatum: 2026-11-20T11:02:00+0100\nVon: \"GW\"\nAn: "
                          "\"Ana\"\n\nNeu starten\n"},
                    Style{"phone", "Läuft wieder.",
                          "Von meinem iPhone gesendet\n\n> Am 20.11.2026 um 11:02 schrieb GW <support@gw.example>:\n> \n> Neu "
                          "starten\n"},
                    Style{"capital_labels", "Läuft wieder.", "VON: GW\nGESENDET: Freitag\nAN: Ana\nBETREFF: x\n\nNeu starten\n"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    French, StyleTest,
    testing::Values(
        Style{"gmail", "Ça marche.",
              "Le ven. 20 nov. 2026 à 11:02, GW Support <support@gw.example> a écrit\xC2\xA0:\n\n> Redémarrez\n"},
        Style{"thunderbird", "Ça marche.", "Le 20/11/2026 à 11:02, GW a écrit :\n> Redémarrez\n"},
        Style{"thunderbird_h", "Ça marche.", "Le 20/11/2026 à 11h02, GW a écrit :\n> Redémarrez\n"},
        Style{"yahoo", "Ça marche.",
              "Le vendredi 20 novembre 2026 à 11:02:03 UTC+1, GW <support@gw.example> a écrit :\n\nRedémarrez\n"},
        Style{"outlook", "Ça marche.",
              "De : GW <support@gw.example>\nEnvoyé : vendredi 20 novembre 2026 11:02\nÀ : Ana\nObjet : RE: "
              "Imprimante\n\nRedémarrez\n"},
        Style{"capital_labels", "Ça marche.", "DE : GW\nENVOYÉ : vendredi\nÀ : Ana\nOBJET : x\n\nRedémarrez\n"},
        Style{"original", "Ça marche.",
              "-------- Message original --------\nDe : GW\nDate : 20/11/2026 11:02\nÀ : Ana\nObjet : x\n\nRedémarrez\n"},
        Style{"outlook_ios", "Ça marche.", "Télécharger Outlook pour iOS<https://aka.ms/x>\n"},
        Style{"orange", "Ça marche.",
              "> Message du 20/11/26 11:02\n> De : \"GW\"\n> A : \"Ana\"\n> Objet : x\n> \n> Redémarrez\n"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Spanish, StyleTest,
    testing::Values(Style{"gmail", "Ya funciona.",
                          "El vie, 20 nov 2026 a las 11:02, GW Support (<support@gw.example>) escribió:\n\n> Reinicie\n"},
                    Style{"thunderbird", "Ya funciona.", "El 20/11/26 a las 11:02, GW escribió:\n> Reinicie\n"},
                    Style{"yahoo", "Ya funciona.",
                          "En viernes, 20 de noviembre de 2026, 11:02:03 CET, GW\n<support@gw.example> escribió:\n\nReinicie\n"},
                    Style{"outlook", "Ya funciona.",
                          "De: GW <support@gw.example>\nEnviado: viernes, 20 de noviembre de 2026 11:02\nPara: Ana\nAsunto: RE: "
                          "x\n\nReinicie\n"},
                    Style{"outlook_el", "Ya funciona.", "De: GW\nEnviado el: viernes\nPara: Ana\nAsunto: x\n\nReinicie\n"},
                    Style{"separator", "Ya funciona.", "-----Mensaje original-----\nDe: GW\nReinicie\n"},
                    Style{"phone", "Ya funciona.",
                          "Enviado desde mi iPhone\n\n> El 20 nov 2026, a las 11:02, GW <support@gw.example> escribió:\n> \n> "
                          "Reinicie\n"},
                    Style{"outlook_ios", "Ya funciona.", "Obtener Outlook para iOS<https://aka.ms/x>\n"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Italian, StyleTest,
    testing::Values(
        Style{"gmail", "Adesso funziona.",
              "Il giorno ven 20 nov 2026 alle ore 11:02 GW Support <\nsupport@gw.example> ha scritto:\n\n> Riavvii\n"},
        Style{"thunderbird", "Adesso funziona.", "Il 20/11/26 11:02, GW ha scritto:\n> Riavvii\n"},
        Style{"libero", "Adesso funziona.", "Il 20 novembre 2026 alle 11.02 GW <support@gw.example> ha scritto:\n\nRiavvii\n"},
        Style{"outlook", "Adesso funziona.",
              "Da: GW <support@gw.example>\nInviato: venerdì 20 novembre 2026 11:02\nA: Ana\nOggetto: R: "
              "x\n\nRiavvii\n"},
        Style{"separator", "Adesso funziona.", "-----Messaggio originale-----\nDa: GW\nRiavvii\n"},
        Style{"phone", "Adesso funziona.", "Inviato da iPhone\n"},
        Style{"outlook_ios", "Adesso funziona.", "Ottieni Outlook per iOS<https://aka.ms/x>\n"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Portuguese, StyleTest,
    testing::Values(
        Style{"gmail_br", "Já funciona.",
              "Em sex., 20 de nov. de 2026 às 11:02, GW Support <support@gw.example>\nescreveu:\n\n> Reinicie\n"},
        Style{"gmail_pt", "Já funciona.",
              "GW Support <support@gw.example> escreveu (sexta, 20/11/2026 à(s) 11:02):\n\n> Reinicie\n"},
        Style{"apple", "Já funciona.", "No dia 20/11/2026, às 11:02, GW <support@gw.example> escreveu:\n\n> Reinicie\n"},
        Style{"thunderbird", "Já funciona.", "Em 20/11/2026 11:02, GW escreveu:\n> Reinicie\n"},
        Style{"outlook", "Já funciona.",
              "De: GW <support@gw.example>\nEnviado: 20 de novembro de 2026 11:02\nPara: Ana\nAssunto: RE: x\n\nReinicie\n"},
        Style{"outlook_br", "Já funciona.", "De: GW\nEnviada em: sexta-feira\nPara: Ana\nAssunto: x\n\nReinicie\n"},
        Style{"separator", "Já funciona.", "-----Mensagem original-----\nDe: GW\nReinicie\n"},
        Style{"phone", "Já funciona.", "Enviado do meu iPhone\n"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Russian, StyleTest,
    testing::Values(
        Style{"gmail", "Теперь работает.", "пт, 20 нояб. 2026 г. в 11:02, GW Support <support@gw.example>:\n\n> Перезагрузите\n"},
        Style{"mailru", "Теперь работает.",
              "Пятница, 20 ноября 2026, 11:02 +03:00 от GW <support@gw.example>:\n>Перезагрузите\n"},
        Style{"yandex", "Теперь работает.", "20.11.2026, 11:02, \"GW\" <support@gw.example>:\n\nПерезагрузите\n"},
        Style{"thunderbird", "Теперь работает.", "20.11.2026 11:02, GW пишет:\n> Перезагрузите\n"},
        Style{"apple", "Теперь работает.", "20 нояб. 2026 г., в 11:02, GW <support@gw.example> написал(а):\n\n> Перезагрузите\n"},
        Style{"outlook", "Теперь работает.",
              "От: GW <support@gw.example>\nОтправлено: 20 ноября 2026 г. 11:02\nКому: Анна\nТема: RE: x\n\n"
              "Перезагрузите\n"},
        Style{"separator", "Теперь работает.", "-----Исходное сообщение-----\nОт: GW\nПерезагрузите\n"},
        Style{"phone", "Теперь работает.", "Отправлено с iPhone\n"},
        Style{"mailru_app", "Теперь работает.", "Отправлено из Почты Mail.ru для Android\n"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Dutch, StyleTest,
    testing::Values(Style{"gmail", "Het werkt weer.",
                          "Op vr 20 nov 2026 om 11:02 schreef GW Support <support@gw.example>:\n\n> Herstarten\n"},
                    Style{"thunderbird", "Het werkt weer.", "Op 20-11-2026 om 11:02 schreef GW:\n> Herstarten\n"},
                    Style{"apple", "Het werkt weer.",
                          "Op 20 nov. 2026, om 11:02 heeft GW <support@gw.example> het volgende geschreven:\n\n> Herstarten\n"},
                    Style{"outlook", "Het werkt weer.",
                          "Van: GW <support@gw.example>\nVerzonden: vrijdag 20 november 2026 11:02\nAan: Ana\nOnderwerp: RE: "
                          "x\n\nHerstarten\n"},
                    Style{"separator", "Het werkt weer.", "-----Oorspronkelijk bericht-----\nVan: GW\nHerstarten\n"},
                    Style{"phone", "Het werkt weer.", "Verstuurd vanaf mijn iPhone\n"}),
    name_of);

// What looks a little like an introduction and is the customer's own.
class OwnWordsTest : public testing::TestWithParam<const char*> {};
TEST_P(OwnWordsTest, StayWhole) {
  EXPECT_EQ(split_reply(GetParam()).reply, GetParam());
}
INSTANTIATE_TEST_SUITE_P(Texts, OwnWordsTest,
                         testing::Values("The error since 20 Nov 2026 11:02:\nE-204\nOn the display.",
                                         "Original:\nLJ 12\nNow:\nLJ 14",
                                         "From the start it beeps.\nTo: be precise, three times.", "Von: Berlin\nNach: Hamburg",
                                         "Data: 20/11/2026\nSeriale: 123\nModello: X1", "发件人填错了，怎么改？",
                                         "订单号: 123\n日期: 2026年11月20日\n型号: X1", "Отправлено письмо вчера, ответа нет",
                                         "En la pantalla dice:\nError 204", "A partir de ayer a las 11:02:\nno enciende",
                                         "em 2026 comprei a impressora:\nmodelo X1"));

TEST(HtmlStyles, ContainersOfQuotesAreQuotes) {
  for (const auto* html :
       {"<p>Works.</p><div id=\"mail-editor-reference-message-container\"><p>old</p></div>",
        "<p>Works.</p><blockquote id=\"isReplyContent\"><p>old</p></blockquote>",
        "<p>Works.</p><div id=\"isForwardContent\">old</div>", "<p>Works.</p><div id=\"origbody\">old</div>",
        "<p>Works.</p><div name=\"quote\">old</div>", "<p>Works.</p><div class=\"a gmail_quote b\">old</div>",
        "<p>Works.</p><blockquote type=\"cite\">old</blockquote>",
        "<p>Works.</p><div id=\"divRplyFwdMsg\"><b>From:</b> GW<br><b>Sent:</b> Friday<br><b>To:</b> Ana<br><b>Subject:</b> "
        "x</div><div>old</div>",
        "<p>Works.</p><div style=\"border:none;border-top:solid #E1E1E1 1.0pt\"><p><b>Von:</b> GW<br><b>Gesendet:</b> "
        "Freitag<br><b>An:</b> Ana<br><b>Betreff:</b> x</p></div><p>old</p>",
        "<div>Works.</div><div><br></div><div>------------------&nbsp;原始邮件&nbsp;------------------</div><div><b>发件人:</b> "
        "GW</div><div>old</div>"}) {
    EXPECT_EQ(split_reply(html_to_text(html, 10'000).text).reply, "Works.") << html;
  }
}

}  // namespace
}  // namespace usher::connectors::email
