// The address between the angle brackets of MAIL and RCPT (RFC 5321 §4.1.2, RFC 6531 §3.3). Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace usher::connectors::email {

struct SmtpPath {
  std::string address;     // without <>; empty for the null path
  bool has_route = false;  // "@a,@b:user@c": `address` is user@c
  bool is_utf8 = false;    // holds bytes above 127: allowed after SMTPUTF8 only
  bool is_quoted = false;  // local part is a quoted string
  std::string_view local() const { return std::string_view(address).substr(0, address.rfind('@')); }
  std::string_view domain() const;  // empty when there is none ("postmaster")
};

// Takes the path off the front of `rest` and leaves what follows it (parameters). Angle brackets may be missing, as old devices
// leave them out. nullopt when it is no address: control characters, spaces outside quotes, empty parts, parts over 64 / 255
// bytes.
std::optional<SmtpPath> parse_smtp_path(std::string_view& rest);

std::string_view trim_spaces(std::string_view s);  // blanks and tabs at both ends: no other white space separates in SMTP

}  // namespace usher::connectors::email
