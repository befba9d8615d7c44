// `usher kb gaps` and `usher kb lint`.
#pragma once
#include "gateway/app/command.h"

namespace usher::gateway::app {

// Adds both to the subcommand `kb`.
void add_kb_gap_commands(CLI::App& kb, Common& common, int& result);

// What was looked for and not found in the last `days`; `all`: closed gaps, too.
int kb_gaps(const Common& common, std::int64_t days, bool all);
// Exits kProblems when there are errors, or with `strict` warnings.
int kb_lint(const Common& common, const std::string& rule, bool strict);

}  // namespace usher::gateway::app
