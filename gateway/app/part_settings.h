// What each part of the service is told, out of the settings: read here and nowhere else. Also the store and the secret of an
// installation, which commands need without a service.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/sql/database.h"
#include "connectors/email/settings.h"
#include "dialogs/check.h"
#include "gateway/app/settings.h"

namespace usher::connectors {
struct TicketSystemSettings;
namespace email {
struct SmtpServerOptions;
}
namespace webchat {
struct WebchatSettings;
}
namespace webhook {
struct WebhookSettings;
}
}  // namespace usher::connectors

namespace usher::gateway::flow {
struct LookupService;
struct OutboxSettings;
}  // namespace usher::gateway::flow

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

std::vector<flow::LookupService> lookup_services(const Settings& settings);
connectors::TicketSystemSettings ticket_settings(const Settings& settings);
connectors::webchat::WebchatSettings webchat_settings(const Settings& settings, const std::string& secret);  // without its pool
connectors::webhook::WebhookSettings webhook_settings(const WebhookSection& hook);
flow::OutboxSettings outbox_settings(const Settings& settings);
connectors::email::SmtpServerOptions smtp_options(const Settings& settings);  // without its certificate

}  // namespace usher::gateway::app
