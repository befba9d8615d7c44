// Whether a mail may be answered once more: what it looks like, for the limits of gateway/store/mail_limits.h. Marks of robots
// (verdict.h) decide first; this is for robots that carry none: two gateways that answer each other must fall silent. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "connectors/message.h"

namespace usher::connectors::email {

enum class Looks : std::uint8_t {
  kAnswer,    // names an earlier mail (Re:, a tag, a reference), and nothing proves that it is one of ours
  kMail,      // a mail of its own
  kDoubtful,  // proven to answer a mail of ours, without a sign of a person
  kPerson,    // proven, and short or with our words quoted: a person at a mail program
};
// `is_reply`: it was decided that it is one (decision.h).
Looks looks_of(const Inbound& message, bool is_reply);

// A text without digits, tags, white space and letter case: what a robot says again and again is the same. Empty for texts of up
// to 40 code points: people say "2" and "yes" again.
std::string repeated_form(std::string_view text);

// What mails about one thing have in common: the subject without reply prefixes, tags, digits and letter case. "-" when there is
// nothing left.
std::string topic_of(std::string_view subject);

// Subject without "Re:", "Aw:", "回复：" and their like, however many.
std::string_view without_reply_prefixes(std::string_view subject);

}  // namespace usher::connectors::email
