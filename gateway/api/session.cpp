// Signing in and out. A session is a random token in a cookie; the store knows its hash only.
#include <map>
#include <mutex>

#include "base/crypto.h"
#include "base/id.h"
#include "base/log.h"
#include "gateway/api/api.h"
#include "gateway/api/json.h"

namespace usher::gateway::api {
namespace {

constexpr std::chrono::hours kSessionLife{12};
constexpr std::chrono::minutes kWindow{10};
constexpr int kTriesPerAddress = 20;  // in kWindow
constexpr std::size_t kMaxPassword = 1024;

// Throttles guessing by client address, so the owner is not locked out elsewhere. Bounded: forgotten when the window has passed.
class Throttle {
 public:
  bool allow(const std::string& address, Timestamp now) {
    std::lock_guard lock(mutex_);
    if (tries_.size() > 10'000) std::erase_if(tries_, [&](const auto& t) { return now - t.second.since > kWindow; });
    auto& t = tries_[address];
    if (now - t.since > kWindow) t = {now, 0};
    return ++t.count <= kTriesPerAddress;
  }
  void forget(const std::string& address) {
    std::lock_guard lock(mutex_);
    tries_.erase(address);
  }

 private:
  struct Tries {
    Timestamp since{};
    int count = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Tries> tries_;
};

Throttle& throttle() {
  static Throttle t;
  return t;
}

// Verifying against this takes as long as against a real one, so unknown names are not told apart by time.
const std::string& decoy_hash() {
  static const std::string hash = crypto::hash_password(crypto::to_hex(crypto::random_bytes(16))).value_or("");
  return hash;
}

std::string cookie(const Parts& parts, const std::string& value, std::chrono::seconds life) {
  return "usher_session=" + value + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(life.count()) +
         (parts.is_https ? "; Secure" : "");
}

}  // namespace

boost::asio::awaitable<Result<std::optional<store::User>>> session_user(const Parts* parts, std::string token) {
  if (token.empty() || token.size() > 200) co_return std::optional<store::User>{};
  const std::string hash = crypto::sha256_hex(token);
  const Timestamp now = parts->clock->now();
  co_return co_await sql::read_returning<std::optional<store::User>>(
      *parts->database, [hash, now](sql::Tx& tx) { return store::user_of_session(tx, hash, now); });
}

boost::asio::awaitable<net::HttpResponse> login(Call call) {
  const Parts& parts = *call.parts;
  auto body = parse_object(call.request.body);
  const std::string name =
      body && body->contains("name") && (*body)["name"].is_string() ? (*body)["name"].get<std::string>() : "";
  const std::string password =
      body && body->contains("password") && (*body)["password"].is_string() ? (*body)["password"].get<std::string>() : "";
  if (name.empty() || password.empty() || password.size() > kMaxPassword) {
    co_return problem(400, "invalid", "send {\"name\":…,\"password\":…}");
  }
  if (!connectors::webchat::origin_allowed(call.request, {}))
    co_return problem(403, "denied", "requests from other sites are refused");
  const Timestamp now = parts.clock->now();
  if (!throttle().allow(call.request.remote, now)) {
    auto response = problem(429, "rate", "too many tries; wait a few minutes");
    response.headers.add("Retry-After", "600");
    co_return response;
  }
  auto user = co_await sql::read_returning<std::optional<store::User>>(
      *parts.database, [name](sql::Tx& tx) { return store::load_user(tx, name); });
  if (!user) co_return problem(user.error());
  const bool is_known = *user && !(*user)->disabled;
  auto verified =
      co_await async::offload<bool>(*parts.pool, [hash = is_known ? (*user)->password_hash : std::string{}, password] {
        return crypto::verify_password(hash.empty() ? decoy_hash() : hash, password);
      });
  if (!verified) co_return problem(verified.error());
  if (!is_known || !*verified) {
    log::warn("sign-in refused", {{"remote", call.request.remote}});
    co_return problem(401, "sign_in", "the name or the password is wrong");
  }
  throttle().forget(call.request.remote);
  const std::string token = make_token(32);
  auto stored = co_await parts.database->write([token, name, now](sql::Tx& tx) -> Result<void> {
    if (auto r = store::insert_session(tx, crypto::sha256_hex(token), name, now, now + kSessionLife); !r) return r;
    return store::insert_audit(tx, make_uuid_v7(now), now, name, "sign_in", "", "");
  });
  if (!stored) co_return problem(stored.error());
  auto response = answer({{"name", name}, {"role", (*user)->role}});
  response.headers.add("Set-Cookie", cookie(parts, token, kSessionLife));
  co_return response;
}

boost::asio::awaitable<net::HttpResponse> logout(Call call) {
  const std::string hash = crypto::sha256_hex(call.request.cookie("usher_session").value_or(""));
  auto done = co_await call.parts->database->write([hash](sql::Tx& tx) { return store::delete_session(tx, hash); });
  if (!done) co_return problem(done.error());
  net::HttpResponse response;
  response.status = 204;
  response.headers.add("Set-Cookie", cookie(*call.parts, "", std::chrono::seconds{0}));
  co_return response;
}

boost::asio::awaitable<net::HttpResponse> me(Call call) {
  co_return answer({{"name", call.user->name}, {"role", call.user->role}});
}

}  // namespace usher::gateway::api
