#include "gateway/app/settings.h"

#include <yaml-cpp/yaml.h>

#include <unistd.h>
#include <charconv>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/text.h"

namespace usher::gateway::app {
namespace {

using Problems = std::vector<SettingsProblem>;

enum class Type : std::uint8_t { kString, kInteger, kNumber, kBoolean, kStrings, kMap, kSecret };

struct Key {
  std::string path;  // "http.port"; keys of webhook entries begin with "webhooks[]."
  Type type;
  std::string meaning;
  std::function<void*(Settings&)> at;  // where the value goes: std::string*, std::int64_t*, double*, bool*, vector*, map*
  std::int64_t min = 0, max = 0;       // kInteger and kNumber, when max > min
  std::vector<std::string> one_of;     // kString
};

#define AT(member) [](Settings& s) -> void* { return &s.member; }

const std::vector<Key>& keys() {
  static const std::vector<Key> table = {
      {"company", Type::kString, "Name customers see in mails and pages.", AT(company), 0, 0, {}},
      {"http.host", Type::kString, "Address to listen on.", AT(http.host), 0, 0, {}},
      {"http.port", Type::kInteger, "Port; 0 lets the system pick one.", AT(http.port), 0, 65535, {}},
      {"http.tls_certificate",
       Type::kString,
       "PEM file with the certificate chain; with tls_key switches HTTPS on.",
       AT(http.tls_certificate),
       0,
       0,
       {}},
      {"http.tls_key", Type::kString, "PEM file with the private key.", AT(http.tls_key), 0, 0, {}},
      {"http.public_url",
       Type::kString,
       "How customers reach this server, for links in mails (https://help.example).",
       AT(http.public_url),
       0,
       0,
       {}},
      {"http.trusted_proxies",
       Type::kStrings,
       "Addresses of proxies whose X-Forwarded-For is believed.",
       AT(http.trusted_proxies),
       0,
       0,
       {}},
      {"http.allowed_origins",
       Type::kStrings,
       "Web pages that may embed the chat, besides this server's own (https://shop.example).",
       AT(http.allowed_origins),
       0,
       0,
       {}},
      {"http.metrics_from", Type::kStrings, "Addresses that may read /metrics.", AT(http.metrics_from), 0, 0, {}},
      {"http.demo_page", Type::kBoolean, "Serve the demo shop page at /demo.", AT(http.demo_page), 0, 0, {}},
      {"http.threads", Type::kInteger, "I/O threads; 0 is one per core.", AT(http.threads), 0, 256, {}},
      {"webchat.enabled", Type::kBoolean, "Offer the chat element and the plain chat page.", AT(webchat.enabled), 0, 0, {}},
      {"webchat.entry",
       Type::kString,
       "Script that greets; empty chooses by the customer's first words.",
       AT(webchat.entry),
       0,
       0,
       {}},
      {"webchat.messages_per_second",
       Type::kNumber,
       "Rate limit per session; 0 is none.",
       AT(webchat.messages_per_second),
       0,
       1'000'000,
       {}},
      {"webchat.burst", Type::kInteger, "Messages a session may send at once.", AT(webchat.burst), 1, 1'000'000, {}},
      {"email.enabled", Type::kBoolean, "Accept mail by SMTP.", AT(email.enabled), 0, 0, {}},
      {"email.host", Type::kString, "Address of the SMTP listener.", AT(email.host), 0, 0, {}},
      {"email.port", Type::kInteger, "Port of the SMTP listener; 0 lets the system pick one.", AT(email.port), 0, 65535, {}},
      {"email.lmtp_host", Type::kString, "Address of the LMTP listener.", AT(email.lmtp_host), 0, 0, {}},
      {"email.lmtp_port",
       Type::kInteger,
       "Port of the LMTP listener; 0 lets the system pick one, -1 switches it off.",
       AT(email.lmtp_port),
       -1,
       65535,
       {}},
      {"email.hostname", Type::kString, "Name in the SMTP greeting.", AT(email.hostname), 0, 0, {}},
      {"email.addresses",
       Type::kStrings,
       "Addresses mail is accepted for; \"@domain\" accepts a whole domain. The first one answers.",
       AT(email.addresses),
       0,
       0,
       {}},
      {"email.from_name", Type::kString, "Display name of answers; empty is the company.", AT(email.from_name), 0, 0, {}},
      {"email.entry", Type::kString, "Script for new mails.", AT(email.entry), 0, 0, {}},
      {"email.tls_certificate",
       Type::kString,
       "PEM file with the certificate chain; with tls_key offers STARTTLS.",
       AT(email.tls_certificate),
       0,
       0,
       {}},
      {"email.tls_key", Type::kString, "PEM file with the private key.", AT(email.tls_key), 0, 0, {}},
      {"email.max_message_bytes", Type::kInteger, "Largest mail accepted.", AT(email.max_message_bytes), 65536, 1ll << 30, {}},
      {"email.max_connections_per_address",
       Type::kInteger,
       "SMTP connections one client address may hold.",
       AT(email.max_connections_per_address),
       1,
       100'000,
       {}},
      {"email.relay_url",
       Type::kString,
       "Where answers are handed to: smtp://host:port or smtps://host:port.",
       AT(email.relay_url),
       0,
       0,
       {}},
      {"email.relay_user", Type::kString, "User at the relay; empty is no login.", AT(email.relay_user), 0, 0, {}},
      {"email.relay_password", Type::kSecret, "Password at the relay.", AT(email.relay_password), 0, 0, {}},
      {"email.relay_tls",
       Type::kString,
       "STARTTLS towards the relay.",
       AT(email.relay_tls),
       0,
       0,
       {"none", "opportunistic", "required"}},
      {"email.relay_ca_file", Type::kString, "Extra trust anchor for the relay, PEM.", AT(email.relay_ca_file), 0, 0, {}},
      {"ticket_system.kind",
       Type::kString,
       "Where tickets are opened.",
       AT(ticket_system.kind),
       0,
       0,
       {"builtin", "request_tracker"}},
      {"ticket_system.url",
       Type::kString,
       "Base URL of the ticket system, without the API's path.",
       AT(ticket_system.url),
       0,
       0,
       {}},
      {"ticket_system.token", Type::kSecret, "API token.", AT(ticket_system.token), 0, 0, {}},
      {"ticket_system.user", Type::kString, "User name, where no token is used.", AT(ticket_system.user), 0, 0, {}},
      {"ticket_system.password", Type::kSecret, "Password of that user.", AT(ticket_system.password), 0, 0, {}},
      {"ticket_system.queue", Type::kString, "Queue new tickets go to.", AT(ticket_system.queue), 0, 0, {}},
      {"ticket_system.external_ref_field",
       Type::kString,
       "Custom field that holds Usher's key; it must be searchable.",
       AT(ticket_system.external_ref_field),
       0,
       0,
       {}},
      {"ticket_system.reply_as",
       Type::kString,
       "How later customer messages are added.",
       AT(ticket_system.reply_as),
       0,
       0,
       {"correspond", "comment"}},
      {"ticket_system.fields",
       Type::kMap,
       "Slot (or @channel @priority @fault_class @language) to custom field.",
       AT(ticket_system.fields),
       0,
       0,
       {}},
      {"ticket_system.allow_private",
       Type::kBoolean,
       "The ticket system is on the local network.",
       AT(ticket_system.allow_private),
       0,
       0,
       {}},
      {"ticket_system.ca_file", Type::kString, "Extra trust anchor, PEM.", AT(ticket_system.ca_file), 0, 0, {}},
      {"ticket_system.timeout_ms", Type::kInteger, "Longest a call may take.", AT(ticket_system.timeout_ms), 100, 60'000, {}},
      {"answers.number_wait_ms",
       Type::kInteger,
       "How long a customer waits for the ticket number before a provisional reference is told.",
       AT(answers.number_wait_ms),
       0,
       60'000,
       {}},
      {"answers.promise_en", Type::kMap, "Priority to first response time, in English words.", AT(answers.promise_en), 0, 0, {}},
      {"answers.promise_zh", Type::kMap, "Priority to first response time, in Chinese words.", AT(answers.promise_zh), 0, 0, {}},
      {"outbox.concurrency", Type::kInteger, "Calls in flight per target.", AT(outbox.concurrency), 1, 256, {}},
      {"outbox.retry_base_ms",
       Type::kInteger,
       "First pause before a retry (doubles, full jitter).",
       AT(outbox.retry_base_ms),
       10,
       60'000,
       {}},
      {"outbox.retry_cap_ms", Type::kInteger, "Longest pause before a retry.", AT(outbox.retry_cap_ms), 100, 3'600'000, {}},
      {"outbox.max_age_hours",
       Type::kInteger,
       "Age at which a row that cannot be delivered becomes a dead letter.",
       AT(outbox.max_age_hours),
       1,
       8760,
       {}},
      {"limits.min_free_megabytes",
       Type::kInteger,
       "Free disk space below which new messages are refused for now.",
       AT(limits.min_free_megabytes),
       1,
       1'000'000,
       {}},
      {"limits.max_backlog",
       Type::kInteger,
       "Messages that may wait for their turn.",
       AT(limits.max_backlog),
       100,
       10'000'000,
       {}},
      {"limits.unsafe_durability",
       Type::kBoolean,
       "For tests of the tests only: do not wait for the disk.",
       AT(limits.unsafe_durability),
       0,
       0,
       {}},
      {"log.level", Type::kString, "How much is logged.", AT(log.level), 0, 0, {"debug", "info", "warn", "error"}},
      {"log.file", Type::kString, "File for JSON lines; empty is standard error.", AT(log.file), 0, 0, {}},
  };
  return table;
}

#undef AT

// Paths are std::filesystem::path members; kept apart so that Key::at stays a plain pointer.
struct PathKey {
  const char* path;
  const char* meaning;
  std::filesystem::path Settings::Folders::* content;  // null: Settings::data
};
const std::vector<PathKey>& path_keys() {
  static const std::vector<PathKey> table = {
      {"data", "Folder of the database.", nullptr},
      {"content.dialogs", "Folder of the scripts, relative to this file.", &Settings::Folders::dialogs},
      {"content.kb", "Folder of the articles, relative to this file.", &Settings::Folders::kb},
      {"content.mail", "Folder of the mail templates, relative to this file.", &Settings::Folders::mail},
  };
  return table;
}

struct WebhookKey {
  const char* name;
  Type type;
  const char* meaning;
  std::string WebhookSection::* text;
};
const std::vector<WebhookKey>& webhook_keys() {
  static const std::vector<WebhookKey> table = {
      {"name", Type::kString, "Name of the channel and last part of its path, /hooks/NAME.", &WebhookSection::name},
      {"secret", Type::kSecret, "Standard Webhooks secret (whsec_…): signs and checks.", &WebhookSection::secret},
      {"secret_next", Type::kSecret, "A second secret that is accepted, for rotation.", &WebhookSection::secret_next},
      {"url", Type::kString, "Where answers are POSTed.", &WebhookSection::url},
      {"entry", Type::kString, "Script for first messages; empty chooses by their words.", &WebhookSection::entry},
      {"ca_file", Type::kString, "Extra trust anchor, PEM.", &WebhookSection::ca_file},
      {"allow_private", Type::kBoolean, "The URL is on the local network.", nullptr},
  };
  return table;
}

class Reader {
 public:
  Reader(std::string file, const std::map<std::string, std::string>& environment, Problems& problems)
      : file_(std::move(file)), environment_(environment), problems_(problems) {}

  void add(const YAML::Mark& mark, std::string message, std::string hint) {
    problems_.push_back(
        {file_, mark.is_null() ? 1 : mark.line + 1, mark.is_null() ? 1 : mark.column + 1, std::move(message), std::move(hint)});
  }

  // All valid names below `prefix` ("" or "http."), with secrets as `x_file`.
  std::vector<std::string> names_below(const std::string& prefix) const {
    std::set<std::string> names;
    auto offer = [&](std::string path) {
      if (!path.starts_with(prefix)) return;
      path = path.substr(prefix.size());
      names.insert(path.substr(0, path.find('.')));
    };
    for (const auto& k : keys()) offer(k.type == Type::kSecret ? k.path + "_file" : k.path);
    for (const auto& k : path_keys()) offer(k.path);
    offer("webhooks");
    return {names.begin(), names.end()};
  }

  void unknown(const YAML::Node& key, const std::string& full, const std::vector<std::string>& valid) {
    std::string name = key.Scalar();
    std::string near = text::nearest(name, valid);
    if (std::find(valid.begin(), valid.end(), name + "_file") != valid.end()) {
      return add(key.Mark(), "a secret does not belong into this file: '" + full + "'",
                 "put it into a file only Usher can read and name it with '" + name + "_file', or set it in the environment");
    }
    std::string list;
    for (const auto& v : valid) list += (list.empty() ? "" : ", ") + v;
    add(key.Mark(), "unknown key '" + full + "'", near.empty() ? "valid here: " + list : "did you mean '" + near + "'?");
  }

  // Walks a mapping level by level; `found` gets path → value node.
  void collect(const YAML::Node& node, const std::string& prefix, std::map<std::string, YAML::Node>& found) {
    if (!node.IsMap()) {
      return add(
          node.Mark(),
          "'" + (prefix.empty() ? std::string("the file") : prefix.substr(0, prefix.size() - 1)) + "' must hold keys with values",
          "write them as `key: value`, indented below");
    }
    const auto valid = names_below(prefix);
    std::set<std::string> seen;
    for (const auto& item : node) {
      if (!item.first.IsScalar()) {
        add(item.first.Mark(), "a key must be a word", "");
        continue;
      }
      const std::string name = item.first.Scalar(), full = prefix + name;
      if (!seen.insert(name).second) add(item.first.Mark(), "key '" + full + "' stands here twice", "keep one of them");
      if (std::find(valid.begin(), valid.end(), name) == valid.end()) {
        unknown(item.first, full, valid);
      } else if (is_leaf(full)) {
        found.emplace(full, item.second);
      } else {
        collect(item.second, full + ".", found);
      }
    }
  }

  void apply(const Key& key, const YAML::Node& node, Settings& out) {
    void* at = key.at(out);
    const std::string what = "'" + key.path + "'";
    switch (key.type) {
      case Type::kString:
      case Type::kSecret: {
        if (!node.IsScalar() && !node.IsNull())
          return add(node.Mark(), what + " must be a text", "write one value, in quotes if it has special characters");
        std::string value = node.IsNull() ? std::string{} : node.Scalar();
        if (!key.one_of.empty() && std::find(key.one_of.begin(), key.one_of.end(), value) == key.one_of.end()) {
          std::string list;
          for (const auto& v : key.one_of) list += (list.empty() ? "" : ", ") + v;
          std::string near = text::nearest(value, key.one_of);
          return add(node.Mark(), what + " cannot be '" + value + "'",
                     near.empty() ? "one of: " + list : "did you mean '" + near + "'? One of: " + list);
        }
        *static_cast<std::string*>(at) = value;
        return;
      }
      case Type::kInteger: {
        std::int64_t value = 0;
        const std::string text = node.IsScalar() ? node.Scalar() : std::string{};
        auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
        const std::string range = "a whole number from " + std::to_string(key.min) + " to " + std::to_string(key.max);
        if (text.empty() || ec != std::errc{} || end != text.data() + text.size())
          return add(node.Mark(), what + " must be " + range, "found '" + text + "'");
        if (value < key.min || value > key.max) return add(node.Mark(), what + " must be " + range, "found " + text);
        *static_cast<std::int64_t*>(at) = value;
        return;
      }
      case Type::kNumber: {
        double value = 0;
        const std::string text = node.IsScalar() ? node.Scalar() : std::string{};
        auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (text.empty() || ec != std::errc{} || end != text.data() + text.size() || value < static_cast<double>(key.min) ||
            value > static_cast<double>(key.max)) {
          return add(node.Mark(), what + " must be a number from " + std::to_string(key.min) + " to " + std::to_string(key.max),
                     "found '" + text + "'");
        }
        *static_cast<double*>(at) = value;
        return;
      }
      case Type::kBoolean: {
        bool value = false;
        if (!node.IsScalar() || !YAML::convert<bool>::decode(node, value))
          return add(node.Mark(), what + " must be true or false", "");
        *static_cast<bool*>(at) = value;
        return;
      }
      case Type::kStrings: {
        if (!node.IsSequence()) return add(node.Mark(), what + " must be a list", "write [a, b] or one `- a` per line");
        std::vector<std::string> values;
        for (const auto& item : node) {
          if (!item.IsScalar()) return add(item.Mark(), what + " must hold texts only", "");
          values.push_back(item.Scalar());
        }
        *static_cast<std::vector<std::string>*>(at) = std::move(values);
        return;
      }
      case Type::kMap: {
        if (!node.IsMap()) return add(node.Mark(), what + " must map names to texts", "write `name: value`, one per line");
        std::map<std::string, std::string> values;
        for (const auto& item : node) {
          if (!item.first.IsScalar() || !item.second.IsScalar())
            return add(item.first.Mark(), what + " must map names to texts", "");
          if (!values.emplace(item.first.Scalar(), item.second.Scalar()).second)
            add(item.first.Mark(), "'" + item.first.Scalar() + "' stands here twice", "keep one of them");
        }
        *static_cast<std::map<std::string, std::string>*>(at) = std::move(values);
        return;
      }
    }
  }

  // The secret from the file that `node` names.
  std::string secret_file(const YAML::Node& node, const std::string& path, const std::filesystem::path& folder) {
    std::filesystem::path file = node.IsScalar() ? node.Scalar() : std::string{};
    if (file.is_relative()) file = folder / file;
    std::ifstream in(file, std::ios::binary);
    if (!in) {
      add(node.Mark(), "cannot read the secret file '" + file.string() + "' of '" + path + "'",
          "it must exist and be readable by Usher");
      return {};
    }
    std::ostringstream out;
    out << in.rdbuf();
    return text::trim(out.str());
  }

  static std::string variable(std::string path) {
    std::string name = "USHER_";
    for (char c : path) name += c == '.' || c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
  }
  std::string from_environment(const std::string& path) const {
    auto it = environment_.find(variable(path));
    return it == environment_.end() ? std::string{} : it->second;
  }

  void webhooks(const YAML::Node& node, const std::filesystem::path& folder, Settings& out) {
    if (!node.IsSequence()) return add(node.Mark(), "'webhooks' must be a list", "begin each entry with `- name: …`");
    std::vector<std::string> valid;
    for (const auto& k : webhook_keys()) valid.push_back(std::string(k.name) + (k.type == Type::kSecret ? "_file" : ""));
    std::set<std::string> names;
    for (const auto& entry : node) {
      if (!entry.IsMap()) {
        add(entry.Mark(), "an entry of 'webhooks' must hold keys with values", "begin it with `- name: …`");
        continue;
      }
      WebhookSection hook;
      for (const auto& item : entry) {
        const std::string name = item.first.Scalar();
        auto key = std::find_if(webhook_keys().begin(), webhook_keys().end(), [&](const auto& k) {
          return name == std::string(k.name) + (k.type == Type::kSecret ? "_file" : "");
        });
        if (key == webhook_keys().end()) {
          unknown(item.first, "webhooks[]." + name, valid);
        } else if (key->type == Type::kSecret) {
          hook.*(key->text) = secret_file(item.second, "webhooks[]." + std::string(key->name), folder);
        } else if (key->type == Type::kBoolean) {
          if (!item.second.IsScalar() || !YAML::convert<bool>::decode(item.second, hook.allow_private)) {
            add(item.second.Mark(), "'webhooks[]." + name + "' must be true or false", "");
          }
        } else if (!item.second.IsScalar()) {
          add(item.second.Mark(), "'webhooks[]." + name + "' must be a text", "");
        } else {
          hook.*(key->text) = item.second.Scalar();
        }
      }
      if (hook.secret.empty()) hook.secret = from_environment("webhooks." + hook.name + ".secret");
      if (hook.name.empty()) add(entry.Mark(), "this webhook has no name", "add `name: …`");
      if (!hook.name.empty() && !names.insert(hook.name).second)
        add(entry.Mark(), "two webhooks are named '" + hook.name + "'", "names are the last part of the path and must differ");
      if (hook.name == "webchat" || hook.name == "email")
        add(entry.Mark(), "'" + hook.name + "' is the name of another channel", "choose another name");
      if (hook.secret.empty())
        add(entry.Mark(), "webhook '" + hook.name + "' has no secret",
            "name a file with secret_file, or set " + variable("webhooks." + hook.name + ".secret"));
      out.webhooks.push_back(std::move(hook));
    }
  }

 private:
  static bool is_leaf(const std::string& path) {
    if (path == "webhooks") return true;
    for (const auto& k : keys()) {
      if ((k.type == Type::kSecret ? k.path + "_file" : k.path) == path) return true;
    }
    return std::any_of(path_keys().begin(), path_keys().end(), [&](const auto& k) { return path == k.path; });
  }

  std::string file_;
  const std::map<std::string, std::string>& environment_;
  Problems& problems_;
};

void cross_checks(Reader& reader, const Settings& s, const std::map<std::string, YAML::Node>& found) {
  auto mark = [&](const char* path) {
    auto it = found.find(path);
    return it == found.end() ? YAML::Mark::null_mark() : it->second.Mark();
  };
  if (s.ticket_system.kind == "request_tracker") {
    if (s.ticket_system.url.empty())
      reader.add(mark("ticket_system.kind"), "request_tracker needs 'ticket_system.url'",
                 "the address you open RT with, e.g. https://rt.example");
    if (s.ticket_system.queue.empty())
      reader.add(mark("ticket_system.kind"), "request_tracker needs 'ticket_system.queue'", "the queue new tickets go to");
    if (s.ticket_system.token.empty() && (s.ticket_system.user.empty() || s.ticket_system.password.empty())) {
      reader.add(mark("ticket_system.kind"), "request_tracker needs a token, or user and password",
                 "name a file with ticket_system.token_file, or set USHER_TICKET_SYSTEM_TOKEN");
    }
  }
  if (s.http.tls_certificate.empty() != s.http.tls_key.empty())
    reader.add(mark("http.tls_certificate"), "tls_certificate and tls_key belong together", "set both or none");
  if (s.email.tls_certificate.empty() != s.email.tls_key.empty())
    reader.add(mark("email.tls_certificate"), "tls_certificate and tls_key belong together", "set both or none");
  if (s.email.enabled && s.email.addresses.empty())
    reader.add(mark("email.addresses"), "'email.addresses' is empty: no mail could be accepted",
               "name at least one address, or set email.enabled: false");
  for (const auto& a : s.email.addresses) {
    if (a.find('@') == std::string::npos || a.back() == '@')
      reader.add(mark("email.addresses"), "'" + a + "' is no mail address", "write name@domain, or @domain for all of a domain");
  }
  if (!s.email.relay_url.empty() && !s.email.relay_url.starts_with("smtp://") && !s.email.relay_url.starts_with("smtps://")) {
    reader.add(mark("email.relay_url"), "'email.relay_url' must begin with smtp:// or smtps://", "e.g. smtp://127.0.0.1:25");
  }
}

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> out;
  for (char** e = environ; e != nullptr && *e != nullptr; ++e) {
    std::string_view item(*e);
    auto eq = item.find('=');
    if (item.starts_with("USHER_") && eq != std::string_view::npos) out.emplace(item.substr(0, eq), item.substr(eq + 1));
  }
  return out;
}

const char* type_name(Type type) {
  switch (type) {
    case Type::kString:
    case Type::kSecret:
      return "string";
    case Type::kInteger:
      return "integer";
    case Type::kNumber:
      return "number";
    case Type::kBoolean:
      return "boolean";
    case Type::kStrings:
      return "array";
    case Type::kMap:
      return "object";
  }
  return "string";
}

}  // namespace

Settings parse_settings(const std::string& file_name, const std::string& yaml,
                        const std::map<std::string, std::string>& environment, std::vector<SettingsProblem>& problems) {
  Settings out;
  Reader reader(file_name, environment, problems);
  const std::filesystem::path folder = std::filesystem::absolute(file_name).parent_path();
  std::map<std::string, YAML::Node> found;
  try {
    YAML::Node root = YAML::Load(yaml);
    if (!root.IsNull()) reader.collect(root, "", found);
    for (const auto& key : keys()) {
      if (key.type == Type::kSecret) {
        auto it = found.find(key.path + "_file");
        std::string secret =
            it != found.end() ? reader.secret_file(it->second, key.path, folder) : reader.from_environment(key.path);
        if (!secret.empty()) *static_cast<std::string*>(key.at(out)) = secret;
      } else if (auto it = found.find(key.path); it != found.end()) {
        reader.apply(key, it->second, out);
      }
    }
    for (const auto& key : path_keys()) {
      auto it = found.find(key.path);
      if (it == found.end()) continue;
      if (!it->second.IsScalar()) {
        reader.add(it->second.Mark(), std::string("'") + key.path + "' must be a path", "");
      } else {
        (key.content == nullptr ? out.data : out.content.*(key.content)) = it->second.Scalar();
      }
    }
    if (auto it = found.find("webhooks"); it != found.end()) reader.webhooks(it->second, folder, out);
    cross_checks(reader, out, found);
  } catch (const YAML::Exception& e) {
    reader.add(e.mark, "this is no valid YAML: " + e.msg, "check indentation, quotes and colons near here");
  }
  for (auto* path : {&out.content.dialogs, &out.content.kb, &out.content.mail}) {
    if (path->is_relative()) *path = (folder / *path).lexically_normal();
  }
  return out;
}

Settings load_settings(const std::filesystem::path& file, std::vector<SettingsProblem>& problems) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in) {
    problems.push_back({file.string(), 1, 1, "cannot read the configuration", "name an existing file with --config"});
    return {};
  }
  return parse_settings(file.string(), bytes.str(), process_environment(), problems);
}

