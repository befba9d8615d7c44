// A plain flowchart → a script that plays. Node ids stay the step ids; a question with answers becomes a `choose` whose options
// are the labels, a terminal node says its text and ends. enter_midway is on: what the problem statement answers is not asked
// again.
//
//   {"name": "wont-start", "problem": "…", "start": "n1",
//    "nodes": {"n1": {"prompt": "Is the battery charged?", "terminal": false, "answers": {"yes": "n2", "no": "n3"}},
//              "n3": {"prompt": "Charge the battery.", "terminal": true, "answers": {}}}}
//
// The script's title and trigger phrase is `problem`. A terminal node ends resolved; "resolved" or "escalated" may be said with
// "end" in the node. Labels of any language become label and words of that language (Han: zh, else en); English is always filled.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "dialogs/parse.h"

namespace usher::dialogs {

struct ImportedFlowchart {
  std::string name;  // also the file's: NAME.yaml; letters that a script name may not have become dashes
  std::string yaml;
};
// nullopt when it cannot be read; `problems` says why, with the node's id. Answers that name no node, nodes nobody reaches and a
// missing start are problems as well.
std::optional<ImportedFlowchart> import_flowchart(const Source& json, std::vector<Problem>& problems);

}  // namespace usher::dialogs
