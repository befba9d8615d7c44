#include "connectors/email/oauth.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/crypto.h"
#include "base/text.h"

namespace usher::connectors::email {
namespace {

constexpr std::chrono::minutes kEarly{5};  // asked for anew so long before the end

}  // namespace

Result<TokenAnswer> read_token_answer(int status, std::string_view body) {
  const auto j = nlohmann::json::parse(body, nullptr, false);
  auto text_of = [&](const char* name) {
    if (!j.is_object()) return std::string{};
    auto it = j.find(name);
    return it != j.end() && it->is_string() ? it->get<std::string>() : std::string{};
  };
  if (status == 200) {
    TokenAnswer out{text_of("access_token"), text_of("refresh_token")};
    if (out.access_token.empty()) return fail(ErrorCode::kUnavailable, "the token endpoint answered without an access token");
    if (auto it = j.find("expires_in"); it != j.end()) {
      if (it->is_number_integer()) out.seconds = it->get<std::int64_t>();
      // Some write it as text.
      if (it->is_string()) out.seconds = std::atoll(it->get<std::string>().c_str());
    }
    out.seconds = std::clamp<std::int64_t>(out.seconds, 0, 24 * 3600);
    return out;
  }
  const auto error = text_of("error");
  const auto why = text::cut(error + (text_of("error_description").empty() ? "" : ": " + text_of("error_description")), 300);
  if ((status == 400 || status == 401 || status == 403) && !error.empty() && error != "temporarily_unavailable") {
    return fail(ErrorCode::kDenied,
                "the token endpoint refuses: " + why +
                    (error == "invalid_grant" ? " (the refresh token is not good any more: get a new one)" : ""));
  }
  return fail(ErrorCode::kUnavailable, "the token endpoint answered " + std::to_string(status) + (why.empty() ? "" : ": " + why));
}

OAuthTokens::OAuthTokens(OAuthSettings settings, std::string mailbox, net::OutboundClient& client, TokenBooks& books,
                         const Clock& clock)
    : settings_(std::move(settings)), mailbox_(std::move(mailbox)), client_(client), books_(books), clock_(clock) {}

boost::asio::awaitable<Result<std::string>> OAuthTokens::get() {
  if (!token_.empty() && clock_.now() < good_until_) co_return token_;
  const auto seed = crypto::sha256_hex(settings_.refresh_token);
  auto refresh = settings_.refresh_token;
  if (!refresh.empty()) {
    auto kept = co_await books_.kept_token(mailbox_, seed);
    if (!kept) co_return fail(std::move(kept.error()));
    if (!kept->empty()) refresh = std::move(*kept);
  }
  std::string form =
      refresh.empty() ? "grant_type=client_credentials" : "grant_type=refresh_token&refresh_token=" + text::url_encode(refresh);
  auto field = [&](const char* name, const std::string& value) {
    if (!value.empty()) form += "&" + std::string(name) + "=" + text::url_encode(value);
  };
  field("client_id", settings_.client_id);
  field("client_secret", settings_.client_secret);
  field("scope", settings_.scope);
  net::HttpCall call;
  call.method = "POST";
  call.url = settings_.token_url;
  call.headers.add("Content-Type", "application/x-www-form-urlencoded");
  call.headers.add("Accept", "application/json");
  call.body = std::move(form);
  call.allow_private = true;  // the operator named it
  call.ca_file = settings_.ca_file;
  call.limits.max_response = 256 * 1024;
  auto reply = co_await client_.http(std::move(call));
  if (!reply)
    co_return fail(reply.error().code, "the token endpoint cannot be asked: " + reply.error().message, reply.error().detail);
  auto answer = read_token_answer(reply->status, reply->body);
  if (!answer) co_return fail(std::move(answer.error()));
  if (!answer->refresh_token.empty() && answer->refresh_token != refresh && !refresh.empty()) {
    auto kept = co_await books_.keep_token(mailbox_, seed, answer->refresh_token);
    if (!kept) co_return fail(std::move(kept.error()));
  }
  token_ = std::move(answer->access_token);
  good_until_ = clock_.now() + std::chrono::seconds{answer->seconds} -
                std::min(std::chrono::seconds{kEarly}, std::chrono::seconds{answer->seconds / 2});
  co_return token_;
}

}  // namespace usher::connectors::email
