// A plain flowchart → a script that plays. Node ids stay the step ids; a question with answers becomes a `choose` whose options
// are the labels, a terminal node says its text and ends. enter_midway is on: what the problem statement answers is not asked
// again.
//
//   {"name": "wont-start", "problem": "…", "start": "n1",
//    "nodes": {"n1": {"prompt": "Is the battery charged?", "terminal": false, "answers": {"yes": "n2", "no": "n3"}},
//              "n3": {"prompt": "Charge the battery.", "terminal": true, "answers": {}}}}
//
// The script's title and trigger phrase is `problem`. A terminal node ends resolved; "end": "escalated" in the node hands over
// to a person instead ("priority" and "fault_class" may stand beside it). Labels of any language become label and words of that
// language (Han: zh, else en); English is always filled. A node with one answer is an instruction: with a word for it ("done",
// "ok") it waits for the customer's next message, without ("", "next", "→") it goes on by itself.
// An id that cannot be a step id ("N 1") becomes a similar one, and stands in `renamed:` under its own name.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/parse.h"

namespace usher::dialogs {

struct ImportedFlowchart {
  std::string name;  // also the file's: NAME.yaml; letters that a script name may not have become dashes
  std::string yaml;
};
// The name of the script a flowchart of this name becomes: "Won't start" → wont-start. Without a Latin letter or digit in it:
// flowchart-XXXXXXXX, always the same for the same name.
std::string flowchart_name(std::string_view name);
// nullopt when it cannot be read; `problems` says why, with the node's id. Answers that name no node, nodes without a text and a
// missing start stop the import; nodes nobody reaches (left out), nodes no end can be reached from and contradictions are
// warnings; keys and labels that stand twice, as people hear them, stop it too.
std::optional<ImportedFlowchart> import_flowchart(const Source& json, std::vector<Problem>& problems);

}  // namespace usher::dialogs
