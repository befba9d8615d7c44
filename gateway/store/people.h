// Staff accounts, their sessions, and the audit trail of what they did.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/sql/database.h"

namespace usher::gateway::store {

struct User {
  std::string name, password_hash, role;  // role: agent | publisher | admin
  bool disabled = false;
};

Result<void> insert_user(sql::Tx& tx, const User& user, Timestamp now);  // kConflict when the name is taken
Result<std::optional<User>> load_user(sql::Tx& tx, const std::string& name);

// Sessions are found by the SHA-256 of their token; the token itself is nowhere on disk.
Result<void> insert_session(sql::Tx& tx, const std::string& token_hash, const std::string& user, Timestamp now,
                            Timestamp expires);
Result<std::optional<User>> user_of_session(sql::Tx& tx, const std::string& token_hash, Timestamp now);
Result<void> delete_session(sql::Tx& tx, const std::string& token_hash);

Result<void> insert_audit(sql::Tx& tx, const std::string& id, Timestamp at, const std::string& who, const std::string& action,
                          const std::string& object, const std::string& detail);

// Values that belong to this installation ("secret"). get_or_set keeps the first.
Result<std::string> get_or_set_instance(sql::Tx& tx, const std::string& key, const std::string& value);
Result<std::optional<std::string>> get_instance(sql::Tx& tx, const std::string& key);
Result<void> set_instance(sql::Tx& tx, const std::string& key, const std::string& value);

}  // namespace usher::gateway::store
