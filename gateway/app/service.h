// The composition root: builds every part from the settings, in order of dependence, and takes them down in reverse.
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "gateway/app/settings.h"

namespace usher::gateway::app {

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