std::string settings_schema() {
  using nlohmann::ordered_json;
  ordered_json root = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                       {"title", "Usher configuration"},
                       {"type", "object"},
                       {"additionalProperties", false},
                       {"properties", ordered_json::object()}};
  auto place = [&](const std::string& path, ordered_json value) {
    ordered_json* node = &root;
    auto parts = text::split(path, '.');
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      auto& next = (*node)["properties"][parts[i]];
      if (next.is_null()) next = {{"type", "object"}, {"additionalProperties", false}, {"properties", ordered_json::object()}};
      node = &next;
    }
    (*node)["properties"][parts.back()] = std::move(value);
  };
  for (const auto& k : keys()) {
    ordered_json v = {{"type", type_name(k.type)}, {"description", k.meaning}};
    if (k.type == Type::kSecret)
      v["description"] = k.meaning + " Path of a file that holds it; or set " + Reader::variable(k.path) + ".";
    if (!k.one_of.empty()) v["enum"] = k.one_of;
    if (k.max > k.min) {
      v["minimum"] = k.min;
      v["maximum"] = k.max;
    }
    if (k.type == Type::kStrings) v["items"] = {{"type", "string"}};
    if (k.type == Type::kMap) v["additionalProperties"] = {{"type", "string"}};
    place(k.type == Type::kSecret ? k.path + "_file" : k.path, std::move(v));
  }
  for (const auto& k : path_keys()) place(k.path, {{"type", "string"}, {"description", k.meaning}});
  ordered_json hook = {
      {"type", "object"}, {"additionalProperties", false}, {"required", {"name"}}, {"properties", ordered_json::object()}};
  for (const auto& k : webhook_keys()) {
    hook["properties"][std::string(k.name) + (k.type == Type::kSecret ? "_file" : "")] = {{"type", type_name(k.type)},
                                                                                          {"description", k.meaning}};
  }
  place("webhooks",
        {{"type", "array"}, {"description", "Partners and messengers that speak Standard Webhooks."}, {"items", hook}});
  return root.dump(2) + "\n";
}

