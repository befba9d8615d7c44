// A mail explained: everything that is read out of it and the decision with its rules, as the documented JSON (docs/formats.md,
// "Mail explained") or for people. Decides by the same functions as the service and changes nothing. Pure; never fails.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "connectors/email/decision.h"
#include "connectors/email/email_channel.h"

namespace usher::connectors::email {

struct Explained {
  ReadMail read;
  Decision decision;  // rules: all that fired, from the first look at the mail to the decision
};
Explained explain(std::shared_ptr<const std::string> raw, const MailEnvelope& envelope, const EmailSettings& settings,
                  const Known& known, Timestamp received_at);

// What the mail itself tells of its envelope: Return-Path, and whom the servers on the way delivered it to, else To and Cc.
MailEnvelope envelope_of(const Mail& mail, const EmailSettings& settings);

// One object in one line. `file`: how the mail is called.
std::string to_json(const Explained& explained, std::string_view file);
std::string to_text(const Explained& explained, std::string_view file);
// For a terminal: control characters, which could steer it, and those that turn the direction of writing are shown as "?".
std::string printable(std::string_view utf8);

// Whether a file is an mbox: mails with a line "From …" before each.
bool is_mbox(std::string_view bytes);
// The mails of an mbox, in order, with CRLF line ends and ">From" opened; `each` is called with one after the other.
void each_of_mbox(std::string_view bytes, const std::function<void(std::string)>& each);

}  // namespace usher::connectors::email
