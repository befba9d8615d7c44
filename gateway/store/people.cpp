#include "gateway/store/people.h"

#include "gateway/store/rows.h"

namespace usher::gateway::store {
namespace {

Result<std::optional<User>> one_user(sql::Tx& tx, std::string_view sql, const sql::Params& params) {
  std::optional<User> user;
  auto r = tx.query(sql, params,
                    [&](const sql::Row& row) { user = User{row.text(0), row.text(1), row.text(2), row.integer(3) != 0}; });
  if (!r) return fail(std::move(r.error()));
  return user;
}

}  // namespace

Result<void> insert_user(sql::Tx& tx, const User& user, Timestamp now) {
  auto r = tx.exec("INSERT INTO users (name, password, role, disabled, created_at) VALUES ($1, $2, $3, $4, $5)",
                   {user.name, user.password_hash, user.role, std::int64_t{user.disabled}, to_millis(now)});
  if (!r && r.error().code == ErrorCode::kConflict)
    return fail(ErrorCode::kConflict, "a user named '" + user.name + "' exists already");
  return done(std::move(r));
}

Result<std::optional<User>> load_user(sql::Tx& tx, const std::string& name) {
  return one_user(tx, "SELECT name, password, role, disabled FROM users WHERE name = $1", {name});
}

Result<void> insert_session(sql::Tx& tx, const std::string& token_hash, const std::string& user, Timestamp now,
                            Timestamp expires) {
  auto swept = tx.exec("DELETE FROM sessions WHERE expires_at < $1", {to_millis(now)});
  if (!swept) return fail(std::move(swept.error()));
  return done(tx.exec("INSERT INTO sessions (token_hash, user_name, created_at, expires_at) VALUES ($1, $2, $3, $4)",
                      {token_hash, user, to_millis(now), to_millis(expires)}));
}

Result<std::optional<User>> user_of_session(sql::Tx& tx, const std::string& token_hash, Timestamp now) {
  return one_user(tx,
                  "SELECT u.name, u.password, u.role, u.disabled FROM sessions s JOIN users u ON u.name = s.user_name "
                  "WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.disabled = 0",
                  {token_hash, to_millis(now)});
}

Result<void> delete_session(sql::Tx& tx, const std::string& token_hash) {
  return done(tx.exec("DELETE FROM sessions WHERE token_hash = $1", {token_hash}));
}

Result<void> insert_audit(sql::Tx& tx, const std::string& id, Timestamp at, const std::string& who, const std::string& action,
                          const std::string& object, const std::string& detail) {
  return done(tx.exec("INSERT INTO audit (id, at, who, action, object, detail) VALUES ($1, $2, $3, $4, $5, $6)",
                      {id, to_millis(at), who, action, object, detail}));
}

Result<std::string> get_or_set_instance(sql::Tx& tx, const std::string& key, const std::string& value) {
  auto r = tx.exec("INSERT INTO instance (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", {key, value});
  if (!r) return fail(std::move(r.error()));
  std::string kept;
  r = tx.query("SELECT value FROM instance WHERE key = $1", {key}, [&](const sql::Row& row) { kept = row.text(0); });
  if (!r) return fail(std::move(r.error()));
  return kept;
}

Result<std::optional<std::string>> get_instance(sql::Tx& tx, const std::string& key) {
  std::optional<std::string> value;
  auto r = tx.query("SELECT value FROM instance WHERE key = $1", {key}, [&](const sql::Row& row) { value = row.text(0); });
  if (!r) return fail(std::move(r.error()));
  return value;
}

Result<void> set_instance(sql::Tx& tx, const std::string& key, const std::string& value) {
  auto r = tx.exec("INSERT INTO instance (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                   {key, value});
  if (!r) return fail(std::move(r.error()));
  return {};
}

}  // namespace usher::gateway::store
