#include "connectors/json_input.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace usher::connectors {
namespace {

TEST(JsonInput, ReadsWhatIsWellFormed) {
  auto value = parse_json(R"({"a":[1,2,{"b":null}],"c":"电脑","d":1e308,"e":-3,"f":true,"g":18446744073709551615})");
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ(to_json_text(*value), R"({"a":[1,2,{"b":null}],"c":"电脑","d":1e+308,"e":-3,"f":true,"g":18446744073709551615})");
}

TEST(JsonInput, RefusesANameThatAppearsTwice) {
  EXPECT_FALSE(parse_json(R"({"a":1,"a":1})"));
  EXPECT_FALSE(parse_json(R"({"x":{"a":1,"b":2,"a":3}})"));
  EXPECT_FALSE(parse_json("{\"a\":1,\"\\u0061\":2}")) << "the same name, spelled differently";
  EXPECT_TRUE(parse_json(R"([{"a":1},{"a":1}])")) << "two objects may share names";
}

TEST(JsonInput, BoundsTheDepth) {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  EXPECT_TRUE(parse_json(nested(32), 32));
  EXPECT_FALSE(parse_json(nested(33), 32));
  EXPECT_FALSE(parse_json(nested(1'000'000), 32));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += R"({"a":)";
  EXPECT_FALSE(parse_json(objects, 32));
}

TEST(JsonInput, RefusesWhatIsNotJsonOrNotUtf8) {
  for (const std::string bad :
       {"", " ", "{", "{\"a\":1,}", "nul", "{'a':1}", "1 2", "{\"a\":01}", "{\"a\":NaN}", "{\"a\":1e999}", "\"\\ud800\"",
        "\"\\udc00\\ud800\"", "\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"a\nb\"", "// x\n1"})
    EXPECT_FALSE(parse_json(bad)) << bad;
  EXPECT_FALSE(parse_json(std::string_view("{}\0{\"a\":1}", 10))) << "nothing hides behind a NUL";
  EXPECT_FALSE(parse_json(std::string_view("{}\0", 3)));
}

TEST(JsonInput, WritesBrokenBytesAsReplacementCharacters) {
  EXPECT_EQ(to_json_text(nlohmann::json("a\xff")), "\"a\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace usher::connectors
