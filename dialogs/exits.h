// Where a step can lead: one list for the prover, the graph and the coverage of rehearsals.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/script.h"

namespace usher::dialogs {

struct Exit {
  enum class Kind : unsigned char {
    kNext,     // goes on by itself
    kAnswer,   // the customer's answer; name: option id, "answered", "solved", "unsolved"
    kCase,     // branch; name: "1", "2", … in order, "else"
    kOutcome,  // of a look-up or a search; name: "found", "not-found", "failed", "nothing-found", "unsolved" (troubleshoot)
    kTimeout   // name: "gave-up"
  } kind = Kind::kNext;
  std::string name;
  std::string target;  // step id of the same script, "dialog:<name>", "return", or "" = ends here
  Position at;
  bool by_customer() const { return kind == Kind::kAnswer || kind == Kind::kTimeout; }  // time passes or somebody speaks
};

// In the order written. Empty for escalate and resolve. A `call` leads to "dialog:<its script>" (kNext "call") and to `next`
// (kNext "return").
std::vector<Exit> exits(const Step& step);

std::string_view kind_name(const StepKind& kind);  // "say", "ask", "choose", "check", "consent", "survey", "article", "search", …

}  // namespace usher::dialogs
