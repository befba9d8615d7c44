// What people write when asked for a value. "-" = refused, "?" = does not know.
#include <gtest/gtest.h>

#include "dialogs/understand.h"

namespace usher::dialogs {
namespace {

Slot slot(SlotType type) {
  Slot s;
  s.name = "x";
  s.type = type;
  s.label.by_language = {{"en", "Value"}, {"zh", "内容"}};
  return s;
}
Slot serial() {
  Slot s = slot(SlotType::kSerial);
  s.label.by_language = {{"en", "Serial number"}, {"zh", "序列号"}};
  s.pattern = "[A-Z0-9]{8,14}";
  s.pattern_hint.by_language = {{"en", "8 to 14 letters and digits"}, {"zh", "8 到 14 位字母和数字"}};
  return s;
}

struct Row {
  const char* words;
  const char* expected;
};

void expect_all(const Slot& s, const std::vector<Row>& rows) {
  for (const Row& r : rows) {
    const Understood u = understand_value(r.words, s, "en");
    const std::string got = u.as == Understood::As::kValue ? u.value : u.as == Understood::As::kDontKnow ? "?" : "-";
    EXPECT_EQ(got, r.expected) << "“" << r.words << "”: " << u.why;
    if (got == "-") {
      EXPECT_FALSE(u.why.empty()) << r.words;
    }
  }
}

TEST(UnderstandValue, Serials) {
  expect_all(serial(), {{"ABC12345", "ABC12345"},
                        {"abc-123 45", "ABC12345"},
                        {"sn: abc-123-45", "ABC12345"},
                        {"S/N: PF1ABCD2", "PF1ABCD2"},
                        {"serial number is PF1ABCD2", "PF1ABCD2"},
                        {"The serial number is PF1ABCD2.", "PF1ABCD2"},
                        {"it's PF1ABCD2 I think", "PF1ABCD2"},
                        {"序列号是PF1ABCD2", "PF1ABCD2"},
                        {"序列号：ＰＦ１ＡＢＣＤ２", "PF1ABCD2"},
                        {"SN码 PF1ABCD2 谢谢", "PF1ABCD2"},
                        {"1234 5678 90", "1234567890"},
                        {"12AB", "-"},
                        {"ABC12345678901234", "-"},
                        {"i dont have one", "?"},
                        {"I can't find it", "?"},
                        {"I can't find the serial number", "?"},
                        {"don't know", "?"},
                        {"skip", "?"},
                        {"不知道", "?"},
                        {"找不到", "?"},
                        {"没有", "?"},
                        {"n/a", "?"},
                        {"the label is underneath", "-"},
                        {"where do I find that", "-"},
                        {"", "-"}});
}

TEST(UnderstandValue, ARefusedSerialSaysWhyInTheCustomersLanguage) {
  EXPECT_EQ(understand_value("12AB", serial(), "en").why,
            "“12AB” has 4 characters; a serial number has 8 to 14 letters and digits.");
  EXPECT_EQ(understand_value("12AB", serial(), "zh").why, "“12AB”有 4 个字符，序列号应为8 到 14 位字母和数字。");
}

TEST(UnderstandValue, AChecksumCatchesAMistypedSerial) {
  Slot s = serial();
  s.checksum = "mod36";
  s.pattern = "[A-Z0-9]{6,14}";
  std::string right;
  for (const char c : std::string("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    if (mod36_ok("PF1ABCD" + std::string(1, c))) right = "PF1ABCD" + std::string(1, c);
  }
  ASSERT_EQ(right.size(), 8U);
  EXPECT_EQ(understand_value(right, s, "en").as, Understood::As::kValue);
  std::string swapped = right;
  std::swap(swapped[1], swapped[2]);
  const Understood u = understand_value(swapped, s, "en");
  EXPECT_EQ(u.as, Understood::As::kNothing);
  EXPECT_TRUE(u.why.contains("mistyped")) << u.why;
}

TEST(UnderstandValue, LuhnAndMod36FindEverySingleError) {
  EXPECT_TRUE(luhn_ok("79927398713"));
  EXPECT_FALSE(luhn_ok("79927398710"));
  EXPECT_FALSE(luhn_ok("7992739871A"));
  EXPECT_FALSE(luhn_ok(""));
  const std::string alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::string right;
  for (const char c : alphabet) {
    if (mod36_ok("K7Q2ZZ9" + std::string(1, c))) right = "K7Q2ZZ9" + std::string(1, c);
  }
  ASSERT_FALSE(right.empty());
  for (std::size_t i = 0; i < right.size(); ++i) {
    for (const char c : alphabet) {
      std::string wrong = right;
      wrong[i] = c;
      EXPECT_EQ(mod36_ok(wrong), c == right[i]) << wrong;
    }
  }
  EXPECT_FALSE(mod36_ok("ab"));
}

TEST(UnderstandValue, Contacts) {
  expect_all(slot(SlotType::kContact), {{"ana@example.com", "ana@example.com"},
                                        {"my mail is Ana.Lopez@Example.COM, thanks", "ana.lopez@example.com"},
                                        {"邮箱是ana@example.com。", "ana@example.com"},
                                        {"+44 20 7946 0000", "+442079460000"},
                                        {"call me on 020 7946-0000 please", "02079460000"},
                                        {"13800000000", "13800000000"},
                                        {"我的手机是138 0000 0000", "13800000000"},
                                        {"１３８００００００００", "13800000000"},
                                        {"ana@example", "-"},
                                        {"ana@", "-"},
                                        {"123", "-"},
                                        {"tomorrow", "-"}});
  expect_all(slot(SlotType::kEmail), {{"x@y.org", "x@y.org"}, {"13800000000", "-"}});
  expect_all(slot(SlotType::kPhone), {{"+1 (555) 010-9999", "+15550109999"}, {"12345", "-"}, {"1234567890123456789", "-"}});
}

TEST(UnderstandValue, Names) {
  expect_all(slot(SlotType::kName), {{"Ana", "Ana"},
                                     {"Ana Lopez", "Ana Lopez"},
                                     {"my name is Ana Lopez.", "Ana Lopez"},
                                     {"I'm Ana", "Ana"},
                                     {"Hi, this is Ana Lopez", "Ana Lopez"},
                                     {"Name: Ana", "Ana"},
                                     {"我叫王小明", "王小明"},
                                     {"我是王小明，谢谢", "王小明"},
                                     {"王小明", "王小明"},
                                     {"我姓王", "王"},
                                     {"O'Neil", "O'Neil"},
                                     {"why do you need that?", "-"},
                                     {"ana@example.com", "-"},
                                     {"12345", "-"},
                                     {"我不知道为什么要告诉你这个东西真的很奇怪啊", "-"}});
}

TEST(UnderstandValue, ModelsAndErrorCodes) {
  expect_all(slot(SlotType::kModel), {{"XPS 13 9310", "XPS 13 9310"},
                                      {"it's a ThinkPad X1", "ThinkPad X1"},
                                      {"The model is HP LaserJet 4", "HP LaserJet 4"},
                                      {"型号是小新Pro16", "小新Pro16"},
                                      {"我的是联想拯救者", "联想拯救者"},
                                      {"don't know", "?"},
                                      {"不知道", "?"},
                                      {"x", "-"}});
  expect_all(slot(SlotType::kErrorCode), {{"E-204", "E-204"},
                                          {"error e204", "E204"},
                                          {"it says 0x0000007b", "0x0000007B"},
                                          {"错误代码 0xC000021A", "0xC000021A"},
                                          {"CRITICAL_PROCESS_DIED", "CRITICAL_PROCESS_DIED"},
                                          {"none", "?"},
                                          {"没有", "?"},
                                          {"something blue", "-"}});
}

TEST(UnderstandValue, NumbersAndDates) {
  expect_all(slot(SlotType::kNumber), {{"3", "3"},
                                       {"about 12 times", "12"},
                                       {"two", "2"},
                                       {"两次", "2"},
                                       {"十二", "12"},
                                       {"1,5", "1.5"},
                                       {"-4", "-4"},
                                       {"3 or 4", "-"},
                                       {"many", "-"}});
  expect_all(slot(SlotType::kDate), {{"2024-05-31", "2024-05-31"},
                                     {"2024/5/3", "2024-05-03"},
                                     {"31.12.2023", "2023-12-31"},
                                     {"12/31/2023", "2023-12-31"},
                                     {"3/4/2024", "2024-04-03"},
                                     {"2024年5月1日", "2024-05-01"},
                                     {"2024年5月", "2024-05"},
                                     {"May 2024", "2024-05"},
                                     {"3 May 2024", "2024-05-03"},
                                     {"bought in 2022", "2022"},
                                     {"2024-02-30", "-"},
                                     {"last year", "-"},
                                     {"don't remember", "?"}});
}

TEST(UnderstandValue, YesNoAndChoiceSlots) {
  expect_all(slot(SlotType::kYesNo), {{"yes", "yes"}, {"没有", "no"}, {"nope", "no"}, {"banana", "-"}, {"不知道", "?"}});
  Slot s = slot(SlotType::kChoice);
  s.options.resize(2);
  s.options[0].id = "home";
  s.options[0].label.by_language = {{"en", "At home"}, {"zh", "家里"}};
  s.options[1].id = "office";
  s.options[1].label.by_language = {{"en", "In the office"}, {"zh", "公司"}};
  expect_all(s, {{"office", "office"}, {"home", "home"}, {"2", "office"}, {"在公司", "office"}, {"beach", "-"}});
}

TEST(UnderstandValue, TextIsKeptAndItsLengthLimited) {
  Slot s = slot(SlotType::kText);
  s.max_length = 10;
  expect_all(s, {{"  as it is ", "as it is"}, {"much too long for it", "-"}, {"屏幕闪", "屏幕闪"}});
}

TEST(ValuesIn, AFirstMessageGivesWhatItNamesAndNothingElse) {
  std::map<std::string, Slot> slots = {
      {"serial", serial()}, {"contact", slot(SlotType::kContact)}, {"error_code", slot(SlotType::kErrorCode)}};
  using Values = std::map<std::string, std::string>;
  EXPECT_EQ(values_in("My laptop sn PF1ABCD2 shows error E-204, write to ana@example.com", slots, "en"),
            (Values{{"serial", "PF1ABCD2"}, {"contact", "ana@example.com"}, {"error_code", "E-204"}}));
  EXPECT_EQ(values_in("笔记本无法开机，序列号：PF1ABCD2，电话13800000000", slots, "zh"),
            (Values{{"serial", "PF1ABCD2"}, {"contact", "13800000000"}}));
  EXPECT_EQ(values_in("My XPS139310 with 12345678 files does not start since 2024-05-01", slots, "en"), Values{});
  EXPECT_EQ(values_in("blue screen 0x0000007b", slots, "en"), (Values{{"error_code", "0x0000007B"}}));
  EXPECT_EQ(values_in("the serial 12 is short", slots, "en"), Values{});
}

}  // namespace
}  // namespace usher::dialogs
