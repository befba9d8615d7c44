#include "gateway/app/commands.h"

#include <pthread.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"
#include "connectors/email/email_channel.h"
#include "gateway/app/service.h"
#include "gateway/flow/intake.h"
#include "gateway/flow/turn.h"
#include "gateway/store/cases.h"
#include "gateway/store/outbox.h"
#include "gateway/store/people.h"

#ifndef USHER_VERSION
#define USHER_VERSION "0.1.0"
#endif

namespace usher::gateway::app {
namespace {

using nlohmann::json;

enum Exit : int { kOk = 0, kProblems = 1, kUsage = 64, kSoftware = 70, kTemporary = 75, kConfiguration = 78 };
constexpr std::chrono::seconds kDrainLimit{40};   // exit within 45 s (reliability.md §4.8)

struct Common {
  std::string config = "config/usher.yaml";
  std::string data;
  bool as_json = false;
};

std::string dump(const json& j) { return j.dump(-1, ' ', false, json::error_handler_t::replace); }
void print(const json& j) { std::cout << dump(j) << std::endl; }

int complain(const Common& common, const Error& error, int code) {
  if (common.as_json) {
    print({{"error", {{"code", to_string(error.code)}, {"message", error.message}, {"detail", error.detail}}}});
  } else {
    std::cerr << "usher: " << error.message << (error.detail.empty() ? "" : " (" + error.detail + ")") << "\n";
  }
  return code;
}

// A problem of a file, the way editors and terminals make it clickable.
struct Listed {
  std::string file, message, hint;
  int line, column;
  bool is_warning;
};

void print_problems(const Common& common, const std::vector<Listed>& problems, const json& summary) {
  if (common.as_json) {
    json out = summary;
    out["problems"] = json::array();
    for (const auto& p : problems) {
      out["problems"].push_back({{"file", p.file}, {"line", p.line}, {"column", p.column}, {"message", p.message}, {"hint", p.hint}, {"warning", p.is_warning}});
    }
    print(out);
    return;
  }
  for (const auto& p : problems) {
    std::cout << p.file << ":" << p.line << ":" << p.column << ": " << (p.is_warning ? "warning: " : "") << p.message << "\n";
    if (!p.hint.empty()) std::cout << "    " << p.hint << "\n";
  }
}

std::vector<Listed> settings_problems(const std::vector<SettingsProblem>& found) {
  std::vector<Listed> out;
  for (const auto& p : found) out.push_back({p.file, p.message, p.hint, p.line, p.column, false});
  return out;
}

// The settings, or problems printed and nullopt.
std::optional<Settings> settings_of(const Common& common) {
  std::vector<SettingsProblem> found;
  Settings s = load_settings(common.config, found);
  if (!common.data.empty()) s.data = common.data;
  if (found.empty()) return s;
  print_problems(common, settings_problems(found), {{"ok", false}});
  return std::nullopt;
}

log::Level level_of(const std::string& word) {
  if (word == "debug") return log::Level::kDebug;
  if (word == "warn") return log::Level::kWarn;
  return word == "error" ? log::Level::kError : log::Level::kInfo;
}

bool split_address(const std::string& text, std::string& host, std::int64_t& port) {
  auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  char* end = nullptr;
  const long value = std::strtol(text.c_str() + colon + 1, &end, 10);
  if (end == text.c_str() + colon + 1 || *end != '\0' || value < 0 || value > 65535) return false;
  host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  port = value;
  return true;
}

int serve(const Common& common, const std::string& http, const std::string& smtp, const std::string& lmtp) {
  auto settings = settings_of(common);
  if (!settings) return kConfiguration;
  auto wrong_address = [&](const char* option, const std::string& value) {
    return complain(common, {ErrorCode::kInvalid, std::string(option) + " needs HOST:PORT, found '" + value + "'; for example 127.0.0.1:8080"}, kUsage);
  };
  if (!http.empty() && !split_address(http, settings->http.host, settings->http.port)) return wrong_address("--http", http);
  if (smtp == "off") {
    settings->email.enabled = false;
  } else if (!smtp.empty() && !split_address(smtp, settings->email.host, settings->email.port)) {
    return wrong_address("--smtp", smtp);
  }
  if (!lmtp.empty() && !split_address(lmtp, settings->email.lmtp_host, settings->email.lmtp_port)) return wrong_address("--lmtp", lmtp);
  log::init(level_of(settings->log.level), settings->log.file);

  // Signals are taken by this thread alone; every other thread inherits the mask.
  sigset_t signals;
  sigemptyset(&signals);
  for (int s : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, s);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  auto service = start_service(*settings);
  if (!service) return complain(common, service.error(), service.error().code == ErrorCode::kInvalid ? kConfiguration : kSoftware);
  const auto& at = (*service)->addresses();
  json listening = {{"http", at.http}};
  if (!at.smtp.empty()) listening["smtp"] = at.smtp;
  if (!at.lmtp.empty()) listening["lmtp"] = at.lmtp;
  print({{"listening", listening}});
  for (;;) {
    int signal_number = 0;
    if (sigwait(&signals, &signal_number) != 0) continue;
    if (signal_number == SIGHUP) {
      auto done = (*service)->reload();
      if (done) {
        log::info("reloaded", {{"content", *done}});
      } else {
        log::error("reload refused; the old content stays", {{"detail", done.error().message}});
      }
      continue;
    }
    log::info("draining", {{"signal", signal_number}});
    (*service)->drain(kDrainLimit);
    return kOk;
  }
}

int check(const Common& common) {
  std::vector<SettingsProblem> found;
  const Settings s = load_settings(common.config, found);
  auto problems = settings_problems(found);
  std::vector<flow::ContentProblem> content_problems;
  auto content = flow::load_content({s.content.dialogs, s.content.kb, s.content.mail}, content_problems);
  for (const auto& p : content_problems) problems.push_back({p.file, p.message, p.hint, p.line, p.column, p.is_warning});
  const bool ok = std::none_of(problems.begin(), problems.end(), [](const auto& p) { return !p.is_warning; });
  json summary = {{"ok", ok}};
  if (content) {
    summary["scripts"] = content->scripts->scripts.size();
    summary["articles"] = content->library->size();
  }
  print_problems(common, problems, summary);
  if (!common.as_json) {
    if (ok) {
      std::cout << "ok: " << content->scripts->scripts.size() << " scripts, " << content->library->size() << " articles\n";
    } else {
      std::cout << problems.size() << (problems.size() == 1 ? " problem\n" : " problems\n");
    }
  }
  return ok ? kOk : kProblems;
}

// One mail on standard input, from an MTA's pipe. It is committed before this exits 0; a running service works it at once or at its start.
int deliver(const Common& common, const std::string& sender, const std::vector<std::string>& recipients) {
  auto settings = settings_of(common);
  if (!settings) return kTemporary;   // an operator's mistake must not bounce customers' mail
  log::init(log::Level::kWarn);
  auto raw = std::make_shared<std::string>();
  const auto limit = static_cast<std::size_t>(settings->email.max_message_bytes);
  char buffer[65536];
  while (std::size_t n = std::fread(buffer, 1, sizeof buffer, stdin)) {
    raw->append(buffer, n);
    if (raw->size() > limit) return complain(common, {ErrorCode::kTooLarge, "the mail is larger than " + std::to_string(limit) + " bytes"}, 69);
  }
  if (std::ferror(stdin) != 0) return complain(common, {ErrorCode::kIo, "standard input could not be read"}, kTemporary);
  if (raw->empty()) return complain(common, {ErrorCode::kInvalid, "standard input is empty: a mail is expected there"}, kUsage);
  // Pipes hand over lines as the system writes them; mail has CRLF.
  if (raw->find("\r\n") == std::string::npos) {
    std::string crlf;
    crlf.reserve(raw->size() + raw->size() / 32);
    for (char c : *raw) {
      if (c == '\n') crlf += '\r';
      crlf += c;
    }
    *raw = std::move(crlf);
  }
  auto database = open_store(*settings);
  if (!database) return complain(common, database.error(), kTemporary);
  auto secret = instance_secret(**database);
  if (!secret) return complain(common, secret.error(), kTemporary);
  const auto email = email_settings(*settings, *secret);
  connectors::email::MailEnvelope envelope;
  envelope.from = sender;
  envelope.is_from_known = !sender.empty();
  envelope.recipients = recipients;
  if (envelope.recipients.empty()) envelope.recipients = {connectors::email::from_address(email)};
  auto inbound = connectors::email::to_inbound(raw, envelope, email, system_clock().now());
  if (!inbound) return complain(common, inbound.error(), inbound.error().retry() ? kTemporary : kProblems);

  flow::Intake intake(**database, system_clock(),
                      {settings->data.string(), static_cast<std::uint64_t>(settings->limits.min_free_megabytes) * 1024 * 1024, 1000, 0});
  boost::asio::io_context io;
  std::optional<Result<connectors::Accepted>> accepted;
  boost::asio::co_spawn(io, intake.accept(std::move(*inbound)), [&](std::exception_ptr e, Result<connectors::Accepted> r) {
    accepted = e ? Result<connectors::Accepted>(fail(ErrorCode::kInternal, "accepting failed")) : std::move(r);
  });
  io.run();
  if (!accepted || !*accepted) {
    const Error error = accepted ? accepted->error() : Error{ErrorCode::kInternal, "accepting failed"};
    return complain(common, error, kTemporary);
  }
  if (common.as_json) print({{"id", (*accepted)->id}, {"conversation", (*accepted)->conversation_id}, {"duplicate", (*accepted)->is_duplicate}});
  return kOk;
}

// The bot in the terminal: the same turns as the service's, nothing stored, no ticket opened.
int chat(const Common& common, const std::string& language, bool with_trace) {
  auto settings = settings_of(common);
  if (!settings) return kConfiguration;
  std::vector<flow::ContentProblem> problems;
  auto content = flow::load_content({settings->content.dialogs, settings->content.kb, settings->content.mail}, problems);
  if (!content) {
    std::vector<Listed> listed;
    for (const auto& p : problems) listed.push_back({p.file, p.message, p.hint, p.line, p.column, p.is_warning});
    print_problems(common, listed, {{"ok", false}});
    return kConfiguration;
  }
  const connectors::Capabilities can;   // no buttons: numbered lists
  dialogs::State state;
  state.language = language;
  auto show = [&](flow::TurnResult& turn) {
    state = std::move(turn.state);
    if (common.as_json) {
      json out = {{"messages", json::array()}, {"step", state.step}, {"slots", state.slots}, {"end", state.end}};
      for (const auto& m : turn.messages) out["messages"].push_back(m.text);
      out["ticket"] = turn.ticket ? json{{"priority", turn.ticket->priority}, {"fault_class", turn.ticket->fault_class}} : json(nullptr);
      if (with_trace) out["trace"] = json::parse(turn.trace_json, nullptr, false);
      print(out);
      return;
    }
    for (const auto& m : turn.messages) std::cout << m.text << "\n\n";
    if (turn.ticket) std::cout << "[a ticket would be opened now: " << turn.ticket->priority << " " << turn.ticket->fault_class << "]\n";
    if (turn.resolved) std::cout << "[solved]\n";
    if (!with_trace) return;
    for (const auto& line : json::parse(turn.trace_json, nullptr, false)) {
      std::cout << "  why: " << line.value("rule", "") << ": " << line.value("why", "") << "\n";
    }
  };
  auto opened = flow::run_turn(*content, state, dialogs::Opened{language}, can, settings->webchat.entry);
  show(opened);
  for (std::string line; (isatty(STDIN_FILENO) != 0 && !common.as_json ? (std::cout << "> " << std::flush, 0) : 0), std::getline(std::cin, line);) {
    line = text::to_valid_utf8(line);
    if (text::trim(line).empty()) continue;
    auto turn = flow::run_turn(*content, state, dialogs::Said{line, {}, text::guess_language(line), 0}, can, settings->webchat.entry);
    show(turn);
  }
  return kOk;
}

template <class F>
int with_store(const Common& common, F work) {
  auto settings = settings_of(common);
  if (!settings) return kConfiguration;
  log::init(log::Level::kWarn);
  auto database = open_store(*settings);
  if (!database) return complain(common, database.error(), kSoftware);
  return work(*settings, **database);
}

int ticket_list(const Common& common, std::int64_t limit) {
  return with_store(common, [&](const Settings&, sql::Database& database) {
    std::vector<store::Case> rows;
    auto r = database.read_sync([&](sql::Tx& tx) -> Result<void> {
      auto found = store::list_cases(tx, limit, "");
      if (!found) return fail(std::move(found.error()));
      rows = std::move(*found);
      return {};
    });
    if (!r) return complain(common, r.error(), kSoftware);
    if (common.as_json) {
      json out = json::array();
      for (const auto& k : rows) {
        out.push_back({{"case", k.id.value}, {"reference", k.reference}, {"number", k.ticket_number}, {"state", k.state}, {"told", k.told}, {"subject", k.subject},
                       {"priority", k.priority}, {"channel", k.channel}, {"customer", k.customer}, {"created_at", to_rfc3339(k.created_at)},
                       {"conversation", k.conversation.value}});
      }
      print(out);
      return static_cast<int>(kOk);
    }
    if (rows.empty()) std::cout << "no tickets yet\n";
    for (const auto& k : rows) {
      std::cout << fmt::format("{:<10} {:<22} {:<8} {:<3} {:<8} {}\n", k.ticket_number.empty() ? "-" : k.ticket_number, k.reference, k.state, k.priority, k.channel, k.subject);
    }
    return static_cast<int>(kOk);
  });
}

int outbox_list(const Common& common, const std::string& state, std::int64_t limit) {
  return with_store(common, [&](const Settings&, sql::Database& database) {
    std::vector<store::OutboxRow> rows;
    auto r = database.read_sync([&](sql::Tx& tx) -> Result<void> {
      auto found = store::list_outbox(tx, state, limit, "");
      if (!found) return fail(std::move(found.error()));
      rows = std::move(*found);
      return {};
    });
    if (!r) return complain(common, r.error(), kSoftware);
    if (common.as_json) {
      json out = json::array();
      for (const auto& o : rows) {
        out.push_back({{"id", o.id}, {"kind", o.kind}, {"target", o.target}, {"state", o.state}, {"attempts", o.attempts}, {"reason", o.reason},
                       {"last_response", o.last_response}, {"created_at", to_rfc3339(o.created_at)}, {"conversation", o.conversation.value}});
      }
      print(out);
      return static_cast<int>(kOk);
    }
    if (rows.empty()) std::cout << (state.empty() ? "the outbox is empty\n" : "no rows are " + state + "\n");
    for (const auto& o : rows) std::cout << fmt::format("{} {:<7} {:<16} {:<7} {:>3}x {}\n", o.id, o.kind, o.target, o.state, o.attempts, o.reason);
    return static_cast<int>(kOk);
  });
}

int outbox_redrive(const Common& common, const std::string& id, bool all) {
  if (id.empty() == !all) return complain(common, {ErrorCode::kInvalid, "name one row, or --all"}, kUsage);
  return with_store(common, [&](const Settings&, sql::Database& database) {
    std::int64_t changed = 0;
    const Timestamp now = system_clock().now();
    auto r = database.write_sync([&](sql::Tx& tx) -> Result<void> {
      if (all) {
        auto n = store::redrive_all(tx, now);
        if (!n) return fail(std::move(n.error()));
        changed = *n;
      } else {
        auto one = store::redrive(tx, id, now);
        if (!one) return fail(std::move(one.error()));
        changed = *one ? 1 : 0;
      }
      return changed == 0 ? Result<void>{} : store::insert_audit(tx, make_uuid_v7(now), now, "command line", "redrive", all ? "all" : id, std::to_string(changed));
    });
    if (!r) return complain(common, r.error(), kSoftware);
    if (!all && changed == 0) return complain(common, {ErrorCode::kNotFound, "there is no dead letter '" + id + "'; `usher outbox list --state dead` shows them"}, kProblems);
    if (common.as_json) {
      print({{"redriven", changed}});
    } else {
      std::cout << changed << " re-driven; a running service takes them up within a second\n";
    }
    return static_cast<int>(kOk);
  });
}

std::string read_password() {
  std::string password;
  if (isatty(STDIN_FILENO) == 0) {
    std::getline(std::cin, password);
    return password;
  }
  termios old{};
  tcgetattr(STDIN_FILENO, &old);
  termios quiet = old;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
  std::cerr << "Password (at least 10 characters): " << std::flush;
  std::getline(std::cin, password);
  tcsetattr(STDIN_FILENO, TCSANOW, &old);
  std::cerr << "\n";
  return password;
}

int user_add(const Common& common, const std::string& name, const std::string& role) {
  const std::string password = read_password();
  if (text::length(password) < 10) return complain(common, {ErrorCode::kInvalid, "the password is too short: at least 10 characters, read from standard input"}, kUsage);
  auto hash = crypto::hash_password(password);
  if (!hash) return complain(common, hash.error(), kSoftware);
  return with_store(common, [&](const Settings&, sql::Database& database) {
    const Timestamp now = system_clock().now();
    auto r = database.write_sync([&](sql::Tx& tx) -> Result<void> {
      if (auto added = store::insert_user(tx, {name, *hash, role, false}, now); !added) return added;
      return store::insert_audit(tx, make_uuid_v7(now), now, "command line", "user_add", name, role);
    });
    if (!r) return complain(common, r.error(), kProblems);
    if (common.as_json) {
      print({{"name", name}, {"role", role}});
    } else {
      std::cout << "added " << role << " '" << name << "'\n";
    }
    return static_cast<int>(kOk);
  });
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app{"Usher: an intake bot gateway for after-sales support"};
  app.set_version_flag("--version", "usher " USHER_VERSION);
  app.require_subcommand(1);
  app.footer("Exit codes: 0 done, 1 problems found, 64 wrong usage, 70 own failure, 74 disk failed, 75 try again later, 78 configuration wrong.");
  Common common;
  auto add_common = [&](CLI::App* c, bool with_data) {
    c->add_option("--config", common.config, "configuration file")->capture_default_str();
    if (with_data) c->add_option("--data", common.data, "data folder (default: from the configuration)");
    c->add_flag("--json", common.as_json, "machine-readable output");
    return c;
  };
  int result = kOk;

  std::string http, smtp, lmtp;
  auto* c_serve = add_common(app.add_subcommand("serve", "run the service; prints one JSON line when it is ready"), true);
  c_serve->add_option("--http", http, "HOST:PORT for pages, chat and API (port 0: any free one)");
  c_serve->add_option("--smtp", smtp, "HOST:PORT for mail, or off");
  c_serve->add_option("--lmtp", lmtp, "HOST:PORT for mail by LMTP");
  c_serve->footer("Signals: TERM or INT drains and exits within 45 s; HUP reloads scripts, articles, templates and certificates.");
  c_serve->callback([&] { result = serve(common, http, smtp, lmtp); });

  auto* c_check = add_common(app.add_subcommand("check", "prove configuration, scripts and articles; every problem with file:line:column"), false);
  c_check->callback([&] { result = check(common); });

  std::string sender;
  std::vector<std::string> recipients;
  auto* c_deliver = add_common(app.add_subcommand("deliver", "accept one mail on standard input, from an MTA's pipe"), true);
  c_deliver->add_option("--from", sender, "envelope sender");
  c_deliver->add_option("recipients", recipients, "envelope recipients (default: the first configured address)");
  c_deliver->footer("Exits 75 when the mail cannot be accepted now: the MTA keeps it and tries again.");
  c_deliver->callback([&] { result = deliver(common, sender, recipients); });

  std::string language = "en";
  bool with_trace = false;
  auto* c_chat = add_common(app.add_subcommand("chat", "talk to the bot in the terminal; nothing is stored"), false);
  c_chat->add_option("--lang", language, "language of the greeting")->check(CLI::IsMember({"en", "zh"}))->capture_default_str();
  c_chat->add_flag("--trace", with_trace, "show why the bot did what it did");
  c_chat->callback([&] { result = chat(common, language, with_trace); });

  std::int64_t limit = 50;
  std::string state, row;
  bool all = false;
  auto* c_ticket = app.add_subcommand("ticket", "tickets")->require_subcommand(1);
  auto* c_ticket_list = add_common(c_ticket->add_subcommand("list", "the newest tickets"), true);
  c_ticket_list->add_option("--limit", limit, "how many")->check(CLI::Range(1, 10'000))->capture_default_str();
  c_ticket_list->callback([&] { result = ticket_list(common, limit); });
  auto* c_outbox = app.add_subcommand("outbox", "what waits to be sent, and dead letters")->require_subcommand(1);
  auto* c_outbox_list = add_common(c_outbox->add_subcommand("list", "the newest rows"), true);
  c_outbox_list->add_option("--state", state, "only this state")->check(CLI::IsMember({"pending", "leased", "unknown", "sent", "dead"}));
  c_outbox_list->add_option("--limit", limit, "how many")->check(CLI::Range(1, 10'000))->capture_default_str();
  c_outbox_list->callback([&] { result = outbox_list(common, state, limit); });
  auto* c_redrive = add_common(c_outbox->add_subcommand("redrive", "try a dead letter again; safe to repeat"), true);
  c_redrive->add_option("id", row, "the row");
  c_redrive->add_flag("--all", all, "all dead letters");
  c_redrive->callback([&] { result = outbox_redrive(common, row, all); });

  std::string name, role = "agent";
  auto* c_user = app.add_subcommand("user", "staff accounts")->require_subcommand(1);
  auto* c_user_add = add_common(c_user->add_subcommand("add", "add a staff account; the password is read from standard input"), true);
  c_user_add->add_option("name", name, "sign-in name")->required();
  c_user_add->add_option("--role", role, "admin or agent")->check(CLI::IsMember({"admin", "agent"}))->capture_default_str();
  c_user_add->callback([&] { result = user_add(common, name, role); });

  auto* c_config = app.add_subcommand("config", "about the configuration file")->require_subcommand(1);
  c_config->add_subcommand("schema", "its JSON Schema, for editors")->callback([] { std::cout << settings_schema(); });
  c_config->add_subcommand("reference", "all keys as a Markdown table")->callback([] { std::cout << settings_reference(); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = app.exit(e);
    return code == 0 ? kOk : kUsage;
  }
  return result;
}

}  // namespace usher::gateway::app
