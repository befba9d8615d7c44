// (scripts, state, event) → (state, effects). A pure function: no clock, no I/O, no randomness. The heart.
//
// One call = one event. Effects are wishes; the gateway carries them out and, for Search, answers with an ArticlesFound event in
// the same turn. State is small JSON and may be stored between any two calls; it works across days and channels. Scripts the
// engine knows by name, each optional: "handover" (collects what a person needs, then escalates), "fallback" (nothing else fits).
// A guard ends a turn after 64 steps without a customer's answer (a bug of the script): the conversation is escalated and traced.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "dialogs/script.h"

namespace usher::dialogs {

// One answered question, so that "back" can return to it.
struct Past {
  std::string dialog, step;
  std::size_t tried = 0;                    // length of State::tried before the answer
  std::map<std::string, std::string> undo;  // slot → value before the answer; "" = it had none
  bool operator==(const Past&) const = default;
};

struct State {
  std::string dialog;  // running script; empty = none chosen yet
  std::string hash;    // its version
  std::string step;    // step that waits for an answer; empty = none
  std::string language = "en";
  std::map<std::string, std::string> slots;
  std::vector<std::pair<std::string, std::string>> tried;  // (what, answer) in order, English, for the ticket
  std::vector<std::string> articles_shown;
  std::string shown_article;  // the article whose "did it help?" is open
  std::string symptom;        // the customer's first words
  int misunderstood = 0;      // in a row at this step
  std::string end;            // "" | "resolved" | "escalated"
  bool greeted = false;
  std::vector<std::string> skipped;  // slots the customer could not fill: not asked again
  std::vector<Past> history;         // the last kMaxHistory answers, oldest first
  int steps = 0;                     // entered since the customer's last word; the guard of endless scripts

  bool operator==(const State&) const = default;
  std::string to_json() const;
  static std::optional<State> from_json(std::string_view json);  // nullopt when it is not a state
};

// Events.
struct Opened {  // the customer opened the chat, nothing written yet (webchat only)
  std::string language;
};
struct Said {  // the customer wrote or pressed a button
  std::string text;
  std::string choice;    // option id, when a button was pressed
  std::string language;  // guess for this message; "" unknown
  int attachments = 0;
};
struct FoundArticle {
  std::string id, title, text;  // text: what to show, already plain or Markdown as the gateway chose
  double confidence = 0;
};
struct ArticlesFound {  // answer to Search (best first, already filtered), or to FetchArticle; empty = none
  std::vector<FoundArticle> articles;
};
using Event = std::variant<Opened, Said, ArticlesFound>;

// Effects.
struct Choice {
  std::string id;
  std::string label;
};
struct Prompt {      // say this; with choices: and wait
  std::string text;  // in the state's language, variables filled in
  std::vector<Choice> choices;
  std::string slot;     // the slot asked for, or empty: lets a page choose the right keyboard
  std::string article;  // id of the article this text is, or empty
};
struct Search {
  std::string text;
  std::string language;
};
struct FetchArticle {
  std::string id;
  std::string language;
};
struct OpenTicket {  // at most once per conversation
  std::string priority, fault_class, queue;
};
struct Resolved {};
struct FollowUp {  // the conversation is with a person already: pass this message on to the ticket
  std::string text;
};
using Effect = std::variant<Prompt, Search, FetchArticle, OpenTicket, Resolved, FollowUp>;

inline constexpr int kMaxSteps = 64;  // entered without a word of the customer
inline constexpr std::size_t kMaxHistory = 20;
inline constexpr std::size_t kMaxTried = 100;

struct TraceLine {
  std::string rule;
  std::string why;
};

struct Outcome {
  State state;
  std::vector<Effect> effects;
  std::vector<TraceLine> trace;
};

// `entry`: script to start when none runs: a name, or "" to choose by the first message (falling back to the script "fallback").
Outcome step(const ScriptSet& scripts, State state, const Event& event, std::string_view entry = {});

}  // namespace usher::dialogs
