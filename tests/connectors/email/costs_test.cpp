// What is small and wants to be slow: each of these took seconds to minutes for a megabyte before fuzzing found it (MIME-16). The
// limits are of CPU time and far above what is needed, so that a busy machine fails nothing.
#include <ctime>

#include <gtest/gtest.h>

#include "connectors/email/charset.h"
#include "connectors/email/imap_session.h"
#include "connectors/email/rtf_text.h"
#include "connectors/email/tnef.h"

namespace usher::connectors::email {
namespace {

double cpu_seconds(const std::function<void()>& work) {
  auto now = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
  };
  const auto before = now();
  work();
  return now() - before;
}

std::string repeated(std::string_view unit, std::size_t bytes) {
  std::string out;
  out.reserve(bytes + unit.size());
  while (out.size() < bytes) out += unit;
  return out;
}

constexpr std::size_t kMegabyte = 1'000'000;
#if __has_feature(address_sanitizer)
constexpr double kLimit = 8;
#else
constexpr double kLimit = 3;
#endif

TEST(Costs, AFieldOfUnknownCharsetsIsNotGuessedAtWordByWord) {
  for (const char* unit : {"\xe4 =?utf-8?Q?a?= ", "=?a?Q?=E4?= =?b?Q?=E5?= ", "=?x?Q?", "=?utf-8?B?", "\x1b$B =?utf-8?Q?a?= "}) {
    const auto field = repeated(unit, 2 * kMegabyte);
    EXPECT_LT(cpu_seconds([&] { decode_header(field); }), kLimit) << unit;
  }
}

TEST(Costs, AFieldOfManyWordsInAKnownCharsetIsReadToItsEnd) {
  std::string names, expected;
  for (int i = 0; i < 300; ++i) {
    names += (i == 0 ? "" : ", ") + std::string("=?gb2312?Q?=B4=F2?=");
    expected += (i == 0 ? "" : ", ") + std::string("打");
  }
  EXPECT_EQ(decode_header(names), expected);
}

TEST(Costs, RichTextIsNotGuessedAtPieceByPiece) {
  for (const char* unit : {"\\u1 \\'e4", "\\ansicpg9 \\'e4\\par", "\\ansicpg65001\\'e4\\par"}) {
    const auto rtf = "{\\rtf1\\ansi\\ansicpg9 " + repeated(unit, kMegabyte);
    EXPECT_LT(cpu_seconds([&] { rtf_to_text(rtf, 4 * kMegabyte); }), kLimit) << unit;
  }
}

TEST(Costs, WhatAWinmailSaysTwiceIsReadOnce) {
  auto attribute = [](char level, std::string_view id, std::string_view data) {
    std::string out(1, level);
    out.append(id).append("\x06\x00", 2);
    out += static_cast<char>(data.size());
    out.append("\0\0\0", 3).append(data).append("\0\0", 2);
    return out;
  };
  const auto body = attribute(1, "\x0c\x80", "\xe4\xf6\xfc"), title = attribute(2, "\x10\x80", "\xe4\xf6\xfc");
  const auto file = attribute(2, "\x02\x90", "");
  for (const auto& unit : {body, title}) {
    auto tnef = std::string("\x78\x9f\x3e\x22\x01\x00", 6) + file + repeated(unit, 2 * kMegabyte);
    std::optional<Tnef> read;
    EXPECT_LT(cpu_seconds([&] { read = read_tnef(tnef, kMegabyte); }), kLimit);
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->is_damaged);
    EXPECT_EQ(read->files.size(), 1u);
  }
}

TEST(Costs, ASearchOfRangesIsReadOnceHoweverOftenTheyAreSaid) {
  bool is_cut = false;
  std::size_t found = 0;
  auto ranges = repeated("1:90000,", 2 * kMegabyte);
  ranges.pop_back();
  EXPECT_LT(cpu_seconds([&] { found = read_set(ranges, ',', 100'000, is_cut)->size(); }), kLimit);
  EXPECT_EQ(found, 90'000u);
  EXPECT_FALSE(is_cut);
  EXPECT_EQ(read_set("4294967295,1,4294967295", ',', 10, is_cut)->size(), 2u);
}

TEST(Costs, AServerMayGiveItsSearchOutNumberByNumber) {
  ImapSession session({.is_encrypted = true});
  session.feed("* PREAUTH [CAPABILITY IMAP4rev1] x\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 9] x\r\nu1 OK x\r\n");
  session.opened({});
  std::string all = "* SEARCH";
  for (int uid = 1; uid <= 90'000; ++uid) all += " " + std::to_string(uid);
  all += "\r\n" + repeated("* SEARCH 1\r\n", kMegabyte) + "* SEARCH 90001\r\nu2 OK x\r\n";
  ImapSession::Step step;
  EXPECT_LT(cpu_seconds([&] { step = session.feed(all); }), kLimit);
  ASSERT_EQ(step.next, ImapSession::Next::kFound);
  EXPECT_EQ(session.found().size(), 90'001u);
}

}  // namespace
}  // namespace usher::connectors::email
