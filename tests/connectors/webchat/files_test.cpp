#include "connectors/webchat/files.h"

#include "base/crypto.h"
#include "tests/connectors/webchat/fakes.h"

namespace usher::connectors::webchat {
namespace {

using namespace std::string_literals;

const std::string kPng = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"s;
const std::string kJpeg = "\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xdb\0\x43\0"s;
const std::string kExe = "MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8\0\0\0"s + std::string(40, '\0') + "\x80\0\0\0"s +
                         std::string(64, '\0') + "PE\0\0\x64\x86\x02\0"s + std::string(200, '\0');

std::string part(const std::string& name, const std::string& file_name, const std::string& bytes) {
  return "--XyZ\r\nContent-Disposition: form-data; name=\"" + name + "\"" +
         (file_name.empty() ? "" : "; filename=\"" + file_name + "\"\r\nContent-Type: application/octet-stream") + "\r\n\r\n" +
         bytes + "\r\n";
}
constexpr std::string_view kType = "multipart/form-data; boundary=XyZ";

Form form_of(const std::vector<std::pair<std::string, std::string>>& files, const std::string& text = "") {
  std::string body = text.empty() ? "" : part("text", "", text);
  for (const auto& [name, bytes] : files) body += part("file", name, bytes);
  auto form = parse_form_data(kType, body + "--XyZ--\r\n");
  EXPECT_TRUE(form) << form.error().message;
  return form ? std::move(*form) : Form{};
}

constexpr std::size_t kLimit = 20u * 1024 * 1024;

TEST(FormData, FieldsAndFilesComeInTheirOrderWithEveryByte) {
  const std::string binary = "a\r\n--XyQ\r\n\0--XyZ\n"s;
  const Form form = form_of({{"a.bin", binary}, {"b.bin", "\r\n"}}, "two\r\nlines");
  EXPECT_EQ(form.field("text"), "two\r\nlines");
  EXPECT_EQ(form.field("other"), "");
  ASSERT_EQ(form.files.size(), 2u);
  EXPECT_EQ(form.files[0].bytes, binary);
  EXPECT_EQ(form.files[0].file_name, "a.bin");
  EXPECT_EQ(form.files[1].bytes, "\r\n");
}

TEST(FormData, AFileFieldLeftEmptyIsNoFile) {
  const auto form =
      parse_form_data(kType, "--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--XyZ--\r\n");
  ASSERT_TRUE(form);
  EXPECT_TRUE(form->files.empty());
}

TEST(FormData, NamesAreReadAsBrowsersAndCurlWriteThem) {
  EXPECT_EQ(form_of({{"a %22b%22.png", "x"}}).files.at(0).file_name, "a \"b\".png");
  EXPECT_EQ(form_of({{"a \\\"b.png", "x"}}).files.at(0).file_name, "a \"b.png");
  EXPECT_EQ(form_of({{"照片.png", "x"}}).files.at(0).file_name, "照片.png");
  const auto quoted = parse_form_data("Multipart/Form-Data; charset=utf-8; boundary=\"XyZ\"", part("text", "", "x") + "--XyZ--");
  ASSERT_TRUE(quoted);
  EXPECT_EQ(quoted->field("text"), "x");
}

TEST(FormData, WhatIsCutOrCrookedIsRefused) {
  const std::string whole = part("text", "", "hello") + part("file", "a.png", kPng) + "--XyZ--\r\n";
  ASSERT_TRUE(parse_form_data(kType, whole));
  for (std::size_t n = 0; n < whole.size() - 4; ++n) EXPECT_FALSE(parse_form_data(kType, whole.substr(0, n))) << n;
  EXPECT_FALSE(parse_form_data("application/json", whole));
  EXPECT_FALSE(parse_form_data("multipart/form-data", whole));
  EXPECT_FALSE(parse_form_data("multipart/form-data; boundary=" + std::string(71, 'a'), whole));
  EXPECT_FALSE(parse_form_data(kType, "--XyZ\r\nContent-Type: text/plain\r\n\r\nx\r\n--XyZ--")) << "no name";
  EXPECT_FALSE(parse_form_data(kType, part("text", "", std::string(65 * 1024, 'x')) + "--XyZ--"));
  std::string many;
  for (int i = 0; i < 40; ++i) many += part("a", "", "x");
  EXPECT_FALSE(parse_form_data(kType, many + "--XyZ--"));
}

TEST(FormData, WhateverComesItReadsInsideTheBody) {
  const std::string whole =
      part("text", "", "hello") + part("file", "a.png", kPng) + part("file", "b\\\"%22.png", "") + "--XyZ--\r\n";
  std::uint64_t state = 1;
  const auto next = [&state](std::size_t below) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>((state >> 33) % below);
  };
  static constexpr std::string_view kAlphabet = "\r\n-\";=:%\\XyZ";
  int read = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string body = whole;
    for (std::size_t edits = next(3) + 1; edits > 0; --edits) {
      const std::size_t at = next(body.size());
      if (next(2) == 0)
        body[at] = kAlphabet[next(kAlphabet.size())];
      else
        body.erase(at, next(8));
    }
    const auto form = parse_form_data(kType, body);
    if (!form) continue;
    ++read;
    for (const FormFile& file : form->files) {
      EXPECT_GE(file.bytes.data(), form->body->data());
      EXPECT_LE(file.bytes.data() + file.bytes.size(), form->body->data() + form->body->size());
    }
  }
  EXPECT_GT(read, 1000);
  EXPECT_LT(read, 19'000);
}

TEST(ChatFiles, TheTypeIsThatOfTheContentAndTheNameEndsAccordingly) {
  const struct {
    std::string name, bytes, type, kept_as;
  } table[] = {
      {"label.png", kPng, "image/png", "label.png"},
      {"label.PNG", kPng, "image/png", "label.PNG"},
      {"photo.png", kJpeg, "image/jpeg", "photo.png.jpg"},
      {"photo", kJpeg, "image/jpeg", "photo.jpg"},
      {"a.gif", "GIF89a\x01\0\x01\0\x80\0\0"s, "image/gif", "a.gif"},
      {"a.webp", "RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0"s, "image/webp", "a.webp"},
      {"IMG_1.HEIC",
       "\0\0\0\x18"
       "ftypheic\0\0\0\0mif1heic"s,
       "image/heic", "IMG_1.HEIC"},
      {"bill.pdf", "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "application/pdf", "bill.pdf"},
      {"clip.mp4",
       "\0\0\0\x18"
       "ftypisom\0\0\x02\0isomiso2"s,
       "video/mp4", "clip.mp4"},
      {"clip.mov",
       "\0\0\0\x14"
       "ftypqt  \0\0\0\0qt  "s,
       "video/quicktime", "clip.mov"},
      {"system.log", "2026-11-22 kernel: thermal shutdown\n", "text/plain", "system.log"},
      {"events.json", "{\"event\": \"thermal\", \"at\": 1}\n", "text/plain", "events.json"},
      {"run.sh", "#!/bin/sh\nrm -rf /\n", "text/plain", "run.sh.txt"},
      {"../../etc/passwd", "root:x:0:0\n", "text/plain", "passwd.txt"},
      {"\xe2\x80\xaegnp.exe", kPng, "image/png", "gnp.exe.png"},
  };
  for (const auto& row : table) {
    const auto files = examine_files(form_of({{row.name, row.bytes}}), kLimit, "en");
    ASSERT_TRUE(files) << row.name << ": " << files.error().message;
    EXPECT_EQ(files->at(0).content_type, row.type) << row.name;
    EXPECT_EQ(files->at(0).file_name, row.kept_as);
    EXPECT_EQ(*files->at(0).content, row.bytes);
    EXPECT_EQ(files->at(0).sha256, crypto::sha256_hex(row.bytes));
    EXPECT_EQ(type_of_name(files->at(0).file_name), row.type);
  }
}

TEST(ChatFiles, OtherTypesAreRefusedWhateverTheirNameInTheCustomersLanguage) {
  for (const auto& [name, bytes] : std::vector<std::pair<std::string, std::string>>{
           {"holiday.png", kExe},
           {"a.txt", "<!DOCTYPE html><html><script>alert(1)</script></html>"},
           {"a.png", "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>"},
           {"a.pdf", "PK\x03\x04\x14\0\0\0\0\0"s},
           {"a.log",
            "\x7f"
            "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"s},
           {"a.bin", "\x01\x02\x03\xfe\xff\0\0"s},
           {"empty.png", ""},
       }) {
    const auto english = examine_files(form_of({{name, bytes}}), kLimit, "en");
    ASSERT_FALSE(english) << name;
    EXPECT_EQ(files_refusal(english.error()), "file_type");
    EXPECT_TRUE(english.error().message.contains(name)) << english.error().message;
    EXPECT_TRUE(bytes.empty() || english.error().message.contains("JPEG, PNG")) << english.error().message;
    const auto chinese = examine_files(form_of({{name, bytes}}), kLimit, "zh");
    ASSERT_FALSE(chinese);
    EXPECT_TRUE(chinese.error().message.contains("文件")) << chinese.error().message;
  }
  EXPECT_EQ(files_refusal(Error{ErrorCode::kInvalid, "x", "other"}), "");
}

TEST(ChatFiles, NumberAndSizeTogetherAreBounded) {
  std::vector<std::pair<std::string, std::string>> five(5, {"image.png", kPng});
  const auto taken = examine_files(form_of(five), kPng.size() * 5, "en");
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(taken->at(0).file_name, "image.png");
  EXPECT_EQ(taken->at(4).file_name, "image (5).png") << "names differ within a message";
  const auto large = examine_files(form_of(five), kPng.size() * 5 - 1, "en");
  ASSERT_FALSE(large);
  EXPECT_EQ(files_refusal(large.error()), "too_large");
  EXPECT_TRUE(too_large_sentence(kLimit, "en").contains("20 MB"));
  EXPECT_TRUE(too_large_sentence(kLimit, "zh").contains("20 MB"));
  five.emplace_back("image.png", kPng);
  const auto many = examine_files(form_of(five), kLimit, "en");
  ASSERT_FALSE(many);
  EXPECT_EQ(files_refusal(many.error()), "too_many_files");
}

class ChatUpload : public WebchatTest {
 protected:
  net::HttpRequest upload(const std::string& token, const std::string& cmid, const std::string& body, std::string lang = "en") {
    net::HttpRequest r;
    r.method = "POST";
    r.path = r.target = "/chat/files";
    r.remote = "192.0.2.1";
    r.headers.add("Host", "shop.test");
    r.headers.add("Authorization", "Bearer " + token);
    r.headers.add("Idempotency-Key", cmid);
    r.headers.add("Accept-Language", std::move(lang));
    r.headers.add("Content-Type", std::string(kType));
    r.body = body + "--XyZ--\r\n";
    return r;
  }
  net::HttpRequest get(const std::string& token, const std::string& target) {
    net::HttpRequest r;
    r.method = "GET";
    r.target = target;
    r.path = target.substr(0, target.find('?'));
    if (r.path.size() < target.size()) r.query = target.substr(r.path.size() + 1);
    r.headers.add("Host", "shop.test");
    if (!token.empty()) r.headers.add("Authorization", "Bearer " + token);
    return r;
  }
  net::HttpResponse handle(net::HttpRequest r) { return run(channel_->handle(std::move(r))); }
  static std::string code(const net::HttpResponse& r) { return json::parse(r.body).at("error").at("code"); }
};

TEST_F(ChatUpload, WordsAndFilesAreOneMessage) {
  const std::string token = channel_->new_token();
  const auto response = handle(upload(token, "m1", part("text", "", "the label") + part("file", "l.png", kPng), "zh-CN"));
  EXPECT_EQ(response.status, 201) << response.body;
  ASSERT_EQ(inbox_.messages.size(), 1u);
  const Inbound& m = inbox_.messages[0];
  EXPECT_EQ(m.text, "the label");
  EXPECT_EQ(m.language, "zh");
  EXPECT_EQ(m.sender_id, key(token));
  ASSERT_EQ(m.attachments.size(), 1u);
  EXPECT_EQ(m.attachments[0].file_name, "l.png");
  EXPECT_EQ(*m.attachments[0].content, kPng);
  EXPECT_EQ(handle(upload(token, "m2", part("file", "l.png", kPng))).status, 201) << "words may be missing";
  EXPECT_EQ(handle(upload(token, "m3", part("text", "", "no file"))).status, 201) << "and so may files";
  EXPECT_EQ(handle(upload(token, "m4", part("text", "", " "))).status, 400) << "but not both";
}

TEST_F(ChatUpload, ARepeatHasOneEffectAndOtherFilesUnderItsIdAreAConflict) {
  const std::string token = channel_->new_token();
  const auto first = handle(upload(token, "m1", part("file", "l.png", kPng)));
  EXPECT_EQ(first.status, 201);
  const auto again = handle(upload(token, "m1", part("file", "l.png", kPng)));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(handle(upload(token, "m1", part("file", "l.png", kPng + "x"))).status, 409);
  EXPECT_EQ(handle(upload(token, "m1", part("file", "other.png", kPng))).status, 409);
  EXPECT_EQ(inbox_.messages.size(), 1u);
}

TEST_F(ChatUpload, RefusalsHaveTheirStatusAndStoreNothing) {
  make({.max_files_bytes = 1024 * 1024});
  const std::string token = channel_->new_token();
  const auto type = handle(upload(token, "m", part("file", "a.png", kExe), "zh-CN,zh;q=0.9"));
  EXPECT_EQ(type.status, 415);
  EXPECT_EQ(code(type), "file_type");
  EXPECT_TRUE(type.body.contains("无法接收")) << type.body;
  const auto large = handle(upload(token, "m", part("file", "a.png", kPng + std::string(1024 * 1024, 'x'))));
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(code(large), "too_large");
  std::string six;
  for (int i = 0; i < 6; ++i) six += part("file", "a.png", kPng);
  EXPECT_EQ(handle(upload(token, "m", six)).status, 413);
  EXPECT_EQ(handle(upload("forged", "m", part("file", "a.png", kPng))).status, 401);
  EXPECT_EQ(handle(upload(token, "a b", part("file", "a.png", kPng))).status, 400);
  auto not_a_form = upload(token, "m", "");
  not_a_form.body = "x";
  EXPECT_EQ(handle(not_a_form).status, 400);
  auto foreign = upload(token, "m", part("file", "a.png", kPng));
  foreign.headers.add("Origin", "https://evil.example");
  EXPECT_EQ(handle(foreign).status, 403);
  inbox_.next_error = Error{ErrorCode::kIo, "internals"};
  EXPECT_EQ(handle(upload(token, "m", part("file", "a.png", kPng))).status, 503);
  inbox_.not_ready = Error{ErrorCode::kUnavailable, "draining"};
  EXPECT_EQ(handle(upload(token, "m", part("file", "a.png", kPng))).status, 503);
  EXPECT_TRUE(inbox_.messages.empty());
}

TEST_F(ChatUpload, FilesHaveARateOfTheirOwnPerSessionAndPerAddress) {
  make({.rate = {.per_second = 0}, .files_rate = {.per_second = 0.1, .burst = 2}});
  const std::string token = channel_->new_token();
  for (const char* cmid : {"m1", "m2"}) EXPECT_EQ(handle(upload(token, cmid, part("file", "l.png", kPng))).status, 201);
  const auto third = handle(upload(token, "m3", part("file", "l.png", kPng)));
  EXPECT_EQ(third.status, 429);
  EXPECT_EQ(third.headers.find("Retry-After"), "10");
  EXPECT_EQ(handle(upload(token, "m4", part("text", "", "words go on"))).status, 201);
  int taken = 2;
  while (taken < 100 && handle(upload(channel_->new_token(), "m", part("file", "l.png", kPng))).status == 201) ++taken;
  EXPECT_EQ(taken, 19) << "ten sessions' worth from one address: 20, one of which was refused to the first session";
}

TEST_F(ChatUpload, TheOwnSessionGetsItsFilesBackWhichCannotAct) {
  const std::string token = channel_->new_token();
  history_.files[{3, "a b.png"}] = {
      .file_name = "a b.png", .content_type = "image/png", .content = std::make_shared<std::string>(kPng)};
  history_.files[{4, "x.pdf"}] = {
      .file_name = "x.pdf", .content_type = "application/pdf", .content = std::make_shared<std::string>("%PDF")};
  const auto picture = handle(get(token, "/chat/files/3?name=a%20b.png"));
  EXPECT_EQ(picture.status, 200);
  EXPECT_EQ(picture.body, kPng);
  EXPECT_EQ(history_.last_key, key(token));
  EXPECT_EQ(picture.headers.find("Content-Type"), "image/png");
  EXPECT_EQ(picture.headers.find("X-Content-Type-Options"), "nosniff");
  EXPECT_TRUE(picture.headers.find("Content-Security-Policy")->ends_with("sandbox"));
  EXPECT_EQ(picture.headers.find("Content-Disposition"), "inline; filename*=UTF-8''a%20b.png");
  auto by_cookie = get("", "/chat/files/4?name=x.pdf");
  by_cookie.headers.add("Cookie", "usher_chat=" + token);
  const auto pdf = handle(by_cookie);
  EXPECT_EQ(pdf.status, 200);
  EXPECT_EQ(pdf.headers.find("Content-Disposition"), "attachment; filename*=UTF-8''x.pdf");
  for (const char* target : {"/chat/files/3?name=other", "/chat/files/9?name=a%20b.png", "/chat/files/x?name=a", "/chat/files/3"})
    EXPECT_EQ(handle(get(token, target)).status, 404) << target;
  EXPECT_EQ(handle(get("forged", "/chat/files/3?name=a%20b.png")).status, 401);
  EXPECT_EQ(handle(get("", "/chat/files/3?name=a%20b.png")).status, 401);
}

TEST_F(ChatUpload, TheLimitsCanBeAsked) {
  const auto response = handle(get("", "/chat/files"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(json::parse(response.body), json::parse(R"({"max_bytes":20971520,"max_files":5})"));
  EXPECT_GT(channel_->max_form_bytes(), kLimit);
}

TEST_F(ChatUpload, AnOpenSocketSeesTheMessageWithItsFiles) {
  std::string token;
  auto socket = known(token);
  auto own = line(1, "customer", "");
  own.files = {"a \"b\".png"};
  history_.add(own);
  EXPECT_EQ(handle(upload(token, "m1", part("file", "a.png", kPng))).status, 201);
  const auto frames = socket->take();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].at("files"), json::parse(R"([{"name":"a \"b\".png"}])"));
}

TEST(ChatFrames, APictureIsNamedOnlyWhenThereIsOne) {
  auto m = line(1, "bot", "Look here.");
  EXPECT_FALSE(json::parse(message_frame(m)).contains("picture"));
  EXPECT_FALSE(json::parse(message_frame(m)).contains("files"));
  m.picture = "/pictures/label.svg";
  EXPECT_EQ(json::parse(message_frame(m)).at("picture"), "/pictures/label.svg");
}

}  // namespace
}  // namespace usher::connectors::webchat
