#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "connectors/tickets/request_tracker_codec.h"

namespace usher::connectors::tickets::rt {
namespace {

using nlohmann::json;

net::HttpReply reply(int status, std::string body) {
  return {.status = status, .headers = {}, .body = std::move(body)};
}

std::string query_of(const Request& request) {
  const auto begin = request.path.find("query=") + 6;
  return text::url_decode(request.path.substr(begin, request.path.find('&', begin) - begin));
}

TEST(RtCodec, EscapesQuotesAndBackslashesInQueries) {
  EXPECT_EQ(sql_literal("a'b\\c"), R"('a\'b\\c')");
  EXPECT_EQ(query_of(find_ticket("ExternalRef", "x' OR id > 0 OR 'a' = 'a")),
            R"('CF.{ExternalRef}' = 'x\' OR id > 0 OR \'a\' = \'a')");
}

TEST(RtCodec, NoQueryForACommentHoldsABracket) {
  // RT takes a transaction query with '[' anywhere for JSON and answers 500.
  for (const char* ref : {"k7f3", "case[1]", "a%b", "a_b", "it's", "", "非"}) {
    const std::string query = query_of(find_comment("17", ref));
    EXPECT_EQ(query.find('['), std::string::npos) << ref;
    EXPECT_EQ(query.find('%'), std::string::npos) << ref;
  }
  EXPECT_EQ(comment_marker("k7f3-2.a:1"), "usher:k7f3-2.a:1");
  EXPECT_NE(comment_marker("a_b"), comment_marker("a-b"));
  EXPECT_EQ(comment_marker("a_b"), comment_marker("a_b"));
}

TEST(RtCodec, CreatesWithJsonWhenThereAreNoFiles) {
  const Request request = create_ticket(
      "Support",
      {.subject = "电脑  no\npower", .body = "text", .requester = "ana@example.test", .requester_name = "Ana \"X\" <Li>"},
      {{"ExternalRef", "k1"}});
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/REST/2.0/ticket");
  EXPECT_TRUE(request.is_write);
  const json body = json::parse(request.body);
  EXPECT_EQ(body.at("Queue"), "Support");
  EXPECT_EQ(body.at("Subject"), "电脑 no power");
  EXPECT_EQ(body.at("Requestor"), "\"Ana X Li\" <ana@example.test>");
  EXPECT_EQ(body.at("CustomFields"), json({{"ExternalRef", "k1"}}));
  EXPECT_EQ(body.at("ContentType"), "text/plain");
}

TEST(RtCodec, LeavesOutARequesterThatIsNoMailAddress) {
  for (const char* who : {"", "session:abc", "a b@c", "a@b, c@d", "<a@b>", "a@b\nBcc: x@y"})
    EXPECT_FALSE(json::parse(create_ticket("Q", {.requester = who}, {}).body).contains("Requestor")) << who;
}

TEST(RtCodec, SendsFilesAsMultipartWithTheirBytesUntouched) {
  const std::string bytes("\x89PNG\0\r\n--x\xff", 11);
  const Request request = create_ticket("Q",
                                        {.attachments = {{.file_name = "图片\".png",
                                                          .content_type = "image/png",
                                                          .content = std::make_shared<const std::string>(bytes)}}},
                                        {});
  ASSERT_TRUE(request.content_type.starts_with("multipart/form-data; boundary="));
  const std::string boundary = request.content_type.substr(30);
  EXPECT_NE(request.body.find("name=\"Attachments\"; filename=\"图片_.png\"\r\nContent-Type: image/png\r\n\r\n" + bytes +
                              "\r\n--" + boundary),
            std::string::npos);
  EXPECT_TRUE(request.body.ends_with("--" + boundary + "--\r\n"));
}

TEST(RtCodec, ReadsASignIn) {
  auto ok = reply(200, "RT/5.0.3+dfsg 200 Ok\n\n# Invalid object");
  ok.headers.add("Set-Cookie", "RT_SID_rt.test.80=anonymous; path=/");
  ok.headers.add("set-cookie", "RT_SID_rt.test.80=abc123; path=/; HttpOnly");
  EXPECT_EQ(parse_sign_in(ok).value(), "RT_SID_rt.test.80=abc123");
  auto refused = ok;
  refused.body = "RT/5.0.3 401 Credentials required\n";
  EXPECT_EQ(parse_sign_in(refused).error().code, ErrorCode::kDenied);
  EXPECT_EQ(parse_sign_in(reply(401, "")).error().code, ErrorCode::kDenied);
  EXPECT_EQ(parse_sign_in(reply(404, "not here")).value(), std::nullopt) << "REST 1.0 is switched off";
  EXPECT_EQ(parse_sign_in(reply(200, "<html>a page</html>")).value(), std::nullopt);
  EXPECT_EQ(parse_sign_in(reply(503, "")).error().code, ErrorCode::kUnavailable);
}

TEST(RtCodec, FindsOnlyTheExactReference) {
  const auto page = reply(200, R"({"items":[
    {"id":"11","Status":"open","CustomFields":[{"name":"ExternalRef","values":["K1"]}]},
    {"id":"12","Status":"new","CustomFields":[{"name":"Channel","values":["k1"]},{"name":"ExternalRef","values":["k1"]}]},
    {"id":"13","Status":"new","CustomFields":[{"name":"ExternalRef","values":["k1"]}]}],"total":3})");
  const auto found = parse_found(page, "ExternalRef", "k1");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->id, "12");
  EXPECT_EQ((*found)->status, "new");
  EXPECT_EQ(parse_found(page, "ExternalRef", "k2").value(), std::nullopt);
  EXPECT_EQ(parse_found(reply(200, R"({"items":[]})"), "ExternalRef", "k1").value(), std::nullopt);
}

