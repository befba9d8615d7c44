// Access tokens for mailboxes that allow no passwords (RFC 6749 §6: the refresh_token grant; also client_credentials, §4.4, where
// there is no refresh token, as Microsoft's app-only access wants it).
//
// One refresher per account. A token is asked for anew five minutes before it ends. A refresh token that the server replaces is
// kept before the access token is used. "invalid_grant" is an operator's matter: kDenied, not worth a retry.
#pragma once
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "base/net/http_client.h"
#include "base/result.h"

namespace usher::connectors::email {

struct OAuthSettings {
  std::string token_url;  // empty: no OAuth
  std::string client_id, client_secret, refresh_token, scope;
  std::string ca_file;
};

// Where refresh tokens are kept that replaced the configured one. `seed`: hash of that, so that a new one in the settings wins.
class TokenBooks {
 public:
  virtual ~TokenBooks() = default;
  virtual boost::asio::awaitable<Result<std::string>> kept_token(std::string mailbox, std::string seed) = 0;  // empty: none
  virtual boost::asio::awaitable<Result<void>> keep_token(std::string mailbox, std::string seed, std::string token) = 0;
};

// Reads the answer of a token endpoint. kDenied: invalid_grant, invalid_client and the like; kUnavailable: anything else that is
// no token.
struct TokenAnswer {
  std::string access_token, refresh_token;  // refresh_token empty: the old one stays
  std::int64_t seconds = 3600;              // it is good for
};
Result<TokenAnswer> read_token_answer(int status, std::string_view body);

class OAuthTokens {
 public:
  // `client`, `books` and `clock` outlive this. One call at a time.
  OAuthTokens(OAuthSettings settings, std::string mailbox, net::OutboundClient& client, TokenBooks& books, const Clock& clock);
  bool is_used() const { return !settings_.token_url.empty(); }
  boost::asio::awaitable<Result<std::string>> get();
  void forget() { token_.clear(); }  // the server did not take it

 private:
  OAuthSettings settings_;
  std::string mailbox_;
  net::OutboundClient& client_;
  TokenBooks& books_;
  const Clock& clock_;
  std::string token_;
  Timestamp good_until_{};
};

}  // namespace usher::connectors::email
