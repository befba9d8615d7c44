#include "base/id.h"

#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace usher {
namespace {

TEST(Id, AUuidCarriesItsTimeVersionAndVariant) {
  // RFC 9562 appendix A.6: 0x017F22E279B0 is 2022-02-22T19:22:22.000Z.
  const auto id = make_uuid_v7(from_millis(0x017F22E279B0));
  EXPECT_TRUE(is_uuid(id)) << id;
  EXPECT_EQ(id.substr(0, 13), "017f22e2-79b0");
  EXPECT_EQ(id[14], '7');
  EXPECT_NE(std::string_view("89ab").find(id[19]), std::string_view::npos) << id;
}

TEST(Id, UuidsOfOneThreadSortInTheOrderOfMakingEvenWithinAMillisecond) {
  std::string last;
  for (int i = 0; i < 20'000; ++i) {
    auto id = make_uuid_v7(from_millis(1'000'000 + i / 10'000));
    ASSERT_LT(last, id) << i;
    last = std::move(id);
  }
}

TEST(Id, UuidsOfManyThreadsAreDistinct) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kEach = 5'000;
  std::vector<std::vector<std::string>> made(kThreads);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : made) {
      threads.emplace_back([&mine] {
        for (std::size_t i = 0; i < kEach; ++i) mine.push_back(make_uuid_v7(from_millis(42)));
      });
    }
  }
  std::set<std::string> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), kThreads * kEach);
}

TEST(Id, AClockThatGoesBackStillGivesDistinctUuids) {
  const auto a = make_uuid_v7(from_millis(2000));
  const auto b = make_uuid_v7(from_millis(1000));
  const auto c = make_uuid_v7(from_millis(2000));
  EXPECT_LT(b, a);
  EXPECT_NE(a, c);
}

TEST(Id, OnlyTheDashedFormIsAUuid) {
  EXPECT_TRUE(is_uuid("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"));
  EXPECT_TRUE(is_uuid("00000000-0000-0000-0000-000000000000"));
  EXPECT_FALSE(is_uuid(""));
  EXPECT_FALSE(is_uuid("017f22e279b07cc398c4dc0c0c07398f"));
  EXPECT_FALSE(is_uuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398"));
  EXPECT_FALSE(is_uuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398g"));
  EXPECT_FALSE(is_uuid("017f22e2-79b0-7cc3-98c4+dc0c0c07398f"));
  EXPECT_FALSE(is_uuid("017f22e2079b0-7cc3-98c4-dc0c0c07398f"));
}

TEST(CaseReference, ItHasTheAnnouncedShapeAndComesBack) {
  std::set<std::string> seen;
  for (int i = 0; i < 2'000; ++i) {
    const auto reference = make_case_reference();
    ASSERT_EQ(reference.size(), 19U);
    ASSERT_EQ(reference.substr(0, 2), "P-");
    ASSERT_EQ(reference[7], '-');
    ASSERT_EQ(reference[13], '-');
    ASSERT_EQ(reference.find_first_of("ILOU", 1), std::string::npos) << reference;
    ASSERT_EQ(parse_case_reference(reference), reference);
    seen.insert(reference);
  }
  EXPECT_EQ(seen.size(), 2'000U);
}

TEST(CaseReference, TheCheckSymbolIsTheRemainderBy37) {
  // The data 1 gives 1. The data 100 in base 32 is 1024, and 1024 mod 37 = 25, whose symbol is S.
  EXPECT_EQ(parse_case_reference("P-00000-00000-00011"), "P-00000-00000-00011");
  EXPECT_EQ(parse_case_reference("P-00000-00000-0100S"), "P-00000-00000-0100S");
  EXPECT_EQ(parse_case_reference("P-00000-00000-01005"), std::nullopt);
}

TEST(CaseReference, ThePeoplesWaysOfWritingItAreForgiven) {
  const std::string canonical = "P-00000-00000-00011";
  for (const auto* written : {"p-00000-00000-00011", "P000000000000011", "00000-00000-00011", "  p 00000 00000 00011 ",
                              "P-OOOOO-ooooo-OOOII", "P-00000-00000-000l1",
                              "P\xe2\x80\x91"
                              "00000\xe2\x80\x93"
                              "00000\xe2\x80\x94"
                              "00011",
                              "\xef\xbc\xb0\xef\xbc\x8d"
                              "00000-00000-000\xef\xbc\x91\xef\xbc\x91"}) {
    EXPECT_EQ(parse_case_reference(written), canonical) << written;
  }
}

TEST(CaseReference, EverySingleWrongSymbolIsNoticed) {
  static constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const auto reference = make_case_reference();
  for (std::size_t i = 2; i < reference.size(); ++i) {
    if (reference[i] == '-') continue;
    for (const char c : kAlphabet) {
      if (c == reference[i]) continue;
      auto wrong = reference;
      wrong[i] = c;
      ASSERT_EQ(parse_case_reference(wrong), std::nullopt) << reference << " " << wrong;
    }
  }
}

TEST(CaseReference, EveryPairOfSwappedNeighboursInsideTheDataIsNoticed) {
  for (int n = 0; n < 200; ++n) {
    const auto reference = make_case_reference();
    std::string symbols;
    for (std::size_t i = 2; i < reference.size(); ++i) {
      if (reference[i] != '-') symbols += reference[i];
    }
    for (std::size_t i = 0; i + 2 < symbols.size(); ++i) {
      if (symbols[i] == symbols[i + 1]) continue;
      auto wrong = symbols;
      std::swap(wrong[i], wrong[i + 1]);
      ASSERT_EQ(parse_case_reference(wrong), std::nullopt) << symbols << " " << wrong;
    }
  }
}

TEST(CaseReference, OtherShapesAreRefused) {
  for (const auto* bad : {"", "P-", "P-00000-00000-0001", "P-00000-00000-000111", "Q-00000-00000-00011", "P-U0000-00000-00011",
                          "P-0000!-00000-00011", "hello", "\xff\xfe"}) {
    EXPECT_EQ(parse_case_reference(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(parse_case_reference(std::string(1'000'000, '0')), std::nullopt);
}

TEST(Token, ItIsUrlSafeAndLongEnough) {
  const auto token = make_token();
  EXPECT_EQ(token.size(), 32U);
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), std::string::npos)
      << token;
  EXPECT_NE(token, make_token());
  EXPECT_EQ(make_token(16).size(), 22U);
}

}  // namespace
}  // namespace usher
