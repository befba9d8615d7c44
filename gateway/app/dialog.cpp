// The options of `usher dialog …`.
#include "gateway/app/dialog.h"

#include <CLI/CLI.hpp>

namespace usher::gateway::app {
namespace {

constexpr const char* kDirHelp = "folder of scripts (default: that of the configuration)";

CLI::App* command(CLI::App* dialog, Common& common, const char* name, const char* what, bool with_data = false) {
  CLI::App* c = dialog->add_subcommand(name, what);
  c->add_option("--config", common.config, "configuration file")->capture_default_str();
  if (with_data) c->add_option("--data", common.data, "data folder (default: from the configuration)");
  c->add_flag("--json", common.as_json, "machine-readable output");
  return c;
}

}  // namespace

void add_chat_options(CLI::App& app, Common& common, int& result) {
  struct Options {
    std::string dir, language = "en", entry;
    bool with_trace = false;
  };
  auto o = std::make_shared<Options>();
  app.add_option("dir", o->dir, kDirHelp);
  app.add_option("--lang", o->language, "language of the greeting")->check(CLI::IsMember({"en", "zh"}))->capture_default_str();
  app.add_option("--dialog", o->entry, "begin with this script");
  app.add_flag("--trace", o->with_trace, "show why the bot did what it did");
  app.footer("A line “+24h” lets time pass. Nothing is stored, no ticket is opened; look-ups fail.");
  app.callback([o, &common, &result] { result = chat(common, o->dir, o->language, o->entry, o->with_trace); });
}

void add_dialog_commands(CLI::App& app, Common& common, int& result) {
  auto* dialog = app.add_subcommand("dialog", "scripts: prove, rehearse, draw, play, import")->require_subcommand(1);

  {
    auto dir = std::make_shared<std::string>();
    auto* c =
        command(dialog, common, "check", "prove scripts: every problem with file:line:column, and the longest way to a person");
    c->add_option("dir", *dir, kDirHelp);
    c->footer("Exits 1 when there are problems; warnings do not count.");
    c->callback([dir, &common, &result] { result = dialog_check(common, *dir); });
  }
  {
    auto o = std::make_shared<DialogTestOptions>();
    auto* c = command(dialog, common, "test", "play the conversations beside the scripts and compare");
    c->add_option("dir", o->dir, kDirHelp);
    c->add_option("--only", o->only, "only files with this in their name");
    c->add_option("--junit", o->junit, "write the results as JUnit XML");
    c->add_flag("--coverage", o->with_coverage, "show which steps, branches and time-outs are walked over");
    c->add_option("--suggest", o->suggest, "write a conversation for each way that is not covered into this folder");
    c->add_option("--require-steps", o->require_steps, "fail below so many per cent of the steps")->check(CLI::Range(0, 100));
    c->add_option("--require-branches", o->require_branches, "fail below so many per cent of the branches")
        ->check(CLI::Range(0, 100));
    c->footer("Conversations: *.txt in DIR and DIR/conversations; their format: docs/rehearsal.md. Exits 1 when one fails.");
    c->callback([o, &common, &result] { result = dialog_test(common, *o); });
  }
  {
    auto o = std::make_shared<DialogGraphOptions>();
    auto* c = command(dialog, common, "graph", "draw a script");
    c->add_option("name", o->name, "the script")->required();
    c->add_option("--dir", o->dir, kDirHelp);
    c->add_option("--format", o->format, "mermaid, dot or svg (svg needs Graphviz)")
        ->check(CLI::IsMember({"mermaid", "dot", "svg"}))
        ->capture_default_str();
    c->add_option("--lang", o->language, "language of the labels")->check(CLI::IsMember({"en", "zh"}))->capture_default_str();
    c->add_flag("--coverage", o->with_coverage, "colour what the conversations walk over");
    c->add_option("--out", o->out, "write to this file instead of standard output");
    c->callback([o, &common, &result] { result = dialog_graph(common, *o); });
  }
  {
    auto dir = std::make_shared<std::string>();
    auto* c = command(dialog, common, "list", "scripts with their steps, languages and versions");
    c->add_option("dir", *dir, kDirHelp);
    c->callback([dir, &common, &result] { result = dialog_list(common, *dir); });
  }
  add_chat_options(*command(dialog, common, "chat", "talk to the bot in the terminal"), common, result);
  {
    auto dir = std::make_shared<std::string>(), name = std::make_shared<std::string>();
    auto* c = dialog->add_subcommand("play", "hold a conversation with another program: JSON lines in and out");
    auto articles = std::make_shared<std::string>();
    c->add_option("dir", *dir, "folder of scripts")->required();
    c->add_option("--dialog", *name, "the script")->required();
    c->add_flag("--jsonl")->description("one JSON object per line (the only form there is)");
    c->add_option("--config", *articles, "configuration whose articles are found (default: none)");
    c->footer(
        "In: {\"text\":…}, {\"choice\":id} or {\"clock\":\"+24h\"}. Out, for each: "
        "{\"text\",\"choices\",\"step\",\"slots\",\"end\",\"understood\"}\n"
        "or {\"error\":…}. Ends with its input.");
    c->callback([=, &common, &result] {
      common.config = *articles;
      result = dialog_play(common, *dir, *name);
    });
  }
  {
    auto file = std::make_shared<std::string>(), out = std::make_shared<std::string>(".");
    auto force = std::make_shared<bool>(false);
    auto* c = command(dialog, common, "import-flowchart", "make a script of a flowchart in JSON");
    c->add_option("file", *file,
                  "{\"name\",\"problem\",\"start\",\"nodes\":{id:{\"prompt\",\"terminal\",\"answers\":{label:next}}}}")
        ->required();
    c->add_option("--out", *out, "folder the script NAME.yaml is written to")->capture_default_str();
    c->add_flag("--force", *force, "overwrite what is there");
    c->callback([=, &common, &result] { result = dialog_import_flowchart(common, *file, *out, *force); });
  }
  {
    auto o = std::make_shared<DialogReplayOptions>();
    auto* c = command(dialog, common, "replay", "what stored conversations would have come to with edited scripts", true);
    c->add_option("--since", o->since, "conversations that began no longer ago: 90m, 24h, 7d")->capture_default_str();
    c->add_option("--against", o->against, "folder with the edited scripts: all of them, or those that change")->required();
    c->add_option("--limit", o->limit, "at most so many, the newest")->check(CLI::Range(1, 1'000'000))->capture_default_str();
    c->footer("Reads the database only. Exits 1 when the outcome of any changes.");
    c->callback([o, &common, &result] { result = dialog_replay(common, *o); });
  }
  {
    auto dir = std::make_shared<std::string>(), note = std::make_shared<std::string>();
    auto dry_run = std::make_shared<bool>(false);
    auto* c = command(dialog, common, "publish", "make scripts live; says how many running conversations they touch", true);
    c->add_option("dir", *dir, kDirHelp);
    c->add_option("--note", *note, "why, for the list of editions");
    c->add_flag("--dry-run", *dry_run, "only say what would be touched");
    c->footer(
        "Running conversations stay on their version unless the script says `running: move`. A running service reloads at once.");
    c->callback([=, &common, &result] { result = dialog_publish(common, *dir, *note, *dry_run); });
  }
  {
    auto hash = std::make_shared<std::string>(), note = std::make_shared<std::string>();
    auto* c = command(dialog, common, "rollback", "make an earlier edition live again", true);
    c->add_option("edition", *hash, "its hash or the beginning of it (default: the one before)");
    c->add_option("--note", *note, "why, for the list of editions");
    c->footer("It holds until the folder of scripts changes or something else is published.");
    c->callback([=, &common, &result] { result = dialog_rollback(common, *hash, *note); });
  }
  {
    auto limit = std::make_shared<std::int64_t>(20);
    auto* c = command(dialog, common, "editions", "what was published, by whom and why, newest first", true);
    c->add_option("--limit", *limit, "how many")->check(CLI::Range(1, 10'000))->capture_default_str();
    c->callback([=, &common, &result] { result = dialog_editions(common, *limit); });
  }
  auto* learned = command(dialog, common, "learned", "what troubleshoot blocks have learned from outcomes", true);
  learned->callback([&common, &result] { result = dialog_learned(common); });
  auto told = std::make_shared<std::pair<std::string, std::string>>();
  auto* cause =
      command(dialog, common, "cause", "tell what a case a person solved turned out to be: troubleshooting learns from it", true);
  cause->add_option("conversation", told->first, "its id, or the reference of its case")->required();
  cause->add_option("cause", told->second, "one of the script's causes; left out, they are listed");
  cause->callback([&common, &result, told] { result = dialog_cause(common, told->first, told->second); });
}

}  // namespace usher::gateway::app
