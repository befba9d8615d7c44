// What staff do with stored mail: look why it was decided as it was, let a held one in, delete it. Used by the console's API and
// by the command line. What is known of a mail comes from the same look-ups as intake's.
#pragma once
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "base/sql/database.h"
#include "connectors/email/decision.h"
#include "connectors/email/explain.h"
#include "gateway/flow/intake.h"
#include "gateway/store/quarantine.h"

namespace usher::gateway::flow {

// Where a key leads, and whether the message's sender takes part there. The reference of its case only for somebody who does not,
// or when `with_reference`.
Result<std::optional<connectors::email::KnownThread>> known_thread(sql::Tx& tx, const connectors::Inbound& m,
                                                                   const std::string& key, bool with_reference = false);
// Everything the store knows, for the life of the transaction. `except`: ledger id of the mail itself, when it is stored. An
// error of the store goes to `failed`; its answers mean nothing then.
connectors::email::Known known_in(sql::Tx& tx, std::string except, std::optional<Error>& failed);

// A stored mail with its explanation as of now, as if it had not come (of an empty mail, when its content is deleted). kNotFound:
// no such mail.
struct StoredExplained {
  store::StoredMail mail;
  connectors::email::Explained explained;
};
Result<StoredExplained> explain_stored(sql::Tx& tx, const std::string& id, const connectors::email::EmailSettings& settings);

// Reads the held mail again and hands it to Intake::release, with its errors. `settings` outlive the call.
boost::asio::awaitable<Result<connectors::Accepted>> release_held(sql::Database* database, Intake* intake,
                                                                  const connectors::email::EmailSettings* settings,
                                                                  Intake::Release release);
// Deletes the content of a held mail, with an audit row. kNotFound, kConflict as for a release.
Result<void> delete_held(sql::Tx& tx, const std::string& id, const std::string& who, const std::string& note, Timestamp now);

}  // namespace usher::gateway::flow
