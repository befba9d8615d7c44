// A flowchart as it is written in JSON, read and looked over: mistakes are reported with their node and line. The inside of
// import_flowchart() (flowchart.h). Pure.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dialogs/parse.h"

namespace usher::dialogs {

struct Chart {
  struct Answer {
    std::string label, next;
  };
  struct Node {
    std::string id, prompt, end, priority, fault_class;
    bool terminal = false;
    std::vector<Answer> answers;
  };
  std::string name, problem, start;
  std::vector<Node> nodes;  // as written
  const Node* find(const std::string& id) const {
    const auto it = index.find(id);
    return it == index.end() ? nullptr : &nodes[it->second];
  }
  std::map<std::string, std::size_t> index;
};

// nullopt when a mistake stops the import; `problems` says which. Nodes nobody reaches are left out.
std::optional<Chart> read_chart(const Source& json, std::vector<Problem>& problems);

}  // namespace usher::dialogs
