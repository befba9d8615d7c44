// Visible reply, quotation, signature (email.md §8), and catalogue row MIME-12.
#include "connectors/email/reply_text.h"

#include <chrono>

#include <gtest/gtest.h>

namespace usher::connectors::email {
namespace {

struct Row {
  const char* name;
  const char* text;
  const char* reply;
};

class ReplyTest : public testing::TestWithParam<Row> {};
TEST_P(ReplyTest, TheVisibleReplyIsWhatThePersonWrote) {
  EXPECT_EQ(split_reply(GetParam().text).reply, GetParam().reply);
}

INSTANTIATE_TEST_SUITE_P(
    Habits, ReplyTest,
    testing::Values(
        Row{"gmail_en", "It helped.\n\nOn Fri, 20 Nov 2026 at 11:02, GW Support <support@gw.example>\nwrote:\n\n> Try this.\n",
            "It helped."},
        Row{"gmail_zh", "好了，谢谢\n\nGW Support <support@gw.example> 于2026年11月20日周五 下午5:36写道：\n\n> 请重启\n",
            "好了，谢谢"},
        Row{"icloud_zh", "还是不行\n\n> 2026年11月20日 上午2:59，GW <support@gw.example> 写道：\n> \n> 请重启\n", "还是不行"},
        Row{"qq",
            "打印机还是没反应\n\n\n------------------ 原始邮件 ------------------\n发件人: \"GW\" "
            "<support@gw.example>;\n发送时间: 2026年11月20日\n收件人: \"li\"<li@example.cn>;\n主题: 回复\n\n请重启\n",
            "打印机还是没反应"},
        Row{"netease", "可以了\n\n\n\n\nAt 2026-11-20 11:20:38, \"GW\" <support@gw.example> wrote:\n>请重启\n", "可以了"},
        Row{"foxmail", "不行\n\n\n发件人： GW\n发送时间： 2026-11-20 11:20\n收件人： li\n主题： Re: x\n请重启\n", "不行"},
        Row{"outlook_de",
            "Geht wieder.\n\nVon: GW <support@gw.example>\nGesendet: Freitag, 20. November 2026 11:00\nAn: Ana\nBetreff: "
            "x\n\nBitte neu starten.\n",
            "Geht wieder."},
        Row{"thunderbird_de", "Geht nicht.\n\nAm 20.11.26 um 11:02 schrieb GW Support:\n> Bitte neu starten.\n", "Geht nicht."},
        Row{"apple_de", "Nein.\n\n> Am 20.11.2026 um 11:02 schrieb GW <support@gw.example>:\n> \n> Bitte\n", "Nein."},
        Row{"fr", "Merci.\n\nLe ven. 20 nov. 2026 à 11:02, GW <support@gw.example> a écrit :\n\n> Redémarrez\n", "Merci."},
        Row{"outlook_fr", "Merci.\n\nDe : GW\nEnvoyé : vendredi 20 novembre 2026 11:02\nÀ : Ana\nObjet : x\n\nRedémarrez\n",
            "Merci."},
        Row{"es", "Gracias.\n\nEl vie, 20 nov 2026 a las 11:02, GW (<support@gw.example>) escribió:\n\n> Reinicie\n", "Gracias."},
        Row{"ja", "直りました。\n\n2026/11/20 11:02、GW <support@gw.example>のメール:\n\n> 再起動\n", "直りました。"},
        Row{"original_message",
            "No change.\n\n-----Original Message-----\nFrom: GW\nSent: Friday\nTo: Ana\nSubject: x\n\nRestart it.\n",
            "No change."},
        Row{"signature", "It beeps three times.\n\n-- \nAna Ferreira\nExample Lda.\n", "It beeps three times."},
        Row{"device", "yes\n\nSent from my iPhone\n", "yes"}, Row{"device_zh", "是的\n\n发自我的iPhone\n", "是的"},
        Row{"top_and_quotes_end", "2\n\n> 1. Yes\n> 2. No\n", "2"},
        Row{"bottom", "On Fri, 20 Nov 2026 at 11:02, GW <support@gw.example> wrote:\n> Is it on?\n\nYes, it is.\n",
            "Yes, it is."},
        Row{"interleaved",
            "On Fri, 20 Nov 2026 at 11:02, GW <support@gw.example> wrote:\n> Is it on?\nYes.\n> Does it beep?\nNo.\n",
            "> Is it on?\nYes.\n> Does it beep?\nNo."},
        Row{"ruled_text",
            "Steps I did:\n-----\nfirst I unplugged it and waited for some minutes, then\nI plugged it in again\nno light\ncable "
            "changed\nanother socket\nno light\nbattery out\n"
            "no light\nbattery in\nno light\nlid closed\nno light\nlid open\nno light\n",
            "Steps I did:\n-----\nfirst I unplugged it and waited for some minutes, then\nI plugged it in again\nno light\ncable "
            "changed\nanother socket\nno light\nbattery out\n"
            "no light\nbattery in\nno light\nlid closed\nno light\nlid open\nno light"},
        Row{"no_quote", "On Monday I wrote:\nit does not work.\n", "On Monday I wrote:\nit does not work."},
        Row{"only_quote", "> nothing else\n", "> nothing else"},
        Row{"labels_in_text", "From: the kitchen\nModel: X1\nSerial: 12\n", "From: the kitchen\nModel: X1\nSerial: 12"},
        Row{"crlf", "a\r\n\r\nb\r\n", "a\n\nb"}, Row{"empty", "", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ReplyText, WhatIsCutOffIsHandedOver) {
  auto split = split_reply("new\n\nOn Fri, 20 Nov 2026 at 11:02, GW <a@b.example> wrote:\n> old\n");
  EXPECT_EQ(split.quoted, "On Fri, 20 Nov 2026 at 11:02, GW <a@b.example> wrote:\n> old");
  EXPECT_EQ(split_reply("new\n-- \nAna\n").signature, "--\nAna");
}

// MIME-12
TEST(ReplyText, HostileTextTakesLinearTime) {
  auto repeat = [](std::string_view s, int n) {
    std::string out;
    for (int i = 0; i < n; ++i) out += s;
    return out;
  };
  for (const auto& text :
       {repeat(">", 1'000'000), repeat("On Fri, 20 Nov 2026 at 11:02 x wrote:\n", 100'000), repeat(" ", 1'000'000) + "x",
        repeat("a", 100'000) + "!", repeat("On 2026 a@b\n", 100'000), repeat("From: x\n", 100'000), repeat("-\n", 100'000),
        repeat("--\n", 100'000), repeat("a@b <\n", 100'000), repeat("From: a\nx\n", 50'000), repeat("\n", 1'000'000),
        repeat("> ", 300'000), repeat("2026-01-01 10:00 GMT x@y\n> q\n", 50'000), repeat("----\nword\n", 100'000),
        repeat("\xE5\x86\x99\xE9\x81\x93\xEF\xBC\x9A", 100'000)}) {
    auto began = std::chrono::steady_clock::now();
    split_reply(text);
    auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    EXPECT_LT(took, 60.0) << text.substr(0, 40);
  }
}

// Found by fuzzing: a narrow no-break space was the whole reply.
TEST(ReplyText, SpacesOfWhateverKindAboveAQuotationAreNoReply) {
  const std::string whole = "\u202f\n> not a quotation\n> q\n";
  EXPECT_NE(split_reply(whole).reply.find("> not a quotation"), std::string::npos);
}

}  // namespace
}  // namespace usher::connectors::email
