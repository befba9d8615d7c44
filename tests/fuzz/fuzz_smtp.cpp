// The SMTP session as a client sees it. The first byte chooses the server's ways, the second how the rest is cut into reads;
// then:
//   0  the rest is what a client says. The same bytes cut differently give the same replies and the same mails.
//   1  the rest is a mail that this program sends properly, by DATA or BDAT: the mail that comes out is the mail that went in, or
//      it is refused for a bare CR or LF, or for its size. Nothing else happens.
//   2  the rest comes one read a line, with STARTTLS on offer and the server going down on the way.
//   3  the rest is a PROXY header.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "connectors/email/proxy_header.h"
#include "connectors/email/smtp_session.h"

namespace {

using namespace usher::connectors::email;
using Next = SmtpSession::Next;

constexpr std::size_t kMaxMessage = 512;

struct Ways {
  explicit Ways(unsigned first, unsigned second)
      : kind(first & 3),
        is_lmtp((first & 4) != 0),
        must_sign_in((first & 8) != 0),
        is_strict((first & 16) != 0),
        is_picky((first & 32) != 0),
        piece(1 + second % 29) {}
  unsigned kind;
  bool is_lmtp, must_sign_in, is_strict, is_picky;
  std::size_t piece;
};

SmtpSession session_of(const Ways& ways, bool offer_starttls) {
  static const EmailSettings settings = [] {
    EmailSettings s;
    s.addresses = {"support@gw.example", "@any.example"};
    return s;
  }();
  SmtpSessionOptions options;
  options.lmtp = ways.is_lmtp;
  options.offer_starttls = offer_starttls;
  options.max_message_bytes = kMaxMessage;
  if (ways.is_strict) {
    options.max_recipients = 2;
    options.max_command_bytes = 64;
    options.max_errors = 4;
    options.max_idle_commands = 3;
    options.max_hops = 2;
  }
  options.must_sign_in = ways.must_sign_in;
  options.own_address = [](std::string_view r) { return own_address(settings, r); };
  options.is_own_domain = [](std::string_view d) { return is_own_domain(settings, d); };
  options.may_sign_in = [](std::string_view user, std::string_view) { return user == "u"; };
  if (ways.is_picky) {
    options.refuse_now = [n = 0]() mutable {
      ++n;
      return std::string(n % 5 == 4 ? "421 4.3.2 full, closing" : n % 3 == 2 ? "452 4.3.1 no space" : "");
    };
  }
  return SmtpSession(std::move(options));
}

void check_replies(std::string_view replies) {
  while (!replies.empty()) {
    const auto end = replies.find("\r\n");
    USHER_CHECK(end != std::string_view::npos, "every reply line ends");
    const auto line = replies.substr(0, end);
    USHER_CHECK(line.size() >= 4 && line.size() <= 512, "a reply line is a code and words");
    USHER_CHECK(line[0] >= '2' && line[0] <= '5' && (line[3] == ' ' || line[3] == '-'), "a reply begins with its code");
    USHER_CHECK(line.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos, "nothing is smuggled into a reply");
    replies.remove_prefix(end + 2);
  }
}

struct Transcript {
  std::string replies;
  std::vector<std::string> mails;
  bool is_closed = false;
  bool operator==(const Transcript&) const = default;
};

void take(SmtpSession& session, const Ways& ways, SmtpSession::Step step, Transcript& all) {
  while (step.next == Next::kMessage) {
    all.replies += step.reply;
    auto message = session.take_message();
    USHER_CHECK(message.raw != nullptr, "a message has bytes");
    USHER_CHECK(message.raw->size() <= kMaxMessage, "a message keeps the limit");
    USHER_CHECK(!message.envelope.recipients.empty(), "a message is for somebody");
    USHER_CHECK(usher::text::is_valid_utf8(message.envelope.helo), "what is kept of EHLO is UTF-8");
    const std::string& raw = *message.raw;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == '\r') USHER_CHECK(i + 1 < raw.size() && raw[i + 1] == '\n', "no bare CR is taken");
      if (raw[i] == '\n') USHER_CHECK(i > 0 && raw[i - 1] == '\r', "no bare LF is taken");
    }
    all.mails.push_back(raw);
    if (!ways.is_picky || all.mails.size() % 3 == 0) {
      step = session.accepted("id");
    } else if (ways.is_lmtp) {
      std::vector<std::string> replies(message.envelope.recipients.size(), "250 2.0.0 id");
      replies.back() = "450 4.2.1 try later";
      step = session.answered(replies);
    } else {
      step = session.rejected(all.mails.size() % 3 == 1 ? "451 4.3.0 try later" : "421 4.3.0 going");
    }
  }
  all.replies += step.reply;
  all.is_closed = step.next == Next::kClose;
}

Transcript play(std::string_view input, const Ways& ways, std::size_t piece) {
  auto session = session_of(ways, false);
  if (!ways.is_lmtp) session.tls_started();  // sign-in is offered under TLS only
  Transcript all;
  all.replies = session.greeting().reply;
  for (std::size_t at = 0; at < input.size() && !all.is_closed; at += piece)
    take(session, ways, session.feed(input.substr(at, piece)), all);
  check_replies(all.replies);
  return all;
}

