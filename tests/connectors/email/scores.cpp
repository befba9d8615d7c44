#include "tests/connectors/email/scores.h"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/crypto.h"
#include "base/text.h"
#include "connectors/email/charset.h"
#include "connectors/email/plain_text.h"
#include "connectors/email/reply_text.h"
#include "connectors/email/verdict.h"
#include "tests/connectors/email/corpus.h"

namespace usher::connectors::email {
namespace {

using nlohmann::json;

template <class Work>
auto timed(Score& score, Work work) {
  auto began = std::chrono::steady_clock::now();
  auto out = work();
  score.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return out;
}

MimeOptions as_labelled() {
  MimeOptions options;
  options.sniff_types = false;
  return options;
}

// CRLF → LF, lines right-trimmed, at most one empty line in a row, trimmed.
std::string normal(std::string_view s) {
  std::string out;
  for (auto& line : text::split(std::string(s), '\n')) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.pop_back();
    out += line + "\n";
  }
  for (auto at = out.find("\n\n\n"); at != std::string::npos; at = out.find("\n\n\n")) out.erase(at, 1);
  auto begin = out.find_first_not_of('\n');
  if (begin == std::string::npos) return {};
  return text::trim(out.substr(begin));
}

json addresses(const std::vector<MailAddress>& list) {
  auto out = json::array();
  for (const auto& a : list) out.push_back({{"name", a.name}, {"address", a.address}});
  return out;
}
// Addresses without the difference between "no name" and "empty name".
json plain_addresses(const json& expected) {
  auto out = json::array();
  for (const auto& a : expected) {
    out.push_back({{"name", a.value("name", json()).is_string() ? a["name"] : json("")},
                   {"address", a.value("address", json()).is_string() ? a["address"] : json("")}});
  }
  return out;
}

std::int64_t seconds_of(const std::string& rfc3339) {
  std::tm tm{};
  int zone_hours = 0;
  int zone_minutes = 0;
  char sign = '+';
  std::sscanf(rfc3339.c_str(), "%d-%d-%dT%d:%d:%d%c%d:%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
              &tm.tm_sec, &sign, &zone_hours, &zone_minutes);
  tm.tm_year -= 1900;
  tm.tm_mon -= 1;
  auto offset = (zone_hours * 60 + zone_minutes) * 60 * (sign == '-' ? -1 : 1);
  return timegm(&tm) - (sign == 'Z' ? 0 : offset);
}

std::vector<std::string> differences(const Mail& mail, const json& expected, const std::string& raw) {
  std::vector<std::string> wrong;
  // Where the collection's own reading lost a character (U+FFFD), any is right.
  auto same = [](const std::string& got, const std::string& want) {
    std::size_t g = 0;
    for (std::size_t w = 0; w < want.size();) {
      if (want.compare(w, 3, "\xEF\xBF\xBD") == 0) {
        w += 3;
        for (++g; g < got.size() && (static_cast<unsigned char>(got[g]) & 0xC0) == 0x80;) ++g;
      } else if (g >= got.size() || got[g++] != want[w++]) {
        return false;
      }
    }
    return g == got.size();
  };
  auto check = [&](const char* field, const json& got, const json& want) {
    if (!same(got.dump(), want.dump()))
      wrong.push_back(std::string(field) + "\n    got  " + got.dump().substr(0, 300) + "\n    want " +
                      want.dump().substr(0, 300));
  };
  if (expected["subject"].is_string())
    check("subject", text::collapse_spaces(mail.subject), text::collapse_spaces(expected["subject"].get<std::string>()));
  check("from", addresses(mail.from), plain_addresses(expected["from"]));
  check("to", addresses(mail.to), plain_addresses(expected["to"]));
  check("cc", addresses(mail.cc), plain_addresses(expected["cc"]));
  check("reply_to", addresses(mail.reply_to), plain_addresses(expected["reply_to"]));
  if (expected["message_id"].is_string()) check("message_id", mail.message_id, expected["message_id"]);
  if (expected["date"].is_string()) check("date", mail.date ? json(*mail.date) : json(), seconds_of(expected["date"]));
  std::string want_text;
  bool is_html = false;
  for (const auto& part : expected["text_body"]) {
    if (part.value("type", "") == "text") want_text += part["text"].get<std::string>() + "\n";
    if (part.value("type", "") == "html") is_html = true;
  }
  if (!is_html) {
    std::string got_text;
    for (const auto& part : mail.plain_parts) got_text += part + "\n";
    check("text", text::collapse_spaces(got_text), text::collapse_spaces(want_text));
  }
  auto names = json::array();
  auto want_names = json::array();
  bool is_encoded = raw.find("\nbegin 6") != std::string::npos || raw.find("mac-binhex40") != std::string::npos;
  for (std::size_t i = 0; i < expected["attachments"].size(); ++i) {
    const auto& want = expected["attachments"][i];
    want_names.push_back({want["content_type"], want["size"]});
    if (i >= mail.attachments.size()) break;
    const auto& got = mail.attachments[i];
    // Text is compared as the collection has it: UTF-8 with LF. uuencode and BinHex it leaves encoded; we decode the former.
    auto as_text = with_line_feeds(to_utf8(*got.content, {}));
    auto sha = want["sha256"].get<std::string>();
    bool is_same = got.sha256 == sha || crypto::sha256_hex(as_text) == sha || is_encoded;
    names.push_back({want["content_type"], is_same ? want["size"] : json(got.content->size())});
  }
  for (auto i = expected["attachments"].size(); i < mail.attachments.size(); ++i) names.push_back(mail.attachments[i].file_name);
  check("attachments", names, want_names);
  return wrong;
}

}  // namespace

