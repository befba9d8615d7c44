#include "connectors/registry.h"

#include <array>

#include "base/text.h"
#include "connectors/tickets/builtin.h"
#include "connectors/tickets/request_tracker.h"

namespace usher::connectors {
namespace {

using Made = Result<std::unique_ptr<TicketSystem>>;

Made missing(const TicketSystemSettings& settings, std::string_view what) {
  return fail(ErrorCode::kInvalid,
              "the ticket system '" + settings.name + "' (" + settings.kind + ") needs " + std::string(what));
}

Made make_builtin(const TicketSystemSettings& settings, TicketSystemParts parts) {
  if (parts.database == nullptr || parts.clock == nullptr) return missing(settings, "a database");
  return std::make_unique<tickets::BuiltinTickets>(tickets::BuiltinSettings{settings.name, settings.ticket_url}, *parts.database,
                                                   *parts.clock);
}

Made make_request_tracker(const TicketSystemSettings& settings, TicketSystemParts parts) {
  if (parts.client == nullptr) return missing(settings, "an HTTP client");
  if (!settings.base_url.starts_with("http://") && !settings.base_url.starts_with("https://"))
    return missing(settings, "base_url, like https://rt.example");
  if (settings.token.empty() && (settings.user.empty() || settings.password.empty()))
    return missing(settings, "a token, or a user and a password");
  if (settings.queue.empty()) return missing(settings, "a queue");
  // The name goes into TicketSQL as CF.{name}, where nothing can be escaped.
  if (settings.external_ref_field.empty() || settings.external_ref_field.find_first_of("{}'\"\\[]") != std::string::npos)
    return missing(settings, "an external_ref_field without quotes, braces and brackets");
  if (settings.reply_as != "correspond" && settings.reply_as != "comment")
    return missing(settings, "reply_as to be \"correspond\" or \"comment\"");
  using ReplyAs = tickets::RequestTrackerSettings::ReplyAs;
  return std::make_unique<tickets::RequestTracker>(
      tickets::RequestTrackerSettings{.name = settings.name,
                                      .base_url = settings.base_url,
                                      .token = settings.token,
                                      .user = settings.user,
                                      .password = settings.password,
                                      .queue = settings.queue,
                                      .external_ref_field = settings.external_ref_field,
                                      .field_map = settings.field_map,
                                      .reply_as = settings.reply_as == "comment" ? ReplyAs::kComment : ReplyAs::kCorrespond,
                                      .allow_private = settings.allow_private,
                                      .ca_file = settings.ca_file,
                                      .limits = settings.limits},
      *parts.client);
}

struct Kind {
  std::string_view name;
  Made (*make)(const TicketSystemSettings&, TicketSystemParts);
};
constexpr std::array kKinds{Kind{"builtin", make_builtin}, Kind{"request_tracker", make_request_tracker}};

}  // namespace

std::vector<std::string> ticket_system_kinds() {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

Result<std::unique_ptr<TicketSystem>> make_ticket_system(const TicketSystemSettings& settings, TicketSystemParts parts) {
  TicketSystemSettings named = settings;
  if (named.name.empty()) named.name = named.kind;
  for (const Kind& kind : kKinds)
    if (kind.name == named.kind) return kind.make(named, parts);
  const std::string near = text::nearest(named.kind, ticket_system_kinds());
  return fail(ErrorCode::kInvalid,
              "unknown ticket system '" + named.kind + "'" + (near.empty() ? "" : ": did you mean '" + near + "'?"));
}

}  // namespace usher::connectors
