#include "connectors/email/bounce.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "connectors/email/plain_text.h"
#include "connectors/email/thread.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxAddresses = 50;
constexpr std::size_t kMaxScannedLines = 400;

constexpr auto kSubjects = std::to_array<std::string_view>({"undelivered mail returned to sender",
                                                            "delivery status notification",
                                                            "mail delivery failed",
                                                            "mail delivery failure",
                                                            "undeliverable",
                                                            "undelivered",
                                                            "onbestelbaar",
                                                            "não_entregue",
                                                            "não entregue",
                                                            "failure notice",
                                                            "returned mail",
                                                            "delivery failure",
                                                            "mail system error",
                                                            "notice: mail delivery status",
                                                            "warning: delayed mail",
                                                            "delivery report",
                                                            "delivery problems",
                                                            "delivery notification",
                                                            "mail error",
                                                            "unzustellbar",
                                                            "non remis",
                                                            "no se puede entregar",
                                                            "delivery delayed",
                                                            "delivery error",
                                                            "nondeliverable mail",
                                                            "mail failure",
                                                            "message status - undeliverable",
                                                            "delivery has failed",
                                                            "unable to deliver",
                                                            "warning: could not send",
                                                            "warning: message",
                                                            "系统退信",
                                                            "退信通知",
                                                            "non-delivery",
                                                            "could not be delivered",
                                                            "user unknown",
                                                            "mail delivery warning",
                                                            "automatically rejected",
                                                            "mail failed, returning",
                                                            "returning to sender",
                                                            "delivery failed"});

constexpr auto kPassing = std::to_array<std::string_view>(
    {"will be retried", "still trying", "will continue", "will keep trying", "not yet been delivered", "has been delayed",
     "message delayed", "warning message only", "do not need to resend", "delivery is delayed", "delivery attempts will",
     "have not yet", "could not be delivered yet", "will try again"});

// Where the report ends and the mail that failed begins.
constexpr auto kReturnedMail = std::to_array<std::string_view>(
    {"below this line", "this is a copy of", "original message follows", "------ this is", "unsent message below",
     "headers of the message", "original message header", "transcript of message follows", "content-type: message/",
     "message text follows", "original message as received", "old message:", "-- returned mail --"});

// What stands before the addresses that were not reached.
constexpr auto kIntroductions = std::to_array<std::string_view>(
    {"did not reach the following", "could not be delivered to", "following address", "failed recipients", "following recipient",
     "unable to deliver", "delivery errors", "could not be delivered", "not be delivered", "permanent fatal errors",
     "undeliverable", "has been postponed", "delivery to the following", "was automatically rejected",
     "unavailable: user not found", "pas pu etre delivre"});
constexpr auto kFailures =
    std::to_array<std::string_view>({"user unknown", "no such user", "mailbox unavailable", "unknown user", "this is the qmail",
                                     "mailbox is full", "quota exceeded", "550 ", "554 "});

bool contains(std::string_view s, std::string_view part) {
  return s.find(part) != std::string_view::npos;
}

template <std::size_t N>
bool names_any(std::string_view s, const std::array<std::string_view, N>& phrases) {
  return std::any_of(phrases.begin(), phrases.end(), [&](std::string_view phrase) { return contains(s, phrase); });
}

bool is_daemon(std::string_view address) {
  static constexpr auto kLocals = std::to_array<std::string_view>(
      {"mailer-daemon", "postmaster", "mailerdaemon", "mail-daemon", "mailer_daemon", "mdaemon", "abuse"});
  auto local = address.substr(0, address.find('@'));
  return std::find(kLocals.begin(), kLocals.end(), local) != kLocals.end();
}

bool is_address_char(char c) {
  auto u = static_cast<unsigned char>(c);
  return std::isalnum(u) != 0 || u >= 128 || std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
}

// Every mail address in a line, lower case.
std::vector<std::string> addresses_in(std::string_view line) {
  std::vector<std::string> found;
  for (auto at = line.find('@'); at != std::string_view::npos; at = line.find('@', at + 1)) {
    auto begin = at;
    while (begin > 0 && is_address_char(line[begin - 1])) --begin;
    auto end = at + 1;
    while (end < line.size() &&
           (std::isalnum(static_cast<unsigned char>(line[end])) != 0 || line[end] == '-' || line[end] == '.'))
      ++end;
    while (end > at + 1 && (line[end - 1] == '.' || line[end - 1] == '-')) --end;
    while (begin < at && (line[begin] == '\'' || line[begin] == '=' || line[begin] == '.')) ++begin;
    // "SMTP=a@b" of X.400 gateways
    if (auto equals = line.substr(begin, at - begin).rfind("smtp="); equals != std::string_view::npos) begin += equals + 5;
    auto domain = line.substr(at + 1, end - at - 1);
    auto local = line.substr(begin, at - begin);
    if (local.empty() || local.ends_with('.') || contains(local, "..") || !contains(domain, ".") || end - begin > 254) continue;
    found.push_back(text::to_lower_ascii(line.substr(begin, end - begin)));
  }
  return found;
}

