// Where ways lead: steps and scripts nothing leads to, ways without an end, loops without the customer, calls and returns.
#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "dialogs/check_parts.h"
#include "dialogs/engine.h"

namespace usher::dialogs::prove {
namespace {

std::size_t at(int node) {
  return static_cast<std::size_t>(node);
}

class FlowCheck {
 public:
  explicit FlowCheck(Task& task) : t_(task), nodes_(task.flow.nodes) {}

  void run() {
    for (const auto& [name, script] : t_.scripts.scripts) reach_steps(script);
    reach_scripts();
    find_dead_ends();
    find_silent_loops();
    check_returns();
    check_call_depth();
    for (const LongestWay& way : longest_ways(t_.scripts)) {
      constexpr std::size_t kPatient = 15;
      if (way.before_handover <= kPatient) continue;
      const Script& script = t_.scripts.scripts.at(way.dialog);
      std::vector<int> steps;
      for (const std::string& step : way.steps) {
        const auto slash = step.find('/');
        steps.push_back(t_.flow.find(t_.scripts.scripts.at(step.substr(0, slash)), step.substr(slash + 1)));
      }
      t_.findings.warning("long-way-to-a-person", script.file, script_place(script),
                          fmt::format("on its longest way '{}' takes {} answers before the case is handed over: {}", way.dialog,
                                      way.before_handover, t_.flow.path(steps)),
                          fmt::format("pass the case on earlier; more than {} answers try anybody's patience", kPatient));
    }
  }

 private:
  Position script_place(const Script& script) { return t_.places.of(script.file, {"dialog"}); }

  void reach_steps(const Script& script) {
    const int start = t_.flow.find(script, script.start);
    std::vector<int> open;
    if (start >= 0) open.push_back(start);
    while (!open.empty()) {
      const int node = open.back();
      open.pop_back();
      if (!reached_.insert(node).second) continue;
      for (const Way& w : nodes_[at(node)].ways) {
        if (w.to >= 0 && nodes_[at(w.to)].script == &script) open.push_back(w.to);
      }
    }
    for (const std::string& id : script.order) {
      const int node = t_.flow.find(script, id);
      if (node < 0 || reached_.contains(node)) continue;
      t_.findings.error("unreachable-step", script.file, nodes_[at(node)].step->at,
                        fmt::format("the step '{}' can never be reached", id), "lead another step to it, or remove it");
    }
  }

  void reach_scripts() {
    std::set<const Script*> seen;
    std::vector<const Script*> open;
    for (const auto& [name, script] : t_.scripts.scripts) {
      if (t_.flow.is_root(script)) open.push_back(&script);
    }
    while (!open.empty()) {
      const Script* script = open.back();
      open.pop_back();
      if (!seen.insert(script).second) continue;
      for (const std::string& id : script->order) {
        const int node = t_.flow.find(*script, id);
        if (node < 0) continue;
        for (const Way& w : nodes_[at(node)].ways) {
          if (w.to >= 0) open.push_back(nodes_[at(w.to)].script);
        }
      }
    }
    for (const auto& [name, script] : t_.scripts.scripts) {
      if (seen.contains(&script)) continue;
      t_.findings.warning("unreachable-script", script.file, script_place(script),
                          fmt::format("nothing ever starts the script '{}': it has no triggers and no script leads to it", name),
                          fmt::format("add triggers: to it, or goto: dialog:{} to another script", name));
    }
  }

  void find_dead_ends() {
    for (const int node : reached_) {
      const Node& n = nodes_[at(node)];
      if (t_.flow.ends[at(node)] || t_.flow.returns[at(node)]) continue;
      t_.findings.error("no-end", n.script->file, n.step->at,
                        fmt::format("from the step '{}' no way leads to 'resolve' or 'escalate'", n.step->id),
                        "let one of its ways end in one");
    }
  }

