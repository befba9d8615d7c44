// Conversations written down beside the scripts and played like tests: config/dialogs/conversations/*.txt. Pure: a virtual clock,
// articles and look-ups as the file says. docs/rehearsal.md is the manual of the format; in short, one `word: what` per line:
//
//   # no-power: solved by a reset                   a remark; the first one names the conversation
//   language: en                                    the chat is opened in it (bot: greets)
//   entry: email                                    the channel begins with this script
//   date: 2026-06-01                                today, at the beginning
//   customer: my laptop won't turn on               writes; indented lines below it belong to it
//   press: yes                                      presses the button with this id
//   photo: 1                                        sends attachments
//   clock: +24h                                     time passes: reminders and time-outs come when they are due
//   finds: no-power-reset | Title | Text            what the next search or fetch finds; `finds: nothing`. Without any of these
//                                                   a fetch finds its article with a made-up text, a search finds nothing
//   lookup warranty: state=in, until=2027-05-31     what a look-up answers from here on; also `not found`, `fails`
//   bot: Safety first                               part of what the bot says, in this order within the turn
//   bot not: phone                                  must not be said in this turn
//   buttons: yes, swollen, liquid, no               ids of the buttons of the last question; `buttons: none`
//   step: no-power/safety                           where it stands now, or ended
//   slot serial: ABC12345                           a slot's value; `slot serial: nothing`
//   ticket: P1 hardware/power                       a ticket is opened; `ticket: P3` looks at the priority alone; `ticket: none`
//   ticket has: Drained residual power              part of the tried steps, slot values or consents the ticket holds
//   follow-up: it also smells                       part of what is passed on to the ticket in this turn
//   end: resolved                                   resolved | escalated | open
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "dialogs/engine.h"
#include "dialogs/parse.h"
#include "dialogs/render.h"

namespace usher::dialogs {

// What answers the engine while no service runs. Every function may be empty: then nothing is found and look-ups fail.
struct Stage {
  std::function<ArticlesFound(const Search&)> search;
  std::function<ArticlesFound(const FetchArticle&)> fetch;
  std::function<LookedUp(const LookUp&)> look_up;
};

// What was walked over, as "dialog/step", "dialog/step>option or case or outcome" and "dialog/step@reminder|gave-up".
using Walked = std::set<std::string>;

// One customer event and all that follows from it until the bot waits or ends: carries out searches, fetches and look-ups.
struct Played {
  State state;
  std::vector<Effect> effects;  // what the customer or the outside notices: without Search, FetchArticle, LookUp
  std::vector<TraceLine> trace;
  Taken taken;
  Walked walked;
};
Played play(const ScriptSet& scripts, State state, const Event& event, const Stage& stage, std::string_view entry = {});

// A conversation under a virtual clock: what Await asked for comes when its time has come. Holds references to both arguments.
class Scene {
 public:
  Scene(const ScriptSet& scripts, const Stage& stage, std::string entry, Timestamp now)
      : scripts_(scripts), stage_(stage), entry_(std::move(entry)), now_(now) {}
  Played open(std::string language);
  Played say(Said said);  // its `now` is filled in
  // The effects of all that comes due meanwhile, in order.
  Played wait(std::chrono::seconds time);
  void enter(std::string entry) { entry_ = std::move(entry); }
  void begin_at(Timestamp now) { now_ = now; }  // before the first event
  const State& state() const { return state_; }
  Timestamp now() const { return now_; }

 private:
  Played take(const Event& event);
  const ScriptSet& scripts_;
  const Stage& stage_;
  std::string entry_;
  Timestamp now_;
  State state_;
  std::optional<Timestamp> due_;
};

// "90s", "10m", "2h", "1d", "1h30m", each with a "+" before it or without; nullopt when it is none.
std::optional<std::chrono::seconds> duration_of(std::string_view text);
// "2026-06-01" at nine in the morning UTC; nullopt when it is no date.
std::optional<Timestamp> morning_of(std::string_view date);
inline constexpr std::string_view kRehearsalDate = "2026-06-01";

struct Rehearsed {
  std::string name;  // the file's first remark, else its name
  std::string file;
  std::vector<Problem> problems;  // what differed, each with its line: what was expected, what came
  int turns = 0;
  std::chrono::microseconds engine_time{0};  // filled by the caller if it measures; 0 here
  Walked walked;
  State state;                       // in the end
  std::optional<OpenTicket> ticket;  // that was opened
};
// How the customer's side is played, for the proof that every channel gives the same outcome.
enum class Manner { kAsWritten, kNumbers, kLabels };  // presses become "2" or the label's words, read back by `understand`
Rehearsed rehearse(const Source& conversation, const ScriptSet& scripts, Manner manner = Manner::kAsWritten);

struct Coverage {
  std::size_t steps = 0, steps_walked = 0, branches = 0, branches_walked = 0, timeouts = 0, timeouts_walked = 0;
  std::vector<std::string> missing;  // not walked, in the script's order
};
// By dialog name. `walked`: union over all conversations. A branch is one of several ways out of a step; a time-out the reminder
// or the giving up of a `wait`.
std::map<std::string, Coverage> coverage(const ScriptSet& scripts, const Walked& walked);

// A conversation, ready to be saved, for each uncovered step, branch or time-out that some way from the script's start reaches.
// The ways are found by playing: press every button, answer every question, let time pass. Bounded work per script (about a
// second on a script of 60 steps).
std::vector<Source> suggest(const ScriptSet& scripts, const Walked& walked);

// JUnit XML of all conversations.
std::string to_junit(const std::vector<Rehearsed>& all);

}  // namespace usher::dialogs
