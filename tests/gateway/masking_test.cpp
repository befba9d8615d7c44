#include "gateway/flow/masking.h"

#include <gtest/gtest.h>

namespace usher::gateway::flow {
namespace {

struct Row {
  const char* text;
  const char* masked;
};

TEST(Masking, HidesWhatNobodyShouldHaveWritten) {
  const Row rows[] = {
      {"my card is 4111 1111 1111 1111, please", "my card is [card number removed], please"},
      {"4111-1111-1111-1111", "[card number removed]"},
      {"身份证 11010519491231002X 谢谢", "身份证 [ID number removed] 谢谢"},
      {"the password is Sommer2026!", "the password is [removed]"},
      {"Password: hunter2, user ana", "Password: [removed], user ana"},
      {"密码是abc123，谢谢", "密码是[removed]，谢谢"},
      {"pin=1234", "pin=[removed]"},
      {"order 12 4111 1111 1111 1111 of 2026", "order 12 [card number removed] of 2026"},
      {"amex 3782-822463-10005.", "amex [card number removed]."},
      {"卡号4111111111111111，谢谢", "卡号[card number removed]，谢谢"},
  };
  for (const auto& row : rows) {
    auto masked = mask_secrets(row.text);
    EXPECT_EQ(masked.text, row.masked);
    EXPECT_EQ(masked.count, 1) << row.text;
  }
}

TEST(Masking, LeavesSerialNumbersPhonesAndOrdersAlone) {
  for (const char* text : {"serial PF1ABCD23", "call +49 30 1234567890", "order 1234567890123", "error 0x0000007B",
                           "4111 1111 1111 1112", "13800000000", "I forgot my password", "", "11010519491231002 1",
                           // From real identifiers: the digits of 9-7406-9314-59674 pass the check of cards.
                           "many-01a20179-f8c9-7406-9314-59674f40f0f2", "case x4111111111111111", "4111-1111-1111-1111-ab"}) {
    auto masked = mask_secrets(text);
    EXPECT_EQ(masked.text, text);
    EXPECT_EQ(masked.count, 0) << text;
  }
}

TEST(Masking, IsLinearOnHostileText) {
  std::string digits(1'000'000, '7');
  EXPECT_EQ(mask_secrets(digits).text.size() > 0, true);
  std::string groups;
  for (int i = 0; i < 200'000; ++i) groups += "4 11-";
  EXPECT_EQ(mask_secrets(groups).text.size() > 0, true);
  std::string passwords;
  for (int i = 0; i < 100'000; ++i) passwords += "password ";
  EXPECT_EQ(mask_secrets(passwords).count, 0);
}

}  // namespace
}  // namespace usher::gateway::flow
