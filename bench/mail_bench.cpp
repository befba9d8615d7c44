// How much of mail is read right, and what reading costs. Usage: mail_bench [ROUNDS]
//
// The score table runs three third-party collections (../shared/data, or $USHER_TEST_DATA) and is the same work as
// tests/connectors/email/corpus_test; where a collection is not on the machine its row says so. The times below it are of mails
// made here: plain, HTML with a picture, a reply with quotes, Chinese under a wrong label; 10 KB each.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "base/crypto.h"
#include "connectors/email/email_channel.h"
#include "connectors/email/reply_text.h"
#include "tests/connectors/email/scores.h"

namespace {

using namespace usher::connectors;
using namespace usher::connectors::email;
using Clock = std::chrono::steady_clock;

void row(const char* set, const char* what, const std::optional<Score>& score, int right, const char* aim) {
  if (!score) {
    fmt::print("{:<16} NOT RUN: this collection is not on this machine (USHER_TEST_DATA names its folder)\n", set);
    return;
  }
  fmt::print("{:<16} {:<28} {:>4} of {:<4} {:>8} {:>9.0f} µs {:>8.1f} KB\n", set, what, right, score->all, aim,
             score->seconds * 1e6 / std::max(score->all, 1), static_cast<double>(score->bytes) / 1024 / std::max(score->all, 1));
}

std::string repeated(std::string_view s, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += s;
  return out;
}

struct Sample {
  const char* name;
  std::string raw;
};

std::vector<Sample> samples() {
  const std::string head =
      "Received: from mx.example.org by gw.example with ESMTP; Fri, 20 Nov 2026 10:00:00 +0000\r\nFrom: Ana Ferreira "
      "<ana@example.org>\r\nTo: support@gw.example\r\nSubject: =?utf-8?Q?Drucker_l=C3=A4uft_nicht?=\r\nMessage-ID: "
      "<a1@example.org>\r\nDate: Fri, 20 Nov 2026 11:00:00 +0100\r\nMIME-Version: 1.0\r\n";
  const auto prose = repeated("The printer shows error E-204 and does not print, whatever I try.\r\n", 9'000);
  std::string picture("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
  picture += repeated("0123456789abcdef", 4'000);
  auto base64 = usher::crypto::to_base64(picture);
  for (std::size_t at = 76; at < base64.size(); at += 78) base64.insert(at, "\r\n");
  return {
      {"plain", head + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + prose},
      {"HTML + picture", head +
                             "Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; "
                             "charset=utf-8\r\n\r\n<html><body>" +
                             repeated("<p>The <b>printer</b> shows error E-204.</p>\r\n", 4'000) +
                             "<img src=\"cid:p@1\"></body></html>\r\n--b\r\nContent-Type: image/png; "
                             "name=p.png\r\nContent-ID: <p@1>\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                             base64 + "\r\n--b--\r\n"},
      {"reply + quotes", head +
                             "Content-Type: text/plain; charset=utf-8; format=flowed\r\n\r\nIt helped, thank you.\r\n\r\nOn "
                             "Fri, 20 Nov 2026 at 11:02, GW <support@gw.example> wrote:\r\n" +
                             repeated("> Please restart the printer and send us the number on the display.\r\n", 9'000)},
      {"GB18030 as gb2312",
       head + "Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
           repeated("\xb4\xf2\xd3\xa1\xbb\xfa\xb2\xbb\xb9\xa4\xd7\xf7\xa3\xac\xd6\xb8\xca\xbe\xb5\xc6\r\n", 9'000)},
  };
}

// Median of rounds, in µs.
template <class Work>
double median_us(int rounds, Work work) {
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    auto began = Clock::now();
    work();
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - began).count());
  }
  std::ranges::sort(times);
  return times[times.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::clamp(std::atoi(argv[1]), 1, 1'000'000) : 2'000;
  fmt::print("{:<16} {:<28} {:>12} {:>8} {:>12} {:>11}\n", "set", "read right", "score", "aim", "per mail", "mean size");
  auto legacy = score_legacy();
  row("mime-legacy", "every field", legacy, legacy ? legacy->right : 0, ">= 52");
  auto replies = score_replies();
  row("reply-trimmer", "visible reply", replies, replies ? replies->right : 0, ">= 60");
  auto bounces = score_bounces();
  row("bounce-flufl", "permanent, temporary, none", bounces, bounces ? bounces->right : 0, ">= 110");
  row("bounce-flufl", "with the right addresses", bounces, bounces ? bounces->also : 0, ">= 105");

  EmailSettings settings;
  settings.addresses = {"support@gw.example"};
  settings.secret = "bench";
  MailEnvelope envelope;
  envelope.from = "ana@example.org";
  envelope.recipients = {"support@gw.example"};
  fmt::print("\n{:<20} {:>8} {:>14} {:>14} {:>22}   (median of {})\n", "mail", "KB", "parse_mail", "split_reply",
             "to_inbound (all of it)", rounds);
  for (const auto& sample : samples()) {
    auto mail = parse_mail(sample.raw);
    auto raw = std::make_shared<const std::string>(sample.raw);
    std::size_t seen = 0;
    auto parsing = median_us(rounds, [&] { seen += parse_mail(sample.raw).text.size(); });
    auto splitting = median_us(rounds, [&] { seen += split_reply(mail.text).reply.size(); });
    auto all = median_us(rounds, [&] { seen += to_inbound(raw, envelope, settings, usher::Timestamp{}).has_value() ? 1 : 0; });
    fmt::print("{:<20} {:>8.1f} {:>11.0f} µs {:>11.0f} µs {:>19.0f} µs\n", sample.name,
               static_cast<double>(sample.raw.size()) / 1024, parsing, splitting, all);
    if (seen == 0) return 1;
  }
  return 0;
}
