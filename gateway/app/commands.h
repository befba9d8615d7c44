// The command line: `usher serve | check | deliver | chat | dialog | mail | reconcile | ticket | outbox | user | config`.
// Exit codes (sysexits.h where one fits): 0 done, 1 problems found or not done, 64 wrong usage, 69 a mail that is too large, 70
// our own failure, 74 the disk failed, 75 cannot be done now: try again (what an MTA pipe understands), 78 configuration wrong.
#pragma once

namespace usher::gateway::app {

int run_command_line(int argc, char** argv);

}  // namespace usher::gateway::app
