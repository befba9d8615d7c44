// Which steps and exits one call of the engine went over.
#pragma once
#include "dialogs/engine.h"
#include "dialogs/rehearsal.h"

namespace usher::dialogs {

// Adds what lies between `before` and `outcome`: the engine says where it came from and where it stands; the way between follows
// from the scripts.
void note_walk(const ScriptSet& scripts, const State& before, const Event& event, const Outcome& outcome, Walked& walked);

// Names in a Walked.
std::string walked_step(std::string_view dialog, std::string_view step);
std::string walked_exit(std::string_view dialog, std::string_view step, std::string_view exit);
std::string walked_time(std::string_view dialog, std::string_view step, std::string_view what);

}  // namespace usher::dialogs