  // Ways that need no word of the customer, as a graph. An `ask` whose slot is emptied within the loop does ask again.
  void find_silent_loops() {
    const auto next = [&](int node, const std::set<std::string>& emptied) {
      std::vector<int> out;
      const Ask* ask = std::get_if<Ask>(&nodes_[at(node)].step->kind);
      if (ask != nullptr && emptied.contains(ask->slot)) return out;
      for (const Way& w : nodes_[at(node)].ways) {
        if (w.silent && w.to >= 0) out.push_back(w.to);
      }
      return out;
    };
    const int count = static_cast<int>(nodes_.size());
    const auto is_loop = [&](const std::vector<int>& part, const std::set<std::string>& emptied) {
      return part.size() > 1 || has(next(part[0], emptied), part[0]);
    };
    for (const auto& part : components(count, [&](int n) { return next(n, {}); })) {
      if (!is_loop(part, {})) continue;
      std::set<std::string> emptied;
      for (const int n : part) {
        for (const auto& [slot, value] : nodes_[at(n)].step->set) {
          if (value.empty()) emptied.insert(slot);
        }
      }
      if (emptied.empty()) {
        report_loop(part, [&](int n) { return next(n, {}); });
        continue;
      }
      const auto inside = [&](int i) {  // the loop's own nodes, numbered by their place in `part`
        std::vector<int> out;
        for (const int to : next(part[at(i)], emptied)) {
          const auto it = std::ranges::lower_bound(part, to);
          if (it != part.end() && *it == to) out.push_back(static_cast<int>(it - part.begin()));
        }
        return out;
      };
      for (auto& smaller : components(static_cast<int>(part.size()), inside)) {
        for (int& i : smaller) i = part[at(i)];
        if (is_loop(smaller, emptied)) report_loop(smaller, [&](int n) { return next(n, emptied); });
      }
    }
  }

  // The shortest way round from the loop's first step that can be reached; a loop nothing reaches is reported as such already.
  template <class Next>
  void report_loop(const std::vector<int>& part, Next next) {
    const auto first = std::ranges::find_if(part, [&](int n) { return reached_.contains(n); });
    if (first == part.end()) return;
    std::map<int, int> came_from;
    std::deque<int> open = {*first};
    bool closed = false;
    while (!open.empty() && !closed) {
      const int node = open.front();
      open.pop_front();
      for (const int to : next(node)) {
        if (to == *first) {
          came_from[*first] = node;
          closed = true;
          break;
        }
        if (std::ranges::binary_search(part, to) && came_from.emplace(to, node).second) open.push_back(to);
      }
    }
    if (!closed) return;
    std::vector<int> loop = {*first};
    for (int node = came_from[*first]; node != *first; node = came_from[node]) loop.push_back(node);
    std::reverse(loop.begin() + 1, loop.end());
    loop.push_back(*first);
    std::vector<std::string> names;
    for (const int node : loop) names.push_back(t_.flow.name(node));
    const Node& n = nodes_[at(*first)];
    t_.findings.error("silent-loop", n.script->file, n.step->at,
                      fmt::format("a loop without a word of the customer: {}", fmt::join(names, " → ")),
                      "put a 'choose' into it, or let it end");
  }

  std::set<int> from(std::vector<int> open, bool follow_calls) const {
    std::set<int> seen;
    while (!open.empty()) {
      const int node = open.back();
      open.pop_back();
      if (node < 0 || !seen.insert(node).second) continue;
      for (const Way& w : nodes_[at(node)].ways) {
        if (w.role != Way::Role::kCall || follow_calls) open.push_back(w.to);
      }
    }
    return seen;
  }