void check_cuts(std::string_view input, const Ways& ways) {
  const auto whole = play(input, ways, std::max<std::size_t>(1, input.size()));
  USHER_CHECK(whole == play(input, ways, ways.piece), "what a session says does not depend on where its input was cut");
}

bool has_bare_line_end(std::string_view s) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '\n' && (i == 0 || s[i - 1] != '\r')) return true;
    if (s[i] == '\r' && (i + 1 == s.size() || s[i + 1] != '\n')) return true;
  }
  return false;
}

// What a client does to a mail before DATA (RFC 5321 §4.5.2), written apart from what undoes it.
std::string stuffed(std::string_view mail) {
  std::string out;
  for (std::size_t i = 0; i < mail.size(); ++i) {
    const bool is_line_start = i == 0 || (i >= 2 && mail[i - 2] == '\r' && mail[i - 1] == '\n');
    if (is_line_start && mail[i] == '.') out += '.';
    out += mail[i];
  }
  return out;
}

void check_round_trip(std::string_view input, Ways ways) {
  ways.must_sign_in = ways.is_strict = ways.is_picky = false;
  const bool by_chunks = ways.piece % 2 == 0;
  std::string mail(input.substr(0, 4 * kMaxMessage));
  std::string said = ways.is_lmtp ? "LHLO c\r\n" : "EHLO c\r\n";
  said += "MAIL FROM:<a@b.example>\r\nRCPT TO:<support@gw.example>\r\n";
  if (by_chunks) {
    for (std::size_t at = 0; at < mail.size(); at += 100 + ways.piece) {
      const auto chunk = mail.substr(at, 100 + ways.piece);
      said += "BDAT " + std::to_string(chunk.size()) + "\r\n" + chunk;
    }
    said += "BDAT 0 LAST\r\n";
  } else {
    if (!mail.empty() && !mail.ends_with("\r\n")) mail += "\r\n";
    said += "DATA\r\n" + stuffed(mail) + ".\r\n";
  }
  const auto all = play(said, ways, ways.piece);
  if (!has_bare_line_end(mail) && mail.size() <= kMaxMessage) {
    USHER_CHECK(all.mails.size() == 1 && all.mails[0] == mail, "the mail that went in comes out");
    USHER_CHECK(!all.is_closed && all.replies.ends_with("250 2.0.0 id\r\n"), "and is acknowledged");
  } else {
    USHER_CHECK(all.mails.empty(), "no part of a refused mail is taken");
    USHER_CHECK(!all.replies.ends_with("250 2.0.0 id\r\n"), "nor acknowledged");
  }
}

void check_tls_and_going_down(std::string_view input, const Ways& ways) {
  auto session = session_of(ways, true);
  Transcript all;
  all.replies = session.greeting().reply;
  bool is_going = false, was_idle = false;
  for (std::size_t line = 0; !input.empty() && !all.is_closed; ++line) {
    const auto end = input.find('\n');
    const auto read = input.substr(0, end == std::string_view::npos ? end : end + 1);
    input.remove_prefix(read.size());
    if (line == ways.piece) {
      was_idle = session.is_idle();
      is_going = true;
      take(session, ways, session.shut_down(), all);
      USHER_CHECK(all.is_closed || !was_idle, "an idle session goes at once");
      if (all.is_closed) break;
    }
    const auto mails = all.mails.size();
    auto step = session.feed(read);
    if (step.next == Next::kStartTls) {
      USHER_CHECK(step.reply.ends_with("220 2.0.0 go on\r\n"), "a handshake is announced");
      check_replies(step.reply);
      step = session.tls_started();
      USHER_CHECK(step.reply.empty() && session.is_idle(), "nothing from before TLS is answered behind it");
      const auto reply = session.feed("MAIL FROM:<a@b.example>\r\n").reply;
      USHER_CHECK(reply.starts_with(is_going ? "421 " : "50"), "EHLO is said again");
      if (is_going) break;
      all.replies.clear();
      continue;
    }
    take(session, ways, std::move(step), all);
    USHER_CHECK(!is_going || all.mails.size() <= mails + 1, "one mail in flight is finished, no other is begun");
  }
  check_replies(all.replies);
}

void check_proxy_header(std::string_view input) {
  const auto header = read_proxy_header(input);
  if (header.state != ProxyHeader::State::kDone) return;
  USHER_CHECK(header.consumed <= input.size() && header.consumed <= kMaxProxyHeader, "a header is within its limits");
  // What a header is does not change by what follows it.
  USHER_CHECK(read_proxy_header(input.substr(0, header.consumed)).client == header.client, "what follows is not looked at");
  for (std::size_t n = 0; n < header.consumed; ++n)
    USHER_CHECK(read_proxy_header(input.substr(0, n)).state == ProxyHeader::State::kMore, "a part of it asks for more");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Ways ways(data[0], data[1]);
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  switch (ways.kind) {
    case 0:
      check_cuts(input, ways);
      break;
    case 1:
      check_round_trip(input, ways);
      break;
    case 2:
      check_tls_and_going_down(input, ways);
      break;
    default:
      check_proxy_header(input);
  }
  return 0;
}
