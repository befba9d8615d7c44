// What is remembered of mailboxes that mail is fetched from: how far, and every message by (mailbox, validity, uid). Functions
// run inside the caller's transaction. `mailbox` is "user@host/folder", so another account under an old name begins anew.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/sql/database.h"

namespace usher::gateway::store {

struct MailboxMark {
  std::int64_t validity = 0;
  std::int64_t from_uid = 1;
  std::string since;  // "20-Nov-2026", or empty
  Timestamp seen_at{};
};
Result<std::optional<MailboxMark>> load_mailbox(sql::Tx& tx, const std::string& mailbox);
Result<void> save_mailbox(sql::Tx& tx, const std::string& mailbox, const MailboxMark& mark);
Result<void> mailbox_seen(sql::Tx& tx, const std::string& mailbox, Timestamp now);

struct MailboxMail {
  std::string state;  // taken | filed | trying | skipped
  std::string ledger_id, cause;
  std::int64_t tries = 0;
};
Result<std::map<std::uint32_t, MailboxMail>> load_mailbox_mails(sql::Tx& tx, const std::string& mailbox, std::int64_t validity,
                                                                std::uint32_t from_uid, std::uint32_t to_uid);
Result<std::optional<MailboxMail>> load_mailbox_mail(sql::Tx& tx, const std::string& mailbox, std::int64_t validity,
                                                     std::uint32_t uid);
// Its ledger row is written in this transaction, or was before.
Result<void> mail_taken(sql::Tx& tx, const std::string& mailbox, std::int64_t validity, std::uint32_t uid,
                        const std::string& ledger_id, Timestamp now);
// Taken and not known to be marked or moved; ascending.
Result<std::vector<std::uint32_t>> load_unfiled_mails(sql::Tx& tx, const std::string& mailbox, std::int64_t validity);
Result<void> mail_filed(sql::Tx& tx, const std::string& mailbox, std::int64_t validity, std::uint32_t uid, Timestamp now);
// One more failure; after `max_tries` it is skipped from then on. The state it has now.
Result<MailboxMail> mail_failed(sql::Tx& tx, const std::string& mailbox, std::int64_t validity, std::uint32_t uid,
                                const std::string& cause, std::int64_t max_tries, Timestamp now);

struct MailboxCounts {
  std::int64_t taken = 0, unfiled = 0, trying = 0, skipped = 0;  // `taken`: filed ones too
};
Result<MailboxCounts> count_mailbox(sql::Tx& tx, const std::string& mailbox, std::int64_t validity);

// The newest refresh token that came from the configured one with hash `seed`; empty: none.
Result<std::string> load_mailbox_token(sql::Tx& tx, const std::string& mailbox, const std::string& seed);
Result<void> save_mailbox_token(sql::Tx& tx, const std::string& mailbox, const std::string& seed, const std::string& token);

}  // namespace usher::gateway::store
