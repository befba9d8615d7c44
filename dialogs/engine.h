// (scripts, state, event) → (state, effects). A pure function: no clock, no I/O, no randomness. The heart.
//
// One call = one event. Effects are wishes; the gateway carries them out and answers Search and FetchArticle with ArticlesFound
// and LookUp with LookedUp before the customer's next word. State is small JSON and may be stored between any two calls; it works
// across days and channels. Scripts the engine knows by name, each optional: "handover" (collects what a person needs, then
// escalates), "fallback" (nothing else fits). A guard ends a turn after 64 steps without a customer's answer (a bug of the
// script): the conversation is escalated and traced.
#pragma once
#include <chrono>
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

// A script that called another one and waits for its "return".
struct Frame {
  std::string dialog, hash, next;
  bool operator==(const Frame&) const = default;
};

// What a customer agreed to or declined, word for word (R13).
struct Consent {
  std::string step, wording, language, answer, at;  // answer: "agree" | "decline"; at: Said::now
  bool operator==(const Consent&) const = default;
};

// One answered question, so that "back" can return to it.
struct Past {
  std::string dialog, hash, step;
  std::vector<Frame> calls;
  std::size_t tried = 0;                    // length of State::tried before the answer
  std::map<std::string, std::string> undo;  // slot → value before the answer; "" = it had none
  std::string check;                        // troubleshoot: State::check and State::checked before the answer
  troubleshoot::History checked;
  bool operator==(const Past&) const = default;
};

struct State {
  std::string dialog;  // running script; empty = none chosen yet
  std::string hash;    // its version
  std::string step;    // step that waits for an answer; empty = none. Kept after an end by silence: who comes back goes on there
  std::string language = "en";
  std::map<std::string, std::string> slots;
  std::vector<std::pair<std::string, std::string>> tried;  // (what, answer) in order, English, for the ticket
  std::vector<std::string> articles_shown;
  std::string shown_article;        // the article whose "did it help?" is open
  std::string symptom;              // the customer's first words
  int misunderstood = 0;            // in a row at this step
  std::vector<std::string> unread;  // those messages: the next one is weighed together with them
  std::vector<std::pair<std::string, std::string>>
      foretold;              // questions the first message answered, and how; until the next answer
  std::string end;           // "" | "resolved" | "escalated"
  std::string last_step;     // the step entered last, also after the end
  std::string today;         // date of the last event, YYYY-MM-DD
  std::vector<Frame> calls;  // outermost first, at most kMaxCalls
  std::vector<Consent> consents;
  int reminded = 0;               // reminders since the customer's last word
  std::string to_confirm;         // a slot's value that was read back and waits for "yes, that is right"
  std::string as_written;         // what the customer wrote for it, when another value was offered ("did you mean …?")
  std::string side_question;      // a question of the customer's that is being looked up; the step is asked again after it
  std::string check;              // troubleshoot: the check or question that waits for an answer
  troubleshoot::History checked;  // troubleshoot: what was done and answered in the block that runs
  bool greeted = false;
  bool choosing = false;             // articles for the first message are looked for: one may tell which script fits
  std::vector<std::string> skipped;  // slots the customer could not fill: not asked again
  std::vector<Past> history;         // the last kMaxHistory answers, oldest first
  int steps = 0;                     // entered since the customer's last word; the guard of endless scripts
  std::vector<std::string> offered;  // scripts the last "which of these?" named; empty: the greeting's topics
  int unanswered = 0;                // questions of the customer's in a row that nothing was found for
  int idle = 0;                      // messages in a row that only asked for time, thanked or said what was known
  std::int64_t heard = 0;            // time of the last event that told it, seconds since 1970; 0 = never
  std::int64_t due = 0;              // when the last Await comes, as above; an earlier TimePassed is an echo. 0 = not known

  bool operator==(const State&) const = default;
  std::string to_json() const;
  static std::optional<State> from_json(std::string_view json);  // nullopt when it is not a state
};