  void check_returns() {
    std::vector<int> called, roots;
    for (const Node& n : nodes_) {
      if (const int start = t_.flow.callee(n); start >= 0) called.push_back(start);
    }
    for (const auto& [name, script] : t_.scripts.scripts) {
      if (t_.flow.is_root(script)) roots.push_back(t_.flow.find(script, script.start));
    }
    const std::set<int> in_call = from(called, true), without = from(roots, false);
    for (const int node : reached_) {
      const Node& n = nodes_[at(node)];
      const auto way = std::ranges::find(n.ways, Way::kReturn, &Way::to);
      if (way != n.ways.end() && !in_call.contains(node)) {
        t_.findings.error("return-without-call", n.script->file, way->exit.at,
                          fmt::format("the step '{}' returns, but no script calls '{}'", n.step->id, n.script->name),
                          "end it in 'resolve' or 'escalate', or let a script call it");
      } else if (way != n.ways.end() && without.contains(node)) {
        t_.findings.warning(
            "return-without-call", n.script->file, way->exit.at,
            fmt::format("the step '{}' returns, but '{}' can also begin without a call", n.step->id, n.script->name),
            "remove its triggers, and call it wherever it is entered by 'goto'");
      }
      const int start = t_.flow.callee(n);
      if (start < 0 || t_.flow.returns[at(start)]) continue;
      const std::string message =
          fmt::format("the step '{}' calls '{}', which never returns", n.step->id, nodes_[at(start)].script->name);
      if (t_.flow.ends[at(start)]) {
        t_.findings.warning(
            "call-never-returns", n.script->file, n.step->at, message,
            fmt::format("write goto: dialog:{}, or let a way of it end in 'return'", nodes_[at(start)].script->name));
      } else {
        t_.findings.error("call-never-returns", n.script->file, n.step->at, message, "let its ways end in 'return'");
      }
    }
  }

  // Scripts as a graph; a call goes one level deeper, a goto stays on its level.
  void check_call_depth() {
    std::vector<const Script*> scripts;
    std::map<const Script*, int> number;
    for (const auto& [name, script] : t_.scripts.scripts) {
      number.emplace(&script, static_cast<int>(scripts.size()));
      scripts.push_back(&script);
    }
    struct Link {
      int to;
      int depth;
      const Step* step;
    };
    std::vector<std::vector<Link>> links(scripts.size());
    for (const Node& n : nodes_) {
      for (const Way& w : n.ways) {
        if (w.to < 0 || w.role == Way::Role::kAfterCall) continue;
        const Script* to = nodes_[at(w.to)].script;
        const bool calls = w.role == Way::Role::kCall;
        if (to != n.script || calls) links[at(number[n.script])].push_back({number[to], calls ? 1 : 0, n.step});
      }
    }
    std::vector<int> depth(scripts.size(), 0), part_of(scripts.size(), -1);
    int part_number = 0;
    for (const auto& part : components(static_cast<int>(scripts.size()), [&](int s) {
           std::vector<int> out;
           for (const Link& l : links[at(s)]) out.push_back(l.to);
           return out;
         })) {
      for (const int s : part) part_of[at(s)] = part_number;
      ++part_number;
      int deepest = 0;
      const Link* deepest_link = nullptr;
      int deepest_script = part.front();
      for (const int s : part) {
        for (const Link& l : links[at(s)]) {
          if (part_of[at(l.to)] == part_of[at(s)]) {
            if (l.depth > 0) report_call_cycle(*scripts[at(s)], *l.step, *scripts[at(l.to)]);
            continue;
          }
          if (depth[at(l.to)] + l.depth <= deepest) continue;
          deepest = depth[at(l.to)] + l.depth;
          deepest_link = &l;
          deepest_script = s;
        }
      }
      for (const int s : part) depth[at(s)] = deepest;
      // Reported where it gets too deep, not again by everyone above.
      if (deepest != static_cast<int>(kMaxCalls) + 1 || deepest_link == nullptr || deepest_link->depth == 0) continue;
      const Script& script = *scripts[at(deepest_script)];
      t_.findings.error("calls-too-deep", script.file, deepest_link->step->at,
                        fmt::format("from the step '{}' scripts call each other {} levels deep; {} are possible",
                                    deepest_link->step->id, deepest, kMaxCalls),
                        "join some of the scripts, or use 'goto'");
    }
  }

  void report_call_cycle(const Script& script, const Step& step, const Script& called) {
    t_.findings.error("call-cycle", script.file, step.at,
                      script.name == called.name
                          ? fmt::format("the step '{}' calls its own script: every round goes a level deeper", step.id)
                          : fmt::format("the step '{}' calls '{}', which leads back to '{}': every round goes a level deeper",
                                        step.id, called.name, script.name),
                      "use 'goto' where nothing has to come back");
  }

  Task& t_;
  const std::vector<Node>& nodes_;
  std::set<int> reached_;
};

}  // namespace

void check_flow(Task& task) {
  FlowCheck(task).run();
}

}  // namespace usher::dialogs::prove
