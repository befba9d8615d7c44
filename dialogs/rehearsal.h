// Conversations written down beside the scripts and played like tests: config/dialogs/conversations/*.txt. Pure: a virtual clock,
// articles and look-ups as the file says. docs/rehearsal.md is the manual of the format:
//
//   # no-power: solved by a reset                   a remark
//   language: en                                    the chat is opened in it (bot: greets)
//   entry: email                                    the channel begins with this script
//   customer: my laptop won't turn on               writes
//   press: yes                                      presses the button with this id
//   photo: 1                                        sends attachments
//   clock: +24h                                     time passes: reminders and time-outs come when they are due
//   finds: no-power-reset | Title | Text            what the next search or fetch finds; `finds: nothing`. Without any of these
//                                                   lines a fetch finds its article with a made-up text, a search finds nothing
//   lookup warranty: state=in, until=2027-05-31     what a look-up answers; `lookup warranty: not found` | `lookup warranty:
//   fails` bot: Safety first                               part of what the bot says, in this order within the turn bot not:
//   phone                                  must not be said in this turn buttons: yes, swollen, liquid, no               ids of
//   the buttons of the last question step: no-power/safety                           where it stands now slot serial: ABC12345 a
//   slot's value; `slot serial: nothing` ticket: P1 hardware/power                       a ticket is opened (`ticket: P3` looks
//   at the priority alone) ticket has: Drained residual power              part of tried steps or slot values the ticket holds
//   end: resolved                                   resolved | escalated
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

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

// One customer event and all that follows from it until the bot waits or ends: carries out searches, fetches and look-ups.
struct Played {
  State state;
  std::vector<Effect> effects;  // what the customer or the outside notices: without Search, FetchArticle, LookUp
  std::vector<TraceLine> trace;
  Taken taken;
};
Played play(const ScriptSet& scripts, State state, const Event& event, const Stage& stage, std::string_view entry = {});

// What was walked over, as "dialog/step", "dialog/step>option or case or outcome" and "dialog/step@reminder|gave-up".
using Walked = std::set<std::string>;

struct Rehearsed {
  std::string name;  // file and first remark
  std::string file;
  std::vector<Problem> problems;  // what differed, each with its line: what was expected, what came
  int turns = 0;
  std::chrono::microseconds engine_time{0};  // filled by the caller if it measures; 0 here
  Walked walked;
};
// How the customer's side is played, for the proof that every channel gives the same outcome.
enum class Manner { kAsWritten, kNumbers, kLabels };  // presses become "2" or the label's words, read back by `understand`
Rehearsed rehearse(const Source& conversation, const ScriptSet& scripts, Manner manner = Manner::kAsWritten);

struct Coverage {
  std::size_t steps = 0, steps_walked = 0, branches = 0, branches_walked = 0, timeouts = 0, timeouts_walked = 0;
  std::vector<std::string> missing;  // not walked, in the script's order
};
// By dialog name. `walked`: union over all conversations.
std::map<std::string, Coverage> coverage(const ScriptSet& scripts, const Walked& walked);

// A conversation, ready to be saved, for each uncovered step, branch or time-out that some way from the script's start reaches.
std::vector<Source> suggest(const ScriptSet& scripts, const Walked& walked);

// JUnit XML of all conversations.
std::string to_junit(const std::vector<Rehearsed>& all);

}  // namespace usher::dialogs
