#include "kb/analyzer.h"

#include <gmock/gmock.h>

#include <string>
#include <thread>
#include <vector>

namespace usher::kb {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;

const Analyzer& analyzer() {
  static const Analyzer kAnalyzer;
  return kAnalyzer;
}

// "word", "pair~", "code!" in order.
std::vector<std::string> terms(const std::string& text, bool is_query = false) {
  std::vector<std::string> all;
  for (const Term& t : analyzer().analyze(text, is_query)) {
    all.push_back(t.text + (t.kind == Term::Kind::kPair ? "~" : t.kind == Term::Kind::kCode ? "!" : ""));
  }
  return all;
}

TEST(Analyzer, EnglishWordsAreFoldedAndStemmed) {
  EXPECT_THAT(terms("Printers PRINTING printed"), ElementsAre("printer", "print", "print"));
  EXPECT_THAT(terms("connections connecting"), ElementsAre("connect", "connect"));
  EXPECT_THAT(terms("Straße ﬁle"), ElementsAre("strass", "file"));
  EXPECT_EQ(terms("caf\u00e9"), terms("cafe\u0301"));
}

TEST(Analyzer, ApostrophesAreNoBorders) {
  EXPECT_THAT(terms("doesn't doesn’t printer's"), ElementsAre("doesnt", "doesnt", "printer"));
}

TEST(Analyzer, CodesHaveOneFormHoweverTheyAreWritten) {
  for (const char* form : {"E-204", "E 204", "e204", "E204", "Ｅ－２０４", "e‑204"})
    EXPECT_THAT(terms(form), Contains("e204!")) << form;
  for (const char* form : {"0x0000007B", "0x7b", "0X7B", "0000007B"}) EXPECT_THAT(terms(form), Contains("0x7b!")) << form;
  for (const char* form : {"E.204", "E#204", "E:204", "E/204", "E - 204", "E  204", "E_204", "E204's", "E\u3000204"})
    EXPECT_THAT(terms(form), Contains("e204!")) << form;
  for (const char* form : {"error 80070005", "8007-0005", "0x8007-0005", "0x8007_0005", "Ox80070005"})
    EXPECT_THAT(terms(form), Contains("0x80070005!")) << form;
  EXPECT_THAT(terms("0x0"), ElementsAre("0x0!"));
}

TEST(Analyzer, WhatOnlyLooksLikeACodeIsNone) {
  EXPECT_THAT(terms("Restart it. 3 times"), Not(Contains("it3!")));
  EXPECT_THAT(terms("the end - 12 pages"), IsSupersetOf({"end", "12"}));
  EXPECT_THAT(terms("facade decade"), Not(Contains(testing::StartsWith("0x"))));
  EXPECT_THAT(terms("204,205"), IsSupersetOf({"204", "205"}));
}

TEST(Analyzer, ModelsKeepTheWholeAndTheirParts) {
  EXPECT_THAT(terms("XPS-13 9310"), ElementsAre("xps13!", "xps", "13", "9310"));
  EXPECT_THAT(terms("XPS 13 9310"), ElementsAre("xps13!", "xps", "13", "9310"));
  EXPECT_THAT(terms("xps13"), ElementsAre("xps13!", "xps", "13"));
  EXPECT_THAT(terms("S/N 5CG1234ABC"), Contains("5cg1234abc!"));
  EXPECT_THAT(terms("5CG1234ABC"), ElementsAre("5cg1234abc!"));
  EXPECT_THAT(terms("USB 3.0"), IsSupersetOf({"usb3.0!", "usb", "3.0!"}));
}

TEST(Analyzer, HyphenatedWordsAreAlsoOneWord) {
  EXPECT_THAT(terms("Wi-Fi"), ElementsAre("wifi", "wi", "fi"));
  EXPECT_THAT(terms("WiFi"), ElementsAre("wifi"));
  EXPECT_THAT(terms("e-mail"), Contains("email"));
}

TEST(Analyzer, ErrorNamesAndFileNamesKeepTheWholeAndTheirWords) {
  EXPECT_THAT(terms("ERR_CONNECTION_REFUSED"), ElementsAre("err_connection_refused!", "err", "connect", "refus"));
  EXPECT_THAT(terms("ntoskrnl.exe"), ElementsAre("ntoskrnl.exe!", "ntoskrnl", "exe"));
  EXPECT_THAT(terms("192.168.0.1"), ElementsAre("192.168.0.1!"));
}

TEST(Analyzer, ChineseIsWordsAndPairs) {
  EXPECT_THAT(terms("打印机脱机"), IsSupersetOf({"打印", "打印~", "印机~", "机脱~", "脱机~"}));
  EXPECT_THAT(terms("错误E204无法打印"), IsSupersetOf({"错误", "e204!", "打印", "打印~"}));
  EXPECT_THAT(terms("错误，打印"), Not(Contains("误打~")));
}

TEST(Analyzer, TraditionalChineseIsSimplified) {
  EXPECT_EQ(terms("無法開機"), terms("无法开机"));
  EXPECT_EQ(terms("螢幕"), terms("屏幕"));
  EXPECT_EQ(terms("印表機離線"), terms("打印机脱机"));
}

TEST(Analyzer, SimplifiedTextIsLeftAsItIs) {
  EXPECT_THAT(terms("怎么办 什么"), IsSupersetOf({"怎么", "什么"}));
}

TEST(Analyzer, AVerbAndWhatCannotBeDoneMeetHoweverTheyAreSaid) {
  for (const char* form : {"开不了机", "无法开机", "不能开机", "开机不了"})
    EXPECT_THAT(terms(form), IsSupersetOf({"开机", "不开机"})) << form;
}

TEST(Analyzer, FullWidthLettersAndDigitsAreOrdinary) {
  EXPECT_EQ(terms("ＷｉＦｉ ６Ｅ"), terms("wifi 6e"));
}

TEST(Analyzer, StopWordsGoFromQueriesOnly) {
  EXPECT_THAT(terms("the printer is offline", true), ElementsAre("printer", "offlin"));
  EXPECT_THAT(terms("the printer is offline"), ElementsAre("the", "printer", "is", "offlin"));
  EXPECT_THAT(terms("我的打印机", true), Not(Contains("我的")));
  EXPECT_THAT(terms("turn it off", true), ElementsAre("turn", "off"));
}

TEST(Analyzer, AQueryOfStopWordsOnlyKeepsThem) {
  EXPECT_THAT(terms("to be or to do", true), ElementsAre("to", "be", "or", "to", "do"));
  EXPECT_THAT(terms("how do I", true), ElementsAre("how", "do", "i"));
  EXPECT_THAT(terms("怎么", true), Contains("怎么"));
}

TEST(Analyzer, NothingAndRubbishAreNoTerms) {
  EXPECT_THAT(terms(""), IsEmpty());
  EXPECT_THAT(terms(" \n\t!?…—"), IsEmpty());
  EXPECT_THAT(terms("\xFF\xFE\xC3"), IsEmpty());
  EXPECT_THAT(terms("a\xFF"
                    "b"),
              ElementsAre("a", "b"));
  EXPECT_THAT(terms(std::string(100000, 'x')), IsEmpty());
}

TEST(Analyzer, ByteRangesPointIntoTheInput) {
  const std::string text = "Ｅ－２０４ 無法開機 – my Wi-Fi’s re\u0301sume\u0301 XPS 13";
  for (const Term& t : analyzer().analyze(text, false)) {
    ASSERT_LT(t.begin, t.end);
    ASSERT_LE(t.end, text.size());
    EXPECT_NE(static_cast<unsigned char>(text[t.begin]) & 0xC0U, 0x80U) << t.text;
    if (t.end < text.size()) EXPECT_NE(static_cast<unsigned char>(text[t.end]) & 0xC0U, 0x80U) << t.text;
    if (t.text == "e204") EXPECT_EQ(text.substr(t.begin, t.end - t.begin), "Ｅ－２０４");
    if (t.text == "xps13") EXPECT_EQ(text.substr(t.begin, t.end - t.begin), "XPS 13");
    if (t.text == "开机") EXPECT_EQ(text.substr(t.begin, t.end - t.begin), "開機");
  }
}

TEST(Analyzer, TermsComeInOrderOfAppearance) {
  const std::vector<Term> all = analyzer().analyze("XPS-13 打印机脱机 0x0000007B", false);
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_LE(all[i - 1].begin, all[i].begin);
}

TEST(Analyzer, ManyThreadsGetTheSameTerms) {
  const std::vector<std::string> texts = {"my laptop won't turn on", "筆記型電腦開不了機", "E-204 on XPS-13 9310",
                                          "打印机脱机 ERR_X"};
  std::vector<std::vector<std::string>> expected;
  for (const auto& text : texts) expected.push_back(terms(text));
  std::vector<std::jthread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < 200; ++i) ASSERT_EQ(terms(texts[i % texts.size()]), expected[i % texts.size()]);
    });
  }
}

}  // namespace
}  // namespace usher::kb
