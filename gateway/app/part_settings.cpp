#include "gateway/app/part_settings.h"

#include <algorithm>
#include <filesystem>

#include "base/clock.h"
#include "base/crypto.h"
#include "connectors/email/smtp_server.h"
#include "connectors/registry.h"
#include "connectors/webchat/webchat_channel.h"
#include "connectors/webhook/webhook_channel.h"
#include "gateway/flow/lookups.h"
#include "gateway/flow/outbox.h"
#include "gateway/store/people.h"
#include "gateway/store/schema.h"

namespace usher::gateway::app {
namespace {

net::MailCall::Tls relay_tls(const std::string& word) {
  if (word == "none") return net::MailCall::Tls::kNone;
  return word == "required" ? net::MailCall::Tls::kRequired : net::MailCall::Tls::kOpportunistic;
}

}  // namespace

Result<std::unique_ptr<sql::Database>> open_store(const Settings& settings, bool check_integrity) {
  std::error_code ec;
  std::filesystem::create_directories(settings.data, ec);
  if (ec) return fail(ErrorCode::kIo, "cannot create the data folder '" + settings.data.string() + "': " + ec.message());
  // Customers' messages are nobody else's business.
  std::filesystem::permissions(settings.data, std::filesystem::perms::owner_all, ec);
  sql::Options options;
  options.path = (settings.data / "usher.db").string();
  options.unsafe_durability = settings.limits.unsafe_durability;
  options.check_integrity = check_integrity;
  auto database = sql::open_sqlite(std::move(options));
  if (!database) return fail(std::move(database.error()));
  auto migrated = sql::migrate(**database, store::migrations(), to_millis(system_clock().now()));
  if (!migrated) return fail(std::move(migrated.error()));
  return database;
}

Result<std::string> instance_secret(sql::Database& database) {
  std::string secret;
  auto r = database.write_sync([&](sql::Tx& tx) -> Result<void> {
    auto kept = store::get_or_set_instance(tx, "secret", crypto::to_hex(crypto::random_bytes(32)));
    if (!kept) return fail(std::move(kept.error()));
    secret = std::move(*kept);
    return {};
  });
  if (!r) return fail(std::move(r.error()));
  return secret;
}

connectors::email::EmailSettings email_settings(const Settings& s, const std::string& secret) {
  connectors::email::EmailSettings e;
  e.addresses = s.email.addresses;
  e.from_name = s.email.from_name.empty() ? s.company : s.email.from_name;
  e.hostname = s.email.hostname;
  e.secret = secret;
  e.authserv_id = s.email.authserv_id;
  e.authserv_hops = static_cast<std::size_t>(s.email.authserv_hops);
  using Results = connectors::email::EmailSettings::Results;
  e.authserv_results = s.email.authserv_results == "below" ? Results::kBelowReceived : Results::kAboveReceived;
  e.subaddress_separator = s.email.subaddress_separator.front();
  e.has_reply_tokens = s.email.reply_to == "token";
  using Require = connectors::email::EmailSettings::Require;
  e.require_authentication = s.email.require_authentication == "none"  ? Require::kNone
                             : s.email.require_authentication == "all" ? Require::kAll
                                                                       : Require::kReplies;
  e.is_token_enough = s.email.reply_tokens == "anyone";
  e.relay_url = s.email.relay_url;
  e.relay_user = s.email.relay_user;
  e.relay_password = s.email.relay_password;
  e.relay_tls = relay_tls(s.email.relay_tls);
  e.relay_ca_file = s.email.relay_ca_file;
  e.allowed_attachments = s.email.allowed_attachments;
  e.max_message_bytes = static_cast<std::size_t>(s.email.max_message_bytes);
  return e;
}

dialogs::World world_of(const Settings& s) {
  dialogs::World world;
  for (const auto& service : s.lookups) world.services.push_back(service.name);
  world.knows_services = true;
  if (s.webchat.enabled) world.channels.push_back({"webchat", {.buttons = true}});
  if (s.email.is_used()) world.channels.push_back({"email", {}});
  for (const auto& w : s.webhooks) world.channels.push_back({w.name, {}});
  std::vector<std::string> entries = {s.webchat.entry, s.email.entry};
  for (const auto& w : s.webhooks) entries.push_back(w.entry);
  for (auto& entry : entries) {
    if (!entry.empty()) world.entries.push_back(std::move(entry));
  }
  return world;
}

std::vector<flow::LookupService> lookup_services(const Settings& s) {
  std::vector<flow::LookupService> out;
  for (const auto& l : s.lookups)
    out.push_back({l.name, l.url, l.method, l.token, l.ca_file, std::chrono::milliseconds{l.timeout_ms}, l.allow_private});
  return out;
}

connectors::TicketSystemSettings ticket_settings(const Settings& s) {
  connectors::TicketSystemSettings t;
  t.kind = s.ticket_system.kind;
  t.base_url = s.ticket_system.url;
  t.token = s.ticket_system.token;
  t.user = s.ticket_system.user;
  t.password = s.ticket_system.password;
  t.queue = s.ticket_system.queue;
  t.external_ref_field = s.ticket_system.external_ref_field;
  t.field_map = s.ticket_system.fields;
  t.reply_as = s.ticket_system.reply_as;
  t.allow_private = s.ticket_system.allow_private;
  t.ca_file = s.ticket_system.ca_file;
  t.limits.total = std::chrono::milliseconds{s.ticket_system.timeout_ms};
  t.limits.connect = std::min(t.limits.connect, t.limits.total);
  return t;
}

connectors::webchat::WebchatSettings webchat_settings(const Settings& s, const std::string& secret) {
  connectors::webchat::WebchatSettings w;
  w.secret = secret;
  w.rate = {s.webchat.messages_per_second, static_cast<double>(s.webchat.burst)};
  w.allowed_origins = s.http.allowed_origins;
  w.max_files_bytes = static_cast<std::size_t>(s.webchat.max_attachment_megabytes) * 1024 * 1024;
  return w;
}

connectors::webhook::WebhookSettings webhook_settings(const WebhookSection& hook) {
  connectors::webhook::WebhookSettings w;
  w.name = hook.name;
  w.secrets = {hook.secret};
  if (!hook.secret_next.empty()) w.secrets.push_back(hook.secret_next);
  w.url = hook.url;
  w.allow_private = hook.allow_private;
  w.ca_file = hook.ca_file;
  return w;
}

flow::OutboxSettings outbox_settings(const Settings& s) {
  flow::OutboxSettings outbox;
  outbox.concurrency = s.outbox.concurrency;
  outbox.backoff = {std::chrono::milliseconds{s.outbox.retry_base_ms}, std::chrono::milliseconds{s.outbox.retry_cap_ms}};
  outbox.max_age = std::chrono::hours{s.outbox.max_age_hours};
  outbox.number_wait = std::chrono::milliseconds{s.answers.number_wait_ms};
  outbox.lease = std::chrono::milliseconds{s.ticket_system.timeout_ms * 4 + 30'000};
  return outbox;
}

connectors::email::SmtpServerOptions smtp_options(const Settings& s) {
  connectors::email::SmtpServerOptions smtp;
  smtp.host = s.email.host;
  smtp.port = static_cast<std::uint16_t>(s.email.port);
  smtp.max_connections_per_address = static_cast<std::size_t>(s.email.max_connections_per_address);
  smtp.max_connections_per_minute = static_cast<std::size_t>(s.email.max_connections_per_minute);
  smtp.max_mails_per_minute = static_cast<std::size_t>(s.email.max_mails_per_minute);
  smtp.min_data_rate = static_cast<std::size_t>(s.email.min_data_rate);
  smtp.proxies = s.email.proxy_protocol_from;
  smtp.auth_user = s.email.auth_user;
  smtp.auth_password = s.email.auth_password;
  smtp.auth_required = s.email.auth_required;
  return smtp;
}

}  // namespace usher::gateway::app