// Events.
struct Opened {  // the customer opened the chat, nothing written yet (webchat only)
  std::string language;
  std::string now = {};  // RFC 3339, as of the gateway's clock; may be empty
};
struct Said {  // the customer wrote or pressed a button
  std::string text;
  std::string choice;    // option id, when a button was pressed
  std::string language;  // guess for this message; "" unknown
  int attachments = 0;
  std::string now = {};  // RFC 3339
};
struct FoundArticle {
  std::string id, title, text;  // text: what to show, already plain or Markdown as the gateway chose
  double confidence = 0;
};
struct ArticlesFound {  // answer to Search (best first, already filtered), or to FetchArticle; empty = none
  std::vector<FoundArticle> articles;
};
struct LookedUp {  // answer to LookUp
  enum class Result : std::uint8_t { kFound, kNotFound, kFailed } result = Result::kFailed;
  std::map<std::string, std::string> values;  // what was asked for in LookUp::members, as text
  std::string why;                            // kFailed: for the trace
};
struct TimePassed {  // the customer did not answer: the time of the last Await has come
  std::string now;
};
using Event = std::variant<Opened, Said, ArticlesFound, LookedUp, TimePassed>;

// Effects.
struct Choice {
  std::string id;
  std::string label;
};
struct Prompt {      // say this; with choices: and wait
  std::string text;  // in the state's language, variables filled in
  std::vector<Choice> choices;
  std::string slot = {};     // the slot asked for, or empty: lets a page choose the right keyboard
  std::string article = {};  // id of the article this text is, or empty
  std::string picture = {};  // address of a picture that belongs to it, or empty
};
struct Search {
  std::string text;
  std::string language;
  std::string product = {};  // the model in question, when the conversation knows it: its articles come first
  std::string device = {};   // and the kind of device ("laptop")
};
struct FetchArticle {
  std::string id;
  std::string language;
};
struct LookUp {
  std::string service;
  std::map<std::string, std::string> with;
  std::vector<std::string> members;
};
struct OpenTicket {  // at most once per conversation
  std::string priority, fault_class, queue;
};
struct Resolved {
  bool by_silence = false;
};
struct FollowUp {  // the conversation is with a person already: pass this message on to the ticket
  std::string text;
};
struct TellStatus {};  // the customer asks how the case stands: the gateway tells it, from the conversation's own case
struct Await {  // wake me with TimePassed when the customer has not written for so long; replaces the one before. 0 = never
  std::chrono::seconds after{0};
};
struct Learn {  // a troubleshoot block ended: to be counted (troubleshoot.h)
  std::string dialog, step;
  std::string line;  // value of the block's line_slot
  troubleshoot::History checked;
};
struct Rated {  // an answer to a survey
  int score = 0;
};
using Effect =
    std::variant<Prompt, Search, FetchArticle, LookUp, OpenTicket, Resolved, FollowUp, TellStatus, Await, Learn, Rated>;

inline constexpr int kMaxSteps = 64;  // entered without a word of the customer
inline constexpr std::size_t kMaxHistory = 20;
inline constexpr std::size_t kMaxTried = 100;
inline constexpr std::size_t kMaxCalls = 8;
inline constexpr std::size_t kMaxConsents = 50;
inline constexpr std::size_t kMaxArticles = 50;   // remembered as shown
inline constexpr std::size_t kMaxLooked = 2000;   // code points of one message that are read; all of them go on to a person
inline constexpr double kGoodSideAnswer = 0.5;    // confidence of an article that answers a question of the customer's
inline constexpr double kAnsweredAlready = 0.75;  // … with which the first message answers a question before it is asked
inline constexpr std::string_view kWaitAnswer = "wait_answer";  // slot: the words that ended a `wait`

struct TraceLine {
  std::string rule;
  std::string why;
};

// How the customer's words were taken, for people and for `usher dialog play`.
struct Taken {
  bool is_answer = false;  // an event of another kind, or no words
  bool ok = false;         // understood
  std::string as;          // "option" | "value" | "dont_know" | "question" | "command" | "dialog" | "courtesy" | "nothing"
  std::string value;
  double confidence = 0;
  std::string why;
};

struct Outcome {
  State state;
  std::vector<Effect> effects;
  std::vector<TraceLine> trace;
  Taken taken;
};

// `entry`: script to start when none runs: a name, or "" to choose by the first message (falling back to the script "fallback").
Outcome step(const ScriptSet& scripts, State state, const Event& event, std::string_view entry = {});

}  // namespace usher::dialogs
