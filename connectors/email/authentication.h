// What a mail server we trust says about the sender of a mail: Authentication-Results (RFC 8601), read as far as it may be
// believed.
//
// Anybody can write such a field. One counts only when it carries a configured authserv-id and stands where only our own servers
// write: on top of what came from outside. Where servers of ours come after the border server that checked the mail, each adds a
// Received: settings.authserv_hops says how many at most. settings.authserv_results says where the border server writes:
//   above its Received (RFC 8601 §4): what stands above the topmost Received but those hops, with a Received below it;
//   below its Received: the first such field behind the first Received "by" a configured name, before the next Received. Behind
//   its own fields begins the sender's text, so no second one counts; and where it wrote none, the sender's would be the first:
//   only for servers that write one into every mail.
// Everything else is ignored. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connectors/email/mime.h"
#include "connectors/email/settings.h"

namespace usher::connectors::email {

struct MethodResult {
  std::string method, result;                                   // "dmarc", "pass"; lower case
  std::vector<std::pair<std::string, std::string>> properties;  // "header.from" → "example.org"; names in lower case
};
struct AuthenticationResults {
  std::string authserv_id;  // lower case; empty when the field has none (then nobody can be believed)
  std::vector<MethodResult> methods;
};
// One field's value, leniently: what cannot be read is left out. Comments are skipped, quoted strings opened.
AuthenticationResults parse_authentication_results(std::string_view value);

struct Authentication {
  enum class State : std::uint8_t {
    kUnknown,  // nobody we trust says anything
    kPass,     // the From address is vouched for: dmarc=pass for its domain, or, where its domain has no DMARC policy, an aligned
               // dkim=pass or spf=pass
    kFail,     // checked, and not passed (fail, none, neutral, temperror … : not passed is not passed)
  } state = State::kUnknown;
  bool is_refuted = false;  // dmarc=fail for the From domain: an answer would most likely reach somebody who wrote nothing
  std::string evidence;     // "mx.gw.example: dmarc=pass header.from=example.org"
  std::vector<std::string> ignored;  // fields with a configured name in a place where they cannot be ours: somebody tries
};
// Several From addresses are never vouched for. kUnknown without settings.authserv_id.
Authentication authenticate(const Mail& mail, const EmailSettings& settings);

}  // namespace usher::connectors::email
