#include "base/metrics.h"

#include <gtest/gtest.h>

namespace usher::metrics {
namespace {

TEST(Metrics, TheSameNameAndLabelsGiveTheSameMetric) {
  auto& a = counter("test_same_total", "help", {{"channel", "email"}});
  auto& b = counter("test_same_total", "help", {{"channel", "email"}});
  auto& other = counter("test_same_total", "help", {{"channel", "webchat"}});
  EXPECT_EQ(&a, &b);
  EXPECT_NE(&a, &other);
  const double before = b.value();
  a.add();
  a.add(2.5);
  EXPECT_EQ(b.value(), before + 3.5);
  EXPECT_EQ(other.value(), 0);
}

TEST(Metrics, AGaugeGoesUpAndDown) {
  auto& g = gauge("test_gauge", "help");
  g.set(5);
  g.add(-2);
  EXPECT_EQ(g.value(), 3);
}

TEST(Metrics, EverythingIsRenderedAsPrometheusText) {
  [[maybe_unused]] static const bool once = [] {  // the registry outlives the test: a second run must not count again
    counter("test_render_total", "What it counts", {{"channel", "a\"b\\c\nd"}}).add(7);
    auto& h = histogram("test_render_seconds", "How long", {0.1, 1});
    for (const double seconds : {0.05, 0.5, 5.0}) h.observe(seconds);
    return true;
  }();
  const auto text = render();
  EXPECT_NE(text.find("# HELP test_render_total What it counts\n"), std::string::npos) << text;
  EXPECT_NE(text.find("# TYPE test_render_total counter\n"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(test_render_total{channel="a\"b\\c\nd"} 7)"), std::string::npos) << text;
  EXPECT_NE(text.find("test_render_seconds_bucket{le=\"0.1\"} 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("test_render_seconds_bucket{le=\"1\"} 2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("test_render_seconds_bucket{le=\"+Inf\"} 3\n"), std::string::npos) << text;
  EXPECT_NE(text.find("test_render_seconds_count 3\n"), std::string::npos) << text;
}

TEST(MetricsDeathTest, OneNameForTwoKindsIsOurBug) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  counter("test_two_kinds", "help");
  EXPECT_DEATH(gauge("test_two_kinds", "help"), "test_two_kinds");
}

}  // namespace
}  // namespace usher::metrics
