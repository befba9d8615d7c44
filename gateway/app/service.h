// The composition root: builds every part from the settings, in order of dependence, and takes them down in reverse.
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/sql/database.h"
#include "connectors/email/settings.h"
#include "dialogs/check.h"
#include "gateway/app/settings.h"

namespace usher::gateway::app {

// Opens (or creates) the database of the settings and brings its tables up to date. The service checks its integrity first, which
// reads all of it; commands that only look into it do not.
Result<std::unique_ptr<sql::Database>> open_store(const Settings& settings, bool check_integrity);
// The random secret of this installation, made on first use: key of session tokens, Message-IDs and external_refs.
Result<std::string> instance_secret(sql::Database& database);
// What the email channel needs, out of the settings.
connectors::email::EmailSettings email_settings(const Settings& settings, const std::string& secret);
// What the prover of scripts has to know of the settings: channels, services, entries. Without the articles.
dialogs::World world_of(const Settings& settings);

class Service {
 public:
  virtual ~Service() = default;
  struct Addresses {
    std::string http, smtp, lmtp;  // "http://127.0.0.1:8080", "127.0.0.1:2525"; empty where switched off
  };
  virtual const Addresses& addresses() const = 0;
  // SIGHUP: content, certificates and mailboxes anew. The old ones stay when the new ones have problems. Other settings that
  // `settings` has changed are named in the log: they need a restart.
  virtual Result<std::string> reload(const Settings& settings) = 0;
  // SIGTERM: readiness off, no new input, what is in flight finishes, queues drain; within `limit`. From the main thread.
  virtual void drain(std::chrono::seconds limit) = 0;
};

// Everything listens when this returns. Errors name the part, the reason and what to do.
Result<std::unique_ptr<Service>> start_service(const Settings& settings);

}  // namespace usher::gateway::app
