// What stands inside a mail's parts, read without the mail around it, so that no base64 is in the fuzzer's way: the first byte
// chooses the reader, the rest is what it reads. Everything that comes out is valid UTF-8 and within its limit.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/text.h"
#include "connectors/email/authentication.h"
#include "connectors/email/calendar.h"
#include "connectors/email/charset.h"
#include "connectors/email/html_text.h"
#include "connectors/email/mime.h"
#include "connectors/email/parameters.h"
#include "connectors/email/plain_text.h"
#include "connectors/email/rtf_text.h"
#include "connectors/email/smime.h"
#include "connectors/email/thread.h"
#include "connectors/email/tnef.h"

namespace {

using namespace usher;
using namespace usher::connectors::email;

constexpr std::size_t kRoom = 1'024;

void utf8(std::string_view s) {
  USHER_CHECK(text::is_valid_utf8(s), "what is handed on is valid UTF-8");
}
void bounded(std::string_view s) {
  utf8(s);
  USHER_CHECK(s.size() <= kRoom, "what is handed on keeps its limit");
}

// "label\nhint\nbytes"
void charset(std::string_view input) {
  auto line = [&input] {
    const auto end = std::min(input.find('\n'), input.size());
    const auto out = input.substr(0, end);
    input.remove_prefix(std::min(end + 1, input.size()));
    return out;
  };
  const auto label = line(), hint = line();
  utf8(to_utf8(input, label, hint));
}

void tnef(std::string_view input) {
  const auto read = read_tnef(input, kRoom);
  if (!read) return;
  bounded(read->text);
  std::size_t all = 0;
  for (const auto& file : read->files) {
    for (const auto* s : {&file.file_name, &file.content_type, &file.content_id}) utf8(*s);
    all += file.content.size();
  }
  USHER_CHECK(read->files.size() <= 100 && all <= input.size() + 100 * kRoom, "files are not made of nothing");
}

void smime(std::string_view input) {
  const auto opened = open_smime(input);
  USHER_CHECK(opened.content.size() <= input.size(), "content is not made of nothing");
  USHER_CHECK(opened.kind == Smime::Kind::kSigned || opened.content.empty(), "only what is signed has content");
}

void one_line(const std::string& s) {
  utf8(s);
  USHER_CHECK(s.find_first_of(std::string_view("\r\n\0", 3)) == s.npos, "a value of the header is one line");
}

void results(std::string_view input) {
  const auto value = text::to_valid_utf8(input);
  const auto parsed = parse_authentication_results(value);
  for (const auto& m : parsed.methods) {
    utf8(m.method);
    utf8(m.result);
  }
  // Nobody is vouched for by a field of somebody else.
  Mail mail;
  mail.from = {{"", "ana@example.org"}};
  mail.headers = {{"authentication-results", value}, {"received", "x"}};
  EmailSettings settings;
  settings.authserv_id = "mx.gw.example";
  const auto judged = authenticate(mail, settings);
  if (judged.state == Authentication::State::kPass) {
    const auto lower = text::to_lower_ascii(value);
    // A verdict on DMARC is about From: by definition, whether or not it repeats the domain.
    USHER_CHECK(lower.contains("mx.gw.example") && (lower.contains("example.org") || lower.contains("dmarc")),
                "who vouches is named");
  }
  utf8(judged.evidence);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 't':
      tnef(input);
      break;
    case 'r':
      bounded(rtf_to_text(input, kRoom));
      break;
    case 'z':
      if (const auto rtf = decompress_rtf(input, kRoom)) {
        USHER_CHECK(rtf->size() <= kRoom, "a document keeps its limit");
        bounded(rtf_to_text(*rtf, kRoom));
      }
      break;
    case 's':
      smime(input);
      break;
    case 'c':
      one_line(calendar_line(text::to_valid_utf8(input), "request"));
      break;
    case 'w':
      one_line(decode_header(input));
      one_line(decode_structured(input, "gb2312"));
      break;
    case 'p':
      if (const auto value = extended_parameter(input, "name")) utf8(*value);
      break;
    case 'f':
      for (const bool delete_space : {false, true}) {
        const auto out = unflow(text::to_valid_utf8(input), delete_space);
        utf8(out);
        USHER_CHECK(out.size() <= 2 * input.size() * 3 + 2, "a text does not grow");
      }
      break;
    case 'g':
      if (const auto bare = without_pgp_armour(text::to_valid_utf8(input))) utf8(*bare);
      break;
    case 'l':
      charset(input);
      break;
    case 'a':
      results(input);
      break;
    case 'i':
      for (const auto& id : parse_message_ids(input)) one_line(id);
      break;
    default:
      break;
  }
  return 0;
}
