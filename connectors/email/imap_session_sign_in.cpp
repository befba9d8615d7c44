// Of an IMAP session: what the server can do, TLS, signing in, opening the folder.
#include "connectors/email/imap_session.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"

namespace usher::connectors::email {
namespace {

constexpr std::size_t kMaxCapabilities = 200;

}  // namespace

void ImapSession::set_capabilities(std::string_view words) {
  capabilities_.clear();
  for (auto& word : text::split(words, ' ')) {
    if (!word.empty() && capabilities_.size() < kMaxCapabilities) capabilities_.push_back(std::move(word));
  }
}

bool ImapSession::can(std::string_view capability) const {
  return std::any_of(capabilities_.begin(), capabilities_.end(),
                     [&](const std::string& word) { return text::iequals_ascii(word, capability); });
}

void ImapSession::capability() {
  send(Phase::kCapability, "CAPABILITY");
}

void ImapSession::sign_in() {
  if (options_.use_starttls && !is_tls_) {
    if (!can("STARTTLS")) return fail_with(ErrorCode::kDenied, "the server does not offer STARTTLS");
    return send(Phase::kStartTls, "STARTTLS");
  }
  using Auth = ImapOptions::Auth;
  auto auth = options_.auth;
  if (auth == Auth::kAuto) {
    if (options_.has_token) {
      auth = can("AUTH=XOAUTH2") || !can("AUTH=OAUTHBEARER") ? Auth::kXoauth2 : Auth::kOauthBearer;
    } else {
      auth = can("AUTH=PLAIN") ? Auth::kPlain : Auth::kLogin;
    }
  }
  switch (auth) {
    case Auth::kXoauth2:
    case Auth::kOauthBearer:
      mechanism_ = auth == Auth::kXoauth2 ? "XOAUTH2" : "OAUTHBEARER";
      phase_ = Phase::kToken;
      next_ = Next::kToken;
      return;
    case Auth::kPlain:
      return sign_in_with("PLAIN", std::string(1, '\0') + options_.user + std::string(1, '\0') + options_.password);
    case Auth::kLogin:
    case Auth::kAuto:
      break;
  }
  if (can("LOGINDISABLED"))
    return fail_with(ErrorCode::kDenied, is_tls_ ? "the server allows no sign-in by password"
                                                 : "the server allows no sign-in by password without TLS");
  auto user = imap_quoted(options_.user), password = imap_quoted(options_.password);
  if (!user || !password)
    return fail_with(ErrorCode::kDenied,
                     "user or password has characters that LOGIN cannot carry, and the server offers no AUTH=PLAIN");
  mechanism_ = "LOGIN";
  send(Phase::kAuth, "LOGIN " + *user + " " + *password);
}

void ImapSession::sign_in_with(std::string_view mechanism, std::string initial) {
  mechanism_ = mechanism;
  is_refused_token_ = false;
  auto encoded = crypto::to_base64(initial);
  if (can("SASL-IR")) return send(Phase::kAuth, "AUTHENTICATE " + mechanism_ + " " + encoded);
  initial_ = std::move(encoded);
  send(Phase::kAuth, "AUTHENTICATE " + mechanism_);
}

ImapSession::Step ImapSession::token(const std::string& access_token) {
  if (phase_ != Phase::kToken) return give(Next::kRead);
  if (mechanism_ == "XOAUTH2") {
    sign_in_with("XOAUTH2", "user=" + options_.user +
                                "\x01"
                                "auth=Bearer " +
                                access_token + "\x01\x01");
  } else {
    sign_in_with("OAUTHBEARER", "n,a=" + options_.user + ",\x01host=" + options_.host +
                                    "\x01port=" + std::to_string(options_.port) +
                                    "\x01"
                                    "auth=Bearer " +
                                    access_token + "\x01\x01");
  }
  return run();
}

ImapSession::Step ImapSession::tls_started() {
  is_tls_ = true;
  capabilities_.clear();
  capability();
  return run();
}

void ImapSession::identify() {
  // Some servers (NetEase) open no folder for clients that do not say who they are.
  if (can("ID")) return send(Phase::kId, "ID (\"name\" \"Usher\")");
  select();
}

void ImapSession::select() {
  auto name = imap_mailbox(options_.folder);
  if (!name) return fail_with(ErrorCode::kDenied, "'" + options_.folder + "' is no name of a folder");
  send(Phase::kSelect, "SELECT " + *name);
}

}  // namespace usher::connectors::email