TEST(RtCodec, AnAnswerThatIsNotUnderstoodIsNeverAbsence) {
  for (const char* body : {"", "<html>", "[]", "{}", R"({"items":7})", "{\"items\":["})
    EXPECT_EQ(parse_found(reply(200, body), "ExternalRef", "k1").error().code, ErrorCode::kUnavailable) << body;
  EXPECT_EQ(parse_found(reply(500, ""), "ExternalRef", "k1").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(parse_found(reply(403, ""), "ExternalRef", "k1").error().code, ErrorCode::kDenied);
}

TEST(RtCodec, ACreateWithoutAnIdMayHaveHappened) {
  EXPECT_EQ(parse_created(reply(201, R"({"id":"17","type":"ticket"})")).value(), "17");
  EXPECT_EQ(parse_created(reply(201, R"({"id":17})")).value(), "17");
  for (const char* body : {"", "{", "{}", R"({"id":"x"})", R"({"id":null})", R"({"id":-1})", "[17]"})
    EXPECT_EQ(parse_created(reply(201, body)).error().code, ErrorCode::kUnknown) << body;
}

TEST(RtCodec, MapsStatusesByWhatTheyMeanForARetry) {
  const auto code = [](int status) { return parse_created(reply(status, R"({"message":"why"})")).error().code; };
  EXPECT_EQ(code(401), ErrorCode::kDenied);
  EXPECT_EQ(code(403), ErrorCode::kDenied);
  EXPECT_EQ(code(404), ErrorCode::kNotFound);
  for (const int status : {400, 409, 412, 422}) EXPECT_EQ(code(status), ErrorCode::kInvalid) << status;
  for (const int status : {301, 302, 408, 425, 429}) EXPECT_EQ(code(status), ErrorCode::kUnavailable) << status;
  for (const int status : {500, 502, 503, 504}) EXPECT_EQ(code(status), ErrorCode::kUnknown) << status;
  auto busy = reply(429, "");
  busy.headers.add("Retry-After", "30");
  EXPECT_TRUE(parse_created(busy).error().detail.starts_with("retry_after=30 "));
}

TEST(RtCodec, AMessageIsAddedOn201Only) {
  EXPECT_TRUE(parse_added(reply(201, R"(["Correspondence added"])")));
  EXPECT_EQ(parse_added(reply(200, R"(["Ticket 11: Status 'bogus' isn't a valid status for this ticket."])")).error().code,
            ErrorCode::kInvalid);
  EXPECT_EQ(parse_added(reply(502, "")).error().code, ErrorCode::kUnknown);
}

}  // namespace
}  // namespace usher::connectors::tickets::rt
