#include <yaml-cpp/yaml.h>

#include <unistd.h>
#include <algorithm>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>

#include "base/text.h"
#include "gateway/app/settings_keys.h"

namespace usher::gateway::app {
namespace {

using Problems = std::vector<SettingsProblem>;

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
    for (const auto& k : setting_keys()) offer(k.written());
    for (const auto& l : setting_lists()) offer(l.path);
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

  // `target`: the Settings or the list's entry the key belongs to.
  void apply(const Key& key, const YAML::Node& node, void* target) {
    void* at = key.at(target);
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
      case Type::kPath: {
        if (!node.IsScalar()) return add(node.Mark(), what + " must be a path", "");
        *static_cast<std::filesystem::path*>(at) = node.Scalar();
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

  std::string from_environment(const std::string& path) const {
    auto it = environment_.find(environment_variable(path));
    return it == environment_.end() ? std::string{} : it->second;
  }

  void list(const List& list, const YAML::Node& node, const std::filesystem::path& folder, Settings& out) {
    const std::string what = "'" + list.path + "'";
    if (!node.IsSequence()) return add(node.Mark(), what + " must be a list", "begin each entry with `- name: …`");
    std::vector<std::string> valid;
    for (const auto& k : list.keys) valid.push_back(k.written());
    std::set<std::string> names;
    for (const auto& entry : node) {
      if (!entry.IsMap()) {
        add(entry.Mark(), "an entry of " + what + " must hold keys with values", "begin it with `- name: …`");
        continue;
      }
      void* section = list.append(out);
      const std::string& name = *static_cast<const std::string*>(list.keys.front().at(section));
      for (const auto& item : entry) {
        const std::string key_name = item.first.Scalar();
        auto key = std::find_if(list.keys.begin(), list.keys.end(), [&](const Key& k) { return key_name == k.written(); });
        if (key == list.keys.end()) {
          unknown(item.first, list.path + "[]." + key_name, valid);
        } else if (key->type == Type::kSecret) {
          *static_cast<std::string*>(key->at(section)) = secret_file(item.second, list.path + "[]." + key->path, folder);
        } else {
          Key full = *key;
          full.path = list.path + "[]." + key->path;
          apply(full, item.second, section);
        }
      }
      for (const auto& key : list.keys) {
        if (key.type != Type::kSecret || name.empty()) continue;
        auto& secret = *static_cast<std::string*>(key.at(section));
        if (secret.empty()) secret = from_environment(list.path + "." + name + "." + key.path);
      }
      if (!name.empty() && !names.insert(name).second)
        add(entry.Mark(), "two entries of " + what + " are named '" + name + "'", "names must differ");
      if (std::find(list.taken.begin(), list.taken.end(), name) != list.taken.end())
        add(entry.Mark(), "'" + name + "' is the name of another channel", "choose another name");
      for (const auto& key : list.keys) {
        if (std::find(list.needed.begin(), list.needed.end(), key.path) == list.needed.end()) continue;
        if (!static_cast<const std::string*>(key.at(section))->empty()) continue;
        const std::string whose = key.path == "name" || name.empty() ? "this " + list.entry : list.entry + " '" + name + "'";
        add(entry.Mark(), whose + " has no " + key.path,
            key.type == Type::kSecret ? "name a file with " + key.written() + ", or set " +
                                            environment_variable(list.path + "." + name + "." + key.path)
                                      : "add `" + key.path + ": …`");
      }
    }
  }

 private:
  static bool is_leaf(const std::string& path) {
    return std::ranges::any_of(setting_keys(), [&](const Key& k) { return k.written() == path; }) ||
           std::ranges::any_of(setting_lists(), [&](const List& l) { return l.path == path; });
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
  if (s.email.is_used() && s.email.addresses.empty())
    reader.add(mark("email.addresses"), "'email.addresses' is empty: no mail could be accepted",
               s.email.mailboxes.empty() ? "name at least one address, or set email.enabled: false"
                                         : "name at least one address: the mailboxes need it");
  for (const auto& a : s.email.addresses) {
    if (a.find('@') == std::string::npos || a.back() == '@')
      reader.add(mark("email.addresses"), "'" + a + "' is no mail address", "write name@domain, or @domain for all of a domain");
  }
  for (const auto& type : s.email.allowed_attachments) {
    if (!connectors::email::is_type_pattern(type))
      reader.add(mark("email.allowed_attachments"), "'" + type + "' is no content type", "write e.g. image/png or image/*");
  }
  if (!s.email.auth_user.empty() && (s.email.auth_password.empty() || s.email.tls_certificate.empty()))
    reader.add(mark("email.auth_user"), "'email.auth_user' needs a password and a TLS certificate",
               "name a file with email.auth_password_file, and set email.tls_certificate and tls_key: sign-in is offered under "
               "TLS only");
  if (s.email.auth_required && s.email.auth_user.empty())
    reader.add(mark("email.auth_required"), "'email.auth_required' needs 'email.auth_user'", "nobody could send mail");
  for (const auto& m : s.email.mailboxes) {
    const bool is_here = m.host == "localhost" || m.host == "::1" || m.host.starts_with("127.");
    if (m.tls == "none" && !is_here)
      reader.add(mark("email.mailboxes"), "mailbox '" + m.name + "' would send its password in the clear",
                 "use tls: implicit or starttls; none is for servers on this machine");
    if (m.password.empty() && m.oauth_token_url.empty())
      reader.add(mark("email.mailboxes"), "mailbox '" + m.name + "' has neither a password nor an oauth_token_url",
                 "name a file with password_file, or set " + environment_variable("email.mailboxes." + m.name + ".password"));
    if (m.oauth_token_url.empty() && (m.auth == "xoauth2" || m.auth == "oauthbearer"))
      reader.add(mark("email.mailboxes"), "mailbox '" + m.name + "' signs in by OAuth and has no oauth_token_url",
                 "set it, or choose another auth");
    if (!m.address.empty() && m.address.find('@') == std::string::npos)
      reader.add(mark("email.mailboxes"), "'" + m.address + "' of mailbox '" + m.name + "' is no mail address",
                 "write one of email.addresses");
  }
  if (s.email.authserv_results == "below" && s.email.authserv_id.empty())
    reader.add(mark("email.authserv_results"), "'authserv_results: below' needs 'email.authserv_id'",
               "the name your mail server writes in its Authentication-Results and its Received");
  if (s.email.require_authentication == "all" && s.email.authserv_id.empty())
    reader.add(mark("email.require_authentication"), "'require_authentication: all' needs 'email.authserv_id'",
               "the name your mail server writes in its Authentication-Results; without one no sender is verified");
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
    for (const auto& key : setting_keys()) {
      if (key.type == Type::kSecret) {
        auto it = found.find(key.written());
        std::string secret =
            it != found.end() ? reader.secret_file(it->second, key.path, folder) : reader.from_environment(key.path);
        if (!secret.empty()) *static_cast<std::string*>(key.at(&out)) = secret;
      } else if (auto it = found.find(key.path); it != found.end()) {
        reader.apply(key, it->second, &out);
      }
    }
    for (const auto& list : setting_lists()) {
      if (auto it = found.find(list.path); it != found.end()) reader.list(list, it->second, folder, out);
    }
    cross_checks(reader, out, found);
  } catch (const YAML::Exception& e) {
    reader.add(e.mark, "this is no valid YAML: " + e.msg, "check indentation, quotes and colons near here");
  }
  for (auto* path : {&out.content.dialogs, &out.content.kb, &out.content.mail}) {
    if (path->is_relative()) *path = (folder / *path).lexically_normal();
  }
  return out;
}

std::vector<std::string> changed_settings(const Settings& running, const Settings& file) {
  auto a = running, b = file;
  std::vector<std::string> out;
  auto differ = [](const Key& key, void* x, void* y) {
    void *p = key.at(x), *q = key.at(y);
    switch (key.type) {
      case Type::kString:
      case Type::kSecret:
        return *static_cast<std::string*>(p) != *static_cast<std::string*>(q);
      case Type::kPath:
        return *static_cast<std::filesystem::path*>(p) != *static_cast<std::filesystem::path*>(q);
      case Type::kInteger:
        return *static_cast<std::int64_t*>(p) != *static_cast<std::int64_t*>(q);
      case Type::kNumber:
        return std::abs(*static_cast<double*>(p) - *static_cast<double*>(q)) > 0;
      case Type::kBoolean:
        return *static_cast<bool*>(p) != *static_cast<bool*>(q);
      case Type::kStrings:
        return *static_cast<std::vector<std::string>*>(p) != *static_cast<std::vector<std::string>*>(q);
      case Type::kMap:
        return *static_cast<std::map<std::string, std::string>*>(p) != *static_cast<std::map<std::string, std::string>*>(q);
    }
    return false;
  };
  for (const auto& key : setting_keys()) {
    if (differ(key, &a, &b)) out.push_back(key.path);
  }
  if (a.webhooks != b.webhooks) out.emplace_back("webhooks");
  if (a.lookups != b.lookups) out.emplace_back("lookups");
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

}  // namespace usher::gateway::app
