#include "gateway/app/commands.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "gateway/app/command.h"
#include "gateway/app/dialog.h"
#include "gateway/app/kb_gaps.h"
#include "gateway/app/mail.h"

#ifndef USHER_VERSION
#define USHER_VERSION "0.1.0"
#endif

namespace usher::gateway::app {

int run_command_line(int argc, char** argv) {
  CLI::App app{"Usher: an intake bot gateway for after-sales support"};
  app.set_version_flag("--version", "usher " USHER_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 done, 1 problems found, 64 wrong usage, 69 mail too large, 70 own failure, 74 disk failed, 75 try again "
      "later, 78 "
      "configuration wrong.");
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
  c_serve->footer(
      "Signals: TERM or INT drains and exits within 45 s; HUP reloads scripts, articles, templates and certificates.");
  c_serve->callback([&] { result = serve(common, http, smtp, lmtp); });

  auto* c_check = add_common(
      app.add_subcommand("check", "prove configuration, scripts and articles; every problem with file:line:column"), true);
  c_check->callback([&] { result = check(common); });

  std::string sender;
  std::vector<std::string> recipients;
  auto* c_deliver = add_common(app.add_subcommand("deliver", "accept one mail on standard input, from an MTA's pipe"), true);
  c_deliver->add_option("--from", sender, "envelope sender");
  c_deliver->add_option("recipients", recipients, "envelope recipients (default: the first configured address)");
  c_deliver->footer("Exits 75 when the mail cannot be accepted now: the MTA keeps it and tries again.");
  c_deliver->callback([&] { result = deliver(common, sender, recipients); });

  add_chat_options(*add_common(app.add_subcommand("chat", "talk to the bot in the terminal; the same as dialog chat"), false),
                   common, result);
  add_dialog_commands(app, common, result);
  add_mail_commands(app, common, result);
  add_kb_commands(app, common, result);
  add_kb_gap_commands(*app.get_subcommand("kb"), common, result);

  std::int64_t limit = 50;
  std::string state, row;
  bool all = false;
  auto* c_ticket = app.add_subcommand("ticket", "tickets")->require_subcommand(1);
  auto* c_ticket_list = add_common(c_ticket->add_subcommand("list", "the newest tickets"), true);
  c_ticket_list->add_option("--limit", limit, "how many")->check(CLI::Range(1, 10'000))->capture_default_str();
  c_ticket_list->callback([&] { result = ticket_list(common, limit); });
  auto* c_outbox = app.add_subcommand("outbox", "what waits to be sent, and dead letters")->require_subcommand(1);
  auto* c_outbox_list = add_common(c_outbox->add_subcommand("list", "the newest rows"), true);
  c_outbox_list->add_option("--state", state, "only this state")
      ->check(CLI::IsMember({"pending", "leased", "unknown", "sent", "dead"}));
  c_outbox_list->add_option("--limit", limit, "how many")->check(CLI::Range(1, 10'000))->capture_default_str();
  c_outbox_list->callback([&] { result = outbox_list(common, state, limit); });
  auto* c_redrive = add_common(c_outbox->add_subcommand("redrive", "try a dead letter again; safe to repeat"), true);
  c_redrive->add_option("id", row, "the row");
  c_redrive->add_flag("--all", all, "all dead letters");
  c_redrive->callback([&] { result = outbox_redrive(common, row, all); });

  std::string name, role = "agent";
  auto* c_user = app.add_subcommand("user", "staff accounts")->require_subcommand(1);
  auto* c_user_add =
      add_common(c_user->add_subcommand("add", "add a staff account; the password is read from standard input"), true);
  c_user_add->add_option("name", name, "sign-in name")->required();
  c_user_add->add_option("--role", role, "agent, publisher or admin")
      ->check(CLI::IsMember({"agent", "publisher", "admin"}))
      ->capture_default_str();
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
