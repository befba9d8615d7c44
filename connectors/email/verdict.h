// What a mail is: written by a person, by a robot, or a delivery failure; and whether anything may be answered automatically
// (RFC 3834, reference email.md §5 and §7.1). Pure: the same mail and envelope always give the same verdict, with the rules that
// fired.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "connectors/email/bounce.h"
#include "connectors/email/mime.h"
#include "connectors/email/settings.h"

namespace usher::connectors::email {

struct Verdict {
  Inbound::Kind kind = Inbound::Kind::kMessage;
  std::string reason;  // "rule: evidence" of the rule that decided; empty for a message with nothing remarkable
  bool may_answer = true;
  bool is_own_mail = false;                                // something we sent came back: it belongs to nothing
  std::vector<std::pair<std::string, std::string>> rules;  // every rule that fired, in order: name, evidence
  Bounce bounce;                                           // filled when kind is kBounce
};

Verdict judge(const Mail& mail, const MailEnvelope& envelope, const EmailSettings& settings);

}  // namespace usher::connectors::email