std::string settings_reference() {
  Settings defaults;
  std::string out = "| key | type | default | meaning |\n|---|---|---|---|\n";
  for (const auto& k : keys()) {
    void* at = k.at(defaults);
    std::string value;
    switch (k.type) {
      case Type::kString:
        value = *static_cast<std::string*>(at);
        break;
      case Type::kSecret:
        value = "";
        break;
      case Type::kInteger:
        value = std::to_string(*static_cast<std::int64_t*>(at));
        break;
      case Type::kNumber:
        value = fmt::format("{}", *static_cast<double*>(at));
        break;
      case Type::kBoolean:
        value = *static_cast<bool*>(at) ? "true" : "false";
        break;
      case Type::kStrings:
        for (const auto& v : *static_cast<std::vector<std::string>*>(at)) value += (value.empty() ? "" : ", ") + v;
        break;
      case Type::kMap:
        for (const auto& [name, v] : *static_cast<std::map<std::string, std::string>*>(at))
          value += (value.empty() ? "" : ", ") + name + ": " + v;
        break;
    }
    out += "| `" + k.path + (k.type == Type::kSecret ? "_file" : "") + "` | " +
           (k.type == Type::kSecret ? "secret" : type_name(k.type)) + " | " + (value.empty() ? "" : "`" + value + "`") + " | " +
           k.meaning + (k.one_of.empty() ? "" : " One of:");
    for (const auto& v : k.one_of) out += " `" + v + "`";
    out += " |\n";
  }
  for (const auto& k : path_keys()) out += std::string("| `") + k.path + "` | path | | " + k.meaning + " |\n";
  for (const auto& k : webhook_keys()) {
    out += std::string("| `webhooks[].") + k.name + (k.type == Type::kSecret ? "_file" : "") + "` | " +
           (k.type == Type::kSecret ? "secret" : type_name(k.type)) + " | | " + k.meaning + " |\n";
  }
  return out;
}

}  // namespace usher::gateway::app
