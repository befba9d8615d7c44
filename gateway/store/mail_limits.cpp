#include "gateway/store/mail_limits.h"

#include <fmt/format.h>
#include <algorithm>
#include <limits>

#include "gateway/store/rows.h"

namespace usher::gateway::store {
namespace {

using connectors::email::Looks;

constexpr std::chrono::hours kDay{24};
constexpr std::int64_t kPerAnswered = 4;  // provisional reference, number, a reminder

// How many earlier answers on one topic are no loop yet, for a mail that looks like this. Two gateways without marks answer each
// other's mails: theirs begin with "Re:", or are proven and as long as a robot's.
std::int64_t answers_before_silence(Looks looks) {
  switch (looks) {
    case Looks::kAnswer:
    case Looks::kDoubtful:
      return 0;
    case Looks::kMail:
      return 2;
    case Looks::kPerson:
      break;
  }
  return std::numeric_limits<std::int64_t>::max();
}

FailedAddress read_failure(const sql::Row& row) {
  return {row.text(0), from_millis(row.integer(1)), row.text(2), row.text(3), row.text(4), {row.text(5)}};
}
constexpr std::string_view kFailureColumns = "address, at, status, reason, delivery, conversation_id";

// Counts this hour's mails; once an hour, what is past is swept out.
Result<std::string> admit_hour(sql::Tx& tx, std::int64_t per_hour, Timestamp now) {
  const auto hour = to_millis(now) / 3'600'000;
  std::int64_t n = 0;
  auto r = tx.query(
      "INSERT INTO mail_hours (hour, n) VALUES ($1, 1) ON CONFLICT (hour) DO UPDATE SET n = mail_hours.n + 1 RETURNING n", {hour},
      [&](const sql::Row& row) { n = row.integer(0); });
  if (r && n == 1) {
    r = tx.exec("DELETE FROM mail_hours WHERE hour < $1", {hour - 24});
    if (r) r = tx.exec("DELETE FROM mail_answers WHERE at <= $1", {to_millis(now - kDay)});
  }
  if (!r) return fail(std::move(r.error()));
  if (per_hour == 0 || n <= per_hour) return std::string{};
  return fmt::format("hourly limit: more than {} automatic mails in this hour", per_hour);
}

}  // namespace

Result<std::string> admit_mail(sql::Tx& tx, const AutomaticMail& mail, const MailLimits& limits, Timestamp now) {
  auto failed = failure_of(tx, mail.address);
  if (!failed) return fail(std::move(failed.error()));
  if (*failed) return fmt::format("address fails: {} {}", (*failed)->status, (*failed)->reason);

  if (limits.per_address > 0) {  // else an address has any number of rows, and none is of interest
    std::int64_t today = 0, on_topic = 0, said = 0;
    auto read = tx.query("SELECT answered, topic, n FROM mail_answers WHERE address = $1 AND at > $2",
                         {mail.address, to_millis(now - kDay)}, [&](const sql::Row& row) {
                           today += row.integer(2);
                           if (row.text(0) == mail.answered) {
                             said = row.integer(2);
                           } else if (row.text(1) == mail.topic) {
                             ++on_topic;
                           }
                         });
    if (!read) return fail(std::move(read.error()));
    if (today >= limits.per_address)
      return fmt::format("daily limit: {} automatic mails to this address in 24 hours", limits.per_address);
    if (said >= kPerAnswered) return fmt::format("daily limit: {} automatic mails about one mail of theirs", kPerAnswered);
    if (said == 0 && on_topic > answers_before_silence(mail.looks))
      return fmt::format("loop limit: {} answered on this topic in 24 hours, and nothing shows that a person answers", on_topic);
  }
  auto full = admit_hour(tx, limits.per_hour, now);
  if (!full || !full->empty()) return full;
  auto r = tx.exec(
      "INSERT INTO mail_answers (address, answered, at, topic, n) VALUES ($1, $2, $3, $4, 1) "
      "ON CONFLICT (address, answered) DO UPDATE SET n = mail_answers.n + 1, at = excluded.at",
      {mail.address, mail.answered, to_millis(now), mail.topic});
  if (!r) return fail(std::move(r.error()));
  return std::string{};
}

Result<void> person_answered(sql::Tx& tx, const std::string& address) {
  return done(tx.exec("UPDATE mail_answers SET topic = '' WHERE address = $1 AND topic <> ''", {address}));
}

Result<void> address_failed(sql::Tx& tx, const FailedAddress& f) {
  auto r = tx.exec(
      "INSERT INTO failed_addresses (address, at, status, reason, delivery, conversation_id, told) "
      "VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT DO NOTHING",
      {f.address, to_millis(f.at), f.status, f.reason, f.delivery, f.conversation.value});
  if (r)
    r = tx.exec("UPDATE outbox SET reason = $2 WHERE id = $1 AND state = 'sent'",
                {f.delivery, fmt::format("came back: {} {}", f.status, f.reason)});
  return done(std::move(r));
}

Result<std::optional<FailedAddress>> failure_of(sql::Tx& tx, const std::string& address) {
  static const std::string sql = fmt::format("SELECT {} FROM failed_addresses WHERE address = $1", kFailureColumns);
  std::optional<FailedAddress> out;
  auto r = tx.query(sql, {address}, [&](const sql::Row& row) { out = read_failure(row); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<void> address_works(sql::Tx& tx, const std::string& address) {
  return done(tx.exec("DELETE FROM failed_addresses WHERE address = $1", {address}));
}

Result<std::vector<FailedAddress>> untold_failures(sql::Tx& tx, std::int64_t limit) {
  static const std::string sql =
      fmt::format("SELECT {} FROM failed_addresses WHERE told = 0 ORDER BY at LIMIT $1", kFailureColumns);
  std::vector<FailedAddress> out;
  auto r = tx.query(sql, {limit}, [&](const sql::Row& row) { out.push_back(read_failure(row)); });
  if (!r) return fail(std::move(r.error()));
  return out;
}

Result<bool> failure_told(sql::Tx& tx, const std::string& address) {
  auto r = tx.exec("UPDATE failed_addresses SET told = 1 WHERE address = $1 AND told = 0", {address});
  if (!r) return fail(std::move(r.error()));
  return *r > 0;
}

}  // namespace usher::gateway::store
