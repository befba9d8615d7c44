// MAIL and RCPT (smtp_session.h): who a mail is from and for.
#include <charconv>

#include "base/text.h"
#include "connectors/email/smtp_path.h"
#include "connectors/email/smtp_session.h"

namespace usher::connectors::email {
namespace {

// "FROM:" of MAIL FROM: or "TO:" of RCPT TO:, in any case, with the blanks some clients put around.
bool take_keyword(std::string_view& argument, std::string_view keyword) {
  if (argument.size() < keyword.size() || !text::iequals_ascii(argument.substr(0, keyword.size()), keyword)) return false;
  argument.remove_prefix(keyword.size());
  argument = trim_spaces(argument);
  if (!argument.starts_with(':')) return false;
  argument.remove_prefix(1);
  argument = trim_spaces(argument);
  return true;
}

}  // namespace

void SmtpSession::mail(std::string_view argument) {
  if (!has_greeted_) return error("503 5.5.1 say EHLO first");
  if (options_.must_sign_in && !is_signed_in_) return error("530 5.7.0 sign in first");
  if (has_sender_) return error("503 5.5.1 a sender was given already");
  if (!take_keyword(argument, "FROM")) return error("501 5.5.4 syntax: MAIL FROM:<address>");
  if (options_.refuse_now) {
    if (auto refusal = options_.refuse_now(); !refusal.empty()) {
      reply(refusal);
      if (refusal.starts_with("421")) state_ = State::kClosed;
      return;
    }
  }
  auto path = parse_smtp_path(argument);
  if (!path) return error("501 5.1.7 not an address");
  is_utf8_ = false;
  if (!mail_parameters(argument)) return;
  if (path->is_utf8 && !is_utf8_) return error("553 5.6.7 an address beyond ASCII needs SMTPUTF8");
  envelope_.from = path->address;
  envelope_.is_from_known = true;
  has_sender_ = true;
  reply("250 2.1.0 ok");
}

bool SmtpSession::mail_parameters(std::string_view rest) {
  for (rest = trim_spaces(rest); !rest.empty(); rest = trim_spaces(rest)) {
    auto end = std::min(rest.find(' '), rest.size());
    auto item = rest.substr(0, end);
    rest.remove_prefix(end);
    auto equals = item.find('=');
    auto name = item.substr(0, equals);
    auto value = equals == std::string_view::npos ? std::string_view{} : item.substr(equals + 1);
    if (text::iequals_ascii(name, "SIZE")) {
      std::uint64_t size = 0;
      auto [stop, problem] = std::from_chars(value.data(), value.data() + value.size(), size);
      bool is_huge = problem == std::errc::result_out_of_range;
      if (value.empty() || stop != value.data() + value.size() || (problem != std::errc{} && !is_huge)) {
        error("501 5.5.4 SIZE is a number");
        return false;
      }
      if (is_huge || size > options_.max_message_bytes) {
        reply("552 5.3.4 at most " + std::to_string(options_.max_message_bytes) + " bytes");
        return false;
      }
    } else if (text::iequals_ascii(name, "BODY")) {
      if (!text::iequals_ascii(value, "7BIT") && !text::iequals_ascii(value, "8BITMIME")) {
        error("501 5.5.4 BODY is 7BIT or 8BITMIME");
        return false;
      }
    } else if (text::iequals_ascii(item, "SMTPUTF8")) {
      is_utf8_ = true;
    } else {
      error("555 5.5.4 unknown parameter of MAIL");
      return false;
    }
  }
  return true;
}

void SmtpSession::rcpt(std::string_view argument) {
  if (!has_sender_) return error("503 5.5.1 say MAIL first");
  if (is_chunked_) return error("503 5.5.1 the message has begun");
  if (!take_keyword(argument, "TO")) return error("501 5.5.4 syntax: RCPT TO:<address>");
  auto path = parse_smtp_path(argument);
  if (!path || path->address.empty()) return error("501 5.1.3 not an address");
  if (path->has_route) return error("553 5.1.3 no source routes");
  if (!trim_spaces(argument).empty()) return error("555 5.5.4 no parameters of RCPT");
  if (path->is_quoted) return error("553 5.1.3 no quoted addresses here");
  if (path->is_utf8 && !is_utf8_) return error("553 5.6.7 an address beyond ASCII needs SMTPUTF8");
  if (path->local().find_first_of("%!") != std::string_view::npos) return error("550 5.7.1 no relaying");
  if (path->domain().empty() && !text::iequals_ascii(path->address, "postmaster"))
    return error("550 5.1.3 an address has a domain");
  if (options_.own_address(path->address).empty()) {
    return error(options_.is_own_domain(path->domain()) ? "550 5.1.1 no such mailbox here" : "550 5.7.1 no relaying");
  }
  // More than the limit is not the client's mistake: it sends the rest in another transaction (RFC 5321 §4.5.3.1.10).
  if (envelope_.recipients.size() >= options_.max_recipients) return reply("452 4.5.3 too many recipients");
  envelope_.recipients.push_back(path->address);
  reply("250 2.1.5 ok");
}

}  // namespace usher::connectors::email
