// Delivery reports: standard ones (RFC 3464, 6522) by their fields, others by sender, subject and the shape of their text. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "connectors/email/mime.h"
#include "connectors/email/settings.h"

namespace usher::connectors::email {

struct Bounce {
  std::vector<std::string> permanent;  // addresses that failed for good, lower case
  std::vector<std::string> temporary;  // delayed, or failed for a reason that may pass
  std::string status;                  // "5.1.1"; empty when not told
  std::string diagnostic;              // the other server's words
  std::string original_message_id;     // with <>, of the mail that failed, when it was returned
  std::string evidence;                // what says that this is a bounce
};

// nullopt when the mail is not a delivery report. Addresses may be missing: some reports do not name any.
std::optional<Bounce> find_bounce(const Mail& mail, const MailEnvelope& envelope);

}  // namespace usher::connectors::email
