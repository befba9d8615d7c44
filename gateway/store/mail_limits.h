// How much automatic mail goes where: counts of what was sent, and addresses that failed. Functions run inside the caller's
// transaction.
//
// Three limits, over the last 24 hours: so many mails to one address; so few answers to one address on one topic while nothing
// shows that a person is there (loops of robots without marks); so many in one hour to everybody.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/sql/database.h"
#include "connectors/email/answering.h"

namespace usher::gateway::store {

struct MailLimits {
  std::int64_t per_address = 30;  // a day; 0: neither this limit nor the one on loops
  std::int64_t per_hour = 5'000;  // to everybody; 0: no limit
};

struct AutomaticMail {
  std::string address;
  std::string answered;  // Message-ID of the mail it answers, or another name of it: all that is said to one counts as one answer
  std::string topic;     // connectors::email::topic_of
  connectors::email::Looks looks = connectors::email::Looks::kPerson;  // of the mail it answers
};
// Counts a mail that is about to be queued. Why it must not go, in words for staff; empty: it may, and is counted.
Result<std::string> admit_mail(sql::Tx& tx, const AutomaticMail& mail, const MailLimits& limits, Timestamp now);
// A person answered from there: what went to the address before is no loop.
Result<void> person_answered(sql::Tx& tx, const std::string& address);

// An address mail came back from for good. Nothing more goes there until a mail comes from it.
struct FailedAddress {
  std::string address;
  Timestamp at{};
  std::string status;    // "5.1.1"; may be empty
  std::string reason;    // the other server's words
  std::string delivery;  // outbox row
  ConversationId conversation;
};
// Notes it, and at the delivery; staff hear of it (take_untold_failures) when it was not known before.
Result<void> address_failed(sql::Tx& tx, const FailedAddress& failure);
Result<std::optional<FailedAddress>> failure_of(sql::Tx& tx, const std::string& address);
Result<void> address_works(sql::Tx& tx, const std::string& address);
// Those staff have not been told of, at most `limit`.
Result<std::vector<FailedAddress>> untold_failures(sql::Tx& tx, std::int64_t limit);
// False when somebody did so before.
Result<bool> failure_told(sql::Tx& tx, const std::string& address);

}  // namespace usher::gateway::store
