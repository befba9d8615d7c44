// One turn: what the bot does with one message of a customer, or when time has passed. Joins the pure engine with the library;
// itself without I/O or clock, so the terminal chat, the tests and the service all run the same code.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "connectors/message.h"
#include "dialogs/engine.h"
#include "gateway/flow/content.h"

namespace usher::gateway::flow {

struct BotMessage {
  std::string text;
  std::string html;       // safe HTML; articles only
  std::string mail_html;  // a whole HTML mail that says the same; empty: one is made from the text
  std::vector<connectors::Choice> choices;
  std::string slot, article, picture;
  std::string extra_json() const;  // {"choices":…,"slot":…,"article":…,"picture":…} or empty: the transcript's extra column
};

// What a turn did with articles, for the counts (feedback.h).
struct ArticleEvent {
  enum class Kind : std::uint8_t { kShown, kSolved, kNotSolved } kind = Kind::kShown;
  kb::ArticleKey article;
  std::string place;  // "dialog/step"
};
struct SearchMade {
  std::string words;  // as they are kept: searched_words()
  std::string language;
  std::vector<std::string> found;  // ids above the confidence a customer should see, best first
  std::string best;                // the best of all, also below it; may be empty
  double confidence = 0;           // of `best`
};

struct TurnResult {
  dialogs::State state;
  std::string subject;  // of the mail that opens the conversation, without "Re:": it is looked up together with its words
  std::vector<BotMessage> messages;
  std::optional<dialogs::OpenTicket> ticket;
  bool resolved = false;
  std::vector<std::string> follow_ups;             // for the ticket that exists
  std::string trace_json;                          // [{"rule":…,"why":…}]
  std::optional<std::size_t> status_at;            // the customer asks for the case's status: told before messages[status_at]
  std::optional<std::chrono::seconds> wake_after;  // TimePassed is due when the customer is silent for so long; 0 = never
  std::vector<dialogs::Learn> outcomes;            // of troubleshoot blocks
  std::vector<ArticleEvent> article_events;
  std::vector<SearchMade> searches;
  int rating = 0;                          // 1..5; 0 = not asked or not answered
  std::optional<dialogs::LookUp> look_up;  // the turn is not over: it waits for this, see resume_turn
  int rounds = 0;                          // engine steps so far; a guard
};

// `entry`: see dialogs::step. `subject`: see TurnResult.
TurnResult run_turn(const Content& content, dialogs::State state, const dialogs::Event& event,
                    const connectors::Capabilities& can, const std::string& entry, std::string_view subject = {});

// Goes on with a turn that waited for a look-up.
TurnResult resume_turn(const Content& content, TurnResult so_far, dialogs::LookedUp answer, const connectors::Capabilities& can);

}  // namespace usher::gateway::flow
