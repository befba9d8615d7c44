// What `usher mail explain` and `usher mail replay` share: reading mails from files, and what is known of them.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "connectors/email/explain.h"
#include "gateway/app/mail.h"

namespace usher::gateway::app {

// All of a file; "-" is standard input. kNotFound, kIo.
Result<std::string> read_all(const std::string& path);
// As it would have come by SMTP: CRLF line ends, no mbox line above.
std::string as_sent(std::string raw);
// What the mail says of its envelope, or the options.
connectors::email::MailEnvelope envelope_for(const std::string& raw, const connectors::email::EmailSettings& settings,
                                             const MailOptions& options);

// Runs `look` with what is known: by the database `as_of` (a file, or its folder), which is only read, or nothing. Its secret
// makes our own MACs recognised. Without a configuration file the defaults hold. `failed`: an error of the database, when there
// was one. Returns an exit code; everything is said.
using Look = std::function<Result<void>(const connectors::email::EmailSettings&, const connectors::email::Known&,
                                        const std::optional<Error>& failed)>;
int with_known(const Common& common, const std::string& as_of, const Look& look);

}  // namespace usher::gateway::app
