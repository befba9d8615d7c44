#include "connectors/webchat/protocol.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace usher::connectors::webchat {
namespace {

using nlohmann::json;

TEST(WebchatProtocol, ReadsHelloAndMsg) {
  const auto hello = parse_client_frame(R"({"t":"hello","v":1,"session":"abc","seq":7,"lang":"zh-CN"})");
  ASSERT_TRUE(hello) << hello.error().message;
  EXPECT_EQ(std::get<Hello>(*hello).session, "abc");
  EXPECT_EQ(std::get<Hello>(*hello).seq, 7);
  EXPECT_EQ(std::get<Hello>(*hello).lang, "zh-CN");
  EXPECT_TRUE(parse_client_frame(R"({"t":"hello"})"));
  const auto msg = parse_client_frame(R"({"t":"msg","cmid":"0192-a","text":"没电 \ud83d\ude00","choice":"yes"})");
  ASSERT_TRUE(msg) << msg.error().message;
  EXPECT_EQ(std::get<Msg>(*msg).cmid, "0192-a");
  EXPECT_EQ(std::get<Msg>(*msg).text, "没电 😀");
  EXPECT_EQ(std::get<Msg>(*msg).choice, "yes");
}

TEST(WebchatProtocol, UnknownFieldsAreIgnored) {
  EXPECT_TRUE(
      parse_client_frame(R"({"t":"msg","new":{"text":1,"t":[2,{"cmid":3}]},"cmid":"a","text":"x","more":[[1]],"z":null})"));
  EXPECT_TRUE(parse_client_frame(R"({"x":1.5,"t":"hello","y":true,"s":"free"})"));
}

TEST(WebchatProtocol, RefusesEverythingElseWithAReason) {
  const std::string deep = R"({"t":"msg","cmid":"a","text":"x","y":)" + std::string(20'000, '[') + std::string(20'000, ']') + "}";
  const std::vector<std::string> bad{"",
                                     " ",
                                     "{",
                                     "[]",
                                     "1",
                                     "null",
                                     "\"t\"",
                                     "true",
                                     "{}",
                                     deep,
                                     R"({"t":1})",
                                     R"({"t":null})",
                                     R"({"t":["msg"]})",
                                     R"({"t":{"t":"msg"}})",
                                     R"({"t":"Msg","cmid":"a","text":"x"})",
                                     R"({"t":"bye"})",
                                     R"({"t":"hello","v":2})",
                                     R"({"t":"hello","v":"1"})",
                                     R"({"t":"hello","seq":-1})",
                                     R"({"t":"hello","seq":1.5})",
                                     R"({"t":"hello","seq":"7"})",
                                     R"({"t":"hello","seq":9223372036854775808})",
                                     R"({"t":"hello","seq":1e400})",
                                     R"({"t":"hello","session":7})",
                                     R"({"t":"hello","session":null})",
                                     R"({"t":"hello","lang":["en"]})",
                                     R"({"t":"hello","lang":")" + std::string(36, 'x') + R"("})",
                                     R"({"t":"hello","session":")" + std::string(129, 'x') + R"("})",
                                     R"({"t":"hello"})" + std::string(1, '\0') + "x",
                                     R"({"t":"msg","text":"x"})",
                                     R"({"t":"msg","cmid":"","text":"x"})",
                                     R"({"t":"msg","cmid":7,"text":"x"})",
                                     R"({"t":"msg","cmid":"a b","text":"x"})",
                                     R"({"t":"msg","cmid":"a\u0000","text":"x"})",
                                     R"({"t":"msg","cmid":"ä","text":"x"})",
                                     R"({"t":"msg","cmid":")" + std::string(65, 'a') + R"(","text":"x"})",
                                     R"({"t":"msg","cmid":"a"})",
                                     R"({"t":"msg","cmid":"a","text":""})",
                                     R"({"t":"msg","cmid":"a","text":" \n\t "})",
                                     R"({"t":"msg","cmid":"a","text":"\u0000\u0007"})",
                                     R"({"t":"msg","cmid":"a","text":5})",
                                     R"({"t":"msg","cmid":"a","text":{"a":"b"}})",
                                     R"({"t":"msg","cmid":"a","text":"x","choice":false})",
                                     R"({"t":"msg","cmid":"a","text":"x","choice":")" + std::string(201, 'c') + R"("})",
                                     R"({"t":"msg","cmid":"a","text":"x","text":"y"})",
                                     R"({"t":"msg","t":"hello","cmid":"a","text":"x"})",
                                     R"({"t":"msg","cmid":"a","text":"x"} {})",
                                     R"({"t":"msg","cmid":"a","text":"x"}garbage)",
                                     R"({"t":"msg","cmid":"a","text":"\ud800"})",
                                     "{\"t\":\"msg\",\"cmid\":\"a\",\"text\":\"\xff\"}",
                                     "{\"t\":\"msg\",\"cmid\":\"a\",\"text\":\"a\nb\"}",
                                     "{\"t\":\"msg\",\"cmid\":\"a\",\"text\":\"x\"\0}",
                                     "\x16\x03\x01\x02"};
  for (const std::string& text : bad) {
    const auto frame = parse_client_frame(text);
    ASSERT_FALSE(frame) << text.substr(0, 100);
    EXPECT_EQ(frame.error().code, ErrorCode::kInvalid) << text.substr(0, 100);
    EXPECT_FALSE(frame.error().message.empty()) << text.substr(0, 100);
    EXPECT_LT(frame.error().message.size(), 200u);
  }
  EXPECT_EQ(parse_client_frame(std::string(kMaxFrameBytes + 1, ' ')).error().code, ErrorCode::kTooLarge);
}

TEST(WebchatProtocol, RemovesControlCharactersFromText) {
  const auto msg = parse_client_frame(R"({"t":"msg","cmid":"a","text":"a\u0000b\u001b[31mc\td\ne"})");
  EXPECT_EQ(std::get<Msg>(*msg).text, "ab[31mc\td\ne");
}

TEST(WebchatProtocol, ReadsTheHttpForm) {
  EXPECT_EQ(parse_post("k1", R"({"text":"x"})")->cmid, "k1");
  EXPECT_EQ(parse_post("k1", R"({"choice":"yes"})")->choice, "yes");
  EXPECT_FALSE(parse_post("", R"({"text":"x"})"));
  EXPECT_FALSE(parse_post("k 1", R"({"text":"x"})"));
  EXPECT_FALSE(parse_post("k1", ""));
  EXPECT_EQ(parse_session_request("").value(), "");
  EXPECT_EQ(parse_session_request(R"({"lang":"zh"})").value(), "zh");
  EXPECT_FALSE(parse_session_request("x"));
}

TEST(WebchatProtocol, KnowsTwoLanguages) {
  EXPECT_EQ(language_of("zh-Hant-TW"), "zh");
  EXPECT_EQ(language_of("EN_us"), "en");
  for (const char* other : {"", "de", "zhx", "e", "-en"}) EXPECT_EQ(language_of(other), "") << other;
}

TEST(WebchatProtocol, FramesAreAsDocumented) {
  EXPECT_EQ(welcome_frame("S", "C", 9, "R"), R"({"t":"welcome","session":"S","conversation":"C","seq":9,"ref":"R"})");
  EXPECT_EQ(ack_frame("m", "L1", 9, ""), R"({"t":"ack","cmid":"m","id":"L1","seq":9,"ref":""})");
  EXPECT_EQ(nack_frame({"m", "busy", "later", std::chrono::milliseconds{2000}}),
            R"({"t":"nack","cmid":"m","code":"busy","message":"later","retry_after_ms":2000})");
  EXPECT_EQ(nack_frame({"m", "invalid", "no", std::nullopt}), R"({"t":"nack","cmid":"m","code":"invalid","message":"no"})");
  EXPECT_EQ(ref_frame("4711", false), R"({"t":"ref","ref":"4711","provisional":false})");
  EXPECT_EQ(pause_frame(std::chrono::seconds{5}), R"({"t":"pause","retry_after_ms":5000})");
  EXPECT_EQ(bye_frame("S", std::chrono::milliseconds{7}), R"({"t":"bye","resume":"S","retry_after_ms":7})");
  EXPECT_EQ(error_frame("invalid", "a \"b\""), R"({"t":"error","code":"invalid","message":"a \"b\""})");
  ChatMessage m{.seq = 8,
                .id = "L8",
                .from = "bot",
                .text = "序列号？",
                .choices = {{"yes", "Yes"}},
                .slot = "serial",
                .at = from_millis(0)};
  EXPECT_EQ(
      message_frame(m),
      R"({"t":"message","seq":8,"id":"L8","from":"bot","text":"序列号？","choices":[{"id":"yes","label":"Yes"}],"slot":"serial","at":"1970-01-01T00:00:00.000Z"})");
  m.html = "<p>x</p>";
  EXPECT_EQ(json::parse(message_frame(m)).at("html"), "<p>x</p>");
  EXPECT_EQ(json::parse(messages_body({m}, 8, "R")).at("messages").size(), 1u);
  EXPECT_EQ(json::parse(messages_body({}, 8, "R")).at("messages"), json::array());
  EXPECT_EQ(posted_body("L1", 3, "R"), R"({"id":"L1","seq":3,"ref":"R"})");
  EXPECT_EQ(json::parse(session_body("S", m)).at("greeting").at("seq"), 8);
}

TEST(WebchatProtocol, BrokenBytesNeverBreakAFrame) {
  EXPECT_TRUE(json::accept(message_frame({.seq = 1, .text = "a\xff\xfe", .at = from_millis(0)})));
  EXPECT_TRUE(json::accept(error_frame("x", std::string("\xc3\x28\0", 3))));
}

}  // namespace
}  // namespace usher::connectors::webchat