void add(std::vector<std::string>& to, std::string address) {
  if (address.empty() || to.size() >= kMaxAddresses || std::find(to.begin(), to.end(), address) != to.end()) return;
  to.push_back(std::move(address));
}

// "rfc822; <a@b>" → "a@b"
std::string report_address(std::string_view value) {
  auto semicolon = value.find(';');
  if (semicolon != std::string_view::npos) value.remove_prefix(semicolon + 1);
  auto address = text::to_lower_ascii(text::trim(value));
  std::erase_if(address, [](char c) { return c == '<' || c == '>' || c == ' ' || c == '"'; });
  return contains(address, "..") ? std::string{} : address;
}

// The fields of one group of a delivery status, folded lines joined.
using Group = std::vector<std::pair<std::string, std::string>>;
std::vector<Group> groups_of(std::string_view status) {
  std::vector<Group> groups(1);
  auto whole = with_line_feeds(status);
  for (const auto& line : text::split(whole, '\n')) {
    if (text::trim(line).empty()) {
      if (!groups.back().empty()) groups.emplace_back();
    } else if ((line[0] == ' ' || line[0] == '\t') && !groups.back().empty()) {
      groups.back().back().second += " " + text::trim(line);
    } else if (auto colon = line.find(':'); colon != std::string::npos) {
      groups.back().emplace_back(text::to_lower_ascii(text::trim(line.substr(0, colon))), text::trim(line.substr(colon + 1)));
    }
    if (groups.size() > 200) break;
  }
  return groups;
}

std::string value_of(const Group& group, std::string_view name) {
  for (const auto& [key, value] : group) {
    if (key == name) return value;
  }
  return {};
}

void read_status(std::string_view status, Bounce& bounce) {
  for (const auto& group : groups_of(status)) {
    auto action = text::to_lower_ascii(value_of(group, "action"));
    action = action.substr(0, action.find_first_of(" ;("));
    auto address = report_address(value_of(group, "original-recipient"));
    if (!contains(address, "@")) address = report_address(value_of(group, "final-recipient"));
    if (action.empty() || address.empty()) continue;
    auto code = value_of(group, "status");
    if (action == "failed" || action == "failure") {
      add(bounce.permanent, address);
    } else if (action == "delayed") {
      add(bounce.temporary, address);
    } else {
      continue;
    }
    if (bounce.status.empty()) {
      bounce.status = code.substr(0, code.find_first_of(" ("));
      bounce.diagnostic = text::cut(value_of(group, "diagnostic-code"), 500);
    }
  }
}

// "To: x@y" and the like in a report repeat the header of the mail that failed.
bool is_header_line(std::string_view lower) {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"to:", "cc:", "from:", "subject:", "sent:", "sender:", "message-id", "references",
                                       "in-reply-to", "reporting-mta", "reply-to:", "mail from", "x-", "list-"});
  return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view n) { return lower.starts_with(n); }) ||
         contains(lower, "mailto:") || contains(lower, "mail from:") || contains(lower, "mail from <");
}

