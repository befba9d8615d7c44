#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/net/http.h"
#include "base/net/http_client.h"
#include "base/net/http_head.h"

namespace usher::net {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Headers, CompareNamesWithoutCase) {
  Headers headers;
  headers.add("Accept", "a");
  headers.add("ACCEPT", "b");
  headers.add("Other", "c");
  EXPECT_EQ(headers.find("accept"), "a");
  EXPECT_EQ(headers.count("Accept"), 2U);
  headers.set("accept", "d");
  EXPECT_EQ(headers.find("ACCEPT"), "d");
  EXPECT_EQ(headers.count("accept"), 1U);
  EXPECT_FALSE(headers.find("missing"));
}

TEST(HttpRequest, DecodesQueryParameters) {
  HttpRequest request;
  request.query = "a=1&b=x%20y+z&a=2&flag&=nameless&c=%E4%BD%A0";
  EXPECT_EQ(request.query_param("a"), "1");
  EXPECT_EQ(request.query_param("b"), "x y z");
  EXPECT_EQ(request.query_param("flag"), "");
  EXPECT_EQ(request.query_param("c"), "你");
  EXPECT_FALSE(request.query_param("d"));
}

TEST(HttpRequest, FindsACookieAmongMany) {
  HttpRequest request;
  request.headers.add("Cookie", "a=1; usher_session=abc=def; b=\"q\"");
  request.headers.add("cookie", "late=yes");
  EXPECT_EQ(request.cookie("usher_session"), "abc=def");
  EXPECT_EQ(request.cookie("b"), "q");
  EXPECT_EQ(request.cookie("late"), "yes");
  EXPECT_FALSE(request.cookie("session"));
}

TEST(HttpRequest, ReadsAFormOnlyWhenItSaysSo) {
  HttpRequest request;
  request.body = "text=hello+world&choice=a%26b";
  EXPECT_TRUE(request.form().empty());
  request.headers.add("Content-Type", "Application/X-WWW-Form-Urlencoded; charset=utf-8");
  EXPECT_THAT(request.form(), ElementsAre(Pair("text", "hello world"), Pair("choice", "a&b")));
}

TEST(HttpHead, EveryPrefixOfAGoodHeadNeedsMore) {
  const std::string head = "GET /x HTTP/1.1\r\nHost: y\r\nA: b\r\n\r\n";
  for (std::size_t n = 0; n < head.size(); ++n) {
    const auto scan = scan_head(std::string_view(head).substr(0, n));
    EXPECT_EQ(scan.end, 0U) << n;
    EXPECT_EQ(scan.refuse, 0) << n;
  }
  EXPECT_EQ(scan_head(head + "tail").end, head.size());
}

TEST(HttpHead, AbsoluteFormLosesItsAuthority) {
  EXPECT_EQ(parse_target("HTTP://host:80/a?b")->path, "/a");
  EXPECT_EQ(parse_target("http://host:80/a?b=/..")->query, "b=/..");
  EXPECT_FALSE(parse_target("http://host"));
  EXPECT_FALSE(parse_target("*"));
  EXPECT_EQ(parse_target("/a..b/...c")->path, "/a..b/...c");
}

TEST(AddressGuard, RefusesEverythingThatIsNotPublic) {
  for (const char* address : {"127.0.0.1",        "127.8.8.8",       "0.0.0.0",         "10.0.0.1",    "172.16.0.1",
                              "172.31.255.255",   "192.168.1.1",     "169.254.169.254", "100.64.0.1",  "224.0.0.1",
                              "255.255.255.255",  "192.0.2.1",       "198.18.0.1",      "::",          "::1",
                              "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1",         "fc00::1",     "fd12::1",
                              "ff02::1",          "64:ff9b::7f00:1", "2002:7f00:1::",   "::127.0.0.1", "fec0::1",
                              "not an address"}) {
    EXPECT_TRUE(is_private_address(address)) << address;
  }
  for (const char* address : {"1.1.1.1", "172.32.0.1", "172.15.255.255", "100.128.0.1", "192.167.1.1", "2606:4700::1111",
                              "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"}) {
    EXPECT_FALSE(is_private_address(address)) << address;
  }
}

}  // namespace
}  // namespace usher::net
