#include <CLI/CLI.hpp>

#include "gateway/app/mail.h"

namespace usher::gateway::app {

CLI::App* add_command(CLI::App& parent, Common& common, const char* name, const char* what, bool with_data) {
  CLI::App* c = parent.add_subcommand(name, what);
  c->add_option("--config", common.config, "configuration file")->capture_default_str();
  if (with_data) c->add_option("--data", common.data, "data folder (default: from the configuration)");
  c->add_flag("--json", common.as_json, "machine-readable output");
  return c;
}

void add_mail_commands(CLI::App& app, Common& common, int& result) {
  // The values live as long as the program: options are written by the parser, read by the callbacks.
  static MailOptions options;
  static std::vector<std::string> files;
  static std::string path, id, note, to = "new", state = "quarantined";
  static bool participant = false, offline = false;
  static std::int64_t limit = 50;
  auto* mail = app.add_subcommand("mail", "mails: explain one, replay an archive, those held for staff")->require_subcommand(1);

  auto* c = add_command(*mail, common, "explain", "what a mail is and would become, and by which rules; changes nothing", false);
  c->add_option("files", files, "raw mails (.eml); - is standard input")->required();
  c->add_option("--as-of", options.as_of, "a usher.db: decide with what it knows; it is only read");
  c->add_option("--from", options.sender, "envelope sender (default: the mail's Return-Path; \"\" is the null sender)");
  c->add_option("--to", options.to, "envelope recipient (default: as the mail says)");
  c->callback([&common, &result, c] {
    if (c->count("--from") == 0) options.sender = "?";
    result = mail_explain(common, files, options);
  });

  c = add_command(*mail, common, "replay", "an archive as if it came in: how many mails would become what, and why", false);
  c->add_option("path", path, "Maildir, folder of .eml files, or an mbox")->required();
  c->add_option("--as-of", options.as_of, "a usher.db: decide with what it knows; it is only read");
  c->callback([&common, &result] {
    options.sender = "?";
    result = mail_replay(common, path, options);
  });

  auto* q = mail->add_subcommand("quarantine", "mails held for staff")->require_subcommand(1);
  c = add_command(*q, common, "list", "the newest first", true);
  c->add_option("--state", state, "which")->check(CLI::IsMember({"quarantined", "released", "deleted"}))->capture_default_str();
  c->add_option("--limit", limit, "how many")->check(CLI::Range(1, 10'000))->capture_default_str();
  c->callback([&common, &result] { result = quarantine_list(common, state, limit); });
  c = add_command(*q, common, "release", "let one in; a running service takes it up within a second or two", true);
  c->add_option("id", id, "its ledger id")->required();
  c->add_option("--to", to, "new: a conversation of its own; case: the one it names")
      ->check(CLI::IsMember({"new", "case"}))
      ->capture_default_str();
  c->add_flag("--participant", participant, "with --to case: its sender takes part from now on");
  c->callback([&common, &result] { result = quarantine_release(common, id, to == "case", participant); });
  c = add_command(*q, common, "delete", "delete its content; that it came stays on the ledger", true);
  c->add_option("id", id, "its ledger id")->required();
  c->add_option("--note", note, "why, for the audit trail");
  c->callback([&common, &result] { result = quarantine_delete(common, id, note); });

  c = add_command(app, common, "reconcile", "check the books: what came in against what became of it, cases against tickets",
                  true);
  c->add_flag("--offline", offline, "do not ask the ticket system");
  c->footer("Exits 1 when there is a difference; every one is named with its id.");
  c->callback([&common, &result] { result = reconcile(common, offline); });
}

}  // namespace usher::gateway::app
