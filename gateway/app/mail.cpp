#include "gateway/app/mail.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include <unistd.h>

#include "base/log.h"
#include "base/sql/reader.h"
#include "connectors/json_input.h"
#include "gateway/app/service.h"
#include "gateway/flow/mailroom.h"
#include "gateway/store/people.h"

namespace usher::gateway::app {
namespace {

namespace fs = std::filesystem;
namespace email = connectors::email;
using nlohmann::json;

constexpr std::size_t kMaxFileBytes = 256u * 1024 * 1024;  // of one mail that is explained

Result<std::string> read_all(const std::string& path) {
  std::string out;
  std::FILE* file = path == "-" ? stdin : std::fopen(path.c_str(), "rb");
  if (file == nullptr) return fail(ErrorCode::kNotFound, "cannot open '" + path + "'");
  char buffer[65536];
  while (std::size_t n = std::fread(buffer, 1, sizeof buffer, file)) {
    out.append(buffer, n);
    if (path != "-" || out.size() <= kMaxFileBytes) continue;
    break;
  }
  const bool failed = std::ferror(file) != 0;
  if (file != stdin) std::fclose(file);
  if (failed) return fail(ErrorCode::kIo, "cannot read '" + path + "'");
  return out;
}

// As it would have come by SMTP: CRLF line ends, no mbox line above.
std::string as_sent(std::string raw) {
  if (email::is_mbox(raw)) raw.erase(0, std::min(raw.find('\n'), raw.size() - 1) + 1);
  if (raw.find("\r\n") != std::string::npos) return raw;
  std::string out;
  out.reserve(raw.size() + raw.size() / 32);
  for (char c : raw) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

// With a database: its secret, so that our own MACs are recognised. Without a configuration file the defaults.
std::optional<email::EmailSettings> settings_for(const Common& common, const std::string& secret) {
  std::error_code ec;
  if (!fs::exists(common.config, ec) && common.config == Common{}.config) return email_settings(Settings{}, secret);
  auto settings = settings_of(common);
  if (!settings) return std::nullopt;
  return email_settings(*settings, secret);
}

std::string database_file(const std::string& as_of) {
  std::error_code ec;
  return fs::is_directory(as_of, ec) ? (fs::path(as_of) / "usher.db").string() : as_of;
}

using Look = std::function<Result<void>(const email::EmailSettings&, const email::Known&, std::optional<Error>&)>;

// Runs `look` with what is known: by the database, or nothing.
int with_known(const Common& common, const std::string& as_of, const Look& look) {
  log::init(log::Level::kError);
  bool is_configured = true;
  auto run = [&](const std::string& secret, const email::Known& known, std::optional<Error>& failed) -> Result<void> {
    auto settings = settings_for(common, secret);
    is_configured = settings.has_value();
    return settings ? look(*settings, known, failed) : Result<void>{};
  };
  std::optional<Error> failed;
  Result<void> done;
  if (as_of.empty()) {
    done = run({}, {}, failed);
  } else {
    done = sql::look_into_sqlite(database_file(as_of), [&](sql::Tx& tx) -> Result<void> {
      auto secret = store::get_instance(tx, "secret");
      if (!secret) return fail(std::move(secret.error()));
      auto known = flow::known_in(tx, {}, failed);
      return run(secret->value_or(""), known, failed);
    });
  }
  if (!is_configured) return kConfiguration;
  if (!done) return complain(common, done.error(), done.error().code == ErrorCode::kNotFound ? kUsage : kProblems);
  if (failed) return complain(common, *failed, kSoftware);
  return kOk;
}

email::MailEnvelope envelope_for(const std::string& raw, const email::EmailSettings& settings, const MailOptions& options) {
  email::MimeOptions quick;
  quick.sniff_types = false;
  auto envelope = email::envelope_of(email::parse_mail(raw, quick), settings);
  if (options.sender != "?") {
    envelope.from = options.sender;
    envelope.is_from_known = true;
  }
  if (!options.to.empty()) envelope.recipients = options.to;
  return envelope;
}

// --- replay ---

// What a replay remembers of the mails it has decided, in place of a store: the next ones are decided with it.
class Memory {
 public:
  explicit Memory(const email::Known& base) : base_(base) {
    known_.thread = [this](const connectors::Inbound& m, const std::string& key) -> std::optional<email::KnownThread> {
      auto it = keys_.find(key);
      if (it == keys_.end()) return base_.thread ? base_.thread(m, key) : std::nullopt;
      const auto& thread = threads_[it->second];
      return email::KnownThread{"replayed " + std::to_string(it->second + 1), {}, {}, thread == m.sender_id};
    };
    known_.same_content = [this](const connectors::Inbound& m) {
      auto it = contents_.find(m.dedup_key);
      if (it != contents_.end()) return it->second;
      return base_.same_content ? base_.same_content(m) : std::string{};
    };
    known_.same_message_id = [this](const connectors::Inbound& m) {
      for (const auto& key : m.own_keys) {
        if (keys_.contains(key)) return std::string("an earlier mail of this archive");
      }
      return std::string{};
    };
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  const email::Known& known() const { return known_; }

  void keep(const connectors::Inbound& m, const email::Decision& d, const std::string& name) {
    using email::Outcome;
    contents_.emplace(m.dedup_key, name);
    if (d.outcome == Outcome::kNew) {
      for (const auto& key : m.own_keys) keys_.emplace(key, threads_.size());
      threads_.push_back(m.sender_id);
    } else if (d.outcome == Outcome::kReply) {
      auto it = keys_.find(d.key);
      if (it == keys_.end()) return;
      const auto thread = it->second;
      for (const auto& key : m.own_keys) keys_.emplace(key, thread);
    }
  }

 private:
  const email::Known& base_;
  email::Known known_;
  std::map<std::string, std::size_t> keys_;
  std::vector<std::string> threads_;  // the customer of each
  std::map<std::string, std::string> contents_;
};

struct Tally {
  std::int64_t mails = 0, unreadable = 0, warned = 0;
  std::map<std::string, std::int64_t> verdicts, causes, rules;
};

// Every mail of the archive, in the order of names: a Maildir's begin with the time of delivery.
Result<void> each_mail(const std::string& path, Tally& tally,
                       const std::function<void(std::string name, std::string raw)>& each) {
  std::error_code ec;
  if (!fs::is_directory(path, ec)) {
    auto bytes = read_all(path);
    if (!bytes) return fail(std::move(bytes.error()));
    if (!email::is_mbox(*bytes)) {
      each(path, std::move(*bytes));
      return {};
    }
    std::size_t n = 0;
    email::each_of_mbox(*bytes, [&](std::string raw) { each(path + "#" + std::to_string(++n), std::move(raw)); });
    return {};
  }
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator it(path, fs::directory_options::skip_permission_denied, ec), end; it != end && !ec;
       it.increment(ec)) {
    const auto parent = it->path().parent_path().filename().string();
    std::error_code type;
    if (it->is_regular_file(type) && parent != "tmp" && !it->path().filename().string().starts_with(".") &&
        !it->path().filename().string().starts_with("dovecot"))
      files.push_back(it->path());
  }
  if (ec) return fail(ErrorCode::kIo, "cannot list '" + path + "': " + ec.message());
  std::ranges::sort(files,
                    [](const fs::path& a, const fs::path& b) { return std::pair(a.filename(), a) < std::pair(b.filename(), b); });
  for (const auto& file : files) {
    auto bytes = read_all(file.string());
    if (!bytes) {
      std::cerr << "usher: " << bytes.error().message << "\n";
      ++tally.unreadable;
      continue;
    }
    each(file.string(), std::move(*bytes));
  }
  return {};
}

void print_tally(const Common& common, const Tally& tally, double seconds) {
  if (common.as_json) {
    print({{"mails", tally.mails},
           {"verdicts", tally.verdicts},
           {"causes", tally.causes},
           {"rules", tally.rules},
           {"with_warnings", tally.warned},
           {"unreadable", tally.unreadable},
           {"seconds", seconds}});
    return;
  }
  std::cout << fmt::format("{} mails in {:.1f} s, {} with warnings\n", tally.mails, seconds, tally.warned);
  auto list = [](const char* title, const std::map<std::string, std::int64_t>& counts) {
    if (!counts.empty()) std::cout << title << "\n";
    std::vector<std::pair<std::int64_t, std::string>> sorted;
    for (const auto& [name, n] : counts) sorted.emplace_back(n, name);
    std::ranges::sort(sorted, std::greater{});
    for (const auto& [n, name] : sorted) std::cout << fmt::format("  {:>8}  {}\n", n, name);
  };
  list("verdicts", tally.verdicts);
  list("causes of quarantine", tally.causes);
  list("rules that fired", tally.rules);
}

json held_json(const store::StoredMail& m) {
  const auto head = email::parse_mail(m.raw);
  return {{"id", m.id},
          {"received_at", to_rfc3339(m.received_at)},
          {"state", m.held->state == "held" ? "quarantined" : m.held->state},
          {"cause", m.held->cause},
          {"evidence", m.held->evidence},
          {"reference", m.reference},
          {"from", head.from.empty() ? "" : head.from.front().address},
          {"subject", head.subject},
          {"settled_by", m.held->settled_by}};
}

}  // namespace

int mail_explain(const Common& common, const std::vector<std::string>& files, const MailOptions& options) {
  bool all_read = true;
  const int code = with_known(
      common, options.as_of,
      [&](const email::EmailSettings& settings, const email::Known& known, std::optional<Error>& failed) -> Result<void> {
        for (const auto& file : files) {
          auto bytes = read_all(file);
          if (!bytes) {
            std::cerr << "usher: " << bytes.error().message << "\n";
            all_read = false;
            continue;
          }
          auto raw = std::make_shared<const std::string>(as_sent(std::move(*bytes)));
          const auto explained =
              email::explain(raw, envelope_for(*raw, settings, options), settings, known, system_clock().now());
          if (failed) return {};
          std::cout << (common.as_json ? email::to_json(explained, file) + "\n" : email::to_text(explained, file)) << std::flush;
        }
        return {};
      });
  return code == kOk && !all_read ? kProblems : code;
}

int mail_replay(const Common& common, const std::string& path, const MailOptions& options) {
  Tally tally;
  const auto began = std::chrono::steady_clock::now();
  auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(); };
  const bool shows_progress = ::isatty(STDERR_FILENO) != 0;
  const int code = with_known(
      common, options.as_of,
      [&](const email::EmailSettings& settings, const email::Known& known, std::optional<Error>& failed) -> Result<void> {
        Memory memory(known);
        auto done = each_mail(path, tally, [&](const std::string& name, std::string bytes) {
          if (failed) return;
          auto raw = std::make_shared<const std::string>(as_sent(std::move(bytes)));
          const auto e =
              email::explain(raw, envelope_for(*raw, settings, options), settings, memory.known(), system_clock().now());
          memory.keep(e.read.inbound, e.decision, name);
          ++tally.mails;
          ++tally.verdicts[email::to_string(e.decision.outcome)];
          if (!e.decision.cause.empty()) ++tally.causes[e.decision.cause];
          std::set<std::string> fired;
          for (const auto& [rule, evidence] : e.decision.rules) fired.insert(rule);
          for (const auto& rule : fired) ++tally.rules[rule];
          tally.warned += e.read.mail.warnings.empty() ? 0 : 1;
          if (shows_progress && tally.mails % 100 == 0)
            std::cerr << fmt::format("\r{} mails, {:.0f} s", tally.mails, seconds()) << std::flush;
        });
        return done;
      });
  if (shows_progress && tally.mails >= 100) std::cerr << "\n";
  if (code != kOk) return code;
  print_tally(common, tally, seconds());
  return tally.unreadable == 0 ? kOk : kProblems;
}

int quarantine_list(const Common& common, const std::string& state, std::int64_t limit) {
  int code = kOk;
  auto database = store_of(common, code);
  if (!database) return code;
  std::vector<store::StoredMail> rows;
  auto done = database->read_sync([&](sql::Tx& tx) -> Result<void> {
    auto found = store::list_mail(tx, email::EmailSettings{}.channel, state, limit, "");
    if (!found) return fail(std::move(found.error()));
    rows = std::move(*found);
    return {};
  });
  if (!done) return complain(common, done.error(), kSoftware);
  json out = json::array();
  for (const auto& m : rows) out.push_back(held_json(m));
  if (common.as_json) {
    print(out);
    return kOk;
  }
  if (rows.empty()) std::cout << "no mail is " << state << "\n";
  for (const auto& m : out) {
    auto word = [&](const char* name) { return m.at(name).get<std::string>(); };
    std::cout << fmt::format("{}  {}  {:<16} {}  {}\n    {}\n", word("id"), word("received_at"), word("cause"), word("from"),
                             word("subject"), word("evidence"));
  }
  return kOk;
}

int quarantine_release(const Common& common, const std::string& id, bool to_case, bool participant) {
  int code = kOk;
  auto settings = settings_of(common);
  if (!settings) return kConfiguration;
  auto database = store_of(common, code);
  if (!database) return code;
  auto secret = instance_secret(*database);
  if (!secret) return complain(common, secret.error(), kSoftware);
  const auto mail_settings = email_settings(*settings, *secret);
  flow::Intake intake(*database, system_clock(), {});
  boost::asio::io_context io;
  std::optional<Result<connectors::Accepted>> accepted;
  boost::asio::co_spawn(
      io, flow::release_held(database.get(), &intake, &mail_settings, {id, to_case, participant, "command line"}),
      [&](std::exception_ptr e, Result<connectors::Accepted> r) {
        accepted = e ? Result<connectors::Accepted>(fail(ErrorCode::kInternal, "releasing failed")) : std::move(r);
      });
  io.run();
  database.reset();  // before `io`: the writer may still be handing the result over
  if (!*accepted) return complain(common, accepted->error(), kProblems);
  if (common.as_json) {
    print({{"id", (*accepted)->id}, {"conversation", (*accepted)->conversation_id}});
  } else {
    std::cout << "released to conversation " << (*accepted)->conversation_id << "\n";
  }
  return kOk;
}

int quarantine_delete(const Common& common, const std::string& id, const std::string& note) {
  int code = kOk;
  auto database = store_of(common, code);
  if (!database) return code;
  auto done =
      database->write_sync([&](sql::Tx& tx) { return flow::delete_held(tx, id, "command line", note, system_clock().now()); });
  if (!done) return complain(common, done.error(), kProblems);
  if (common.as_json) {
    print({{"id", id}, {"state", "deleted"}});
  } else {
    std::cout << "deleted\n";
  }
  return kOk;
}

}  // namespace usher::gateway::app
