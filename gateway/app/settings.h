// The configuration: config/usher.yaml as a checked value. Every key is one row of the table in settings_keys.cpp, which is also
// where the JSON Schema for editors (config/usher.schema.json) and the reference in docs/operate.md come from.
//
// Unknown keys are refused with the nearest valid name, wrong values with what is allowed; every problem has file:line:column.
// Secrets never stand in the file: a secret `x` is read from the file named by `x_file`, or from the environment (USHER_ + its
// path, upper case).
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "connectors/email/allowed_types.h"

namespace usher::gateway::app {

struct WebhookSection {
  std::string name, secret, secret_next, url, entry, ca_file;
  bool allow_private = false;
  bool operator==(const WebhookSection&) const = default;
};

struct LookupSection {
  std::string name, url, method = "GET", token, ca_file;
  std::int64_t timeout_ms = 3000;
  bool allow_private = false;
  bool operator==(const LookupSection&) const = default;
};

// A mailbox that mail is fetched from by IMAP.
struct MailboxSection {
  bool enabled = true;
  std::string name, host, user, password, tls = "implicit", ca_file, auth = "auto";
  std::int64_t port = 993;
  std::string folder = "INBOX", after = "seen", move_to = "Usher", flag = "$UsherTaken", address;
  std::int64_t idle_seconds = 240, poll_seconds = 60, retry_max_seconds = 300;
  std::string oauth_token_url, oauth_client_id, oauth_client_secret, oauth_refresh_token, oauth_scope;
  bool operator==(const MailboxSection&) const = default;
};

struct Settings {
  std::string company = "Usher";
  std::filesystem::path data = "data";
  bool help_centre = true;

  struct Http {
    std::string host = "127.0.0.1";
    std::int64_t port = 8080;
    std::string tls_certificate, tls_key, public_url;
    std::vector<std::string> trusted_proxies, allowed_origins;
    std::vector<std::string> metrics_from = {"127.0.0.1", "::1"};
    bool demo_page = true;
    std::int64_t threads = 0;
  } http;

  struct Webchat {
    bool enabled = true;
    std::string entry;
    double messages_per_second = 5;
    std::int64_t burst = 20;
    std::int64_t max_attachment_megabytes = 20;
  } webchat;

  struct Email {
    bool enabled = true;
    std::string host = "127.0.0.1";
    std::int64_t port = 2525;
    std::string lmtp_host = "127.0.0.1";
    std::int64_t lmtp_port = -1;  // -1: no LMTP listener
    std::string hostname = "localhost";
    std::vector<std::string> addresses = {"support@localhost"};
    std::string from_name, entry = "email";
    std::string tls_certificate, tls_key;
    std::int64_t max_message_bytes = 26'214'400;
    std::vector<std::string> allowed_attachments = connectors::email::default_allowed_attachments();
    std::int64_t max_connections_per_address = 50;
    std::int64_t max_connections_per_minute = 0;
    std::int64_t max_mails_per_minute = 0;
    std::int64_t max_answers_per_address = 30;
    std::int64_t max_answers_per_hour = 5'000;
    std::int64_t min_data_rate = 500;
    std::vector<std::string> proxy_protocol_from;
    std::string auth_user, auth_password;
    bool auth_required = false;
    std::vector<MailboxSection> mailboxes;
    std::string authserv_id, authserv_results = "above", require_authentication = "replies", reply_tokens = "participants";
    std::string reply_to = "plain", subaddress_separator = "+";
    std::int64_t authserv_hops = 0;
    std::string relay_url, relay_user, relay_password, relay_tls = "opportunistic", relay_ca_file;
    // Mail comes in somehow.
    bool is_used() const { return enabled || !mailboxes.empty(); }
  } email;

  std::vector<WebhookSection> webhooks;
  std::vector<LookupSection> lookups;

  struct TicketSystem {
    std::string kind = "builtin", url, token, user, password, queue, external_ref_field = "ExternalRef", reply_as = "correspond",
                ca_file;
    std::map<std::string, std::string> fields;
    bool allow_private = false;
    std::int64_t timeout_ms = 15'000;
  } ticket_system;

  struct Answers {
    std::int64_t number_wait_ms = 1500;
    std::map<std::string, std::string> promise_en = {
        {"P1", "5 minutes"}, {"P2", "30 minutes"}, {"P3", "2 hours"}, {"P4", "2 hours"}};
    std::map<std::string, std::string> promise_zh = {{"P1", "5 分钟"}, {"P2", "30 分钟"}, {"P3", "2 小时"}, {"P4", "2 小时"}};
  } answers;

  struct Outbox {
    std::int64_t concurrency = 16;
    std::int64_t retry_base_ms = 1000, retry_cap_ms = 900'000;
    std::int64_t max_age_hours = 120;
  } outbox;

  struct Folders {
    std::filesystem::path dialogs = "dialogs", kb = "kb", mail = "mail";  // relative to the configuration file
  } content;

  struct Limits {
    std::int64_t min_free_megabytes = 512;
    std::int64_t max_backlog = 20'000;
    bool unsafe_durability = false;
  } limits;

  struct Log {
    std::string level = "info", file;
  } log;
};

struct SettingsProblem {
  std::string file;
  int line = 1, column = 1;
  std::string message, hint;
};

// Reads and checks; relative paths in `content` are made absolute against the file's folder. All problems are reported.
Settings load_settings(const std::filesystem::path& file, std::vector<SettingsProblem>& problems);
// The same for text in memory (tests). `environment`: name → value; load_settings passes the process's own.
Settings parse_settings(const std::string& file_name, const std::string& yaml,
                        const std::map<std::string, std::string>& environment, std::vector<SettingsProblem>& problems);

// What differs of what is read at the start only, as dotted paths: everything but the mailboxes and what files hold.
std::vector<std::string> changed_settings(const Settings& running, const Settings& file);

// JSON Schema (draft 2020-12) of the file.
std::string settings_schema();
// A Markdown table of all keys: path, type, default, meaning.
std::string settings_reference();

}  // namespace usher::gateway::app
