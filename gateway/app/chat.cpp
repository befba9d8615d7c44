#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "gateway/app/command.h"
#include "gateway/flow/turn.h"

namespace usher::gateway::app {
namespace {

using nlohmann::json;

}  // namespace

// The bot in the terminal: the same turns as the service's, nothing stored, no ticket opened.
int chat(const Common& common, const std::string& language, bool with_trace) {
  auto settings = settings_of(common);
  if (!settings) return kConfiguration;
  std::vector<flow::ContentProblem> problems;
  auto content = flow::load_content({settings->content.dialogs, settings->content.kb, settings->content.mail}, problems);
  if (!content) {
    print_problems(common, listed(problems), {{"ok", false}});
    return kConfiguration;
  }
  const connectors::Capabilities can;  // no buttons: numbered lists
  dialogs::State state;
  state.language = language;
  auto show = [&](flow::TurnResult& turn) {
    state = std::move(turn.state);
    if (common.as_json) {
      json out = {{"messages", json::array()}, {"step", state.step}, {"slots", state.slots}, {"end", state.end}};
      for (const auto& m : turn.messages) out["messages"].push_back(m.text);
      out["ticket"] =
          turn.ticket ? json{{"priority", turn.ticket->priority}, {"fault_class", turn.ticket->fault_class}} : json(nullptr);
      if (with_trace) out["trace"] = json::parse(turn.trace_json, nullptr, false);
      print(out);
      return;
    }
    for (const auto& m : turn.messages) std::cout << m.text << "\n\n";
    if (turn.ticket)
      std::cout << "[a ticket would be opened now: " << turn.ticket->priority << " " << turn.ticket->fault_class << "]\n";
    if (turn.resolved) std::cout << "[solved]\n";
    if (!with_trace) return;
    for (const auto& line : json::parse(turn.trace_json, nullptr, false)) {
      std::cout << "  why: " << line.value("rule", "") << ": " << line.value("why", "") << "\n";
    }
  };
  auto opened = flow::run_turn(*content, state, dialogs::Opened{language}, can, settings->webchat.entry);
  show(opened);
  for (std::string line;
       (isatty(STDIN_FILENO) != 0 && !common.as_json ? (std::cout << "> " << std::flush, 0) : 0), std::getline(std::cin, line);) {
    line = text::to_valid_utf8(line);
    if (text::trim(line).empty()) continue;
    auto turn =
        flow::run_turn(*content, state, dialogs::Said{line, {}, text::guess_language(line), 0}, can, settings->webchat.entry);
    show(turn);
  }
  return kOk;
}

}  // namespace usher::gateway::app
