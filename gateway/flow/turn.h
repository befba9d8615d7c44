// One turn: what the bot does with one message of a customer. Joins the pure engine with the library; itself without I/O or
// clock, so the terminal chat, the tests and the service all run the same code.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "connectors/message.h"
#include "dialogs/engine.h"
#include "gateway/flow/content.h"

namespace usher::gateway::flow {

struct BotMessage {
  std::string text;
  std::string html;  // safe HTML; articles only
  std::vector<connectors::Choice> choices;
  std::string slot, article;
  std::string extra_json() const;  // {"choices":…,"slot":…,"article":…} or empty: the transcript's extra column
};

struct TurnResult {
  dialogs::State state;
  std::vector<BotMessage> messages;
  std::optional<dialogs::OpenTicket> ticket;
  bool resolved = false;
  std::vector<std::string> follow_ups;  // for the ticket that exists
  std::string trace_json;               // [{"rule":…,"why":…}]
};

// `entry`: see dialogs::step.
TurnResult run_turn(const Content& content, dialogs::State state, const dialogs::Event& event,
                    const connectors::Capabilities& can, const std::string& entry);

}  // namespace usher::gateway::flow
