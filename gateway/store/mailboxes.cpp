#include "gateway/store/mailboxes.h"

#include "gateway/store/rows.h"

namespace usher::gateway::store {
namespace {

MailboxMail mail_of(const sql::Row& row, int first) {
  return {row.text(first), row.text(first + 1), row.text(first + 2), row.integer(first + 3)};
}

}  // namespace

Result<std::optional<MailboxMark>> load_mailbox(sql::Tx& tx, const std::string& mailbox) {
  std::optional<MailboxMark> out;
  auto r = tx.query(
      "SELECT validity, from_uid, since, seen_at FROM mailboxes WHERE mailbox = $1", {mailbox},
      [&](const sql::Row& row) { out = MailboxMark{row.integer(0), row.integer(1), row.text(2), from_millis(row.integer(3))}; });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<void> save_mailbox(sql::Tx& tx, const std::string& mailbox, const MailboxMark& mark) {
  return done(
      tx.exec("INSERT INTO mailboxes (mailbox, validity, from_uid, since, seen_at) VALUES ($1, $2, $3, $4, $5) "
              "ON CONFLICT (mailbox) DO UPDATE SET validity = excluded.validity, from_uid = excluded.from_uid, "
              "since = excluded.since, seen_at = excluded.seen_at",
              {mailbox, mark.validity, mark.from_uid, mark.since, to_millis(mark.seen_at)}));
}

Result<void> mailbox_seen(sql::Tx& tx, const std::string& mailbox, Timestamp now) {
  return done(tx.exec("UPDATE mailboxes SET seen_at = $2 WHERE mailbox = $1", {mailbox, to_millis(now)}));
}

Result<std::map<std::uint32_t, MailboxMail>> load_mailbox_mails(sql::Tx& tx, const std::string& mailbox, std::int64_t validity,
                                                                std::uint32_t from_uid, std::uint32_t to_uid) {
  std::map<std::uint32_t, MailboxMail> out;
  auto r = tx.query(
      "SELECT uid, state, ledger_id, cause, tries FROM mailbox_mails WHERE mailbox = $1 AND validity = $2 AND uid BETWEEN $3 AND "
      "$4",
      {mailbox, validity, std::int64_t{from_uid}, std::int64_t{to_uid}},
      [&](const sql::Row& row) { out.emplace(static_cast<std::uint32_t>(row.integer(0)), mail_of(row, 1)); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::optional<MailboxMail>> load_mailbox_mail(sql::Tx& tx, const std::string& mailbox, std::int64_t validity,
                                                     std::uint32_t uid) {
  std::optional<MailboxMail> out;
  auto r = tx.query("SELECT state, ledger_id, cause, tries FROM mailbox_mails WHERE mailbox = $1 AND validity = $2 AND uid = $3",
                    {mailbox, validity, std::int64_t{uid}}, [&](const sql::Row& row) { out = mail_of(row, 0); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<void> mail_taken(sql::Tx& tx, const std::string& mailbox, std::int64_t validity, std::uint32_t uid,
                        const std::string& ledger_id, Timestamp now) {
  return done(tx.exec(
      "INSERT INTO mailbox_mails (mailbox, validity, uid, state, ledger_id, tries, at) VALUES ($1, $2, $3, 'taken', $4, 0, $5) "
      "ON CONFLICT (mailbox, validity, uid) DO UPDATE SET state = 'taken', ledger_id = excluded.ledger_id, at = excluded.at, "
      "cause = NULL WHERE mailbox_mails.state NOT IN ('taken', 'filed')",
      {mailbox, validity, std::int64_t{uid}, or_null(ledger_id), to_millis(now)}));
}

Result<std::vector<std::uint32_t>> load_unfiled_mails(sql::Tx& tx, const std::string& mailbox, std::int64_t validity) {
  std::vector<std::uint32_t> out;
  auto r = tx.query("SELECT uid FROM mailbox_mails WHERE mailbox = $1 AND validity = $2 AND state = 'taken' ORDER BY uid",
                    {mailbox, validity}, [&](const sql::Row& row) { out.push_back(static_cast<std::uint32_t>(row.integer(0))); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<void> mail_filed(sql::Tx& tx, const std::string& mailbox, std::int64_t validity, std::uint32_t uid, Timestamp now) {
  return done(
      tx.exec("UPDATE mailbox_mails SET state = 'filed', at = $4 WHERE mailbox = $1 AND validity = $2 AND uid = $3 AND "
              "state = 'taken'",
              {mailbox, validity, std::int64_t{uid}, to_millis(now)}));
}

Result<MailboxMail> mail_failed(sql::Tx& tx, const std::string& mailbox, std::int64_t validity, std::uint32_t uid,
                                const std::string& cause, std::int64_t max_tries, Timestamp now) {
  auto r = tx.exec(
      "INSERT INTO mailbox_mails (mailbox, validity, uid, state, tries, cause, at) VALUES ($1, $2, $3, $4, 1, $5, $6) "
      "ON CONFLICT (mailbox, validity, uid) DO UPDATE SET tries = mailbox_mails.tries + 1, cause = excluded.cause, "
      "at = excluded.at, state = CASE WHEN mailbox_mails.tries + 1 >= $7 THEN 'skipped' ELSE 'trying' END "
      "WHERE mailbox_mails.state = 'trying'",
      {mailbox, validity, std::int64_t{uid}, max_tries <= 1 ? "skipped" : "trying", cause, to_millis(now), max_tries});
  if (!r) return fail(std::move(r.error()));
  auto now_is = load_mailbox_mail(tx, mailbox, validity, uid);
  if (!now_is) return fail(std::move(now_is.error()));
  return now_is->value_or(MailboxMail{});
}

Result<MailboxCounts> count_mailbox(sql::Tx& tx, const std::string& mailbox, std::int64_t validity) {
  MailboxCounts out;
  auto r = tx.query("SELECT state, count(*) FROM mailbox_mails WHERE mailbox = $1 AND validity = $2 GROUP BY state",
                    {mailbox, validity}, [&](const sql::Row& row) {
                      const auto state = row.text(0);
                      const auto n = row.integer(1);
                      if (state == "taken" || state == "filed") out.taken += n;
                      if (state == "taken") out.unfiled = n;
                      if (state == "trying") out.trying = n;
                      if (state == "skipped") out.skipped = n;
                    });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<std::string> load_mailbox_token(sql::Tx& tx, const std::string& mailbox, const std::string& seed) {
  std::string out;
  auto r = tx.query("SELECT token FROM mailboxes WHERE mailbox = $1 AND seed = $2 AND token IS NOT NULL", {mailbox, seed},
                    [&](const sql::Row& row) { out = row.text(0); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<void> save_mailbox_token(sql::Tx& tx, const std::string& mailbox, const std::string& seed, const std::string& token) {
  return done(
      tx.exec("INSERT INTO mailboxes (mailbox, validity, from_uid, since, seen_at, token, seed) "
              "VALUES ($1, 0, 1, '', 0, $2, $3) "
              "ON CONFLICT (mailbox) DO UPDATE SET token = excluded.token, seed = excluded.seed",
              {mailbox, token, seed}));
}

}  // namespace usher::gateway::store