// The addresses a report in prose names before the returned mail begins; those behind "could not be delivered to" before all
// others.
void read_prose(const Mail& mail, Bounce& bounce) {
  std::vector<std::string> known;
  for (const auto* list : {&mail.from, &mail.to, &mail.sender, &mail.reply_to}) {
    for (const auto& entry : *list) known.push_back(text::to_lower_ascii(entry.address));
  }
  bool is_passing = false;
  bool is_introduced = false;
  std::vector<std::string> found;
  std::vector<std::string> introduced;
  std::size_t lines = 0;
  for (const auto& line : text::split(mail.text, '\n')) {
    if (++lines > kMaxScannedLines) break;
    auto lower = text::to_lower_ascii(text::trim(line)).substr(0, 1'000);
    if (names_any(lower, kPassing)) is_passing = true;
    if (names_any(lower, kIntroductions)) is_introduced = true;
    bool is_end =
        lines > 2 && (names_any(lower, kReturnedMail) || lower.starts_with("received:") || lower.starts_with("return-path:"));
    if (is_end && !found.empty()) break;
    if (is_header_line(lower)) continue;
    for (auto& address : addresses_in(lower)) {
      if (is_daemon(address) || std::find(known.begin(), known.end(), address) != known.end()) continue;
      if (is_introduced) add(introduced, address);
      add(found, std::move(address));
    }
  }
  auto subject = text::to_lower_ascii(mail.subject);
  if ((contains(subject, "warning") && !contains(subject, "unknown")) || contains(subject, "delayed")) is_passing = true;
  auto& into = is_passing ? bounce.temporary : bounce.permanent;
  for (auto& address : introduced.empty() ? found : introduced) add(into, std::move(address));
}

// Message-ID of the mail that failed: in the returned header, or further down in the text.
std::string returned_id(const Mail& mail) {
  for (const auto* source : {&mail.returned_header, &mail.text}) {
    for (const auto& line : text::split(*source, '\n')) {
      auto trimmed = text::trim(line);
      while (trimmed.starts_with('>')) trimmed = text::trim(trimmed.substr(1));
      if (trimmed.size() < 12 || !text::iequals_ascii(std::string_view(trimmed).substr(0, 11), "message-id:")) continue;
      if (auto ids = parse_message_ids(std::string_view(trimmed).substr(11)); !ids.empty()) return "<" + ids.front() + ">";
    }
  }
  return {};
}

// The words of a failure near the top of the text.
bool tells_failure(const Mail& mail) {
  auto top = text::to_lower_ascii(std::string_view(mail.text).substr(0, 4'000));
  return names_any(top, kIntroductions) || names_any(top, kFailures);
}

bool is_from_daemon(const Mail& mail) {
  return std::any_of(mail.from.begin(), mail.from.end(), [](const MailAddress& from) {
    auto name = text::to_lower_ascii(from.name);
    return is_daemon(text::to_lower_ascii(from.address)) || contains(name, "mail delivery") || contains(name, "mailer-daemon");
  });
}

// An address only mail servers use; postmaster may be a person.
bool is_mailer_daemon(std::string_view address) {
  return text::to_lower_ascii(address).starts_with("mailer-daemon@");
}

// What says that this is a report; empty when nothing does. A person may write "Returned mail?" or send a report on to us: prose
// counts only together with a subject of its kind or a sender that is no person.
std::string evidence_of(const Mail& mail, const MailEnvelope& envelope) {
  if (mail.report_type == "delivery-status" || !mail.delivery_status.empty()) return "delivery status report";
  if (const auto* failed = mail.header("x-failed-recipients"); failed != nullptr) return "X-Failed-Recipients: " + *failed;
  if (mail.report_type == "feedback-report") return {};
  const auto* return_path = mail.header("return-path");
  bool is_null_sender = (envelope.is_from_known && envelope.from.empty()) ||
                        (return_path != nullptr &&
                         (text::trim(*return_path) == "<>" || contains(text::to_lower_ascii(*return_path), "mailer-daemon")));
  auto subject = text::to_lower_ascii(text::trim(mail.subject));
  bool is_subject = std::any_of(kSubjects.begin(), kSubjects.end(), [&](std::string_view s) {
    return subject.starts_with(s) || (s.size() > 10 && contains(subject, s));
  });
  bool is_daemon_mail = is_from_daemon(mail);
  // Nearly every mail ends here: its text need not be searched.
  if (!is_subject && !is_daemon_mail) return {};
  bool is_failure = tells_failure(mail);
  if (mail.report_type == "disposition-notification")
    return is_subject && is_failure ? "notification of a rejected mail" : std::string{};
  if (is_daemon_mail && (is_subject || is_null_sender || is_failure || is_mailer_daemon(mail.from.front().address)))
    return "sender " + mail.from.front().address;
  if (is_subject && (is_null_sender || mail.from.empty())) return "subject \"" + mail.subject + "\" from <>";
  bool is_conversation =
      subject.starts_with("re:") || subject.starts_with("aw:") || subject.starts_with("fw") || subject.starts_with("wg:");
  if (is_subject && is_failure && !is_conversation) return "subject \"" + mail.subject + "\" and a failure in the text";
  return {};
}

}  // namespace

std::optional<Bounce> find_bounce(const Mail& mail, const MailEnvelope& envelope) {
  Bounce bounce;
  bounce.evidence = evidence_of(mail, envelope);
  if (bounce.evidence.empty()) return std::nullopt;
  read_status(mail.delivery_status, bounce);
  if (const auto* failed = mail.header("x-failed-recipients"); failed != nullptr && bounce.permanent.empty()) {
    for (auto& address : addresses_in(*failed)) add(bounce.permanent, std::move(address));
  }
  if (bounce.permanent.empty() && bounce.temporary.empty()) read_prose(mail, bounce);
  bounce.original_message_id = returned_id(mail);
  return bounce;
}

}  // namespace usher::connectors::email
