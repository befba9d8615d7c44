#include "connectors/email/bounce.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "connectors/email/plain_text.h"
#include "connectors/email/report_words.h"
#include "connectors/email/thread.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxAddresses = 50;
constexpr std::size_t kMaxScannedLines = 400;

bool contains(std::string_view s, std::string_view part) {
  return s.find(part) != std::string_view::npos;
}

template <std::size_t N>
bool names_any(std::string_view s, const std::string_view (&phrases)[N]) {
  return std::any_of(std::begin(phrases), std::end(phrases), [&](std::string_view phrase) { return contains(s, phrase); });
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
    // What stands before it without a blank: "收件人：a@b".
    for (std::string_view mark : {"：", "，", "、", "。", "（", "【", "《", "“", "«"}) {
      if (const auto behind = line.substr(begin, at - begin).rfind(mark); behind != std::string_view::npos)
        begin += behind + mark.size();
    }
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
  return contains(address, "...") ? std::string{} : address;  // "user...@" hides the rest of it
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

// Whether the report says that nothing failed or is late: everything was delivered, relayed or expanded.
bool is_success(std::string_view status) {
  bool is_told = false;
  for (const auto& group : groups_of(status)) {
    const auto action = text::to_lower_ascii(value_of(group, "action"));
    if (action.starts_with("failed") || action.starts_with("failure") || action.starts_with("delayed")) return false;
    is_told = is_told || action.starts_with("delivered") || action.starts_with("relayed") || action.starts_with("expanded");
  }
  return is_told;
}

void read_status(std::string_view status, Bounce& bounce) {
  for (const auto& group : groups_of(status)) {
    auto action = text::to_lower_ascii(value_of(group, "action"));
    action = action.substr(0, action.find_first_of(" ;("));
    auto address = report_address(value_of(group, "original-recipient"));
    if (!contains(address, "@")) address = report_address(value_of(group, "final-recipient"));
    auto code = value_of(group, "status");
    if (address.empty() || (action.empty() && code.empty())) continue;
    if (action == "failed" || action == "failure" || (action.empty() && code.starts_with('5'))) {
      add(bounce.permanent, address);
    } else if (action == "delayed" || (action.empty() && code.starts_with('4'))) {
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

bool is_from_daemon(const Mail& mail) {
  return std::any_of(mail.from.begin(), mail.from.end(), [](const MailAddress& from) {
    auto name = text::to_lower_ascii(from.name);
    return is_daemon(text::to_lower_ascii(from.address)) || contains(name, "mail delivery") || contains(name, "mailer-daemon");
  });
}

// "anaf" of a line that has nothing else: some reports name the user without the domain, which is their own.
std::string lone_user(std::string_view line) {
  if (!line.starts_with(' ') && !line.starts_with('\t')) return {};
  auto word = text::to_lower_ascii(text::trim(line));
  const bool is_name = word.size() >= 2 && word.size() <= 64 && std::all_of(word.begin(), word.end(), [](char c) {
                         return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
                       });
  return is_name && std::any_of(word.begin(), word.end(), [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; })
             ? word
             : std::string{};
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
  bool is_list = false;    // the line before ended the introduction, or was of the list
  bool is_behind = false;  // an address stands behind the introduction
  std::vector<std::string> found;
  std::vector<std::string> introduced;
  std::vector<std::string> users;
  std::size_t lines = 0;
  for (const auto& line : text::split(mail.text, '\n')) {
    if (++lines > kMaxScannedLines) break;
    auto lower = text::to_lower_ascii(text::trim(line)).substr(0, 1'000);
    if (names_any(lower, kPassing)) is_passing = true;
    if (names_any(lower, kIntroductions)) is_introduced = true;
    bool is_end =
        lines > 2 && (names_any(lower, kReturnedMail) || lower.starts_with("received:") || lower.starts_with("return-path:"));
    if (is_end && (!found.empty() || !users.empty())) break;
    if (is_header_line(lower)) continue;
    if (is_list && !lower.empty()) {
      auto user = lone_user(line);
      is_list = !user.empty();
      add(users, std::move(user));
    }
    if (names_any(lower, kIntroductions) && lower.ends_with(':')) is_list = true;
    for (auto& address : addresses_in(lower)) {
      if (is_daemon(address) || std::find(known.begin(), known.end(), address) != known.end()) continue;
      if (is_introduced) add(introduced, address);
      is_behind = is_behind || (is_introduced && !is_list);
      add(found, std::move(address));
    }
  }
  auto subject = text::to_lower_ascii(mail.subject);
  if ((contains(subject, "warning") && !contains(subject, "unknown")) || contains(subject, "delayed")) is_passing = true;
  auto& into = is_passing ? bounce.temporary : bounce.permanent;
  if (!is_behind && !users.empty() && is_from_daemon(mail)) {
    const auto& from = mail.from.front().address;
    if (const auto at = from.find('@'); at != std::string::npos) {
      for (const auto& user : users) add(into, user + text::to_lower_ascii(from.substr(at)));
      return;
    }
  }
  for (auto& address : introduced.empty() ? found : introduced) add(into, std::move(address));
}

// The enhanced status (RFC 3463) a report in prose quotes: behind the reply code it belongs to, a number sign or "Status:". Other
// numbers with two dots are versions and addresses.
std::string status_in(std::string_view text) {
  const auto is_digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  for (std::size_t i = 1; i + 4 < text.size(); ++i) {
    if ((text[i] != '4' && text[i] != '5') || text[i + 1] != '.') continue;
    auto subject = i + 2;
    while (is_digit(subject) && subject < i + 5) ++subject;
    if (subject == i + 2 || subject >= text.size() || text[subject] != '.') continue;
    auto end = subject + 1;
    while (is_digit(end) && end < subject + 4) ++end;
    if (end == subject + 1 || is_digit(end) || (end + 1 < text.size() && text[end] == '.' && is_digit(end + 1))) continue;
    const bool has_code = i >= 4 && (text[i - 1] == ' ' || text[i - 1] == '-') && text[i - 4] == text[i] && is_digit(i - 3) &&
                          is_digit(i - 2) && (i == 4 || !is_digit(i - 5));
    const bool has_name = i >= 8 && text::iequals_ascii(text.substr(i - 8, 8), "status: ");
    if (text[i - 1] == '#' || has_code || has_name) return std::string(text.substr(i, end - i));
  }
  return {};
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

// An address only mail servers use; postmaster may be a person.
bool is_mailer_daemon(std::string_view address) {
  return text::to_lower_ascii(address).starts_with("mailer-daemon@");
}

// A sender that is a program of a mail server, by its name, or a mail that says it was not written by a person.
bool is_robot(const Mail& mail) {
  static constexpr std::string_view kPrograms[] = {"smtp",       "daemon",      "postmaster",  "gateway",      "inetgw",
                                                   "mailer",     "ndr",         "bounce",      "antivirus",    "systemadmin",
                                                   "delivery",   "noreply",     "no-reply",    "mail_service", "mailservice",
                                                   "mailserver", "mail-server", "mail.system", "mail-system"};
  const auto* submitted = mail.header("auto-submitted");
  if (submitted != nullptr && !text::to_lower_ascii(*submitted).starts_with("no")) return true;
  for (const auto* name : {"precedence", "x-precedence"}) {
    const auto* value = mail.header(name);
    if (value == nullptr) continue;
    const auto word = text::to_lower_ascii(text::trim(*value));
    if (word.starts_with("bulk") || word.starts_with("junk") || word.starts_with("auto")) return true;
  }
  return std::any_of(mail.from.begin(), mail.from.end(), [](const MailAddress& from) {
    const auto lower = text::to_lower_ascii(from.address);
    return names_any(std::string_view(lower).substr(0, lower.rfind('@')), kPrograms);
  });
}

// What says that this is a report; empty when nothing does. A person may write "Delivery failed: my parcel was returned"
// or send a report on to us: prose counts only from a sender that is no person.
std::string evidence_of(const Mail& mail, const MailEnvelope& envelope) {
  if (mail.report_type == "delivery-status" || !mail.delivery_status.empty()) return "delivery status report";
  if (const auto* failed = mail.header("x-failed-recipients"); failed != nullptr) return "X-Failed-Recipients: " + *failed;
  if (mail.report_type == "feedback-report") return {};
  const auto* return_path = mail.header("return-path");
  bool is_null_sender = (envelope.is_from_known && envelope.from.empty()) ||
                        (return_path != nullptr &&
                         (text::trim(*return_path) == "<>" || contains(text::to_lower_ascii(*return_path), "mailer-daemon")));
  auto subject = text::to_lower_ascii(text::trim(mail.subject));
  bool is_subject = std::any_of(std::begin(kSubjects), std::end(kSubjects), [&](std::string_view s) {
    return subject.starts_with(s) || (s.size() > 10 && contains(subject, s));
  });
  bool is_daemon_mail = is_from_daemon(mail);
  // Nearly every mail ends here: its text need not be searched.
  const bool is_nobody = is_null_sender && std::none_of(mail.from.begin(), mail.from.end(), [](const MailAddress& from) {
                           return from.address.find('@') != std::string::npos;
                         });
  if (!is_subject && !is_daemon_mail && !is_nobody) return {};
  bool is_failure = tells_failure(mail);
  if (mail.report_type == "disposition-notification")
    return is_subject && is_failure ? "notification of a rejected mail" : std::string{};
  if (is_daemon_mail && (is_subject || is_null_sender || is_failure || is_mailer_daemon(mail.from.front().address)))
    return "sender " + mail.from.front().address;
  if (is_subject && (is_null_sender || mail.from.empty())) return "subject \"" + mail.subject + "\" from <>";
  bool is_conversation =
      subject.starts_with("re:") || subject.starts_with("aw:") || subject.starts_with("fw") || subject.starts_with("wg:");
  if (is_nobody && is_failure) return "a failure in the text, from <>";
  if (is_subject && is_failure && !is_conversation && is_robot(mail))
    return "subject \"" + mail.subject + "\" and a failure in the text";
  return {};
}

}  // namespace

std::optional<Bounce> find_bounce(const Mail& mail, const MailEnvelope& envelope) {
  Bounce bounce;
  bounce.evidence = evidence_of(mail, envelope);
  if (bounce.evidence.empty() || is_success(mail.delivery_status)) return std::nullopt;
  read_status(mail.delivery_status, bounce);
  if (const auto* failed = mail.header("x-failed-recipients"); failed != nullptr && bounce.permanent.empty()) {
    for (auto& address : addresses_in(*failed)) add(bounce.permanent, std::move(address));
  }
  if (bounce.permanent.empty() && bounce.temporary.empty()) read_prose(mail, bounce);
  if (bounce.status.empty()) bounce.status = status_in(std::string_view(mail.text).substr(0, 16'000));
  bounce.original_message_id = returned_id(mail);
  return bounce;
}

}  // namespace usher::connectors::email
