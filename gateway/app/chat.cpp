#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "dialogs/render.h"
#include "gateway/app/dialog.h"

namespace usher::gateway::app {
namespace {

using nlohmann::json;

void show(const dialogs::Played& turn, bool with_trace) {
  for (const auto& e : turn.effects) {
    if (const auto* p = std::get_if<dialogs::Prompt>(&e)) {
      std::cout << dialogs::render(*p, {}, turn.state.language).text << "\n\n";  // no buttons here: numbered lists
    } else if (const auto* t = std::get_if<dialogs::OpenTicket>(&e)) {
      std::cout << "[a ticket would be opened now: " << t->priority << " " << t->fault_class << "]\n";
    } else if (std::holds_alternative<dialogs::Resolved>(e)) {
      std::cout << "[solved]\n";
    } else if (const auto* f = std::get_if<dialogs::FollowUp>(&e)) {
      std::cout << "[passed on to the ticket: " << f->text << "]\n";
    } else if (std::holds_alternative<dialogs::TellStatus>(e)) {
      std::cout << "[the state of the ticket would be told now]\n";
    } else if (const auto* a = std::get_if<dialogs::Await>(&e); a != nullptr && with_trace && a->after.count() > 0) {
      std::cout << "[a reminder is due in " << a->after.count() << " s]\n";
    }
  }
  if (!with_trace) return;
  for (const auto& line : turn.trace) std::cout << "  why: " << line.rule << ": " << line.why << "\n";
}

void show_json(const dialogs::Played& turn, bool with_trace) {
  const auto& s = turn.state;
  json out = {{"messages", json::array()}, {"step", s.step}, {"slots", s.slots}, {"end", s.end}, {"ticket", nullptr}};
  for (const auto& e : turn.effects) {
    if (const auto* p = std::get_if<dialogs::Prompt>(&e)) out["messages"].push_back(dialogs::render(*p, {}, s.language).text);
    if (const auto* t = std::get_if<dialogs::OpenTicket>(&e))
      out["ticket"] = {{"priority", t->priority}, {"fault_class", t->fault_class}};
  }
  if (with_trace) {
    out["trace"] = json::array();
    for (const auto& line : turn.trace) out["trace"].push_back({{"rule", line.rule}, {"why", line.why}});
  }
  print(out);
}

}  // namespace

// The bot in the terminal: nothing stored, no ticket opened.
int chat(const Common& common, const std::string& dir, const std::string& language, const std::string& dialog, bool with_trace) {
  int code = kOk;
  auto folder = open_dialogs(common, dir, code);
  if (!folder) return code;
  if (!folder->scripts) {
    print_problems(common, listed(folder->problems), {{"ok", false}});
    return kConfiguration;
  }
  const std::string entry = !dialog.empty() ? dialog : folder->settings ? folder->settings->webchat.entry : std::string();
  if (!entry.empty() && folder->scripts->find(entry) == nullptr) {
    return complain(common, {ErrorCode::kNotFound, "there is no script '" + entry + "'", "`usher dialog list` shows them"},
                    kUsage);
  }
  const dialogs::Stage stage = stage_of(folder->library);
  dialogs::Scene scene(*folder->scripts, stage, entry, system_clock().now());
  auto tell = [&](const dialogs::Played& turn) { common.as_json ? show_json(turn, with_trace) : show(turn, with_trace); };
  tell(scene.open(language));
  const bool is_terminal = isatty(STDIN_FILENO) != 0 && !common.as_json;
  for (std::string line; (is_terminal ? (std::cout << "> " << std::flush, 0) : 0), std::getline(std::cin, line);) {
    line = text::trim(text::to_valid_utf8(line));
    if (line.empty()) continue;
    if (const auto time = line.starts_with('+') ? dialogs::duration_of(line) : std::nullopt) {
      tell(scene.wait(*time));
    } else {
      tell(scene.say({line, {}, text::guess_language(line), 0}));
    }
  }
  return kOk;
}

}  // namespace usher::gateway::app