std::optional<Score> score_legacy(const Report& report) {
  auto folder = corpus("mime-legacy");
  if (!std::filesystem::exists(folder)) return std::nullopt;
  Score score;
  for (int i = 0; i < 1'000; ++i) {
    auto name = fmt::format("{:03}", i);
    if (!std::filesystem::exists(folder / (name + ".eml"))) break;
    ++score.all;
    auto raw = read_file(folder / (name + ".eml"));
    score.bytes += raw.size();
    auto mail = timed(score, [&] { return parse_mail(raw, as_labelled()); });
    auto wrong = differences(mail, json::parse(read_file(folder / (name + ".json"))), raw);
    score.right += wrong.empty() ? 1 : 0;
    if (report) {
      for (const auto& w : wrong) report(name + " " + w);
    }
  }
  return score;
}

std::optional<Score> score_replies(const Report& report) {
  auto file = corpus("reply-trimmer") / "cases.jsonl";
  if (!std::filesystem::exists(file)) return std::nullopt;
  Score score;
  for (const auto& line : text::split(read_file(file), '\n')) {
    if (line.empty()) continue;
    ++score.all;
    auto test = json::parse(line);
    auto input = test["input"].get<std::string>();
    score.bytes += input.size();
    auto got = normal(timed(score, [&] { return split_reply(input); }).reply);
    auto want = normal(test["trimmed"].get<std::string>());
    score.right += got == want ? 1 : 0;
    if (got != want && report) {
      report(fmt::format("=== {}\n--- input\n{}\n--- got\n{}\n--- want\n{}", test["name"].dump(), input.substr(0, 1500),
                         got.substr(0, 1200), want.substr(0, 1200)));
    }
  }
  return score;
}

std::optional<Score> score_bounces(const Report& report) {
  auto folder = corpus("bounce-flufl");
  if (!std::filesystem::exists(folder)) return std::nullopt;
  Score score;
  for (const auto& line : text::split(read_file(folder / "expected.jsonl"), '\n')) {
    if (line.empty()) continue;
    ++score.all;
    auto test = json::parse(line);
    auto raw = read_file(folder / test["file"].get<std::string>());
    score.bytes += raw.size();
    MailEnvelope envelope;
    envelope.is_from_known = false;
    auto bounce = timed(score, [&] { return find_bounce(parse_mail(raw, as_labelled()), envelope).value_or(Bounce{}); });
    auto set = [](const auto& list) {
      std::set<std::string> out;
      for (const auto& a : list) out.insert(text::to_lower_ascii(std::string(a)));
      return out;
    };
    auto permanent = set(test["permanent"].get<std::vector<std::string>>());
    auto temporary = set(test["temporary"].get<std::vector<std::string>>());
    bool is_class = permanent.empty() == bounce.permanent.empty() && temporary.empty() == bounce.temporary.empty();
    bool is_same = permanent == set(bounce.permanent) && temporary == set(bounce.temporary);
    score.right += is_class ? 1 : 0;
    score.also += is_same ? 1 : 0;
    if (!is_same && report) {
      report(fmt::format("{} {} evidence={}\n    got  {}{}\n    want {}{}", test["file"].dump(), test["detectors"].dump(),
                         bounce.evidence, json(bounce.permanent).dump(), json(bounce.temporary).dump(), test["permanent"].dump(),
                         test["temporary"].dump()));
    }
  }
  return score;
}

}  // namespace usher::connectors::email
