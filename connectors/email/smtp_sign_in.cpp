// AUTH (smtp_session.h): user and password.
#include "base/crypto.h"
#include "base/text.h"
#include "connectors/email/smtp_path.h"
#include "connectors/email/smtp_session.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxSignInFailures = 3;

}  // namespace

// RFC 4954, under TLS only.
void SmtpSession::auth(std::string_view argument) {
  if (!options_.may_sign_in) return error("502 5.5.1 not offered here");
  if (!is_tls_) return error("538 5.7.11 sign in under TLS");
  if (!has_greeted_) return error("503 5.5.1 say EHLO first");
  if (is_signed_in_ || has_sender_) return error("503 5.5.1 not now");
  auto space = std::min(argument.find(' '), argument.size());
  auto mechanism = argument.substr(0, space);
  auto initial = trim_spaces(argument.substr(space));
  if (text::iequals_ascii(mechanism, "PLAIN")) {
    sign_in_ = SignIn::kPlain;
    if (initial.empty()) return reply("334 ");
  } else if (text::iequals_ascii(mechanism, "LOGIN")) {
    sign_in_ = SignIn::kUser;
    if (initial.empty()) return reply("334 VXNlcm5hbWU6");
  } else {
    return error("504 5.5.4 PLAIN or LOGIN");
  }
  auth_line(initial == "=" ? std::string_view{} : initial);
}

void SmtpSession::auth_line(std::string_view line) {
  const auto step = std::exchange(sign_in_, SignIn::kNone);
  if (line == "*") return error("501 5.7.0 given up");
  auto decoded = crypto::from_base64(line);
  if (!decoded) return error("501 5.5.2 not base64");
  switch (step) {
    case SignIn::kPlain: {
      // authorization identity, user, password, with NUL between
      auto first = decoded->find('\0');
      auto second = first == std::string::npos ? first : decoded->find('\0', first + 1);
      if (second == std::string::npos) return error("501 5.5.2 not PLAIN");
      const std::string_view all = *decoded;
      return sign_in(all.substr(first + 1, second - first - 1), all.substr(second + 1));
    }
    case SignIn::kUser:
      sign_in_user_ = std::move(*decoded);
      sign_in_ = SignIn::kPassword;
      return reply("334 UGFzc3dvcmQ6");
    case SignIn::kPassword:
      return sign_in(std::exchange(sign_in_user_, {}), *decoded);
    case SignIn::kNone:
      return;
  }
}

void SmtpSession::sign_in(std::string_view user, std::string_view password) {
  is_signed_in_ = options_.may_sign_in(user, password);
  if (is_signed_in_) return reply("235 2.7.0 welcome");
  error("535 5.7.8 wrong user or password");
  if (state_ == State::kClosed || ++sign_in_failures_ < kMaxSignInFailures) return;
  reply("421 4.7.0 too many wrong passwords, closing");
  state_ = State::kClosed;
}

}  // namespace usher::connectors::email
