#include "base/clock.h"

#include <gtest/gtest.h>

namespace usher {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kSaturdayNight = 1795298399007;  // 2026-11-21T21:59:59.007Z

TEST(Clock, ATimestampIsWrittenInRfc3339WithMilliseconds) {
  EXPECT_EQ(to_rfc3339(from_millis(kSaturdayNight)), "2026-11-21T21:59:59.007Z");
  EXPECT_EQ(to_rfc3339(from_millis(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(from_millis(1709210096789)), "2024-02-29T12:34:56.789Z");
}

TEST(Clock, ATimeBefore1970IsWrittenRight) {
  EXPECT_EQ(to_rfc3339(from_millis(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Clock, ATimestampIsWrittenInRfc5322ForMail) {
  EXPECT_EQ(to_rfc5322(from_millis(kSaturdayNight)), "Sat, 21 Nov 2026 21:59:59 +0000");
  EXPECT_EQ(to_rfc5322(from_millis(0)), "Thu, 01 Jan 1970 00:00:00 +0000");
}

TEST(Clock, MillisecondsGoThereAndBack) {
  EXPECT_EQ(to_millis(from_millis(kSaturdayNight)), kSaturdayNight);
}

TEST(Clock, TheManualClockStandsStillUntilItIsTold) {
  ManualClock clock(from_millis(1000));
  EXPECT_EQ(to_millis(clock.now()), 1000);
  EXPECT_EQ(to_millis(clock.now()), 1000);
  clock.advance(milliseconds(250));
  EXPECT_EQ(to_millis(clock.now()), 1250);
}

TEST(Clock, TheSystemClockAgreesWithTheSystem) {
  const auto before = std::chrono::system_clock::now() - milliseconds(1);
  const auto now = system_clock().now();
  EXPECT_LE(before, now);
  EXPECT_GE(std::chrono::system_clock::now(), now);
}

}  // namespace
}  // namespace usher
